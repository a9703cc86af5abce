"""A second build: nothing is done when nothing changed, and otherwise everything is built."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from support.command_line import kb
from support.example_base import content, edit, write_example

from kb import InputError, KnowledgeBase
from kb.site.build import build, unchanged
from kb.util.hashing import digest, files_below

HALT: Final = "evidence/studies/halt.yaml"
EASE: Final = "evidence/studies/ease.yaml"

Change = Callable[[Path], object]


def replaced(file: str, old: str, new: str) -> Change:
    return lambda root: edit(root, file, old, new)


def without(file: str) -> Change:
    return lambda root: (root / file).unlink()


# What a curator may change, from a figure to a whole study.
CHANGES: Final[dict[str, Change]] = {
    "a figure": replaced(HALT, "values: {first-80: 80%}", "values: {first-80: 81%}"),
    "a print": replaced(HALT, "printed: 63% were free of pain", "printed: 63% were free"),
    "a place": replaced(HALT, '    at: "3"\n', "    at: Abstract\n"),
    "a size": replaced(HALT, "values: {all: {n: 120}}", "values: {all: {n: 121}}"),
    "what a study is about": replaced(HALT, "about: An invented trial.", "about: Another."),
    "a citation": replaced(EASE, "cites: [13]", "cites: [11]"),
    "the credits": replaced("evidence/dataset.yaml", "[Nobody in particular]", "[Somebody]"),
    "a study less": without("evidence/studies/halt-aura.yaml"),
    "a judgement less": without("evidence/adjudications/halt.yaml"),
    "a label": replaced("ontology/drugs.ttl", '"calmol"@en', '"calmole"@en'),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a build of its own; to be copied, not to be changed."""
    root = write_example(tmp_path_factory.mktemp("again") / "base")
    build(KnowledgeBase(root), root / "build")
    return root


@pytest.fixture
def project(first: Path, tmp_path: Path) -> Path:
    """A copy of that project, to change at will."""
    return Path(shutil.copytree(first, tmp_path / "project"))


def test_a_build_over_another_has_the_bytes_of_a_fresh_one(project: Path, tmp_path: Path) -> None:
    CHANGES["a study less"](project)
    base = KnowledgeBase(project)
    again = build(base, project / "build")
    assert again == build(base, tmp_path / "fresh")
    assert content(project / "build") == content(tmp_path / "fresh")
    assert not (project / "build" / "docs").exists()


# --- nothing has changed ---------------------------------------------------------------------


def test_without_a_change_the_last_build_stands(project: Path) -> None:
    last = unchanged(project, project / "build")
    assert last is not None
    assert last.counts == KnowledgeBase(project).counts()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_the_last_build_does_not_stand(project: Path, change: Change) -> None:
    change(project)
    assert unchanged(project, project / "build") is None


def test_texts_are_inputs_of_a_build(project: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    assert unchanged(project, project / "build", texts) is None
    build(KnowledgeBase(project, texts), project / "build")
    assert unchanged(project, project / "build", texts) is not None
    (texts / "halt-paper.txt").write_text("Another text.", "utf-8")
    assert unchanged(project, project / "build", texts) is None


def test_records_changed_during_a_build_are_built_again(project: Path) -> None:
    base = KnowledgeBase(project)
    CHANGES["a figure"](project)
    build(base, project / "build")
    assert unchanged(project, project / "build") is None


def damage(build_: Path) -> Iterator[Callable[[], object]]:
    page = build_ / "site" / "study" / "halt" / "index.html"
    yield lambda: page.write_text("<p>Edited by hand</p>", "utf-8")
    yield page.unlink
    yield lambda: (build_ / "site" / "more.html").write_text("<p>More</p>", "utf-8")
    yield lambda: (build_ / "manifest.json").write_text("{}", "utf-8")
    yield lambda: (build_ / "manifest.json").write_text("not JSON", "utf-8")
    yield (build_ / "manifest.json").unlink


@pytest.mark.parametrize("which", range(6))
def test_a_damaged_build_does_not_stand(project: Path, which: int) -> None:
    list(damage(project / "build"))[which]()
    assert unchanged(project, project / "build") is None


@pytest.mark.parametrize("which", [0, 3])
def test_a_damaged_build_is_replaced(project: Path, which: int) -> None:
    good = content(project / "build")
    list(damage(project / "build"))[which]()
    build(KnowledgeBase(project), project / "build")
    assert content(project / "build") == good


def deep(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "manifest",
    [deep(100_000), '{"inputs": 7, "files": 7, "counts": 7, "stale": 7}', "\0", "[]", "null"],
)
def test_a_damaged_manifest_is_named_and_replaced(project: Path, manifest: str) -> None:
    good = content(project / "build")
    (project / "build" / "manifest.json").write_text(manifest, "utf-8")
    result = kb(project, "build")
    assert result.exit_code == 0
    assert "manifest.json is damaged: building all again" in result.stderr
    assert content(project / "build") == good


def test_a_pipe_in_place_of_the_manifest_does_not_keep_a_build_waiting(project: Path) -> None:
    good = content(project / "build")
    (project / "build" / "manifest.json").unlink()
    os.mkfifo(project / "build" / "manifest.json")
    assert kb(project, "build").exit_code == 0
    assert content(project / "build") == good


# --- files of others -------------------------------------------------------------------------


def test_files_of_others_beside_a_build_stay(project: Path) -> None:
    tables = project / "build" / "tables"
    tables.mkdir()
    (tables / "claims.parquet").write_text("exported", "utf-8")
    (project / "build" / "notes.txt").write_text("mine", "utf-8")
    assert unchanged(project, project / "build") is not None
    CHANGES["a figure"](project)
    build(KnowledgeBase(project), project / "build")
    assert unchanged(project, project / "build") is not None
    assert (tables / "claims.parquet").read_text("utf-8") == "exported"
    assert (project / "build" / "notes.txt").read_text("utf-8") == "mine"
    assert not (project / ".build.making").exists()


@pytest.mark.parametrize("names", [("tables/a.parquet",), ("schema/study.schema.json", "store/x")])
def test_a_first_build_keeps_what_other_commands_wrote(
    example_root: Path, names: tuple[str, ...]
) -> None:
    for name in names:
        path = example_root / "build" / name
        path.parent.mkdir(parents=True)
        path.write_text("{}", "utf-8")
    build(KnowledgeBase(example_root), example_root / "build")
    kept = [name for name in names if not name.startswith("schema")]
    assert all((example_root / "build" / name).read_text("utf-8") == "{}" for name in kept)
    assert unchanged(example_root, example_root / "build") is not None


@pytest.mark.parametrize(
    "files",
    [
        {"thesis.txt": "years"},
        {"kb.nq": ""},
        {"schema/thesis.txt": "years"},
        {"kb.nq": "", "manifest.json": '{"name": "An app"}'},
        {"site/index.html": "mine", "kb.nq": "", "claims.csv": ""},
    ],
)
def test_a_folder_that_was_never_a_build_is_refused_and_kept(
    example_root: Path, files: dict[str, str]
) -> None:
    target = example_root / "build"
    for name, text in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match="is not a kb build"):
        build(KnowledgeBase(example_root), target)
    assert content(target) == {name: text.encode() for name, text in files.items()}


def test_a_file_in_the_way_of_a_new_one_is_kept(project: Path) -> None:
    manifest = project / "build" / "manifest.json"
    data = json.loads(manifest.read_text("utf-8"))
    data["files"] = {n: d for n, d in data["files"].items() if n != "claims.csv"}
    manifest.write_text(json.dumps(data), "utf-8")
    (project / "build" / "claims.csv").write_text("mine", "utf-8")
    before = content(project / "build")
    with pytest.raises(InputError, match=r"claims\.csv is in the way"):
        build(KnowledgeBase(project), project / "build")
    assert content(project / "build") == before


def test_remains_of_a_killed_build_are_removed_though_nothing_changed(project: Path) -> None:
    remains = project / ".build.making" / "new-0"
    remains.mkdir(parents=True)
    (remains / "kb.nq").write_text("half", "utf-8")
    result = kb(project, "build")
    assert "nothing has changed" in result.output
    assert not remains.parent.exists()


@pytest.mark.parametrize("seconds", [0, 4_102_444_800])
def test_the_time_of_a_file_is_no_change(project: Path, seconds: int) -> None:
    os.utime(project / HALT, (seconds, seconds))
    build(KnowledgeBase(project), project / "build")
    assert unchanged(project, project / "build") is not None


# --- digests ---------------------------------------------------------------------------------


def test_digests_of_different_data_differ() -> None:
    parts = ["a", "b", 1, "1", None, "", [], {}, ("a",), {"a": 1}, {"a": "1"}]
    assert len({digest(part) for part in parts}) == len(parts)
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_circular_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("x", "utf-8")
    (tmp_path / "a" / "round").symlink_to(tmp_path, target_is_directory=True)
    assert [path.name for path in files_below(tmp_path)] == ["file"]
