"""Drafts of what a registry says of a study: dates, size, arms, outcomes, status, results.

The results are tables, drafted as those of any source; what was registered is drafted from the
entry itself, in the words in which its text prints it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from kb.drafts.draft import Drafter, SourceDrafts
from kb.drafts.labels import OTHER
from kb.drafts.store import DraftsFile
from kb.drafts.tables import Draft
from kb.drafts.times import time_of
from kb.model import WHOLE
from kb.papers.registry import protocol, results
from kb.papers.registry.analyses import compares
from kb.papers.registry.entry import Entry, Measure, Outcome, OutcomeMeasure
from kb.papers.registry.words import moment, phrase
from kb.records.load import Records
from kb.records.schema import StudyRecord
from kb.records.shared_schema import SourceRecord
from kb.sources.text import SourceText

_ROLES: Final = {
    "EXPERIMENTAL": "experimental",
    "ACTIVE_COMPARATOR": "comparator",
    "PLACEBO_COMPARATOR": "comparator",
    "SHAM_COMPARATOR": "comparator",
    "NO_INTERVENTION": "comparator",
}
"""What an arm is to a study, by its type."""
_ACTUAL: Final = "ACTUAL"
_STATED: Final = "reported"
"""The word of what is stated without a figure."""
_STARTED: Final = phrase("STARTED")
_DEATHS: Final = ("all-cause mortality", "death from any cause", "death")
_TITLES: Final = {
    **dict.fromkeys(("Age, Continuous", "Age, Categorical", "Age, Customized"), "Age"),
    **dict.fromkeys(("Sex: Female, Male", "Sex/Gender, Customized"), "Sex"),
}
"""The registry's own titles of baseline characteristics."""
_OF_TITLE: Final = re.compile(
    r"(?:mean |median |absolute )?change (?:from baseline )?(?:in|of) "
    r"|(?:number|percentage|proportion) of (?:participants|subjects|patients) with ",
    re.IGNORECASE,
)
_ORDER: Final[tuple[str, ...]] = (
    *("endpoint", "named", "category", "statistic", "unit", "time", "analysis_set"),
)
_KINDS: Final = {results.SERIOUS: "serious", results.OTHER: "not serious"}
"""The category of adverse events, by their table."""
_LEFT: Final = re.compile(r"lost to follow|withdraw|discontinu", re.IGNORECASE)
"""Reasons that are ways of leaving a study."""
_DANGLING: Final = re.compile(
    r"(?: (?:a|an|and|as|at|by|for|from|in|of|on|or|the|to|with|day|week|month|year))+$",
    re.IGNORECASE,
)
"""Words that a shortened name does not end with."""
_SIDED: Final = re.compile(r"\(([12])-sided\)$")
_MAX_WORDS: Final = 16
_MAX_TEXT: Final = 140


class RegistrationDrafter(Drafter):
    """Drafts the claims of a registry's entry about its study."""

    def __init__(
        self,
        records: Records,
        study: StudyRecord,
        source: SourceRecord,
        text: SourceText,
        existing: DraftsFile,
        entry: Entry,
    ) -> None:
        """Take what exists, and the entry that the source's text was made from."""
        super().__init__(records, study, source, text, existing, {})
        self.entry = entry
        endpoints = records.vocabulary.schemes.get("endpoint", {}).values()
        items = ((term.first("protocolItem"), term.notation) for term in endpoints)
        self.items: Mapping[str, str] = {item: notation for item, notation in items if item}
        self.arms = {arm.label: self._arm(arm.label, arm.type) for arm in self._arms()}

    def _arms(self) -> list[Any]:
        groups = self.entry.protocol.arms_interventions_module.arm_groups
        return [arm for arm in groups if arm.label]

    def _arm(self, label: str, kind: str) -> str:
        """Return the group that an arm is, a new one if the study has none of this name."""
        group = self.groups.resolve(label, sized=True).id
        if group in self.groups.new and kind in _ROLES:
            self.groups.new[group]["role"] = _ROLES[kind]
        return group

    def draft(self) -> SourceDrafts:
        """Return the drafts; captions suggest nothing, as the entry says what its tables are."""
        made = super().draft()
        tables = {*self._measures, results.DEATHS, *_KINDS}
        made.suggestions = [s for s in made.suggestions if s["at"].partition(": ")[0] not in tables]
        return made

    def _completed(self, drafts: list[Draft]) -> list[Draft]:
        registered = (one for one in self._registered() if one is not None)
        return [
            *(one for one in registered if not self.is_taken(one)),
            *map(self._of_registry, drafts),
        ]

    # --- what was registered ------------------------------------------------------------------

    def _registered(self) -> Iterator[Draft | None]:
        entry = self.entry
        if word := entry.protocol.status_module.overall_status:
            printed = protocol.status_line(entry)
            yield self._item("status", protocol.STATUS, printed, category=phrase(word))
        for item, date in protocol.dates(entry):
            printed = protocol.date_line(item, date)
            yield self._draft(item, protocol.STATUS, printed, {WHOLE: {"date": date.date}})
        yield self._enrolment()
        for arm in self._arms():
            printed = _cut(protocol.arm_line(arm.type, arm.label))
            category = printed.partition(": ")[2] or printed
            group = self.arms[arm.label]
            yield self._item("arm", protocol.ARMS, printed, category=category, group=group)
        for rank in ("primary", "secondary"):
            for outcome in protocol.outcomes(entry, rank):
                yield self._outcome(rank, outcome)

    def _enrolment(self) -> Draft | None:
        """Draft the number of people: those who took part, or those planned."""
        given = self.entry.protocol.design_module.enrollment_info
        printed, value = protocol.enrolment_line(self.entry), {WHOLE: {"n": given.count}}
        if not printed:
            return None
        if given.type != _ACTUAL:
            return self._draft("planned-size", protocol.DESIGN, printed, value)
        return self._block(self.names.size, protocol.DESIGN, printed, {"values": value})

    def _outcome(self, rank: str, outcome: Outcome) -> Draft | None:
        name = _cut(outcome.measure)
        at, item = protocol.outcomes_id(rank), f"{rank}-outcome"
        frame = protocol.time_frame(outcome)
        whole = f"{name} … {frame}"
        if not frame or len(whole) > _MAX_TEXT or len(whole.split()) > _MAX_WORDS:
            return self._item(item, at, name, category=name)
        time = time_of(moment(outcome.time_frame))
        more = {"time": time} if time else {}
        return self._item(item, at, whole, category=name, **more)

    def _item(
        self, item: str, at: str, printed: str, *, group: str = WHOLE, **more: str
    ) -> Draft | None:
        """Draft what is stated without a figure."""
        return self._draft(item, at, printed, {group: _STATED}, **more)

    def _draft(
        self, item: str, at: str, printed: str, values: Mapping[str, Any], **more: str
    ) -> Draft | None:
        endpoint = self.items.get(item, "")
        return self._block(endpoint, at, printed, {**more, "values": values})

    def _block(
        self, endpoint: str, at: str, printed: str, fields: Mapping[str, Any]
    ) -> Draft | None:
        """Return a draft with its place; None if the vocabulary or the text lacks it."""
        found = self.text.find(at, printed) if endpoint else []
        if not found:
            return None
        block = {"endpoint": endpoint, **fields}
        values = block.pop("values")
        block |= {"printed": printed, "values": values}
        return Draft(block, "sure", ["as registered"], at, found[0].spans[0][0], cells=0)

    # --- posted results -----------------------------------------------------------------------

    @cached_property
    def _measures(self) -> dict[str, Measure]:
        """The measures by the ids of their tables."""
        module = self.entry.results
        posted: list[tuple[str, Measure]] = [
            *((results.BASELINE, one) for one in module.baseline_characteristics_module.measures),
            *((results.OUTCOME, one) for one in module.outcome_measures_module.outcome_measures),
        ]
        numbers: Counter[str] = Counter()
        found: dict[str, Measure] = {}
        for kind, measure in posted:
            if measure.title:
                numbers[kind] += 1
                found[f"{kind} {numbers[kind]}"] = measure
        return found

    def _of_registry(self, draft: Draft) -> Draft:
        """Return a draft from a table with what the tables of registries are known to mean."""
        row = draft.block.get("row", "")
        label = row if isinstance(row, str) else row[-1]
        if draft.at.startswith(results.FLOW):
            return self._flow(draft, label)
        if draft.at == results.DEATHS:
            return self._named(draft, _DEATHS)
        table, organ, _ = draft.at.partition(": ")
        if table in _KINDS:
            category = ", ".join(filter(None, (draft.block.get("category"), _KINDS[table])))
            return _with(draft, category=category) if organ else draft
        measure = self._measures.get(draft.at.partition(", analysis")[0])
        return self._measured(draft, measure, label) if measure else draft

    def _flow(self, draft: Draft, label: str) -> Draft:
        """Return a draft of the flow of participants.

        Those who started are a group's size, and a reason for which people left is not what
        happened to a group: "Adverse Event" counts those who left because of one.
        """
        periods = self.entry.results.participant_flow_module.periods
        number = int(draft.at.rpartition(" ")[2])
        period = [periods[number - 1].title] if len(periods) > 1 else []
        if draft.at == f"{results.FLOW} 1" and label == _STARTED and self.names.size:
            draft = replace(draft, sure="sure", why=["a number of participants"])
            return _with(draft, endpoint=self.names.size, named=None, category=None)
        if results.REASONS in draft.block["row"] and not _LEFT.search(label):
            draft = _with(draft, endpoint=OTHER, named=label, category=f"{label}, not completed")
        category = ", ".join(filter(None, (draft.block.get("category"), *period)))
        return _with(draft, category=category or None)

    def _named(self, draft: Draft, names: Iterable[str]) -> Draft:
        """Return a draft of no known endpoint with the first that one of the names has."""
        found = next(filter(None, map(self.names.endpoint, names)), "")
        if draft.block["endpoint"] != OTHER or not found:
            return draft
        return _with(draft, endpoint=found, named=None, category=None)

    def _measured(self, draft: Draft, measure: Measure, label: str) -> Draft:
        """Return a draft of a measure: its endpoint and its time."""
        title = measure.title
        if label.startswith(title):
            bare = _OF_TITLE.sub("", title)
            draft = self._named(draft, (_TITLES.get(title, title), bare, bare.partition(" at ")[0]))
        draft = self._analysed(draft)
        if not isinstance(measure, OutcomeMeasure):
            return draft
        draft = self._of_part(draft, measure, label)
        time = time_of(moment(measure.time_frame))
        if time and draft.block.setdefault("time", time) != time:
            draft = replace(draft, sure="unsure", why=[*draft.why, f"the time frame is {time}"])
        return _sided(_with(draft))

    @cached_property
    def _started(self) -> dict[str, str]:
        """The numbers of people who started, by the title of their group."""
        flow = self.entry.results.participant_flow_module
        first = [m for p in flow.periods[:1] for m in p.milestones if phrase(m.type) == _STARTED]
        titles = dict(zip((g.id for g in flow.groups), results.names_of(flow.groups), strict=True))
        return {titles[one.group_id]: one.num_subjects for m in first for one in m.achievements}

    def _analysed(self, draft: Draft) -> Draft:
        """Return a draft with the number of people analysed, where others started."""
        title, _, size = str(draft.block["column"]).partition(" (N = ")
        started = self._started.get(title, "")
        if not size or not started or size.rstrip(")") == started or "values" not in draft.block:
            return draft
        given = (draft.block.get("analysis_set", ""), f"N = {size.rstrip(')')}")
        return _with(draft, analysis_set=", ".join(filter(None, given)))

    def _of_part(self, draft: Draft, outcome: OutcomeMeasure, label: str) -> Draft:
        """Return a draft of an analysis with what it is about, where that is a part of an outcome.

        An outcome has several analyses because it has several parts, or is analysed in several
        ways: they are not of one measure.
        """
        if ", analysis" not in draft.at:
            return draft
        part = label.removeprefix(results.timed(outcome)).strip(", ")
        if not part and _is_of_all_times(outcome):
            return draft
        if not part:
            why = [*draft.why, "the entry does not say which part of the outcome this is"]
            return replace(draft, sure="unsure", why=why)
        given = draft.block.get("category") or ""
        return (
            draft
            if part in given
            else _with(draft, category=", ".join(filter(None, (given, part))))
        )


def _with(draft: Draft, **fields: Any) -> Draft:
    """Return a draft with other fields, in the order of records; None takes a field away."""
    block = {**draft.block, **fields}
    order = [name for name in _ORDER if name in block]
    order += [name for name in block if name not in order]
    return replace(draft, block={n: block[n] for n in order if block[n] is not None})


def _is_of_all_times(outcome: OutcomeMeasure) -> bool:
    """Whether the one analysis of an outcome is of the whole of it, as a hazard ratio is."""
    compared = [one for one in outcome.analyses if compares(one)]
    return len(compared) == 1 and "hazard" in compared[0].param_type.casefold()


def _sided(draft: Draft) -> Draft:
    """Return a draft of a p-value with the sides of its test, which its column prints."""
    comparison, match = draft.block.get("comparison", {}), _SIDED.search(str(draft.block["column"]))
    if "p" not in comparison or match is None:
        return draft
    return _with(draft, comparison={**comparison, "sides": int(match[1])})


def missing_items(drafter: RegistrationDrafter) -> list[str]:
    """Return the items of a protocol that the vocabulary has no endpoint for."""
    wanted = (*protocol.DATES, "status", "arm", "planned-size", "primary-outcome")
    return [item for item in (*wanted, "secondary-outcome") if item not in drafter.items]


def _cut(text: str) -> str:
    """Return a text, or its beginning where a print has too many words."""
    whole = " ".join(text.split())
    line = " ".join(whole.split(" ")[:_MAX_WORDS])
    line = line if len(line) <= _MAX_TEXT else line[:_MAX_TEXT].rsplit(" ", 1)[0]
    return line if line == whole else _DANGLING.sub("", line)
