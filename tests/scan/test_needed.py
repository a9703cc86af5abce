"""Numbers needed to treat, and categories that exclude each other."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Pain fell in 45% vs 20% (number needed to treat 4).", False),
        ("Pain fell in 45% vs 20% (number needed to treat 8).", True),
        ("Pain fell in 45% vs 20% (NNT = 4.0).", False),
        ("Pain fell in 45% vs 20% (NNT = 5.2).", True),
        ("The absolute risk reduction was 12.5% and the NNT was 8.", False),
        ("The absolute risk reduction was 12.5% and the NNT was 18.", True),
        ("The adjusted risk difference was 12.5% and the NNT was 18.", False),
        ("Pain fell in 45% vs 20% and sleep in 30% vs 10% (NNT 5).", False),
        ("The NNT was 8.", False),
    ],
)
def test_the_number_needed_of_a_sentence(text: str, *, wrong: bool) -> None:
    expected = [("number-needed-to-treat", "doubtful")] if wrong else []
    assert verdicts("needed", text) == expected


def stages(*rows: str, heading: str = "Stage, n (%)") -> list[tuple[str, str]]:
    header = " | Drug (n = 40) | Placebo (n = 38)"
    return verdicts("exclusive", table(header, f"{heading} | | ", *rows))


def test_stages_are_not_more_than_the_people() -> None:
    rows = ("  I | 12 (30) | 11 (29)", "  II | 20 (50) | 21 (55)")
    assert stages(*rows, "  III | 8 (20) | 6 (16)") == []
    assert stages(*rows, "  III | 7 (18) | 6 (16)") == []  # one unknown
    above = [("categories-above-all", "doubtful")]
    assert stages(*rows, "  III | 11 (20) | 6 (16)") == above
    # Several symptoms may be of one person, and "≥ II" holds others.
    assert stages(*rows, "  III | 11 (20) | 6 (16)", heading="Symptoms, n (%)") == []
    assert stages(*rows, "  ≥ II | 28 (70) | 27 (71)") == []


PLAIN = (
    "Menopause | ",
    "  Before | 33",
    "  After | 184",
    "Nodes | ",
    "  Positive | 74",
    "  Negative | 126",
    "  Unknown | 17",
)


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (("Stage | ", "  I | 102", "  II | 87", "  III | 28"), 0),
        (("Stage | ", "  I | 102", "  II | 87", "  III | 30"), 1),
        (("Stage | ", "  I | 102", "  II | 87", "  III | 20"), 0),  # eight unknown
        (("ER status | ", "  ER+ | 75", "  ER- | 68", "  Unknown | 73"), 1),
        (("ER status | ", "  ER+ | 75", "  ER- | 68", "  Unknown | 74"), 0),
        (("ER status | ", "  ER+ | 45", "  ER- | 38", "  Unknown | 53"), 0),  # of others
        (("Symptoms | ", "  Pain | 102", "  Cough | 87", "  Fever | 30"), 0),
    ],
)
def test_counts_without_percentages_where_other_blocks_add_up(
    rows: tuple[str, ...], number: int
) -> None:
    header = "Characteristic | Drug (n = 217)"
    assert len(verdicts("exclusive", table(header, *PLAIN, *rows))) == number
    # One block that adds up does not show that the counts are of all.
    assert not verdicts("exclusive", table(header, *PLAIN[:3], *rows))


NNT = "Outcome | Drug (n = 200) | Placebo (n = 200) | NNT"
ROWS = (
    "Death, n (%) | 20 (10.0) | 40 (20.0) | 10",
    "Stroke, n (%) | 10 (5.0) | 18 (9.0) | 25",
    "Fall, n (%) | 30 (15.0) | 42 (21.0) | 17",
)


def test_numbers_needed_in_a_table() -> None:
    assert verdicts("needed", table(NNT, *ROWS)) == []
    wrong = "Relapse, n (%) | 60 (30.0) | 80 (40.0) | {}"
    assert verdicts("needed", table(NNT, *ROWS, wrong.format(10))) == []
    [finding] = findings("needed", table(NNT, *ROWS, wrong.format(30)))
    assert finding.verdict.value == "inconsistent"
    assert finding.computed == "1/10% = 10.0"
    # Alone it may be of a model.
    assert verdicts("needed", table(NNT, wrong.format(30))) == [
        ("number-needed-to-treat", "doubtful")
    ]
    assert verdicts("needed", table(NNT, wrong.format(30), notes=("Adjusted for age.",))) == []


def test_a_column_of_numbers_needed_that_is_of_another_difference() -> None:
    rows = [row.rpartition("|")[0] + "| 50" for row in ROWS]
    assert verdicts("needed", table(NNT, *rows)) == []
