"""One figure under several names: what the checks must accept, and what they must flag."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import claim, group, kinds, material, months, people, share

from kb.checks import Discrepancy, Outcome
from kb.checks.naming import components, find, grades, same_components, same_grades
from kb.model import Claim, ComparisonResult, Group

YES, NO, UNKNOWN = Outcome.CONSISTENT, Outcome.INCONSISTENT, Outcome.NOT_ENOUGH
ARM = {"kind": "arm", "role": "experimental", "regimen": "blinatumomab"}
GROUPS = (
    group("all", kind="whole"),
    group("drug", **ARM),
    group("treated", kind="analysis-set"),
    group("treated.drug", "treated", **ARM),
    group("evaluable", kind="analysis-set"),
    group("cr", who_endpoint="CR"),
    group("cr-crh", who_endpoint="cCR"),
    group("affected", who_endpoint="AE_G3"),
    group("young"),
    group("old"),
)


def named(one: Claim, name: str) -> Claim:
    return replace(one, named=name, printed=name)


def discrepancies_of(*claims: Claim, groups: tuple[Group, ...] = GROUPS) -> list[Discrepancy]:
    return list(find(material(claims, groups)))


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ("grade > 3 AEs", "toxicity G3/4", NO),
        ("grade ≥ 3 AEs", "toxicity G3/4", YES),
        ("grade 3–4", "≥G3 AEs", YES),
        ("grade 4", "grade 3", NO),
        ("grade ≤ 2", "grade 1-2", YES),
        ("any grade", "grade 3", UNKNOWN),
        ("adverse events", "events", UNKNOWN),
    ],
)
def test_grades_of_one_figure_begin_alike(one: str, other: str, outcome: Outcome) -> None:
    assert same_grades(one, other) is same_grades(other, one) is outcome


@given(st.integers(1, 5), st.sampled_from(["grade {}", "G{}", "grade {}-5", "≥G{}", "grade ≥ {}"]))
def test_a_grade_is_read_from_any_way_to_write_it(first: int, way: str) -> None:
    assert min(grades(way.format(first))) == first


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ("CR/CRi", "CR/CRh/CRi", NO),
        ("CR/CRi", "CRi or CR", YES),
        ("CR or CR with incomplete recovery (CRi)", "CR/CRi", YES),
        ("composite CR", "CR/CRi", UNKNOWN),
        ("", "CR/CRi", UNKNOWN),
    ],
)
def test_a_composite_is_named_by_its_components(one: str, other: str, outcome: Outcome) -> None:
    known = ("CR", "CRi", "CRh")
    assert same_components(components(one, known), components(other, known)) is outcome


def test_a_share_under_two_names_of_response_is_found() -> None:
    text, table = claim("ORR", share("78")), claim("cCR", share("78"), section="Table 1")
    assert kinds(discrepancies_of(text, table)) == ["one-figure-two-names"]
    assert discrepancies_of(text, replace(table, figure=share("77"))) == []
    assert discrepancies_of(text, replace(table, section="1")) == []


def test_all_of_a_group_may_have_both_of_two_names() -> None:
    names = [claim(name, share("100"), section=name) for name in ("CR", "cCR")]
    assert discrepancies_of(*names) == []
    assert kinds(discrepancies_of(*names, claim("CRi", share("100"), section="2"))) == [
        "one-figure-two-names"
    ]


def test_a_figure_of_an_arm_and_of_its_analysis_set_is_found() -> None:
    text = claim("OS", months("7.7"), group="treated.drug", statistic="median")
    table = claim("OS", months("7.7"), group="drug", statistic="median", section="Table 1")
    assert kinds(discrepancies_of(text, table)) == ["one-figure-two-groups"]
    assert discrepancies_of(text, replace(table, figure=months("7.6"))) == []
    whole = claim("MRD_NEG", share("78"), section="Table 1")
    part = claim("MRD_NEG", share("78"), group="evaluable", time="after blinatumomab")
    assert kinds(discrepancies_of(whole, part)) == ["one-figure-two-groups"]
    later = replace(
        whole,
        measure=replace(
            whole.measure, time=claim("CR", share("1"), time="at 2 years").measure.time
        ),
    )
    assert discrepancies_of(later, part) == []


def test_a_composite_named_by_other_components_is_found() -> None:
    one = named(claim("cCR", share("44")), "CR/CRi")
    other = named(claim("cCR", share("44"), section="2"), "CR/CRh/CRi")
    assert kinds(discrepancies_of(one, other)) == ["one-figure-two-composites"]
    assert discrepancies_of(one, named(other, "CRi/CR")) == []
    assert discrepancies_of(one, replace(other, figure=share("45"))) == []


def test_all_figures_of_two_grades_are_one_finding() -> None:
    pairs = [
        named(claim("AE_G3", share(value), section=section, group=who), name)
        for who, value in (("young", "20"), ("old", "30"))
        for section, name in (("1", "grade > 3 AEs"), ("Table 1", "toxicity G3/4"))
    ]
    assert kinds(discrepancies_of(*pairs)) == ["one-figure-two-grades"]
    assert len(discrepancies_of(*pairs)[0].claims) == 4
    assert discrepancies_of(*(named(c, "grade 3-4") for c in pairs)) == []


def test_a_share_of_the_affected_beside_a_share_of_all_is_found() -> None:
    first = claim("AE_G3_HEM", share("20", 3, 15), group="affected", time="after blinatumomab")
    second = claim("AE_G3_HEM", share("16", 9), time="after inotuzumab")
    assert kinds(discrepancies_of(first, second)) == ["share-of-different-people"]
    assert (
        discrepancies_of(
            first, replace(second, measure=replace(second.measure, time=first.measure.time))
        )
        == []
    )


def test_counts_among_other_responders_are_found() -> None:
    one = claim("MRD_NEG", share("88", 14, 16), group="cr-crh")
    other = claim("MRD_NEG", share("86", 12, 14), group="cr", section="2")
    assert kinds(discrepancies_of(one, other)) == ["different-responders"]
    assert discrepancies_of(one, replace(other, section="1")) == []
    assert discrepancies_of(one, replace(other, figure=share("75", 12, 16))) == []


def test_groups_called_alike_that_differ_are_found() -> None:
    blank = claim("AE_ANY", share("1"), group="young", comparator="old")
    alike = replace(blank, id="a", result=ComparisonResult(direction="similar"))
    worse = replace(blank, id="b", result=ComparisonResult(direction="worse"))
    assert kinds(discrepancies_of(alike, worse)) == ["alike-but-different"]
    assert (
        discrepancies_of(alike, replace(worse, result=ComparisonResult(direction="similar"))) == []
    )
    age = claim("AGE", share("1"), group="old", comparator="young")
    apart = replace(
        age, result=ComparisonResult(significance="significant", p_value=Decimal("0.001"))
    )
    same = replace(
        claim("BASELINE", share("1"), group="young", comparator="old"),
        result=ComparisonResult(direction="similar"),
    )
    assert kinds(discrepancies_of(same, apart)) == ["alike-but-different"]


@given(st.lists(st.integers(1, 99), min_size=2, max_size=8, unique=True))
def test_figures_that_differ_are_never_one_figure(values: list[int]) -> None:
    endpoints = ("CR", "ORR", "cCR", "MRD_NEG")
    claims = [
        named(claim(endpoints[i % 4], share(str(v)), section=str(i)), ("CR/CRi", "CR/CRh")[i % 2])
        for i, v in enumerate(values)
    ]
    assert discrepancies_of(*claims) == []
    again = replace(claims[0], id="again", section="again")
    moved = replace(again, measure=replace(again.measure, endpoint="ORR"))
    assert kinds(discrepancies_of(*claims, moved)) == ["one-figure-two-names"]


@pytest.mark.parametrize(
    ("one", "other", "flagged"),
    [
        ("grade > 3 events", "grade ≥3 CRS", True),
        ("grade ≥ 3 events", "grade ≥3 CRS", False),
        ("grade > 2 events", "grade ≥3 CRS", False),
        ("G3/4 events", "grade > 3 CRS", False),
        ("grade < 3 events", "grade ≥3 CRS", False),
    ],
)
def test_one_grade_of_a_section_has_one_sign(one: str, other: str, flagged: bool) -> None:
    claims = [named(claim("AE_G3", share("9.4")), one), named(claim("CRS", share("4.9")), other)]
    assert kinds(discrepancies_of(*claims)) == (["threshold-with-two-signs"] if flagged else [])
    apart = [claims[0], replace(claims[1], section="2")]
    assert not discrepancies_of(*apart)


@pytest.mark.parametrize(
    ("one", "other", "flagged"),
    [
        (">50%", "≥50%", True),
        (">50%", "≤50%", False),
        ("<55 years", "≥55 years", False),
        (">55 years", "55 years or older", True),
        (">50%", "≥90%", False),
    ],
)
def test_one_threshold_of_a_section_has_one_sign(one: str, other: str, flagged: bool) -> None:
    first, second = (claim("BM_BLASTS", people(n), category=c) for n, c in ((9, one), (7, other)))
    assert kinds(discrepancies_of(first, second)) == (
        ["threshold-with-two-signs"] if flagged else []
    )
