"""Strata and sums of medians: what the checks must accept, and what they must flag."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import claim, group, kinds, material, months, people, share

from kb.checks import Discrepancy, Outcome
from kb.checks.rounding import possible_values
from kb.checks.strata import added_up, can_be_strata, find, smallest

YES, NO, UNKNOWN = Outcome.CONSISTENT, Outcome.INCONSISTENT, Outcome.NOT_ENOUGH
GROUPS = (
    group("all", kind="whole"),
    group("few", who_endpoint="BM_BLASTS", who_category="<50%"),
    group("many", who_endpoint="BM_BLASTS", who_category=">50%"),
)


def discrepancies_of(size: int, few: str, many: str, endpoint: str = "CR") -> list[Discrepancy]:
    claims = (
        claim("SAMPLE_SIZE", people(size)),
        claim(endpoint, share(few), group="few"),
        claim(endpoint, share(many), group="many"),
    )
    return list(find(material(claims, GROUPS)))


@pytest.mark.parametrize(
    ("share_", "people_"), [("46", 13), ("8", 12), ("50", 2), ("100", 1), ("0", 1), ("82.3", 62)]
)
def test_the_fewest_people_that_give_a_share(share_: str, people_: int) -> None:
    assert smallest(possible_values(Decimal(share_)), people_) == people_
    assert smallest(possible_values(Decimal(share_)), people_ - 1) is None


@pytest.mark.parametrize(("whole", "outcome"), [(14, NO), (24, NO), (25, YES), (26, YES)])
def test_strata_need_as_many_people_as_there_are(whole: int, outcome: Outcome) -> None:
    assert (
        can_be_strata([possible_values(Decimal(46)), possible_values(Decimal(8))], whole) is outcome
    )


def test_strata_need_a_whole_that_is_large_enough() -> None:
    assert kinds(discrepancies_of(24, "46", "8")) == ["strata-too-large"]
    assert discrepancies_of(25, "46", "8") == []


def test_percentages_read_off_curves_are_not_counts() -> None:
    assert discrepancies_of(24, "46", "8", "OS") == []


def test_strata_whose_sizes_are_printed_are_left_to_the_check_of_shares() -> None:
    claims = (
        claim("SAMPLE_SIZE", people(14)),
        claim("SAMPLE_SIZE", people(7), group="few"),
        claim("CR", share("46"), group="few"),
        claim("CR", share("8"), group="many"),
    )
    assert list(find(material(claims, GROUPS))) == []


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_shares_of_real_people_are_never_flagged(a: int, b: int, data: st.DataObject) -> None:
    def percent(of: int) -> str:
        n = data.draw(st.integers(0, of))
        return str((Decimal(100 * n) / of).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    assert discrepancies_of(a + b, percent(a), percent(b)) == []


@given(st.integers(3, 200), st.integers(3, 200))
def test_one_person_too_few_is_always_flagged(a: int, b: int) -> None:
    """1/a printed exactly enough needs a people: a whole of one less cannot hold both parts."""
    few, many = (f"{Decimal(100) / n:.4f}" for n in (a, b))
    needed = sum(smallest(possible_values(Decimal(x)), 400) or 0 for x in (few, many))
    assert kinds(discrepancies_of(needed - 1, few, many)) == ["strata-too-large"]
    assert discrepancies_of(needed, few, many) == []


@pytest.mark.parametrize(
    ("total", "parts", "outcome"),
    [
        ("6.6", ["5.1", "1.5"], NO),
        ("6.5", ["5.1", "1.5"], YES),
        ("6.7", ["5.1", "1.5"], YES),
        ("7", ["5", "2"], UNKNOWN),
    ],
)
def test_medians_do_not_add_up(total: str, parts: list[str], outcome: Outcome) -> None:
    assert added_up(Decimal(total), [Decimal(part) for part in parts]) is outcome


def medians(*values: tuple[str, str]) -> list[Discrepancy]:
    claims = [claim("DFS", months(value), statistic="median", time=time) for value, time in values]
    return list(find(material(claims, GROUPS)))


@given(st.integers(1, 300), st.integers(1, 300), st.integers(-5, 5))
def test_a_sum_of_medians_is_found_and_nothing_else(a: int, b: int, off: int) -> None:
    one, other = Decimal(10 * a + 1) / 10, Decimal(10 * b + 3) / 10
    total = one + other + Decimal(off) / 10
    sums = medians(
        (str(total), ""), (str(one), "after blinatumomab"), (str(other), "after inotuzumab")
    )
    assert kinds(sums) == (["medians-added-up"] if off == 0 else [])
