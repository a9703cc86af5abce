"""Order: what may stand above what, at both edges."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import claim, group, kinds, material, months, people, share

from kb.checks import Outcome
from kb.checks.order import (
    find,
    months_of,
    not_above,
    share_beside_median,
    within_bounds,
)
from kb.model import Figure

YES, ROUNDED, NO = Outcome.CONSISTENT, Outcome.BY_ROUNDING, Outcome.INCONSISTENT
UNKNOWN = Outcome.NOT_ENOUGH


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("lower", "upper", "outcome"),
    [
        ("58", "82", YES),
        ("82", "82", YES),
        ("82", "58", NO),
        ("63", "62.6", ROUNDED),
        ("63", "62.5", ROUNDED),
        ("63", "62.4", NO),
        ("10", "10", YES),
        ("10", "9", NO),
    ],
)
def test_one_figure_is_not_above_another(lower: str, upper: str, outcome: Outcome) -> None:
    assert not_above(Decimal(lower), Decimal(upper)) is outcome


@pytest.mark.parametrize(
    ("value", "low", "high", "outcome"),
    [
        ("0.71", "0.55", "0.93", YES),
        ("0.55", "0.55", "0.93", YES),
        ("0.93", "0.55", "0.93", YES),
        ("0.94", "0.55", "0.93", NO),
        ("0.54", "0.55", "0.93", NO),
        ("64.5", "15", "64", ROUNDED),
        ("64.6", "15", "64", NO),
        ("7.1", "5.6", None, YES),
        ("5.4", "5.6", None, NO),
        ("34", None, "33.4", NO),
        ("34", None, None, UNKNOWN),
    ],
)
def test_an_estimate_is_within_its_bounds(
    value: str, low: str | None, high: str | None, outcome: Outcome
) -> None:
    assert within_bounds(Decimal(value), number(low), number(high)) is outcome


@pytest.mark.parametrize(
    ("low", "high", "reported"),
    [
        ("1", "2", []),
        ("2", "2", []),
        ("3", "2", ["bounds-order"]),
        (None, "2", []),
        ("2", None, []),
    ],
)
def test_the_low_bound_is_printed_first(
    low: str | None, high: str | None, reported: list[str]
) -> None:
    bounds = Figure(low=number(low), high=number(high), bounds="ci95", unit="months")
    assert kinds(find(material([claim("OS", bounds, statistic="median")]))) == reported


@pytest.mark.parametrize(
    ("landmark", "printed", "median", "outcome"),
    [
        ("12", "46", "11", YES),
        ("12", "54", "11", NO),
        ("12", "50.4", "11", NO),
        ("12", "50", "11", YES),
        ("12", "51", "11", NO),
        ("12", "51", "12", YES),
        ("18", "54", "18", YES),
        ("12", "40", "13", NO),
        ("12", "49", "13", NO),
        ("12", "60", "13", YES),
    ],
)
def test_half_are_left_at_the_median(
    landmark: str, printed: str, median: str, outcome: Outcome
) -> None:
    assert share_beside_median(Decimal(landmark), Decimal(printed), Decimal(median)) is outcome


@pytest.mark.parametrize(
    ("phrase", "length"),
    [
        ("2 years", "24"),
        ("1 year", "12"),
        ("18 months", "18"),
        ("1.5 years", "18"),
        ("transplant", None),
        ("2 cycles", None),
        ("", None),
    ],
)
def test_landmarks_are_lengths_of_time(phrase: str, length: str | None) -> None:
    assert months_of(phrase) == number(length)


@pytest.mark.parametrize(
    ("narrow", "broad", "reported"),
    [
        ("CR", "cCR", True),
        ("CRi", "cCR", True),
        ("CR", "ORR", True),
        ("cCR", "ORR", True),
        ("PR", "ORR", True),
        ("MRD_NEG", "MRD_RESPONSE", True),
        ("ALIVE_IN_CR", "ALIVE", True),
        ("AE_G3_HEM", "AE_G3", True),
        ("CMR", "RESPONSE", False),
        ("CMR", "ORR", False),
        ("CRi", "CR", False),
        ("cCR", "CR", False),
        ("SEX", "BASELINE", False),
    ],
)
def test_a_narrower_outcome_is_not_above_the_broader(
    narrow: str, broad: str, reported: bool
) -> None:
    claims = [claim(narrow, share("60")), claim(broad, share("50"), section="2")]
    assert bool([*find(material(claims))]) is reported
    equal = [claim(narrow, share("60")), claim(broad, share("60"), section="2")]
    assert not [*find(material(equal))]


@pytest.mark.parametrize(
    "other",
    [
        {"time": "after transplant"},
        {"category": "grade 3"},
        {"source": "review"},
        {"group": "evaluable"},
    ],
)
def test_outcomes_of_others_or_another_time_are_not_compared(other: dict[str, str]) -> None:
    claims = [claim("CR", share("60")), claim("cCR", share("50"), **other)]
    assert not [*find(material(claims, [group("evaluable")]))]


def test_shares_of_two_denominators_are_not_compared() -> None:
    claims = [claim("CR", share("60", None, 20)), claim("cCR", share("50", None, 40))]
    assert not [*find(material(claims))]


def test_counts_go_before_shares() -> None:
    claims = [claim("CR", share("60", 12)), claim("cCR", share("50", 20))]
    assert not [*find(material(claims))]


@pytest.mark.parametrize(
    ("residual", "response", "section", "reported"),
    [
        (people(20), people(19), "2", True),
        (people(19), people(19), "2", False),
        (share("81"), share("73"), "1", True),
        (share("81"), share("73"), "2", False),
        (share("81"), people(30), "1", False),
    ],
)
def test_residual_responders_are_responders(
    residual: Figure, response: Figure, section: str, reported: bool
) -> None:
    claims = [claim("MRD_NEG", residual), claim("cCR", response, section=section)]
    expected = ["residual-above-response"] if reported else []
    assert kinds(find(material(claims))) == expected


def test_residual_responders_may_be_of_the_broadest_response() -> None:
    claims = [claim("MRD_NEG", people(20)), claim("CR", people(15)), claim("ORR", people(22))]
    assert not [*find(material(claims))]


@pytest.mark.parametrize(
    ("later", "reported"), [("31", ["survival-rises"]), ("30.4", []), ("30", []), ("20", [])]
)
def test_survival_does_not_rise(later: str, reported: list[str]) -> None:
    claims = [
        claim("OS", share(later), time="at 2 years"),
        claim("OS", share("30"), time="at 12 months"),
    ]
    assert kinds(find(material(claims))) == reported


def test_a_landmark_fits_its_median() -> None:
    median = claim("OS", months("7.7"), statistic="median")
    landmark = claim("OS", share("60"), time="at 1 year")
    assert kinds(find(material([median, landmark]))) == ["landmark-and-median"]
    origin = replace(landmark, measure=replace(landmark.measure, category="landmark analysis"))
    assert not [*find(material([median, origin]))]


@pytest.mark.parametrize(("event_free", "reported"), [("8.0", 1), ("7.7", 0), ("5", 0)])
def test_event_free_survival_ends_with_life(event_free: str, reported: int) -> None:
    claims = [
        claim("EFS", months(event_free), statistic="median"),
        claim("OS", months("7.7"), statistic="median"),
    ]
    assert len([*find(material(claims))]) == reported


@pytest.mark.parametrize(("treated", "reported"), [(71, []), (72, ["part-above-whole"])])
def test_fewer_are_treated_than_enrolled(treated: int, reported: list[str]) -> None:
    claims = [
        claim("SAMPLE_SIZE", people(71), category="enrolled"),
        claim("SAMPLE_SIZE", people(treated), category="treated"),
    ]
    assert kinds(find(material(claims))) == reported


@given(st.lists(st.integers(0, 900), min_size=3, max_size=3), st.integers(0, 1))
def test_bounds_are_flagged_only_beyond_rounding(numbers: list[int], places: int) -> None:
    low, value, high = (Decimal(n).scaleb(-places) for n in sorted(numbers))
    unit = Decimal(1).scaleb(-places)
    figure = Figure(value=value, unit="months", low=low, high=high, bounds="ci95")

    def flagged(changed: Figure) -> bool:
        return bool([*find(material([claim("OS", changed, statistic="median")]))])

    assert not flagged(figure)
    assert flagged(replace(figure, value=high + unit))
    assert flagged(replace(figure, value=low - unit))


@given(st.integers(1, 400), st.data())
def test_outcomes_in_order_are_never_flagged(size: int, data: st.DataObject) -> None:
    chain = ("MRD_NEG", "CR", "cCR", "ORR")
    counts = sorted(data.draw(st.lists(st.integers(0, size), min_size=4, max_size=4)))
    claims = [claim(name, people(n)) for name, n in zip(chain, counts, strict=True)]
    assert not [*find(material(claims))]
    place = data.draw(st.integers(1, 3))
    broken = [*claims]
    broken[place - 1] = claim(chain[place - 1], people(counts[3] + 1))
    assert [*find(material(broken))]


@given(st.lists(st.integers(0, 100), min_size=2, max_size=5))
def test_survival_that_falls_is_never_flagged(shares: list[int]) -> None:
    falling = sorted(shares, reverse=True)
    claims = [
        claim("OS", share(str(value)), time=f"at {year} years")
        for year, value in enumerate(falling, 1)
    ]
    assert not [*find(material(claims))]
    later = claim("OS", share(str(falling[-1] + 1)), time="at 9 years")
    assert kinds(find(material([*claims, later]))) == ["survival-rises"]
