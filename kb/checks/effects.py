"""Estimates of an effect: impossible values, and what does not fit bounds, p, words or the arms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log
from typing import Final

from kb.checks.comparisons import (
    HAZARDS,
    SUPERIORITY,
    Pair,
    nearest,
    p_span,
    sense,
    significance,
    subject,
)
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import (
    ALPHA,
    LEVELS,
    OFF_AMONG_COPIES,
    direction,
    excludes_no_effect,
    logs_of,
    middle,
    off_middle,
    p_of_bounds,
    repeated_limits,
    same_side,
    word_and_bounds,
)
from kb.checks.wording import figure_text, p_text, place, places
from kb.model import Claim

UNSTATED: Final = (0.9, 0.95, 0.99)
"""The levels that an interval without a stated one may have; a finding must hold at each."""
_USUAL: Final = 0.95
"""The least level of an interval that shows whether something is called significant."""
_WIDE: Final = 1.0
"""Half the distance of bounds, as a logarithm, from which on tests of few events differ."""
_SILENT: Final = (Outcome.INCONSISTENT, Outcome.NOT_ENOUGH)
"""Outcomes that do not speak for agreement."""
_CLEAR: Final = Decimal("1.25")
"""From this factor on, a ratio without bounds clearly has a direction."""
_CLEAR_ARMS: Final = Decimal("1.05")
"""From this factor on, one of the figures of two arms is clearly the larger."""
_LOOSE: Final = Decimal("0.1")
"""By this part a model's difference may differ from that of the figures of the arms."""


def impossible_p(value: Decimal, operator: str) -> Severity | None:
    """Judge a p-value by itself: it lies between 0 and 1, and is never 0.

    >>> impossible_p(Decimal("5.2"), "=").value, impossible_p(Decimal("0.000"), "=").value
    ('material', 'minor')
    >>> impossible_p(Decimal("1.00"), "="), impossible_p(Decimal("0.001"), "<")
    (None, None)
    """
    if value < 0 or value > 1 or (value == 1 and operator == ">"):
        return Severity.MATERIAL
    return Severity.MINOR if value == 0 and operator != ">" else None


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
    """Yield estimates that cannot be, or do not fit what is printed with them."""
    vocabulary = context.vocabulary
    kinds = {name: frozenset[str]() for name in ("ratio", "difference")}
    kinds |= {n: vocabulary.narrower("statistic", n) for n in kinds if _known(context, n)}
    for claims in context.by_study.values():
        for claim in claims:
            estimate = _Estimate(context, claim, claim.statistic in kinds["ratio"], claim.statistic)
            yield from estimate.impossible()
            if estimate.is_ratio or claim.statistic in kinds["difference"]:
                yield from estimate.against_bounds()
                yield from estimate.against_neighbours(claims)
                yield from estimate.against_arms(claims)


def _known(context: CheckContext, statistic: str) -> bool:
    return context.vocabulary.knows("statistic", statistic)


@dataclass(frozen=True)
class _Estimate:
    """A ratio or a difference, with what is printed beside it."""

    context: CheckContext
    claim: Claim
    is_ratio: bool
    statistic: str

    def impossible(self) -> Iterator[Discrepancy]:
        """Yield p-values outside 0 to 1, and ratios below 0."""
        result, figure = self.claim.result, self.claim.figure
        if result.p_value is not None:
            severity = impossible_p(result.p_value, result.p_operator)
            if severity:
                what = "which no p-value can be"
                text = f"is printed with {p_text(self.claim)}, {what}"
                yield self._discrepancy("impossible-p", severity, text, p_text(self.claim))
        if self.is_ratio:
            ends = (figure.value, figure.low, figure.high)
            below = [end for end in ends if end is not None and end < 0]
            if below:
                text = f"is printed as {_printed(self.claim)}; a ratio is never below 0"
                yield self._discrepancy(
                    "ratio-below-zero", Severity.MATERIAL, text, f"{below[0]} < 0"
                )

    @property
    def _bounds(self) -> Span | None:
        figure = self.claim.figure
        if figure.low is None or figure.high is None or not figure.bounds.startswith("c"):
            return None
        bounds = Span(figure.low, figure.high)
        if figure.low >= figure.high or (self.is_ratio and logs_of(bounds) is None):
            return None
        return bounds

    def against_bounds(self) -> Iterator[Discrepancy]:
        """Yield the first of these: off the middle, another side of significance, another p."""
        bounds, value = self._bounds, self.claim.figure.value
        if bounds is None:
            return
        printed = _printed(self.claim)
        if value is not None and self._is_off_middle(value, bounds):
            yield self._off_middle(value, bounds)
            return
        text = f"is printed as {printed} with {self._p_or_word}"
        computation = f"{printed}; {self._p_or_word}"
        if self._other_side(bounds):
            text += ", which disagree about significance"
            # A small difference may be called similar, too.
            loose = not self.claim.result.p_printed and self.claim.result.direction == "similar"
            severity = Severity.MINOR if loose else Severity.MATERIAL
            yield self._discrepancy("bounds-against-p", severity, text, computation)
        elif value is None or self._is_of_few_events(bounds):
            return
        elif self._fits_p(value, bounds) is Outcome.INCONSISTENT:
            text += ", which do not fit together"
            yield self._discrepancy("p-of-bounds", Severity.MINOR, text, computation)

    def against_neighbours(self, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
        """Yield an estimate off the middle of bounds that repeat those of the one beside it."""
        bounds, value = self._bounds, self.claim.figure.value
        if bounds is None or value is None or self._is_off_middle(value, bounds):
            return
        if (off_middle(value, bounds, ratio=self.is_ratio) or 0) <= OFF_AMONG_COPIES:
            return
        for other, same in self._beside(claims, bounds):
            limits = " and ".join(map(str, same))
            name = "interval" if len(same) > 1 else "limit"
            text = (
                f"is printed as {_printed(self.claim)}, not in the middle of its bounds; {limits} "
                f"is also the {name} of {_printed(other)}"
            )
            computation = f"{_printed(self.claim)}; {_printed(other)}"
            yield self._discrepancy(
                "bounds-of-neighbour", Severity.MINOR, text, computation, [self.claim, other]
            )

    def _beside(
        self, claims: Sequence[Claim], bounds: Span
    ) -> Iterator[tuple[Claim, Sequence[Decimal]]]:
        """Yield the estimates before and after this one that share limits with it."""
        section = self.claim.source, self.claim.section
        here = [c for c in claims if (c.source, c.section) == section and c.figure.bounds]
        at = here.index(self.claim)
        for other in (*here[max(0, at - 1) : at], *here[at + 1 : at + 2]):
            figure = other.figure
            if figure.low is None or figure.high is None or other.statistic != self.statistic:
                continue
            same = repeated_limits(bounds, Span(figure.low, figure.high))
            if same and figure.value not in (None, self.claim.figure.value):
                yield other, same

    def _is_off_middle(self, value: Decimal, bounds: Span) -> bool:
        figure = self.claim.figure
        inside = bounds.low <= value <= bounds.high  # ``order`` reports one outside its bounds
        exact = "exact" in self.claim.wording.lower()
        if not inside or figure.operator or exact:
            return False
        return middle(value, bounds, ratio=self.is_ratio) is Outcome.INCONSISTENT

    def _off_middle(self, value: Decimal, bounds: Span) -> Discrepancy:
        if self.is_ratio:
            centre = exp((log(bounds.low) + log(bounds.high)) / 2)
            how, none = f"√({bounds.low} × {bounds.high})", 1
        else:
            centre, none = float(bounds.low + bounds.high) / 2, 0
            how = f"({bounds.low} + {bounds.high}) / 2"
        other_way = (centre < none) != (value < none)
        severity = Severity.MATERIAL if other_way or self._other_side(bounds) else Severity.MINOR
        what = "ratio" if self.is_ratio else "difference"
        text = f"is printed with a {what} of {value} that is not in the middle of its bounds"
        kind, computation = f"{what}-off-middle", f"{how} = {centre:.3f}; {value}"
        return self._discrepancy(kind, severity, text, computation)

    @property
    def _p_or_word(self) -> str:
        result = self.claim.result
        word = result.significance or result.direction.replace("-", " ")
        return p_text(self.claim) if result.p_printed else f"the words “{word}”"

    @property
    def _levels(self) -> tuple[float, ...]:
        """The levels at which the bounds are judged: none for a credible interval."""
        bounds = self.claim.figure.bounds
        return UNSTATED if bounds == "ci" else tuple({LEVELS[bounds]} if bounds in LEVELS else ())

    def _other_side(self, bounds: Span) -> bool:
        result = self.claim.result
        if result.p_for not in SUPERIORITY or not self._levels:
            return False
        p = p_span(self.claim)
        if p is None:
            usual = min(self._levels) >= _USUAL and result.sides != 1
            word = word_and_bounds(significance(result), bounds, ratio=self.is_ratio)
            return usual and word is Outcome.INCONSISTENT
        outcomes = {
            same_side(bounds, level, p, ratio=self.is_ratio, sides=result.sides)
            for level in self._levels
        }
        if self._is_of_few_events(bounds) and self.claim.figure.value is not None:
            outcomes.add(self._fits_p(self.claim.figure.value, bounds))
        return outcomes == {Outcome.INCONSISTENT}

    def _is_of_few_events(self, bounds: Span) -> bool:
        """Whether exact and usual tests may differ much: wide bounds of a ratio of proportions."""
        if not self.is_ratio or self.statistic in HAZARDS:
            return False
        return log(bounds.high / bounds.low) / 2 > _WIDE

    def _fits_p(self, value: Decimal, bounds: Span) -> Outcome:
        p, result = p_span(self.claim), self.claim.result
        if p is None:
            return Outcome.NOT_ENOUGH
        outcomes = {
            p_of_bounds(value, bounds, level, p, ratio=self.is_ratio, sides=result.sides)
            for level in self._levels
        }
        return outcomes.pop() if len(outcomes) == 1 else Outcome.NOT_ENOUGH

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
        yield self._discrepancy(kind, self._weight(span, wrong[0]), text, computation, involved)

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
        bounds = self._bounds if modelled else None
        if bounds and any(one.overlaps(bounds) for one in (arms, arms.negated())):
            return Outcome.CONSISTENT
        return difference_fits(span, arms, modelled=modelled)

    def _ratio_and_arms(self, span: Span, pair: Pair) -> Outcome:
        """Judge a ratio of shares by its size, others by their direction where that is clear."""
        way, bounds = self._way(pair[0]), self._bounds
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

    def _discrepancy(
        self,
        kind: str,
        severity: Severity,
        text: str,
        computation: str,
        claims: Sequence[Claim] = (),
    ) -> Discrepancy:
        involved = claims or [self.claim]
        where = places(involved) if claims else place(self.claim)
        message = f"{subject(self.context, self.claim)} {text} ({where})."
        return Discrepancy.of_endpoint(kind, severity, message, involved, computation)


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


def _printed(claim: Claim) -> str:
    figure = claim.figure
    ends = [("…" if end is None else str(end)) for end in (figure.low, figure.high)]
    bounds = f" ({ends[0]} to {ends[1]})" if figure.bounds else ""
    return f"{'…' if figure.value is None else figure.value}{bounds}"
