"""The forms of the prints of cells."""

from __future__ import annotations

import pytest

from kb.papers.entries import Form, entry


@pytest.mark.parametrize(
    ("text", "count", "share"),
    [("474 10%", "474", "10"), ("5 100%", "5", "100"), ("36 (63%)", "36", "63")],
)
def test_a_count_and_its_percentage_may_stand_on_two_lines(
    text: str, count: str, share: str
) -> None:
    found = entry(text)
    assert found.form is Form.COUNT_SHARE
    assert [number.text for number in (found.main, found.share) if number] == [count, share]


@pytest.mark.parametrize("text", ["22 447 100%", "12 13 14%", "5.1 20%"])
def test_a_count_that_runs_into_its_percentage_is_not_read(text: str) -> None:
    assert entry(text).form is Form.OTHER


def test_a_percentage_of_several_digits_is_one() -> None:
    assert entry("120.5%").form is Form.SHARE
