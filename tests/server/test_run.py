"""Operation: health, metrics, log, graceful stop, and the command's errors."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.served_build import ENDLESS, Server, processes_of, serving, wait_for, write_build

from kb.cli.main import main

# --- health, metrics, log --------------------------------------------------------------------


def test_health_describes_the_build_that_is_served(server: Server, served_build: Path) -> None:
    answer = server.ask("/health")
    assert answer.json() == {
        "status": "ok",
        "quads": (served_build / "kb.nq").read_bytes().count(b"\n"),
        "running": 0,
        "build": "current",
    }
    assert answer.headers["cache-control"] == "no-store"


def test_metrics_count_requests_rows_and_refusals(served_build: Path) -> None:
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


def test_the_log_has_a_line_for_each_request_without_private_data(server: Server) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 3\n#" + "secret " * 100
    server.ask(
        "/sparql?a=private", "POST", query.encode(), {"Content-Type": "application/sparql-query"}
    )
    line = server.logged(path="/sparql", method="POST")[-1]
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


def test_a_client_cannot_forge_a_line_of_the_log(server: Server) -> None:
    before = len(server.log)
    server.ask("/a%0a%7B%22event%22:%22forged%22%7D")
    server.sparql('ASK {}\n{"event": "forged"}')
    assert any("forged" in line["query"] for line in server.logged(path="/sparql", status=400))
    assert not [line for line in server.log[before:] if line["event"] == "forged"]


def test_the_body_of_a_small_answer_is_sent_at_once(server: Server) -> None:
    """Without TCP_NODELAY each body would wait 40 ms for its head to be acknowledged."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    seconds = []
    for _ in range(30):
        started = time.perf_counter()
        connection.request("GET", "/sparql?query=ASK%7B%7D")
        assert connection.getresponse().read()
        seconds.append(time.perf_counter() - started)
    connection.close()
    assert min(seconds) < 0.03


# --- stopping --------------------------------------------------------------------------------


def test_running_queries_are_answered_before_the_server_stops(served_build: Path) -> None:
    with serving(served_build, "--timeout=2") as server, ThreadPoolExecutor() as threads:
        answer = threads.submit(server.sparql, ENDLESS)
        server.running(1)
        workers = processes_of(server)
        assert server.stop() == 0
        assert answer.result().status == 504
        assert [line["event"] for line in server.log[-3:]] == ["stopping", "request", "stopped"]
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_an_endless_query_is_cancelled_when_the_server_stops(served_build: Path) -> None:
    with serving(served_build, "--timeout=600") as server, ThreadPoolExecutor() as threads:
        answer = threads.submit(server.sparql, ENDLESS)
        server.running(1)
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 30
        response = answer.result()
        assert response.status == 503
        assert "stopping" in response.text
        assert "retry-after" in response.headers


def test_a_stopping_server_accepts_no_new_connections(served_build: Path) -> None:
    with serving(served_build, "--timeout=2") as server, ThreadPoolExecutor() as threads:
        answer = threads.submit(server.sparql, ENDLESS)
        server.running(1)
        server.process.send_signal(signal.SIGTERM)
        server.logged(event="stopping")
        wait_for(lambda: not accepts_connections(server))
        assert answer.result().status == 504


def test_a_server_that_cannot_start_workers_ends_with_an_error(served_build: Path) -> None:
    with serving(served_build) as server:
        os.kill(processes_of(server)[0], signal.SIGKILL)
        assert server.ended() == 3
        assert "has ended" in "".join(server.stderr)
        server.stderr.clear()


def accepts_connections(server: Server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port)).close()
    except ConnectionRefusedError:
        return False
    return True


# --- the command -----------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, ["serve", *arguments])
    return answer.exit_code, answer.output


def test_a_folder_without_a_build_is_an_error(tmp_path: Path) -> None:
    code, output = run(f"--build={tmp_path}")
    assert code == 3
    assert "run `kb build` first" in output


def test_a_dataset_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build", b"not a dataset\n")
    code, output = run(f"--build={build}", "--port=0")
    assert code == 3
    assert "kb.nq" in output


def test_a_port_in_use_is_an_error(served_build: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, output = run(f"--build={served_build}", f"--port={taken.getsockname()[1]}")
    assert code == 2
    assert "in use" in output


@pytest.mark.parametrize(
    "option", ["--timeout=0", "--max-rows=0", "--max-concurrent=0", "--port=70000"]
)
def test_limits_out_of_range_are_refused(option: str) -> None:
    code, output = run(option)
    assert code == 2
    assert "Invalid value" in output
