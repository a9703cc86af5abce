"""Verifications and judgements are bound to what is printed, and to nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any

import pytest

from kb import KnowledgeBase
from kb.model import Claim, Evidence, Figure, Output
from kb.records.attestation import read_attestations
from kb.sources.verify import claim_digests

NEW = Output("certainty", label="certainty of the authors")


@dataclass(frozen=True, slots=True)
class WiderClaim(Claim):
    """A claim as a later version may have it."""

    certainty: Annotated[str, NEW] = ""


@dataclass(frozen=True, slots=True)
class WiderFigure(Figure):
    """A figure as a later version may have it."""

    certainty: Annotated[str, NEW] = ""


def values(item: Any) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in fields(item)}


def with_figure(claim: Claim, **new: str) -> Claim:
    return replace(claim, figure=WiderFigure(**values(claim.figure), **new))


def with_field(claim: Claim, **new: str) -> Claim:
    return WiderClaim(**values(claim), **new)


def changed(evidence: Evidence, change: Callable[[Claim], Claim]) -> Evidence:
    return replace(evidence, claims=tuple(map(change, evidence.claims)))


def states(base: KnowledgeBase, change: Callable[[Claim], Claim]) -> dict[str, str]:
    """Return the state of each discrepancy, after a change to the claims that it is about."""
    found = (replace(d, claims=tuple(map(change, d.claims))) for d in base.discrepancies())
    return {discrepancy.id: discrepancy.state for discrepancy in found}


def recorded(base: KnowledgeBase) -> dict[str, str]:
    return {one.finding: one.judged for one in base.evidence.adjudications}


@pytest.mark.parametrize("widen", [with_field, with_figure])
def test_an_unused_field_leaves_verifications_and_judgements_valid(
    real: KnowledgeBase, widen: Callable[[Claim], Claim]
) -> None:
    digests, attested = claim_digests(changed(real.evidence, widen)), read_attestations(real.root)
    assert {source: digests[source] for source in attested} == attested
    assert sum(claim.source in attested for claim in real.evidence.claims) > 1_000
    now = states(real, widen)
    assert {finding: now[finding] for finding in recorded(real)} == recorded(real)
    assert len(recorded(real)) > 50


@pytest.mark.parametrize("widen", [with_field, with_figure])
def test_a_used_field_that_is_printed_voids_what_it_is_used_in(
    example: KnowledgeBase, widen: Callable[..., Claim]
) -> None:
    digests = claim_digests(example.evidence)
    used = claim_digests(changed(example.evidence, lambda claim: widen(claim, certainty="low")))
    assert all(digests[source][study] != used[source][study] for source, study in _pairs(digests))


def test_a_used_field_of_a_figure_makes_its_judgements_stale(example: KnowledgeBase) -> None:
    now = states(example, lambda claim: with_figure(claim, certainty="low"))
    assert recorded(example)
    assert all(now[finding] != judged for finding, judged in recorded(example).items())


def test_a_note_of_the_curator_voids_nothing(example: KnowledgeBase) -> None:
    noted = changed(example.evidence, lambda claim: replace(claim, note="Seen twice."))
    assert claim_digests(noted) == claim_digests(example.evidence)


def _pairs(digests: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    return [(source, study) for source, studies in digests.items() for study in studies]
