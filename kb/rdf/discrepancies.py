"""Discrepancies and the status of claims as N-Quads, in a graph of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.checks import Discrepancy
from kb.checks.adjudication import ClaimStatus, CuratedDiscrepancies, Key
from kb.rdf import terms as _terms
from kb.rdf.writer import GraphWriter
from kb.records.vocabulary import RDF_TYPE


def quads(judged: CuratedDiscrepancies, writer: GraphWriter) -> Iterator[str]:
    """Yield findings and the standing of claims as lines of N-Quads, in a graph of their own."""
    for finding in judged.findings:
        yield from finding_quads(finding, writer)
    yield from standing_quads(judged.standings, writer)


def standing_quads(standings: Mapping[Key, ClaimStatus], writer: GraphWriter) -> Iterator[str]:
    """Yield the standing of claims as lines of N-Quads."""
    for (study, claim), standing in standings.items():
        subject, said = writer.iris.claim(study, claim), _terms.text(standing.value)
        yield writer.quad(subject, "claimStanding", said, writer.iris.findings)


def finding_quads(finding: Discrepancy, writer: GraphWriter) -> Iterator[str]:
    """Yield a finding as lines of N-Quads."""
    iris, graph = writer.iris, writer.iris.findings
    subject = iris.finding(finding.study, finding.id)
    yield writer.quad(subject, RDF_TYPE, _terms.iri(iris.own("Discrepancy")), graph)
    texts = {
        "kind": finding.kind,
        "severity": finding.severity.value,
        "findingStatus": finding.status.value,
        "message": finding.message,
        "computation": finding.computation,
        "findingState": finding.state,
    }
    for name, text in texts.items():
        if text:
            yield writer.quad(subject, name, _terms.text(text), graph)
    yield writer.quad(subject, "study", _terms.iri(iris.entity("study", finding.study)), graph)
    if finding.endpoint:
        endpoint = writer.vocabulary.get("endpoint", finding.endpoint).iri
        yield writer.quad(subject, "endpoint", _terms.iri(endpoint), graph)
    for claim in finding.claims:
        yield writer.quad(subject, "involves", _terms.iri(iris.claim(claim.study, claim.id)), graph)
