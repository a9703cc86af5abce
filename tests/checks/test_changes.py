"""Changes of one group and their p-values against means before and after: both edges."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.check_material import group, material, people, say

from kb import KnowledgeBase
from kb.checks.change_tests import gap_of_change
from kb.checks.changes import find
from kb.model import Claim, ComparisonResult, Time

OUTCOME = "WBC"


def findings_of(base: KnowledgeBase, *claims: Claim, n: int = 30) -> list[tuple[str, str]]:
    context = material(base, [people("a", n), *claims], [group("a")])
    return [(finding.kind, finding.severity.value) for finding in find(context)]


def at(  # noqa: PLR0913 - a figure has as many parts
    time: str,
    value: str,
    sd: str = "",
    p: str = "",
    *,
    statistic: str = "mean",
    n: int | None = None,
    p_for: str = "change-over-time",
) -> Claim:
    spread = {"dispersion": Decimal(sd), "dispersion_kind": "sd"} if sd else {}
    figure = {"value": value, "unit": "10^9/L", "denominator": n, **spread}
    made = say("a", OUTCOME, statistic, time=Time(at=time), **figure)  # type: ignore[arg-type]
    result = ComparisonResult(f"={p}", "=", Decimal(p), p_for=p_for) if p else ComparisonResult()
    return replace(made, result=result)


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ("0.001", []),
        ("0.03", []),  # of another test
        ("0.26", [("p-of-paired-means", "material")]),
        ("0.85", [("p-of-paired-means", "material")]),
    ],
)
def test_a_p_of_two_times(real: KnowledgeBase, p: str, expected: list[tuple[str, str]]) -> None:
    before, after = at("baseline", "66.1", "5.2"), at("12 weeks", "58.8", "4.1", p)
    assert findings_of(real, before, after) == expected


def test_only_a_p_of_the_change_of_as_many_people_is_judged(real: KnowledgeBase) -> None:
    before, after = at("baseline", "66.1", "5.2"), at("12 weeks", "58.8", "4.1", "0.85")
    assert findings_of(real, before, after)
    assert not findings_of(real, before, replace(after, result=ComparisonResult("=0.85", "=")))
    other = replace(after, result=replace(after.result, p_for=""))
    assert not findings_of(real, before, other)
    assert not findings_of(real, before, at("12 weeks", "58.8", "4.1", "0.85", n=24))
    assert not findings_of(real, replace(before, source="another"), after)
    assert not findings_of(real, at("4 weeks", "66.1", "5.2"), after)


@pytest.mark.parametrize(
    ("value", "sd", "p", "expected"),
    [
        ("0.98", "2.41", "0.031", []),
        ("0.98", "2.41", "0.016", []),  # one-sided
        ("0.98", "2.41", "0.05", []),
        ("0.98", "1.41", "0.26", []),  # of ranks, with a few changes far from the others
        ("0.98", "1.41", "0.85", [("p-of-change", "material")]),
        ("-6.35", "0.39", "0.31", [("p-of-change", "material")]),
        ("-6.35", "2.39", "0.0000000001", []),
    ],
)
def test_a_p_of_a_mean_change(
    real: KnowledgeBase, value: str, sd: str, p: str, expected: list[tuple[str, str]]
) -> None:
    assert findings_of(real, at("12 weeks", value, sd, p, statistic="mean-change")) == expected


@pytest.mark.parametrize(
    ("change", "n", "expected"),
    [
        ("0.76", 24, []),
        ("0.77", 24, []),  # rounded
        ("-0.76", 24, []),  # a decrease without its sign, or with one
        ("0.80", 24, [("change-of-means", "minor")]),
        ("6.76", 24, [("change-of-means", "material")]),
        ("0.80", None, []),  # a few people have no later value
        ("6.76", None, [("change-of-means", "material")]),
    ],
)
def test_a_change_is_the_later_mean_minus_the_earlier_one(
    real: KnowledgeBase, change: str, n: int | None, expected: list[tuple[str, str]]
) -> None:
    before, after = at("baseline", "5.41", "2.25", n=n), at("12 weeks", "6.17", "2.00", n=n)
    printed = at("12 weeks", change, statistic="mean-change", n=n)
    assert findings_of(real, before, after, printed) == expected
    later = at("24 weeks", change, statistic="mean-change", n=n)
    assert not findings_of(real, before, after, later)


def test_changes_of_other_people_or_without_a_spread_are_not_judged(real: KnowledgeBase) -> None:
    means = at("baseline", "5.41", n=24), at("12 weeks", "6.17", n=24)
    assert findings_of(real, *means, at("12 weeks", "6.76", statistic="mean-change", n=24))
    assert not findings_of(real, *means, at("12 weeks", "6.76", statistic="mean-change", n=20))
    bare = at("baseline", "5.41"), at("12 weeks", "6.17")
    assert not findings_of(real, *bare, at("12 weeks", "6.76", statistic="mean-change"))


def test_every_change_of_rounded_means_fits() -> None:
    for tenths in range(-40, 41, 3):
        before, exact = Decimal("5.4137"), Decimal(tenths) / 10 + Decimal("0.0451")
        after = before + exact
        rounded = (figure.quantize(Decimal("0.1")) for figure in (before, after, exact))
        assert gap_of_change(*rounded) == 0
