"""The derived values of an evidence base, as CSV and as a named graph of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from kb.analysis.intervals import Derivation, derive
from kb.checks.groups import Groups
from kb.export.csv import table_csv
from kb.model import Claim, Evidence
from kb.rdf import terms as _terms
from kb.rdf.writer import GraphWriter
from kb.records.ontology import RDF_TYPE
from kb.records.vocabulary import Vocabulary

COLUMNS: Final = (
    "study",
    "group",
    "comparator",
    "endpoint",
    "category",
    "timepoint",
    "kind",
    "value",
    "low",
    "high",
    "standard_error",
    "method",
    "claims",
)
_DIGITS: Final = Decimal("0.0001")


def derived_values(
    evidence: Evidence, vocabulary: Vocabulary, claims: Iterable[Claim] | None = None
) -> tuple[Derivation, ...]:
    """Return all values that can be derived from claims, except from survival curves.

    Args:
        evidence: the evidence base, which gives the sizes of groups.
        vocabulary: its terms.
        claims: what to derive from; all claims of the evidence by default.

    Raises:
        UnavailableError: scipy is not installed (extra ``statistics``).
    """
    survival = vocabulary.with_flag("endpoint", "fallsWithTime")
    groups = Groups(evidence, vocabulary)
    return tuple(derive(evidence.claims if claims is None else claims, groups, survival))


def derived_csv(derivations: Iterable[Derivation]) -> str:
    """Return derived values as CSV: proportions from 0 to 1, with method and claims."""
    return table_csv(COLUMNS, map(_row, derivations))


def _row(one: Derivation) -> tuple[object, ...]:
    measure, derived = one.measure, one.derived
    numbers = (derived.value, derived.low, derived.high, derived.standard_error)
    return (
        measure.study,
        measure.group,
        measure.comparator,
        measure.endpoint,
        measure.category,
        str(measure.time),
        one.kind,
        *(None if number is None else _rounded(number) for number in numbers),
        derived.method,
        " ".join(derived.inputs),
    )


def derived_nquads(derivations: Iterable[Derivation], writer: GraphWriter) -> bytes:
    """Return derived values as sorted N-Quads in ``<base>graph/derived``."""
    lines = {line for one in derivations for line in _quads(one, writer)}
    return ("\n".join(sorted(lines)) + "\n").encode() if lines else b""


def _quads(one: Derivation, writer: GraphWriter) -> Iterator[str]:
    iris, derived = writer.iris, one.derived
    facts = "\n".join((one.kind, derived.method, *derived.inputs))
    name = f"derived.{one.kind}.{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
    subject, graph = iris.claim(one.measure.study, name), iris.derived
    yield writer.quad(subject, RDF_TYPE, _terms.iri(iris.own("Derived")), graph)
    yield writer.quad(subject, "measure", _terms.iri(iris.measure(one.measure)), graph)
    yield writer.quad(subject, "method", _terms.text(derived.method), graph)
    for predicate in ("value", "low", "high"):
        number = _rounded(getattr(derived, predicate))
        yield writer.quad(subject, predicate, _terms.literal(number), graph)
    for claim in derived.inputs:
        study, _, local = claim.partition("#")
        yield writer.quad(subject, "input", _terms.iri(iris.claim(study, local)), graph)


def _rounded(number: float) -> Decimal:
    """Round to four places: more than any print has, and the same on every machine."""
    return Decimal(number).quantize(_DIGITS)
