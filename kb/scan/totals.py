"""Columns of tables whose rows do not add up to the row that is called their total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kb.checks.discrepancy import Severity
from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import place_of
from kb.scan.sums import Sum, is_whole

KIND: Final = "rows-against-total"
_TOTAL: Final = re.compile(r"^(?:sub-?|grand )?total\b|^(?:all|sum|overall)\b", re.IGNORECASE)
_MOST_ROWS: Final = 20
_FEWEST: Final = 2
"""How many columns add up, or other totals of a column, before one that does not is doubtful."""
_ENOUGH: Final = 3

_Rows = Mapping[int, Mapping[int, TableFigure]]


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield totals of columns that their rows do not give, where those of most columns do."""
    for bases in context.bases:
        reading = bases.reading
        rows: _Rows = {
            number: {f.column.index: f for f in figures if is_whole(f)}
            for number, figures in bases.rows.items()
        }
        totals = [row for row in rows if _TOTAL.match(_label(reading, row))]
        judged = [best for row in totals if (best := _best(rows, totals, row))]
        context.checked[KIND] += sum(map(len, judged))
        shown = sum(one.is_evidence for sums in judged for one in sums)
        for sums in judged:
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


def _best(rows: _Rows, totals: Sequence[int], total: int) -> list[Sum]:
    """Return the sums of a total row, of as many rows above or below as most columns fit."""
    best: list[Sum] = []
    for step in (-1, 1):
        block: list[int] = []
        row = total + step
        while row in rows and row not in totals and len(block) < _MOST_ROWS:
            block.append(row)
            row += step
            sums = _sums(rows, total, block) if len(block) > 1 else []
            if sum(s.is_evidence for s in sums) > sum(s.is_evidence for s in best):
                best = sums
    return best


def _sums(rows: _Rows, total: int, block: Sequence[int]) -> list[Sum]:
    columns = [c for c in rows[total] if all(c in rows[row] for row in block)]
    return [Sum(rows[total][c], tuple(rows[row][c] for row in sorted(block))) for c in columns]


def _judge(reading: TableReading, sums: Sequence[Sum], shown: int) -> Iterator[ScanFinding]:
    wrong = [one for one in sums if not one.fits]
    here = sum(one.is_evidence for one in sums)
    if len(wrong) * 3 > len(sums) or here < _FEWEST:
        return
    verdict = Verdict.INCONSISTENT if here >= _ENOUGH or shown > _ENOUGH else Verdict.DOUBTFUL
    yield from (_finding(reading, one, verdict) for one in wrong)


def _finding(reading: TableReading, one: Sum, verdict: Verdict) -> ScanFinding:
    total = sum(one.sizes)
    message = f"The rows add up to {total}, but their total is printed as {one.total.count}."
    place = place_of(reading, one.total)
    return ScanFinding(KIND, verdict, Severity.MATERIAL, place, one.printed, one.computed, message)
