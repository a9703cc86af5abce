"""DOCX read: headings, tracked changes, raised characters, tables with merged cells, notes."""

from __future__ import annotations

import io
import zipfile

import pytest

from kb.errors import ReadError
from kb.papers.docx import read_docx
from kb.papers.paper import Paper

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = """
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="H1"/></w:style>
"""


def docx(body: str, **parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", document)
        archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{W}">{STYLES}</w:styles>')
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W}">{content}</w:{name}>')
    return file.getvalue()


def p(text: str, style: str = "", properties: str = "") -> str:
    style = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{style}{r(text, properties)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def read(body: str, **parts: str) -> Paper:
    return read_docx(docx(body, **parts), "paper.docx")


def texts(paper: Paper) -> list[str]:
    return [paragraph.text for _, paragraph in paper.paragraphs()]


def test_headings_are_recognised_by_style_and_by_look() -> None:
    bold = p("Patients", properties="<w:b/>")
    body = (
        p("A trial", "T") + p("Methods", "H1") + bold + p("All were adults.") + p("Results", "Own")
    )
    paper = read(body)
    assert paper.metadata.title == "A trial"
    assert [(s.title, s.path) for s in paper.sections] == [
        ("Methods", ()),
        ("Patients", ("Methods",)),
        ("Results", ()),
    ]


def test_bold_that_is_off_is_not_a_heading() -> None:
    assert texts(read(p("Patients", properties='<w:b w:val="0"/>'))) == ["Patients"]


def test_inserted_text_is_kept_and_deleted_text_is_not() -> None:
    deleted = "<w:del><w:r><w:delText>17</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom>{r('99')}</w:moveFrom>"
    body = f"<w:p>{r('OS was ')}{deleted}{moved}<w:ins>{r('7.7')}</w:ins>{r(' months')}</w:p>"
    assert texts(read(body)) == ["OS was 7.7 months"]


def test_hidden_text_and_codes_of_fields_are_left_out() -> None:
    code = "<w:r><w:instrText>ADDIN 12</w:instrText></w:r>"
    assert texts(read(f"<w:p>{r('a')}{code}{r('b', '<w:vanish/>')}{r('c')}</w:p>")) == ["ac"]


def test_raised_and_lowered_characters_are_marked() -> None:
    up = '<w:vertAlign w:val="superscript"/>'
    down = '<w:vertAlign w:val="subscript"/>'
    body = f"<w:p>{r('10')}{r('1', up)}{r('2', up)}{r(' H')}{r('2', down)}{r('O')}</w:p>"
    assert texts(read(body)) == ["10<sup>12</sup> H<sub>2</sub>O"]


def test_breaks_keep_figures_apart_and_hyphens_their_sign() -> None:
    run = "<w:r><w:t>34</w:t><w:br/><w:t>57</w:t><w:tab/><w:t>15</w:t><w:noBreakHyphen/>"
    run += "<w:t>64</w:t></w:r>"
    assert texts(read(f"<w:p>{run}</w:p>")) == ["34 57 15-64"]


def test_a_symbol_of_a_font_is_reported_as_unsure() -> None:
    paper = read('<w:p><w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t> 7</w:t></w:r></w:p>')
    assert texts(paper) == ["\ufffd 7"]
    assert "Symbol" in paper.unsure[0]


def test_merged_cells_stand_in_each_of_their_places() -> None:
    restart, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    header = tr(tc("Drug", restart), tc("Arm", '<w:gridSpan w:val="2"/>'))
    names = tr(tc("", goes_on), tc("n"), tc("%"))
    rows = header + names + tr(tc("CR"), tc("24"), tc("42")) + tr(tc("PR"), tc("3"), tc("5"))
    table = read(p("Table 1. Response") + f"<w:tbl>{rows}</w:tbl>" + p("Note: all.")).tables[0]
    assert table.header_rows == 2
    assert table.column_path(2) == ("Arm", "%")
    assert table.grid[0][0].rows == 2
    assert [cell.text for cell in table.body[0]] == ["CR", "24", "42"]
    assert table.footnotes[0].text == "Note: all."


def test_marked_header_rows_win_and_deleted_rows_are_dropped() -> None:
    rows = tr(tc("1"), tc("2"), properties="<w:tblHeader/>") + tr(tc("a"), tc("3"))
    rows += tr(tc("b"), tc("4"), properties="<w:del/>")
    table = read(f"<w:tbl>{rows}</w:tbl>").tables[0]
    assert table.header_rows == 1
    assert [row[0].text for row in table.grid] == ["1", "a"]


def test_footnotes_are_numbered_where_they_are_cited() -> None:
    body = f'<w:p>{r("OS")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    notes = f'<w:footnote w:id="2">{p("At 2 years.")}</w:footnote>'
    assert texts(read(body, footnotes=notes)) == ["OS<sup>1</sup>", "1 At 2 years."]


def test_references_of_a_list_are_read() -> None:
    body = (
        p("References", "H1") + p("Lee A. One. Blood 2019;34:1.") + p("Kim B. Two. BMJ 2020;5:6.")
    )
    assert [(e.number, e.year) for e in read(body).references] == [(1, 2019), (2, 2020)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04" + b"\0" * 100, "broken or encrypted"),
        (docx("<w:p>")[:300], "broken or encrypted"),
        (docx("<w:p>"), "not well-formed"),
        (docx("<w:sdt>" * 2000 + "</w:sdt>" * 2000), "not well-formed"),
        (docx("<w:p/>" * 2_000_000), "expected at most"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_docx(data, "paper.docx")


def test_a_span_without_bounds_is_cut() -> None:
    row = tr(tc("a", '<w:gridSpan w:val="1000000000"/>'))
    assert read(f"<w:tbl>{row}</w:tbl>").tables[0].width <= 200
