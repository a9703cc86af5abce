"""Counts and shares: numbers of people, their percentages and what these are of.

A percentage must be what its count and denominator give, at the precision printed. Where no
denominator is printed, the size of the group in the same source stands for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, Groups, Size, by_measure, count_of
from kb.checks.rounding import Rounding, last_digit, possible_values, rounding
from kb.checks.wording import Saying, place, places
from kb.model import Claim, Measure

_Key = tuple[str, str, Measure]

COMPLETE: Final = frozenset({"", "negative"})
"""Categories that leave nobody out, whatever the endpoint."""
OF_PEOPLE: Final = (FREQUENCY, "median", "mean")
"""Statistics of which a percentage lies between 0 and 100."""
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_OPEN_END: Final = re.compile(r"\bor (more|greater|higher|later|beyond)\b")
_MATERIAL_POINTS: Final = 3
_OF_OTHERS: Final = 2


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
    return next((found for found in ranked if found in outcomes), Outcome.INCONSISTENT)


def share_in_whole(share: Decimal) -> Outcome:
    """Judge whether a percentage of people lies between nobody and everybody.

    >>> share_in_whole(Decimal("100.1")).value
    'inconsistent'
    """
    return Outcome.CONSISTENT if 0 <= share <= 100 else Outcome.INCONSISTENT


def breakdown_fits(counts: Sequence[int], of: int) -> Outcome:
    """Judge whether the counts of a complete breakdown add up to the group.

    >>> breakdown_fits([33, 21, 2], 57).value
    'inconsistent'
    """
    return Outcome.CONSISTENT if sum(counts) == of else Outcome.INCONSISTENT


def is_complete(categories: Iterable[str], declared: Iterable[str] = ()) -> bool:
    """Say whether categories clearly leave nobody out: a scale from 0, or an open last step.

    ``declared`` are the categories that divide a group by the ontology.

    >>> is_complete(["0", "1", "2"]), is_complete(["first line", "second line"])
    (True, False)
    >>> is_complete(["first line", "second line", "third or later line"])
    True
    """
    names = sorted(categories)
    if len(names) > 2 and all(name.isascii() and name.isdigit() for name in names):
        return sorted(map(int, names)) == list(range(len(names)))
    return frozenset(names) in (COMPLETE, frozenset(declared)) or _is_open_ladder(names)


def _is_open_ladder(names: Sequence[str]) -> bool:
    steps = {name.split(" ")[0]: name for name in names}
    if len(names) < 2 or set(steps) != set(ORDINALS[: len(names)]) or len(steps) != len(names):
        return False
    last = ORDINALS[len(names) - 1]
    return all(bool(_OPEN_END.search(name)) is (step == last) for step, name in steps.items())


def nearest_counts(of: int, share: Decimal) -> list[int]:
    """Return the whole numbers of people next to a percentage of a denominator.

    >>> nearest_counts(24, Decimal(84))
    [20, 21]
    """
    below = int(share * of / 100)
    return [count for count in (below, below + 1) if 0 <= count <= of]


def share_severity(count: int, of: int, share: Decimal) -> Severity:
    """Say how much a wrong percentage matters: cut off, slightly off, or other people.

    Several points off, or exactly what another number of people would give, is material.

    >>> share_severity(4, 14, Decimal(28)), share_severity(131, 146, Decimal("90.4"))
    (<Severity.ROUNDING: 'rounding'>, <Severity.MATERIAL: 'material'>)
    """
    if rounding(_exact(count, of), share) is not Rounding.WRONG:
        return Severity.ROUNDING
    off = abs(_exact(count, of) - share)
    other = share_is_possible(of, share) is not Outcome.INCONSISTENT
    return Severity.MATERIAL if other or off >= _MATERIAL_POINTS else Severity.MINOR


def _weight(share: Decimal, of: int, near: Sequence[int]) -> Severity:
    """A share that is points away from any that a count gives is not of these people."""
    off = min(abs(_exact(n, of) - share) for n in near)
    return Severity.MATERIAL if off >= _OF_OTHERS else Severity.MINOR


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield every count, share or breakdown of people that cannot be right."""
    groups, say = Groups(material), Saying(material)
    for claims in material.by_study.values():
        results = [claim for claim in claims if claim.kind == "result"]
        for same in by_measure(results):
            if same[0].measure.statistic == FREQUENCY:
                yield from _Prints(material, groups, say, same, _numbers(results)).findings()
        yield from _over_the_whole(say, results)
        for parts in _breakdowns(material, groups, results):
            yield from _breakdown(groups, say, parts)


@dataclass(frozen=True)
class _Prints:
    """What one source prints about one frequency."""

    material: CheckContext
    groups: Groups
    say: Saying
    claims: list[Claim]
    numbers: frozenset[int]

    def findings(self) -> Iterator[Discrepancy]:
        yield from self._too_many()
        pairs = self._pairs()
        for (count, of, share, operator), claims in pairs.items():
            yield from self._pair(count, of, share, operator, claims)
        if not pairs:
            yield from self._impossible()

    @property
    def _size(self) -> Size | None:
        if self.groups.is_size(self.claims[0]):
            return None
        return self.groups.size(self.groups.of(self.claims[0]), self.claims[0].source)

    @property
    def _printed_denominators(self) -> set[int]:
        return {c.figure.denominator for c in self.claims if c.figure.denominator is not None}

    def _denominator(self, claim: Claim) -> int | None:
        """The claim's own, the one printed elsewhere for the measure, or the group's size."""
        if claim.figure.denominator is not None:
            return claim.figure.denominator
        others, size = self._printed_denominators, self._size
        if len(others) > 1 or (not others and size is None):
            return None
        return next(iter(others)) if others else size.number if size else None

    def _pairs(self) -> dict[tuple[int, int, Decimal, str], list[Claim]]:
        """Count, denominator and share that belong together, with the claims that print them."""
        counts = {number for number in map(count_of, self.claims) if number is not None}
        found: dict[tuple[int, int, Decimal, str], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            own = count_of(claim)
            count = own if own is not None else next(iter(counts)) if len(counts) == 1 else None
            of, share = self._denominator(claim), _share(claim)
            if count is None or of is None or share is None:
                continue
            elsewhere = [c for c in self.claims if count_of(c) == count][:1] if own is None else []
            found[count, of, share, claim.figure.operator] += [claim, *elsewhere]
        return found

    def _pair(
        self, count: int, of: int, share: Decimal, operator: str, claims: list[Claim]
    ) -> Iterator[Discrepancy]:
        if share_fits(count, of, share, operator) is not Outcome.INCONSISTENT or count > of:
            return
        if not self._printed_denominators and self._another_denominator(count, share, of):
            return
        what, group = self.say.what(claims[0]), self.say.who(claims[0])
        gives = _rounded(Decimal(100 * count) / of, share)
        yield Discrepancy(
            kind="count-and-share",
            severity=share_severity(count, of, share),
            message=(
                f"{what} is printed for {count} patients ({operator}{share}%) of {group} in "
                f"{places(claims)}, but {count} of {of} is {gives}%."
            ),
            claims=self._with_denominator(claims),
            computation=f"100 × {count} / {of} = {_long(count, of)}, not {operator}{share}",
            endpoint=claims[0].measure.endpoint,
        )

    def _another_denominator(self, count: int, share: Decimal, of: int) -> bool:
        """Whether a smaller number of people printed for the study would explain the share."""
        outcomes = (share_fits(count, n, share) for n in self.numbers if count < n < of)
        return any(found is not Outcome.INCONSISTENT for found in outcomes)

    def _impossible(self) -> Iterator[Discrepancy]:
        found: dict[tuple[int, Decimal], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            of, share = self._denominator(claim), _share(claim)
            if of is None or share is None or claim.figure.operator or not self._judges(claim):
                continue
            if share_is_possible(of, share) is Outcome.INCONSISTENT:
                found[of, share].append(claim)
        for (of, share), claims in found.items():
            yield self._no_count(of, share, claims)

    def _judges(self, claim: Claim) -> bool:
        """Whether the share is of people who were counted, and surely of this denominator."""
        own, size = claim.figure.denominator is not None, self._size
        if size and not self.groups.is_size(size.claim) and not self._printed_denominators:
            return False
        barred = ("isEstimated",) if own else ("isEstimated", "isOfFewer")
        has_flag, endpoint = self.material.vocabulary.has_flag, claim.measure.endpoint
        return not any(has_flag("endpoint", endpoint, name) for name in barred)

    def _no_count(self, of: int, share: Decimal, claims: list[Claim]) -> Discrepancy:
        what, group = self.say.what(claims[0]), self.say.who(claims[0])
        near = nearest_counts(of, share)
        options = " and ".join(f"{n} of {of} is {_rounded(_exact(n, of), share)}%" for n in near)
        cut = any(share_severity(n, of, share) is Severity.ROUNDING for n in near)
        return Discrepancy(
            kind="impossible-share",
            severity=Severity.ROUNDING if cut else _weight(share, of, near),
            message=(
                f"{what} is printed as {share}% for {group} ({of} patients) in "
                f"{places(claims)}, but no number of {of} patients gives it: {options}."
            ),
            claims=self._with_denominator(claims),
            computation="; ".join(f"100 × {n} / {of} = {_long(n, of)}" for n in near),
            endpoint=claims[0].measure.endpoint,
        )

    def _too_many(self) -> Iterator[Discrepancy]:
        """More people than the denominator or the group has."""
        size = self._size
        for claim in self.claims:
            count, own = count_of(claim), claim.figure.denominator
            of = own if own is not None else size.number if size else None
            if count is None or of is None or count <= of:
                continue
            what, group = self.say.what(claim), self.say.who(claim)
            whole = "its denominator" if own is not None else "the group"
            yield Discrepancy(
                kind="count-above-whole",
                severity=Severity.MATERIAL,
                message=(
                    f"{what} is printed for {count} patients of {group} in {place(claim)}, "
                    f"but {whole} has only {of}."
                ),
                claims=self._with_denominator([claim]),
                computation=f"{count} > {of}",
                endpoint=claim.measure.endpoint,
            )

    def _with_denominator(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        """The claims, and the one that gives the denominator where none of them does."""
        found = list(dict.fromkeys(claims))
        if any(claim.figure.denominator is not None for claim in found):
            return tuple(found)
        elsewhere = [c for c in self.claims if c.figure.denominator is not None][:1]
        size = self._size
        return tuple(dict.fromkeys([*found, *(elsewhere or ([size.claim] if size else []))]))


def _over_the_whole(say: Saying, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Yield percentages of people, or their bounds, that are below nobody or above everybody."""
    for claim in claims:
        figure = claim.figure
        if (
            figure.unit != "%"
            or claim.measure.statistic not in OF_PEOPLE
            or claim.measure.comparator
        ):
            continue
        parts = [part for part in (figure.value, figure.low, figure.high) if part is not None]
        wrong = [part for part in parts if share_in_whole(part) is Outcome.INCONSISTENT]
        if wrong:
            yield Discrepancy(
                kind="share-over-whole",
                severity=Severity.MATERIAL,
                message=(
                    f"{say.what(claim)} is printed as {wrong[0]}% of "
                    f"{say.who(claim)} in {place(claim)}, outside 0 to 100%."
                ),
                claims=(claim,),
                computation=f"not 0 ≤ {wrong[0]} ≤ 100",
                endpoint=claim.measure.endpoint,
            )


def _breakdowns(
    material: CheckContext, groups: Groups, claims: Iterable[Claim]
) -> Iterator[list[Claim]]:
    """Yield the complete breakdowns of one place, each category printed once."""
    found: dict[_Key, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        if count_of(claim) is not None and not groups.is_size(claim):
            key = (claim.source, claim.section, replace(claim.measure, category=""))
            found[key][claim.measure.category].append(claim)
    for (_, _, measure), parts in found.items():
        endpoint = material.vocabulary.get("endpoint", measure.endpoint)
        declared = endpoint.properties.get("dividedInto", ())
        if is_complete(parts, declared) and all(len(prints) == 1 for prints in parts.values()):
            yield [parts[name][0] for name in sorted(parts)]


def _breakdown(groups: Groups, say: Saying, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield a complete breakdown that does not add up to its group."""
    counts = [count for count in map(count_of, claims) if count is not None]
    size = groups.size(groups.of(claims[0]), claims[0].source)
    if size is None or breakdown_fits(counts, size.number) is not Outcome.INCONSISTENT:
        return
    whole = replace(claims[0], measure=replace(claims[0].measure, category=""))
    listed = ", ".join(
        f"{count} ({claim.measure.category or 'positive'})"
        for count, claim in zip(counts, claims, strict=True)
    )
    total = sum(counts)
    yield Discrepancy(
        kind="breakdown-total",
        severity=Severity.MATERIAL if total > size.number else Severity.MINOR,
        message=(
            f"{say.subject(whole)} is printed in {place(whole)} as {listed}, together {total} "
            f"patients, but the group has {size.number} ({place(size.claim)})."
        ),
        claims=(*claims, size.claim),
        computation=f"{' + '.join(map(str, counts))} = {total} ≠ {size.number}",
        endpoint=whole.measure.endpoint,
    )


def _numbers(claims: Iterable[Claim]) -> frozenset[int]:
    """Every number of people printed for a study: what a share could be of."""
    found = {n for c in claims for n in (count_of(c), c.figure.denominator) if n is not None}
    return frozenset(found)


def _share(claim: Claim) -> Decimal | None:
    """Return the percentage that a claim prints as a point."""
    return claim.figure.value if claim.figure.unit == "%" else None


def _exact(count: int, of: int) -> Decimal:
    return Decimal(100 * count) / of


def _rounded(exact: Decimal, like: Decimal) -> Decimal:
    """Round as the print should have, with one more digit where that would look the same."""
    rounded = exact.quantize(last_digit(like), ROUND_HALF_UP)
    finer = last_digit(like).scaleb(-1)
    return rounded if rounded != like else exact.quantize(finer, ROUND_HALF_UP)


def _long(count: int, of: int) -> str:
    return f"{_exact(count, of).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"
