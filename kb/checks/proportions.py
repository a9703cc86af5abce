"""Confidence intervals of proportions: the usual ones, and printed ones that none of them is."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from statistics import NormalDist
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY
from kb.checks.mean_p import people_of
from kb.checks.rounding import Span, last_digit
from kb.checks.shares import share_fits
from kb.checks.wording import figure_text, place
from kb.model import Claim

LEVEL: Final = 0.95
"""The level of all intervals of this module."""
_Z: Final = NormalDist().inv_cdf((1 + LEVEL) / 2)
_OFF: Final = 2
"""Factor of width by which no usual method, and no small correction, differs from the others."""


def score_interval(number: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95% score interval of a proportion, which Newcombe's method is built on.

    >>> [round(bound, 4) for bound in score_interval(81, 263)]
    [0.2553, 0.3662]
    """
    p, z = number / of, _Z
    middle = 2 * number + z * z
    half_width = z * sqrt(z * z + 4 * number * (1 - p))
    low, high = ((middle + side * half_width) / (2 * (of + z * z)) for side in (-1, 1))
    return max(0.0, low), min(1.0, high)


def interval_of_share(number: int, of: int, bounds: Span) -> Outcome:
    """Judge the bounds, in percent, of a 95% interval of a proportion by their distance.

    It is inconsistent if it is less than half as wide as both that of Wald and that of Wilson, or
    more than twice as wide: no other usual method (Agresti and Coull, exact) differs so much.
    None or all of the people decide nothing.

    >>> from decimal import Decimal
    >>> interval_of_share(24, 57, Span(Decimal("29.1"), Decimal("55.9"))).name
    'CONSISTENT'
    >>> interval_of_share(24, 57, Span(Decimal("39.1"), Decimal("45.9"))).name
    'INCONSISTENT'
    """
    if not 0 < number < of:
        return Outcome.NOT_ENOUGH
    widths = [100 * (high - low) for low, high in _usual(number, of)]
    slack = float(max(last_digit(bounds.low), last_digit(bounds.high)))
    width = float(bounds.high - bounds.low)
    narrow = (width + slack) * _OFF < min(widths)
    wide = width - slack > _OFF * max(widths)
    return Outcome.INCONSISTENT if narrow or wide else Outcome.CONSISTENT


def _usual(number: int, of: int) -> Iterator[tuple[float, float]]:
    """Yield the intervals of Wilson and of Wald."""
    yield score_interval(number, of)
    share = number / of
    half_width = _Z * sqrt(share * (1 - share) / of)
    yield max(0.0, share - half_width), min(1.0, share + half_width)


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield intervals of percentages that are much too narrow, or too wide, for their counts."""
    for claim in context.evidence.claims:
        figure = claim.figure
        is_share = claim.measure.statistic == FREQUENCY and figure.unit == "%"
        if not is_share or figure.bounds != "ci95" or context.endpoint_says(claim, "isEstimated"):
            continue
        number, of = _counts(context, claim)
        if number is None or of is None or figure.low is None or figure.high is None:
            continue
        bounds = Span(figure.low, figure.high)
        if interval_of_share(number, of, bounds) is Outcome.INCONSISTENT:
            yield _discrepancy(context, claim, (number, of))


def _counts(context: CheckContext, claim: Claim) -> tuple[int | None, int | None]:
    """Return the number of people with the endpoint and of all, where the percentage fits them."""
    figure, of = claim.figure, people_of(context, claim)
    if of is None or figure.value is None or figure.operator:
        return None, None
    number = figure.numerator
    if number is None:
        number = round(figure.value * of / 100)
    fits = number <= of and share_fits(number, of, figure.value) is not Outcome.INCONSISTENT
    return (number, of) if fits else (None, None)


def _discrepancy(context: CheckContext, claim: Claim, counts: tuple[int, int]) -> Discrepancy:
    number, of = counts
    low, high = (100 * end for end in score_interval(number, of))
    message = (
        f"{context.describe.subject(claim)} is printed as {figure_text(claim)}, an interval that "
        f"no usual method gives for {number} of {of} ({place(claim)})."
    )
    computation = f"{number}/{of}: 95% interval by Wilson {low:.1f} to {high:.1f}"
    return Discrepancy.of_endpoint(
        "interval-of-proportion", Severity.MATERIAL, message, [claim], computation
    )
