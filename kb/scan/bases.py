"""What a percentage in a table may be of: every base that the table offers.

A share is wrong only when no base fits that the paper offers: the printed denominator, the size of
the column, of a block or of a row, categories that add up to less than the group, the patients of
a row, or a base that its neighbours share.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import ceil, floor
from typing import Final

from kb.checks.rounding import last_digit
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre
from kb.scan.note_sizes import size_in_notes
from kb.sources.sizes import printed_size
from kb.util.grouping import group_by

GROUPS: Final = (ColumnKind.GROUP, ColumnKind.TOTAL)
_NEAR: Final = 8
"""How many neighbours above and below are looked at."""
_WHOLE: Final = 100
_FEWEST: Final = 4
"""How many percentages determine the size of a column that prints none."""
_FEW: Final = 3
_MOST: Final = 0.7


@dataclass(frozen=True, slots=True)
class Base:
    """A number of people that a percentage may be of, and where the table offers it."""

    size: int
    origin: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """All whole numbers that a count may be a percentage of, both ends included.

    >>> Sizes.of(36, Decimal(63))
    Sizes(low=57, high=57)
    >>> Sizes.of(2, Decimal(6), slack=1).high
    40
    """

    low: int
    high: int

    @classmethod
    def of(cls, count: int, share: Decimal, slack: float = 0.5) -> Sizes:
        """Return the sizes of which a count is a share within ``slack`` units of its last digit."""
        half = last_digit(share) * Decimal(slack)
        top = share + half
        bottom = share - half
        low = ceil(Decimal(_WHOLE * count) / top) if top > 0 else 1
        high = floor(Decimal(_WHOLE * count) / bottom) if bottom > 0 else 10**9
        return cls(max(low, count, 1), high)

    def __contains__(self, size: int) -> bool:
        """Whether a size fits."""
        return self.low <= size <= self.high

    def __bool__(self) -> bool:
        """Whether any size fits."""
        return self.low <= self.high


def no_base(count: int, share: str) -> tuple[str, str]:
    """Return the arithmetic and the message for a percentage that no base gives for its count.

    >>> no_base(18, "81.2")
    ('no whole number N gives 18/N = 81.2%', '18 is not 81.2% of any number of people.')
    """
    computed = f"no whole number N gives {count}/N = {share}%"
    return computed, f"{count} is not {share}% of any number of people."


class TableBases:
    """The bases that a table offers for each of its percentages."""

    def __init__(self, reading: TableReading) -> None:
        """Prepare a table."""
        self.reading = reading
        self._shared: dict[int, tuple[Base, ...]] = {}
        self._of_places: dict[tuple[int, int], list[Base]] = {}

    def printed(self, figure: TableFigure) -> list[Base]:
        """Return the bases that are printed for a figure: in its row, block or column."""
        place = figure.row, figure.column.index
        if place not in self._of_places:
            self._of_places[place] = list(dict.fromkeys(self._printed(figure)))
        return self._of_places[place]

    def _printed(self, figure: TableFigure) -> Iterator[Base]:
        if size := size_in_notes(self.reading, figure):
            yield Base(size, "its footnote")
        for label in reversed(self.reading.table.row_path(figure.row)):
            if size := printed_size(label):
                yield Base(size, f'printed in "{label}"')
        rows = self.reading.size_rows
        above = [row for row in rows if row <= figure.row][-1:]
        below = [row for row in rows if row > figure.row][:1]
        for row in (*above, *below):
            if size := self._count_at(row, figure.column.index):
                yield Base(size, f'row "{self.reading.label(row)}"')
        yield from self._totals_beside(figure)
        if figure.column.size:
            yield Base(figure.column.size, f'column "{" › ".join(figure.column.path)}"')

    def _totals_beside(self, figure: TableFigure) -> Iterator[Base]:
        """Yield the plain number of a column of totals to the left, below the same heading."""
        for other in self.reading.rows[figure.row]:
            column, count = other.column, other.count
            is_before = column.index < figure.column.index
            same = column.path[:-1] == figure.column.path[:-1]
            is_total = column.kind is ColumnKind.TOTAL or column.statistic.centre is Centre.SIZE
            if is_before and same and is_total and other.entry.form is Form.NUMBER and count:
                yield Base(count, f'column "{" › ".join(column.path)}"')

    def shared(self, column: int) -> tuple[Base, ...]:
        """Return the size that most percentages of a column fit, where none is printed.

        >>> from kb.papers.paper import Cell, Table
        >>> rows = [["", "Drug"], *([str(n), f"{n} ({n / 0.31:.1f}%)"] for n in range(4, 12))]
        >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(rows))
        >>> reading = TableReading(Table("Table 1", "Table 1", "", grid, header_rows=1))
        >>> [base.size for base in TableBases(reading).shared(1)]
        [31]
        """
        if column not in self._shared:
            self._shared[column] = tuple(self._fitting_most(column))
        return self._shared[column]

    def _fitting_most(self, column: int) -> Iterator[Base]:
        sizes = [own for f in self.columns[column] if (own := sizes_of(f))]
        narrow = [s for s in sizes if s.low <= s.high and s.high - s.low <= max(3, s.low // 20)]
        tried = Counter(size for s in narrow for size in range(s.low, s.high + 1))
        if not tried:
            return
        most = max(tried.values())
        best = [size for size, number in tried.items() if number == most]
        fitting = sum(best[0] in s for s in sizes)
        is_exact = len(best) == 1 and most >= _FEW
        if (most >= _FEWEST or is_exact) and fitting >= _MOST * len(sizes) and len(best) <= _FEW:
            for size in best:
                yield Base(size, "the denominator that the other rows imply")

    def implied(self, figure: TableFigure) -> Iterator[Base]:
        """Yield the bases that other figures imply: sums of categories, of a row, neighbours."""
        yield from self._of_block(figure)
        for part in self._categories(figure):
            yield Base(_sum(part), "sum of its categories")
        yield from self._of_row(figure)
        yield from self._of_neighbours(figure)
        yield from self._of_rows_above(figure)

    def is_of_categories(self, figure: TableFigure) -> bool:
        """Whether it and its neighbours are the percentages of their own sum."""
        return any(
            all(_sum(part) in sizes for f in part if (sizes := sizes_of(f)))
            for part in self._categories(figure)
        )

    def _of_block(self, figure: TableFigure) -> Iterator[Base]:
        table = self.reading.table
        parents = table.row_path(figure.row)[:-1]
        for depth in range(len(parents), 0, -1):
            size = self._blocks[figure.column.index, parents[:depth]]
            yield Base(size, f'sum of "{parents[depth - 1]}"')

    @cached_property
    def _blocks(self) -> Counter[tuple[int, tuple[str, ...]]]:
        """The sum of the counts of each column below each heading."""
        sums: Counter[tuple[int, tuple[str, ...]]] = Counter()
        for figure in self.reading.figures:
            path = self.reading.table.row_path(figure.row)
            for depth in range(1, len(path) + 1):
                sums[figure.column.index, path[:depth]] += figure.count or 0
        return sums

    def _categories(self, figure: TableFigure) -> Iterator[list[TableFigure]]:
        """Yield the figure with neighbouring rows whose percentages add up to 100."""
        column = [f for f in self._around(figure, 2 * _NEAR) if f.count is not None and f.share]
        here = next((i for i, f in enumerate(column) if f.row == figure.row), None)
        if here is None:
            return
        for start in range(max(0, here - _NEAR), here + 1):
            for end in range(max(here + 1, start + 2), min(len(column), start + _NEAR) + 1):
                part = column[start:end]
                shares = [f.share.value for f in part if f.share]
                slack = sum(map(last_digit, shares), Decimal(0)) * Decimal("0.6")
                if abs(sum(shares, Decimal(0)) - _WHOLE) <= slack:
                    yield part

    def _of_row(self, figure: TableFigure) -> Iterator[Base]:
        row = [f for f in self.rows[figure.row] if f.count is not None]
        parts = [f for f in row if f.column.kind is ColumnKind.GROUP]
        size = _sum(parts)
        if all(size in sizes for f in parts if f is not figure and (sizes := sizes_of(f, 1))):
            yield Base(size, "sum of the row")
        for total in row:
            if total.column.kind is ColumnKind.TOTAL and total.count:
                yield Base(total.count, "total of the row")

    def _of_neighbours(self, figure: TableFigure) -> Iterator[Base]:
        """Yield a size that at least two other rows of the column share."""
        mine = sizes_of(figure)
        if mine is None or mine.high - mine.low > 50:
            return
        near = [f for f in self._around(figure, _NEAR) if f.row != figure.row]
        near = sorted(near, key=lambda f: abs(f.row - figure.row))[:_NEAR]
        theirs = [sizes for f in near if (sizes := sizes_of(f))]
        whole = figure.column.size
        for size in range(mine.low, mine.high + 1):
            fitting = [s for s in theirs if size in s and s.high - s.low <= max(3, size // 20)]
            # Neighbours that all fit the size of the column show no other base.
            if len(fitting) >= 2 and not (whole and all(whole in s for s in fitting)):
                yield Base(size, "base of its neighbours")

    def _of_rows_above(self, figure: TableFigure) -> Iterator[Base]:
        """Yield the counts of rows shortly above that a percentage is exactly of: "9 (33.3)" of 27.

        Those with a further finding often are a subset of a row above, without an indent.
        """
        mine = sizes_of(figure)
        above = (f for f in self._around(figure, _NEAR) if f.row < figure.row)
        for other in above if mine else ():
            if other.count and mine and other.count in mine and other.share:
                yield Base(other.count, f'row "{self.reading.label(other.row)}"')

    def _around(self, figure: TableFigure, reach: int) -> list[TableFigure]:
        """Return the figures of a column from so many above to so many below one of them."""
        column = self.columns[figure.column.index]
        here = bisect_left(column, figure.row, key=lambda f: f.row)
        return column[max(0, here - reach) : here + reach + 1]

    @cached_property
    def columns(self) -> dict[int, list[TableFigure]]:
        """The figures of each column, from the top."""
        return group_by(self.reading.figures, key=lambda figure: figure.column.index)

    @cached_property
    def rows(self) -> dict[int, list[TableFigure]]:
        """The figures of each row, of groups only."""
        of_groups = (f for f in self.reading.figures if f.column.kind in GROUPS)
        return group_by(of_groups, key=lambda figure: figure.row)

    def _count_at(self, row: int, column: int) -> int | None:
        figures = self.rows.get(row, ())
        return next((f.count for f in figures if f.column.index == column), None)


def _sum(figures: Sequence[TableFigure]) -> int:
    return sum(f.count or 0 for f in figures)


def sizes_of(figure: TableFigure, slack: float = 0.5) -> Sizes | None:
    """Return the sizes that the count and percentage of a figure fit; None without both."""
    if figure.count is None or figure.share is None or figure.share.operator:
        return None
    return Sizes.of(figure.count, figure.share.value, slack)


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
