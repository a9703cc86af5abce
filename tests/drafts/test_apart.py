"""Figures that stand apart: limits in columns of their own, a spread in the row below its mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table


@pytest.mark.parametrize(
    "header", ["\tN\tMean\t95 % CI\t", "\tN\tMean\t95% CI lower\t95% CI upper"]
)
def test_two_columns_may_hold_the_limits_of_an_interval(root: Path, header: str) -> None:
    rows = (header, "Grip\t45\t6.23\t5.90\t6.56", "Cough\t44\t6.3\t5.8\t6.6")
    found = block_of(drafted(root, table(*rows)), "6.23 … 5.90 … 6.56")
    value = found["values"]["all"]
    assert (str(value["value"]), [str(one) for one in value["ci95"]]) == ("6.23", ["5.90", "6.56"])


def test_two_other_columns_are_not_limits(root: Path) -> None:
    rows = ("\tN\tMean\t95 % CI\tP value", "Grip\t45\t6.23\t5.90 to 6.56\t0.02")
    made = drafted(root, table(*rows, "Cough\t44\t6.3\t5.8 to 6.6\t0.2"))
    assert not any(
        "6.23 … 5.90" in block["printed"] and "0.02" in block["printed"] for block in blocks(made)
    )


def test_a_spread_below_its_mean_is_of_the_mean(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Age (years)\t\t", "Mean\t34.1\t35.2", "SD\t9.1\t8.9")
    found = block_of(drafted(root, table(*rows)), "8.9")
    assert (found["statistic"], str(found["values"]["placebo"]["sd"])) == ("mean", "8.9")


@pytest.mark.parametrize("row", ["Median\t34.1\t35.2", "Range\t34.1\t35.2", "Grip\t34.1\t35.2"])
def test_a_spread_below_anything_else_is_left(root: Path, row: str) -> None:
    made = drafted(root, table("\tTussolan\tPlacebo", "Age (years)\t\t", row, "SD\t9.1\t8.9"))
    assert {"9.1", "8.9"} <= {one.printed for one in made.left}


def test_a_heading_may_say_that_people_are_counted(root: Path) -> None:
    rows = ("\tTussolan (n = 45)\tPlacebo (n = 44)", "Number of people with pain in the\t\t")
    made = drafted(root, table(*rows, "Arm\t3\t4", "Mean score\t5\t6"))
    assert block_of(made, "4")["values"] == {"placebo": {"n": 4}}
    assert not any(block["values"].get("placebo") == {"n": 6} for block in blocks(made))


def test_a_caption_may_name_the_groups_of_rows(root: Path) -> None:
    rows = ("\tMean (SD)", "Grip\t", "Quick Help\t6.2 (1.1)", "Slow Help\t6.4 (1.2)")
    caption = "Scores for the Quick Help and Slow Help conditions"
    made = drafted(root, table(*rows, caption=caption))
    assert list(block_of(made, "6.4 (1.2)")["values"]) == ["slow-help"]
    assert block_of(made, "6.4 (1.2)")["category"] == "Grip"
    made = drafted(root, table(*rows, caption="Scores of all"))
    assert not any("slow-help" in block["values"] for block in blocks(made))
