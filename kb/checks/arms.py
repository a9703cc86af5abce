"""Estimates of an effect against the figures of the two arms that they compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.comparisons import HAZARDS, Pair, nearest, p_span, sense
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.estimate import Estimate, estimates
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import ALPHA, direction, excludes_no_effect
from kb.checks.wording import figure_text
from kb.model import Claim

_SILENT: Final = (Outcome.INCONSISTENT, Outcome.NOT_ENOUGH)
"""Outcomes that do not speak for agreement."""
_CLEAR: Final = Decimal("1.25")
"""From this factor on, a ratio without bounds clearly has a direction."""
_CLEAR_ARMS: Final = Decimal("1.05")
"""From this factor on, one of the figures of two arms is clearly the larger."""
_LOOSE: Final = Decimal("0.1")
"""By this part a model's difference may differ from that of the figures of the arms."""


def difference_fits(printed: Span, of_arms: Span, *, modelled: bool) -> Outcome:
    """Judge a difference against that of the figures of the arms, whichever arm is subtracted.

    A ``modelled`` difference may be half or twice that of the figures, but not reversed as well;
    where it is printed with bounds, these may hold that of the figures.

    >>> def at(number):
    ...     return possible_values(Decimal(number))
    >>> difference_fits(at(19), at(19), modelled=False).name
    'CONSISTENT'
    >>> difference_fits(at(29), at(19), modelled=False).name
    'INCONSISTENT'
    """
    slack = _LOOSE * max(abs(printed.low), abs(printed.high))
    for one in (printed, printed.negated()):
        if one.low - slack <= of_arms.high and of_arms.low <= one.high + slack:
            return Outcome.CONSISTENT
    same_way = printed.low * of_arms.low > 0
    size = abs(printed.low + printed.high), abs(of_arms.low + of_arms.high)
    near = min(size) * 2 >= max(size)
    fits = modelled and same_way and near
    return Outcome.BY_ROUNDING if fits else Outcome.INCONSISTENT


def crude_ratio(statistic: str, first: Span, second: Span) -> Span | None:
    """Return what a ratio of two shares may be, without any model; None for other ratios.

    >>> half, fifth = Span(Decimal("0.5"), Decimal("0.5")), Span(Decimal("0.2"), Decimal("0.2"))
    >>> crude_ratio("risk-ratio", half, fifth).low, crude_ratio("odds-ratio", half, fifth).low
    (Decimal('2.5'), Decimal('4'))
    """
    if statistic not in ("risk-ratio", "odds-ratio"):
        return None
    if not all(one.low > 0 and one.high < 1 for one in (first, second)):
        return None
    if statistic == "odds-ratio":
        first, second = (Span(s.low / (1 - s.low), s.high / (1 - s.high)) for s in (first, second))
    return Span(first.low / second.high, first.high / second.low)


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield estimates that the figures of both arms contradict."""
    for estimate, claims in estimates(context, _Estimate):
        if estimate.is_effect:
            yield from estimate.against_arms(claims)


class _Estimate(Estimate):
    """An estimate that compares two arms."""

    def against_arms(self, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
        """Compare the estimate with the figures of both arms, place by place."""
        value, figure = self.claim.figure.value, self.claim.figure
        if value is None or not self.claim.measure.comparator or self.claim.measure.adjustment:
            return
        span = possible_values(value, figure.operator)
        pairs = nearest(self.claim, claims, self._is_comparable)
        judge = self._ratio_and_arms if self.is_ratio else self._difference_and_arms
        judged = [(judge(span, pair), pair) for pair in pairs]
        wrong = [pair for outcome, pair in judged if outcome is Outcome.INCONSISTENT]
        if not wrong or {outcome for outcome, _ in judged} - {*_SILENT}:
            return
        one, other = wrong[0]
        figures = f"{figure_text(one)} against {figure_text(other)}"
        what = self.statistic.replace("-", " ")
        text = f"is printed with a {what} of {value}, which the figures contradict: {figures}"
        kind = "ratio-against-values" if self.is_ratio else "difference-against-values"
        involved = list({c.id: c for c in (self.claim, one, other)}.values())
        computation = f"{value}; {figures}"
        yield self.discrepancy(kind, self._weight(span, wrong[0]), text, computation, involved)

    def _weight(self, span: Span, pair: Pair) -> Severity:
        """A ratio the wrong way, or a difference of twice the size, is another result."""
        if self.is_ratio:
            return Severity.MATERIAL
        arms = _difference(pair)
        size = abs(span.low + span.high), abs(arms.low + arms.high)
        return Severity.MATERIAL if min(size) * 2 < max(size) else Severity.MINOR

    def _is_comparable(self, a: Claim, b: Claim) -> bool:
        one, other = a.figure, b.figure
        known = one.value is not None and other.value is not None
        same = a.statistic == b.statistic and one.unit == other.unit
        plain = not (one.operator or other.operator)
        unit = self.claim.figure.unit in ("", one.unit) if not self.is_ratio else True
        counts = one.unit != "%" and a.measure.statistic == "frequency"
        return known and same and plain and unit and not counts

    def _difference_and_arms(self, span: Span, pair: Pair) -> Outcome:
        modelled, arms = pair[0].measure.statistic not in ("frequency", "median"), _difference(pair)
        bounds = self.bounds if modelled else None
        if bounds and any(one.overlaps(bounds) for one in (arms, arms.negated())):
            return Outcome.CONSISTENT
        return difference_fits(span, arms, modelled=modelled)

    def _ratio_and_arms(self, span: Span, pair: Pair) -> Outcome:
        """Judge a ratio of shares by its size, others by their direction where that is clear."""
        way, bounds = self._way(pair[0]), self.bounds
        if way and (crude := crude_ratio(self.statistic, *map(_share, pair))) is not None:
            near = bounds or Span(span.low / _CLEAR, span.high * _CLEAR)
            return Outcome.CONSISTENT if crude.overlaps(near) else Outcome.INCONSISTENT
        if not way or not (excludes_no_effect(bounds) if bounds else self._is_clear(span)):
            return Outcome.NOT_ENOUGH
        one, other = (possible_values(c.figure.value or Decimal(0)) for c in pair)
        if max(one.low, other.low) < _CLEAR_ARMS * min(one.high, other.high):
            return Outcome.NOT_ENOUGH
        higher = (span.low > 1) == (way > 0)
        return direction("higher" if higher else "lower", one, other)

    def _is_clear(self, span: Span) -> bool:
        """Whether a ratio without bounds has a direction: by its size or by its p."""
        p, sided = p_span(self.claim), self.claim.result.sides == 1
        shown = p is not None and (2 if sided else 1) * p.high < ALPHA
        return shown or span.high * _CLEAR < 1 or span.low > _CLEAR

    def _way(self, claim: Claim) -> int:
        """Return 1 if a higher ratio goes with a higher figure, -1 with a lower; 0 if unknown."""
        falls = self.context.endpoint_says(claim, "fallsWithTime")
        is_time, is_share = claim.measure.statistic == "median", claim.figure.unit == "%"
        if self.statistic in HAZARDS:
            if falls:
                return -1 if is_time or is_share else 0
            return 1 if is_share and sense(self.context, claim) < 0 else 0
        proportion = is_share and claim.measure.statistic == "frequency"
        return 1 if proportion and not falls else 0


def _share(claim: Claim) -> Span:
    """Return the share of the people that a claim prints, by its counts where it has both."""
    figure = claim.figure
    if figure.numerator is not None and figure.denominator:
        exact = Decimal(figure.numerator) / figure.denominator
        return Span(exact, exact)
    span = possible_values(figure.value or Decimal(0))
    return Span(span.low / 100, span.high / 100)


def _difference(pair: Pair) -> Span:
    one, other = (possible_values(c.figure.value or Decimal(0)) for c in pair)
    return one.minus(other)
