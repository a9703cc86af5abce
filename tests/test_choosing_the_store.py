"""One setting says what answers: in memory, on disk, a server, or tables."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command_line import kb
from example_base import edit

from kb import InputError, KnowledgeBase, UnavailableError
from kb.engines import Setting
from kb.store import Store

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.mark.parametrize("text", ["memory", "", None])
def test_without_a_setting_the_store_is_in_memory(text: str | None, example_root: Path) -> None:
    assert Setting(text).kind == "memory"
    assert isinstance(KnowledgeBase(example_root, store=text).store, Store)


@pytest.mark.parametrize(
    "text", ["redis:x", "oxigraph", "oxigraph:", "parquet:", "ftp://x/", "memory:x", "nonsense"]
)
def test_a_setting_that_is_none_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(InputError, match="memory, oxigraph:FOLDER, parquet:FOLDER, or the URL"):
        Setting(text)


def test_the_environment_and_the_option_say_the_same(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_STORE", f"oxigraph:{tmp_path / 'one'}")
    assert KnowledgeBase(example_root).sparql(COUNT)[0]["n"] == len(
        KnowledgeBase(example_root).store
    )
    result = kb(example_root, "--store", f"oxigraph:{tmp_path / 'two'}", "query", COUNT)
    assert result.exit_code == 0
    assert len(list((tmp_path / "one").iterdir())) == len(list((tmp_path / "two").iterdir())) == 1


def test_a_store_on_disk_is_loaded_once_for_each_dataset(
    example_root: Path, tmp_path: Path
) -> None:
    def opened() -> KnowledgeBase:
        return KnowledgeBase(example_root, store=f"oxigraph:{tmp_path / 'disk'}")

    memory = KnowledgeBase(example_root)
    assert len(opened().store) == len(memory.store)
    (first,) = (tmp_path / "disk").iterdir()
    made = first.stat().st_ino
    assert opened().sparql(COUNT)[0] == memory.sparql(COUNT)[0]
    assert [folder.stat().st_ino for folder in (tmp_path / "disk").iterdir()] == [made]

    edit(example_root, "evidence/dataset.yaml", "title:", "title: Another").exists()
    assert len(opened().store) > 0
    (second,) = (tmp_path / "disk").iterdir()
    assert second.name != first.name


def test_two_may_read_a_store_on_disk_at_once(tmp_path: Path) -> None:
    quad = b"<a:a> <a:b> <a:c> <a:g> .\n"
    stores = [Store(quad, tmp_path), Store(quad, tmp_path)]
    assert [len(store) for store in stores] == [1, 1]
    code = (
        "import sys; from kb.store import Store; from pathlib import Path; "
        f"sys.exit(len(Store({quad!r}, Path({str(tmp_path)!r}))) - 1)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_whoever_makes_a_store_at_the_same_time_gets_it_too(tmp_path: Path) -> None:
    quads = b"".join(b"<a:%d> <a:b> <a:c> <a:g> .\n" % n for n in range(2000))
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: len(Store(quads, tmp_path)), range(8))
        assert list(made) == [2000] * 8
    assert len(list(tmp_path.iterdir())) == 1


def test_what_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    Store(b"<a:a> <a:b> <a:c> <a:g> .\n", tmp_path)
    Store(b"<a:a> <a:b> <a:d> <a:g> .\n", tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    quad = b"<a:a> <a:b> <a:c> <a:g> .\n"
    Store(quad, tmp_path)
    (made,) = tmp_path.iterdir()
    shutil.rmtree(made)
    made.write_text("no folder", encoding="utf-8")
    with pytest.raises(UnavailableError, match="no store in "):
        Store(quad, tmp_path)


def test_without_their_packages_engines_say_what_to_install(
    example_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("httpx", "duckdb", "pyarrow"):
        monkeypatch.setitem(sys.modules, module, None)
    for module in ("_http", "endpoint", "sql", "tables", "upload"):
        monkeypatch.delitem(sys.modules, f"kb.{module}", raising=False)
    with pytest.raises(UnavailableError, match=r"kb\[endpoint\]"):
        KnowledgeBase(example_root, store="http://127.0.0.1:1/").sparql(COUNT)
    with pytest.raises(UnavailableError, match=r"kb\[analytics\]"):
        KnowledgeBase(example_root).sql("SELECT 1")
    result = kb(example_root, "load", "--to", "http://127.0.0.1:1/")
    assert (result.exit_code, "kb[endpoint]" in result.output) == (3, True)
