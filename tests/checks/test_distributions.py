"""Which p-values test statistics, counts in categories, and means give: both edges."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kb.checks.count_tests import distance_of_counts, distance_of_groups, p_of_groups
from kb.checks.distributions import Statistic, distance_of_statistic, p_of_statistic
from kb.checks.means import Summary, anova, distance_of_means
from kb.checks.possible_means import least_sd, most_sd
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import distance_of_bounds, off_middle


def p(text: str) -> Span:
    operator = text[0] if text[0] in "<>" else ""
    return possible_values(Decimal(text.lstrip("<>")), operator)


# Values of printed tables of the distributions.
@pytest.mark.parametrize(
    ("statistic", "value", "degrees", "expected"),
    [
        ("t", 2.262, (9,), 0.05),
        ("t", -2.262, (9,), 0.05),
        ("t", 1.96, (), 0.05),
        ("F", 3.102, (3, 20), 0.0497),
        ("z", 2.576, (), 0.01),
        ("chi-square", 5.991, (2,), 0.05),
        ("chi-square", 3.841, (), 0.05),
        ("r", 0.632, (8,), 0.05),
    ],
)
def test_p_of_a_statistic(
    statistic: Statistic, value: float, degrees: tuple[float, ...], expected: float
) -> None:
    assert p_of_statistic(statistic, value, degrees) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(
    ("statistic", "value", "degrees", "printed", "fits"),
    [
        ("t", "2.31", (38,), "0.03", True),
        ("t", "2.31", (38,), "0.026", True),
        ("t", "2.31", (38,), "0.013", True),  # one-sided
        ("t", "2.31", (38,), "<0.05", True),
        ("t", "2.31", (38,), "<0.001", False),
        ("t", "2.31", (38,), "0.3", False),
        ("F", "4.1", (2, 57), "0.02", True),
        ("F", "4.1", (2, 57), "0.2", False),
        ("F", "1.1", (2, 57), "0.17", False),  # an F has one tail
        ("chi-square", "5.6", (1,), "0.02", True),
        ("chi-square", "5.6", (1,), "0.2", False),
        ("z", "1.2", (), "0.12", True),
        ("z", "1.2", (), ">0.05", True),
        ("z", "1.2", (), "<0.05", False),
        ("r", "0.25", (125,), "0.005", True),
        ("r", "0.25", (25,), "0.005", False),
    ],
)
def test_a_printed_p_against_its_statistic(
    statistic: Statistic, value: str, degrees: tuple[float, ...], printed: str, *, fits: bool
) -> None:
    distance = distance_of_statistic(statistic, Decimal(value), degrees, p(printed))
    assert (distance == 0) is fits


def test_categories_of_several_groups() -> None:
    assert p_of_groups([(10, 20), (20, 10)]) == pytest.approx(0.0098, abs=1e-4)
    assert p_of_groups([(10, 0), (12, 0)]) is None
    assert p_of_groups([(10, 20), (0, 0)]) is None
    three = [(20, 30), (12, 38), (9, 41)]
    assert distance_of_groups(three, p("0.04")) == 0
    assert (distance_of_groups(three, p("0.9")) or 0) > 1
    # Ordered categories may be tested by ranks.
    assert distance_of_groups([(30, 20, 10), (18, 20, 22)], p("0.008")) == 0


def test_counts_without_events_tell_nothing() -> None:
    assert distance_of_counts((0, 20), (0, 22), p("1.0")) is None
    assert distance_of_counts((20, 20), (22, 22), p("1.0")) is None
    assert distance_of_counts((0, 20), (5, 22), p("0.05")) == 0


def summary(mean: str, sd: str, n: int) -> Summary:
    return Summary(Decimal(mean), Decimal(sd), n)


def test_means_of_two_and_three_groups() -> None:
    two = [summary("51.1", "10.2", 40), summary("55.9", "9.8", 42)]
    assert distance_of_means(two, p("0.033")) == 0
    assert distance_of_means(two, p("0.017")) == 0  # one-sided
    assert (distance_of_means(two, p("0.8")) or 0) > 1
    low, high = anova([summary("5.1", "2.0", 30), summary("6.3", "2.0", 30)])
    assert low < 0.0235 < high
    equal = [summary("5", "2", 30)] * 3
    assert anova(equal)[1] == 1.0
    assert distance_of_means([summary("5", "0", 30), summary("6", "2", 30)], p("0.1")) is None
    assert distance_of_means([summary("5", "2", 1), summary("6", "2", 30)], p("0.1")) is None


def test_standard_errors_are_read_as_such() -> None:
    as_deviations = [summary("24.50", "3.00", 51), summary("26.41", "3.41", 48)]
    errors = [replace(one, is_error=True) for one in as_deviations]
    assert distance_of_means(errors, p("0.674")) == 0
    assert (distance_of_means(as_deviations, p("0.674")) or 0) > 1


@pytest.mark.parametrize(
    ("mean", "sd", "possible"),
    [("2.40", 0.48, False), ("2.40", 0.50, True), ("3.00", 0.0, True), ("0.9", 0.2, False)],
)
def test_whole_numbers_need_a_spread(mean: str, sd: float, *, possible: bool) -> None:
    assert (sd >= least_sd(Decimal(mean))) is possible


def test_values_of_a_scale_have_a_largest_spread() -> None:
    largest = most_sd(Decimal("3.2"), Decimal(0), Decimal(10), 40)
    assert largest is not None
    assert 4.7 < largest < 4.8
    assert most_sd(Decimal("12.3"), Decimal(0), Decimal(10), 40) is None
    assert most_sd(Decimal("10.0"), Decimal(0), Decimal(10), 40) is not None


# Estimates with bounds that are symmetric within rounding, and that are not.
@pytest.mark.parametrize(
    ("estimate", "bounds", "ratio", "symmetric"),
    [
        ("1.27", "1.05 1.53", True, True),
        ("1.3", "1.0 1.6", True, True),
        ("1.29", "1.08 1.46", True, False),
        ("1.15", "0.89 1.33", True, False),
        ("-2.4", "-4.6 -0.2", False, True),
        ("-2.4", "-4.6 0.2", False, False),
    ],
)
def test_symmetry_within_rounding(
    estimate: str, bounds: str, *, ratio: bool, symmetric: bool
) -> None:
    low, high = map(Decimal, bounds.split())
    assert (off_middle(Decimal(estimate), Span(low, high), ratio=ratio) == 0) is symmetric


def test_no_middle_without_bounds_above_zero() -> None:
    bounds = Span(Decimal("0.0"), Decimal("1.2"))
    assert off_middle(Decimal("0.5"), bounds) is None
    assert distance_of_bounds(Decimal("0.5"), bounds, 0.95, p("0.3")) is None
