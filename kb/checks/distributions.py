"""Test statistics with their degrees of freedom: which p-values they give.

The idea is that of statcheck (Nuijten et al. 2016): a test statistic and its degrees of freedom
fix the p-value. The functions take figures as printed and allow for their rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt
from typing import Final, Literal

from kb.checks.rounding import Span, possible_values
from kb.checks.significance import p_distance
from kb.util.special import special_functions

Statistic = Literal["t", "F", "z", "chi-square", "r"]
"""The test statistics that are known."""
_TWO_TAILED: Final = ("t", "z", "r")
_MANY: Final = 10**9
"""Degrees of freedom that stand for those that are not printed: a larger number gives a smaller p.
"""


def p_of_statistic(statistic: Statistic, value: float, degrees: Sequence[float] = ()) -> float:
    """Return the p-value of a test statistic: two-sided for t, z and r, else of the upper tail.

    Degrees of freedom that are left out are taken as very many for t and the second of F, and as
    one for a chi-square and the first of F: no other number gives a smaller p.

    >>> [
    ...     round(p_of_statistic(*test), 3)
    ...     for test in (
    ...         ("t", 2.31, (38,)),
    ...         ("F", 4.1, (2, 57)),
    ...         ("z", 1.96),
    ...         ("chi-square", 5.6, (1,)),
    ...         ("r", 0.25, (125,)),
    ...     )
    ... ]
    [0.026, 0.022, 0.05, 0.018, 0.005]
    """
    special = special_functions()

    size = abs(value)
    first = degrees[0] if degrees else _MANY
    if statistic == "z":
        return float(2 * special.ndtr(-size))
    if statistic == "r":
        size = size * sqrt(first / (1 - size * size)) if size < 1 else float("inf")
    if statistic in _TWO_TAILED:
        return float(2 * special.stdtr(first, -size))
    if statistic == "chi-square":
        return float(special.chdtrc(degrees[0] if degrees else 1, size))
    above = (*degrees, *(1, _MANY)[len(degrees) :])
    return float(special.fdtrc(above[0], above[1], size))


def p_span(statistic: Statistic, printed: Decimal, degrees: Sequence[float] = ()) -> Span:
    """Return the p-values that a rounded test statistic gives.

    >>> span = p_span("t", Decimal("2.3"), (38,))
    >>> round(span.low, 3), round(span.high, 3)
    (Decimal('0.024'), Decimal('0.030'))
    """
    values = possible_values(abs(printed))
    low, high = (
        Decimal(p_of_statistic(statistic, max(float(end), 0.0), degrees))
        for end in (values.high, values.low)
    )
    return Span(low, high)


def distance_of_statistic(
    statistic: Statistic, printed: Decimal, degrees: Sequence[float], p: Span
) -> float:
    """Return how far a printed p lies from that of its statistic, in standard errors; 0 if it fits.

    A one-sided p fits too, for the statistics that have two tails.

    >>> p = possible_values(Decimal("0.03"))
    >>> distance_of_statistic("t", Decimal("2.31"), (38,), p)
    0.0
    >>> distance_of_statistic("t", Decimal("2.31"), (38,), possible_values(Decimal("0.013")))
    0.0
    >>> distance_of_statistic("t", Decimal("1.31"), (38,), p) > 0.4
    True
    """
    computed = p_span(statistic, printed, degrees)
    readings = [computed]
    if statistic in _TWO_TAILED:
        readings.append(Span(computed.low / 2, computed.high / 2))
    return min(p_distance(reading, p) for reading in readings)
