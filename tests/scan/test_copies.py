"""Rows and columns that repeat each other, and grades above any grade."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

HEADER = " | Drug (n = 20) | Placebo (n = 22)"
ROW = "Weight, kg | 71.34 ± 10.21 | 70.12 ± 9.87"


def test_rows() -> None:
    copied = "Height, cm | 71.34 ± 10.21 | 70.12 ± 9.87"
    assert verdicts("copies", table(HEADER, ROW, copied)) == [("copied-figures", "doubtful")]
    near = copied.replace("9.87", "9.88")
    assert verdicts("copies", table(HEADER, ROW, near)) == []


@pytest.mark.parametrize(
    "name", ["Weight, kg (LOCF)", "Weight, kg, per protocol", "Observed weight"]
)
def test_two_analyses_of_the_same_people_may_be_equal(name: str) -> None:
    copied = f"{name} | {ROW.split('|', 1)[1]}"
    assert verdicts("copies", table(HEADER, ROW, copied)) == []


def test_figures_of_few_digits_or_counts_may_be_equal() -> None:
    small = ("Pain | 1.1 (0.3) | 0.9 (0.2)", "Stiffness | 1.1 (0.3) | 0.9 (0.2)")
    assert verdicts("copies", table(HEADER, *small)) == []
    counts = ("Pain, n (%) | 10 (50.00) | 11 (50.00)", "Fever, n (%) | 10 (50.00) | 11 (50.00)")
    assert verdicts("copies", table(HEADER, *counts)) == []


def test_columns() -> None:
    rows = [f"Score {i}, mean ± SD | 4{i}.21 ± 6.{i}7 | 4{i}.21 ± 6.{i}7" for i in range(1, 6)]
    assert verdicts("copies", table(HEADER, *rows)) == [("copied-figures", "doubtful")]
    assert verdicts("copies", table(HEADER, *rows[:2])) == []
    assert verdicts("copies", table(HEADER, *rows, "Age | 50.2 ± 9.1 | 51.2 ± 9.0")) == []


def test_grades() -> None:
    header = " | Any grade, n (%) | Grade 3–4, n (%)"
    kind = ("grades-above-any", "inconsistent")
    assert verdicts("grades", table(header, "Rash | 12 (30) | 15 (38)")) == [kind]
    assert verdicts("grades", table(header, "Rash | 12 (30) | 12 (30)")) == []
    assert verdicts("grades", table(" | All | Severe", "Rash, n (%) | 3 (8) | 5 (12)")) == [kind]
    assert verdicts("grades", table(" | Grade 1–2 | Grade 3–4", "Rash, n | 3 | 5")) == []
