"""The number of people that counts and their percentages imply, where no header prints it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from kb.papers.entries import whole
from kb.papers.reading import TableFigure
from kb.util.grouping import group_by

_FEWEST: Final = 3
_WITHOUT_FRACTION: Final = 5
"""So many whole percentages must fit: each leaves more numbers of people possible."""
_MOST: Final = 100_000


def percentages_of_one_size(figures: Iterable[TableFigure]) -> list[TableFigure]:
    """Return the figures "6 (27.3)" of one column that all are percentages of one number.

    A mean and its spread fit by chance only, so several figures must fit, and most of them.
    """
    by_sizes = {
        id(one): (one, sizes) for one in figures if one.is_undeclared and (sizes := _sizes(one))
    }
    counted = Counter(size for _, sizes in by_sizes.values() for size in sizes)
    if not counted:
        return []
    size = max(counted, key=lambda one: (counted[one], -one))
    fits = [one for one, sizes in by_sizes.values() if size in sizes]
    kinds = group_by(fits, key=lambda one: one.entry.text)
    has_fraction = any("." in (one.entry.second.text if one.entry.second else "") for one in fits)
    fewest = _FEWEST if has_fraction else _WITHOUT_FRACTION
    is_enough = len(kinds) >= fewest and 2 * len(fits) > len(by_sizes)
    return fits if is_enough else []


def _sizes(figure: TableFigure) -> range:
    """Return the numbers of people of which a count can have the percentage beside it."""
    count, share = whole(figure.entry.main), figure.entry.second
    if not count or share is None or not 0 < share.value <= 100:
        return range(0)
    half = Decimal(10) ** -len(share.text.partition(".")[2]) / 2
    low = max(Decimal(count), 100 * count / (share.value + half))
    high = 100 * count / max(share.value - half, Decimal(100 * count) / _MOST)
    return range(int(low.to_integral(ROUND_CEILING)), int(high.to_integral(ROUND_FLOOR)) + 1)
