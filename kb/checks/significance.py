"""Significance: which ratios, bounds, p-values, words and counts can be printed together."""

from __future__ import annotations

from decimal import Decimal
from math import log
from statistics import NormalDist
from typing import Final

from kb.checks.discrepancy import Outcome
from kb.checks.rounding import Span, possible_values

# Words of the ontology that these functions know by name.
RATIOS: Final = frozenset(
    {
        "hazard-ratio",
        "subdistribution-hazard-ratio",
        "odds-ratio",
        "risk-ratio",
        "rate-ratio",
        "geometric-mean-ratio",
    }
)
"""The ratios that are symmetric as logarithms, which tables derive from them."""
LEVELS: Final = {f"ci{tenths / 10:g}": tenths / 1000 for tenths in range(500, 1000)}
"""The coverage of each kind of confidence interval."""
HIGHER: Final = frozenset(
    {"higher", "longer", "slightly-longer", "longest", "more-frequent", "increasing"}
)
LOWER: Final = frozenset({"lower", "shorter", "less-frequent", "decreasing"})

ALPHA: Final = Decimal("0.05")
_ONE_HALF: Final = Decimal("0.5")
OFF_MIDDLE: Final = 0.25
"""How far an estimate may lie from the middle of its bounds, in halves of their distance."""
OFF_AMONG_COPIES: Final = 0.05
"""The same for bounds of which one is also that of a neighbour, and may be copied from it."""
OFF_MIDDLE_WIDE: Final = 0.4
"""The same for exact bounds of few events, and for differences of shares, which are lopsided."""
WIDE: Final = 2.0
"""Half the distance, as a logarithm, from which on the bounds of a ratio are of few events."""
Z_TOLERANCE: Final = 0.4
"""How far a test may lie from the bounds of a model: a log-rank test is not a Wald test."""
Z_SLOPE: Final = 0.35
"""How much more that may be for each standard error from 2 on: t tests have longer tails."""
Z_OF_COUNTS: Final = 0.15
"""How far a test of counts may lie from the usual ones: it may be stratified."""
_NORMAL: Final = NormalDist()
_RARE_DIGITS: Final = 3
"""How many digits equal limits have at least, so that they are hardly equal by chance."""
_TINY: Final = 1e-15
_HALF: Final = 0.5

_Ends = tuple[float, float]


def logs_of(bounds: Span) -> tuple[Span, Span] | None:
    """Return the logarithms that each bound of a ratio may stand for; None if one may be 0."""
    low, high = possible_values(bounds.low), possible_values(bounds.high)
    return (_log(low), _log(high)) if low.low > 0 and high.low > low.high else None


def _log(span: Span) -> Span:
    return Span(Decimal(log(span.low)), Decimal(log(span.high)))


def _scaled(bounds: Span, *, ratio: bool) -> tuple[Span, Span] | None:
    """Return what each bound may stand for on the scale where no effect is 0."""
    if ratio:
        return logs_of(bounds)
    low, high = possible_values(bounds.low), possible_values(bounds.high)
    return (low, high) if high.low > low.high else None


def _point(estimate: Decimal, *, ratio: bool) -> _Ends | None:
    span = possible_values(estimate)
    if not ratio:
        return float(span.low), float(span.high)
    return (log(span.low), log(span.high)) if span.low > 0 else None


def gap(one: _Ends, other: _Ends) -> float:
    """Return the distance between two intervals, 0 where they overlap.

    >>> gap((1.0, 2.0), (2.5, 3.0)), gap((1.0, 2.0), (0.0, 1.5))
    (0.5, 0.0)
    """
    return max(0.0, one[0] - other[1], other[0] - one[1])


def off_middle(estimate: Decimal, bounds: Span, *, ratio: bool = True) -> float | None:
    """Return how far an estimate lies from the middle of its bounds, beyond rounding.

    In halves of their distance, on the logarithmic scale for a ratio: 0 in the middle, 1 at a
    bound. None if the bounds have no middle.

    >>> off_middle(Decimal("0.71"), Span(Decimal("0.55"), Decimal("0.93")))
    0.0
    >>> off_middle(Decimal("1.29"), Span(Decimal("1.08"), Decimal("1.46"))) > 0.1
    True
    """
    ends, point = _scaled(bounds, ratio=ratio), _point(estimate, ratio=ratio)
    if ends is None or point is None:
        return None
    low, high = ends
    centre = float(low.low + high.low) / 2, float(low.high + high.high) / 2
    return gap(point, centre) / (float(high.high - low.low) / 2)


def middle(estimate: Decimal, bounds: Span, *, ratio: bool = True) -> Outcome:
    """Judge whether an estimate lies near the middle of its bounds: for a ratio the geometric one.

    >>> middle(Decimal("0.71"), Span(Decimal("0.55"), Decimal("0.93")))
    <Outcome.CONSISTENT: 'consistent'>
    >>> middle(Decimal("0.61"), Span(Decimal("0.55"), Decimal("0.93")))
    <Outcome.INCONSISTENT: 'inconsistent'>
    >>> middle(Decimal("-1.06"), Span(Decimal("-1.51"), Decimal("0.62")), ratio=False).name
    'INCONSISTENT'
    """
    off, ends = off_middle(estimate, bounds, ratio=ratio), _scaled(bounds, ratio=ratio)
    if off is None or ends is None:
        return Outcome.NOT_ENOUGH
    half = float(ends[1].high - ends[0].low) / 2
    allowed = OFF_MIDDLE if ratio and half < WIDE else OFF_MIDDLE_WIDE
    return Outcome.INCONSISTENT if off > allowed else Outcome.CONSISTENT


def repeated_limits(one: Span, other: Span) -> tuple[Decimal, ...]:
    """Return the limits that two intervals share; none if they may well be equal by chance.

    >>> a, b = Span(Decimal("0.95"), Decimal("1.46")), Span(Decimal("0.58"), Decimal("1.46"))
    >>> repeated_limits(a, b)
    (Decimal('1.46'),)
    >>> repeated_limits(Span(Decimal("0.5"), Decimal("0.9")), Span(Decimal("0.5"), Decimal("1.0")))
    ()
    """
    pairs = ((one.low, other.low), (one.high, other.high))
    same = [mine for mine, theirs in pairs if str(mine) == str(theirs)]
    digits = sum(len(limit.as_tuple().digits) for limit in same)
    return tuple(same) if digits >= _RARE_DIGITS else ()


def p_of_bounds(
    estimate: Decimal,
    bounds: Span,
    level: float,
    p: Span,
    *,
    ratio: bool = True,
    sides: int | None = None,
) -> Outcome:
    """Judge a p-value against the estimate and bounds it is printed with.

    Where ``sides`` is not printed, the two-sided and the one-sided p are accepted, and any within
    ``Z_TOLERANCE`` of them.

    >>> bounds = Span(Decimal("0.55"), Decimal("0.93"))
    >>> p_of_bounds(Decimal("0.71"), bounds, 0.95, possible_values(Decimal("0.01"))).name
    'CONSISTENT'
    >>> p_of_bounds(Decimal("0.71"), bounds, 0.95, possible_values(Decimal("0.1"))).name
    'INCONSISTENT'
    """
    off = distance_of_bounds(estimate, bounds, level, p, ratio=ratio, sides=sides)
    if off is None:
        return Outcome.NOT_ENOUGH
    return Outcome.INCONSISTENT if off else Outcome.CONSISTENT


def distance_of_bounds(
    estimate: Decimal,
    bounds: Span,
    level: float,
    p: Span,
    *,
    ratio: bool = True,
    sides: int | None = None,
) -> float | None:
    """Return how far a p lies from that of an estimate and its bounds, in standard errors.

    0 if it is within the tolerance of ``p_of_bounds``; None if the bounds have no middle.

    >>> bounds = Span(Decimal("0.55"), Decimal("0.93"))
    >>> distance_of_bounds(Decimal("0.71"), bounds, 0.95, possible_values(Decimal("0.01")))
    0.0
    >>> distance_of_bounds(Decimal("0.71"), bounds, 0.95, possible_values(Decimal("0.6"))) > 1.5
    True
    """
    ends, point = _scaled(bounds, ratio=ratio), _point(estimate, ratio=ratio)
    if ends is None or point is None:
        return None
    low, high = ends
    per_se = 2 * _NORMAL.inv_cdf((1 + level) / 2)
    widest, narrowest = float(high.high - low.low), float(high.low - low.high)
    far = max(map(abs, point))
    near = 0.0 if point[0] <= 0 <= point[1] else min(map(abs, point))
    expected = near * per_se / widest, far * per_se / narrowest
    allowed = Z_TOLERANCE + (0 if ratio else Z_SLOPE * max(0.0, expected[1] - 2))
    read = {1: z_of(smaller_tail(p), 1), 2: z_of(p, 2)}
    off = min(gap(expected, read[tails]) for tails in ((sides,) if sides else (1, 2)))
    return off if off > allowed else 0.0


def z_of(p: Span, tails: int) -> _Ends:
    """Return the distances from no difference, in standard errors, that a p stands for.

    >>> [round(end, 2) for end in z_of(Span(Decimal("0.04"), Decimal("0.05")), 2)]
    [1.96, 2.05]
    """
    low = _quantile(float(p.high) / tails)
    high = _quantile(float(p.low) / tails) if p.low > _TINY else float("inf")
    return low, high


def smaller_tail(p: Span) -> Span:
    """Return a one-sided p; one above a half is that of a difference the other way.

    >>> smaller_tail(Span(Decimal("0.97"), Decimal("0.98")))
    Span(low=Decimal('0.02'), high=Decimal('0.03'))
    """
    return Span(1 - p.high, 1 - p.low) if p.low > _ONE_HALF else p


def _quantile(tail: float) -> float:
    """Return the distance beyond which a tail lies; a tail too small to compute with is cut."""
    return _NORMAL.inv_cdf(1 - max(tail, _TINY)) if tail < _HALF else 0.0


def excludes_no_effect(bounds: Span, *, ratio: bool = True) -> bool | None:
    """Tell whether bounds exclude no effect: 1 for a ratio, else 0; None where they touch it.

    >>> [excludes_no_effect(Span(Decimal(low), Decimal("1.2"))) for low in ("0.8", "1.1", "1.0")]
    [False, True, None]
    """
    none = 1 if ratio else 0
    low, high = possible_values(bounds.low), possible_values(bounds.high)
    if low.low > none or high.high < none:
        return True
    return False if low.high < none < high.low else None


def same_side(
    bounds: Span, level: float, p: Span, *, ratio: bool = True, sides: int | None = None
) -> Outcome:
    """Judge whether bounds and p fall on the same side of significance at one level.

    Where ``sides`` is not printed, a p up to twice too small may be one-sided: not enough.

    >>> bounds = Span(Decimal("0.58"), Decimal("1.03"))
    >>> same_side(bounds, 0.95, possible_values(Decimal("0.01"))).name
    'INCONSISTENT'
    >>> same_side(bounds, 0.975, possible_values(Decimal("0.04"))).name
    'CONSISTENT'
    >>> same_side(bounds, 0.95, possible_values(Decimal("0.04")), sides=2).name
    'INCONSISTENT'
    """
    alpha = Decimal(str(1 - level)).quantize(Decimal("0.0001"))
    excludes = excludes_no_effect(bounds, ratio=ratio)
    if excludes is None:
        return Outcome.NOT_ENOUGH
    if excludes:
        least = 2 * p.low if sides == 1 else p.low
        return Outcome.INCONSISTENT if least > alpha else Outcome.CONSISTENT
    most = p.high if sides == 2 else 2 * p.high
    if most < alpha:
        return Outcome.INCONSISTENT
    return Outcome.NOT_ENOUGH if p.high < alpha else Outcome.CONSISTENT


def word_and_bounds(significance: str, bounds: Span, *, ratio: bool = True) -> Outcome:
    """Judge a statement of significance against a confidence interval.

    >>> word_and_bounds("significant", Span(Decimal("0.58"), Decimal("1.03"))).name
    'INCONSISTENT'
    """
    excludes = excludes_no_effect(bounds, ratio=ratio)
    if excludes is None or significance not in ("significant", "not-significant"):
        return Outcome.NOT_ENOUGH
    fits = excludes is (significance == "significant")
    return Outcome.CONSISTENT if fits else Outcome.INCONSISTENT


def word_and_p(significance: str, p: Span, sides: int | None = None) -> Outcome:
    """Judge a statement of significance against the p printed for it, at the level 0.05.

    A one-sided p is tested at that level or at half of it.

    >>> word_and_p("significant", possible_values(Decimal("0.11"))).name
    'INCONSISTENT'
    >>> word_and_p("significant", possible_values(Decimal("0.05"))).name
    'BY_ROUNDING'
    """
    if significance not in ("significant", "not-significant"):
        return Outcome.NOT_ENOUGH
    below, above = p.high < ALPHA, p.low >= ALPHA
    if sides == 1 and below and 2 * p.high >= ALPHA:
        return Outcome.NOT_ENOUGH
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


def p_distance(one: Span, other: Span) -> float:
    """Return how far two two-sided p-values are apart, in standard errors; 0 if they may be equal.

    >>> p_distance(possible_values(Decimal("0.03")), possible_values(Decimal("0.034")))
    0.0
    """
    return gap(z_of(one, 2), z_of(other, 2))
