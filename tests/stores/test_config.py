"""One setting says what answers: in memory, on disk, a server, or tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import edit

from kb import InputError, KnowledgeBase, NotFoundError, RecordError, UnavailableError
from kb.stores.config import StoreConfig
from kb.stores.oxigraph import OxigraphStore
from kb.util.atomic import write_atomically

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
QUAD = b"<a:a> <a:b> <a:c> <a:g> .\n"


def on_disk(folder: Path, *parts: bytes) -> OxigraphStore:
    return OxigraphStore.on_disk(folder, lambda: sha256(b"".join(parts)).hexdigest(), lambda: parts)


@pytest.mark.parametrize("text", ["memory", "", None])
def test_without_a_setting_the_store_is_in_memory(text: str | None, example_root: Path) -> None:
    assert StoreConfig(text).kind == "memory"
    assert isinstance(KnowledgeBase(example_root, store=text).store, OxigraphStore)


@pytest.mark.parametrize(
    "text", ["redis:x", "oxigraph", "oxigraph:", "parquet:", "ftp://x/", "memory:x", "nonsense"]
)
def test_a_setting_that_is_none_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(InputError, match="memory, oxigraph:FOLDER, parquet:FOLDER, or the URL"):
        StoreConfig(text)


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
    stores = [on_disk(tmp_path, QUAD), on_disk(tmp_path, QUAD)]
    assert [len(store) for store in stores] == [1, 1]
    (made,) = tmp_path.iterdir()
    code = (
        "import sys; from kb.stores.oxigraph import OxigraphStore; from pathlib import Path; "
        f"made = {made.name!r}; parts = lambda: [{QUAD!r}]; "
        f"sys.exit(len(OxigraphStore.on_disk(Path({str(tmp_path)!r}), lambda: made, parts)) - 1)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_whoever_makes_a_store_at_the_same_time_gets_it_too(tmp_path: Path) -> None:
    quads = [b"<a:%d> <a:b> <a:c> <a:g> .\n" % n for n in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: len(on_disk(tmp_path, *quads)), range(8))
        assert list(made) == [2000] * 8
    assert len(list(tmp_path.iterdir())) == 1


def test_a_store_on_disk_is_the_same_in_every_process(example_root: Path, tmp_path: Path) -> None:
    setting = f"oxigraph:{tmp_path / 'disk'}"
    code = f"import kb; kb.KnowledgeBase({str(example_root)!r}, store={setting!r}).store"
    made = set()
    for seed in ("1", "2", "3"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        made |= {(folder.name, folder.stat().st_ino) for folder in (tmp_path / "disk").iterdir()}
    assert len(made) == 1


def test_a_store_on_disk_is_loaded_in_little_memory(tmp_path: Path) -> None:
    """Ten times the quads take no more memory: they are never in it all at once."""
    code = (
        "import resource, sys; from pathlib import Path; from kb.stores import oxigraph\n"
        "oxigraph._BATCH = 1_000_000\n"
        "line = b'<https://example.org/subject/%09d> <https://example.org/p> <a:%d> <a:g> .\\n'\n"
        "parts = lambda: (line % (n, n) for n in range(int(sys.argv[2])))\n"
        "made = oxigraph.OxigraphStore.on_disk(Path(sys.argv[1]), lambda: '0' * 64, parts)\n"
        "assert len(made) == int(sys.argv[2])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def memory(count: int) -> int:
        words = [sys.executable, "-c", code, str(tmp_path / str(count)), str(count)]
        return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    assert memory(200_000) < 1.5 * memory(20_000)


@pytest.mark.parametrize("whole", [True, False])
def test_a_store_on_disk_holds_all_that_the_one_in_memory_holds(
    whole: bool, example: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "kb.stores.oxigraph._BATCH", len(example.nquads) // 5
    )  # so that parts are cut and joined
    lines = example.nquads.splitlines(keepends=True)
    made = on_disk(tmp_path, *([example.nquads] if whole else lines))
    everything = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) }"
    assert len(made) == len(example.store)
    assert made.graph(everything) == example.store.graph(everything)


def test_what_changed_while_it_was_read_is_not_kept(tmp_path: Path) -> None:
    digests = iter(["0" * 64, "1" * 64])
    with pytest.raises(UnavailableError, match="changed while they were read: try again"):
        OxigraphStore.on_disk(tmp_path, lambda: next(digests), lambda: [QUAD])
    assert not list(tmp_path.iterdir())


def test_a_store_on_disk_is_asked_without_reading_the_records_again(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting, words = f"oxigraph:{tmp_path / 'disk'}", {"endpoint": "RELIEF"}
    memory = KnowledgeBase(example_root)
    asked = [("study-results", {"study": "halt"}), ("endpoint-across-regimens", words)]
    expected = [memory.ask(name, **given) for name, given in asked]
    said = [memory.differences(table) for table in expected]
    assert any(said)  # of several studies, one table says in what they differ
    assert len(KnowledgeBase(example_root, store=setting).store) == len(memory.store)

    def refuse(_: Path) -> None:
        raise AssertionError("all records are read")

    monkeypatch.setattr("kb.api.knowledge_base.load_records", refuse)
    monkeypatch.setattr("kb.rdf.dataset.load_shared", refuse)
    again = KnowledgeBase(example_root, store=setting)
    found = [again.ask(name, **given) for name, given in asked]
    assert [list(table) for table in found] == [list(table) for table in expected]
    assert [again.differences(table) for table in found] == said
    with pytest.raises(NotFoundError, match="did you mean 'halt'"):
        again.ask("study-results", study="hallt")


def test_problems_of_records_are_told_before_a_store_is_made(
    example_root: Path, tmp_path: Path
) -> None:
    edit(example_root, "evidence/studies/halt.yaml", "name:", "nam:")
    with pytest.raises(RecordError) as memory:
        KnowledgeBase(example_root)
    with pytest.raises(RecordError) as disk:
        _ = KnowledgeBase(example_root, store=f"oxigraph:{tmp_path / 'disk'}").store
    assert disk.value.problems == memory.value.problems
    assert not list((tmp_path / "disk").iterdir())


def test_the_dataset_is_written_whole_or_not_at_all(example_root: Path, tmp_path: Path) -> None:
    out, words = tmp_path / "all.nq", ("export", "nquads", "--out", tmp_path / "all.nq")
    assert kb(example_root, *words).exit_code == 0
    written = out.read_bytes()
    assert sorted(written.splitlines()) == KnowledgeBase(example_root).nquads.splitlines()
    edit(example_root, "evidence/studies/halt.yaml", "name:", "nam:")
    result = kb(example_root, *words)
    assert (result.exit_code, "did you mean 'name'" in result.output) == (2, True)
    assert out.read_bytes() == written
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["all.nq"]


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_bytes)
        write_atomically(pipe, [b"one ", b"two"])
        assert read.result(timeout=30) == b"one two"
    assert pipe.is_fifo()


def test_records_with_problems_are_not_sent_anywhere(example_root: Path) -> None:
    edit(example_root, "evidence/studies/halt.yaml", "name:", "nam:")
    result = kb(example_root, "load", "--to", "http://127.0.0.1:1/")
    assert (result.exit_code, "did you mean 'name'" in result.output) == (2, True)


def test_what_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    on_disk(tmp_path, QUAD)
    on_disk(tmp_path, b"<a:a> <a:b> <a:d> <a:g> .\n")
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    on_disk(tmp_path, QUAD)
    (made,) = tmp_path.iterdir()
    shutil.rmtree(made)
    made.write_text("no folder", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot open a store in "):
        on_disk(tmp_path, QUAD)


def test_without_their_packages_engines_say_what_to_install(
    example_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("httpx", "duckdb", "pyarrow"):
        monkeypatch.setitem(sys.modules, module, None)
    for module in (
        "stores.http",
        "stores.sparql",
        "stores.upload",
        "stores.duckdb",
        "export.tables",
    ):
        monkeypatch.delitem(sys.modules, f"kb.{module}", raising=False)
    with pytest.raises(UnavailableError, match=r"kb-evidence\[endpoint\]"):
        KnowledgeBase(example_root, store="http://127.0.0.1:1/").sparql(COUNT)
    with pytest.raises(UnavailableError, match=r"kb-evidence\[analytics\]"):
        KnowledgeBase(example_root).sql("SELECT 1")
    result = kb(example_root, "load", "--to", "http://127.0.0.1:1/")
    assert (result.exit_code, "kb-evidence[endpoint]" in result.output) == (3, True)
