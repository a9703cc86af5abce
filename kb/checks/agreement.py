"""Claims about one measure that differ: within one source, between sources, or crosswise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from kb.checks._findings import Finding, Material, Outcome, Severity
from kb.checks._precision import agree, printed
from kb.model import Claim, Measure

_SHARE: Final = "%"
_MATERIAL_SHARE: Final = Decimal(2)
"""Percentages that differ by more than this many points are another result."""
_MATERIAL_RATIO: Final = Decimal("0.05")
"""Other figures that differ by more than this part of the larger are another result."""
_NO_FIGURE_YET: Final = frozenset({"not-reached", "not-evaluable"})
RESPONSE: Final = "RESPONSE"


def compare(one: Claim, other: Claim) -> Outcome:
    """Judge two prints of one measure at the precision of both.

    Counts must be equal; values of one statistic and unit must share some value that both
    prints could stand for; a word such as "not reached" contradicts a figure.
    """
    outcomes = [_values(one, other), _counts(one, other), _words(one, other), _p(one, other)]
    for worst in (Outcome.INCONSISTENT, Outcome.BY_ROUNDING, Outcome.CONSISTENT):
        if worst in outcomes:
            return worst
    return Outcome.NOT_ENOUGH


def _values(one: Claim, other: Claim) -> Outcome:
    a, b = one.figure, other.figure
    comparable = one.statistic == other.statistic and a.unit == b.unit
    if a.value is None or b.value is None or not comparable:
        return Outcome.NOT_ENOUGH
    if a.value == b.value:
        return Outcome.CONSISTENT
    if a.operator or b.operator:
        fits = printed(a.value, a.operator).overlaps(printed(b.value, b.operator))
    else:
        fits = agree(a.value, b.value)
    return Outcome.BY_ROUNDING if fits else Outcome.INCONSISTENT


def _counts(one: Claim, other: Claim) -> Outcome:
    a, b = one.figure, other.figure
    pairs = ((a.numerator, b.numerator), (a.denominator, b.denominator))
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    if not known:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if all(x == y for x, y in known) else Outcome.INCONSISTENT


def _words(one: Claim, other: Claim) -> Outcome:
    words = [c.figure.word for c in (one, other)]
    values = [c.figure.value for c in (one, other)]
    for word, value in ((words[0], values[1]), (words[1], values[0])):
        if word in _NO_FIGURE_YET and value is not None:
            return Outcome.INCONSISTENT
    return Outcome.NOT_ENOUGH


def _p(one: Claim, other: Claim) -> Outcome:
    """Only two exact p-values can contradict each other: <0.001 and =0.0004 are one."""
    a, b = one.verdict, other.verdict
    if a.p_value is None or b.p_value is None or {a.p_operator, b.p_operator} != {"="}:
        return Outcome.NOT_ENOUGH
    if agree(a.p_value, b.p_value):
        return Outcome.CONSISTENT if a.p_value == b.p_value else Outcome.BY_ROUNDING
    return Outcome.INCONSISTENT


def severity(claims: Sequence[Claim]) -> Severity:
    """Say whether prints that differ lead to another conclusion or only to another digit."""
    if any(c.figure.word in _NO_FIGURE_YET for c in claims) or _differ(
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


def find(material: Material) -> Iterator[Finding]:
    """Yield a finding for each measure whose prints differ, and one for groups swapped."""
    for claims in material.by_study.values():
        by_measure: dict[Measure, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_measure[claim.measure].append(claim)
        swapped = list(_swaps(by_measure))
        explained = {id(c) for finding in swapped for c in finding.claims if c.is_second_hand}
        yield from swapped
        for prints in by_measure.values():
            yield from _differences(prints, explained)
        yield from _two_names(claims, material)


def _differences(prints: Sequence[Claim], explained: set[int]) -> Iterator[Finding]:
    left = [claim for claim in prints if id(claim) not in explained]
    odd = [(a, b) for a, b in combinations(left, 2) if compare(a, b) is Outcome.INCONSISTENT]
    involved = [c for c in left if any(c is a or c is b for a, b in odd)]
    if not involved:
        return
    within = any(a.source == b.source for a, b in odd)
    kind = "differs-within-source" if within else "differs-between-sources"
    said = ", ".join(f"{_print(c)} ({c.source}, {c.section})" for c in involved)
    message = f"{_name(involved[0].measure)} is printed as {said}."
    yield Finding(
        kind,
        severity(involved),
        message,
        tuple(involved),
        " ≠ ".join(map(_print, involved)),
        involved[0].measure.endpoint,
    )


def _name(measure: Measure) -> str:
    about = " ".join(filter(None, (measure.endpoint, measure.category, str(measure.time))))
    versus = f" against {measure.versus}" if measure.versus else ""
    return f"{about} of {measure.group}{versus}"


def _print(claim: Claim) -> str:
    figure = claim.figure
    counts = "/".join(str(n) for n in (figure.numerator, figure.denominator) if n is not None)
    value = f"{figure.operator}{figure.lexical}{figure.unit if figure.unit == '%' else ''}"
    said = value if figure.lexical else figure.word or claim.verdict.p_printed
    same = counts and figure.value is not None and counts == figure.lexical
    return said if same or not counts else f"{counts} {said}".strip()


def _swaps(by_measure: dict[Measure, list[Claim]]) -> Iterator[Finding]:
    """Find two groups whose figures one source gives to the other: at least two measures."""
    found: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    for pair in combinations(by_measure, 2):
        one, other = sorted(pair, key=lambda measure: measure.group)
        if _alike(one, other) and _root(one) != _root(other):
            for key, claims in _crossed(by_measure[one], by_measure[other]):
                found[_root(one), _root(other), *key] += claims
    for (first, second, source, against), claims in found.items():
        once = list({id(c): c for c in claims}.values())
        if len({(c.measure.endpoint, str(c.measure.time)) for c in once}) < 2:
            continue
        message = (
            f"{against} gives figures of {first} to {second} and the other way round, "
            f"compared with {source}."
        )
        shown = "; ".join(f"{_name(c.measure)}: {_print(c)} ({c.source})" for c in once)
        yield Finding("groups-swapped", Severity.MATERIAL, message, tuple(once), shown)


def _root(measure: Measure) -> str:
    """Return the outermost group that a group's name says it is within."""
    return measure.group.partition(".")[0]


def _alike(one: Measure, other: Measure) -> bool:
    parts = ("endpoint", "statistic", "category", "time", "versus")
    return not one.versus and all(getattr(one, p) == getattr(other, p) for p in parts)


def _crossed(
    ones: list[Claim], others: list[Claim]
) -> Iterator[tuple[tuple[str, str], list[Claim]]]:
    for a, b in combinations({c.source for c in (*ones, *others)}, 2):
        for x in (c for c in ones if c.source == a):
            for y in (c for c in others if c.source == a):
                far = [c for c in ones if c.source == b and _same(c, y)]
                near = [c for c in others if c.source == b and _same(c, x)]
                if far and near and not _same(x, y):
                    own = a if not x.is_second_hand else b
                    yield (own, b if own == a else a), [x, y, *far, *near]


def _same(one: Claim, other: Claim) -> bool:
    value = one.figure.value
    return value is not None and value == other.figure.value and one.statistic == other.statistic


def _two_names(claims: Sequence[Claim], material: Material) -> Iterator[Finding]:
    """Find one share of one group that a source gives under two response endpoints."""
    shares: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        measure, figure = claim.measure, claim.figure
        plain = figure.unit == _SHARE and not measure.versus and not measure.category
        if plain and figure.value and material.is_a(measure.endpoint, RESPONSE):
            shares[claim.source, measure.group, measure.time, figure.value].append(claim)
    for same in shares.values():
        names = {c.measure.endpoint for c in same}
        if len(names) > 1 and len({c.section for c in same}) > 1:
            said = " and ".join(f"{c.measure.endpoint} ({c.section})" for c in same)
            message = (
                f"{_print(same[0])} of {same[0].measure.group} is printed under two names: {said}."
            )
            yield Finding(
                "one-figure-two-names",
                Severity.MINOR,
                message,
                tuple(same),
                "",
                same[0].measure.endpoint,
            )
