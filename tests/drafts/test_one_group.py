"""Drafts from tables whose headers name no groups: of everybody, of a heading's people."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table


def test_a_table_that_names_no_groups_is_of_everybody(root: Path) -> None:
    rows = ("Characteristic\tn\t%", "Married\t30\t33", "Cough at night\t45\t50")
    made = drafted(root, table(*rows, caption="Characteristics of 90 people"))
    married = block_of(made, "30 … 33")
    assert married["values"] == {"all": "30 (33%)"}
    assert married["sure"] != "sure"


@pytest.mark.parametrize(
    "caption",
    ["Characteristics of the tussolan group", "Characteristics of responders, one group"],
)
def test_a_caption_may_name_a_part_of_the_people(root: Path, caption: str) -> None:
    made = drafted(root, table("Characteristic\tMean (SD)", "Weight\t70.1 (9.9)", caption=caption))
    assert all("all" not in block["values"] for block in blocks(made))


def test_more_people_after_than_before_are_two_groups(root: Path) -> None:
    rows = ("\tBefore (n = 20)\tAfter (n = 30)\tP value", "Vomiting, n (%)\t3 (15)\t2 (7)\t0.38")
    made = drafted(root, table(*rows))
    assert block_of(made, "2 (7)")["values"] == {"after": "2 (7%)"}
    assert block_of(made, "0.38")["comparison"] == {"of": "before", "versus": "after", "p": "=0.38"}


def test_fewer_people_after_than_before_may_be_the_same(root: Path) -> None:
    rows = ("\tBefore (n = 30)\tAfter (n = 20)", "Vomiting, n (%)\t3 (10)\t2 (10)")
    assert "after" not in drafted(root, table(*rows)).groups


def test_an_estimate_within_one_group_has_its_outcome_and_predictor(root: Path) -> None:
    rows = (
        "\tUnivariate\t\t\tMultivariate\t\t",
        "Factor\tOR\t95% CI\tP value\tOR\t95% CI\tP value",
        "Male\t1.5\t1.2–1.9\t0.001\t1.4\t1.1–1.8\t0.01",
        "Never smoked\t1.00\t\t0.02\t\t\t",
    )
    made = drafted(root, table(*rows, caption="Factors associated with relapse of cough"))
    crude = block_of(made, "1.5 … 1.2–1.9 … 0.001")
    assert (crude["named"], crude["statistic"]) == ("relapse of cough › Male", "odds-ratio")
    value = {name: str(part) for name, part in crude["values"]["all"].items() if name != "ci95"}
    assert value == {"value": "1.5", "p": "=0.001", "adjusted": "False"}
    assert [str(bound) for bound in crude["values"]["all"]["ci95"]] == ["1.2", "1.9"]
    adjusted = block_of(made, "1.4 … 1.1–1.8 … 0.01")
    assert adjusted["values"]["all"]["adjusted"] is True
    # A p-value beside the 1 of the reference is that of the whole factor.
    assert "p" not in block_of(made, "1.00")["values"]["all"]
    assert block_of(made, "0.02")["values"] == {"all": {"p": "=0.02"}}


@pytest.mark.parametrize(
    ("header", "caption"),
    [
        ("Factor\tOR (95% CI)", "Outcomes"),  # of what outcome?
        ("Factor\tOR (95% CI)", "Risk of relapse, differences between groups"),
        ("Factor\tDrug A vs drug B, OR (95% CI)", "Factors associated with relapse"),
    ],
)
def test_an_estimate_of_an_unnamed_outcome_or_pair_is_left(
    root: Path, header: str, caption: str
) -> None:
    made = drafted(root, table(header, "Male\t1.5 (1.2–1.9)", caption=caption))
    assert not blocks(made)
    assert len(made.left) == 1


def test_the_people_of_a_heading_are_a_group(root: Path) -> None:
    rows = (
        "\tHR (95% CI)",
        "Men (106 cases)\t",
        "Smoking\t1.5 (1.2–1.9)",
        "All patients (n = 90)\t",
    )
    caption = "Factors associated with relapse"
    made = drafted(root, table(*rows, "Drinking\t1.7 (1.1–2.5)", caption=caption))
    assert list(block_of(made, "1.5 (1.2–1.9)")["values"]) == ["men"]
    assert list(block_of(made, "1.7 (1.1–2.5)")["values"]) == ["all"]


def test_a_p_value_for_trend_is_not_of_one_estimate(root: Path) -> None:
    rows = ("\tRR (95% CI)\t\tP-trend", "\tQ1\tQ2\t", "Weight\t1 (reference)\t0.9 (0.7–1.2)\t0.25")
    made = drafted(root, table(*rows, caption="Factors associated with relapse"))
    assert block_of(made, "0.25")["values"] == {"all": {"p": "=0.25", "p_for": "test-for-trend"}}
    second = block_of(made, "0.9 (0.7–1.2)")
    assert "p" not in second["values"]["all"]
    assert second["category"].endswith("Q2")


def test_an_interval_with_a_slash_is_an_interval(root: Path) -> None:
    header = "\tTussolan (n = 45)\tPlacebo (n = 45)\tDifference (95% CI)"
    made = drafted(root, table(header, "Weight, kg\t\t\t−1.3 (−2.2/-0.4)"))
    found = block_of(made, "−1.3 (−2.2/-0.4)")["comparison"]
    assert [str(bound) for bound in found["ci95"]] == ["-2.2", "-0.4"]


def test_columns_of_means_may_hold_counts(root: Path) -> None:
    counts = [f"Kind {name}\t{n}\t{n / 1.5:.1f}" for n, name in enumerate("ABCDEF", 10)]
    rows = ("\tMean\tSD", "Age\t27.49\t5.74", *counts)
    made = drafted(root, table(*rows, caption="Characteristics of the sample (N = 150)"))
    assert block_of(made, "10 … 6.7")["values"] == {"all": {"n": 10}}
    age = block_of(made, "27.49 … 5.74")
    assert (age["statistic"], str(age["values"]["all"]["sd"])) == ("mean", "5.74")


def test_columns_of_days_hold_figures(root: Path) -> None:
    rows = (
        "Positive\tDay 0\tDay 3",
        "Cases, n (%)\t3 (3)\t7 (8)",
        "New cases, n (%)\t1 (1)\t2 (2)",
    )
    made = drafted(root, table(*rows, caption="Parasites"))
    assert block_of(made, "7 (8)")["time"] == "at 3 days"


def test_a_change_within_a_group_does_not_compare_groups(root: Path) -> None:
    header = "\tTussolan (n = 45) Δ median (IQR)\tPlacebo (n = 45) Δ median (IQR)"
    made = drafted(root, table(header, "Weight, kg\t1.5\t0.5", "Pain\t−3 (−6 to −2)\t−1 (−2 to 0)"))
    first = block_of(made, "−3 (−6 to −2)")
    assert (first["statistic"], list(first["values"])) == ("median-change", ["tussolan"])


def test_a_standard_deviation_does_not_turn_a_difference_round(root: Path) -> None:
    header = "\tTussolan, mean (SD)\tPlacebo, mean (SD)\tAdjusted mean difference (95% CI)"
    made = drafted(
        root, table(header, "Function\t79.26 (16.17)\t68.86 (22.00)\t6.58 (3.38 to 9.78)")
    )
    assert block_of(made, "6.58 (3.38 to 9.78)")["comparison"]["of"] == "tussolan"


def test_a_note_declares_the_figures_with_its_mark(root: Path) -> None:
    header = "\tTussolan (n = 45)\tPlacebo (n = 45)"
    rows = (
        "Women\t30 (67)\t27 (60)",
        "Pain<sup>a</sup>\t5.1 (2.0)\t5.0 (2.1)",
        "Mass, kg/m<sup>2</sup>",
    )
    notes = "Values are n (%).\n\n<sup>a</sup> Values are means (SD).\n\n<sup>2</sup> Median (IQR)."
    made = drafted(root, table(header, *rows[:2], f"{rows[2]}\t7.1 (2.0)\t7.0 (2.1)", notes=notes))
    pain = block_of(made, "5.1 (2.0)")
    assert (pain["statistic"], str(pain["values"]["tussolan"]["sd"])) == ("mean", "2.0")
    assert all(block["statistic"] != "median" for block in blocks(made) if "statistic" in block)


def test_labels_with_exponents_lead_to_their_cells(root: Path) -> None:
    header = "\tTussolan (n = 45), mean (SD)\tPlacebo (n = 45), mean (SD)"
    rows = ("Mass (kg/m<sup>2</sup>)\t27.8 (4.8)\t28.2 (4.5)", "Mass (kg)\t70.1 (4.8)\t71.2 (4.5)")
    assert len(blocks(drafted(root, table(header, *rows)))) == 4


def test_count_and_percentage_beside_a_further_label_are_one_figure(root: Path) -> None:
    rows = (
        "\t\tTussolan\t\tPlacebo\t",
        "\t\tn\t%\tn\t%",
        "Cured\tWomen\t7\t16\t6\t13",
        "\tMen\t8\t18\t9\t20",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "8 … 18")["values"] == {"tussolan": "8 (18%)"}
    assert block_of(made, "9 … 20")["values"] == {"placebo": "9 (20%)"}


def test_a_table_of_times_has_the_endpoint_of_its_caption(root: Path) -> None:
    rows = ("Month\tTussolan\tPlacebo", "6\t7 (16%)\t6 (13%)", "12\t9 (20%)\t8 (18%)")
    made = drafted(root, table(*rows, caption="Abstinence rates during follow-up"))
    late = block_of(made, "9 (20%)")
    assert (late["named"], late["time"]) == ("Abstinence rates", "at 12 months")


@pytest.mark.parametrize(
    ("rows", "caption", "why"),
    [
        (("Score\tRate", "0\t35", "1\t45", "2\t55"), "Score of severity", "a method"),
        (("Study\tPatients, n", "Low [9]\t15"), "Previous studies of tussolan", "a method"),
        (("Outcome\tQuestionnaire\tReference", "Pain\tVAS\t[53]"), "Outcomes", "a method"),
        (("Trial\tTussolan, n\tRef.", "Low\t12\t[53]"), "Trials", "reference"),
        (
            ("Outcome\tTussolan\tPlacebo", "Cure\t95% CI\t95% CI", "A\t7 (16%)\t6 (13%)"),
            "A",
            "header",
        ),
        (("\tWeek\tTussolan\tPlacebo", "Cure\t6\t7 (16%)\t6 (13%)"), "A", "label"),
    ],
)
def test_cells_that_are_not_results_are_left_as_such(
    root: Path, rows: tuple[str, ...], caption: str, why: str
) -> None:
    made = drafted(root, table(*rows, caption=caption))
    left = [one for one in made.left if one.why.startswith("not a result")]
    assert any(why in one.why for one in left), made.left
    assert made.no_results == sum(one.cells for one in left)


def test_results_are_never_left_as_something_else(root: Path) -> None:
    rows = ("Score\tTussolan\tPlacebo", "0\t7 (16%)\t6 (13%)", "3\t9 (20%)\t8 (18%)")
    for caption in ("Diagnostic criteria that patients had", "Use of the exercise program"):
        made = drafted(root, table(*rows, caption=caption))
        assert not [one for one in made.left if one.why.startswith("not a result")]


def test_a_caption_may_say_that_all_figures_are_means(root: Path) -> None:
    rows = (
        "\tTussolan (n = 45)\tPlacebo (n = 45)",
        "FEV1, L\t1.23\t1.18",
        "Ratio to baseline\t101.3\t112.6",
    )
    made = drafted(root, table(*rows, caption="Mean values at baseline"))
    assert block_of(made, "1.23")["statistic"] == "mean"
    assert [one.printed for one in made.left] == ["101.3", "112.6"]
    bare = drafted(root, table(*rows, caption="Mean values or numbers at baseline"))
    assert not blocks(bare)


def test_a_percentage_of_the_size_is_one_whatever_the_label_declares(root: Path) -> None:
    header = "\tTussolan (n = 13)\tPlacebo (n = 11)"
    made = drafted(root, table(header, "Recurrent episodes (%)\t1 (7.7)\t9 (81.8)"))
    assert block_of(made, "1 (7.7)")["values"] == {"tussolan": "1 (7.7%)"}
    made = drafted(root, table(header, "HbA1c (%)\t7 (1.1)\t8 (1.3)"))
    assert all("%)" not in str(block["values"]) for block in blocks(made))


def test_signs_of_currency_and_plus_are_not_part_of_a_number(root: Path) -> None:
    header = "\tTussolan (n = 45)\t\tPlacebo (n = 45)\t"
    rows = (header, "\tMean\tSD\tMean\tSD", "Age\t54.1\t9.9\t55.2\t8.8")
    rows = (*rows, "Costs\t£140\t£185\t£115\t£124")
    made = drafted(root, table(*rows))
    value = block_of(made, "£140 … £185")["values"]["tussolan"]
    assert {name: str(part) for name, part in value.items()} == {"value": "140", "sd": "185"}
    rows = ("\tTussolan\tPlacebo", "Age, mean (SD)\t54.1 (9.9)\t55.2 (8.8)")
    made = drafted(root, table(*rows, "Change in pain, mean (SD)\t+0.3 ± 9.5\t-1.7 ± 5.5"))
    assert str(block_of(made, "+0.3 ± 9.5")["values"]["tussolan"]["value"]) == "0.3"


def test_a_study_group_beside_a_control_group_is_an_arm(root: Path) -> None:
    rows = (
        "\tControl group (n = 51)\tStudy group (n = 50)",
        "Age, mean (SD)\t51.6 (17.4)\t47.8 (14.7)",
    )
    assert list(block_of(drafted(root, table(*rows)), "47.8 (14.7)")["values"]) == ["study-group"]


def test_the_outcome_of_a_regression_ends_before_its_people(root: Path) -> None:
    caption = "Cox regression of oxygen and adjusted mortality in 249 patients with COPD"
    made = drafted(root, table("\tHazard ratio (95% CI)", "Men\t1.3 (1.1–1.5)", caption=caption))
    assert "COPD" not in str(blocks(made))
    assert len(blocks(made)) == 1


def test_groups_at_baseline_do_not_turn_a_later_difference_round(root: Path) -> None:
    rows = (
        "\tBaseline\t\t3 months\t6 months",
        "\tTussolan (n = 45), mean (SD)\tPlacebo (n = 45), mean (SD)"
        "\tDifference (95% CI)\tDifference (95% CI)",
        "METS\t6.4 (1.6)\t6.7 (1.8)\t0.3 (0.1/0.5)\t0.2 (0.1/0.6)",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "0.3 (0.1/0.5)")["comparison"]["of"] == "tussolan"


def test_least_values_and_sizes_are_not_results_of_a_caption(root: Path) -> None:
    rows = ("\tMean\tMin", "Proteobacteria\t15.4%\t0.04%", "Firmicutes\t37.7%\t1.9%")
    made = drafted(root, table(*rows, caption="Abundance of phyla"))
    assert {one.printed for one in made.left} == {"0.04%", "1.9%"}
    rows = ("\tTussolan\tPlacebo", "Patients, n\t165\t163", "Cured, n (%)\t9 (5)\t8 (5)")
    made = drafted(root, table(*rows, caption="Overall outcome"))
    assert block_of(made, "165")["endpoint"] == "SAMPLE_SIZE"
    made = drafted(root, table("Test\tMean\tSD", "Age\t27.4\t5.7", "Pap test\tn = 122\t"))
    assert block_of(made, "n = 122")["values"] == {"all": {"n": 122}}


def test_statistics_of_tests_and_reliability_have_no_group(root: Path) -> None:
    rows = ("\tTime\t\tGroup", "\tF (df)\tP\tF (df)", "Score\t382.6 (2,48)\t<.001\t1.45 (4,48)")
    made = drafted(root, table(*rows, caption="Effects on depression"))
    assert not [name for name in made.groups if "df" in name]
    caption = "Internal consistency of 518 children who completed the test"
    made = drafted(root, table("Test\tReliability coefficient", "Rover\t0.74", caption=caption))
    assert not blocks(made)
