"""Estimates of an effect, as the checks of effects read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kb.checks.comparisons import subject
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Severity
from kb.checks.rounding import Span
from kb.checks.significance import logs_of
from kb.checks.wording import place, places
from kb.model import Claim


@dataclass(frozen=True)
class Estimate:
    """A figure with what is printed beside it: a ratio, a difference, or another one."""

    context: CheckContext
    claim: Claim
    is_ratio: bool
    is_effect: bool
    """Whether it is a ratio or a difference."""

    @property
    def statistic(self) -> str:
        """The statistic of the claim."""
        return self.claim.statistic

    @property
    def bounds(self) -> Span | None:
        """The confidence interval, if both of its bounds can be."""
        figure = self.claim.figure
        if figure.low is None or figure.high is None or not figure.bounds.startswith("c"):
            return None
        bounds = Span(figure.low, figure.high)
        if figure.low >= figure.high or (self.is_ratio and logs_of(bounds) is None):
            return None
        return bounds

    def discrepancy(
        self,
        kind: str,
        severity: Severity,
        text: str,
        computation: str,
        claims: Sequence[Claim] = (),
    ) -> Discrepancy:
        """Return a discrepancy about the estimate, or about several claims."""
        involved = claims or [self.claim]
        where = places(involved) if claims else place(self.claim)
        message = f"{subject(self.context, self.claim)} {text} ({where})."
        return Discrepancy.of_endpoint(kind, severity, message, involved, computation)


E = TypeVar("E", bound=Estimate)


def estimates(context: CheckContext, form: type[E]) -> Iterator[tuple[E, Sequence[Claim]]]:
    """Yield every claim as an estimate of a form, with the claims of its study."""
    ratios, differences = (_narrower(context, name) for name in ("ratio", "difference"))
    for claims in context.by_study.values():
        for claim in claims:
            is_ratio, is_difference = claim.statistic in ratios, claim.statistic in differences
            yield form(context, claim, is_ratio, is_ratio or is_difference), claims


def _narrower(context: CheckContext, statistic: str) -> frozenset[str]:
    if not context.vocabulary.knows("statistic", statistic):
        return frozenset()
    return frozenset(context.vocabulary.narrower("statistic", statistic))
