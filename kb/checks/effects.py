"""Estimates of an effect: impossible values, and what does not fit their bounds, p or words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import exp, log
from typing import Final

from kb.checks.comparisons import HAZARDS, SUPERIORITY, p_span, significance
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.estimate import Estimate, estimates
from kb.checks.rounding import Span
from kb.checks.significance import (
    LEVELS,
    OFF_AMONG_COPIES,
    middle,
    off_middle,
    p_of_bounds,
    repeated_limits,
    same_side,
    word_and_bounds,
)
from kb.checks.wording import p_text
from kb.model import Claim

UNSTATED: Final = (0.9, 0.95, 0.99)
"""The levels that an interval without a stated one may have; a finding must hold at each."""
_USUAL: Final = 0.95
"""The least level of an interval that shows whether something is called significant."""
_WIDE: Final = 1.0
"""Half the distance of bounds, as a logarithm, from which on tests of few events differ."""


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


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield estimates that cannot be, or do not fit what is printed with them."""
    for estimate, claims in estimates(context, _Estimate):
        yield from estimate.impossible()
        if estimate.is_effect:
            yield from estimate.against_bounds()
            yield from estimate.against_neighbours(claims)


class _Estimate(Estimate):
    """An estimate with its bounds, its p and the words beside it."""

    def impossible(self) -> Iterator[Discrepancy]:
        """Yield p-values outside 0 to 1, and ratios below 0."""
        result, figure = self.claim.result, self.claim.figure
        if result.p_value is not None:
            severity = impossible_p(result.p_value, result.p_operator)
            if severity:
                what = "which no p-value can be"
                text = f"is printed with {p_text(self.claim)}, {what}"
                yield self.discrepancy("impossible-p", severity, text, p_text(self.claim))
        if self.is_ratio:
            ends = (figure.value, figure.low, figure.high)
            below = [end for end in ends if end is not None and end < 0]
            if below:
                text = f"is printed as {_printed(self.claim)}; a ratio is never below 0"
                yield self.discrepancy(
                    "ratio-below-zero", Severity.MATERIAL, text, f"{below[0]} < 0"
                )

    def against_bounds(self) -> Iterator[Discrepancy]:
        """Yield the first of these: off the middle, another side of significance, another p."""
        bounds, value = self.bounds, self.claim.figure.value
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
            yield self.discrepancy("bounds-against-p", severity, text, computation)
        elif value is None or self._is_of_few_events(bounds):
            return
        elif self._fits_p(value, bounds) is Outcome.INCONSISTENT:
            text += ", which do not fit together"
            yield self.discrepancy("p-of-bounds", Severity.MINOR, text, computation)

    def against_neighbours(self, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
        """Yield an estimate off the middle of bounds that repeat those of the one beside it."""
        bounds, value = self.bounds, self.claim.figure.value
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
            yield self.discrepancy(
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
        return self.discrepancy(kind, severity, text, computation)

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


def _printed(claim: Claim) -> str:
    figure = claim.figure
    ends = [("…" if end is None else str(end)) for end in (figure.low, figure.high)]
    bounds = f" ({ends[0]} to {ends[1]})" if figure.bounds else ""
    return f"{'…' if figure.value is None else figure.value}{bounds}"
