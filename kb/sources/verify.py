"""Check every claim against the text that it was transcribed from.

A claim is *verified* when its print stands at its anchor and every number it stores stands in
that print as the same number with the same operator. Who has no text can still trust an
earlier check: ``evidence/verification.yaml`` attests, for each source and study, a digest of
the claims as they were when they were last verified; a changed claim makes it void.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kb.model import Claim, DoseStep, Evidence, printed_facts
from kb.sources.match import ANY, holds_date, holds_number, numbers
from kb.sources.text import SourceText, TextError
from kb.util.hashing import digest, line


class VerificationState(StrEnum):
    """What a check can say; no two of them are ever counted under one word."""

    VERIFIED = "verified"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    SOURCE_UNAVAILABLE = "source_unavailable"


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome for one claim; ``reasons`` says in words what failed."""

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
            "state": self.state.value,
            "reasons": list(self.reasons),
        }


def verify(
    evidence: Evidence,
    texts: Mapping[str, SourceText],
    attested: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Verification]:
    """Check all claims; ``texts`` holds the text of every source that can be had.

    A source without a text is checked against ``attested`` (digests by source and study), if given.
    """
    with_text = {source.id for source in evidence.sources if source.text}
    trusted = _trusted(evidence, attested) if attested else frozenset()
    return [
        _check(c, texts, c.source in with_text, (c.source, c.study) in trusted)
        for c in evidence.claims
    ]


def _trusted(
    evidence: Evidence, attested: Mapping[str, Mapping[str, str]]
) -> frozenset[tuple[str, str]]:
    return frozenset(
        (source, study)
        for source, studies in claim_digests(evidence).items()
        for study, digest in studies.items()
        if attested.get(source, {}).get(study) == digest
    )


def _check(
    claim: Claim, texts: Mapping[str, SourceText], has_text: bool, trusted: bool
) -> Verification:
    if not has_text:
        faults = (*_number_faults(claim), *_unit_faults(claim))
        return Verification(
            claim,
            VerificationState.FAILED if faults else VerificationState.SOURCE_UNAVAILABLE,
            faults,
        )
    text = texts.get(claim.source)
    if text is None:
        return Verification(
            claim, VerificationState.VERIFIED if trusted else VerificationState.NOT_CHECKED
        )
    reasons = (*_anchor_faults(claim, text), *_number_faults(claim), *_unit_faults(claim))
    return Verification(
        claim, VerificationState.FAILED if reasons else VerificationState.VERIFIED, reasons
    )


def _anchor_faults(claim: Claim, text: SourceText) -> Iterator[str]:
    try:
        places = text.find_at(claim.section, claim.row, claim.column, claim.printed)
    except TextError as error:
        yield str(error)
        return
    if not places:
        where = " › ".join((claim.section, *claim.row, claim.column)).strip(" ›")
        yield f"{claim.printed!r} does not stand in {where}"


def _number_faults(claim: Claim) -> Iterator[str]:
    """Each figure must be in the print; numbers of time and category may be in the row's label."""
    for value, operator in _figures(claim):
        if not holds_number(claim.printed, value, operator):
            yield f"{operator}{value} is no number of {claim.printed!r}"
    label = " ".join((claim.printed, *claim.row, claim.column, claim.section))
    for value in _context_numbers(claim):
        if not holds_number(label, value, ANY):
            yield f"{value} (time, category or schedule) is no number of {label!r}"
    figure = claim.figure
    for when in filter(None, (figure.date, figure.date_from, figure.date_to)):
        if not holds_date(claim.printed, when):
            yield f"{when} is no date of {claim.printed!r}"


_TIME_UNITS: Final = {
    "hours": re.compile(r"(?<![^\W\d_])(?:hours?|hrs?|h)\b"),
    "days": re.compile(r"(?<![^\W\d_])(?:days?|d)\b"),
    "weeks": re.compile(r"(?<![^\W\d_])(?:weeks?|wks?)\b"),
    "months": re.compile(r"(?<![^\W\d_])(?:months?|mos?)\b"),
    "years": re.compile(r"(?<![^\W\d_])(?:years?|yrs?)\b"),
}


def _unit_faults(claim: Claim) -> Iterator[str]:
    """A share needs its % in print; a time must not be printed in another unit of time only."""
    unit = claim.figure.unit
    label = " ".join((claim.printed, *claim.row, claim.column))
    if unit == "%" and claim.figure.value is not None and "%" not in label:
        yield f"% is not printed in {label!r}"
    said = {name for name, pattern in _TIME_UNITS.items() if pattern.search(label)}
    if unit in _TIME_UNITS and said and unit not in said:
        yield f"{unit} is not printed in {label!r}, which has {', '.join(sorted(said))}"


def _figures(claim: Claim) -> Iterator[tuple[Decimal, str]]:
    figure, result = claim.figure, claim.result
    if figure.value is not None:
        yield figure.value, figure.operator
    if figure.low is not None:  # an operator before an interval stands at its first figure
        yield figure.low, figure.operator if figure.value is None else ""
    plain = (figure.numerator, figure.denominator, figure.high, figure.dispersion)
    yield from ((Decimal(number), "") for number in plain if number is not None)
    if result.p_value is not None:
        yield result.p_value, result.p_operator.replace("=", "")
    for step in claim.steps:
        yield from _amounts(step)


def _amounts(step: DoseStep) -> Iterator[tuple[Decimal, str]]:
    plain = (step.amount, step.reduction, *step.amounts)
    yield from ((amount, "") for amount in plain if amount is not None)


def _context_numbers(claim: Claim) -> Iterator[Decimal]:
    texts = [*claim.measure.time.parts().values(), claim.measure.category]
    for step in claim.steps:
        schedule = (step.for_, step.on, step.over, step.every, step.rest, step.cycles)
        texts += [*schedule, step.length, step.times, step.frequency]
    yield from (number.value for text in texts for number in numbers(text))


def counts(checks: Iterable[Verification]) -> dict[str, int]:
    """Count the outcomes, every state named even when it is zero."""
    found = Counter(check.state for check in checks)
    return {state.value: found[state] for state in VerificationState}


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
