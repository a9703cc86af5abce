"""Standard deviations of a whole against those of its groups: both edges."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.check_material import group, material, people, say

from kb import KnowledgeBase
from kb.checks.spreads import find
from kb.model import Claim

SIZES = people("a", 20), people("b", 60), people("all", 80)


def mean(of: str, value: str, spread: str, kind: str = "sd") -> Claim:
    shown = {"value": value, "dispersion": Decimal(spread), "dispersion_kind": kind}
    return say(of, "AGE", "mean", unit="years", **shown)  # type: ignore[arg-type]


def severities_of(
    base: KnowledgeBase, *claims: Claim, parts: tuple[str, ...] = ("a", "b")
) -> list[str]:
    context = material(base, claims, [group("a"), group("b")], parts)
    return [finding.severity.value for finding in find(context)]


@pytest.mark.parametrize(
    ("spread", "expected"),
    [
        ("8.8", []),
        ("9.1", []),  # a few people are missing
        ("8.2", []),
        ("7.8", ["minor"]),
        ("9.9", ["minor"]),
        ("5.8", ["material"]),
        ("18.8", ["material"]),
    ],
)
def test_the_groups_give_the_spread_of_all(
    real: KnowledgeBase, spread: str, expected: list[str]
) -> None:
    parts = mean("a", "50.0", "8.0"), mean("b", "51.0", "9.0")
    assert severities_of(real, *SIZES, *parts, mean("all", "50.8", spread)) == expected


def test_groups_far_apart_widen_it(real: KnowledgeBase) -> None:
    parts = mean("a", "40.0", "8.0"), mean("b", "60.0", "9.0")
    assert severities_of(real, *SIZES, *parts, mean("all", "55.0", "12.3")) == []
    assert severities_of(real, *SIZES, *parts, mean("all", "55.0", "8.8")) == ["material"]


def test_what_is_not_all_of_the_people_is_not_judged(real: KnowledgeBase) -> None:
    parts = mean("a", "50.0", "8.0"), mean("b", "51.0", "9.0")
    wrong = mean("all", "50.8", "5.8")
    assert severities_of(real, *SIZES, *parts, wrong)
    assert not severities_of(real, *SIZES, *parts, wrong, parts=())
    assert not severities_of(real, *SIZES[:2], people("all", 90), *parts, wrong)
    assert not severities_of(real, *SIZES, *parts, mean("all", "50.8", "1.0", "se"))
    assert not severities_of(real, *SIZES, *parts, mean("all", "50.8", "5.8", ""))
    # One of two prints that fits is enough.
    assert not severities_of(real, *SIZES, *parts, wrong, mean("all", "50.8", "8.8"))
