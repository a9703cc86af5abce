"""Strata that no numbers of people can give, and medians that were added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from typing import Final

from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.partitions import Whole, wholes
from kb.checks.rounding import Span, possible_values
from kb.checks.wording import Saying, figure, place
from kb.model import Claim, Measure

_SHARE: Final = "%"
_MOST: Final = 500
"""Wholes of more people can give almost any shares; they are not searched."""


def smallest(share: Span, most: int) -> int | None:
    """Return the fewest people of whom a whole number can be this share; None up to ``most``.

    >>> smallest(possible_values(Decimal(46)), 20), smallest(possible_values(Decimal(50)), 20)
    (13, 2)
    """
    for people in range(1, most + 1):
        low = int(share.low * people / 100)
        if any(share.holds(Decimal(100 * n) / people) for n in (low, low + 1) if n <= people):
            return people
    return None


def can_be_strata(shares: Sequence[Span], whole: int) -> Outcome:
    """Judge shares of groups that have nobody in common against how many there are in all.

    >>> spans = [possible_values(Decimal(n)) for n in (46, 8)]
    >>> can_be_strata(spans, 14).value, can_be_strata(spans, 25).value
    ('inconsistent', 'consistent')
    """
    least = [smallest(share, whole) for share in shares]
    known = [people for people in least if people is not None]
    fits = len(known) == len(least) and sum(known) <= whole
    return Outcome.CONSISTENT if fits else Outcome.INCONSISTENT


def added_up(total: Decimal, parts: Sequence[Decimal]) -> Outcome:
    """Judge a median against medians of other stretches of time: they do not add up to it.

    Whole numbers may be a sum by chance.

    >>> added_up(Decimal("6.6"), [Decimal("5.1"), Decimal("1.5")]).value
    'inconsistent'
    """
    if not any(part % 1 for part in parts):
        return Outcome.NOT_ENOUGH
    return Outcome.INCONSISTENT if sum(parts) == total else Outcome.CONSISTENT


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield strata that the size of their whole forbids, and sums of medians."""
    divided = wholes(material.evidence)
    say = Saying(material)
    for study, claims in material.by_study.items():
        for own in _by_source(claims):
            counted = [c for c in own if not _is_estimated(c, material)]
            yield from _strata(counted, divided.get(study, []), material, say)
            yield from _sums(own, say)


def _is_estimated(claim: Claim, material: CheckContext) -> bool:
    """Shares that are read off curves are no shares of a whole number of people."""
    return material.vocabulary.has_flag("endpoint", claim.measure.endpoint, "isEstimated")


def _by_source(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.kind == "result" and not claim.measure.comparator:
            found[claim.source].append(claim)
    yield from found.values()


def _strata(
    claims: list[Claim], divided: Iterable[Whole], material: CheckContext, say: Saying
) -> Iterator[Discrepancy]:
    by_measure: dict[Measure, list[Claim]] = defaultdict(list)
    sizes: dict[str, set[int]] = defaultdict(set)
    sizing = material.vocabulary.with_flag("endpoint", "isGroupSize")
    for claim in claims:
        by_measure[claim.measure].append(claim)
        if claim.measure.endpoint in sizing and claim.figure.numerator:
            sizes[claim.measure.group].add(claim.figure.numerator)
    for whole in divided:
        known = sizes.get(whole.of, set())
        unknown = not any(sizes.get(part) for part in whole.parts)
        if len(known) == 1 and unknown and (size := next(iter(known))) <= _MOST:
            yield from _stratum(whole, size, by_measure, say)


def _stratum(
    whole: Whole, size: int, by_measure: dict[Measure, list[Claim]], say: Saying
) -> Iterator[Discrepancy]:
    for measure in [m for m in by_measure if m.group == whole.parts[0]]:
        parts = [by_measure.get(replace(measure, group=p), []) for p in whole.parts]
        shares = [[c for c in part if _is_share(c)] for part in parts]
        choices = list(product(*shares))
        if not choices or any(_fit(choice, size) for choice in choices):
            continue
        chosen = choices[0]
        least = [
            smallest(possible_values(_value(c), c.figure.operator), 10 * _MOST) for c in chosen
        ]
        said = " and ".join(f"{figure(c)} ({say.group(c.study, c.measure.group)})" for c in chosen)
        about = say.group(whole.study, whole.of)
        shown = "; ".join(
            f"{figure(c)} needs at least {n} people" for c, n in zip(chosen, least, strict=True)
        )
        message = (
            f"In {say.studies[whole.study]}, {said} cannot be shares of parts of {about}, who are "
            f"{size} ({place(chosen[0])})."
        )
        kind = "strata-too-large"
        yield Discrepancy(kind, Severity.MATERIAL, message, tuple(chosen), shown, measure.endpoint)


def _is_share(claim: Claim) -> bool:
    found = claim.figure
    return found.unit == _SHARE and found.value is not None and found.denominator is None


def _value(claim: Claim) -> Decimal:
    return claim.figure.value or Decimal(0)


def _fit(chosen: Sequence[Claim], size: int) -> bool:
    spans = [possible_values(_value(c), c.figure.operator) for c in chosen]
    return can_be_strata(spans, size) is not Outcome.INCONSISTENT


def _sums(claims: Iterable[Claim], say: Saying) -> Iterator[Discrepancy]:
    found: dict[tuple[str, ...], dict[str, Claim]] = defaultdict(dict)
    for claim in claims:
        m = claim.measure
        if m.statistic == "median" and claim.figure.value is not None:
            key = (claim.section, m.group, m.endpoint, m.category, claim.figure.unit)
            found[key].setdefault(str(m.time), claim)
    for same in found.values():
        for total in same.values():
            others = [c for c in same.values() if c is not total]
            for parts in combinations(others, 2):
                if added_up(_value(total), [_value(c) for c in parts]) is Outcome.INCONSISTENT:
                    yield _sum(total, parts, say)


def _sum(total: Claim, parts: Sequence[Claim], say: Saying) -> Discrepancy:
    sums = f"{' + '.join(str(c.figure.digits) for c in parts)} = {total.figure.digits}"
    said = " and ".join(f"{figure(c)} {c.measure.time}" for c in parts)
    message = (
        f"In {say.studies[total.study]}, {say.subject(total)} is printed as {figure(total)}, the "
        f"sum of {said}; medians do not add up ({place(total)})."
    )
    claims = (total, *parts)
    return Discrepancy(
        "medians-added-up", Severity.MINOR, message, claims, sums, total.measure.endpoint
    )
