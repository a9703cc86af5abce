"""``kb import`` of a table of results: rows become drafts, and every bad cell is named."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from support.command_line import kb
from support.example_base import TEXTS, content

DRAFTS = Path("evidence/drafts/halt.yaml")
HEADER = (
    "study,source,place,row,column,endpoint,group,versus,statistic,value,n,of,low,high,level,"
    "p,time,unit,printed"
)
AGE = '"Age, median (range)",calmol'
GOOD = f"""\
{HEADER}
HALT,halt-paper,2,,,PAIN_FREE,calmol,,,24/57 (42%),,,,,,,at 2 hours,,At 2 hours it was 24/57 (42%)
halt,halt-paper,2,,,DURATION,calmol,placebo,hazard-ratio,0.61,,,0.40,0.93,95,,"from randomisation, at 12 weeks",,"HR 0.61, 95% CI 0.40-0.93, at 12 weeks, favouring calmol"
halt,halt-paper,Table 1,{AGE},AGE,calmol,,median,34 (15-64),,,,,,,,years,
halt,halt-paper,2,,,DURATION,calmol,,median,not reached,,,,,,,,weeks,was not reached
ease,headache-review,1,,,RELIEF,all,,,60%,,,,,,,after calmol,,relief in 60%
"""  # noqa: E501
ROW = {
    "study": "halt", "source": "halt-paper", "place": "2", "endpoint": "PAIN_FREE",
    "group": "calmol", "value": "36 (63%)", "printed": "36 patients (63%)",
}  # fmt: skip


def table(tmp_path: Path, text: str, name: str = "results.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def row_of(**changes: str) -> str:
    row = {name: text for name, text in (ROW | changes).items() if text or name in ROW}
    return ",".join(row) + "\n" + ",".join(f'"{text}"' for text in row.values()) + "\n"


def test_rows_become_drafts_that_stand_in_the_text(example_root: Path, tmp_path: Path) -> None:
    ran = kb(example_root, "import", table(tmp_path, GOOD))
    assert ran.exit_code == 0, ran.output
    assert ran.output.endswith("5 rows, 0 left out\n")
    # The rows on age, duration and relief are claims of the records already.
    text = (example_root / DRAFTS).read_text("utf-8")
    assert "PAIN_FREE" not in text
    assert "{calmol: {value: 34, interval: [15, 64]}}" in text
    assert 'why: "results.csv, row 4"' in text
    assert "halt: row 2 is there already" in ran.output
    verified = kb(example_root, "verify", "--drafts", "--texts", TEXTS)
    assert (verified.exit_code, "0 failed" in verified.output) == (0, True)
    before = content(example_root)
    again = kb(example_root, "import", table(tmp_path, GOOD))
    assert "drafted" not in again.output
    assert content(example_root) == before


def test_drafts_keep_their_lines(example_root: Path, tmp_path: Path) -> None:
    path = example_root / DRAFTS
    path.parent.mkdir()
    old = (
        "# mine\nreports:\n  - source: halt-paper\n    at: Abstract\n    claims:\n"
        "      - {endpoint: SAMPLE_SIZE, printed: In 120  adults, values: {all: {n: 120}}}  # x\n"
        "suggestions: []\n"
    )
    path.write_text(old, "utf-8")
    assert kb(example_root, "import", table(tmp_path, GOOD)).exit_code == 0
    new = path.read_text("utf-8")
    assert [line for line in old.splitlines() if line not in new.splitlines()] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"study": "HALTT"}, "A2 'study': found 'HALTT', expected a study; did you mean 'halt'?"),
        ({"source": "halt-papers"}, "B2 'source': found 'halt-papers', expected a source; did you"),
        ({"place": "Table 11"}, "C2 'place': found 'Table 11', expected a section of the source"),
        ({"endpoint": "PAINFREE"}, "D2 'endpoint': found 'PAINFREE', expected an endpoint; did"),
        ({"endpoint": ""}, "D2 'endpoint': expected a value: the cell is empty"),
        ({"group": "calmoll"}, "E2 'group': found 'calmoll', expected a group of the study; did"),
        ({"group": "calmol arm"}, "one of calmol, first-80.calmol: several have this name"),
        ({"value": "36 (63)"}, "F2 'value': found '36 (63)', expected a figure"),
        ({"value": "0,61"}, "F2 'value': found '0,61', expected a decimal point; or 'dec"),
        ({"value": "12 (34,5%)"}, "expected a decimal point"),
        ({"value": "about 5"}, "F2 'value': found 'about 5', expected a figure"),
        ({"value": "5 at least"}, "F2 'value': found '5 at least', expected a figure"),
        ({"value": "5 × 10^3"}, "F2 'value': found '5 × 10^3', expected a figure"),
        ({"value": "not reachd"}, "expected a figure such as"),
        ({"value": ""}, "F2 'value': found 'an empty cell'"),
        ({"value": "7.7"}, "expected a statistic in the block"),
        ({"statistic": "medain"}, "H2 'statistic': found 'medain', expected a statistic; did you"),
        ({"time": "2 hours"}, "H2 'time': found '2 hours', expected a time phrase such as 'at 2 "
                              "years'; did you mean 'at 2 hours'?"),
        ({"time": "sometime"}, "H2 'time': found 'sometime', expected a time phrase"),
        ({"unit": "yeers", "value": "7", "statistic": "median"}, "H2 'unit': found 'yeers'"),
        ({"p": "small"}, "H2 'p': found 'small', expected a p-value such as 0.03"),
        ({"n": "3.5"}, "H2 'n': found '3.5', expected a whole number"),
        ({"low": "x", "high": "3"}, "H2 'low': found 'x', expected a number"),
        ({"low": "1", "high": "3", "level": "20"}, "expected"),
        ({"low": "1", "high": "3", "bounds": "cl"}, "J2 'bounds': found 'cl', expected ci, cri"),
        ({"versus": "placebo"}, "expected an estimate: the row compares two groups"),
        ({"printed": "x " + "word " * 30}, "G2 'printed': found"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_and_nothing_is_written(
    example_root: Path, tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    path = table(tmp_path, row_of(**changes))
    before = content(example_root)
    ran = kb(example_root, "import", path)
    assert ran.exit_code == 2
    assert f"{path}:2: " in ran.output
    assert message in ran.output
    assert content(example_root) == before


def test_other_rows_are_drafted_if_it_is_asked(example_root: Path, tmp_path: Path) -> None:
    bad = "halt,halt-paper,2,,,PAIN_FREEE,calmol,,,1%,,,,,,,,,\n"
    path = table(tmp_path, GOOD + bad)
    before = content(example_root)
    assert kb(example_root, "import", path).exit_code == 2
    assert content(example_root) == before
    ran = kb(example_root, "import", path, "--keep-going")
    assert ran.exit_code == 2
    assert f"{path}:7: F7 'endpoint': found 'PAIN_FREEE'" in ran.output
    assert "6 rows, 1 left out" in ran.output
    assert (example_root / DRAFTS).exists()


def test_a_mapping_file_says_what_columns_and_words_mean(
    example_root: Path, tmp_path: Path
) -> None:
    text = "Outcome measure;Arm;Res;Lo;Hi;Where\nFree of pain;drug A;0,61;0,40;0,93;§2\n"
    path = table(tmp_path, text)
    mapping = table(
        tmp_path,
        """\
columns: {endpoint: Outcome measure, group: Arm, value: Res, low: Lo, high: Hi, place: Where}
constants: {study: halt, source: halt-paper, statistic: hazard-ratio, versus: placebo, level: 90}
words:
  endpoint: {Free of pain: DURATION}
  group: {drug A: calmol}
  place: {§2: "2"}
""",
        "columns.yaml",
    )
    ran = kb(example_root, "import", path, "--map", mapping)
    assert ran.exit_code == 0, ran.output
    drafts = (example_root / DRAFTS).read_text("utf-8")
    assert "comparison: {of: calmol, versus: placebo, statistic: hazard-ratio" in drafts
    assert "value: 0.61, ci90: [0.40, 0.93]}" in drafts
    assert 'printed: "0,61 … 0,40 … 0,93"' in drafts


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (
            "columns: {valeu: Result}",
            "columns.valeu: found 'valeu', expected a field of a row",
        ),
        ("columns: {value: Reslt}", "found 'Reslt', expected a header of the table, for value"),
        ("colums: {}", "colums: found 'colums'"),
        ("header: 9", "found 'an empty row', expected a row with headers"),
        ("[]", "a mapping of fields"),
    ],
)
def test_a_bad_mapping_file_is_named(
    example_root: Path, tmp_path: Path, mapping: str, message: str
) -> None:
    path = table(tmp_path, row_of().replace("value", "Result"))
    ran = kb(example_root, "import", path, "--map", table(tmp_path, mapping, "columns.yaml"))
    assert ran.exit_code == 2
    assert message in ran.output


def test_a_table_without_a_column_that_is_needed(example_root: Path, tmp_path: Path) -> None:
    ran = kb(example_root, "import", table(tmp_path, "a,b,Endpoint\n1,2,AGE\n"))
    assert ran.exit_code == 2
    for name in ("study", "source", "place", "group", "with a figure"):
        assert f"no column {'' if ' ' in name else 'for '}{name}" in ran.output
    twice = table(tmp_path, row_of().replace("value", "Endpoint"))
    assert (
        "one column for endpoint: say which in a mapping file"
        in kb(example_root, "import", twice).output
    )


def test_a_workbook_names_the_sheet_of_a_bad_cell(example_root: Path, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Results"
    sheet.append([*ROW, "n"])
    sheet.append([*ROW.values()])
    sheet.append(["halt", "halt-paper", 2, "VOMITING", "calmol", 0.11, "vomiting in 6 (11%)", 6])
    sheet["F3"].number_format = "0%"
    sheet.append(["halt", "halt-paper", 2, "VOMITING", "calmol", "=1+1", "vomiting in 6 (11%)"])
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "results.xlsx"
    path.write_bytes(out.getvalue())
    ran = kb(example_root, "import", path, "--keep-going")
    assert f"{path}:4: Results!F4 'value': found 'a formula', expected a value" in ran.output
    assert "halt: row 3 is there already" in ran.output  # 6 (11%), in two cells
    assert "3 rows, 1 left out" in ran.output


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("value", date(2026, 1, 2), "'2026-01-02', expected text: a spreadsheet may have"),
        ("category", date(2026, 1, 2), "'2026-01-02', expected text: a spreadsheet may have"),
        ("place", 2, ""),
        ("place", 3.1, "expected text: to a spreadsheet, 3.1 and 3.10 are one number"),
        ("place", "3.1", ""),
    ],
)
def test_what_a_spreadsheet_changes_is_not_guessed(
    example_root: Path, tmp_path: Path, column: str, cell: object, message: str
) -> None:
    source = example_root / "evidence/sources/halt-paper.yaml"
    old = source.read_text("utf-8")
    sections = "sections:\n" + "".join(
        f'  - {{id: "{name}", label: Part {name}, from: x, evidence: false}}\n'
        for name in ("3.1", "3.10")
    )
    source.write_text(old.replace("sections:\n", sections), "utf-8")
    book = Workbook()
    row = {**ROW, column: cell}
    book.active.append(list(row))
    book.active.append(list(row.values()))
    path = tmp_path / "results.xlsx"
    book.save(path)
    ran = kb(example_root, "import", path)
    assert ran.exit_code == (2 if message else 0), ran.output
    assert message in ran.output


def test_sheets_are_for_workbooks(example_root: Path, tmp_path: Path) -> None:
    ran = kb(example_root, "import", table(tmp_path, GOOD), "--sheet", "Results")
    assert (ran.exit_code, "a CSV file has no sheets" in ran.output) == (2, True)


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ("7.70", "value: 7.70"),
        ("<10%", 'calmol: "<10%"'),
        ("24/57", "{calmol: 24/57}"),
        ("63% (50%-74%)", 'value: 63, interval: [50, 74], unit: "%"'),
        ("0.61 (95% CI 0.48 to 0.77)", "value: 0.61, ci95: [0.48, 0.77]"),
        ("36.2 ± 4.1", "value: 36.2, spread: 4.1"),
        ("34 (IQR 15–64)", "value: 34, iqr: [15, 64]"),
        ("−3.5", "value: -3.5"),
        ("1,234", "value: 1234"),
    ],
)
def test_a_cell_with_several_figures_is_read(
    example_root: Path, tmp_path: Path, value: str, fields: str
) -> None:
    row = row_of(value=value, statistic="median", endpoint="DURATION", unit="weeks", printed=value)
    if ("%" in value and "CI" not in value) or "/" in value:
        row = row_of(value=value, endpoint="RELIEF", printed=value)
    ran = kb(example_root, "import", table(tmp_path, row))
    assert ran.exit_code == 0, ran.output
    assert fields in (example_root / DRAFTS).read_text("utf-8")
