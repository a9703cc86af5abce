"""``kb test``: the records of an evidence base as data, part by part."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click

from kb.api.answers import answer_files, answer_problems
from kb.api.knowledge_base import KnowledgeBase
from kb.checks import Status
from kb.cli.common import FINDINGS, echo, examples, open_base, root_of, texts_option
from kb.errors import RecordError
from kb.records.form import form_problems
from kb.site.settings import load_settings
from kb.sources.verify import VerificationState

_SHOWN: Final = 20
"""Problems of one part that are printed."""


@click.command()
@texts_option
@click.pass_context
@examples("kb test", "kb test --texts ../papers")
def test(context: click.Context, texts: Path | None) -> None:
    """Test the records as data: what must hold before a change of them is merged.

    Ids, references and codes; the form of the files; page settings; every claim verified in its
    text (--texts, or texts/ of the project), or unchanged since `kb verify --record`; no
    discrepancy left to judge; and the expected answers in evidence/answers/. Exits 1 if any fails.
    """
    root = root_of(context)
    folder = texts or root / "texts"
    base = open_base(context, folder if folder.is_dir() else None)
    if failed := failed_parts(base):
        echo(f"failed: {', '.join(failed)}")
        sys.exit(FINDINGS)


def failed_parts(base: KnowledgeBase) -> list[str]:
    """Print the outcome of each part, and return the names of those that fail."""
    echo("ok: ids, references, vocabulary and codes")  # else they would not have been read
    return [name for name, part in _PARTS.items() if not _holds(name, part(base))]


def _holds(name: str, problems: Iterator[str]) -> bool:
    found = list(problems)
    echo(f"{'FAILED' if found else 'ok'}: {name}")
    for line in found[:_SHOWN]:
        echo(f"    {line}")
    if len(found) > _SHOWN:
        echo(f"    and {len(found) - _SHOWN:,} more")
    return not found


def _form(base: KnowledgeBase) -> Iterator[str]:
    yield from map(str, form_problems(base.root))


def _settings(base: KnowledgeBase) -> Iterator[str]:
    try:
        load_settings(base.root, [study.id for study in base.studies()])
    except RecordError as error:
        yield from map(str, error.problems)


def _verification(base: KnowledgeBase) -> Iterator[str]:
    for view in base.claims():
        state = view.verification.state
        if state is VerificationState.FAILED:
            reasons = "; ".join(view.verification.reasons)
            yield f"{view.claim.study}#{view.claim.id}: {reasons}"
        elif state is VerificationState.NOT_CHECKED:
            yield (
                f"{view.claim.study}#{view.claim.id}: neither its text is there nor a record that "
                "it was verified as it stands; run kb verify --texts DIR --record"
            )


def _discrepancies(base: KnowledgeBase) -> Iterator[str]:
    for finding in base.discrepancies():
        if finding.status is not Status.ADJUDICATED:
            yield f"{finding.severity.value} {finding.id}: {finding.message}"
    yield from (f"stale: {line}" for line in base.curated.stale())


def _answers(base: KnowledgeBase) -> Iterator[str]:
    for path in answer_files(base.root):
        yield from map(str, answer_problems(base, path))


_PARTS: Final[dict[str, Callable[[KnowledgeBase], Iterator[str]]]] = {
    "form of the files": _form,
    "page settings": _settings,
    "verification": _verification,
    "discrepancies": _discrepancies,
    "answers": _answers,
}
