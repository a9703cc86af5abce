"""A new build replaces the one that is served, without a restart and without errors."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.served_build import ENDLESS, processes_of, serving, wait_for

from kb.server.config import MAX_CACHED

ONE, TWO = b'<a:a> <a:b> "one" <a:g> .\n', b'<a:a> <a:b> "two" <a:g> .\n'
VALUE = "SELECT ?o { ?s ?p ?o }"


def replace_dataset(build: Path, nquads: bytes) -> None:
    """Replace the dataset atomically, as a build does."""
    (build / "new.nq").write_bytes(nquads)
    (build / "new.nq").replace(build / "kb.nq")


def test_a_new_build_is_served_without_a_restart(own_build: Path) -> None:
    with serving(own_build) as server:
        assert "one" in server.sparql(VALUE).text
        (own_build / "site" / "study" / "tower.csv").write_text("b\n2\n", encoding="utf-8")
        replace_dataset(own_build, TWO)
        server.reloaded()
        assert "two" in server.sparql(VALUE).text
        assert server.ask("/study/tower.csv").text == "b\n2\n"
        assert server.ask("/health").json()["build"] == "current"
        wait_for(lambda: len(processes_of(server)) == 5)


def test_a_running_query_is_answered_from_its_own_build(own_build: Path) -> None:
    many = b"".join(b"<a:%d> <a:b> <a:c> <a:g> .\n" % n for n in range(220))
    replace_dataset(own_build, many)
    with (
        serving(own_build, "--no-watch", "--timeout=60") as server,
        ThreadPoolExecutor() as threads,
    ):
        answer = threads.submit(server.sparql, ENDLESS, "text/csv")
        server.running(1)
        replace_dataset(own_build, TWO)
        server.process.send_signal(signal.SIGHUP)
        server.reloaded()
        assert "two" in server.sparql(VALUE).text
        assert answer.result().text.split() == ["n", str(220**3)]


def test_a_build_that_cannot_be_loaded_is_not_served(own_build: Path) -> None:
    with serving(own_build) as server:
        replace_dataset(own_build, b"not N-Quads\n")
        server.logged(event="reload-failed")
        assert "one" in server.sparql(VALUE).text
        assert server.ask("/health").status == 503
        replace_dataset(own_build, TWO)
        server.reloaded()
        assert "two" in server.sparql(VALUE).text


def test_no_query_fails_while_builds_replace_each_other(own_build: Path) -> None:
    with serving(own_build, "--no-watch") as server:
        stop, statuses = threading.Event(), []

        def ask() -> None:
            while not stop.is_set():
                statuses.append(server.sparql(f"{VALUE} # {len(statuses)}").status)

        clients = [threading.Thread(target=ask) for _ in range(3)]
        for client in clients:
            client.start()
        for number in range(4):
            replace_dataset(own_build, TWO if number % 2 else ONE)
            server.process.send_signal(signal.SIGHUP)
            server.reloaded(number + 1)
        stop.set()
        for client in clients:
            client.join()
        assert set(statuses) == {200}
        wait_for(lambda: len(processes_of(server)) == 5)


# --- cached answers --------------------------------------------------------------------------


def test_an_answer_is_cached_unless_it_may_differ(own_build: Path) -> None:
    with serving(own_build, "--no-watch") as server:
        answers = [server.sparql(VALUE) for _ in range(3)]
        assert len({(answer.status, answer.body) for answer in answers}) == 1
        assert server.metric("kb_kept_total") == 2
        assert "<literal" in server.sparql(VALUE, "application/sparql-results+xml").text
        for volatile in ("STRUUID()", "RAND()", "NOW()"):
            bodies = {server.sparql(f"SELECT ({volatile} AS ?x) {{}}").body for _ in range(2)}
            assert len(bodies) == 2 or volatile == "NOW()"
        assert server.metric("kb_kept_total") == 2
        assert server.sparql("SELECT").status == server.sparql("SELECT").status == 400


def test_the_cache_is_bounded(own_build: Path) -> None:
    with serving(own_build, "--no-watch") as server:
        for number in range(MAX_CACHED + 1):
            server.sparql(f"ASK {{}} # {number}")
        server.sparql("ASK {} # 0")
        assert server.metric("kb_kept_total") == 0
        server.sparql(f"ASK {{}} # {MAX_CACHED}")
        assert server.metric("kb_kept_total") == 1
