"""Percentages without their counts, in groups of few people."""

from __future__ import annotations

import pytest
from support.scanned import findings, table

HEADER = " | Once (n = 26) | Twice (n = 27) | Never (n = 28)"
ROWS = (
    "Education (%) | | | ",
    "  School | 30.8 | 15.4 | 53.6",  # 4 of 26: one is missing
    "  College | 30.8 | 42.3 | 25.0",
    "  University | 38.5 | 42.3 | 21.4",
)


@pytest.mark.parametrize(
    ("row", "number"),
    [
        ("Women (%) | 53.8 | 59.3 | 57.1", 0),
        ("Women (%) | 53.8 | 59.6 | 57.1", 1),
        ("Women | 53.8% | 59.6% | 57.1%", 1),
        ("Women (%) | 53.8 | 59.2 | 57.1", 0),  # cut off
        ("Women (%) | 53.8 | 60 | 57", 0),  # too coarse to judge
        ("Survival | 53.8 | 59.6 | 57.1", 0),
        ("Ejection fraction, mean | 53.8 | 59.6 | 57.1", 0),
        ("Ejection fraction (%) | 53.8 | 59.6 | 57.1", 0),  # two of them fit by chance
        ("Haematocrit (%) | 38.5 | 40.7 | 41.2", 0),
        ("Event-free survival (%) | 53.8 | 59.6 | 57.1", 0),
        ("Body fat (%) | 33.7 | 29.6 | 31.1", 0),  # no row of people: several do not fit
    ],
)
def test_a_percentage_that_no_number_of_a_small_group_gives(row: str, number: int) -> None:
    found = findings("lone_shares", table(HEADER, *ROWS, row))
    assert [finding.verdict.value for finding in found] == ["doubtful"] * number
    for finding in found:
        assert finding.computed == "16/27 = 59.26%, 17/27 = 62.96%"


def test_categories_below_a_heading_that_has_a_p_value() -> None:
    header, heading = f"{HEADER} | P", "Education (%) | | | | 0.09"
    rows = [f"{row} | " for row in ROWS[1:]]
    wrong = "Women (%) | 53.8 | 59.6 | 57.1 | 0.86"
    assert len(findings("lone_shares", table(header, heading, *rows, wrong))) == 1
    # Without indents, the rows may be of anything.
    level = [row.strip() for row in rows]
    assert findings("lone_shares", table(header, heading, *level, wrong)) == []


def test_few_percentages_do_not_show_what_they_are_of() -> None:
    assert findings("lone_shares", table(HEADER, "Women (%) | 53.8 | 59.6 | 57.1")) == []


def test_large_groups_give_nearly_every_percentage() -> None:
    header = HEADER.replace("26", "126").replace("27", "127").replace("28", "128")
    assert findings("lone_shares", table(header, *ROWS, "Women (%) | 53.9 | 59.6 | 57.1")) == []
