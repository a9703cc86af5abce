"""Means and SDs that a scale, or whole numbers, cannot have."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

HEADER = " | Drug (n = 12) | Placebo (n = 15)"


def verdicts_of(*rows: str, header: str = HEADER) -> list[tuple[str, str]]:
    return verdicts("scores", table(header, *rows))


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ("Pain score (0–10), mean ± SD | 3.2 ± 2.1 | 4.0 ± 2.5", []),
        ("Pain score (0–10), mean ± SD | 3.2 ± 4.8 | 4.0 ± 2.5", []),  # both ends only
        ("Pain score (0–10), mean ± SD | 3.2 ± 6.1 | 4.0 ± 2.5", ["spread-of-scale"]),
        ("Pain score (0–10), mean ± SE | 3.2 ± 6.1 | 4.0 ± 2.5", []),
        ("Change of pain score (0–10), mean ± SD | 3.2 ± 6.1 | 4.0 ± 2.5", []),
        ("Potassium (3.5–5.0), mean ± SD | 4.2 ± 6.1 | 4.0 ± 0.5", []),
        ("Pain score (0–10), mean ± SD | 32.0 ± 6.1 | 4.0 ± 2.5", ["mean-outside-scale"]),
    ],
)
def test_scales(row: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in verdicts_of(row)] == kinds


def test_the_sds_of_scores_that_are_standard_errors() -> None:
    rows = (
        "Score at 0, mean ± SD | 2.17 ± 0.27 | 2.4 ± 0.19",
        "Score at 10, mean ± SD | 1.83 ± 0.3 | 2.67 ± 0.16",
        "Score at 30, mean ± SD | 0.67 ± 0.22 | 1.4 ± 0.16",
    )
    assert verdicts_of(*rows) == [("spread-of-whole-numbers", "doubtful")]
    assert verdicts_of(*(row.replace("SD", "SE") for row in rows)) == []
    # The mean of several items may have any spread.
    assert verdicts_of(rows[0], "Score at 10, mean ± SD | 2.0 ± 0.9 | 2.5 ± 0.8") == []
    assert verdicts_of("Daily score, mean ± SD | 2.17 ± 0.27 | 2.4 ± 0.19", *rows[1:2]) == []


def test_means_of_numbers_of_things() -> None:
    header = " | Drug (n = 8) | Placebo (n = 9)"
    # 15/8, 15/7 and 11/6 are near, 1.99 is of none from 5 to 8.
    assert verdicts_of("Number of visits, mean ± SD | 1.88 ± 0.8 | 2.11 ± 0.9", header=header) == []
    assert verdicts_of("Number of visits, mean ± SD | 1.99 ± 0.8 | 2.11 ± 0.9", header=header) == [
        ("mean-of-whole-numbers", "doubtful")
    ]
    assert verdicts_of("Number of visits per year | 1.99 ± 0.8 | 2.11 ± 0.9", header=header) == []
    assert verdicts_of("Weight, mean ± SD | 1.99 ± 0.8 | 2.11 ± 0.9", header=header) == []


def test_the_sds_of_numbers_of_things() -> None:
    header = " | Drug (n = 5) | Placebo (n = 40)"
    fits = "Number of visits, mean ± SD | 1.80 ± 0.84 | 2.1 ± 0.9"
    assert verdicts_of(fits, header=header) == []
    assert verdicts_of(fits.replace("0.84", "0.92"), header=header) == [
        ("spread-with-mean-of-whole-numbers", "doubtful")
    ]
    assert (
        verdicts_of(fits.replace("0.84", "0.92").replace("Number of", "Time of"), header=header)
        == []
    )


def test_the_sd_of_a_proportion() -> None:
    header = " | Drug (n = 60) | Placebo (n = 60)"
    row = "Proportion of patients with pain, mean ± SD | 0.35 ± {} | 0.40 ± 0.49"
    assert verdicts_of(row.format("0.48"), header=header) == []
    assert verdicts_of(row.format("0.18"), header=header) == [("spread-of-proportion", "doubtful")]
    days = row.replace("of patients with pain", "of days")
    assert verdicts_of(days.format("0.18"), header=header) == []
