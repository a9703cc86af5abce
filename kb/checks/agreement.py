"""Claims about one measure that differ: within one source, between sources, or crosswise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.reports import Reports
from kb.checks.rounding import possible_values, same_figure
from kb.checks.wording import Saying, figure, place
from kb.model import Claim, Measure

_SHARE: Final = "%"
_HALF: Final = Decimal("0.5")
_MATERIAL_SHARE: Final = Decimal(2)
"""Percentages that differ by more than this many points are another result."""
_MATERIAL_RATIO: Final = Decimal("0.05")
"""Other figures that differ by more than this part of the larger are another result."""
_NO_FIGURE_YET: Final = frozenset({"not-reached", "not-evaluable"})


def compare(one: Claim, other: Claim, *, counted: bool = False) -> Outcome:
    """Judge two prints of one measure at the precision of both.

    Counts must be equal; values of one statistic and unit must share some value that both
    prints could stand for; a word such as "not reached" contradicts a figure. A median of what
    is ``counted`` in whole numbers ends in a half or in nothing: 1.5 and 1 are two figures.
    """
    judges = (_values, _counts, _bounds, _words, _p)
    if counted and _by_a_half(one, other):
        return Outcome.INCONSISTENT
    return _worst(judge(one, other) for judge in judges)


def _worst(outcomes: Iterable[Outcome]) -> Outcome:
    reached, ranked = set(outcomes), (Outcome.INCONSISTENT, Outcome.BY_ROUNDING, Outcome.CONSISTENT)
    return next((outcome for outcome in ranked if outcome in reached), Outcome.NOT_ENOUGH)


def _by_a_half(one: Claim, other: Claim) -> bool:
    a, b = one.figure.value, other.figure.value
    same = one.statistic == other.statistic and one.figure.unit == other.figure.unit
    return same and a is not None and b is not None and abs(a - b) == _HALF


def _values(one: Claim, other: Claim) -> Outcome:
    a, b = one.figure, other.figure
    comparable = one.statistic == other.statistic and a.unit == b.unit
    if a.value is None or b.value is None or not comparable:
        return Outcome.NOT_ENOUGH
    if a.value == b.value or not (a.operator or b.operator):
        return same_figure(a.value, b.value)
    spans = possible_values(a.value, a.operator), possible_values(b.value, b.operator)
    return Outcome.BY_ROUNDING if spans[0].overlaps(spans[1]) else Outcome.INCONSISTENT


def _counts(one: Claim, other: Claim) -> Outcome:
    a, b = one.figure, other.figure
    pairs = ((a.numerator, b.numerator), (a.denominator, b.denominator))
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    if not known:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if all(x == y for x, y in known) else Outcome.INCONSISTENT


def _bounds(one: Claim, other: Claim) -> Outcome:
    """Bounds of one kind must be equal; one number where bounds belong is no range."""
    a, b = one.figure, other.figure
    if {bool(a.bounds), bool(b.bounds)} == {True, False} and (a.dispersion or b.dispersion):
        return Outcome.INCONSISTENT
    if not a.bounds or a.bounds != b.bounds or a.unit != b.unit:
        return Outcome.NOT_ENOUGH
    pairs = [
        (x, y) for x, y in ((a.low, b.low), (a.high, b.high)) if x is not None and y is not None
    ]
    return _worst(same_figure(x, y) for x, y in pairs)


def _words(one: Claim, other: Claim) -> Outcome:
    words = [c.figure.text_value for c in (one, other)]
    values = [c.figure.value for c in (one, other)]
    for word, value in ((words[0], values[1]), (words[1], values[0])):
        if word in _NO_FIGURE_YET and value is not None:
            return Outcome.INCONSISTENT
    return Outcome.NOT_ENOUGH


def _p(one: Claim, other: Claim) -> Outcome:
    """Only two exact p-values can contradict each other: <0.001 and =0.0004 are one."""
    a, b = one.result, other.result
    if a.p_value is None or b.p_value is None or {a.p_operator, b.p_operator} != {"="}:
        return Outcome.NOT_ENOUGH
    return same_figure(a.p_value, b.p_value)


def severity(claims: Sequence[Claim]) -> Severity:
    """Say whether prints that differ lead to another conclusion or only to another digit."""
    if any(c.figure.text_value in _NO_FIGURE_YET for c in claims) or _differ(
        c.figure.numerator for c in claims
    ):
        return Severity.MATERIAL
    values = [c.figure.value for c in claims if c.figure.value is not None]
    if not values:
        return Severity.MINOR
    low, high = min(values), max(values)
    if any(c.figure.unit == _SHARE for c in claims):
        return Severity.MATERIAL if high - low > _MATERIAL_SHARE else Severity.MINOR
    return Severity.MATERIAL if high - low > _MATERIAL_RATIO * high else Severity.MINOR


def _differ(counts: Iterable[int | None]) -> bool:
    return len({count for count in counts if count is not None}) > 1


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield a finding for each measure whose prints differ, and one for groups swapped."""
    reports, say = Reports(material), Saying(material)
    for claims in material.by_study.values():
        by_measure: dict[Measure, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_measure[claim.measure].append(claim)
        swapped = list(_swaps(by_measure, reports, say))
        explained = {id(c) for finding in swapped for c in finding.claims if c.is_second_hand}
        yield from swapped
        for prints in by_measure.values():
            left = [claim for claim in prints if id(claim) not in explained]
            yield from _differences(left, reports, say)


def _differences(prints: Sequence[Claim], reports: Reports, say: Saying) -> Iterator[Discrepancy]:
    odd = [
        (a, b)
        for a, b in combinations(prints, 2)
        if reports.one_result(a, b)
        and compare(a, b, counted=reports.counts(a.figure.unit)) is Outcome.INCONSISTENT
    ]
    involved = [c for c in prints if any(c is a or c is b for a, b in odd)]
    if not involved:
        return
    within = any(a.source == b.source for a, b in odd)
    kind = "differs-within-source" if within else "differs-between-sources"
    said = _listed(f"{_with_bounds(c)} ({place(c)})" for c in involved)
    study = say.studies[involved[0].study]
    message = f"In {study}, {say.subject(involved[0])} is printed as {said}."
    shown = " ≠ ".join(dict.fromkeys(map(_with_bounds, involved)))
    endpoint = involved[0].measure.endpoint
    yield Discrepancy(kind, severity(involved), message, tuple(involved), shown, endpoint)


def _with_bounds(claim: Claim) -> str:
    found = claim.figure
    ends = (str(end) for end in (found.low, found.high) if end is not None)
    more = f"{found.bounds} {'–'.join(ends)}" if found.bounds else str(found.dispersion or "")
    return f"{figure(claim)} ({more})" if more else figure(claim)


def _listed(items: Iterable[str]) -> str:
    *first, last = dict.fromkeys(items)
    return f"{', '.join(first)} and as {last}" if first else last


def _swaps(
    by_measure: dict[Measure, list[Claim]], reports: Reports, say: Saying
) -> Iterator[Discrepancy]:
    """Find two groups whose figures one source gives to the other: at least two measures."""
    found: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    for pair in _alike(by_measure):
        one, other = sorted(pair, key=lambda measure: measure.group)
        if _root(one) != _root(other):
            for key, claims in _crossed(by_measure[one], by_measure[other], reports):
                found[_root(one), _root(other), *key] += claims
    for (first, second, source, against), claims in found.items():
        once = list({id(c): c for c in claims}.values())
        if len({(c.measure.endpoint, str(c.measure.time)) for c in once}) < 2:
            continue
        study = once[0].study
        message = (
            f"{against} gives figures of {say.group(study, first)} to "
            f"{say.group(study, second)} and the other way round, compared with {source}."
        )
        shown = "; ".join(f"{say.subject(c)}: {figure(c)} ({c.source})" for c in once)
        yield Discrepancy("groups-swapped", Severity.MATERIAL, message, tuple(once), shown)


def _root(measure: Measure) -> str:
    """Return the outermost group that a group's name says it is within."""
    return measure.group.partition(".")[0]


def _alike(measures: Iterable[Measure]) -> Iterator[tuple[Measure, Measure]]:
    """Yield the pairs that differ in whom they measure only, in the order of the measures."""
    found: dict[tuple[object, ...], list[Measure]] = defaultdict(list)
    alone = [measure for measure in measures if not measure.comparator]
    for measure in alone:
        found[_what(measure)].append(measure)
    for measure in alone:
        same = found[_what(measure)]
        yield from ((measure, other) for other in same[same.index(measure) + 1 :])


def _what(measure: Measure) -> tuple[object, ...]:
    return measure.endpoint, measure.statistic, measure.category, measure.time


def _crossed(
    ones: list[Claim], others: list[Claim], reports: Reports
) -> Iterator[tuple[tuple[str, str], list[Claim]]]:
    for a, b in combinations({c.source for c in (*ones, *others)}, 2):
        for x in (c for c in ones if c.source == a):
            for y in (c for c in others if c.source == a):
                far = [c for c in ones if c.source == b and _same(c, y)]
                near = [c for c in others if c.source == b and _same(c, x)]
                if far and near and not _same(x, y) and reports.one_result(x, far[0]):
                    own = a if not x.is_second_hand else b
                    yield (own, b if own == a else a), [x, y, *far, *near]


def _same(one: Claim, other: Claim) -> bool:
    value = one.figure.value
    return value is not None and value == other.figure.value and one.statistic == other.statistic
