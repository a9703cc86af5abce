"""Figures are those of the group that their sentence names; both edges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.example_base import BASE, write_example

from kb import KnowledgeBase
from kb.model import Claim, Figure, Group, Measure
from kb.records.shared_schema import Span
from kb.records.vocabulary import Vocabulary
from kb.sources.agreement import Agreement
from kb.sources.arms import Arms, arms_by_study
from kb.sources.names import Names, names_of
from kb.sources.text import SourceText, load_texts
from kb.sources.verify import VerificationState, verify

CASES = yaml.safe_load(Path(__file__).with_name("arms.yaml").read_text("utf-8"))
ARMS = ("calmol", "placebo")
GROUPS = [
    Group("halt", "all", "all patients", "whole"),
    Group(
        "halt", "calmol", "calmol arm (CAL)", "arm", "all", role="experimental", regimen="calmol"
    ),
    Group("halt", "placebo", "placebo arm", "arm", "all", role="comparator", regimen="placebo"),
    Group("halt", "relief", "patients with relief", "subgroup", "all", who_endpoint="RELIEF"),
]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    root = write_example(tmp_path_factory.mktemp("example"))
    return names_of(Vocabulary.load(root / "ontology", BASE))


def faults(names: Names, case: dict[str, Any], groups: tuple[str, ...]) -> list[str]:
    """Return what disagrees if the figures of the two arms are stored for these groups."""
    text = "Section S\n" + re.sub("[«»]", "", case["text"])
    marked = re.findall("«(.*?)»", case["text"], re.DOTALL)
    printed = case.get("print", marked[0])
    unit = case.get("unit", "months" if "months" in case["text"] else "score")
    claims = [
        Claim(
            arm, "b", "result", "value", Measure("halt", group, "RELIEF", "value"), "paper", "S",
            printed, figure=Figure(value=Decimal(str(case[arm])), unit=unit),
        )
        for arm, group in zip(ARMS, groups, strict=True)
    ]  # fmt: skip
    span = Span.model_validate({"id": "S", "label": "S", "from": "Section S"})
    source = SourceText("paper", text, [span])
    assert source.find("S", printed)
    by_claim = Agreement(claims, names, Arms(GROUPS, names), source).faults()
    return [fault for found in by_claim.values() for fault in found]


@pytest.mark.parametrize("case", [*CASES["named"], *CASES["silent"]], ids=lambda c: c["text"])
def test_figures_of_their_own_groups_are_accepted(names: Names, case: dict[str, Any]) -> None:
    assert faults(names, case, ARMS) == []


@pytest.mark.parametrize("case", CASES["named"], ids=lambda case: case["text"])
def test_exchanged_figures_are_refused(names: Names, case: dict[str, Any]) -> None:
    assert any("it is printed for" in fault for fault in faults(names, case, ARMS[::-1]))


@pytest.mark.parametrize("case", CASES["silent"], ids=lambda case: case["text"])
def test_where_no_group_is_named_none_is_guessed(names: Names, case: dict[str, Any]) -> None:
    assert faults(names, case, ARMS[::-1]) == []


def pairs(claims: list[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Yield the claims of one block that differ in their group and value alone."""
    for one, other in combinations(claims, 2):
        alike = replace(one.measure, group=other.measure.group) == other.measure
        if alike and not one.measure.comparator and one.figure.value != other.figure.value:
            yield one, other


def test_most_exchanged_arms_of_the_papers_are_refused(
    real: KnowledgeBase, source_texts: Path
) -> None:
    names = names_of(real.vocabulary)
    arms = arms_by_study(real.evidence.groups, names)
    texts = load_texts(source_texts, real.records.sources.values())
    blocks: dict[tuple[str, ...], list[Claim]] = {}
    for one in verify(real.evidence, texts, real.vocabulary):
        if one.state is VerificationState.VERIFIED:
            claim = one.claim
            blocks.setdefault((claim.study, claim.source, claim.block), []).append(claim)
    refused = []
    for block in blocks.values():
        for one, other in pairs(block):
            exchanged = [
                replace(one, measure=other.measure),
                replace(other, measure=one.measure),
            ]
            agreement = Agreement(exchanged, names, arms[one.study], texts[one.source])
            refused.append(any(agreement.faults().values()))
    assert len(refused) > 100
    assert sum(refused) > 0.6 * len(refused)
