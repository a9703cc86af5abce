"""Write out the short forms of records: from blocks to single claims with stable ids.

A claim's id is composed of its place and its measure, so that it stays the same when other
claims are added or moved: ``bruzzese-2025.2.2.2.OS.median.blinatumomab``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from itertools import chain, count, islice
from typing import Any, Final

from kb.errors import Problem, RecordError
from kb.model import (
    WHOLE,
    Adjudication,
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
    interval_level,
    measure_key,
    outputs,
    slug,
)
from kb.records.defaults import compared_groups, parent, statistic_of, unit_of
from kb.records.fields import StrictModel
from kb.records.load import Records
from kb.records.notation import parse_p, parse_time
from kb.records.paths import record_file
from kb.records.schema import (
    Bounded,
    ClaimBlock,
    Comparison,
    Estimate,
    FigureRecord,
    Report,
    StudyRecord,
)
from kb.records.shared_schema import PublicationRecord, SourceRecord
from kb.sources.match import as_printed, digits_of

_TRAILING_ZERO: Final = re.compile(r"\.[0-9]*0(?![0-9])")


def expand(records: Records) -> Evidence:
    """Return the model of checked records, everything sorted by id.

    Raises:
        RecordError: two measures of a study would have the same IRI.
    """
    studies = [study for _, study in sorted(records.studies.items())]
    sources = [source for _, source in sorted(records.sources.items())]
    return Evidence(
        dataset=Dataset(**_shared(records.dataset, Dataset)),
        publications=tuple(_publication(i, p) for i, p in sorted(records.publications.items())),
        sources=tuple(map(_source, sources)),
        sections=tuple(section for source in sources for section in _sections(source)),
        studies=tuple(map(_study, studies)),
        groups=tuple(group for study in studies for group in _groups(study)),
        partitions=tuple(partition for study in studies for partition in _partitions(study)),
        claims=tuple(claim for study in studies for claim in _claims(study, records)),
        adjudications=_adjudications(records),
    )


@cache
def _shared_names(record: type[StrictModel], kind: type) -> tuple[tuple[str, bool], ...]:
    names = ((output.attr, output.many) for output in outputs(kind))
    return tuple((name, many) for name, many in names if name in record.model_fields)


def _shared(record: StrictModel, kind: type) -> dict[str, Any]:
    """Return the values of the fields that a record and a class of the model both have.

    A new field thus needs no line here when its name is the same in both.
    """
    values = {}
    for name, many in _shared_names(type(record), kind):
        value = getattr(record, name)
        if isinstance(value, list):  # a graph keeps neither order nor duplicates
            value = tuple(sorted(set(value)) if many else value)
        if value is not None:
            values[name] = value
    return values


def _publication(name: str, record: PublicationRecord) -> Publication:
    status = record.standing
    values = _shared(record, Publication) | {"id": name, "standing": "", "citation": record.cited}
    if status:
        values |= {"standing": status.kind, "standing_checked": status.checked}
        values |= {"standing_note": status.note or ""}
    return Publication(**values)


def _source(record: SourceRecord) -> Source:
    return Source(**_shared(record, Source), references=tuple(sorted(record.references.items())))


def _sections(record: SourceRecord) -> Iterator[Section]:
    spans = [span for span in record.sections if not span.resumes]
    for position, span in enumerate(spans, 1):
        yield Section(source=record.id, position=position, **_shared(span, Section))


def _study(record: StudyRecord) -> Study:
    return Study(**_shared(record, Study), **_shared(record.design, Study))


def _groups(study: StudyRecord) -> Iterator[Group]:
    """Yield the whole study and its groups; regimen and population pass down to subgroups."""
    regimen = study.regimen or ""
    whole = Group(study.id, WHOLE, "all patients", "whole", "", "", regimen, study.population)
    groups = {WHOLE: whole}
    for name in sorted(study.groups, key=lambda n: _depth(study, n)):
        record, above = study.groups[name], groups[parent(study, name)]
        inherited = {
            "kind": "arm" if record.role else "subgroup",
            "regimen": above.regimen,
            "population": above.population,
        }
        own = {"study": study.id, "id": name, "within": above.id}
        if record.who:
            own |= {"who_endpoint": record.who.endpoint, "who_category": record.who.category or ""}
            own |= {"who_time": str(parse_time(record.who.time or ""))}
        groups[name] = Group(**(inherited | _shared(record, Group) | own))
    yield from (groups[name] for name in sorted(groups))


def _depth(study: StudyRecord, name: str) -> int:
    depth = 0
    while name in study.groups:
        name, depth = parent(study, name), depth + 1
    return depth


def _partitions(study: StudyRecord) -> Iterator[Partition]:
    partitions = (
        Partition(study=study.id, id=slug(f"{p.of}.{p.by}"), **_shared(p, Partition))
        for p in study.partitions
    )
    yield from sorted(partitions, key=lambda p: p.id)


def block_claims(study: StudyRecord, records: Records) -> list[list[Claim]]:
    """Return the claims of each block of a study's record, in its order.

    >>> from kb.records.load import load_study
    >>> from kb.records.paths import find_root
    >>> records = load_study(find_root(), "tower")
    >>> record = records.studies["tower"]
    >>> len(block_claims(record, records)) == sum(len(r.claims) for r in record.reports)
    True
    """
    blocks = [
        list(_Block(study, report, block, records).claims())
        for report in study.reports
        for block in report.claims
    ]
    claims = _with_unique_ids(blocks)
    return [list(islice(claims, len(block))) for block in blocks]


def _claims(study: StudyRecord, records: Records) -> list[Claim]:
    claims = sorted(chain.from_iterable(block_claims(study, records)), key=lambda claim: claim.id)
    _refuse_equal_keys(claims, str(record_file(records.root, "studies", study.id)))
    return claims


def _with_unique_ids(blocks: list[list[Claim]]) -> Iterator[Claim]:
    """Number claims whose ids would be equal, in record order; name blocks by their first claim."""
    taken = {claim.id for block in blocks for claim in block}
    used: set[str] = set()
    for block in blocks:
        first = ""
        for claim in block:
            name = claim.id
            if name in used:
                numbered = (f"{claim.id}.{number}" for number in count(2))
                name = next(candidate for candidate in numbered if candidate not in taken)
            taken.add(name)
            used.add(name)
            first = first or name
            yield replace(claim, id=name, block=first)


def _refuse_equal_keys(claims: Iterable[Claim], file: str) -> None:
    """Refuse measures that differ only in signs: in the graph they would be one."""
    first: dict[str, Claim] = {}
    problems = []
    for claim in claims:
        other = first.setdefault(measure_key(claim.measure), claim)
        if other.measure != claim.measure:
            earlier = _describe(other.measure)
            expected = f"one spelling, or names that differ in letters or digits from {earlier!r}"
            field = f"claim {claim.id}"
            problems.append(Problem(file, 0, field, _describe(claim.measure), expected))
    if problems:
        raise RecordError(problems)


def _describe(measure: Measure) -> str:
    parts = (measure.endpoint, measure.category, measure.statistic, str(measure.time))
    return ", ".join(filter(None, (*parts, measure.group, measure.comparator)))


class _Block:
    """One claim block with the report that contains it."""

    def __init__(
        self, study: StudyRecord, report: Report, block: ClaimBlock, records: Records
    ) -> None:
        self.study, self.report, self.block = study, report, block
        self.vocabulary = records.vocabulary
        source = records.sources.get(report.source)  # a broken record may be missing
        self.read_in = (source.read_in if source else None) or ""
        self.kind = self.vocabulary.inherited("endpoint", block.endpoint, "claimKind") or "result"
        self.time = parse_time(block.time or "")

    def claims(self) -> Iterator[Claim]:
        """Yield a claim for each group, and one for the comparison; ids may still be equal."""
        block = self.block
        for group, record in block.values.items():
            statistic = statistic_of(block, record) or "value"
            measure = self._measure(group, statistic, adjustment=record.adjustment)
            parts = {"figure": _figure(block, record), "result": _result(record)}
            yield self._claim(measure, statistic, record.note, **parts)
        if block.doses is not None and block.group is not None:
            statistic = block.statistic or "value"
            steps = (
                DoseStep(position=position, **_shared(dose, DoseStep))
                for position, dose in enumerate(block.doses, 1)
            )
            measure = self._measure(block.group, statistic)
            yield self._claim(measure, statistic, kind="dose", steps=tuple(steps))
        pair = compared_groups(block)
        if block.comparison is not None and pair is not None:
            yield self._comparison(block.comparison, *pair)

    def _comparison(self, comparison: Comparison, group: str, comparator: str) -> Claim:
        default = "p-value" if comparison.p else "direction"
        statistic = comparison.statistic or default
        return self._claim(
            self._measure(group, statistic, comparator, comparison.adjustment),
            statistic,
            comparison.note,
            kind="comparison",
            figure=_estimate(comparison, self.block.wording, self._unit(statistic)),
            result=replace(_result(comparison), direction=comparison.finding or ""),
        )

    def _unit(self, statistic: str) -> str | None:
        """Return the unit of an estimate: a difference has that of its values, a ratio none."""
        is_difference = statistic in self.vocabulary.narrower("statistic", "difference")
        return self.block.unit if is_difference else None

    def _measure(
        self, group: str, statistic: str, comparator: str = "", adjustment: str = ""
    ) -> Measure:
        values = _shared(self.block, Measure) | {
            "study": self.study.id,
            "group": group,
            "comparator": comparator,
            "statistic": self.vocabulary.identity("statistic", statistic),
            "time": self.time,
            "adjustment": adjustment,
        }
        return Measure(**values)

    def _claim(
        self, measure: Measure, statistic: str, note: str | None = None, **parts: Any
    ) -> Claim:
        place = _shared(self.report, Claim) | {"section": self.block.at or self.report.at}
        values = place | _shared(self.block, Claim)
        values |= {
            "id": slug(".".join((values["source"], values["section"], measure_key(measure)))),
            "block": "",
            "read_in": self.read_in,
            "kind": self.kind,
            "statistic": statistic,
            "measure": measure,
            "note": " ".join(filter(None, (self.block.note, note))),
        }
        exact = {
            name: _with_printed_zeros(part, self.block.wording)
            for name, part in parts.items()
            if isinstance(part, Figure | ComparisonResult)
        }
        return Claim(**(values | parts | exact))


def _with_printed_zeros(part: Any, printed: str) -> Any:
    """Return a part of a claim with each number as precise as its print: YAML reads 0.80 as 0.8."""
    if _TRAILING_ZERO.search(printed) is None:
        return part
    numbers = {f.name: getattr(part, f.name) for f in fields(part)}
    exact = {n: as_printed(printed, v) for n, v in numbers.items() if isinstance(v, Decimal)}
    return replace(part, **exact) if exact else part


def _figure(block: ClaimBlock, record: FigureRecord) -> Figure:
    kind, low, high = _bounds(record)
    point, unit = record.value, unit_of(block, record) or ""
    if point is None and record.of is None and record.n is not None:
        point, unit = Decimal(record.n), unit or "patients"  # a count alone is the value
    values = _shared(record, Figure) | {
        "value": point,
        "digits": digits_of(block.wording, point, unit) if point is not None else "",
        "unit": unit if record.word is None or kind else "",
        "numerator": record.n,
        "denominator": record.of,
        "low": low,
        "high": high,
        "bounds": kind,
        "level": interval_level(kind),
        "dispersion": record.dispersion[1],
        "dispersion_kind": record.dispersion[0],
        "text_value": record.word or "",
        "date_from": record.from_ or "",
        "date_to": record.to or "",
    }
    return Figure(**values)


def _estimate(comparison: Comparison, printed: str, unit: str | None) -> Figure:
    kind, low, high = _bounds(comparison)
    point = comparison.value
    unit = comparison.unit or unit or ""
    values = _shared(comparison, Figure) | {
        "digits": digits_of(printed, point, unit) if point is not None else "",
        "unit": unit if point is not None else "",
        "low": low,
        "high": high,
        "bounds": kind,
        "level": interval_level(kind),
    }
    return Figure(**values)


def _bounds(bounded: Bounded) -> tuple[str, Decimal | None, Decimal | None]:
    if bounded.bounds is None:
        return "", None, None
    kind, (low, high) = bounded.bounds
    return kind, low, high


def _result(record: Estimate) -> ComparisonResult:
    p = parse_p(record.p) if record.p else None
    values = _shared(record, ComparisonResult)
    if p:
        values |= {"p_printed": p.printed, "p_operator": p.operator, "p_value": p.value}
    return ComparisonResult(**values)


def _adjudications(records: Records) -> tuple[Adjudication, ...]:
    adjudications = (
        Adjudication(
            **_shared(record, Adjudication)
            | {
                "study": study,
                "stands": _with_study(study, record.stands),
                "faulty": _with_study(study, record.faulty),
            }
        )
        for study, file in records.adjudications.items()
        for record in file.adjudications
    )
    return tuple(sorted(adjudications, key=lambda one: (one.study, one.finding)))


def _with_study(study: str, claims: Iterable[str]) -> tuple[str, ...]:
    """Return ids of claims with their study: a finding may be about claims of several."""
    return tuple(sorted({name if "#" in name else f"{study}#{name}" for name in claims}))
