"""Rows of tables whose groups do not add up to the total that is printed beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.discrepancy import Severity
from kb.papers.entries import Form
from kb.papers.reading import Column, ColumnKind, TableFigure, TableReading
from kb.scan.bases import sizes_of
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import place_of
from kb.scan.sums import Sum, is_whole

KIND: Final = "groups-against-total"
_FEWEST: Final = 3
"""How many rows of plain numbers add up before another that does not is wrong."""
_MOST: Final = 0.75


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield totals that are not the sum of the groups of their row."""
    for bases in context.bases:
        reading, rows = bases.reading, bases.rows
        for total in (*_columns(reading, ColumnKind.TOTAL), *_total_by_size(reading)):
            for parts in _part_sets(reading, total):
                judged = [r for figures in rows.values() if (r := _row(figures, total, parts))]
                context.checked[KIND] += len(judged)
                wrong = [row for row in judged if not row.fits]
                if _add_up(judged, named=total.kind is ColumnKind.TOTAL):
                    yield from (_finding(reading, row) for row in wrong)
                    break


def _columns(reading: TableReading, kind: ColumnKind) -> list[Column]:
    return [
        c
        for c in reading.columns
        if c.kind is kind and not (c.path and c.path[-1].strip(" ()") in ("%", "percent"))
    ]


def _total_by_size(reading: TableReading) -> Iterator[Column]:
    """Yield the first or last column whose people are those of all others: "Enrolled, N = 64"."""
    groups = _columns(reading, ColumnKind.GROUP)
    if len(groups) < 3 or _columns(reading, ColumnKind.TOTAL):
        return
    for total in (groups[0], groups[-1]):
        sizes = [group.size for group in groups if group is not total]
        if total.size and all(sizes) and total.size == sum(size or 0 for size in sizes):
            yield total


def _part_sets(reading: TableReading, total: Column) -> Iterator[tuple[Column, ...]]:
    """Yield the columns that may make up a total: all groups, or all other totals."""
    yield tuple(c for c in _columns(reading, ColumnKind.GROUP) if c is not total)
    yield tuple(c for c in _columns(reading, ColumnKind.TOTAL) if c.index > total.index)


def _row(figures: Sequence[TableFigure], total: Column, parts: Sequence[Column]) -> Sum | None:
    """Return a row of which the total and all groups have whole numbers, or percentages beside."""
    wanted = {c.index for c in parts}
    mine = next((f for f in figures if f.column.index == total.index and _may_count(f)), None)
    own = [f for f in figures if f.column.index in wanted]
    counted = tuple(f for f in own if _may_count(f))
    # Columns of percentages without a heading of their own stand between the counts.
    others = [f for f in own if not _may_count(f) and f.entry.form not in (Form.NUMBER, Form.SHARE)]
    is_row = mine is not None and len(counted) > 1 and not others
    return Sum(mine, counted) if is_row and mine else None


def _may_count(figure: TableFigure) -> bool:
    """Whether a figure is a count, or a pair whose second figure is its percentage."""
    if not figure.is_undeclared:
        return is_whole(figure)
    sizes = sizes_of(figure.as_count(), slack=1)
    return sizes is not None and (figure.column.size or 0) in sizes


def _add_up(judged: Sequence[Sum], *, named: bool) -> bool:
    """Whether the groups are those of the total: groups that overlap never add up."""
    fitting = sum(row.fits for row in judged)
    if named and all(_is_declared(figure) for row in judged for figure in (row.total, *row.parts)):
        return fitting * 2 >= len(judged)
    shown = sum(row.is_evidence for row in judged)
    return shown >= _FEWEST and fitting >= _MOST * len(judged)


def _is_declared(figure: TableFigure) -> bool:
    """Whether a label or a percent sign makes a figure a count."""
    return figure.is_count or figure.share is not None


def _finding(reading: TableReading, row: Sum) -> ScanFinding:
    total = sum(row.sizes)
    message = f"The groups add up to {total}, but the total is printed as {row.total.count}."
    place = place_of(reading, row.total)
    return ScanFinding(
        KIND,
        Verdict.INCONSISTENT,
        Severity.MATERIAL,
        place,
        row.printed,
        row.computed,
        message,
    )
