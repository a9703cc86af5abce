"""What pages say to readers: one thing is in the singular, and nothing is named by its id."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.built_site import pages, records
from support.environment import ROOT

from kb.site.context import PageContext
from kb.site.settings import load_settings

NOUNS = (
    "studies analyses sources publications claims figures statements rows plots regimens endpoints "
    "discrepancies judgements queries groups pages patients months days weeks years centres kinds "
    "results records concepts values places sections references changes pairs arms"
)
PLURAL = re.compile(rf"(?<![\d.,–\-/<>=≥≤+±:×])(?<!: )\b1 (?:{'|'.join(NOUNS.split())})\b")
FOR_PROGRAMS = ("questions/", "cookbook/", "traps/", "console/", "python/", "developers/")
"""Pages that show what programs read: ids are their subject."""


OTHER_WORDS = {
    "publication": ("paper", "papers", "article", "articles"),
    "reports": ("prints", "printed by", "print a", "print none"),
    "proportion": ("share", "shares"),
}
"""One thing has one name on the pages; these are other words for it."""
OTHERS = re.compile(
    rf"\b(?:{'|'.join(word for every in OTHER_WORDS.values() for word in every)})\b"
)
WRITTEN_FOR_READERS = ("about.md",)
WRITTEN_BEFORE = ("decisions.md", "benchmarks.md")
"""Dated entries, which keep their words, and a page that a program writes."""

IDIOM = re.compile(
    r"\b(?:everybody|nobody|whoever|strangers|pays? heed|not said|in passing|of two minds"
    r"|(?:is|are) (?:said|told|asked)(?! for\b)|shares? of whom|single figures|codes elsewhere"
    r"|prints of|prints? stands?|(?:a|the) share|shares against)\b"
)
"""Wording that the glossary replaces, on pages about the software too: its own words are papers,
which it reads, and print, which is a word of the records."""


def words_of(template: str) -> str:
    """What a template says in its own words: no names of records, and no code."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template, flags=re.DOTALL)
    text = re.sub(r"<(pre|code|script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    labels = re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', text)
    return re.sub(r"\s+", " ", " ".join((re.sub(r"<[^>]+>", " ", text), *labels)))


def text_of(path: Path) -> str:
    """What a page says, without code."""
    page = path.read_text(encoding="utf-8")
    content = re.search(r"<article.*?</article>", page, re.DOTALL)
    shown = content[0] if content else page
    shown = re.sub(r"<(pre|code|script|style)\b.*?</\1>", " ", shown, flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown)))


def around(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        yield text[max(0, match.start() - 40) : match.end() + 20]


def test_one_thing_is_in_the_singular(site_folder: Path) -> None:
    texts = ((path, text_of(site_folder / path)) for path in pages(site_folder))
    assert {path: found for path, text in texts if (found := list(around(PLURAL, text)))} == {}


def test_no_page_for_readers_names_a_thing_by_its_id(site_folder: Path, site: PageContext) -> None:
    things = (*site.studies, *site.sources, *site.publications)
    ids = sorted((name for name in things if "-" in name), key=len, reverse=True)
    named = re.compile(rf"(?<![\w/#.-])(?:{'|'.join(map(re.escape, ids))})(?![\w/-])")
    for path in pages(site_folder):
        if not path.startswith(FOR_PROGRAMS):
            assert list(around(named, text_of(site_folder / path))) == [], path


def test_one_thing_has_one_name() -> None:
    folder = ROOT / "site"
    templates = [path for path in folder.rglob("*.j2") if path.stem != "prints.html"]
    texts = {path.name: words_of(path.read_text("utf-8")) for path in templates}
    assert len(texts) > 30
    pages = (folder / "pages" / name for name in WRITTEN_FOR_READERS)
    texts |= {path.name: path.read_text("utf-8") for path in pages}
    evidence = records().evidence
    texts |= {study.id: f"{study.title} {study.about}" for study in evidence.studies}
    texts["dataset.yaml"] = evidence.dataset.description
    texts["site.yaml"] = str(load_settings(ROOT)["selection"])
    assert {
        name: found for name, text in texts.items() if (found := list(around(OTHERS, text)))
    } == {}


def test_pages_about_the_software_use_the_terms_of_the_field() -> None:
    folder = ROOT / "site"
    pages = {path.name: path.read_text("utf-8") for path in (folder / "pages").glob("*.md")}
    recipes = {path.name: path.read_text("utf-8") for path in (folder / "recipes").rglob("*.*")}
    templates = {path.name: words_of(path.read_text("utf-8")) for path in folder.rglob("*.j2")}
    texts = {
        name: re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
        for name, text in {**pages, **recipes, **templates}.items()
        if name not in WRITTEN_BEFORE
    }
    assert len(texts) > 50
    assert {
        name: found for name, text in texts.items() if (found := list(around(IDIOM, text)))
    } == {}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("drafted as of everybody", True),
        ("the group is asked once", True),
        ("a share of those treated", True),
        ("where IAM is asked for", False),
        ("all that they share", False),
        ("the studies share a comparator", False),
    ],
)
def test_wording_of_the_glossary_is_told_from_other_uses(text: str, is_found: bool) -> None:
    assert bool(IDIOM.search(text)) is is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("1 claims", True),
        ("has 1 patients", True),
        ("1 claim", False),
        ("11 claims", False),
        ("0–1 years", False),
        ("2.1 patients", False),
        ("grade ≥1 days", False),
    ],
)
def test_a_wrong_plural_is_told_from_a_range_or_a_part_of_a_number(
    text: str, is_found: bool
) -> None:
    assert bool(PLURAL.search(text)) is is_found


def test_times_of_plots_have_the_labels_of_their_events(site_folder: Path) -> None:
    notations = [name for name in records().vocabulary.schemes["event"] if "-" in name]
    named = re.compile(rf"(?<![\w/#.-])[Aa](?:t|fter) (?:{'|'.join(notations)})(?![\w/-])")
    texts = ((path, text_of(site_folder / path)) for path in pages(site_folder))
    readers = ((path, text) for path, text in texts if not path.startswith(FOR_PROGRAMS))
    assert {path: found for path, text in readers if (found := list(around(named, text)))} == {}
