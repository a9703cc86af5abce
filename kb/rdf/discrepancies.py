"""Discrepancies and the status of claims as N-Quads, in a graph of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb.checks import Discrepancy
from kb.checks.adjudication import ClaimStatus, Key
from kb.rdf import terms
from kb.rdf.writer import GraphWriter
from kb.records.vocabulary import RDF_TYPE


def status_quads(statuses: Mapping[Key, ClaimStatus], writer: GraphWriter) -> Iterator[str]:
    """Yield the status of claims as lines of N-Quads."""
    for (study, claim), status in statuses.items():
        subject, value = writer.iris.claim(study, claim), terms.text(status.value)
        yield writer.quad(subject, "claimStanding", value, writer.iris.findings)


def discrepancy_quads(discrepancies: Iterable[Discrepancy], writer: GraphWriter) -> Iterator[str]:
    """Yield discrepancies as lines of N-Quads."""
    iris, graph = writer.iris, writer.iris.findings
    for one in discrepancies:
        subject = iris.finding(one.study, one.id)
        yield writer.quad(subject, RDF_TYPE, terms.iri(iris.own("Discrepancy")), graph)
        texts = {
            "kind": one.kind,
            "severity": one.severity.value,
            "findingStatus": one.status.value,
            "message": one.message,
            "computation": one.computation,
            "findingState": one.state,
        }
        for name, text in texts.items():
            if text:
                yield writer.quad(subject, name, terms.text(text), graph)
        yield writer.quad(subject, "study", terms.iri(iris.entity("study", one.study)), graph)
        if one.endpoint:
            endpoint = writer.vocabulary.get("endpoint", one.endpoint).iri
            yield writer.quad(subject, "endpoint", terms.iri(endpoint), graph)
        for claim in one.claims:
            value = terms.iri(iris.claim(claim.study, claim.id))
            yield writer.quad(subject, "involves", value, graph)
