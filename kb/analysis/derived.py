"""Derived values of the whole evidence base, as rows and as a graph of their own."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from kb.analysis.intervals import Derivation, derive
from kb.export.csv import escape_formula
from kb.model import Evidence
from kb.rdf import terms as _terms
from kb.rdf.writer import GraphWriter
from kb.records.vocabulary import RDF_TYPE, Vocabulary

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


def derived_values(evidence: Evidence, vocabulary: Vocabulary) -> tuple[Derivation, ...]:
    """Return all that prints allow to be computed; what is read off curves gives no interval.

    Raises:
        UnavailableError: scipy is not installed (extra ``statistics``).
    """
    return tuple(derive(evidence.claims, vocabulary.with_flag("endpoint", "isEstimated")))


def derived_csv(derivations: Iterable[Derivation]) -> str:
    """Return derived values as CSV: shares as fractions, with method and claims."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in derivations:
        measure, found = one.measure, one.derived
        numbers = (found.value, found.low, found.high, found.standard_error)
        row = (
            measure.study,
            measure.group,
            measure.comparator,
            measure.endpoint,
            measure.category,
            str(measure.time),
            one.kind,
            *("" if number is None else str(_rounded(number)) for number in numbers),
            found.method,
            " ".join(found.inputs),
        )
        writer.writerow([escape_formula(cell) for cell in row])
    return out.getvalue()


def derived_nquads(derivations: Iterable[Derivation], writer: GraphWriter) -> bytes:
    """Return derived values as sorted N-Quads in ``<base>graph/derived``."""
    lines = {line for one in derivations for line in _quads(one, writer)}
    return ("\n".join(sorted(lines)) + "\n").encode() if lines else b""


def _quads(one: Derivation, writer: GraphWriter) -> Iterator[str]:
    iris, found = writer.iris, one.derived
    said = "\n".join((one.kind, found.method, *found.inputs))
    name = f"derived.{one.kind}.{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    subject, graph = iris.claim(one.measure.study, name), iris.derived
    yield writer.quad(subject, RDF_TYPE, _terms.iri(iris.own("Derived")), graph)
    yield writer.quad(subject, "measure", _terms.iri(iris.measure(one.measure)), graph)
    yield writer.quad(subject, "method", _terms.text(found.method), graph)
    for predicate, number in (("value", found.value), ("low", found.low), ("high", found.high)):
        yield writer.quad(subject, predicate, _terms.literal(_rounded(number)), graph)
    for claim in found.inputs:
        study, _, local = claim.partition("#")
        yield writer.quad(subject, "input", _terms.iri(iris.claim(study, local)), graph)


def _rounded(number: float) -> Decimal:
    """Four places: more than any print behind them holds, and the same on every machine."""
    return Decimal(number).quantize(_DIGITS)
