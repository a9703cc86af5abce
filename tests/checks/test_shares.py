"""Counts and shares: what a check of percentages must accept, and what it must flag."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import claim, group, kinds, material, people, share

from kb.checks import CheckContext, Outcome, Severity
from kb.checks.breakdowns import is_complete
from kb.checks.shares import find, share_fits, share_is_possible, share_severity

YES, TIE, NO = Outcome.CONSISTENT, Outcome.BY_ROUNDING, Outcome.INCONSISTENT
UNKNOWN = Outcome.NOT_ENOUGH


@pytest.mark.parametrize(
    ("count", "of", "printed", "operator", "outcome"),
    [
        (36, 57, "63", "", YES),
        (36, 57, "63.2", "", YES),
        (36, 57, "63.1", "", NO),
        (36, 57, "62", "", NO),
        (36, 57, "64", "", NO),
        (0, 5, "0", "", YES),
        (5, 5, "100", "", YES),
        (1, 8, "12", "", TIE),
        (1, 8, "13", "", TIE),
        (1, 8, "12.5", "", YES),
        (4, 14, "28", "", NO),
        (4, 14, "29", "", YES),
        (3, 57, "0.5", "", NO),
        (7, 9, "87", "", NO),
        (6, 5, "100", "", NO),
        (26, 71, "40", "~", YES),
        (20, 71, "40", "~", NO),
        (5, 57, "10", "<", YES),
        (6, 57, "10", "<", NO),
        (46, 57, "80", ">", YES),
        (45, 57, "80", ">", NO),
        (0, 0, "0", "", UNKNOWN),
    ],
)
def test_a_percentage_is_what_its_count_gives(
    count: int, of: int, printed: str, operator: str, outcome: Outcome
) -> None:
    assert share_fits(count, of, Decimal(printed), operator) is outcome


@pytest.mark.parametrize(
    ("of", "printed", "outcome"),
    [
        (24, "83", YES),
        (24, "84", NO),
        (24, "88", TIE),
        (3, "33.3", YES),
        (3, "33.4", NO),
        (14, "52", NO),
        (200, "84", YES),
        (138, "29.4", NO),
        (109, "29.4", YES),
        (8, "100", YES),
        (8, "0", YES),
        (0, "0", UNKNOWN),
    ],
)
def test_some_count_gives_a_percentage(of: int, printed: str, outcome: Outcome) -> None:
    assert share_is_possible(of, Decimal(printed)) is outcome


@pytest.mark.parametrize(
    ("categories", "complete"),
    [
        (["0", "1", "2"], True),
        (["0", "1"], False),
        (["1", "2", "3"], False),
        (["0", "1", "3"], False),
        (["", "negative"], True),
        (["", "grade 3"], False),
        (["first salvage", "second salvage", "third or greater salvage"], True),
        (["first CR", "second or more advanced CR"], True),
        (["first salvage", "second salvage"], False),
        (["first salvage", "third or greater salvage"], False),
        (["first or later CR", "second CR"], False),
        (["second or later CR"], False),
    ],
)
def test_a_breakdown_is_complete_only_where_it_says_so(
    categories: list[str], complete: bool
) -> None:
    assert is_complete(categories) is complete


def test_the_ontology_says_which_categories_divide_a_group() -> None:
    assert is_complete(["male", "female"], ("female", "male"))
    assert not is_complete(["male"], ("female", "male"))
    assert not is_complete(["male", "female"])
    sexes = [claim("SEX", people(n), category=sex) for sex, n in (("female", 30), ("male", 26))]
    assert kinds(find(material([SIZED, *sexes]))) == ["breakdown-total"]
    assert not [*find(material([SIZED, *sexes[:1]]))]


@pytest.mark.parametrize(
    ("count", "of", "printed", "severity"),
    [
        (4, 14, "28", Severity.ROUNDING),
        (17, 57, "31", Severity.MINOR),
        (131, 146, "90.4", Severity.MATERIAL),
        (3, 57, "0.5", Severity.MATERIAL),
        (7, 9, "87", Severity.MATERIAL),
    ],
)
def test_other_people_matter_more_than_other_rounding(
    count: int, of: int, printed: str, severity: Severity
) -> None:
    assert share_severity(count, of, Decimal(printed)) is severity


SIZED = claim("SAMPLE_SIZE", people(57))


def test_the_size_of_the_group_stands_for_a_denominator() -> None:
    assert not [*find(material([SIZED, claim("CR", share("63", 36))]))]
    assert kinds(find(material([SIZED, claim("CR", share("60", 36))]))) == ["count-and-share"]


@pytest.mark.parametrize(("endpoint", "found"), [("OS", []), ("CR", ["count-and-share"])])
def test_a_share_read_off_a_curve_need_not_be_that_of_a_count_elsewhere(
    endpoint: str, found: list[str]
) -> None:
    claims = [claim(endpoint, people(23)), claim(endpoint, share("41.5"))]
    assert kinds(find(material([SIZED, *claims]))) == found


def test_two_sizes_of_a_group_decide_nothing() -> None:
    sizes = [SIZED, claim("SAMPLE_SIZE", people(58), section="2")]
    assert not [*find(material([*sizes, claim("CR", share("60", 36))]))]


def test_a_size_in_another_source_decides_nothing() -> None:
    elsewhere = claim("SAMPLE_SIZE", people(57), source="review")
    assert not [*find(material([elsewhere, claim("CR", share("60", 36))]))]


def test_a_smaller_denominator_printed_for_the_study_may_explain_a_share() -> None:
    odd = claim("CR", share("65", 36))
    evaluable = claim("SAMPLE_SIZE", people(55), group="evaluable")
    assert kinds(find(material([SIZED, odd]))) == ["count-and-share"]
    assert not [*find(material([SIZED, evaluable, odd], [group("evaluable")]))]


def test_a_count_and_a_share_in_two_places_are_of_one_measure() -> None:
    claims = [SIZED, claim("CR", people(36)), claim("CR", share("42"), section="2")]
    (finding,) = find(material(claims))
    assert finding.kind == "count-and-share"
    assert len(finding.claims) == 3


def test_those_who_meet_a_criterion_are_the_size_of_their_group() -> None:
    responders = group("responders", who_endpoint="CR")
    known = [claim("CR", people(25))]
    right = claim("ALLOSCT", share("52", 13), group="responders")
    wrong = claim("ALLOSCT", share("36", 13), group="responders")
    assert not [*find(material([*known, right], [responders]))]
    assert kinds(find(material([*known, wrong], [responders]))) == ["count-and-share"]
    # A share without its count may be of all of them or of some.
    assert not [
        *find(material([*known, claim("ALLOSCT", share("63"), group="responders")], [responders]))
    ]


@pytest.mark.parametrize(
    ("endpoint", "time", "reported"),
    [
        ("CR", "", 1),
        ("OS", "at 2 years", 0),
        ("RELAPSE", "", 0),
        ("CRS", "", 0),
        ("MRD_NEG", "", 0),
    ],
)
def test_a_share_that_may_be_of_others_is_not_judged(
    endpoint: str, time: str, reported: int
) -> None:
    claims = [SIZED, claim(endpoint, share("64"), time=time)]
    assert len([*find(material(claims))]) == reported


def test_more_people_than_there_are() -> None:
    assert kinds(find(material([SIZED, claim("CR", people(58))]))) == ["count-above-whole"]
    assert not [*find(material([SIZED, claim("CR", people(57))]))]
    assert kinds(find(material([claim("CR", share("100", 6, 5))]))) == ["count-above-whole"]


@pytest.mark.parametrize(
    ("printed", "outside"), [("0", 0), ("100", 0), ("100.1", 1), ("-1", 1), ("820", 1)]
)
def test_a_percentage_of_people_is_from_0_to_100(printed: str, outside: int) -> None:
    reported = find(material([claim("CR", share(printed))]))
    assert kinds(reported) == ["share-over-whole"] * outside


@pytest.mark.parametrize("printed", ["135.6", "-35.6", "1000"])
def test_an_impossible_percentage_of_a_known_group_is_one_finding(printed: str) -> None:
    reported = find(material([SIZED, claim("CR", share(printed))]))
    assert kinds(reported) == ["share-over-whole"]


@pytest.mark.parametrize("statistic", ["mean", "median"])
@pytest.mark.parametrize("printed", ["-5.2", "112"])
def test_a_mean_in_percent_may_be_a_change_or_of_a_norm(statistic: str, printed: str) -> None:
    change = claim("CR", share(printed), statistic=statistic)
    assert not [*find(material([SIZED, change]))]


def test_a_breakdown_in_one_place() -> None:
    scale = [claim("ECOG", people(n), category=str(i)) for i, n in enumerate((33, 21, 2))]
    assert kinds(find(material([SIZED, *scale]))) == ["breakdown-total"]
    assert not [*find(material([SIZED, *scale[:2]]))]


def test_a_characteristic_known_of_fewer_is_not_tabulated_for_all() -> None:
    sexes = [claim("SEX", people(n), category=sex) for sex, n in (("female", 40), ("male", 31))]
    size = claim("SAMPLE_SIZE", people(71))
    known = claim("SEX", share("55", 35, 64), category="female", section="2")
    reported = list(find(material([size, *sexes, known])))
    assert "breakdown-above-base" in kinds(reported)
    assert "71 > 64" in {one.computation for one in reported}
    of_all = claim("SEX", share("56", 40, 71), category="female", section="2")
    assert not [*find(material([size, *sexes, of_all]))]


@st.composite
def counted(draw: st.DrawFn) -> tuple[int, int, Decimal]:
    """A count, its denominator, and the share as it would be printed."""
    of = draw(st.integers(1, 2000))
    count, places = draw(st.integers(0, of)), draw(st.integers(0, 2))
    rounding = draw(st.sampled_from((ROUND_HALF_UP, ROUND_HALF_EVEN)))
    exact = Decimal(100 * count) / of
    return count, of, exact.quantize(Decimal(1).scaleb(-places), rounding)


def _prints(count: int, of: int, printed: Decimal) -> list[CheckContext]:
    """One figure as it may be printed: in one claim, beside the group's size, in two places."""
    size = claim("SAMPLE_SIZE", people(of))
    return [
        material([claim("CR", share(str(printed), count, of))]),
        material([size, claim("CR", share(str(printed), count))]),
        material([size, claim("CR", people(count)), claim("CR", share(str(printed)))]),
    ]


@given(counted())
def test_consistent_figures_are_never_flagged(figures: tuple[int, int, Decimal]) -> None:
    for read in _prints(*figures):
        assert not [*find(read)]


@given(counted(), st.sampled_from((-2, 2)))
def test_a_share_beyond_rounding_is_always_flagged(
    figures: tuple[int, int, Decimal], units: int
) -> None:
    count, of, right = figures
    wrong = right + units * Decimal(1).scaleb(int(right.as_tuple().exponent))
    for read in _prints(count, of, wrong):
        assert [*find(read)]


@given(counted(), st.sampled_from((-1, 1)))
def test_one_unit_off_is_flagged_but_for_ties(
    figures: tuple[int, int, Decimal], units: int
) -> None:
    count, of, right = figures
    unit = Decimal(1).scaleb(int(right.as_tuple().exponent))
    tie = abs(Decimal(100 * count) / of - right) * 2 == unit
    for read in _prints(count, of, right + units * unit):
        assert [*find(read)] or tie


@given(st.lists(st.integers(0, 300), min_size=3, max_size=6), st.sampled_from((0, -1, 1)))
def test_a_breakdown_is_flagged_if_it_does_not_add_up(counts: list[int], off: int) -> None:
    of = max(1, sum(counts) + off)
    scale = [claim("ECOG", people(n), category=str(i)) for i, n in enumerate(counts)]
    reported = kinds(find(material([claim("SAMPLE_SIZE", people(of)), *scale])))
    assert ("breakdown-total" in reported) is (sum(counts) != of)


@pytest.mark.parametrize(
    ("name", "more", "fits"),
    [
        ("a.treated", {}, True),
        ("b.treated", {}, False),
        ("a.treated", {"n": "48"}, False),
        ("treated.a", {"role": "experimental", "regimen": "blinatumomab"}, True),
    ],
)
def test_a_percentage_that_fits_no_count_names_the_related_groups_it_fits(
    name: str, more: dict[str, str], fits: bool
) -> None:
    size = int(more.pop("n", 15))
    arm = {"role": "experimental", "regimen": "blinatumomab"}
    within = "all" if more else name.partition(".")[0]
    groups = (group("a", **arm), group("b"), group(name, within, label="those treated", **more))
    claims = [
        claim("SAMPLE_SIZE", people(20), group="a"),
        claim("SAMPLE_SIZE", people(size), group=name),
        claim("CR", share("73"), group="a"),
    ]
    (reported,) = find(material(claims, groups))
    assert (f"it fits the size of those treated ({size})" in reported.message) is fits
