"""The server goes on while builds, clients and answers of every size come and go."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.served_build import Server, processes_of, resident, serving, wait_for, write_build

from kb.server.config import MAX_CACHED, MAX_CLIENTS
from kb.server.errors import HttpError
from kb.server.evaluation import count_rows
from kb.server.rate_limit import RateLimiter

ONE, TWO = b'<a:a> <a:b> "one" <a:g> .\n', b'<a:a> <a:b> "two" <a:g> .\n'
VALUE = "SELECT ?o { ?s ?p ?o }"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return write_build(tmp_path / "build", ONE)


def replace(build: Path, nquads: bytes) -> None:
    """Put another dataset in place at once, as a build does."""
    (build / "new.nq").write_bytes(nquads)
    (build / "new.nq").replace(build / "kb.nq")


def said(server: Server, event: str) -> bool:
    return any(line["event"] == event for line in server.log)


# --- another build ---------------------------------------------------------------------------


def test_a_new_build_is_served_without_a_restart(build: Path) -> None:
    with serving(build) as server:
        assert "one" in server.sparql(VALUE).text
        (build / "site" / "study" / "tower.csv").write_text("b\n2\n", encoding="utf-8")
        replace(build, TWO)
        wait_for(lambda: said(server, "reloaded"))
        assert "two" in server.sparql(VALUE).text
        assert server.ask("/study/tower.csv").text == "b\n2\n"
        assert server.ask("/health").json()["build"] == "current"
        wait_for(lambda: len(processes_of(server)) == 5)


def test_a_query_at_work_is_answered_from_the_build_that_it_asked(build: Path) -> None:
    many = b"".join(b"<a:%d> <a:b> <a:c> <a:g> .\n" % n for n in range(300))
    replace(build, many)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with serving(build, "--no-watch", "--timeout=60") as server, ThreadPoolExecutor() as threads:
        asked = threads.submit(server.sparql, slow, "text/csv")
        wait_for(lambda: server.ask("/health").json()["running"] == 1)
        replace(build, TWO)
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: said(server, "reloaded"))
        assert "two" in server.sparql(VALUE).text
        assert asked.result().text.split() == ["n", str(300**3)]


def test_a_build_that_cannot_be_loaded_is_not_served(build: Path) -> None:
    with serving(build) as server:
        replace(build, b"this is no N-Quads\n")
        wait_for(lambda: said(server, "reload-failed"))
        assert "one" in server.sparql(VALUE).text
        assert server.ask("/health").status == 503
        replace(build, TWO)
        wait_for(lambda: said(server, "reloaded"))
        assert "two" in server.sparql(VALUE).text


def test_nothing_is_lost_while_builds_follow_each_other(build: Path) -> None:
    with serving(build, "--no-watch") as server:
        over, seen = threading.Event(), []

        def ask() -> None:
            while not over.is_set():
                seen.append(server.sparql(f"{VALUE} # {len(seen)}").status)

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        for number in range(4):
            replace(build, TWO if number % 2 else ONE)
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda n=number: sum(x["event"] == "reloaded" for x in server.log) > n)
        over.set()
        for thread in asking:
            thread.join()
        assert set(seen) == {200}
        wait_for(lambda: len(processes_of(server)) == 5)


# --- one client ------------------------------------------------------------------------------


@pytest.fixture
def limited(build: Path) -> Iterator[Server]:
    with serving(build, "--client-rate=1", "--proxies=1") as server:
        yield server


def ask_as(server: Server, address: str, query: str = "ASK%7B%7D") -> tuple[int, str]:
    heads = {"X-Forwarded-For": f"203.0.113.9, {address}"}
    answer = server.ask(f"/sparql?query={query}", headers=heads)
    return answer.status, answer.headers.get("retry-after", "")


def test_a_client_that_asks_too_much_is_told_when_to_come_again(limited: Server) -> None:
    answers = [ask_as(limited, "192.0.2.1") for _ in range(12)]
    assert answers[:5] == [(200, "")] * 5
    assert answers[-1] == (429, "1")
    assert ask_as(limited, "192.0.2.2") == (200, "")
    assert limited.ask("/study/tower/", headers={"X-Forwarded-For": "192.0.2.1"}).status == 200
    time.sleep(1.1)
    assert ask_as(limited, "192.0.2.1", "SELECT%20*%20%7B%7D") == (200, "")


def test_a_forwarded_address_counts_only_behind_a_proxy() -> None:
    client = {"client": ("192.0.2.1", 1), "headers": []}
    forwarded = client | {"headers": [(b"x-forwarded-for", b"198.51.100.7")]}
    for proxies, refused in ((0, True), (1, False)):
        limiter = RateLimiter(rate=1, proxies=proxies, clock=lambda: 0.0)
        for _ in range(5):
            limiter.count(client)
        with pytest.raises(HttpError) if refused else contextlib.nullcontext():
            limiter.count(forwarded)


def test_the_table_of_clients_is_bounded() -> None:
    limiter = RateLimiter(rate=1, clock=lambda: 0.0)
    for number in range(MAX_CLIENTS + 500):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        limiter.count({"client": (address, 1), "headers": []})
    assert len(limiter) == MAX_CLIENTS


@given(st.lists(st.floats(0, 20), max_size=60))
def test_no_client_gets_more_than_its_rate(pauses: list[float]) -> None:
    now, asked, waits = 0.0, 0, set()
    limiter = RateLimiter(rate=2, clock=lambda: now)
    for pause in pauses:
        now += pause
        try:
            limiter.count({"client": ("192.0.2.1", 1), "headers": []})
        except HttpError as refusal:
            waits.add(refusal.headers["Retry-After"])
        else:
            asked += 1
    assert asked <= 10 + 2 * now + 1e-6
    assert waits <= {"1"}


# --- answers that are kept -------------------------------------------------------------------


def test_an_answer_is_kept_unless_it_may_differ(build: Path) -> None:
    with serving(build, "--no-watch") as server:
        fixed = [server.sparql(VALUE) for _ in range(3)]
        assert len({(answer.status, answer.body) for answer in fixed}) == 1
        assert server.metric("kb_kept_total") == 2
        assert "<literal" in server.sparql(VALUE, "application/sparql-results+xml").text
        for changing in ("STRUUID()", "RAND()", "NOW()"):
            answers = {server.sparql(f"SELECT ({changing} AS ?x) {{}}").body for _ in range(2)}
            assert len(answers) == 2 or changing == "NOW()"
        assert server.metric("kb_kept_total") == 2
        assert server.sparql("SELECT").status == server.sparql("SELECT").status == 400


def test_the_cache_is_bounded(build: Path) -> None:
    with serving(build, "--no-watch") as server:
        for number in range(MAX_CACHED + 1):
            server.sparql(f"ASK {{}} # {number}")
        server.sparql("ASK {} # 0")
        assert server.metric("kb_kept_total") == 0
        server.sparql(f"ASK {{}} # {MAX_CACHED}")
        assert server.metric("kb_kept_total") == 1


# --- answers of every size -------------------------------------------------------------------

cells = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8"), max_size=9),
    st.sampled_from([',{"', "{}", "[{"]),
)


@given(st.lists(st.tuples(cells, cells), max_size=6))
def test_rows_are_counted_in_every_form(rows: list[tuple[str | None, str | None]]) -> None:
    store = ox.Store()
    text = " ".join(
        f"({' '.join('UNDEF' if cell is None else str(ox.Literal(cell)) for cell in row)})"
        for row in rows
    )
    query = f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {text} }} }}"
    for form in (
        ox.QueryResultsFormat.JSON,
        ox.QueryResultsFormat.XML,
        ox.QueryResultsFormat.CSV,
        ox.QueryResultsFormat.TSV,
    ):
        results = store.query(query)
        assert isinstance(results, ox.QuerySolutions)
        assert count_rows(results.serialize(format=form), form) == len(rows)


def test_a_big_answer_is_never_whole_in_the_server(tmp_path: Path) -> None:
    long = b"x" * 3_000
    quads = b"".join(b'<a:%d> <a:b> "%s" <a:g> .\n' % (n, long) for n in range(9_000))
    with serving(write_build(tmp_path / "build", quads)) as server:
        server.sparql("SELECT * { ?s ?p ?o } LIMIT 100")
        before, most, over = resident(server.process.pid), 0, threading.Event()

        def look() -> None:
            nonlocal most
            while not over.wait(0.002):
                most = max(most, resident(server.process.pid))

        looking = threading.Thread(target=look)
        looking.start()
        for _ in range(3):
            answer = server.sparql("SELECT * { ?s ?p ?o }")
            assert answer.status == 200
            assert len(answer.json()["results"]["bindings"]) == 9_000
        over.set()
        looking.join()
    assert most - before < len(answer.body)


def test_a_slow_client_keeps_no_worker(build: Path) -> None:
    quads = b"".join(b'<a:%d> <a:b> "%s" <a:g> .\n' % (n, b"x" * 500) for n in range(9_000))
    replace(build, quads)
    with (
        serving(build, "--max-concurrent=1") as server,
        socket.create_connection(("127.0.0.1", server.port)) as slow,
    ):
        slow.sendall(b"GET /sparql?query=SELECT*%7B?s?p?o%7D HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.recv(1_000).startswith(b"HTTP/1.1 200")
        for number in range(5):
            assert server.sparql(f"ASK {{}} # {number}").status == 200
        assert server.ask("/health").json()["running"] == 0
