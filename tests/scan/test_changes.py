"""Mean changes against the means before and after: both edges."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

HEADER = "Variable, mean ± SD | Before | After | Change"
FITTING = (
    "Weight | 76.1 ± 10.2 | 73.9 ± 9.8 | -2.2 ± 3.0",
    "Pulse | 71.0 ± 12.0 | 70.0 ± 11.0 | 1.0 ± 4.0",
    "Pressure | 131.4 ± 11.0 | 127.3 ± 10.0 | −4.2 ± 5.1",
)
WRONG = "Glucose | 6.41 ± 1.25 | 6.17 ± 1.00 | −0.84 ± 0.9"


def verdicts_of(*rows: str, header: str = HEADER) -> list[str]:
    return [kind for kind, _ in verdicts("changes", table(header, *rows))]


def test_a_change_is_the_later_mean_minus_the_earlier_one() -> None:
    assert verdicts_of(*FITTING) == []
    assert verdicts_of(*FITTING, WRONG.replace("0.84", "0.24")) == []
    assert verdicts_of(*FITTING, WRONG.replace("0.84", "0.25")) == []  # rounded
    assert verdicts_of(*FITTING, WRONG) == ["change-of-means"]


def test_an_increase_with_a_minus_sign_where_decreases_have_it() -> None:
    falls = [f"Item {n} | {n}.4 ± 2.0 | {n}.1 ± 2.0 | −0.3 ± 1.0" for n in range(4, 7)]
    rises = "Pain | 5.4 ± 2.0 | 6.2 ± 2.0 | {}0.8 ± 1.0"
    assert verdicts_of(*falls, rises.format("")) == []
    assert verdicts_of(*falls, rises.format("−")) == ["change-of-means"]
    assert verdicts_of(*falls[:2], rises.format("−")) == []
    # The earlier mean minus the later one; a decrease without a sign.
    turned = [row.replace("−", "") for row in falls]
    assert verdicts_of(*turned, rises.format("−")) == []
    assert verdicts_of(*falls, turned[0].replace("Item", "Score")) == []


def test_where_others_do_not_fit_the_changes_are_of_other_people() -> None:
    assert verdicts_of(*FITTING[:2], WRONG) == []
    others = (WRONG.replace("Glucose", "Lactate"), WRONG.replace("Glucose", "Sodium"))
    assert verdicts_of(*FITTING, WRONG, *others) == []


@pytest.mark.parametrize(
    "change", ["Change, %", "Median change", "Difference between groups", "Adjusted change", "P"]
)
def test_what_is_no_mean_change(change: str) -> None:
    assert verdicts_of(*FITTING, WRONG, header=HEADER.replace("Change", change)) == []


def test_two_groups_and_their_difference_are_no_times() -> None:
    header = HEADER.replace("Before", "Drug").replace("After", "Placebo")
    assert verdicts_of(*FITTING, WRONG, header=header) == []


def test_times_in_rows() -> None:
    header = "Mean ± SD | Drug (n = 24) | Placebo (n = 31)"
    rows = (
        "Baseline, mean ± SD | 5.41 ± 2.25 | 4.96 ± 2.16",
        "Week 12, mean ± SD | 6.17 ± 2.00 | 5.94 ± 2.15",
        "Change, mean ± SD | 0.76 ± 2.42 | {} ± 2.41",
        "Later, mean ± SD | 6.41 ± 2.25 | 5.96 ± 2.16",
        "Baseline pulse, mean ± SD | 70.1 ± 9.0 | 71.3 ± 9.9",
        "Week 12 pulse, mean ± SD | 72.3 ± 9.0 | 71.0 ± 9.1",
        "Change of pulse, mean ± SD | 2.2 ± 5.0 | −0.3 ± 4.0",
    )

    def of(change: str) -> list[str]:
        return verdicts_of(*(row.format(change) for row in rows), header=header)

    assert of("0.98") == []
    assert of("0.68") == ["change-of-means"]


def test_a_change_with_a_p_of_its_own_group() -> None:
    header = (" | Drug (n = 24) | Drug (n = 24)", "Mean ± SD | Mean ± SD | P value")
    rows = (
        "Weight, change | −0.39 ± 0.60 | 0.004",
        "Pulse, change | 2.54 ± 5.71 | 0.04",
        "Pressure, change | −1.40 ± 9.00 | 0.45",
        "Glucose, change | 6.10 ± 2.00 | {}",
    )

    def of(p: str, first: str = rows[0]) -> list[tuple[str, str]]:
        lines = (first, *rows[1:3], rows[3].format(p))
        return verdicts("changes", table(*header, *lines, header_rows=2))

    assert of("<0.001") == []
    assert of("0.31") == [("p-of-change", "doubtful")]
    # Where another does not fit either, the p-values are of something else.
    assert of("0.31", rows[0].replace("0.004", "0.8")) == []
