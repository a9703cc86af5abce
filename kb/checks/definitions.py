"""Definitions and units: categories that overlap or leave a hole, values that cannot be."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final

from kb.checks import thresholds
from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.groups import Groups
from kb.checks.plausible import POINTS, impossible, worth
from kb.checks.thresholds import Interval, in_unit
from kb.checks.wording import Saying, figure, listed, place, places
from kb.model import Claim, Measure

DEFINITION: Final = "definition"
"""The kind of claim in which a source says what it means by a word."""
FRACTION: Final = ("1", "%", Decimal(100))
"""A pure number, and a share: ``0.0001`` is ``0.01%``."""
_NO_SIGN: Final = frozenset({"", "~"})
_FEW: Final = 5
"""So many thresholds of one word are said in a sentence; its claims are all there."""


def divides(ranges: Sequence[Interval]) -> Outcome:
    """Judge whether ranges divide a scale: no value in two of them, none between them in none.

    Whole numbers on both sides of a gap of one unit (``5-9`` and ``10-14``) leave nothing out.

    >>> low, middle, high = map(thresholds.parse, (">50%", "50-90%", ">90%"))
    >>> divides([low, middle, high]).value
    'inconsistent'
    >>> divides([thresholds.parse("<50%"), middle, high]).value
    'consistent'
    """
    if len(ranges) < 2:
        return Outcome.NOT_ENOUGH
    return Outcome.INCONSISTENT if any(faults(ranges)) else Outcome.CONSISTENT


def faults(ranges: Sequence[Interval]) -> Iterator[tuple[str, Decimal, Interval, Interval]]:
    """Yield each overlap and each hole with its length (0 for one value) and the two ranges."""
    for one, other in combinations(ranges, 2):
        shared = thresholds.overlap(one, other)
        if shared is not None:
            yield "overlap", shared, one, other
    ordered = sorted(ranges, key=lambda r: (r.low, r.high))
    for below, above in pairwise(ordered):
        missing = thresholds.gap(below, above)
        if missing is not None and not _adjoin(below, above, missing):
            yield "hole", missing, below, above


def _adjoin(below: Interval, above: Interval, missing: Decimal) -> bool:
    """Say whether a gap is only the step of the last printed digit, both ends included."""
    digits = min(int(end.as_tuple().exponent) for end in (below.high, above.low))
    return below.high_in and above.low_in and missing == Decimal(1).scaleb(digits)


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield a finding for each faulty division, differing threshold and impossible value."""
    groups, say = Groups(material), Saying(material)
    for claims in material.by_study.values():
        yield from _defined(say, claims)
        yield from _grouped(groups, say, claims)
        yield from _units(material, say, claims)
        yield from _centres(material, groups, say, claims)
        yield from _timeless(material, say, claims)
        yield from _differing_in_study(say, claims)
        for claim in claims:
            yield from impossible(material, say, claim)


def needed(material: CheckContext) -> Iterator[Claim]:
    """Yield the claims whose thresholds are set beside those of other studies."""
    yield from filter(_gives_threshold, material.evidence.claims)


def across(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield a finding for each word that studies define by different thresholds."""
    say = Saying(material)
    for word, claims in _by_word(material.evidence.claims):
        for unlike in _unlike(claims):
            if len({claim.study for claim in unlike}) > 1:
                yield _between_studies(say, word, unlike)


def has_time(*moments: str) -> Outcome:
    """Judge a share that falls with time: it says nothing without a time at or within it.

    >>> has_time("2 years", "").value, has_time("", "").value
    ('consistent', 'inconsistent')
    """
    return Outcome.CONSISTENT if any(moments) else Outcome.INCONSISTENT


def _timeless(
    material: CheckContext, say: Saying, claims: Iterable[Claim]
) -> Iterator[Discrepancy]:
    """Find shares of people that fall with time and are printed without one, by print."""
    found: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        measure, share = claim.measure, claim.figure.unit == "%"
        falls = material.vocabulary.has_flag("endpoint", measure.endpoint, "fallsWithTime")
        result = claim.kind == "result" and not measure.comparator
        time = (measure.time.at, measure.time.within, measure.time.over)
        if share and falls and result and has_time(*time) is Outcome.INCONSISTENT:
            found[claim.source, claim.section, measure.endpoint].append(claim)
    for same in found.values():
        figures = listed(map(figure, same))
        message = (
            f"{say.endpoint(same[0].measure.endpoint)} is printed as {figures} without the time "
            f"that the share is of ({places(same)})."
        )
        endpoint = same[0].measure.endpoint
        yield Discrepancy("share-without-time", Severity.MINOR, message, tuple(same), "", endpoint)


def _defined(say: Saying, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Check the definitions of one section whose names differ in one word, or in the group."""
    sections: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.kind == DEFINITION and thresholds.of_figure(claim.figure):
            sections[claim.source, claim.section, claim.figure.unit].append(claim)
    for members in sections.values():
        for family in _families(members):
            ranges = [r for c in family if (r := thresholds.of_figure(c.figure)) is not None]
            names = [f"{_name(say, c, family)} ({r})" for c, r in zip(family, ranges, strict=True)]
            yield from _division(names, ranges, family, family[0].measure.endpoint)


def _families(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    left = list(claims)
    while left:
        first, *left = left
        family = [first, *(c for c in left if _related(first, c))]
        left = [c for c in left if c not in family]
        if len(family) > 1:
            yield family


def _related(one: Claim, other: Claim) -> bool:
    if one.measure.category == other.measure.category:
        return one.measure.group != other.measure.group
    first, second = (c.measure.category.lower().split() for c in (one, other))
    shared = [a == b for a, b in zip(first, second, strict=False)]
    return len(first) == len(second) > 1 and shared.count(False) == 1


def _name(say: Saying, claim: Claim, family: Sequence[Claim]) -> str:
    alike = len({c.measure.category for c in family}) == 1
    return say.who(claim) if alike else claim.measure.category


def _division(
    names: Sequence[str], ranges: Sequence[Interval], claims: Sequence[Claim], endpoint: str
) -> Iterator[Discrepancy]:
    found = list(faults(ranges))
    if not found:
        return
    said = ", ".join(names)
    what = "; ".join(_fault(*fault) for fault in found)
    # One value in two categories or in none is small; a stretch of values is not.
    wide = any(length > 0 for _, length, *_ in found)
    kind = "categories-overlap" if any(f[0] == "overlap" for f in found) else "categories-hole"
    yield Discrepancy(
        kind,
        Severity.MATERIAL if wide else Severity.MINOR,
        f"The categories {said} do not divide the scale: {what} ({places(claims)}).",
        tuple(claims),
        what,
        endpoint,
    )


def _fault(kind: str, length: Decimal, one: Interval, other: Interval) -> str:
    if kind == "overlap":
        return f"{one} and {other} " + ("overlap" if length else "share one value")
    edge = min(one.high, other.high)
    values = f"exactly {edge}" if length == 0 else f"{edge} to {max(one.low, other.low)}"
    return f"{one} and {other} leave out {in_unit(values, one.unit)}"


def _grouped(groups: Groups, say: Saying, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Check sibling groups that are told apart by one threshold: ``<50%`` and ``>50%``."""
    siblings: dict[tuple[str, str, str], dict[str, list[Claim]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for claim in claims:
        group = groups.of(claim)
        interval = thresholds.parse(group.who_category)
        if interval is not None and _stands(_edge(interval), claim.printed):
            siblings[claim.source, group.who_endpoint, group.who_time][group.who_category].append(
                claim
            )
    for (_, endpoint, _), by_range in siblings.items():
        for one, other in combinations(by_range, 2):
            ranges = [r for text in (one, other) if (r := thresholds.parse(text)) is not None]
            if _edge(ranges[0]) == _edge(ranges[1]) and _opposed(*ranges):
                together = _shared(by_range[one], by_range[other])
                names = [f"{say.endpoint(endpoint)} {r}" for r in ranges]
                yield from _division(names, ranges, together, endpoint)


def _shared(one: Sequence[Claim], other: Sequence[Claim]) -> list[Claim]:
    """Return the claims of both groups that stand in sections where both stand."""
    sections = {c.section for c in one} & {c.section for c in other}
    return [c for c in (*one, *other) if c.section in sections] if sections else [*one, *other]


def _stands(number: Decimal, text: str) -> bool:
    return re.search(rf"(?<![\d.]){number}(?!\.?\d)", text) is not None


def _edge(interval: Interval) -> Decimal:
    return interval.high if interval.high.is_finite() else interval.low


def _opposed(one: Interval, other: Interval) -> bool:
    return {one.low.is_finite(), other.low.is_finite()} == {True, False} and not (
        one.high.is_finite() and other.high.is_finite()
    )


def _differing_in_study(say: Saying, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Compare the thresholds that the sources of one study give for one defined word."""
    for word, found in _by_word(claims):
        for one, other in combinations(found, 2):
            if _differ(one, other):
                yield _in_study(say, word, one, other)


def _by_word(claims: Iterable[Claim]) -> Iterator[tuple[str, list[Claim]]]:
    """Yield each defined word with the claims that define it, group by group."""
    words: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in filter(_gives_threshold, claims):
        words[_word(claim), claim.measure.group].append(claim)
    yield from ((word, found) for (word, _), found in words.items())


def _gives_threshold(claim: Claim) -> bool:
    return claim.kind == DEFINITION and claim.figure.value is not None


def _unlike(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Yield the claims with thresholds in one unit that do not all agree."""
    units: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        share = _share(claim)
        if share is not None and claim.statistic not in ("count", "p-value"):
            units[share[1]].append(claim)
    for found in units.values():
        if len({_share(claim) for claim in found}) > 1:
            yield found
        else:  # which sign is printed with no other sign says nothing
            signed = [claim for claim in found if claim.figure.operator not in _NO_SIGN]
            if len({claim.figure.operator for claim in signed}) > 1:
                yield signed


def _word(claim: Claim) -> str:
    return claim.measure.category.partition(", as ")[0].casefold()


def _differ(one: Claim, other: Claim) -> bool:
    first, second = _share(one), _share(other)
    if one.statistic in ("count", "p-value") or first is None or second is None:
        return False
    signs = {one.figure.operator, other.figure.operator} - _NO_SIGN
    return first[1] == second[1] and (first[0] != second[0] or len(signs) > 1)


def _share(claim: Claim) -> tuple[Decimal, str] | None:
    """Return a threshold and its unit; a fraction as a share."""
    figure = claim.figure
    if figure.value is None:
        return None
    unit, share, factor = FRACTION
    if figure.unit == unit:
        return figure.value * factor, share
    return figure.value, figure.unit


def _in_study(say: Saying, word: str, one: Claim, other: Claim) -> Discrepancy:
    said = [f"{figure(c)} in {say.studies[c.study]} ({place(c)})" for c in (one, other)]
    computation = f"{figure(one)} ≠ {figure(other)}"
    message = f"{word} is defined by {said[0]} and by {said[1]}."
    kind, endpoint = "threshold-differs-in-study", one.measure.endpoint
    return Discrepancy(kind, Severity.MATERIAL, message, (one, other), computation, endpoint)


def _between_studies(say: Saying, word: str, claims: Sequence[Claim]) -> Discrepancy:
    printing: dict[str, dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        printing[figure(claim)].setdefault(say.studies[claim.study], claim)
    said = [
        f"{threshold} in {listed(f'{study} ({place(c)})' for study, c in of.items())}"
        for threshold, of in [*printing.items()][:_FEW]
    ]
    more = f", and by {len(printing) - _FEW} others" if len(printing) > _FEW else ""
    message = f"{word} is defined by {' and by '.join(said)}{more}."
    computation = " ≠ ".join([*printing][:_FEW])
    kind, endpoint = "threshold-differs-between-studies", claims[0].measure.endpoint
    return Discrepancy(kind, Severity.MINOR, message, tuple(claims), computation, endpoint)


def _units(material: CheckContext, say: Saying, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Find one number that is printed for one measure in two units."""
    numbers: dict[tuple[Measure, Decimal], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.figure.value and claim.statistic in POINTS:
            numbers[replace(claim.measure), claim.figure.value].append(claim)
    for prints in numbers.values():
        for one, other in combinations(prints, 2):
            if _other_unit(material, one.figure.unit, other.figure.unit):
                yield Discrepancy(
                    "unit-differs",
                    Severity.MATERIAL,
                    f"{say.subject(one)} is printed as {figure(one)} and as {figure(other)} "
                    f"({places((one, other))}).",
                    (one, other),
                    f"{one.figure.unit} ≠ {other.figure.unit}",
                    one.measure.endpoint,
                )


def _other_unit(material: CheckContext, one: str, other: str) -> bool:
    """Say whether two units differ in kind or in size; patients and number do not."""
    first, second = worth(material, one), worth(material, other)
    return bool(one and other) and first is not None and second is not None and first != second


def _centres(
    material: CheckContext, groups: Groups, say: Saying, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Find more centres than patients, or what else is never above their number, in one source."""
    for claim in claims:
        number, endpoint = claim.figure.value, claim.measure.endpoint
        above = material.vocabulary.inherited_links("endpoint", endpoint, "neverAbove")
        if number is None or not set(above) & set(groups.sizing):
            continue
        sizes = [c for c in claims if groups.is_size(c) and _is_beside(c, claim)]
        if sizes and all(number > (size.figure.numerator or 0) for size in sizes):
            most = max(size.figure.numerator or 0 for size in sizes)
            message = (
                f"{say.subject(claim)} is printed as {figure(claim)} for {most} patients "
                f"({place(claim)})."
            )
            together, shown = (claim, *sizes), f"{number} > {most}"
            kind = "centres-above-patients"
            yield Discrepancy(kind, Severity.MATERIAL, message, together, shown, endpoint)


def _is_beside(size: Claim, claim: Claim) -> bool:
    """Say whether one source prints a size for the group of a claim."""
    at = (size.measure.group, size.source)
    return at == (claim.measure.group, claim.source) and size.figure.numerator is not None
