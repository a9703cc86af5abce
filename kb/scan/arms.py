"""Rows of tables whose groups do not add up to the total that is printed beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.discrepancy import Severity
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.layout import place_of

KIND: Final = "groups-against-total"


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield totals that are not the sum of the groups of their row."""
    for reading in context.readings:
        totals = [c for c in reading.columns if c.kind is ColumnKind.TOTAL]
        groups = [c for c in reading.columns if c.kind is ColumnKind.GROUP]
        if len(totals) != 1 or len(groups) < 2:
            continue
        rows = TableBases(reading).rows
        judged = [r for figures in rows.values() if (r := _row(figures, len(groups)))]
        fitting = sum(total.count == _sum(parts) for total, parts in judged)
        for total, parts in judged:
            context.checked[KIND] += 1
            # Groups that overlap, or of which one is left out, never add up.
            if total.count != _sum(parts) and fitting * 2 >= len(judged):
                yield _finding(reading, total, parts)


def _row(
    figures: Sequence[TableFigure], groups: int
) -> tuple[TableFigure, list[TableFigure]] | None:
    total = [f for f in figures if f.column.kind is ColumnKind.TOTAL and _counts(f)]
    parts = [f for f in figures if f.column.kind is ColumnKind.GROUP and _counts(f)]
    return (total[0], parts) if len(total) == 1 and len(parts) == groups else None


def _counts(figure: TableFigure) -> bool:
    return figure.is_count or (figure.count is not None and figure.share is not None)


def _sum(parts: list[TableFigure]) -> int:
    return sum(part.count or 0 for part in parts)


def _finding(reading: TableReading, total: TableFigure, parts: list[TableFigure]) -> ScanFinding:
    numbers = " + ".join(str(part.count) for part in parts)
    computed = f"{numbers} = {_sum(parts)}, total {total.count}"
    message = f"The groups add up to {_sum(parts)}, but the total is printed as {total.count}."
    printed = tuple(f.text for f in (*parts, total))
    place = place_of(reading, total)
    return ScanFinding(
        KIND, Verdict.INCONSISTENT, Severity.MATERIAL, place, printed, computed, message
    )
