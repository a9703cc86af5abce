"""Eligibility: what the population of a group rules out, and what it allows."""

from dataclasses import replace
from decimal import Decimal

import pytest
from support.check_material import group, material, say

from kb import KnowledgeBase
from kb.checks import eligibility
from kb.model import Claim


def kinds(base: KnowledgeBase, claim: Claim, population: str) -> list[str]:
    arm = replace(group("a"), population=population)
    return [one.kind for one in eligibility.find(material(base, [claim], [arm]))]


def age(
    value: str | None, low: int, high: int, bounds: str = "range", unit: str = "years"
) -> Claim:
    return say(
        "a",
        "AGE",
        "median",
        value=value,
        low=Decimal(low),
        high=Decimal(high),
        bounds=bounds,
        unit=unit,
    )


@pytest.mark.parametrize(
    ("claim", "population", "wrong"),
    [
        (age("34", 12, 64), "adult", True),
        (age("34", 18, 64), "adult", False),
        (age("34", 12, 64), "rr-b-all-adult", True),
        (age("34", 12, 64), "b-all", False),
        (age("34", 12, 64, "iqr"), "adult", False),
        (age("34", 12, 64, unit="months"), "adult", False),
        (age("64", 60, 69), "aged-60-69", False),
        (age("64", 60, 72), "aged-60-69", True),
        (age("58", 60, 69), "aged-60-69", True),
        (say("a", "AGE", "median", value="16", unit="years"), "adult", True),
        (say("a", "AGE", "median", value="60", operator="<", unit="years"), "aged-70-plus", False),
    ],
)
def test_ages_lie_within_those_of_the_population(
    real: KnowledgeBase, claim: Claim, population: str, wrong: bool
) -> None:
    assert kinds(real, claim, population) == (["outside-population"] if wrong else [])


@pytest.mark.parametrize(
    ("claim", "population", "wrong"),
    [
        (say("a", "PH_POS", numerator=5, unit="patients"), "rr-ph-negative", True),
        (say("a", "PH_POS", value="4", unit="%"), "ph-negative", True),
        (say("a", "PH_POS", numerator=0, unit="patients"), "ph-negative", False),
        (say("a", "PH_POS", numerator=5, unit="patients"), "rr-b-all-adult", False),
        (say("a", "PH_POS", numerator=5, category="negative"), "ph-negative", False),
        (say("a", "PH_POS", text_value="all"), "ph-negative", True),
        (say("a", "PH_POS", text_value="none"), "ph-negative", False),
        (say("a", "CR", numerator=5, unit="patients"), "ph-negative", False),
    ],
)
def test_counts_of_what_the_population_excludes(
    real: KnowledgeBase, claim: Claim, population: str, wrong: bool
) -> None:
    assert kinds(real, claim, population) == (["outside-population"] if wrong else [])
