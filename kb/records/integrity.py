"""Check what records refer to: groups, sections, references, publications, units, times.

Each check yields ``(file, field path, found, expected, nearest)``; ``kb.records.load`` adds lines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from kb.errors import nearest
from kb.model import slug
from kb.records.notation import is_duration, parse_time
from kb.records.schema import (
    AdjudicationsFile,
    Bounded,
    ClaimBlock,
    Comparison,
    FigureRecord,
    Report,
    SourceRecord,
    StudyRecord,
)
from kb.records.yaml import Loc

if TYPE_CHECKING:
    from kb.records.load import Records
    from kb.records.vocabulary import Vocabulary

BadReference = tuple[str, Loc, str, str, str]
WHOLE: Final = "all"
"""The group of everybody in a study; it exists without being declared."""
MAX_WORDS: Final = 24
"""More words than this in ``printed`` would be a sentence of the paper."""
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


def reference_problems(records: Records, broken: Collection[str] = ()) -> Iterator[BadReference]:
    """Yield every reference that leads nowhere; files in ``broken`` are not blamed."""
    known = IdIndex(records, frozenset(broken))
    yield from shared_problems(records, known)
    for name, study in records.studies.items():
        yield from study_problems(name, study, records, known)


def study_problems(
    name: str, study: StudyRecord, records: Records, known: IdIndex
) -> Iterator[BadReference]:
    """Yield what in one study leads nowhere; of the records only sources and words are asked."""
    yield from _StudyCheck(f"study/{name}", study, records, known).problems()


def shared_problems(records: Records, known: IdIndex) -> Iterator[BadReference]:
    """Yield what leads nowhere in publications, sources and adjudications."""
    for name, publication in records.publications.items():
        loc = ("publications", name, "reports")
        yield from known.in_list("publications.yaml", loc, publication.reports, "study")
    for name, source in records.sources.items():
        yield from _source_problems(f"source/{name}", source, known)
    for name, file in records.adjudications.items():
        yield from _adjudication_problems(name, file, known)
    yield from _formerly_problems(records, known)


def _formerly_problems(records: Records, known: IdIndex) -> Iterator[BadReference]:
    """A former address must be nobody's now, and lead to one that is."""
    if not records.formerly:
        return
    taken = {f"{kind}/{name}" for kind, names in known.names.items() for name in names}
    for scheme, terms in records.vocabulary.schemes.items():
        taken |= {f"{scheme}/{term.segment}" for term in terms.values()}
    for old, new in records.formerly.items():
        if old in taken:
            yield "formerly.yaml", ("formerly", old), old, "an address that nothing has now", ""
        if new not in taken:
            expected = "an address that something has now"
            yield "formerly.yaml", ("formerly", old), new, expected, nearest(new, taken)


def _adjudication_problems(
    name: str, file: AdjudicationsFile, known: IdIndex
) -> Iterator[BadReference]:
    """What was judged is looked for among the findings later; here only names are checked."""
    place = f"adjudications/{name}"
    yield from known.one(place, (), name, "study")
    judged: set[str] = set()
    for index, one in enumerate(file.adjudications):
        loc: Loc = ("adjudications", index)
        yield from known.in_list(place, (*loc, "publications"), one.publications, "publication")
        if one.finding.split(".")[1:2] != [name]:
            expected = f"a finding of {name}, as kb check prints its id"
            yield place, (*loc, "finding"), one.finding, expected, ""
        if one.finding in judged:
            yield place, (*loc, "finding"), one.finding, "each finding once", ""
        judged.add(one.finding)


class IdIndex:
    """The names that exist, with those of files too broken to read counted as existing."""

    def __init__(self, records: Records, broken: frozenset[str]) -> None:
        """Collect the names of studies, sources and publications."""
        self.names: dict[str, frozenset[str]] = {
            "study": frozenset(records.studies) | broken,
            "source": frozenset(records.sources) | broken,
            "publication": frozenset(records.publications) | broken,
        }
        self._unknowable = {"publication"} if "publications" in broken else set()

    def one(self, file: str, loc: Loc, name: str, what: str) -> Iterator[BadReference]:
        """Yield a finding when nothing of this kind bears the name."""
        if name not in self.names[what] and what not in self._unknowable:
            yield file, loc, name, f"the id of a {what}", nearest(name, self.names[what])

    def in_list(
        self, file: str, loc: Loc, names: Collection[str], what: str
    ) -> Iterator[BadReference]:
        """Check each name of a list."""
        for index, name in enumerate(names):
            yield from self.one(file, (*loc, index), name, what)


def _source_problems(file: str, source: SourceRecord, known: IdIndex) -> Iterator[BadReference]:
    yield from known.one(file, ("publication",), source.publication, "publication")
    for number, publication in source.references.items():
        yield from known.one(file, ("references", number), publication, "publication")
    yield from _span_problems(file, source)
    sections = {span.id for span in source.sections}
    for index, left in enumerate(source.left_out):
        if left.at not in sections:
            near = nearest(left.at, sections)
            yield file, ("left_out", index, "at"), left.at, "a section of the source", near


def _span_problems(file: str, source: SourceRecord) -> Iterator[BadReference]:
    """A section begins once; its later spans resume it. Its id is part of its IRI."""
    begun: dict[str, str] = {}
    for index, span in enumerate(source.sections):
        loc, word = ("sections", index, "id"), slug(span.id)
        if not word:
            yield file, loc, span.id, "an id with a letter or a digit", ""
        elif span.resumes and span.id not in begun.values():
            yield file, (*loc[:2], "resumes"), span.id, "a section that has begun", ""
        elif not span.resumes and word in begun:
            expected = "a section that has not begun, or 'resumes: true'"
            yield file, loc, span.id, expected, "" if span.id == begun[word] else begun[word]
        if source.text is not None and span.from_ is None:
            expected = "'from', the beginning of its first line: the source has a text"
            yield file, loc[:2], "", expected, ""
        begun.setdefault(word, span.id)


class _StudyCheck:
    """The references of one study's record."""

    def __init__(self, file: str, study: StudyRecord, records: Records, known: IdIndex) -> None:
        self.study = study
        self.file = file
        self.records = records
        self.vocabulary: Vocabulary = records.vocabulary
        self.known = known
        self.groups = {WHOLE, *study.groups}

    def problems(self) -> Iterator[BadReference]:
        study = self.study
        yield from self.known.in_list(
            self.file, ("publications",), study.publications, "publication"
        )
        yield from self.known.in_list(self.file, ("analysis_of",), study.analysis_of, "study")
        if study.id in study.analysis_of:
            yield self.file, ("analysis_of",), study.id, "another study", ""
        yield from self._groups()
        yield from self._partitions()
        for index, report in enumerate(study.reports):
            yield from self._report(report, ("reports", index))

    def _group(self, loc: Loc, name: str | None) -> Iterator[BadReference]:
        if name is not None and name not in self.groups:
            yield self.file, loc, name, "a group of this study", nearest(name, self.groups)

    def _groups(self) -> Iterator[BadReference]:
        for name, group in self.study.groups.items():
            loc: Loc = ("groups", name)
            if group.within is not None:
                yield from self._group((*loc, "within"), group.within)
            elif "." in name:
                yield from self._group(loc, name.rsplit(".", 1)[0])
            if group.who and group.who.time:
                yield from self._time((*loc, "who", "time"), group.who.time)
            if self._is_within_itself(name):
                yield self.file, loc, name, "a group that is not within itself", ""

    def _partitions(self) -> Iterator[BadReference]:
        for index, partition in enumerate(self.study.partitions):
            loc: Loc = ("partitions", index)
            yield from self._group((*loc, "of"), partition.of)
            for part, name in enumerate(partition.parts):
                yield from self._group((*loc, "parts", part), name)
                if name in partition.parts[:part]:
                    yield self.file, (*loc, "parts", part), name, "each group once", ""
            same = [slug(f"{p.of}.{p.by}") for p in self.study.partitions[: index + 1]]
            if same.count(same[-1]) > 1:
                yield self.file, (*loc, "by"), partition.by, "one partition by this", ""

    def _is_within_itself(self, name: str) -> bool:
        seen: set[str] = set()
        while name in self.study.groups and name not in seen:
            seen.add(name)
            name = parent(self.study, name)
        return name in seen

    def _report(self, report: Report, loc: Loc) -> Iterator[BadReference]:
        yield from self.known.one(self.file, (*loc, "source"), report.source, "source")
        source = self.records.sources.get(report.source)
        if source is not None:
            yield from self._anchor(loc, source, report.at, report.cites)
        for index, block in enumerate(report.claims):
            here = (*loc, "claims", index)
            if source is not None:
                yield from self._anchor(here, source, block.at, block.cites or [])
            yield from self._block(block, here)

    def _anchor(
        self, loc: Loc, source: SourceRecord, at: str | None, cites: list[int]
    ) -> Iterator[BadReference]:
        sections = {span.id for span in source.sections}
        if at is not None and at not in sections:
            yield self.file, (*loc, "at"), at, f"a section of {source.id}", nearest(at, sections)
        for index, number in enumerate(cites):
            if number not in source.references:
                expected = f"a number of the reference list of {source.id}"
                yield self.file, (*loc, "cites", index), str(number), expected, ""

    def _block(self, block: ClaimBlock, loc: Loc) -> Iterator[BadReference]:
        if not block.values and block.comparison is None and block.doses is None:
            yield self.file, loc, "", "values, a comparison or doses", ""
        if (block.doses is None) != (block.group is None):
            yield self.file, loc, "", "group and doses together, or neither", ""
        yield from self._group((*loc, "group"), block.group)
        if len(_WORD.findall(block.printed)) > MAX_WORDS:
            expected = f"figures and at most {MAX_WORDS} words"
            yield self.file, (*loc, "printed"), block.printed, expected, ""
        if block.time is not None:
            yield from self._time((*loc, "time"), block.time)
        for name, value in block.values.items():
            yield from self._value(block, name, value, (*loc, "values", name))
        if block.comparison is not None:
            yield from self._comparison(block, block.comparison, (*loc, "comparison"))

    def _value(
        self, block: ClaimBlock, name: str, value: FigureRecord, loc: Loc
    ) -> Iterator[BadReference]:
        yield from self._group(loc, name)
        if not _says(value, "value", "n", "of", "spread", "word", "date", "from_", "to"):
            yield self.file, loc, "nothing", "a figure or a word", ""
        yield from self._unit(loc, statistic_of(block, value), unit_of(block, value))
        if statistic_of(block, value) is None:
            yield self.file, loc, "", "a statistic (median, percentage, count …) in the block", ""

    def _unit(self, loc: Loc, statistic: str | None, unit: str | None) -> Iterator[BadReference]:
        if statistic is None or unit is None or not self.vocabulary.knows("unit", unit):
            return
        admitted = self.vocabulary.get("statistic", statistic).properties.get("admits", ())
        kind = self.vocabulary.get("unit", unit).first("quantityKind")
        if admitted and kind not in admitted:
            expected = f"a unit that a {statistic} can have ({', '.join(admitted)})"
            yield self.file, loc, unit, expected, ""

    def _comparison(
        self, block: ClaimBlock, comparison: Comparison, loc: Loc
    ) -> Iterator[BadReference]:
        yield from self._group((*loc, "of"), comparison.of)
        yield from self._group((*loc, "versus"), comparison.versus)
        yield from self._group((*loc, "favours"), comparison.favours)
        pair = compared(block)
        if pair is None:
            yield self.file, loc, "", "'of' and 'versus', or exactly two groups in values", ""
        elif pair[0] == pair[1]:
            yield self.file, loc, pair[0], "two different groups", ""
        yield from self._unit((*loc, "unit"), comparison.statistic, comparison.unit)
        if not _says(comparison, "value", "p", "finding", "significance", "favours"):
            yield self.file, loc, "nothing", "an estimate, p, finding or significance", ""
        if comparison.statistic is None and _says(comparison, "value"):
            expected = "the statistic of the estimate (hazard-ratio, difference …)"
            yield self.file, loc, "", expected, ""

    def _time(self, loc: Loc, phrase: str) -> Iterator[BadReference]:
        known = [n for s in ("event", "drug", "regimen") for n in self.vocabulary.schemes[s]]
        for what in parse_time(phrase).parts().values():
            if not is_duration(what) and what not in known:
                expected = "a duration, an event, a drug or a regimen"
                yield self.file, loc, what, expected, nearest(what, known)


def _says(what: Bounded, *names: str) -> bool:
    """Tell whether any of these parts, or bounds, are given; an empty field gives nothing."""
    return what.bounds is not None or any(getattr(what, name) is not None for name in names)


def parent(study: StudyRecord, name: str) -> str:
    """Return the group that a group is within; the whole study when it says nothing."""
    group = study.groups[name]
    return group.within or (name.rsplit(".", 1)[0] if "." in name else WHOLE)


def compared(block: ClaimBlock) -> tuple[str, str] | None:
    """Return the two groups of a block's comparison, or None when they cannot be told."""
    comparison = block.comparison
    if comparison is None:
        return None
    names = list(block.values)
    pair = names if len(names) == 2 else [None, None]
    of, versus = comparison.of or pair[0], comparison.versus or pair[1]
    return (of, versus) if of is not None and versus is not None else None


def unit_of(block: ClaimBlock, value: FigureRecord) -> str | None:
    """Return the unit of a value: its own, or that of its block."""
    if value.unit is None and value.n is not None and value.value is None:
        return "%" if value.of is not None else block.unit
    return value.unit or block.unit


def statistic_of(block: ClaimBlock, value: FigureRecord) -> str | None:
    """Return the statistic of a value; shares and counts need not be named.

    ``44%`` is a percentage, ``n: 36`` a count; words and dates have none of their own.
    """
    if block.statistic is not None:
        return block.statistic
    unit = unit_of(block, value)
    if unit == "%" or (value.n is not None and value.of is not None):
        return "percentage"
    if value.n is not None:
        return "count"
    if value.word is not None:
        return "value"
    if value.date is not None or value.from_ is not None:
        return "date"
    return None
