"""P-values of tables against counts: rows, blocks of categories, whole columns."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

HEADER = " | Drug (n = 100) | Placebo (n = 100) | P value"
FITTING = (
    "Diabetes, n (%) | 12 (12) | 20 (20) | 0.12",
    "Smoker, n (%) | 30 (30) | 28 (28) | 0.76",
    "Asthma, n (%) | 9 (9) | 11 (11) | 0.64",
    "Gout, n (%) | 3 (3) | 4 (4) | 1.00",
)


def verdicts_of(
    *rows: str, notes: tuple[str, ...] = (), header: str = HEADER
) -> list[tuple[str, str]]:
    return verdicts("significance", table(header, *rows, notes=notes))


def test_p_of_every_usual_test_fits() -> None:
    fisher_chi_square_yates = (
        "A, n (%) | 12 (12) | 20 (20) | 0.179",
        "B, n (%) | 12 (12) | 20 (20) | 0.123",
        "C, n (%) | 12 (12) | 20 (20) | 0.176",
        "D, n (%) | 12 (12) | 20 (20) | 0.06",
    )
    assert verdicts_of(*FITTING, *fisher_chi_square_yates) == []


def test_one_p_that_no_test_gives() -> None:
    row = "Stroke, n (%) | 40 (40) | 41 (41) | 0.01"
    assert verdicts_of(*FITTING, row) == [("p-of-counts", "inconsistent")]
    # Alone, or among others that do not fit, it may be of another test.
    assert verdicts_of(row) == [("p-of-counts", "doubtful")]
    other = ("A, n (%) | 12 (12) | 20 (20) | 0.9", "B, n (%) | 30 (30) | 28 (28) | 0.01")
    assert verdicts_of(row, *other) == []


@pytest.mark.parametrize("word", ["Adjusted for age", "Mixed model", "Cochran-Mantel-Haenszel"])
def test_another_test_is_no_error(word: str) -> None:
    row = "Stroke, n (%) | 40 (40) | 41 (41) | 0.01"
    assert verdicts_of(row, notes=(word,)) == []
    assert verdicts_of(*FITTING, row, header=HEADER.replace("P value", f"P value ({word})")) == []


def test_the_unadjusted_of_two_p_values_is_of_the_counts() -> None:
    header = " | Drug (n = 100) | Placebo (n = 100) | Unadjusted P value | Adjusted P value"
    fitting = tuple(f"{row} | 0.50" for row in FITTING)
    row = "Stroke, n (%) | 40 (40) | 41 (41) | 0.01 | 0.01"
    assert verdicts_of(*fitting, row, header=header) == [("p-of-counts", "inconsistent")]
    assert verdicts_of(*fitting, row, header=header.replace("Una", "A")) == []


def test_events_with_time_may_be_tested_by_log_rank() -> None:
    death = "Death, n (%) | 40 (40) | 45 (45) | 0.15"
    assert verdicts_of(*FITTING, death) == []
    assert verdicts_of(*FITTING, death.replace("Death", "Married")) == [("p-of-counts", "doubtful")]


def test_the_p_of_a_block_is_of_all_its_categories() -> None:
    block = (
        "  I | 20 (20) | 35 (35) |",
        "  II | 40 (40) | 35 (35) |",
        "  III | 40 (40) | 30 (30) |",
    )
    assert verdicts_of("Stage | | | 0.049", *block) == []
    on_first_row = (block[0] + " 0.049", *block[1:])
    assert verdicts_of("Stage | | |", *on_first_row) == []
    wrong = verdicts_of(*FITTING, "Stage | | | 0.91", *block)
    assert wrong == [("p-of-counts", "inconsistent")]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_the_p_of_a_block_may_stand_in_any_of_its_rows(at: int) -> None:
    rows = [
        "Mild | 20 (20) | 35 (35)",
        "Moderate | 40 (40) | 30 (30)",
        "Severe | 40 (40) | 35 (35)",
    ]

    def block(p: str) -> list[str]:
        return [
            "Stage, n (%) | | |",
            *(f"  {r} | {p if i == at else ''}" for i, r in enumerate(rows)),
        ]

    assert verdicts_of(*FITTING, *block("0.05")) == []  # chi-square of all three gives 0.050
    wrong = verdicts_of(*FITTING, *block("0.0002"))
    assert [kind for kind, _ in wrong] == ["p-of-counts"]


def test_rows_below_another_heading_are_no_categories_of_a_p() -> None:
    rows = ("Sex, n (%) | | |", "  Women | 20 (20) | 45 (45) |", "Habits, n (%) | | |")
    assert verdicts_of(*FITTING, *rows, "  Smoker | 30 (30) | 31 (31) | 0.001") == [
        ("p-of-counts", "inconsistent")
    ]


def test_a_block_of_which_people_are_missing_has_a_smaller_base() -> None:
    rows = (
        "Depression | | |",
        "  Yes | 75 (43.9) | 105 (49.5) | 0.057",
        "  No | 53 (31.0) | 46 (21.7) |",
    )
    header = " | Ceased (n = 171) n (%) | Other (n = 212) n (%) | P value"
    assert verdicts_of(*rows, header=header) == []


def test_counts_without_percentages() -> None:
    rows = ("Sex | | | 0.721", "  Male | 34 | 37 |", "  Female | 12 | 11 |")
    header = " | Drug (n = 46) | Control (n = 48) | p"
    assert verdicts_of(*rows, header=header) == []
    assert verdicts_of("Sex | | | 0.01", *rows[1:], header=header) == [("p-of-counts", "doubtful")]
    assert verdicts_of("Male/female | 34/12 | 37/11 | 0.72", header=header) == []
    assert verdicts_of("Male/female | 34/12 | 37/11 | 0.01", header=header) == [
        ("p-of-counts", "doubtful")
    ]


def test_three_arms() -> None:
    header = " | A (n = 50) | B (n = 50) | C (n = 50) | P"
    fitting = (
        "Dry mouth, n (%) | 20 (40) | 12 (24) | 9 (18) | 0.04",
        "Pain, n (%) | 10 (20) | 12 (24) | 9 (18) | 0.75",
        "Rash, n (%) | 5 (10) | 6 (12) | 5 (10) | 0.93",
    )
    assert verdicts_of(*fitting, header=header) == []
    wrong = "Itch, n (%) | 5 (10) | 6 (12) | 5 (10) | 0.001"
    assert verdicts_of(*fitting, wrong, header=header) == [("p-of-counts", "inconsistent")]


def test_a_column_that_is_ten_times_too_large() -> None:
    rows = (
        "A, n (%) | 12 (12) | 28 (28) | 0.05",
        "B, n (%) | 30 (30) | 45 (45) | 0.28",
        "C, n (%) | 9 (9) | 20 (20) | 0.27",
        "D, n (%) | 40 (40) | 55 (55) | 0.34",
        "E, n (%) | 22 (22) | 34 (34) | 0.59",
    )
    (one,) = findings("significance", table(HEADER, *rows))
    assert (one.kind, one.verdict.value) == ("p-column-of-counts", "inconsistent")
    assert "10 times too large" in one.message
    assert "0.05" in one.printed


@pytest.mark.parametrize("printed", ["0.000", "0.0001", "<0.001", "0.001"])
def test_a_very_small_p_is_an_upper_bound(printed: str) -> None:
    assert verdicts_of(*FITTING, f"Rash, n (%) | 1 (1) | 60 (60) | {printed}") == []


def test_times_of_the_same_people_are_not_groups() -> None:
    header = " | Baseline | Week 12 | P value"
    row = "Smoker, n (%) | 40/100 (40) | 41/100 (41) | 0.01"
    assert verdicts_of(row, header=header) == []
    assert verdicts_of(row) == [("p-of-counts", "doubtful")]


def test_rows_that_are_called_no() -> None:
    header = " | Drug n (%) | Placebo n (%) | P"
    assert (
        verdicts_of(
            "No | 25 (26.3) | 19 (4.5) | 0.0001", "Yes | 70 (73.7) | 403 (95.5) |", header=header
        )
        == []
    )


def test_a_p_that_is_of_no_test_among_others_that_are_exact() -> None:
    rows = (
        "Diabetes, n (%) | 12 (12) | 20 (20) | 0.123",
        "Smoker, n (%) | 30 (30) | 28 (28) | 0.755",
        "Asthma, n (%) | 9 (9) | 11 (11) | 0.637",
        "Gout, n (%) | 3 (3) | 4 (4) | 1.000",
        "Anaemia, n (%) | 40 (40) | 31 (31) | 0.184",
    )
    # Chi-square gives 0.258, and Fisher and Yates 0.322.
    headache = "Headache, n (%) | 52 (52) | 44 (44) | {}"
    for p in ("0.258", "0.322"):
        assert verdicts_of(*rows, headache.format(p)) == []
    assert verdicts_of(*rows, headache.format("0.388")) == [("p-of-counts", "doubtful")]
    # Among others that are not exact it may be of an unnamed test.
    assert verdicts_of(*FITTING, headache.format("0.388")) == []


def test_a_few_others_that_are_exact_show_what_is_far_from_every_test() -> None:
    rows = (
        "Diabetes, n (%) | 12 (12) | 20 (20) | 0.123",
        "Smoker, n (%) | 30 (30) | 28 (28) | 0.755",
        "Asthma, n (%) | 9 (9) | 11 (11) | 0.637",
    )
    headache = "Headache, n (%) | 52 (52) | 44 (44) | {}"
    assert verdicts_of(*rows, headache.format("0.388")) == []
    assert verdicts_of(*rows, headache.format("0.448")) == [("p-of-counts", "doubtful")]
    assert verdicts_of(*rows[:2], headache.format("0.448")) == []


def test_three_arms_among_others_that_are_exact() -> None:
    header = " | A (n = 50) | B (n = 50) | C (n = 50) | P"
    rows = (
        "Dry mouth, n (%) | 20 (40) | 12 (24) | 9 (18) | 0.039",
        "Pain, n (%) | 30 (60) | 20 (40) | 25 (50) | 0.135",
        "Smoker, n (%) | 10 (20) | 22 (44) | 15 (30) | 0.034",
        "Women, n (%) | 44 (88) | 40 (80) | 35 (70) | 0.084",
    )
    anaemia = "Anaemia, n (%) | 18 (36) | 27 (54) | 22 (44) | {}"
    assert verdicts_of(*rows, anaemia.format("0.193"), header=header) == []
    assert verdicts_of(*rows, anaemia.format("0.293"), header=header) == [
        ("p-of-counts", "doubtful")
    ]
    # Of few people another test is usual.
    rare = "Gout, n (%) | 1 (2) | 4 (8) | 2 (4) | 0.532"
    assert verdicts_of(*rows, rare, header=header) == []


def test_the_base_of_a_percentage_that_is_cut_off() -> None:
    row = "Stroke, n (%) | 31 (75%) | 36 (78%) | {}"
    header = HEADER.replace("100", "41", 1).replace("100", "46")
    assert verdicts_of(row.format("0.82"), header=header) == []
    assert verdicts_of(row.format("0.01"), header=header) == [("p-of-counts", "doubtful")]
