"""Which rows and groups of a table a p-value is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.distributions import Statistic
from kb.checks.rounding import Span, possible_values
from kb.papers.paper import plain
from kb.papers.reading import Column, ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre
from kb.scan.finding import Place, Verdict
from kb.sources.numbers import Number
from kb.sources.sizes import printed_size

_TIMES: Final = re.compile(
    r"\b(?:before|after|baseline|pre|post|pre-?\w*|post-?\w*|weeks?|months?|days?|visit|follow-?up"
    r"|admission|discharge|change|t[0-9])\b",
    re.IGNORECASE,
)
_CHANGE: Final = re.compile(r"change|Δ|difference|reduction|increase|decrease", re.IGNORECASE)
_IS_P: Final = re.compile(r"\W*p(?:[ -]?values?)?\W*$", re.IGNORECASE)
_CRUDE: Final = re.compile(r"\b(?:unadjusted|crude)\b", re.IGNORECASE)
_LEAST: Final = Decimal("0.001")
_MOST_ROWS: Final = 12


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
        if found := _comparison(reading, p, ps, figures):
            yield found


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


def p_values_of(number: Number) -> Span | None:
    """Return the values that a printed p may have; None if it is not one.

    >>> from kb.papers.entries import entry
    >>> p_values_of(entry("<0.05").main).high, p_values_of(entry("1.7").main)
    (Decimal('0.05'), None)
    """
    if not 0 <= number.value <= 1 or "%" in number.text:
        return None
    span = possible_values(number.value, number.operator.replace("=", ""))
    if number.operator not in ("", "=") or number.value > _LEAST:
        return span
    # "0.000" and "0.0001" are printed for any p below; "0.0" tells nothing.
    return Span(Decimal(0), span.high) if span.high <= 2 * _LEAST else None


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
    return _CHANGE.search(column.path[-1]) is not None


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


def with_sizes(row: Sequence[TableFigure]) -> list[tuple[TableFigure, int | None]]:
    """Return the figures of a row, each with the number that a column "n" before it prints."""
    pairs: list[tuple[TableFigure, int | None]] = []
    size: int | None = None
    for figure in row:
        if figure.column.statistic.centre is Centre.SIZE and figure.count is not None:
            size = figure.count
        else:
            pairs.append((figure, size))
            size = None
    return pairs


_OTHER_TEST: Final = re.compile(
    r"(?<!un)(?<!un-)adjust|paired|within.(?:group|arm)|ancova|covarian|mixed|model|regress|trend|interact"
    r"|repeated|cluster|stratif|cochran|gee\b|estimating eq|imput|bonferroni|bootstrap|permut"
    r"|non-?inferior|equivalen|bayes|match|weighted",
    re.IGNORECASE,
)


def names_other_test(text: str) -> bool:
    """Whether a text names a test or model that counts, or means and SDs, do not determine.

    >>> [names_other_test(text) for text in ("adjusted for age", "Unadjusted p", "t-test")]
    [True, False, False]
    """
    return _OTHER_TEST.search(text) is not None


def place_of(reading: TableReading, figure: TableFigure) -> Place:
    """Return where a figure of a table is printed."""
    row = row_name(reading, figure.row)
    return Place(reading.table.section, reading.table.id, row, path_name(figure.column.path))


def path_name(path: Iterable[str]) -> str:
    """Return headings or labels in one line, from the outermost, whatever spaces they hold.

    >>> path_name(("Drug", "n\u2003 (%)"))
    'Drug › n (%)'
    """
    return " › ".join(" ".join(name.split()) for name in path)


def shown_p(low: float, high: float | None = None) -> str:
    """Return a computed p, or a range of them, as papers print it.

    >>> shown_p(0.0342), shown_p(2.6e-09, 4.5e-09), shown_p(0.011, 0.0234)
    ('0.034', '<0.0001', '0.011 to 0.023')
    """
    ends = (
        "<0.0001" if p < _LEAST_SHOWN else f"{p:.2g}" for p in (low, low if high is None else high)
    )
    return " to ".join(dict.fromkeys(ends))


def row_name(reading: TableReading, row: int) -> str:
    """Return the labels of a row, from the outermost; several columns may hold labels.

    A label that several rows have, such as "Yes", stands below that of the row before it that has
    no figures of groups: "Smokers", with the p-value of the block.

    >>> from kb.papers.paper import Cell, Table
    >>> rows = [["", "", "Drug"], ["Tetanus", "Women", "74"], ["Tetanus", "Men", "45"]]
    >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(rows))
    >>> row_name(TableReading(Table("Table 1", "Table 1", "", grid, header_rows=1)), 2)
    'Tetanus › Men'
    """
    cells = reading.table.grid[row]
    path = reading.table.row_path(row)
    first = (c.index for c in reading.columns if c.kind is not ColumnKind.LABEL)
    own = (plain(cell.text).strip() for cell in cells[1 : next(first, 1)])
    return path_name(dict.fromkeys((*_in_block(reading, row, path), *filter(None, own))))


def _in_block(reading: TableReading, row: int, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of a row; below the label of its block if other rows have the same path."""
    table = reading.table
    rows = range(table.header_rows, len(table.grid))
    if not path or sum(table.row_path(other) == path for other in rows) < _FEW:
        return path
    for above in range(row - 1, table.header_rows - 1, -1):
        groups = [f for f in reading.rows.get(above, ()) if f.column.kind is not ColumnKind.P]
        if not groups:
            heading = table.row_path(above)[-1:]
            return path if heading == path[-2:-1] else (*heading, path[-1])
    return path


def own_labels(reading: TableReading, comparison: Comparison) -> str:
    """Return the labels of the row and column of a p-value."""
    path = reading.table.row_path(comparison.p.row)
    return " ".join((*path, *comparison.p.column.path))


def notes(reading: TableReading) -> str:
    """Return the caption and the footnotes of a table."""
    return " ".join(parts_of_notes(reading))


def parts_of_notes(reading: TableReading) -> tuple[str, ...]:
    """Return the caption of a table, then its footnotes."""
    return reading.table.caption, *(note.text for note in reading.table.footnotes)


@dataclass(frozen=True, slots=True)
class Limits:
    """Distances of a p, in standard errors, beyond which it is doubtful, and gross."""

    small: float
    gross: float
    strict: float | None = None
    """The first distance, if it is smaller where all others of the column fit."""


_LEAST_SHOWN: Final = 0.0001
_MOST: Final = 0.7
_HALF: Final = 0.5
_ENOUGH: Final = 3
_FEW: Final = 2


def verdict(
    distance: float, distances: Sequence[float], limits: Limits, *, other_test: bool
) -> Verdict | None:
    """Return how sure it is that a p is wrong, given how well all p's of its column fit.

    Where most fit, their test is the usual one, and one far away is wrong. Where few do, another
    test was used, and none is judged.

    >>> limits = Limits(0.3, 1.0)
    >>> verdict(1.4, [0, 0, 0, 0, 1.4], limits, other_test=False).value
    'inconsistent'
    >>> verdict(1.4, [1.4, 0.8, 2.0, 0], limits, other_test=False) is None
    True
    """
    fitting = sum(d <= 0 for d in distances)
    if fitting >= _ENOUGH and fitting >= _MOST * len(distances):
        if distance > limits.gross:
            return Verdict.INCONSISTENT
        is_lone = limits.strict is not None and fitting == len(distances) - 1 > _ENOUGH
        least = limits.strict if is_lone and limits.strict else limits.small
        return Verdict.DOUBTFUL if distance > least else None
    if other_test:
        return None
    if fitting >= max(_FEW, _HALF * len(distances)):
        return Verdict.DOUBTFUL if distance > limits.small else None
    return Verdict.DOUBTFUL if len(distances) <= _FEW and distance > limits.gross else None
