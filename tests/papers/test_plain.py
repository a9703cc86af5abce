"""Plain text and Markdown read: headings, paragraphs, tables, captions, references."""

from __future__ import annotations

import pytest

from kb.papers.paper import Paper
from kb.papers.plain import read_plain


def read(text: str) -> Paper:
    return read_plain(text.encode(), "paper.txt")


MARKDOWN = """\
# A trial of **two** drugs

doi: 10.1000/abc.12

## Abstract

**Results:** OS was 7.7 months (*P* = 0.03).

## 2 | Results

### 2.1 | Response

Of 57 patients, 24 (42%) had a
response; see [Table 1](#t1). NCT01234567

**Table 1.** Response by arm.

| Arm | Drug | |
|---|---|---|
| | n | % |
| CR | 24 | 42 |

*P < 0.05; all figures are 12*

Figure 1. Flow of the trial.

## References

1. Lee A. One. *Blood* 2019;34:1.
2. Kim B. Two. *Blood* 2020;35:2.
"""


def test_markdown_is_read_by_its_marks() -> None:
    paper = read(MARKDOWN)
    assert paper.metadata.title == "A trial of two drugs"
    assert paper.metadata.doi == "10.1000/abc.12"
    assert paper.metadata.registrations == ("NCT01234567",)
    heads = [(section.id, section.kind) for section in paper.sections]
    assert heads == [
        ("Front matter", "front"),
        ("Abstract", "abstract"),
        ("Results", "abstract"),
        ("2", "body"),
        ("2.1", "body"),
        ("References", "references"),
    ]
    assert paper.sections[2].paragraphs[0].text == "OS was 7.7 months (P = 0.03)."
    assert paper.sections[4].paragraphs[0].text.startswith("Of 57 patients, 24 (42%) had a resp")


def test_a_table_has_its_caption_header_and_notes() -> None:
    table = read(MARKDOWN).tables[0]
    assert (table.label, table.caption, table.section) == ("Table 1", "Response by arm.", "2.1")
    assert [cell.text for cell in table.body[-1]] == ["CR", "24", "42"]
    assert table.header_rows == 2


def test_a_mark_of_a_footnote_is_not_an_emphasis() -> None:
    text = "# T\n\n## R\n\nTable 1. A\n\na\tb\n1*\t2\n\n*P < 0.05 and 12*\n"
    table = read(text).tables[0]
    assert table.grid[1][0].text == "1*"
    assert (table.footnotes[0].mark, table.footnotes[0].text) == ("*", "P < 0.05 and 12*")


def test_figures_and_references_are_kept_apart_from_the_text() -> None:
    paper = read(MARKDOWN)
    assert [figure.caption for figure in paper.figures] == ["Flow of the trial."]
    assert [(r.number, r.year) for r in paper.references] == [(1, 2019), (2, 2020)]


PLAIN = """\
A trial of two drugs in adults

METHODS

Patients were 18 years or older and were treat-
ed for 12 weeks; the range was 15–
64 years.

2.1 Response

Age\tDrug (n = 45)
  Men\t34 (15–64)

1. a numbered item that is not a heading, as it goes on and on for longer than a line.

Table 1 shows that nothing else was found.
"""


def test_plain_text_is_read_by_numbers_and_capitals() -> None:
    paper = read(PLAIN)
    assert paper.metadata.title == "A trial of two drugs in adults"
    assert [section.id for section in paper.sections] == ["METHODS", "2.1"]
    assert "15–64 years" in paper.sections[0].paragraphs[0].text
    assert paper.sections[1].paragraphs[-1].text.startswith("Table 1 shows")


def test_rows_with_tabs_are_a_table_even_without_a_caption() -> None:
    table = read(PLAIN).tables[0]
    assert [[cell.text for cell in row] for row in table.grid] == [
        ["Age", "Drug (n = 45)"],
        ["Men", "34 (15–64)"],
    ]
    assert table.grid[1][0].indent == 1


def test_rows_of_headings_keep_their_empty_cells() -> None:
    table = read("Table 1. A\n\nA\tn\nSex\t\nMen\t5\n").tables[0]
    assert table.row_path(2) == ("Sex", "Men")


def test_a_table_goes_on_after_the_end_of_a_page() -> None:
    text = "Table 1. A\n\nA\tn\nB\t1\n\n(Continues)\n\nTable 1. (Continued)\n\nA\tn\nC\t2\n"
    paper = read(text)
    assert [[cell.text for cell in row] for row in paper.tables[0].grid] == [
        ["A", "n"],
        ["B", "1"],
        ["C", "2"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_is_recognised(encoding: str) -> None:
    paper = read_plain("Results\n\nOS was ≥ 7.7 months − so.\n".encode(encoding), "a.txt")
    assert paper.sections[0].paragraphs[0].text == "OS was ≥ 7.7 months − so."
    assert paper.unsure == ()


def test_a_text_that_is_not_utf_8_says_so() -> None:
    paper = read_plain("Results\n\n34 (15–64) ± 2\n".encode("cp1252"), "a.txt")
    assert paper.sections[0].paragraphs[0].text == "34 (15–64) ± 2"
    assert "Windows-1252" in paper.unsure[0]


def test_a_long_text_of_noise_is_read() -> None:
    for text in ("#" * 10_000, "|" * 10_000, "a\t" * 10_000, "*" * 10_000, "[" * 10_000):
        read(text)
