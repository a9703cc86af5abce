"""Sizes of two columns that are exchanged in their headers."""

from __future__ import annotations

import pytest
from support.scanned import findings, table

ROWS = (
    "Normal | 54 (50.5) | 46 (45.1)",
    "Polyp | 15 (14.0) | 15 (14.7)",
    "Colitis | 12 (11.2) | 9 (8.8)",
    "Other | 1 (0.9) | 2 (2.0)",
)


@pytest.mark.parametrize(
    ("header", "number"),
    [
        ("Finding | Morning (n = 107) | Evening (n = 102)", 0),
        ("Finding | Morning (n = 102) | Evening (n = 107)", 1),
        ("Finding, n (%) | Morning (n = 102) | Evening (n = 107)", 1),
        # One of them alone is of another base.
        ("Finding, n (%) | Morning (n = 107) | Evening (n = 107)", 0),
        ("Finding, n (%) | Morning | Evening (n = 107)", 0),
    ],
)
def test_sizes_that_the_percentages_exchange(header: str, number: int) -> None:
    found = findings("exchanged", table(header, *ROWS))
    assert len(found) == number
    for finding in found:
        assert finding.verdict.value == "inconsistent"
        assert finding.computed == (
            "54/102 = 52.9%, 54/107 = 50.5%; 46/107 = 43.0%, 46/102 = 45.1%"
        )


def test_one_row_of_another_base_is_not_enough() -> None:
    header = "Finding | Morning (n = 102) | Evening (n = 107)"
    assert findings("exchanged", table(header, *ROWS, "Mass | 4 (3.9) | 6 (5.6)")) == []
    assert findings("exchanged", table(header, ROWS[0])) == []
