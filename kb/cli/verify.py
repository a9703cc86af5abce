"""``kb verify``: every claim against the text of its source."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.api.knowledge_base import KnowledgeBase
from kb.cli.common import (
    FINDINGS,
    NOT_CHECKED,
    echo,
    examples,
    json_option,
    open_base,
    required_texts,
    stop,
    texts_option,
    write_json,
)
from kb.records.attestation import attestation_file, write_attestations
from kb.sources.text import load_texts
from kb.sources.verify import Verification, VerificationState, claim_digests, counts
from kb.sources.verify import verify as verify_claims


@click.command()
@texts_option
@json_option
@click.option("--study", "studies", multiple=True, help="Check only this study (repeatable).")
@click.option("--record", is_flag=True, help="Record the outcome in evidence/verification.yaml.")
@click.pass_context
@examples(
    "kb verify",
    "kb verify --texts ../papers",
    "kb verify --texts ../papers --study tower --json v.json",
)
def verify(
    context: click.Context,
    texts: Path | None,
    json_file: Path | None,
    studies: tuple[str, ...],
    record: bool,
) -> None:
    """Check that the figures of every claim occur at their place in the source's text.

    Without --texts, texts/ of the project is read, if it is there.
    """
    if record and studies:
        raise click.UsageError("--record attests all claims: leave --study out")
    folder = required_texts(context, texts)
    base = open_base(context, folder)
    verifications = _verifications(base, folder, studies)
    numbers = counts(verifications)
    rows = [verification.row() for verification in verifications]
    write_json(json_file, {**numbers, "counts": numbers, "claims": rows})
    for one in verifications:
        if one.state is VerificationState.FAILED:
            echo(f"{one.claim.study}#{one.claim.id}: " + "; ".join(one.reasons))
    echo(", ".join(f"{number} {state}" for state, number in numbers.items()))
    if numbers[VerificationState.FAILED]:
        sys.exit(FINDINGS)
    if numbers[VerificationState.NOT_CHECKED] or not numbers[VerificationState.VERIFIED]:
        stop("some claims were not checked: a run that checks nothing has failed", NOT_CHECKED)
    if record:
        _attest(base)


def _verifications(
    base: KnowledgeBase, texts: Path, studies: tuple[str, ...]
) -> list[Verification]:
    """Check against the texts only: an earlier attestation does not count here."""
    wanted = {base.study(study).id for study in studies}
    checked = verify_claims(
        base.evidence, load_texts(texts, base.records.sources.values()), base.vocabulary
    )
    return [one for one in checked if not studies or one.claim.study in wanted]


def _attest(base: KnowledgeBase) -> None:
    with_text = {source.id for source in base.evidence.sources if source.text}
    digests = {s: d for s, d in claim_digests(base.evidence).items() if s in with_text}
    write_attestations(base.root, digests)
    echo(f"attested in {attestation_file(base.root)}")
