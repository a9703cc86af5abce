"""Drafts of all that a source prints about a study: tables first, then suggestions for prose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import ValidationError

from kb.drafts.check import check_drafts
from kb.drafts.groups import GroupNames
from kb.drafts.labels import EndpointNames, without_size
from kb.drafts.not_results import NOT_A_RESULT
from kb.drafts.parts import parts_of
from kb.drafts.prose import suggestions
from kb.drafts.store import DraftReport, DraftsFile, groups_of
from kb.drafts.tables import Draft, NotDrafted, TableDrafts
from kb.drafts.told_apart import ALIKE, told_apart
from kb.model import Claim, slug
from kb.papers.from_source import tables_of
from kb.papers.reading import PEOPLE
from kb.records.expand import block_claims
from kb.records.load import Records
from kb.records.schema import StudyRecord
from kb.records.shared_schema import SourceRecord
from kb.sources.coverage import claimed_spans
from kb.sources.text import SourceText
from kb.sources.verify import VerificationState

Spans = list[tuple[int, int]]
_TABLE: Final = "\t"
_NO_SHARE: Final = "% is not printed at"


@dataclass
class SourceDrafts:
    """What is drafted from one source, as plain data of the form of ``DraftsFile``."""

    reports: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    columns: dict[str, str | None] = field(default_factory=dict)
    suggestions: list[dict[str, Any]] = field(default_factory=list)
    left: list[NotDrafted] = field(default_factory=list)
    cells: int = 0
    """How many cells of tables the drafts are from."""

    @property
    def cells_left(self) -> int:
        """How many cells of tables hold results that nothing is drafted from."""
        return sum(one.cells for one in self.left if not one.why.startswith(NOT_A_RESULT))

    @property
    def no_results(self) -> int:
        """How many cells of tables have digits that are not results."""
        return sum(one.cells for one in self.left if one.why.startswith(NOT_A_RESULT))


class Drafter:
    """Drafts the claims of one source about one study."""

    def __init__(
        self,
        records: Records,
        study: StudyRecord,
        source: SourceRecord,
        text: SourceText,
        existing: DraftsFile,
        answers: Mapping[str, str | None],
    ) -> None:
        """Take what exists: its figures are not drafted again.

        ``answers`` says which group a header is about; None if it is not one of people.
        """
        self.records, self.study, self.source, self.text = records, study, source, text
        self.existing = existing
        self.names = EndpointNames(records.vocabulary)
        groups = {**existing.groups, **study.groups}
        known = {**existing.columns, **answers}
        self.groups = GroupNames(groups, records.vocabulary, known)
        for section in text.evidence:
            self.groups.explain(text.notes(section))
        self._taken: dict[str, Spans] = {}

    def tables(self) -> Iterator[TableDrafts]:
        """Yield each table of the source's evidence."""
        for section in self.text.evidence:
            if _TABLE in "".join(piece.text for piece in self.text.section(section)):
                for table in tables_of(self.text, section):
                    for part in parts_of(table):
                        yield TableDrafts(self.text, part, self.names, self.groups)

    def _with_groups_known(self) -> list[TableDrafts]:
        """Return the tables after reading the groups of those whose headers print sizes.

        A table may have the groups in its rows before another has them in its header.
        """
        tables = list(self.tables())
        for table in tables:
            people = (one for one in table.reading.columns if one.kind in PEOPLE)
            if sum(column.size is not None for column in people) > 1:
                _ = table.roles
        return tables

    def headers(self) -> dict[str, str]:
        """Return the headers that name people, with the group that each is taken for."""
        for table in self._with_groups_known():
            _ = table.roles
        return {label: group for label, group in self.groups.used.items() if group is not None}

    def labels(self) -> list[str]:
        """Return all headers of columns and of rows that an answer may be about."""
        found: dict[str, None] = {}
        for table in self.tables():
            reading = table.reading
            rows = (reading.table.row_path(row) for row in range(len(reading.table.grid)))
            found |= dict.fromkeys(without_size(part) for path in rows for part in path)
            paths = (map(without_size, column.path) for column in reading.columns)
            found |= dict.fromkeys(" › ".join(path) for path in paths)
            _ = table.roles
        return [*self.groups.used, *found]

    def draft(self) -> SourceDrafts:
        """Return the drafts; those that the verifier refuses are among what is left."""
        made = SourceDrafts()
        drafts: list[Draft] = []
        for table in self._with_groups_known():
            found = [one for one in table.drafts() if not self.is_taken(one)]
            drafts += found
            made.left += table.left
        drafts = self._completed(drafts)
        self._one_spelling(drafts)
        drafts, alike = told_apart(drafts)
        self._one_spelling(drafts)
        made.left += [NotDrafted(one.at, one.block["printed"], ALIKE, one.cells) for one in alike]
        drafts = self._verified(drafts, made)
        made.groups = self._groups_of(drafts)
        made.columns = dict(self.groups.used)
        made.cells = sum(draft.cells for draft in drafts)
        made.reports = _reports(self.source.id, drafts)
        claims = [*self._claims(), *self._claims_of(made)]
        made.suggestions = list(
            suggestions(self.source, self.text, self.names, self.groups, claims)
        )
        return made

    def _completed(self, drafts: list[Draft]) -> list[Draft]:
        """Return the drafts with those of other places than tables, which a subclass adds."""
        return drafts

    # --- what exists ---------------------------------------------------------------------------

    def _claims(self) -> list[Claim]:
        """Return the claims of the study's record and of its drafts in this source."""
        groups = {**self.existing.groups, **self.study.groups}
        reports = [*self.study.reports, *self.existing.reports]
        record = self.study.model_copy(update={"groups": groups, "reports": reports})
        claims = (c for block in block_claims(record, self.records) for c in block)
        return [claim for claim in claims if claim.source == self.source.id]

    def _claims_of(self, made: SourceDrafts) -> list[Claim]:
        reports = [_valid_report(report, self.records) for report in made.reports]
        record = self.study.model_copy(update={"reports": reports})
        return [claim for block in block_claims(record, self.records) for claim in block]

    def is_taken(self, draft: Draft) -> bool:
        """Whether a claim or a draft has the figure already that a draft begins with."""
        if draft.at not in self._taken:
            claims = [claim for claim in self._claims() if claim.section == draft.at]
            self._taken[draft.at] = claimed_spans(self.text, draft.at, claims)
        return any(start <= draft.start < end for start, end in self._taken[draft.at])

    # --- what is valid --------------------------------------------------------------------------

    def _one_spelling(self, drafts: Iterable[Draft]) -> None:
        """Give categories that differ only in signs one spelling: in the graph they are one."""
        first: dict[tuple[str, str], str] = {}
        for draft in drafts:
            if category := draft.block.get("category"):
                key = (draft.block["endpoint"], slug(category))
                draft.block["category"] = first.setdefault(key, category)

    def _verified(self, drafts: list[Draft], made: SourceDrafts) -> list[Draft]:
        """Return the drafts that the verifier accepts; note why other figures are left."""
        invalid = [(draft, reason) for draft in drafts if (reason := self._invalid(draft))]
        wrong = {id(draft) for draft, _ in invalid}
        kept, refused = self._checked([draft for draft in drafts if id(draft) not in wrong])
        second = [_without_shares(draft) for draft, reason in refused if _NO_SHARE in reason]
        again, _ = self._checked([draft for draft in second if draft])
        kept += again
        starts = {draft.start for draft in kept}
        for draft, reason in (*invalid, *refused):
            if draft.start not in starts:
                left = NotDrafted(draft.at, draft.block["printed"], reason, draft.cells)
                made.left.append(left)
        return kept

    def _checked(self, drafts: list[Draft]) -> tuple[list[Draft], list[tuple[Draft, str]]]:
        """Return the drafts that the verifier accepts, and the others with its reasons."""
        reports = [_valid_report(one, self.records) for one in _reports(self.source.id, drafts)]
        file = DraftsFile.model_construct(groups=self._group_records(), reports=reports)
        checked = check_drafts(self.records, self.study, file, {self.source.id: self.text})
        kept: list[Draft] = []
        refused: list[tuple[Draft, str]] = []
        for draft, one in zip(_in_order(drafts), checked, strict=True):
            if one.state is VerificationState.VERIFIED:
                kept.append(draft)
            else:
                refused.append((draft, "; ".join(one.reasons) or one.state.value))
        return kept, refused

    def _invalid(self, draft: Draft) -> str:
        report = {"source": self.source.id, "at": draft.at, "claims": [_plain(draft)]}
        try:
            DraftReport.model_validate(report, context={"vocabulary": self.records.vocabulary})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            return f"{'.'.join(map(str, first['loc'][2:]))}: {first['msg']}"
        return ""

    def _group_records(self) -> dict[str, Any]:
        new = {"groups": self.groups.new}
        file = DraftsFile.model_validate(new, context={"vocabulary": self.records.vocabulary})
        return {**self.existing.groups, **file.groups}

    def _groups_of(self, drafts: Iterable[Draft]) -> dict[str, dict[str, Any]]:
        """Return the new groups that the drafts are about, and those that they are within."""
        used: set[str] = set()
        for draft in drafts:
            used |= groups_of(draft.block)
        return {name: group for name, group in self.groups.new.items() if name in used}


def _without_shares(draft: Draft) -> Draft | None:
    """Return a draft of the count alone, because no label says that a percentage follows."""
    if draft.bare is None:
        return None
    why = [*draft.why, "no label declares what stands beside the count"]
    return replace(draft, block={**draft.block, "values": draft.bare}, sure="unsure", why=why)


def _plain(draft: Draft) -> dict[str, Any]:
    why = "; ".join(dict.fromkeys(filter(None, draft.why)))
    return {**draft.block, "sure": draft.sure, **({"why": why[:200]} if why else {})}


def _in_order(drafts: Iterable[Draft]) -> list[Draft]:
    """Return drafts place by place, in the order of the text."""
    places: dict[str, list[Draft]] = {}
    for draft in drafts:
        places.setdefault(draft.at, []).append(draft)
    return [one for place in places.values() for one in sorted(place, key=lambda d: d.start)]


def _reports(source: str, drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    reports: dict[str, dict[str, Any]] = {}
    for draft in _in_order(drafts):
        report = {"source": source, "at": draft.at, "claims": []}
        reports.setdefault(draft.at, report)["claims"].append(_plain(draft))
    return list(reports.values())


def _valid_report(report: Mapping[str, Any], records: Records) -> DraftReport:
    context = {"vocabulary": records.vocabulary}
    return DraftReport.model_validate(report, context=context)


def merged(existing: DraftsFile, raw: Mapping[str, Any], made: SourceDrafts) -> dict[str, Any]:
    """Return the content of a drafts file with new drafts behind those that it has.

    ``raw`` is the content of the file as it is; a suggestion that it has is not repeated.
    """
    old = list(raw.get("suggestions", []))
    seen = {(one.source, one.at, one.printed) for one in existing.suggestions}
    new = [s for s in made.suggestions if (s["source"], s["at"], s["printed"]) not in seen]
    return {
        "columns": {**made.columns, **raw.get("columns", {})},
        "groups": {**raw.get("groups", {}), **made.groups},
        "reports": [*raw.get("reports", []), *made.reports],
        "suggestions": [*old, *new],
    }
