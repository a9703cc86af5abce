"""Counts and percentages in sentences, totals of rows, and one figure in two places."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

WRONG = ("percentage-of-count", "inconsistent")


@pytest.mark.parametrize(
    "text",
    [
        "A fall occurred in 3/24 subjects (28%).",
        "Pain was gone in 23/30 (82.1%).",
        "The response was 63% (119/216).",
        "At least 29% (260 of 940) were not vaccinated.",
        "It was 35.0% (21/59).",
    ],
)
def test_a_percentage_that_its_count_does_not_give(text: str) -> None:
    assert verdicts("text_shares", text) == [WRONG]


@pytest.mark.parametrize(
    "text",
    [
        "A fall occurred in 3/24 subjects (12.5%).",
        "A fall occurred in 3/24 subjects (12%).",
        "The rate was below 1% (11 of 12).",
        "They walked 15 of 22 (68%) days.",
        "There were 36 (63%) of 57 and 4 (7%).",
        "Of these, one third (20.6%) left.",
        "After 3 years, the majority (57.1%) lived.",
        "The ratio was 1:1 and grade 3/4 events rose (20%).",
    ],
)
def test_percentages_of_sentences_that_may_be_right(text: str) -> None:
    assert verdicts("text_shares", text) == []


def test_groups_add_up_to_their_total() -> None:
    header = "Stage, n (%) | A (n = 30) | B (n = 29) | Total (n = 59)"
    rows = ("I | 10 (33) | 9 (31) | 19 (32)", "II | 12 (40) | 12 (41) | 24 (41)")
    assert verdicts("arms", table(header, *rows)) == []
    wrong = "III | 1 (3) | 3 (10) | 7 (12)"
    assert verdicts("arms", table(header, *rows, wrong)) == [
        ("groups-against-total", "inconsistent")
    ]


def test_groups_that_overlap_are_not_added() -> None:
    header = "Stage, n (%) | Men (n = 30) | Old (n = 29) | All (n = 40)"
    rows = ("I | 10 (33) | 9 (31) | 12 (30)", "II | 12 (40) | 12 (41) | 20 (50)")
    assert verdicts("arms", table(header, *rows)) == []


def test_an_estimate_that_differs_from_the_table_in_one_bound() -> None:
    rows = table("Outcome | OR (95% CI)", "Death | 2.51 (1.21–5.12)", "Relapse | 1.10 (0.72–1.68)")
    text = "The odds ratio of death was 2.51 (95% CI 1.21 to {})."
    assert verdicts("agreement", rows, text.format("5.12")) == []
    assert verdicts("agreement", rows, text.format("5.1")) == []
    assert verdicts("agreement", rows, text.format("5.42")) == [
        ("same-estimate-printed-differently", "doubtful")
    ]


def test_a_pair_of_percentages_that_differs_from_its_row_in_a_digit() -> None:
    rows = table(
        "Group, n (%) | Drug | Placebo",
        "Young | 14 (100.0) | 6 (46.2)",
        "Old | 11 (91.7) | 9 (64.3)",
    )
    text = "The response was {} with A and {} with B."
    assert verdicts("pairs", rows, text.format("100%", "46.2%")) == []
    assert verdicts("pairs", rows, text.format("100%", "46%")) == []
    assert verdicts("pairs", rows, text.format("100%", "52.1%")) == []
    assert verdicts("pairs", rows, text.format("100%", "46.3%")) == [
        ("text-against-table", "doubtful")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of 45 patients, 12 (26.7%) fell.", []),
        ("Of 45 patients, 12 (37.7%) fell.", ["doubtful"]),
        ("Among the 53 participants tested, 11.1% (n = 6) were positive.", ["doubtful"]),
        ("Among the 54 participants tested, 11.1% (n = 6) were positive.", []),
        ("Of 45 patients, 12 (60.0%) in the drug group fell.", []),
        ("In drug (n = 45) and placebo (n = 44), 12 (27%) and 15 (34%) fell.", []),
        ("In drug (n = 45) and placebo (n = 44), 12 (27%) and 15 (44%) fell.", ["doubtful"]),
        ("In drug (n = 45) and placebo (n = 44), 12 (57%) fell.", []),
        ("Of 45 patients, 12 (27%) fell; 3 (25%) of these died.", []),
        ("Of participants, 63.5% (n = 66/104) came.", []),
        ("Of participants, 83.3% (n = 66/104) came.", ["inconsistent"]),
        ("A fall occurred in 16/20 patients (80%).", []),
        ("A fall occurred in 96/20 patients (80%).", ["doubtful"]),
        ("A fall occurred in 96/20 (80%).", []),
        ("The groups had 96/20 women/men (82.8%).", []),
    ],
)
def test_bases_that_stand_before(text: str, expected: list[str]) -> None:
    assert [verdict for _, verdict in verdicts("text_shares", text)] == expected


def test_two_percentages_are_given_as_the_sentence_prints_them() -> None:
    rows = table(" | Drug, n (%) | Placebo, n (%)", "Women | 14 (100.0) | 6 (46.2)")
    [one] = findings("pairs", "More women responded (100% vs 46.3%, P = 0.002).", rows)
    assert one.printed == ("100% vs 46.3%", "14 (100.0)", "6 (46.2)")
    assert one.message == (
        'Section "Results" prints 100% and 46.3%; Table 1, row "Women" prints 14 (100.0) and '
        "6 (46.2)."
    )


@pytest.mark.parametrize("word", ["actuarial incidence", "Kaplan–Meier rate"])
def test_a_percentage_that_allows_for_those_who_left_is_doubtful(word: str) -> None:
    doubtful = [("percentage-of-count", "doubtful")]
    assert verdicts("text_shares", f"The {word} was 44.5% (18 of 42 patients).") == doubtful
    assert verdicts("text_shares", f"The {word} was 42.9% (18 of 42 patients).") == []
    rows = ("Falls | 12/42 (28.6%)", "Pain | 21/42 (50.0%)", "Gout | 4/42 (9.5%)")
    own = f"Death ({word.split(maxsplit=1)[0]}) | 18/42 (44.5%)"
    assert verdicts("shares", table("Outcome | Drug (n = 42)", *rows, own)) == doubtful
    assert verdicts("shares", table("Outcome | Drug (n = 42)", *rows, "Death | 18/42 (44.5%)")) == [
        WRONG
    ]
