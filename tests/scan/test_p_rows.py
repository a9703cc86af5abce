"""P-values printed in a row below the groups that they compare."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

HEADER = " | Age, mean ± SD | Pulse, mean ± SD | Women, n (%) | Smokers, n (%)"
ROWS = (
    "Drug (n = 40) | 51.1 ± 10.2 | 71.1 ± 8.2 | 20 (50.0) | 8 (20.0)",
    "Placebo (n = 42) | 55.9 ± 9.8 | 71.3 ± 8.0 | 22 (52.4) | 20 (47.6)",
)


@pytest.mark.parametrize(
    ("last", "means", "counts"),
    [
        ("P value | 0.03 | 0.91 | 0.83 | 0.008", [], []),
        ("P value | 0.03 | 0.01 | 0.83 | 0.008", ["p-of-means"], []),
        ("p | 0.03 | 0.91 | 0.83 | 0.80", [], ["p-of-counts"]),
        ("P (adjusted) | 0.03 | 0.01 | 0.83 | 0.80", [], []),
        ("Difference | 0.03 | 0.01 | 0.83 | 0.80", [], []),
    ],
)
def test_a_row_of_p_values(last: str, means: list[str], counts: list[str]) -> None:
    text = table(HEADER, *ROWS, last)
    assert [kind for kind, _ in verdicts("mean_tests", text)] == means
    assert [kind for kind, _ in verdicts("significance", text)] == counts


def test_rows_without_sizes_are_not_groups() -> None:
    rows = [row.replace("(n = 40)", "").replace("(n = 42)", "") for row in ROWS]
    last = "P value | 0.03 | 0.01 | 0.83 | 0.80"
    text = table(HEADER, *rows, last)
    assert not verdicts("mean_tests", text)
    assert not verdicts("significance", text)


def test_each_row_is_of_the_groups_since_the_last() -> None:
    later = [row.replace("Drug", "New drug").replace("20 (50.0)", "38 (95.0)") for row in ROWS]
    last = "P value | 0.03 | 0.91 | 0.83 | 0.008"
    right = last.replace("0.83", "<0.001")
    assert not verdicts("significance", table(HEADER, *ROWS, last, *later, right))
    assert verdicts("significance", table(HEADER, *ROWS, last, *later, last))


@pytest.mark.parametrize(("cell", "number"), [("0 (0)", 0), ("–", 0), ("------", 0), ("", 1)])
def test_a_p_that_may_be_of_a_group_with_a_dash(cell: str, number: int) -> None:
    header = " | Drug (n = 59) | Diet (n = 59) | Control (n = 27) | P value"
    row = f"Cannot read, n (%) | 15 (25.4) | 16 (27.1) | {cell} | 0.01"
    other = "Women, n (%) | 30 (50.8) | 30 (50.8) | 13 (48.1) | 0.97"
    assert len(verdicts("significance", table(header, row, other))) == number
