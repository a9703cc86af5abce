"""Rows of spanning cells, laid out as a grid.

Spans are resolved as browsers do: a cell takes the next free place of its row, and a span ends
with its group of rows. A span that leads out of the table is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.errors import ReadError
from kb.papers.paper import Cell
from kb.sources.tables import header_rows

MAX_SPAN: Final = 1_000
MAX_PLACES: Final = 1_000_000
_MARK: Final = re.compile(r"<sup>[^<]{0,8}</sup>")
_WIDE: Final = {"\u00a0": 1.0, "\u2002": 2.0, "\u2003": 4.0, "\u3000": 4.0}
_BLANKS: Final = " \u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200C)))
Grid = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as its file gives it."""

    text: str
    rows: int = 1
    columns: int = 1
    header: bool = False
    indent: float = 0
    """How far it is indented by its style, in widths of a letter."""
    column: int | None = None
    """The column that it names itself, from 0; else it takes the next free place."""


def span(value: str | None) -> int:
    """Return a number of rows or columns, from 1 to 1000; 0 is "all that are left".

    >>> span("3"), span("1000000000"), span("-2"), span("wide"), span("0")
    (3, 1000, 1, 1, 0)
    """
    digits = (value or "").strip()
    return min(int(digits[:9]), MAX_SPAN) if digits.isascii() and digits.isdecimal() else 1


class Places:
    """How many places the tables of one paper may still take.

    >>> Places("a.xml").take(MAX_PLACES + 1)
    Traceback (most recent call last):
        ...
    kb.errors.ReadError: a.xml: more than 1,000,000 places in tables
    """

    def __init__(self, name: str) -> None:
        """Begin with all of them; errors call the file by its name."""
        self._name = name
        self._left = MAX_PLACES

    def take(self, number: int) -> None:
        """Take a number of places.

        Raises:
            ReadError: no more are left.
        """
        self._left -= number
        if self._left < 0:
            raise ReadError(f"{self._name}: more than {MAX_PLACES:,} places in tables")


def lay_out(groups: Sequence[Sequence[Sequence[RawCell]]], places: Places) -> Grid:
    """Lay out the rows of a table, which are in groups such as head and body.

    Raises:
        ReadError: the tables of the paper have more than a million places.

    >>> rows = [[RawCell("a", rows=2), RawCell("b", columns=2)], [RawCell("c"), RawCell("d")]]
    >>> [[cell.text for cell in row] for row in lay_out([rows], Places("a.xml"))]
    [['a', 'b', 'b'], ['a', 'c', 'd']]
    """
    rows: list[dict[int, Cell]] = []
    for group in map(_with_lost_spans, groups):
        first, last = len(rows), len(rows) + len(group)
        rows += [{} for _ in group]
        for number, raw_cells in enumerate(group, first):
            for cell in _place(raw_cells, rows, number, last):
                places.take(cell.rows * cell.columns)
                for row in rows[number : number + cell.rows]:
                    for column in range(cell.column, cell.column + cell.columns):
                        row.setdefault(column, cell)
    width = _width(rows)
    places.take(width * len(rows))
    steps = _steps(rows)
    cells = {id(cell): cell for row in rows for cell in row.values()}
    final = {key: _final(cell, width, steps) for key, cell in cells.items()}
    return tuple(
        tuple(
            final[id(row[column])] if column in row else Cell("", number, column)
            for column in range(width)
        )
        for number, row in enumerate(rows)
    )


def _with_lost_spans(group: Sequence[Sequence[RawCell]]) -> Sequence[Sequence[RawCell]]:
    """Return a header whose further rows are exactly as wide as the wide cells of its first.

    They stand below those: the other cells of the first row span all rows, as files may omit.
    """
    if len(group) < 2 or not all(cell.header and cell.rows == 1 for row in group for cell in row):
        return group
    first, *further = group
    wide = sum(cell.columns for cell in first if cell.columns > 1)
    widths = {sum(cell.columns for cell in row) for row in further}
    if widths != {wide} or wide == sum(cell.columns for cell in first):
        return group
    spanned = [c if c.columns > 1 else replace(c, rows=len(group)) for c in first]
    return [spanned, *further]


def _place(
    raw_cells: Sequence[RawCell], rows: list[dict[int, Cell]], row: int, last: int
) -> Iterator[Cell]:
    """Yield the cells of a row at their places; each takes them before the next is placed."""
    column = 0
    for raw in raw_cells:
        if raw.column is not None:
            column = raw.column
        while column in rows[row]:
            column += 1
        height = min(raw.rows or last, last - row)
        text = raw.text.lstrip(_BLANKS)
        leading = raw.text[: len(raw.text) - len(text)]
        # The indent is a measure here; `_final` makes it a number of steps.
        indent = round(4 * (raw.indent + sum(_WIDE.get(blank, 0.5) for blank in leading)))
        width = max(raw.columns, 1)
        yield Cell(text.rstrip(_BLANKS), row, column, height, width, raw.header, indent)
        column += width


def _width(rows: list[dict[int, Cell]]) -> int:
    """Return the number of columns: the last is the last one in which a cell begins."""
    return max((cell.column + 1 for row in rows for cell in row.values()), default=0)


def _steps(rows: list[dict[int, Cell]]) -> list[int]:
    """Return the indents of the labels, smallest first."""
    return sorted({row[0].indent for row in rows if 0 in row and row[0].text})


def _final(cell: Cell, width: int, steps: list[int]) -> Cell:
    """Return a cell with its span cut to the table, and its indent in steps."""
    indent = steps.index(cell.indent) if cell.column == 0 and cell.text else 0
    columns = min(cell.columns, width - cell.column)
    return replace(cell, columns=columns, indent=indent)


def over_repeats(grid: Grid, headers: int) -> Grid:
    """Return the grid with each heading over the whole of the columns that repeat below it.

    Above "a | b | a | b", a file may have two headings that do not span all columns of theirs.

    >>> rows = [[RawCell(t) for t in line] for line in (["", "", "1", "2", ""], ["", *"abab"])]
    >>> [cell.text for cell in over_repeats(lay_out([rows], Places("a.xml")), 2)[0]]
    ['', '1', '1', '2', '2']
    """
    last = [_MARK.sub("", cell.text).strip() for cell in grid[headers - 1][1:]] if headers else []
    sizes = (size for size in range(2, len(last) // 2 + 1) if len(last) % size == 0)
    size = next((one for one in sizes if last == last[:one] * (len(last) // one)), 0)
    if not size or len(set(last[:size])) < size or not all(last):
        return grid
    above = (_over(row, size) for row in grid[: headers - 1])
    return (*above, *grid[headers - 1 :])


def _over(row: Sequence[Cell], size: int) -> tuple[Cell, ...]:
    """Return a row whose headings each stand over so many columns, if there is one for each."""
    parts = [row[start : start + size] for start in range(1, len(row), size)]
    own = [{cell.column: cell for cell in part if cell.text} for part in parts]
    is_one = all(len(found) == 1 for found in own)
    cells = [next(iter(found.values())) for found in own] if is_one else []
    starts = range(1, len(row), size)
    places = zip(cells, starts, strict=False)
    is_within = all(
        start <= c.column and c.column + c.columns <= start + size and c.rows == 1
        for c, start in places
    )
    if not cells or not is_within or len({cell.text for cell in cells}) < len(cells):
        return tuple(row)
    wide = (replace(c, column=s, columns=size) for c, s in zip(cells, starts, strict=True))
    return (row[0], *(cell for one in wide for cell in [one] * size))


def count_header_rows(grid: Grid, marked: int) -> int:
    """Return the number of header rows: as marked, or by header cells, or by content.

    >>> rows = [[RawCell("Age"), RawCell("Drug")], [RawCell("34"), RawCell("57")]]
    >>> count_header_rows(lay_out([rows], Places("a.xml")), 0)
    1
    """
    if 0 < marked < len(grid):
        return marked
    number = 0
    for row in grid:
        if not all(cell.header or not cell.text for cell in row) or not any(c.text for c in row):
            break
        number += 1
    if 0 < number < len(grid):
        return number
    texts = [[c.text if c.column == i else "" for i, c in enumerate(row)] for row in grid]
    return len(header_rows(texts)) if len(grid) > 1 else 0
