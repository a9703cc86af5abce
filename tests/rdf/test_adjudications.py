"""Discrepancies and adjudications in the graph stand beside the claims and do not change them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyshacl import validate
from support.environment import ROOT
from support.example_base import BASE, edit, judged_state
from support.graph_reader import GraphReader

from kb import KnowledgeBase
from kb.records.ontology import RDF_TYPE

FINDINGS, ADJUDICATIONS = f"{BASE}graph/findings", f"{BASE}graph/adjudications"
HALT = "evidence/adjudications/halt.yaml"
VOMITING = "differs-from-cited.halt.VOMITING.2b062a147f"
OPEN = "differs-within-source.ease.AGE.6291f8e7ad"
PREFIX = f"PREFIX kb: <{BASE}ontology#> "


def in_graph(base: KnowledgeBase, *graphs: str) -> list[ox.Quad]:
    every = ox.parse(base.nquads, ox.RdfFormat.N_QUADS)
    return [q for q in every if getattr(q.graph_name, "value", "") in graphs]


def without_adjudications(base: KnowledgeBase) -> list[bytes]:
    marks = (f" <{FINDINGS}> .".encode(), f" <{ADJUDICATIONS}> .".encode())
    return [line for line in base.nquads.splitlines() if not line.endswith(marks)]


def test_an_adjudication_does_not_change_what_a_source_states(example_root: Path) -> None:
    judged = KnowledgeBase(example_root)
    shutil.rmtree(example_root / "evidence" / "adjudications")
    plain = KnowledgeBase(example_root)
    assert plain.nquads != judged.nquads
    assert without_adjudications(plain) == without_adjudications(judged)
    assert plain.evidence.claims == judged.evidence.claims
    assert in_graph(plain, ADJUDICATIONS) == []


def test_findings_and_adjudications_have_graphs_of_their_own(example: KnowledgeBase) -> None:
    own = example.iris.own
    for graph, kind, number in ((FINDINGS, "Discrepancy", 4), (ADJUDICATIONS, "Adjudication", 3)):
        typed = [q for q in in_graph(example, graph) if q.predicate.value == RDF_TYPE]
        assert [str(getattr(q.object, "value", "")) for q in typed] == [own(kind)] * number
    subjects = {q.subject.value for q in in_graph(example, ADJUDICATIONS)}
    assert f"{BASE}study/halt#adjudication.{VOMITING}" in subjects


def test_an_adjudication_refers_to_its_discrepancy_and_claims(example: KnowledgeBase) -> None:
    rows = example.sparql(
        PREFIX + "SELECT ?finding ?stands ?faulty ?publication { ?a kb:adjudicates ?finding ; "
        "kb:judgement 'one-stands' ; kb:standingClaim ?stands ; kb:faultyClaim ?faulty ; "
        "kb:publication ?publication . ?finding a kb:Discrepancy ; kb:involves ?stands, ?faulty . "
        "?stands a kb:Claim . ?faulty a kb:Claim }"
    )
    assert [dict(row) for row in rows] == [
        {
            "finding": f"{BASE}study/halt#finding.{VOMITING}",
            "stands": f"{BASE}study/halt#halt-paper.2.VOMITING.calmol",
            "faulty": f"{BASE}study/halt#headache-review.1.VOMITING.calmol",
            "publication": f"{BASE}publication/halt-2020",
        }
    ]


WITHOUT_ADJUDICATION = (
    "SELECT ?finding { ?finding a kb:Discrepancy ; kb:severity 'material' "
    "FILTER NOT EXISTS { ?adjudication kb:adjudicates ?finding } }"
)
NOT_HOLDING = (
    "SELECT ?finding { ?finding kb:severity 'material' ; kb:findingStatus ?status "
    "FILTER(?status != 'adjudicated') }"
)


@pytest.mark.parametrize("query", [WITHOUT_ADJUDICATION, NOT_HOLDING])
def test_a_query_finds_material_discrepancies_without_adjudication(
    example: KnowledgeBase, query: str
) -> None:
    rows = example.sparql(PREFIX + query)
    assert [row["finding"] for row in rows] == [f"{BASE}study/ease#finding.{OPEN}"]


def test_a_stale_adjudication_keeps_the_state_that_it_was_made_on(
    example_root: Path,
) -> None:
    state = judged_state(VOMITING)
    edit(example_root, HALT, state, "0123456789ab")
    base = KnowledgeBase(example_root)
    rows = base.sparql(
        PREFIX + "SELECT ?judged ?now ?status { ?a kb:adjudicates ?f ; kb:judgedState ?judged . "
        "?f kb:findingState ?now ; kb:findingStatus ?status FILTER(?judged != ?now) }"
    )
    assert [tuple(row.values()) for row in rows] == [("0123456789ab", state, "stale")]


def test_a_query_finds_the_status_of_claims(example: KnowledgeBase) -> None:
    rows = example.sparql(PREFIX + "SELECT ?claim ?standing { ?claim kb:claimStanding ?standing }")
    found = {str(row["claim"]): str(row["standing"]) for row in rows}
    assert found == {
        example.iris.claim(*key): standing.value
        for key, standing in example.curated.standings.items()
    }
    assert sorted(found.values()) == [
        *["disputed"] * 2, *["preferred"] * 3, *["set-aside"] * 2,
    ]  # fmt: skip


def test_adjudications_are_read_back_from_the_graph(example: KnowledgeBase) -> None:
    back = GraphReader(example.vocabulary).read(example.nquads)
    assert back.adjudications == example.evidence.adjudications
    assert [one.judgement for one in back.adjudications] == ["both-stand", "one-stands", "misprint"]


def test_odd_characters_and_an_orphan_are_read_back(example_root: Path) -> None:
    odd = "\"quoted\" \\n <b> {x} ‹é› 日本 🙂 ''"
    edit(example_root, HALT, "reason: The review took another figure than the trial prints.",
         f"reason: '{odd}'")  # fmt: skip
    edit(example_root, HALT, f"finding: {VOMITING}", "finding: gone.halt.VÖMITING.0")
    edit(example_root, HALT, "stands: [halt", "stands: [ease#other.é, halt")
    base = KnowledgeBase(example_root)
    (one,) = [a for a in base.evidence.adjudications if a.finding.startswith("gone")]
    assert one.reason == odd.replace("''", "'")
    assert one.stands == ("ease#other.é", "halt#halt-paper.2.VOMITING.calmol")
    assert GraphReader(base.vocabulary).read(base.nquads) == base.evidence
    assert len(base.store) > 0


def test_discrepancies_conform_to_the_shapes_and_their_terms_are_defined(
    example: KnowledgeBase,
) -> None:
    own = example.iris.own("")
    quads = in_graph(example, FINDINGS, ADJUDICATIONS)
    terms = {q.predicate.value for q in quads} | {
        str(getattr(q.object, "value", "")) for q in quads
    }
    ontology = rdflib.Graph().parse(ROOT / "ontology" / "kb.ttl", publicID=BASE)
    used = {term for term in terms if term.startswith(own)}
    assert f"{own}claimStanding" in used
    assert [t for t in used if ontology.value(rdflib.URIRef(t), rdflib.RDFS.comment) is None] == []
    shapes = rdflib.Graph().parse(ROOT / "ontology" / "shapes.ttl", publicID=BASE)
    graph = rdflib.Graph()
    for triple in example.rdflib().default_graph:
        graph.add(triple)
    holds, _, text = validate(graph, shacl_graph=shapes)
    assert holds, text
