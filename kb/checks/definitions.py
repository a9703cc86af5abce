"""Definitions and units: categories that overlap or leave a gap, thresholds that differ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final

from kb.checks import thresholds
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Severity
from kb.checks.plausibility import POINTS, implausible, size_of_unit
from kb.checks.rounding import last_digit
from kb.checks.thresholds import Interval, in_unit
from kb.checks.wording import figure_text, join_list, place, places
from kb.model import Claim
from kb.util.grouping import group_by
from kb.util.wording import measured

DEFINITION: Final = "definition"
"""The kind of claim in which a source defines a word."""
FRACTION: Final = ("1", "%", Decimal(100))
"""A pure number, and a share: ``0.0001`` is ``0.01%``."""
_NO_SIGN: Final = frozenset({"", "~"})
_FEW: Final = 5
"""At most this many thresholds of one word are named in a message; all claims are listed."""


def faults(ranges: Sequence[Interval]) -> Iterator[tuple[str, Decimal, Interval, Interval]]:
    """Yield where ranges do not divide a scale: each overlap and each hole, with the two ranges.

    The length is 0 if they share or leave out a single value. Whole numbers on both sides of a
    gap of one unit (``5-9`` and ``10-14``) leave nothing out.

    >>> low, middle, high = map(thresholds.parse, (">50%", "50-90%", ">90%"))
    >>> [(kind, str(length)) for kind, length, *_ in faults([low, middle, high])]
    [('overlap', '40'), ('overlap', 'Infinity')]
    >>> list(faults([thresholds.parse("<50%"), middle, high]))
    []
    """
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
    """Tell whether a gap is only the step of the last printed digit, both ends included."""
    step = min(last_digit(below.high), last_digit(above.low))
    return below.high_in and above.low_in and missing == step


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield a discrepancy for each faulty division, differing threshold and impossible value."""
    for claims in context.by_study.values():
        yield from _defined_categories(context, claims)
        yield from _opposite_groups(context, claims)
        yield from _units(context, claims)
        yield from _centres(context, claims)
        yield from _without_time(context, claims)
        yield from _thresholds_in_study(context, claims)
        for claim in claims:
            yield from implausible(context, claim)


def needed(context: CheckContext) -> Iterator[Claim]:
    """Yield the claims whose thresholds are compared with those of other studies."""
    yield from filter(_gives_threshold, context.evidence.claims)


def across(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield a discrepancy for each word that studies define by different thresholds."""
    for word, claims in _by_word(context.evidence.claims):
        for unlike in _unlike(claims):
            if len({claim.study for claim in unlike}) > 1:
                yield _between_studies(context, word, unlike)


def _without_time(context: CheckContext, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Find percentages that fall with time and are printed without one, by place."""
    timeless = (claim for claim in claims if _lacks_time(context, claim))
    by_place = group_by(timeless, lambda c: (c.source, c.section, c.measure.endpoint))
    for (_, _, endpoint), same in by_place.items():
        message = (
            f"{context.describe.endpoint(endpoint)} is printed as "
            f"{join_list(map(figure_text, same))} without the time that it refers to "
            f"({places(same)})."
        )
        yield Discrepancy.of_endpoint("share-without-time", Severity.MINOR, message, same)


def _lacks_time(context: CheckContext, claim: Claim) -> bool:
    measure, time = claim.measure, claim.measure.time
    if claim.figure.unit != "%" or claim.kind != "result" or measure.comparator:
        return False
    falls = context.endpoint_says(claim, "fallsWithTime")
    return falls and not (time.at or time.within or time.over)


def _defined_categories(context: CheckContext, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Check the definitions of one section whose names differ in one word, or in the group."""
    defined = (c for c in claims if c.kind == DEFINITION and thresholds.of_figure(c.figure))
    by_section = group_by(defined, lambda c: (c.source, c.section, c.figure.unit))
    for members in by_section.values():
        for scale in _scales(members):
            ranges = [r for c in scale if (r := thresholds.of_figure(c.figure)) is not None]
            alike = len({c.measure.category for c in scale}) == 1
            names = [context.describe.group_of(c) if alike else c.measure.category for c in scale]
            labels = [f"{name} ({r})" for name, r in zip(names, ranges, strict=True)]
            yield from _division(labels, ranges, scale, scale[0].measure.endpoint)


def _scales(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Yield the definitions that belong to one scale: low, moderate and high burden."""
    left = list(claims)
    while left:
        first, *left = left
        scale = [first, *(c for c in left if _is_same_scale(first, c))]
        left = [c for c in left if c not in scale]
        if len(scale) > 1:
            yield scale


def _is_same_scale(one: Claim, other: Claim) -> bool:
    if one.measure.category == other.measure.category:
        return one.measure.group != other.measure.group
    first, second = (c.measure.category.lower().split() for c in (one, other))
    shared = [a == b for a, b in zip(first, second, strict=False)]
    return len(first) == len(second) > 1 and shared.count(False) == 1


def _division(
    labels: Sequence[str], ranges: Sequence[Interval], claims: Sequence[Claim], endpoint: str
) -> Iterator[Discrepancy]:
    wrong = list(faults(ranges))
    if not wrong:
        return
    computation = "; ".join(_fault(*fault) for fault in wrong)
    message = (
        f"The categories {', '.join(labels)} do not divide the scale: {computation} "
        f"({places(claims)})."
    )
    # One value in two categories or in none is small; a stretch of values is not.
    wide = any(length > 0 for _, length, *_ in wrong)
    severity = Severity.MATERIAL if wide else Severity.MINOR
    kind = (
        "categories-overlap" if any(fault[0] == "overlap" for fault in wrong) else "categories-hole"
    )
    yield Discrepancy(kind, severity, message, tuple(claims), computation, endpoint)


def _fault(kind: str, length: Decimal, one: Interval, other: Interval) -> str:
    if kind == "overlap":
        return f"{one} and {other} " + ("overlap" if length else "share one value")
    edge = min(one.high, other.high)
    values = f"exactly {edge}" if length == 0 else f"{edge} to {max(one.low, other.low)}"
    return f"{one} and {other} leave out {in_unit(values, one.unit)}"


def _opposite_groups(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Check sibling groups that one threshold separates: ``<50%`` and ``>50%``."""
    siblings: dict[tuple[str, str, str], dict[str, list[Claim]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for claim in claims:
        group = context.groups.of(claim)
        interval = thresholds.parse(group.who_category)
        if interval is not None and _is_printed(_edge(interval), claim.wording):
            key = (claim.source, group.who_endpoint, group.who_time)
            siblings[key][group.who_category].append(claim)
    for (_, endpoint, _), by_range in siblings.items():
        for one, other in combinations(by_range, 2):
            ranges = [r for text in (one, other) if (r := thresholds.parse(text)) is not None]
            if _edge(ranges[0]) == _edge(ranges[1]) and _opposed(*ranges):
                together = _of_shared_sections(by_range[one], by_range[other])
                labels = [f"{context.describe.endpoint(endpoint)} {r}" for r in ranges]
                yield from _division(labels, ranges, together, endpoint)


def _of_shared_sections(one: Sequence[Claim], other: Sequence[Claim]) -> list[Claim]:
    """Return the claims of both groups in the sections that print both, or else all of them."""
    sections = {c.section for c in one} & {c.section for c in other}
    return [c for c in (*one, *other) if not sections or c.section in sections]


def _is_printed(number: Decimal, text: str) -> bool:
    return re.search(rf"(?<![\d.]){number}(?!\.?\d)", text) is not None


def _edge(interval: Interval) -> Decimal:
    return interval.high if interval.high.is_finite() else interval.low


def _opposed(one: Interval, other: Interval) -> bool:
    return {one.low.is_finite(), other.low.is_finite()} == {True, False} and not (
        one.high.is_finite() and other.high.is_finite()
    )


def _thresholds_in_study(context: CheckContext, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Compare the thresholds that the sources of one study give for one defined word."""
    for word, defining in _by_word(claims):
        for one, other in combinations(defining, 2):
            if any(_unlike([one, other])):
                first, second = (
                    f"{figure_text(c)} in {context.describe.studies[c.study]} ({place(c)})"
                    for c in (one, other)
                )
                message = f"{word} is defined by {first} and by {second}."
                computation = f"{figure_text(one)} ≠ {figure_text(other)}"
                kind = "threshold-differs-in-study"
                yield Discrepancy.of_endpoint(
                    kind, Severity.MATERIAL, message, [one, other], computation
                )


def _by_word(claims: Iterable[Claim]) -> Iterator[tuple[str, list[Claim]]]:
    """Yield each defined word with the claims that define it, group by group."""
    words = group_by(filter(_gives_threshold, claims), lambda c: (_word(c), c.measure.group))
    yield from ((word, defining) for (word, _), defining in words.items())


def _gives_threshold(claim: Claim) -> bool:
    return claim.kind == DEFINITION and claim.figure.value is not None


def _unlike(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Yield the claims with thresholds in one unit that do not all agree."""
    compared = (c for c in claims if c.statistic not in ("count", "p-value"))
    for same in group_by(compared, lambda claim: _threshold(claim)[1]).values():
        if len({_threshold(claim) for claim in same}) > 1:
            yield same
        else:  # a threshold without a sign agrees with any sign
            signed = [claim for claim in same if claim.figure.operator not in _NO_SIGN]
            if len({claim.figure.operator for claim in signed}) > 1:
                yield signed


def _word(claim: Claim) -> str:
    return claim.measure.category.partition(", as ")[0].casefold()


def _threshold(claim: Claim) -> tuple[Decimal, str]:
    """Return a threshold and its unit; a fraction as a percentage."""
    value, unit = claim.figure.value or Decimal(0), claim.figure.unit
    fraction, percent, factor = FRACTION
    return (value * factor, percent) if unit == fraction else (value, unit)


def _between_studies(context: CheckContext, word: str, claims: Sequence[Claim]) -> Discrepancy:
    studies = context.describe.studies
    by_threshold: dict[str, dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        by_threshold[figure_text(claim)].setdefault(studies[claim.study], claim)
    named = [*by_threshold.items()][:_FEW]
    texts = [
        f"{threshold} in {join_list(f'{study} ({place(c)})' for study, c in by_study.items())}"
        for threshold, by_study in named
    ]
    more = len(by_threshold) - len(named)
    others = f", and by {more} others" if more else ""
    message = f"{word} is defined by {' and by '.join(texts)}{others}."
    computation = " ≠ ".join(threshold for threshold, _ in named)
    kind = "threshold-differs-between-studies"
    return Discrepancy.of_endpoint(kind, Severity.MINOR, message, claims, computation)


def _units(context: CheckContext, claims: Iterable[Claim]) -> Iterator[Discrepancy]:
    """Find one number that is printed for one measure in two units."""
    points = (c for c in claims if c.figure.value and c.statistic in POINTS)
    for prints in group_by(points, lambda c: (c.measure, c.figure.value)).values():
        for one, other in combinations(prints, 2):
            if _is_other_unit(context, one.figure.unit, other.figure.unit):
                message = (
                    f"{context.describe.subject(one)} is printed as {figure_text(one)} and as "
                    f"{figure_text(other)} ({places((one, other))})."
                )
                computation = f"{one.figure.unit} ≠ {other.figure.unit}"
                yield Discrepancy.of_endpoint(
                    "unit-differs", Severity.MATERIAL, message, [one, other], computation
                )


def _is_other_unit(context: CheckContext, one: str, other: str) -> bool:
    """Tell whether two units differ in kind or in size; patients and number do not."""
    first, second = size_of_unit(context, one), size_of_unit(context, other)
    return bool(one and other) and first is not None and second is not None and first != second


def _centres(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Find more centres than patients, or what else is never above their number, in one source."""
    groups = context.groups
    sizes = group_by(
        (c for c in claims if groups.is_size(c) and c.figure.numerator is not None),
        lambda claim: (claim.measure.group, claim.source),
    )
    for claim in claims:
        number, endpoint = claim.figure.value, claim.measure.endpoint
        above = context.vocabulary.inherited_links("endpoint", endpoint, "neverAbove")
        if number is None or not set(above) & set(groups.size_endpoints):
            continue
        same = sizes.get((claim.measure.group, claim.source), [])
        most = max((size.figure.numerator or 0 for size in same), default=number)
        if number > most:
            message = (
                f"{context.describe.subject(claim)} is printed as {figure_text(claim)} for "
                f"{measured(most, 'patients')} ({place(claim)})."
            )
            kind, computation = "centres-above-patients", f"{number} > {most}"
            yield Discrepancy.of_endpoint(
                kind, Severity.MATERIAL, message, [claim, *same], computation
            )
