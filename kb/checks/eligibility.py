"""Eligibility: ages and characteristics that the population of a group rules out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, count_of
from kb.checks.wording import figure_text, places, with_bounds
from kb.model import Claim
from kb.util.grouping import group_by

_YEARS: Final = "years"
_ENDS: Final = {"ageFrom": "from", "ageTo": "to"}
"""The ends of the ages of a population, as the ontology and a sentence name them."""


def within_ages(ages: Sequence[Decimal], youngest: Decimal, oldest: Decimal) -> Outcome:
    """Judge printed ages in years against those of a population.

    >>> within_ages([Decimal(18), Decimal(79)], Decimal(18), Decimal("Infinity")).value
    'consistent'
    >>> within_ages([Decimal(12), Decimal(79)], Decimal(18), Decimal("Infinity")).value
    'inconsistent'
    """
    if not ages:
        return Outcome.NOT_ENOUGH
    fits = youngest <= min(ages) and max(ages) <= oldest
    return Outcome.CONSISTENT if fits else Outcome.INCONSISTENT


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield the ages and the counts that the population of their group rules out."""
    for claims in context.by_study.values():
        results = [c for c in claims if c.kind == "result" and not c.measure.comparator]
        ruled_out = [c for c in results if _is_too_young_or_old(context, c) or _has(context, c)]
        for same in group_by(ruled_out, lambda c: (c.source, c.measure.endpoint)).values():
            yield _discrepancy(context, same)


def _population(context: CheckContext, claim: Claim) -> str:
    name = claim.measure.population or context.groups.of(claim).population
    return name if context.vocabulary.knows("population", name) else ""


def _is_too_young_or_old(context: CheckContext, claim: Claim) -> bool:
    figure, population = claim.figure, _population(context, claim)
    ages = [figure.value] if not figure.operator else []
    if figure.bounds == "range":
        ages += [figure.low, figure.high]
    if not population or figure.unit != _YEARS or not context.endpoint_says(claim, "isAge"):
        return False
    youngest = _years(context, population, "ageFrom", "0")
    oldest = _years(context, population, "ageTo", "Infinity")
    printed = [age for age in ages if age is not None]
    return within_ages(printed, youngest, oldest) is Outcome.INCONSISTENT


def _years(context: CheckContext, population: str, name: str, otherwise: str) -> Decimal:
    declared = context.vocabulary.inherited("population", population, name)
    try:
        return Decimal(declared or otherwise)
    except InvalidOperation:  # the shapes of the ontology report what is not a number
        return Decimal(otherwise)


def _has(context: CheckContext, claim: Claim) -> bool:
    """Tell whether a claim counts people with an endpoint that their population excludes."""
    measure, figure, population = claim.measure, claim.figure, _population(context, claim)
    if not population or measure.category or measure.statistic != FREQUENCY:
        return False
    excluded = context.vocabulary.inherited_links("population", population, "excludes")
    if not any(context.is_a(measure.endpoint, name) for name in excluded):
        return False
    some = (figure.value or 0) > 0 and not figure.operator
    return some or (count_of(claim) or 0) > 0 or figure.text_value == "all"


def _discrepancy(context: CheckContext, claims: Sequence[Claim]) -> Discrepancy:
    first = claims[0]
    population = context.vocabulary.get("population", _population(context, first))
    is_age = context.endpoint_says(first, "isAge")
    figure = with_bounds(first) if is_age else figure_text(first)
    ends = {n: context.vocabulary.inherited("population", population.notation, n) for n in _ENDS}
    limits = " ".join(f"{word} {ends[n]}" for n, word in _ENDS.items() if ends[n])
    criterion = f"aged {limits}" if is_age else "without that"
    message = (
        f"{context.describe.subject(first)} is printed as {figure}, but the population, "
        f"{population.label}, is {criterion} ({places(claims)})."
    )
    computation = f"{figure}; {criterion}"
    kind = "outside-population"
    return Discrepancy.of_endpoint(kind, Severity.MINOR, message, claims, computation)
