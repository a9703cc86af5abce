"""The typed tables as one workbook for spreadsheets: a sheet a table, numbers as numbers.

The same tables give the same bytes, and no cell holds a formula.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from kb.errors import InputError, UnavailableError
from kb.export.csv import escape_formula
from kb.util.visible import visible

if TYPE_CHECKING:
    import pyarrow as pa

_DAY: Final = (1980, 1, 1, 0, 0, 0)
_TIME: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_MOST_ROWS: Final = 1_048_575
"""Below the header; no spreadsheet has more."""
_MOST_CHARACTERS: Final = 32_767
_NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_WIDTH: Final = 24


def workbook(tables: Mapping[str, pa.Table]) -> bytes:
    """Return a workbook with a sheet for each table, its header frozen and filtered.

    Values of lists are joined by "; ". Numbers are numbers: what is printed as 5.0 is shown as 5,
    and stands in ``printed``. A text stays a text, even if it begins as a formula does.

    Raises:
        UnavailableError: openpyxl is not installed.
        InputError: a table has more rows than a sheet.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        message = "openpyxl, which writes XLSX, is not installed: pip install kb-evidence[read]"
        raise UnavailableError(message) from error
    book = Workbook(write_only=True)
    for name, table in tables.items():
        if table.num_rows > _MOST_ROWS:
            raise InputError(f"{name} has {table.num_rows:,} rows, a sheet at most {_MOST_ROWS:,}")
        _fill(book.create_sheet(name), table)
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _fill(sheet: Any, table: pa.Table) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    letters = [get_column_letter(number) for number in range(1, table.num_columns + 1)]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{letters[-1]}{table.num_rows + 1}"
    for letter in letters:
        sheet.column_dimensions[letter].width = _WIDTH

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, _plain(value))
        if isinstance(made.value, str):
            made.data_type = "s"  # never a formula, also not once somebody has edited the cell
            made.quotePrefix = escape_formula(made.value) != made.value
        return made

    header = [cell(column) for column in table.column_names]
    for one in header:
        one.font = Font(bold=True)
    sheet.append(header)
    for row in _rows(table):
        sheet.append([cell(value) for value in row])


def _rows(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=1_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _plain(value: Any) -> str | int | float | bool | None:
    """Return a value as a cell has it.

    >>> _plain(["a", "b"]), _plain(Decimal("7.7000")), _plain(Decimal("80.0")), _plain([])
    ('a; b', 7.7, 80, None)
    """
    if isinstance(value, list):
        value = "; ".join(map(str, value)) or None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str):
        return _NOT_XML.sub("\ufffd", visible(value))[:_MOST_CHARACTERS]
    kept: int | bool | None = value
    return kept


def _without_clock(raw: bytes) -> bytes:
    """Return a workbook with one time in place of those at which it was written."""
    time = datetime(*_DAY, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, _DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _TIME.sub(rb"\g<1>" + time, content)
            new.writestr(info, content)
    return out.getvalue()
