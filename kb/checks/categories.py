"""Categories of which each person has one: what the others leave for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Outcome
from kb.checks.groups import count_of
from kb.checks.rounding import Rounding, rounding
from kb.model import Claim
from kb.util.grouping import group_by


def fits_rest(count: int, share: Decimal, others: Sequence[int], whole: int) -> Outcome:
    """Judge a category against what the other categories leave of the whole.

    Where either the count or the percentage is that of the rest, the other one is wrong. Where
    neither is, the categories need not cover the whole; where the percentage is that of the
    categories, the people of no category are not counted.

    >>> fits_rest(45, Decimal("18.8"), [195], 240).value
    'consistent'
    >>> [fits_rest(n, Decimal(p), [195], 240).value for n, p in ((44, "18.8"), (45, "19.8"))]
    ['inconsistent', 'inconsistent']
    >>> [fits_rest(n, Decimal(p), [195], 240).name for n, p in ((12, "5.0"), (44, "18.4"))]
    ['NOT_ENOUGH', 'NOT_ENOUGH']
    """
    rest = whole - sum(others)
    if rest < 0 or whole < 1:
        return Outcome.NOT_ENOUGH
    is_wrong = rounding(Decimal(100 * count) / whole, share) is Rounding.WRONG
    if count == rest:
        return Outcome.INCONSISTENT if is_wrong else Outcome.CONSISTENT
    is_of_rest, is_of_sum = (
        rounding(Decimal(100 * n) / of, share) in (Rounding.NEAREST, Rounding.TIE)
        for n, of in ((rest, whole), (count, max(1, count + sum(others))))
    )
    is_wrong = is_wrong and is_of_rest and not is_of_sum
    return Outcome.INCONSISTENT if is_wrong else Outcome.NOT_ENOUGH


def contradicted(context: CheckContext, claims: Iterable[Claim]) -> Iterator[Claim]:
    """Yield the categories whose count or percentage is not what the others of one place leave."""
    exclusive = (
        c
        for c in claims
        if count_of(c) is not None and context.endpoint_says(c, "hasExclusiveCategories")
    )
    places = group_by(exclusive, lambda c: (c.source, c.section, replace(c.measure, category="")))
    for same in places.values():
        size = context.groups.size(context.groups.of(same[0]), same[0].source)
        if size is None or len({c.measure.category for c in same}) < max(2, len(same)):
            continue
        for claim in same:
            count, figure = count_of(claim), claim.figure
            others = [count_of(c) or 0 for c in same if c is not claim]
            if count is None or figure.unit != "%" or figure.value is None or figure.operator:
                continue
            if fits_rest(count, figure.value, others, size.number) is Outcome.INCONSISTENT:
                yield claim
