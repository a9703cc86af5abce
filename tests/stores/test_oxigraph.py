"""A store on disk: loaded once for each state of the records, complete or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from support.example_base import edit

from kb import KnowledgeBase, NotFoundError, RecordError, UnavailableError
from kb.stores.oxigraph import OxigraphStore

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
QUAD = b"<a:a> <a:b> <a:c> <a:g> .\n"


def on_disk(folder: Path, *parts: bytes) -> OxigraphStore:
    return OxigraphStore.on_disk(folder, lambda: sha256(b"".join(parts)).hexdigest(), lambda: parts)


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


def test_two_processes_may_read_a_store_on_disk(tmp_path: Path) -> None:
    stores = [on_disk(tmp_path, QUAD), on_disk(tmp_path, QUAD)]
    assert [len(store) for store in stores] == [1, 1]
    (made,) = tmp_path.iterdir()
    code = (
        "import sys; from kb.stores.oxigraph import OxigraphStore; from pathlib import Path; "
        f"made = {made.name!r}; parts = lambda: [{QUAD!r}]; "
        f"sys.exit(len(OxigraphStore.on_disk(Path({str(tmp_path)!r}), lambda: made, parts)) - 1)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_several_threads_may_load_the_same_store_on_disk(tmp_path: Path) -> None:
    quads = [b"<a:%d> <a:b> <a:c> <a:g> .\n" % n for n in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: len(on_disk(tmp_path, *quads)), range(8))
        assert list(made) == [2000] * 8
    assert len(list(tmp_path.iterdir())) == 1


def test_a_store_on_disk_does_not_depend_on_the_hash_seed(
    example_root: Path, tmp_path: Path
) -> None:
    store = f"oxigraph:{tmp_path / 'disk'}"
    code = f"import kb; kb.KnowledgeBase({str(example_root)!r}, store={store!r}).store"
    made = set()
    for seed in ("1", "2", "3"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        made |= {(folder.name, folder.stat().st_ino) for folder in (tmp_path / "disk").iterdir()}
    assert len(made) == 1


def test_a_store_on_disk_is_loaded_in_bounded_memory(tmp_path: Path) -> None:
    """Ten times the quads need no more memory: they are loaded in batches."""
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
def test_a_store_on_disk_holds_what_the_store_in_memory_holds(
    whole: bool, example: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "kb.stores.oxigraph._BATCH", len(example.nquads) // 5
    )  # so that parts are cut and joined
    lines = example.nquads.splitlines(keepends=True)
    disk = on_disk(tmp_path, *([example.nquads] if whole else lines))
    everything = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) }"
    assert len(disk) == len(example.store)
    assert disk.graph(everything) == example.store.graph(everything)


def test_records_that_change_while_they_are_loaded_are_an_error(tmp_path: Path) -> None:
    digests = iter(["0" * 64, "1" * 64])
    with pytest.raises(UnavailableError, match="changed while they were read: try again"):
        OxigraphStore.on_disk(tmp_path, lambda: next(digests), lambda: [QUAD])
    assert not list(tmp_path.iterdir())


def test_a_store_on_disk_answers_without_reading_the_records(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = f"oxigraph:{tmp_path / 'disk'}"
    memory = KnowledgeBase(example_root)
    queries = [
        ("study-results", {"study": "halt"}),
        ("endpoint-across-regimens", {"endpoint": "RELIEF"}),
    ]
    expected = [memory.ask(name, **values) for name, values in queries]
    differences = [memory.differences(rows) for rows in expected]
    assert any(differences)
    assert len(KnowledgeBase(example_root, store=store).store) == len(memory.store)

    def refuse(_: Path) -> None:
        raise AssertionError("the records are read")

    monkeypatch.setattr("kb.api.knowledge_base.load_records", refuse)
    monkeypatch.setattr("kb.rdf.dataset.load_shared", refuse)
    disk = KnowledgeBase(example_root, store=store)
    answers = [disk.ask(name, **values) for name, values in queries]
    assert [list(rows) for rows in answers] == [list(rows) for rows in expected]
    assert [disk.differences(rows) for rows in answers] == differences
    with pytest.raises(NotFoundError, match="did you mean 'halt'"):
        disk.ask("study-results", study="hallt")


def test_records_with_problems_are_not_loaded(example_root: Path, tmp_path: Path) -> None:
    edit(example_root, "evidence/studies/halt.yaml", "name:", "nam:")
    with pytest.raises(RecordError) as memory:
        KnowledgeBase(example_root)
    with pytest.raises(RecordError) as disk:
        _ = KnowledgeBase(example_root, store=f"oxigraph:{tmp_path / 'disk'}").store
    assert disk.value.problems == memory.value.problems
    assert not list((tmp_path / "disk").iterdir())


def test_other_files_in_the_folder_of_stores_stay(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    on_disk(tmp_path, QUAD)
    on_disk(tmp_path, b"<a:a> <a:b> <a:d> <a:g> .\n")
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_store_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    on_disk(tmp_path, QUAD)
    (made,) = tmp_path.iterdir()
    shutil.rmtree(made)
    made.write_text("not a store", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot open a store in "):
        on_disk(tmp_path, QUAD)


@pytest.mark.parametrize("damage", ["cut", "gone", "empty"])
def test_a_damaged_store_on_disk_is_loaded_again(damage: str, tmp_path: Path) -> None:
    quads = [b"<a:%d> <a:b> <a:c> <a:g> .\n" % n for n in range(2000)]
    assert len(on_disk(tmp_path, *quads)) == 2000
    (made,) = tmp_path.iterdir()
    if damage == "empty":
        shutil.rmtree(made)
        made.mkdir()
    for file in made.glob("*.sst"):
        if damage == "cut":
            os.truncate(file, file.stat().st_size // 2)
        else:
            file.unlink()
    assert len(on_disk(tmp_path, *quads)) == 2000


def test_two_evidence_bases_may_share_a_folder_of_stores(
    example_root: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(example_root, tmp_path / "other"))
    edit(other, "evidence/dataset.yaml", "title:", "title: Another")
    store = f"oxigraph:{tmp_path / 'disk'}"
    for root in (example_root, other):
        assert len(KnowledgeBase(root, store=store).store) > 0
    made = {(folder.name, folder.stat().st_ino) for folder in (tmp_path / "disk").iterdir()}
    assert len(made) == 2
    for root in (example_root, other):
        assert len(KnowledgeBase(root, store=store).store) > 0
    assert {(f.name, f.stat().st_ino) for f in (tmp_path / "disk").iterdir()} == made
