"""Apply what two readers settled to the file of reader 1; lines without a decision stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from kb.drafts.compare import ONLY, Comparison, compare
from kb.drafts.decisions import Decided
from kb.drafts.flow import flow
from kb.drafts.insertion import child, compose, insert, last_line, with_entries, without
from kb.drafts.readings import Reading, StudyReading, read_content
from kb.drafts.store import OWN_FIELDS, claim_lines, report_lines
from kb.errors import InputError, RecordError
from kb.model import WHOLE
from kb.records.schema import BOUNDS, Report
from kb.records.yaml import parse_mapping

Plain = dict[str, Any]
_PARTS: Final = ("values", "comparison", "group", "doses")
_WORDING: Final = ("printed", "noted", "row", "column")
_INHERITED: Final = ("row", "column", "analysis_set", "data_cut")
_BLOCK: Final = ("endpoint", "category", "time")
_BLOCK_DETAILS: Final = (
    *("analysis_set", "data_cut", "imputation", "regimen", "population", "doses"),
)
_DETAILS: Final = (
    *("adjusted", "adjusted_for", "sides", "p_for"),
    *("finding", "significance", "favours", "margin"),
)
_FIGURES: Final[Mapping[str, tuple[str, ...]]] = {
    "figure": ("value", "operator", "n", "sd", "se", "spread", "word", "date", "from", "to"),
    "denominator": ("of",),
    "bounds": (*(name.replace("_", ".") for name in BOUNDS), "level"),
    "p": ("p", "sides", "p_for"),
}


def settled_text(root: Path, outcome: Comparison, decided: Sequence[Decided]) -> str:
    """Return the file of reader 1 with the decisions applied.

    Raises:
        InputError: a decision cannot be applied, or its value is not valid: nothing is written.
    """
    (first,), (second,) = outcome.first.files, outcome.second.files
    text = Consensus(first.path.read_text(encoding="utf-8-sig"), first, second).apply(decided)
    try:
        reading = read_content(parse_mapping(text, first.path), first.path, root)
    except RecordError as error:
        # The lines would be those of a file that is not written.
        raise RecordError(replace(problem, line=0) for problem in error.problems) from error
    after = compare(replace(outcome.first, files=(reading,)), outcome.second)
    left = {one.id for one in after.differences}
    for one in decided:
        if one.decision.take == 2 and one.difference.id in left:
            raise InputError(f"{first.path}: cannot apply {one.difference}: edit the file by hand")
    return text


class Consensus:
    """The file of reader 1 with the decisions of both readers."""

    def __init__(self, text: str, first: StudyReading, second: StudyReading) -> None:
        """Take the text of the file of reader 1."""
        self.text, self.first, self.second = text, first, second

    def apply(self, decided: Iterable[Decided]) -> str:
        """Return the text of the file with the decisions applied.

        Raises:
            InputError: the file has a layout into which blocks cannot be put line by line.
        """
        changed: dict[Reading, list[tuple[Decided, Reading]]] = defaultdict(list)
        dropped: set[Reading] = set()
        added: list[Reading] = []
        for one in decided:
            if one.decision.take == 1:
                continue
            for mine, theirs in one.difference.pairs:
                if mine is not None and theirs is not None:
                    changed[mine].append((one, theirs))
                elif mine is not None and one.difference.field == ONLY:
                    dropped.add(mine)
                elif theirs is not None:
                    added.append(theirs)
        text = self._with_changes(changed, dropped)
        used = [*added, *(theirs for pairs in changed.values() for _, theirs in pairs)]
        return self._with_groups(self._with_added(text, added), used)

    # --- blocks of reader 1 --------------------------------------------------------------------

    def _with_changes(
        self, changed: Mapping[Reading, list[tuple[Decided, Reading]]], dropped: set[Reading]
    ) -> str:
        blocks: dict[tuple[int, int], list[Plain]] = {}
        for place in sorted({(r.report, r.block) for r in (*changed, *dropped)}):
            members = [r for r in self.first.readings if (r.report, r.block) == place]
            blocks[place] = self._new_blocks(members, changed, dropped)
        gone: dict[int, set[int]] = defaultdict(set)
        for (report, block), new in blocks.items():
            if not new:
                gone[report].add(block)
        text = self.text
        for (report, block), new in reversed(blocks.items()):
            if new:
                text = _replaced(text, report, block, new)
        return without(text, _shifted(gone, blocks)) if gone else text

    def _new_blocks(
        self,
        members: Sequence[Reading],
        changed: Mapping[Reading, list[tuple[Decided, Reading]]],
        dropped: set[Reading],
    ) -> list[Plain]:
        """Return what becomes of one block: claims with changes of their own leave it."""
        block = self._plain(self.first, members[0])
        shared = [{one.difference.id for one, _ in changed.get(r, [])} for r in members]
        is_whole = all(ids == shared[0] for ids in shared) and not dropped & set(members)
        fields = {one.difference.field for r in members for one, _ in changed.get(r, [])}
        statistic = {"statistic"} if all(r.part for r in members) else set()
        if is_whole and fields <= {*_BLOCK, "place", *statistic}:
            return [self._patched(block, members[0], changed[members[0]])]
        kept = [r for r in members if r not in changed and r not in dropped]
        new = [_selected(block, kept)] if kept else []
        for reading in members:
            if reading in changed and reading not in dropped:
                new.append(self._patched(_selected(block, [reading]), reading, changed[reading]))
        return new

    def _patched(
        self, block: Plain, mine: Reading, changes: Sequence[tuple[Decided, Reading]]
    ) -> Plain:
        for one, theirs in changes:
            field, value = one.difference.field, one.decision.value
            if one.decision.take == "value":
                _set(block, mine, field, value)
            else:
                other = _selected(self._plain(self.second, theirs), [theirs])
                _take(block, mine, field, other, theirs)
        return block

    def _plain(self, file: StudyReading, reading: Reading) -> Plain:
        """Return the block of a claim as plain data, with what reader 2's report says of all."""
        block = file.block(reading).model_dump(by_alias=True, exclude_unset=True)
        if file is self.first:
            return block
        report = file.reports[reading.report].model_dump(exclude_unset=True)
        return {name: report[name] for name in _INHERITED if name in report} | block

    # --- what reader 1 does not have -------------------------------------------------------------

    def _with_added(self, text: str, added: Sequence[Reading]) -> str:
        blocks: dict[tuple[int, int], list[Reading]] = defaultdict(list)
        for reading in added:
            blocks[reading.report, reading.block].append(reading)
        reports: dict[int, list[Plain]] = defaultdict(list)
        for (number, _), members in blocks.items():
            block = self.second.block(members[0]).model_dump(by_alias=True, exclude_unset=True)
            chosen = _selected(block, members)
            if not self.first.is_draft:
                chosen = {k: v for k, v in chosen.items() if k not in OWN_FIELDS}
            reports[number].append(chosen)
        for number, claims in sorted(reports.items()):
            report = self._report(self.second.reports[number], claims)
            text = with_entries(text, "reports", list(report_lines(report, "")))
        return text

    def _report(self, report: Report, claims: list[Plain]) -> Plain:
        return {**report.model_dump(exclude_unset=True, exclude={"claims"}), "claims": claims}

    def _with_groups(self, text: str, used: Iterable[Reading]) -> str:
        """Add the groups of reader 2 that claims need and reader 1 does not have."""
        theirs = self.second.study.groups
        measures = [reading.claim.measure for reading in used]
        names = dict.fromkeys(n for m in measures for n in (m.group, m.comparator))
        missing = [n for n in names if n in theirs and n not in {*self.first.study.groups, WHOLE}]
        groups = {n: theirs[n].model_dump(by_alias=True, exclude_unset=True) for n in missing}
        return with_entries(text, "groups", [f"{n}: {flow(group)}" for n, group in groups.items()])


def _selected(block: Mapping[str, Any], readings: Sequence[Reading]) -> Plain:
    """Return a block with some of its claims only."""
    chosen = {name: value for name, value in block.items() if name not in _PARTS}
    groups = {reading.part for reading in readings if reading.part}
    values = {g: dict(v) for g, v in block.get("values", {}).items() if g in groups}
    if values:
        chosen["values"] = values
    for reading in readings:
        measure = reading.claim.measure
        if reading.is_comparison:
            pair = {"of": measure.group, "versus": measure.comparator}
            chosen["comparison"] = {**pair, **block["comparison"]}
        elif not reading.part:
            chosen |= {"group": block["group"], "doses": block["doses"]}
    return chosen


def _figure(block: Plain, reading: Reading) -> Plain:
    """Return the fields of a claim's figure within its block."""
    figure: Plain = block if not reading.part else block["values"][reading.part]
    return block["comparison"] if reading.is_comparison else figure


def _set(block: Plain, reading: Reading, field: str, value: Any) -> None:
    """Give a field of a block with one claim a value, or none if it is empty."""
    figure = _figure(block, reading)
    if field == "group":
        _rename(block, reading, str(value).split(" versus "))
    elif field == "unit" and not reading.is_comparison:
        figure.pop("unit", None)
        _put(block, field, value)
    elif field == "figure" and reading.part:
        block["values"][reading.part] = value
    elif field in ("unit", "statistic", "p", "figure", "denominator"):
        target = block if field == "statistic" and not reading.is_comparison else figure
        _put(target, {"figure": "value", "denominator": "of"}.get(field, field), value)
    else:
        _put(block, field, value)


def _rename(block: Plain, reading: Reading, names: Sequence[str]) -> None:
    if reading.is_comparison:
        block["comparison"] |= dict(zip(("of", "versus"), names, strict=False))
    elif reading.part:
        block["values"] = {names[0]: block["values"][reading.part]}
    else:
        block["group"] = names[0]


def _take(block: Plain, mine: Reading, field: str, other: Plain, theirs: Reading) -> None:
    """Give a field what reader 2 has; a figure comes with its print."""
    if field in _FIGURES:
        _copy(other_figure := _figure(other, theirs), _figure(block, mine), _FIGURES[field])
        if field == "figure" and "unit" not in other_figure and not mine.has_unit:
            _set(block, mine, "unit", theirs.facts["unit"])
        _copy(other, block, _WORDING)
    elif field == "place":
        _copy(other, block, _WORDING)
        block["at"] = theirs.claim.section
    elif field == "details":
        _copy(other, block, _BLOCK_DETAILS)
        if mine.part or mine.is_comparison:
            _copy(_figure(other, theirs), _figure(block, mine), _DETAILS)
    else:
        _set(block, mine, field, theirs.facts[field])


def _copy(source: Mapping[str, Any], target: Plain, names: Iterable[str]) -> None:
    for name in names:
        _put(target, name, source.get(name))


def _put(target: Plain, name: str, value: Any) -> None:
    if value in (None, ""):
        target.pop(name, None)
    else:
        target[name] = value


def _replaced(text: str, report: int, block: int, new: Sequence[Plain]) -> str:
    """Return a text with one block replaced by others."""
    claims = child(compose(text), "reports", report, "claims")
    if not isinstance(claims, yaml.SequenceNode) or claims.flow_style:
        raise InputError(f"reports.{report}.claims: in brackets; expected an entry on each line")
    node = claims.value[block]
    start, end = node.start_mark.line, last_line(node) + 1
    lines = text.splitlines(keepends=True)
    shorter = "".join((*lines[:start], *lines[end:]))
    return insert(shorter, start, claim_lines(new, " " * claims.start_mark.column))


def _shifted(
    gone: Mapping[int, set[int]], blocks: Mapping[tuple[int, int], Sequence[Plain]]
) -> dict[int, set[int]]:
    """Return the numbers of blocks after those before them were replaced by more or fewer."""
    more = {place: len(new) - 1 for place, new in blocks.items() if new}
    return {
        report: {
            block + sum(n for (r, b), n in more.items() if r == report and b < block)
            for block in numbers
        }
        for report, numbers in gone.items()
    }
