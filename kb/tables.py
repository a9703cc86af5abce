"""The evidence base as typed tables for whole-table questions, in memory or as Parquet files.

Ids are those of the records; ``iri`` leads from a row to the thing in the graph. Equal evidence
gives equal bytes: rows are sorted by their IRIs, and nothing of the day or the machine goes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from kb.errors import UnavailableError
from kb.iris import Iris
from kb.judging import Judged
from kb.model import Claim, Evidence
from kb.vocabulary import Vocabulary

_SCALE: Final = 16
_TEXT: Final = pa.string()
_TEXTS: Final = pa.list_(pa.string())
_WHOLE: Final = pa.int64()
_EXACT: Final = pa.decimal128(38, _SCALE)
_YES: Final = pa.bool_()

COLUMNS: Final[Mapping[str, Mapping[str, pa.DataType]]] = {
    "claims": {
        **dict.fromkeys(("iri", "id", "kind", "study", "group", "comparator"), _TEXT),
        **dict.fromkeys(("regimens", "populations"), _TEXTS),
        **dict.fromkeys(("measure", "endpoint", "category", "statistic", "time"), _TEXT),
        **dict.fromkeys(("named", "printed", "operator"), _TEXT),
        "value": _EXACT,
        **dict.fromkeys(("word", "date", "unit"), _TEXT),
        **dict.fromkeys(("numerator", "denominator"), _WHOLE),
        **dict.fromkeys(("low", "high"), _EXACT),
        **dict.fromkeys(("date_from", "date_to", "bounds", "p_operator"), _TEXT),
        "p_value": _EXACT,
        **dict.fromkeys(("finding", "significance", "favours", "source"), _TEXT),
        **dict.fromkeys(("section", "place"), _TEXT),
        "second_hand": _YES,
        "publications": _TEXTS,
        **dict.fromkeys(("verification", "standing"), _TEXT),
        "discrepancies": _TEXTS,
    },
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
    "findings": {
        **dict.fromkeys(("iri", "id", "study", "kind", "severity", "status"), _TEXT),
        **dict.fromkeys(("endpoint", "message", "computation", "judgement"), _TEXT),
        **dict.fromkeys(("because", "reads", "reason"), _TEXT),
        "claims": _TEXTS,
    },
    "terms": {
        **dict.fromkeys(("iri", "scheme", "notation", "label"), _TEXT),
        "broader": _TEXTS,
    },
}
"""What stands in each table; ``broader`` names a term itself and everything above it."""

_Row = dict[str, Any]


class Tables:
    """Makes the tables of an evidence base."""

    def __init__(
        self,
        evidence: Evidence,
        vocabulary: Vocabulary,
        judged: Judged,
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
            "groups": self._groups,
            "studies": self._studies,
            "sources": self._sources,
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

    def _findings(self) -> Iterator[_Row]:
        for finding in self._judged.findings:
            row = _attributes("findings", finding.adjudication)
            row |= {k: v for k, v in _attributes("findings", finding).items() if v is not None}
            claims = sorted(self._iris.claim(c.study, c.id) for c in finding.claims)
            yield row | {"iri": self._iris.finding(finding.study, finding.id), "claims": claims}

    def _terms(self) -> Iterator[_Row]:
        above: dict[tuple[str, str], list[str]] = {}
        for scheme, terms in self._vocabulary.schemes.items():
            for broad in terms:
                for narrow in self._vocabulary.narrower(scheme, broad):
                    above.setdefault((scheme, narrow), []).append(broad)
            for term in terms.values():
                row = _attributes("terms", term)
                yield row | {"broader": sorted(above[scheme, term.notation])}


def _sides(claim: Claim) -> Iterable[str]:
    return filter(None, (claim.measure.group, claim.measure.versus))


def _of_claim(claim: Claim) -> _Row:
    """Return what stands in the claim itself, in its measure, figure and verdict."""
    row: _Row = {}
    for part in (claim, claim.measure, claim.figure, claim.verdict):
        row |= {k: v for k, v in _attributes("claims", part).items() if v is not None}
    return row | {
        "statistic": claim.statistic,
        "comparator": claim.measure.versus,
        "time": str(claim.measure.time),
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
    if kind == _TEXTS:
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
