"""Rows and columns of tables that repeat each other's figures: one of them is a copy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from kb.checks.discrepancy import Severity
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import place_of

KIND: Final = "copied-figures"
_MEASURED: Final = (Form.PLUS_MINUS, Form.WITH_BOUNDS, Form.PAIR)
_FEWEST_DIGITS: Final = 12
"""How many digits equal figures have at least, so that they are hardly equal by chance."""
_FEWEST_ROWS: Final = 4
_MOST_COLUMNS: Final = 12
_ANALYSES: Final = re.compile(
    r"\b(?:locf|bocf|mmrm|last observation|observed|imput|completers?|itt|mitt|intention|intent"
    r"|per[- ]protocol|pp|full analysis|fas|sensitivity)",
    re.IGNORECASE,
)
"""Names of analyses of the same people: they may well give the same figures."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield rows, and columns, whose figures are all those of another one."""
    for bases in context.bases:
        reading = bases.reading
        rows = [_measured(row) for row in bases.rows.values()]
        yield from _copies(context, reading, [row for row in rows if len(row) > 1], 2)
        columns = [
            _measured(column)
            for column in bases.columns.values()
            if column[0].column.kind is ColumnKind.GROUP
        ]
        if len(columns) <= _MOST_COLUMNS:
            yield from _copies(context, reading, columns, _FEWEST_ROWS)


def _copies(
    context: ScanContext, reading: TableReading, lines: Sequence[list[TableFigure]], fewest: int
) -> Iterator[ScanFinding]:
    seen: dict[tuple[str, ...], list[TableFigure]] = {}
    for line in lines:
        texts = tuple(figure.text.strip() for figure in line)
        # Columns that repeat one figure in all rows are not copies of each other.
        if len(line) < fewest or len(set(texts)) < fewest or not _is_rare(line):
            continue
        context.checked[KIND] += 1
        if (other := seen.setdefault(texts, line)) is not line and _differ(reading, other, line):
            yield _finding(reading, other, line, texts)


def _measured(line: Sequence[TableFigure]) -> list[TableFigure]:
    """Return the figures of a row or column that are measured, not counted."""
    return [f for f in line if f.entry.form in _MEASURED and f.share is None]


def _is_rare(line: Sequence[TableFigure]) -> bool:
    digits = [len(n.value.as_tuple().digits) for f in line for n in f.entry.numbers]
    return sum(digits) >= max(_FEWEST_DIGITS, 2 * len(digits))


def _differ(
    reading: TableReading, one: Sequence[TableFigure], other: Sequence[TableFigure]
) -> bool:
    """Whether the rows, or the columns, have names that differ, and no figure is in both."""
    places = [place_of(reading, line[0]) for line in (one, other)]
    named = [(p.row, p.column) for p in places]
    if any(_ANALYSES.search(name) for pair in named for name in pair):
        return False
    return (
        named[0] != named[1]
        and all(any(pair) for pair in named)
        and not any(
            set(map(id, a.cells)) & set(map(id, b.cells))
            for a, b in combinations((*one, *other), 2)
            if a is not b
        )
    )


def _finding(
    reading: TableReading,
    one: Sequence[TableFigure],
    other: Sequence[TableFigure],
    texts: tuple[str, ...],
) -> ScanFinding:
    first, second = place_of(reading, one[0]), place_of(reading, other[0])
    is_row = one[0].row != other[0].row
    names = (first.row, second.row) if is_row else (first.column, second.column)
    line = "row" if is_row else "column"
    computed = f'{len(texts)} figures are equal: {line} "{names[0]}" and {line} "{names[1]}"'
    message = f'The {line} "{names[1]}" repeats all figures of the {line} "{names[0]}".'
    return ScanFinding(KIND, Verdict.DOUBTFUL, Severity.MATERIAL, second, texts, computed, message)
