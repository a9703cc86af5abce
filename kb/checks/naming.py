"""One figure under several names: of two endpoints, groups, composites, grades or signs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from kb.checks import thresholds
from kb.checks.agreement import agrees
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import ANALYSIS_SET
from kb.checks.wording import figure_text, join_list, place
from kb.model import Claim
from kb.util.grouping import group_by

_TENTH: Final = Decimal("0.1")
_ALL: Final = Decimal(100)
_GRADE: Final = re.compile(
    r"(?:grade|\bG)\s*([<>≤≥]?)\s*([1-5])(?:\s*[-–/]\s*([1-5]))?|([≥>])\s*G([1-5])"
)
_WORST: Final = 5
_ALIKE: Final = frozenset({"similar", "no-difference", "unchanged"})
_UNLIKE: Final = frozenset({"worse", "better", "higher", "lower", "more-frequent", "less-frequent"})


def grades(name: str) -> frozenset[int]:
    """Return the grades of severity that a name mentions.

    >>> sorted(grades("grade > 3 adverse events")), sorted(grades("toxicity G3/4"))
    ([4, 5], [3, 4])
    """
    match = _GRADE.search(name)
    if match is None:
        return frozenset()
    sign, first, last = match[1] or match[4] or "", int(match[2] or match[5]), match[3]
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
    """Judge the components of two composites that give one figure; one is not a composite.

    >>> same_components(frozenset({"CR", "CRi"}), frozenset({"CR", "CRh"})).value
    'inconsistent'
    """
    if len(one) < 2 or len(other) < 2:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if one == other else Outcome.INCONSISTENT


def share_of(claim: Claim) -> Decimal | None:
    """Return the percentage that a claim prints: as such, as a count and denominator, or "all"."""
    figure = claim.figure
    if figure.text_value == "all":
        return Decimal(100)
    if figure.unit != "%" or figure.operator:
        return None
    if figure.value is not None:
        return figure.value.normalize()
    if figure.numerator is None or not figure.denominator:
        return None
    return (Decimal(100 * figure.numerator) / figure.denominator).quantize(_TENTH).normalize()


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield figures that are printed once as one thing and once as another."""
    names = _Names(context)
    for claims in context.by_study.values():
        results = [c for c in claims if c.kind == "result" and not c.measure.comparator]
        yield from names.two_endpoints(results)
        yield from names.two_groups(results)
        yield from names.two_composites(results)
        yield from names.two_grades(results)
        yield from names.two_signs(results)
        yield from names.two_denominators(results)
        yield from names.two_sets_of_responders(results)
        yield from names.alike_and_unlike(claims)


@dataclass(frozen=True)
class _Names:
    """The checks of names, with what they look up."""

    context: CheckContext

    def two_endpoints(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find one percentage of one group that a source gives under two response endpoints."""
        shares = (c for c in claims if self._is_response(c) and not c.measure.category)
        for same in _alike(
            shares, lambda c: (c.source, c.measure.group, c.measure.time, share_of(c))
        ):
            names = {c.measure.endpoint for c in same}
            if share_of(same[0]) == _ALL and self._is_chain(names):
                continue  # who all have a narrower outcome all have the broader one
            if len(names) > 1 and len({c.section for c in same}) > 1:
                places = join_list(f"{c.measure.endpoint} ({place(c)})" for c in same)
                group = self.context.describe.group_of(same[0])
                figure = f"{figure_text(same[0])} ({group})"
                text = f"{figure} is printed under {len(names)} names: {places}"
                yield self._discrepancy("one-figure-two-names", text, same, places)

    def _is_chain(self, endpoints: Iterable[str]) -> bool:
        """Tell whether of any two endpoints one includes the other."""
        is_a = self.context.is_a
        return all(is_a(a, b) or is_a(b, a) for a, b in combinations(endpoints, 2))

    def _is_response(self, claim: Claim) -> bool:
        return bool(share_of(claim)) and self._has_rivals(claim.measure.endpoint)

    def _has_rivals(self, endpoint: str) -> bool:
        known = self.context.vocabulary
        return bool(endpoint) and known.has_flag("endpoint", endpoint, "hasRivalNames")

    def two_groups(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find figures that a source gives to arms and to an analysis set of these arms."""
        plain = (c for c in claims if c.figure.value and not c.measure.category)
        pairs = _pairs(
            plain,
            lambda c: (c.source, c.statistic, c.figure.value, c.figure.unit),
            self._is_of_another_set,
            differing=lambda c: c.measure.group,
        )
        by_place = group_by(
            pairs, lambda p: (p[0].source, p[0].section, p[1].section, p[0].measure.endpoint)
        )
        for involved in map(_unique, by_place.values()):
            subjects = self._subjects(involved)
            verb = "are" if len({figure_text(c) for c in involved}) > 1 else "is"
            text = f"{_figures(involved)} {verb} printed for two groups: {subjects}"
            yield self._discrepancy("one-figure-two-groups", text, involved, subjects)

    def _subjects(self, claims: Iterable[Claim]) -> str:
        subject = self.context.describe.subject
        return join_list(f"{subject(c)}: {figure_text(c)} ({place(c)})" for c in claims)

    def _is_of_another_set(self, one: Claim, other: Claim) -> bool:
        a, b = one.measure, other.measure
        rivals = a.endpoint == b.endpoint or (self._is_response(one) and self._is_response(other))
        timed = a.time == b.time or not str(a.time) or not str(b.time)
        if not rivals or not timed or a.group == b.group or one.section == other.section:
            return False
        return self._is_narrower(one, other) or self._is_narrower(other, one)

    def _is_narrower(self, narrow: Claim, wide: Claim) -> bool:
        """Tell whether one is about an analysis set of what the other is about."""
        groups = self.context.groups
        group, whole = groups.of(narrow), groups.of(wide)
        if group.kind == ANALYSIS_SET:
            return group.within == whole.id
        part = groups.parent(group)
        arm = bool(group.role) and (group.role, group.regimen) == (whole.role, whole.regimen)
        in_set = part is not None and part.kind == ANALYSIS_SET and part.within == whole.within
        return arm and in_set

    def two_composites(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find figures of one composite that are named by different components."""
        named = (c for c in claims if c.named)  # most are not, and pairs are many
        pairs = _pairs(
            named, lambda c: (c.measure.group, c.measure.endpoint), self._has_other_components
        )
        by_endpoint = group_by(pairs, lambda pair: pair[0].measure.endpoint)
        for involved in map(_unique, by_endpoint.values()):
            names = join_list(f"“{c.named}” ({place(c)})" for c in involved)
            endpoint = self.context.describe.endpoint_of(involved[0])
            text = f"{endpoint}, {_figures(involved)}, is printed as {names}"
            yield self._discrepancy("one-figure-two-composites", text, involved, names)

    def _has_other_components(self, one: Claim, other: Claim) -> bool:
        if not self.context.reports.one_result(one, other) or not agrees(one, other):
            return False
        endpoint = one.measure.endpoint
        known = self.context.vocabulary.narrower("endpoint", endpoint) - {endpoint}
        first, second = components(one.named, known), components(other.named, known)
        return same_components(first, second) is Outcome.INCONSISTENT

    def two_grades(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find figures that a source gives to one grade here and to another there."""
        pairs = _pairs(
            (c for c in claims if c.named),
            lambda c: (c.source, c.measure),
            lambda a, b: same_grades(a.named, b.named) is Outcome.INCONSISTENT and agrees(a, b),
        )
        for same in group_by(pairs, lambda pair: pair[0].source).values():
            a, b = same[0]
            names = f"“{a.named}” ({place(a)}) and “{b.named}” ({place(b)})"
            more = f", and {len(same) - 1} more figures likewise" if same[1:] else ""
            text = f"{figure_text(a)} is printed under two grades: {names}{more}"
            yield self._discrepancy("one-figure-two-grades", text, _unique(same), names)

    def two_signs(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find one threshold that a section prints with ">" here and with "≥" there."""
        by_place: dict[tuple[str, ...], dict[str, list[Claim]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for claim in claims:
            for sign, subject in self._thresholds(claim):
                by_place[claim.source, claim.section, *subject][sign].append(claim)
        for by_sign in by_place.values():
            for strict, closed in (">≥", "<≤"):
                if strict in by_sign and closed in by_sign:
                    involved = [*by_sign[strict], *by_sign[closed]]
                    a, b = by_sign[strict][0], by_sign[closed][0]
                    names = f"“{self._name(a)}” and “{self._name(b)}” ({place(a)})"
                    text = f"one threshold is printed with two signs: {names}"
                    yield self._discrepancy("threshold-with-two-signs", text, involved, names)

    def _thresholds(self, claim: Claim) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the sign of each threshold that a claim names, and what it is a threshold of."""
        group = self.context.groups.of(claim)
        if match := _GRADE.search(f"{claim.named} {claim.measure.category}"):
            sign, number = match[1] or match[4], match[2] or match[5]
            if sign and not match[3]:
                yield sign, ("grade", number)
        for topic, category in (
            (claim.measure.endpoint, claim.measure.category),
            (group.who_endpoint, group.who_category),
        ):
            interval = thresholds.parse(category)
            if interval is not None and (category := str(interval))[0] in "<>≤≥":
                yield category[0], (topic, category[1:])

    def _name(self, claim: Claim) -> str:
        return claim.named or claim.measure.category or self.context.groups.of(claim).who_category

    def two_denominators(self, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
        """Find an endpoint that is a percentage of the affected here and of all there."""
        describe = self.context.describe
        shares = [c for c in claims if c.figure.unit == "%" and c.figure.value is not None]
        for same in _alike(shares, lambda c: (c.source, c.measure.endpoint, c.measure.category)):
            affected = [c for c in same if self.context.groups.of(c).who_endpoint]
            pairs = [(a, b) for a in affected for b in same if self._is_share_of_affected(a, b)]
            if pairs:
                involved = _unique(pairs)
                figures = join_list(
                    f"{figure_text(c)} of {describe.group_of(c)} {describe.time_of(c)} ({place(c)})"
                    for c in involved
                )
                endpoint = describe.endpoint(involved[0].measure.endpoint)
                text = f"percentages of {endpoint} refer to different patients: {figures}"
                yield self._discrepancy("share-of-different-people", text, involved, figures)

    def _is_share_of_affected(self, one: Claim, other: Claim) -> bool:
        group = self.context.groups.of(one)
        if not group.who_endpoint or other.measure.group != group.within:
            return False
        affected = self.context.is_a(one.measure.endpoint, group.who_endpoint)
        return affected and one.measure.time != other.measure.time

    def two_sets_of_responders(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find counts among responders that two places give of different responders."""
        within = self.context.groups.of
        among = (
            c
            for c in claims
            if None not in (c.figure.numerator, c.figure.denominator)
            and self._has_rivals(within(c).who_endpoint)
        )
        pairs = _pairs(
            among,
            lambda c: (within(c).within, c.measure.endpoint, c.measure.category),
            self._is_of_other_responders,
        )
        by_subject = group_by(
            pairs, lambda p: (within(p[0]).within, p[0].measure.endpoint, p[0].measure.category)
        )
        for involved in map(_unique, by_subject.values()):
            subjects = self._subjects(involved)
            text = f"the responders counted are not the same: {subjects}"
            yield self._discrepancy("different-responders", text, involved, subjects)

    def _is_of_other_responders(self, a: Claim, b: Claim) -> bool:
        return (
            a.measure.group != b.measure.group
            and (a.source, a.section) != (b.source, b.section)
            and self.context.reports.one_result(a, b)
            and a.figure.denominator != b.figure.denominator
            and a.measure.time == b.measure.time
        )

    def alike_and_unlike(self, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
        """Find two groups that a source calls alike in something in which they then differ."""
        compared = [c for c in claims if c.measure.comparator]
        for same in _alike(
            compared, lambda c: (c.source, frozenset((c.measure.group, c.measure.comparator)))
        ):
            pairs = [
                (one, other)
                for one in same
                if one.result.direction in _ALIKE
                for other in same
                if self._differs_in(one, other)
            ]
            if pairs:
                alike, unlike = (_unique([column]) for column in zip(*pairs, strict=True))
                called, but = (
                    join_list(f"“{c.wording}” ({place(c)})" for c in column)
                    for column in (alike, unlike)
                )
                text = f"groups are described as similar, {called}, and as different, {but}"
                yield self._discrepancy("alike-but-different", text, [*alike, *unlike], but)

    def _differs_in(self, alike: Claim, other: Claim) -> bool:
        endpoint, word = other.measure.endpoint, other.result
        if not self.context.is_a(endpoint, alike.measure.endpoint):
            return False
        worse = endpoint == alike.measure.endpoint and word.direction in _UNLIKE
        return worse or (word.significance == "significant" and word.direction not in _ALIKE)

    def _discrepancy(
        self, kind: str, text: str, claims: Sequence[Claim], computation: str
    ) -> Discrepancy:
        message = f"In {self.context.describe.studies[claims[0].study]}, {text}."
        return Discrepancy.of_endpoint(kind, Severity.MINOR, message, claims, computation)


def _alike(claims: Iterable[Claim], key: Callable[[Claim], Hashable]) -> Iterator[list[Claim]]:
    """Yield the claims that share a key with another one."""
    yield from (same for same in group_by(claims, key).values() if len(same) > 1)


def _pairs(
    claims: Iterable[Claim],
    key: Callable[[Claim], Hashable],
    condition: Callable[[Claim, Claim], bool],
    differing: Callable[[Claim], Hashable] = id,
) -> Iterator[tuple[Claim, Claim]]:
    """Yield the pairs of claims that share a key and meet a condition.

    No pair meets it where ``differing`` is the same for all.
    """
    for same in _alike(claims, key):
        if len(set(map(differing, same))) == 1:
            continue
        yield from ((a, b) for a, b in combinations(same, 2) if condition(a, b))


def _unique(pairs: Iterable[Iterable[Claim]]) -> list[Claim]:
    return list({(c.study, c.id): c for pair in pairs for c in pair}.values())


def _figures(claims: Iterable[Claim]) -> str:
    return " and ".join(dict.fromkeys(map(figure_text, claims)))
