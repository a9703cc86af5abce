"""Counts with percentages in a table, each with the denominators that the table offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from kb.checks.rounding import last_digit
from kb.papers.entries import Form
from kb.papers.reading import TableFigure
from kb.papers.statistic import Centre
from kb.scan.bases import GROUPS, Base, Sizes, TableBases
from kb.util.grouping import group_by

MISSING: Final = 0.9
"""A base this near to the group's size is the group without those whose data are missing."""
_RATE: Final = re.compile(
    r"\bperson|\bper (?:100|1000|1,000)|\brates? per|\bincidence|/100\b", re.I
)
_JUDGED: Final = ("", "<", "≤")
_ANY: Final = 10**9
_WHOLE: Final = 100
_ABOVE_ALL: Final = 200
"""Percentages up to here may be a slip; larger ones are not of people."""
_UPWARDS: Final = Decimal("0.4")
"""Up to this part of a unit, no way of cutting off or of rounding twice gives the next figure."""


@dataclass(frozen=True)
class ShareCount:
    """A count with a percentage and the bases that the table offers."""

    figure: TableFigure
    count: int
    share: Decimal
    below: bool
    """Whether the percentage is a limit: "7 (<1%)"."""
    printed: tuple[Base, ...]
    doubt: int
    """How many figures of its row must fit before it is a count with its percentage: 0 if a label
    or a percent sign says so, 1 if no label says what it is, 2 if one says something else."""
    inferred: bool = False
    """Whether the base is not printed, but that of most of its column."""

    @cached_property
    def sizes(self) -> Sizes:
        """The sizes that fit the percentage as usually rounded."""
        return self._sizes(0.5)

    @cached_property
    def near(self) -> Sizes:
        """The sizes that fit within one unit of the last digit: cut off, or rounded twice."""
        return self._sizes(1)

    def _sizes(self, slack: float) -> Sizes:
        sizes = Sizes.of(self.count, self.share, slack)
        return Sizes(sizes.low, _ANY) if self.below else sizes

    @cached_property
    def fits_printed(self) -> bool:
        """Whether a printed base fits."""
        return any(base.size in self.near for base in self.printed)

    @property
    def is_far(self) -> bool:
        """Whether its base is not the group, give or take a tenth; a printed one is as it is."""
        if self.figure.entry.of is not None:
            return True
        sizes = [base.size for base in self.printed]
        return not any(
            s * MISSING <= self.near.high and self.near.low * MISSING <= s for s in sizes
        )

    @property
    def is_raised(self) -> bool:
        """Whether it is the next figure above what its printed base gives, for no usual reason."""
        if self.below or not self.printed or not last_digit(self.share) < 1:
            return False
        return all(is_raised(self.count, base.size, self.share) for base in self.printed)


def is_raised(count: int, of: int, share: Decimal) -> bool:
    """Tell whether a percentage is the next figure above the one that its count gives.

    Cutting off never raises a figure, and rounding twice only from 0.445 of a unit.

    >>> [is_raised(43, 398, Decimal(p)) for p in ("10.8", "10.9")], is_raised(31, 39, Decimal(80))
    ([False, True], False)
    """
    above = (share - Decimal(100 * count) / of) / last_digit(share)
    return 1 - _UPWARDS <= above < 1


def share_counts(bases: TableBases) -> list[ShareCount]:
    """Return the counts of a table that may have a percentage beside them."""
    printed = [count for figure in bases.reading.figures if (count := _count(bases, figure))]
    return list(_with_shared_sizes(bases, printed))


def _count(bases: TableBases, figure: TableFigure) -> ShareCount | None:
    """Return a count with its percentage; a pair that no label declares may be one."""
    doubt = _doubt(figure)
    if doubt:
        figure = figure.as_count()
    count, share, of = figure.count, figure.share, figure.entry.of
    if figure.column.kind not in GROUPS or count is None or share is None:
        return None
    if share.operator not in _JUDGED or (share.operator and not count):
        return None
    if of is None and figure.statistic.centre is not Centre.COUNT:
        return None
    label = " ".join((*bases.reading.table.row_path(figure.row), *figure.column.path))
    if not 0 <= share.value <= (_ABOVE_ALL if not doubt else _WHOLE) or _RATE.search(label):
        return None
    printed = (Base(int(of.value), "printed with it"),) if of else tuple(bases.printed(figure))
    return ShareCount(figure, count, share.value, bool(share.operator), printed, doubt)


def _doubt(figure: TableFigure) -> int:
    """Return how many figures of a row show that such a pair is a count with its percentage."""
    if figure.is_undeclared:
        return 1
    if figure.entry.form is not Form.PAIR or figure.share is not None:
        return 0
    # "Smokers (%)" is a percentage; a caption that names means is not about each row.
    return 1 if figure.statistic.centre is Centre.SHARE else 2


def likely_counts(counts: list[ShareCount]) -> Iterator[ShareCount]:
    """Yield what is declared to be counts, and other rows in which all pairs but one fit."""
    for row in group_by(counts, key=lambda item: item.figure.row).values():
        yield from (c for c in row if not c.doubt)
        pairs = [c for c in row if c.doubt]
        fitting = sum(c.fits_printed for c in pairs)
        if len(pairs) > 1 and fitting >= max(len(pairs) - 1, *(c.doubt for c in pairs)):
            yield from pairs


def _with_shared_sizes(bases: TableBases, counts: list[ShareCount]) -> Iterator[ShareCount]:
    """Yield counts, with the size that their column shares if the table prints none that fits."""
    for index, column in group_by(counts, key=lambda item: item.figure.column.index).items():
        sure = [c for c in column if not c.doubt] or column
        fits = sum(c.fits_printed for c in sure) * 2 > len(sure)
        shared = () if fits else bases.shared(index)
        for item in column:
            is_own = not shared or item.figure.entry.of is not None
            yield item if is_own else replace(item, printed=shared, inferred=True)
