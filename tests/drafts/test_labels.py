"""Drafts from labels: where headings end, groups in rows, periods, outcomes beside a group."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafted_base import write_base
from support.drafting import block_of, blocks, drafted, table

ARMS = "\tTussolan (n = 50)\tPlacebo (n = 40)"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("labels") / "base")


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
