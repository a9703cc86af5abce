"""Numbers needed to treat against counts, percentages and differences: both edges."""

from __future__ import annotations

import pytest
from support.check_material import compared, group, material, say, share

from kb import KnowledgeBase
from kb.checks import Discrepancy
from kb.checks.needed import find
from kb.model import Claim


def discrepancies_of(base: KnowledgeBase, *claims: Claim) -> list[Discrepancy]:
    return list(find(material(base, claims, [group("a"), group("b")])))


def needed(value: str, **more: object) -> Claim:
    return compared("CR", "number-needed-to-treat", value=value, **more)


def counted(of: str, number: int, size: int) -> Claim:
    return say(of, "CR", numerator=number, denominator=size, unit="%")


@pytest.mark.parametrize(
    ("value", "wrong"), [("4", False), ("5", True), ("3.6", False), ("3", True), ("6", True)]
)
def test_the_counts_of_both_groups_give_it(real: KnowledgeBase, value: str, *, wrong: bool) -> None:
    # 22/40 - 11/40 = 27.5 points: 3.6, printed as 4 or rounded up.
    groups = (counted("a", 22, 40), counted("b", 11, 40))
    assert bool(discrepancies_of(real, *groups, needed(value))) is wrong


@pytest.mark.parametrize(
    ("value", "wrong"), [("8", False), ("9", False), ("7", True), ("10", False), ("11", True)]
)
def test_the_percentages_of_both_groups_give_it(
    real: KnowledgeBase, value: str, *, wrong: bool
) -> None:
    # 42 - 30: 11 to 13 points, 7.7 to 9.1, which may be rounded up.
    kinds = [
        f.kind for f in discrepancies_of(real, share("a", "42"), share("b", "30"), needed(value))
    ]
    assert kinds == (["needed-against-values"] if wrong else [])


def test_a_printed_difference_gives_it_too(real: KnowledgeBase) -> None:
    difference = compared("CR", "risk-difference", value="20.1", unit="%")
    assert not discrepancies_of(real, difference, needed("5"))
    (finding,) = discrepancies_of(real, difference, needed("8"))
    assert "but 20.1% gives 5.0" in finding.message
    # One of two figures that fits is enough.
    assert not discrepancies_of(real, share("a", "42"), share("b", "30"), difference, needed("5"))


def test_what_is_adjusted_or_of_other_people_is_not_judged(real: KnowledgeBase) -> None:
    groups = share("a", "42"), share("b", "30")
    assert not discrepancies_of(real, *groups, needed("20", operator=">"))
    assert not discrepancies_of(real, *groups, compared("OS", "number-needed-to-treat", value="20"))
    assert not discrepancies_of(real, needed("20"))
    assert not discrepancies_of(real, share("a", "42"), share("b", "41.6"), needed("20"))
