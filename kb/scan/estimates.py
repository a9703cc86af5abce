"""Estimates with intervals and p-values, in tables and sentences: do they fit each other?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.order import within_bounds
from kb.checks.rounding import Span, last_digit
from kb.checks.significance import (
    OFF_AMONG_COPIES,
    distance_of_bounds,
    off_middle,
    repeated_limits,
    same_side,
)
from kb.papers.statistic import Centre, Spread
from kb.scan.bounded import Estimate, all_estimates, of_phrase
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.p_fit import p_values_of, printed_p
from kb.scan.phrases import summaries
from kb.util.grouping import group_by

OUTSIDE: Final = "estimate-outside-interval"
REVERSED: Final = "limits-reversed"
ASYMMETRIC: Final = "interval-not-symmetric"
AGAINST_P: Final = "interval-against-p"
SIGN: Final = "sign-of-limit"
_UNSTATED: Final = (0.95, 0.9, 0.99)
_LOPSIDED: Final = re.compile(
    r"bootstrap|profile|(?<!fisher )(?<!fishers )(?<!fisher[’']s )exact|credible|posterior|bayes"
    r"|percentile|clopper|hodges|median diff|likelihood|fieller|skew",
    re.IGNORECASE,
)
"""Methods whose intervals need not be symmetric."""
_OTHER_P: Final = re.compile(r"interaction|trend|heterogen|inferior|equivalen|one-sided", re.I)
_FAR: Final = 0.6
"""How far an estimate lies from the middle, in halves of its interval, that no method explains."""
_OFF: Final = 0.25
_OFF_OF_DIFFERENCE: Final = 0.4
_OFF_AMONG_WALD: Final = 0.05
_WIDE: Final = Decimal(50)
"""The ratio of the bounds from which on an interval is of few events, and may be lopsided."""
_ENOUGH: Final = 3
_DIGITS: Final = 100
"""How many last digits a half interval has so that a middle hardly fits by chance."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield estimates that their own bounds or p-values contradict."""
    medians = (of_phrase(p, p.statistic) for s in context.sentences for p in summaries(s))
    exact = (
        e
        for e in (*all_estimates(context), *medians)
        if not (e.main.operator or e.low.operator or e.high.operator)
    )
    for column in group_by(exact, key=_column).values():
        yield from _order(context, column)
        yield from _symmetry(context, column)
        yield from _p(context, column)


def _column(e: Estimate) -> tuple[str, str, bool]:
    """Return what is judged together: a column of a table; the ratios, or the rest, of the text."""
    return e.place.table, e.place.column, not e.place.table and e.is_ratio


def _order(context: ScanContext, column: Sequence[Estimate]) -> Iterator[ScanFinding]:
    """Yield limits in the wrong order, and estimates outside their limits."""
    ascending = sum(e.low.value <= e.high.value for e in column)
    for e in column:
        if e.is_scaled:
            continue
        context.checked[OUTSIDE] += 1
        if e.low.value > e.high.value:
            # A column may print the upper limit first; a hyphen may be a sign.
            unsigned = e.low.value < 0 and -e.low.value <= e.high.value
            if not unsigned and ascending * 2 >= len(column) - 1:
                yield _reversed(e, alone=len(column) <= _ENOUGH)
        elif within_bounds(e.main.value, e.low.value, e.high.value) is Outcome.INCONSISTENT:
            computed = f"{e.main.text} is not in {e.low.text} to {e.high.text}"
            # A mean may lie outside the quartiles of skewed data.
            skewed = e.statistic.centre is Centre.MEAN and e.statistic.spread is Spread.IQR
            verdict = Verdict.DOUBTFUL if skewed else Verdict.INCONSISTENT
            yield _finding(
                e, OUTSIDE, computed, f"the estimate {e.main.text} lies outside its bounds", verdict
            )


def _reversed(e: Estimate, *, alone: bool) -> ScanFinding:
    computed = f"{e.low.text} > {e.high.text}"
    between = e.high.value <= e.main.value <= e.low.value
    verdict = Verdict.DOUBTFUL if alone and between else Verdict.INCONSISTENT
    return _finding(e, REVERSED, computed, "the lower limit is above the upper limit", verdict)


def _is_ordered(e: Estimate) -> bool:
    return e.low.value < e.high.value and e.low.value <= e.main.value <= e.high.value


def _symmetry(context: ScanContext, column: Sequence[Estimate]) -> Iterator[ScanFinding]:
    """Yield estimates that are far from the middle of their intervals.

    Where the other intervals of a column are symmetric within rounding, as Wald intervals are,
    so must each be.
    """
    effects = [e for e in column if e.is_of_effect and _is_ordered(e) and not e.is_scaled]
    ratio = _scale(effects)
    judged = [(e, off) for e in effects if (off := _off(e, ratio)) is not None]
    symmetric = sum(off == 0 for _, off in judged)
    wald = symmetric >= _ENOUGH and symmetric >= 0.8 * (len(judged) - 1)
    for e, off in judged:
        context.checked[ASYMMETRIC] += 1
        if off == 0:
            continue
        repeated = _repeated(e, column)
        verdict = _lopsided(e, off, wald=wald, copied=bool(repeated))
        if sign := _sign(e, short=verdict is not None):
            yield sign
        elif verdict:
            surer = bool(repeated) and off > _OFF
            scale = " on the logarithmic scale" if e.is_ratio else ""
            message = (
                f"the estimate {e.main.text} is not in the middle of its bounds{scale}{repeated}"
            )
            yield _finding(
                e, ASYMMETRIC, _middle(e), message, Verdict.INCONSISTENT if surer else verdict
            )


def _scale(column: Sequence[Estimate]) -> bool | None:
    """Whether a column is symmetric on the logarithmic scale; None if it shows no scale.

    One estimate may fit the other scale by chance, or by a slip.
    """
    shown = [scale for e in column if (scale := e.shows_scale) is not None]
    ratio = sum(shown) * 2 > len(shown)
    return ratio if shown.count(ratio) >= _ENOUGH and shown.count(not ratio) <= 1 else None


def _off(e: Estimate, ratio: bool | None) -> float | None:
    """Return how far an estimate is from the middle on the scale of its column, if it has one."""
    return e.off(ratio=ratio if e.low.value > 0 else None)


def _lopsided(e: Estimate, off: float, *, wald: bool, copied: bool) -> Verdict | None:
    """Return how sure it is that an interval is not its estimate's; ``copied`` from elsewhere."""
    few = e.is_ratio and e.low.value > 0 and e.high.value > _WIDE * e.low.value
    if _LOPSIDED.search(e.around) or few:
        return Verdict.DOUBTFUL if off > _FAR else None
    if wald:
        sure = off > _OFF
        return Verdict.INCONSISTENT if sure else Verdict.DOUBTFUL if off > _OFF_AMONG_WALD else None
    if off > _FAR and e.is_ratio:
        return Verdict.INCONSISTENT
    far = OFF_AMONG_COPIES if copied else _OFF if e.is_ratio else _OFF_OF_DIFFERENCE
    return Verdict.DOUBTFUL if off > far else None


def _repeated(e: Estimate, column: Sequence[Estimate]) -> str:
    """Return which of its figures repeats its p or the same limit of a neighbour, in words."""
    if e.p is not None and not e.p.operator and e.p.text in (e.main.text, e.low.text, e.high.text):
        return f"; {e.p.text} is also its p-value"
    for other in _neighbours(e, column):
        same = repeated_limits(*(Span(one.low.value, one.high.value) for one in (e, other)))
        if same and other.main.text != e.main.text:
            name = "the interval" if len(same) > 1 else "a limit"
            text = " to ".join(map(str, same))
            return f"; {text} is also {name} of the neighbouring estimate {other.main.text}"
    return ""


def _neighbours(e: Estimate, column: Sequence[Estimate]) -> list[Estimate]:
    """Return the estimates before and after one, in the same column or the same section."""
    at = next(i for i, other in enumerate(column) if other is e)
    beside = (*column[max(0, at - 1) : at], *column[at + 1 : at + 2])
    return [other for other in beside if e.place.table or other.place == e.place]


def _sign(e: Estimate, *, short: bool) -> ScanFinding | None:
    """Return a difference whose estimate is in the middle once a sign is changed.

    Figures of few digits may fit by chance: they are judged only if ``short``.
    """
    if e.is_ratio:
        return None
    main, low, high = e.main.value, e.low.value, e.high.value
    for name, (value, bounds) in {
        e.high.text: (main, Span(low, -high)),
        e.low.text: (main, Span(-low, high)),
        e.main.text: (-main, Span(low, high)),
    }.items():
        wide = bounds.high - bounds.low > _DIGITS * max(last_digit(v) for v in (low, high, main))
        if (wide or short) and off_middle(value, bounds, ratio=False) == 0:
            verdict = Verdict.INCONSISTENT if wide else Verdict.DOUBTFUL
            centre = (bounds.low + bounds.high) / 2
            changed = f"({bounds.low} + {bounds.high})/2 = {centre}"
            message = (
                f"the estimate is in the middle of its bounds only if {name} has the other sign"
            )
            own = name == e.main.text
            computed = f"{changed}, printed {name}" if own else f"{_middle(e)}; {changed}"
            return _finding(e, SIGN, computed, message, verdict)
    return None


def _middle(e: Estimate) -> str:
    low, high = e.low.value, e.high.value
    if e.is_ratio and low > 0:
        return f"√({low} x {high}) = {(low * high).sqrt():.3g}"
    return f"({low} + {high})/2 = {(low + high) / 2:.4g}"


def _p(context: ScanContext, column: Sequence[Estimate]) -> Iterator[ScanFinding]:
    """Yield estimates whose intervals and p-values disagree."""
    judged = [(e, off) for e in column if (off := _p_off(e)) is not None]
    fitting = sum(off == 0 for _, off in judged)
    mostly = fitting >= _ENOUGH and fitting >= 0.8 * (len(judged) - 1)
    for e, off in judged:
        context.checked[AGAINST_P] += 1
        if off == 0 or e.p is None:
            continue
        apart = all(side is Outcome.INCONSISTENT for side in _sides(e))
        in_text = not e.place.table
        if not (in_text or e.is_compared or mostly):
            # In a column of a group, the p may compare it with another one.
            continue
        if not apart and not (mostly and off > 1):
            continue
        sure = off > 1 and (in_text or mostly) and apart
        verdict = Verdict.INCONSISTENT if sure else Verdict.DOUBTFUL
        p = printed_p(e.p)
        message = f"the interval and p {p} disagree about significance"
        if not apart:
            message = f"the interval implies another p than {e.p.text}"
        yield _finding(e, AGAINST_P, f"p {p}", message, verdict)


def _levels(e: Estimate) -> Sequence[float]:
    return (float(e.level / 100),) if e.level_is_printed else _UNSTATED


def _p_off(e: Estimate) -> float | None:
    """Return how far the p lies from that of the interval; None if they cannot be compared."""
    span = p_values_of(e.p) if e.p is not None else None
    ratio = e.acts_as_ratio
    if span is None or ratio is None or not e.is_effect or not _is_ordered(e):
        return None
    if not e.place.table and _OTHER_P.search(e.around):
        return None
    offs = [
        distance_of_bounds(e.main.value, e.bounds, level, span, ratio=ratio) for level in _levels(e)
    ]
    known = [off for off in offs if off is not None]
    return min(known) if known else None


def _sides(e: Estimate) -> Iterator[Outcome]:
    span = p_values_of(e.p) if e.p is not None else None
    if span is not None:
        for level in _levels(e):
            yield same_side(e.bounds, level, span, ratio=bool(e.acts_as_ratio))


def _finding(
    e: Estimate, kind: str, computed: str, message: str, verdict: Verdict = Verdict.INCONSISTENT
) -> ScanFinding:
    text = f"{e.text}: {message}."
    return ScanFinding(kind, verdict, Severity.MATERIAL, e.place, (e.text,), computed, text)
