"""The evidence base as typed tables, in memory or as Parquet files.

Ids are those of the records; ``iri`` is the IRI of a row's entity in the graph. Equal evidence
gives equal files: rows are sorted by IRI, and no file depends on the clock or the machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kb.checks.adjudication import CuratedDiscrepancies
from kb.checks.citations import cite
from kb.errors import UnavailableError
from kb.export.datapackage import datapackage, table_resource
from kb.model import Claim, DoseStep, Evidence, Group, Output, claim_outputs, outputs
from kb.rdf import terms
from kb.rdf.closure import hierarchy
from kb.rdf.iris import Iris
from kb.records.vocabulary import Vocabulary

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise UnavailableError("tables need pyarrow: pip install 'kb-evidence[analytics]'") from error

_SCALE: Final = 16
"""Digits after the point, which is more than any figure has."""

_TEXT: Final = pa.string()
_TEXTS: Final = pa.list_(pa.string())
_INTEGER: Final = pa.int64()
_DECIMAL: Final = pa.decimal128(38, _SCALE)
_BOOLEAN: Final = pa.bool_()

_NAMES: Final = {  # fields that the model declares for a table follow if they are not here
    "claims": "iri id kind study group comparator regimens populations measure endpoint category "
    "statistic time time_at time_from named printed operator value word date unit numerator "
    "denominator low high date_from date_to bounds p_printed p_operator p_value finding "
    "significance favours source section place second_hand cites publications verification "
    "standing discrepancies level dispersion dispersion_kind p_sides p_for margin adjustment "
    "adjusted_for analysis_set data_cut noted read_in imputation cites_meant row column block note "
    "study_name group_label comparator_label endpoint_label source_title source_citation",
    "doses": "iri claim study",
    "groups": "iri study id label kind within role regimen population who_endpoint who_category "
    "who_time note",
    "studies": "iri id name title design population phase masking centres regimen registry "
    "analysis_of publications",
    "sources": "iri id title kind publication",
    "sections": "iri source id label position evidence",
    "reference_lists": "iri source number publication",
    "publications": "iri id citation type doi pmid pmcid url year standing standing_note "
    "standing_checked reports note authors title journal volume issue pages",
    "findings": "iri id study kind severity status endpoint message computation judgement because "
    "reads reason claims",
    "terms": "iri scheme notation label broader broader_or_part contains",
}
_TYPES: Final = {
    **dict.fromkeys(("regimens", "populations", "publications", "discrepancies"), _TEXTS),
    **dict.fromkeys(("registry", "analysis_of", "reports", "claims"), _TEXTS),
    **dict.fromkeys(("broader", "broader_or_part", "contains"), _TEXTS),
    "cites_meant": pa.list_(_INTEGER),
    **dict.fromkeys(("position", "number", "year"), _INTEGER),
    **dict.fromkeys(("second_hand", "evidence"), _BOOLEAN),
}
"""The types of columns that are not text; those of claims and doses are declared in the model."""


def _type(output: Output) -> pa.DataType:
    if output.kind == "amounts":
        return _TEXT
    one = {int: _INTEGER, Decimal: _DECIMAL, bool: _BOOLEAN}.get(output.type, _TEXT)
    return pa.list_(one) if output.many else one


def _columns(table: str, declared: Iterable[Output] = ()) -> dict[str, pa.DataType]:
    types = {name: _TYPES.get(name, _TEXT) for name in _NAMES[table].split()}
    return types | {output.table: _type(output) for output in declared if output.table}


COLUMNS: Final[Mapping[str, Mapping[str, pa.DataType]]] = {
    **{table: _columns(table) for table in _NAMES},
    "claims": _columns("claims", claim_outputs()),
    "doses": _columns("doses", outputs(DoseStep)),
}
"""The columns of each table with their types.

In ``terms``, ``broader`` holds a term and everything above it, ``broader_or_part`` also its parts
and theirs, and ``contains`` the components of a regimen and its parts, as in ``kb.rdf.closure``.
``amounts`` of doses are numbers with their printed digits, joined by slashes.
"""

_HIERARCHY: Final = {
    "sameOrBroader": "broader",
    "sameBroaderOrPart": "broader_or_part",
    "contains": "contains",
}

_Row = dict[str, Any]


def make_tables(
    evidence: Evidence,
    vocabulary: Vocabulary,
    curated: CuratedDiscrepancies,
    states: Mapping[tuple[str, str], str],
) -> dict[str, pa.Table]:
    """Return every table by its name.

    Args:
        evidence: the model.
        vocabulary: the terms of the ontology.
        curated: the discrepancies with their adjudications.
        states: the state of verification of each claim, by study and claim id.
    """
    iris = Iris(vocabulary.base)
    rows: dict[str, Iterable[_Row]] = {
        "claims": _claims(evidence, vocabulary, curated, states),
        "doses": _doses(evidence, iris),
        "groups": (_row("groups", g, iri=iris.group(g.study, g.id)) for g in evidence.groups),
        "studies": (
            _row("studies", study, iri=iris.entity("study", study.id), design=study.kind)
            for study in evidence.studies
        ),
        "sources": (_row("sources", s, iri=iris.entity("source", s.id)) for s in evidence.sources),
        "sections": (
            _row("sections", s, iri=iris.section(s.source, s.id)) for s in evidence.sections
        ),
        "reference_lists": (
            {
                "iri": iris.reference(source.id, number),
                "source": source.id,
                "number": number,
                "publication": publication,
            }
            for source in evidence.sources
            for number, publication in source.references
        ),
        "publications": (
            _row("publications", p, iri=iris.entity("publication", p.id))
            for p in evidence.publications
        ),
        "findings": _findings(curated, iris),
        "terms": _terms(vocabulary),
    }
    return {name: _table(name, rows[name]) for name in COLUMNS}


def _row(table: str, entity: object, **columns: Any) -> _Row:
    """Return the attributes of an entity that have a column, and other columns."""
    return {name: getattr(entity, name, None) for name in COLUMNS[table]} | columns


def _declared(fields: Iterable[Output], item: object) -> _Row:
    """Return the fields of an item that the model declares for a table."""
    return {field.table: field.value(item) for field in fields if field.table}


def _claims(
    evidence: Evidence,
    vocabulary: Vocabulary,
    curated: CuratedDiscrepancies,
    states: Mapping[tuple[str, str], str],
) -> Iterator[_Row]:
    iris = Iris(vocabulary.base)
    groups = {(group.study, group.id): group for group in evidence.groups}
    references = {source.id: dict(source.references) for source in evidence.sources}
    labels = {(section.source, section.id): section.label for section in evidence.sections}
    names = {study.id: study.name for study in evidence.studies}
    sources = {source.id: source for source in evidence.sources}
    cited = {publication.id: publication.citation for publication in evidence.publications}
    for claim in evidence.claims:
        key, measure = (claim.study, claim.id), claim.measure
        citation = cite(claim, references[claim.source], curated.numbers_meant)
        arms = [groups[claim.study, g] for g in (measure.group, measure.comparator) if g]
        regimens = {measure.regimen} - {""} or {arm.regimen for arm in arms}
        populations = {measure.population} - {""} or {arm.population for arm in arms}
        yield _declared(claim_outputs(), claim) | {
            "iri": iris.claim(*key),
            "regimens": sorted(regimens - {""}),
            "populations": sorted(populations - {""}),
            "measure": iris.measure(measure),
            "time": str(measure.time),
            "time_at": measure.time.at,
            "time_from": measure.time.from_,
            "place": labels[claim.source, claim.section],
            "second_hand": claim.is_second_hand,
            "publications": sorted({name for _, name in citation.meant}),
            "cites_meant": [n for n, _ in citation.meant] if citation.is_misprinted else [],
            "verification": states.get(key, "not_checked"),
            "standing": str(curated.standings.get(key, "")),
            "discrepancies": sorted(f.id for f in curated.by_claim.get(key, ())),
            **_readable(claim, arms),
            "study_name": names[claim.study],
            "endpoint_label": vocabulary.get("endpoint", measure.endpoint).label,
            "source_title": sources[claim.source].title,
            "source_citation": cited[sources[claim.source].publication],
        }


def _readable(claim: Claim, arms: Sequence[Group]) -> _Row:
    """Return what makes a row readable without its neighbours: its place, block, groups, note."""
    return {
        "row": " › ".join(claim.row),
        "column": claim.column,
        "block": claim.block,
        "note": claim.note,
        "group_label": arms[0].label,
        "comparator_label": arms[1].label if claim.measure.comparator else "",
    }


def _doses(evidence: Evidence, iris: Iris) -> Iterator[_Row]:
    for claim in evidence.claims:
        iri = iris.claim(claim.study, claim.id)
        for step in claim.steps:
            yield {
                output.table: output.value(step) for output in outputs(DoseStep) if output.table
            } | {
                "iri": iris.step(iri, step.position),
                "claim": iri,
                "study": claim.study,
                "amounts": terms.amounts(step.amounts),
            }


def _findings(curated: CuratedDiscrepancies, iris: Iris) -> Iterator[_Row]:
    for finding in curated.discrepancies:
        judged = _row("findings", finding.adjudication)
        own = {k: v for k, v in _row("findings", finding).items() if v is not None}
        yield (
            judged
            | own
            | {
                "iri": iris.finding(finding.study, finding.id),
                "claims": sorted(iris.claim(claim.study, claim.id) for claim in finding.claims),
            }
        )


def _terms(vocabulary: Vocabulary) -> Iterator[_Row]:
    all_terms = [term for scheme in vocabulary.schemes.values() for term in scheme.values()]
    notations = {term.iri: term.notation for term in all_terms}
    related: dict[tuple[str, str], set[str]] = defaultdict(set)
    for subject, name, value in hierarchy(vocabulary):
        if value in notations:
            related[subject, name].add(notations[value])
    for term in all_terms:
        lists = {column: sorted(related[term.iri, name]) for name, column in _HIERARCHY.items()}
        yield _row("terms", term, **lists)


def _table(name: str, rows: Iterable[_Row]) -> pa.Table:
    ordered = sorted(rows, key=lambda row: row["iri"])
    columns = {
        column: pa.array([_cell(row.get(column), kind) for row in ordered], kind)
        for column, kind in COLUMNS[name].items()
    }
    return pa.table(columns)


def _cell(value: Any, kind: pa.DataType) -> Any:
    """Return a value as its column has it: null for an empty text, decimals with all digits."""
    if kind == _DECIMAL and value is not None:
        return Decimal(value).quantize(Decimal(1).scaleb(-_SCALE))
    if pa.types.is_list(kind):
        return list(value or ())
    return value if isinstance(value, bool | int) else str(value) if value else None


def schema_types(table: str) -> dict[str, str]:
    """Return the type of each column of a table in the terms of Table Schema.

    Lists are "any" and whole numbers are "number": so tools read them from Parquet files.

    >>> schema_types("sections")["position"]
    'number'
    """
    types = {_INTEGER: "number", _DECIMAL: "number", _BOOLEAN: "boolean"}
    return {
        name: "any" if pa.types.is_list(kind) else types.get(kind, "string")
        for name, kind in COLUMNS[table].items()
    }


def write_parquet(tables: Mapping[str, pa.Table], folder: Path) -> list[Path]:
    """Write each table to a file of its name, and ``datapackage.json``; the folder may exist.

    Raises:
        UnavailableError: the folder cannot be written.
    """
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            part = folder / f".{name}.parquet"
            try:
                pq.write_table(table, part, compression="zstd")
                paths.append(part.rename(folder / f"{name}.parquet"))
            finally:
                part.unlink(missing_ok=True)
        package = datapackage([table_resource(name, schema_types(name)) for name in tables])
        (folder / "datapackage.json").write_text(package, encoding="utf-8")
    except OSError as error:
        raise UnavailableError(f"cannot write {folder}: {error}") from error
    return paths
