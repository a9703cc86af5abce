"""Tables with answers for columns, and with headers in the body that name other groups."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

_ANSWERS = (
    "Characteristic\tData\tData\tData",
    "Male (%)\t62 (69%)\t—\t—",
    "Symptoms\tYes\tNo\tMissing",
    "Cough, n (%)\t60 (67%)\t18 (20%)\t12 (13%)",
    "Treatment received\t\t\t",
    "Syrup, n (%)\t47 (52%)\t—\t—",
)


def test_answers_are_categories_and_not_groups(root: Path) -> None:
    made = drafted(root, table(*_ANSWERS))
    assert block_of(made, "12 (13%)")["category"] == "Symptoms › Cough, n (%) › Missing"
    assert {tuple(block["values"]) for block in blocks(made)} == {("all",)}


def test_a_header_of_answers_ends_at_the_next_heading(root: Path) -> None:
    made = drafted(root, table(*_ANSWERS))
    assert block_of(made, "47 (52%)")["category"] == "Treatment received › Syrup, n (%)"


@pytest.mark.parametrize(
    "rows",
    [
        # people with their number
        ("Relapse\tYes (n = 20)\tNo (n = 70)", "Cough, n (%)\t6 (30%)\t18 (26%)"),
        # people who are compared
        ("Relapse\tYes\tNo\tP value", "Cough, n (%)\t6 (30%)\t18 (26%)\t0.03"),
    ],
)
def test_those_who_gave_an_answer_are_a_group(root: Path, rows: tuple[str, ...]) -> None:
    block = block_of(drafted(root, table(*rows)), "6 (30%)")
    assert block["values"] == {"yes": "6 (30%)"}


_RENAMED = (
    "Analysis\tGroup 1\t\tGroup 2\t",
    "\tMean\tn\tMean\tn",
    "\tTussolan\t\tPlacebo\t",
    "Coughs\t9.8\t45\t12.3\t44",
    "\tSyrup\t\tPlacebo\t",
    "Sneezes\t11.1\t43\t12.8\t42",
)


def test_a_header_in_the_body_replaces_the_names_of_the_last(root: Path) -> None:
    """Nothing is drafted for a group that another header names."""
    made = drafted(root, table(*_RENAMED))
    values = [block["values"] for block in blocks(made) if block["printed"] in ("9.8", "11.1")]
    assert all(group not in ("tussolan", "group-1") for one in values[1:] for group in one)
    assert block_of(made, "12.8")["values"].keys() == {"placebo"}


def test_a_row_of_words_in_other_places_renames_nothing(root: Path) -> None:
    rows = (*_RENAMED[:4], "\tnot done\t\t\t", "Sneezes\t11.1\t43\t12.8\t42")
    assert block_of(drafted(root, table(*rows)), "12.8")["values"].keys() == {"placebo"}


def test_words_without_meaning_are_not_a_category(root: Path) -> None:
    rows = ("Outcome\tValue\tP value", "Relapse, n (%)\t12 (13%)\t0.2")
    assert "category" not in block_of(drafted(root, table(*rows)), "12 (13%)")


@pytest.mark.parametrize("label", ["Inter-quartile range", "Interquartile range"])
def test_quartiles_may_have_a_hyphen(root: Path, label: str) -> None:
    rows = ("\tTussolan\tPlacebo", "Coughs\t\t", f"{label}\t34–52\t32–54")
    assert block_of(drafted(root, table(*rows)), "34–52")["values"]["tussolan"].keys() == {"iqr"}


def test_a_change_in_percent_is_a_change(root: Path) -> None:
    rows = (
        "\tTussolan\t\tPlacebo\t",
        "\t%\tChange from baseline\t%\tChange from baseline",
        "Relapse\t60.7%\t−0.9%\t62.5%\t−0.4%",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "−0.9%")["statistic"] == "change"
    assert "statistic" not in block_of(made, "60.7%")


def test_a_statistic_of_a_test_is_not_a_measurement(root: Path) -> None:
    rows = (
        "\tn\tHETI\tANOVA F (df)",
        "Cough\t7\t25.3 ± 2.1\t8.16 (4)",
        "None\t9\t20.2 ± 1.9\t3.1 (2)",
    )
    made = drafted(root, table(*rows, caption="Mean HETI scores"))
    printed = {block["printed"] for block in blocks(made)}
    assert "8.16 (4)" not in printed
    assert block_of(made, "25.3 ± 2.1")["values"].keys() == {"all"}


def test_all_columns_of_a_placeholder_have_the_name_below_one_of_them(root: Path) -> None:
    made = drafted(root, table(*_RENAMED))
    groups = {group for block in blocks(made) for group in block["values"]}
    assert groups & {"group-1", "group-2"} == set()
    assert block_of(made, "45")["values"].keys() == {"tussolan"}


_CLASSES = (
    "\tTussolan (n = 45)\t\tPlacebo (n = 44)\t",
    "\tn\tMean (SD)\tn\tMean (SD)",
    "Grip\t44\t5.1 (1.2)\t43\t6.2 (1.3)",
    "\t<40\t≥40 to <70\t<40\t≥40 to <70",
    "Grip, n (%)\t5 (11)\t6 (14)\t7 (16)\t8 (18)",
)


def test_a_header_of_classes_replaces_that_of_statistics(root: Path) -> None:
    """No count of a class is drafted as one of all people, or as the number of a column."""
    made = drafted(root, table(*_CLASSES))
    assert block_of(made, "6.2 (1.3)")["values"].keys() == {"placebo"}
    assert {"5 (11)", "6 (14)"}.isdisjoint(block["printed"] for block in blocks(made))


def test_limits_without_words_below_each_header_are_figures(root: Path) -> None:
    rows = (*_CLASSES[:3], "\t<40\t≥40 to <70\t<40\t≥30 to <70", _CLASSES[4])
    assert block_of(drafted(root, table(*rows)), "5 (11)")["values"] == {"tussolan": "5 (11%)"}


def test_statistics_directly_below_the_header_go_on_from_it(root: Path) -> None:
    rows = (
        "\tTussolan\tPlacebo",
        "\t(n = 205),\t(n = 207),",
        "\tNo. (%) or\tNo. (%) or",
        "\tMean ±SD\tMean ±SD",
        "Full ban\t78 (38.1)\t40 (19.3)",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "78 (38.1)")["values"] == {"tussolan": "78 (38.1%)"}
