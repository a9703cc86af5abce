"""Significance: which ratios, bounds, p-values, words and counts can be printed together."""

from __future__ import annotations

from decimal import Decimal
from math import comb, log, sqrt
from statistics import NormalDist
from typing import Final

from kb.checks.discrepancy import Outcome
from kb.checks.rounding import Span, possible_values

# Words of the ontology that these functions know by name.
RATIOS: Final = frozenset({"hazard-ratio", "odds-ratio", "risk-ratio"})
LEVELS: Final = {f"ci{tenths / 10:g}": tenths / 1000 for tenths in range(500, 1000)}
"""The coverage of each kind of confidence interval."""
HIGHER: Final = frozenset(
    {"higher", "longer", "slightly-longer", "longest", "more-frequent", "increasing"}
)
LOWER: Final = frozenset({"lower", "shorter", "less-frequent", "decreasing"})

ALPHA: Final = Decimal("0.05")
OFF_MIDDLE: Final = 0.25
"""How far an estimate may lie from the middle of its bounds, in halves of their distance."""
Z_TOLERANCE: Final = 0.4
"""How far a test may lie from the bounds of a model: a log-rank test is not a Wald test."""
P_FACTOR: Final = 10
"""A test of other assumptions than Fisher's or the chi-square may differ by this factor."""
_NORMAL: Final = NormalDist()
_TINY: Final = 1e-15


def logs_of(bounds: Span) -> tuple[Span, Span] | None:
    """Return the logarithms that each bound of a ratio may stand for; None if one may be 0."""
    low, high = possible_values(bounds.low), possible_values(bounds.high)
    return (_log(low), _log(high)) if low.low > 0 and high.low > low.high else None


def _log(span: Span) -> Span:
    return Span(Decimal(log(span.low)), Decimal(log(span.high)))


def _gap(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance between two intervals, 0 where they overlap."""
    return max(0.0, one[0] - other[1], other[0] - one[1])


def middle(estimate: Decimal, bounds: Span) -> Outcome:
    """Judge whether a ratio lies near the geometric middle of its bounds.

    >>> middle(Decimal("0.71"), Span(Decimal("0.55"), Decimal("0.93")))
    <Outcome.CONSISTENT: 'consistent'>
    >>> middle(Decimal("0.61"), Span(Decimal("0.55"), Decimal("0.93")))
    <Outcome.INCONSISTENT: 'inconsistent'>
    """
    logs, point = logs_of(bounds), possible_values(estimate)
    if logs is None or point.low <= 0:
        return Outcome.NOT_ENOUGH
    low, high = logs
    centre = float(low.low + high.low) / 2, float(low.high + high.high) / 2
    half = float(high.high - low.low) / 2
    gap = _gap((log(point.low), log(point.high)), centre)
    if gap > OFF_MIDDLE * half:
        return Outcome.INCONSISTENT
    return Outcome.CONSISTENT


def p_of_bounds(estimate: Decimal, bounds: Span, level: float, p: Span) -> Outcome:
    """Judge a p-value against the ratio and bounds it is printed with.

    The two-sided and the one-sided p are accepted, and any within ``Z_TOLERANCE`` of them.

    >>> bounds = Span(Decimal("0.55"), Decimal("0.93"))
    >>> p_of_bounds(Decimal("0.71"), bounds, 0.95, possible_values(Decimal("0.01"))).name
    'CONSISTENT'
    >>> p_of_bounds(Decimal("0.71"), bounds, 0.95, possible_values(Decimal("0.1"))).name
    'INCONSISTENT'
    """
    logs, point = logs_of(bounds), possible_values(estimate)
    if logs is None or point.low <= 0:
        return Outcome.NOT_ENOUGH
    low, high = logs
    per_se = 2 * _NORMAL.inv_cdf((1 + level) / 2)
    widest, narrowest = float(high.high - low.low), float(high.low - low.high)
    ends = abs(log(point.low)), abs(log(point.high))
    nearest = 0.0 if point.holds(Decimal(1)) else min(ends)
    expected = nearest * per_se / widest, max(ends) * per_se / narrowest
    near = (_gap(expected, _z_of(p, tails)) <= Z_TOLERANCE for tails in (1, 2))
    return Outcome.CONSISTENT if any(near) else Outcome.INCONSISTENT


def _z_of(p: Span, tails: int) -> tuple[float, float]:
    """Return the distances from no difference, in standard errors, that a p stands for."""
    most = min(float(p.high), 1.0)
    least = max(float(p.low), 0.0)
    low = max(0.0, _NORMAL.inv_cdf(1 - most / tails)) if most < 1 else 0.0
    high = _NORMAL.inv_cdf(1 - least / tails) if least > _TINY else float("inf")
    return low, max(low, high if least < 1 else low)


def same_side(bounds: Span, level: float, p: Span) -> Outcome:
    """Judge whether bounds and p fall on the same side of significance at one level.

    A p up to twice too small may be one-sided, which is not enough to judge.

    >>> bounds = Span(Decimal("0.58"), Decimal("1.03"))
    >>> same_side(bounds, 0.95, possible_values(Decimal("0.01"))).name
    'INCONSISTENT'
    >>> same_side(bounds, 0.975, possible_values(Decimal("0.04"))).name
    'CONSISTENT'
    """
    alpha = Decimal(str(1 - level)).quantize(Decimal("0.0001"))
    low, high = possible_values(bounds.low), possible_values(bounds.high)
    excludes = low.low > 1 or high.high < 1
    includes = low.high < 1 < high.low
    if not excludes and not includes:
        return Outcome.NOT_ENOUGH
    if excludes:
        return Outcome.INCONSISTENT if p.low > alpha else Outcome.CONSISTENT
    if 2 * p.high < alpha:
        return Outcome.INCONSISTENT
    return Outcome.NOT_ENOUGH if p.high < alpha else Outcome.CONSISTENT


def word_and_p(significance: str, p: Span) -> Outcome:
    """Judge a statement of significance against the p printed for it, at the level 0.05.

    >>> word_and_p("significant", possible_values(Decimal("0.11"))).name
    'INCONSISTENT'
    >>> word_and_p("significant", possible_values(Decimal("0.05"))).name
    'BY_ROUNDING'
    """
    if significance not in ("significant", "not-significant"):
        return Outcome.NOT_ENOUGH
    below, above = p.high < ALPHA, p.low >= ALPHA
    if not below and not above:
        return Outcome.BY_ROUNDING
    fits = below if significance == "significant" else above
    return Outcome.CONSISTENT if fits else Outcome.INCONSISTENT


def direction(word: str, first: Span, second: Span) -> Outcome:
    """Judge "higher", "longer" or "lower" against the figures of the first and second group.

    >>> direction("longer", possible_values(Decimal("7.7")), possible_values(Decimal(4))).name
    'CONSISTENT'
    >>> direction("less-frequent", possible_values(Decimal(11)), possible_values(Decimal(1))).name
    'INCONSISTENT'
    """
    if word not in HIGHER | LOWER:
        return Outcome.NOT_ENOUGH
    greater, smaller = (first, second) if word in HIGHER else (second, first)
    if greater.low > smaller.high:
        return Outcome.CONSISTENT
    return Outcome.INCONSISTENT if greater.high < smaller.low else Outcome.BY_ROUNDING


def p_of_counts(first: tuple[int, int], second: tuple[int, int], p: Span) -> Outcome:
    """Judge a p-value against the counts of two groups, each (with the event, all).

    >>> p_of_counts((6, 7), (0, 5), possible_values(Decimal("0.0076"))).name
    'CONSISTENT'
    >>> p_of_counts((6, 7), (5, 6), possible_values(Decimal("0.0076"))).name
    'INCONSISTENT'
    """
    if not _is_table(first, second):
        return Outcome.NOT_ENOUGH
    low, high = float(p.low) / P_FACTOR, float(p.high) * P_FACTOR
    near = (low <= computed <= high for computed in p_values(first, second).values())
    return Outcome.CONSISTENT if any(near) else Outcome.INCONSISTENT


def _is_table(first: tuple[int, int], second: tuple[int, int]) -> bool:
    fits = all(0 <= n <= of and of > 0 for n, of in (first, second))
    return fits and 0 < first[0] + second[0] < first[1] + second[1]


def p_values(first: tuple[int, int], second: tuple[int, int]) -> dict[str, float]:
    """Return the p-values of the usual tests of two proportions, by name.

    >>> {name: round(p, 4) for name, p in p_values((6, 7), (0, 5)).items()}
    {'Fisher': 0.0152, 'Fisher, one-sided': 0.0076, 'chi-square': 0.0034, 'with Yates': 0.0192}
    """
    (a, m), (c, n) = first, second
    k, total = a + c, m + n
    ways = {x: comb(m, x) * comb(n, k - x) for x in range(max(0, k - n), min(k, m) + 1)}
    every = comb(total, k)
    two = sum(w for w in ways.values() if w <= ways[a]) / every
    tails = [sum(w for x, w in ways.items() if sign * x >= sign * a) for sign in (1, -1)]
    cross = abs(a * (n - c) - c * (m - a))
    deviation = sqrt(m * n * k * (total - k) / total)
    z, yates = cross / deviation, max(0.0, cross - total / 2) / deviation
    two_sided = [2 * (1 - _NORMAL.cdf(value)) for value in (z, yates)]
    names = ("Fisher", "Fisher, one-sided", "chi-square", "with Yates")
    return dict(zip(names, (two, min(tails) / every, *two_sided), strict=True))
