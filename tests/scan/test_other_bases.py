"""Percentages against their counts, in tables and sentences: what is wrong, and what is not."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

HEADER = " | Drug (n = 40) | Placebo (n = 42)"
FITTING = (
    "Women, n (%) | 12 (30.0) | 14 (33.3)",
    "Smokers, n (%) | 5 (12.5) | 8 (19.0)",
    "Diabetes, n (%) | 9 (22.5) | 6 (14.3)",
)


def in_table(*rows: str) -> list[str]:
    return [verdict for _, verdict in verdicts("shares", table(HEADER, *FITTING, *rows))]


def in_text(text: str) -> list[str]:
    return [verdict for _, verdict in verdicts("text_shares", text)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Asthma, n (%) | 10 (25.0) | 10 (23.8)", []),
        ("Asthma, n (%) | 10 (34.5) | 10 (23.8)", ["doubtful"]),  # 29 may be a subset
        ("Asthma, n (%) | 10 (15.2) | 10 (23.8)", ["inconsistent"]),  # of 66
        ("Asthma, n (%) | 10 (20.3) | 10 (23.8)", ["inconsistent"]),  # of no whole number
        ("Asthma, n (%) | 10 (25.6) | 10 (23.8)", []),  # one is missing
        ("Asthma, n (%) | 10 (25.0) | 11 (26.1)", []),  # 26.19, cut off
        ("Asthma, n (%) | 10 (25.0) | 10 (23.9)", ["doubtful"]),  # 23.81: never 23.9
    ],
)
def test_a_percentage_of_a_column(row: str, expected: list[str]) -> None:
    assert in_table(row) == expected


def test_a_row_of_another_base_is_not_wrong() -> None:
    assert in_table("Waist > 90 cm, n (%) | 10 (83.3) | 12 (85.7)") == []  # of the men
    assert in_table("Cured eyes, n (%) | 60 (75.0) | 42 (50.0)") == []  # of 80 and 84 eyes
    # Near the size of the groups, it is their people.
    assert in_table("Anaemia, n (%) | 19 (45.2) | 18 (40.9)") == ["inconsistent"] * 2


def test_percentages_made_to_fit_100() -> None:
    header = " | Drug (n = 300)"
    rows = ("A, n (%) | 60 (20.0)", "B, n (%) | 90 (30.0)", "C, n (%) | 150 (50.0)")
    forced = ("Mild, n (%) | 100 (33.4)", "Some, n (%) | 100 (33.3)", "Severe, n (%) | 100 (33.3)")
    assert verdicts("shares", table(header, *rows, *forced)) == []
    lone = "Mild, n (%) | 100 (33.4)"
    assert verdicts("shares", table(header, *rows, lone)) == [("percentage-of-count", "doubtful")]


def test_a_ratio_whose_block_has_a_base_of_its_own() -> None:
    rows = (
        "Complete | 321/429 (64%) | 305/405 (61%)",
        "Partial | 108/429 (21%) | 100/405 (20%)",
        "None | 76/429 (15%) | 92/405 (19%)",
    )
    assert verdicts("shares", table(" | Drug (n = 533) | Placebo (n = 530)", *rows)) == []
    wrong = "Complete | 321/429 (84%) | 305/405 (75%)"
    assert verdicts("shares", table(" | Drug (n = 533) | Placebo (n = 530)", wrong)) == [
        ("percentage-of-count", "inconsistent")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Falls occurred in 3/24 subjects (12.5%).", []),
        ("Falls occurred in 3/24 subjects (28%).", ["inconsistent"]),
        ("Falls occurred in 3 (28%) of 24 subjects.", ["inconsistent"]),
        ("Falls occurred in 3 subjects (12.5%) out of the 24.", []),
        ("Falls occurred in 28% (3) of the 24 subjects.", ["inconsistent"]),
        ("Of these, 64 (94.1%) of 68 were assessable.", []),
        ("Of these, 64 (94.2%) of 68 were assessable.", ["doubtful"]),
        ("Of these, 64 (95.2%) of 68 were assessable.", ["inconsistent"]),
        ("Of these, 62 (91.1%) of 68 were assessable.", []),  # 91.18, cut off
        ("They had at least 15 of the 22 sessions (70%).", []),
        ("They had 15 of the 22 sessions (70%).", ["inconsistent"]),
        ("On average 18 of the 22 (80%) sessions were attended.", []),
        ("Some took drugs (267/839, control group: 32.2%, active group: 31.4%).", []),
        ("The limit was below 1% (11 of 12).", []),
    ],
)
def test_percentages_in_sentences(text: str, expected: list[str]) -> None:
    assert in_text(text) == expected


def test_the_message_shows_the_arithmetic() -> None:
    (one,) = findings("text_shares", "Of these, 64 (94.2%) of 68 were assessable.")
    assert one.message == "64 of 68 is 94.12%, not 94.2%."
