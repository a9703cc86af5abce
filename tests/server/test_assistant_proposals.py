"""What an assistant proposes is checked in the texts, and is never more than a draft."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from support.assistant import Answer, ask
from support.command_line import kb
from support.example_base import TEXTS, content, write_example

from kb import KnowledgeBase

RIGHT = {"endpoint": "VOMITING", "printed": "vomiting in 6 (11%)", "values": {"calmol": "6 (11%)"}}
DRAFTS_FILE = "evidence/drafts/halt.yaml"


def proposal(*blocks: Any, at: str = "2", **more: Any) -> dict[str, Any]:
    """Return the arguments of a proposal for HALT: claims at one place of its paper."""
    report = {"source": "halt-paper", "at": at, "claims": list(blocks)}
    return {"study": "halt", "drafts": {"reports": [report], **more}}


def propose(root: Path, *proposals: dict[str, Any], write: bool = False) -> list[Answer]:
    options = ("--texts", str(TEXTS), *(("--write-drafts",) if write else ()))
    return ask(root, [("propose_claims", one) for one in proposals], *options)


WRONG: dict[str, tuple[Any, str, str]] = {
    "another figure": (
        {**RIGHT, "printed": "vomiting in 7 (11%)", "values": {"calmol": "7 (11%)"}},
        "failed",
        "'vomiting in 7 (11%)' is not printed",
    ),
    "a value that the print does not have": (
        {**RIGHT, "values": {"calmol": "8 (11%)"}},
        "failed",
        "8",
    ),
    "another place": ({**RIGHT, "at": "3"}, "failed", "is not printed in"),
    "a mistyped endpoint": (
        {**RIGHT, "endpoint": "VOMITTING"},
        "refused",
        "endpoint: found 'VOMITTING', expected a known endpoint; did you mean 'VOMITING'?",
    ),
    "a group of no study": (
        {**RIGHT, "values": {"calmoll": "6 (11%)"}},
        "refused",
        "did you mean 'calmol'?",
    ),
    "an unknown field": ({**RIGHT, "accepted": True}, "refused", "accepted"),
    "no print": ({"endpoint": "VOMITING", "values": {"calmol": "6 (11%)"}}, "refused", "printed"),
    "a sentence": (
        {**RIGHT, "printed": "With calmol there was vomiting " * 9},
        "refused",
        "at most 200 characters",
    ),
    "a number": (7, "refused", "expected a mapping of fields"),
    "not a number": ({**RIGHT, "values": {"calmol": float("inf")}}, "refused", ""),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_example(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def verdicts(base: Path) -> list[dict[str, Any]]:
    """The verdicts of one proposal of a right claim and all the wrong ones."""
    before = content(base)
    (answer,) = propose(base, proposal(RIGHT, *(block for block, _, _ in WRONG.values())))
    assert content(base) == before
    assert answer.data["written"].startswith("not written")
    return answer.items


def test_a_right_claim_is_verified_at_its_place(verdicts: list[dict[str, Any]]) -> None:
    assert verdicts[0]["state"] == "verified"
    assert verdicts[0]["place"] == "halt-paper › 2"
    assert verdicts[0]["claims"]
    assert "problems" not in verdicts[0]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_claim_is_told_what_is_wrong(verdicts: list[dict[str, Any]], name: str) -> None:
    _, state, problem = WRONG[name]
    number = list(WRONG).index(name) + 1
    assert verdicts[number]["block"] == f"reports.0.claims.{number}"
    assert verdicts[number]["state"] == state
    assert problem in "; ".join(verdicts[number]["problems"])


def test_without_the_texts_nothing_is_verified(base: Path) -> None:
    (answer,) = ask(base, [("propose_claims", proposal(RIGHT))])
    assert answer.data["states"] in ({"source_unavailable": 1}, {"not_checked": 1})


def test_only_a_proposal_that_is_verified_is_written_as_drafts_once(tmp_path: Path) -> None:
    root = write_example(tmp_path)
    claims = KnowledgeBase(root).evidence.claims
    before = content(root)
    wrong, right, again = propose(
        root,
        proposal(RIGHT, WRONG["another figure"][0]),
        proposal({**RIGHT, "sure": "sure"}),
        proposal(RIGHT),
        write=True,
    )
    assert wrong.data["written"] == "not written: 1 of 2 claims are not verified"
    assert right.data["written"] == DRAFTS_FILE
    assert "drafts that wait for a person" in again.data["written"]
    drafts = (root / DRAFTS_FILE).read_text(encoding="utf-8")
    assert "sure: unsure" in drafts
    assert "proposed by an assistant" in drafts
    assert {name: data for name, data in content(root).items() if name != DRAFTS_FILE} == before
    assert KnowledgeBase(root).evidence.claims == claims
    verified = kb(root, "verify", "--drafts", "--texts", TEXTS)
    assert verified.exit_code == 0
    assert "1 verified" in verified.output


def test_without_the_extra_the_command_says_what_to_install(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mcp", "mcp.server"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "kb.server.assistants.server", raising=False)
    refused = kb(base, "mcp")
    assert refused.exit_code == 3
    assert "pip install 'kb-evidence[mcp]'" in refused.output
