"""Means and standard deviations that whole numbers, or the values of a scale, can have.

Those of whole numbers, such as scores of a scale or numbers of days, can take only some values
(GRIM: Brown and Heathers 2017; GRIMMER: Anaya 2016; DEBIT: Heathers and Brown 2019). The functions
take figures as printed and allow for their rounding.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import ceil, floor, sqrt
from typing import Final, Literal

from kb.checks.discrepancy import Outcome
from kb.checks.rounding import possible_values

MISSING: Final = 3
"""How many people of a group may be missing without a note."""


def not_of_whole_numbers(
    mean: Decimal, sd: Decimal | None, sizes: Iterable[int]
) -> Literal["", "mean", "spread"]:
    """Tell which figure whole numbers cannot have: the mean, or the SD beside that mean.

    Empty if both are possible for a group of one of the sizes.

    >>> not_of_whole_numbers(Decimal("1.99"), None, range(5, 9))
    'mean'
    >>> not_of_whole_numbers(Decimal("1.80"), Decimal("0.92"), [5])
    'spread'
    """
    fitting = [n for n in sizes if mean_is_possible(mean, n) is not Outcome.INCONSISTENT]
    if not fitting:
        return "mean"
    if sd is None:
        return ""
    fits = any(sd_is_possible(mean, sd, n) is not Outcome.INCONSISTENT for n in fitting)
    return "" if fits else "spread"


def mean_is_possible(mean: Decimal, n: int) -> Outcome:
    """Judge whether whole numbers of n people can have a mean (GRIM).

    >>> mean_is_possible(Decimal("3.48"), 25).name, mean_is_possible(Decimal("3.47"), 25).name
    ('CONSISTENT', 'INCONSISTENT')
    """
    if n < 1:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if _totals(mean, n) else Outcome.INCONSISTENT


def _totals(mean: Decimal, n: int) -> range:
    """Return the sums of n whole numbers whose mean is printed so."""
    span = possible_values(mean)
    return range(ceil(span.low * n), floor(span.high * n) + 1)


def sd_is_possible(mean: Decimal, sd: Decimal, n: int) -> Outcome:
    """Judge whether whole numbers of n people can have a mean and a standard deviation (GRIMMER).

    >>> sd_is_possible(Decimal("0.67"), Decimal("0.22"), 12).name
    'INCONSISTENT'
    >>> sd_is_possible(Decimal("0.67"), Decimal("0.78"), 12).name
    'CONSISTENT'
    """
    if n < 2 or sd < 0:
        return Outcome.NOT_ENOUGH
    span = possible_values(sd)
    low, high = max(span.low, Decimal(0)), span.high
    for total in _totals(mean, n):
        # The sum of squares is a whole number, odd if the total is, and at least that of
        # numbers next to the mean.
        least = _least_squares(total, n)
        base = Decimal(total * total) / n
        first = max(ceil(low * low * (n - 1) + base), least)
        last = floor(high * high * (n - 1) + base)
        if last >= first and (last > first or (first - total) % 2 == 0):
            return Outcome.CONSISTENT
    return Outcome.INCONSISTENT


def _least_squares(total: int, n: int) -> int:
    below, more = divmod(total, n)
    return (n - more) * below * below + more * (below + 1) ** 2


def sd_of_share(share: Decimal, sd: Decimal, n: int) -> Outcome:
    """Judge the standard deviation of values that are 0 or 1 (DEBIT).

    >>> sd_of_share(Decimal("0.35"), Decimal("0.48"), 60).name
    'CONSISTENT'
    >>> sd_of_share(Decimal("0.35"), Decimal("0.18"), 60).name
    'INCONSISTENT'
    """
    if n < 2 or not 0 <= share <= 1:
        return Outcome.NOT_ENOUGH
    spreads = [
        sqrt(float(p * (1 - p)) * n / (n - 1))
        for p in (possible_values(share).low, share, possible_values(share).high)
        if 0 <= p <= 1
    ]
    span = possible_values(sd)
    fits = min(spreads) <= float(span.high) and max(spreads) >= float(span.low)
    return Outcome.CONSISTENT if fits else Outcome.INCONSISTENT


def least_sd(mean: Decimal) -> float:
    """Return the least standard deviation that whole numbers with a mean can have.

    The numbers next to the mean give it, for any n: 2.4 needs 2s and 3s.

    >>> round(least_sd(Decimal("2.40")), 2), least_sd(Decimal("3.0"))
    (0.49, 0.0)
    """
    span = possible_values(mean)
    if floor(span.low) != floor(span.high) or span.low == floor(span.low):
        return 0.0
    parts = (float(end - floor(end)) for end in (span.low, span.high))
    return min(sqrt(part * (1 - part)) for part in parts)


def most_sd(mean: Decimal, low: Decimal, high: Decimal, n: int) -> float | None:
    """Return the largest standard deviation of values from ``low`` to ``high`` with a mean.

    That of values at both ends only. None if the mean lies outside.

    >>> round(most_sd(Decimal("3.2"), Decimal(0), Decimal(10), 40), 2)
    4.74
    """
    span = possible_values(mean)
    inside = [end for end in (span.low, span.high, mean, (low + high) / 2) if low <= end <= high]
    reached = [end for end in inside if span.low <= end <= span.high]
    if not reached or n < 2:
        return None
    return max(sqrt(float((end - low) * (high - end)) * n / (n - 1)) for end in reached)


def sd_on_scale(mean: Decimal, sd: Decimal, low: Decimal, high: Decimal, n: int) -> Outcome:
    """Judge whether values from ``low`` to ``high`` can have a mean and a standard deviation.

    >>> sd_on_scale(Decimal("3.2"), Decimal("4.8"), Decimal(0), Decimal(10), 40).name
    'INCONSISTENT'
    >>> sd_on_scale(Decimal("3.2"), Decimal("4.8"), Decimal(0), Decimal(10), 12).name
    'CONSISTENT'
    """
    most = most_sd(mean, low, high, n)
    if most is None:
        return Outcome.NOT_ENOUGH
    least = float(possible_values(sd).low)
    return Outcome.INCONSISTENT if least > most else Outcome.CONSISTENT
