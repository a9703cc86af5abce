"""``kb verify``: every claim against the text of its source."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
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
from kb.drafts.check import CheckedDraft, check_drafts, draft_problems
from kb.drafts.store import read_drafts
from kb.errors import NotFoundError, RecordError
from kb.records.attestation import attestation_file, write_attestations
from kb.records.paths import record_ids
from kb.sources.text import SourceText, load_texts
from kb.sources.verify import Verification, VerificationState, claim_digests, counts
from kb.sources.verify import verify as verify_claims


@click.command()
@texts_option
@json_option
@click.option("--study", "studies", multiple=True, help="Check only this study (repeatable).")
@click.option("--record", is_flag=True, help="Record the outcome in evidence/verification.yaml.")
@click.option("--drafts", is_flag=True, help="Check the drafts in evidence/drafts/ instead.")
@click.pass_context
@examples(
    "kb verify",
    "kb verify --texts ../papers",
    "kb verify --texts ../papers --study tower --json v.json",
    "kb verify --drafts --study tower",
)
def verify(
    context: click.Context,
    texts: Path | None,
    json_file: Path | None,
    studies: tuple[str, ...],
    record: bool,
    drafts: bool,
) -> None:
    """Check that the figures of every claim occur at their place in the source's text.

    Without --texts, texts/ of the project is read, if it is there.
    """
    if record and (studies or drafts):
        raise click.UsageError("--record attests all claims: leave --study and --drafts out")
    folder = required_texts(context, texts)
    base = open_base(context, folder)
    if drafts:
        _verify_drafts(base, folder, studies, json_file)
    else:
        _verify_claims(base, folder, studies, json_file)
    if record:
        _attest(base)


def _verify_claims(
    base: KnowledgeBase, folder: Path, studies: tuple[str, ...], json_file: Path | None
) -> None:
    verifications = _verifications(base, folder, studies)
    numbers = counts(verifications)
    rows = [verification.row() for verification in verifications]
    write_json(json_file, {**numbers, "counts": numbers, "claims": rows})
    for one in verifications:
        if one.state is VerificationState.FAILED:
            echo(f"{one.claim.study}#{one.claim.id}: " + "; ".join(one.reasons))
    _conclude(numbers, "claims")


def _conclude(numbers: Mapping[str, int], checked: str) -> None:
    """Print how many claims or drafts have each state, and exit by it."""
    echo(", ".join(f"{number} {state}" for state, number in numbers.items()))
    if numbers[VerificationState.FAILED]:
        sys.exit(FINDINGS)
    if numbers[VerificationState.NOT_CHECKED] or not numbers[VerificationState.VERIFIED]:
        stop(f"some {checked} were not checked: a run that checks nothing has failed", NOT_CHECKED)


def _verifications(
    base: KnowledgeBase, texts: Path, studies: tuple[str, ...]
) -> list[Verification]:
    """Check against the texts only: an earlier attestation does not count here."""
    wanted = {base.study(study).id for study in studies}
    checked = verify_claims(
        base.evidence, load_texts(texts, base.records.sources.values()), base.vocabulary
    )
    return [one for one in checked if not studies or one.claim.study in wanted]


def _verify_drafts(
    base: KnowledgeBase, folder: Path, studies: tuple[str, ...], json_file: Path | None
) -> None:
    """Tell of each draft whether its figures stand at its place."""
    texts = load_texts(folder, base.records.sources.values())
    wanted = [base.study(name).id for name in studies] or record_ids(base.root, "drafts")
    states: Counter[str] = Counter()
    rows: list[dict[str, object]] = []
    for study in wanted:
        for one in _checked(base, study, texts):
            states[one.state.value] += 1
            row = {"study": study, "place": one.place, "printed": one.block.wording}
            rows.append({**row, "state": one.state.value, "reasons": list(one.reasons)})
            if one.reasons:
                echo(f"{study}: {one.place}: " + "; ".join(one.reasons))
    numbers = {state.value: states[state.value] for state in VerificationState}
    write_json(json_file, {"counts": numbers, "drafts": rows})
    _conclude(numbers, "drafts")


def _checked(
    base: KnowledgeBase, study: str, texts: Mapping[str, SourceText]
) -> list[CheckedDraft]:
    if study not in base.records.studies:
        raise NotFoundError.of("study", study, base.records.studies)
    drafts = read_drafts(base.root, study, base.vocabulary)
    if problems := list(draft_problems(base.records, study, drafts)):
        raise RecordError(problems)
    return check_drafts(base.records, base.records.studies[study], drafts, texts)


def _attest(base: KnowledgeBase) -> None:
    with_text = {source.id for source in base.evidence.sources if source.text}
    digests = {s: d for s, d in claim_digests(base.evidence).items() if s in with_text}
    write_attestations(base.root, digests)
    echo(f"attested in {attestation_file(base.root)}")
