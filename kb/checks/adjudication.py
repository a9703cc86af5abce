"""Discrepancies with their adjudications, and which claims are preferred after that.

Claims never change. An adjudication holds for the discrepancy as it was when it was judged. It is
stale once a figure or the severity has changed, or when the discrepancy is no longer found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from kb.checks.citations import Key, numbers_meant
from kb.checks.discrepancy import Discrepancy, Severity, Status
from kb.errors import nearest
from kb.model import Adjudication, Claim


class ClaimStatus(StrEnum):
    """What a reader should know of a claim before using its figure."""

    PREFERRED = "preferred"
    SET_ASIDE = "set-aside"
    DISPUTED = "disputed"
    UNCONTESTED = ""


@dataclass(frozen=True)
class CuratedDiscrepancies:
    """All discrepancies with their status, and the adjudications that match none of them."""

    discrepancies: tuple[Discrepancy, ...]
    orphans: tuple[Adjudication, ...] = ()
    compared: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)
    """The values that each comparison was printed with."""

    @cached_property
    def by_claim(self) -> Mapping[Key, tuple[Discrepancy, ...]]:
        """The discrepancies that each claim is part of."""
        by_claim: dict[Key, list[Discrepancy]] = defaultdict(list)
        for one in self.discrepancies:
            for claim in one.claims:
                by_claim[claim.study, claim.id].append(one)
        return {key: tuple(discrepancies) for key, discrepancies in by_claim.items()}

    def standing(self, study: str, claim: str) -> ClaimStatus:
        """Return the status of a claim: the most severe one that a discrepancy gives it."""
        return self.standings.get((study, claim), ClaimStatus.UNCONTESTED)

    @cached_property
    def standings(self) -> Mapping[Key, ClaimStatus]:
        """The status of every claim that is not uncontested."""
        every = {
            (study, claim): most_severe(_claim_status(one, f"{study}#{claim}") for one in own)
            for (study, claim), own in self.by_claim.items()
        }
        given = {key: status for key, status in every.items() if status}
        return with_their_values(given, self.compared)

    @cached_property
    def set_aside(self) -> frozenset[Key]:
        """The claims that a judgement sets aside."""
        return frozenset(k for k, s in self.standings.items() if s is ClaimStatus.SET_ASIDE)

    @cached_property
    def numbers_meant(self) -> Mapping[Key, tuple[int, ...]]:
        """The reference numbers that were meant, by claim, where the printed ones are wrong."""
        return numbers_meant(self.discrepancies)

    def stale(self) -> list[str]:
        """Return for each adjudication that no longer holds why it does not."""
        changed = [
            f"{one.id}: {_why_stale(one, one.adjudication)}"
            for one in self.discrepancies
            if one.status is Status.STALE and one.adjudication
        ]
        known = [one.id for one in self.discrepancies]
        gone = [
            f"{orphan.finding}: no such finding (any more)"
            + (f"; did you mean {near}?" if (near := nearest(orphan.finding, known)) else "")
            for orphan in self.orphans
        ]
        return changed + gone


def values_compared(claims: Iterable[Claim]) -> dict[Key, tuple[Key, ...]]:
    """Return for each comparison the values of its two groups that were printed with it."""
    blocks: dict[Key, list[Claim]] = defaultdict(list)
    for claim in claims:
        blocks[claim.study, claim.block].append(claim)
    return {
        (claim.study, claim.id): tuple(
            (value.study, value.id)
            for value in block
            if not value.measure.comparator
            and value.measure.group in (claim.measure.group, claim.measure.comparator)
        )
        for block in blocks.values()
        for claim in block
        if claim.measure.comparator
    }


def with_their_values(
    standings: Mapping[Key, ClaimStatus], compared: Mapping[Key, tuple[Key, ...]]
) -> dict[Key, ClaimStatus]:
    """Set aside each comparison of which a value is set aside: its p-value is of that value.

    A comparison that a judgement prefers itself stays preferred.
    """
    aside = {key for key, status in standings.items() if status is ClaimStatus.SET_ASIDE}
    follow = {
        key: ClaimStatus.SET_ASIDE
        for key, values in compared.items()
        if not aside.isdisjoint(values) and standings.get(key) is not ClaimStatus.PREFERRED
    }
    return {**standings, **follow}


def most_severe(statuses: Iterable[ClaimStatus]) -> ClaimStatus:
    """Return the one of several statuses of a claim that holds: the most severe.

    >>> most_severe([ClaimStatus.PREFERRED, ClaimStatus.DISPUTED]).value
    'disputed'
    """
    given = set(statuses)
    ranked = (ClaimStatus.SET_ASIDE, ClaimStatus.DISPUTED, ClaimStatus.PREFERRED)
    return next((status for status in ranked if status in given), ClaimStatus.UNCONTESTED)


def with_adjudications(
    discrepancies: Iterable[Discrepancy],
    adjudications: Iterable[Adjudication],
    compared: Mapping[Key, tuple[Key, ...]] = MappingProxyType({}),
) -> CuratedDiscrepancies:
    """Return discrepancies with the adjudications of them; ``compared`` as ``values_compared``."""
    left = {one.finding: one for one in adjudications}
    curated = tuple(_adjudicated(one, left.pop(one.id, None)) for one in discrepancies)
    return CuratedDiscrepancies(curated, tuple(left.values()), compared)


def _adjudicated(one: Discrepancy, adjudication: Adjudication | None) -> Discrepancy:
    if adjudication is None:
        return one
    holds = adjudication.judged == one.state and not _foreign(one, adjudication)
    status = Status.ADJUDICATED if holds else Status.STALE
    return replace(one, status=status, adjudication=adjudication)


def _claim_status(one: Discrepancy, claim: str) -> ClaimStatus:
    made = one.adjudication
    if made is None or one.status is not Status.ADJUDICATED or made.judgement == "unresolved":
        disputed = one.severity is not Severity.ROUNDING and one.contests_figures
        return ClaimStatus.DISPUTED if disputed else ClaimStatus.UNCONTESTED
    if claim in made.faulty:
        return ClaimStatus.SET_ASIDE
    return ClaimStatus.PREFERRED if claim in made.stands else ClaimStatus.UNCONTESTED


def _why_stale(one: Discrepancy, adjudication: Adjudication) -> str:
    if adjudication.judged != one.state:
        judged = adjudication.date
        return f"the finding changed since it was judged on {judged}; it is {one.state} now"
    foreign = _foreign(one, adjudication)
    near = nearest(foreign[0], _names(one))
    hint = f"; did you mean {near}?" if near else ""
    return f"{', '.join(foreign)}: no claim of the finding{hint}"


def _names(one: Discrepancy) -> set[str]:
    return {f"{claim.study}#{claim.id}" for claim in one.claims}


def _foreign(one: Discrepancy, adjudication: Adjudication) -> list[str]:
    """Return the claims that an adjudication names and the discrepancy does not involve."""
    return sorted({*adjudication.stands, *adjudication.faulty} - _names(one))
