"""Whatever a client asks, the server stays answerable: it bounds time, rows, bytes and numbers."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from support.served_build import EXPLODING, Server, processes_of, resident, serving, wait_for

from kb.server import config as settings

QUERY = {"Content-Type": "application/sparql-query"}
ALL = "SELECT * { ?s ?p ?o }"
# Memory without end, within a second: every pair of statements, in order.
HEAVY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f"


@pytest.fixture(scope="module")
def strict(served_build: Path) -> Iterator[Server]:
    """A server with small limits."""
    options = ("--timeout=1", "--max-rows=1000", "--max-concurrent=2")
    with serving(served_build, *options) as running:
        yield running


@pytest.fixture(scope="module")
def patient(served_build: Path) -> Iterator[Server]:
    """A server that lets queries run for long."""
    with serving(served_build, "--timeout=60", "--max-concurrent=2") as running:
        yield running


def raw(server: Server, sent: bytes, wait: float = 15, enough: bytes = b"") -> bytes:
    """Send bytes, and return what comes back before the server hangs up, or until enough."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        connection.sendall(sent)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
                if enough and enough in received:
                    break
        except ConnectionResetError:
            pass
        return received


# --- time ------------------------------------------------------------------------------------


def test_a_query_that_explodes_is_ended_while_others_are_answered(strict: Server) -> None:
    with ThreadPoolExecutor() as threads:
        started = time.monotonic()
        exploding = threads.submit(strict.sparql, EXPLODING)
        answered = 0
        while not exploding.done():
            assert strict.sparql("ASK {}").status == 200
            assert strict.ask("/study/tower/").status == 200
            answered += 1
        seconds = time.monotonic() - started
    answer = exploding.result()
    assert answer.status == 504
    assert "more than 1 seconds" in answer.text
    assert 0.9 < seconds < 5
    assert answered > 5
    assert strict.sparql("ASK {}").status == 200


def test_a_query_that_is_ended_leaves_no_process(strict: Server) -> None:
    before = len(processes_of(strict))
    for _ in range(3):
        assert strict.sparql(EXPLODING).status == 504
    strict.sparql("ASK {}")
    assert len(processes_of(strict)) <= before
    assert strict.ask("/health").json()["running"] == 0


def test_a_client_that_hangs_up_ends_its_query(patient: Server) -> None:
    address = f"/sparql?{urlencode({'query': EXPLODING})}"
    with socket.create_connection(("127.0.0.1", patient.port)) as connection:
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        wait_for(lambda: patient.ask("/health").json()["running"] == 1)
    wait_for(lambda: patient.ask("/health").json()["running"] == 0)
    assert patient.metric('kb_refused_total{reason="gone"}') >= 1


# --- numbers ---------------------------------------------------------------------------------


def test_too_many_queries_are_told_to_come_again(strict: Server) -> None:
    with ThreadPoolExecutor(60) as threads:
        answers = list(threads.map(strict.sparql, [EXPLODING] * 60))
    refused = [answer for answer in answers if answer.status == 503]
    assert {answer.status for answer in answers} == {503, 504}
    assert len(refused) >= 20
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert strict.sparql("ASK {}").status == 200


def test_queries_wait_for_their_turn(strict: Server) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(strict.sparql, ["ASK { ?s ?p ?o }"] * 200))
    assert {answer.status for answer in answers} == {200}


def test_too_many_connections_are_told_to_come_again(strict: Server) -> None:
    place = ("127.0.0.1", strict.port)
    held = [socket.create_connection(place) for _ in range(settings.MAX_CONNECTIONS)]
    try:
        assert b"503 Service Unavailable" in raw(strict, b"")
    finally:
        for connection in held:
            connection.close()
    wait_for(lambda: raw(strict, b"GET /health HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200"))


# --- size ------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/turtle"])
def test_an_answer_with_too_many_rows_is_refused_not_cut(strict: Server, accept: str) -> None:
    query = ALL if accept != "text/turtle" else "CONSTRUCT WHERE { ?s ?p ?o }"
    answer = strict.sparql(query, accept)
    assert answer.status == 400
    assert "more than 1,000 rows" in answer.text
    assert strict.sparql(f"{query} LIMIT 1001", accept).status == 400
    assert strict.sparql(f"{query} LIMIT 1000", accept).status == 200


def test_line_ends_in_a_csv_are_no_rows(strict: Server) -> None:
    query = f'SELECT ?a ("{"x" * 8}\\n\\"y\\"\\n" AS ?b) {{ ?a ?c ?d }} LIMIT 900'
    assert strict.sparql(query, "text/csv").status == 200


def test_an_answer_without_end_is_refused_early(strict: Server) -> None:
    wide = "SELECT ?a (CONCAT(STR(?a), STR(?c), STR(?d), STR(?f)) AS ?g) { ?a ?b ?c . ?d ?e ?f }"
    answer = strict.sparql(wide)
    assert answer.status in {400, 504}
    assert "MiB" in answer.text or "seconds" in answer.text


def test_a_query_that_fills_the_memory_is_ended(patient: Server) -> None:
    answer = patient.sparql(HEAVY)
    assert answer.status == 400
    assert "memory" in answer.text
    assert patient.sparql("ASK {}").status == 200


def test_a_query_nested_without_end_is_refused(strict: Server) -> None:
    for deep in ("ASK " + "{" * 40_000 + "}" * 40_000, "ASK { FILTER " + "(" * 90_000):
        answer = strict.ask("/sparql", "POST", deep.encode(), QUERY)
        assert answer.status == 400
        assert strict.sparql("ASK {}").status == 200


def test_a_long_address_is_refused(strict: Server) -> None:
    answer = strict.ask("/study/" + "x" * settings.MAX_URL)
    assert answer.status == 414
    assert strict.sparql("ASK {} #" + "x" * settings.MAX_URL).status == 414


def test_a_long_head_is_refused(strict: Server) -> None:
    big = b"X-A: " + b"x" * 2 * settings.MAX_HEAD
    many = b"".join(b"X-%d: y\r\n" % n for n in range(20_000))
    for head in (big, many):
        sent = b"GET / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n"
        answer = raw(strict, sent, enough=b"\r\n\r\n")
        assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 431", b""}


def test_a_body_longer_than_it_says_is_refused(strict: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
    chunk = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
    answer = raw(
        strict, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 12, enough=b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 413")


# --- patience --------------------------------------------------------------------------------


def test_a_request_that_does_not_arrive_is_hung_up_on(strict: Server) -> None:
    started = time.monotonic()
    half = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
    with ThreadPoolExecutor() as threads:
        answers = list(
            threads.map(
                lambda sent: raw(strict, sent, 30),
                [b"", b"GET / HT", half, half + b"Content-Length: 10\r\n\r\nASK"],
            )
        )
    assert all(answer.startswith(b"HTTP/1.1 408") for answer in answers), answers
    assert time.monotonic() - started < settings.REQUEST_SECONDS + 5


def test_memory_stays_flat(strict: Server) -> None:
    """The workers are renewed, so that what counts is the server and what all share."""

    def used() -> int:
        return sum(map(resident, (strict.process.pid, *processes_of(strict))))

    def many(number: int) -> None:
        queries = (f"SELECT * {{ ?s ?p ?o }} LIMIT {900 + n % 100}" for n in range(number))
        with ThreadPoolExecutor(4) as threads:
            assert {answer.status for answer in threads.map(strict.sparql, queries)} == {200}

    many(300)
    before = used()
    many(900)
    assert used() - before < 24 << 20


# --- the processes that evaluate -------------------------------------------------------------

CONFINED = """
import socket, sys
from kb.server.worker import confine
confine(64 << 20)
for attempt in (socket.socket, lambda: open({file!r}), lambda: bytearray(256 << 20)):
    try:
        attempt()
    except (OSError, MemoryError) as error:
        print(type(error).__name__)
"""


def test_a_worker_can_open_no_connection_no_file_and_take_no_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code = CONFINED.format(file=str(tmp_path / "file"))
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["OSError", "OSError", "MemoryError"]


def test_workers_end_with_the_server_whatever_they_do(served_build: Path) -> None:
    with serving(served_build, "--timeout=3") as server:
        asking = threading.Thread(target=ignore, args=(server,), daemon=True)
        asking.start()
        wait_for(lambda: server.ask("/health").json()["running"] == 1)
        made = processes_of(server)
        assert len(made) == 5
        server.process.kill()
        wait_for(lambda: not any(map(alive, made)))
        asking.join(10)


def ignore(server: Server) -> None:
    with contextlib.suppress(OSError):
        server.sparql(EXPLODING)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
