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


def test_headings_of_a_flat_table_may_have_a_p_value() -> None:
    header = "Characteristic | Drug (n = 96) | Placebo (n = 240) | P value"
    rows = ("Falls, n (%) | | | 0.03", "Yes | 50 (52.1) | 195 (81.3) | ", "No | {} | {} | ")
    after = ("Married, n (%) | | | 0.8", "Yes | 40 (41.7) | 120 (50.0) | ")

    def block(drug: str, placebo: str) -> list[tuple[str, str]]:
        last = rows[2].format(drug, placebo)
        return verdicts_of(*rows[:2], last, *after, header=header)

    assert block("46 (47.9)", "45 (18.8)") == []
    assert block("46 (47.4)", "45 (18.8)") == WRONG
    assert block("46 (47.9)", "43 (18.8)") == WRONG
    # One is missing: 44/239 is 18.4%.
    assert block("46 (47.9)", "44 (18.4)") == []


def test_pairs_that_no_label_declares() -> None:
    header = "Grade | Drug (n = 82) | Placebo (n = 94)"
    block = ("Grade | | ", "  I | 22 (33.3) | 22 (30.6)", "  II | 20 (30.3) | 18 (25.0)")
    rest = ("  III | 16 (24.2) | 20 (27.8)", "  IV | {} (12.1) | 12 (16.7)")
    assert verdicts_of(*block, rest[0], rest[1].format(8), header=header) == []
    assert verdicts_of(*block, rest[0], rest[1].format(9), header=header) == WRONG
    # Means with standard deviations.
    means = ("  III | 16 (4.2) | 20 (7.8)", "  IV | 9 (2.1) | 12 (6.7)")
    assert verdicts_of(*block, *means, header=header) == []


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


def test_three_percentages_that_only_one_size_gives_show_it() -> None:
    header = "Loss of weight, n (%) | Six months"
    rows = ("5% | 71 (100.0)", "10% | {} (29.6)", "15% | 48 (67.6)", "20% | 27 (38.0)")

    def of(*lines: str) -> list[tuple[str, str]]:
        return verdicts_of(*lines, header=header)

    assert of(*(row.format(21) for row in rows)) == []
    assert of(*(row.format(24) for row in rows)) == [("percentage-of-count", "doubtful")]
    # Two of them show nothing.
    assert of(*(row.format(24) for row in rows[:3])) == []
