"""Cells are read as a spreadsheet shows them; hostile files are refused within bounds."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from kb.drafts.sheets import MAX_COLUMNS, MAX_ROWS, Sheet, read_sheet
from kb.errors import ReadError


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(*values: tuple[Any, str]) -> bytes:
    """A workbook with values, each with its number format, in its first row."""
    book = Workbook()
    sheet = book.active
    for number, (value, form) in enumerate(values, 1):
        cell = sheet.cell(1, number, value)
        if form:
            cell.number_format = form
    return saved(book)


def shown(sheet: Sheet, row: int = 1) -> list[str]:
    return [cell.text for cell in sheet.rows[row].values()]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.1 + 0.2, "", "0.3"),
        (0.1 + 0.2, "0.00", "0.30"),
        (7.7, "0.00", "7.70"),
        (0.34, "0%", "34%"),
        (0.07 * 4.9, "0.0%", "34.3%"),
        (0.29, "0.00%", "29.00%"),
        (57, "", "57"),
        (57.0, "0", "57"),
        (1234, "#,##0", "1234"),
        (1e-7, "", "0.0000001"),
        (-3.5, "0.0;[Red]-0.0", "-3.5"),
        ("12 (34%)", "", "12 (34%)"),
        ("  two\n lines ", "", "two lines"),
        (date(2017, 8, 15), "", "2017-08-15"),
        (datetime(2017, 8, 15), "", "2017-08-15"),
    ],
)
def test_a_cell_has_what_was_typed(value: Any, form: str, text: str) -> None:
    (cell,) = read_sheet(book_of((value, form)), "a.xlsx").rows[1].values()
    assert (cell.text, cell.expected) == (text, "")


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (12 / 35, "0%", "digits that the paper prints"),
        (34.56, "0.0", "digits that the paper prints"),
        (34.5, "0", "digits that the paper prints"),
        ("=A2/35", "", "a value: open and save it"),
        (True, "", "a figure or words"),
        (time(12, 30), "", "a figure or words"),
        (datetime(2017, 8, 15, 12, 30), "", "without a time of day"),
        ("#DIV/0!", "", "a figure or words"),
        ("x" * 6_000, "", "characters"),
    ],
)
def test_a_cell_whose_figure_is_not_known_is_bad(value: Any, form: str, expected: str) -> None:
    (cell,) = read_sheet(book_of((value, form)), "a.xlsx").rows[1].values()
    assert expected in cell.expected


def test_a_formula_with_a_stored_value_is_read() -> None:
    data = book_of((5, ""))
    old, new = b"<v>5</v>", b"<f>2+3</f><v>5</v>"
    (cell,) = (
        read_sheet(patched(data, "xl/worksheets/sheet1.xml", old, new), "a.xlsx").rows[1].values()
    )
    assert (cell.text, cell.expected) == ("5", "")


def test_merged_cells_all_have_what_the_first_has() -> None:
    book = Workbook()
    for row in (["study", "value"], ["HALT", 1], [None, 2], [None, 3], ["EASE", 4]):
        book.active.append(row)
    book.active.merge_cells("A2:A4")
    sheet = read_sheet(saved(book), "a.xlsx")
    assert [sheet.rows[row][1].text for row in (2, 3, 4, 5)] == ["HALT", "HALT", "HALT", "EASE"]


def test_sheets_are_named_where_there_are_several() -> None:
    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["a"])
    book.create_sheet("Results").append(["b"])
    book.create_sheet("Old").append(["c"])
    book["Old"].sheet_state = "hidden"
    data = saved(book)
    with pytest.raises(ReadError, match="2 sheets, 'Notes', 'Results': name one with --sheet"):
        read_sheet(data, "a.xlsx")
    with pytest.raises(ReadError, match="did you mean 'Results'"):
        read_sheet(data, "a.xlsx", "Reslts")
    assert shown(read_sheet(data, "a.xlsx", "Results")) == ["b"]
    assert read_sheet(data, "a.xlsx", "Old").hidden
    del book["Notes"]
    assert read_sheet(saved(book), "a.xlsx").name == "Results"


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        (b"a,b\n1,2\n", ["1", "2"]),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", ["1", "2"]),
        ("a;b\n0,5;±3\n".encode(), ["0,5", "±3"]),
        ("a\tb\n1\tx, y\n".encode("utf-16"), ["1", "x, y"]),
        (b'"a, b, c";b\n"two\nlines";2\n', ["two lines", "2"]),
    ],
)
def test_dialects_of_csv(data: bytes, cells: list[str]) -> None:
    assert shown(read_sheet(data, "a.csv"), 2) == cells


def patched(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            made.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = book_of((1, ""))
ENTITY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet '


def bomb() -> bytes:
    return patched(PLAIN, SHEET, b"</worksheet>", b" " * 300_000_000 + b"</worksheet>")


HOSTILE = {
    "a zip bomb": (bomb, "unpacks to"),
    "entities": (lambda: patched(PLAIN, SHEET, b"<worksheet ", ENTITY), "declares entities"),
    "a truncated archive": (lambda: PLAIN[: len(PLAIN) // 2], "broken"),
    "an archive of something else": (lambda: zipped({"a.txt": b"a"}), "not XLSX"),
    "broken XML": (lambda: patched(PLAIN, SHEET, b"</worksheet>", b"</work>"), "broken"),
    "no sheet": (lambda: zipped({"xl/workbook.xml": b"<workbook/>"}), "broken"),
    "too many rows": (lambda: b"a,b,c\n" * (MAX_ROWS + 1), "more than 20,000 rows"),
    "a million rows": (lambda: b"a,b,c\n" * 1_000_000, "more than 20,000 rows"),
    "too many columns": (lambda: b"a," * (MAX_COLUMNS + 1) + b"\n", "columns"),
    "a NUL": (lambda: b"a,b\n1,\0\n", ":2: a NUL"),
    "another encoding": (lambda: "a,b\n±1,2\n".encode("latin-1"), ":2: not UTF-8"),
    "an open quote": (lambda: b'a,b\n"1,2\n', "expected CSV"),
    "an endless cell": (lambda: b"a,b\n" + b"x" * 1_000_000 + b",1\n", "expected CSV"),
}  # fmt: skip


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused(kind: str) -> None:
    make, message = HOSTILE[kind]
    with pytest.raises(ReadError, match=message):
        read_sheet(make(), "a.xlsx")


def test_a_workbook_of_many_rows_is_refused_and_a_far_cell_is_read() -> None:
    row = b'<row r="{}"><c r="A{}"><v>1</v></c></row>'
    rows = b"".join(row.replace(b"{}", str(n).encode()) for n in range(2, MAX_ROWS + 3))
    with pytest.raises(ReadError, match="more than 20,000 rows"):
        read_sheet(patched(PLAIN, SHEET, b"</sheetData>", rows + b"</sheetData>"), "a.xlsx")
    wide = Workbook()
    wide.active.append(range(MAX_COLUMNS + 1))
    with pytest.raises(ReadError, match="more than 500 columns"):
        read_sheet(saved(wide), "a.xlsx")
    far = row.replace(b"{}", b"1048576") + b"</sheetData>"
    assert 1048576 in read_sheet(patched(PLAIN, SHEET, b"</sheetData>", far), "a.xlsx").rows
