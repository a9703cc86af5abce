"""Invented trials of other diseases: the sound ones give no finding, each planted error its own.

The records and the ontology of the trials are in ``synthetic/``; they load without their texts.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from support.environment import ROOT
from support.example_base import SHARED

from kb import KnowledgeBase
from kb.checks import check

HERE = Path(__file__).parent / "synthetic"
EXAMPLE = ROOT / "tests" / "example" / "ontology"
TRIALS = sorted(path.stem for path in HERE.glob("*.yaml") if path.stem != "errors")
ERRORS: list[tuple[str, str, str, str]] = yaml.safe_load((HERE / "errors.yaml").read_text("utf-8"))
SOURCE = """\
id: paper
publication: paper
title: Invented trials
kind: primary-report
credit: Nobody A. Invented trials. 2020.
text: paper.txt
sections:
  - {id: Abstract, label: Abstract, from: Abstract}
  - {id: "1", label: Methods, from: Methods}
  - {id: "2", label: Results, from: Results}
  - {id: Table 1, label: Characteristics, from: Table 1}
"""


def write(root: Path, trials: dict[str, str]) -> Path:
    """Write an evidence base of some trials, each given as the text of its record."""
    for folder in ("ontology", "evidence/studies", "evidence/sources"):
        (root / folder).mkdir(parents=True)
    for name in SHARED:
        shutil.copy(ROOT / "ontology" / f"{name}.ttl", root / "ontology")
    for name in ("drugs", "populations", "regimens"):
        shutil.copy(EXAMPLE / f"{name}.ttl", root / "ontology")
    shutil.copy(HERE / "endpoints.ttl", root / "ontology")
    evidence = root / "evidence"
    shutil.copy(EXAMPLE.parent / "evidence" / "dataset.yaml", evidence)
    citation = '{citation: "Nobody A. 2020", year: 2020, type: journal-article}'
    (evidence / "publications.yaml").write_text(f"publications:\n  paper: {citation}\n", "utf-8")
    (evidence / "sources" / "paper.yaml").write_text(SOURCE, "utf-8")
    for name, text in trials.items():
        (evidence / "studies" / f"{name}.yaml").write_text(text, "utf-8")
    return root


def record(trial: str) -> str:
    return (HERE / f"{trial}.yaml").read_text("utf-8")


def with_error(number: int) -> tuple[str, str]:
    """Return a trial's record with one planted error, under a name of its own."""
    trial, _, old, new = ERRORS[number]
    text, name = record(trial), f"{trial}-{number}"
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {trial}"
    return name, text.replace(old, new).replace(f"id: {trial}\n", f"id: {name}\n")


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The kinds of discrepancy of each trial, of the sound ones and of those with an error."""
    trials = {trial: record(trial) for trial in TRIALS}
    trials |= dict(with_error(number) for number in range(len(ERRORS)))
    base = KnowledgeBase(write(tmp_path_factory.mktemp("synthetic") / "base", trials))
    kinds: dict[str, list[str]] = {trial: [] for trial in trials}
    for one in check(base.evidence, base.vocabulary):
        kinds[one.study].append(one.kind)
    return kinds


@pytest.mark.parametrize("trial", TRIALS)
def test_a_sound_trial_gives_no_finding(reported: dict[str, list[str]], trial: str) -> None:
    assert reported[trial] == []


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_a_planted_error_is_found(reported: dict[str, list[str]], number: int) -> None:
    trial, kind, *_ = ERRORS[number]
    assert kind in reported[f"{trial}-{number}"]
