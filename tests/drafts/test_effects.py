"""Effects that only the caption declares, and what stands in rows of statistics below them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

_ROWS = (
    "\tRecall\tSpeed",
    *(
        "Age, N\t90\t90",
        "Crude\t6.1\t-0.5",
        "95% CI\t1.4 to 10.7\t-1.3 to 0.3",
        "p-value\t0.01\t0.2",
    ),
    *("Sex, N\t88\t88", "Crude\t2.1\t0.7", "95% CI\t1.2 to 3.5\t0.1 to 1.1", "p-value\t0.03\t0.1"),
)


def test_a_caption_declares_the_effects_of_columns_of_outcomes(root: Path) -> None:
    caption = "Coefficients from regression between traits and the scores of children"
    made = drafted(root, table(*_ROWS, caption=caption))
    crude = block_of(made, "-0.5")
    assert (crude["statistic"], crude["row"]) == ("regression-coefficient", ["Age, N", "Crude"])
    assert crude["category"] == "scores of children › Age, N › Speed"
    assert crude["values"]["all"]["adjusted"] is False
    interval = block_of(made, "1.2 to 3.5")["values"]["all"]
    assert [str(bound) for bound in interval["ci95"]] == ["1.2", "3.5"]
    assert block_of(made, "0.03")["values"] == {"all": {"p": "=0.03"}}
    sizes = [block for block in blocks(made) if block["printed"] == "90"]
    assert [block["values"] for block in sizes] == [{"all": {"n": 90}}] * 2


@pytest.mark.parametrize(
    ("caption", "row"),
    [
        ("Odds ratios of recall", "Age\t12 (34%)\t13 (31%)"),  # percentages
        ("Odds ratios of recall", "Age\t-0.4\t0.5"),  # no ratio is negative
        ("Odds ratios of recall", "Age\t12\t14"),  # whole numbers may be counts
        ("Odds ratios and hazard ratios of recall", "Age\t0.4\t0.5"),  # which?
        ("Odds ratios of recall, unless noted", "Age\t0.4\t0.5"),
    ],
)
def test_figures_that_may_be_no_effects_of_the_caption_are_not(
    root: Path, caption: str, row: str
) -> None:
    made = drafted(root, table("\tMorning\tEvening", row, caption=caption))
    assert not any(block.get("statistic", "").endswith("ratio") for block in blocks(made))


_ARMS = ("\tWeek 4\tWeek 8", "Grip\t\t", "Tussolan\t2.4\t2.7", "\t(0.1 to 4.5)\t(0.3 to 5.6)")


def test_a_note_names_the_comparator_of_groups_in_rows(root: Path) -> None:
    notes = "Comparison group is dummy syrup. Placebo, dummy syrup."
    made = drafted(root, table(*_ARMS, caption="Effects (values are coefficients)", notes=notes))
    found = block_of(made, "2.7")
    comparison = {name: found["comparison"][name] for name in ("of", "versus", "statistic")}
    assert comparison == {
        "of": "tussolan",
        "versus": "placebo",
        "statistic": "regression-coefficient",
    }
    assert found["time"] == "at 8 weeks"
    interval = block_of(made, "(0.3 to 5.6)")
    assert interval["row"] == ["Grip", "Tussolan", "(0.1 to 4.5)"]
    assert [str(bound) for bound in interval["comparison"]["ci"]] == ["0.3", "5.6"]


def test_without_a_comparator_groups_in_rows_are_left(root: Path) -> None:
    made = drafted(root, table(*_ARMS, caption="Effects (values are coefficients)"))
    assert not blocks(made)


def test_a_caption_may_except_a_row(root: Path) -> None:
    caption = "Effects on recall (coefficients except Pain, which are odds ratios)"
    rows = ("\tModel 1\tModel 2", "Pain\t0.6\t0.7", "Grip\t-2.1\t-2.3")
    notes = "Factors associated with recall."
    made = drafted(
        root, table(*rows, caption=f"Factors associated with recall. {caption}", notes=notes)
    )
    assert block_of(made, "0.7")["statistic"] == "odds-ratio"
    assert block_of(made, "-2.3")["statistic"] == "regression-coefficient"


def test_a_total_smaller_than_a_part_is_a_group(root: Path) -> None:
    rows = (
        "\tTussolan (n = 45)\tPlacebo (n = 44)\tCombined (n = 43)",
        "Cough, n (%)\t3 (7)\t4 (9)\t5 (12)",
    )
    assert block_of(drafted(root, table(*rows)), "5 (12)")["values"] == {"combined": "5 (12%)"}
    whole = [row.replace("43", "89") for row in rows]
    assert block_of(drafted(root, table(*whole)), "5 (12)")["values"] == {"all": "5 (12%)"}


def test_a_total_of_one_arm_has_fewer_people_than_that_of_another(root: Path) -> None:
    rows = (
        "\tNorth\t\tTOTAL\t",
        "\tTussolan\tPlacebo\tTussolan\tPlacebo",
        "\t(n = 46)\t(n = 22)\t(n = 101)\t(n = 49)",
    )
    made = drafted(root, table(*rows, "Age (years), mean\t31.1\t32.2\t33.3\t34.4"))
    assert list(block_of(made, "34.4")["values"]) == ["placebo"]


def test_a_cell_may_print_its_own_statistic(root: Path) -> None:
    header = "\tTussolan (n = 45)\tPlacebo (n = 45)\tAdjusted"
    rows = ("\t\t\tEffect estimate (95% CI)", "Death, n (%)\t3 (7)\t4 (9)\tHR 0.92 (0.77 to 1.10)")
    made = drafted(root, table(header, *rows, "Grip, mean\t3.1\t4.2\tMD −1.1 (−2.7 to 0.4)"))
    hazard = block_of(made, "HR 0.92 (0.77 to 1.10)")["comparison"]
    assert (hazard["statistic"], hazard["of"], hazard["versus"]) == (
        "hazard-ratio",
        "tussolan",
        "placebo",
    )
    grip = block_of(made, "MD −1.1 (−2.7 to 0.4)")
    assert (grip["comparison"]["statistic"], grip["category"]) == ("difference", "Grip, mean")


def test_a_p_value_may_stand_in_a_column_of_differences(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo\tBetween-group difference", "Grip, mean\t3.1\t4.2\tP = 0.45")
    found = block_of(drafted(root, table(*rows)), "P = 0.45")["comparison"]
    assert found == {"of": "tussolan", "versus": "placebo", "p": "=0.45"}


def test_a_p_value_in_a_column_of_people_is_left(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Grip, mean\tP = 0.45\tn = 3")
    assert not any(
        "p" in str(block.get("comparison")) for block in blocks(drafted(root, table(*rows)))
    )


def test_correlations_are_of_all_that_their_labels_name(root: Path) -> None:
    rows = ("\tGrip\t\tCough\t", "\tr\tp value\tr\tp value", "Death\t0.31\t0.02\t−0.4\t0.01")
    made = drafted(root, table(*rows, caption="Correlations"))
    found = block_of(made, "−0.4")
    assert (found["statistic"], found["category"]) == ("correlation", "Death › Cough")
    assert {name: str(value) for name, value in found["values"].items()} == {"all": "-0.4"}
    rows = ("\tGroup A\tGroup B", "Grip\t\t", "Cough\tr = 0.31\tt = 2.1")
    made = drafted(root, table(*rows))
    assert block_of(made, "r = 0.31")["category"] == "Grip › Cough"
    assert [one.printed for one in made.left] == ["t = 2.1"]


_VERSUS = "\tTussolan (n = 45)\tPlacebo (n = 44)\tTussolan vs placebo\tP value"
_DIFFERENCES = (
    "Weight\t1.6 (1.1 to 2.1)\t4.2 (3.6 to 4.7)\t−2.6 (−3.3 to −1.8)\t0.001",
    "Grip\t5.7 (5.0 to 6.4)\t5.4 (5.0 to 5.8)\t0.3 (−0.6 to 1.2)\t0.84",
    "Pulse\t0.31 (0.1 to 0.5)\t0.20 (0.1 to 0.3)\t0.12 (0.02 to 0.2)\t0.04",
)


def test_estimates_that_are_differences_of_both_figures_are_differences(root: Path) -> None:
    made = drafted(root, table(_VERSUS, *_DIFFERENCES, notes="Values are means (95% CI)."))
    found = block_of(made, "−2.6 (−3.3 to −1.8)")["comparison"]
    assert (found["of"], found["versus"], found["statistic"]) == (
        "tussolan",
        "placebo",
        "difference",
    )
    assert [str(bound) for bound in found["ci95"]] == ["-3.3", "-1.8"]


@pytest.mark.parametrize(
    "rows",
    [
        _DIFFERENCES[:2],  # by chance
        tuple(
            row.replace("−2.6 (", "0.38 (").replace("\t0.3 (", "\t1.06 (") for row in _DIFFERENCES
        ),
        ("Relapse\t4.0\t2.0\t2.0", "Cough\t6.0\t3.0\t2.0", "Grip\t3.0\t1.5\t2.0"),  # or ratios
    ],
)
def test_other_estimates_of_two_groups_are_left(root: Path, rows: tuple[str, ...]) -> None:
    made = drafted(root, table(_VERSUS, *rows, notes="Values are means (95% CI)."))
    kinds = (block.get("comparison", {}).get("statistic") for block in blocks(made))
    assert not any(kinds)


def test_the_header_of_a_p_value_names_no_group_of_that_name(root: Path) -> None:
    rows = (
        "\tTussolan (n = 45)\tPlacebo (n = 44)\tP value vs. placebo",
        "Ill, n (%)\t6 (13)\t7 (16)\t0.4",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "0.4")["comparison"] == {
        "of": "tussolan",
        "versus": "placebo",
        "p": "=0.4",
    }
