"""Drafts from the tables of a text: groups, endpoints, statistics, denominators, anchors."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table


def test_every_cell_has_its_group_endpoint_statistic_and_anchor(root: Path) -> None:
    made = drafted(root)
    age = block_of(made, "54.3 (11.2)")
    assert (age["endpoint"], age["statistic"], age["unit"]) == ("AGE", "mean", "years")
    assert {g: {k: str(v) for k, v in f.items()} for g, f in age["values"].items()} == {
        "tussolan": {"value": "54.3", "sd": "11.2"}
    }
    assert (age["row"], age["column"], age["sure"]) == (
        "Age, years, mean (SD)",
        "Tussolan (n = 45)",
        "sure",
    )
    women = block_of(made, "27 (60)")
    assert (women["endpoint"], women["category"]) == ("SEX", "female")
    assert women["values"] == {"placebo": "27 (60%)"}
    p = block_of(made, "<0.001")
    assert p["comparison"] == {"of": "tussolan", "versus": "placebo", "p": "<0.001"}
    assert p["endpoint"] == "OTHER"
    assert p["named"] == "Pack-years, median (IQR)"


def test_a_denominator_is_stored_only_where_it_is_printed(root: Path) -> None:
    header = "\tTussolan (n = 45)\tPlacebo (n = 45)"
    made = drafted(root, table(header, "Cure, n/N (%)\t9/44 (20%)\t8 (18%)"))
    assert block_of(made, "9/44 (20%)")["values"] == {"tussolan": "9/44 (20%)"}
    assert block_of(made, "8 (18%)")["values"] == {"placebo": "8 (18%)"}


def test_figures_that_no_label_explains_are_not_percentages(root: Path) -> None:
    text = table("\tTussolan\tPlacebo", "Score\t8 (18)\t9 (20)")
    made = drafted(root, text)
    assert all("%" not in str(block["values"]) for block in blocks(made))
    assert all(block["sure"] == "unsure" for block in blocks(made))


def test_a_p_value_of_three_groups_does_not_compare_two(root: Path) -> None:
    header = "\tLow (n = 3)\tHigh (n = 4)\tPlacebo (n = 5)\tP value"
    text = table(header, "Age, mean (SD)\t1 (2)\t3 (4)\t5 (6)\t0.2")
    p = block_of(drafted(root, text), "0.2")
    assert "comparison" not in p
    assert (p["values"], p["sure"]) == ({"all": {"p": "=0.2"}}, "likely")


def test_a_grade_below_a_group_is_of_its_people(root: Path) -> None:
    above = "\tTussolan (n = 45)\t\tPlacebo (n = 45)\t"
    below = "\tTotal\tGrade 3\tTotal\tGrade 3"
    made = drafted(root, table(above, below, "Nausea, n (%)\t9 (20)\t3 (7)\t8 (18)\t1 (2)"))
    total, grade = block_of(made, "8 (18)"), block_of(made, "1 (2)")
    assert total["values"] == {"placebo": "8 (18%)"}
    assert grade["values"] == {"placebo": "1 (2%)"}
    assert "Grade 3" in grade["category"]
    assert "category" not in total


def test_a_column_of_totals_is_of_everybody(root: Path) -> None:
    made = drafted(root, table("\tTussolan\tPlacebo\tTotal", "Age, mean (SD)\t1 (2)\t3 (4)\t5 (6)"))
    assert block_of(made, "5 (6)")["values"].keys() == {"all"}


def test_an_estimate_is_what_the_notes_declare(root: Path) -> None:
    header = "\tTussolan\tPlacebo\tTreatment effect (95% CI)"
    rows = ("Cure, n\t5\t6\t0.9 (0.5 to 1.2)", "Pain, mean<sup>*</sup>\t5\t6\t1.0 (0.4 to 1.6)")
    notes = "Treatment effects are relative risks.\n\n<sup>*</sup> Effects are mean differences."
    made = drafted(root, table(header, *rows, notes=notes))
    risk, pain = block_of(made, "0.9 (0.5 to 1.2)"), block_of(made, "1.0 (0.4 to 1.6)")
    assert (risk["comparison"]["statistic"], risk["sure"]) == ("risk-ratio", "likely")
    assert pain["comparison"]["statistic"] == "difference"
    bare = drafted(root, table(header, rows[0]))
    assert [one.printed for one in bare.left] == ["0.9 (0.5 to 1.2)"]


def test_headings_within_headings_lead_to_a_row(root: Path) -> None:
    block = ("Colon\t\t", "Men\t\t", "Age, mean\t{0}1\t{0}2", "Women\t\t", "Age, mean\t{0}3\t{0}4")
    rows = [row.format(n) for n in (1, 2) for row in (f"Part {n}\t\t", *block)]
    made = drafted(root, table("\tTussolan\tPlacebo", *rows))
    assert block_of(made, "24")["row"][-2:] == ["Women", "Age, mean"]
    assert len(blocks(made)) == 8


def test_rows_of_one_label_are_distinguished_by_their_headings(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Cough\t\t", "Yes, n (%)\t3 (7%)\t4 (9%)", "Fever\t\t")
    made = drafted(root, table(*rows, "Yes, n (%)\t5 (11%)\t6 (13%)"))
    assert block_of(made, "3 (7%)")["row"] == ["Cough", "Yes, n (%)"]
    assert block_of(made, "5 (11%)")["row"] == ["Fever", "Yes, n (%)"]


def test_times_are_those_of_headers_and_rows(root: Path) -> None:
    text = table(
        "\tTussolan\t\tPlacebo\t",
        "\tBaseline\tWeek 12\tBaseline\tWeek 12",
        "Pain, mean (SD)\t5.1 (2.0)\t3.2 (1.9)\t5.0 (2.1)\t4.4 (2.2)",
    )
    made = drafted(root, text)
    late = block_of(made, "4.4 (2.2)")
    assert (list(late["values"]), late["time"]) == (["placebo"], "at 12 weeks")
    assert block_of(made, "5.1 (2.0)")["time"] == "at baseline"


def test_groups_in_rows_are_read_as_groups(root: Path) -> None:
    text = table(
        "Arm\tBaseline\tWeek 12",
        "Tussolan\t5.1 ± 2.0\t3.2 ± 1.9",
        "Placebo\t5.0 ± 2.1\t4.4 ± 2.2",
        caption="Pain, mean ± SD",
    )
    made = drafted(root, text)
    assert all(len(block["values"]) == 1 for block in blocks(made))
    assert not made.groups


def test_answers_about_headers_decide(root: Path) -> None:
    text = table("\tArm A\tArm B", "Age, mean (SD)\t1 (2)\t3 (4)")
    guessed = drafted(root, text)
    assert guessed.groups.keys() == {"arm-a", "arm-b"}
    answered = drafted(root, text, {"Arm A": "placebo", "Arm B": "tussolan"})
    assert [list(block["values"]) for block in blocks(answered)] == [["placebo"], ["tussolan"]]


def test_every_draft_stands_at_its_place(root: Path) -> None:
    """A footnote's mark, a minus sign and a cell that another one resembles."""
    text = table(
        "\tTussolan<sup>a</sup>\tPlacebo", "Change, mean (SD)\t−1.5<sup>b</sup> (0.4)\t−11.5 (0.4)"
    )
    made = drafted(root, text)
    assert len(blocks(made)) == 2, made.left
    assert block_of(made, "−11.5 (0.4)")["values"].keys() == {"placebo"}


def test_figures_of_prose_are_suggested_and_no_more(root: Path) -> None:
    made = drafted(root)
    nausea = next(one for one in made.suggestions if one["endpoint"] == "NAUSEA")
    assert nausea == {
        "source": "low-2020",
        "at": "Results",
        "endpoint": "NAUSEA",
        "printed": "12%",
        "time": "at 12 weeks",
        "groups": ["tussolan"],
    }
    assert not any("90" in one["printed"] for one in made.suggestions), "claimed already"


def test_a_p_value_below_each_group_is_of_its_people(root: Path) -> None:
    above, below = "\tTussolan\t\tPlacebo\t", "\tMean ± SD\tP value\tMean ± SD\tP value"
    made = drafted(root, table(above, below, "Pain\t5.1 ± 2.0\t0.03\t5.0 ± 2.1\t0.62"))
    assert block_of(made, "0.62")["values"] == {"placebo": {"p": "=0.62"}}


def test_a_difference_is_in_the_order_of_its_figures(root: Path) -> None:
    header = "\tTussolan\tPlacebo\tDifference (95% CI)"
    made = drafted(root, table(header, "Pain, mean\t5.0\t7.0\t2.0 (1.0 to 3.0)"))
    found = block_of(made, "2.0 (1.0 to 3.0)")["comparison"]
    assert (found["of"], found["versus"]) == ("placebo", "tussolan")


def test_what_would_be_drafted_wrongly_is_left(root: Path) -> None:
    people = drafted(root, table("\tID No\tAge", "1\t1042\t34", "2\t1043\t35"))
    slash = drafted(root, table("\tTussolan\tPlacebo", "White/blue collar\t3/8\t5/6"))
    of_test = drafted(root, table("\tTussolan\tPlacebo\tt value", "Age, mean\t4\t5\t1.6"))
    assert not blocks(people)
    assert not blocks(slash)
    assert [one.printed for one in of_test.left] == ["1.6"]


@pytest.mark.parametrize(
    "rows",
    [
        ("\tTussolan\tTussolan", "Weight\t40\t41"),  # two columns of one header
        ("\tTussolan\tPlacebo", "Weight, mean\t", "SD\t4\t5"),  # a spread apart from its mean
        ("\tOR (95% CI)", "Male sex\t1.4 (1.1-1.9)"),  # no two groups
        ("\tTussolan (n = 45)\tPlacebo (n = 43)\tDifference", "Weight\t\t\t−0.2 (−2.0/1.6)"),
        ("Week\tTussolan\tPlacebo", "Baseline\t40\t41"),  # no label says what is measured
    ],
)
def test_figures_that_nothing_explains_are_not_drafted(root: Path, rows: tuple[str, ...]) -> None:
    made = drafted(root, table(*rows))
    assert not blocks(made)
    assert made.left


def test_an_indent_ends_a_heading(root: Path) -> None:
    rows = ("\tTussolan (n = 45)", "Cough\t", "  Mild\t12 (27%)", "Fever\t5 (11%)")
    labels = [block["named"] for block in blocks(drafted(root, table(*rows)))]
    assert labels == ["Cough › Mild", "Fever"]


def test_whole_numbers_that_add_up_to_their_group_are_counts(root: Path) -> None:
    rows = ("\tTussolan (n = 45)\tPlacebo (n = 43)", "Cough\t\t", "Mild\t12\t13", "Severe\t33\t11")
    made = drafted(root, table(*rows))
    assert block_of(made, "12")["values"] == {"tussolan": {"n": 12}}
    assert [one.printed for one in made.left] == ["13", "11"]


def test_a_header_in_the_body_names_the_columns_below_it(root: Path) -> None:
    header = "\tTussolan (n = 45)\t\tPlacebo (n = 45)\t"
    rows = ("Documents\t158\t\t155\t", "Sample\tn\t%\tn\t%", "Women\t9\t20.0\t18\t40.0")
    made = drafted(root, table(header, *rows))
    assert block_of(made, "18 … 40.0")["values"] == {"placebo": {"n": 18}}
    assert [block["printed"] for block in blocks(made)] == ["9 … 20.0", "18 … 40.0"]


def test_the_label_of_a_header_in_the_body_heads_the_rows_below_it(root: Path) -> None:
    rows = (
        "Documents\t8\t\t9\t",
        "Pain\tM\tSD\tM\tSD",
        "Start\t5.1\t2.0\t5.0\t2.1",
        "Itch\t\t\t\t",
    )
    made = drafted(root, table("\tTussolan\t\tPlacebo\t", *rows, "Start\t3.2\t1.9\t4.4\t2.2"))
    first, last = block_of(made, "5.0 … 2.1"), block_of(made, "4.4 … 2.2")
    assert (first["statistic"], first["values"].keys()) == ("mean", {"placebo"})
    assert ("Pain" in str(first), "Itch" in str(last), "Pain" in str(last)) == (True, True, False)


@pytest.mark.parametrize(
    "header",
    [
        "Side\tYes\tNo\tYes\tNo",  # the names repeat below one header
        "Side\tYes\tNo\t\t",  # and others have none
        "Side\t1\t2\t3\t4",  # figures are not names
    ],
)
def test_a_row_that_does_not_distinguish_columns_is_not_a_header(root: Path, header: str) -> None:
    rows = ("Documents\t8\t\t9\t", header, "Cough, n (%)\t1 (2)\t2 (4)\t3 (7)\t4 (9)")
    made = drafted(root, table("\tTussolan\t\t\t", *rows))
    assert "3 (7)" not in [block["printed"] for block in blocks(made)]


def test_a_label_that_goes_on_below_times_is_named_without_its_range(root: Path) -> None:
    rows = [
        line
        for name, first in (("Beads", 1), ("Lego", 2))
        for line in (
            f"Grip\t0\t{first}.1 (0.1)\t{first}.3 (0.1)",
            f"{name} (1–5) SDD 0.5\t\t\t",
            f"\t6\t{first}.5 (0.1)\t{first}.7 (0.1)",
        )
    ]
    header = "\tFollow-up weeks\tTussolan\tPlacebo"
    made = drafted(root, table(header, *rows, notes="Estimated means (standard errors)"))
    assert block_of(made, "2.1 (0.1)")["category"] == "Grip › Lego"
    assert block_of(made, "1.7 (0.1)")["category"] == "Grip › Beads"
    assert len(blocks(made)) == 8


def test_a_p_value_behind_each_change_is_of_that_change(root: Path) -> None:
    header = "\tMean change (95% CI) Week 0 to 12 months\tP value"
    header += "\tMean change (95% CI) Weeks 10–14 to six months\tP value"
    row = "Grip\t1.5 (1.1, 1.9)\t0.02\t-0.4 (-0.8, 0.1)\t0.6"
    made = drafted(root, table(header, row, caption="Change within the Tussolan group"))
    first, last = block_of(made, "1.5 (1.1, 1.9) … 0.02"), block_of(made, "-0.4 (-0.8, 0.1) … 0.6")
    assert [block["values"]["tussolan"]["p"] for block in (first, last)] == ["=0.02", "=0.6"]
    assert (first["time"], "Weeks 10–14 to six months" in last["category"]) == (
        "at 12 months",
        True,
    )


def test_a_period_that_records_have_no_time_for_is_named(root: Path) -> None:
    header = "\tMean change (95% CI) Week 0 to weeks 10–14\tP value"
    made = drafted(
        root, table(header, "Grip\t1.5 (1.1, 1.9)\t0.02", caption="Change in the Tussolan group")
    )
    change = block_of(made, "1.5 (1.1, 1.9) … 0.02")
    assert change["values"]["tussolan"]["p"] == "=0.02"
    assert "Week 0 to weeks 10–14" in change["category"]


def test_p_values_of_one_header_behind_levels_are_left(root: Path) -> None:
    header = "\tTussolan, mean (SD)\tP value\tPlacebo, mean (SD)\tP value"
    made = drafted(root, table(header, "Grip\t1.5 (0.4)\t0.02\t2.4 (0.8)\t0.6"))
    assert [one.printed for one in made.left] == ["0.02", "0.6"]


def test_categories_below_a_heading_in_percent_are_percentages(root: Path) -> None:
    rows = (
        "Education level %\t\t",
        "School\t35.5\t35.1",
        "Degree\t64.5\t64.9",
        "Body fat %\t37.2\t36",
    )
    made = drafted(root, table("\tTussolan\tPlacebo", *rows))
    assert block_of(made, "64.9")["values"] == {"placebo": "64.9%"}


def test_a_label_with_the_header_of_p_values_may_be_of_means(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo\tp-value", "Goal 1 p -value\t3.7\t3.1\t0.3")
    made = drafted(root, table(*rows, notes="Estimated means."))
    assert block_of(made, "3.1")["statistic"] == "mean"


def test_headings_above_the_figures_head_the_rows_below_them(root: Path) -> None:
    rows = ["Time\tTussolan\tPlacebo\tp", "\tGrip score\t\t", "0\t2.1 ± 0.2\t2.4 ± 0.1\t0.54"]
    rows += ["10\t1.8 ± 0.3\t2.6 ± 0.1\t0.04", "\tItch score*\t\t", "0\t0.6 ± 0.2\t1.0 ± 0.2\t0.35"]
    made = drafted(root, table(*rows, notes="* Mean ± SD"))
    assert block_of(made, "2.6 ± 0.1")["category"] == "Grip score › 10"
    assert block_of(made, "1.0 ± 0.2")["row"] == ["Itch score", "0"]
    assert "Itch score" in block_of(made, "0.35")["category"]


def test_a_file_of_no_drafts_can_be_read_again(root: Path) -> None:
    assert not drafted(root, table("Nothing")).reports  # which also reads the file of them
