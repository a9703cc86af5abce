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


@pytest.mark.parametrize("text", ["22 447 100%", "10 285 10%", "12 13 14%", "5.1 20%", "7 300%"])
def test_a_count_that_runs_into_its_percentage_is_not_read(text: str) -> None:
    assert entry(text).form is Form.OTHER


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1 (6–12 h after intervention)", Form.OTHER),
        ("2 (1–3 days before surgery)", Form.OTHER),
        ("34 months (15–64 months)", Form.WITH_BOUNDS),
    ],
)
def test_a_time_of_a_visit_has_no_bounds(text: str, form: Form) -> None:
    assert entry(text).form is form


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("36\u00a0100", ["36", "100"]),  # 36 people, 100 percent
        ("36\u00a0101", ["36 101"]),
        ("36\u2009100", ["36 100"]),
        ("36\u00a0100 patients", ["36 100"]),
    ],
)
def test_a_count_and_all_of_it_are_two_numbers(text: str, numbers: list[str]) -> None:
    assert [number.text for number in entry(text).numbers] == numbers


def test_a_percentage_of_several_digits_is_one() -> None:
    assert entry("120.5%").form is Form.SHARE


@pytest.mark.parametrize(
    "text",
    ["1040/138 359", "5/5 100", "12 345 (6)", "12 345", "1 234 567", "1 200 300 mg", "45 120-300"],
)
def test_groups_of_digits_that_may_be_several_figures_are_not_read(text: str) -> None:
    assert entry(text).form is Form.OTHER


@pytest.mark.parametrize(
    ("text", "value"),
    [("5 000", 5000), ("3\u2009118", 3118), ("3\u00a0118", 3118), ("3\u202f118", 3118)],
)
def test_groups_of_digits_that_are_one_number_are_read(text: str, value: int) -> None:
    found = entry(text)
    assert found.form is Form.NUMBER
    assert found.main is not None
    assert found.main.value == value


def test_figures_on_lines_are_read_where_they_agree() -> None:
    ratio, bounds = entry("36/57 63"), entry("0.61 0.48-0.77")
    assert (ratio.form, bounds.form) == (Form.RATIO_SHARE, Form.WITH_BOUNDS)


@pytest.mark.parametrize("text", ["126/142 (0.89)", "132/136 (0.97)", "36 of 57 (0.63)"])
def test_a_count_divided_by_the_other_is_no_percentage(text: str) -> None:
    found = entry(text)
    assert found.form is Form.RATIO
    assert found.share is None


@pytest.mark.parametrize("text", ["126/142 (0.89%)", "1/142 (0.7)", "0/57 (0.0)", "3/4 (75)"])
def test_a_percentage_of_another_count_stays_one(text: str) -> None:
    assert entry(text).form is Form.RATIO_SHARE


@pytest.mark.parametrize("text", ["0.72\u204e", "0.91\u204e,†", "0.88†, ‡"])
def test_several_marks_may_stand_behind_a_number(text: str) -> None:
    found = entry(text)
    assert (found.form, found.main.text if found.main else "") == (Form.NUMBER, text[:4])
