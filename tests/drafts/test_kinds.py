"""What a figure is not: another set of people, a reference, a time that tells people apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

from kb.drafts.groups import GroupNames


def test_a_heading_may_stand_beside_statistics_in_the_header(root: Path) -> None:
    rows = ("First test\tn\t%", "Positive\t30\t33", "Second test\t\t", "Positive\t45\t50")
    made = drafted(root, table("\tn = 90\t", *rows))
    assert block_of(made, "30 … 33")["category"] == "First test › Positive"
    assert block_of(made, "45 … 50")["category"] == "Second test › Positive"
    plain = drafted(root, table("Variable\tn\t%", *rows[1:]))
    assert block_of(plain, "30 … 33")["category"] == "Positive"


@pytest.mark.parametrize(
    ("above", "label", "category"),
    [
        ("No tea", "Tea", "Recall › Tea"),
        ("No", "Yes", "Recall › Yes"),
        ("Never (reference)", "Daily", "Recall › Daily"),
        ("No tea", "Coffee", "No tea › Coffee"),
    ],
)
def test_what_a_row_is_compared_with_is_not_its_heading(
    root: Path, above: str, label: str, category: str
) -> None:
    other = ("Speed\t\t", f"{above}\t\t", f"{label}\t5.1 (2.0)\t5.2 (2.0)")
    rows = ("\tTussolan\tPlacebo", "Recall\t\t", f"{above}\t\t", f"{label}\t4.1 (1.0)\t4.2 (1.1)")
    made = drafted(root, table(*rows, *other, caption="Scores, mean (SD)"))
    assert block_of(made, "4.2 (1.1)")["category"].endswith(category)


@pytest.mark.parametrize(
    ("heading", "endpoint"),
    [("Ten-year risk", "OTHER"), ("Reasons for leaving", "OTHER"), ("Outcomes", "DEATH")],
)
def test_a_risk_of_an_endpoint_is_another_endpoint(root: Path, heading: str, endpoint: str) -> None:
    rows = ("\tTussolan (n = 45)\tPlacebo (n = 45)", f"{heading}\t\t", "Death\t5 (11%)\t6 (13%)")
    assert block_of(drafted(root, table(*rows)), "6 (13%)")["endpoint"] == endpoint


def test_a_state_at_baseline_tells_people_apart_at_another_time(root: Path) -> None:
    rows = (
        "\tTussolan (n = 45)\tPlacebo (n = 45)",
        "Iron at baseline\t\t",
        "Low\t5 (11%)\t6 (13%)",
    )
    late = drafted(root, table(*rows, caption="Cure at the end"))
    early = drafted(root, table(*rows, caption="Baseline characteristics"))
    assert "time" not in block_of(late, "6 (13%)")
    assert block_of(early, "6 (13%)")["time"] == "at baseline"


def test_a_count_of_people_is_not_a_measurement(root: Path) -> None:
    rows = ("\tTussolan (n = 45)\tPlacebo (n = 45)", "Age (years)\t45 (100%)\t44 (98%)")
    counted = block_of(drafted(root, table(*rows)), "44 (98%)")
    assert (counted["endpoint"], counted["category"]) == ("OTHER", "Age (years)")
    measured = drafted(root, table(rows[0], "Age (years), mean (SD)\t45 (10)\t44 (9)"))
    assert block_of(measured, "44 (9)")["endpoint"] == "AGE"


def test_p_values_of_two_analyses_are_distinguished(root: Path) -> None:
    header = "\tTussolan\tPlacebo\tP value (PP)\tP value (ITT)\tAdjusted P value\tCrude P value"
    made = drafted(root, table(header, "Pain, mean (SD)\t5 (1)\t6 (2)\t0.01\t0.02\t0.03\t0.04"))
    found = {one["printed"]: one for one in blocks(made)}
    assert [found[f"0.0{n}"].get("analysis_set") for n in (1, 2, 3)] == ["PP", "ITT", None]
    adjusted = [found[f"0.0{n}"]["comparison"].get("adjusted") for n in (2, 3, 4)]
    assert adjusted == [None, True, False]
    assert "analysis_set" not in found["5 (1)"]


def test_completers_are_a_set_of_people_and_not_an_outcome(root: Path) -> None:
    above = "\tRelief, n (%)\t\tClinically significant change, n (%)\t"
    below = "\tWeek 12\tCompleters" * 2
    rows = ("Tussolan\t20 (40)\t18 (44)\t9 (18)\t7 (17)", "Placebo\t1 (2)\t2 (4)\t3 (6)\t4 (8)")
    made = drafted(root, table(above, below, *rows))
    found = block_of(made, "7 (17)")
    assert (found["category"], found["analysis_set"]) == (
        "Clinically significant change",
        "Completers",
    )
    assert "analysis_set" not in block_of(made, "9 (18)")


def test_a_row_of_numbers_of_people_is_the_size_of_the_groups(root: Path) -> None:
    made = drafted(
        root, table("\tTussolan\tPlacebo", "n\t45\t44", caption="Baseline characteristics")
    )
    assert block_of(made, "44")["endpoint"] == "SAMPLE_SIZE"


def test_people_of_an_arm_below_another_header_are_within_it() -> None:
    groups = GroupNames({}, None, {})
    arm = groups.resolve("Drug", sized=True).id
    mild = groups.resolve("Mild pain › Drug", sized=True).id
    other = groups.resolve("Mild pain › Sham", sized=True).id
    assert groups.new[mild] == {"label": "Mild pain › Drug", "within": arm}
    assert "within" not in groups.new[other]


@pytest.mark.parametrize(
    ("label", "endpoint", "category"),
    [
        ("Change from baseline", "WEIGHT", "Change from baseline"),
        ("Percent change from baseline", "WEIGHT", "Percent change from baseline"),
        ("Change from baseline in appetite", "OTHER", "Change from baseline in appetite"),
    ],
)
def test_a_change_that_names_no_outcome_is_of_the_header_of_the_labels(
    root: Path, label: str, endpoint: str, category: str
) -> None:
    rows = (
        "Weight (kg)\tTussolan (n = 45)\tPlacebo (n = 44)",
        "Month 9\t\t",
        "Mean (SD)\t71.7 (7.0)\t69.3 (6.9)",
        f"{label}\t\t",
        "Mean (SD)\t−3.81 (3.59)\t−1.37 (2.95)",
    )
    block = block_of(drafted(root, table(*rows)), "−3.81 (3.59)")
    assert (block["endpoint"], block["category"]) == (endpoint, category)
    assert (block["statistic"], block.get("unit")) == ("mean-change", None)
