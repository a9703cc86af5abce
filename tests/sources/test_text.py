"""A source's text is read by section, across interruptions, and its tables by row and column."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.errors import InputError, UnavailableError
from kb.records.shared_schema import SourceRecord, Span
from kb.sources.figures import figures
from kb.sources.normalise import fold
from kb.sources.text import (
    MAX_BYTES,
    SourceText,
    SourceUnavailable,
    TextError,
    load_text,
    load_texts,
)

TEXT = """\
Front matter, 2025
1. Methods
One hundred and two were screened; 57 of them
TABLE 1 | Ages
Group A\tNo. 57\tGroup B\tNo. 14
Age—median (range)\t33 (15–64) *\tAge—median (range)\t41.5 (22–64) *
Status at first\t\tStatus at second\t
0\t33\t0\t8
1\t21\t1\t4
Toxicity after first\t15/57 (26%)\tToxicity after second\t3/14 (21%)
Blood\t3\tBlood\t1
Other\t12\tOther\t2
Toxicity after second\t12/57 (21%)\tToxicity after first\t4/14 (29%)
Blood\t9\tBlood\t1
Nerves\t5\tHepatic\t2
were treated (84%).
2. Results
OS was 7.7 months.
"""


def span(name: str, marker: str, **more: Any) -> Span:
    return Span.model_validate({"id": name, "label": name, "from": marker, **more})


SPANS = [
    span("Front", "Front matter", evidence=False),
    span("1", "1. Methods"),
    span("Table 1", "TABLE 1 |"),
    span("1", "were treated", resumes=True),
    span("2", "2.  Results"),
]


@pytest.fixture
def source() -> SourceText:
    return SourceText("paper", TEXT, SPANS)


# --- sections ---------------------------------------------------------------------------------


def test_sections_of_evidence_are_in_the_order_of_the_text(source: SourceText) -> None:
    assert source.evidence == ("1", "Table 1", "2")


def test_a_section_ends_where_the_next_begins(source: SourceText) -> None:
    (piece,) = source.section("2")
    assert piece.text == TEXT[piece.start : piece.end] == "2. Results\nOS was 7.7 months.\n"
    assert source.find("2", "7.7 months")
    assert not source.find("1", "7.7 months")


def test_a_section_that_resumes_is_one_text(source: SourceText) -> None:
    assert len(source.section("1")) == 2
    (match,) = source.find("1", "57 of them were treated")
    assert match.source is TEXT
    (match,) = source.find("1", "57 … 84%")
    assert [TEXT[a:b] for a, b in match.spans] == ["57", "84%"]
    assert not source.find("1", "33")


def test_figures_are_of_one_section(source: SourceText) -> None:
    assert [(f.text, TEXT[f.start : f.end]) for f in source.figures("1")] == [
        ("two", "two"),
        ("57", "57"),
        ("84", "84"),
    ]


def test_an_unknown_section_is_an_error_with_the_nearest(source: SourceText) -> None:
    with pytest.raises(TextError, match="paper: no section 'Tabel 1'; did you mean 'Table 1'"):
        source.find("Tabel 1", "33")


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("3. Discussion", "no line begins with '3. Discussion'"),
        ("2. Resluts", "did you mean '2. Results'"),
        ("Blood", "2 lines begin with 'Blood'"),
        ("was 7.7", "no line begins"),
    ],
)
def test_a_marker_must_begin_exactly_one_line(marker: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        SourceText("paper", TEXT, [span("x", marker)])


def test_markers_are_in_the_order_of_the_text() -> None:
    with pytest.raises(TextError, match="after the marker before it"):
        SourceText("paper", TEXT, [span("2", "2. Results"), span("1", "1. Methods")])


# --- tables -----------------------------------------------------------------------------------


def test_rows_are_the_lines_with_tabs(source: SourceText) -> None:
    rows = source.rows("Table 1")
    assert len(rows) == 11
    assert rows[2] == ["Status at first", "", "Status at second", ""]
    assert source.rows("2") == []


@pytest.mark.parametrize(
    ("row", "column", "printed"),
    [
        # a two-sided table: the label is the nearest to the left of the column
        ("Age—median (range)", "No. 57", "33 (15–64) *"),
        ("Age-median (range)", "No. 14", "41.5 (22–64) *"),
        ("Age", 2, "33 (15–64) *"),
        ("Age", "4", "41.5 (22–64) *"),
        ("Toxicity after second", "No. 57", "12/57 (21%)"),
        ("Toxicity after second", "No. 14", "3/14 (21%)"),
        ("Toxicity after first", "No. 57", "15/57 (26%)"),
        ("Toxicity after first", "No. 14", "4/14 (29%)"),
        # a path: each label below the one before, on its side
        (["Status at first", "0"], "No. 57", "33"),
        (["Status at second", "0"], "No. 14", "8"),
        (["Toxicity after second", "Blood"], "No. 57", "9"),
        (["Toxicity after second", "Blood"], "No. 14", "1"),
        (["Toxicity after first", "Other"], "No. 57", "12"),
        (["Toxicity after second", "Nerves"], "No. 57", "5"),
        # without a column: the row, or the label with the cell to its right
        ("Nerves", None, "Nerves\t5\tHepatic\t2"),
        ("Hepatic", None, "Hepatic\t2"),
        (["Status at second", "0"], None, "0\t8"),
        (["Status at first", "1"], None, "1\t21\t1\t4"),
        # a label to the right of the column, where there is none to the left
        ("Nerves", 1, "Nerves"),
        ("Hepatic", 2, "5"),
        # a header is a row as well
        ("Group A", None, "Group A\tNo. 57\tGroup B\tNo. 14"),
        ("Group A", 2, "No. 57"),
    ],
)
def test_a_cell_is_named_by_its_labels(
    source: SourceText, row: str | list[str], column: str | int | None, printed: str
) -> None:
    assert source.cell("Table 1", row, column) == printed


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("Nervs", None, "no row 'Nervs' in 'Table 1'; did you mean 'Nerves'"),
        (["Status at first", "Group A"], None, "no row 'Group A'"),
        ("Toxicity", None, "2 labels begin with 'Toxicity'"),
        ("Age", "No. 75", "no column 'No. 75' in 'Table 1'; did you mean 'No. 57'"),
        ("Age", "No.", "2 columns 'No.'"),
        ("Age", "Group", "2 columns 'Group'"),
        ("Age", 5, "no column '5'"),
        ("Age", 0, "no column '0'"),
        ("Age", "9" * 5000, "no column '999"),
        ("Ag", None, "no row 'Ag'"),
        ("", None, "no row ''"),
        ([], None, "no row is named"),
    ],
)
def test_a_missing_cell_is_an_error_with_the_nearest(
    source: SourceText, row: str | list[str], column: str | int | None, message: str
) -> None:
    with pytest.raises(TextError, match=message):
        source.cell("Table 1", row, column)


def test_a_section_without_a_table_has_no_cells(source: SourceText) -> None:
    with pytest.raises(TextError, match="no table in '2'"):
        source.cell("2", "OS")


def test_a_repeated_header_means_its_first_column() -> None:
    text = "T\nStatus\tN\tOS\nGroup one\t\t\nRR\t90\t6.2\nStatus\tN\tOS\nGroup two\t\t\nRR\t7\tna\n"
    source = SourceText("paper", text, [span("T", "T")])
    assert source.cell("T", "RR", "N") == "90"
    assert source.cell("T", ["Group two", "RR"], "OS") == "na"
    assert source.cell("T", ["Group two", "RR"]) == "RR\t7\tna"


PIPES = """\
T
| Characteristic | Drug |  | Placebo |  |
|:---|---:|---:|---:|---:|
| | n | % | n | % |
| Men | 36 | 63.0 | 24 | 42.0 |
| Grade \\| stage | 5 | 9 | 6 | 11 |
Data are n (%).
"""
BARE = "T\nCharacteristic | Drug\n--- | ---\nMen | 36\n12 | 34\nA line | with a pipe\n\nx | 9\n"


@pytest.mark.parametrize(
    ("row", "column", "printed"),
    [
        ("Men", "Drug", "36"),
        ("Men", "Placebo", "24"),
        ("Men", "Placebo › %", "42.0"),
        ("Men", "Drug %", "63.0"),
        ("Men", "Drug: n", "36"),
        ("Men", 5, "42.0"),
        ("Grade", "Drug n", "5"),
    ],
)
def test_a_table_may_have_pipes_and_several_header_rows(
    row: str, column: str | int, printed: str
) -> None:
    source = SourceText("paper", PIPES, [span("T", "T")])
    assert source.cell("T", row, column) == printed
    assert len(source.rows("T")) == 4


def test_a_part_of_a_header_that_two_columns_have_is_ambiguous() -> None:
    source = SourceText("paper", PIPES, [span("T", "T")])
    with pytest.raises(TextError, match="2 columns '%'"):
        source.cell("T", "Men", "%")
    with pytest.raises(TextError, match="no column 'Plazebo %' in 'T'; did you mean 'Placebo %'"):
        source.cell("T", "Men", "Plazebo %")


def test_pipes_are_a_table_only_with_a_rule_or_at_both_ends() -> None:
    source = SourceText("paper", BARE, [span("T", "T")])
    assert source.cell("T", "12", "Drug") == "34"
    assert len(source.rows("T")) == 4
    assert SourceText("paper", "TABLE 1 | Ages\nx | 9\n", [span("T", "TABLE")]).rows("T") == []


def test_notes_are_the_headers_and_lines_around_a_table() -> None:
    notes = SourceText("paper", PIPES, [span("T", "T")]).notes("T")
    assert "Data are n (%)." in notes
    assert "Placebo" in notes
    assert "36" not in notes


def test_the_language_decides_what_a_comma_is() -> None:
    text = "R\nMedian 7,7 Monate, 1.234 Patienten\n"
    german = SourceText("paper", text, [span("R", "R")], "de")
    assert german.find("R", "7,7 Monate")
    assert [str(f.value) for f in german.figures("R")] == ["7.7", "1234"]
    english = SourceText("paper", text, [span("R", "R")])
    assert [str(f.value) for f in english.figures("R")] == ["7", "7", "1.234"]


def test_a_short_row_has_empty_cells() -> None:
    source = SourceText("paper", "T\nA\tB\tC\nx\t1\n", [span("T", "T")])
    assert source.cell("T", "x", "C") == ""


def test_printed_text_is_searched_at_its_anchor_only(source: SourceText) -> None:
    (match,) = source.find_at("Table 1", ["Age"], "No. 57", "33 (15-64)")
    assert [TEXT[a:b] for a, b in match.spans] == ["33 (15–64)"]
    assert source.find_at("Table 1", ["Age"], "", "33 (15-64) … 41.5")
    assert source.find_at("Table 1", [], "", "33 (15-64)")
    assert not source.find_at("Table 1", ["Age"], "No. 14", "33 (15-64)")
    assert not source.find_at("Table 1", ["Status at first", "0"], "No. 57", "8")


def test_reading_a_table_takes_linear_time() -> None:
    text = "T\n" + "x" * 500_000 + "\n" + "\t" * 50_000 + "\n" + "a\tb\n" * 5_000
    source = SourceText("paper", text, [span("T", "T")])
    assert len(source.rows("T")) == 5_001
    with pytest.raises(TextError, match="no row"):
        source.find_at("T", ["a", "c"], "", "1")


# --- the figures of a section -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("44% of 271 patients [4–18], 25% [1,2].", "44 271 25"),
        ("burden [2.25–26.33].", "2.25 26.33"),
        ("HR 0.61 [0.48–0.77], age 34 [15–64], IQR [2, 5]", "0.61 0.48 0.77 34 15 64 2 5"),
        ("survival in <10% [1–3]. 29.4%\t[21, 22]", "10 29.4"),
        ("85.7% [6/7]", "85.7 6 7"),
        ("Table 1, Figures 1 and 2, **TABLE 3** | (see Fig. 4A)", ""),
        ("Figure 1 shows 12; in Table 2, 36 patients; Table 3 and 4 more", "12 36 4"),
        ("Figures 1, 2 and 3; Figs. 1-3; Tables 1 & 2, 36 patients", "36"),
        ("### 2.1.2 | A Phase 3 Study", "3"),
        ("## 2 | Study\n\n3.1. Baseline\n\n4. Discussion\n", ""),
        ("text\n12. After 3 of them, more text that goes on.", "12 3"),
        ("0\t33\t0\t8", "0 33 0 8"),
        # lines that begin with a number: wrapped text and rows of tables, but no headings
        ("of the trial was\n45. Patients in the second cohort were followed\nfor", "45"),
        ("of the trial was\n\n45. Patients in the second cohort were followed\nfor", "45"),
        ("the response reached\n17. Overall response\n", "17"),
        ("It ended.\n\n4. Discussion\n", ""),
        ("OS | 7.7\n12 | 34 | 56", "7.7 12 34 56"),
        ("| 12 | 34 |\n|---|---|\n| 5 | 6 |", "12 34 5 6"),
        ("## 45 patients responded", "45"),
        # bounds in square brackets
        ("age 34 years [15–64]; [−1.5, 2]; [0.4; 0.9]", "34 15 64 -1.5 2 0.4 0.9"),
        ("median OS 7.7 months [4–12]; OS 7.7 months [4–6]", "7.7 4 12 7.7"),
        ("(range) [15, 64], 95% CI [4-9], interquartile range: [2-5]", "15 64 95 4 9 2 5"),
        # dashes, other scripts, unknown characters
        ("p = .09–we saw; 5.6–n.r.; 45–we", "0.09 5.6 45"),
        ("HR 0•71 (0•55–0•93), p<0•0001", "0.71 0.55 0.93 0.0001"),
        (
            "奏効率は45%\uff0836/80\uff09、中央値7.7か月、95%信頼区間5.6〜9.6",
            "45 36 80 7.7 95 5.6 9.6",
        ),
        ("day-28 response, grade-3 events, CD-123", "28 3"),
        ("difference \x030.5 months, 1½ years, 5⅓ days", "0.5 1.5 5.333333333333333333333333333"),
        ("7.7 × 10⁻⁴, 3.54e-2", "0.00077 0.0354"),
        ("one patient and two cases; one of four", "1 2 1 4"),
        ("one of the most used; the first one; no one; one or another", ""),
        ("on days 1–21 (0.8/0.5 mg/m<sup>2</sup>)", "1 21 0.8 0.5"),
    ],
)
def test_figures_of_a_section_leave_out_citations_and_names(text: str, expected: str) -> None:
    assert " ".join(f"{f.value.normalize():f}" for f in figures(fold(text))) == expected


def test_a_figure_has_its_offsets() -> None:
    text = "OS was $\\geq 7.7$ months [4]."
    (figure,) = figures(fold(text))
    assert text[figure.start : figure.end] == "7.7"
    assert (figure.text, figure.operator, figure.context(2)) == ("7.7", "≥", "q 7.7$")


# --- files ------------------------------------------------------------------------------------


def record(text: str | None = "paper.txt") -> SourceRecord:
    sections = [{"id": "1", "label": "Methods", "from": "1. Methods"}]
    known = {"id": "paper", "publication": "p", "title": "T", "kind": "review", "credit": "C"}
    valid = SourceRecord.model_validate({**known, "text": "paper.txt", "sections": sections})
    return valid.model_copy(
        update={"text": text}
    )  # not validated: also what the model would refuse


def test_a_text_is_loaded_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert load_text(tmp_path, record()).find("1", "102") == []
    assert load_text(tmp_path, record()).find("1", "57 of them")
    assert list(load_texts(tmp_path, [record()])) == ["paper"]


@pytest.mark.parametrize("text", ["missing.txt", None])
def test_a_missing_text_is_unavailable(tmp_path: Path, text: str | None) -> None:
    with pytest.raises(SourceUnavailable, match="paper") as caught:
        load_text(tmp_path, record(text))
    assert isinstance(caught.value, UnavailableError)
    assert load_texts(tmp_path, [record(text)]) == {}


@pytest.mark.parametrize(
    "name", ["../paper.txt", "/etc/hostname", "a/../../paper.txt", "a\0b", ".."]
)
def test_a_file_name_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "paper.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "texts").mkdir()
    with pytest.raises(TextError, match=r"paper: .* (is not within|is not a file name)") as caught:
        load_text(tmp_path / "texts", record(name))
    assert isinstance(caught.value, InputError)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "paper.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(TextError, match="is not within"):
        load_text(tmp_path / "texts", record())


def test_a_folder_or_a_pipe_is_not_a_text(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    for name in ("paper.txt", "pipe.txt"):
        with pytest.raises(SourceUnavailable):
            load_text(tmp_path, record(name))


def test_a_text_that_is_too_large_or_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(TextError, match="more than 5000000 bytes"):
        load_text(tmp_path, record())
    (tmp_path / "paper.txt").write_bytes(b"1. Methods\xff")
    with pytest.raises(TextError, match="not UTF-8"):
        load_text(tmp_path, record())


# --- the papers -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def papers(source_texts: Path, repo_root: Path) -> dict[str, SourceText]:
    files = sorted((repo_root / "evidence" / "sources").glob("*.yaml"))
    records = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return load_texts(source_texts, map(SourceRecord.model_validate, records))


def test_the_sections_of_both_papers_are_found(papers: dict[str, SourceText]) -> None:
    assert set(papers) == {"bruzzese-2025", "campus-all-2023"}
    figures = {name: sum(len(t.figures(s)) for s in t.evidence) for name, t in papers.items()}
    assert all(count > 400 for count in figures.values())


def test_every_figure_of_the_papers_has_its_offsets(papers: dict[str, SourceText]) -> None:
    for text in papers.values():
        for section in text.evidence:
            pieces = text.section(section)
            for figure in text.figures(section):
                assert any(p.start <= figure.start < figure.end <= p.end for p in pieces)
                assert figure.text[0] == text.text[figure.start]


@pytest.mark.parametrize(
    ("row", "column", "printed"),
    [
        (["Age—median (range)"], "No. 57", "33 (15–64) *"),
        (["Toxicity G3/4—n° (%) after InO"], "No. 57", "12/57 (21%)"),
        (["Toxicity G3/4—n° (%) after InO"], "No. 14", "3/14 (21%)"),
        (["Toxicity G3/4—n° (%) after Blina", "Extrahematological"], "No. 57", "12"),
        (["Toxicity G3/4—n° (%) after InO", "Extrahematological"], "No. 57", "3"),
        (["ECOG n° (%) pre InO", "0"], "No. 14", "8"),
    ],
)
def test_cells_of_a_two_sided_table_of_a_paper(
    papers: dict[str, SourceText], row: list[str], column: str, printed: str
) -> None:
    assert papers["campus-all-2023"].cell("Table 1", row, column) == printed
