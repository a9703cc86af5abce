"""PDFs read: columns, headings, running heads, raised characters, tables, references."""

from __future__ import annotations

import pytest
from support.pdf_files import pdf, prose, rule, text

from kb.errors import ReadError
from kb.papers.paper import Paper, plain
from kb.papers.pdf import read_pdf

LEFT = [
    "The first column tells of 45 patients who had",
    "a median age of 34 years and were followed up",
    "for 12 months, as long as the treat-",
    "ment lasted. A follow-up visit was offered to",
    "all of them at the end, and 15–",
    "64 years was the range of their ages. Of the",
    "patients, most came to the last visit of all",
    "and were asked about the treatment again by",
]
RIGHT = [
    "one of two nurses. The second column goes on",
    "with P = 0.03 for the difference, which is not",
    "a sign of anything else than of the numbers in",
    "this column, where a loss of –2.5 kg is printed",
    "beside 7 others, and the text comes to an end.",
]


def read(*drawings: bytes) -> Paper:
    return read_pdf(pdf([drawings]), "paper.pdf")


def two_columns(top: float = 120) -> bytes:
    return prose(50, top, LEFT) + prose(320, top, RIGHT)


def body(paper: Paper) -> str:
    return " ".join(plain(p.text) for _, p in paper.paragraphs())


def test_columns_are_read_one_after_the_other() -> None:
    paper = read(text(50, 80, "A trial of two drugs in adults", 20), two_columns())
    assert paper.metadata.title == "A trial of two drugs in adults"
    assert "by one of two nurses" in body(paper)
    assert "P = 0.03" in body(paper)


def test_a_broken_word_is_joined_and_a_range_or_compound_keeps_its_dash() -> None:
    words = body(read(two_columns()))
    assert "treatment lasted" in words
    assert "follow-up visit" in words
    assert "15–64 years" in words


def test_the_columns_of_a_page_give_one_paragraph() -> None:
    paper = read(two_columns())
    assert [len(section.paragraphs) for section in paper.sections] == [1]


def test_headings_begin_sections_and_numbers_are_split_from_titles() -> None:
    paper = read(
        text(50, 80, "2. Results", 12, 1),
        text(50, 104, "2.1 Patients", 10, 1),
        prose(50, 120, LEFT),
    )
    heads = [(section.id, section.title, section.path) for section in paper.sections]
    assert heads == [("2", "Results", ()), ("2.1", "Patients", ("Results",))]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    head = text(50, 40, "Journal of Trials 12:34", 8)
    pages = [[head, two_columns(), text(300, 770, str(n), 8)] for n in range(1, 5)]
    words = body(read_pdf(pdf(pages), "paper.pdf"))
    assert "Journal of Trials" not in words
    assert not words.endswith((" 1", " 4"))


def test_a_figure_at_the_foot_of_a_page_is_not_a_page_number() -> None:
    table = [text(50, 700, "Table 1. Ages", 9, 1), rule(50, 705, 300)]
    for n, row in enumerate(("Drug", "Placebo", "Other")):
        table += [text(50, 720 + 14 * n, row, 9), text(200, 720 + 14 * n, f"{n + 4}", 9)]
    paper = read(two_columns(), *table)
    assert [cell.text for row in paper.tables[0].grid for cell in row][-1] == "6"


@pytest.mark.parametrize(("offset", "tag"), [(-4, "sup"), (2, "sub")])
def test_small_raised_and_lowered_characters_are_marked(offset: float, tag: str) -> None:
    drawn = text(50, 400, "a count of 10") + text(108, 400 + offset, "9", 6)
    paper = read(two_columns(), drawn)
    assert f"10<{tag}>9</{tag}>" in " ".join(p.text for _, p in paper.paragraphs())


def test_a_smaller_word_on_the_line_is_not_raised() -> None:
    paper = read(two_columns(), text(50, 400, "a count of 10") + text(114, 400, "per day", 6))
    assert "<su" not in " ".join(p.text for _, p in paper.paragraphs())


def ruled_table(x: float, y: float, right: float, *, label: str = "Table 1") -> list[bytes]:
    columns = (x + 2, x + 0.45 * (right - x), x + 0.75 * (right - x))
    rows = [
        ("Characteristic", "Drug (n = 45)", "Placebo (n = 44)"),
        ("Age, years", "34 (15–64)", "36 (18–70)"),
        ("Deaths", "4 (9%)", "<1"),
        ("Change, kg", "–2.5", "+0.3"),
    ]
    drawn = [text(x, y, f"{label}. Patients at entry", 9, 1), rule(x, y + 5, right)]
    for n, row in enumerate(rows):
        drawn += [text(c, y + 18 + 14 * n, words, 9) for c, words in zip(columns, row, strict=True)]
    drawn += [rule(x, y + 23, right), rule(x, y + 66, right)]
    return [*drawn, text(x, y + 76, "Data are n (%) or median (range).", 8)]


def test_a_ruled_table_is_read_cell_by_cell() -> None:
    paper = read(two_columns(), *ruled_table(50, 300, 560))
    table = paper.tables[0]
    assert (table.label, table.caption, table.header_rows) == ("Table 1", "Patients at entry", 1)
    assert [cell.text for cell in table.grid[1]] == ["Age, years", "34 (15–64)", "36 (18–70)"]
    assert [cell.text for cell in table.grid[3]] == ["Change, kg", "–2.5", "+0.3"]
    assert table.footnotes[0].text == "Data are n (%) or median (range)."
    assert "34 (15–64)" not in body(paper)


def test_a_table_within_a_column_leaves_the_other_column_alone() -> None:
    more = [*RIGHT] * 5
    paper = read(two_columns(), *ruled_table(50, 260, 290), prose(320, 180, more))
    assert [len(row) for row in paper.tables[0].grid] == [3] * 4
    assert body(paper).count("one of two nurses") == 6


def test_a_table_that_goes_on_repeats_no_header() -> None:
    first = [two_columns(), *ruled_table(50, 640, 560)[:-1]]
    rest = [text(52, 60, "Characteristic", 9), text(279.5, 60, "Drug (n = 45)", 9)]
    rest += [text(432.5, 60, "Placebo (n = 44)", 9), rule(50, 65, 560)]
    rest += [text(52, 78, "Weight", 9), text(279.5, 78, "70", 9), text(432.5, 78, "71", 9)]
    rest += [rule(50, 84, 560), two_columns(140)]
    table = read_pdf(pdf([first, rest]), "paper.pdf").tables[0]
    assert [row[0].text for row in table.grid] == [
        "Characteristic",
        "Age, years",
        "Deaths",
        "Change, kg",
        "Weight",
    ]


def test_a_mention_of_a_table_is_not_its_caption() -> None:
    lines = [
        *LEFT,
        "and are listed in full below, as can be seen in",
        "Table 1 and in Table 2 of it",
    ]
    paper = read(prose(50, 120, lines), prose(320, 120, RIGHT))
    assert paper.tables == ()


def test_references_are_split_by_number_and_read_in_parts() -> None:
    entries = [
        "1. Lee A, Kim BC. A drug in adults. Lancet 2019;34:101–9.",
        "doi: 10.1000/abc.12",
        "2. Roe C. Another one: 3. edition. Blood. 2020;1(2):3-4.",
        "3. Doe D. The last one. BMJ 2001;5:6. PMID: 12345678",
    ]
    paper = read(two_columns(), text(50, 400, "References", 12, 1), prose(50, 420, entries, 8))
    first, _, last = paper.references
    assert (first.year, first.volume, first.pages, first.doi) == (
        2019,
        "34",
        "101–9",
        "10.1000/abc.12",
    )
    assert last.pmid == "12345678"


def test_a_page_that_is_turned_is_read_upright() -> None:
    turned = b"0 1 -1 0 612 0 cm\n"
    paper = read_pdf(pdf([[turned, prose(60, 300, LEFT)]]), "paper.pdf")
    assert "45 patients who had a median age" in body(paper)


def test_slanted_text_such_as_a_watermark_is_left_out() -> None:
    mark = b"BT /F0 60 Tf 0.7 0.7 -0.7 0.7 100 100 Tm (For peer review) Tj ET\n"
    assert "peer review" not in body(read(two_columns(), mark))


def test_a_page_without_text_is_reported() -> None:
    paper = read_pdf(pdf([[two_columns()], [b""]]), "paper.pdf")
    assert paper.unsure == ("page 2 has no text: a picture, or a scan",)


def test_invisible_text_behind_a_scan_is_reported_as_recognised() -> None:
    paper = read(b"3 Tr\n", two_columns())
    assert "page 1 is a scan" in paper.unsure[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7\n" + b"\0" * 2000, "cannot be opened"),
        (pdf([[two_columns()]])[:900], "cannot be opened"),
        (pdf([[b""]]), "no page has text"),
        (pdf([[text(300, 20, str(n))] for n in range(7, 12)]), "no page has text"),
        (pdf([[text(50, 50, "a")]] * 401), "401 pages, a paper has at most 400"),
        (pdf([[text(1, 50 + n, "a" * 30_000, 1) for n in range(4)]]), "more text than a paper's"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_pdf(data, "paper.pdf")


def test_objects_nested_without_end_are_passed_over() -> None:
    deep = pdf([[two_columns()]], extra=b"/Deep " + b"[" * 100_000 + b"]" * 100_000)
    assert "P = 0.03" in body(read_pdf(deep, "paper.pdf"))
