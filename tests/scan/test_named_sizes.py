"""Sizes of groups in sentences against those of the tables."""

from __future__ import annotations

import pytest
from support.scanned import findings, table

TABLE = table("Age | ICU (n = 230) | Non-ICU (n = 263)", "Women, n (%) | 86 (37.4) | 105 (39.9)")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("They were in the ICU (n = 230) and other wards (n = 263).", 0),
        ("They were in the ICU (n = 263) and other wards (n = 230).", 1),
        ("Non-ICU patients (n = 230) and ICU patients (n = 263) were alike.", 1),
        ("Non-ICU patients (n = 263) and ICU patients (n = 230) were alike.", 0),
        # A part of a group, or of others, that has this size by chance.
        ("In the ICU (n = 263) of 2010 and in other wards (n = 12), some fell.", 0),
        ("In the ICU (n = 120) and other wards (n = 230), some fell.", 0),
    ],
)
def test_sizes_that_the_text_exchanges(text: str, number: int) -> None:
    found = findings("named_sizes", TABLE, text)
    assert [finding.verdict.value for finding in found] == ["doubtful"] * number


def test_the_message_names_groups_as_the_tables_do() -> None:
    (finding,) = findings("named_sizes", TABLE, "ICU (n = 263) and others (n = 230) were alike.")
    assert finding.message.endswith('the tables print 263 for "Non-ICU", and 230 for "ICU".')
