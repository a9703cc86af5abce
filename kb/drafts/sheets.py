"""The cells of a table in a CSV or XLSX file, as a spreadsheet shows them.

A number is read by the digits that were typed, not by its binary fraction; 0.34 in the format of
percentages is 34%. Where a cell shows fewer digits than it holds, it is not known which of them the
paper prints: such a cell is not read.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from kb.errors import ReadError, UnavailableError, nearest, shorten
from kb.util.archives import check_document
from kb.util.child import read_limited

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 500
MAX_CELL: Final = 5_000
"""The longest text of a cell; no figure is as long."""
_MAX_SECONDS: Final = 120.0
_MEMORY: Final = 700 * 1024**2
"""Bytes that reading may take; with the file and the process itself, that is below 1 GiB."""
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_DECIMALS: Final = re.compile(r"^[#,]*0(?:\.(0+))?(%?)$")
_EXCEL: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows; ``expected`` is not empty where it cannot be read."""

    text: str
    is_date: bool = False
    is_number: bool = False
    """Whether it is a number to the spreadsheet, which has then lost zeros at its end."""
    expected: str = ""


Row = dict[int, Cell]
"""The cells of a row that are not empty, by their column, from 1."""


@dataclass(frozen=True)
class Sheet:
    """A table, with the rows that are not empty by their number, from 1."""

    name: str
    """Empty for a CSV file."""
    rows: Mapping[int, Row]
    decimal_comma: bool = False
    hidden: bool = False


def is_workbook(data: bytes) -> bool:
    """Whether bytes are a file in XLSX.

    >>> is_workbook(b"a,b")
    False
    """
    if not data.startswith(_EXCEL):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def column_letters(number: int) -> str:
    """Return the letters of a column.

    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column.

    >>> column_number("AB")
    28
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def read_sheet(data: bytes, name: str, sheet: str | None = None) -> Sheet:
    r"""Read a table from the bytes of a CSV or XLSX file; ``name`` is what errors call it.

    Raises:
        ReadError: the file is broken, too large, or has several sheets and none is named.
        UnavailableError: openpyxl is not installed.

    >>> read_sheet(b"a;b\n1;0,5\n", "a.csv").rows[2][2].text
    '0,5'
    """
    if not data.startswith(_EXCEL):
        if sheet is not None:
            raise ReadError(f"{name}: a CSV file has no sheets: leave out --sheet")
        return _read_csv(data, name)
    _check_workbook(data, name)
    return read_limited(name, lambda: _read_workbook(data, name, sheet), _MAX_SECONDS, _MEMORY)


# --- CSV -------------------------------------------------------------------------------------


def _read_csv(data: bytes, name: str) -> Sheet:
    text = _decoded(data, name)
    delimiter = delimiter_of(text)
    rows: dict[int, Row] = {}
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, line in enumerate(lines, 1):
            cells = {i: _text_cell(cell) for i, cell in enumerate(line, 1) if cell.strip()}
            _check_rows(name, number)
            if len(line) > MAX_COLUMNS:
                raise ReadError(f"{name}: row {number} has more than {MAX_COLUMNS} columns")
            if cells:
                rows[number] = cells
    except csv.Error as error:
        raise ReadError(f"{name}:{lines.line_num}: {error}, expected CSV") from error
    return Sheet("", rows, decimal_comma=delimiter == ";")


def _decoded(data: bytes, name: str) -> str:
    is_utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ReadError(
            f"{name}:{line}: not UTF-8: save it as 'CSV UTF-8', or as XLSX; signs such as ± "
            "would be misread"
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ReadError(f"{name}:{line}: a NUL byte, expected CSV or XLSX")
    return text


def delimiter_of(text: str) -> str:
    r"""Return what separates the cells of the first line: a comma, a semicolon or a tab.

    >>> delimiter_of('study;"a, b, c";n\n')
    ';'
    """
    first = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(",;\t", key=first.count)


def _text_cell(text: str) -> Cell:
    if len(text) > MAX_CELL:
        return Cell(shorten(text), expected=f"at most {MAX_CELL:,} characters")
    return Cell(" ".join(unicodedata.normalize("NFC", text).split()))


def _check_rows(name: str, number: int) -> None:
    if number > MAX_ROWS:
        raise ReadError(f"{name}: more than {MAX_ROWS:,} rows: divide it, by study for example")


# --- XLSX ------------------------------------------------------------------------------------


def _check_workbook(data: bytes, name: str) -> None:
    """Refuse an archive that is not XLSX, is encrypted, unpacks to too much, or has entities."""
    check_document(data, name, "xl/workbook.xml", "XLSX", "expected CSV or XLSX")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".rels")):
                    _check_part(archive.read(entry), f"{name}: {entry.filename}")
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise ReadError(f"{name}: a broken or truncated archive, expected XLSX") from error


def _check_part(part: bytes, name: str) -> None:
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise ReadError(f"{name}: it declares entities, which no spreadsheet does")
    if part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in part[:200]:
        raise ReadError(f"{name}: not UTF-8")


def _read_workbook(data: bytes, name: str, wanted: str | None) -> Sheet:
    try:
        from openpyxl import load_workbook
        from openpyxl.cell.read_only import EMPTY_CELL
    except ImportError as error:
        message = "openpyxl, which reads XLSX, is not installed: pip install kb-evidence[read]"
        raise UnavailableError(message) from error
    # The second reading has the formulas whose values the first gives.
    values = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    formulas = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    chosen = _chosen(values, name, wanted)
    pair = values[chosen], formulas[chosen]
    rows: dict[int, Row] = {}
    for one in pair:
        one.reset_dimensions()  # a file may declare a million columns
    # Cells further right have no header in any column that is read.
    both = (one.iter_rows(max_col=MAX_COLUMNS + 1) for one in pair)
    for number, (shown, typed) in enumerate(zip(*both, strict=False), 1):
        if len(typed) > MAX_COLUMNS and typed[MAX_COLUMNS].value is not None:
            raise ReadError(f"{name}: row {number} has more than {MAX_COLUMNS} columns")
        cells = {
            i: cell
            for i, (one, other) in enumerate(zip(shown, typed, strict=False), 1)
            if other is not EMPTY_CELL and (cell := _excel_cell(one, other)) is not None
        }
        if cells:
            rows[number] = cells
            _check_rows(name, len(rows))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _unmerge(rows, archive.read(pair[0]._worksheet_path.lstrip("/")))
    return Sheet(chosen, rows, hidden=pair[0].sheet_state != "visible")


def _chosen(workbook: Any, name: str, wanted: str | None) -> str:
    sheets = [one for one in workbook.worksheets if hasattr(one, "rows")]
    names = [one.title for one in sheets]
    if wanted is not None:
        if wanted not in names:
            near = nearest(wanted, names)
            hint = f"; did you mean {near!r}?" if near else ""
            raise ReadError(f"{name}: no sheet {wanted!r}, expected one of {_list(names)}{hint}")
        return wanted
    visible = [one.title for one in sheets if one.sheet_state == "visible"]
    if len(visible) != 1:
        raise ReadError(f"{name}: {len(visible)} sheets, {_list(visible)}: name one with --sheet")
    title: str = visible[0]
    return title


def _list(names: list[str]) -> str:
    return ", ".join(map(repr, names[:20])) or "none that is visible"


def _excel_cell(shown: Any, typed: Any) -> Cell | None:
    value: Any = shown.value
    if value is None or (isinstance(value, str) and not value.strip()):
        if typed.data_type != "f":
            return None
        return Cell("a formula", expected="a value: open and save it in a spreadsheet program")
    if isinstance(value, datetime | date):
        return _date_cell(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_cell(value, shown.number_format or "")
    if isinstance(value, str) and shown.data_type != "e":
        return _text_cell(value)
    return Cell(str(value), expected="a figure or words")


def _date_cell(value: datetime | date) -> Cell:
    if isinstance(value, datetime) and value.time() != datetime.min.time():
        return Cell(value.isoformat(" "), is_date=True, expected="a date without a time of day")
    return Cell(value.isoformat()[:10], is_date=True)


def _number_cell(value: float, form: str) -> Cell:
    """Return a number as it is shown: programs keep 15 digits of what was typed."""
    number = Decimal(f"{value:.15g}")
    match = _DECIMALS.match(form.split(";", maxsplit=1)[0].strip())
    percent = "%" if match and match[2] else ""
    exact = number.scaleb(2) if percent else number
    exact = exact.normalize()
    typed = f"{exact:f}"
    if match is None:
        return (
            Cell(typed, is_number=True)
            if "%" not in form
            else Cell(typed, expected="a plain format of %")
        )
    decimals = len(match[1] or "")
    if len(typed.partition(".")[2]) > decimals:
        shown = f"{typed}{percent}, shown as {exact:.{decimals}f}{percent}"
        return Cell(shown, expected="the digits that the paper prints, all of them shown")
    return Cell(f"{exact:.{decimals}f}{percent}")


def _unmerge(rows: dict[int, Row], xml: bytes) -> None:
    """Give every cell of a merged area what its first cell has."""
    for match in _MERGED.finditer(xml):
        left, right = (column_number(match[i].decode()) for i in (1, 3))
        top, bottom = int(match[2]), int(match[4])
        cell = rows.get(top, {}).get(left)
        if cell is None or right - left > MAX_COLUMNS:
            continue
        for number in [n for n in rows if top <= n <= bottom]:
            for column in range(left, right + 1):
                rows[number].setdefault(column, cell)
