"""A curator builds again: what has not changed is not made again, and nothing else shows it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from support.environment import ROOT
from support.example_base import content, edit, write_example

from kb import KnowledgeBase
from kb.site import Last
from kb.site import manifest as manifests
from kb.site.build import build, unchanged
from kb.site.writer import write_pages
from kb.util.hashing import digest, files_below

HALT: Final = "evidence/studies/halt.yaml"
EASE: Final = "evidence/studies/ease.yaml"

Change = Callable[[Path], object]


def replaced(file: str, old: str, new: str) -> Change:
    return lambda root: edit(root, file, old, new)


def without(file: str) -> Change:
    return lambda root: (root / file).unlink()


# What a curator may do to records, from a figure to a whole study.
CHANGES: Final[dict[str, Change]] = {
    "nothing": lambda _root: None,
    "a figure": replaced(HALT, "values: {first-80: 80%}", "values: {first-80: 81%}"),
    "a print": replaced(HALT, "printed: 63% were free of pain", "printed: 63% were free"),
    "a place": replaced(HALT, '    at: "3"\n', "    at: Abstract\n"),
    "a size": replaced(HALT, "values: {all: {n: 120}}", "values: {all: {n: 121}}"),
    "what a study is about": replaced(HALT, "about: An invented trial.", "about: Another."),
    "a citation": replaced(EASE, "cites: [13]", "cites: [11]"),
    "the credits": replaced("evidence/dataset.yaml", "[Nobody in particular]", "[Somebody]"),
    "a study less": without("evidence/studies/halt-aura.yaml"),
    "a judgement less": without("evidence/adjudications/halt.yaml"),
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


def last_of(root: Path) -> Last:
    made = manifests.read(root / "build")
    assert made is not None
    assert made.made_of
    return Last(root / "build", made.made_of, made.files)


# --- the same as from nothing ----------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_pages_written_again_are_those_written_from_nothing(
    project: Path, tmp_path: Path, change: Change
) -> None:
    change(project)
    base = KnowledgeBase(project)
    again = write_pages(base, tmp_path / "again", last_of(project))
    fresh = write_pages(base, tmp_path / "fresh")
    assert again == fresh
    assert content(tmp_path / "again") == content(tmp_path / "fresh")


def test_a_change_of_the_project_s_own_records_shows_wherever_it_is_told(tmp_path: Path) -> None:
    root = tmp_path / "own"
    for part in ("evidence", "ontology"):
        shutil.copytree(ROOT / part, root / part)
    before = write_pages(KnowledgeBase(root), tmp_path / "before")
    (tmp_path / "before").rename(root / "build")
    (root / "build" / "beside").rename(root / "build" / "site")
    study = max((root / "evidence" / "studies").glob("*.yaml"), key=lambda p: p.stat().st_size)
    text = study.read_text("utf-8")
    study.write_text(text.replace("%}", "0%}", 1), "utf-8")
    base = KnowledgeBase(root)
    last = Last(root / "build", before, manifests.digests(root / "build"))
    again = write_pages(base, tmp_path / "again", last)
    assert 0 < sum(again[page] != before[page] for page in again) < len(again) / 2
    write_pages(base, tmp_path / "fresh")
    assert content(tmp_path / "again") == content(tmp_path / "fresh")


@pytest.mark.parametrize("change", ["a figure", "a study less"])
def test_a_build_over_another_has_the_bytes_of_a_fresh_one(
    project: Path, tmp_path: Path, change: str
) -> None:
    CHANGES[change](project)
    base = KnowledgeBase(project)
    again = build(base, project / "build")
    assert again == build(base, tmp_path / "fresh", fresh=True)
    assert content(project / "build") == content(tmp_path / "fresh")


# --- only what changed -----------------------------------------------------------------------


def pages_of(root: Path) -> dict[str, int]:
    """The pages of a build, each with the number under which the disk keeps it."""
    site = root / "build" / "site"
    return {p.relative_to(site).as_posix(): p.stat().st_ino for p in site.rglob("*.html")}


def test_pages_that_say_the_same_are_not_made_again(project: Path) -> None:
    before, said = pages_of(project), content(project / "build" / "site")
    CHANGES["what a study is about"](project)
    build(KnowledgeBase(project), project / "build")
    after, now = pages_of(project), content(project / "build" / "site")
    changed = {page for page in after if said[page] != now[page]}
    kept = {page for page in after if before[page] == after[page]}
    assert "study/halt/index.html" in changed
    assert not changed & kept
    # The pages of the navigation are always built; the others are half of the example at least.
    assert len(kept) > len(after) / 2


def test_a_build_of_nothing_new_is_the_last_one(project: Path) -> None:
    assert unchanged(project, project / "build") is not None
    CHANGES["a figure"](project)
    assert unchanged(project, project / "build") is None


def test_texts_are_part_of_what_a_build_is_made_of(project: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    assert unchanged(project, project / "build", texts) is None
    build(KnowledgeBase(project, texts), project / "build")
    assert unchanged(project, project / "build", texts) is not None
    (texts / "halt-paper.txt").write_text("Another text.", "utf-8")
    assert unchanged(project, project / "build", texts) is None


def test_records_that_change_while_they_are_built_are_built_again(project: Path) -> None:
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
def test_a_build_that_was_damaged_is_told_from_a_good_one(project: Path, which: int) -> None:
    list(damage(project / "build"))[which]()
    assert unchanged(project, project / "build") is None


@pytest.mark.parametrize("which", [0, 3])
def test_a_build_that_was_damaged_is_made_anew(project: Path, which: int) -> None:
    good = content(project / "build")
    list(damage(project / "build"))[which]()
    build(KnowledgeBase(project), project / "build")
    assert content(project / "build") == good


def test_the_search_still_finds_every_page(project: Path) -> None:
    CHANGES["a figure"](project)
    build(KnowledgeBase(project), project / "build")
    index = json.loads((project / "build/site/search/search_index.json").read_text("utf-8"))
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert {"study/halt/", "study/ease/", "about/"} <= found
    sitemap = (project / "build/site/sitemap.xml").read_text("utf-8")
    moved = json.loads((project / "build/site/redirects.json").read_text("utf-8"))
    pages = set(pages_of(project)) - {"404.html", *(f"{old}/index.html" for old in moved)}
    places = {page.removesuffix("index.html") for page in pages}
    assert sitemap.count("<loc>") == len(places)
    assert all(f"/headache/{place}</loc>" in sitemap for place in places)


# --- digests ---------------------------------------------------------------------------------


def test_digests_tell_data_apart() -> None:
    parts = ["a", "b", 1, "1", None, "", [], {}, ("a",), {"a": 1}, {"a": "1"}]
    assert len({digest(part) for part in parts}) == len(parts)
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_links_that_lead_round_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("x", "utf-8")
    (tmp_path / "a" / "round").symlink_to(tmp_path, target_is_directory=True)
    assert [path.name for path in files_below(tmp_path)] == ["file"]
