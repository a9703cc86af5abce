"""A second build: nothing is done when nothing changed, and otherwise everything is built."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from support.example_base import content, edit, write_example

from kb import KnowledgeBase
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
