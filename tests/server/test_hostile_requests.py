"""Any input is answered or refused: the server never breaks and never shows its internals."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.served_build import PATIENCE, Server

from kb.server.errors import HttpError
from kb.server.limits import LimitsMiddleware
from kb.server.monitoring import Metrics
from kb.server.negotiation import GRAPHS, ROWS, accepts_gzip, choose
from kb.server.protocol import read_parameters

ALLOWED = {200, 204, 206, 303, 304, 400, 403, 404, 405, 406, 408, 413, 414, 415, 416, 431}
PLACES = [
    "/",
    "/sparql",
    "/study/tower",
    "/study/tower/",
    "/study/tower.ttl",
    "/health",
    "/metrics",
]
METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "QUERY", "get"]
HEADERS = [
    "Accept",
    "Accept-Encoding",
    "Access-Control-Request-Method",
    "Content-Encoding",
    "Content-Type",
    "Cookie",
    "Expect",
    "Host",
    "If-None-Match",
    "If-Range",
    "Origin",
    "Range",
    "Upgrade",
    "X-Forwarded-For",
]
VALUES = [
    "*/*",
    "application/sparql-query",
    "application/x-www-form-urlencoded",
    "application/sparql-update",
    "bytes=0-1,2-3,-1",
    "bytes=9999999999999999999999-",
    "gzip;q=1;q=0",
    "text/turtle;q=1e9",
    "websocket",
    "100-continue",
    '"',
    "",
]
QUERIES = [
    "ASK{}",
    "SELECT * { ?s ?p ?o } LIMIT 2",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2",
    "DESCRIBE <a:a>",
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "DROP ALL",
    "SELECT (1/0 AS ?x) {}",
    'SELECT (REGEX("a", "(") AS ?x) {}',
]

text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
names = st.sampled_from(["query", "default-graph-uri", "named-graph-uri", "update", "a", ""])
values = st.one_of(st.sampled_from(QUERIES).map(str.encode), st.binary(max_size=30))
parameters = st.lists(st.tuples(names, values), max_size=4).map(
    lambda pairs: "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)
)
headers = st.lists(
    st.tuples(st.sampled_from(HEADERS), st.one_of(st.sampled_from(VALUES), text)), max_size=6
)
bodies = st.one_of(st.just(b""), parameters.map(str.encode), values)
paths = st.one_of(
    st.sampled_from(PLACES), st.binary(max_size=20).map(lambda b: "/" + quote_from_bytes(b))
)


def exchange(server: Server, sent: bytes, wait: float) -> bytes:
    """Send bytes, wait so long for a response, and return it."""
    received = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while piece := connection.recv(65536):
                received += piece
                connection.settimeout(0.2)
    return received


def check(server: Server, sent: bytes, wait: float) -> bytes:
    received = exchange(server, sent, wait)
    if received:
        status = int(received.split(b" ", 2)[1])
        assert status in ALLOWED, received[:300]
        assert b"nosniff" in received.lower()
    assert b"Traceback" not in received
    assert b'.py"' not in received
    assert not [line for line in server.log if line.get("level") == "error"]
    return received


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(METHODS), paths, parameters, headers, bodies)
def test_any_request_is_answered_or_refused(
    server: Server, method: str, path: str, query: str, fields: list[tuple[str, str]], body: bytes
) -> None:
    lines = [f"{method} {path}?{query} HTTP/1.1", "Host: a", *(f"{k}: {v}" for k, v in fields)]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    assert check(server, "\r\n".join(lines).encode("latin-1") + body, PATIENCE)


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=300), st.binary(max_size=80).map(lambda b: b"GET / HTTP/1.1\r\n" + b)
    )
)
def test_any_bytes_are_answered_or_refused(server: Server, sent: bytes) -> None:
    check(server, sent + b"\r\n\r\n", wait=0.3)  # it may be the beginning of a request


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", id="two hosts"),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            id="two lengths",
        ),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            id="lengths that differ",
        ),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            id="a negative length",
        ),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n"
            b"Content-Type: application/sparql-query\r\n\r\n",
            id="a huge length",
        ),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", id="NUL in a header"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\xfe\r\n\r\n", id="invalid UTF-8 in a header"
        ),
        pytest.param(
            b"GET http://evil/study/tower HTTP/1.1\r\nHost: a\r\n\r\n", id="an absolute URL"
        ),
        pytest.param(b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", id="a tunnel"),
        pytest.param(b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", id="the server as a whole"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n" * 200 + b"\r\n", id="repeated request lines"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            id="an upgrade",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=" + b"0-0," * 4000 + b"0-0\r\n\r\n",
            id="many ranges",
        ),
    ],
)
def test_known_tricks_are_answered_or_refused(server: Server, sent: bytes) -> None:
    assert check(server, sent, PATIENCE)


@given(st.text(max_size=60))
def test_any_accept_header_is_read(header: str) -> None:
    assert choose(header, tuple(ROWS)) in {*ROWS, ""}
    assert choose(header, tuple(GRAPHS)) in {*GRAPHS, ""}
    assert accepts_gzip(header) in {True, False}


@given(st.binary(max_size=60))
def test_any_parameters_are_read_or_refused(encoded: bytes) -> None:
    try:
        parameters = read_parameters(encoded)
    except HttpError as error:
        assert error.status == 400  # noqa: PT017 - either outcome is right
    else:
        assert all(isinstance(value, str) for values in parameters.values() for value in values)


# --- without a network -----------------------------------------------------------------------


def scope(**more: Any) -> dict[str, Any]:
    bare = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    return bare | more


async def big(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * 1_000_000})


def messages(pause: float, limit: float) -> list[dict[str, Any]]:
    """What a client receives that accepts each piece after a pause."""
    received: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        await asyncio.sleep(pause if len(received) > 3 else 0)
        received.append(dict(message))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    asyncio.run(LimitsMiddleware(big, Metrics(), limit)(scope(), receive, send))
    return received


def bodies_of(received: Iterable[dict[str, Any]]) -> list[bytes]:
    return [message["body"] for message in received if message["type"] == "http.response.body"]


def test_an_answer_is_sent_in_pieces() -> None:
    received = messages(0, 1)
    pieces = bodies_of(received)
    assert b"".join(pieces) == b"x" * 1_000_000
    assert max(map(len, pieces)) == 64 * 1024
    assert [message["more_body"] for message in received[1:]] == [True] * 15 + [False]


def test_a_client_that_does_not_read_its_answer_is_disconnected() -> None:
    received = messages(pause=5, limit=0.05)
    assert len(bodies_of(received)) == 3
    assert received[-1]["more_body"]
