"""Check every claim against the text that it was transcribed from.

A claim is *verified* when its figures as printed occur at its anchor, and every number it stores
is one of those figures, with the same operator. Without a text an earlier check still counts:
``evidence/verification.yaml`` attests, for each source and study, a digest of the claims as they
were when last verified. A changed claim makes the attestation void.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kb.model import Claim, Evidence, Group, printed_facts
from kb.sources.agreement import Agreement
from kb.sources.arms import arms_by_study
from kb.sources.names import names_of
from kb.sources.text import SourceText, TextError
from kb.util.grouping import group_by
from kb.util.hashing import digest, line

if TYPE_CHECKING:
    from kb.records.vocabulary import Vocabulary


class VerificationState(StrEnum):
    """The outcome of a verification; no two of them are ever counted as one."""

    VERIFIED = "verified"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    SOURCE_UNAVAILABLE = "source_unavailable"
    NOTED = "noted"
    """Noted from a summary of the source: nothing here claims to be printed."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome for one claim; ``reasons`` tells what failed, one sentence each."""

    claim: Claim
    state: VerificationState
    reasons: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """Return the outcome as plain data for JSON."""
        claim = self.claim
        return {
            "claim": claim.id,
            "study": claim.study,
            "source": claim.source,
            "section": claim.section,
            "printed": claim.printed,
            "noted": claim.noted,
            "state": self.state.value,
            "reasons": list(self.reasons),
        }


def verify(
    evidence: Evidence,
    texts: Mapping[str, SourceText],
    vocabulary: Vocabulary,
    attested: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Verification]:
    """Return the verification of each claim, in the order of the claims.

    Args:
        evidence: the model.
        texts: the texts that are available, by source.
        vocabulary: the names of units, statistics and groups that prints may use.
        attested: digests by source and study, which decide for sources whose text is missing.
    """
    with_text = {source.id for source in evidence.sources if source.text}
    trusted = {
        (source, study)
        for source, studies in (claim_digests(evidence) if attested else {}).items()
        for study, digest_ in studies.items()
        if attested and attested.get(source, {}).get(study) == digest_
    }
    unchecked = {source for source in with_text if source not in texts}
    claims = [claim for claim in evidence.claims if claim.source not in unchecked]
    faults = _faults(claims, evidence.groups, texts, vocabulary)
    return [
        _verification(
            claim,
            texts.get(claim.source) if claim.source in with_text else None,
            (claim.source, claim.study) in trusted if claim.source in unchecked else None,
            faults.get((claim.study, claim.id), []),
        )
        for claim in evidence.claims
    ]


def _faults(
    claims: Iterable[Claim],
    groups: Iterable[Group],
    texts: Mapping[str, SourceText],
    vocabulary: Vocabulary,
) -> dict[tuple[str, str], list[str]]:
    """Return where claims disagree with their print, by study and claim id."""

    def print_key(claim: Claim) -> tuple[Any, ...]:
        place = (claim.study, claim.source, claim.section, claim.row, claim.column)
        what = (claim.measure.endpoint, claim.measure.category, str(claim.measure.time))
        return (*place, claim.wording, *what)

    names = names_of(vocabulary)
    arms = arms_by_study(groups, names)
    return {
        (key[0], claim): faults
        for key, block in group_by(claims, print_key).items()
        if block[0].wording
        for claim, faults in Agreement(block, names, arms[key[0]], texts.get(block[0].source))
        .faults()
        .items()
    }


def _verification(
    claim: Claim, text: SourceText | None, trusted: bool | None, disagreements: list[str]
) -> Verification:
    """Return the outcome for a claim; ``trusted`` is None where its text need not be missing."""
    if trusted is not None:
        state = VerificationState.VERIFIED if trusted else VerificationState.NOT_CHECKED
        return Verification(claim, state)
    faults = disagreements
    if text is None:
        # The record can still contradict itself, but nothing can be verified.
        unread = VerificationState.SOURCE_UNAVAILABLE
        state = VerificationState.NOTED if claim.noted else unread
    else:
        state = VerificationState.VERIFIED
        faults = [*_anchor_faults(claim, text), *faults]
    return Verification(claim, VerificationState.FAILED if faults else state, tuple(faults))


def _anchor_faults(claim: Claim, text: SourceText) -> Iterator[str]:
    try:
        places = text.find_at(claim.section, claim.row, claim.column, claim.printed)
    except TextError as error:
        yield str(error)
        return
    if not places:
        where = " › ".join((claim.section, *claim.row, claim.column)).strip(" ›")
        odd = text.odd_character(claim.section, claim.row, claim.column, claim.printed)
        why = f": an unknown character ({odd}) stands at the figure" if odd else ""
        yield f"{claim.printed!r} is not printed in {where}{why}"


def counts(verifications: Iterable[Verification]) -> dict[str, int]:
    """Return the number of claims in each state, zero included."""
    by_state = Counter(one.state for one in verifications)
    return {state.value: by_state[state] for state in VerificationState}


def claim_digests(evidence: Evidence) -> dict[str, dict[str, str]]:
    """Return, by source and study, a SHA-256 of all that the source prints about the study.

    Ids, kinds and curators' notes are not part of it: rewording a note voids nothing.
    """
    lines: dict[str, dict[str, list[str]]] = {}
    for claim in evidence.claims:
        studies = lines.setdefault(claim.source, {})
        studies.setdefault(claim.study, []).append(line(printed_facts(claim)))
    return {
        source: {study: digest(*sorted(facts)) for study, facts in studies.items()}
        for source, studies in lines.items()
    }
