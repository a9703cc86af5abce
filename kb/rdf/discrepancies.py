"""Discrepancies, and what they make of claims, as N-Quads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb.checks import Discrepancy
from kb.checks.adjudication import ClaimStatus
from kb.checks.citations import Key, cite
from kb.model import Claim
from kb.rdf import terms
from kb.rdf.writer import GraphWriter
from kb.records.ontology import RDF_TYPE


def status_quads(statuses: Mapping[Key, ClaimStatus], writer: GraphWriter) -> Iterator[str]:
    """Yield the status of claims as lines of N-Quads."""
    for (study, claim), status in statuses.items():
        subject, value = writer.iris.claim(study, claim), terms.text(status.value)
        yield writer.quad(subject, "claimStanding", value, writer.iris.findings)


def citation_quads(
    claims: Iterable[Claim],
    meant: Mapping[Key, tuple[int, ...]],
    references: Mapping[str, Mapping[int, str]],
    writer: GraphWriter,
) -> Iterator[str]:
    """Yield which publications claims are cited from, in the graph of the source that cites.

    The printed numbers are part of the claim. These are the publications that were meant, with
    ``citesMeant`` where the printed numbers lead to others.
    """
    iris = writer.iris
    for claim in claims:
        if not claim.cites:
            continue
        citation = cite(claim, references[claim.source], meant)
        subject = iris.claim(claim.study, claim.id)
        graph = iris.entity("source", claim.source)
        for number, name in citation.meant:
            value = terms.iri(iris.entity("publication", name))
            yield writer.quad(subject, "citesPublication", value, graph)
            if citation.is_misprinted:
                yield writer.quad(subject, "citesMeant", terms.literal(number), graph)


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
