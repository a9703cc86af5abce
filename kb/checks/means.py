"""Means and standard deviations: what a t test gives, and which are possible at all.

Means and standard deviations of whole numbers, such as scores of a scale or numbers of days, can
take only some values (GRIM: Brown and Heathers 2017; GRIMMER: Anaya 2016; DEBIT: Heathers and
Brown 2019). The functions take figures as printed and allow for their rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import ceil, floor, sqrt

from kb.checks.discrepancy import Outcome
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import Z_OF_COUNTS, p_distance


@dataclass(frozen=True, slots=True)
class Summary:
    """A mean with its standard deviation, as printed, of so many people."""

    mean: Decimal
    sd: Decimal
    n: int


def t_test(first: Summary, second: Summary) -> tuple[float, float]:
    """Return the least and the greatest two-sided p that the rounded figures may give.

    Both with one variance for the two groups and with two (Welch).

    >>> a, b = (
    ...     Summary(Decimal("5.1"), Decimal("2.0"), 30),
    ...     Summary(Decimal("6.3"), Decimal("2.2"), 28),
    ... )
    >>> [round(p, 3) for p in t_test(a, b)]
    [0.019, 0.057]
    """
    from scipy.special import stdtr

    values = []
    for means, sds in product(_corners(first.mean, second.mean), _edges(first.sd, second.sd)):
        for error, df in _errors(sds, (first.n, second.n)):
            t = abs(means[0] - means[1]) / error if error else 0.0
            values.append(float(2 * stdtr(df, -t)))
    return min(values), max(values)


def _corners(one: Decimal, other: Decimal) -> list[tuple[float, float]]:
    """Return the means that are nearest to each other, and farthest from each other."""
    a, b = possible_values(one), possible_values(other)
    if a.overlaps(b):
        near = (0.0, 0.0)
    else:
        near = (float(a.high), float(b.low)) if a.high < b.low else (float(a.low), float(b.high))
    far = (float(a.low), float(b.high)) if one < other else (float(a.high), float(b.low))
    return [near, far]


def _edges(one: Decimal, other: Decimal) -> list[tuple[float, float]]:
    a, b = possible_values(one), possible_values(other)
    return [(max(float(a.low), 0), max(float(b.low), 0)), (float(a.high), float(b.high))]


def _errors(sds: tuple[float, float], ns: tuple[int, int]) -> list[tuple[float, float]]:
    """Return standard errors of a difference with their degrees of freedom: pooled, Welch."""
    (s, u), (m, n) = sds, ns
    pooled = sqrt(((m - 1) * s * s + (n - 1) * u * u) / (m + n - 2) * (1 / m + 1 / n))
    parts = s * s / m, u * u / n
    below = parts[0] ** 2 / (m - 1) + parts[1] ** 2 / (n - 1)
    df = sum(parts) ** 2 / below if below else m + n - 2
    return [(pooled, m + n - 2), (sqrt(sum(parts)), df)]


def p_of_means(first: Summary, second: Summary, p: Span) -> Outcome:
    """Judge a p-value against the means of two groups.

    >>> a, b = (
    ...     Summary(Decimal("5.1"), Decimal("2.0"), 30),
    ...     Summary(Decimal("6.3"), Decimal("2.2"), 28),
    ... )
    >>> p_of_means(a, b, possible_values(Decimal("0.03"))).name
    'CONSISTENT'
    >>> p_of_means(a, b, possible_values(Decimal("0.30"))).name
    'INCONSISTENT'
    """
    if min(first.n, second.n) < 2 or min(first.sd, second.sd) <= 0:
        return Outcome.NOT_ENOUGH
    low, high = t_test(first, second)
    far = p_distance(Span(Decimal(low), Decimal(high)), p) > Z_OF_COUNTS
    return Outcome.INCONSISTENT if far else Outcome.CONSISTENT


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
