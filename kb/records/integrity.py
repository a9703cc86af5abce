"""Check what records refer to: groups, sections, references, publications, units, times."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from kb.errors import Problem, nearest
from kb.model import WHOLE, slug
from kb.records.defaults import compared_groups, parent, statistic_of, unit_of
from kb.records.notation import is_duration, parse_time
from kb.records.ontology import is_page_name
from kb.records.paths import record_file
from kb.records.schema import Bounded, ClaimBlock, Comparison, FigureRecord, Report, StudyRecord
from kb.records.shared_schema import READ, AdjudicationsFile, SourceRecord
from kb.records.yaml import Loc, RecordFile

if TYPE_CHECKING:
    from kb.records.load import Records

_FIGURES: Final = ("value", "n", "of", "sd", "se", "spread", "word", "date", "from_", "to", "p")
MAX_DEPTH: Final = 16
"""More groups within each other than this are a mistake; none has been needed so far."""
MAX_WORDS: Final = 24
"""More words than this in ``printed`` would be a sentence of the paper, which is not ours."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


class IdIndex:
    """The ids that exist; those of records with problems are counted as existing."""

    def __init__(
        self, records: Records, broken: frozenset[str], studies: Iterable[str] = ()
    ) -> None:
        """Collect the ids of studies, sources and publications, and those in ``broken``.

        ``studies`` are the ids of studies that exist and are not among the records.
        """
        self.ids: dict[str, frozenset[str]] = {
            "study": broken.union(records.studies, studies),
            "source": frozenset(records.sources) | broken,
            "publication": frozenset(records.publications) | broken,
        }
        # All publications are in one file: if it has problems, any of them may exist.
        self._unknown = {"publication"} if "publications" in broken else set()

    def check(self, file: RecordFile, loc: Loc, name: str, kind: str) -> Iterator[Problem]:
        """Yield a problem unless a record of this kind has the id."""
        if name not in self.ids[kind] and kind not in self._unknown:
            near = nearest(name, self.ids[kind])
            yield file.problem(loc, name, f"the id of a {kind}", near)

    def check_list(
        self, file: RecordFile, loc: Loc, names: Collection[str], kind: str
    ) -> Iterator[Problem]:
        """Check each id of a list."""
        for index, name in enumerate(names):
            yield from self.check(file, (*loc, index), name, kind)


def reference_problems(records: Records, broken: frozenset[str]) -> Iterator[Problem]:
    """Yield every reference that leads nowhere; ``broken``: ids of records with problems."""
    index = IdIndex(records, broken)
    yield from shared_problems(records, index)
    for name, study in records.studies.items():
        yield from study_problems(name, study, records, index)


def study_problems(
    name: str,
    study: StudyRecord,
    records: Records,
    index: IdIndex,
    file: RecordFile | None = None,
) -> Iterator[Problem]:
    """Yield the references of one study that lead nowhere.

    ``name`` is its id, ``file`` the file that problems name: by default that of its record. Of
    ``records``, the sources and the vocabulary are used.
    """
    yield from _StudyCheck(name, study, records, index, file).problems()


def shared_problems(records: Records, index: IdIndex) -> Iterator[Problem]:
    """Yield the references that lead nowhere in publications, sources and adjudications."""
    file = _file(records, "publications")
    for name, publication in records.publications.items():
        loc = ("publications", name, "reports")
        yield from index.check_list(file, loc, publication.reports, "study")
    for name, source in records.sources.items():
        yield from _source_problems(_file(records, "sources", name), source, index)
    summaries = {s.publication for s in records.sources.values() if s.read_in is not None}
    for name, adjudications in records.adjudications.items():
        file = _file(records, "adjudications", name)
        yield from index.check(file, (), name, "study")
        yield from _adjudication_problems(file, name, adjudications, index)
        yield from _ground_problems(file, adjudications, summaries)
    if records.formerly:
        yield from _formerly_problems(records, index)


def _file(records: Records, *names: str) -> RecordFile:
    return RecordFile(record_file(records.root, *names))


def _formerly_problems(records: Records, index: IdIndex) -> Iterator[Problem]:
    """A former address must be unused, and must redirect to one in use."""
    used = {f"{kind}/{name}" for kind, names in index.ids.items() for name in names}
    for scheme, terms in records.vocabulary.schemes.items():
        used |= {f"{scheme}/{term.segment}" for term in terms.values()}
    file = _file(records, "formerly")
    for old, new in records.formerly.items():
        loc = ("formerly", old)
        kind, _, name = old.partition("/")
        if kind not in {*index.ids, *records.vocabulary.schemes} or not is_page_name(name):
            expected = "the address of a page, such as study/old-name"
            yield file.problem(loc, old, expected)
        if old in used:
            yield file.problem(loc, old, "an unused address")
        if new not in used:
            yield file.problem(loc, new, "an address in use", nearest(new, used))


def _adjudication_problems(
    file: RecordFile, study: str, adjudications: AdjudicationsFile, index: IdIndex
) -> Iterator[Problem]:
    """Check ids only; ``kb.checks.adjudication`` matches them with the findings."""
    judged: set[str] = set()
    for number, record in enumerate(adjudications.adjudications):
        loc: Loc = ("adjudications", number)
        publications, field = record.publications, (*loc, "finding")
        yield from index.check_list(file, (*loc, "publications"), publications, "publication")
        if record.finding.split(".")[1:2] != [study]:
            expected = f"the id of a finding of {study}, as kb check prints it"
            yield file.problem(field, record.finding, expected)
        if record.finding in judged:
            yield file.problem(field, record.finding, "each finding once")
        judged.add(record.finding)


def _ground_problems(
    file: RecordFile, adjudications: AdjudicationsFile, summaries: Collection[str]
) -> Iterator[Problem]:
    """A judgement tells of each publication whether it was read, or only a summary of it."""
    for number, record in enumerate(adjudications.adjudications):
        needed = {READ[name in summaries] for name in record.publications}
        given = needed and set(READ).intersection(record.grounds)
        if given != needed:
            expected = f"{' and '.join(sorted(needed))}, as the publications were read"
            loc: Loc = ("adjudications", number, "grounds")
            yield file.problem(loc, ", ".join(sorted(given)), expected)


def _source_problems(file: RecordFile, source: SourceRecord, index: IdIndex) -> Iterator[Problem]:
    yield from index.check(file, ("publication",), source.publication, "publication")
    for number, publication in source.references.items():
        yield from index.check(file, ("references", number), publication, "publication")
    yield from _span_problems(file, source)
    sections = {span.id for span in source.sections}
    for number, left in enumerate(source.left_out):
        if left.at not in sections:
            near = nearest(left.at, sections)
            loc = ("left_out", number, "at")
            yield file.problem(loc, left.at, "a section of the source", near)


def _span_problems(file: RecordFile, source: SourceRecord) -> Iterator[Problem]:
    """A section begins once, and later spans resume it. Its id becomes part of its IRI."""
    begun: dict[str, str] = {}
    for index, span in enumerate(source.sections):
        loc, word = ("sections", index, "id"), slug(span.id)
        if not word:
            yield file.problem(loc, span.id, "an id with a letter or a digit")
        elif span.resumes and span.id not in begun.values():
            expected = "a section that has begun"
            yield file.problem((*loc[:2], "resumes"), span.id, expected)
        elif not span.resumes and word in begun:
            expected = "a section that has not begun, or 'resumes: true'"
            near = "" if span.id == begun[word] else begun[word]
            yield file.problem(loc, span.id, expected, near)
        if source.text is not None and span.from_ is None:
            expected = "'from', the beginning of its first line: the source has a text"
            yield file.problem(loc[:2], "", expected)
        begun.setdefault(word, span.id)


class _StudyCheck:
    """The references of one study's record."""

    def __init__(
        self,
        name: str,
        study: StudyRecord,
        records: Records,
        index: IdIndex,
        file: RecordFile | None,
    ) -> None:
        self.file = file or _file(records, "studies", name)
        self.study = study
        self.sources = records.sources
        self.vocabulary = records.vocabulary
        self.index = index
        self.groups = {WHOLE, *study.groups}

    def problems(self) -> Iterator[Problem]:
        study, check_list = self.study, self.index.check_list
        yield from check_list(self.file, ("publications",), study.publications, "publication")
        yield from check_list(self.file, ("analysis_of",), study.analysis_of, "study")
        if study.id in study.analysis_of:
            yield self.file.problem(("analysis_of",), study.id, "another study")
        yield from self._groups()
        yield from self._partitions()
        for index, report in enumerate(study.reports):
            yield from self._report(report, ("reports", index))

    def _group(self, loc: Loc, name: str | None) -> Iterator[Problem]:
        if name is not None and name not in self.groups:
            yield self.file.problem(loc, name, "a group of this study", nearest(name, self.groups))

    def _groups(self) -> Iterator[Problem]:
        for name, group in self.study.groups.items():
            loc: Loc = ("groups", name)
            if group.within is not None:
                yield from self._group((*loc, "within"), group.within)
            elif "." in name:
                yield from self._group(loc, name.rsplit(".", 1)[0])
            if group.who and group.who.time:
                yield from self._time((*loc, "who", "time"), group.who.time)
            if expected := self._nesting(name):
                yield self.file.problem(loc, name, expected)

    def _nesting(self, name: str) -> str:
        """Return what is expected of a group that is within itself or too many others, or ""."""
        seen: set[str] = set()
        while name in self.study.groups and name not in seen:
            seen.add(name)
            if len(seen) > MAX_DEPTH:
                return f"at most {MAX_DEPTH} groups within each other"
            name = parent(self.study, name)
        return "a group that is not within itself" if name in seen else ""

    def _partitions(self) -> Iterator[Problem]:
        for index, partition in enumerate(self.study.partitions):
            loc: Loc = ("partitions", index)
            yield from self._group((*loc, "of"), partition.of)
            for part, name in enumerate(partition.parts):
                yield from self._group((*loc, "parts", part), name)
                if name in partition.parts[:part]:
                    yield self.file.problem((*loc, "parts", part), name, "each group once")
            same = [slug(f"{p.of}.{p.by}") for p in self.study.partitions[: index + 1]]
            if same.count(same[-1]) > 1:
                yield self.file.problem((*loc, "by"), partition.by, "one partition by this")

    def _report(self, report: Report, loc: Loc) -> Iterator[Problem]:
        yield from self.index.check(self.file, (*loc, "source"), report.source, "source")
        source = self.sources.get(report.source)
        if source is not None:
            yield from self._anchor(loc, source, report.at, report.cites)
        for index, block in enumerate(report.claims):
            here = (*loc, "claims", index)
            if source is not None:
                yield from self._anchor(here, source, block.at, block.cites or [])
                yield from self._wording(here, source, block)
            yield from self._block(block, here)

    def _anchor(
        self, loc: Loc, source: SourceRecord, at: str | None, cites: list[int]
    ) -> Iterator[Problem]:
        sections = {span.id for span in source.sections}
        if at is not None and at not in sections:
            expected = f"a section of {source.id}"
            yield self.file.problem((*loc, "at"), at, expected, nearest(at, sections))
        for index, number in enumerate(cites):
            if number not in source.references:
                expected = f"a number of the reference list of {source.id}"
                yield self.file.problem((*loc, "cites", index), str(number), expected)

    def _wording(self, loc: Loc, source: SourceRecord, block: ClaimBlock) -> Iterator[Problem]:
        """What was noted from a summary must not pass for a print of the source."""
        if source.read_in is not None and block.printed is not None:
            expected = f"'noted': only a summary of {source.id} was read"
            yield self.file.problem((*loc, "printed"), block.printed, expected, "noted")
        if source.read_in is None and block.noted is not None:
            expected = f"'printed': {source.id} has no 'read_in', so it was read itself"
            yield self.file.problem((*loc, "noted"), block.noted, expected, "printed")

    def _block(self, block: ClaimBlock, loc: Loc) -> Iterator[Problem]:
        if not block.values and block.comparison is None and block.doses is None:
            yield self.file.problem(loc, "", "values, a comparison or doses")
        if (block.doses is None) != (block.group is None):
            yield self.file.problem(loc, "", "group and doses together, or neither")
        yield from self._group((*loc, "group"), block.group)
        if len(_WORD.findall(block.wording)) > MAX_WORDS:
            expected = f"figures and at most {MAX_WORDS} words"
            field = "printed" if block.printed else "noted"
            yield self.file.problem((*loc, field), block.wording, expected)
        if block.time is not None:
            yield from self._time((*loc, "time"), block.time)
        for name, value in block.values.items():
            yield from self._value(block, name, value, (*loc, "values", name))
        if block.comparison is not None:
            yield from self._comparison(block, block.comparison, (*loc, "comparison"))

    def _value(
        self, block: ClaimBlock, name: str, value: FigureRecord, loc: Loc
    ) -> Iterator[Problem]:
        yield from self._group(loc, name)
        if not _has_any(value, *_FIGURES):
            yield self.file.problem(loc, "nothing", "a figure or a word")
        statistic = statistic_of(block, value)
        yield from self._unit(loc, statistic, unit_of(block, value))
        if statistic is None:
            yield self.file.problem(loc, "", "a statistic in the block, such as median or count")

    def _unit(self, loc: Loc, statistic: str | None, unit: str | None) -> Iterator[Problem]:
        if statistic is None or unit is None or not self.vocabulary.knows("unit", unit):
            return
        admitted = self.vocabulary.get("statistic", statistic).properties.get("admits", ())
        kind = self.vocabulary.get("unit", unit).first("quantityKind")
        if admitted and kind not in admitted:
            expected = f"a unit that a {statistic} can have ({', '.join(admitted)})"
            yield self.file.problem(loc, unit, expected)

    def _comparison(self, block: ClaimBlock, comparison: Comparison, loc: Loc) -> Iterator[Problem]:
        yield from self._group((*loc, "of"), comparison.of)
        yield from self._group((*loc, "versus"), comparison.versus)
        yield from self._group((*loc, "favours"), comparison.favours)
        groups = compared_groups(block)
        if groups is None:
            yield self.file.problem(loc, "", "'of' and 'versus', or exactly two groups in values")
        elif groups[0] == groups[1]:
            yield self.file.problem(loc, groups[0], "two different groups")
        yield from self._unit((*loc, "unit"), comparison.statistic, comparison.unit)
        if not _has_any(comparison, "value", "p", "finding", "significance", "favours"):
            yield self.file.problem(loc, "nothing", "an estimate, p, finding or significance")
        if comparison.statistic is None and _has_any(comparison, "value"):
            expected = "the statistic of the estimate (hazard-ratio, difference …)"
            yield self.file.problem(loc, "", expected)

    def _time(self, loc: Loc, phrase: str) -> Iterator[Problem]:
        schemes = self.vocabulary.schemes
        known = [n for scheme in ("event", "drug", "regimen") for n in schemes[scheme]]
        for moment in parse_time(phrase).parts().values():
            if not is_duration(moment) and moment not in known:
                expected = "a duration, an event, a drug or a regimen"
                yield self.file.problem(loc, moment, expected, nearest(moment, known))


def _has_any(record: Bounded, *fields: str) -> bool:
    """Tell whether bounds or any of these fields are given; an empty field is not."""
    return record.bounds is not None or any(getattr(record, f) is not None for f in fields)
