"""Totals of rows and columns that are printed as plain numbers."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

GROUPS = [("groups-against-total", "inconsistent")]
ROWS = [("rows-against-total", "inconsistent")]
DOUBTFUL = [("rows-against-total", "doubtful")]


def of_columns(*rows: str) -> list[tuple[str, str]]:
    header = "Characteristic | North | North | South | South | Total | Total"
    fitting = (
        "Sample | n | % | n | % | n | %",
        "Female | 90 | 57.0 | 25 | 53.2 | 115 | 56.1",
        "Married | 59 | 37.3 | 20 | 42.6 | 79 | 38.5",
        "Employed | 70 | 44.3 | 22 | 46.8 | 92 | 44.9",
    )
    return verdicts("arms", table(header, *fitting, *rows))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Male | 68 | 43.0 | 22 | 46.8 | 90 | 43.9", []),
        ("Male | 68 | 43.0 | 22 | 46.8 | 60 | 43.9", GROUPS),
        ("Male | 58 | 43.0 | 22 | 46.8 | 90 | 43.9", GROUPS),
        ("Age, mean | 41 | 2.5 | 43 | 2.7 | 42 | 2.6", []),
        ("Days | 41 (3) | 2.5 | 43 (4) | 2.7 | 42 (4) | 2.6", []),
    ],
)
def test_groups_of_plain_numbers(row: str, expected: list[tuple[str, str]]) -> None:
    assert of_columns(row) == expected


def test_few_plain_rows_do_not_show_what_a_total_is_of() -> None:
    header = "Visits | North | South | Total"
    rows = ("First | 12 | 20 | 32", "Second | 11 | 19 | 30")
    assert verdicts("arms", table(header, *rows, "Third | 10 | 15 | 28")) == []


def test_a_total_of_the_totals_of_blocks() -> None:
    header = (
        "Group | Total | Early | Early | Late | Late",
        "Group | Total | Total | Intact | Total | Intact",
    )
    rows = [f"Dose {n} | {200 + 2 * n} | {90 + n} | 80 | {110 + n} | 100" for n in range(5)]
    wrong = "Dose 9 | 238 | 99 | 80 | 119 | 100"
    assert verdicts("arms", table(*header, *rows, header_rows=2)) == []
    assert verdicts("arms", table(*header, *rows, wrong, header_rows=2)) == GROUPS


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ("Total | 44 | 53 | 62 | 71", []),
        ("Total | 44 | 53 | 62 | 77", ROWS),
        ("Total | 44 | 53 | 66 | 77", []),  # some are of several rows
        ("Maximum | 44 | 53 | 62 | 77", []),
        ("Total score | 14.1 | 15.2 | 16.3 | 17.4", []),
    ],
)
def test_rows_of_plain_numbers(total: str, expected: list[tuple[str, str]]) -> None:
    header = "Reason | North | South | East | West"
    rows = ("Moved | 10 | 12 | 14 | 16", "Fever | 14 | 17 | 20 | 23", "Other | 20 | 24 | 28 | 32")
    assert verdicts("totals", table(header, *rows, total)) == expected


def test_a_total_above_its_rows_of_few_columns_is_doubtful() -> None:
    header = "Reason | North | South | East"
    rows = ("Moved | 10 | 12 | 14", "Fever | 14 | 17 | 20")
    assert verdicts("totals", table(header, "Total lost | 24 | 29 | 34", *rows)) == []
    assert verdicts("totals", table(header, "Total lost | 24 | 29 | 37", *rows)) == DOUBTFUL


def test_the_arithmetic_of_a_total() -> None:
    header = "Reason | North | South | East"
    rows = ("Moved | 10 | 12 | 14", "Fever | 14 | 17 | 20", "Total | 24 | 29 | 37")
    (finding,) = findings("totals", table(header, *rows))
    assert finding.message == "The rows add up to 34, but their total is printed as 37."
    assert finding.computed == "14 + 20 = 34, total 37"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (" | Enrolled (N = 64) | Drug (N = 47) | Placebo (N = 17)", GROUPS),
        (" | Enrolled (N = 64), n (%) | Drug (N = 47) | Placebo (N = 17)", GROUPS),
        # None of three arms is a total, whatever their sizes.
        (" | High dose (N = 65) | Low dose (N = 47) | Placebo (N = 17)", []),
    ],
)
def test_a_total_that_only_its_size_shows(header: str, expected: list[tuple[str, str]]) -> None:
    rows = (
        "Men | 44 (68.8) | 31 (66.0) | 13 (76.5)",
        "Surgery | 55 (85.9) | 40 (85.1) | 15 (88.2)",
        "Diabetes | 29 (45.3) | 23 (48.9) | 6 (35.3)",
        "Dialysis | 5 (7.8) | 4 (8.5) | 1 (5.9)",
    )
    assert verdicts("arms", table(header, *rows)) == []
    assert verdicts("arms", table(header, *rows, "Fungi | 51 (79.7) | 38 (80.9) | 16 (94.1)")) == (
        expected
    )


def test_arms_whose_sizes_happen_to_add_up_have_no_total() -> None:
    header = " | Both (N = 64) | Drug (N = 47) | Placebo (N = 17)".replace("Both", "Combination")
    rows = [f"Event {n} | {n + 9} | {n} | {n // 2}" for n in (3, 6, 9, 12, 15)]
    assert verdicts("arms", table(header, *rows)) == []
