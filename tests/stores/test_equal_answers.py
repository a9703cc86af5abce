"""Every engine gives the expected answers: the same cells, of the same types, of the real data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from support.answers import answers, cell, cells, given_to
from support.command_line import kb
from support.environment import ROOT
from support.servers import Server, oxigraph, virtuoso

from kb import KnowledgeBase, QueryError, QueryResult, UnavailableError
from kb.export.tables import write_parquet
from kb.records.yaml import read_mapping
from kb.site.context import PageContext
from kb.site.filters import filters
from kb.site.page import Page, Renderer
from kb.site.pages.concepts import concept_pages
from kb.site.pages.cookbook import cookbook_pages
from kb.site.pages.questions import question_pages
from kb.stores.library import library
from kb.stores.oxigraph import OxigraphStore
from kb.stores.sparql import SparqlStore
from kb.stores.upload import upload

PageMaker = Callable[[PageContext], Iterable[object]]
SERVERS = {"oxigraph": oxigraph, "virtuoso": virtuoso}
LISTING = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="module")
def served(
    server: Server, real: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> KnowledgeBase:
    """The evidence base whose questions a server answers, loaded as a user loads it."""
    report = tmp_path_factory.mktemp("load") / "load.json"
    words = ("load", "--to", server.store, "--json", report)
    result = kb(ROOT, "--store", server.query, *words)
    assert result.exit_code == 0, result.output
    assert json.loads(report.read_text("utf-8"))["quads"] == len(real.store)
    assert f"{len(real.store)} quads in " in result.output
    assert "the server holds them" in result.output
    return KnowledgeBase(ROOT, store=server.query)


@pytest.fixture(scope="module", params=["oxigraph", "parquet"])
def in_folder(
    request: pytest.FixtureRequest, real: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> KnowledgeBase:
    """The evidence base whose questions a store on disk answers, or tables do."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "parquet":
        write_parquet(real.tables, folder)
    return KnowledgeBase(ROOT, store=f"{request.param}:{folder}")


def expected_of(path: Path) -> tuple[str, dict[str, str], list[str], list[list[str]]]:
    told = read_mapping(path)
    rows = [[str(value) for value in row] for row in told["rows"]]
    return told["query"], told.get("parameters", {}), told["columns"], rows


def is_ordered(name: str, server: Server | None = None) -> bool:
    """Tell whether rows come in one order; SPARQL leaves open how Virtuoso orders texts."""
    collates = server is not None and server.query.endswith("/sparql")
    return "ORDER BY" in library()[name].sparql and not collates


@pytest.mark.parametrize("path", answers(), ids=lambda path: path.stem)
def test_a_server_gives_the_expected_answer(
    path: Path, server: Server, served: KnowledgeBase, real: KnowledgeBase
) -> None:
    name, parameters, columns, rows = expected_of(path)
    found = served.ask(name, **parameters)
    assert Counter(cells(found)) == Counter(cells(real.ask(name, **parameters)))
    shown = [[cell(row[column]) for column in columns] for row in found]
    assert shown == rows if is_ordered(name, server) else sorted(shown) == sorted(rows)


@pytest.mark.parametrize("path", answers(), ids=lambda path: path.stem)
def test_a_store_in_a_folder_gives_the_expected_answer(
    path: Path, in_folder: KnowledgeBase, real: KnowledgeBase
) -> None:
    name, parameters, columns, rows = expected_of(path)
    found, wanted = in_folder.ask(name, **parameters), real.ask(name, **parameters)
    assert found.columns == wanted.columns
    assert cells(found) == cells(wanted)
    shown = [[cell(row[column]) for column in columns] for row in found]
    assert shown == rows if is_ordered(name) else sorted(shown) == sorted(rows)


def test_a_server_answers_the_queries_of_pages_too(
    server: Server, served: KnowledgeBase, real: KnowledgeBase
) -> None:
    for query in library().values():
        given = given_to(query)
        found, wanted = cells(served.ask(query.name, **given)), cells(real.ask(query.name, **given))
        same = (
            found == wanted if is_ordered(query.name, server) else Counter(found) == Counter(wanted)
        )
        assert same, query.name


def test_a_store_in_a_folder_answers_the_queries_of_pages_too(
    in_folder: KnowledgeBase, real: KnowledgeBase
) -> None:
    for query in library().values():
        given = given_to(query)
        found, wanted = in_folder.ask(query.name, **given), real.ask(query.name, **given)
        assert cells(found) == cells(wanted), query.name


FILTERS = {
    "study": "tower",
    "endpoint": "RESPONSE",
    "regimen": "blinatumomab",
    "population": "ph-positive",
    "drug": "blinatumomab",
    "source": "bruzzese-2025",
}


def test_a_server_finds_the_same_claims_by_any_filters(
    served: KnowledgeBase, real: KnowledgeBase
) -> None:
    for given in filters_in_turn():
        assert found(served, given) == found(real, given), given


def test_a_store_in_a_folder_finds_the_same_claims_by_any_filters(
    in_folder: KnowledgeBase, real: KnowledgeBase
) -> None:
    for given in filters_in_turn():
        assert found(in_folder, given) == found(real, given), given


def filters_in_turn() -> Iterator[dict[str, str]]:
    for count in range(len(FILTERS) + 1):
        for names in combinations(FILTERS, count):
            yield {name: FILTERS[name] for name in names}


def found(base: KnowledgeBase, given: Mapping[str, str]) -> list[str]:
    return [one.iri for one in base.claims(**given)]


def told(base: KnowledgeBase) -> dict[str, object]:
    """What every member of the lookup says that an engine could have a part in."""
    claims = base.claims(endpoint="MRD_NEG", population="rr-b-all")
    network = base.network()
    return {
        "claims": claims.rows(),
        "explain": [base.explain(one.iri) for one in claims],
        "preferred": claims.preferred().rows(),
        "comparability": claims.comparability(),
        "differences": base.differences(base.ask("hazard-ratios")),
        "network": sorted(map(repr, network.edges(data=True))) + sorted(map(repr, network.nodes)),
        "judged": base.curated,
        "discrepancies": base.discrepancies(),
        "derived": base.derived(),
        "rows": base.rows,
        "counts": base.counts(),
        "sql": rows_of(base.sql("FROM claims ORDER BY iri LIMIT 50")),
        "tables": dict(base.tables),
        "nquads": base.nquads,
    }


def rows_of(table: QueryResult) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in table]


def test_every_member_of_the_lookup_says_the_same_on_a_server(
    served: KnowledgeBase, real: KnowledgeBase
) -> None:
    expected, said = told(real), told(served)
    assert all(expected.values())
    assert [name for name in expected if said[name] != expected[name]] == []


def test_every_member_of_the_lookup_says_the_same_in_a_folder(
    in_folder: KnowledgeBase, real: KnowledgeBase
) -> None:
    expected, said = told(real), told(in_folder)
    assert [name for name in expected if said[name] != expected[name]] == []


NAMED = (concept_pages,)
"""The pages that ask named questions only: the others show SPARQL, and what it finds."""


def pages(
    base: KnowledgeBase, kinds: Iterable[PageMaker] = (*NAMED, question_pages, cookbook_pages)
) -> dict[str, str]:
    """The pages that show what an engine answers, as Markdown."""
    site = PageContext(base, ROOT / "site")
    renderer = Renderer(ROOT / "site" / "templates", filters(site))
    made = (item for kind in kinds for item in kind(site) if isinstance(item, Page))
    return {page.path: renderer.markdown(page) for page in made}


@pytest.fixture(scope="module")
def expected_pages(real: KnowledgeBase) -> dict[str, str]:
    return pages(real)


def test_the_site_made_over_a_server_is_the_same(
    served: KnowledgeBase, expected_pages: dict[str, str]
) -> None:
    assert expected_pages
    assert pages(served) == expected_pages


def test_pages_that_ask_named_questions_are_the_same_in_a_folder(
    in_folder: KnowledgeBase, expected_pages: dict[str, str]
) -> None:
    made = pages(in_folder, NAMED)
    assert len(made) > 100
    assert made == {path: expected_pages[path] for path in made}


def test_a_server_binds_values_asks_and_constructs(
    served: KnowledgeBase, real: KnowledgeBase
) -> None:
    study = f"{real.iris.base}study/tower"
    for base in (served, real):
        query = "SELECT ?label { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
        assert base.sparql(query, {"s": study})[0]["label"] == "TOWER"
        assert base.sparql("ASK { ?s ?p ?o }", {"s": study})[0]["answer"] is True
        assert base.sparql("ASK { ?s ?p ?o }", {"s": f"{study}-of-no-one"})[0]["answer"] is False
    construct = f"CONSTRUCT {{ <{study}> ?p ?o }} {{ <{study}> ?p ?o }}"
    assert served.store.graph(construct) == real.store.graph(construct)


def test_claims_come_back_typed_and_led_to_their_print(served: KnowledgeBase) -> None:
    found = served.claims(study="tower")
    assert len(found) > 50
    assert "where" in found[0].explain()


def test_what_leaves_or_changes_a_server_is_not_even_sent(served: KnowledgeBase) -> None:
    for query in ("DROP ALL", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"):
        with pytest.raises(QueryError, match="is not allowed"):
            served.sparql(query)


def test_a_query_that_is_none_is_refused_with_what_the_server_says(served: KnowledgeBase) -> None:
    with pytest.raises(QueryError, match="refuses the query: "):
        served.sparql("SELECT * { nonsense")


def test_loading_again_replaces_and_removes_what_is_no_longer_there(
    server: Server, served: KnowledgeBase, real: KnowledgeBase
) -> None:
    base = real.iris.base
    before = dict(served.store.select(LISTING).rows)
    old = f'<{base}s> <{base}p> "\u00fc \u2028 \\"q\\"" <{base}source/withdrawn> .\n'.encode()
    assert not upload([old], server.store, None, base).checked
    assert served.sparql(f"ASK {{ GRAPH <{base}source/withdrawn> {{ ?s ?p ?o }} }}")[0]["answer"]
    lines = real.nquads.splitlines(keepends=True)
    parts = (b"".join(lines[start::3]) for start in range(3))  # of which two add to graphs
    done = upload(parts, server.store, served.store, base)
    assert (done.removed, done.wrong) == ([f"{base}source/withdrawn"], [])
    assert dict(served.store.select(LISTING).rows) == before


def test_a_server_that_holds_something_else_is_found_out(
    server: Server, real: KnowledgeBase
) -> None:
    base = real.iris.base
    # The store that is asked is not the one that was loaded.
    done = upload([real.nquads], server.store, OxigraphStore(b""), base)
    assert len(done.wrong) == done.graphs
    assert "the server has 0" in done.wrong[0]


def test_records_that_do_not_fit_the_store_are_told(served: KnowledgeBase) -> None:
    other = KnowledgeBase(ROOT, store="memory")
    known = other.evidence.claims[0]
    other.evidence = replace(other.evidence, claims=(known,))
    other.__dict__["store"] = served.store
    with pytest.raises(UnavailableError, match="of other records"):
        other.claims(study="tower")


def test_an_endpoint_that_sees_no_union_is_refused(tmp_path: Path) -> None:
    with oxigraph(tmp_path) as empty, pytest.raises(UnavailableError, match="holds nothing"):
        SparqlStore(empty.query).select("SELECT * { ?s ?p ?o }")
