"""The place of a figure in a table, as findings name it."""

from __future__ import annotations

import pytest
from support.scanned import table

from kb.papers.reading import TableReading
from kb.scan.places import place_of, row_name

BLOCKS = (
    "Characteristic | Drug  (n = 45) | P",
    "Women | 12 (26.7) | 0.03",
    "Smokers | | 0.40",
    "Yes | 20 (44.4) |",
    "No | 25 (55.6) |",
    "Insured | | 0.20",
    "Yes | 40 (88.9) |",
    "No | 5 (11.1) |",
    "Outcomes | |",
    "  Cured | 9 (20.0) | 0.90",
)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (1, "Women"),
        (3, "Smokers › Yes"),
        (4, "Smokers › No"),
        (7, "Insured › No"),
        (9, "Outcomes › Cured"),
    ],
)
def test_a_label_of_several_rows_has_that_of_its_block(row: int, name: str) -> None:
    assert row_name(TableReading(table(*BLOCKS)), row) == name


def test_a_place_is_on_one_line() -> None:
    reading = TableReading(table(*BLOCKS))
    assert place_of(reading, reading.figures[0]).column == "Drug (n = 45)"
