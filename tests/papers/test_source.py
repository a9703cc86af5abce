"""The text of a paper, the draft of its source, and its publications."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.environment import papers_folder, unavailable
from support.jats_samples import read

from kb.errors import InputError
from kb.papers.jats import read_jats
from kb.papers.paper import Paper
from kb.papers.publication_file import with_publications
from kb.papers.publications import PublicationIndex
from kb.papers.source import draft_record
from kb.papers.text import one_line, source_text, table_lines
from kb.records.shared_schema import PublicationRecord, SourceRecord, Span
from kb.sources.text import SourceText


def source(paper: Paper) -> SourceText:
    """The text of a paper, with the sections of its drafted record."""
    draft = draft_record(paper, "low-2020", {})
    record = SourceRecord.model_validate(yaml.safe_load(draft.record))
    for publication in draft.publications.values():
        PublicationRecord.model_validate(publication)
    return SourceText(record.id, draft.source.text, record.sections, record.language)


def check_whole(paper: Paper) -> int:
    """Check that each paragraph and cell stands in its section; return the number of cells."""
    text = source(paper)
    cells = 0
    for section in paper.sections:
        [piece] = text.section(section.id)
        lines = piece.text.split("\n")
        assert [line for line in lines[1:] if line] == [
            one_line(p.text) for p in section.paragraphs
        ]
    for table in paper.tables:
        expected = table_lines(table)
        assert text.rows(table.id) == [[cell.strip() for cell in row] for row in expected]
        cells += sum(map(len, expected))
    return cells


BODY = (
    "<sec><title>Methods</title><p>a | b</p><p>|c|</p><p># d</p></sec>"
    "<sec><title>Methods and results</title><p>x</p><table-wrap><label>Table 1</label><caption>"
    "<p>Patients</p></caption><table><thead><tr><th rowspan='2'>Age</th><th colspan='2'>Drug</th>"
    "<th rowspan='2'>P</th></tr><tr><th>n</th><th>%</th></tr></thead><tbody><tr><td>Sex</td>"
    "<td colspan='3'><hr/></td></tr><tr><td colspan='4'><hr/></td></tr><tr><td>\u2003Male</td>"
    "<td>34</td><td>57</td><td>0.03</td></tr></tbody></table><table-wrap-foot><fn><label>a</label>"
    "<p>Note.</p></fn></table-wrap-foot></table-wrap></sec>"
    "<sec><title>Results</title><sec><title>Safety</title><p>one</p></sec></sec>"
    "<sec><title>Discussion</title><sec><title>Safety</title><p>two</p></sec></sec>"
)


def test_each_paragraph_and_cell_is_found_at_its_place() -> None:
    paper = read(BODY)
    assert check_whole(paper) == 16
    text = source(paper)
    assert text.cell("Table 1", ["Sex", "Male"], "Drug › n") == "34"
    assert text.cell("Table 1", ["Male"], "P") == "0.03"
    assert text.headers_at("Table 1", ["Male"], "P") == "Age P"
    assert text.find("Safety (Discussion)", "two")
    assert not text.find("Safety", "two")
    assert "Note." in text.notes("Table 1")


def test_a_table_of_one_column_has_rows() -> None:
    rows = "<tr><td>Criteria</td></tr><tr><td>Age 18</td></tr>"
    paper = read(f"<table-wrap><label>Table 1</label><table>{rows}</table></table-wrap>")
    assert source(paper).cell("Table 1", "Age 18", 1) == "Age 18"


@pytest.fixture(scope="module")
def corpus() -> list[Path]:
    files = sorted(papers_folder().glob("*.nxml"))
    if not files:
        unavailable(f"no papers in {papers_folder()}: name their folder in KB_PAPERS")
    return files


def test_papers_of_many_journals_are_found_whole_in_their_texts(corpus: list[Path]) -> None:
    assert sum(check_whole(read_jats(path.read_bytes(), path.name)) for path in corpus) > 300


REFERENCES = (
    "<ref-list>"
    "<ref><label>1</label><element-citation publication-type='journal'><name><surname>Łow</surname>"
    "<given-names>A</given-names></name><article-title>Survival in leukaemia of adults"
    "</article-title><source>Rev</source><year>2020</year><volume>3</volume><fpage>7</fpage>"
    "<pub-id pub-id-type='doi'>10.1000/ABC</pub-id></element-citation></ref>"
    "<ref><label>2</label><element-citation publication-type='journal'><name><surname>Low</surname>"
    "</name><article-title>Another survival</article-title><source>Rev</source><year>2020</year>"
    "</element-citation></ref>"
    "<ref><label>3</label><mixed-citation>A page of the web, 2021.</mixed-citation></ref>"
    "<ref><label>4</label><element-citation publication-type='journal'><article-title>Survival in"
    " Leukaemia of Adults.</article-title><source>Review</source><year>2020</year>"
    "</element-citation></ref></ref-list>"
)


def test_references_become_publications_or_are_those_that_are_there() -> None:
    known = {
        "low-2020": PublicationRecord.model_validate(
            {"journal": "Rev", "year": 2020, "type": "journal-article", "doi": "10.1000/abc"}
            | {"title": "Survival in leukaemia of adults"}
        )
    }
    draft = draft_record(read(back=REFERENCES), "hay-2022", known)
    numbers = yaml.safe_load(draft.record)["references"]
    assert numbers == {1: "low-2020", 2: "low-2020-another", 3: "page-web-undated", 4: "low-2020"}
    assert draft.known == 2
    assert set(draft.publications) == {"hay-2022", "low-2020-another", "page-web-undated"}
    assert draft.publications["page-web-undated"]["citation"] == "A page of the web, 2021."


@pytest.mark.parametrize(
    ("citation", "year", "found"),
    [
        (
            "Low B (2020) A trial of sleep in tall people of the north. J X 7: 1–9.",
            2020,
            "low-2020",
        ),
        ("Low B (2021) A trial of sleep in tall people of the north. J X 7: 1–9.", 2021, ""),
        ("Low B (2020) A trial of sleep in tall people of the south. J X 7: 1–9.", 2020, ""),
    ],
)
def test_a_reference_without_fields_is_known_by_its_title(
    citation: str, year: int, found: str
) -> None:
    index = PublicationIndex({})
    title = "A trial of sleep in tall people of the North"
    index.add({"authors": "Low B", "title": title, "year": 2020, "journal": "J X", "volume": "7"})
    assert index.find({"citation": citation, "year": year, "volume": "7"}) == found


def test_publications_are_added_in_order_and_no_line_is_changed() -> None:
    before = "# All\npublications:\n  # of b\n  b-2020:\n    year: 2020 # as printed\n  d-2020: {}"
    new = {"a-1": {"title": 'A "b": c'}, "c-1": {"year": 1}, "e-1": {"type": "review"}}
    after = with_publications(before, new)
    assert [line for line in after.splitlines() if line in before.splitlines()] == (
        before.splitlines()
    )
    assert list(yaml.safe_load(after)["publications"]) == ["a-1", "b-2020", "c-1", "d-2020", "e-1"]
    assert yaml.safe_load(after)["publications"]["a-1"] == {"title": 'A "b": c'}
    assert after.index("# of b") > after.index("a-1:")


@pytest.mark.parametrize("text", ["", "publications: {a-1: {}}", "a: [", "publications: 1"])
def test_publications_of_another_layout_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"publications\.yaml"):
        with_publications(text, {"b-1": {"year": 1}})


def test_equal_headings_begin_differently() -> None:
    text = source_text(read("<sec><title>A</title></sec>" * 3)).text
    assert [line for line in text.split("\n") if "A ##" in line] == [
        "## A ##",
        "### A ##",
        "#### A ##",
    ]


@pytest.mark.parametrize("title", ["Case", "Case " * 60])
def test_hundreds_of_equal_headings_begin_differently(title: str) -> None:
    sections = f"<sec><title>{title}</title><p>7</p></sec>" * 400
    draft = source_text(read_jats(f"<article><body>{sections}</body></article>".encode()))
    assert len({part.marker for part in draft.parts}) == 400
    lines = draft.text.splitlines()
    for part in draft.parts:
        assert sum(line.startswith(part.marker) for line in lines) == 1


def test_the_header_of_figures_in_a_row_is_the_one_above_them() -> None:
    content = "Table 1\n\tDrug\t\tPlacebo\t\nPain\t5.1\t2.0\t4.1\t2.1\n"
    spans = [Span.model_validate({"id": "Table 1", "label": "Table 1", "from": "Table 1"})]
    text = SourceText("x", content, spans)
    assert text.headers_at("Table 1", ["Pain"], "", "4.1 … 2.1").split() == ["Placebo"]
    assert text.headers_at("Table 1", ["Pain"], "", "5.1 … 2.0").split() == ["Drug"]
