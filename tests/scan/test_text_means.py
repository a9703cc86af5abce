"""Two means of a sentence against the row of a table that has all figures but one."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

ROWS = (
    "Weight, mean ± SD | 71.2 ± 9.4 | 75.8 ± 9.1",
    "Height, mean ± SD | 168.1 ± 8.8 | 169.3 ± 7.9",
    "Score, mean ± SD | 3 ± 1 | 4 ± 1",
)
TABLE = table(" | Drug (n = 40) | Placebo (n = 42)", *ROWS)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Weight was 71.2 ± 9.4 vs. 75.8 ± 9.1 kg.", False),
        ("Weight was 75.8 ± 9.1 kg on placebo and 71.2 ± 9.4 kg on the drug.", False),
        ("Weight was 71 ± 9 vs. 76 ± 9 kg.", False),  # with fewer digits
        ("Weight was 71.2 ± 9.4 vs. 78.5 ± 9.1 kg.", True),
        ("Weight was 75.8 ± 9.1 kg on placebo and 72.1 ± 9.4 kg on the drug.", True),
        ("Weight was 71.2 (SD 9.4) kg compared with 75.8 (SD 1.9) kg.", True),
        ("Weight was 70.9 ± 9.0 vs. 75.8 ± 9.1 kg.", False),  # other people
        ("The score was 3 ± 1 vs. 5 ± 1.", False),  # few digits are equal by chance
        ("Half of them (71.2 ± 9.4) left.", False),
    ],
)
def test_one_figure_of_four_that_differs(text: str, *, wrong: bool) -> None:
    expected = [("comparison-against-table", "doubtful")] if wrong else []
    assert verdicts("text_means", TABLE, text) == expected


def test_what_another_row_prints_is_right() -> None:
    text = "Weight was 71.2 ± 9.4 vs. 78.5 ± 9.1 kg."
    later = table(" | Drug | Placebo", "Weight at week 8, mean ± SD | 71.2 ± 9.4 | 78.5 ± 9.1")
    assert verdicts("text_means", TABLE, later, text) == []


def test_the_message_names_both_places() -> None:
    (finding,) = findings("text_means", TABLE, "Weight was 71.2 ± 9.4 vs. 78.5 ± 9.1 kg.")
    assert finding.message == (
        'Section "Results" prints 71.2±9.4 vs. 78.5±9.1; Table 1, row "Weight, mean ± SD" prints '
        "71.2 ± 9.4 and 75.8 ± 9.1."
    )
