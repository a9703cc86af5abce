"""Claims about one measure that differ: within one source, between sources, or crosswise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, product
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.reports import Reports
from kb.checks.rounding import possible_values, same_figure, worst
from kb.checks.wording import figure_text, join_list, place, places, with_bounds
from kb.model import Claim, Measure
from kb.util.grouping import group_by

_SHARE: Final = "%"
_HALF: Final = Decimal("0.5")
_MATERIAL_SHARE: Final = Decimal(2)
"""Percentages that differ by more than this many points are another result."""
_MATERIAL_RATIO: Final = Decimal("0.05")
"""Other figures that differ by more than this part of the larger are another result."""
_NO_FIGURE_YET: Final = frozenset({"not-reached", "not-evaluable"})


def compare(one: Claim, other: Claim, *, counted: bool = False) -> Outcome:
    """Judge two claims about one measure, at the precision of both.

    Counts must be equal; values of one statistic and unit must be one figure, if need be rounded;
    a word such as "not reached" contradicts a figure. A median of what is ``counted`` in whole
    numbers is a whole number or a half: 1.5 is not a more precise 1.
    """
    judges = (_values, _counts, _bounds, _words, _p)
    if counted and _by_a_half(one, other):
        return Outcome.INCONSISTENT
    return worst(judge(one, other) for judge in judges)


def agrees(one: Claim, other: Claim) -> bool:
    """Tell whether two claims give the same figure, at the precision of both."""
    return compare(one, other) in (Outcome.CONSISTENT, Outcome.BY_ROUNDING)


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
    """Bounds of one kind must be equal; a single number is not a range."""
    a, b = one.figure, other.figure
    if {bool(a.bounds), bool(b.bounds)} == {True, False} and (a.dispersion or b.dispersion):
        return Outcome.INCONSISTENT
    if not a.bounds or a.bounds != b.bounds or a.unit != b.unit:
        return Outcome.NOT_ENOUGH
    pairs = [
        (x, y) for x, y in ((a.low, b.low), (a.high, b.high)) if x is not None and y is not None
    ]
    return worst(same_figure(x, y) for x, y in pairs)


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
    """Tell whether figures that differ lead to another conclusion or only differ in a digit."""
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


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield a discrepancy for each measure whose claims differ, and one for swapped groups."""
    for claims in context.by_study.values():
        by_measure = group_by(claims, lambda claim: claim.measure)
        swapped = list(_swaps(context, by_measure))
        explained = {id(c) for one in swapped for c in _exchanged(one)}
        yield from swapped
        for prints in by_measure.values():
            yield from _differences(context, [c for c in prints if id(c) not in explained])


def _exchanged(swap: Discrepancy) -> Iterable[Claim]:
    """Return the claims that a swap explains: the second-hand ones, or all of one source."""
    if len({claim.source for claim in swap.claims}) == 1:
        return swap.claims
    return (claim for claim in swap.claims if claim.is_second_hand)


def _differences(context: CheckContext, prints: Sequence[Claim]) -> Iterator[Discrepancy]:
    reports = context.reports
    # One figure may be printed a thousand times: each is compared once.
    alike = group_by(prints, _as_compared)
    contrary = [
        (a, b)
        for (a, *_), (b, *_) in combinations(alike.values(), 2)
        if reports.one_result(a, b)
        and compare(a, b, counted=reports.is_count(a.figure.unit)) is Outcome.INCONSISTENT
    ]
    differing = {_as_compared(c) for pair in contrary for c in pair}
    involved = [c for c in prints if differing and _as_compared(c) in differing]
    if not involved:
        return
    within = any(a.source == b.source for a, b in contrary)
    kind = "differs-within-source" if within else "differs-between-sources"
    figures = join_list((f"{with_bounds(c)} ({place(c)})" for c in involved), "and as")
    study, subject = involved[0].study, context.describe.subject(involved[0])
    message = f"In {context.describe.studies[study]}, {subject} is printed as {figures}."
    computation = " ≠ ".join(dict.fromkeys(map(with_bounds, involved)))
    yield Discrepancy.of_endpoint(kind, severity(involved), message, involved, computation)


def _as_compared(claim: Claim) -> tuple[object, ...]:
    """Return what distinguishes claims about one measure; 7.7 and 7.70 are two figures."""
    figures = repr(claim.figure), repr(claim.result)
    return claim.source, claim.is_second_hand, claim.statistic, *figures


def _swaps(context: CheckContext, by_measure: dict[Measure, list[Claim]]) -> Iterator[Discrepancy]:
    """Find two groups whose figures one source, or one section of it, gives to the other."""
    describe = context.describe
    crossed: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    for pair in _alike(by_measure):
        one, other = sorted(pair, key=lambda measure: measure.group)
        if _outermost(one) != _outermost(other):
            for key, claims in _crossed(by_measure[one], by_measure[other], context.reports):
                crossed[_outermost(one), _outermost(other), *key] += claims
    for (first, second, source, against), claims in crossed.items():
        once = list({id(c): c for c in claims}.values())
        measures = {(c.measure.endpoint, str(c.measure.time)) for c in once}
        if len(measures) < 2 and len({c.source for c in once}) > 1:
            continue  # a single figure of each may be a coincidence
        study = once[0].study
        left, right = describe.group(study, first), describe.group(study, second)
        message = (
            f"In {describe.studies[study]}, the figures of {left} and {right} are exchanged "
            f"between {places(once)}."
        )
        if source != against:
            message = (
                f"{against} gives figures of {left} to {right} and the other way round, compared "
                f"with {source}."
            )
        computation = "; ".join(
            f"{describe.subject(c)}: {figure_text(c)} ({place(c)})" for c in once
        )
        yield Discrepancy("groups-swapped", Severity.MATERIAL, message, tuple(once), computation)


def _outermost(measure: Measure) -> str:
    """Return the outermost group that a group's name declares it to be within."""
    return measure.group.partition(".")[0]


def _alike(measures: Iterable[Measure]) -> Iterator[tuple[Measure, Measure]]:
    """Yield the pairs that differ in their group only, in the order of the measures."""
    single = [measure for measure in measures if not measure.comparator]
    alike = group_by(single, _without_group)
    for measure in single:
        same = alike[_without_group(measure)]
        yield from ((measure, other) for other in same[same.index(measure) + 1 :])


def _without_group(measure: Measure) -> tuple[object, ...]:
    return measure.endpoint, measure.statistic, measure.category, measure.time


def _crossed(
    ones: list[Claim], others: list[Claim], reports: Reports
) -> Iterator[tuple[tuple[str, str], list[Claim]]]:
    """Yield the exchanged figures of two sources, or of two sections of one source."""
    sources = sorted({c.source for c in (*ones, *others)})
    for a, b in combinations(sources, 2):
        sides = [[c for c in side if c.source in (a, b)] for side in (ones, others)]
        for same in _exchanges(sides[0], sides[1], _in("source", a)):
            if reports.one_result(same[0], same[2]):
                own = a if not same[0].is_second_hand else b
                yield (own, b if own == a else a), same
    for source in sources:
        sides = [[c for c in side if c.source == source] for side in (ones, others)]
        for section in sorted({c.section for c in sides[0]}):
            for same in _exchanges(sides[0], sides[1], _in("section", section)):
                yield (source, source), same


def _in(part: str, name: str) -> Callable[[Claim], bool]:
    return lambda claim: getattr(claim, part) == name


def _exchanges(
    ones: list[Claim], others: list[Claim], here: Callable[[Claim], bool]
) -> Iterator[list[Claim]]:
    """Yield a figure of each group from here, and the same two there, each of the other group."""
    for x, y in product(filter(here, ones), filter(here, others)):
        far = [c for c in ones if not here(c) and _same(c, y)]
        near = [c for c in others if not here(c) and _same(c, x)]
        if far and near and not _same(x, y):
            yield [x, y, *far, *near]


def _same(one: Claim, other: Claim) -> bool:
    value = one.figure.value
    return value is not None and value == other.figure.value and one.statistic == other.statistic
