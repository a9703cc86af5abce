"""``kb export xlsx``: sheets with types and a frozen header, and nothing that runs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import load_workbook
from support.command_line import kb

from kb import KnowledgeBase
from kb.errors import InputError
from kb.export import xlsx
from kb.export.xlsx import workbook


def test_a_sheet_a_table(example_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "evidence.xlsx"
    ran = kb(example_root, "export", "xlsx", "--out", out)
    assert ran.exit_code == 0, ran.output
    book = load_workbook(out)
    tables = KnowledgeBase(example_root).tables
    assert book.sheetnames == list(tables)
    for name, table in tables.items():
        sheet = book[name]
        assert (sheet.freeze_panes, sheet.max_row) == ("A2", table.num_rows + 1)
        assert [cell.value for cell in sheet[1]] == table.column_names
    header = [cell.value for cell in book["claims"][1]]
    rows = [dict(zip(header, row, strict=True)) for row in book["claims"].values][1:]
    row = next(r for r in rows if r["id"] == "halt-paper.Abstract.TIME_TO_RELIEF.median.calmol")
    assert (row["value"], row["unit"], row["printed"]) == (
        1.8,
        "hours",
        "1.8 vs 5.0 hours, p < 0.001",
    )


def test_the_same_tables_give_the_same_bytes(example: KnowledgeBase) -> None:
    assert workbook(example.tables) == workbook(example.tables)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "0012", "1-2"])
def test_no_cell_runs_or_turns_into_another_value(text: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook({"one": pa.table({"=A1": [text, "a\x1bb", None]})}))
    sheet = load_workbook(path)["one"]
    assert [(c.value, c.data_type) for c in sheet["A"]][:2] == [("=A1", "s"), (text, "s")]
    assert [c.value for c in sheet["A"]][2:] == ["a\\x1bb"]
    assert sheet["A2"].quotePrefix == (text[0] in "=+-@")


def test_an_exact_p_value_is_a_text_that_shows_no_apostrophe(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook({"one": pa.table({"p": ["=0.03"]})}))
    cell = load_workbook(path)["one"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=0.03", "s", False)


def test_numbers_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    numbers = pa.array([Decimal("0.1000"), Decimal("80")], pa.decimal128(38, 16))
    table = pa.table({"d": numbers, "b": [True, False], "i": [1, None], "l": [["a", "b"], []]})
    path.write_bytes(workbook({"one": table}))
    rows = [*load_workbook(path)["one"].values][1:]
    assert rows == [(0.1, True, 1, "a; b"), (80, False, None, None)]


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MOST_ROWS", 1)
    with pytest.raises(InputError, match="2 rows"):
        workbook({"one": pa.table({"a": [1, 2]})})
