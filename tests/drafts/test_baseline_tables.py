"""Tables of baseline characteristics: headings with p-values, shares of two, units in percent."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

_HEADER = "\tTussolan (n = 450)\tPlacebo (n = 440)\tP value"


@pytest.mark.parametrize("indent", ["\u2003", ""])
def test_a_heading_with_a_p_value_ends_with_its_categories(root: Path, indent: str) -> None:
    rows = (
        _HEADER,
        "Relapse status, no. (%)\t\t\t0.44",
        f"{indent}Former\t250 (55.6)\t245 (55.7)\t",
        f"{indent}Current\t200 (44.4)\t195 (44.3)\t",
        "Reach (l), mean (SD)\t1.04 (0.38)\t1.06 (0.40)\t",
        "Steroid use, %\t44.7\t45.1\t",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "195 (44.3)")["category"].endswith("Current")
    assert block_of(made, "1.06 (0.40)")["category"] == "Reach (l), mean (SD)"
    assert "Relapse" not in block_of(made, "45.1")["category"]
    assert block_of(made, "0.44")["row"] == "Relapse status, no. (%)"


@pytest.mark.parametrize(
    ("label", "cell", "value"),
    [
        ("Sex (M/F), %", "62/38", ["62%", "38%"]),
        ("Sex (M/F)", "260/190", [{"n": 260}, {"n": 190}]),
        ("Sex (M/F), n (%)", "260 (58%)/190 (42%)", ["260 (58%)", "190 (42%)"]),
        ("Sex (M/F), %", "62/48", []),  # not of everybody
    ],
)
def test_two_figures_of_a_cell_are_shares_or_counts(
    root: Path, label: str, cell: str, value: list[object]
) -> None:
    made = drafted(root, table(_HEADER, f"{label}\t{cell}\t\t"))
    assert [block["values"]["tussolan"] for block in blocks(made)] == value


def test_a_measurement_may_be_in_percent_of_a_norm(root: Path) -> None:
    rows = (_HEADER, "Reach after syrup\t\t\t", "\u2003% predicted\t36.4 (8.0)\t36.4 (8.1)\t")
    made = drafted(root, table(*rows, notes="Data are n (%) or mean (SD)."))
    found = block_of(made, "36.4 (8.1)")
    assert (found["statistic"], str(found["values"]["placebo"]["sd"])) == ("mean", "8.1")


def test_a_median_may_stand_below_the_mean_of_the_same(root: Path) -> None:
    rows = (
        _HEADER,
        "Age, years, mean (SD)\t64.4 (7.7)\t64.5 (7.7)\t",
        "Median (range)\t65 (40–85)\t64 (41–86)\t",
    )
    found = block_of(drafted(root, table(*rows)), "64 (41–86)")
    assert (found["endpoint"], found["statistic"]) == ("AGE", "median")


def test_a_median_below_another_median_has_no_label(root: Path) -> None:
    rows = (
        _HEADER,
        "Reach, median (IQR)\t64 (57–77)\t64 (57–76)\t",
        "Median (range)\t65 (40–85)\t63 (41–86)\t",
    )
    made = drafted(root, table(*rows))
    assert "63 (41–86)" in {one.printed for one in made.left}


_NOTES = "Data are presented as mean (SD) unless otherwise stated."


def test_a_mean_is_not_a_category_of_people_who_are_counted(root: Path) -> None:
    rows = (
        _HEADER,
        "Relapse status, n (%)\t\t\t",
        "\u2003Former\t250 (56)\t245 (56)\t",
        "\u2003Current\t200 (44)\t195 (44)\t",
        "\u2003Relapse-years\t46.5 (25.8)\t47.7 (27.3)\t",
    )
    made = drafted(root, table(*rows, notes=_NOTES))
    years = block_of(made, "47.7 (27.3)")
    assert (years["category"], years["statistic"]) == ("Relapse-years", "mean")
    assert block_of(made, "245 (56)")["values"] == {"placebo": "245 (56%)"}


def test_a_heading_with_a_mark_within_declares_percentages(root: Path) -> None:
    rows = (_HEADER, "Reach type,<sup>c</sup> n (%)\t\t\t", "\u2003Short\t280 (62)\t274 (62)\t")
    found = block_of(drafted(root, table(*rows)), "274 (62)")
    assert found["values"] == {"placebo": "274 (62%)"}
    assert found["row"] == ["Reach type,^c n (%)", "Short"]


def test_a_column_of_spreads_is_beside_a_mean_in_percent(root: Path) -> None:
    rows = (
        "\tTussolan\t\tPlacebo\t",
        "\tMean\tSD\tMean\tSD",
        "Reach, % of predicted\t39.5\t12.0\t39.3\t11.9",
    )
    found = block_of(drafted(root, table(*rows)), "39.3 … 11.9")
    assert {name: str(part) for name, part in found["values"]["placebo"].items()} == {
        "value": "39.3",
        "sd": "11.9",
    }


@pytest.mark.parametrize(("label", "endpoint"), [("Age — yr", "AGE"), ("Age–grip", "OTHER")])
def test_a_dash_may_stand_before_a_unit(root: Path, label: str, endpoint: str) -> None:
    rows = ("\tTussolan (n = 45)\tPlacebo (n = 44)", f"{label}\t65±9\t66±8")
    found = block_of(drafted(root, table(*rows, notes="Values are means ± SD.")), "66±8")
    assert found["endpoint"] == endpoint
    assert (found.get("unit") == "years") == (endpoint == "AGE")


def test_classes_of_a_measurement_hold_counts(root: Path) -> None:
    rows = (
        "\tTussolan\tPlacebo\tP value",
        "Number of patients\t57\t49\t",
        "Size of site, cm\t\t\t0.67",
        "\u2003≤5\t10\t8\t",
        "\u20035–10\t26\t23\t",
        "\u2003>10\t21\t18\t",
    )
    made = drafted(root, table(*rows))
    assert block_of(made, "23")["values"] == {"placebo": {"n": 23}}
    left = drafted(root, table(rows[0], *rows[2:5]))  # which nothing says to be everybody
    assert {"10", "23"} <= {one.printed for one in left.left}


def test_a_difference_with_its_interval_is_not_a_group(root: Path) -> None:
    rows = (
        "\tTussolan\tPlacebo\tMD and 95% CI\tP value",
        "Grip, mean (SD)\t12.8 (5.6)\t10.4 (7.2)\t2.40 (−0.85 to 4.85)\t0.06",
    )
    made = drafted(root, table(*rows))
    found = block_of(made, "2.40 (−0.85 to 4.85)")["comparison"]
    assert (found["of"], found["versus"], found["statistic"]) == (
        "tussolan",
        "placebo",
        "difference",
    )
    assert block_of(made, "0.06")["comparison"]["p"] == "=0.06"


def test_a_ratio_of_two_counts_is_two_counts(root: Path) -> None:
    rows = ("\tTussolan (n = 57)\tPlacebo (n = 49)", "Male:female ratio\t37:20\t30:19")
    made = drafted(root, table(rows[0], "Age, mean (SD)\t35.5 (5.5)\t34.8 (7.2)", rows[1]))
    found = [one for one in blocks(made) if one["printed"] == "37:20"]
    assert [(one["endpoint"], one["category"]) for one in found] == [
        ("SEX", "male"),
        ("SEX", "female"),
    ]
