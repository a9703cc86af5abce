"""The evidence base as typed tables for whole-table questions, in memory or as Parquet files.

Ids are those of the records; ``iri`` leads from a row to the thing in the graph. Equal evidence
gives equal bytes: rows are sorted by their IRIs, and nothing of the day or the machine goes in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kb.checks.adjudication import CuratedDiscrepancies
from kb.errors import UnavailableError
from kb.model import Claim, DoseStep, Evidence, Output, claim_outputs, outputs
from kb.rdf import terms as _terms
from kb.rdf.closure import hierarchy
from kb.rdf.iris import Iris
from kb.records.vocabulary import Vocabulary

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise UnavailableError("tables need pyarrow: pip install 'kb-evidence[analytics]'") from error

_SCALE: Final = 16
_TEXT: Final = pa.string()
_TEXTS: Final = pa.list_(pa.string())
_WHOLE: Final = pa.int64()
_WHOLES: Final = pa.list_(pa.int64())
_EXACT: Final = pa.decimal128(38, _SCALE)
_YES: Final = pa.bool_()


def _type(output: Output) -> pa.DataType:
    if output.kind == "amounts":
        return _TEXT
    one = {int: _WHOLE, Decimal: _EXACT, bool: _YES}.get(output.type, _TEXT)
    return pa.list_(one) if output.many else one


_FIXED: Final[dict[str, dict[str, pa.DataType]]] = {
    "claims": {
        **dict.fromkeys(("iri", "id", "kind", "study", "group", "comparator"), _TEXT),
        **dict.fromkeys(("regimens", "populations"), _TEXTS),
        **dict.fromkeys(("measure", "endpoint", "category", "statistic", "time"), _TEXT),
        **dict.fromkeys(("time_at", "time_from", "named", "printed", "operator"), _TEXT),
        "value": _EXACT,
        **dict.fromkeys(("word", "date", "unit"), _TEXT),
        **dict.fromkeys(("numerator", "denominator"), _WHOLE),
        **dict.fromkeys(("low", "high"), _EXACT),
        **dict.fromkeys(("date_from", "date_to", "bounds", "p_printed", "p_operator"), _TEXT),
        "p_value": _EXACT,
        **dict.fromkeys(("finding", "significance", "favours", "source"), _TEXT),
        **dict.fromkeys(("section", "place"), _TEXT),
        "second_hand": _YES,
        "cites": _WHOLES,
        "publications": _TEXTS,
        **dict.fromkeys(("verification", "standing"), _TEXT),
        "discrepancies": _TEXTS,
    },
    "doses": dict.fromkeys(("iri", "claim", "study"), _TEXT),
    "groups": {
        **dict.fromkeys(("iri", "study", "id", "label", "kind", "within", "role"), _TEXT),
        **dict.fromkeys(("regimen", "population", "who_endpoint", "who_category"), _TEXT),
        **dict.fromkeys(("who_time", "note"), _TEXT),
    },
    "studies": {
        **dict.fromkeys(("iri", "id", "name", "title", "design", "population"), _TEXT),
        **dict.fromkeys(("phase", "masking", "centres", "regimen"), _TEXT),
        **dict.fromkeys(("registry", "analysis_of", "publications"), _TEXTS),
    },
    "sources": dict.fromkeys(("iri", "id", "title", "kind", "publication"), _TEXT),
    "sections": {
        **dict.fromkeys(("iri", "source", "id", "label"), _TEXT),
        "position": _WHOLE,
        "evidence": _YES,
    },
    "reference_lists": {
        **dict.fromkeys(("iri", "source"), _TEXT),
        "number": _WHOLE,
        "publication": _TEXT,
    },
    "publications": {
        **dict.fromkeys(("iri", "id", "citation", "type", "doi", "pmid", "url"), _TEXT),
        "year": _WHOLE,
        **dict.fromkeys(("standing", "standing_note", "standing_checked"), _TEXT),
        "reports": _TEXTS,
        "note": _TEXT,
    },
    "findings": {
        **dict.fromkeys(("iri", "id", "study", "kind", "severity", "status"), _TEXT),
        **dict.fromkeys(("endpoint", "message", "computation", "judgement"), _TEXT),
        **dict.fromkeys(("because", "reads", "reason"), _TEXT),
        "claims": _TEXTS,
    },
    "terms": {
        **dict.fromkeys(("iri", "scheme", "notation", "label"), _TEXT),
        **dict.fromkeys(("broader", "broader_or_part", "contains"), _TEXTS),
    },
}
COLUMNS: Final[Mapping[str, Mapping[str, pa.DataType]]] = _FIXED | {
    name: _FIXED[name] | {o.table: _type(o) for o in fields if o.table}
    for name, fields in (("claims", claim_outputs()), ("doses", outputs(DoseStep)))
}
"""What stands in each table.

In ``terms``, ``broader`` names a term itself and everything above it, ``broader_or_part`` also
its parts and theirs, and ``contains`` what it and its parts are made of, as ``kb.rdf.closure`` has
them. ``amounts`` of doses are numbers with their printed digits, joined by slashes.
"""

_FOLLOWED: Final = {
    "sameOrBroader": "broader",
    "sameBroaderOrPart": "broader_or_part",
    "contains": "contains",
}

_Row = dict[str, Any]


class Tables:
    """Makes the tables of an evidence base."""

    def __init__(
        self,
        evidence: Evidence,
        vocabulary: Vocabulary,
        judged: CuratedDiscrepancies,
        states: Mapping[tuple[str, str], str],
    ) -> None:
        """Take the model with what was found and verified about its claims."""
        self._evidence, self._vocabulary, self._judged = evidence, vocabulary, judged
        self._states = states
        self._iris = Iris(vocabulary.base)

    def all(self) -> dict[str, pa.Table]:
        """Return every table by its name."""
        rows: dict[str, Callable[[], Iterator[_Row]]] = {
            "claims": self._claims,
            "doses": self._doses,
            "groups": self._groups,
            "studies": self._studies,
            "sources": self._sources,
            "sections": self._sections,
            "reference_lists": self._reference_lists,
            "publications": self._publications,
            "findings": self._findings,
            "terms": self._terms,
        }
        return {name: _table(name, make()) for name, make in rows.items()}

    def _claims(self) -> Iterator[_Row]:
        groups = {(g.study, g.id): g for g in self._evidence.groups}
        sources = {s.id: dict(s.references) for s in self._evidence.sources}
        places = {(s.source, s.id): s.label for s in self._evidence.sections}
        for claim in self._evidence.claims:
            key = (claim.study, claim.id)
            sides = [groups[claim.study, g] for g in _sides(claim)]
            regimens = {claim.measure.regimen} - {""} or {side.regimen for side in sides}
            people = {claim.measure.population} - {""} or {side.population for side in sides}
            yield {
                **_of_claim(claim),
                "iri": self._iris.claim(*key),
                "measure": self._iris.measure(claim.measure),
                "regimens": sorted(regimens - {""}),
                "populations": sorted(people - {""}),
                "place": places[claim.source, claim.section],
                "publications": sorted({sources[claim.source][n] for n in claim.cites}),
                "verification": self._states.get(key, "not_checked"),
                "standing": str(self._judged.standings.get(key, "")),
                "discrepancies": sorted(f.id for f in self._judged.by_claim.get(key, ())),
            }

    def _doses(self) -> Iterator[_Row]:
        for claim in self._evidence.claims:
            iri = self._iris.claim(claim.study, claim.id)
            for step in claim.steps:
                yield {o.table: o.value(step) for o in outputs(DoseStep) if o.table} | {
                    "iri": self._iris.step(iri, step.position),
                    "claim": iri,
                    "study": claim.study,
                    "amounts": _terms.amounts(step.amounts),
                }

    def _groups(self) -> Iterator[_Row]:
        for group in self._evidence.groups:
            yield _attributes("groups", group) | {"iri": self._iris.group(group.study, group.id)}

    def _studies(self) -> Iterator[_Row]:
        for study in self._evidence.studies:
            row = _attributes("studies", study) | {"design": study.kind}
            yield row | {"iri": self._iris.entity("study", study.id)}

    def _sources(self) -> Iterator[_Row]:
        for source in self._evidence.sources:
            row = _attributes("sources", source)
            yield row | {"iri": self._iris.entity("source", source.id)}

    def _sections(self) -> Iterator[_Row]:
        for section in self._evidence.sections:
            iri = self._iris.section(section.source, section.id)
            yield _attributes("sections", section) | {"iri": iri}

    def _reference_lists(self) -> Iterator[_Row]:
        for source in self._evidence.sources:
            for number, name in source.references:
                row = {"source": source.id, "number": number, "publication": name}
                yield row | {"iri": self._iris.reference(source.id, number)}

    def _publications(self) -> Iterator[_Row]:
        for publication in self._evidence.publications:
            row = _attributes("publications", publication)
            yield row | {"iri": self._iris.entity("publication", publication.id)}

    def _findings(self) -> Iterator[_Row]:
        for finding in self._judged.discrepancies:
            row = _attributes("findings", finding.adjudication)
            row |= {k: v for k, v in _attributes("findings", finding).items() if v is not None}
            claims = sorted(self._iris.claim(c.study, c.id) for c in finding.claims)
            yield row | {"iri": self._iris.finding(finding.study, finding.id), "claims": claims}

    def _terms(self) -> Iterator[_Row]:
        terms = [one for scheme in self._vocabulary.schemes.values() for one in scheme.values()]
        notations = {term.iri: term.notation for term in terms}
        reached: dict[tuple[str, str], set[str]] = defaultdict(set)
        for narrow, way, wide in hierarchy(self._vocabulary):
            if wide in notations:
                reached[narrow, way].add(notations[wide])
        for term in terms:
            ways = {name: sorted(reached[term.iri, way]) for way, name in _FOLLOWED.items()}
            yield _attributes("terms", term) | ways


def _sides(claim: Claim) -> Iterable[str]:
    return filter(None, (claim.measure.group, claim.measure.comparator))


def _of_claim(claim: Claim) -> _Row:
    """Return the columns that stand in the claim itself, its measure, figure and result."""
    return {output.table: output.value(claim) for output in claim_outputs() if output.table} | {
        "time": str(claim.measure.time),
        "time_at": claim.measure.time.at,
        "time_from": claim.measure.time.from_,
        "second_hand": claim.is_second_hand,
    }


def _attributes(table: str, thing: object) -> _Row:
    return {name: getattr(thing, name, None) for name in COLUMNS[table]}


def _table(name: str, rows: Iterable[_Row]) -> pa.Table:
    ordered = sorted(rows, key=lambda row: row["iri"])
    columns = {
        column: pa.array([_cell(row.get(column), kind) for row in ordered], kind)
        for column, kind in COLUMNS[name].items()
    }
    return pa.table(columns)


def _cell(value: Any, kind: pa.DataType) -> Any:
    """Give a value as its column has it: nothing for what is not printed, digits exact."""
    if kind == _EXACT and value is not None:
        return Decimal(value).quantize(Decimal(1).scaleb(-_SCALE))
    if kind in (_TEXTS, _WHOLES):
        return list(value or ())
    return value if isinstance(value, bool | int) else str(value) if value else None


def write_parquet(tables: Mapping[str, pa.Table], folder: Path) -> list[Path]:
    """Write each table as a file of its name; the folder may exist.

    Raises:
        UnavailableError: the folder cannot be written.
    """
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            part = folder / f".{name}.parquet"
            pq.write_table(table, part, compression="zstd")
            paths.append(part.rename(folder / f"{name}.parquet"))
    except OSError as error:
        raise UnavailableError(f"cannot write {folder}: {error}") from error
    return paths
