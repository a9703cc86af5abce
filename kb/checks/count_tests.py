"""Tests of counts: two proportions, categories of two or more groups, and ordered categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from math import comb, erfc, exp, gamma, sqrt
from statistics import NormalDist
from typing import Final

from kb.checks.discrepancy import Outcome
from kb.checks.rounding import Span, last_digit
from kb.checks.significance import (
    Z_OF_COUNTS,
    Z_TOLERANCE,
    gap,
    p_distance,
    smaller_tail,
    z_of,
)

Counts = tuple[int, int]
"""How many have the event, and how many there are."""
_NORMAL: Final = NormalDist()
_USUAL: Final = 5
_MOST_EXACT: Final = 5_000
"""Among more people the exact tests take long, and differ little from the others."""


def p_of_counts(first: Counts, second: Counts, p: Span, sides: int | None = None) -> Outcome:
    """Judge a p-value against the counts of two groups, each (with the event, all).

    It must lie among those of the usual tests, or within ``Z_OF_COUNTS`` of one.

    >>> from kb.checks.rounding import possible_values
    >>> p_of_counts((6, 7), (0, 5), possible_values(Decimal("0.0076"))).name
    'CONSISTENT'
    >>> p_of_counts((6, 7), (5, 6), possible_values(Decimal("0.0076"))).name
    'INCONSISTENT'
    """
    if not _is_table(first, second):
        return Outcome.NOT_ENOUGH
    computed = p_values(first, second)
    p = smaller_tail(p) if sides == 1 else p
    for tails in (sides,) if sides else (1, 2):
        zs = [z_of(_exactly(v), tails)[0] for n, v in computed.items() if _tails(n) == tails]
        if gap((min(zs), max(zs)), z_of(p, tails)) <= Z_OF_COUNTS:
            return Outcome.CONSISTENT
    return Outcome.INCONSISTENT


def distance_of_counts(first: Counts, second: Counts, p: Span) -> float | None:
    """Return how far a p lies from all usual tests of two counts, in standard errors.

    0 if one of them may give it; None if no one, or everyone, has the event.

    >>> distance_of_counts((6, 7), (0, 5), Span(Decimal("0.015"), Decimal("0.016")))
    0.0
    >>> distance_of_counts((133, 171), (166, 212), Span(Decimal("0.044"), Decimal("0.046"))) > 1.5
    True
    """
    if not _is_table(first, second):
        return None
    if p_of_counts(first, second, p) is Outcome.CONSISTENT:
        return 0.0
    computed = [v for name, v in p_values(first, second).items() if _tails(name) == 2]
    return p_distance(Span(Decimal(min(computed)), Decimal(max(computed))), p)


def distance_of_nearest(first: Counts, second: Counts, p: Span) -> float | None:
    """Return how far a p lies from the nearest two-sided test of two counts, in standard errors.

    0 if one of them gives the p as it is printed; ``distance_of_counts`` also accepts what lies
    between two tests.

    >>> distance_of_nearest((43, 73), (37, 73), Span(Decimal("0.3175"), Decimal("0.3185")))
    0.0
    >>> distance_of_nearest((43, 73), (37, 73), Span(Decimal("0.5795"), Decimal("0.5805"))) > 0.05
    True
    """
    if not _is_table(first, second):
        return None
    computed = (v for name, v in p_values(first, second).items() if _tails(name) == 2)
    return min(p_distance(_exactly(min(v, 1.0)), p) for v in computed)


def distance_of_groups(groups: Sequence[Sequence[int]], p: Span) -> float | None:
    """Return how far a p lies from the chi-square and rank tests of counts in categories.

    0 within ``Z_TOLERANCE``; ``distance_of_table`` has no tolerance.

    >>> distance_of_groups([(20, 20, 10), (18, 22, 10)], Span(Decimal("0.89"), Decimal("0.91")))
    0.0
    >>> distance_of_groups([(20, 20, 10), (18, 22, 10)], Span(Decimal(0), Decimal("0.01"))) > 1.5
    True
    """
    far = distance_of_table(groups, p)
    return 0.0 if far is not None and far <= Z_TOLERANCE else far


def distance_of_table(groups: Sequence[Sequence[int]], p: Span) -> float | None:
    """Return how far a p, as printed, lies from the chi-square test of counts in categories.

    Two groups in ordered categories may be compared by their ranks: 0 if that gives the p.

    >>> groups = [(60, 130, 71), (9, 22, 13), (51, 108, 58)]
    >>> distance_of_table(groups, Span(Decimal("0.985"), Decimal("0.995")))
    0.0
    >>> distance_of_table(groups, Span(Decimal("0.905"), Decimal("0.915"))) > 0.05
    True
    """
    computed = p_of_groups(groups)
    if computed is None:
        return None
    if len(groups) == 2 and p_of_ranks(groups[0], groups[1], p) is Outcome.CONSISTENT:
        return 0.0
    return p_distance(_exactly(computed), p)


def is_large(groups: Sequence[Sequence[int]]) -> bool:
    """Tell whether every expected count is at least 5, as the chi-square test needs.

    >>> is_large([(10, 12, 9), (11, 14, 8)]), is_large([(10, 12, 1), (11, 14, 2)])
    (True, False)
    """
    sizes, rows = [sum(group) for group in groups], [sum(row) for row in zip(*groups, strict=True)]
    return all(size * row >= _USUAL * sum(sizes) for size in sizes for row in rows)


def _exactly(p: float) -> Span:
    return Span(Decimal(p), Decimal(p))


def _tails(test: str) -> int:
    return 1 if test.endswith(ONE_SIDED) else 2


def _is_table(first: Counts, second: Counts) -> bool:
    fits = all(0 <= n <= of and of > 0 for n, of in (first, second))
    return fits and 0 < first[0] + second[0] < first[1] + second[1]


ONE_SIDED: Final = ", one-sided"


@lru_cache(maxsize=1024)
def p_values(first: Counts, second: Counts) -> Mapping[str, float]:
    """Return the p-values of the usual tests of two proportions, by name.

    >>> {name: round(p, 4) for name, p in p_values((6, 7), (0, 5)).items()}
    {'Fisher': 0.0152, 'mid-p': 0.0114, 'Fisher, one-sided': 0.0076, 'mid-p, one-sided': 0.0038, \
'chi-square': 0.0034, 'with Yates': 0.0192, 'chi-square, one-sided': 0.0017}
    """
    (a, m), (c, n) = first, second
    k, total = a + c, m + n
    cross = abs(a * (n - c) - c * (m - a))
    deviation = sqrt(m * n * k * (total - k) / total)
    chi, yates = (
        2 * (1 - _NORMAL.cdf(value / deviation)) for value in (cross, max(0.0, cross - total / 2))
    )
    exact = _exact_p_values(a, m, c, n) if total <= _MOST_EXACT else {}
    return exact | {"chi-square": chi, "with Yates": yates, f"chi-square{ONE_SIDED}": chi / 2}


def _exact_p_values(a: int, m: int, c: int, n: int) -> dict[str, float]:
    """Return the p-values of Fisher's test: two-sided and one-sided, and each as mid-p."""
    k = a + c
    first, last = max(0, k - n), min(k, m)
    ways = {first: comb(m, first) * comb(n, k - first)}
    for x in range(first, last):  # each from the one before: large binomials take long
        ways[x + 1] = ways[x] * (m - x) * (k - x) // ((x + 1) * (n - k + x + 1))
    every = comb(m + n, k)
    two = sum(w for w in ways.values() if w <= ways[a]) / every
    one = min(sum(w for x, w in ways.items() if sign * x >= sign * a) for sign in (1, -1)) / every
    half = ways[a] / every / 2
    return {
        "Fisher": two,
        "mid-p": two - half,
        f"Fisher{ONE_SIDED}": one,
        f"mid-p{ONE_SIDED}": one - half,
    }


def crude_estimate(statistic: str, first: Counts, second: Counts) -> Decimal | None:
    """Return a ratio, or a difference in percentage points, of two counts, each (with, all).

    >>> round(crude_estimate("risk-ratio", (22, 30), (12, 31)), 2)
    Decimal('1.89')
    >>> round(crude_estimate("difference", (22, 30), (12, 31)))
    35
    """
    (a, m), (c, n) = first, second
    if min(m, n) <= 0:
        return None
    if statistic in ("difference", "risk-difference"):
        return 100 * (Decimal(a) / m - Decimal(c) / n)
    above, below = (a * n, c * m) if statistic == "risk-ratio" else (a * (n - c), c * (m - a))
    known = statistic in ("risk-ratio", "odds-ratio") and below > 0
    return Decimal(above) / below if known else None


def number_needed(difference: Span, printed: Decimal) -> Outcome:
    """Judge a number needed to treat, or to harm, by a difference in percentage points.

    A number without decimals may be rounded up, as is usual, or to the nearest.

    >>> points = Span(Decimal("10.0"), Decimal("10.6"))
    >>> [number_needed(points, Decimal(n)).name for n in (8, 10, 12)]
    ['INCONSISTENT', 'CONSISTENT', 'INCONSISTENT']
    """
    ends = sorted((abs(difference.low), abs(difference.high)))
    if difference.low <= 0 <= difference.high or not printed:
        return Outcome.NOT_ENOUGH
    unit = last_digit(printed)
    exact = Span(100 / ends[1], 100 / ends[0])
    low, high = (exact.low - unit / 2, exact.high + unit)
    return Outcome.CONSISTENT if low <= abs(printed) < high else Outcome.INCONSISTENT


def p_of_table(first: Sequence[int], second: Sequence[int], p: Span) -> Outcome:
    """Judge a p-value against the counts of two groups in the same categories: chi-square.

    >>> from kb.checks.rounding import possible_values
    >>> p_of_table((20, 20, 10), (18, 22, 10), possible_values(Decimal("0.90"))).name
    'CONSISTENT'
    >>> p_of_table((20, 20, 10), (18, 22, 10), possible_values(Decimal("0.01"))).name
    'INCONSISTENT'
    """
    computed = p_of_groups((first, second))
    if computed is None:
        return Outcome.NOT_ENOUGH
    near = gap(z_of(_exactly(computed), 2), z_of(p, 2)) <= Z_TOLERANCE
    return Outcome.CONSISTENT if near else Outcome.INCONSISTENT


def p_of_groups(groups: Sequence[Sequence[int]]) -> float | None:
    """Return the p of the chi-square test of any number of groups in the same categories.

    None if fewer than two groups or categories have people.

    >>> round(p_of_groups([(20, 30), (12, 38), (9, 41)]), 3)
    0.039
    """
    sizes = [sum(group) for group in groups]
    rows = [row for row in zip(*groups, strict=True) if sum(row)]
    total = sum(sizes)
    if len(rows) < 2 or len(groups) < 2 or not all(sizes):
        return None
    squares = sum(n * n / (sum(row) * m) for row in rows for n, m in zip(row, sizes, strict=True))
    chi = max(0.0, total * (squares - 1))
    return min(1.0, chi_square_tail(chi, (len(rows) - 1) * (len(groups) - 1)))


def p_of_ranks(first: Sequence[int], second: Sequence[int], p: Span) -> Outcome:
    """Judge a p-value against the counts of two groups in ordered categories: the rank-sum test.

    >>> from kb.checks.rounding import possible_values
    >>> p_of_ranks((30, 20, 10), (18, 20, 22), possible_values(Decimal("0.008"))).name
    'CONSISTENT'
    >>> p_of_ranks((30, 20, 10), (18, 20, 22), possible_values(Decimal("0.4"))).name
    'INCONSISTENT'
    """
    both = [a + c for a, c in zip(first, second, strict=True)]
    m, n, total = sum(first), sum(second), sum(both)
    below = [sum(both[:i]) for i in range(len(both))]
    ties = 1 - sum(t**3 - t for t in both) / (total**3 - total) if total > 1 else 0.0
    if not m or not n or ties <= 0:
        return Outcome.NOT_ENOUGH
    ranks = sum(a * (b + (t + 1) / 2) for a, b, t in zip(first, below, both, strict=True))
    deviation = sqrt(m * n * (total + 1) / 12 * ties)
    z = abs(ranks - m * (total + 1) / 2) / deviation
    near = min(gap((z, z), z_of(p, tails)) for tails in (1, 2)) <= Z_TOLERANCE
    return Outcome.CONSISTENT if near else Outcome.INCONSISTENT


def chi_square_tail(value: float, degrees: int) -> float:
    """Return the probability of a chi-square at least as large.

    >>> [round(chi_square_tail(value, df), 3) for value, df in ((3.841, 1), (5.991, 2), (7.815, 3))]
    [0.05, 0.05, 0.05]
    """
    half, odd = value / 2, degrees % 2
    powers = [i + odd / 2 for i in range(degrees // 2)]
    terms = (half**power / gamma(power + 1) for power in powers)
    return (erfc(sqrt(half)) if odd else 0.0) + exp(-half) * float(sum(terms))
