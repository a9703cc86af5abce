"""Provenance: references that lead elsewhere, and figures that the cited report does not give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

from kb.checks.agreement import compare, severity
from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.reports import Reports
from kb.checks.wording import Saying, figure, place
from kb.model import Claim, Group, Measure

A_COLUMN: Final = 3
"""From so many studies on, wrong numbers of one place are a fault of its numbering."""

ANOTHER_REPORT: Final = "figure-of-another-report"
ANOTHER_GROUP: Final = "figures-of-another-group"
ANOTHER_NAME: Final = "figure-of-another-endpoint"
SOME_ONLY: Final = "figure-of-some-only"
FITTING: Final = (Outcome.CONSISTENT, Outcome.BY_ROUNDING)

Place = tuple[str, str]


class _Books(Reports):
    """Reports, with the words for what they print and the groups that they speak of."""

    @cached_property
    def say(self) -> Saying:
        return Saying(self.material)

    def rivals(self, one: str, other: str) -> bool:
        """Say whether two endpoints are of one kind, and neither includes the other.

        Names of responses that a source mixes up are looked at in its own prints.
        """
        vocabulary = self.material.vocabulary
        tops = vocabulary.tops("endpoint")
        same = tops.get(one) == tops.get(other)
        if vocabulary.has_flag("endpoint", one, "hasRivalNames"):
            return False
        return same and not self.material.is_a(one, other) and not self.material.is_a(other, one)

    def includes(self, group: str, claim: Claim) -> bool:
        """Say whether a claim is about some of the people of a group."""
        name = self.groups[claim.study, claim.measure.group].within
        while name and name != group:
            name = self.groups[claim.study, name].within
        return bool(name)

    @cached_property
    def groups(self) -> dict[tuple[str, str], Group]:
        return {(g.study, g.id): g for g in self.material.evidence.groups}


def shift(pairs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the least and greatest distance from the printed number to the right one.

    >>> shift([(25, 28), (26, 29), (30, 33)])
    (3, 3)
    """
    distances = [right - printed for printed, right in pairs]
    return min(distances), max(distances)


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield figures that the cited publication does not give."""
    yield from _second_hand(_Books(material))


def needed(material: CheckContext) -> Iterator[Claim]:
    """Yield the claims with references that lead astray, and what else their source cites."""
    books = _Books(material)
    for claims in material.by_study.values():
        if astray := [c for c in claims if books.is_astray(c)]:
            yield from astray
            yield from {(c.source, c.cites): c for c in claims if c.cites}.values()


def across(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield references that lead astray: a column of them, or one by one."""
    books = _Books(material)
    places: dict[Place, list[Claim]] = defaultdict(list)
    for claim in filter(books.is_astray, material.evidence.claims):
        places[claim.source, claim.section].append(claim)
    for claims in places.values():
        by_study = _by_study(claims)
        if len(by_study) >= A_COLUMN:
            yield _column(by_study, books)
        else:
            yield from (_single(some, books) for some in _by_number(claims))


def _by_study(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.study].append(claim)
    return found


def _by_number(claims: Iterable[Claim]) -> list[list[Claim]]:
    found: dict[tuple[str, tuple[int, ...]], list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.study, claim.cites].append(claim)
    return list(found.values())


def _single(claims: list[Claim], books: _Books) -> Discrepancy:
    first = claims[0]
    to = " and ".join(books.reference(n, name) for n, name in books.cited(first).items())
    right = books.right_numbers(first)
    where = f"; its reference is {_list(right)}" if right else ""
    study = books.say.studies[first.study]
    message = f"For {study}, {place(first)} cites {to}, which does not report it{where}."
    figures = any(c.figure.value is not None for c in claims)
    weight = Severity.MATERIAL if figures else Severity.MINOR
    reports = ", ".join(
        f"{name} reports {', '.join(books.publications[name].reports) or 'none of the studies'}"
        for name in books.cited(first).values()
    )
    return Discrepancy("reference-of-another-study", weight, message, tuple(claims), reports)


def _list(numbers: Iterable[int]) -> str:
    return f"[{', '.join(map(str, numbers))}]"


def _column(by_study: dict[str, list[Claim]], books: _Books) -> Discrepancy:
    rows = [(claims[0], books.right_numbers(claims[0])) for claims in by_study.values()]
    rows.sort(key=lambda row: (row[0].cites, row[0].study))
    pairs = [(claim.cites[0], right[0]) for claim, right in rows if right]
    where = place(rows[0][0])
    message = f"The reference numbers of {where} lead to other publications for {len(rows)} studies"
    message += f": {_distance(pairs)}{_doubled(rows, books)}." if pairs else "."
    shown = "; ".join(
        f"{books.say.studies[claim.study]}: printed {_list(claim.cites)}, listed {_list(right)}"
        for claim, right in rows
    )
    claims = tuple(claim for some in by_study.values() for claim in some)
    return Discrepancy("reference-column-shifted", Severity.MATERIAL, message, claims, shown)


def _distance(pairs: Sequence[tuple[int, int]]) -> str:
    least, most = shift(pairs)
    way = "low" if least > 0 else "high"
    if least == most:
        return f"every number is {abs(least)} too {way}"
    if least > 0 or most < 0:
        ends = sorted((abs(least), abs(most)))
        return f"the numbers are {ends[0]} to {ends[1]} too {way}"
    return f"the numbers are between {-least} too high and {most} too low"


def _doubled(rows: Sequence[tuple[Claim, list[int]]], books: _Books) -> str:
    """Name the numbers that a place gives to several studies that the list tells apart."""
    named: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for claim, _ in rows:
        named[claim.cites].append(books.say.studies[claim.study])
    shared = [f"{_list(n)} to {' and to '.join(names)}" for n, names in named.items() if names[1:]]
    return f", and one number is given twice: {', '.join(shared)}" if shared else ""


def _second_hand(books: _Books) -> Iterator[Discrepancy]:
    """Compare figures with the cited publication's own, one finding for each block.

    Blocks of one place whose figures the publication gives to other groups are one finding.
    """
    by_measure: dict[Measure, list[Claim]] = defaultdict(list)
    for claim in books.material.evidence.claims:
        by_measure[claim.measure].append(claim)
    blocks: dict[tuple[str, str], list[_Difference]] = defaultdict(list)
    for claim in filter(lambda c: c.is_second_hand, books.material.evidence.claims):
        prints = by_measure[claim.measure]
        against = _contradicting(claim, prints, books) or _renamed(claim, prints, books)
        if against := against or _regrouped(claim, prints, books):
            there = tuple(_elsewhere(claim, prints, books))
            blocks[claim.study, claim.block].append(_Difference(claim, tuple(against), there))
    merged: dict[tuple[str, ...], list[_Difference]] = defaultdict(list)
    for key, rows in blocks.items():
        first, kind = rows[0].claim, _kind(rows)
        one = kind == ANOTHER_GROUP
        merged[(first.study, first.source, first.section) if one else key] += rows
    yield from (_differing(rows, books) for rows in merged.values())


@dataclass(frozen=True, slots=True)
class _Difference:
    """A second-hand claim, what the cited publication prints, and where its figure does stand."""

    claim: Claim
    against: tuple[Claim, ...]
    elsewhere: tuple[tuple[str, Claim], ...] = ()


def _kind(rows: Sequence[_Difference]) -> str:
    names = {c.measure.endpoint for row in rows for c in row.against}
    if names.isdisjoint({row.claim.measure.endpoint for row in rows}):
        return ANOTHER_NAME
    groups = {c.measure.group for row in rows for c in row.against}
    equal = all(row.against[0].figure.value == row.claim.figure.value for row in rows)
    if equal and groups.isdisjoint({row.claim.measure.group for row in rows}):
        return SOME_ONLY
    kinds = [{kind for kind, _ in row.elsewhere} for row in rows if row.claim.figure.value]
    if any(ANOTHER_REPORT in found for found in kinds):
        return ANOTHER_REPORT
    swapped = bool(kinds) and all(ANOTHER_GROUP in found for found in kinds)
    return ANOTHER_GROUP if swapped else "differs-from-cited"


def _contradicting(claim: Claim, prints: Sequence[Claim], books: _Books) -> list[Claim]:
    """Return the cited prints where each cited publication gives another figure, else nothing."""
    meant, found = books.meant(claim), []
    reports = books.of(claim.study)
    elsewhere = any(compare(claim, c) in FITTING for c in books.own(prints, reports - meant))
    for publication in sorted(meant):
        theirs = books.own(prints, {publication})
        if not theirs and elsewhere:
            theirs = books.own(_of_same_arm(claim, books), {publication})
        judged = [compare(claim, other) for other in theirs]
        if not judged or any(outcome is not Outcome.INCONSISTENT for outcome in judged):
            return []  # it fits, or the publication may print it where nobody has read it
        found += theirs
    return found


def _renamed(claim: Claim, prints: Sequence[Claim], books: _Books) -> list[Claim]:
    """Return where the cited publication prints the figure under another endpoint, and only so."""
    meant, m = books.meant(claim), claim.measure
    if claim.figure.value is None or claim.result.p_printed or books.own(prints, meant):
        return []
    found = _but_for(claim, books, "endpoint")
    return [other for other in found if books.rivals(m.endpoint, other.measure.endpoint)]


def _regrouped(claim: Claim, prints: Sequence[Claim], books: _Books) -> list[Claim]:
    """Return where the cited publication prints the figure of other people, and only so."""
    meant, m = books.meant(claim), claim.measure
    figures = claim.figure.value is not None and claim.figure.unit in ("%", "months")
    if not figures or m.comparator or claim.result.p_printed or books.own(prints, meant):
        return []
    found = _but_for(claim, books, "group")
    return [other for other in found if books.includes(m.group, other)]


def _but_for(claim: Claim, books: _Books, name: str) -> Iterator[Claim]:
    """Yield where the cited publication prints the figure of a measure alike but for one part."""
    m = claim.measure
    names = [field.name for field in fields(m) if field.name != name]
    for other in books.own(books.material.by_study[m.study], books.meant(claim)):
        alike = all(getattr(other.measure, n) == getattr(m, n) for n in names)
        if alike and compare(claim, other) is Outcome.CONSISTENT:
            yield other


def _of_same_arm(claim: Claim, books: _Books) -> list[Claim]:
    """Return what is printed of the same treatment in an analysis set of the study."""
    m, groups = claim.measure, books.groups
    arm = groups[m.study, m.group]
    found = []
    for other in books.material.by_study[m.study]:
        o = other.measure
        same = (o.endpoint, o.category, o.statistic, o.time) == (
            m.endpoint,
            m.category,
            m.statistic,
            m.time,
        )
        group = groups[m.study, o.group]
        part = groups.get((m.study, group.within))
        in_set = part is not None and part.kind == "analysis-set" and not group.who_endpoint
        if same and in_set and arm.role and arm.regimen == group.regimen:
            found.append(other)
    return found


def _differing(rows: Sequence[_Difference], books: _Books) -> Discrepancy:
    involved: dict[tuple[str, str], Claim] = {}
    for row in rows:
        for claim in (row.claim, *row.against, *(other for _, other in row.elsewhere)):
            involved[claim.study, claim.id] = claim
    first, kind = rows[0].claim, _kind(rows)
    shown = "; ".join(f"{figure(row.claim)} ≠ {_theirs(row, ' ≠ ')}" for row in rows)
    endpoints = {row.claim.measure.endpoint for row in rows}
    endpoint = endpoints.pop() if len(endpoints) == 1 else ""
    weights = [_weight(row) for row in rows]
    weight = Severity.MATERIAL if Severity.MATERIAL in weights else weights[0]
    message = f"For {books.say.studies[first.study]}, {_message(rows, books)}."
    return Discrepancy(kind, weight, message, tuple(involved.values()), shown, endpoint)


def _weight(row: _Difference) -> Severity:
    """Another number of people is another result, also below the line."""
    of = {c.figure.denominator for c in (row.claim, *row.against)} - {None}
    if row.claim.figure.unit == "%" and row.claim.measure.group != row.against[0].measure.group:
        return Severity.MATERIAL
    return Severity.MATERIAL if len(of) > 1 else severity([row.claim, *row.against])


def _message(rows: Sequence[_Difference], books: _Books) -> str:
    credits_ = dict.fromkeys(_credit(c, books) for row in rows for c in row.against)
    cited = f"the publication that it cites ({' and '.join(credits_)})"
    if _kind(rows) == ANOTHER_GROUP and rows[1:]:
        more = f"{len(rows)} figures for other groups than {cited}, such as"
        return f"{place(rows[0].claim)} prints {more} {_told(rows[0], books)}"
    said = "; ".join(_told(row, books) for row in rows)
    return f"{place(rows[0].claim)} differs from {cited}: {said}"


def _told(row: _Difference, books: _Books) -> str:
    notes = "".join(
        f" ({figure(row.claim)} is that of {_credit(other, books)})"
        if kind == ANOTHER_REPORT
        else f" (there {figure(other)} is {books.say.subject(other)})"
        for kind, other in {kind: (kind, other) for kind, other in row.elsewhere}.values()
        if other not in row.against
    )
    subject = books.say.subject(row.claim)
    other = row.against[0]
    of = "" if other.measure == row.claim.measure else f" ({books.say.subject(other)})"
    return f"{figure(row.claim)} as {subject}, instead of {_theirs(row, ' or ')}{of}{notes}"


def _theirs(row: _Difference, joint: str) -> str:
    return joint.join(dict.fromkeys(map(figure, row.against)))


def _credit(claim: Claim, books: _Books) -> str:
    return books.sources[claim.source].credit.partition(", doi")[0].partition(". ©")[0]


def _elsewhere(claim: Claim, prints: Sequence[Claim], books: _Books) -> Iterator[tuple[str, Claim]]:
    """Yield where the study's publications do print the figure: another report, group or name."""
    own, meant = books.of(claim.study), books.meant(claim)
    for other in books.own(prints, own - meant):
        if compare(claim, other) in FITTING:
            yield ANOTHER_REPORT, other
    for other in books.own(books.material.by_study[claim.study], meant):
        if _is_neighbour(claim, other, books) and compare(claim, other) is Outcome.CONSISTENT:
            same = claim.measure.endpoint == other.measure.endpoint
            yield (ANOTHER_GROUP if same else ANOTHER_NAME), other


def _is_neighbour(claim: Claim, other: Claim, books: _Books) -> bool:
    """Say whether a claim differs in the group alone, or in a broader name of the endpoint."""
    a, b = claim.measure, other.measure
    same = (a.category, a.time, a.statistic) == (b.category, b.time, b.statistic)
    if not same or claim.figure.value is None or claim.result.p_printed:
        return False
    if a.endpoint == b.endpoint:
        return a.group != b.group and not a.comparator and not b.comparator
    return a.group == b.group and books.material.is_a(a.endpoint, b.endpoint)
