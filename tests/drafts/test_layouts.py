"""Layouts of tables: decimal commas, headers of letters, groups in rows, rows of sizes, hours."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table


def _commas(*cells: str) -> str:
    return table("\tTussolan\tPlacebo\tP", "Grip, mean (SD)\t" + "\t".join(cells))


def test_decimal_commas_are_those_of_the_text_whatever_its_language(root: Path) -> None:
    made = drafted(root, _commas("60,8 (1,1)", "59,6 (1,2)", "0,038") + "p = 0,44\n")
    assert str(block_of(made, "60,8 (1,1)")["values"]["tussolan"]["value"]) == "60.8"
    assert block_of(made, "0,038")["comparison"]["p"] == "=0.038"


def test_one_comma_among_points_is_not_decimal(root: Path) -> None:
    made = drafted(root, _commas("1,608 (11)", "1,596 (12)", "0.038") + "p = 0,44 or 0.55\n")
    assert str(block_of(made, "1,608 (11)")["values"]["tussolan"]["value"]) == "1608"


_LIMBS = (
    "\tStudy Limb\t\t",
    "\tTussolan\tPlacebo\tTotal",
    "Characteristics\t\t\t",
    "No. of patients\t40\t32\t72",
    "Age (y) mean (SD)\t46(14)\t48(15)\t47(15)",
    "Any cough (%)\t20(50)\t24(75)\t44(61)",
)


def test_a_header_of_limbs_names_no_group(root: Path) -> None:
    made = drafted(root, table(*_LIMBS))
    assert block_of(made, "47(15)")["values"].keys() == {"all"}
    assert block_of(made, "46(14)")["values"].keys() == {"tussolan"}


def test_a_row_of_sizes_gives_the_numbers_of_people(root: Path) -> None:
    made = drafted(root, table(*_LIMBS))
    size = block_of(made, "32")
    assert (size["endpoint"], "category" in size) == ("SAMPLE_SIZE", False)
    assert block_of(made, "20(50)")["values"] == {"tussolan": "20 (50%)"}
    other = drafted(root, table(*_LIMBS[:-1], "Any cough (%)\t20(5)\t24(7)\t44(6)"))
    assert not any("%" in str(block["values"]) for block in blocks(other))


def test_counts_below_a_heading_of_numbers(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Duration of asthma (n):\t\t", "< 5 years\t2\t5")
    assert block_of(drafted(root, table(*rows)), "2")["values"] == {"tussolan": {"n": 2}}
    rows = ("\tTussolan\tPlacebo", "Duration of asthma:\t\t", "< 5 years\t2\t5")
    assert not blocks(drafted(root, table(*rows)))


def test_marks_of_degrees_and_sizes_before_a_mean_are_not_its_figures(root: Path) -> None:
    made = drafted(root, table("\tTussolan, n (%)", "Compliant\t8 (80%)°"))
    assert blocks(made)[0]["values"] == {"tussolan": "8 (80%)"}
    made = drafted(root, table("\tTussolan, mean (SD)", "Grip\tn = 19: 4.09 (2.32)"))
    value = blocks(made)[0]["values"]["tussolan"]
    assert {name: str(part) for name, part in value.items()} == {"value": "4.09", "sd": "2.32"}


_IN_ROWS = (
    "Outcome\tGroup\tBefore\tp within group\tDifference between means\t95% CI\tP between groups",
    "Grip\tTussolan\t4.1 (2.3)\t0.003\t0.34\t-0.33, 1.02\t0.3",
    "\tPlacebo\t3.4 (2.8)\t0.002\t\t\t",
)


def test_two_groups_in_rows_are_compared_once_for_each_outcome(root: Path) -> None:
    made = drafted(root, table(*_IN_ROWS, caption="Values are mean (SD)"))
    found = block_of(made, "0.34 … -0.33, 1.02 … 0.3")["comparison"]
    assert (found["of"], found["versus"], found["p"]) == ("tussolan", "placebo", "=0.3")
    assert block_of(made, "0.002")["values"].keys() == {"placebo"}


def test_three_groups_in_rows_have_no_one_pair(root: Path) -> None:
    rows = (*_IN_ROWS, "\tSyrup\t3.9 (2.8)\t0.004\t\t\t")
    made = drafted(root, table(*rows, caption="Values are mean (SD)"))
    assert not any("comparison" in block for block in blocks(made))


def test_the_name_of_a_treatment_in_a_caption_is_not_its_group(root: Path) -> None:
    rows = ("\tMean (SD)", "Grip\t4.1 (2.3)")
    made = drafted(root, table(*rows, caption="Effect of Tussolan dosage on strength"))
    assert block_of(made, "4.1 (2.3)")["values"].keys() == {"all"}
    made = drafted(root, table(*rows, caption="Strength of Tussolan patients"))
    assert block_of(made, "4.1 (2.3)")["values"].keys() == {"tussolan"}


_SPANNED = (
    "\tReduction in PD20\t\t\t",
    "Genotype\tMedian\t95% CI\t\tP-value",
    "I/III\t53%\t31%\t68%\t0.0004",
    "II/II\t-51%\t-139%\t4%\t0.078",
)


def test_genotypes_in_rows_are_groups_below_what_is_measured(root: Path) -> None:
    block = block_of(drafted(root, table(*_SPANNED)), "53% … 31% … 68%")
    assert block["category"] == "Reduction in PD20"
    assert block["values"].keys() == {"i-iii"}
    assert [str(limit) for limit in block["values"]["i-iii"]["ci95"]] == ["31", "68"]


def test_a_group_above_all_columns_stays_a_group(root: Path) -> None:
    rows = ("\tDust group\t\t\t", *_SPANNED[1:])
    made = drafted(root, table(*(row.replace("Genotype", "Outcome") for row in rows)))
    assert block_of(made, "53% … 31% … 68%")["values"].keys() == {"dust-group"}


def test_a_heading_of_a_mean_stays_above_its_mean_with_a_spread(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Slope (ml/h)\t\t", "Adjusted mean (se)\t15.9 (1.9)\t14.1 (1.8)")
    rows += ("Area (weighted mean)\t\t", "Adjusted mean (se)\t0.21 (0.04)\t0.22 (0.04)")
    rows += ("Mean change at 12 hours\t\t", "Adjusted baseline mean (se)\t2.97 (0.04)\t2.96 (0.05)")
    made = drafted(root, table(*rows))
    assert "Area (weighted mean)" in block_of(made, "0.21 (0.04)")["category"]
    assert block_of(made, "2.97 (0.04)")["statistic"] == "mean"


def test_a_header_of_a_comparison_in_the_body_ends_the_groups_above(root: Path) -> None:
    rows = ("\tTussolan (n = 45)\tPlacebo (n = 44)", "Grip, mean (SE)\t2.7 (0.4)\t3.0 (0.4)")
    rows += ("\t\tTussolan vs placebo", "P value\t\t<0.001")
    made = drafted(root, table(*rows))
    assert block_of(made, "2.7 (0.4)")["values"].keys() == {"tussolan"}
    assert not any("placebo" in block.get("values", {}) for block in blocks(made)[2:])


def test_hours_are_times_of_what_the_caption_says_has_changed(root: Path) -> None:
    rows = ("Time post dose (hr)\tTussolan\tPlacebo", "0.5\t0.31 (0.02)\t0.04 (0.02)")
    caption = "Mean change (SE) from pre-dose FEV1 over 24 hours"
    block = block_of(drafted(root, table(*rows, caption=caption)), "0.31 (0.02)")
    assert (block["time"], block["statistic"]) == ("at 0.5 hours", "mean-change")
    assert block["category"] == "FEV1"


@pytest.mark.parametrize(("header", "kinds"), [("A\tB\tC", {"a", "b", "c"}), ("B\tSE\tP", {"all"})])
def test_letters_beside_each_other_are_groups(root: Path, header: str, kinds: set[str]) -> None:
    rows = (f"Factors\t{header}", "Cough\t1.24\t0.17\t0.14", "Fever\t-1.1\t0.2\t0.1")
    made = drafted(root, table(*rows, caption="Factors associated with relapse"))
    assert {name for block in blocks(made) for name in block.get("values", {})} == kinds


def test_labels_in_percent_are_of_people_where_several_are(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Cough %\t46\t66", "Fever %\t54\t34", "Smoking %\t29\t31")
    assert block_of(drafted(root, table(*rows)), "46")["values"] == {"tussolan": "46%"}
    assert not blocks(drafted(root, table(*rows[:2])))


def test_a_header_of_statistics_names_the_two_groups(root: Path) -> None:
    rows = ("\tTussolan (n = 45)\tPlacebo (n = 44)\tStatistics Tussolan-Placebo\t",)
    rows += (
        "\t\t\tDifference (SE)\t95% CI",
        "Grip, mean (SE)\t2.9 (0.4)\t2.8 (0.4)\t0.1 (0.4)\t-1, 2",
    )
    found = block_of(drafted(root, table(*rows)), "0.1 (0.4) … -1, 2")
    assert found["comparison"]["versus"] == "placebo"
    assert "Statistics" not in found["category"]


def test_a_difference_between_groups_is_that_of_the_two_arms_of_a_trial(root: Path) -> None:
    rows = ("Outcome\tDifference between groups\t95% CI", "Grip\t-0.23\t-1.2, 0.7")
    found = block_of(drafted(root, table(*rows)), "-0.23 … -1.2, 0.7")["comparison"]
    assert (found["of"], found["versus"]) == ("tussolan", "placebo")
    study = root / "evidence" / "studies" / "second-trial.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(
        text.replace("groups:\n", "groups:\n  syrup: {label: syrup arm, kind: arm}\n"),
        encoding="utf-8",
    )
    assert not blocks(drafted(root, table(*rows)))


def test_two_counts_behind_a_number_of_people_are_not_its_share(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Dust, n\t9\t7", "n (male/female)\t8 (4/4)\t9 (4/5)")
    assert [block["printed"] for block in blocks(drafted(root, table(*rows)))] == ["9", "7"]
    rows = ("\tTussolan\tPlacebo", "Dust, n\t9\t7", "Cough, % (n/N)\t50 (4/8)\t44 (4/9)")
    assert block_of(drafted(root, table(*rows)), "50 (4/8)")["values"] == {"tussolan": "4/8 (50%)"}
