"""Records that try to become markup are shown as text, the same every time, or not at all."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import ROOT
from test_generating_pages import page, pages, records

from kb.errors import UnavailableError
from kb.lookup import KnowledgeBase
from kb.site import build_site
from kb.site import writing as site_writing

ATTACK = "</title></script><script>alert(1)</script>"
MARKDOWN = "*x* [y](javascript:alert(2)) `z` {{ 7*7 }} {: #evil } | <b>"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def judge_hostile(root: Path) -> None:
    """Judge the one finding of the hostile records with as hostile a reason."""
    (finding,) = KnowledgeBase(root).discrepancies()
    faulty, stands = (claim.id for claim in finding.claims)
    write(
        root / "evidence" / "adjudications" / "t.yaml",
        f"adjudications:\n  - finding: {finding.id}\n    judged: '{finding.state}'\n"
        f"    judgement: one-stands\n    stands: [{stands}]\n    faulty: [{faulty}]\n"
        f"    reads: '{ATTACK}'\n    reason: 'Because {ATTACK} {MARKDOWN}'\n"
        "    grounds: [judgement]\n    date: 2026-01-01\n",
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A small evidence base whose every free text tries to become markup."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "ontology", root / "ontology")
    population = next(iter(records().vocabulary.schemes["population"]))
    evidence = root / "evidence"
    write(
        evidence / "dataset.yaml",
        f"title: '{ATTACK}'\ndescription: '\"{MARKDOWN}'\nbase: https://example.org/e/\n"
        f"license: https://example.org/licence\ncredits: ['{ATTACK} {MARKDOWN}']\n",
    )
    write(
        evidence / "publications.yaml",
        f"publications:\n  p:\n    citation: '{ATTACK} {MARKDOWN}'\n    type: review\n"
        f"    note: '{ATTACK}'\n",
    )
    write(
        evidence / "sources" / "s.yaml",
        f"id: s\npublication: p\ntitle: '{ATTACK} {MARKDOWN}'\nkind: review\n"
        f"credit: '{ATTACK}'\nsections:\n  - {{id: '1', label: '{MARKDOWN}', from: '1.'}}\n"
        "references: {1: p}\n",
    )
    write(
        evidence / "studies" / "t.yaml",
        f"id: t\nname: '{ATTACK} {MARKDOWN}'\ntitle: '{ATTACK}'\n"
        f"design: {{kind: randomised-trial}}\npopulation: {population}\n"
        f"groups:\n  a: {{label: '{ATTACK}', role: experimental}}\n"
        f"  b: {{label: '{MARKDOWN}', role: comparator}}\n"
        "reports:\n  - source: s\n    at: '1'\n    cites: [1]\n    claims:\n"
        f"      - endpoint: OS\n        named: '{ATTACK}'\n        category: '{MARKDOWN}'\n"
        f"        statistic: median\n        unit: months\n        printed: '{ATTACK} 7.7 and 4'\n"
        f"        note: '{ATTACK}'\n        values: {{a: 7.7, b: 4}}\n"
        "        comparison: {finding: longer}\n"
        f"      - {{endpoint: OS, category: '{MARKDOWN}', statistic: median, unit: months,\n"
        "         printed: '9 and 4', values: {a: 9, b: 4}}\n",
    )
    judge_hostile(root)
    return KnowledgeBase(root)


@pytest.fixture(scope="module")
def hostile_site(hostile: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile-site")
    build_site(hostile, folder)
    return folder


def test_markup_in_records_is_shown_and_does_nothing(hostile_site: Path) -> None:
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
        assert data <= 1, path
        assert found.tags.count("script") == scripts + data


def test_markup_in_records_reads_as_it_was_written(hostile_site: Path) -> None:
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
    assert finding.message[1:] in Text(text).text


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
    monkeypatch.setattr(site_writing.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UnavailableError, match=r"kb\[site\]"):
        build_site(hostile, tmp_path)
    assert not list(tmp_path.iterdir())
