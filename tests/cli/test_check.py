"""``kb check``: the listed findings, the JSON and the exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.command_line import kb
from support.example_base import content, edit, judged_state

from kb import KnowledgeBase
from kb.checks import CheckContext, Discrepancy
from kb.errors import UnavailableError
from kb.records.starter import write_starter

EASE = "evidence/studies/ease.yaml"
HALT = "evidence/studies/halt.yaml"
OPEN = "differs-within-source.ease.AGE.6291f8e7ad"
JUDGED = "differs-from-cited.halt.VOMITING.2b062a147f"


def as_json(root: Path, tmp_path: Path, *words: str) -> dict[str, Any]:
    target = tmp_path / "f.json"
    kb(root, "check", "--json", target, *words)
    found: dict[str, Any] = json.loads(target.read_text("utf-8"))
    return found


def agree(root: Path) -> None:
    """Remove the only discrepancy without an adjudication."""
    edit(
        root,
        EASE,
        "printed: median age of 44, values: {all: 44}",
        "printed: '40', values: {all: 40}",
    )


def test_an_unadjudicated_finding_exits_1(example_root: Path) -> None:
    before = content(example_root)
    result = kb(example_root, "check")
    assert result.exit_code == 1
    (finding,) = [d for d in KnowledgeBase(example_root).discrepancies() if d.id == OPEN]
    assert f"    {OPEN} {finding.state} open\n" in result.output
    assert result.output.endswith("4 material, 0 minor, 0 rounding; 1 not adjudicated\n")
    assert result.stderr == ""
    assert content(example_root) == before


def test_only_adjudicated_findings_exit_0(example_root: Path) -> None:
    agree(example_root)
    result = kb(example_root, "check")
    assert result.exit_code == 0
    assert f"    {JUDGED} {judged_state(JUDGED)} adjudicated\n" in result.output
    assert "    one-stands, 2021-03-04: The review took another figure" in result.output
    assert "3 material, 0 minor, 0 rounding; 0 not adjudicated" in result.output


def test_open_lists_only_unadjudicated_findings(example_root: Path) -> None:
    shown = kb(example_root, "check", "--open").output
    assert OPEN in shown
    assert JUDGED not in shown
    assert JUDGED in kb(example_root, "check").output


def test_findings_are_filtered_by_study(example_root: Path) -> None:
    result = kb(example_root, "check", "--study", "halt")
    assert result.exit_code == 0
    assert JUDGED in result.output
    assert OPEN not in result.output
    assert kb(example_root, "check", "--study", "halt", "--study", "ease").exit_code == 1
    result = kb(example_root, "check", "--study", "hlat")
    assert result.exit_code == 2
    assert "did you mean 'halt'" in result.stderr


def test_a_finding_about_several_studies_belongs_to_each(repo_root: Path) -> None:
    for study in ("tower", "blast"):
        assert (
            "reference-column-shifted alcantara" in kb(repo_root, "check", "--study", study).output
        )
    assert "reference-column-shifted" not in kb(repo_root, "check", "--study", "e1910").output


@pytest.mark.parametrize(
    ("severity", "listed"),
    [("material", (True, False, False)), ("minor", (True, True, False)),
     ("rounding", (True, True, True))],
)  # fmt: skip
def test_findings_are_filtered_by_severity(
    example_root: Path, tmp_path: Path, severity: str, listed: tuple[bool, ...]
) -> None:
    line = "printed: relief in 70%, values: {all: 70%}"
    edit(example_root, EASE, line, "printed: relief in 61%, values: {all: 61%}")
    edit(example_root, HALT, "printed: 36 patients (63%), values: {calmol: 36 (63%)}",
         "printed: 36/57 (64%), values: {calmol: 36/57 (64%)}")  # fmt: skip
    every = {f["severity"] for f in as_json(example_root, tmp_path)["discrepancies"]}
    assert {"material", "minor"} <= every
    data = as_json(example_root, tmp_path, "--severity", severity)
    wanted = [
        s for s, is_in in zip(("material", "minor", "rounding"), listed, strict=True) if is_in
    ]
    assert {f["severity"] for f in data["discrepancies"]} == every & set(wanted)
    assert all(data["counts"][s] == 0 for s in data["counts"] if s not in wanted)


def test_findings_below_the_severity_do_not_change_the_exit_code(example_root: Path) -> None:
    agree(example_root)
    line = "printed: 63% were free of pain, values: {calmol: 63%}"
    edit(example_root, HALT, line, "printed: 64% were free of pain, values: {calmol: 64%}")
    assert kb(example_root, "check", "--severity", "material").exit_code == 0
    assert kb(example_root, "check").exit_code == 1


def test_checks_that_the_ontology_leaves_idle_are_named(example_root: Path, tmp_path: Path) -> None:
    edit(example_root, "ontology/endpoints.ttl", "kb:isGroupSize true", "kb:isGroupSize false")
    result = kb(example_root, "check")
    assert result.stderr == (
        "idle: no endpoint is a group size (kb:isGroupSize): sums of groups, and "
        "proportions against the size of their group, are not checked\n"
    )
    assert as_json(example_root, tmp_path)["idle"] == [result.stderr[6:-1]]


# --- what a program reads --------------------------------------------------------------------


PRINTS = [
    {
        "id": "headache-review.1.VOMITING.calmol",
        "source": "headache-review",
        "section": "1",
        "printed": "vomiting in 16%",
        "noted": "",
        "value": "16",
        "group": "calmol",
    },
    {
        "id": "halt-paper.2.VOMITING.calmol",
        "source": "halt-paper",
        "section": "2",
        "printed": "vomiting in 6 (11%)",
        "noted": "",
        "value": "11",
        "group": "calmol",
    },
]


def test_json_has_every_claim_of_a_finding(example_root: Path, tmp_path: Path) -> None:
    data = as_json(example_root, tmp_path)
    assert set(data) == {"counts", "discrepancies", "idle", "not_run", "stale"}
    assert data["idle"] == data["not_run"] == []
    assert data["counts"] == {"material": 4, "minor": 0, "rounding": 0}
    assert data["stale"] == []
    finding = next(f for f in data["discrepancies"] if f["id"] == JUDGED)
    assert finding.pop("message").startswith("For HALT, section 1 of headache-review differs")
    assert finding.pop("adjudication") == {
        "study": "halt",
        "finding": JUDGED,
        "judged": judged_state(JUDGED),
        "judgement": "one-stands",
        "reason": "The review took another figure than the trial prints.",
        "date": "2021-03-04",
        "stands": ["halt#halt-paper.2.VOMITING.calmol"],
        "faulty": ["halt#headache-review.1.VOMITING.calmol"],
        "grounds": ["primary-publication"],
        "publications": ["halt-2020"],
    }
    assert finding == {
        "id": JUDGED,
        "kind": "differs-from-cited",
        "severity": "material",
        "status": "adjudicated",
        "study": "halt",
        "endpoint": "VOMITING",
        "computation": "16% ≠ 6 (11%)",
        "state": judged_state(JUDGED),
        "claims": PRINTS,
    }


def test_json_of_an_open_finding_has_no_adjudication(example_root: Path, tmp_path: Path) -> None:
    data = as_json(example_root, tmp_path)
    (finding,) = [f for f in data["discrepancies"] if f["status"] == "open"]
    assert (finding["id"], finding["adjudication"]) == (OPEN, None)


def test_every_finding_of_the_papers_has_its_claims(real: KnowledgeBase) -> None:
    found = [finding.data() for finding in real.discrepancies()]
    assert len({data["id"] for data in found}) == len(found) > 0
    claims = {(c.study, c.id) for c in real.evidence.claims}
    for data in found:
        assert data["message"].endswith("."), data["id"]
        assert data["claims"], data["id"]
        for claim in data["claims"]:
            assert all(claim[part] for part in ("id", "source", "section", "group"))
            assert bool(claim["printed"]) != bool(claim["noted"])
    assert {(c.study, c.id) for f in real.discrepancies() for c in f.claims} <= claims


def test_figures_of_swapped_groups_name_both_claims(real: KnowledgeBase) -> None:
    finding = next(f for f in real.discrepancies() if f.kind == "figures-of-another-group")
    places = {(c["source"], c["section"]) for c in finding.data()["claims"]}
    assert ("bruzzese-2025", "5") in places
    assert ("campus-all-2023", "Abstract") in places


# --- without an optional library -------------------------------------------------------------


def test_without_scipy_the_other_checks_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path / "base"
    write_starter(base, "Means of two arms", "https://example.org/means/")
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    result = kb(base, "check")
    needed = "intervals and p-values need scipy: pip install 'kb-evidence[statistics]'\n"
    assert (result.exit_code, result.stderr) == (3, f"not run: baseline: {needed}")
    assert as_json(base, tmp_path)["not_run"] == ["baseline"]
    # Nothing is derived from checks that are not whole.
    exported = kb(base, "export", "claims")
    assert (exported.exit_code, exported.stderr) == (3, needed)
    # What the other checks find is open.
    edit(base, "evidence/studies/example-trial.yaml", "printed: 39 (65%)", "printed: 39 (75%)")
    edit(base, "evidence/studies/example-trial.yaml", "tussolan: 39 (65%)", "tussolan: 39 (75%)")
    assert kb(base, "check").exit_code == 1


def test_an_adjudication_of_what_did_not_run_is_not_stale(
    example_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_context: CheckContext) -> Iterator[Discrepancy]:
        raise UnavailableError("it needs a library")

    agree(example_root)
    monkeypatch.setattr("kb.checks.shares.find", unavailable)
    monkeypatch.setattr("kb.checks.agreement.find", unavailable)
    result = kb(example_root, "check")
    assert result.stderr == "not run: shares, agreement: it needs a library\n"
    assert result.exit_code == 3
