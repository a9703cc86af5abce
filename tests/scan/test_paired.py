"""P-values of two times of the same people: what no correlation gives, and what may be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.scanned import findings, table, verdicts

from kb.checks.change_tests import distance_of_change
from kb.checks.means import Summary
from kb.checks.rounding import possible_values

HEADER = " | Before (n = 30) | After (n = 30) | P value"
FITTING = (
    "Weight, mean ± SD | 76.1 ± 10.2 | 73.9 ± 9.8 | 0.001",
    "Pulse, mean ± SD | 71.0 ± 12.0 | 70.0 ± 11.0 | 0.43",
    "Height, mean ± SD | 168 ± 9 | 168 ± 9 | 0.6",
)
WRONG = "Calcium, mean ± SD | 10.4 ± 0.6 | 9.2 ± 0.5 | 0.26"


def verdicts_of(
    *rows: str, notes: tuple[str, ...] = (), header: str = HEADER
) -> list[tuple[str, str]]:
    return verdicts("paired", table(header, *rows, notes=notes))


def test_a_change_of_two_standard_deviations_has_a_small_p() -> None:
    assert verdicts_of(*FITTING) == []
    assert verdicts_of(*FITTING, WRONG) == [("p-of-paired-means", "doubtful")]
    assert verdicts_of(*FITTING, WRONG.replace("0.26", "<0.001")) == []
    (finding,) = findings("paired", table(HEADER, *FITTING, WRONG))
    assert finding.message.endswith("gives p = 0.26, whatever their correlation.")
    assert finding.computed == "paired t tests give p <0.0001 (n = 30)"


@pytest.mark.parametrize(
    "header",
    [
        " | Drug (n = 30) | Placebo (n = 30) | P value",  # two groups
        " | Before (n = 30) | After (n = 24) | P value",  # other people
        " | Before | After | P value",  # of an unknown number
        " | Before (n = 30) | Change (n = 30) | P value",
        " | Before (n = 30) | Week 4 (n = 30) | Week 8 (n = 30) | P value",
    ],
)
def test_what_is_not_two_times_of_the_same_people(header: str) -> None:
    rows = [*FITTING, WRONG]
    if "Week 8" in header:
        rows = [row.replace(" | ", " | 71.0 ± 9.0 | ", 1) for row in rows]
    assert verdicts_of(*rows, header=header) == []


def test_where_the_others_do_not_fit_the_p_is_of_something_else() -> None:
    assert verdicts_of(WRONG) == []
    assert verdicts_of(*FITTING[:2], WRONG, WRONG.replace("Calcium", "Iron")) == []
    assert verdicts_of(*FITTING, WRONG, notes=("Adjusted for age.",)) == []


def test_skewed_values_may_be_tested_by_ranks() -> None:
    skewed = "CRP, mean ± SD | 12.1 ± 8.2 | 4.0 ± 6.0 | 0.16"
    assert verdicts_of(*FITTING, skewed) == []


@pytest.mark.parametrize(
    ("after", "sd", "p", "fits"),
    [
        ("62.8", "4.1", "0.03", True),
        ("62.8", "4.1", "0.067", True),  # the two times go opposite ways
        ("62.8", "4.1", "0.09", False),
        ("62.8", "5.2", "0.0001", True),  # they go together
        ("66.1", "5.2", "1.0", True),
        ("65.8", "9.9", "0.9", True),
        ("65.8", "9.9", "0.001", False),  # the spread changes too much
    ],
)
def test_both_edges(after: str, sd: str, p: str, *, fits: bool) -> None:
    one, other = (
        Summary(Decimal(mean), Decimal(spread), 30)
        for mean, spread in (("66.1", "5.2"), (after, sd))
    )
    assert (distance_of_change(one, other, possible_values(Decimal(p))) == 0) is fits
