"""Figures that no label declares: measurements as printed, and counts by what is around."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

_HEADER = "\tTussolan (n = 45)\tPlacebo (n = 44)"


def test_a_figure_with_a_fraction_is_a_value_with_a_spread(root: Path) -> None:
    made = drafted(root, table(_HEADER, "Weight (kg)\t70.1 (9.9)\t71.3", "Level\t4 ± 1.3\t5 ± 1.1"))
    weight = block_of(made, "70.1 (9.9)")
    assert (weight["statistic"], weight["sure"], weight["unit"]) == ("value", "unsure", "kg")
    assert {k: str(v) for k, v in weight["values"]["tussolan"].items()} == {
        "value": "70.1",
        "spread": "9.9",
    }
    assert str(block_of(made, "71.3")["values"]["placebo"]) == "71.3"
    assert str(block_of(made, "5 ± 1.1")["values"]["placebo"]["spread"]) == "1.1"


@pytest.mark.parametrize(
    "row", ["Grip\t12\t13", "Grip\tr = 0.49\tr = 0.54", "Grip\t36 (6)\t35 (7)"]
)
def test_what_may_be_a_count_or_a_test_is_not_a_value(root: Path, row: str) -> None:
    assert not blocks(drafted(root, table("\tTussolan\tPlacebo", row)))


def test_figures_of_a_table_of_correlations_are_not_values(root: Path) -> None:
    made = drafted(root, table(_HEADER, "Grip\t0.41\t0.42", caption="Spearman correlations"))
    assert not blocks(made)


def test_whole_numbers_among_declared_figures_are_counts(root: Path) -> None:
    rows = ("Age, mean (SD)\t34.1 (9.9)\t35.3 (9.1)", "Male\t20\t21", "Score\t12\t13")
    made = drafted(root, table(_HEADER, *rows))
    assert block_of(made, "21")["values"] == {"placebo": {"n": 21}}
    assert [one.printed for one in made.left] == ["12", "13"]


@pytest.mark.parametrize(
    "rows",
    [
        ("Male\t20\t21",),  # nothing else is declared
        ("Age, mean (SD)\t34.1 (9.9)\t35.3 (9.1)", "Cells\t20\t2100"),  # more than people
        ("Age, mean (SD)\t34.1 (9.9)\t35.3 (9.1)", "Male\t20\t21", "Grip\t3.1\t3.2"),
    ],
)
def test_whole_numbers_that_may_be_measurements_are_left(root: Path, rows: tuple[str, ...]) -> None:
    made = drafted(root, table(_HEADER, *rows))
    assert not any(
        "n" in value
        for block in blocks(made)
        for value in block["values"].values()
        if isinstance(value, dict)
    )


def test_a_number_of_people_is_a_count(root: Path) -> None:
    rows = (
        "\tDay 1\tDay 7",
        "Tussolan group (n = 45)\t\t",
        "Number of new cases\t3\t4",
        "Number of tablets\t5\t6",
    )
    made = drafted(root, table(*rows))
    found = block_of(made, "4")
    assert (found["values"], found["time"]) == ({"tussolan": {"n": 4}}, "at 7 days")
    assert [one.printed for one in made.left] == ["5", "6"]


def test_a_spread_and_bounds_are_what_the_labels_name(root: Path) -> None:
    cells = "13.1 (2.2) [5 ÷ 15]\t12.4 (2.1) [4–16]"
    made = drafted(root, table(_HEADER, f"Grip, mean (SD) [range]\t{cells}"))
    value = block_of(made, "12.4 (2.1) [4–16]")["values"]["placebo"]
    assert (str(value["sd"]), [str(one) for one in value["range"]]) == ("2.1", ["4", "16"])
    assert "range" in block_of(made, "13.1 (2.2) [5 ÷ 15]")["values"]["tussolan"]
    assert not blocks(drafted(root, table(_HEADER, f"Grip, mean (SD)\t{cells}")))


def test_a_note_behind_a_mark_may_be_about_all_figures(root: Path) -> None:
    notes = "<sup>a</sup> t test; the results are presented as mean ± SD [range]"
    made = drafted(root, table(_HEADER, "Grip<sup>a</sup>\t13.1 ± 2.2 [5–15]\t", notes=notes))
    assert "sd" in block_of(made, "13.1 ± 2.2 [5–15]")["values"]["tussolan"]


def test_an_interval_below_a_figure_of_people_is_left(root: Path) -> None:
    rows = ("Cured, n (%)\t20 (44)\t21 (48)", "\t[95% CI: 39.7–67.0]\t[95% CI: 40.1–69.2]")
    made = drafted(root, table(_HEADER, *rows))
    assert len(blocks(made)) == 2


def test_a_count_of_people_with_its_percentage_first_is_not_a_value(root: Path) -> None:
    made = drafted(root, table(_HEADER, "Class % (n)\t15.0 (6.0)\t18.2 (8)"))
    assert [block["values"] for block in blocks(made)] == [{"placebo": "8 (18.2%)"}]


def test_a_mean_may_stand_in_a_column_of_counts(root: Path) -> None:
    rows = ("\tTussolan\t\tPlacebo\t", "\tN\t%\tN\t%", "Age (years)\t45.2 (9.5)\t\t38.5 (9.8)\t")
    caption = "Data are means (standard deviation) or numbers and percentages"
    made = drafted(root, table(*rows, "Cough\t15\t23.4\t11\t24.0", caption=caption))
    assert block_of(made, "38.5 (9.8)")["statistic"] == "mean"
    assert block_of(made, "15 … 23.4")["values"] == {"tussolan": "15 (23.4%)"}


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (("Patient no.\tAge\tGrip", "1\t34\t2.1", "2\t45\t3.2"), 4),
        (("\tAge\tGrip", "Active\t\t", "1\t34\t2.1", "2\t45\t3.2", "3\t41\t3.5"), 6),
    ],
)
def test_rows_of_single_people_are_not_results(
    root: Path, rows: tuple[str, ...], count: int
) -> None:
    made = drafted(root, table(*rows))
    assert (made.no_results, blocks(made)) == (count, [])


def test_the_exponent_of_a_unit_is_not_a_footnote_mark(root: Path) -> None:
    rows = (_HEADER, "Fat area (cm<sup>2</sup>)<sup>1</sup>, mean (SD)\t70.1 (9.9)\t71.3 (8.8)")
    found = block_of(drafted(root, table(*rows)), "71.3 (8.8)")
    assert found["category"].startswith("Fat area (cm^2)")
    assert found.get("unit") != "cm"


@pytest.mark.parametrize(
    ("label", "caption"),
    [
        ("Event", "Number of patients with adverse events"),
        ("Event", "Adverse events (no. of participants)"),
        ("Event, no. of patients", "Adverse events"),
    ],
)
def test_whole_numbers_of_people_are_counts(root: Path, label: str, caption: str) -> None:
    header = f"{label}\tTussolan (n = 45)\tPlacebo (n = 44)"
    made = drafted(
        root, table(header, "Nausea\t6\t3", "Falls\t50\t1", "Age\t6\t5", caption=caption)
    )
    assert {block["printed"] for block in blocks(made)} == {"6", "3"}
    assert all(block["endpoint"] == "NAUSEA" for block in blocks(made))
    assert block_of(made, "3")["values"] == {"placebo": {"n": 3}}


def test_whole_numbers_of_events_are_not_counts_of_people(root: Path) -> None:
    rows = (_HEADER, "Nausea\t6\t3", "Falls\t5\t1")
    assert not blocks(drafted(root, table(*rows, caption="Number of adverse events")))


@pytest.mark.parametrize(("beside", "is_size"), [("Mean (SD)", True), ("Relapse, %", False)])
def test_people_above_a_mean_are_its_size(root: Path, beside: str, *, is_size: bool) -> None:
    figures = "5.1 (1.2)\t6.1 (1.3)" if is_size else "5.1\t6.1"
    rows = ("\tTussolan\tPlacebo", "Cough score\t\t", "Week 4\t\t", "n\t40\t41")
    made = drafted(root, table(*rows, f"{beside}\t{figures}"))
    sizes = [block["printed"] for block in blocks(made) if block["endpoint"] == "SAMPLE_SIZE"]
    assert (sizes == ["40", "41"]) == is_size


_OF_ONE_SIZE = ("Male\t6 (27.3)\t7 (35)", "Ill\t4 (18.2)\t4 (20)", "Old\t9 (40.9)\t8 (40)")


def test_pairs_of_one_number_of_people_are_counts(root: Path) -> None:
    made = drafted(root, table("\tTussolan\tPlacebo", *_OF_ONE_SIZE, "Grip\t36 (6.1)\t35 (7)"))
    assert block_of(made, "9 (40.9)")["values"] == {"tussolan": {"n": 9}}
    assert block_of(made, "8 (40)")["values"] == {"placebo": {"n": 8}}
    assert [one.printed for one in made.left] == ["36 (6.1)", "35 (7)"]


@pytest.mark.parametrize(
    "rows",
    [
        _OF_ONE_SIZE[:2],  # by chance
        ("Male\t6 (27.3)\t7 (3)", "Ill\t4 (19.2)\t4 (2)", "Old\t9 (43.9)\t8 (4)"),
        ("Male\t6 (27)\t7 (3)", "Ill\t4 (18)\t4 (2)", "Old\t9 (41)\t8 (4)"),
    ],
)
def test_pairs_that_fit_by_chance_are_left(root: Path, rows: tuple[str, ...]) -> None:
    assert not blocks(drafted(root, table("\tTussolan\tPlacebo", *rows)))


def test_a_percentage_sign_may_be_the_unit_of_a_mean(root: Path) -> None:
    rows = ("Iron (%)\t8.6 (1.1)\t8.5 (1.0)", "Ill (%)\t6 (13)\t7 (16)")
    made = drafted(root, table(_HEADER, *rows, notes="Values are means (SDs) or numbers (%)."))
    iron = block_of(made, "8.5 (1.0)")
    assert (iron["statistic"], iron["unit"]) == ("mean", "%")
    assert block_of(made, "7 (16)")["values"] == {"placebo": "7 (16%)"}
