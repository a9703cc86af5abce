"""Cells with two counts, or with a count and an estimate, and headers that compare two groups."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table


@pytest.mark.parametrize(
    ("label", "cell", "first"),
    [
        ("Cough/fever", "37/8", {"n": 37}),
        ("Side (left:right)", "17 : 5", {"n": 17}),
        ("Smoker (yes/no), n (%)", "33 (75%)/11 (25%)", "33 (75%)"),
    ],
)
def test_a_label_with_two_names_has_two_counts(
    root: Path, label: str, cell: str, first: object
) -> None:
    made = drafted(root, table("Trait\tTussolan (n = 45)", f"{label}\t{cell}"))
    assert [block["printed"] for block in blocks(made)] == [cell, cell]
    assert blocks(made)[0]["values"] == {"tussolan": first}
    assert made.cells == 1


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("Deaths/patients", "3/42"),  # a count of its base
        ("Cough/fever", "3/8"),  # neither the two sides of one thing nor all people
        ("Sex (M/F)", "31/40"),  # more than all people
        ("Pressure (mm/h)", "3/42"),
    ],
)
def test_two_figures_may_be_of_something_else(root: Path, label: str, cell: str) -> None:
    made = drafted(root, table("Trait\tTussolan (n = 45)", f"{label}\t{cell}"))
    assert len([block for block in blocks(made) if "of" not in str(block["values"])]) == 0


def test_a_header_spans_a_count_and_its_percentage(root: Path) -> None:
    rows = ("\tTussolan\t\tPlacebo\t", "Cough\t88\t20 %\t13\t7 %")
    assert block_of(drafted(root, table(*rows)), "13 … 7 %")["values"] == {"placebo": "13 (7%)"}


def test_a_header_may_compare_a_new_group_with_a_known_one(root: Path) -> None:
    rows = ("\tLow dose vs. placebo\tBaseline vs. placebo", "\tRR (95% CI)\tRR (95% CI)")
    made = drafted(root, table(*rows, "Cough\t0.9 (0.5 to 1.2)\t0.8 (0.6 to 1.1)"))
    found = block_of(made, "0.9 (0.5 to 1.2)")["comparison"]
    assert (found["of"], found["versus"]) == ("low-dose", "placebo")
    assert [one.printed for one in made.left] == ["0.8 (0.6 to 1.1)"]


def test_a_p_value_may_stand_in_brackets_behind_an_estimate(root: Path) -> None:
    made = drafted(root, table("Trait\tTussolan vs. placebo (p-value)", "Grip\t1.11 (< 0.001)"))
    assert blocks(made)[0]["comparison"] == {
        "of": "tussolan",
        "versus": "placebo",
        "p": "<0.001",
    }
    made = drafted(root, table("Trait\tP value", "Grip\t1.11 (< 0.001)"))
    assert not blocks(made)


def test_a_header_may_name_two_groups_of_one_cell(root: Path) -> None:
    rows = ("Outcome\tNumber Tussolan/ Placebo\tTussolan M (SD)\tPlacebo M (SD)",)
    made = drafted(root, table(*rows, "Grip\t44/43\t2.1 (1.1)\t2.0 (1.2)"))
    sizes = block_of(made, "44/43")
    assert sizes["values"] == {"tussolan": {"n": 44}, "placebo": {"n": 43}}
    assert sizes["category"] == "Grip"
    made = drafted(root, table("Outcome\tNumber cured/ all", "Grip\t44/43"))
    assert not blocks(made)
