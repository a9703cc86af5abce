"""The rows of an answer on the terminal: in columns, as CSV or as JSON."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Final

from kb.api.results import QueryResult
from kb.errors import QueryError
from kb.export.csv import escape_formula
from kb.stores.base import Cell

_MAX_WIDTH: Final = 40


def format_rows(rows: QueryResult, form: str | None) -> str:
    """Return rows as ``json`` or ``csv``, or else in columns."""
    return {"json": _as_json, "csv": _as_csv}.get(form or "", _in_columns)(rows)


def _in_columns(rows: QueryResult) -> str:
    lines = [[_shorten_iri(row[name]) for name in rows.columns] for row in rows]
    if not lines:
        return "no rows\n"
    table = [list(rows.columns), *lines]
    widths = [min(_MAX_WIDTH, max(map(len, column))) for column in zip(*table, strict=True)]
    text = "".join("  ".join(map(_fit, line, widths)).rstrip() + "\n" for line in table)
    return f"{text}({len(lines)} {'row' if len(lines) == 1 else 'rows'})\n"


def _fit(cell: str, width: int) -> str:
    return f"{cell[: width - 1]}…" if len(cell) > width else cell.ljust(width)


def _shorten_iri(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    return text.rsplit("/", 1)[-1] if text.startswith("http") else " ".join(text.split())


def _as_json(rows: QueryResult) -> str:
    """Return a list of objects; decimals are strings, because JSON readers would round them."""
    data = [{k: str(v) if isinstance(v, Decimal) else v for k, v in row.items()} for row in rows]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _as_csv(rows: QueryResult) -> str:
    """Return CSV that is safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.columns)
    for row in rows:
        writer.writerow(escape_formula(v) if isinstance(v, str) else v for v in row.values())
    return out.getvalue()


def parse_parameters(options: tuple[str, ...]) -> dict[str, str]:
    """Return the values of ``--param NAME=VALUE`` by name.

    Raises:
        QueryError: an option has no equals sign.

    >>> parse_parameters(("study=tower", "endpoint=OS"))
    {'study': 'tower', 'endpoint': 'OS'}
    """
    for option in options:
        if "=" not in option:
            raise QueryError(f"{option!r} is not NAME=VALUE")
    return dict((option.split("=", maxsplit=1)) for option in options)
