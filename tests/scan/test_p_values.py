"""P-values above 1."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

ROWS = ("Age | 34 | 36 | 0.33", "Pulse | 71 | 70 | <0.001", "Weight | 80 | 79 | 1.00")


def verdicts_of(*rows: str) -> list[tuple[str, str]]:
    return verdicts("p_values", table("Variable | Drug | Placebo | P value", *rows))


def test_a_p_value_above_1_in_a_column() -> None:
    assert verdicts_of(*ROWS) == []
    assert verdicts_of(*ROWS, "Stage 4 | 28 | 28 | 1.4") == [("p-above-one", "inconsistent")]
    assert verdicts_of(*ROWS, "Stage 4 | 28 | 28 | 1.005") == [("p-above-one", "inconsistent")]


def test_a_column_of_other_figures() -> None:
    assert (
        verdicts_of("Age | 34 | 36 | 2.31", "Pulse | 71 | 70 | 1.04", "Weight | 80 | 79 | 0.40")
        == []
    )
    assert (
        verdicts_of("A | 5 | 5 | 0.92", "B | 5 | 6 | 0.88", "C | 6 | 6 | 0.81", "D | 5 | 6 | 1.1")
        == []
    )
    # A whole number is a count, or one with the mark of a footnote.
    assert verdicts_of(*ROWS, "Patients | 28 | 28 | 56") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was lower (34 vs. 36, p = 0.9).", []),
        ("It was lower (34 vs. 36, p = 1.0).", []),
        ("It was lower (34 vs. 36, p = 1.9).", [("p-above-one", "doubtful")]),
        ("It was lower (p = 1.9 × 10−5).", []),
        ("It was lower (p = 1.9e-5).", []),
        ("The exponent (p = 2) and the pressure (p = 1.9 bar) were fixed.", []),
    ],
)
def test_p_values_of_sentences(text: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts("p_values", text) == expected
