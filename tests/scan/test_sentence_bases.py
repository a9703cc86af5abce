"""Percentages of a sentence against the people that it is about."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

DOUBTFUL = [("percentage-of-count", "doubtful")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of the 787 women recruited, 398 (50.6%) had drug and 389 (49.4%) placebo.", []),
        ("Of the 787 women recruited, 398 (50.6%) had drug and 389 (69.4%) placebo.", DOUBTFUL),
        ("Of all the 554 caretakers, 518 were able to answer and 36 (6.5%) were not.", []),
        ("Of all the 554 caretakers, 518 were able to answer and 36 (1.5%) were not.", DOUBTFUL),
        # A part of those who answered.
        ("Of all the 554 caretakers, 518 were able to answer and 36 (6.9%) were not.", []),
        ("Of the total sample (N = 1843), 543 (29.46%) were young.", []),
        ("Of the total sample (N = 1843), 543 (19.46%) were young.", DOUBTFUL),
        # Two groups share the people of the sentence.
        ("Of the 79 patients, 30 (83%) in one arm and 35 (81%) in the other came.", []),
        ("Of the 79 patients, 30 (38.0%) came early, 35 (81%) later.", DOUBTFUL),
        # A time is not a number of people.
        ("Within a period of 36 weeks, 543 (29.46%) fell.", []),
    ],
)
def test_the_people_that_a_sentence_begins_with(text: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts("text_shares", text) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("324 (52.9%)", []),
        ("344 (52.9%)", DOUBTFUL),
        # Nineteen may be missing.
        ("314 (52.9%)", []),
        ("324 (22.9%)", DOUBTFUL),
        # 109 of the 206 are another group that the sentence names.
        ("109 (52.9%)", []),
    ],
)
def test_the_people_that_two_others_are_of(last: str, expected: list[tuple[str, str]]) -> None:
    text = f"613 were treated (drug n = 206); 539 (87.9%) male, 289 (47.1%) European and {last}."
    assert verdicts("text_shares", text) == expected


def test_two_that_do_not_fit_are_of_other_groups() -> None:
    text = (
        "Of a total of 19 subjects, 14 (73.7%) guessed their treatment: 6 (60.0%) in the active "
        "group and 8 (88.9%) in the sham group."
    )
    assert verdicts("text_shares", text) == []


def test_a_base_that_stands_elsewhere_in_the_paper() -> None:
    text = "Of 120 patients, 60 (50.0%) fell and 13 (29.5%) died."
    assert verdicts("text_shares", text) == DOUBTFUL
    sizes = table("Variable | Drug (n = 44) | Placebo (n = 76)", "Age | 51 | 52")
    assert verdicts("text_shares", sizes, text) == []
    assert verdicts("text_shares", "We treated 44 patients.", text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The smear was adequate in 105 of 131 (80.2%).", []),
        ("The smear was adequate in 145 of 131 (80.2%).", DOUBTFUL),
        ("They reached it in 28/27 (78%).", DOUBTFUL),
        ("It was done on 28/12 (78%).", []),
        # A ratio of two parts of one group.
        ("Men and women were 60/40 (60%).", []),
    ],
)
def test_more_than_all(text: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts("text_shares", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The incidence was 82.9% (n = 35).", []),  # 29 of 35
        ("The incidence was 81.4% (n = 35).", []),  # 35 of 43
        ("The incidence was 81.2% (n = 35).", DOUBTFUL),
    ],
)
def test_a_percentage_beside_a_count_or_a_size(text: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts("text_shares", text) == expected


@pytest.mark.parametrize(
    ("last", "expected"), [("15 (34.1%)", []), ("15 (44.1%)", DOUBTFUL), ("16 (34.1%)", DOUBTFUL)]
)
def test_groups_whose_sizes_stand_in_the_sentence_before(
    last: str, expected: list[tuple[str, str]]
) -> None:
    before = "They took the drug (n = 45) or placebo (n = 44). "
    text = f"It occurred in 12 (26.7%) and {last} of them, respectively."
    assert verdicts("text_shares", before + text) == expected
    # A table may print them, too.
    sizes = table("Variable | Drug (n = 45) | Placebo (n = 44)", "Age | 51 | 52")
    assert verdicts("text_shares", sizes, text) == expected
    # Without the sizes, or without the order, nothing is known.
    assert verdicts("text_shares", text) == []
    assert verdicts("text_shares", before + text.replace(", respectively", "")) == []
