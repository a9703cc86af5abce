"""Hostile arguments and messages: refused with a clear message, and the server answers on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.assistant import ROOT, Answer, Call, ask, command, with_client
from support.example_base import content, edit, write_example

from kb import KnowledgeBase
from kb.server.assistants.tools import Tools

REFUSED: dict[str, tuple[Call, str]] = {
    "a mistyped tool": (("claim", {}), "no tool 'claim'; did you mean 'claims'?"),
    "a mistyped filter": (
        ("claims", {"studdy": "halt"}),
        "no argument 'studdy'; did you mean 'study'?",
    ),
    "no filter": (("claims", {}), "expected at least one filter"),
    "a mistyped study": (("study", {"study": "hault"}), "no study 'hault'; did you mean 'halt'?"),
    "a path": (("study", {"study": "../../etc/passwd"}), "no study '../../etc/passwd'"),
    "a path of a claim": (("explain", {"claim": "file:///etc/passwd"}), "no claim"),
    "control characters": (("study", {"study": "\x1b[2J\u202e\x00"}), "no study '\\x1b[2J"),
    "a text for a number": (("claims", {"study": "halt", "limit": "all"}), "limit: found 'all'"),
    "a limit of nothing": (("claims", {"study": "halt", "limit": 0}), "limit: found 0"),
    "a limit of everything": (("claims", {"study": "halt", "limit": 10**6}), "less than or equal"),
    "a start before the first": (("claims", {"study": "halt", "start": -1}), "start: found -1"),
    "a start after the last": (
        ("claims", {"study": "halt", "start": 9_999}),
        "less than the total",
    ),
    "a long text": (("search", {"query": "x" * 100_000}), "at most 200 characters"),
    "an empty text": (("search", {"query": ""}), "at least 1 character"),
    "a list for a text": (("study", {"study": ["halt"]}), "study: found ['halt']"),
    "a missing argument": (("study", {}), "study: expected this argument"),
    "an unknown kind": (("search", {"query": "x", "kind": "file"}), "kind: found 'file'"),
    "an unknown statistic": (
        ("claims", {"study": "halt", "statistic": "medain"}),
        "did you mean 'median'?",
    ),
    "an unknown endpoint": (("discrepancies", {"endpoint": "PAIN"}), "no endpoint 'PAIN'"),
    "an unknown study to compare": (
        ("compare", {"endpoint": "RELIEF", "studies": ["halt", "hlat"]}),
        "no study 'hlat'",
    ),
    "many studies to compare": (
        ("compare", {"endpoint": "RELIEF", "studies": ["halt"] * 50}),
        "at most 20 items",
    ),
    "another server": (
        ("sparql", {"query": "SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }"}),
        "SERVICE is not allowed",
    ),
    "an update": (("sparql", {"query": "DROP ALL"}), "DROP is not allowed"),
    "a file": (("sparql", {"query": "LOAD <file:///etc/passwd>"}), "LOAD is not allowed"),
    "a graph": (("sparql", {"query": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"}), "SELECT and ASK"),
    "no SPARQL": (("sparql", {"query": "SELECT * {"}), "not well formed"),
    "too many rows": (
        ("sparql", {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"}),
        "rows",
    ),
    "a proposal for no study": (
        ("propose_claims", {"study": "../halt", "drafts": {"reports": []}}),
        "no study '../halt'",
    ),
    "a proposal of nothing": (
        ("propose_claims", {"study": "halt", "drafts": {}}),
        "found 0 claims, expected 1 to 100",
    ),
    "a proposal with a path": (
        ("propose_claims", {"study": "halt", "drafts": {"file": "/etc/passwd"}}),
        "found 'file', expected the fields groups and reports",
    ),
    "a proposal without lists": (
        ("propose_claims", {"study": "halt", "drafts": {"reports": [{"claims": "all"}]}}),
        "reports.0.claims: expected a list",
    ),
    "a proposal of too many": (
        ("propose_claims", {"study": "halt", "drafts": {"reports": [{"claims": [{}] * 101}]}}),
        "found 101 claims",
    ),
    "a proposal that is too long": (
        ("propose_claims", {"study": "halt", "drafts": {"reports": ["x" * 300_000]}}),
        "expected at most 200,000 characters",
    ),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_example(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def answers(base: Path) -> dict[str, Answer]:
    """The answers of one server to all of it, and to a question that it must still answer."""
    before = content(base)
    calls = [call for call, _ in REFUSED.values()]
    *refused, last = ask(base, [*calls, ("study", {"study": "halt"})], "--write-drafts")
    assert last.data["name"] == "HALT"
    assert content(base) == before
    return dict(zip(REFUSED, refused, strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_hostile_is_refused_with_a_reason(answers: dict[str, Answer], name: str) -> None:
    answer = answers[name]
    assert answer.is_refused
    assert REFUSED[name][1] in answer.text
    assert "Traceback" not in answer.text
    assert "\x1b" not in answer.text
    assert len(answer.text) < 1_000


def messages(*calls: str) -> bytes:
    """Return the messages of a client: a handshake, then calls as raw JSON."""
    initialize: dict[str, Any] = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "raw", "version": "0"},
    }
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": initialize}),
        '{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        *calls,
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def test_messages_that_no_client_sends_leave_the_server_answering(base: Path) -> None:
    call = '{"jsonrpc": "2.0", "id": %d, "method": "tools/call", "params": %s}'
    lines = (
        "not json",
        call % (1, '{"name": "search", "arguments": {"query": "\\ud800"}}'),
        call
        % (
            2,
            '{"name": "propose_claims", "arguments": {"study": "halt", "drafts": '
            + '{"reports":' * 150
            + "1"
            + "}" * 150
            + "}}",
        ),
        call % (3, '{"name": "study", "arguments": {"study": "halt"}}'),
    )
    errors = base.parent / "errors.txt"
    with (
        errors.open("wb") as log,
        subprocess.Popen(
            [sys.executable, *command(base).args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={"PYTHONPATH": str(ROOT)},
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        process.stdin.write(messages(*lines))
        process.stdin.flush()
        answers: dict[Any, Any] = {}
        while 3 not in answers and (line := process.stdout.readline()):
            answer = json.loads(line)
            answers[answer.get("id")] = answer
        process.stdin.close()
        code = process.wait(60)
    assert "HALT" in answers[3]["result"]["content"][0]["text"]
    assert "Traceback" not in json.dumps(answers)
    assert code == 0


def test_tools_are_described_with_their_arguments(base: Path) -> None:
    tools = with_client(base, lambda client: client.list_tools()).tools
    reading = {tool.name for tool in tools if tool.annotations.read_only_hint}
    assert {tool.name for tool in tools} - reading == {"propose_claims"}
    for tool in tools:
        assert len(tool.description.split()) > 15
        for argument in tool.input_schema["properties"].values():
            assert {"description", "enum", "anyOf"} & argument.keys()


def test_pages_are_together_the_whole_answer(base: Path) -> None:
    tools = Tools(KnowledgeBase(base))
    whole = [one["claim"] for one in tools.claims(study="halt", limit=50)["items"]]
    found: list[str] = []
    start: int | None = 0
    while start is not None:
        page = tools.claims(study="halt", start=start, limit=7)
        assert page["total"] == len(whole)
        found += [one["claim"] for one in page["items"]]
        start = page.get("more")
    assert found == whole


def test_a_changed_record_is_read_again(tmp_path: Path) -> None:
    root = write_example(tmp_path)
    tools = Tools(KnowledgeBase(root))
    assert tools.study("halt")["name"] == "HALT"
    edit(root, "evidence/studies/halt.yaml", "name: HALT", "name: STOP")
    assert tools.study("halt")["name"] == "STOP"
