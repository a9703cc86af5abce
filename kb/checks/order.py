"""Order: figures of which one can never be above the other.

An estimate lies within its bounds, a narrower outcome is not more frequent than the broader
one, survival does not rise with time, and a group is not larger than the one it is within.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, permutations
from typing import Final

from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, Groups, count_of
from kb.checks.rounding import possible_values
from kb.checks.wording import Saying, place, places
from kb.model import WHOLE, Claim, Group, Measure

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
    found = {
        Outcome.CONSISTENT if low is None else not_above(low, value),
        Outcome.CONSISTENT if high is None else not_above(value, high),
    }
    ranked = (Outcome.INCONSISTENT, Outcome.BY_ROUNDING)
    return next((outcome for outcome in ranked if outcome in found), Outcome.CONSISTENT)


def bounds_in_order(low: Decimal | None, high: Decimal | None) -> Outcome:
    """Judge whether the low bound is printed below the high one; digits decide.

    >>> bounds_in_order(Decimal(93), Decimal(55)).value
    'inconsistent'
    """
    if low is None or high is None:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if low <= high else Outcome.INCONSISTENT


def share_beside_median(months: Decimal, share: Decimal, median: Decimal) -> Outcome:
    """Judge the share still without the event at a time against the median time to it.

    >>> share_beside_median(Decimal(12), Decimal(60), Decimal("7.7")).value
    'inconsistent'
    """
    past, early = possible_values(median).high < months, possible_values(median).low > months
    wrong = (past and possible_values(share).low > _HALF) or (
        early and possible_values(share).high < _HALF
    )
    return Outcome.INCONSISTENT if wrong else Outcome.CONSISTENT


def months_of(duration: str) -> Decimal | None:
    """Return a landmark in months; None when it is no length of time.

    >>> months_of("2 years"), months_of("transplant") is None
    (Decimal('24'), True)
    """
    number, _, unit = duration.partition(" ")
    factor = _MONTHS.get(unit.removesuffix("s"))
    if factor is None or not number.replace(".", "", 1).isdecimal():
        return None
    return Decimal(number) * factor


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield figures in an order that cannot be."""
    groups, say = Groups(material), Saying(material)
    for claims in material.by_study.values():
        results = [claim for claim in claims if claim.kind == "result"]
        for claim in claims:
            yield from _bounds(say, claim)
        yield from _outcomes(material, say, results)
        yield from _survival(material, say, results)
        yield from _stages(groups, say, results)
    yield from _nested(material, groups, say)


def _bounds(say: Saying, claim: Claim) -> Iterator[Discrepancy]:
    """Yield an estimate outside its bounds, or bounds the wrong way round."""
    figure, value = claim.figure, claim.figure.value
    pair = f"{_or_open(figure.low)} to {_or_open(figure.high)}"
    about = say.subject(claim)
    if bounds_in_order(figure.low, figure.high) is Outcome.INCONSISTENT:
        text = f"{about}: the bounds {pair} in {place(claim)} are the wrong way round."
        sum_ = f"{figure.low} > {figure.high}"
        yield _finding("bounds-order", Severity.MINOR, text, [claim], sum_)
    elif value is None or figure.operator:
        return
    elif within_bounds(value, figure.low, figure.high) is Outcome.INCONSISTENT:
        text = f"{about} is printed as {value} with bounds {pair} in {place(claim)}, outside them."
        sum_ = f"not {_or_open(figure.low)} ≤ {value} ≤ {_or_open(figure.high)}"
        yield _finding("outside-bounds", Severity.MATERIAL, text, [claim], sum_)


def _or_open(bound: Decimal | None) -> str:
    return "…" if bound is None else str(bound)


def _outcomes(
    material: CheckContext, say: Saying, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Yield a narrower outcome printed above the broader one of the same people and time."""
    for (_, measure), same in _alike(claims).items():
        counted = measure.statistic == FREQUENCY
        for narrow, broad in permutations(same, 2):
            if _is_within(material, narrow, broad) or (
                counted and _is_part(material, narrow, broad)
            ):
                yield from _above(say, same[narrow], same[broad], "outcome-above-broader")
        if counted and not measure.category:
            yield from _residual(material, say, same)


def _alike(claims: Sequence[Claim]) -> dict[tuple[str, Measure], dict[str, list[Claim]]]:
    """Sort figures of one source by all that they share but the endpoint, then by endpoint."""
    found: dict[tuple[str, Measure], dict[str, list[Claim]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for claim in claims:
        measure = claim.measure
        wanted = measure.statistic in (FREQUENCY, "median")
        if wanted and not measure.comparator and _comparable(claim):
            key = (claim.source, replace(measure, endpoint=""))
            found[key][measure.endpoint].append(claim)
    return found


def _comparable(claim: Claim) -> bool:
    figure = claim.figure
    return not figure.operator and (count_of(claim) is not None or figure.value is not None)


def _is_within(material: CheckContext, narrow: str, broad: str) -> bool:
    """Whether the ontology declares an endpoint never above another, or what the other includes."""
    declared = material.vocabulary.inherited_links("endpoint", narrow, "neverAbove")
    return any(_is_part(material, name, broad) for name in declared)


def _is_part(material: CheckContext, narrow: str, broad: str) -> bool:
    """Whether everybody with one outcome has the other too, which is broader and no topic."""
    return material.is_a(narrow, broad) and not _is_topic(material, broad)


def _is_topic(material: CheckContext, endpoint: str) -> bool:
    return material.vocabulary.get("endpoint", endpoint).first("isTopic") == "true"


def _residual(
    material: CheckContext, say: Saying, same: dict[str, list[Claim]]
) -> Iterator[Discrepancy]:
    """Yield more people with what only responders are examined for than there are responders."""
    for name, claims in same.items():
        among = material.vocabulary.inherited_links("endpoint", name, "countedAmong")
        wider = [other for other in same if any(material.is_a(other, one) for one in among)]
        responders = [claim for other in wider for claim in same[other]]
        for claim in claims:
            yield from _residual_above(say, claim, responders)


def _residual_above(say: Saying, claim: Claim, responders: list[Claim]) -> Iterator[Discrepancy]:
    pairs = [(c, _pair(claim, c)) for c in responders]
    known = [(c, pair) for c, pair in pairs if pair and _same_ground(claim, c, pair)]
    if known and all(not_above(p.lower, p.upper) is Outcome.INCONSISTENT for _, p in known):
        other, pair = max(known, key=lambda found: found[1].upper)
        hint = "" if pair.unit else ": they cannot be shares of the same patients"
        text = (
            f"{say.what(claim)} is printed for {_said(pair.lower, pair)} of "
            f"{say.who(claim)} in {place(claim)}, but {say.what(other)} only for "
            f"{_said(pair.upper, pair)} ({place(other)}){hint}."
        )
        sum_ = f"{pair.lower} > {pair.upper}"
        yield _finding("residual-above-response", Severity.MATERIAL, text, [claim, other], sum_)


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
        return _Pair(Decimal(counts[0]), Decimal(counts[1]), " patients")
    one, other = narrow.figure, broad.figure
    if one.value is None or other.value is None or one.unit != other.unit:
        return None
    if one.denominator != other.denominator and one.denominator and other.denominator:
        return None
    return _Pair(one.value, other.value, "" if one.unit == "%" else f" {one.unit}")


def _said(value: Decimal, pair: _Pair) -> str:
    return f"{value}{pair.unit or '%'}"


def _same_ground(claim: Claim, other: Claim, pair: _Pair) -> bool:
    """Shares are compared only where one place prints both: elsewhere what they are of differs."""
    return bool(pair.unit) or claim.section == other.section


def _above(
    say: Saying, narrow: Iterable[Claim], broad: Iterable[Claim], kind: str
) -> Iterator[Discrepancy]:
    found: dict[_Pair, list[Claim]] = defaultdict(list)
    for one in narrow:
        for other in broad:
            pair = _pair(one, other)
            if pair and not_above(pair.lower, pair.upper) is Outcome.INCONSISTENT:
                found[pair] += [one, other]
    for pair, claims in found.items():
        one, other = claims[:2]
        text = (
            f"{say.subject(one)} is printed as "
            f"{_said(pair.lower, pair)} in {places(claims[::2])}, above the "
            f"{_said(pair.upper, pair)} of {say.what(other)} ({places(claims[1::2])}), "
            "which includes it."
        )
        once = list(dict.fromkeys(claims))
        yield _finding(kind, Severity.MATERIAL, text, once, f"{pair.lower} > {pair.upper}")


def _survival(
    material: CheckContext, say: Saying, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Yield survival that rises with time, or does not go with its median."""
    marks: dict[tuple[str, Measure], list[tuple[Decimal, Claim]]] = defaultdict(list)
    medians: dict[tuple[str, Measure], list[Claim]] = defaultdict(list)
    for claim in claims:
        measure, figure = claim.measure, claim.figure
        falls = material.vocabulary.has_flag("endpoint", measure.endpoint, "fallsWithTime")
        if not falls or figure.operator or measure.comparator:
            continue
        months = months_of(measure.time.at)
        key = (claim.source, replace(measure, statistic="", time=replace(measure.time, at="")))
        if measure.statistic == "median" and figure.unit == "months" and figure.value is not None:
            medians[key].append(claim)
        elif months is not None and figure.unit == "%" and figure.value is not None:
            marks[key].append((months, claim))
    for key, points in marks.items():
        yield from _falling(say, sorted(points, key=lambda point: point[0]))
        yield from _beside_medians(say, points, medians[key])


def _falling(say: Saying, points: Sequence[tuple[Decimal, Claim]]) -> Iterator[Discrepancy]:
    for (early, one), (late, other) in pairwise(points):
        before, after = one.figure.value, other.figure.value
        if early == late or before is None or after is None:
            continue
        if not_above(after, before) is Outcome.INCONSISTENT:
            text = (
                f"{say.subject(other)} is printed as {after}% in {place(other)}, above the "
                f"{before}% {one.measure.time} ({place(one)})."
            )
            sum_ = f"{after} > {before}, {late} months after {early}"
            yield _finding("survival-rises", Severity.MATERIAL, text, [one, other], sum_)


def _beside_medians(
    say: Saying, points: Iterable[tuple[Decimal, Claim]], medians: Sequence[Claim]
) -> Iterator[Discrepancy]:
    for months, claim in points:
        for other in medians:
            share, median = claim.figure.value, other.figure.value
            if share is None or median is None:
                continue
            if share_beside_median(months, share, median) is Outcome.INCONSISTENT:
                text = (
                    f"{say.subject(claim)} is printed as {share}% "
                    f"in {place(claim)}, but half of them had the event by the median of "
                    f"{median} months ({place(other)})."
                )
                sum_ = f"{share}% at {months} months, 50% at {median} months"
                kind = "landmark-and-median"
                yield _finding(kind, Severity.MATERIAL, text, [claim, other], sum_)


def _stages(groups: Groups, say: Saying, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield a later stage of a study with more people than an earlier one of the same group."""
    found: dict[object, list[tuple[int, Claim]]] = defaultdict(list)
    for claim in claims:
        stage = _stage(claim.measure.category)
        if groups.is_size(claim) and stage is not None and count_of(claim) is not None:
            found[claim.source, replace(claim.measure, category="")].append((stage, claim))
    for staged in found.values():
        for (early, one), (late, other) in permutations(staged, 2):
            if early < late:
                yield from _larger(groups, say, other, one)


def _stage(word: str) -> int | None:
    return next((rank for rank, words in enumerate(STAGES) if word in words), None)


def _nested(material: CheckContext, groups: Groups, say: Saying) -> Iterator[Discrepancy]:
    """Yield a group larger than the one it is within, in one source."""
    whole = {(p.study, part) for p in material.evidence.partitions for part in p.parts}
    for group in material.evidence.groups:
        above = groups.above(group)
        if above is None or not ((group.study, group.id) in whole or _is_narrower(group)):
            continue
        for source in groups.counting(group.study):
            inner, outer = groups.size(group, source), groups.size(above, source)
            if inner and outer:
                yield from _larger(groups, say, inner.claim, outer.claim)


def _is_narrower(group: Group) -> bool:
    """Whether a group is surely part of the one it is within.

    Directly within the whole study stand comparators from outside it, and the larger number
    from which it was drawn, too.
    """
    if group.within != WHOLE:
        return True
    stage = _stage(group.id)
    return bool(group.who_endpoint) or (stage is not None and stage >= len(STAGES) - 2)


def _larger(groups: Groups, say: Saying, inner: Claim, outer: Claim) -> Iterator[Discrepancy]:
    numbers = count_of(inner), count_of(outer)
    if numbers[0] is None or numbers[1] is None or numbers[0] <= numbers[1]:
        return
    people = [", ".join(filter(None, (say.who(c), _fewer(groups, say, c)))) for c in (inner, outer)]
    text = (
        f"{people[0]} are {numbers[0]} patients in {place(inner)}, more than the {numbers[1]} of "
        f"{people[1]} ({place(outer)})."
    )
    sum_ = f"{numbers[0]} > {numbers[1]}"
    yield _finding("part-above-whole", Severity.MATERIAL, text, [inner, outer], sum_)


def _fewer(groups: Groups, say: Saying, claim: Claim) -> str:
    """Say what makes the people that a claim counts fewer than their group."""
    return claim.measure.category if groups.is_size(claim) else say.what(claim)


def _finding(
    kind: str, severity: Severity, text: str, claims: Sequence[Claim], computation: str
) -> Discrepancy:
    return Discrepancy(kind, severity, text, tuple(claims), computation, claims[0].measure.endpoint)
