"""Means, SDs and numbers needed to treat: every true one passes, and slips at the edge do not."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from itertools import combinations_with_replacement
from statistics import mean, stdev

import pytest

from kb.checks.count_tests import crude_estimate, number_needed
from kb.checks.discrepancy import Outcome
from kb.checks.possible_means import sd_is_possible, sd_of_share
from kb.checks.rounding import Span, possible_values

WRONG = Outcome.INCONSISTENT


def _printed(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_every_sample_of_whole_numbers_is_possible(n: int) -> None:
    for sample in combinations_with_replacement(range(4), n):
        summary = _printed(mean(sample)), _printed(stdev(sample))
        assert sd_is_possible(*summary, n) is not WRONG, sample


@pytest.mark.parametrize(
    ("share", "sd", "n", "wrong"),
    [
        ("0.35", "0.48", 60, False),
        ("0.35", "0.47", 60, True),
        ("0.35", "0.49", 60, True),
        ("0.50", "0.51", 60, True),
        ("0.50", "0.51", 30, False),
        ("0.00", "0.00", 30, False),
        ("0.00", "0.10", 30, True),
    ],
)
def test_the_sd_of_zeros_and_ones(share: str, sd: str, n: int, *, wrong: bool) -> None:
    assert (sd_of_share(Decimal(share), Decimal(sd), n) is WRONG) is wrong


def test_every_proportion_has_its_sd() -> None:
    for n in (10, 33, 60):
        for k in range(n + 1):
            sample = [1] * k + [0] * (n - k)
            summary = _printed(k / n), _printed(stdev(sample))
            assert sd_of_share(*summary, n) is not WRONG, (k, n)


@pytest.mark.parametrize(
    ("difference", "number", "wrong"),
    [
        ("10.0", "10", False),
        ("10.0", "11", False),  # 10.05 rounded up
        ("10.0", "12", True),
        ("10.0", "9", True),
        ("9.5", "11", False),  # 10.5 rounded up
        ("9.5", "10", False),  # 10.47 from 9.55
        ("9.6", "12", True),
        ("-12.5", "8", False),
        ("-12.5", "7.9", True),
        ("12.5", "8.0", False),
        ("0.4", "250", False),
    ],
)
def test_a_number_needed_to_treat(difference: str, number: str, *, wrong: bool) -> None:
    points = possible_values(Decimal(difference))
    assert (number_needed(points, Decimal(number)) is WRONG) is wrong


def test_no_difference_has_no_number_needed() -> None:
    points = Span(Decimal("-0.1"), Decimal("0.3"))
    assert number_needed(points, Decimal(900)) is Outcome.NOT_ENOUGH


def test_every_number_needed_of_two_counts_fits() -> None:
    for events in range(1, 40):
        points = crude_estimate("difference", (40, 57), (40 - events, 61))
        assert points is not None
        exact = 100 / points
        for number in (
            Decimal(f"{exact:.0f}"),
            exact.to_integral_value(ROUND_CEILING),
            Decimal(f"{exact:.1f}"),
        ):
            shares = possible_values(Decimal(f"{points:.1f}"))
            assert number_needed(shares, number) is not WRONG, (events, number)
