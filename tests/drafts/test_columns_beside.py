"""Figures in columns or on lines of their own: intervals, p-values, what a heading stands for."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

from kb.drafts.check import draft_problems
from kb.drafts.store import read_drafts, write_drafts
from kb.records.load import load_records

_TESTS = "\tTussolan\tPlacebo\tProbability of Difference\t"


def test_an_interval_and_a_range_stand_behind_a_mean(root: Path) -> None:
    header = "\tTussolan (n = 45)\t\t\tPlacebo (n = 44)\t\t"
    below = "\tMean (Standard Deviation)\tConfidence Intervals\tObserved Range" * 2
    rows = (header, below, "Grip\t3.2 (0.9)\t3.0-3.4\t1-5\t3.1 (1.0)\t3.5-3.9\t1-6")
    made = drafted(root, table(*rows))
    value = block_of(made, "3.2 (0.9) … 3.0-3.4")["values"]["tussolan"]
    assert str(value["ci"]) == "[Decimal('3.0'), Decimal('3.4')]"
    assert block_of(made, "1-6")["values"].keys() == {"placebo"}
    assert [one.printed for one in made.left] == ["3.5-3.9"]  # 3.1 is not in it


def test_columns_of_tests_are_told_apart_by_their_headers(root: Path) -> None:
    rows = (_TESTS, "\t\t\tp (t-test)\tp (Wilcoxon)", "Grip, mean (SD)\t3 (1)\t4 (2)\t.54\t.58")
    made = drafted(root, table(*rows))
    found = [block_of(made, print_) for print_ in (".54", ".58")]
    names = ["Grip, mean (SD) › p (t-test)", "Grip, mean (SD) › p (Wilcoxon)"]
    assert [one["category"] for one in found] == names
    assert found[0]["comparison"] == {"of": "tussolan", "versus": "placebo", "p": "=0.54"}


def test_two_rows_of_one_label_are_left_if_nothing_tells_them_apart(root: Path) -> None:
    rows = ("\tTussolan, mean (SD)", "Dust\t3.1 (1.2)", "Soot\t5.1 (1.0)", "Dust\t4.1 (1.3)")
    made = drafted(root, table(*rows))
    assert [block["printed"] for block in blocks(made)] == ["5.1 (1.0)"]
    same = drafted(root, table(*rows[:3], "Dust\t3.1 (1.2)"))
    assert len(blocks(same)) == 3


_BEFORE_AFTER = (
    "\tPre-test\tPost-test\tChange\t95% CI\tP",
    "\tMean (SD)\tMean (SD)\tMean (SD)\t\t",
    "Grip\t\t\t\t\t",
    "\t13.6 (4.8)\t15.3 (4.7)\t1.7 (5.4)\t0.1 to 3.4\t0.04",
    "Percent change\t\t\t+ 12.5 %\t\t",
    "Reach\t8.9 (1.7)\t10.1 (2.1)\t1.2 (2.4)\t0.3 to 2.0\t0.005",
    "Percent change\t\t\t+ 13.5 %\t\t",
)


def test_a_change_within_one_group_has_its_interval_and_p_value(root: Path) -> None:
    made = drafted(root, table(*_BEFORE_AFTER, caption="Scores in the Tussolan group"))
    change = block_of(made, "1.7 (5.4) … 0.1 to 3.4 … 0.04")
    assert change["values"]["tussolan"]["p"] == "=0.04"
    assert (change["category"], change["row"]) == ("Grip", "Grip")
    percent = [block["category"] for block in blocks(made) if block["statistic"] == "change"]
    assert percent == ["Grip › Percent change", "Reach › Percent change"]
    assert not made.left


@pytest.mark.parametrize(
    "caption", ["Scores in the Tussolan group and the other group", "Scores in the Malt group"]
)
def test_a_caption_of_other_groups_names_none(root: Path, caption: str) -> None:
    made = drafted(root, table(*_BEFORE_AFTER, caption=caption))
    assert not any("tussolan" in block.get("values", {}) for block in blocks(made))


def test_only_the_first_line_below_a_label_alone_has_its_name(root: Path) -> None:
    rows = ("\tTussolan, mean (SD)", "Grip\t", "\t3.1 (1.2)", "\t4.1 (1.3)")
    made = drafted(root, table(*rows))
    assert block_of(made, "3.1 (1.2)")["row"] == "Grip"
    assert [one.printed for one in made.left] == ["4.1 (1.3)"]


def test_a_row_of_dashes_or_of_fractions_is_not_a_header(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Dust\t-\t-", "Soot, mean (SD)\t3.1 (1.2)\t4.1 (1.3)")
    column = block_of(drafted(root, table(*rows)), "3.1 (1.2)")["column"]
    assert column == "Tussolan"
    rows = ("Score\tPearson r\tAlpha", "\t\t", "Grip\t.88\tone item", "Reach\t.84\t.91")
    made = drafted(root, table(*rows, caption="Reliability"))
    assert block_of(made, ".88")["column"] == "Pearson r"


def test_p_values_alone_are_of_the_outcomes_of_their_rows(root: Path) -> None:
    caption = "Differences in profiles of response"
    rows = ("Outcome\tP value", "Grip\t<0.01", "Reach\t0.99")
    made = drafted(root, table(*rows, caption=caption))
    assert block_of(made, "<0.01")["category"] == "Grip"
    rows = ("Outcome\tOR\tP value", "Grip\t1.2\t<0.01", "Reach\t1.3\t0.99")
    assert not blocks(drafted(root, table(*rows, caption=caption)))  # predictors of an outcome


def test_a_p_value_of_several_groups_can_be_accepted(root: Path) -> None:
    header = "\tTussolan (n = 45)\tPlacebo (n = 44)\tSyrup (n = 9)\tP value"
    made = drafted(root, table(header, "Grip, mean (SD)\t3 (1)\t4 (2)\t5 (2)\t0.2"))
    block = block_of(made, "0.2")
    assert block["values"] == {"all": {"p": "=0.2"}}
    report = {"source": "low-2020", "at": "Table 1", "claims": [block | {"sure": "likely"}]}
    write_drafts(root, "second-trial", {"groups": made.groups, "reports": [report]})
    records = load_records(root)
    drafts = read_drafts(root, "second-trial", records.vocabulary)
    assert not list(draft_problems(records, "second-trial", drafts))


def test_numbered_concentrations_are_not_groups(root: Path) -> None:
    rows = ("\tConcentration 1\tConcentration 2", "Dust, mean (SD)\t3.1 (1.2)\t4.1 (1.3)")
    made = drafted(root, table(*rows))
    assert block_of(made, "3.1 (1.2)")["values"].keys() == {"all"}
    assert "Concentration 1" in block_of(made, "3.1 (1.2)")["category"]
    rows = ("\tGroup 1\tGroup 2", "Dust, mean (SD)\t3.1 (1.2)\t4.1 (1.3)")
    assert block_of(drafted(root, table(*rows)), "3.1 (1.2)")["values"].keys() == {"group-1"}


def test_a_range_behind_a_mean_is_read_where_the_cell_names_it(root: Path) -> None:
    made = drafted(root, table("\tTussolan, mean (SD)", "Grip\t45.9 (14.3) range: 19-89"))
    value = block_of(made, "45.9 (14.3) range: 19-89")["values"]["tussolan"]
    assert set(value) == {"value", "sd", "range"}
    made = drafted(root, table("\tTussolan, mean (SD)", "Grip\t45.9 (14.3) 19-89"))
    assert not blocks(made)


def test_visits_to_an_md_are_not_a_mean_difference(root: Path) -> None:
    made = drafted(root, table("\tTussolan, mean (SD)", "MD visits\t4.7 (5.3)"))
    assert block_of(made, "4.7 (5.3)")["statistic"] == "mean"
