"""The p-values of a table, each with the rows and groups that it compares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.checks.distributions import Statistic
from kb.checks.rounding import Span
from kb.papers.paper import plain
from kb.papers.reading import Column, ColumnKind, TableFigure, TableReading
from kb.scan.p_fit import names_change, p_values_of
from kb.sources.numbers import Number
from kb.sources.sizes import printed_size

_TIMES: Final = re.compile(
    r"\b(?:before|after|baseline|pre|post|pre-?\w*|post-?\w*|weeks?|months?|days?|visit|follow-?up"
    r"|admission|discharge|change|t[0-9])\b",
    re.IGNORECASE,
)
_IS_P: Final = re.compile(r"\W*p(?:[ -]?values?)?\W*$", re.IGNORECASE)
_CRUDE: Final = re.compile(r"\b(?:unadjusted|crude)\b", re.IGNORECASE)
_MOST_ROWS: Final = 12
_STATISTICS: Final[dict[Statistic, re.Pattern[str]]] = {
    "chi-square": re.compile(
        r"(?:[χ\u03a7xX]\s?[2²]|[Cc]hi-?\s?[Ss]quared?)(?:[ -]?(?:value|test))?"
    ),
    "t": re.compile(r"[tT](?:[ -]?(?:value|test|statistic|ratio|score))?"),
    "F": re.compile(r"F(?:[ -]?(?:value|test|statistic|ratio))?"),
    "z": re.compile(r"[zZ](?:[ -]?(?:value|test|statistic|score))?"),
    "r": re.compile(r"r"),
}
_DETAILS: Final = re.compile(r"\s*[(\[,;].*$")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A p-value with the figures of the groups that it compares, row by row."""

    p: TableFigure
    printed: Number
    span: Span
    """The values that the p may have."""
    rows: tuple[tuple[TableFigure, ...], ...]
    """The rows that it may be about, from the top; each has a figure for every group."""
    own: bool
    """Whether the p stands in the first of the rows alone."""
    line: tuple[str, int]
    """The column, or the row, of p-values that it belongs to."""
    above: tuple[tuple[TableFigure, ...], ...] = ()
    """The rows without a p directly above the first: the p may be of all of these categories."""


def comparisons(reading: TableReading) -> Iterator[Comparison]:
    """Yield the p-values of a table whose groups are known."""
    for column, groups in _segments(reading):
        if not _are_times(groups):
            yield from _beside(reading, column, groups)
    yield from _below(reading)


def changes(reading: TableReading) -> Iterator[Comparison]:
    """Yield the p-values of a table that compare two times of the same people."""
    for column, groups in _segments(reading):
        if len(groups) == 2 and _are_times(groups) and not any(map(_is_change, groups)):
            yield from _beside(reading, column, groups)


def _beside(
    reading: TableReading, column: Column, groups: Sequence[Column]
) -> Iterator[Comparison]:
    ps = {f.row: f for f in reading.figures if f.column is column}
    indexes = {group.index for group in groups}
    figures = {
        number: tuple(f for f in row if f.column.index in indexes)
        for number, row in reading.rows.items()
    }
    for p in ps.values():
        comparison = _comparison(reading, p, ps, figures)
        if comparison and not _has_dash(reading, comparison.rows[0][0].row, groups):
            yield comparison


def _has_dash(reading: TableReading, row: int, groups: Sequence[Column]) -> bool:
    """Whether a row has a dash for a group: a count of 0 or no data, which the p may include."""
    texts = (plain(reading.table.grid[row][group.index].text).strip() for group in groups)
    return any(text and not text.strip("-–—−") for text in texts)


def _below(reading: TableReading) -> Iterator[Comparison]:
    """Yield the p-values of a row that compares groups in the rows above it.

    These rows are all of one heading, or below the row of p-values before, and name their sizes.
    """
    start = reading.table.header_rows
    for number, row in reading.rows.items():
        if not _IS_P.match(reading.label(number)):
            continue
        groups = [r for r in range(start, number) if r in reading.rows]
        parents = {reading.table.row_path(r)[:-1] for r in (*groups, number)}
        start = number + 1
        if len(groups) < 2 or len(parents) > 1:
            continue
        if not all(printed_size(reading.label(r)) for r in groups):
            continue
        for p in row:
            above = [f for r in groups for f in reading.rows[r] if f.column is p.column]
            span = p_values_of(p.entry.main) if p.entry.main and len(p.cells) == 1 else None
            if span and p.entry.main and len(above) == len(groups):
                line = ("row", number)
                yield Comparison(p, p.entry.main, span, (tuple(above),), own=True, line=line)


def statistic_of(column: Column) -> Statistic | None:
    """Return the test statistic that a column holds: "t value", "F (df)", "χ2"."""
    header = plain(column.path[-1]).strip(" *†‡") if column.path else ""
    short = _DETAILS.sub("", header).strip()
    return next((name for name, pattern in _STATISTICS.items() if pattern.fullmatch(short)), None)


def _segments(reading: TableReading) -> Iterator[tuple[Column, Sequence[Column]]]:
    """Yield each column of p-values with the groups to its left that it compares."""
    groups: list[Column] = []
    columns = [c for c in reading.columns if c.kind is not ColumnKind.LABEL]
    for i, column in enumerate(columns):
        if column.kind is ColumnKind.GROUP and not statistic_of(column):
            groups.append(column)
        if column.kind is not ColumnKind.P:
            continue
        following = [c for c in columns[i + 1 :] if c.kind is not ColumnKind.EFFECT][:1]
        alone = not following or following[0].kind is not ColumnKind.P
        alone = alone or _CRUDE.search(" ".join(column.path)) is not None
        if alone and groups and not column.statistic.trend:
            yield column, groups
        # A second p column without groups of its own is of another comparison.
        groups = []


def _are_times(groups: Sequence[Column]) -> bool:
    """Whether the columns are times of the same people: "Baseline", "Week 12"."""
    headers = [c.path[-1] if c.path else "" for c in groups]
    same = len({c.size for c in groups}) == 1
    return same and sum(bool(_TIMES.search(header)) for header in headers) * 2 >= len(headers)


def _is_change(column: Column) -> bool:
    return names_change(column.path[-1])


def _comparison(
    reading: TableReading,
    p: TableFigure,
    ps: dict[int, TableFigure],
    figures: dict[int, tuple[TableFigure, ...]],
) -> Comparison | None:
    printed = p.entry.main
    if printed is None or p.statistic.trend:
        return None
    span, cell = p_values_of(printed), p.cells[0]
    if span is None or p.row != cell.row:
        return None
    last = len(reading.table.grid)
    numbers = range(p.row, cell.row + cell.rows) if cell.rows > 1 else range(p.row, last)
    block: list[tuple[TableFigure, ...]] = []
    for number in numbers:
        row = figures.get(number, ())
        # The p of the next variable ends the block; so does a heading, a row without figures.
        ended = (number in ps and number != p.row and cell.rows == 1) or (block and not row)
        if ended or len(block) == _MOST_ROWS:
            break
        if row:
            block.append(row)
    if not block or len(block[0]) < 2:
        return None
    width = [f.column.index for f in block[0]]
    same = [row for row in block if [f.column.index for f in row] == width]
    own = cell.rows == 1 and bool(figures.get(p.row))
    if own:
        path = reading.table.row_path(p.row)[:-1]
        same = [r for r in same if reading.table.row_path(r[0].row)[: len(path)] == path]
    line = ("column", p.column.index)
    above = _without_p(reading, p, ps, figures, width) if own else ()
    return Comparison(p, printed, span, tuple(same), own, line, above) if same else None


def _without_p(
    reading: TableReading,
    p: TableFigure,
    ps: dict[int, TableFigure],
    figures: dict[int, tuple[TableFigure, ...]],
    width: Sequence[int],
) -> tuple[tuple[TableFigure, ...], ...]:
    """Return the rows directly above a p that have figures of the same groups, and no p."""
    path = reading.table.row_path(p.row)[:-1]
    rows: list[tuple[TableFigure, ...]] = []
    for number in range(p.row - 1, p.row - _MOST_ROWS, -1):
        row = figures.get(number, ())
        same = [f.column.index for f in row] == width
        if not same or number in ps or reading.table.row_path(number)[: len(path)] != path:
            break
        rows.insert(0, row)
    return tuple(rows)


def own_labels(reading: TableReading, comparison: Comparison) -> str:
    """Return the labels of the row and column of a p-value."""
    path = reading.table.row_path(comparison.p.row)
    return " ".join((*path, *comparison.p.column.path))
