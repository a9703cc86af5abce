"""Dialects of JATS: NLM 2.3 and 3.0, JATS 1.0 to 1.4, and what publishers make of them."""

from __future__ import annotations

import pytest
from support.jats_samples import article, grid, read, table, texts

from kb.papers.inline import UNKNOWN
from kb.papers.jats import read_jats
from kb.papers.jats_tables import NESTED, NO_CELLS
from kb.papers.paper import Table

OASIS = 'xmlns:o="http://www.niso.org/standards/z39-96/ns/oasis-exchange/table"'
SPECS = (
    "<o:colspec colnum='1' colname='a'/><o:colspec colname='b'/><o:colspec colnum='4' colname='d'/>"
    "<o:spanspec spanname='s' namest='b' nameend='d'/>"
)


def wrapped(inner: str) -> Table:
    [one] = read(
        f"<sec><title>A</title><table-wrap><label>Table 1</label>{inner}</table-wrap></sec>"
    ).tables
    return one


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("<o:entry/><o:entry spanname='s'>Drug</o:entry>", ["", "Drug", "Drug", "Drug"]),
        ("<o:entry>x</o:entry><o:entry colname='d'>4</o:entry>", ["x", "", "", "4"]),
        ("<o:entry namest='a' nameend='d'>All</o:entry>", ["All"] * 4),
        ("<o:entry namest='a' nameend='unknown'>x</o:entry>", ["x", "", "", ""]),
        ("<o:entry spanname='unknown'>x</o:entry><o:entry>y</o:entry>", ["x", "y", "", ""]),
    ],
)
def test_cells_of_oasis_stand_in_the_columns_that_they_name(row: str, expected: list[str]) -> None:
    last = "".join(f"<o:entry>{text}</o:entry>" for text in ("Age", "1", "2", "3"))
    one = wrapped(
        f"<o:table {OASIS}><o:tgroup cols='4'>{SPECS}<o:tbody>"
        f"<o:row>{row}</o:row><o:row>{last}</o:row>"
        "</o:tbody></o:tgroup></o:table>"
    )
    assert grid(one) == [expected, ["Age", "1", "2", "3"]]


def test_a_table_within_a_cell_loses_no_figure() -> None:
    one = table(
        "<tr><th>a</th></tr><tr><td>9<table><tr><td>3</td><td>4</td></tr></table></td></tr>"
    )
    assert grid(one) == [["a"], ["9 3 4"]]
    assert one.unsure == (NESTED,)


def test_a_table_of_text_without_cells_loses_no_figure() -> None:
    one = wrapped(
        "<caption><p>Doses</p></caption><p>5 mg</p><list><list-item><p>6 mg</p></list-item>"
        "<list-item><p>7 mg</p></list-item></list><table-wrap-foot><p>n</p></table-wrap-foot>"
    )
    assert (grid(one), one.unsure) == ([["5 mg"], ["6 mg"], ["7 mg"]], (NO_CELLS,))


@pytest.mark.parametrize("group", ["floats-group", "floats-wrap"])
def test_boxes_tables_and_figures_among_the_floats_are_read(group: str) -> None:
    floats = (
        f"<{group}><table-wrap id='t1'><label>Table 1</label><table><tr><th>a</th></tr><tr><td>1"
        "</td></tr></table></table-wrap><boxed-text><label>Box 1</label><caption><title>Key</title>"
        "</caption><p>OS 9</p></boxed-text><boxed-text><p>OS 8</p></boxed-text>"
        f"</{group}></article>"
    )
    body = (
        "<sec><title>Results</title><p>See <xref ref-type='table' rid='t1'>Table 1</xref></p></sec>"
    )
    paper = read_jats(article(body).replace(b"</article>", floats.encode()))
    assert [(s.id, p.text) for s, p in paper.paragraphs()][1:] == [
        ("Box 1 Key", "OS 9"),
        ("Section", "OS 8"),
    ]
    assert [one.section for one in paper.tables] == ["Results"]


@pytest.mark.parametrize(
    "formula",
    [
        "<disp-formula><graphic/></disp-formula>",
        "<disp-formula><alternatives><graphic/></alternatives></disp-formula>",
        "<p><inline-formula><inline-graphic/></inline-formula></p>",
        "<p><inline-formula><graphic/></inline-formula></p>",
    ],
)
def test_a_formula_that_is_a_picture_leaves_a_mark(formula: str) -> None:
    assert texts(formula) == [UNKNOWN]


def test_the_number_of_a_formula_stands_after_it() -> None:
    math = "<mml:math><mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mn>5</mml:mn></mml:math>"
    assert texts(f"<disp-formula><label>(1)</label>{math}</disp-formula>") == ["x=5 (1)"]


@pytest.mark.parametrize(
    ("entry", "number"),
    [
        ("<label>[7]</label><mixed-citation>A. OS. 2001.</mixed-citation>", 7),
        ("<mixed-citation><label>7.</label>A. OS. 2001.</mixed-citation>", 7),
        (
            "<nlm-citation><label>7</label><source>A</source></nlm-citation>",
            7,
        ),
        ("<citation>A. OS. 2001.</citation>", 1),
    ],
)
def test_the_number_of_a_reference_may_stand_in_its_citation(entry: str, number: int) -> None:
    [one] = read(back=f"<ref-list><ref>{entry}</ref></ref-list>").references
    assert one.number == number
    assert "7" not in one.text


def test_references_of_several_lists_have_numbers_of_their_own() -> None:
    entry = "<ref><label>1</label><mixed-citation>{}</mixed-citation></ref>"
    one = f"<ref-list><title>{{}}</title>{entry}</ref-list>"
    paper = read(back=one.format("Included", "A") + one.format("Excluded", "B"))
    assert [(r.number, r.text) for r in paper.references] == [(1, "A"), (2, "B")]
    assert [s.id for s in paper.sections if s.kind == "references"] == ["Included", "Excluded"]


def test_names_in_several_scripts_and_groups_are_given_once() -> None:
    paper = read(
        meta="<contrib-group><contrib contrib-type='author'><name-alternatives><name><surname>Li"
        "</surname><given-names>Wei</given-names></name><name><surname>李</surname></name>"
        "</name-alternatives></contrib><contrib contrib-type='author'><collab>The Group"
        "<contrib-group><contrib><name><surname>X</surname></name></contrib></contrib-group>"
        "</collab></contrib></contrib-group>"
    )
    assert paper.metadata.authors == ("Li W", "The Group")
    assert [p.text for _, p in paper.paragraphs()] == ["Wei Li, The Group"]


def test_the_first_article_of_a_collection_is_read_and_the_others_are_named() -> None:
    paper = read_jats(
        b"<pmc-articleset>" + article("<p>1</p>") + article("<p>2</p>") + b"</pmc-articleset>"
    )
    assert [p.text for _, p in paper.paragraphs()] == ["1"]
    assert paper.unsure == ("1 more <article> in the file: only the first was read",)


@pytest.mark.parametrize("body", ["", "<supplementary-material><media/></supplementary-material>"])
def test_a_body_without_text_is_named(body: str) -> None:
    assert read(body).unsure == ("the body has no text: is it a scan?",)


def test_abstracts_of_several_kinds_are_distinguished() -> None:
    paper = read(
        meta="<abstract><sec><title>Results</title><p>1</p></sec></abstract>"
        "<abstract abstract-type='plain-language-summary'><title>Plain</title><p>2</p></abstract>"
        "<abstract abstract-type='graphical'><p>3</p></abstract>"
        "<trans-abstract xml:lang='de'><p>4</p></trans-abstract>"
    )
    assert [(s.kind, s.id, p.text) for s, p in paper.paragraphs()] == [
        ("abstract", "Abstract: Results", "1"),
        ("abstract", "Plain", "2"),
        ("front", "Graphical abstract", "3"),
        ("front", "Abstract (de)", "4"),
    ]
