"""Rows of tables whose groups do not add up to the total that is printed beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.parts import adds_up
from kb.papers.entries import Form
from kb.papers.reading import Column, ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import place_of

KIND: Final = "groups-against-total"
_COUNTED: Final = (None, Centre.COUNT, Centre.SIZE)
_FEWEST: Final = 3
"""How many rows of plain numbers add up before another that does not is wrong."""
_MOST: Final = 0.75
_CHANCE: Final = 4
"""Totals up to here are equal to a sum by chance, and show nothing."""


@dataclass(frozen=True, slots=True)
class _Row:
    total: TableFigure
    parts: tuple[TableFigure, ...]

    @property
    def sum(self) -> int:
        return sum(part.count or 0 for part in self.parts)

    @property
    def fits(self) -> bool:
        sizes = [part.count or 0 for part in self.parts]
        return adds_up(sizes, self.total.count or 0) is Outcome.CONSISTENT

    @property
    def is_declared(self) -> bool:
        """Whether a label or a percent sign says that all are counts."""
        return all(f.is_count or f.share is not None for f in (self.total, *self.parts))

    @property
    def shows(self) -> bool:
        """Whether a fit is hardly by chance."""
        several = sum(bool(part.count) for part in self.parts) > 1
        return self.fits and several and (self.total.count or 0) > _CHANCE


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield totals that are not the sum of the groups of their row."""
    for bases in context.bases:
        reading, rows = bases.reading, bases.rows
        for total in _columns(reading, ColumnKind.TOTAL):
            for parts in _part_sets(reading, total):
                judged = [r for figures in rows.values() if (r := _row(figures, total, parts))]
                context.checked[KIND] += len(judged)
                wrong = [row for row in judged if not row.fits]
                if _add_up(judged):
                    yield from (_finding(reading, row) for row in wrong)
                    break


def _columns(reading: TableReading, kind: ColumnKind) -> list[Column]:
    return [
        c
        for c in reading.columns
        if c.kind is kind and not (c.path and c.path[-1].strip(" ()") in ("%", "percent"))
    ]


def _part_sets(reading: TableReading, total: Column) -> Iterator[tuple[Column, ...]]:
    """Yield the columns that may make up a total: all groups, or all other totals."""
    yield tuple(_columns(reading, ColumnKind.GROUP))
    yield tuple(c for c in _columns(reading, ColumnKind.TOTAL) if c.index > total.index)


def _row(figures: Sequence[TableFigure], total: Column, parts: Sequence[Column]) -> _Row | None:
    """Return a row of which the total and all groups have whole numbers, or percentages beside."""
    wanted = {c.index for c in parts}
    mine = next((f for f in figures if f.column.index == total.index and is_whole(f)), None)
    own = [f for f in figures if f.column.index in wanted]
    counted = tuple(f for f in own if is_whole(f))
    # Columns of percentages without a heading of their own stand between the counts.
    others = [f for f in own if not is_whole(f) and f.entry.form not in (Form.NUMBER, Form.SHARE)]
    is_row = mine is not None and len(counted) > 1 and not others
    return _Row(mine, counted) if is_row and mine else None


def is_whole(figure: TableFigure) -> bool:
    """Whether a figure is, or may be, a count: a whole number that no label calls anything else."""
    if figure.count is None:
        return False
    is_plain = figure.entry.form is Form.NUMBER and figure.statistic.centre in _COUNTED
    return figure.is_count or is_plain or figure.share is not None


def _add_up(judged: Sequence[_Row]) -> bool:
    """Whether the groups are those of the total: groups that overlap never add up."""
    fitting = sum(row.fits for row in judged)
    if all(row.is_declared for row in judged):
        return fitting * 2 >= len(judged)
    shown = sum(row.shows for row in judged)
    return shown >= _FEWEST and fitting >= _MOST * len(judged)


def _finding(reading: TableReading, row: _Row) -> ScanFinding:
    numbers = " + ".join(str(part.count) for part in row.parts)
    computed = f"{numbers} = {row.sum}, total {row.total.count}"
    message = f"The groups add up to {row.sum}, but the total is printed as {row.total.count}."
    printed = tuple(f.text for f in (*row.parts, row.total))
    place = place_of(reading, row.total)
    return ScanFinding(
        KIND, Verdict.INCONSISTENT, Severity.MATERIAL, place, printed, computed, message
    )
