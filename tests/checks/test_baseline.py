"""Means of randomised arms at baseline: chance explains the one, not the other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.check_material import group, material, people, say

from kb import KnowledgeBase
from kb.checks import CheckContext
from kb.checks.baseline import find
from kb.model import Claim, Time


def kinds_of(
    base: KnowledgeBase, *means: Claim, n: int = 40, design: str = "randomised-trial"
) -> list[str]:
    claims = [people("a", n), people("b", n), *means]
    made = material(base, claims, [group("a"), group("b"), group("c", kind="subgroup")]).evidence
    studies = tuple(replace(study, kind=design) for study in made.studies)
    return [f.kind for f in find(CheckContext(replace(made, studies=studies), base.vocabulary))]


def test_arms_of_two_randomisations_are_not_alike(real: KnowledgeBase) -> None:
    """Children are not compared with adults, though each were randomised."""
    claims = [people("a", 40), people("b", 40), mean("a", "14.1"), mean("b", "54.1")]
    groups = [group("children", kind="cohort"), group("adults", kind="cohort")]
    for within, number in (("adults", 0), ("children", 1)):
        arms = [group("a", within="children"), group("b", within=within)]
        made = material(real, claims, [*groups, *arms]).evidence
        studies = tuple(replace(study, kind="randomised-trial") for study in made.studies)
        context = CheckContext(replace(made, studies=studies), real.vocabulary)
        assert len(list(find(context))) == number


def mean(of: str, value: str, sd: str = "10.2", kind: str = "sd", **more: object) -> Claim:
    spread = {"dispersion": Decimal(sd), "dispersion_kind": kind}
    shown = {"value": value, "unit": "years", **spread, **more}
    return say(of, "AGE", "mean", **shown)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "found"),
    [("54.9", False), ("62.1", False), ("45.1", False), ("84.1", True), ("24.1", True)],
)
def test_a_difference_that_chance_does_not_make(
    real: KnowledgeBase, value: str, *, found: bool
) -> None:
    expected = ["difference-at-baseline"] if found else []
    assert kinds_of(real, mean("a", "54.1"), mean("b", value)) == expected


def test_only_randomised_arms_of_enough_people_at_the_start(real: KnowledgeBase) -> None:
    pair = mean("a", "54.1"), mean("b", "84.1")
    assert kinds_of(real, *pair)
    assert not kinds_of(real, *pair, design="prospective-cohort")
    assert not kinds_of(real, *pair, design="cluster-randomised-trial")
    assert not kinds_of(real, *pair, n=12)
    assert not kinds_of(real, mean("a", "54.1"), mean("c", "84.1", denominator=40))
    assert not kinds_of(real, pair[0], mean("b", "84.1", kind="se"))
    weights = [replace(c, measure=replace(c.measure, endpoint="WBC")) for c in pair]
    assert not kinds_of(real, *weights)
    at_start = [replace(c, measure=replace(c.measure, time=Time(at="baseline"))) for c in weights]
    assert kinds_of(real, *at_start)
