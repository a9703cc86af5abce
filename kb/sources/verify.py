"""Check every claim against the text that it was transcribed from.

A claim is *verified* when its figures as printed occur at its anchor, and every number it stores
is one of those figures, with the same operator. Without a text an earlier check still counts:
``evidence/verification.yaml`` attests, for each source and study, a digest of the claims as they
were when last verified. A changed claim makes the attestation void.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kb.model import Claim, Evidence, printed_facts
from kb.sources.match import ANY, holds_date, holds_number, numbers
from kb.sources.text import SourceText, TextError
from kb.util.hashing import digest, line


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
    attested: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Verification]:
    """Return the verification of each claim, in the order of the claims.

    Args:
        evidence: the model.
        texts: the texts that are available, by source.
        attested: digests by source and study, which decide for sources whose text is missing.
    """
    with_text = {source.id for source in evidence.sources if source.text}
    trusted = {
        (source, study)
        for source, studies in (claim_digests(evidence) if attested else {}).items()
        for study, digest_ in studies.items()
        if attested and attested.get(source, {}).get(study) == digest_
    }
    return [
        _verify(claim, texts, claim.source in with_text, (claim.source, claim.study) in trusted)
        for claim in evidence.claims
    ]


def _verify(
    claim: Claim, texts: Mapping[str, SourceText], has_text: bool, trusted: bool
) -> Verification:
    text = texts.get(claim.source) if has_text else None
    if has_text and text is None:
        state = VerificationState.VERIFIED if trusted else VerificationState.NOT_CHECKED
        return Verification(claim, state)
    faults = [*_number_faults(claim), *_unit_faults(claim)]
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
        yield f"{claim.printed!r} is not printed in {where}"


def _number_faults(claim: Claim) -> Iterator[str]:
    """Yield stored numbers that are not printed.

    Numbers of the time, category and schedule may also be in the label of the row or column.
    """
    for value, operator in _figures(claim):
        if not holds_number(claim.wording, value, operator):
            yield f"{operator}{value} is not one of the numbers in {claim.wording!r}"
    label = " ".join((claim.wording, *claim.row, claim.column, claim.section))
    for value in _context_numbers(claim):
        if not holds_number(label, value, ANY):
            yield f"{value} (time, category or schedule) is not one of the numbers in {label!r}"
    figure = claim.figure
    for date in filter(None, (figure.date, figure.date_from, figure.date_to)):
        if not holds_date(claim.wording, date):
            yield f"{date} is not one of the dates in {claim.wording!r}"


_TIME_UNITS: Final = {
    "hours": re.compile(r"(?<![^\W\d_])(?:hours?|hrs?|h)\b"),
    "days": re.compile(r"(?<![^\W\d_])(?:days?|d)\b"),
    "weeks": re.compile(r"(?<![^\W\d_])(?:weeks?|wks?)\b"),
    "months": re.compile(r"(?<![^\W\d_])(?:months?|mos?)\b"),
    "years": re.compile(r"(?<![^\W\d_])(?:years?|yrs?)\b"),
}


def _unit_faults(claim: Claim) -> Iterator[str]:
    """Yield a percentage printed without %, or a time printed only in another unit of time."""
    unit = claim.figure.unit
    label = " ".join((claim.wording, *claim.row, claim.column))
    if unit == "%" and claim.figure.value is not None and "%" not in label:
        yield f"% is not printed in {label!r}"
    printed = {name for name, pattern in _TIME_UNITS.items() if pattern.search(label)}
    if unit in _TIME_UNITS and printed and unit not in printed:
        yield f"{unit} is not printed in {label!r}, which has {', '.join(sorted(printed))}"


def _figures(claim: Claim) -> Iterator[tuple[Decimal, str]]:
    figure, result = claim.figure, claim.result
    if figure.value is not None:
        yield figure.value, figure.operator
    if figure.low is not None:  # the operator of an interval is printed at its first figure
        yield figure.low, figure.operator if figure.value is None else ""
    plain = [figure.numerator, figure.denominator, figure.high, figure.dispersion, result.margin]
    for step in claim.steps:
        plain += [step.amount, step.reduction, *step.amounts]
    yield from ((Decimal(number), "") for number in plain if number is not None)
    if result.p_value is not None:
        yield result.p_value, result.p_operator.replace("=", "")


def _context_numbers(claim: Claim) -> Iterator[Decimal]:
    texts = [*claim.measure.time.parts().values(), claim.measure.category]
    for step in claim.steps:
        schedule = (step.for_, step.on, step.over, step.every, step.rest, step.cycles)
        texts += [*schedule, step.length, step.times, step.frequency]
    yield from (number.value for text in texts for number in numbers(text))


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
