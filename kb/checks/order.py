"""Order: figures of which one can never be above the other.

An estimate lies within its bounds, a narrower outcome is not more frequent than the broader
one, survival does not rise with time, and a later stage of a study has no more people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, permutations, product
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, PEOPLE, count_of
from kb.checks.rounding import possible_values, worst
from kb.checks.thresholds import in_unit
from kb.checks.wording import place, places
from kb.model import Claim, Measure
from kb.util.grouping import group_by

STAGES: Final = (
    ("screened",),
    ("enrolled",),
    ("randomised", "randomized"),
    ("treated", "infused"),
    ("evaluable", "response-evaluable"),
)
"""How people get fewer on their way through a study."""
_MONTHS: Final = {
    "day": Decimal("0.03285"),
    "week": Decimal("0.22998"),
    "month": Decimal(1),
    "year": Decimal(12),
}
_HALF: Final = Decimal(50)


def not_above(lower: Decimal, upper: Decimal) -> Outcome:
    """Judge whether one printed figure is at most another, at the precision of both.

    Figures of one precision keep their order when rounded: one unit above is above.

    >>> not_above(Decimal(63), Decimal("62.6")).value
    'consistent only by rounding'
    >>> not_above(Decimal(82), Decimal(58)).value
    'inconsistent'
    """
    if lower <= upper:
        return Outcome.CONSISTENT
    reach = possible_values(lower).low < possible_values(upper).high
    return Outcome.BY_ROUNDING if reach else Outcome.INCONSISTENT


def within_bounds(value: Decimal, low: Decimal | None, high: Decimal | None) -> Outcome:
    """Judge whether an estimate lies between its bounds; an absent one is open.

    >>> within_bounds(Decimal("0.94"), Decimal("0.55"), Decimal("0.93")).value
    'inconsistent'
    """
    if low is None and high is None:
        return Outcome.NOT_ENOUGH
    below = Outcome.CONSISTENT if low is None else not_above(low, value)
    above = Outcome.CONSISTENT if high is None else not_above(value, high)
    return worst([below, above])


def share_beside_median(months: Decimal, share: Decimal, median: Decimal) -> Outcome:
    """Judge the share still without the event at a time against the median time to it.

    >>> share_beside_median(Decimal(12), Decimal(60), Decimal("7.7")).value
    'inconsistent'
    """
    half, alive = possible_values(median), possible_values(share)
    wrong = (half.high < months and alive.low > _HALF) or (half.low > months and alive.high < _HALF)
    return Outcome.INCONSISTENT if wrong else Outcome.CONSISTENT


def months_of(duration: str) -> Decimal | None:
    """Return a landmark in months; None if it is not a length of time.

    >>> months_of("2 years"), months_of("transplant") is None
    (Decimal('24'), True)
    """
    number, _, unit = duration.partition(" ")
    factor = _MONTHS.get(unit.removesuffix("s"))
    if factor is None or not number.replace(".", "", 1).isdecimal():
        return None
    return Decimal(number) * factor


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield figures in an order that cannot be."""
    for claims in context.by_study.values():
        results = [claim for claim in claims if claim.kind == "result"]
        for claim in claims:
            yield from _bounds(context, claim)
        yield from _outcomes(context, results)
        yield from _survival(context, results)
        yield from _stages(context, results)


def _bounds(context: CheckContext, claim: Claim) -> Iterator[Discrepancy]:
    """Yield an estimate outside its bounds, or bounds in the wrong order."""
    figure, value = claim.figure, claim.figure.value
    low, high = _or_open(figure.low), _or_open(figure.high)
    subject = context.describe.subject(claim)
    if figure.low is not None and figure.high is not None and figure.low > figure.high:
        message = (
            f"{subject}: the bounds {low} to {high} in {place(claim)} are the wrong way round."
        )
        computation = f"{low} > {high}"
        yield Discrepancy.of_endpoint("bounds-order", Severity.MINOR, message, [claim], computation)
    elif value is None or figure.operator:
        return
    elif within_bounds(value, figure.low, figure.high) is Outcome.INCONSISTENT:
        message = (
            f"{subject} is printed as {value} in {place(claim)}, outside its bounds of "
            f"{low} to {high}."
        )
        computation = f"not {low} ≤ {value} ≤ {high}"
        yield Discrepancy.of_endpoint(
            "outside-bounds", Severity.MATERIAL, message, [claim], computation
        )


def _or_open(bound: Decimal | None) -> str:
    return "…" if bound is None else str(bound)


def _outcomes(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield a narrower outcome printed above the broader one of the same people and time."""
    comparable = (c for c in claims if _is_comparable(c))
    by_people = group_by(comparable, lambda c: (c.source, replace(c.measure, endpoint="")))
    for (_, measure), same in by_people.items():
        by_endpoint = group_by(same, lambda claim: claim.measure.endpoint)
        counted = measure.statistic == FREQUENCY
        for narrow, broad in permutations(by_endpoint, 2):
            if _never_above(context, narrow, broad) or (
                counted and _is_part(context, narrow, broad)
            ):
                yield from _above(context, by_endpoint[narrow], by_endpoint[broad])
        if counted and not measure.category:
            yield from _residual(context, by_endpoint)


def _is_comparable(claim: Claim) -> bool:
    measure, figure = claim.measure, claim.figure
    of_one_group = measure.statistic in (FREQUENCY, "median") and not measure.comparator
    printed = count_of(claim) is not None or figure.value is not None
    return of_one_group and not figure.operator and printed


def _never_above(context: CheckContext, narrow: str, broad: str) -> bool:
    """Whether the ontology declares an endpoint never above another, or what the other includes."""
    declared = context.vocabulary.inherited_links("endpoint", narrow, "neverAbove")
    return any(_is_part(context, name, broad) for name in declared)


def _is_part(context: CheckContext, narrow: str, broad: str) -> bool:
    """Whether one outcome implies the other, which is broader and not a topic."""
    topic = context.vocabulary.get("endpoint", broad).first("isTopic") == "true"
    return context.is_a(narrow, broad) and not topic


def _residual(context: CheckContext, by_endpoint: dict[str, list[Claim]]) -> Iterator[Discrepancy]:
    """Yield more people with what only responders are examined for than there are responders."""
    for name, claims in by_endpoint.items():
        among = context.vocabulary.inherited_links("endpoint", name, "countedAmong")
        wider = [other for other in by_endpoint if any(context.is_a(other, one) for one in among)]
        responders = [claim for other in wider for claim in by_endpoint[other]]
        for claim in claims:
            yield from _residual_above(context, claim, responders)


def _residual_above(
    context: CheckContext, claim: Claim, responders: list[Claim]
) -> Iterator[Discrepancy]:
    pairs = [(c, pair) for c in responders if (pair := _pair(claim, c))]
    # Percentages of different places may be of different people.
    known = [(c, p) for c, p in pairs if p.unit != "%" or claim.section == c.section]
    if not known or any(not_above(p.lower, p.upper) is not Outcome.INCONSISTENT for _, p in known):
        return
    other, pair = max(known, key=lambda one: one[1].upper)
    hint = ": they cannot be percentages of the same patients" if pair.unit == "%" else ""
    describe = context.describe
    message = (
        f"{describe.endpoint_of(claim)} is printed for {in_unit(pair.lower, pair.unit)} of "
        f"{describe.group_of(claim)} in {place(claim)}, but {describe.endpoint_of(other)} only "
        f"for {in_unit(pair.upper, pair.unit)} ({place(other)}){hint}."
    )
    computation = f"{pair.lower} > {pair.upper}"
    yield Discrepancy.of_endpoint(
        "residual-above-response", Severity.MATERIAL, message, [claim, other], computation
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two figures in one unit."""

    lower: Decimal
    upper: Decimal
    unit: str


def _pair(narrow: Claim, broad: Claim) -> _Pair | None:
    """Return two figures that can be compared: two counts, or two values of one unit."""
    counts = count_of(narrow), count_of(broad)
    if counts[0] is not None and counts[1] is not None:
        return _Pair(Decimal(counts[0]), Decimal(counts[1]), PEOPLE)
    one, other = narrow.figure, broad.figure
    if one.value is None or other.value is None or one.unit != other.unit:
        return None
    if one.denominator != other.denominator and one.denominator and other.denominator:
        return None
    return _Pair(one.value, other.value, one.unit)


def _above(
    context: CheckContext, narrow: Iterable[Claim], broad: Iterable[Claim]
) -> Iterator[Discrepancy]:
    by_figures: dict[_Pair, list[tuple[Claim, Claim]]] = defaultdict(list)
    for one, other in product(narrow, broad):
        pair = _pair(one, other)
        if pair and not_above(pair.lower, pair.upper) is Outcome.INCONSISTENT:
            by_figures[pair].append((one, other))
    for pair, claims in by_figures.items():
        ones, others = zip(*claims, strict=True)
        message = (
            f"{context.describe.subject(ones[0])} is printed as {in_unit(pair.lower, pair.unit)} "
            f"in {places(ones)}, above the {in_unit(pair.upper, pair.unit)} of "
            f"{context.describe.endpoint_of(others[0])} ({places(others)}), which it cannot exceed."
        )
        involved = dict.fromkeys(claim for both in claims for claim in both)
        computation = f"{pair.lower} > {pair.upper}"
        yield Discrepancy.of_endpoint(
            "outcome-above-broader", Severity.MATERIAL, message, involved, computation
        )


def _survival(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield survival that rises with time, or that its median contradicts."""
    landmarks: dict[tuple[str, Measure], list[_Landmark]] = defaultdict(list)
    medians: dict[tuple[str, Measure], list[Claim]] = defaultdict(list)
    for claim in claims:
        measure, figure = claim.measure, claim.figure
        falls = context.endpoint_says(claim, "fallsWithTime")
        if not falls or figure.operator or measure.comparator or figure.value is None:
            continue
        months = months_of(measure.time.at)
        key = (claim.source, replace(measure, statistic="", time=replace(measure.time, at="")))
        if measure.statistic == "median" and figure.unit == "months":
            medians[key].append(claim)
        elif months is not None and figure.unit == "%":
            landmarks[key].append(_Landmark(months, figure.value, claim))
    for key, points in landmarks.items():
        yield from _rising(context, sorted(points, key=lambda point: point.months))
        for point, median in product(points, medians[key]):
            yield from _against_median(context, point, median)


@dataclass(frozen=True, slots=True)
class _Landmark:
    """The percentage without an event so many months after the start."""

    months: Decimal
    share: Decimal
    claim: Claim


def _rising(context: CheckContext, points: Sequence[_Landmark]) -> Iterator[Discrepancy]:
    for early, late in pairwise(points):
        if early.months == late.months:
            continue
        if not_above(late.share, early.share) is Outcome.INCONSISTENT:
            one, other = early.claim, late.claim
            message = (
                f"{context.describe.subject(other)} is printed as {late.share}% in "
                f"{place(other)}, above the {early.share}% {context.describe.time_of(one)} "
                f"({place(one)})."
            )
            computation = f"{late.share} > {early.share}, {late.months} months after {early.months}"
            yield Discrepancy.of_endpoint(
                "survival-rises", Severity.MATERIAL, message, [one, other], computation
            )


def _against_median(context: CheckContext, point: _Landmark, other: Claim) -> Iterator[Discrepancy]:
    median = other.figure.value or Decimal(0)
    if share_beside_median(point.months, point.share, median) is Outcome.INCONSISTENT:
        message = (
            f"{context.describe.subject(point.claim)} is printed as {point.share}% in "
            f"{place(point.claim)}, but by the median of {median} months half of "
            f"the patients had the event ({place(other)})."
        )
        computation = f"{point.share}% at {point.months} months, 50% at {median} months"
        yield Discrepancy.of_endpoint(
            "landmark-and-median", Severity.MATERIAL, message, [point.claim, other], computation
        )


def _stages(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield a later stage of a study with more people than an earlier one of the same group."""
    sizes = (c for c in claims if context.groups.is_size(c) and count_of(c) is not None)
    by_group = group_by(sizes, lambda c: (c.source, replace(c.measure, category="")))
    for same in by_group.values():
        staged = [(rank, c) for c in same if (rank := stage(c.measure.category)) is not None]
        for (early, one), (late, other) in permutations(staged, 2):
            fewer, more = count_of(one) or 0, count_of(other) or 0
            if early < late and more > fewer:
                message = (
                    f"{_people(context, other)} are {more} patients in {place(other)}, more than "
                    f"the {fewer} of {_people(context, one)} ({place(one)})."
                )
                yield Discrepancy.of_endpoint(
                    "part-above-whole",
                    Severity.MATERIAL,
                    message,
                    [other, one],
                    f"{more} > {fewer}",
                )


def _people(context: CheckContext, claim: Claim) -> str:
    return f"{context.describe.group_of(claim)}, {claim.measure.category}"


def stage(word: str) -> int | None:
    """Return how far on its way through a study a word is; None if it names no stage.

    >>> stage("randomised"), stage("blinatumomab arm")
    (2, None)
    """
    return next((rank for rank, words in enumerate(STAGES) if word in words), None)
