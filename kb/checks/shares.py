"""Counts and percentages: numbers of people, their percentages and denominators.

A percentage must be what its count and denominator give, at the precision printed. Where no
denominator is printed, the size of the group in the same source stands for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Final

from kb.checks.breakdowns import wrong_breakdowns
from kb.checks.categories import contradicted
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, Size, count_of
from kb.checks.rounding import Rounding, last_digit, possible_values, rounding
from kb.checks.wording import join_list, place, places
from kb.model import Claim
from kb.sources.sizes import printed_size
from kb.util.grouping import group_by
from kb.util.wording import counted

_MATERIAL_POINTS: Final = 3
_OTHER_PEOPLE_POINTS: Final = 2
_RARE: Final = 40
"""A group of so many people, for percentages in whole numbers, gives less than half of them."""


def share_fits(count: int, of: int, share: Decimal, operator: str = "") -> Outcome:
    """Judge a percentage against its count and denominator, at the precision printed.

    >>> share_fits(36, 57, Decimal(63)).value
    'consistent'
    >>> share_fits(17, 57, Decimal(31)).value
    'inconsistent'
    """
    if of <= 0:
        return Outcome.NOT_ENOUGH
    if count > of:
        return Outcome.INCONSISTENT
    if not operator:
        return rounding(_exact(count, of), share).outcome
    fits = possible_values(share, operator).holds(_exact(count, of))
    return Outcome.CONSISTENT if fits else Outcome.INCONSISTENT


def share_is_possible(of: int, share: Decimal, operator: str = "") -> Outcome:
    """Judge whether some count over a denominator gives a percentage.

    >>> share_is_possible(24, Decimal(84)).value
    'inconsistent'
    """
    if of <= 0 or operator:
        return Outcome.NOT_ENOUGH
    outcomes = {share_fits(count, of, share) for count in nearest_counts(of, share)}
    ranked = (Outcome.CONSISTENT, Outcome.BY_ROUNDING)
    return next((outcome for outcome in ranked if outcome in outcomes), Outcome.INCONSISTENT)


def nearest_counts(of: int, share: Decimal) -> list[int]:
    """Return the whole numbers of people next to a percentage of a denominator.

    >>> nearest_counts(24, Decimal(84))
    [20, 21]
    """
    below = int(share * of / 100)
    return [count for count in (below, below + 1) if 0 <= count <= of]


def share_severity(count: int, of: int, share: Decimal) -> Severity:
    """Return how much a wrong percentage matters.

    Several points off, or exactly what another number of people would give, is material.

    >>> share_severity(4, 14, Decimal(28)), share_severity(131, 146, Decimal("90.4"))
    (<Severity.ROUNDING: 'rounding'>, <Severity.MATERIAL: 'material'>)
    """
    if rounding(_exact(count, of), share) is not Rounding.WRONG:
        return Severity.ROUNDING
    off = abs(_exact(count, of) - share)
    other = share_is_possible(of, share) is not Outcome.INCONSISTENT
    return Severity.MATERIAL if other or off >= _MATERIAL_POINTS else Severity.MINOR


def impossible_severity(of: int, share: Decimal) -> Severity:
    """Return how much it matters that no count gives a percentage, which is 0 to 100.

    Points away from any that a count gives, it is a percentage of other people.

    >>> [impossible_severity(14, Decimal(n)).value for n in (28, 52)]
    ['rounding', 'material']
    """
    near = [_exact(count, of) for count in nearest_counts(of, share)]
    if any(rounding(exact, share) is not Rounding.WRONG for exact in near):
        return Severity.ROUNDING
    off = min(abs(exact - share) for exact in near)
    return Severity.MATERIAL if off >= _OTHER_PEOPLE_POINTS else Severity.MINOR


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield every count, percentage or breakdown of people that cannot be right."""
    for claims in context.by_study.values():
        results = [claim for claim in claims if claim.kind == "result"]
        numbers = _printed_numbers(results)
        wrong = {claim.id for claim in contradicted(context, results)}
        for (_, measure), same in group_by(results, lambda c: (c.source, c.measure)).items():
            if measure.statistic == FREQUENCY:
                is_contradicted = any(claim.id in wrong for claim in same)
                yield from _Frequency(context, same, numbers, is_contradicted).discrepancies()
        yield from _outside_the_whole(context, results)
        yield from wrong_breakdowns(context, results)


@dataclass(frozen=True)
class _Frequency:
    """What one source prints about one frequency.

    ``numbers`` are all numbers of people printed for the study.
    """

    context: CheckContext
    claims: list[Claim]
    numbers: frozenset[int]
    is_contradicted: bool = False
    """Whether the other categories leave this one another count or percentage."""

    def discrepancies(self) -> Iterator[Discrepancy]:
        yield from self._above_whole()
        pairs = self._pairs()
        for (count, of, share, operator), claims in pairs.items():
            yield from self._wrong_share(count, of, share, operator, claims)
        if not pairs:
            yield from self._impossible()

    @cached_property
    def _subject(self) -> tuple[str, str]:
        describe, first = self.context.describe, self.claims[0]
        return describe.endpoint_of(first), describe.group_of(first)

    @cached_property
    def _size(self) -> Size | None:
        groups, first = self.context.groups, self.claims[0]
        return None if groups.is_size(first) else groups.size(groups.of(first), first.source)

    @cached_property
    def _denominators(self) -> set[int]:
        return {c.figure.denominator for c in self.claims if c.figure.denominator is not None}

    def _denominator(self, claim: Claim) -> int | None:
        """The claim's own, the one printed elsewhere for the measure, its column's, the group's."""
        if claim.figure.denominator is not None:
            return claim.figure.denominator
        if self._denominators:
            return next(iter(self._denominators)) if len(self._denominators) == 1 else None
        if (in_header := printed_size(claim.column)) is not None:
            return in_header
        return self._size.number if self._size else None

    def _pairs(self) -> dict[tuple[int, int, Decimal, str], list[Claim]]:
        """Count, denominator and percentage that belong together, with their claims."""
        counts = {number for number in map(count_of, self.claims) if number is not None}
        pairs: dict[tuple[int, int, Decimal, str], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            own = count_of(claim)
            one = next(iter(counts)) if len(counts) == 1 else None
            count = one if own is None and not self._is_off_a_curve(claim) else own
            of, share = self._denominator(claim), _share(claim)
            if count is None or of is None or share is None:
                continue
            elsewhere = [c for c in self.claims if count_of(c) == count][:1] if own is None else []
            pairs[count, of, share, claim.figure.operator] += [claim, *elsewhere]
        return pairs

    def _is_off_a_curve(self, claim: Claim) -> bool:
        """Whether a share without a denominator may be an estimate, which no count gives."""
        estimated = self.context.endpoint_says(claim, "isEstimated")
        return estimated and claim.figure.denominator is None

    def _wrong_share(
        self, count: int, of: int, share: Decimal, operator: str, claims: list[Claim]
    ) -> Iterator[Discrepancy]:
        if share_fits(count, of, share, operator) is not Outcome.INCONSISTENT or count > of:
            return
        may_be_of_fewer = not (self._denominators or self.is_contradicted)
        if may_be_of_fewer and self._another_denominator(count, share, of):
            return
        endpoint, group = self._subject
        people = counted(count, "patient")
        message = (
            f"{endpoint}: printed for {people} ({operator}{share}%) of {group} in "
            f"{places(claims)}, but {count} of {of} is {_rounded(count, of, share)}%"
            f"{self._bases(share, of, count)}."
        )
        computation = f"{_division(count, of)}, not {operator}{share}"
        severity, claims = share_severity(count, of, share), self._with_denominator(claims)
        yield Discrepancy.of_endpoint("count-and-share", severity, message, claims, computation)

    def _another_denominator(self, count: int, share: Decimal, of: int) -> bool:
        """Whether a smaller number of people printed for the study explains the percentage."""
        outcomes = (share_fits(count, n, share) for n in self.numbers if count < n < of)
        return any(outcome is not Outcome.INCONSISTENT for outcome in outcomes)

    def _impossible(self) -> Iterator[Discrepancy]:
        impossible: dict[tuple[int, Decimal], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            of, share = self._denominator(claim), _share(claim)
            if of is None or share is None or not self._is_counted(claim):
                continue
            if not 0 <= share <= 100:
                continue  # reported as such, see ``_outside_the_whole``
            if share_is_possible(of, share, claim.figure.operator) is Outcome.INCONSISTENT:
                impossible[of, share].append(claim)
        endpoint, group = self._subject
        for (of, share), claims in impossible.items():
            near = nearest_counts(of, share)
            options = " and ".join(f"{n} of {of} is {_rounded(n, of, share)}%" for n in near)
            message = (
                f"{endpoint}: printed as {share}% for {group} ({counted(of, 'patient')}) in "
                f"{places(claims)}, but no count of {counted(of, 'patient')} gives this: {options}"
                f"{self._bases(share, of)}."
            )
            yield Discrepancy.of_endpoint(
                "impossible-share",
                impossible_severity(of, share),
                message,
                self._with_denominator(claims),
                "; ".join(_division(n, of) for n in near),
            )

    def _bases(self, share: Decimal, of: int, count: int | None = None) -> str:
        """Name the related groups whose printed size gives the percentage, where that is rare."""
        groups, first, describe = self.context.groups, self.claims[0], self.context.describe
        fits = [
            f"{describe.group(group.study, group.id)} ({size.number})"
            for group in groups.related(groups.of(first))
            if (size := groups.size(group, first.source)) and size.number != of
            if _gives(share, size.number, count)
        ]
        return f"; it fits the size of {join_list(fits, 'or')}" if fits else ""

    def _is_counted(self, claim: Claim) -> bool:
        """Whether the percentage is of people who were counted, surely over this denominator."""
        own, size = claim.figure.denominator is not None, self._size
        if size and not self.context.groups.is_size(size.claim) and not self._denominators:
            return False
        barred = ("isEstimated",) if own else ("isEstimated", "isOfFewer")
        return not any(self.context.endpoint_says(claim, name) for name in barred)

    def _above_whole(self) -> Iterator[Discrepancy]:
        """More people than the denominator or the group has."""
        endpoint, group = self._subject
        for claim in self.claims:
            count, own = count_of(claim), claim.figure.denominator
            of = own if own is not None else self._size.number if self._size else None
            if count is None or of is None or count <= of:
                continue
            whole = "its denominator" if own is not None else "the group"
            message = (
                f"{endpoint}: printed for {counted(count, 'patient')} of {group} in "
                f"{place(claim)}, but {whole} has only {of}."
            )
            claims, severity = self._with_denominator([claim]), Severity.MATERIAL
            yield Discrepancy.of_endpoint(
                "count-above-whole", severity, message, claims, f"{count} > {of}"
            )

    def _with_denominator(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims, and the one that gives the denominator where none of them does."""
        if any(claim.figure.denominator is not None for claim in claims):
            return list(dict.fromkeys(claims))
        elsewhere = [c for c in self.claims if c.figure.denominator is not None][:1]
        in_header = any(printed_size(claim.column) is not None for claim in claims)
        size = [self._size.claim] if self._size and not in_header else []
        return list(dict.fromkeys([*claims, *(elsewhere or size)]))


def _outside_the_whole(context: CheckContext, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Yield percentages of people, or their bounds, outside 0 to 100%.

    A mean or median in % may be of anything: a change, or a percentage of a norm.
    """
    for claim in claims:
        measure, figure, describe = claim.measure, claim.figure, context.describe
        if figure.unit != "%" or measure.statistic != FREQUENCY or measure.comparator:
            continue
        parts = [part for part in (figure.value, figure.low, figure.high) if part is not None]
        wrong = [part for part in parts if not 0 <= part <= 100]
        if wrong:
            message = (
                f"{describe.endpoint_of(claim)} is printed as {wrong[0]}% of "
                f"{describe.group_of(claim)} in {place(claim)}, outside 0 to 100%."
            )
            computation = f"not 0 ≤ {wrong[0]} ≤ 100"
            yield Discrepancy.of_endpoint(
                "share-over-whole", Severity.MATERIAL, message, [claim], computation
            )


def _printed_numbers(claims: Iterable[Claim]) -> frozenset[int]:
    """Return every number of people printed for a study: what a percentage could be of."""
    numbers = (n for claim in claims for n in (count_of(claim), claim.figure.denominator))
    return frozenset(n for n in numbers if n is not None)


def _gives(share: Decimal, of: int, count: int | None) -> bool:
    """Tell whether a number of people gives a percentage that few other numbers would give."""
    if count is not None:
        return share_fits(count, of, share) is Outcome.CONSISTENT
    is_rare = of * last_digit(share) < _RARE
    return is_rare and share_is_possible(of, share) is Outcome.CONSISTENT


def _share(claim: Claim) -> Decimal | None:
    """Return the percentage that a claim prints as a point."""
    return claim.figure.value if claim.figure.unit == "%" else None


def _exact(count: int, of: int) -> Decimal:
    return Decimal(100 * count) / of


def _rounded(count: int, of: int, like: Decimal) -> Decimal:
    """Round as the print should have, with one more digit where that would look the same."""
    exact, unit = _exact(count, of), last_digit(like)
    rounded = exact.quantize(unit, ROUND_HALF_UP)
    return rounded if rounded != like else exact.quantize(unit.scaleb(-1), ROUND_HALF_UP)


def _division(count: int, of: int) -> str:
    exact = _exact(count, of).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"100 × {count} / {of} = {exact}%"
