"""Confidence intervals of proportions: every usual one passes, a slip does not."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt

import pytest
from support.check_material import group, material, people, say

from kb import KnowledgeBase
from kb.analysis.intervals import exact_interval
from kb.checks.discrepancy import Outcome
from kb.checks.proportions import find, interval_of_share, score_interval
from kb.checks.rounding import Span
from kb.model import Claim


def printed(bounds: tuple[float, float], digits: int) -> Span:
    low, high = (Decimal(f"{100 * end:.{digits}f}") for end in bounds)
    return Span(low, high)


def agresti_coull(number: int, of: int) -> tuple[float, float]:
    people = of + 1.96**2
    share = (number + 1.96**2 / 2) / people
    half_width = 1.96 * sqrt(share * (1 - share) / people)
    return share - half_width, share + half_width


@pytest.mark.parametrize("of", [5, 12, 57, 400, 5000])
@pytest.mark.parametrize("digits", [0, 1])
def test_every_usual_interval_passes(of: int, digits: int) -> None:
    for number in {1, 2, 3, of // 3, of // 2, of - 2, of - 1}:
        share = number / of
        wald = 1.96 * sqrt(share * (1 - share) / of)
        usual = (exact_interval(number, of), score_interval(number, of), agresti_coull(number, of))
        for bounds in (*usual, (share - wald, share + wald)):
            judged = interval_of_share(number, of, printed(bounds, digits))
            assert judged is Outcome.CONSISTENT, (number, of, bounds)


@pytest.mark.parametrize(
    ("bounds", "wrong"),
    [
        ("29.1 55.9", False),
        ("30 56", False),
        ("19.1 65.9", False),  # a design effect of 3
        ("11.1 75.9", True),
        ("38.5 45.5", True),  # a standard error for a half-width
    ],
)
def test_a_width_that_no_method_gives(real: KnowledgeBase, bounds: str, *, wrong: bool) -> None:
    low, high = map(Decimal, bounds.split())
    assert (interval_of_share(24, 57, Span(low, high)) is Outcome.INCONSISTENT) is wrong
    assert bool(of_claim(real, low=low, high=high)) is wrong


def of_claim(base: KnowledgeBase, endpoint: str = "CR", **more: object) -> list[str]:
    figure = {"value": "42", "unit": "%", "numerator": 24, "bounds": "ci95", **more}
    claim: Claim = say("a", endpoint, **figure)  # type: ignore[arg-type]
    context = material(base, [people("a", 57), claim], [group("a")])
    return [finding.kind for finding in find(context)]


def test_only_95_percent_intervals_of_counts_are_judged(real: KnowledgeBase) -> None:
    wide = {"low": Decimal("11.1"), "high": Decimal("75.9")}
    assert of_claim(real, **wide) == ["interval-of-proportion"]
    assert of_claim(real, numerator=None, **wide) == ["interval-of-proportion"]
    assert of_claim(real, **{**wide, "bounds": "ci99"}) == []
    assert of_claim(real, **{**wide, "bounds": "range"}) == []
    assert of_claim(real, "OS", **wide) == []  # read off a curve
    assert of_claim(real, value="52", **wide) == []  # of other people


def test_none_and_all_decide_nothing() -> None:
    for number in (0, 20):
        assert interval_of_share(number, 20, Span(Decimal(0), Decimal(100))) is Outcome.NOT_ENOUGH
