"""Answers of endpoints are untrusted input, and credentials are never shown."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from support.command_line import kb
from support.environment import ROOT

from kb import InputError, KbError, QueryError, UnavailableError
from kb.stores.http import Http
from kb.stores.sparql import SparqlStore

YES = json.dumps({"head": {}, "boolean": True}).encode()
QUERY = "SELECT * { ?s ?p ?o }"
JSON = {"content-type": "application/sparql-results+json"}


@dataclass
class Fake:
    """A server with the answer of a test, which keeps the headers of its requests."""

    url: str = ""
    status: int = 200
    body: bytes = YES
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    requests: list[dict[str, str]] = field(default_factory=list)
    before: Callable[[Any], bool] = lambda _: False


@pytest.fixture
def fake() -> Iterator[Fake]:
    state = Fake()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            state.requests.append({k.lower(): v for k, v in self.headers.items()})
            if state.before(self):
                return
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        do_PUT = do_POST  # noqa: N815 - the name of the base

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/sparql"
    yield state
    server.shutdown()
    server.server_close()


def with_login(fake: Fake) -> str:
    return fake.url.replace("http://", "http://reader:hunter2@")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>busy</html>",
        b"[]",
        b"7",
        b"{}",
        b'{"head": {"vars": ["x"]}}',
        b'{"head": {"vars": 7}, "results": {"bindings": []}}',
        b'{"head": {"vars": ["x"]}, "results": {"bindings": [[]]}}',
        b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "no"}}]}}',
        b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "uri"}}]}}',
        b"\xff\xfe\x00",
        b"[" * 200_000,
    ],
)
def test_an_invalid_answer_is_an_error(fake: Fake, body: bytes) -> None:
    fake.body = body
    with pytest.raises(UnavailableError, match="something other than SPARQL results"):
        SparqlStore(fake.url).select(QUERY)


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (400, QueryError, "rejects the query: its message"),
        (401, UnavailableError, "denies access"),
        (403, UnavailableError, "denies access"),
        (404, UnavailableError, "status 404"),
        (500, UnavailableError, "status 500: its message"),
        (503, UnavailableError, "status 503"),
    ],
)
def test_a_failure_of_the_server_is_an_error(
    fake: Fake, status: int, error: type[KbError], message: str
) -> None:
    fake.status, fake.body = status, b"its message"
    with pytest.raises(error, match=message):
        SparqlStore(fake.url).select(QUERY)


@pytest.mark.parametrize("compressed", [False, True])
def test_the_size_of_an_answer_is_limited_compressed_or_not(fake: Fake, compressed: bool) -> None:
    fake.body = b" " * 2_000_000
    if compressed:
        fake.body = gzip.compress(fake.body)
        fake.headers["content-encoding"] = "gzip"
    with pytest.raises(UnavailableError, match="more than 1,000,000 bytes"):
        SparqlStore(fake.url, size=1_000_000).select(QUERY)


def silent(_: Any) -> bool:
    time.sleep(3)
    return True


def byte_by_byte(handler: Any) -> bool:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(60):
        time.sleep(0.05)
        try:
            handler.wfile.write(b" ")
        except OSError:
            return True
    return True


def head_line_by_line(handler: Any) -> bool:
    handler.send_response(200)
    for number in range(60):
        handler.send_header(f"x-{number}", "more")
        handler.flush_headers()
        time.sleep(0.05)
    return True


def early_hints(handler: Any) -> bool:
    for _ in range(60):
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("slow", [silent, byte_by_byte, head_line_by_line, early_hints])
def test_the_time_of_an_answer_is_limited(fake: Fake, slow: Callable[[Any], bool]) -> None:
    fake.before = slow
    began = time.monotonic()
    with pytest.raises(UnavailableError, match=r"gave no answer in 0\.5 s \(KB_STORE_TIMEOUT\)"):
        SparqlStore(fake.url, seconds=0.5).select(QUERY)
    assert time.monotonic() - began < 2.5


def test_the_time_limit_is_a_setting(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.before = silent
    monkeypatch.setenv("KB_STORE_TIMEOUT", "0.2")
    with pytest.raises(UnavailableError, match=r"in 0\.2 s"):
        SparqlStore(fake.url).select(QUERY)
    monkeypatch.setenv("KB_STORE_TIMEOUT", "soon")
    with pytest.raises(InputError, match="KB_STORE_TIMEOUT"):
        SparqlStore(fake.url)


@pytest.mark.parametrize("limit", ["nan", "inf", "-1", "0", "1s"])
def test_a_time_limit_that_limits_nothing_is_refused(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_STORE_TIMEOUT", limit)
    with pytest.raises(InputError, match="not a number of seconds above 0"):
        Http("http://127.0.0.1:1/")


def test_after_a_late_answer_the_store_can_be_asked_again(fake: Fake) -> None:
    fake.before = head_line_by_line
    store = SparqlStore(fake.url, seconds=0.5)
    with pytest.raises(UnavailableError, match="gave no answer"):
        store.select("ASK {}")
    fake.before = lambda _: False
    assert store.select("ASK {}").rows == [(True,)]


@pytest.mark.parametrize("more", [(), ("--timeout", "0.6")])
def test_a_server_that_answers_in_drips_is_not_a_fault_of_the_query(
    fake: Fake, more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_STORE_TIMEOUT", "60" if more else "0.6")
    fake.before = byte_by_byte
    result = kb(ROOT, "--store", fake.url, "query", "ASK { ?s ?p ?o }", *more)
    assert result.exit_code == 3
    assert "gave no answer in 0.6 s" in result.output


def answer_of(*columns: str, rows: int = 0, cell: str = "a") -> bytes:
    row = {name: {"type": "literal", "value": cell} for name in columns}
    return json.dumps({"head": {"vars": columns}, "results": {"bindings": [row] * rows}}).encode()


@pytest.mark.parametrize("body", [answer_of(), answer_of("x"), answer_of("x", rows=1)])
def test_rows_are_no_answer_to_a_yes_or_no_question(fake: Fake, body: bytes) -> None:
    fake.body = body
    with pytest.raises(UnavailableError, match="other than SPARQL results of the query"):
        SparqlStore(fake.url).select(QUERY)


@pytest.mark.parametrize("body", [answer_of("n", rows=1), answer_of("n"), answer_of("m", rows=1)])
def test_a_count_is_one_number(fake: Fake, body: bytes) -> None:
    fake.body = body
    with pytest.raises(UnavailableError, match="other than SPARQL results of the query"):
        len(SparqlStore(fake.url))


@pytest.mark.parametrize(("columns", "accepted"), [("spo", True), ("sp", False), ("spox", False)])
def test_the_columns_of_an_answer_are_those_of_the_query(
    fake: Fake, columns: str, accepted: bool
) -> None:
    fake.body = answer_of(*columns, rows=1)
    if accepted:
        assert SparqlStore(fake.url)._answer(QUERY).columns == list(columns)
    else:
        with pytest.raises(UnavailableError, match="the columns"):
            SparqlStore(fake.url)._answer(QUERY)


def test_a_huge_value_is_refused_before_it_is_parsed(fake: Fake) -> None:
    store = SparqlStore(fake.url)
    query = "SELECT ?x { ?s ?p ?x }"
    fake.body = answer_of("x", rows=12, cell='"' * 450_000)
    assert len(store._answer(query).rows) == 12
    fake.body = answer_of("x", rows=9, cell='"' * 550_000)
    with pytest.raises(UnavailableError, match="a value of over 1,000,000 bytes"):
        store._answer(query)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_server_is_not_followed(fake: Fake, status: int) -> None:
    fake.status, fake.headers = status, {"location": "http://127.0.0.2:1/elsewhere?token=x"}
    with pytest.raises(UnavailableError, match=r"redirects to http://127\.0\.0\.2:1/else"):
        SparqlStore(with_login(fake)).select(QUERY)
    assert len(fake.requests) == 1


def test_redirects_on_the_same_server_are_followed_up_to_a_limit(fake: Fake) -> None:
    fake.status, fake.headers = 307, {"location": "/sparql/"}
    with pytest.raises(UnavailableError, match="too many redirects"):
        SparqlStore(fake.url).select(QUERY)
    assert len(fake.requests) == 3


@pytest.mark.parametrize("location", ["", "http://[/", "http://\x7f:99999/", "//"])
def test_an_invalid_redirect_is_an_error(fake: Fake, location: str) -> None:
    fake.status, fake.headers = 302, {"location": location}
    with pytest.raises(UnavailableError):
        SparqlStore(fake.url).select(QUERY)


def test_an_answer_that_the_server_truncated_is_refused(fake: Fake) -> None:
    rows = [{"x": {"type": "literal", "value": "a"}}] * 2
    fake.body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": rows}}).encode()
    fake.headers["X-SPARQL-MaxRows"] = "2"
    with pytest.raises(UnavailableError, match="truncates answers at 2 rows"):
        SparqlStore(fake.url).select(QUERY)


def test_a_server_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(UnavailableError, match=r"cannot reach http://127\.0\.0\.1:1/sparql"):
        SparqlStore("http://reader:hunter2@127.0.0.1:1/sparql").select(QUERY)


# --- passwords -------------------------------------------------------------------------------


def test_a_password_is_sent_only_on_challenge_and_never_shown(fake: Fake) -> None:
    def challenge(_: Any) -> bool:
        fake.status = 500 if "authorization" in fake.requests[-1] else 401
        fake.headers = {"www-authenticate": "Basic realm=x"}
        fake.body = b"bad password hunter2 of reader"
        return False

    fake.before = challenge
    with pytest.raises(UnavailableError) as raised:
        SparqlStore(with_login(fake)).select(QUERY)
    assert "status 500" in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None
    sent = base64.b64encode(b"reader:hunter2").decode()
    assert [headers.get("authorization") for headers in fake.requests] == [None, f"Basic {sent}"]


def test_a_token_is_sent_and_never_shown(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_STORE_TOKEN", "s3cr3t")
    fake.status, fake.body = 500, b"no such token: s3cr3t"
    with pytest.raises(UnavailableError) as raised:
        SparqlStore(fake.url).select(QUERY)
    assert "s3cr3t" not in str(raised.value)
    assert fake.requests[0]["authorization"] == "Bearer s3cr3t"


@pytest.mark.parametrize("words", [["query", "verification-states"], ["load", "--to"]])
def test_the_command_line_shows_no_password(fake: Fake, words: list[str]) -> None:
    fake.status, fake.body = 401, b"hunter2"
    url = with_login(fake)
    command = [*words, url] if "--to" in words else ["--store", url, *words]
    result = kb(ROOT, *command)
    assert result.exit_code == 3
    assert "denies access" in result.output
    assert "hunter2" not in result.output


@pytest.mark.parametrize("token", ["a\nb: c", "gehe\u00efm"])
def test_a_token_that_is_invalid_in_a_header_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_STORE_TOKEN", token)
    with pytest.raises(InputError, match="KB_STORE_TOKEN") as raised:
        Http("http://127.0.0.1:1/")
    assert token not in str(raised.value)


def test_a_password_is_never_sent_unencrypted_to_another_machine() -> None:
    with pytest.raises(InputError, match="credentials over plain http") as raised:
        Http("http://reader:hunter2@example.org/sparql")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["", "sparql", "ftp://example.org/", "file:///etc/passwd", "http://", "http://[/", "\0"]
)
def test_an_invalid_url_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        Http(url)


# --- values ----------------------------------------------------------------------------------


def test_cells_are_python_values(fake: Fake) -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    terms = {
        "a": {"type": "uri", "value": "http://x/"},
        "b": {"type": "bnode", "value": "b0"},
        "c": {"type": "literal", "value": "7", "datatype": f"{xsd}integer"},
        "d": {"type": "typed-literal", "value": "7.70", "datatype": f"{xsd}decimal"},
        "e": {"type": "literal", "value": "1.5e0", "datatype": f"{xsd}double"},
        "f": {"type": "literal", "value": "blau", "xml:lang": "de"},
        "g": {"type": "literal", "value": "1", "datatype": f"{xsd}boolean"},
        "h": {"type": "literal", "value": "many", "datatype": f"{xsd}integer"},
    }
    results = {"head": {"vars": [*terms, "i"]}, "results": {"bindings": [terms]}}
    fake.body = json.dumps(results).encode()
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    row = SparqlStore(fake.url)._answer(query).rows[0]
    assert [repr(cell) for cell in row] == [
        "'http://x/'", "'b0'", "7", "Decimal('7.70')", "1.5", "'blau'", "'true'", "'many'", "None",
    ]  # fmt: skip
