"""``KB_STORE`` and ``--store`` choose the store: in memory, on disk, or a SPARQL endpoint."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.command_line import kb

from kb import InputError, KnowledgeBase, UnavailableError
from kb.stores.config import StoreConfig
from kb.stores.oxigraph import OxigraphStore

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.mark.parametrize("text", ["memory", "", None])
def test_the_default_store_is_in_memory(text: str | None, example_root: Path) -> None:
    assert StoreConfig(text).kind == "memory"
    assert isinstance(KnowledgeBase(example_root, store=text).store, OxigraphStore)


@pytest.mark.parametrize(
    "text",
    ["redis:x", "oxigraph", "oxigraph:", "parquet:tables", "ftp://x/", "memory:x", "https:", "?"],
)
def test_an_unknown_store_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(InputError, match="memory, oxigraph:FOLDER, or the URL"):
        StoreConfig(text)


def test_the_password_of_an_unknown_store_is_not_shown() -> None:
    with pytest.raises(InputError) as raised:
        StoreConfig("ftp://reader:hunter2@example.org/")
    assert "hunter2" not in str(raised.value)


def test_the_environment_and_the_option_choose_the_store(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_STORE", f"oxigraph:{tmp_path / 'one'}")
    base = KnowledgeBase(example_root)
    assert base.sparql(COUNT)[0]["n"] == len(base.store)
    result = kb(example_root, "--store", f"oxigraph:{tmp_path / 'two'}", "query", COUNT)
    assert result.exit_code == 0
    assert len(list((tmp_path / "one").iterdir())) == len(list((tmp_path / "two").iterdir())) == 1


def test_a_missing_package_is_named_with_the_extra_that_has_it(
    example_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("httpx2", "duckdb", "pyarrow"):
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
