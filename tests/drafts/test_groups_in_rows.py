"""Tables whose rows are groups: by a column of labels, by a heading, by another table's header."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

_COLUMN = (
    "Variable\tGroup (s)\tPre-test M±SD\tPost-test M±SD\tP",
    "Iron (%)\tExercise\t64.8±5.8\t64.7±5.7\t0.27",
    "\tUntreated\t61.3±7.8\t61.4±7.9\t",
    "Grip\tExercise\t0.84±6.5\t0.83±7.8\t0.01",
    "\tUntreated\t0.76±6.6\t0.75±6.3\t",
)


def test_a_column_of_labels_may_name_the_groups(root: Path) -> None:
    made = drafted(root, table(*_COLUMN))
    iron = block_of(made, "61.4±7.9")
    assert (iron["category"], iron["unit"]) == ("Iron (%), Post-test", "%")
    assert {name: str(part) for name, part in iron["values"]["untreated"].items()} == {
        "value": "61.4",
        "sd": "7.9",
    }
    assert block_of(made, "0.01")["comparison"] == {
        "of": "exercise",
        "versus": "untreated",
        "p": "=0.01",
    }


@pytest.mark.parametrize("header", ["P within groups", "Interaction P"])
def test_not_every_p_value_is_of_the_two_groups(root: Path, header: str) -> None:
    rows = (_COLUMN[0][: -len("P")] + header, *_COLUMN[1:])
    made = drafted(root, table(*rows))
    compared = [one["comparison"] for one in blocks(made) if "comparison" in one]
    assert all("p_for" in one for one in compared)


_BELOW = ("Group\tScore\tReturned n (%)", "Tested\t87\t18 (85.7)", "Untreated\t72\t9 (45)")


def test_p_values_may_stand_in_a_row_below_the_groups(root: Path) -> None:
    made = drafted(root, table(*_BELOW, "P value\t< 0.05\t0.03"))
    assert block_of(made, "9 (45)")["values"] == {"untreated": "9 (45%)"}
    found = block_of(made, "0.03")
    assert found["comparison"] == {"of": "tested", "versus": "untreated", "p": "=0.03"}
    assert found["category"] == "Returned"


def test_a_p_value_below_three_groups_compares_no_two(root: Path) -> None:
    made = drafted(root, table(*_BELOW, "Sham\t70\t8 (40)", "P value\t< 0.05\t0.03"))
    assert not any("comparison" in block for block in blocks(made))


def test_groups_of_a_later_header_may_stand_in_rows(root: Path) -> None:
    first = table(
        "Outcome\tBaseline\tChange from baseline\tLSMD [95% CI]\tP",
        "Grip\t\t\t\t",
        "Calmol\t76.8 ± 17.5\t2.7 ± 11.2\t2.4 [1.0, 4.2]\t0.001",
        "Dummy\t75.2 ± 19.3\t0.3 ± 11.5\t\t",
    )
    second = "Events\n\n\tCalmol (n = 33)\tDummy (n = 34)\nFall, n (%)\t3 (9)\t2 (6)\n"
    made = drafted(root, f"{first}\n{second}")
    assert block_of(made, "0.3 ± 11.5")["values"].keys() == {"dummy"}
    found = block_of(made, "2.4 [1.0, 4.2] … 0.001")["comparison"]
    assert (found["of"], found["versus"], found["statistic"]) == ("calmol", "dummy", "difference")


def test_a_header_may_name_the_comparator_above_the_others(root: Path) -> None:
    rows = (
        "\tLow (n = 45)\tMiddle (n = 44)\tHigh (n = 43)\tP vs. Low\t",
        "\t\t\t\tMiddle\tHigh",
        "Ill, n (%)\t6 (13)\t7 (16)\t9 (21)\t0.4\t0.03",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "0.03")["comparison"] == {"of": "high", "versus": "low", "p": "=0.03"}


def test_a_p_value_against_a_group_is_not_that_of_all(root: Path) -> None:
    rows = (
        "\tLow (n = 45)\tMiddle (n = 44)\tHigh (n = 43)\tP vs. others",
        "Ill, n (%)\t6 (13)\t7 (16)\t9 (21)\t0.4",
    )
    made = drafted(root, table(*rows))
    assert "0.4" in {one.printed for one in made.left}


_EDUCATION = (
    "\tTussolan (n = 45)\tPlacebo (n = 44)\tP value",
    "Education, n (%)\t\t\t",
    "School\t20 (44)\t21 (48)\t0.3",
)


def test_the_p_value_of_one_category_is_that_of_all(root: Path) -> None:
    made = drafted(root, table(*_EDUCATION, "College\t25 (56)\t23 (52)\t"))
    assert block_of(made, "0.3")["category"] == "Education, n (%)"
    assert block_of(made, "21 (48)")["category"].endswith("School")


@pytest.mark.parametrize("row", ["College\t25 (56)\t23 (52)\t0.4", "College\t5 (11)\t3 (7)\t"])
def test_the_p_value_of_a_row_is_its_own(root: Path, row: str) -> None:
    """The other rows have theirs, or are not the rest of the people."""
    made = drafted(root, table(*_EDUCATION, row))
    assert block_of(made, "0.3")["category"].endswith("School")


def test_a_median_goes_on_from_the_row_above(root: Path) -> None:
    rows = (
        "\tTussolan\tPlacebo",
        "Grip (kg)\t9.9\t10.4",
        "Median\t10\t8",
        "Reach\t5.2\t5.3",
        "Median\t5\t6",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "8")["category"] == "Grip (kg)"
    assert block_of(made, "6")["category"] == "Reach"


def test_statistics_in_the_body_replace_those_of_the_header(root: Path) -> None:
    rows = (
        "\tTussolan\t\tPlacebo\t",
        "\tn\t%\tn\t%",
        "Ill\t6\t13\t7\t16",
        "\tMean\tSD\tMean\tSD",
        "Grip\t63.7\t12.5\t62.6\t13.2",
    )
    made = drafted(root, table(*rows))
    grip = block_of(made, "62.6 … 13.2")
    assert grip["statistic"] == "mean"
    assert str(grip["values"]["placebo"]["sd"]) == "13.2"
    assert block_of(made, "7 … 16")["values"] == {"placebo": "7 (16%)"}


def test_figures_below_a_header_of_p_values_are_not_measurements(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "\tp-Value\tp-Value", "Grip\t0.09\t0.23")
    assert not any(
        block.get("statistic") == "value" for block in blocks(drafted(root, table(*rows)))
    )


@pytest.mark.parametrize(
    ("caption", "is_drafted"),
    [
        ("Grip within the placebo and the tussolan groups", False),
        ("Changes of grip between groups", False),
        ("Grip of muscle groups", True),
    ],
)
def test_a_caption_of_several_groups_leaves_open_whose_figures_are(
    root: Path, caption: str, *, is_drafted: bool
) -> None:
    rows = ("\tN\tMedian\tTwo-tailed Mann–Whitney", "TS, day 0\t15\t12.5\t0.0016")
    made = drafted(root, table(*rows, caption=caption))
    assert bool(blocks(made)) == is_drafted
    assert "0.0016" not in {block["printed"] for block in blocks(made)}


def test_columns_of_one_header_are_told_apart_by_what_stands_above(root: Path) -> None:
    rows = (
        "\t6 weeks\t\t\t18 weeks\t\t",
        "\tTussolan\tPlacebo\tp value\tTussolan\tPlacebo\tp value",
        "Grip, n (%)\t6 (13)\t7 (16)\t0.4\t9 (20)\t8 (18)\t0.7",
    )
    made = drafted(root, table(*rows))
    assert [block_of(made, p)["time"] for p in ("0.4", "0.7")] == ["at 6 weeks", "at 18 weeks"]
    assert block_of(made, "0.4")["column"] == "6 weeks › p value"


def test_a_header_may_name_an_arm_of_its_table_in_part(root: Path) -> None:
    first = table("\tCalmol (n = 33)\tDummy (n = 34)", "Fall, n (%)\t3 (9)\t2 (6)")
    second = "\tCalmol 2 g (n = 33)\tDummy (n = 34)\tP value dummy vs. calmol"
    second += "\nIll, n (%)\t6 (18)\t7 (21)\t0.4\n"
    made = drafted(root, f"{first}\nOthers\n\n{second}")
    found = block_of(made, "0.4")["comparison"]
    assert {found["of"], found["versus"]} == {"dummy", "calmol-2-g"}
