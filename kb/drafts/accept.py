"""Accept drafts: move them into the record of their study.

Blocks go behind those of their place, and places are in the order of the source's text. A draft
that fails is refused, and one whose figures a claim has already stays where it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from kb.drafts.check import CheckedDraft, check_drafts, draft_problems
from kb.drafts.flow import flow
from kb.drafts.insertion import (
    above_comments,
    child,
    compose,
    exact,
    indent_of,
    insert,
    last_line,
    with_entries,
    without,
)
from kb.drafts.store import (
    OWN_FIELDS,
    DraftsFile,
    claim_lines,
    drafts_file,
    groups_of,
    read_drafts,
    report_lines,
)
from kb.errors import InputError, NotFoundError, Problem, RecordError
from kb.model import Claim
from kb.records.expand import block_claims
from kb.records.load import Records
from kb.records.paths import record_file
from kb.records.problems import validation_problems
from kb.records.schema import StudyRecord
from kb.records.yaml import RecordFile, parse_mapping
from kb.sources.coverage import claimed_spans, occurrences
from kb.sources.text import SourceText
from kb.sources.verify import VerificationState
from kb.util.atomic import write_atomically

_PLACE_FIELDS = frozenset({"source", "at", "claims"})
"""More fields than these apply to all blocks of a report."""


@dataclass
class Acceptance:
    """The outcome of accepting drafts."""

    accepted: int = 0
    claimed: list[str] = field(default_factory=list)
    """The places of drafts whose figures a claim has already."""
    refused: list[Problem] = field(default_factory=list)


def accept(
    records: Records,
    study: str,
    texts: Mapping[str, SourceText],
    *,
    at: str | None = None,
    sure: bool = False,
) -> Acceptance:
    """Move the drafts of a study into its record: all, those of one place, or the sure ones.

    Raises:
        NotFoundError: there are no drafts of the study, or none at this place.
        RecordError: the drafts or the record have problems.
    """
    path = drafts_file(records.root, study)
    if not path.exists():
        raise NotFoundError(f"no drafts of {study}: {path} is missing; make them with kb draft")
    drafts = read_drafts(records.root, study, records.vocabulary)
    if problems := list(draft_problems(records, study, drafts)):
        raise RecordError(problems)
    chosen = _chosen(study, drafts, at, sure=sure)
    checked = iter(check_drafts(records, records.studies[study], drafts, texts))
    outcome = Acceptance()
    taken: dict[int, set[int]] = defaultdict(set)
    existing = _Existing(records.studies[study], records, texts)
    for place, one in zip(_places(drafts), checked, strict=True):
        if place not in chosen:
            continue
        if one.state is not VerificationState.VERIFIED:
            outcome.refused.append(_refused(path, *place, one))
        elif existing.has(one):
            outcome.claimed.append(one.place)
        else:
            existing.add(one.claims)
            taken[place[0]].add(place[1])
            outcome.accepted += 1
    if taken:
        _move(records, study, taken)
    return outcome


def _places(drafts: DraftsFile) -> Iterator[tuple[int, int]]:
    """Yield the number of each block's report, and its own."""
    for number, report in enumerate(drafts.reports):
        yield from ((number, block) for block in range(len(report.claims)))


def _chosen(study: str, drafts: DraftsFile, at: str | None, *, sure: bool) -> set[tuple[int, int]]:
    sections = {}
    for i, j in _places(drafts):
        block = drafts.reports[i].claims[j]
        if not sure or block.sure == "sure":
            sections[i, j] = block.at or drafts.reports[i].at
    known = {report.at for report in drafts.reports} | set(sections.values())
    if at is not None and at not in known:
        raise NotFoundError.of(f"place of drafts of {study}", at, known)
    return {place for place, section in sections.items() if at in (None, section)}


def _refused(path: Path, report: int, block: int, checked: CheckedDraft) -> Problem:
    reason = "; ".join(checked.reasons) or checked.state.value.replace("_", " ")
    loc = ("reports", report, "claims", block, "printed")
    return RecordFile(path).problem(loc, reason, "figures that stand at their place")


class _Existing:
    """The claims that a study has, by place, and the parts of the texts that they cover."""

    def __init__(
        self, record: StudyRecord, records: Records, texts: Mapping[str, SourceText]
    ) -> None:
        self.texts = texts
        self.claims: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for block in block_claims(record, records):
            self.add(block)

    def add(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            self.claims[claim.source, claim.section].append(claim)

    def has(self, draft: CheckedDraft) -> bool:
        """Whether every place where a draft's figures stand is covered by claims about them."""
        claim = draft.claims[0]
        text, all_ = self.texts[claim.source], self.claims[claim.source, claim.section]
        own = [one for one in all_ if not any(_is_another(one, new) for new in draft.claims)]
        matches = occurrences(text, claim.section, claim.printed, claim.row, claim.column)
        spans = claimed_spans(text, claim.section, own)
        return all(
            any(start <= first and last <= end for start, end in spans)
            for match in matches
            for first, last in match.spans
        )


def _is_another(one: Claim, new: Claim) -> bool:
    """Whether two claims of one print are of different things: the women of "33:40", the men."""
    same = replace(new.measure, statistic=one.measure.statistic) == one.measure
    return one.printed == new.printed and not same and _numbers(one).isdisjoint(_numbers(new))


def _numbers(claim: Claim) -> set[Decimal | int]:
    figure, p_value = claim.figure, claim.result.p_value
    every = (figure.value, figure.numerator, figure.low, figure.high, figure.dispersion, p_value)
    return {number for number in every if number is not None}


def _move(records: Records, study: str, taken: Mapping[int, set[int]]) -> None:
    path, source = record_file(records.root, "studies", study), drafts_file(records.root, study)
    old, drafted = path.read_text(encoding="utf-8"), source.read_text(encoding="utf-8")
    content = exact(drafted, compose(drafted))
    record = records.studies[study]
    try:
        text = with_entries(old, "groups", _new_groups(content, record, taken))
        for number, blocks in taken.items():
            text = _with_blocks(text, records, content["reports"][number], blocks)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    _check(path, old, text, records, sum(map(len, taken.values())))
    write_atomically(path, [text.encode()])
    write_atomically(source, [without(drafted, taken).encode()])


def _new_groups(
    content: Mapping[str, Any], record: StudyRecord, taken: Mapping[int, set[int]]
) -> list[str]:
    """Return the lines of the drafts' groups that accepted blocks need, and of those around."""
    needed: set[str] = set()
    for number, blocks in taken.items():
        for block in blocks:
            needed |= groups_of(content["reports"][number]["claims"][block])
    groups = content.get("groups") or {}
    needed |= {
        str(groups[one]["within"]) for one in needed & groups.keys() if "within" in groups[one]
    }
    return [
        f"{name}: {flow(group)}"
        for name, group in groups.items()
        if name in needed and name not in record.groups
    ]


def _with_blocks(
    text: str, records: Records, report: Mapping[str, Any], blocks: Iterable[int]
) -> str:
    """Return a study's record with some blocks of a report of drafts."""
    chosen = [
        {name: value for name, value in report["claims"][i].items() if name not in OWN_FIELDS}
        for i in sorted(blocks)
    ]
    new = {**report, "claims": chosen}
    node = child(compose(text), "reports")
    if node is None or not getattr(node, "value", None):
        lines = list(report_lines(new, ""))
        return with_entries(text, "reports", lines)
    indent = " " * indent_of(node, "reports")
    items = [item for item in getattr(node, "value", []) if isinstance(item, yaml.MappingNode)]
    own = _plain(new["source"]), _plain(new["at"])
    for item in items:
        claims = child(item, "claims")
        fields = {key.value for key, _ in item.value}
        is_plain = _place(item) == own and fields | report.keys() <= _PLACE_FIELDS
        if is_plain and claims is not None and not getattr(claims, "flow_style", True):
            lines = list(claim_lines(chosen, " " * claims.start_mark.column))
            return insert(text, last_line(claims) + 1, lines)
    lines = list(report_lines(new, indent))
    return insert(text, _line_for(text, records, items, own), lines)


def _line_for(
    text: str, records: Records, items: list[yaml.MappingNode], own: tuple[str, str]
) -> int:
    """Return the line before which a new report goes: sections are in the source's order."""
    source = records.sources[own[0]]
    order = {span.id: i for i, span in reversed(list(enumerate(source.sections)))}
    same = [item for item in items if _place(item)[0] == own[0]]
    before = [item for item in same if order.get(_place(item)[1], 0) <= order[own[1]]]
    if before or not same:
        return last_line((before or items)[-1]) + 1
    return above_comments(text, same[0].start_mark.line)


def _place(item: yaml.MappingNode) -> tuple[str, str]:
    parts = (child(item, name) for name in ("source", "at"))
    source, at = (str(part.value) if part is not None else "" for part in parts)
    return source, at


def _plain(scalar: str) -> str:
    """Return what a scalar means that is written as it is in YAML."""
    return str(yaml.safe_load(f"[{scalar}]")[0]) if scalar[:1] in "\"'" else str(scalar)


def _check(path: Path, old: str, new: str, records: Records, accepted: int) -> None:
    """Refuse a result that is not the old record and the accepted blocks.

    Raises:
        InputError: the file has a layout into which blocks cannot be put line by line.
    """
    kept = iter(new.splitlines())
    lost = [line for line in old.splitlines() if not _is_empty(line) and line not in kept]
    try:
        before = StudyRecord.model_validate(parse_mapping(old, path))
        after = StudyRecord.model_validate(parse_mapping(new, path))
    except ValidationError as error:
        raise RecordError(validation_problems(error, path)) from error
    old_blocks = [block for report in before.reports for block in report.claims]
    blocks = [block for report in after.reports for block in report.claims]
    same = replace(records, studies={})
    whole = {c.id for block in block_claims(after, same) for c in block}
    missing = {c.id for block in block_claims(before, same) for c in block} - whole
    if lost or missing or len(blocks) != len(old_blocks) + accepted:
        raise InputError(f"{path} has another layout; move the drafts by hand")


def _is_empty(line: str) -> bool:
    """Whether a line is an empty list, whose brackets go once it has entries."""
    return line.split("#", maxsplit=1)[0].strip() in ("reports: []", "groups: {}")
