"""Whether drafts could be accepted: their references, and their figures at their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kb.drafts.store import DraftBlock, DraftReport, DraftsFile, as_study, drafts_file
from kb.errors import Problem
from kb.model import Claim
from kb.records.expand import block_claims, expand
from kb.records.integrity import IdIndex, study_problems
from kb.records.load import Records
from kb.records.schema import StudyRecord
from kb.records.yaml import RecordFile
from kb.sources.text import SourceText
from kb.sources.verify import VerificationState, verify


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """A block of drafts with its claims and the outcome of their verification."""

    report: DraftReport
    block: DraftBlock
    claims: tuple[Claim, ...]
    state: VerificationState
    reasons: tuple[str, ...]

    @property
    def place(self) -> str:
        """The place of the block in its source, for messages."""
        parts = (self.report.source, self.block.at or self.report.at)
        where = (*parts, *(self.block.row or ()), self.block.column or "")
        return " › ".join(filter(None, where))


def draft_problems(
    records: Records, study: str, drafts: DraftsFile, file: RecordFile | None = None
) -> Iterator[Problem]:
    """Yield the references of a study's drafts that lead nowhere, with file, line and field.

    ``file`` is where the drafts were read, by default the file of the study's drafts.
    """
    file = file or RecordFile(drafts_file(records.root, study))
    record = as_study(records.studies[study], drafts)
    index = IdIndex(records, frozenset())
    yield from study_problems(study, record, records, index, file)


def check_drafts(
    records: Records, study: StudyRecord, drafts: DraftsFile, texts: Mapping[str, SourceText]
) -> list[CheckedDraft]:
    """Verify the drafts of a study in the texts of their sources, block by block."""
    if not drafts.reports:
        return []
    record = as_study(study, drafts)
    alone = replace(records, studies={study.id: record}, adjudications={})
    outcomes = {v.claim.id: v for v in verify(expand(alone), texts, records.vocabulary)}
    blocks = ((report, block) for report in drafts.reports for block in report.claims)
    checked = []
    for (report, block), claims in zip(blocks, block_claims(record, alone), strict=True):
        found = [outcomes[claim.id] for claim in claims]
        reasons = tuple(dict.fromkeys(reason for one in found for reason in one.reasons))
        states = {one.state for one in found}
        state = states.pop() if len(states) == 1 else VerificationState.FAILED
        checked.append(CheckedDraft(report, block, tuple(claims), state, reasons))
    return checked
