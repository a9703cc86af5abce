"""Exclusive categories: what the others leave overrules another number of people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.check_material import group, material, people, say

from kb import KnowledgeBase
from kb.checks.categories import contradicted, fits_rest
from kb.checks.shares import find
from kb.model import Claim


@pytest.mark.parametrize(
    ("count", "share", "others", "outcome"),
    [
        (45, "18.8", [195], "CONSISTENT"),
        (44, "18.8", [195], "INCONSISTENT"),  # the count is wrong
        (45, "19.8", [195], "INCONSISTENT"),  # the percentage is
        (12, "5.0", [195], "NOT_ENOUGH"),  # a category is left out
        (45, "18.8", [250], "NOT_ENOUGH"),
    ],
)
def test_what_the_others_leave(count: int, share: str, others: list[int], outcome: str) -> None:
    assert fits_rest(count, Decimal(share), others, 240).name == outcome


def cause(name: str, number: int, value: str) -> Claim:
    more = {"numerator": number, "value": value, "unit": "%"}
    return say("a", "CAUSE_OF_DEATH", category=name, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "value", "wrong"), [(45, "18.8", False), (45, "19.8", True), (44, "18.8", True)]
)
def test_another_number_of_people_excuses_no_category_that_the_others_contradict(
    real: KnowledgeBase, number: int, value: str, *, wrong: bool
) -> None:
    # 45 of 227 is 19.8%, 44 of 234 is 18.8%.
    others = [people("b", 227), people("c", 234)]
    claims = [people("a", 240), cause("relapse", 195, "81.2"), cause("toxicity", number, value)]
    context = material(real, [*claims, *others], [group(name) for name in "abc"])
    results = context.by_study["s"]
    assert bool(list(contradicted(context, results))) is wrong
    kinds = [f.kind for f in find(context)]
    assert ("count-and-share" in kinds) is wrong
    alone = material(real, [claims[0], claims[2], *others], [group(name) for name in "abc"])
    assert "count-and-share" not in [f.kind for f in find(alone)]
