"""The processes that evaluate queries: their limits, and how their answers reach clients."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.served_build import (
    ENDLESS,
    PATIENCE,
    Server,
    processes_of,
    resident,
    serving,
    wait_for,
    write_build,
)

from kb.server.config import MIB, QueryLimits, ServerConfig
from kb.server.errors import HttpError
from kb.server.evaluation import SparqlRequest, count_rows
from kb.server.pool import SpooledBody, WorkerPool

# --- limits ----------------------------------------------------------------------------------

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


def test_a_worker_can_open_neither_connections_nor_files_and_not_exceed_its_memory(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code = CONFINED.format(file=str(tmp_path / "file"))
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["OSError", "OSError", "MemoryError"]


def test_workers_end_with_the_server_even_during_a_query(served_build: Path) -> None:
    with serving(served_build, "--timeout=1") as server:
        asking = threading.Thread(target=ask_endlessly, args=(server,), daemon=True)
        asking.start()
        server.running(1)
        workers = processes_of(server)
        assert len(workers) == 5
        server.process.kill()
        wait_for(lambda: not any(map(alive, workers)))
        asking.join(PATIENCE)


def test_a_query_that_needs_too_much_memory_is_ended(served_build: Path) -> None:
    limits = QueryLimits(seconds=PATIENCE, memory=64 * MIB)
    every_pair_sorted = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f"

    async def ask(pool: WorkerPool) -> None:
        with pytest.raises(HttpError, match="more memory") as refused:
            await pool.answer(SparqlRequest(every_pair_sorted))
        assert refused.value.status == 400
        assert (await pool.answer(SparqlRequest("ASK {}"))).rows == 1

    run_in_pool(ServerConfig(served_build, limits=limits, concurrent=1), ask)


def run_in_pool(config: ServerConfig, ask: Callable[[WorkerPool], Awaitable[None]]) -> None:
    """Call a function with the workers of a build, within this process."""

    async def run() -> None:
        pool = WorkerPool(config)
        await pool.start()
        try:
            await ask(pool)
        finally:
            await pool.stop()

    asyncio.run(run())


def ask_endlessly(server: Server) -> None:
    with contextlib.suppress(OSError):
        server.sparql(ENDLESS)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


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


def test_a_big_answer_is_never_whole_in_the_memory_of_the_server(tmp_path: Path) -> None:
    long = b"x" * 3_000
    quads = b"".join(b'<a:%d> <a:b> "%s" <a:g> .\n' % (n, long) for n in range(9_000))
    with serving(write_build(tmp_path / "build", quads)) as server:
        server.sparql("SELECT * { ?s ?p ?o } LIMIT 100")
        before, peak, stop = resident(server.process.pid), 0, threading.Event()

        def watch() -> None:
            nonlocal peak
            while not stop.wait(0.002):
                peak = max(peak, resident(server.process.pid))

        watching = threading.Thread(target=watch)
        watching.start()
        for _ in range(3):
            answer = server.sparql("SELECT * { ?s ?p ?o }")
            assert answer.status == 200
            assert len(answer.json()["results"]["bindings"]) == 9_000
        stop.set()
        watching.join()
    assert peak - before < len(answer.body)


def test_a_slow_client_does_not_occupy_a_worker(tmp_path: Path) -> None:
    quads = b"".join(b'<a:%d> <a:b> "%s" <a:g> .\n' % (n, b"x" * 500) for n in range(9_000))
    with (
        serving(write_build(tmp_path / "build", quads), "--max-concurrent=1") as server,
        socket.create_connection(("127.0.0.1", server.port)) as slow,
    ):
        slow.sendall(b"GET /sparql?query=SELECT*%7B?s?p?o%7D HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.recv(1_000).startswith(b"HTTP/1.1 200")
        for number in range(5):
            assert server.sparql(f"ASK {{}} # {number}").status == 200
        assert server.ask("/health").json()["running"] == 0


def test_the_size_of_spooled_answers_is_bounded(
    served_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = SparqlRequest("SELECT * { ?s ?p ?o } LIMIT 3000")

    async def ask(pool: WorkerPool) -> None:
        first = await pool.answer(big)
        assert isinstance(first.body, SpooledBody)
        assert len(b"".join(first.body.pieces())) == first.size == pool.spooled
        monkeypatch.setattr("kb.server.pool.MAX_SPOOLED", first.size)
        with pytest.raises(HttpError, match="big answers"):
            await pool.answer(big)
        first.body.close()
        assert pool.spooled == 0
        second = await pool.answer(big)
        assert isinstance(second.body, SpooledBody)
        second.body.close()

    run_in_pool(ServerConfig(served_build), ask)
