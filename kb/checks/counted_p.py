"""P-values against the counts of both groups: one category, or all categories of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kb.checks.comparisons import Pair, nearest, p_or_word
from kb.checks.comparisons import subject as subject_of
from kb.checks.context import CheckContext
from kb.checks.count_tests import (
    Counts,
    crude_estimate,
    p_of_counts,
    p_of_ranks,
    p_of_table,
    p_values,
)
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import count_of
from kb.checks.rounding import Span, possible_values
from kb.checks.shares import share_fits
from kb.checks.significance import ALPHA
from kb.checks.wording import p_text, places
from kb.model import Claim

# Words of the ontology that these checks know by name.
_DEPENDENT: Final = frozenset({"crossover-trial", "cluster-randomised-trial"})
"""Designs in which people are not independent: their tests are other than the usual ones."""
_OF_COUNTS: Final = frozenset(
    {"odds-ratio", "risk-ratio", "difference", "risk-difference", "p-value", "direction"}
)
"""What may be printed with a p that tests counts; that of a hazard ratio tests times."""


def p_against_counts(
    context: CheckContext, claim: Claim, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Yield a p-value that no usual test gives for the counts it is printed with."""
    p = p_or_word(claim)
    if p is None or not _may_test_counts(context, claim):
        return
    pairs = nearest(claim, claims, lambda a, b: all(_counts(context, c) for c in (a, b)))
    if len(pairs) != 1:
        return
    first, second = (_counts(context, c) or (0, 0) for c in pairs[0])
    if claim.figure.bounds and not _is_crude(claim, first, second):
        return  # the p is that of a model
    sides = claim.result.sides
    if p_of_counts(first, second, p, sides) is not Outcome.INCONSISTENT:
        return
    if _is_of_all_categories(claim, claims, p):
        return
    yield _discrepancy(context, claim, pairs[0], (first, second), p)


def _may_test_counts(context: CheckContext, claim: Claim) -> bool:
    """Tell whether a p may be that of a usual test of the counts printed with it."""
    if claim.measure.adjustment == "adjusted" or context.endpoint_says(claim, "fallsWithTime"):
        return False
    return claim.statistic in _OF_COUNTS and context.designs[claim.study] not in _DEPENDENT


def _is_crude(claim: Claim, first: Counts, second: Counts) -> bool:
    """Tell whether an estimate is that of the counts, at the precision printed."""
    value, crude = claim.figure.value, crude_estimate(claim.statistic, first, second)
    return value is not None and crude is not None and possible_values(value).holds(crude)


def _counts(context: CheckContext, claim: Claim) -> Counts | None:
    """Return a count with its denominator: the printed one, or the size that its share fits."""
    figure, count = claim.figure, count_of(claim)
    if count is None:
        return None
    if figure.denominator:
        return count, figure.denominator
    size = context.groups.size(context.groups.of(claim), claim.source)
    if size is None or figure.unit != "%" or figure.value is None or figure.operator:
        return None
    fits = share_fits(count, size.number, figure.value) is not Outcome.INCONSISTENT
    return (count, size.number) if fits else None


def _is_of_all_categories(claim: Claim, claims: Sequence[Claim], p: Span) -> bool:
    """Tell whether the only p of an endpoint's categories fits the table of all of them."""
    by_category: dict[str, Pair] = {}
    same = [c for c in claims if c.measure.endpoint == claim.measure.endpoint]
    for other in same:
        m = replace(claim.measure, category=other.measure.category)
        if other.measure.category and other.section == claim.section:
            pairs = nearest(replace(claim, measure=m), claims, _both_count)
            if len(pairs) == 1 and pairs[0][0].section == claim.section:
                by_category[m.category] = pairs[0]
    if not claim.measure.category or len(by_category) < 3:
        return False
    counts = [(count_of(a) or 0, count_of(b) or 0) for _, (a, b) in sorted(by_category.items())]
    if sum(c.measure.category in by_category and bool(c.result.p_printed) for c in same) > 1:
        return False
    first, second = zip(*counts, strict=True)
    tests = p_of_table, p_of_ranks
    return any(test(first, second, p) is not Outcome.INCONSISTENT for test in tests)


def _both_count(a: Claim, b: Claim) -> bool:
    return count_of(a) is not None and count_of(b) is not None


def _discrepancy(
    context: CheckContext, claim: Claim, pair: Pair, counts: tuple[Counts, Counts], p: Span
) -> Discrepancy:
    first, second = counts
    computed = p_values(first, second)
    printed = f"{first[0]}/{first[1]} against {second[0]}/{second[1]}"
    tests = ", ".join(f"{name} {value:.2g}" for name, value in computed.items())
    claims = list({c.id: c for c in (claim, *pair)}.values())
    message = (
        f"{subject_of(context, claim)} is {printed}, and no usual test gives {p_text(claim)} "
        f"({places(claims)})."
    )
    other_side = (p.low >= ALPHA) != (computed["chi-square"] >= ALPHA)
    severity = Severity.MATERIAL if other_side else Severity.MINOR
    computation = f"{printed}: {tests}; printed {p_text(claim)}"
    return Discrepancy.of_endpoint("p-of-counts", severity, message, claims, computation)
