"""Every store gives the answers of the store in memory: the same cells, of the same types."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from support.answers import cells, example_values
from support.command_line import kb
from support.environment import ROOT
from support.example_base import content
from support.servers import Server, oxigraph, virtuoso

from kb import KnowledgeBase, QueryError, QueryResult, UnavailableError
from kb.stores.contents import require_same
from kb.stores.library import library, parse_query
from kb.stores.oxigraph import OxigraphStore
from kb.stores.sparql import SparqlStore
from kb.stores.upload import upload

SERVERS = {"oxigraph": oxigraph, "virtuoso": virtuoso}
RECIPES = sorted((ROOT / "site" / "recipes" / "sparql").glob("*.rq"))
GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="module")
def served(
    server: Server, subset: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> KnowledgeBase:
    """The evidence base on a server, loaded as a user loads it."""
    report = tmp_path_factory.mktemp("load") / "load.json"
    command = ("load", "--to", server.store, "--json", report)
    result = kb(subset.root, "--store", server.query, *command)
    assert result.exit_code == 0, result.output
    assert json.loads(report.read_text("utf-8"))["quads"] == len(subset.store)
    assert f"{len(subset.store)} quads in " in result.output
    assert "the server holds them" in result.output
    return KnowledgeBase(subset.root, store=server.query)


@pytest.fixture(scope="module")
def on_disk(subset: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return KnowledgeBase(subset.root, store=f"oxigraph:{tmp_path_factory.mktemp('disk')}")


def is_ordered(sparql: str, base: KnowledgeBase) -> bool:
    """Whether rows have a defined order; SPARQL leaves to Virtuoso how texts are sorted."""
    is_virtuoso = base.store_config.text.endswith("/sparql")
    return "ORDER BY" in sparql and not is_virtuoso


def assert_equal(
    base: KnowledgeBase, sparql: str, answer: QueryResult, expected: QueryResult
) -> None:
    assert answer.columns == expected.columns
    assert Counter(cells(answer)) == Counter(cells(expected))
    if is_ordered(sparql, base):
        assert cells(answer) == cells(expected)


def assert_equal_answers(base: KnowledgeBase, expected: KnowledgeBase) -> None:
    """Compare the named queries, the queries of the cookbook, and the look-up."""
    for query in library().values():
        values = example_values(query)
        answers = (kb.ask(query.name, **values) for kb in (base, expected))
        assert_equal(base, query.sparql, *answers)
    for path in RECIPES:
        sparql = parse_query(path.stem, path.read_text(encoding="utf-8")).text(expected.iris)
        assert_equal(base, sparql, base.sparql(sparql), expected.sparql(sparql))
    for values in filters():
        found = [[claim.iri for claim in kb.claims(**values)] for kb in (base, expected)]
        assert found[0] == found[1], values
    edges = [sorted(map(repr, kb.network().edges(data=True))) for kb in (base, expected)]
    assert edges[0] == edges[1] != []


FILTERS = {
    "study": "tower",
    "endpoint": "RESPONSE",
    "regimen": "blinatumomab",
    "population": "ph-positive",
    "drug": "blinatumomab",
    "source": "bruzzese-2025",
}


def filters() -> Iterator[dict[str, str]]:
    """No filter, each filter, and each pair of filters."""
    for count in range(3):
        for names in combinations(FILTERS, count):
            yield {name: FILTERS[name] for name in names}


def test_a_server_gives_the_answers_of_the_store_in_memory(
    served: KnowledgeBase, subset: KnowledgeBase
) -> None:
    assert_equal_answers(served, subset)


def test_a_store_on_disk_gives_the_answers_of_the_store_in_memory(
    on_disk: KnowledgeBase, subset: KnowledgeBase
) -> None:
    assert_equal_answers(on_disk, subset)


def test_a_server_binds_values_asks_and_constructs(
    served: KnowledgeBase, subset: KnowledgeBase
) -> None:
    study = f"{subset.iris.base}study/tower"
    for base in (served, subset):
        query = "SELECT ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
        assert base.sparql(query, {"s": study})[0]["label"] == "TOWER"
        assert base.sparql("ASK { ?s ?p ?o }", {"s": study})[0]["answer"] is True
        assert base.sparql("ASK { ?s ?p ?o }", {"s": f"{study}-unknown"})[0]["answer"] is False
    construct = f"CONSTRUCT {{ <{study}> ?p ?o }} {{ <{study}> ?p ?o }}"
    assert served.store.graph(construct) == subset.store.graph(construct)


def test_a_claim_found_on_a_server_can_be_explained(served: KnowledgeBase) -> None:
    claims = served.claims(study="tower")
    assert len(claims) > 50
    assert "where" in claims[0].explain()


def test_unsafe_queries_are_not_sent_to_a_server(served: KnowledgeBase) -> None:
    for query in ("DROP ALL", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"):
        with pytest.raises(QueryError, match="is not allowed"):
            served.sparql(query)


def test_the_message_of_a_server_that_rejects_a_query_is_shown(served: KnowledgeBase) -> None:
    with pytest.raises(QueryError, match="rejects the query: "):
        served.sparql("SELECT * { nonsense")


def test_loading_again_replaces_graphs_and_removes_old_ones(
    server: Server, served: KnowledgeBase, subset: KnowledgeBase
) -> None:
    base = subset.iris.base
    before = dict(served.store.select(GRAPHS).rows)
    old = f'<{base}s> <{base}p> "\u00fc \u2028 \\"q\\"" <{base}source/withdrawn> .\n'.encode()
    assert not upload([old], server.store, None, base).checked
    assert served.sparql(f"ASK {{ GRAPH <{base}source/withdrawn> {{ ?s ?p ?o }} }}")[0]["answer"]
    lines = subset.nquads.splitlines(keepends=True)
    parts = (b"".join(lines[start::3]) for start in range(3))  # two of them add to graphs
    report = upload(parts, server.store, served.store, base)
    assert (report.removed, report.wrong) == ([f"{base}source/withdrawn"], [])
    assert dict(served.store.select(GRAPHS).rows) == before


def test_a_server_that_holds_something_else_is_reported(
    server: Server, subset: KnowledgeBase
) -> None:
    empty = OxigraphStore(b"")  # another store than the one that is loaded
    report = upload([subset.nquads], server.store, empty, subset.iris.base)
    assert len(report.wrong) == report.graphs
    assert "the server has 0" in report.wrong[0]


def test_a_build_over_a_server_is_that_of_the_records(
    served: KnowledgeBase, subset: KnowledgeBase, tmp_path: Path
) -> None:
    stores = {"memory": "memory", "server": served.store_config.text}
    for name, store in stores.items():
        result = kb(subset.root, "--store", store, "build", "--out", tmp_path / name)
        assert result.exit_code == 0, result.output
    memory, server = (content(tmp_path / name) for name in stores)
    assert memory == server


@pytest.mark.parametrize("value", [b'/ontology#value> "', b'<skos:prefLabel> "blinatumomab'])
def test_one_changed_value_on_a_server_is_noticed(
    server: Server, served: KnowledgeBase, subset: KnowledgeBase, tmp_path: Path, value: bytes
) -> None:
    value = value.replace(b"skos:", b"http://www.w3.org/2004/02/skos/core#")
    lines = subset.nquads.splitlines()
    changed = next(line for line in lines if value in line)
    graph = changed.rpartition(b" <")[2]
    whole = [line for line in lines if line.endswith(graph)]
    other = [line.replace(value, value + b"1") if line == changed else line for line in whole]
    upload([b"\n".join(other)], server.store, None, subset.iris.base)
    result = kb(subset.root, "--store", server.query, "build", "--out", tmp_path / "build")
    upload([b"\n".join(whole)], server.store, None, subset.iris.base)
    assert result.exit_code == 3
    assert "the records in 1 graphs" in result.output
    assert "of which the server has some with other values" in result.output
    assert not (tmp_path / "build").exists()
    require_same(served.store, subset.nquads, subset.iris.base)


def test_a_store_with_other_records_is_an_error(served: KnowledgeBase) -> None:
    other = KnowledgeBase(served.root, store="memory")
    other.evidence = replace(other.evidence, claims=other.evidence.claims[:1])
    other.__dict__["store"] = served.store
    with pytest.raises(UnavailableError, match="which the records do not"):
        other.claims(study="tower")


def test_a_server_without_a_union_default_graph_is_refused(tmp_path: Path) -> None:
    with oxigraph(tmp_path) as empty, pytest.raises(UnavailableError, match="holds nothing"):
        SparqlStore(empty.query).select("SELECT * { ?s ?p ?o }")
