"""Changes of the same people between two times: what paired t tests, and the means, give.

The functions take figures as printed and allow for their rounding.
"""

from __future__ import annotations

from decimal import Decimal
from math import inf, sqrt

from kb.checks.means import Summary, corners
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import p_distance
from kb.util.special import special_functions


def paired_t_test(before: Summary, after: Summary) -> tuple[float, float]:
    """Return the least and the greatest two-sided p of the change of the same people.

    The standard deviation of the change is not printed: it lies between the difference and the
    sum of those of both times, whichever way they go together.

    >>> a, b = (
    ...     Summary(Decimal("66.1"), Decimal("5.2"), 30),
    ...     Summary(Decimal("62.8"), Decimal("4.1"), 30),
    ... )
    >>> [round(p, 3) for p in paired_t_test(a, b)]
    [0.0, 0.072]
    """
    stdtr = special_functions().stdtr
    near, far = (abs(one - other) for one, other in corners(before.mean, after.mean))
    (s, u), (v, w) = before.sds, after.sds
    narrow = max(0.0, s - w, v - u)
    ends = [far * sqrt(before.n) / narrow if narrow else inf, near * sqrt(before.n) / (u + w)]
    low, high = (float(2 * stdtr(before.n - 1, -t)) if t < inf else 0.0 for t in ends)
    return (low if far else 1.0), high


def distance_of_change(before: Summary, after: Summary, p: Span) -> float | None:
    """Return how far a p lies from those of paired t tests, in standard errors.

    A test may be one-sided. None if there are fewer than two people, or other people after.

    >>> a, b = (
    ...     Summary(Decimal("66.1"), Decimal("5.2"), 30),
    ...     Summary(Decimal("62.8"), Decimal("4.1"), 30),
    ... )
    >>> distance_of_change(a, b, possible_values(Decimal("0.03")))
    0.0
    >>> distance_of_change(a, b, possible_values(Decimal("0.60"))) > 1
    True
    """
    if before.n != after.n or before.n < 2 or min(before.sd, after.sd) <= 0:
        return None
    low, high = paired_t_test(before, after)
    return p_distance(Span(Decimal(low / 2), Decimal(high)), p)


def change_test(change: Summary) -> tuple[float, float]:
    """Return the least and the greatest two-sided p of a t test that a mean change is 0.

    >>> change = Summary(Decimal("-0.35"), Decimal("0.39"), 31)
    >>> [p < 0.0001 for p in change_test(change)]
    [True, True]
    """
    stdtr = special_functions().stdtr
    span, (low, high) = possible_values(change.mean), change.sds
    least = 0.0 if span.low <= 0 <= span.high else min(abs(float(span.low)), abs(float(span.high)))
    most = max(abs(float(span.low)), abs(float(span.high)))
    ends = [(most, low), (least, high)]
    ts = [mean * sqrt(change.n) / sd if sd else inf for mean, sd in ends]
    least_p, most_p = (float(2 * stdtr(change.n - 1, -t)) if t < inf else 0.0 for t in ts)
    return least_p, most_p


def distance_of_own_change(change: Summary, p: Span) -> float | None:
    """Return how far a p lies from those of t tests that a mean change is 0, in standard errors.

    A test may be one-sided. None if there are fewer than two people, or no spread.

    >>> change = Summary(Decimal("0.98"), Decimal("2.41"), 31)
    >>> distance_of_own_change(change, possible_values(Decimal("0.031")))
    0.0
    >>> distance_of_own_change(change, possible_values(Decimal("0.31"))) > 1
    True
    """
    if change.n < 2 or change.sd <= 0:
        return None
    low, high = change_test(change)
    spans = (Span(Decimal(low / sides), Decimal(high / sides)) for sides in (1, 2))
    return min(p_distance(span, p) for span in spans)


def gap_of_change(
    before: Decimal, after: Decimal, change: Decimal, *, signed: bool = False
) -> Decimal:
    """Return how far a mean change is from the later mean minus the earlier one, beyond rounding.

    A decrease may be printed without its sign, unless changes are ``signed``.

    >>> gap_of_change(Decimal("5.41"), Decimal("6.17"), Decimal("0.77"))
    Decimal('0.00')
    >>> gap_of_change(Decimal("5.41"), Decimal("6.17"), Decimal("0.96"))
    Decimal('0.185')
    """
    first, second, printed = (possible_values(mean) for mean in (before, after, change))
    low, high = second.low - first.high, second.high - first.low
    ways = (printed,) if signed else (printed, printed.negated())
    return min(max(low - way.high, way.low - high, Decimal("0.00")) for way in ways)
