"""Write out the short forms of records: from blocks to single claims with stable ids.

A claim's id is made of where it stands and what it measures, so that it stays the same when
other claims are added or moved: ``bruzzese-2025.2.2.2.OS.median.blinatumomab``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from kb.errors import Problem, RecordError
from kb.model import (
    WHOLE,
    Claim,
    ComparisonResult,
    Dataset,
    DoseStep,
    Evidence,
    Figure,
    Group,
    Measure,
    Partition,
    Publication,
    Section,
    Source,
    Study,
    measure_key,
    slug,
)
from kb.records.adjudications import adjudications
from kb.records.defaults import compared_groups, parent, statistic_of, unit_of
from kb.records.load import Records
from kb.records.notation import parse_p, parse_time
from kb.records.paths import study_file
from kb.records.schema import (
    Bounded,
    ClaimBlock,
    Comparison,
    Dose,
    FigureRecord,
    PublicationRecord,
    Report,
    SourceRecord,
    StudyRecord,
)
from kb.records.vocabulary import Vocabulary
from kb.sources.match import lexical


def expand(records: Records) -> Evidence:
    """Turn checked records into the model, everything sorted by id.

    Raises:
        RecordError: two measures of a study that differ in nothing an IRI can hold.
    """
    studies = [study for _, study in sorted(records.studies.items())]
    return Evidence(
        dataset=_dataset(records),
        publications=tuple(_publication(i, p) for i, p in sorted(records.publications.items())),
        sources=tuple(_source(s) for _, s in sorted(records.sources.items())),
        sections=tuple(x for _, s in sorted(records.sources.items()) for x in _sections(s)),
        studies=tuple(_study(s) for s in studies),
        groups=tuple(g for s in studies for g in _groups(s)),
        partitions=tuple(p for s in studies for p in _partitions(s)),
        claims=tuple(_all_claims(records)),
        adjudications=adjudications(records),
    )


def _dataset(records: Records) -> Dataset:
    d = records.dataset
    creators, credits_ = _set(d.creators), _set(d.credits)
    return Dataset(d.title, d.description, d.base, d.license, creators, credits_)


def _publication(name: str, record: PublicationRecord) -> Publication:
    standing = record.standing
    return Publication(
        id=name,
        citation=record.citation,
        type=record.type,
        doi=record.doi or "",
        pmid=record.pmid or "",
        url=record.url or "",
        year=record.year,
        standing=standing.kind if standing else "",
        standing_note=(standing.note or "") if standing else "",
        standing_checked=standing.checked if standing else "",
        reports=_set(record.reports),
        note=record.note or "",
    )


def _source(record: SourceRecord) -> Source:
    return Source(
        id=record.id,
        publication=record.publication,
        title=record.title,
        kind=record.kind,
        language=record.language,
        credit=record.credit,
        text=record.text or "",
        read_in=record.read_in or "",
        references=tuple(sorted(record.references.items())),
    )


def _sections(record: SourceRecord) -> Iterator[Section]:
    spans = [span for span in record.sections if not span.resumes]
    for position, span in enumerate(spans, 1):
        yield Section(record.id, span.id, span.label, position, span.evidence)


def _study(record: StudyRecord) -> Study:
    design = record.design
    return Study(
        id=record.id,
        name=record.name,
        title=record.title,
        kind=design.kind,
        population=record.population,
        phase=design.phase or "",
        masking=design.masking or "",
        centres=design.centres or "",
        regimen=record.regimen or "",
        about=record.about or "",
        registry=_set(record.registry),
        analysis_of=_set(record.analysis_of),
        publications=_set(record.publications),
    )


def _groups(study: StudyRecord) -> Iterator[Group]:
    """Yield the whole study and its groups; regimen and population pass down to subgroups."""
    regimen = study.regimen or ""
    found = {
        WHOLE: Group(study.id, WHOLE, "all patients", "whole", "", "", regimen, study.population)
    }
    for name in sorted(study.groups, key=lambda n: _depth(study, n)):
        record, above = study.groups[name], found[parent(study, name)]
        who = record.who
        found[name] = Group(
            study=study.id,
            id=name,
            label=record.label,
            kind=record.kind or ("arm" if record.role else "subgroup"),
            within=above.id,
            role=record.role or "",
            regimen=record.regimen or above.regimen,
            population=record.population or above.population,
            who_endpoint=who.endpoint if who else "",
            who_category=(who.category or "") if who else "",
            who_time=str(parse_time(who.time)) if who and who.time else "",
            note=record.note or "",
        )
    yield from (found[name] for name in sorted(found))


def _depth(study: StudyRecord, name: str) -> int:
    depth = 0
    while name in study.groups:
        name, depth = parent(study, name), depth + 1
    return depth


def _partitions(study: StudyRecord) -> Iterator[Partition]:
    found = (
        Partition(study.id, slug(f"{p.of}.{p.by}"), p.of, p.by, tuple(sorted(p.parts)))
        for p in study.partitions
    )
    yield from sorted(found, key=lambda p: p.id)


def _claims(study: StudyRecord, vocabulary: Vocabulary) -> list[Claim]:
    blocks = [
        list(_Block(study, report, block, vocabulary).drafts())
        for report in study.reports
        for block in report.claims
    ]
    return sorted(_numbered(blocks), key=lambda claim: claim.id)


def _all_claims(records: Records) -> Iterator[Claim]:
    for name, study in sorted(records.studies.items()):
        claims = _claims(study, records.vocabulary)
        _refuse_clashes(claims, str(study_file(records.root, name)))
        yield from claims


def _set(names: Iterable[str]) -> tuple[str, ...]:
    """Names whose order and number say nothing, as a graph holds them."""
    return tuple(sorted(set(names)))


class _Draft(NamedTuple):
    """A claim whose id may need a number, and what makes it once that is known."""

    id: str
    make: Callable[..., Claim]


def _numbered(blocks: list[list[_Draft]]) -> Iterator[Claim]:
    """Tell apart claims that measure the same thing in the same place by their order."""
    taken = {draft.id for block in blocks for draft in block}
    given: set[str] = set()
    for block in blocks:
        first = ""
        for draft in block:
            name = draft.id
            if name in given:
                numbers = (f"{draft.id}.{number}" for number in count(2))
                name = next(number for number in numbers if number not in taken)
            taken.add(name)
            given.add(name)
            first = first or name
            yield draft.make(id=name, block=first)


def _refuse_clashes(claims: Iterable[Claim], file: str) -> None:
    """Two measures that differ only in signs would be one in the graph."""
    first: dict[str, Claim] = {}
    problems = []
    for claim in claims:
        other = first.setdefault(measure_key(claim.measure), claim)
        if other.measure != claim.measure:
            said, before = _words(claim.measure), _words(other.measure)
            expected = f"one spelling, or names that differ in letters or digits from {before!r}"
            problems.append(Problem(file, 0, f"claim {claim.id}", said, expected))
    if problems:
        raise RecordError(problems)


def _words(measure: Measure) -> str:
    parts = (measure.endpoint, measure.category, measure.statistic, str(measure.time))
    return ", ".join(filter(None, (*parts, measure.group, measure.comparator)))


class _Block:
    """One claim block with the report it stands in."""

    def __init__(
        self, study: StudyRecord, report: Report, block: ClaimBlock, vocabulary: Vocabulary
    ) -> None:
        self.study, self.report, self.block = study, report, block
        self.vocabulary = vocabulary
        self.kind = vocabulary.inherited("endpoint", block.endpoint, "claimKind") or "result"
        self.time = parse_time(block.time or "")

    def drafts(self) -> Iterator[_Draft]:
        block = self.block
        for group, value in block.values.items():
            statistic = statistic_of(block, value) or "value"
            note = " ".join(filter(None, (block.note, value.note)))
            yield self._draft(group, statistic, self.kind, note, figure=_figure(block, value))
        if block.doses is not None and block.group is not None:
            steps = tuple(_step(i, dose) for i, dose in enumerate(block.doses, 1))
            statistic = block.statistic or "value"
            yield self._draft(block.group, statistic, "dose", block.note or "", steps=steps)
        pair = compared_groups(block)
        if block.comparison is not None and pair is not None:
            yield self._compared(block.comparison, *pair)

    def _compared(self, comparison: Comparison, of: str, versus: str) -> _Draft:
        default = "p-value" if comparison.p else "direction"
        statistic = comparison.statistic or default
        figure = _estimate(comparison, self.block.printed, self.block.unit)
        note = " ".join(filter(None, (self.block.note, comparison.note)))
        result = _result(comparison)
        more = {"figure": figure, "result": result}
        return self._draft(of, statistic, "comparison", note, versus, **more)

    def _measure(self, group: str, statistic: str, versus: str = "") -> Measure:
        block = self.block
        return Measure(
            study=self.study.id,
            group=group,
            endpoint=block.endpoint,
            statistic=self.vocabulary.identity("statistic", statistic),
            category=block.category or "",
            time=self.time,
            comparator=versus,
            regimen=block.regimen or "",
            population=block.population or "",
        )

    def _draft(
        self, group: str, statistic: str, kind: str, note: str, versus: str = "", **more: Any
    ) -> _Draft:
        block, report = self.block, self.report
        measure = self._measure(group, statistic, versus)
        section = block.at or report.at
        row = block.row if block.row is not None else report.row or []
        make = partial(
            Claim,
            kind=kind,
            statistic=statistic,
            measure=measure,
            source=report.source,
            section=section,
            printed=block.printed,
            row=tuple(row),
            column=block.column or report.column or "",
            cites=tuple(sorted(set(block.cites if block.cites is not None else report.cites))),
            named=block.named or "",
            note=note,
            **more,
        )
        return _Draft(slug(".".join((report.source, section, measure_key(measure)))), make)


def _figure(block: ClaimBlock, value: FigureRecord) -> Figure:
    kind, low, high = _bounds(value)
    point = value.value
    unit = unit_of(block, value) or ""
    if point is None and value.of is None and value.n is not None:
        point, unit = Decimal(value.n), unit or "patients"
    return Figure(
        value=point,
        digits=lexical(block.printed, point) if point is not None else "",
        operator=value.operator or "",
        unit=unit if value.word is None or kind else "",
        numerator=value.n,
        denominator=value.of,
        low=low,
        high=high,
        bounds=kind,
        dispersion=value.spread,
        text_value=value.word or "",
        date=value.date or "",
        date_from=value.from_ or "",
        date_to=value.to or "",
    )


def _estimate(comparison: Comparison, printed: str, unit: str | None) -> Figure:
    kind, low, high = _bounds(comparison)
    value = comparison.value
    dimension = comparison.unit or (unit if comparison.statistic == "difference" else None)
    return Figure(
        value=value,
        digits=lexical(printed, value) if value is not None else "",
        operator=comparison.operator or "",
        unit=(dimension or "") if value is not None else "",
        low=low,
        high=high,
        bounds=kind,
    )


def _bounds(bounded: Bounded) -> tuple[str, Decimal | None, Decimal | None]:
    if bounded.bounds is None:
        return "", None, None
    kind, (low, high) = bounded.bounds
    return kind.replace("_", "."), low, high


def _result(comparison: Comparison) -> ComparisonResult:
    p = parse_p(comparison.p) if comparison.p else None
    return ComparisonResult(
        p_printed=p.printed if p else "",
        p_operator=p.operator if p else "",
        p_value=p.value if p else None,
        direction=comparison.finding or "",
        significance=comparison.significance or "",
        favours=comparison.favours or "",
    )


def _step(position: int, dose: Dose) -> DoseStep:
    return DoseStep(
        position=position,
        drug=dose.drug,
        amount=dose.amount,
        amounts=tuple(dose.amounts or ()),
        unit=dose.unit or "",
        reduction=dose.reduction,
        for_=dose.for_ or "",
        on=dose.on or "",
        over=dose.over or "",
        every=dose.every or "",
        rest=dose.rest or "",
        cycles=dose.cycles or "",
        length=dose.length or "",
        times=dose.times or "",
        frequency=dose.frequency or "",
        route=dose.route or "",
        note=dose.note or "",
    )
