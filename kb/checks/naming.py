"""One figure under several names: of two endpoints, two groups, two composites or two grades."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Final

from kb.checks.agreement import compare
from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.reports import Reports
from kb.checks.wording import Saying, figure, listed, place
from kb.model import Claim, Group

_SHARE: Final = "%"
_TENTH: Final = Decimal("0.1")
_SET: Final = "analysis-set"
_FITTING: Final = (Outcome.CONSISTENT, Outcome.BY_ROUNDING)
_GRADE: Final = re.compile(
    r"(?:grade|\bG)\s*([<>≤≥]?)\s*([1-5])(?:\s*[-–/]\s*([1-5]))?|([≥>])\s*G([1-5])"
)
_WORST: Final = 5
_ALIKE: Final = frozenset({"similar", "no-difference", "unchanged"})
_UNLIKE: Final = frozenset({"worse", "better", "higher", "lower", "more-frequent", "less-frequent"})


def grades(name: str) -> frozenset[int]:
    """Return the grades of severity that a name speaks of; none when it speaks of none.

    >>> sorted(grades("grade > 3 adverse events")), sorted(grades("toxicity G3/4"))
    ([4, 5], [3, 4])
    """
    found = _GRADE.search(name)
    if found is None:
        return frozenset()
    sign, first, last = found[1] or found[4] or "", int(found[2] or found[5]), found[3]
    if last:
        return frozenset(range(first, int(last) + 1))
    reach = {
        ">": range(first + 1, _WORST + 1),
        "≥": range(first, _WORST + 1),
        "<": range(1, first),
        "≤": range(1, first + 1),
    }
    return frozenset(reach.get(sign, range(first, first + 1)))


def same_grades(one: str, other: str) -> Outcome:
    """Judge two names of one figure: they must begin at the same grade.

    >>> same_grades("grade > 3 AEs", "toxicity G3/4").value
    'inconsistent'
    >>> same_grades("grade ≥ 3 AEs", "toxicity G3/4").value
    'consistent'
    """
    a, b = grades(one), grades(other)
    if not a or not b:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if min(a) == min(b) else Outcome.INCONSISTENT


def components(name: str, known: Iterable[str]) -> frozenset[str]:
    """Return the endpoints that the name of a composite is made of.

    >>> sorted(components("CR or CR with incomplete recovery (CRi)", ["CR", "CRi", "CRh"]))
    ['CR', 'CRi']
    """
    return frozenset(word for word in known if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", name))


def same_components(one: frozenset[str], other: frozenset[str]) -> Outcome:
    """Judge the components of two composites that give one figure; one alone names no composite.

    >>> same_components(frozenset({"CR", "CRi"}), frozenset({"CR", "CRh"})).value
    'inconsistent'
    """
    if len(one) < 2 or len(other) < 2:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if one == other else Outcome.INCONSISTENT


def share_of(claim: Claim) -> Decimal | None:
    """Return the percentage that a claim prints, in figures, as a count of so many, or as "all"."""
    found = claim.figure
    if found.text_value == "all":
        return Decimal(100)
    if found.unit != _SHARE or found.operator:
        return None
    if found.value is not None:
        return found.value.normalize()
    if found.numerator is None or not found.denominator:
        return None
    return (Decimal(100 * found.numerator) / found.denominator).quantize(_TENTH).normalize()


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield figures that are printed once as one thing and once as another."""
    names = _Names(material)
    for claims in material.by_study.values():
        results = [c for c in claims if c.kind == "result" and not c.measure.comparator]
        yield from names.two_endpoints(results)
        yield from names.two_groups(results)
        yield from names.two_composites(results)
        yield from names.two_grades(results)
        yield from names.two_denominators(results)
        yield from names.two_sets_of_responders(results)
        yield from names.alike_and_unlike(claims)


@dataclass(frozen=True)
class _Names:
    """The checks of one evidence base, with what they look up."""

    material: CheckContext

    @cached_property
    def say(self) -> Saying:
        return Saying(self.material)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self.material)

    @cached_property
    def groups(self) -> dict[tuple[str, str], Group]:
        return {(g.study, g.id): g for g in self.material.evidence.groups}

    def two_endpoints(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find one share of one group that a source gives under two response endpoints."""
        shares = (c for c in claims if self._is_response(c) and not c.measure.category)
        for same in _by(shares, lambda c: (c.source, c.measure.group, c.measure.time, share_of(c))):
            names = {c.measure.endpoint for c in same}
            if len(names) > 1 and len({c.section for c in same}) > 1:
                said = listed(f"{c.measure.endpoint} ({place(c)})" for c in same)
                about = self.say.group(same[0].study, same[0].measure.group)
                told = f"{figure(same[0])} of {about} is printed under two names: {said}"
                yield self._finding("one-figure-two-names", told, same, said)

    def _is_response(self, claim: Claim) -> bool:
        return bool(share_of(claim)) and self._has_rivals(claim.measure.endpoint)

    def _has_rivals(self, endpoint: str) -> bool:
        return self.material.vocabulary.has_flag("endpoint", endpoint, "hasRivalNames")

    def two_groups(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find figures that a source gives to arms and to an analysis set of these arms."""
        plain = [c for c in claims if c.figure.value and not c.measure.category]
        found: dict[Hashable, list[Claim]] = defaultdict(list)
        for same in _by(plain, lambda c: (c.source, c.statistic, c.figure.value, c.figure.unit)):
            for a, b in combinations(same, 2):
                if self._is_set_of(a, b):
                    found[a.source, a.section, b.section, a.measure.endpoint] += [a, b]
        for involved in map(_once, found.values()):
            said = self._subjects(involved)
            told = f"{_figures(involved)} is printed of two groups: {said}"
            yield self._finding("one-figure-two-groups", told, involved, said)

    def _subjects(self, claims: Iterable[Claim]) -> str:
        return listed(f"{self.say.subject(c)}: {figure(c)} ({place(c)})" for c in claims)

    def _is_set_of(self, one: Claim, other: Claim) -> bool:
        a, b = one.measure, other.measure
        rivals = a.endpoint == b.endpoint or (self._is_response(one) and self._is_response(other))
        timed = a.time == b.time or not str(a.time) or not str(b.time)
        if not rivals or not timed or a.group == b.group or one.section == other.section:
            return False
        return self._is_narrower(one, other) or self._is_narrower(other, one)

    def _is_narrower(self, narrow: Claim, wide: Claim) -> bool:
        """Say whether one is about an analysis set of what the other is about."""
        group, whole = self._group(narrow), self._group(wide)
        if group.kind == _SET:
            return group.within == whole.id
        part = self.groups.get((group.study, group.within))
        arm = bool(group.role) and (group.role, group.regimen) == (whole.role, whole.regimen)
        return arm and part is not None and part.kind == _SET and part.within == whole.within

    def _group(self, claim: Claim) -> Group:
        return self.groups[claim.study, claim.measure.group]

    def two_composites(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find figures of one composite that are named by different components."""
        found: dict[str, list[Claim]] = defaultdict(list)
        for same in _by(claims, lambda c: (c.measure.group, c.measure.endpoint)):
            for a, b in combinations(same, 2):
                if self._named_apart(a, b):
                    found[a.measure.endpoint] += [a, b]
        for involved in map(_once, found.values()):
            said = listed(f"“{c.named}” ({place(c)})" for c in involved)
            what = self.say.what(involved[0])
            told = f"{what}, {_figures(involved)}, is printed as {said}"
            yield self._finding("one-figure-two-composites", told, involved, said)

    def _named_apart(self, one: Claim, other: Claim) -> bool:
        if not self.reports.one_result(one, other) or compare(one, other) not in _FITTING:
            return False
        known = self._parts_of(one.measure.endpoint)
        made_of = (components(c.named, known) for c in (one, other))
        return same_components(*made_of) is Outcome.INCONSISTENT

    def _parts_of(self, endpoint: str) -> frozenset[str]:
        return self.material.vocabulary.narrower("endpoint", endpoint) - {endpoint}

    def two_grades(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find figures that a source gives to one grade here and to another there."""
        found: dict[str, list[tuple[Claim, Claim]]] = defaultdict(list)
        for same in _by(claims, lambda c: (c.source, c.measure)):
            for a, b in combinations(same, 2):
                odd = same_grades(a.named, b.named) is Outcome.INCONSISTENT
                if odd and compare(a, b) in _FITTING:
                    found[a.source].append((a, b))
        for pairs in found.values():
            involved = _once(c for pair in pairs for c in pair)
            a, b = pairs[0]
            said = f"“{a.named}” ({place(a)}) and “{b.named}” ({place(b)})"
            more = f", and {len(pairs) - 1} more figures likewise" if pairs[1:] else ""
            told = f"{figure(a)} is printed under two grades: {said}{more}"
            yield self._finding("one-figure-two-grades", told, involved, said)

    def two_denominators(self, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
        """Find an endpoint that is a share of the affected here and of everybody there."""
        shares = [c for c in claims if c.figure.unit == _SHARE and c.figure.value is not None]
        for same in _by(shares, lambda c: (c.source, c.measure.endpoint, c.measure.category)):
            odd = [(a, b) for a in same for b in same if self._is_share_of_affected(a, b)]
            if odd:
                involved = _once(c for pair in odd for c in pair)
                said = listed(
                    f"{figure(c)} of {self.say.group(c.study, c.measure.group)} "
                    f"{c.measure.time} ({place(c)})"
                    for c in involved
                )
                what = self.material.vocabulary.get("endpoint", odd[0][0].measure.endpoint).label
                told = f"{what} is printed as a share of different people: {said}"
                yield self._finding("share-of-different-people", told, involved, said)

    def _is_share_of_affected(self, one: Claim, other: Claim) -> bool:
        group = self._group(one)
        if not group.who_endpoint or other.measure.group != group.within:
            return False
        affected = self.material.is_a(one.measure.endpoint, group.who_endpoint)
        return affected and one.measure.time != other.measure.time

    def two_sets_of_responders(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find counts among responders that two places give of different responders."""
        counted = (c for c in claims if None not in (c.figure.numerator, c.figure.denominator))
        among = [c for c in counted if self._is_among_responders(c)]
        for same in _by(
            among, lambda c: (self._group(c).within, c.measure.endpoint, c.measure.category)
        ):
            odd = [
                (a, b)
                for a, b in combinations(same, 2)
                if a.measure.group != b.measure.group
                and (a.source, a.section) != (b.source, b.section)
                and self.reports.one_result(a, b)
                and a.figure.denominator != b.figure.denominator
                and a.measure.time == b.measure.time
            ]
            if odd:
                involved = _once(c for pair in odd for c in pair)
                said = self._subjects(involved)
                told = f"counts among different responders are printed: {said}"
                yield self._finding("different-responders", told, involved, said)

    def _is_among_responders(self, claim: Claim) -> bool:
        criterion = self._group(claim).who_endpoint
        return bool(criterion) and self._has_rivals(criterion)

    def alike_and_unlike(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find two groups that a source calls alike in something in which they then differ."""
        compared = [c for c in claims if c.measure.comparator]
        groups = _by(
            compared, lambda c: (c.source, frozenset((c.measure.group, c.measure.comparator)))
        )
        for same in groups:
            alike = [c for c in same if c.result.direction in _ALIKE]
            unlike = _once(c for one in alike for c in same if self._differs_in(one, c))
            alike = [c for c in alike if any(self._differs_in(c, other) for other in unlike)]
            if unlike:
                called = listed(f"“{c.printed}” ({place(c)})" for c in alike)
                said = listed(f"“{c.printed}” ({place(c)})" for c in unlike)
                told = f"groups are called alike, {called}, but {said}"
                yield self._finding("alike-but-different", told, [*alike, *unlike], said)

    def _differs_in(self, alike: Claim, other: Claim) -> bool:
        endpoint, word = other.measure.endpoint, other.result
        if not self.material.is_a(endpoint, alike.measure.endpoint):
            return False
        worse = endpoint == alike.measure.endpoint and word.direction in _UNLIKE
        return worse or (word.significance == "significant" and word.direction not in _ALIKE)

    def _finding(
        self, kind: str, told: str, claims: Sequence[Claim], computation: str
    ) -> Discrepancy:
        first = claims[0]
        study = self.say.studies[first.study]
        endpoint = first.measure.endpoint
        message = f"In {study}, {told}."
        return Discrepancy(kind, Severity.MINOR, message, tuple(claims), computation, endpoint)


def _by(claims: Iterable[Claim], key: Callable[[Claim], Hashable]) -> list[list[Claim]]:
    """Gather claims that have something in common, those that stand alone left out."""
    found: dict[Hashable, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[key(claim)].append(claim)
    return [same for same in found.values() if len(same) > 1]


def _once(claims: Iterable[Claim]) -> list[Claim]:
    return list({(c.study, c.id): c for c in claims}.values())


def _figures(claims: Iterable[Claim]) -> str:
    return " and ".join(dict.fromkeys(map(figure, claims)))
