"""Ranges: of groups against that of all, quartiles against them, ages against limits."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

OF_ALL = [("range-of-group-outside-all", "inconsistent")]
QUARTILES = [("quartiles-outside-range", "inconsistent")]
AGES = [("ages-outside-eligibility", "doubtful")]
HEADER = "Item | Drug (n = 20) | Placebo (n = 21) | Total (n = 41)"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Age, median (range) | 40 (21–60) | 42 (19–71) | 41 (19–71)", []),
        ("Age, median (range) | 40 (17–60) | 42 (19–71) | 41 (19–71)", OF_ALL),
        ("Age, median (range) | 40 (21–60) | 42 (19–78) | 41 (19–71)", OF_ALL),
        ("Weight, median (range) | 40 (21–60.4) | 42 (19–71.2) | 41 (19–71)", []),  # rounded
        # Quartiles and standard deviations of a group may lie outside those of all.
        ("Age, median (IQR) | 40 (17–60) | 42 (19–71) | 41 (19–70)", []),
    ],
)
def test_ranges_of_groups(row: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts("ranges", table(HEADER, row)) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("Stay, median (IQR) | 3 (3–5) | 4 (3–6)", "Stay, range | 3–9 | 1–8"), []),
        (("Stay, median (IQR) | 3 (2–5) | 4 (3–6)", "Stay, range | 3–9 | 1–8"), QUARTILES),
        (("Stay, median (IQR) | 3 (2–5) | 4 (3–6)", "Range | 3–9 | 1–8"), QUARTILES),
        (("Stay, median (IQR) | 3 (2–5) | 4 (3–6)", "Dose, range | 3–9 | 1–8"), []),
    ],
)
def test_quartiles_of_rows(rows: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert verdicts("ranges", table("Item | Drug (n = 20) | Placebo (n = 21)", *rows)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The stay was 5 days (IQR 3–8; range 3–9).", []),
        ("The stay was 5 days (IQR 3–8; range 4–9).", QUARTILES),
        ("The stay was 5 days (range 1–7, interquartile range 3–8).", QUARTILES),
        ("The stay was 5 days (interquartile range 3–8).", []),
    ],
)
def test_quartiles_of_a_sentence(text: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts("ranges", text) == expected


ELIGIBLE = "Patients aged 18–70 years were eligible."


@pytest.mark.parametrize(
    ("eligible", "row", "expected"),
    [
        (ELIGIBLE, "Age, years, mean (range) | 40 (18–70) | 41 (19–71)", []),
        (ELIGIBLE, "Age, years, mean (range) | 40 (16–70) | 41 (19–70)", AGES),
        (ELIGIBLE, "Age, years, mean (range) | 40 (18–79) | 41 (19–70)", AGES),
        (ELIGIBLE, "Age at onset, mean (range) | 20 (2–70) | 21 (3–70)", []),
        (ELIGIBLE, "Age, mean (SD) | 40 (12) | 41 (9)", []),
        ("We enrolled those aged 18 years or older.", "Age, range | 16–80 | 18–90", AGES),
        ("We enrolled those aged 18 years or older.", "Age, range | 18–80 | 18–90", []),
        # Two limits may be of two groups.
        (f"{ELIGIBLE} Children aged 4–17 years were enrolled.", "Age, range | 5–17 | 6–70", []),
    ],
)
def test_ages(eligible: str, row: str, expected: list[tuple[str, str]]) -> None:
    groups = table("Item | Drug (n = 20) | Placebo (n = 21)", row)
    assert verdicts("ranges", groups, eligible) == expected


def test_ages_of_a_sentence() -> None:
    wrong = "The median age was 45 years (range 16–69)."
    assert verdicts("ranges", ELIGIBLE, wrong) == AGES
    assert verdicts("ranges", ELIGIBLE, wrong.replace("16", "18")) == []
    assert verdicts("ranges", ELIGIBLE, wrong.replace("age", "dose")) == []
