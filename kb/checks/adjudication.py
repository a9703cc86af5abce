"""Findings beside what curators judged about them, and which claims are preferred after that.

Claims never change. A judgement holds for the finding as it was when it was judged: a finding
whose figures changed since is stale, and so is a judgement whose finding is no longer found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from kb.checks import Discrepancy, Severity, Status, check
from kb.errors import nearest
from kb.model import Adjudication, Evidence
from kb.records.vocabulary import Vocabulary

Key = tuple[str, str]
"""A study and the id of one of its claims."""


class ClaimStatus(StrEnum):
    """What a reader should know of a claim before using its figure."""

    PREFERRED = "preferred"
    SET_ASIDE = "set-aside"
    DISPUTED = "disputed"
    UNCONTESTED = ""


@dataclass(frozen=True)
class CuratedDiscrepancies:
    """All findings with their status, and the judgements that lead nowhere any more."""

    findings: tuple[Discrepancy, ...]
    orphans: tuple[Adjudication, ...] = ()

    @cached_property
    def by_claim(self) -> Mapping[Key, tuple[Discrepancy, ...]]:
        """The findings that each claim is part of."""
        found: dict[Key, list[Discrepancy]] = defaultdict(list)
        for finding in self.findings:
            for claim in finding.claims:
                found[claim.study, claim.id].append(finding)
        return {key: tuple(findings) for key, findings in found.items()}

    def standing(self, study: str, claim: str) -> ClaimStatus:
        """Say whether a claim is preferred, set aside or disputed: the gravest holds."""
        name = f"{study}#{claim}"
        return most_severe(
            _standing(finding, name) for finding in self.by_claim.get((study, claim), ())
        )

    @cached_property
    def standings(self) -> Mapping[Key, ClaimStatus]:
        """The standing of every claim that a finding is about and that is not uncontested."""
        every = {key: self.standing(*key) for key in self.by_claim}
        return {key: standing for key, standing in every.items() if standing}

    def stale(self) -> list[str]:
        """Say of each judgement that no longer holds why it does not."""
        changed = [
            f"{f.id}: {_why_stale(f, f.adjudication)}"
            for f in self.findings
            if f.status is Status.STALE and f.adjudication
        ]
        known = [finding.id for finding in self.findings]
        gone = [
            f"{one.finding}: no such finding (any more)"
            + (f"; did you mean {near}?" if (near := nearest(one.finding, known)) else "")
            for one in self.orphans
        ]
        return changed + gone


def most_severe(standings: Iterable[ClaimStatus]) -> ClaimStatus:
    """Return the one of several standings of a claim that holds: the gravest.

    >>> most_severe([ClaimStatus.PREFERRED, ClaimStatus.DISPUTED]).value
    'disputed'
    """
    found = set(standings)
    graver = (ClaimStatus.SET_ASIDE, ClaimStatus.DISPUTED, ClaimStatus.PREFERRED)
    return next((standing for standing in graver if standing in found), ClaimStatus.UNCONTESTED)


def _why_stale(finding: Discrepancy, one: Adjudication) -> str:
    if one.judged != finding.state:
        return f"the finding changed since it was judged on {one.date}; it is {finding.state} now"
    foreign, names = _foreign(finding, one), _names(finding)
    near = nearest(foreign[0], names)
    hint = f"; did you mean {near}?" if near else ""
    return f"{', '.join(foreign)}: no claim of the finding{hint}"


def _names(finding: Discrepancy) -> set[str]:
    return {f"{claim.study}#{claim.id}" for claim in finding.claims}


def _foreign(finding: Discrepancy, one: Adjudication) -> list[str]:
    """Return the claims that a judgement names and the finding does not hold."""
    return sorted({*one.stands, *one.faulty} - _names(finding))


def _standing(finding: Discrepancy, claim: str) -> ClaimStatus:
    one = finding.adjudication
    if finding.status is not Status.ADJUDICATED or one is None or one.judgement == "unresolved":
        grave = finding.severity is not Severity.ROUNDING and finding.contests_figures
        return ClaimStatus.DISPUTED if grave else ClaimStatus.UNCONTESTED
    if claim in one.faulty:
        return ClaimStatus.SET_ASIDE
    return ClaimStatus.PREFERRED if claim in one.stands else ClaimStatus.UNCONTESTED


def judge(evidence: Evidence, vocabulary: Vocabulary) -> CuratedDiscrepancies:
    """Run the checks and put what curators judged beside each finding."""
    return with_adjudications(check(evidence, vocabulary), evidence.adjudications)


def with_adjudications(
    findings: Iterable[Discrepancy], adjudications: Iterable[Adjudication]
) -> CuratedDiscrepancies:
    """Put what curators judged beside each finding."""
    judged = {one.finding: one for one in adjudications}
    told = tuple(_with(finding, judged.pop(finding.id, None)) for finding in findings)
    return CuratedDiscrepancies(told, tuple(judged.values()))


def _with(finding: Discrepancy, adjudication: Adjudication | None) -> Discrepancy:
    if adjudication is None:
        return finding
    holds = adjudication.judged == finding.state and not _foreign(finding, adjudication)
    status = Status.ADJUDICATED if holds else Status.STALE
    return replace(finding, status=status, adjudication=adjudication)
