"""Headers above the names of arms: a part of their people, a qualifier, statistics of tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table


def _below(first: str, second: str) -> tuple[str, ...]:
    return (
        f"\t{first}\t\t{second}\t",
        "\tTussolan\tPlacebo\tTussolan\tPlacebo",
        "Cured, n (%)\t12 (40%)\t10 (33%)\t5 (20%)\t4 (17%)",
    )


def test_people_of_an_arm_below_another_header_are_a_part_of_it(root: Path) -> None:
    made = drafted(root, table(*_below("Mild pain", "Severe pain")))
    assert block_of(made, "12 (40%)")["values"].keys() == {"mild-pain-tussolan"}
    assert made.groups["mild-pain-tussolan"]["within"] == "tussolan"


@pytest.mark.parametrize(
    ("first", "second"),
    [("Week 4", "Week 12"), ("PCR-corrected", "Uncorrected"), ("Crude", "Adjusted")],
)
def test_a_time_or_a_method_above_an_arm_is_not_a_group(
    root: Path, first: str, second: str
) -> None:
    made = drafted(root, table(*_below(first, second)))
    assert block_of(made, "12 (40%)")["values"].keys() == {"tussolan"}


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Test statistic", "t = 2.4"), ("Statistics", "2.4"), ("ANCOVA", "2.4 (87)"), ("t (df)", "2")],
)
def test_statistics_of_tests_have_no_group(root: Path, header: str, cell: str) -> None:
    rows = (
        f"\tTussolan (n = 45)\tPlacebo (n = 44)\t{header}\tP value",
        f"Coughs, mean (SD)\t5.1 (1.2)\t6.0 (1.1)\t{cell}\t0.02",
    )
    made = drafted(root, table(*rows))
    assert cell not in {block["printed"] for block in blocks(made)}
    assert block_of(made, "0.02")["comparison"]["versus"] == "placebo"


@pytest.mark.parametrize("cells", ["12\t(26.7)\t11\t(25.0)", "12\t26.7\t11\t25.0"])
def test_a_percentage_in_the_next_cell_may_have_brackets(root: Path, cells: str) -> None:
    rows = ("\tTussolan\t\tPlacebo\t", "\tn\t(%)\tn\t(%)", f"Cured\t{cells}")
    values = [block["values"] for block in blocks(drafted(root, table(*rows)))]
    assert values == [{"tussolan": "12 (26.7%)"}, {"placebo": "11 (25.0%)"}]


def test_the_p_value_of_a_coefficient_of_all_does_not_compare_groups(root: Path) -> None:
    rows = (
        "Score\tCorrelations\t\t\t\tAnalysis of covariance\t",
        "\tTussolan\t\tPlacebo\t\tβ\tp value",
        "Predictors\tCorr. coeff\tp value\tCorr. coeff\tp value\tβ\tp value",
        "Anxiety\t0.70\t0.02\t0.90\t0.03\t0.77\t0.04",
    )
    made = drafted(root, table(*rows, caption="Factors influencing the scores"))
    assert block_of(made, "0.02")["values"] == {"tussolan": {"p": "=0.02"}}
    assert "0.04" not in {block["printed"] for block in blocks(made)}


def test_the_p_value_beside_a_difference_of_groups_compares_them(root: Path) -> None:
    rows = (
        "\tTussolan\t\tPlacebo\t\tBetween groups\t",
        "\tMean\tp value\tMean\tp value\tβ\tp value",
        "Anxiety\t5.1\t0.02\t6.2\t0.03\t0.77\t0.04",
    )
    found = block_of(drafted(root, table(*rows)), "0.04")["comparison"]
    assert found == {"of": "tussolan", "versus": "placebo", "p": "=0.04"}


def test_a_header_above_all_arms_is_of_the_outcome(root: Path) -> None:
    rows = ("Month\tAbstinence\t\tP", "\tTussolan\tPlacebo\t", "6\t7 (16%)\t3 (7%)\t0.02")
    made = drafted(root, table(*rows, caption="Rates of smoking"))
    block = block_of(made, "7 (16%)")
    assert block["values"] == {"tussolan": "7 (16%)"}
    assert (block["named"], block["time"]) == ("Abstinence", "at 6 months")
    assert block_of(made, "0.02")["comparison"]["of"] == "tussolan"


def test_answers_below_one_header_need_it(root: Path) -> None:
    rows = ("\tStopped\t", "\tYes (n = 17)\tNo (n = 21)", "Cured, n (%)\t7 (41%)\t3 (14%)")
    made = drafted(root, table(*rows))
    assert block_of(made, "7 (41%)")["values"].keys() == {"stopped-yes"}


def test_least_and_largest_are_a_statistic(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Bouts\t\t", "Min to max\t19 to 48\t26 to 50")
    block = block_of(drafted(root, table(*rows)), "19 to 48")
    assert (block["named"], block["statistic"]) == ("Bouts", "range")


_NESTED = (
    "\tTussolan (n = 45)\tPlacebo (n = 44)",
    "Primary outcome\t\t",
    "Original data\t\t",
    "Better\t9 (20%)\t4 (9%)",
    "Imputed data\t\t",
    "Better\t10 (22%)\t5 (11%)",
)


def test_a_heading_directly_above_a_heading_is_one_of_its_rows(root: Path) -> None:
    made = drafted(root, table(*_NESTED))
    assert block_of(made, "9 (20%)")["named"] == "Primary outcome › Original data › Better"
    assert block_of(made, "10 (22%)")["named"] == "Imputed data › Better"


@pytest.mark.parametrize(("label", "unit"), [("Area (cm^2)", None), ("Length (cm)", "cm")])
def test_a_unit_with_a_power_is_not_the_one_without(
    root: Path, label: str, unit: str | None
) -> None:
    rows = ("\tTussolan\tPlacebo", f"{label}, mean (SD)\t81.1 (9.2)\t79.2 (9.1)")
    assert block_of(drafted(root, table(*rows)), "81.1 (9.2)").get("unit") == unit


def test_the_moment_of_a_row_is_not_a_time_that_its_column_mentions(root: Path) -> None:
    rows = (
        "\tTussolan\tPlacebo\tDifference (95% CI) at the end and at 12 months",
        "End of treatment\t5.1\t6.1\t1.1 (0.3 to 1.9)",
        "12 months\t5.2\t6.2\t1.2 (0.4 to 2.0)",
    )
    made = drafted(root, table(*rows, caption="Mean scores of coughing"))
    assert "time" not in block_of(made, "1.1 (0.3 to 1.9)")
    assert block_of(made, "1.2 (0.4 to 2.0)")["time"] == "at 12 months"


def test_a_heading_with_a_unit_ends_at_another_unit(root: Path) -> None:
    rows = (
        "\tTussolan\tPlacebo",
        "Muscular work (Nm)\t\t",
        "Flexion, mean (SD)\t81.1 (9.2)\t79.2 (9.1)",
        "Iron (g/l), mean (SD)\t8.2 (1.2)\t7.3 (1.1)",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "81.1 (9.2)")["named"] == "Muscular work (Nm) › Flexion, mean (SD)"
    assert block_of(made, "8.2 (1.2)")["named"] == "Iron (g/l), mean (SD)"


def test_a_p_value_beside_the_statistic_of_its_test_is_about_the_outcome_alone(
    root: Path,
) -> None:
    rows = (
        "\tTussolan\t\t\tPlacebo\t\t",
        "Parameter\tB\tWald χ\tp\tB\tWald χ\tp",
        "Interleukin (pg/mL)\t0.013\t0.079\t0.778\t−0.041\t1.037\t0.309",
    )
    assert block_of(drafted(root, table(*rows)), "0.778")["category"] == "Interleukin (pg/mL)"


@pytest.mark.parametrize(
    ("header", "category"),
    [
        ("Unadjusted Treatment Effect for Tussolan versus Placebo", "Oxygen therapy"),
        ("Treatment effect on relief", "Oxygen therapy › Treatment effect on relief"),
    ],
)
def test_an_effect_that_names_its_groups_alone_is_no_part_of_the_outcome(
    root: Path, header: str, category: str
) -> None:
    rows = (
        f"Outcome\tTussolan n = 406\tPlacebo n = 393\t{header} (95% CI)",
        "Oxygen therapy\t43/402 (10.7)\t45/388 (11.6)\t0.92 (0.61–1.38)",
    )
    made = drafted(root, table(*rows, notes="Treatment effects are relative risks."))
    assert block_of(made, "0.92 (0.61–1.38)")["category"] == category
