"""Work in a child process: endless queries and those that fill the memory end with an error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.command_line import kb

from kb import KnowledgeBase
from kb.errors import NotFoundError, Problem, QueryError, RecordError
from kb.stores import base as kb_store
from kb.util.child import deferred_interrupt, run_limited

ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
EXPLODING = {
    "a count": f"SELECT (COUNT(*) AS ?n) {{ {ALL} }}",
    "rows": f"SELECT * {{ {ALL} }}",
    "rows that never come": f"SELECT * {{ {ALL} FILTER(?c = ?f && ?f != ?c) }}",
    "a question": f"ASK {{ {ALL} FILTER(?c = ?f && ?f != ?c) }}",
    "a path": "SELECT (COUNT(*) AS ?n) { ?a (!<a:a>)* ?b . ?c (!<a:a>)* ?d . ?e (!<a:a>)* ?f }",
    "a regular expression": (
        f"ASK {{ {ALL} FILTER(REGEX(CONCAT(STR(?a), STR(?d), STR(?g)), '^(a+)+(b*)*$')) }}"
    ),
}


@pytest.mark.parametrize("name", EXPLODING)
def test_a_query_that_explodes_is_stopped(
    example_root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(kb_store, "MAX_ROWS", 1000)
    ran = kb(example_root, "query", "--timeout", "0.5", EXPLODING[name])
    assert ran.exit_code == 2
    assert "no answer within 0.5 seconds" in ran.output or "more than 1,000 rows" in ran.output
    assert len(ran.output.splitlines()) == 1


def test_an_answer_is_complete_or_refused(
    example: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT * { ?s a ?o } LIMIT 10"
    monkeypatch.setattr(kb_store, "MAX_ROWS", 10)
    assert len(example.sparql(query)) == 10
    monkeypatch.setattr(kb_store, "MAX_ROWS", 9)
    with pytest.raises(QueryError, match="more than 9 rows"):
        example.sparql(query)
    with pytest.raises(QueryError, match="more than 9 rows"):
        example.store.graph("CONSTRUCT WHERE { ?s a ?o }")


def test_an_error_in_the_child_is_raised_in_the_parent() -> None:
    def broken() -> None:
        raise NotFoundError.of("study", "towr", ["tower"])

    with pytest.raises(NotFoundError, match="did you mean 'tower'"):
        run_limited(60, broken)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_waits_until_the_child_can_be_killed() -> None:
    handler, reached = signal.getsignal(signal.SIGINT), []

    def start() -> None:
        with deferred_interrupt():
            signal.raise_signal(signal.SIGINT)
            reached.append("the end")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert reached
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_child_ends_at_the_time_limit(tmp_path: Path) -> None:
    mark = tmp_path / "process"

    def work() -> None:
        mark.write_text(str(os.getpid()), encoding="utf-8")
        time.sleep(600)

    with pytest.raises(QueryError, match=r"no answer within 1\.5 seconds"):
        run_limited(1.5, work)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text(encoding="utf-8")), 0)


def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "process"
    code = (
        "import os, pathlib, time\n"
        "from kb.util.child import run_limited\n"
        "def work():\n"
        f"    pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "run_limited(1, work)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    while not (mark.exists() and mark.read_text("utf-8")):
        assert parent.poll() is None
        time.sleep(0.01)
    parent.kill()
    parent.wait()
    state = Path("/proc", mark.read_text("utf-8"), "stat")
    for _ in range(1000):
        if not state.exists() or ") Z " in state.read_text("utf-8"):
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child goes on without its parent")


def test_an_answer_that_needs_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.util.child.MEMORY", 100_000_000)
    with pytest.raises(QueryError, match="takes too much memory"):
        run_limited(60, lambda: b"x" * 1_000_000_000)
    with pytest.raises(QueryError, match="the engine stopped"):
        run_limited(60, lambda: os._exit(7))
    assert len(run_limited(60, lambda: b"x" * 10_000_000)) == 10_000_000
    assert len(run_limited(60, lambda: b"x" * 200_000_000, memory=10**9)) == 200_000_000


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_an_impossible_time_limit_is_refused(seconds: float) -> None:
    with pytest.raises(QueryError, match="a time limit is"):
        run_limited(seconds, lambda: 7)


def test_the_problems_of_an_error_come_out_of_the_child_as_they_are() -> None:
    problem = Problem("a.yaml", 7, "claims.0", "OSS", "an endpoint", "OS")

    def work() -> None:
        raise RecordError([problem])

    with pytest.raises(RecordError) as error:
        run_limited(60, work)
    assert error.value.problems == (problem,)
