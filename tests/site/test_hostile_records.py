"""Records that contain markup are shown as text or refused, the same every time."""

from __future__ import annotations

import filecmp
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.built_site import page, pages
from support.environment import ROOT
from support.hostile_records import ATTACK, MARKDOWN

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import UnavailableError
from kb.site.build import build_site
from kb.site.labels import short_citation


def test_markup_in_records_is_inert(hostile_site: Path) -> None:
    folder = hostile_site / "site"
    for path in pages(folder):
        text = (folder / path).read_text(encoding="utf-8")
        found = page(folder, path)
        assert "<script>alert" not in text, path
        assert "evil" not in found.ids, path
        assert not found.inline, path
        assert not [link for link in found.links if link.startswith("javascript:")], path
        data = text.count('<script type="application/ld+json">')
        scripts = page(folder, "about/index.html").tags.count("script")
        if path.startswith("embed/"):  # without the theme; only the forest plot has a program
            scripts = int(path == "embed/forest/index.html")
        assert data <= 1, path
        assert found.tags.count("script") == scripts + data


def test_markup_in_records_is_shown_as_written(hostile_site: Path) -> None:
    text = (hostile_site / "site" / "study" / "t" / "index.html").read_text(encoding="utf-8")
    headings = Text(text)
    assert ATTACK in headings.text
    assert "{{ 7*7 }}" in headings.text
    assert "[y](javascript:alert(2))" in headings.text
    section = (hostile_site / "site" / "source" / "s" / "index.html").read_text(encoding="utf-8")
    assert f"1 {MARKDOWN}" in Text(section).text


@pytest.mark.parametrize("path", ["finding", "study/t"])
def test_markup_in_a_judgement_is_only_text(
    hostile: KnowledgeBase, hostile_site: Path, path: str
) -> None:
    (finding,) = hostile.discrepancies()
    text = (hostile_site / "site" / path / "index.html").read_text(encoding="utf-8")
    assert f"should read {ATTACK}" in Text(text).text
    assert f"Because {ATTACK} {MARKDOWN}" in Text(text).text
    assert finding.message.count(MARKDOWN)
    # Pages cite the publication of a source where the message has the source's id.
    (publication,) = hostile.evidence.publications
    cited = short_citation(publication)
    assert finding.message.count("(section 1 of s)") == 2
    message = finding.message.replace("(section 1 of s)", f"(section 1 of {cited})")
    assert message[1:] in Text(text).text


class Text(HTMLParser):
    """The text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data


# --- the same every time, and complete or not at all -----------------------------------------


def files(folder: Path) -> Iterator[str]:
    return (str(p.relative_to(folder)) for p in sorted(folder.rglob("*")) if p.is_file())


def test_two_builds_give_the_same_bytes(
    hostile: KnowledgeBase, hostile_site: Path, tmp_path: Path
) -> None:
    again = tmp_path / "elsewhere"
    again.mkdir()
    build_site(hostile, again)
    names = list(files(again))
    assert names == list(files(hostile_site))
    assert filecmp.cmpfiles(hostile_site, again, names, shallow=False)[1:] == ([], [])


def test_no_path_of_the_machine_is_in_the_site(hostile_site: Path) -> None:
    for name in files(hostile_site):
        content = (hostile_site / name).read_bytes()
        assert str(hostile_site).encode() not in content, name
        assert str(ROOT).encode() not in content, name


def test_without_mkdocs_the_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hostile: KnowledgeBase
) -> None:
    monkeypatch.setitem(sys.modules, "mkdocs.commands.build", None)
    with pytest.raises(UnavailableError, match=r"kb-evidence\[site\]"):
        build_site(hostile, tmp_path)
    assert not (tmp_path / "site").exists()
