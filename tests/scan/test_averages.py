"""Means of all participants against the means of the groups."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

HEADER = " | Drug (n = 20) | Placebo (n = 60) | Total (n = 80)"
KIND = "groups-against-mean"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Age, mean ± SD | 50.0 ± 8 | 60.0 ± 9 | 57.5 ± 9", []),
        ("Age, mean ± SD | 50.0 ± 8 | 60.0 ± 9 | 57.1 ± 9", []),  # some values are missing
        ("Age, mean ± SD | 50.0 ± 8 | 60.0 ± 9 | 52.5 ± 9", ["doubtful"]),
        ("Age, mean ± SD | 50.0 ± 8 | 60.0 ± 9 | 61.0 ± 9", ["inconsistent"]),
        ("Age, mean ± SD | 50.04 ± 8 | 50.0 ± 9 | 50 ± 9", []),
        ("Age, geometric mean ± SD | 50.0 ± 8 | 60.0 ± 9 | 61.0 ± 9", []),
        ("Age, median (IQR) | 50 (40–60) | 60 (50–70) | 61 (40–70)", []),
        ("Women, n (%) | 5 (25) | 40 (67) | 45 (56)", []),
        ("Adjusted mean ± SE | 50.0 ± 8 | 60.0 ± 9 | 61.0 ± 9", []),
    ],
)
def test_totals(row: str, expected: list[str]) -> None:
    reported = verdicts("averages", table(HEADER, row))
    assert reported == [(KIND, verdict) for verdict in expected]


def test_groups_that_are_not_all_of_the_total() -> None:
    header = HEADER.replace("80", "120")
    row = "Age, mean ± SD | 50.0 ± 8 | 60.0 ± 9 | 61.0 ± 9"
    assert verdicts("averages", table(header, row)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The sample had a mean (SD) age of 57.5 (9.1) years.", []),
        ("The sample had a mean (SD) age of 53.5 (9.1) years.", ["doubtful"]),
        ("The mean age of the patients was 61 years.", ["doubtful"]),
        ("The mean age of the placebo group was 61 years.", []),
        ("The mean age was 50.0 vs 61.0 years.", []),
        ("The mean age of the women was 61 years.", []),
        ("The mean weight was 61 kg.", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    header = " | Drug (n = 20) | Placebo (n = 60)"
    groups = table(header, "Age (yr) | 50.0 (8.1) | 60.0 (9.2)")
    assert verdicts("averages", groups, text) == [(KIND, verdict) for verdict in expected]


def test_the_arithmetic_is_shown() -> None:
    row = "Age, mean ± SD | 50.0 ± 8 | 60.0 ± 9 | 61.0 ± 9"
    (one,) = findings("averages", table(HEADER, row))
    assert one.computed == "(20 × 50.0 + 60 × 60.0) / 80 = 57.5, printed 61.0"
    assert one.message == "The means of the groups give 57.5 for all 80, not 61.0."


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Age, mean ± SD | 50.0 ± 8.0 | 51.0 ± 9.0 | 50.8 ± 8.8", []),
        ("Age, mean ± SD | 50.0 ± 8.0 | 51.0 ± 9.0 | 50.8 ± 9.1", []),  # some values are missing
        ("Age, mean ± SD | 50.0 ± 8.0 | 51.0 ± 9.0 | 50.8 ± 7.8", ["doubtful"]),
        ("Age, mean ± SD | 50.0 ± 8.0 | 51.0 ± 9.0 | 50.8 ± 5.8", ["inconsistent"]),
        ("Age, mean ± SD | 50.0 ± 8.0 | 51.0 ± 3.0 | 50.8 ± 8.8", ["inconsistent"]),
        ("Age, mean ± SD | 40.0 ± 8.0 | 60.0 ± 9.0 | 55.0 ± 12.3", []),  # groups far apart
        ("Age, mean ± SD | 40.0 ± 8.0 | 60.0 ± 9.0 | 55.0 ± 8.8", ["inconsistent"]),
        ("Age, mean ± SE | 50.0 ± 1.8 | 51.0 ± 1.2 | 50.8 ± 1.0", []),
        ("Age, mean | 50.0 (8.0) | 51.0 (9.0) | 50.8 (2.0)", []),  # a spread of no declared kind
    ],
)
def test_the_standard_deviation_of_all_participants(row: str, expected: list[str]) -> None:
    reported = verdicts("averages", table(HEADER, row))
    assert reported == [("groups-against-spread", verdict) for verdict in expected]
