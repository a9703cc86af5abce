"""Percentages of one category against what the other categories of its block leave."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

HEADER = "Characteristic | Drug (n = 96) | Placebo (n = 240)"
WRONG = [("percentage-of-count", "inconsistent")]


def verdicts_of(*rows: str, header: str = HEADER) -> list[tuple[str, str]]:
    return verdicts("shares", table(header, *rows))


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("45 (18.8)", []),
        ("44 (18.8)", WRONG),
        ("45 (19.5)", WRONG),
        ("45 (18.7)", []),  # cut off
        # Two are missing, and counted in neither.
        ("43 (18.1)", []),
    ],
)
def test_the_rest_of_the_printed_size(last: str, expected: list[tuple[str, str]]) -> None:
    block = ("Falls, n (%) | | ", "  None or one | 50 (52.1) | 195 (81.3)")
    assert verdicts_of(*block, f"  Two or more | 46 (47.9) | {last}") == expected


def test_the_rest_of_a_size_that_the_others_determine() -> None:
    header = "Grade | Drug | Placebo"
    block = ("Grade, n (%) | | ", "  I | 22 (33.3) | 22 (30.6)", "  II | 20 (30.3) | 18 (25.0)")
    rest = ("  III | 16 (24.2) | 20 (27.8)", "  IV | {} (12.1) | 12 (16.7)")
    assert verdicts_of(*block, rest[0], rest[1].format(8), header=header) == []
    assert verdicts_of(*block, rest[0], rest[1].format(9), header=header) == WRONG


def test_categories_that_overlap() -> None:
    block = ("Events, n (%) | | ", "  Nausea | 50 (52.1) | 195 (81.3)")
    # No part of them is what the other leaves.
    assert verdicts_of(*block, "  Vomiting | 30 (31.3) | 98 (41.5)") == []


def test_the_message_gives_the_arithmetic() -> None:
    block = ("Falls, n (%) | | ", "  None or one | 50 (52.1) | 195 (81.3)")
    rows = table(HEADER, *block, "  Two or more | 46 (47.9) | 44 (18.8)")
    [finding] = findings("shares", rows)
    assert finding.computed == "240 - 195 = 45; 45/240 = 18.75%"
    assert finding.message.startswith("The other categories leave 45 of 240")


def test_a_percentage_of_no_number_of_people() -> None:
    header = "Event, n (%) | Drug (n = 73)"
    others = [f"Event {n} | {n} ({100 * n / 73:.1f})" for n in (3, 9, 12, 20, 31, 44)]
    assert verdicts_of(*others, "Diarrhoea | 7 (9.6)", header=header) == []
    # 7/71 is 9.9% and 7/72 is 9.7%.
    assert verdicts_of(*others, "Diarrhoea | 7 (9.8)", header=header) == [
        ("percentage-of-count", "doubtful")
    ]
    # One person may be missing.
    assert verdicts_of(*others, "Diarrhoea | 7 (9.7)", header=header) == []
