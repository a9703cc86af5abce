"""Columns of tables whose rows do not add up to the row that is called their total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.parts import adds_up
from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.arms import is_whole
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import place_of

KIND: Final = "rows-against-total"
_TOTAL: Final = re.compile(r"^(?:sub-?|grand )?total\b|^(?:all|sum|overall)\b", re.IGNORECASE)
_MOST_ROWS: Final = 20
_FEWEST: Final = 2
"""How many columns add up, or other totals of a column, before one that does not is doubtful."""
_ENOUGH: Final = 3
_CHANCE: Final = 4

_Rows = Mapping[int, Mapping[int, TableFigure]]


@dataclass(frozen=True, slots=True)
class _Sum:
    """A total and the rows that may add up to it."""

    total: TableFigure
    parts: tuple[TableFigure, ...]

    @property
    def sizes(self) -> list[int]:
        return [part.count or 0 for part in self.parts]

    @property
    def fits(self) -> bool:
        return adds_up(self.sizes, self.total.count or 0) is Outcome.CONSISTENT

    @property
    def shows(self) -> bool:
        """Whether a fit is hardly by chance."""
        several = sum(map(bool, self.sizes)) > 1
        return self.fits and several and (self.total.count or 0) > _CHANCE


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield totals of columns that their rows do not give, where those of most columns do."""
    for bases in context.bases:
        reading = bases.reading
        rows: _Rows = {
            number: {f.column.index: f for f in figures if is_whole(f)}
            for number, figures in bases.rows.items()
        }
        totals = [row for row in rows if _TOTAL.match(_label(reading, row))]
        found = [best for row in totals if (best := _best(rows, totals, row))]
        context.checked[KIND] += sum(map(len, found))
        shown = sum(one.shows for sums in found for one in sums)
        for sums in found:
            yield from _judge(reading, sums, shown)


def _label(reading: TableReading, row: int) -> str:
    """Return the last label of a row, also where several columns hold labels."""
    cells = reading.table.grid[row]
    labels = [
        plain(cells[c.index].text).strip()
        for c in reading.columns
        if c.kind is ColumnKind.LABEL and cells[c.index].text.strip()
    ]
    return labels[-1] if labels else ""


def _best(rows: _Rows, totals: Sequence[int], total: int) -> list[_Sum]:
    """Return the sums of a total row, of as many rows above or below as most columns fit."""
    best: list[_Sum] = []
    for step in (-1, 1):
        block: list[int] = []
        row = total + step
        while row in rows and row not in totals and len(block) < _MOST_ROWS:
            block.append(row)
            row += step
            sums = _sums(rows, total, block) if len(block) > 1 else []
            if sum(s.shows for s in sums) > sum(s.shows for s in best):
                best = sums
    return best


def _sums(rows: _Rows, total: int, block: Sequence[int]) -> list[_Sum]:
    columns = [c for c in rows[total] if all(c in rows[row] for row in block)]
    return [_Sum(rows[total][c], tuple(rows[row][c] for row in sorted(block))) for c in columns]


def _judge(reading: TableReading, sums: Sequence[_Sum], shown: int) -> Iterator[ScanFinding]:
    wrong = [one for one in sums if not one.fits]
    here = sum(one.shows for one in sums)
    if len(wrong) * 3 > len(sums) or here < _FEWEST:
        return
    verdict = Verdict.INCONSISTENT if here >= _ENOUGH or shown > _ENOUGH else Verdict.DOUBTFUL
    yield from (_finding(reading, one, verdict) for one in wrong)


def _finding(reading: TableReading, one: _Sum, verdict: Verdict) -> ScanFinding:
    total = sum(one.sizes)
    computed = f"{' + '.join(map(str, one.sizes))} = {total}, total {one.total.count}"
    message = f"The rows add up to {total}, but their total is printed as {one.total.count}."
    printed = tuple(f.text for f in (*one.parts, one.total))
    place = place_of(reading, one.total)
    return ScanFinding(KIND, verdict, Severity.MATERIAL, place, printed, computed, message)
