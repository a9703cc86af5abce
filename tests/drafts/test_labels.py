"""Drafts from labels: where headings end, groups in rows, periods, outcomes beside a group."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

ARMS = "\tTussolan (n = 50)\tPlacebo (n = 40)"


def names(root: Path, *rows: str, caption: str = "Outcomes") -> list[str]:
    made = drafted(root, table(*rows, caption=caption))
    return list(dict.fromkeys(one.get("named", one["endpoint"]) for one in blocks(made)))


def test_a_heading_ends_where_its_categories_are_everybody(root: Path) -> None:
    home = ("Home\t\t", "Town\t30 (60%)\t20 (50%)", "Village\t20 (40%)\t20 (50%)")
    work = ("Works\t25 (50%)\t24 (60%)",)
    assert names(root, ARMS, *home, *work) == ["Home › Town", "Home › Village", "Works"]
    # Not all are in the first two, so the third is another of them.
    part = ("Home\t\t", "Town\t20 (40%)\t20 (50%)", "Village\t20 (40%)\t10 (25%)")
    third = ("Farm\t10 (20%)\t10 (25%)",)
    assert names(root, ARMS, *part, *third)[-1] == "Home › Farm"


def test_a_heading_ends_where_a_row_has_a_statistic_of_its_own(root: Path) -> None:
    rows = ("Cough\t\t", "Mild\t9 (18%)\t8 (20%)", "Wheeze, n (%)\t5 (10)\t4 (10)")
    assert names(root, ARMS, *rows) == ["Cough › Mild", "Wheeze, n (%)"]
    rows = ("Cough\t\t", "Mild, n (%)\t9 (18)\t8 (20)", "Dry, n (%)\t5 (10)\t4 (10)")
    assert names(root, ARMS, *rows) == ["Cough › Mild, n (%)", "Cough › Dry, n (%)"]


def test_a_heading_ends_where_a_row_has_a_scale_of_its_own(root: Path) -> None:
    rows = ("Sleep\t\t", "Deep\t5 ± 1\t6 ± 2", "Calm (0–35 points)\t5 ± 1\t6 ± 2")
    assert names(root, ARMS, *rows) == ["Sleep › Deep", "Calm (0–35 points)"]
    rows = ("Calm\t\t", "Day (0–35)\t5 ± 1\t6 ± 2", "Night (0–35)\t5 ± 1\t6 ± 2")
    assert names(root, ARMS, *rows) == ["Calm › Day (0–35)", "Calm › Night (0–35)"]


def test_a_label_on_two_lines_is_of_its_own_row(root: Path) -> None:
    head = "Name\tScoring\tTussolan (n = 50)\tPlacebo (n = 40)"
    rows = ("Illness\t\t\t", "(weeks)\tMean (SD)\t46 (4.3)\t51 (4.8)")
    below = ("\tMin to max\t9 to 60\t12 to 58", "Pulse\tMean (SD)\t48 (4.7)\t49 (4.9)")
    made = drafted(root, table(head, *rows, *below))
    assert block_of(made, "48 (4.7)")["named"] == "Pulse"
    assert block_of(made, "46 (4.3)")["named"].startswith("Illness")
    assert block_of(made, "46 (4.3)")["statistic"] == "mean"
    assert block_of(made, "9 to 60")["values"]["tussolan"].keys() == {"range"}


def test_rows_are_groups_where_their_header_names_groups(root: Path) -> None:
    made = drafted(
        root, table("Group\tNumber of bouts (%)\tBouts, mean (SD)", "Ban\t6 (9)\t1.5 (0.5)")
    )
    ban = block_of(made, "1.5 (0.5)")
    assert (list(ban["values"]), ban["named"]) == (["ban"], "Bouts")
    made = drafted(root, table("Group\tTussolan\tPlacebo", "Bouts, mean (SD)\t6 (2)\t7 (3)"))
    assert list(block_of(made, "6 (2)")["values"]) == ["tussolan"]


def test_a_period_is_a_time_only_from_the_start(root: Path) -> None:
    head = "\tMean change (SD) week 0 to 12 months\tMean change (SD) week 10 to six months"
    made = drafted(root, table(head, "Bouts\t−2 (0.5)\t−3 (0.5)", caption="Tussolan"))
    first, second = block_of(made, "−2 (0.5)"), block_of(made, "−3 (0.5)")
    assert (first["time"], first["named"]) == ("at 12 months", "Bouts")
    assert "time" not in second
    assert second["named"] == "Bouts › week 10 to six months"
    assert list(second["values"]) == ["tussolan"]


def test_an_outcome_behind_the_size_of_a_group_is_the_endpoint(root: Path) -> None:
    head = "\tTussolan (n = 50) relief (%)\tPlacebo (n = 40) relief (%)\tP value"
    made = drafted(root, table(head, "Age, years\t\t\t", "30-40\t4 (8.0)\t6 (15.0)\t0.3"))
    named = "Age, years › 30-40 › relief"
    assert {one["named"] for one in blocks(made)} == {named}
    assert block_of(made, "0.3")["named"] == named


def test_two_figures_of_two_units_are_not_bounds(root: Path) -> None:
    made = drafted(root, table(ARMS, "Old, n\t4\t5", "Bouts, range\t23 young, 27 old\t5 to 9"))
    assert [one["printed"] for one in blocks(made)] == ["4", "5", "5 to 9"]


def test_a_heading_that_has_ended_is_in_no_category(root: Path) -> None:
    rows = ("Before\t\t", "Sugar (g/L)\t5 ± 1\t6 ± 1", "After\t\t", "Sugar (g/L)\t3 ± 1\t4 ± 1")
    made = drafted(root, table(ARMS, *rows))
    assert block_of(made, "5 ± 1")["category"] == "Sugar (g/L), Before"
    assert block_of(made, "3 ± 1")["category"] == "Sugar (g/L), After"


def test_a_label_goes_on_below_where_the_times_go_on(root: Path) -> None:
    head = "\tWeek\tTussolan, mean (SD)\tPlacebo, mean (SD)"
    rows = ("Grip\t0\t1 (2)\t1 (3)", "of pens\t\t\t", "\t6\t2 (2)\t2 (3)")
    more = ("Grip\t0\t3 (2)\t3 (3)", "of cups\t6\t4 (2)\t4 (3)", "\t9\t5 (2)\t5 (3)")
    made = drafted(root, table(head, *rows, *more))
    named = {one["printed"]: one["named"] for one in blocks(made)}
    assert {named[p] for p in ("1 (2)", "2 (2)")} == {"Grip › of pens"}
    assert {named[p] for p in ("3 (2)", "5 (3)")} == {"Grip › of cups"}
    apart = ("Grip\t0\t1 (2)\t1 (3)", "Reach\t0\t2 (2)\t2 (3)")
    made = drafted(root, table(head, *apart))
    assert block_of(made, "2 (2)")["named"] == "Reach"


def test_people_who_had_an_outcome_are_not_a_category_of_theirs(root: Path) -> None:
    head = "\t\tTussolan (n = 50)\tPlacebo (n = 40)"
    made = drafted(root, table(head, "Relief\tFemale\t5 (10%)\t6 (15%)"))
    assert block_of(made, "5 (10%)")["named"] == "Relief › Female"
    made = drafted(root, table(head, "Characteristics\tFemale\t5 (10%)\t6 (15%)"))
    assert block_of(made, "5 (10%)")["endpoint"] == "SEX"


def test_columns_with_units_are_not_groups(root: Path) -> None:
    made = drafted(
        root, table("\tSize (g/L)\tYield (cm)", "Ban\t5 ± 1\t6 ± 2", "Bun\t7 ± 1\t8 ± 2")
    )
    assert list(block_of(made, "8 ± 2")["values"]) == ["bun"]
    made = drafted(root, table("\tTussolan\tPlacebo", "Size (g/L)\t5 ± 1\t6 ± 2"))
    assert list(block_of(made, "6 ± 2")["values"]) == ["placebo"]


def test_times_alone_have_the_endpoint_of_the_header_above_them(root: Path) -> None:
    head = "Rate of relief\tTussolan (n = 50)\tPlacebo (n = 40)"
    made = drafted(root, table(head, "at 6 months (%)\t56.5\t60.5", "at discharge (%)\t93\t92"))
    assert block_of(made, "56.5")["named"] == "Rate of relief"
    assert block_of(made, "93")["category"] == "Rate of relief, at discharge (%)"


def test_a_change_is_not_a_level(root: Path) -> None:
    made = drafted(root, table("\tTussolan\tP value", "∆ Sugar, mean (SD)\t0.5 (2)\t0.3"))
    assert block_of(made, "0.5 (2)")["statistic"] == "mean-change"
    head = "\tTussolan, mean (SD)\tPlacebo, mean (SD)\tP value"
    rows = ("Sugar\t\t\t", "Day 8\t5 (1)\t6 (1)\t0.2", "Day 8—BL\t−1 (1)\t−2 (1)\t0.4")
    made = drafted(root, table(head, *rows))
    assert block_of(made, "0.4")["category"] == "Sugar, Day 8—BL"
    assert block_of(made, "0.2")["category"] == "Sugar"


def test_all_people_below_a_group_are_its_size(root: Path) -> None:
    above = "\tTussolan\t\tPlacebo\t"
    below = "\tTotal patients\tGrade 3\tTotal patients\tGrade 3"
    made = drafted(root, table(above, below, "Cramp, n\t45\t3\t43\t2"))
    assert block_of(made, "45")["endpoint"] == "SAMPLE_SIZE"
    assert block_of(made, "3")["endpoint"] == "OTHER"


def test_headers_of_times_and_answers_are_not_groups(root: Path) -> None:
    head = "Step\tDosage\tWeeks"
    made = drafted(root, table(head, "Walk\t5 (2)\t1-10", "Ride\t5 (3)\t2-10"))
    assert not made.groups
    above = "\tParents\tPupils"
    below = "\t‘A lot’ n/N (%)\t‘A lot’ n/N (%)"
    found = block_of(
        drafted(root, table(above, below, "Liked it\t9/10 (90)\t8/10 (80)")), "8/10 (80)"
    )
    assert (list(found["values"]), found["named"]) == (["pupils"], "Liked it › ‘A lot’")


def test_fifths_of_people_are_groups_and_quartiles_a_statistic(root: Path) -> None:
    made = drafted(root, table("\tMen\t\n\tQ1\tQ5", "Age, mean (SD)\t51 (9)\t52 (8)"))
    assert [*block_of(made, "51 (9)")["values"]] == ["men-q1"]
    made = drafted(root, table("\tTussolan median (Q1, Q3)\tPlacebo", "Age\t51 (4, 60)\t52"))
    assert [*block_of(made, "51 (4, 60)")["values"]] == ["tussolan"]


def test_a_word_is_short_for_the_one_group_that_begins_with_it(root: Path) -> None:
    made = drafted(root, table("\tTuss\tPlac", "Age, mean (SD)\t51 (9)\t52 (8)"))
    assert [*block_of(made, "51 (9)")["values"]] == ["tussolan"]
    made = drafted(root, table("\tTu\tPlac", "Age, mean (SD)\t51 (9)\t52 (8)"))
    assert [*block_of(made, "51 (9)")["values"]] == ["tu"]


def test_a_difference_within_groups_does_not_compare_them(root: Path) -> None:
    above = "\tDifference within groups\t\tDifference between groups (95% CI)"
    below = "\tTussolan, mean (SD)\tPlacebo, mean (SD)\tTussolan minus placebo"
    made = drafted(root, table(above, below, "Bouts\t−1 (2)\t−3 (2)\t2 (1 to 3)"))
    change = block_of(made, "−1 (2)")
    assert (change["statistic"], list(change["values"])) == ("mean-change", ["tussolan"])
    assert block_of(made, "2 (1 to 3)")["comparison"]["statistic"] == "difference"


def test_a_row_whose_figures_have_marks_is_not_a_header(root: Path) -> None:
    rows = ("Dry mouth [n (%)]\t7 (14)a,b\t12 (30)b", "Rash [n (%)]\t3 (6)a\t4 (10)a")
    made = drafted(root, table(ARMS, *rows))
    assert block_of(made, "12 (30)b")["values"] == {"placebo": "12 (30%)"}
    assert [*block_of(made, "3 (6)a")["values"]] == ["tussolan"]


def test_a_mean_in_percent_is_not_a_percentage(root: Path) -> None:
    made = drafted(root, table("\tTussolan\tPlacebo", "HbA1c (%)\t9.3 ± 0.2\t9.4"))
    found = block_of(made, "9.3 ± 0.2")
    assert (found["statistic"], found["unit"]) == ("mean", "%")
    made = drafted(root, table("\tTussolan\tPlacebo", "Relief (%)\t9.3\t9.4"))
    assert block_of(made, "9.4")["values"] == {"placebo": "9.4%"}


def test_a_label_beside_an_empty_one_is_of_the_heading(root: Path) -> None:
    head = "\t\tTussolan, n (%)\tPlacebo, n (%)"
    rows = ("Net\t\t\t", "Yes\t\t5 (9)\t6 (8)", "No\t\t4 (9)\t5 (9)", "\tTotal\t9\t11")
    made = drafted(root, table(head, *rows))
    assert block_of(made, "9")["named"] == "Net › Total"
    rows = ("Sleep\tDeep\t5 (9)\t6 (9)", "\tLight\t9\t11")
    assert block_of(drafted(root, table(head, *rows)), "9")["named"] == "Sleep › Light"


def test_a_heading_of_moments_is_of_their_ratio_too(root: Path) -> None:
    rows = ("Breath, L\t\t", "Baseline\t2.1\t2.2", "Ratio to baseline (%)\t101.3\t110.2")
    ratio = block_of(drafted(root, table(ARMS, *rows)), "101.3")
    assert (ratio["named"], "time" in ratio) == ("Breath, L › Ratio to baseline (%)", False)


def test_correlations_are_not_groups(root: Path) -> None:
    above = "\tGroup R\t\tGroup F\t"
    below = "\tCorr. coeff\tp value\tCorr. coeff\tp value"
    made = drafted(root, table(above, below, "Sleep\t−0.56\t0.001\t−0.44\t0.048"))
    assert not any("coeff" in group for group in made.groups)


def test_a_heading_with_an_effect_is_of_the_rows_below(root: Path) -> None:
    head = "\tTussolan (n = 50)\tPlacebo (n = 40)\tOdds ratio\tP value"
    rows = (
        "Car ban\t\t\t1.3\t0.02",
        "Partial\t5 (10%)\t6 (15%)\t\t",
        "Blush\t5 (10%)\t8 (20%)\t2\t0.4",
    )
    made = drafted(root, table(head, *rows))
    assert block_of(made, "6 (15%)")["named"] == "Car ban › Partial"
    assert block_of(made, "8 (20%)")["named"] == "Blush"


def test_a_count_with_its_percentage_is_not_a_mean(root: Path) -> None:
    rows = ("Stage 3\t1 (2.0)\t0 (0.0)", "Calm\t1 (2.1)\t5 (0.3)")
    made = drafted(root, table(ARMS, *rows, notes="Numbers are mean (SD) unless stated."))
    assert block_of(made, "1 (2.0)")["values"] == {"tussolan": {"n": 1}}
    assert block_of(made, "1 (2.1)")["statistic"] == "mean"


def test_a_row_of_those_with_an_outcome_keeps_its_label(root: Path) -> None:
    above, below = "\tTussolan\t\tPlacebo\t", "\tNausea\tNo nausea\tNausea\tNo nausea"
    made = drafted(
        root, table(above, below, "Mind, n (%)\t\t\t\t", "Calm\t8 (20)\t2 (5)\t7 (18)\t3 (8)")
    )
    assert block_of(made, "8 (20)")["named"].endswith("Calm › Nausea")


def test_totals_of_groups_in_rows_are_of_each(root: Path) -> None:
    head = "Group\tNumber of bouts (%)\t\n\tTotal\tMild"
    made = drafted(root, table(head, "Ban\t69\t63 (91)", "Bun\t70\t6 (9)"))
    assert [*block_of(made, "70")["values"]] == ["bun"]


def test_a_heading_above_headings_that_repeat_is_above_their_rows(root: Path) -> None:
    men = ("Men\t\t", "Calm, n (%)\t8 (16)\t7 (18)", "Women\t\t", "Calm, n (%)\t9 (18)\t6 (15)")
    more = ("Men\t\t", "Calm, n (%)\t5 (10)\t4 (10)", "Women\t\t", "Calm, n (%)\t3 (6)\t2 (5)")
    made = drafted(root, table(ARMS, "Tea\t\t", *men, "Wine\t\t", *more))
    assert block_of(made, "9 (18)")["named"] == "Tea › Women › Calm, n (%)"
    assert block_of(made, "3 (6)")["named"] == "Wine › Women › Calm, n (%)"
    made = drafted(root, table(ARMS, "Tea\t\t", *men))
    assert block_of(made, "9 (18)")["named"] == "Women › Calm, n (%)"


def test_a_number_of_people_alone_makes_a_heading(root: Path) -> None:
    head = "\tTussolan, n (%)\tPlacebo, n (%)"
    rows = ("Calm\t4 (5)\t", "Jabs\tn = 84\t", "1\t4 (4.8)\t", "2 or more\t80 (95.2)\t")
    made = drafted(root, table(head, *rows))
    assert block_of(made, "4 (4.8)")["named"] == "Jabs › 1"
    rows = ("Calm\t4 (5)\t", "Jabs\t84 (100)\t", "One\t4 (4.8)\t")
    assert block_of(drafted(root, table(head, *rows)), "4 (4.8)")["named"] == "One"


def test_people_with_cases_stand_beside_each_other(root: Path) -> None:
    head = "\tTussolan, n (%)\tPlacebo, n (%)"
    rows = ("Men (10 cases)\t\t", "Calm\t4 (40)\t3 (30)", "Both (30 cases)\t9 (30)\t8 (27)")
    assert names(root, head, *rows)[-1] == "Both (30 cases)"
    rows = ("Men (10 cases)\t\t", "Calm\t4 (40)\t3 (30)", "Glad (of all)\t9 (30)\t8 (27)")
    assert names(root, head, *rows)[-1].startswith("Men")


def test_a_caption_of_changes_is_about_changes(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Sugar, mean (SD)\t−5 (2)\t−4 (3)")
    made = drafted(root, table(*rows, caption="Outcomes, change from baseline"))
    assert block_of(made, "−5 (2)")["statistic"] == "mean-change"
    rows = ("\tTussolan\tPlacebo", "Sugar, mean (SD)\t\t", "Baseline\t5 (2)\t4 (3)")
    made = drafted(root, table(*rows, caption="Values and change from baseline"))
    assert block_of(made, "5 (2)")["statistic"] == "mean"


def test_a_measurement_at_entry_is_not_a_moment(root: Path) -> None:
    made = drafted(root, table(ARMS, "Entry grip, mean (SD)\t5 (2)\t4 (3)"))
    assert block_of(made, "5 (2)")["named"] == "Entry grip, mean (SD)"
    rows = ("Grip, mean (SD)\t\t", "Entry visit\t5 (2)\t4 (3)")
    assert block_of(drafted(root, table(ARMS, *rows)), "5 (2)")["category"].endswith("Entry visit")


def test_signs_of_a_name_may_be_spaced(root: Path) -> None:
    made = drafted(root, table("\tA+M (n = 50)\tA + M\tA", "Sugar, mean (SD)\t5 (2)\t4 (3)\t6 (1)"))
    assert [*block_of(made, "4 (3)")["values"]] == [*block_of(made, "5 (2)")["values"]]
    assert [*block_of(made, "6 (1)")["values"]] != [*block_of(made, "5 (2)")["values"]]


def test_an_outcome_of_a_caption_may_have_a_time(root: Path) -> None:
    caption = "Associations of sugar in blood with 6-month mortality in all patients"
    made = drafted(root, table("\tHazard ratio (95% CI)", "Zinc\t1.2 (1.1-1.4)", caption=caption))
    assert block_of(made, "1.2 (1.1-1.4)")["endpoint"] == "DEATH"


def test_statistics_of_wald_are_not_groups(root: Path) -> None:
    above, below = "\tTussolan\t\tPlacebo\t", "\tWald χ2\tp\tWald χ2\tp"
    made = drafted(root, table(above, below, "△ Sugar\t0.08\t0.7\t1.03\t0.3"))
    assert not any("wald" in group for group in made.groups)
    made = drafted(root, table("\tTussolan\tPlacebo", "△ Sugar, mean (SD)\t0.5 (2)\t1 (3)"))
    assert block_of(made, "0.5 (2)")["statistic"] == "mean-change"


@pytest.mark.parametrize(
    ("label", "endpoint", "unit"),
    [
        ("Weight, median kg (range)", "WEIGHT", "kg"),
        ("Body weight, mean kg (range)", "WEIGHT", "kg"),
        ("Haemoglobin concentration, mean g/dl (SD)", "HAEMOGLOBIN", "g/dL"),
        ("Haemoglobin g/dL ± SD", "HAEMOGLOBIN", "g/dL"),
        ("Age, median years (range)", "AGE", "years"),
        ("Age (in months), median (range)", "AGE", "months"),
        ("Weight of the spleen, median g (range)", "OTHER", "g"),
        ("Headache days, median (range)", "OTHER", None),
    ],
)
def test_a_unit_beside_the_statistic_is_no_part_of_the_name(
    root: Path, label: str, endpoint: str, unit: str | None
) -> None:
    cell = "30 ± 5" if "±" in label else "30 (5–93)" if "SD" not in label else "10.9 (1.4)"
    made = drafted(root, table(ARMS, f"{label}\t{cell}\t{cell}"))
    assert {(one["endpoint"], one.get("unit")) for one in blocks(made)} == {(endpoint, unit)}
