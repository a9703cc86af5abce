"""Means of groups with their standard deviations: what tests, and all people together, give.

The functions take figures as printed and allow for their rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import sqrt
from typing import Final

from kb.checks.rounding import Span, last_digit, possible_values
from kb.checks.significance import p_distance
from kb.util.special import special_functions

NEAR_SPREAD: Final = 0.05
FAR_SPREAD: Final = 0.15
"""Parts of a standard deviation that a few missing people hardly change, and do not explain."""

IMPOSSIBLE: Final = 1e-6
"""A p of a difference between randomised groups that no number of variables makes likely."""
_FEWEST: Final = 15
"""How many people make the mean of values far from normal nearly normal."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A mean with its standard deviation, as printed, of so many people.

    >>> Summary(Decimal("5.1"), Decimal("0.4"), 25, is_error=True).sds
    (1.75, 2.25)
    """

    mean: Decimal
    sd: Decimal
    n: int
    is_error: bool = False
    """Whether what is printed as ``sd`` is taken for a standard error."""

    @property
    def sds(self) -> tuple[float, float]:
        """The least and the greatest standard deviation that it may stand for."""
        span, factor = possible_values(self.sd), sqrt(self.n) if self.is_error else 1.0
        return max(0.0, float(span.low)) * factor, float(span.high) * factor


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
    stdtr = special_functions().stdtr
    values = []
    for means, sds in product(
        corners(first.mean, second.mean), zip(first.sds, second.sds, strict=True)
    ):
        for error, df in _errors(sds, (first.n, second.n)):
            t = abs(means[0] - means[1]) / error if error else 0.0
            values.append(float(2 * stdtr(df, -t)))
    return min(values), max(values)


def corners(one: Decimal, other: Decimal) -> list[tuple[float, float]]:
    """Return the means that are nearest to each other, and farthest from each other."""
    a, b = possible_values(one), possible_values(other)
    if a.overlaps(b):
        near = (0.0, 0.0)
    else:
        near = (float(a.high), float(b.low)) if a.high < b.low else (float(a.low), float(b.high))
    far = (float(a.low), float(b.high)) if one < other else (float(a.high), float(b.low))
    return [near, far]


def _errors(sds: tuple[float, float], ns: tuple[int, int]) -> list[tuple[float, float]]:
    """Return standard errors of a difference with their degrees of freedom: pooled, Welch."""
    (s, u), (m, n) = sds, ns
    pooled = sqrt(((m - 1) * s * s + (n - 1) * u * u) / (m + n - 2) * (1 / m + 1 / n))
    parts = s * s / m, u * u / n
    below = parts[0] ** 2 / (m - 1) + parts[1] ** 2 / (n - 1)
    df = sum(parts) ** 2 / below if below else m + n - 2
    return [(pooled, m + n - 2), (sqrt(sum(parts)), df)]


def error_of_interval(bounds: Span, n: int) -> Decimal:
    """Return the standard error of a mean of n people that a 95% interval stands for.

    It has as many decimals as the bounds.

    >>> error_of_interval(Span(Decimal("15.1"), Decimal("17.5")), 60)
    Decimal('0.6')
    """
    stdtrit = special_functions().stdtrit
    half = (bounds.high - bounds.low) / 2
    finest = min(last_digit(bounds.low), last_digit(bounds.high))
    return (half / Decimal(float(stdtrit(n - 1, 0.975)))).quantize(finest)


def anova(groups: Sequence[Summary]) -> tuple[float, float]:
    """Return the least and the greatest p of an analysis of variance of rounded figures.

    >>> groups = [Summary(Decimal(m), Decimal("2.0"), 30) for m in ("5.1", "6.3", "5.4")]
    >>> [round(p, 3) for p in anova(groups)]
    [0.03, 0.105]
    """
    fdtrc = special_functions().fdtrc
    sizes = [group.n for group in groups]
    within = sum(sizes) - len(sizes)
    grand = sum(float(g.mean) * g.n for g in groups) / sum(sizes)
    values = []
    for way in (-1, 1):
        means = [_moved(group.mean, grand, way) for group in groups]
        between = sum(n * (m - grand) ** 2 for n, m in zip(sizes, means, strict=True))
        sds = [group.sds[1 if way < 0 else 0] for group in groups]
        inside = sum((n - 1) * sd * sd for n, sd in zip(sizes, sds, strict=True))
        f = between / (len(sizes) - 1) / (inside / within) if inside else 0.0
        values.append(float(fdtrc(len(sizes) - 1, within, f)))
    return min(values), max(values)


def _moved(mean: Decimal, grand: float, way: int) -> float:
    """Return the possible mean that is nearest to a grand mean (-1), or farthest from it (1)."""
    span = possible_values(mean)
    ends = sorted((float(span.low), float(span.high)), key=lambda end: abs(end - grand))
    if way < 0 and span.low <= Decimal(grand) <= span.high:
        return grand
    return ends[0] if way < 0 else ends[1]


def distance_of_means(groups: Sequence[Summary], p: Span) -> float | None:
    """Return how far a p lies from those of t tests or analysis of variance, in standard errors.

    A t test may be one-sided. None if a group has fewer than two people or no spread.

    >>> a, b = (
    ...     Summary(Decimal("5.1"), Decimal("2.0"), 30),
    ...     Summary(Decimal("6.3"), Decimal("2.2"), 28),
    ... )
    >>> distance_of_means([a, b], possible_values(Decimal("0.03")))
    0.0
    >>> distance_of_means([a, b], possible_values(Decimal("0.60"))) > 1
    True
    """
    if len(groups) < 2 or any(g.n < 2 or g.sd <= 0 for g in groups):
        return None
    if len(groups) > 2:
        low, high = anova(groups)
        return p_distance(Span(Decimal(low), Decimal(high)), p)
    low, high = t_test(groups[0], groups[1])
    spans = (Span(Decimal(low / sides), Decimal(high / sides)) for sides in (1, 2))
    return min(p_distance(span, p) for span in spans)


def chance_of_difference(groups: Sequence[Summary]) -> float | None:
    """Return the greatest p that the rounded means of randomised groups may have.

    Below ``IMPOSSIBLE`` chance does not explain the difference. None if a group is too small for
    a t test of values far from normal, or its spread is a standard error.

    >>> a, b = (Summary(Decimal(m), Decimal("10.2"), 40) for m in ("54.1", "45.1"))
    >>> IMPOSSIBLE < chance_of_difference([a, b]) < 0.001
    True
    >>> a, b = (Summary(Decimal(m), Decimal("10.2"), 40) for m in ("54.1", "84.1"))
    >>> chance_of_difference([a, b]) < IMPOSSIBLE
    True
    """
    if len(groups) < 2 or any(g.n < _FEWEST or g.sd <= 0 or g.is_error for g in groups):
        return None
    return (t_test(groups[0], groups[1]) if len(groups) == 2 else anova(groups))[1]


def spread_of_all(groups: Sequence[Summary]) -> tuple[float, float]:
    """Return the least and the greatest standard deviation of the people of all groups together.

    >>> drug, placebo = (
    ...     Summary(Decimal("50.0"), Decimal(8), 20),
    ...     Summary(Decimal("60.0"), Decimal(9), 60),
    ... )
    >>> [round(sd, 1) for sd in spread_of_all([drug, placebo])]
    [9.3, 10.2]
    """
    people = sum(group.n for group in groups)
    grand = sum(float(g.mean) * g.n for g in groups) / people
    apart = sqrt(sum(g.n * (float(g.mean) - grand) ** 2 for g in groups) / (people - 1))
    unit = max(float(last_digit(g.mean)) for g in groups) / 2
    low, high = (
        sqrt(
            sum((g.n - 1) * g.sds[end] ** 2 for g in groups) / (people - 1)
            + max(0.0, apart + way * unit) ** 2
        )
        for end, way in ((0, -1), (1, 1))
    )
    return low, high


def distance_of_spread(groups: Sequence[Summary], whole: Summary) -> float | None:
    """Return by which part a standard deviation of all is off from that of the groups; 0 if not.

    None where one is a standard error. ``NEAR_SPREAD`` may be due to a few missing people.

    >>> from dataclasses import replace
    >>> drug, placebo, both = (
    ...     Summary(Decimal(mean), Decimal(sd), n)
    ...     for mean, sd, n in (("50.0", "8.0", 20), ("51.0", "9.0", 60), ("50.8", "8.8", 80))
    ... )
    >>> distance_of_spread([drug, placebo], both)
    0.0
    >>> distance_of_spread([drug, placebo], replace(both, sd=Decimal("5.8"))) > FAR_SPREAD
    True
    """
    if any(group.is_error for group in (*groups, whole)) or min(g.n for g in groups) < 2:
        return None
    (low, high), (least, most) = spread_of_all(groups), whole.sds
    if high <= 0:
        return None
    return max(0.0, least / high - 1, 1 - most / low if low else 0.0)
