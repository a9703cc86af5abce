"""Limits of time, size, number and memory, which keep the server responsive."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from support.served_build import (
    ENDLESS,
    PATIENCE,
    Server,
    processes_of,
    resident,
    serving,
    wait_for,
)
from uvicorn.server import ServerState

from kb.server.app import application
from kb.server.config import MAX_CONNECTIONS, MAX_HEAD, MAX_URL
from kb.server.limits import HttpProtocol
from kb.server.monitoring import Metrics
from kb.server.protocol import read_request

QUERY = {"Content-Type": "application/sparql-query"}
ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def strict(served_build: Path) -> Iterator[Server]:
    """A server with small limits."""
    options = ("--timeout=1", "--max-rows=1000", "--max-concurrent=3")
    with serving(served_build, *options) as running:
        yield running


@pytest.fixture(scope="module")
def patient(served_build: Path) -> Iterator[Server]:
    """A server with a long time limit."""
    with serving(served_build, "--timeout=60", "--max-concurrent=2") as running:
        yield running


def raw(server: Server, sent: bytes, wait: float = PATIENCE, until: bytes = b"") -> bytes:
    """Send bytes, and return what is received until the connection closes, or until some bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        connection.sendall(sent)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
                if until and until in received:
                    break
        except ConnectionResetError:
            pass
        return received


# --- time ------------------------------------------------------------------------------------


def test_an_endless_query_is_ended_while_others_are_answered(strict: Server) -> None:
    with ThreadPoolExecutor() as threads:
        started = time.monotonic()
        endless = threads.submit(strict.sparql, ENDLESS)
        answered = 0
        while not endless.done():
            assert strict.sparql("ASK {}").status == 200
            assert strict.ask("/study/tower/").status == 200
            answered += 1
        seconds = time.monotonic() - started
    answer = endless.result()
    assert answer.status == 504
    assert "more than 1 seconds" in answer.text
    assert seconds > 0.9
    assert answered > 2  # a server that is blocked would answer one, at the end
    assert strict.sparql("ASK {}").status == 200


def test_ended_queries_leave_no_processes(strict: Server) -> None:
    before = len(processes_of(strict))
    for _ in range(3):
        assert strict.sparql(ENDLESS).status == 504
    strict.sparql("ASK {}")
    assert len(processes_of(strict)) <= before
    assert strict.ask("/health").json()["running"] == 0


def test_a_query_ends_when_its_client_disconnects(patient: Server) -> None:
    address = f"/sparql?{urlencode({'query': ENDLESS})}"
    with socket.create_connection(("127.0.0.1", patient.port)) as connection:
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        patient.running(1)
    patient.running(0)
    assert patient.metric('kb_refused_total{reason="gone"}') >= 1


# --- numbers ---------------------------------------------------------------------------------


def test_too_many_queries_are_asked_to_retry(strict: Server) -> None:
    with ThreadPoolExecutor(60) as threads:
        answers = list(threads.map(strict.sparql, [ENDLESS] * 60))
    refused = [answer for answer in answers if answer.status == 503]
    assert {answer.status for answer in answers} == {503, 504}
    assert len(refused) >= 20
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert strict.sparql("ASK {}").status == 200


def test_queries_wait_for_a_free_worker(strict: Server) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(strict.sparql, ["ASK { ?s ?p ?o }"] * 200))
    assert {answer.status for answer in answers} == {200}


def test_too_many_connections_are_asked_to_retry(strict: Server) -> None:
    place = ("127.0.0.1", strict.port)
    held = [socket.create_connection(place) for _ in range(MAX_CONNECTIONS)]
    try:
        assert b"503 Service Unavailable" in raw(strict, b"")
    finally:
        for connection in held:
            connection.close()
    wait_for(lambda: raw(strict, b"GET /health HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200"))


# --- size ------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/turtle"])
def test_an_answer_with_too_many_rows_is_refused_not_truncated(strict: Server, accept: str) -> None:
    query = ALL if accept != "text/turtle" else "CONSTRUCT WHERE { ?s ?p ?o }"
    answer = strict.sparql(query, accept)
    assert answer.status == 400
    assert "more than 1,000 rows" in answer.text
    assert strict.sparql(f"{query} LIMIT 1001", accept).status == 400
    assert strict.sparql(f"{query} LIMIT 1000", accept).status == 200


def test_line_breaks_inside_csv_cells_do_not_count_as_rows(strict: Server) -> None:
    query = f'SELECT ?a ("{"x" * 8}\\n\\"y\\"\\n" AS ?b) {{ ?a ?c ?d }} LIMIT 900'
    assert strict.sparql(query, "text/csv").status == 200


def test_a_huge_answer_is_refused_early(strict: Server) -> None:
    wide = "SELECT ?a (CONCAT(STR(?a), STR(?c), STR(?d), STR(?f)) AS ?g) { ?a ?b ?c . ?d ?e ?f }"
    answer = strict.sparql(wide)
    assert answer.status in {400, 504}
    assert "MiB" in answer.text or "seconds" in answer.text


def test_a_deeply_nested_query_is_refused(strict: Server) -> None:
    for deep in ("ASK " + "{" * 40_000 + "}" * 40_000, "ASK { FILTER " + "(" * 90_000):
        answer = strict.ask("/sparql", "POST", deep.encode(), QUERY)
        assert answer.status == 400
        assert strict.sparql("ASK {}").status == 200


def test_a_long_url_is_refused(strict: Server) -> None:
    answer = strict.ask("/study/" + "x" * MAX_URL)
    assert answer.status == 414
    assert strict.sparql("ASK {} #" + "x" * MAX_URL).status == 414


def test_a_long_head_is_refused(strict: Server) -> None:
    big = b"X-A: " + b"x" * 2 * MAX_HEAD
    many = b"".join(b"X-%d: y\r\n" % n for n in range(20_000))
    for head in (big, many):
        sent = b"GET / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n"
        answer = raw(strict, sent, until=b"\r\n\r\n")
        assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 431", b""}


def test_a_big_body_of_unknown_length_is_refused(strict: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
    chunk = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
    answer = raw(
        strict, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 12, until=b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 413")


# --- slow clients --------------------------------------------------------------------------------


POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"


@pytest.mark.parametrize(
    ("sent", "rest"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"GET / HT", b"", id="half a line"),
        pytest.param(POST, b"", id="half a head"),
        pytest.param(POST, b"X-A: " + b"a" * 1_000, id="a head byte by byte"),
        pytest.param(POST + b"Content-Length: 10\r\n\r\nASK", b"", id="half a body"),
        pytest.param(
            POST + b"Content-Length: 2000\r\n\r\n", b"a" * 1_000, id="a body byte by byte"
        ),
    ],
)
def test_a_request_that_does_not_arrive_in_time_is_refused(
    sent: bytes, rest: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("limits", "protocol"):
        monkeypatch.setattr(f"kb.server.{module}.REQUEST_SECONDS", 0.2)
    assert asyncio.run(answer_to_slow_client(sent, rest)).startswith(b"HTTP/1.1 408")


async def answer_to_slow_client(sent: bytes, rest: bytes) -> bytes:
    """Return the status line for bytes, then the rest byte by byte, sent to a server here."""

    async def read(request: Request) -> Response:
        await read_request(request)
        return Response()

    app = application([Route("/sparql", read, methods=["POST"])], Metrics())
    config = uvicorn.Config(app, http=HttpProtocol, lifespan="off", log_config=None)
    state, loop = ServerState(), asyncio.get_running_loop()
    listener = await loop.create_server(lambda: HttpProtocol(config, state, {}), "127.0.0.1", 0)
    async with listener:
        reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
        writer.write(sent)
        # The server closes with bytes unread, so a reset may follow its answer and void the rest.
        answer = asyncio.create_task(reader.readline())
        for byte in rest:
            if answer.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)
        async with asyncio.timeout(PATIENCE):
            received = await answer
        writer.close()
    return received


def test_memory_stays_flat(strict: Server) -> None:
    """Workers are replaced after many queries, so the server and the shared memory count."""

    def memory() -> int:
        return sum(map(resident, (strict.process.pid, *processes_of(strict))))

    def send(number: int) -> None:
        queries = (f"SELECT * {{ ?s ?p ?o }} LIMIT {900 + n % 100}" for n in range(number))
        with ThreadPoolExecutor(4) as threads:
            assert {answer.status for answer in threads.map(strict.sparql, queries)} == {200}

    send(300)
    before = memory()
    send(900)
    assert memory() - before < 24 << 20
