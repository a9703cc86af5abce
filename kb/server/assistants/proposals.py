"""Drafts that an assistant proposes, checked as those of `kb draft` are, block by block."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from kb.api.knowledge_base import KnowledgeBase
from kb.drafts.check import check_drafts, draft_problems
from kb.drafts.store import DraftsFile, drafts_file, write_drafts
from kb.errors import InputError, Problem
from kb.records.problems import validation_problems
from kb.records.yaml import RecordFile
from kb.sources.text import SourceText
from kb.sources.verify import VerificationState

MAX_BLOCKS: Final = 100
"""Blocks of one proposal."""
MAX_SIZE: Final = 200_000
"""Characters of one proposal as JSON."""
REFUSED: Final = "refused"
_GOOD: Final = (VerificationState.VERIFIED.value, VerificationState.NOTED.value)
_BY: Final = "proposed by an assistant"
_FILE: Final = Path("drafts")


class _NoFile(RecordFile):
    """Stands for the file: what is proposed has fields and no lines."""

    @cached_property
    def _root(self) -> yaml.Node | None:
        return None


@dataclass
class Verdict:
    """What was found about one block: its index, its place and print, its state and why."""

    block: str
    printed: str
    state: str
    problems: tuple[str, ...]
    place: str = ""
    claims: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return the verdict for an answer, without empty fields."""
        return {name: value for name, value in vars(self).items() if value}


def check_proposal(
    base: KnowledgeBase, study: str, proposal: Mapping[str, Any], texts: Mapping[str, SourceText]
) -> list[Verdict]:
    """Return the verdict of each block of a proposal, which has the form of a file of drafts.

    Raises:
        InputError: no such study, or a proposal that is too large or has no blocks.
    """
    base.study(study)
    groups = proposal.get("groups") or {}
    verdicts: list[Verdict] = []
    valid = DraftsFile()
    for name, report, block in _blocks(proposal):
        one = {**report, "claims": [block]}
        found = _read(base, study, {"groups": groups, "reports": [one]})
        printed = block.get("printed", block.get("noted", "")) if isinstance(block, dict) else ""
        if isinstance(found, DraftsFile):
            valid.groups.update(found.groups)
            valid.reports.extend(found.reports)
            verdicts.append(Verdict(name, str(printed), "", ()))
        else:
            verdicts.append(Verdict(name, str(printed), REFUSED, found))
    _verify(base, study, valid, texts, verdicts)
    return verdicts


def _verify(
    base: KnowledgeBase,
    study: str,
    drafts: DraftsFile,
    texts: Mapping[str, SourceText],
    verdicts: list[Verdict],
) -> None:
    """Add to the verdicts of the valid blocks what verification finds."""
    open_ones = [one for one in verdicts if one.state != REFUSED]
    checked = check_drafts(base.records, base.records.studies[study], drafts, texts)
    for verdict, draft in zip(open_ones, checked, strict=True):
        verdict.state, verdict.problems = draft.state.value, draft.reasons
        verdict.place = draft.place
        verdict.claims = tuple(f"{study}#{claim.id}" for claim in draft.claims)


def _blocks(proposal: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield the name, the report and the content of each block.

    Raises:
        InputError: not a list of reports with lists of claims, or too many or too large.
    """
    if unknown := proposal.keys() - {"groups", "reports"}:
        raise InputError(f"drafts: found {min(unknown)!r}, expected the fields groups and reports")
    if len(json.dumps(proposal)) > MAX_SIZE:
        raise InputError(f"drafts: expected at most {MAX_SIZE:,} characters: propose fewer")
    found = []
    reports = proposal.get("reports")
    for i, report in enumerate(reports if isinstance(reports, list) else ()):
        claims = report.get("claims") if isinstance(report, dict) else None
        if not isinstance(claims, list):
            raise InputError(f"drafts: reports.{i}.claims: expected a list of claims")
        found += [(f"reports.{i}.claims.{j}", report, block) for j, block in enumerate(claims)]
    if not 0 < len(found) <= MAX_BLOCKS:
        expected = f"1 to {MAX_BLOCKS} claims under reports"
        raise InputError(f"drafts: found {len(found)} claims, expected {expected}")
    yield from found


def _read(base: KnowledgeBase, study: str, content: dict[str, Any]) -> DraftsFile | tuple[str, ...]:
    """Return the drafts, or what is wrong with their form and with what they refer to."""
    try:
        file = DraftsFile.model_validate(content, context={"vocabulary": base.vocabulary})
    except ValidationError as error:
        return _named(validation_problems(error, _FILE, _NoFile(_FILE)))
    return _named(list(draft_problems(base.records, study, file, _NoFile(_FILE)))) or file


def _named(problems: list[Problem]) -> tuple[str, ...]:
    """Return problems by the field of their block: the verdict has its index."""
    own = "reports.0.claims.0"
    fields = (p.field.removeprefix(own).removeprefix(".") for p in problems)
    named = (replace(p, file="", line=0, field=f) for p, f in zip(problems, fields, strict=True))
    return tuple(str(one).removeprefix(": ") for one in named)


def write_proposal(
    base: KnowledgeBase, study: str, proposal: Mapping[str, Any], verdicts: list[Verdict]
) -> Path:
    """Write a proposal of which every block is verified as the drafts of its study.

    Its blocks are unsure, whatever they say: `kb draft --accept --sure` leaves them to a person.

    Raises:
        InputError: a block is not verified, or the study has drafts already.
    """
    if wrong := sum(one.state not in _GOOD for one in verdicts):
        raise InputError(f"not written: {wrong} of {len(verdicts)} claims are not verified")
    path = drafts_file(base.root, study)
    if path.exists():
        raise InputError(f"not written: {study} has drafts that wait for a person already")
    own = {"sure": "unsure"}
    reports = [
        {**report, "claims": [{"why": _BY, **block, **own} for block in report["claims"]]}
        for report in proposal["reports"]
    ]
    return write_drafts(base.root, study, {"groups": proposal.get("groups"), "reports": reports})
