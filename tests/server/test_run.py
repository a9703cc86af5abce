"""Whoever runs the server sees how it does, and stops it without losing answers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.served_build import EXPLODING, Server, processes_of, serving, wait_for, write_build

from kb.cli.main import main

# --- health, metrics, log --------------------------------------------------------------------


def test_health_says_what_is_served(server: Server, served_build: Path) -> None:
    answer = server.ask("/health")
    assert answer.json() == {
        "status": "ok",
        "quads": (served_build / "kb.nq").read_bytes().count(b"\n"),
        "running": 0,
        "build": "current",
    }
    assert answer.headers["cache-control"] == "no-store"


def test_metrics_count_what_was_asked(served_build: Path) -> None:
    with serving(served_build) as server:
        for _ in range(3):
            server.sparql("SELECT * { ?s ?p ?o } LIMIT 7")
        server.sparql("SELECT")
        server.sparql("CLEAR ALL")
        server.ask("/study/tower/")
        server.ask("/study/none")
        assert server.metric('kb_requests_total{place="sparql",status="200"}') == 3
        assert server.metric('kb_requests_total{place="sparql",status="400"}') == 1
        assert server.metric('kb_requests_total{place="site",status="200"}') == 1
        assert server.metric('kb_requests_total{place="site",status="404"}') == 1
        assert server.metric("kb_rows_total") == 21
        assert server.metric("kb_query_seconds_count") == 3
        assert server.metric("kb_kept_total") == 2
        assert server.metric('kb_refused_total{reason="malformed"}') == 1
        assert server.metric('kb_refused_total{reason="forbidden"}') == 1
        assert server.metric("kb_queries_running") == 0
        kind = server.ask("/metrics").headers["content-type"]
    assert kind.startswith("text/plain; version=0.0.4")


def test_the_log_has_a_line_for_each_request_and_no_more_than_it_should(server: Server) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 3\n#" + "secret " * 100
    server.ask(
        "/sparql?a=private", "POST", query.encode(), {"Content-Type": "application/sparql-query"}
    )
    line = server.requests("/sparql")[-1]
    assert (line["event"], line["method"], line["status"], line["rows"]) == (
        "request",
        "POST",
        200,
        3,
    )
    assert len(line["query"]) == 120
    assert line["ms"] > 0
    assert line["bytes"] > 0
    assert "127.0.0.1" not in json.dumps(line)
    assert "private" not in json.dumps(line)


def test_nobody_can_write_a_line_of_the_log(server: Server) -> None:
    before = len(server.log)
    server.ask("/a%0a%7B%22event%22:%22forged%22%7D")
    server.sparql('ASK {}\n{"event": "forged"}')
    assert len(server.requests("/sparql")) > 0
    assert not [line for line in server.log[before:] if line["event"] == "forged"]


def test_small_answers_do_not_wait_for_each_other(server: Server) -> None:
    """Head and body in two packets, the second held back, would take 40 milliseconds each."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    seconds = []
    for _ in range(30):
        started = time.perf_counter()
        connection.request("GET", "/sparql?query=ASK%7B%7D")
        assert connection.getresponse().read()
        seconds.append(time.perf_counter() - started)
    connection.close()
    assert statistics.median(seconds) < 0.03


# --- stopping --------------------------------------------------------------------------------


def test_a_query_at_work_is_answered_before_the_server_stops(served_build: Path) -> None:
    with serving(served_build, "--timeout=2") as server, ThreadPoolExecutor() as threads:
        asked = threads.submit(server.sparql, EXPLODING)
        wait_for(lambda: server.ask("/health").json()["running"] == 1)
        made = processes_of(server)
        assert server.stop() == 0
        assert asked.result().status == 504
        assert [line["event"] for line in server.log[-3:]] == ["stopping", "request", "stopped"]
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in made))


def test_a_query_without_end_is_cancelled_when_the_server_stops(served_build: Path) -> None:
    with serving(served_build, "--timeout=600") as server, ThreadPoolExecutor() as threads:
        asked = threads.submit(server.sparql, EXPLODING)
        wait_for(lambda: server.ask("/health").json()["running"] == 1)
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 10
        answer = asked.result()
        assert answer.status == 503
        assert "stopping" in answer.text
        assert "retry-after" in answer.headers


def test_a_stopping_server_takes_no_new_connections(served_build: Path) -> None:
    with serving(served_build, "--timeout=2") as server, ThreadPoolExecutor() as threads:
        asked = threads.submit(server.sparql, EXPLODING)
        wait_for(lambda: server.ask("/health").json()["running"] == 1)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", server.port))
        assert asked.result().status == 504


def test_a_server_that_can_make_no_workers_ends_with_an_error(served_build: Path) -> None:
    with serving(served_build) as server:
        os.kill(processes_of(server)[0], signal.SIGKILL)
        assert server.process.wait(20) == 3
        server._reader.join(10)
        assert "has ended" in "".join(server._other)
        server._other.clear()


# --- the command -----------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, ["serve", *arguments])
    return answer.exit_code, answer.output


def test_a_folder_without_a_build_is_told(tmp_path: Path) -> None:
    code, told = run(f"--build={tmp_path}")
    assert code == 3
    assert "run `kb build` first" in told


def test_a_dataset_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build", b"this is no dataset\n")
    code, told = run(f"--build={build}", "--port=0")
    assert code == 3
    assert "kb.nq" in told


def test_a_port_in_use_is_told(served_build: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, told = run(f"--build={served_build}", f"--port={taken.getsockname()[1]}")
    assert code == 2
    assert "in use" in told


@pytest.mark.parametrize(
    "option", ["--timeout=0", "--max-rows=0", "--max-concurrent=0", "--port=70000"]
)
def test_limits_that_are_none_are_refused(option: str) -> None:
    code, told = run(option)
    assert code == 2
    assert "Invalid value" in told
