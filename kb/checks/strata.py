"""Percentages of strata that no whole numbers of people give, and medians that were added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from typing import Final

from kb.checks.context import CheckContext, results_by_source
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.partitions import Division
from kb.checks.rounding import Span, possible_values
from kb.checks.wording import figure_text, place
from kb.model import Claim, Measure
from kb.util.grouping import group_by
from kb.util.wording import counted

_MOST: Final = 500
"""Groups of more people can give almost any percentages; they are not searched."""


def smallest(share: Span, most: int) -> int | None:
    """Return the fewest people of whom a whole number can be this percentage.

    None if that takes more than ``most`` people.

    >>> smallest(possible_values(Decimal(46)), 20), smallest(possible_values(Decimal(50)), 20)
    (13, 2)
    """
    for people in range(1, most + 1):
        low = int(share.low * people / 100)
        if any(share.holds(Decimal(100 * n) / people) for n in (low, low + 1) if n <= people):
            return people
    return None


def can_be_strata(shares: Sequence[Span], whole: int) -> Outcome:
    """Judge percentages of disjoint groups against the size of the whole.

    >>> spans = [possible_values(Decimal(n)) for n in (46, 8)]
    >>> can_be_strata(spans, 14).value, can_be_strata(spans, 25).value
    ('inconsistent', 'consistent')
    """
    least = [smallest(share, whole) for share in shares]
    known = [people for people in least if people is not None]
    fits = len(known) == len(least) and sum(known) <= whole
    return Outcome.CONSISTENT if fits else Outcome.INCONSISTENT


def added_up(total: Decimal, parts: Sequence[Decimal]) -> Outcome:
    """Judge a median against medians of other stretches of time: they do not add up to it.

    Whole numbers may be a sum by chance.

    >>> added_up(Decimal("6.6"), [Decimal("5.1"), Decimal("1.5")]).value
    'inconsistent'
    """
    if not any(part % 1 for part in parts):
        return Outcome.NOT_ENOUGH
    return Outcome.INCONSISTENT if sum(parts) == total else Outcome.CONSISTENT


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield strata that the size of their whole forbids, and sums of medians."""
    for study, claims in context.by_study.items():
        for results in results_by_source(claims):
            # Percentages read off curves need not be those of a whole number of people.
            counted = [c for c in results if not context.endpoint_says(c, "isEstimated")]
            for division in context.divisions.get(study, ()):
                yield from _strata(context, division, counted)
            yield from _sums(context, results)


def _strata(
    context: CheckContext, division: Division, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    sizes: dict[str, set[int]] = defaultdict(set)
    for claim in claims:
        if context.groups.is_size(claim) and claim.figure.numerator:
            sizes[claim.measure.group].add(claim.figure.numerator)
    whole = sizes.get(division.whole, set())
    if len(whole) != 1 or any(part in sizes for part in division.parts):
        return
    (size,) = whole
    if size > _MOST:
        return
    by_measure = group_by(filter(_is_share, claims), lambda claim: claim.measure)
    for measure in by_measure:
        if measure.group == division.parts[0]:
            yield from _too_large(context, division, size, _in_parts(by_measure, measure, division))


def _in_parts(
    by_measure: dict[Measure, list[Claim]], measure: Measure, division: Division
) -> list[tuple[Claim, ...]]:
    """Return each choice of one print of a measure for each part."""
    return list(product(*(by_measure.get(replace(measure, group=p), ()) for p in division.parts)))


def _too_large(
    context: CheckContext, division: Division, size: int, choices: list[tuple[Claim, ...]]
) -> Iterator[Discrepancy]:
    outcomes = [can_be_strata([_span(claim) for claim in choice], size) for choice in choices]
    if not outcomes or any(outcome is not Outcome.INCONSISTENT for outcome in outcomes):
        return
    chosen, describe = choices[0], context.describe
    parts = " and ".join(f"{figure_text(c)} ({describe.group_of(c)})" for c in chosen)
    computation = "; ".join(
        f"{figure_text(c)} needs at least {smallest(_span(c), 10 * _MOST)} people" for c in chosen
    )
    message = (
        f"In {describe.studies[division.study]}, {parts} cannot be percentages of subgroups of "
        f"{describe.group(division.study, division.whole)}, {counted(size, 'patient')} "
        f"({place(chosen[0])})."
    )
    kind = "strata-too-large"
    yield Discrepancy.of_endpoint(kind, Severity.MATERIAL, message, chosen, computation)


def _is_share(claim: Claim) -> bool:
    figure = claim.figure
    return figure.unit == "%" and figure.value is not None and figure.denominator is None


def _value(claim: Claim) -> Decimal:
    return claim.figure.value or Decimal(0)


def _span(claim: Claim) -> Span:
    return possible_values(_value(claim), claim.figure.operator)


def _sums(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield medians of one place that are the sum of two others, of other times."""
    medians: dict[tuple[str, ...], dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        m = claim.measure
        if m.statistic == "median" and claim.figure.value is not None:
            key = (claim.section, m.group, m.endpoint, m.category, claim.figure.unit)
            medians[key].setdefault(str(m.time), claim)
    for same in medians.values():
        for total in same.values():
            others = [c for c in same.values() if c is not total]
            for parts in combinations(others, 2):
                if added_up(_value(total), [_value(c) for c in parts]) is Outcome.INCONSISTENT:
                    yield _sum(context, total, parts)


def _sum(context: CheckContext, total: Claim, parts: Sequence[Claim]) -> Discrepancy:
    computation = f"{' + '.join(c.figure.digits for c in parts)} = {total.figure.digits}"
    terms = " and ".join(f"{figure_text(c)} {context.describe.time_of(c)}" for c in parts)
    message = (
        f"In {context.describe.studies[total.study]}, {context.describe.subject(total)} is printed "
        f"as {figure_text(total)}, the sum of {terms}; medians do not add up ({place(total)})."
    )
    kind, claims = "medians-added-up", (total, *parts)
    return Discrepancy.of_endpoint(kind, Severity.MINOR, message, claims, computation)
