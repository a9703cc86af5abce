"""Means and standard deviations that the values of their endpoint cannot have."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.mean_p import people_of, summary_of
from kb.checks.plausibility import range_of_endpoint
from kb.checks.possible_means import (
    MISSING,
    most_sd,
    not_of_whole_numbers,
    sd_of_share,
    sd_on_scale,
)
from kb.checks.wording import figure_text, place
from kb.model import Claim


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield means and standard deviations that whole numbers, or a scale, cannot have."""
    for claim in context.evidence.claims:
        if claim.statistic != "mean" or claim.measure.adjustment == "adjusted":
            continue
        n, is_point = people_of(context, claim), not claim.figure.operator
        if n is not None and n > 1 and is_point:
            yield from list(_on_scale(context, claim)) or _of_whole_numbers(context, claim, n)


def _of_whole_numbers(context: CheckContext, claim: Claim, n: int) -> Iterator[Discrepancy]:
    """Judge figures of people each of whom has a whole number of the unit.

    The size of a group leaves room for a few people whose value is missing.
    """
    figure, summary = claim.figure, summary_of(context, claim)
    if figure.value is None or not _is_whole(context, claim):
        return
    is_exact = figure.denominator is not None
    sd = None if summary is None or summary.is_error else summary.sd
    sizes = range(n if is_exact else max(2, n - MISSING), n + 1)
    unfit = not_of_whole_numbers(figure.value, sd, sizes)
    if not unfit:
        return
    total = round(figure.value * n)
    beside = f" with an SD of {sd}" if unfit == "spread" else ""
    people = f"{n} people" if is_exact else f"{n} people or up to {MISSING} fewer"
    kind = "mean-of-whole-numbers" if unfit == "mean" else "spread-with-mean-of-whole-numbers"
    severity = Severity.MATERIAL if is_exact else Severity.MINOR
    printed = f"a mean of {figure_text(claim)}{beside}"
    message = f"whole numbers of {people} cannot have it"
    computation = f"{total}/{n} = {total / n:.4f}"
    yield _discrepancy(context, claim, (kind, severity), printed, message, computation)


def _on_scale(context: CheckContext, claim: Claim) -> Iterator[Discrepancy]:
    """Judge a standard deviation by the range that is declared for the endpoint."""
    summary = summary_of(context, claim)
    if summary is None or summary.is_error:
        return
    printed = f"a mean of {figure_text(claim)} with an SD of {summary.sd}"
    for low, high, unit, _ in range_of_endpoint(context, claim):
        if unit != claim.figure.unit or not (low.is_finite() and high.is_finite()):
            continue
        mean, sd, n = summary.mean, summary.sd, summary.n
        most = most_sd(mean, low, high, n)
        is_yes_or_no = low == 0 and high == 1 and _is_whole(context, claim)
        if is_yes_or_no and sd_of_share(mean, sd, n) is Outcome.INCONSISTENT:
            what = "spread-of-proportion", Severity.MATERIAL
            message = f"a proportion of {n} people with that mean has an SD of {most:.3g}"
            computation = f"√({mean} x (1 − {mean}) x {n}/{n - 1}) = {most:.3g}"
            yield _discrepancy(context, claim, what, printed, message, computation)
        elif sd_on_scale(mean, sd, low, high, n) is Outcome.INCONSISTENT:
            message = f"values from {low} to {high} with that mean have an SD of at most {most:.3g}"
            computation = f"√(({mean} − {low}) x ({high} − {mean})) gives at most {most:.3g}"
            what = "spread-of-scale", Severity.MATERIAL
            yield _discrepancy(context, claim, what, printed, message, computation)


def _is_whole(context: CheckContext, claim: Claim) -> bool:
    """Tell whether each person has a whole number of the unit of a claim."""
    endpoint = claim.measure.endpoint
    units = context.vocabulary.inherited_links("endpoint", endpoint, "wholeNumberOf")
    return claim.figure.unit in units


def _discrepancy(
    context: CheckContext,
    claim: Claim,
    what: tuple[str, Severity],
    printed: str,
    reason: str,
    computation: str,
) -> Discrepancy:
    subject = context.describe.subject(claim)
    message = f"{subject} is printed as {printed}, but {reason} ({place(claim)})."
    return Discrepancy.of_endpoint(*what, message, [claim], computation)
