"""Discrepancies with their adjudications, and which claims are preferred after that.

Claims never change. An adjudication holds for the discrepancy as it was when it was judged. It is
stale once a figure or the severity has changed, or when the discrepancy is no longer found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from kb.checks.citations import Key, numbers_meant
from kb.checks.discrepancy import Discrepancy, Severity, Status
from kb.errors import nearest
from kb.model import Adjudication


class ClaimStatus(StrEnum):
    """What a reader should know of a claim before using its figure."""

    PREFERRED = "preferred"
    SET_ASIDE = "set-aside"
    DISPUTED = "disputed"
    UNCONTESTED = ""


@dataclass(frozen=True)
class CuratedDiscrepancies:
    """All discrepancies with their status, and the adjudications of none of them."""

    discrepancies: tuple[Discrepancy, ...]
    orphans: tuple[Adjudication, ...] = ()

    @cached_property
    def by_claim(self) -> Mapping[Key, tuple[Discrepancy, ...]]:
        """The discrepancies that each claim is part of."""
        by_claim: dict[Key, list[Discrepancy]] = defaultdict(list)
        for one in self.discrepancies:
            for claim in one.claims:
                by_claim[claim.study, claim.id].append(one)
        return {key: tuple(discrepancies) for key, discrepancies in by_claim.items()}

    def standing(self, study: str, claim: str) -> ClaimStatus:
        """Return the most severe status that a discrepancy gives to a claim."""
        name, own = f"{study}#{claim}", self.by_claim.get((study, claim), ())
        return most_severe(_claim_status(one, name) for one in own)

    @cached_property
    def standings(self) -> Mapping[Key, ClaimStatus]:
        """The status of every claim that is not uncontested."""
        every = {key: self.standing(*key) for key in self.by_claim}
        return {key: status for key, status in every.items() if status}

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


def most_severe(statuses: Iterable[ClaimStatus]) -> ClaimStatus:
    """Return the one of several statuses of a claim that holds: the most severe.

    >>> most_severe([ClaimStatus.PREFERRED, ClaimStatus.DISPUTED]).value
    'disputed'
    """
    given = set(statuses)
    ranked = (ClaimStatus.SET_ASIDE, ClaimStatus.DISPUTED, ClaimStatus.PREFERRED)
    return next((status for status in ranked if status in given), ClaimStatus.UNCONTESTED)


def with_adjudications(
    discrepancies: Iterable[Discrepancy], adjudications: Iterable[Adjudication]
) -> CuratedDiscrepancies:
    """Return discrepancies with the adjudications of them."""
    left = {one.finding: one for one in adjudications}
    curated = tuple(_adjudicated(one, left.pop(one.id, None)) for one in discrepancies)
    return CuratedDiscrepancies(curated, tuple(left.values()))


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
