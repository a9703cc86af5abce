"""P-values of tables against means with standard deviations."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

HEADER = " | Drug (n = 40) | Placebo (n = 42) | P value"
FITTING = (
    "Age, mean ± SD | 51.1 ± 10.2 | 55.9 ± 9.8 | 0.03",
    "Weight, mean ± SD | 71.0 ± 12.0 | 73.0 ± 11.0 | 0.43",
    "Height, mean ± SD | 168 ± 9 | 169 ± 8 | 0.6",
    "BMI, mean ± SD | 24.1 ± 3.1 | 25.0 ± 3.0 | 0.19",
)
WRONG = "Pulse, mean ± SD | 71.1 ± 8.2 | 71.3 ± 8.0 | 0.01"


def verdicts_of(
    *rows: str, notes: tuple[str, ...] = (), header: str = HEADER
) -> list[tuple[str, str]]:
    return verdicts("mean_tests", table(header, *rows, notes=notes))


def test_t_tests_fit() -> None:
    assert verdicts_of(*FITTING) == []


def test_one_p_that_no_t_test_gives() -> None:
    assert verdicts_of(*FITTING, WRONG) == [("p-of-means", "inconsistent")]
    assert verdicts_of(WRONG) == [("p-of-means", "doubtful")]


@pytest.mark.parametrize("note", ["Geometric means", "log-transformed values were tested"])
def test_logarithms_are_no_error(note: str) -> None:
    assert verdicts_of(*FITTING, WRONG, notes=(note,)) == []


@pytest.mark.parametrize("note", ["ANCOVA adjusted for baseline", "Paired t test"])
def test_models_are_no_error(note: str) -> None:
    assert verdicts_of(WRONG, notes=(note,)) == []


@pytest.mark.parametrize(
    ("row", "number"),
    [
        ("Change | 0.04 ± 0.03 | −0.12 ± 0.04 | 0.21", 1),
        ("Change | 0.04 ± 0.03 | −0.12 ± 0.04 | 0.03", 0),  # significant either way
        ("Change | 0.04 ± 0.03 | 0.13 ± 0.05 | 0.39", 0),  # that of standard errors, nearly
        ("Change | 0.04 ± 0.03 | 0.05 ± 0.04 | 0.21", 0),
    ],
)
def test_a_p_far_from_every_test_where_few_of_its_column_fit(row: str, number: int) -> None:
    header = " | Drug (n = 16) | Placebo (n = 16) | P value"
    others = (
        "Age, mean ± SD | 9.8 ± 2.2 | 9.3 ± 2.2 | 0.21",
        "Weight, mean ± SD | 31.2 ± 4.1 | 30.3 ± 4.2 | 0.09",
        "Height, mean ± SD | 134 ± 9 | 133 ± 8 | 0.33",
    )
    text = table(header, *others, row.replace("Change", "Lipids, mean ± SD"))
    found = [f for f in findings("mean_tests", text) if "Lipids" in f.place.row]
    assert [f.verdict.value for f in found] == ["doubtful"] * number


def test_skewed_values_may_be_tested_by_ranks() -> None:
    skewed = "CRP, mean ± SD | 12.1 ± 20.2 | 13.0 ± 24.0 | 0.08"
    assert verdicts_of(*FITTING, skewed) == []
    assert verdicts_of(*FITTING, skewed.replace("0.08", "<0.001")) == [("p-of-means", "doubtful")]


def test_three_groups_are_tested_by_analysis_of_variance() -> None:
    header = " | A (n = 30) | B (n = 30) | C (n = 30) | p"
    fitting = (
        "Age, mean ± SD | 46 ± 5 | 49 ± 6 | 48 ± 6 | 0.12",
        "Dose, mean ± SD | 86 ± 27 | 102 ± 34 | 95 ± 40 | 0.21",
        "Pulse, mean ± SD | 72 ± 11 | 79 ± 10 | 74 ± 11 | 0.03",
    )
    assert verdicts_of(*fitting, header=header) == []
    wrong = "Weight, mean ± SD | 72 ± 11 | 72 ± 10 | 73 ± 11 | 0.001"
    assert verdicts_of(*fitting, wrong, header=header) == [("p-of-means", "inconsistent")]


ERRORS = (
    "Age | 51.08 ± 1.59 | 48.94 ± 1.68 | 0.356",
    "BMI | 25.78 ± 0.41 | 24.82 ± 0.54 | 0.150",
    "HbA1c | 10.71 ± 0.20 | 10.99 ± 0.23 | 0.366",
    "HOMA-B | 24.50 ± 3.00 | 26.41 ± 3.41 | 0.674",
)


def test_standard_errors_that_are_printed_as_deviations() -> None:
    header = " | Group Asp (51) | Group Lis (48) | t value | P value"
    rows = [row.replace(" | 0.", " | 0.1 | 0.") for row in ERRORS]
    (one,) = findings("mean_tests", table(header, *rows, caption="Means ± SD"))
    assert (one.kind, one.verdict.value) == ("standard-errors-as-deviations", "inconsistent")
    assert "0.674" in one.printed


def test_standard_errors_that_are_printed_as_such() -> None:
    header = " | Group Asp (51) | Group Lis (48) | P value"
    assert verdicts("mean_tests", table(header, *ERRORS, caption="Means ± SE")) == []


def test_numbers_in_columns_of_their_own() -> None:
    row = "Pulse | 40 | 71.1 ± 8.2 | 42 | 71.3 ± 8.0 | "
    two = (" | Drug | Drug | Placebo | Placebo | P", " | n | mean ± SD | n | mean ± SD | P")
    grid = table(*two, row + "0.91", header_rows=2)
    assert verdicts("mean_tests", grid) == []
    assert verdicts("mean_tests", table(*two, row + "0.001", header_rows=2)) == [
        ("p-of-means", "doubtful")
    ]


def test_a_lone_p_that_is_a_little_off() -> None:
    row = "Temperature, mean ± SD | 36.90 ± 0.50 | 36.70 ± 0.50 | {}"
    assert verdicts_of(*FITTING, row.format("0.07")) == []
    assert verdicts_of(*FITTING, row.format("0.19")) == [("p-of-means", "doubtful")]
    # Where another one is off, too, the test or the numbers of people may be others.
    off = "Pulse, mean ± SD | 71.1 ± 8.2 | 74.1 ± 8.0 | 0.17"
    assert verdicts_of(*FITTING, off, row.format("0.19")) == []


def test_what_stands_beside_a_mean_may_not_be_named() -> None:
    bare = [row.replace(", mean ± SD", "") for row in FITTING]
    assert verdicts_of(*bare) == []
    wrong = WRONG.replace(", mean ± SD", "")
    assert verdicts_of(*bare, wrong) == [("p-of-means", "inconsistent")]
    # If 8 is a standard error, nothing else gives this p.
    error = "Pulse | 71.1 ± 8.2 | 91.3 ± 8.0 | 0.08"
    assert verdicts_of(*bare, error) == []


def test_a_percent_sign_may_be_a_unit() -> None:
    assert verdicts_of(*FITTING, "HbA1c (%) | 7.1 ± 1.2 | 7.2 ± 1.1 | 0.69") == []
    assert verdicts_of(*FITTING, "HbA1c (%) | 7.1 ± 1.2 | 7.2 ± 1.1 | 0.001") == [
        ("p-of-means", "inconsistent")
    ]


def test_means_with_intervals() -> None:
    rows = [
        "Age, mean (95% CI) | 51.1 (47.8–54.4) | 55.9 (52.8–59.0) | 0.03",
        "Weight, mean (95% CI) | 71.0 (67.2–74.8) | 73.0 (69.6–76.4) | 0.43",
        "BMI, mean (95% CI) | 24.1 (23.1–25.1) | 25.0 (24.1–25.9) | 0.19",
    ]
    pulse = "Pulse, mean (95% CI) | 71.1 (68.5–73.7) | 71.3 (68.8–73.8) | {}"
    assert verdicts_of(*rows, pulse.format("0.91")) == []
    assert verdicts_of(*rows, pulse.format("0.01")) == [("p-of-means", "inconsistent")]


def test_the_size_of_a_group_may_stand_in_another_table() -> None:
    sizes = table("Variable | Drug (n = 40) | Placebo (n = 42)", "Age | 51 | 52")
    bare = table(" | Drug | Placebo | P value", *FITTING, WRONG)
    assert verdicts("mean_tests", bare) == []
    assert verdicts("mean_tests", sizes, bare) == [("p-of-means", "inconsistent")]
    # Two tables that differ leave it open.
    other = table("Variable | Drug (n = 38) | Placebo (n = 42)", "Age | 51 | 52")
    assert verdicts("mean_tests", sizes, other, bare) == []
