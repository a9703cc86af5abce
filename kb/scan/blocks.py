"""Categories below one heading: what the others leave for one that does not fit the group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.categories import fits_rest
from kb.checks.discrepancy import Outcome
from kb.papers.reading import TableFigure
from kb.scan.bases import Sizes, TableBases, sizes_of
from kb.util.grouping import group_by

_MOST_SIZES: Final = 3
"""How many sizes of their group the other categories may leave open."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category that the others of its block contradict."""

    figure: TableFigure
    others: tuple[TableFigure, ...]
    whole: int

    @property
    def left(self) -> int:
        """How many people the others leave."""
        return self.whole - sum(other.count or 0 for other in self.others)

    @property
    def computed(self) -> str:
        """The arithmetic."""
        sizes = " - ".join(str(other.count) for other in self.others)
        share = Decimal(100 * self.left) / self.whole
        return f"{self.whole} - {sizes} = {self.left}; {self.left}/{self.whole} = {share:.2f}%"

    @property
    def message(self) -> str:
        """What does not fit, in a sentence."""
        share = Decimal(100 * self.left) / self.whole
        verb = "is" if len(self.figure.cells) == 1 else "are"
        return (
            f"The other categories leave {self.left} of {self.whole} ({share:.1f}%), but "
            f"{self.figure.shown} {verb} printed."
        )


def contradicted(bases: TableBases) -> dict[tuple[int, int], Category]:
    """Return the categories that do not fit the rest of their group, by row and column."""
    categories: dict[tuple[int, int], Category] = {}
    headings = _headings(bases)
    for column in bases.columns.values():
        pairs = [f.as_count() if f.is_undeclared else f for f in column]
        blocks = group_by(pairs, key=lambda f: headings.get(f.row, ()))
        for heading, block in blocks.items():
            if heading and len(block) > 1 and all(sizes_of(f) is not None for f in block):
                for category in _contradicted(bases, block):
                    categories[category.figure.row, category.figure.column.index] = category
    return categories


def _headings(bases: TableBases) -> dict[int, tuple[str | int, ...]]:
    """Return what each row stands below: its headings, and the last row without any figure.

    A heading that has no figure but a p-value is the first of the rows that are not indented.
    """
    table, rows = bases.reading.table, bases.rows
    last = 0
    headings: dict[int, tuple[str | int, ...]] = {}
    for row in range(table.header_rows, len(table.grid)):
        path = table.row_path(row)
        if row not in rows and path:
            last = row
        above = path[:-1] or ((last,) if last else ())
        headings[row] = above
    return headings


def _contradicted(bases: TableBases, block: Sequence[TableFigure]) -> Iterator[Category]:
    for figure in block:
        others = tuple(other for other in block if other is not figure)
        for whole in _wholes(bases, others):
            if figure.count is None or figure.share is None:
                continue
            sizes = [other.count or 0 for other in others]
            fits = fits_rest(figure.count, figure.share.value, sizes, whole)
            if fits is Outcome.INCONSISTENT:
                yield Category(figure, others, whole)
                return


def _wholes(bases: TableBases, others: Sequence[TableFigure]) -> list[int]:
    """Return the sizes that all other categories fit: printed ones, else those they determine."""
    known = [sizes for other in others if (sizes := sizes_of(other))]
    if len(known) < len(others):
        return []
    printed = {base.size for other in others for base in bases.printed(other)}
    fitting = sorted(size for size in printed if all(size in sizes for sizes in known))
    if fitting or len(others) < 2:
        return fitting
    shared = Sizes(max(s.low for s in known), min(s.high for s in known))
    few = shared.high - shared.low < _MOST_SIZES
    return list(range(shared.low, shared.high + 1)) if few else []
