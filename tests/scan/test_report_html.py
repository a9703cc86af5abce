"""The page of a paper: its figures are marked where they are printed, and no text of it runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.scan_samples import WRONG_SHARE, WRONG_TEXT, paper

from kb.papers.jats import read_jats
from kb.scan import scan_paper
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.html import page
from kb.scan.marks import CellMark, TextMark, marks_of
from kb.scan.report import PaperReport

VOID = {"meta", "br"}


class _Checker(HTMLParser):
    """Collects the tags and attributes, and holds that every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(html: str) -> _Checker:
    checker = _Checker()
    checker.feed(html)
    checker.close()
    assert not checker.open
    return checker


def html_of(data: bytes) -> str:
    scan = scan_paper(read_jats(data, "a.xml"))
    return page(PaperReport.of(Path("a.xml"), scan, scan.findings), scan.paper)


def test_figures_of_tables_and_sentences_are_marked_and_linked() -> None:
    html = html_of(paper(share=WRONG_SHARE, text=WRONG_TEXT))
    assert '<mark class="bad">8/50 (61.0)</mark>' in html
    assert '<mark class="bad">3/24 subjects (28%)</mark>' in html
    checker = check(html)
    assert len(set(checker.ids)) == len(checker.ids)
    inner = {link[1:] for link in checker.links if link.startswith("#")}
    assert inner
    assert inner <= set(checker.ids)


def test_a_paper_without_findings_says_so() -> None:
    html = html_of(paper())
    assert "Nothing found in" in html
    assert not {"mark", "table", "script"} & set(check(html).tags)


ATTACKS = (
    "<script>x()</script>",
    '"><img src=x onerror=x()>',
    "</style></title></script><svg onload=x()>",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_paper_is_markup(attack: str) -> None:
    escaped = attack.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    data = paper(share=WRONG_SHARE, word=escaped, text=f"{WRONG_TEXT[:-1]} {escaped}.")
    checker = check(html_of(data))
    assert not {"img", "svg", "b"} & set(checker.tags)
    assert checker.tags.count("script") == checker.tags.count("style") == 1
    assert not {name for name in checker.attributes if name.startswith("on")}


def test_marks_of_direction_are_shown_not_obeyed() -> None:
    html = html_of(paper(share=WRONG_SHARE, word="a&#x202e;b&#x2066;c"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)
    assert "a\\u202eb\\u2066c" in html


def test_a_page_loads_nothing() -> None:
    html = html_of(paper(share=WRONG_SHARE))
    assert "default-src 'none'" in html
    assert not re.search(r"src=|url\(|@import|<link", html)


# --- where figures are -----------------------------------------------------------------------


def finding(place: Place, *printed: str) -> ScanFinding:
    from kb.checks.discrepancy import Severity

    severity = Severity.MATERIAL
    return ScanFinding("p-of-counts", Verdict.DOUBTFUL, severity, place, printed, "", "")


def cells(*findings: ScanFinding) -> list[tuple[int, int]]:
    reported = marks_of(read_jats(paper(), "a.xml"), findings)
    return [(m.row, m.column) for m in reported if isinstance(m, CellMark)]


ROW = "Women, n (%)"


@pytest.mark.parametrize(
    ("place", "printed", "expected"),
    [
        (Place("", "Table 1", ROW, "Drug (n = 45)"), ("12 (26.7)",), [(1, 1)]),
        (Place("", "Table 1", ROW, "Drug (n = 45)"), ("12 (26.7)", "20 (40.0)", "0.20"), [1, 2, 3]),
        (Place("", "Table 1", ROW, "Drug (n = 45)"), ("(7",), [(1, 1)]),  # not found: the place
        (Place("", "Table 1", "", "P value"), ("0.20", "0.60"), [(1, 3), (2, 3)]),
        (Place("", "Table 1", ROW, "Drug (n = 45)"), ("12 (26.7)", "0.60"), [(1, 1), (2, 3)]),
        (Place("", "Table 1", "No row", "Drug (n = 45)"), ("12 (26.7)",), []),
        (Place("", "Table 9", ROW, ""), ("12",), []),
    ],
)
def test_cells_of_a_finding(place: Place, printed: tuple[str, ...], expected: list[object]) -> None:
    wanted = [one if isinstance(one, tuple) else (1, one) for one in expected]
    assert cells(finding(place, *printed)) == wanted


def test_a_figure_is_not_a_part_of_a_longer_number() -> None:
    text = "It was 13/245 (28%) and 3/24 (28%) of 4."
    [mark] = marks_of(
        read_jats(paper(text=text), "a.xml"), [finding(Place("Results"), "3/24 (28%")]
    )
    assert isinstance(mark, TextMark)
    assert mark.sentence[mark.start - 4 : mark.end] == "and 3/24 (28%"


def test_the_other_place_of_a_figure_is_marked_too() -> None:
    reported = finding(Place("Results"), "3/24 (28%)", "12 (26.7)")
    paper_ = read_jats(paper(text="It was 3/24 (28%)."), "a.xml")
    assert [type(mark) for mark in marks_of(paper_, [reported])] == [TextMark, CellMark]


def test_a_large_table_is_shown_around_its_findings() -> None:
    row = "<tr><td>{}</td><td>1</td></tr>"
    rows = "".join(row.format(i) for i in range(5000)) + "<tr><td>last</td><td>8/50 (61%)</td></tr>"
    body = f"<table-wrap><label>Table 1</label><table>{rows}</table></table-wrap>"
    from support.jats_samples import read

    paper_ = read(body)
    reported = finding(Place("", "Table 1", "last", ""), "8/50 (61%)")
    html = page(PaperReport("a.xml", findings=(reported,)), paper_)
    assert "8/50 (61%)" in html
    assert check(html).tags.count("tr") < 20
    assert "rows without findings" in html
