"""The SPARQL 1.1 Protocol: requests in every form, and answers equal to those in Python."""

from __future__ import annotations

import csv
import gzip
import io
import json
import socket
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
import rdflib
from support.hostile_queries import CHANGES, HARMLESS, REMOTE
from support.served_build import JSON, Server

from kb import KnowledgeBase
from kb.server.negotiation import GRAPHS, ROWS
from kb.stores.base import python_value
from kb.stores.library import library
from kb.stores.safety import MAX_QUERY

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
STUDIES = "SELECT ?s ?name { ?s a ?t ; <http://www.w3.org/2000/01/rdf-schema#label> ?name }"
TRIPLES = "CONSTRUCT { ?s ?p ?o } { ?s a ?t ; ?p ?o } LIMIT 50"


def rows_of(body: bytes, media_type: str = JSON) -> list[tuple[object, ...]]:
    solutions = ox.parse_query_results(body, format=ROWS[media_type])
    return [tuple(python_value(cell) for cell in row) for row in solutions]


def count(body: bytes) -> int:
    return int(json.loads(body)["results"]["bindings"][0]["n"]["value"])


# --- the forms of a request ------------------------------------------------------------------


def by_address(query: str) -> tuple[str, str, bytes | None, dict[str, str]]:
    return "/sparql?" + urlencode({"query": query}), "GET", None, {}


def by_form(query: str) -> tuple[str, str, bytes | None, dict[str, str]]:
    return "/sparql", "POST", urlencode({"query": query}).encode(), {"Content-Type": FORM}


def by_body(query: str) -> tuple[str, str, bytes | None, dict[str, str]]:
    return "/sparql", "POST", query.encode(), {"Content-Type": f"{QUERY}; charset=UTF-8"}


@pytest.mark.parametrize("form", [by_address, by_form, by_body])
def test_a_query_is_answered_in_every_form_of_the_protocol(
    server: Server, real: KnowledgeBase, form: object
) -> None:
    answer = server.ask(*form(COUNT))  # type: ignore[operator]
    assert answer.status == 200
    assert answer.headers["content-type"] == JSON
    assert count(answer.body) == real.sparql(COUNT)[0]["n"]


@pytest.mark.parametrize(
    "name", [name for name, query in library().items() if not query.parameters]
)
def test_every_named_query_has_the_same_answer_as_in_python(
    server: Server, real: KnowledgeBase, name: str
) -> None:
    query = library()[name].text(real.iris)
    answer = server.ask(*by_body(query))
    table = real.ask(name)
    assert rows_of(answer.body) == [tuple(row[c] for c in table.columns) for row in table]


# --- the forms of an answer ------------------------------------------------------------------


@pytest.mark.parametrize("media_type", ["application/sparql-results+xml", JSON])
def test_rows_are_serialized_as_requested(
    server: Server, real: KnowledgeBase, media_type: str
) -> None:
    answer = server.sparql(STUDIES, media_type)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    expected = real.store.select(STUDIES).rows
    assert sorted(map(str, rows_of(answer.body, media_type))) == sorted(map(str, expected))


@pytest.mark.parametrize(
    ("media_type", "dialect"), [("text/csv", ","), ("text/tab-separated-values", "\t")]
)
def test_rows_are_serialized_as_tables(
    server: Server, real: KnowledgeBase, media_type: str, dialect: str
) -> None:
    answer = server.sparql(STUDIES, media_type)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    table = list(csv.reader(io.StringIO(answer.text), delimiter=dialect))
    assert [name.removeprefix("?") for name in table[0]] == ["s", "name"]
    assert len(table) - 1 == len(real.store.select(STUDIES).rows)


@pytest.mark.parametrize("media_type", ROWS)
def test_ask_results_are_serialized_in_every_form(server: Server, media_type: str) -> None:
    assert "true" in server.sparql("ASK { ?s ?p ?o }", media_type).text
    assert "false" in server.sparql("ASK { <a:x> ?p ?o }", media_type).text


@pytest.mark.parametrize(
    ("media_type", "parser"), list(zip(GRAPHS, ("turtle", "nt", "json-ld", "xml"), strict=True))
)
def test_graphs_are_serialized_as_requested(
    server: Server, real: KnowledgeBase, media_type: str, parser: str
) -> None:
    query = "DESCRIBE <https://w3id.org/all-evidence/study/tower>"
    answer = server.sparql(query, media_type)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    found = rdflib.Graph().parse(data=answer.body, format=parser)
    expected = rdflib.Graph().parse(data=real.store.graph(query), format="nt")
    assert len(found) == len(expected) > 5
    assert set(found) == set(expected)


def test_a_graph_holds_each_triple_once(server: Server) -> None:
    query = "CONSTRUCT { <a:a> <a:b> <a:c> } { ?s ?p ?o }"
    assert server.sparql(query, "application/n-triples").text.count("\n") == 1


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        ("", 200, JSON),
        ("*/*", 200, JSON),
        ("application/json", 200, JSON),
        ("text/html, application/xhtml+xml;q=0.9, */*;q=0.1", 200, JSON),
        (
            "text/csv;q=0.2, application/sparql-results+xml;q=0.9",
            200,
            "application/sparql-results+xml",
        ),
        ("text/*", 200, "text/csv"),
        ("text/csv; q=0, */*", 200, JSON),
        ("text/csv;q=nonsense, */*;q=0.1", 200, JSON),
        ("image/png", 406, "text/plain"),
        ("text/turtle", 406, "text/plain"),
        ("*/*;q=0", 406, "text/plain"),
        (",;,q=,/", 406, "text/plain"),
    ],
)
def test_the_accept_header_chooses_the_form(
    server: Server, accept: str, status: int, media_type: str
) -> None:
    answer = server.sparql("SELECT * { ?s ?p ?o } LIMIT 1", accept)
    assert answer.status == status, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media_type


def test_answers_are_compressed_for_clients_that_accept_it(server: Server) -> None:
    address = by_address(STUDIES)[0]
    compressed = server.ask(address, headers={"Accept-Encoding": "gzip"})
    plain = server.ask(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(compressed.body) == plain.body
    assert "Accept-Encoding" in plain.headers["vary"]


def test_without_a_query_the_endpoint_describes_itself(server: Server, real: KnowledgeBase) -> None:
    answer = server.ask("/sparql")
    assert answer.headers["content-type"].startswith("text/turtle")
    here = f"http://127.0.0.1:{server.port}/sparql"
    graph = rdflib.Graph().parse(data=answer.text, format="turtle", publicID=here)
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert (rdflib.URIRef(here), sd.endpoint, rdflib.URIRef(here)) in graph
    assert str(len(real.store)) in answer.text
    assert server.ask("/sparql", headers={"Accept": "image/png"}).status == 406


# --- the graphs of a query -----------------------------------------------------------


def test_request_parameters_name_the_graphs(server: Server, real: KnowledgeBase) -> None:
    graphs = [str(row["g"]) for row in real.sparql("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")]
    first, second = sorted(graphs)[:2]

    def of(graph: str) -> int:
        return int(str(real.sparql(COUNT.replace("{", f"FROM <{graph}> {{"))[0]["n"]))

    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(server.sparql(COUNT, **{"default-graph-uri": first}).body) == of(first)
    assert count(server.sparql(named, **{"default-graph-uri": first}).body) == 0
    assert count(server.sparql(named, **{"named-graph-uri": second}).body) == of(second)
    assert count(server.sparql(COUNT, **{"named-graph-uri": second}).body) == 0
    both = f"/sparql?{urlencode([('default-graph-uri', first), ('default-graph-uri', second)])}"
    answer = server.ask(both, "POST", COUNT.encode(), {"Content-Type": QUERY})
    assert count(answer.body) == of(first) + of(second)
    # What the request says overrules what the query says.
    from_second = COUNT.replace("{", f"FROM <{second}> {{")
    assert count(server.sparql(from_second, **{"default-graph-uri": first}).body) == of(first)


def test_a_graph_is_named_by_an_iri_and_never_fetched(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"http://127.0.0.1:{other.getsockname()[1]}/"
        answer = server.sparql(COUNT, **{"default-graph-uri": place})
        assert count(answer.body) == 0
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.accept()
    assert server.sparql(COUNT, **{"default-graph-uri": "no iri"}).status == 400


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [by_address, by_form, by_body])
@pytest.mark.parametrize("query", [*REMOTE.values(), *CHANGES.values()])
def test_queries_that_fetch_or_change_data_are_refused(
    server: Server, form: object, query: str
) -> None:
    answer = server.ask(*form(query))  # type: ignore[operator]
    assert answer.status in {400, 403}
    assert "not allowed" in answer.text or "not well formed" in answer.text


def test_queries_that_only_look_like_it_are_answered(server: Server) -> None:
    for query in HARMLESS.values():
        assert server.ask(*by_body(query)).status == 200, query


@pytest.mark.parametrize(
    ("body", "media_type", "status", "message"),
    [
        pytest.param(b"INSERT DATA {}", "application/sparql-update", 403, "read-only", id="update"),
        pytest.param(b"update=CLEAR%20ALL", FORM, 403, "read-only", id="an update in a form"),
        pytest.param(
            b"query=ASK%7B%7D&using-graph-uri=a:b", FORM, 403, "read-only", id="for updates only"
        ),
        pytest.param(b"ASK{}", "text/plain", 415, QUERY, id="another type"),
        pytest.param(b"ASK{}", "", 415, QUERY, id="no type"),
        pytest.param(b"ASK{}", f"{QUERY}; charset=utf-16", 415, "UTF-8", id="another charset"),
        pytest.param(b"a=1", FORM, 400, "one query, not 0", id="no query"),
        pytest.param(b"query=a&query=b", FORM, 400, "one query, not 2", id="two queries"),
        pytest.param(b"query=%FF", FORM, 400, "UTF-8", id="invalid UTF-8 in a form"),
        pytest.param(b"\xff\xfe", QUERY, 400, "UTF-8", id="invalid UTF-8"),
        pytest.param(b"query=%00", FORM, 400, "NUL", id="NUL in a form"),
        pytest.param(b"ASK { ?s ?p '\0' }", QUERY, 400, "NUL", id="NUL"),
        pytest.param(b"&".join([b"a=1"] * 100), FORM, 400, "too many", id="many parameters"),
        pytest.param(b"SELECT * {", QUERY, 400, "not well formed", id="half a query"),
        pytest.param(b"", QUERY, 400, "not well formed", id="an empty query"),
        pytest.param(
            b"ASK{}#" + b"x" * MAX_QUERY, QUERY, 413, "at most 100,000", id="a long query"
        ),
        pytest.param(b"x" * 600_000, QUERY, 413, "at most 524,288 bytes", id="a big body"),
    ],
)
def test_a_wrong_request_is_refused_with_a_reason(
    server: Server, body: bytes, media_type: str, status: int, message: str
) -> None:
    answer = server.ask("/sparql", "POST", body, {"Content-Type": media_type})
    assert answer.status == status
    assert message in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_query_must_be_given_once(server: Server) -> None:
    address = by_address("ASK{}")[0]
    for body, media_type in ((b"ASK{}", QUERY), (b"query=ASK%7B%7D", FORM)):
        assert server.ask(address, "POST", body, {"Content-Type": media_type}).status == 400
    assert server.ask(f"{address}&query=ASK%7B%7D").status == 400
    assert server.ask("/sparql?update=CLEAR%20ALL").status == 403
    assert server.ask(f"{address}&update=CLEAR%20ALL").status == 403


def test_compressed_requests_are_refused(server: Server) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    headers = {"Content-Type": QUERY, "Content-Encoding": "gzip"}
    answer = server.ask("/sparql", "POST", bomb, headers)
    assert answer.status == 415
    assert "compressed" in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "QUERY"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    for path in ("/sparql", "/study/tower", "/health", "/metrics"):
        assert server.ask(path, method).status == 405


def test_pages_of_other_sites_may_query(server: Server) -> None:
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    allowed = server.ask(
        "/sparql", "OPTIONS", headers=preflight | {"Access-Control-Request-Headers": "content-type"}
    )
    assert allowed.status == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "PUT" not in allowed.headers["access-control-allow-methods"]
    answer = server.ask(by_address("ASK{}")[0], headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


# --- XML -------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["\\u0001", "\\u000B", "\\u001F", "\\uFFFE", "\\u0008"])
@pytest.mark.parametrize("media_type", ["application/sparql-results+xml", "application/rdf+xml"])
def test_what_xml_cannot_hold_is_refused(server: Server, character: str, media_type: str) -> None:
    query = f'SELECT ("a{character}b" AS ?x) {{}}'
    if media_type == "application/rdf+xml":
        query = f'CONSTRUCT {{ <a:a> <a:b> "a{character}b" }} {{}}'
    answer = server.sparql(query, media_type)
    assert answer.status == 406
    assert "cannot be written as XML" in answer.text
    assert server.sparql(query, "*/*").status == 200


@pytest.mark.parametrize("text", ["a\\tb", "a\\nb", "<&>", "\\u0085", "\\uFFFD", "]]>"])
def test_what_xml_can_hold_is_answered(server: Server, text: str) -> None:
    answer = server.sparql(f'SELECT ("{text}" AS ?x) {{}}', "application/sparql-results+xml")
    assert answer.status == 200


def test_an_empty_name_of_a_graph_names_none(server: Server) -> None:
    every = count(server.sparql(COUNT).body)
    assert count(server.sparql(COUNT, **{"default-graph-uri": ""}).body) == every
    assert count(server.sparql(COUNT, **{"named-graph-uri": ""}).body) == every
