"""Numbers of people in footnotes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.scanned import table, verdicts

from kb.papers.paper import Footnote, Table
from kb.papers.reading import TableReading
from kb.scan.note_sizes import size_in_notes

HEADER = "Variable | Drug (n = 71) | Placebo (n = 60)"


def noted(mark: str, text: str, *rows: str, header: str = HEADER) -> Table:
    return replace(table(header, *rows), footnotes=(Footnote(mark, text),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n = 56.", [56, 56]),
        ("Data missing for 3 patients.", [68, 57]),
        ("Two patients had missing values.", [69, 58]),
        ("Available for 51 and 52 patients, respectively.", [51, 52]),
        ("The denominators are 66 for drug and 55 for placebo.", [66, 55]),
        ("Drug n = 66, placebo n = 55.", [66, 55]),
        ("Significant at p < 0.05.", [None, None]),
        ("Missing in 3% of patients.", [None, None]),
    ],
)
def test_what_notes_say(text: str, expected: list[int | None]) -> None:
    reading = TableReading(noted("b", text, "Score<sup>b</sup> | 5 (7) | 6 (10)"))
    assert [size_in_notes(reading, figure) for figure in reading.figures] == expected
    # Another mark, or none.
    for label in ("Score<sup>a</sup>", "Score"):
        reading = TableReading(noted("b", text, f"{label} | 5 (7) | 6 (10)"))
        assert [size_in_notes(reading, figure) for figure in reading.figures] == [None, None]


def test_a_mark_of_one_figure() -> None:
    reading = TableReading(noted("†", "n = 56", "Score | 5 (7) † | 6 (10)"))
    assert [size_in_notes(reading, figure) for figure in reading.figures] == [56, None]


def test_a_percentage_of_those_without_missing_data() -> None:
    rows = [
        f"Event {n}, n (%) | {n} ({100 * n / 71:.1f}) | {n} ({100 * n / 60:.1f})"
        for n in (9, 12, 20, 31)
    ]
    right = "Relapse, n (%) <sup>b</sup> | 40 (71.4) | 33 (58.9)"
    note = "n = 56."
    assert verdicts("shares", noted("b", note, *rows, right)) == []
    wrong = right.replace("40 (71.4)", "50 (71.4)")
    assert verdicts("shares", noted("b", note, *rows, wrong)) == []  # 50 of 70


def test_p_values_of_those_without_missing_data() -> None:
    header = HEADER + " | P value"
    row = "Score, mean ± SD <sup>b</sup> | 42.0 ± 11.4 | 47.2 ± 12.4 | {}"
    assert verdicts("mean_tests", noted("b", "n = 20.", row.format("0.18"), header=header)) == []
    assert verdicts("mean_tests", noted("b", "n = 20.", row.format("0.0001"), header=header)) == [
        ("p-of-means", "doubtful")
    ]
