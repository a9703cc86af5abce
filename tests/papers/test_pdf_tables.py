"""Tables of PDFs without rules, over several columns or pages, and with rows parted in part."""

from __future__ import annotations

from support.pdf_files import pdf, prose, rule, text

from kb.papers.paper import Paper
from kb.papers.pdf import read_pdf

LINES = [
    "The column tells of 45 patients who had been",
    "ill for a median of 34 months and were seen",
    "again for as long as the treatment lasted.",
] * 3


def read(*pages: list[bytes]) -> Paper:
    return read_pdf(pdf(pages), "paper.pdf")


def grid(paper: Paper, number: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row] for row in paper.tables[number].grid]


def row(y: float, *cells: str, start: float = 50, step: float = 80) -> bytes:
    return b"".join(text(start + n * step, y, cell, 8) for n, cell in enumerate(cells) if cell)


def test_a_table_above_the_caption_of_another_does_not_go_on_in_the_next_column() -> None:
    """The second table goes on at the top of the right column; the first one does not."""
    page = [
        prose(50, 80, LINES),
        prose(320, 80, LINES),
        prose(50, 200, LINES),
        text(50, 560, "Table 1. Ages", 8, 1),
        row(575, "Age", "Drug", "Placebo"),
        row(590, "Mean", "34.1", "36.2"),
        text(50, 680, "Table 2. Weights", 8, 1),
        row(695, "Weight", "Drug", "Placebo"),
        row(710, "Mean", "70.1", "71.2"),
        row(725, "Median", "69.3", "70.4"),
        row(740, "Lowest", "49.5", "50.6"),
    ]
    top = [
        row(80, "Weight", "Drug", "Placebo", start=320),
        row(95, "Highest", "99.7", "98.8", start=320),
        prose(320, 200, LINES),
    ]
    paper = read([page[0], *page[2:], *top])
    assert grid(paper) == [["Age", "Drug", "Placebo"], ["Mean", "34.1", "36.2"]]
    assert [line[0] for line in grid(paper, 1)] == [
        "Weight",
        "Mean",
        "Median",
        "Lowest",
        "Highest",
    ]


def test_a_cell_that_the_end_of_a_page_parts_is_whole() -> None:
    first = [
        prose(50, 80, LINES),
        text(50, 640, "Table 1. Answers", 8, 1),
        rule(50, 646, 400),
        row(660, "Question", "", "Drug", "Placebo"),
        rule(50, 666, 400),
        row(680, "Was it of help", "", "34 (15%)", "36 (18%)"),
        row(690, "to you?"),
        row(706, "Would you take it", "", "44 (25%)", "46 (28%)"),
    ]
    rest = [
        rule(50, 54, 400),
        row(68, "Question", "", "Drug", "Placebo"),
        rule(50, 74, 400),
        row(88, "again another year?"),
        row(104, "Was it too", "", "54 (35%)", "56 (38%)"),
        row(114, "strong for you?"),
        rule(50, 122, 400),
        prose(50, 160, LINES),
    ]
    assert grid(read(first, rest)) == [
        ["Question", "Drug", "Placebo"],
        ["Was it of help to you?", "34 (15%)", "36 (18%)"],
        ["Would you take it again another year?", "44 (25%)", "46 (28%)"],
        ["Was it too strong for you?", "54 (35%)", "56 (38%)"],
    ]


def test_two_figures_beside_one_cell_of_two_lines_are_two_rows() -> None:
    """Cells whose lines are close go over both rows; no figure of one row joins another."""
    y = 300
    page = [
        prose(50, 80, LINES),
        text(50, y, "Table 1. Change", 8, 1),
        row(y + 15, "Measure", "Drug", "Placebo", "P", "Effect"),
        row(y + 30, "Waist", "89.2 ±", "87.4 ±", "0.003", "0.010"),
        row(y + 39, "(cm)", "6.3", "7.0"),
        row(y + 45, "", "", "", "0.024", "0.027"),
        row(y + 60, "Pressure", "132.8 ±", "131.5 ±", "0.067", "0.021"),
        row(y + 69, "(mmHg)", "17.8", "17.0"),
        row(y + 84, "Glucose", "5.8 ±", "5.6 ±", "0.567", "0.004"),
        row(y + 93, "(mmol/L)", "1.0", "0.9"),
    ]
    assert grid(read(page))[1:] == [
        ["Waist (cm)", "89.2 ± 6.3", "87.4 ± 7.0", "0.003", "0.010"],
        ["Waist (cm)", "89.2 ± 6.3", "87.4 ± 7.0", "0.024", "0.027"],
        ["Pressure (mmHg)", "132.8 ± 17.8", "131.5 ± 17.0", "0.067", "0.021"],
        ["Glucose (mmol/L)", "5.8 ± 1.0", "5.6 ± 0.9", "0.567", "0.004"],
    ]


def test_a_table_continued_after_a_comma_is_one_table() -> None:
    first = [
        prose(50, 80, LINES),
        text(50, 650, "Table 1. Ages", 8, 1),
        rule(50, 655, 400),
        row(668, "Measure", "Drug", "Placebo"),
        rule(50, 673, 400),
        row(688, "Mean", "34.1", "36.2"),
    ]
    rest = [
        text(50, 60, "Table 1, continued", 8, 1),
        rule(50, 65, 400),
        row(78, "Measure", "Drug", "Placebo"),
        rule(50, 83, 400),
        row(98, "Median", "33.1", "35.2"),
        rule(50, 104, 400),
        prose(50, 160, LINES),
    ]
    paper = read(first, rest)
    assert len(paper.tables) == 1
    assert [line[0] for line in grid(paper)] == ["Measure", "Mean", "Median"]


def test_text_that_is_turned_beside_upright_text_is_named_and_not_lost_in_silence() -> None:
    turned = b"BT /F0 8 Tf 0 1 -1 0 500 300 Tm (Deaths were 4 of 45 and 7 of 44) Tj ET\n"
    paper = read([prose(50, 80, LINES), turned])
    assert paper.unsure == ("page 1: 23 characters run in another direction: not read",)
    axis = b"BT /F0 8 Tf 0 1 -1 0 500 300 Tm (Months) Tj ET\n"
    assert read([prose(50, 80, LINES), axis]).unsure == ()


def test_the_numbers_of_lines_are_left_out_on_either_side() -> None:
    for indent in (0, 4):
        numbers = [text(30 + indent * (n < 9), 80 + 12 * n, str(n + 1), 7) for n in range(27)]
        paper = read([*numbers, prose(60, 80, LINES * 3)])
        words = " ".join(p.text for _, p in paper.paragraphs()).split()
        assert [word for word in words if word.isdigit()] == ["45", "34"] * 9
