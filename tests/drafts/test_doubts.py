"""What marks a draft as wrong: such figures are drafted otherwise, left open, or called unsure."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

from kb.drafts.rows import RowLabels
from kb.papers.paper import Cell, Table
from kb.papers.reading import TableReading

_ARMS = "\tTussolan (n = 45)\tPlacebo (n = 44)"
_OF_SPREAD = "SD = standard deviation"


def test_a_moment_alone_within_the_body_ends_that_of_the_header(root: Path) -> None:
    rows = ("\tDrug\tDrug", "\tTussolan\tPlacebo", "\tDay 1\t", "Grip (kg)\t3.1±1.2\t3.4±1.1")
    rows += ("\tDay 7\t", "Work (kJ)\t4.1±1.3\t4.4±1.4")
    made = drafted(root, table(*rows, notes="Values are mean ± SD."))
    times = {block["printed"]: block.get("time") for block in blocks(made)}
    assert times.get("4.1±1.3") != "at 1 days"
    assert times.get("3.1±1.2") in ("at 1 days", None)


def test_columns_of_times_keep_them(root: Path) -> None:
    rows = ("\tWeek 4\tWeek 8", "Cough, n (%)\t4 (9%)\t5 (11%)", "Fever, n (%)\t6 (13%)\t7 (16%)")
    made = drafted(root, table(*rows))
    assert block_of(made, "7 (16%)")["time"] == "at 8 weeks"


def test_a_header_beside_moments_names_no_people(root: Path) -> None:
    other = "Throughout the study"
    rows = ("\tTussolan\t\tPlacebo\t", f"\tBefore\t{other}\tBefore\t{other}")
    rows += ("Iron (g/day)\t9.1 ± 1.1\t7.2 ± 1.2\t9.3 ± 1.3\t9.5 ± 1.4",)
    made = drafted(root, table(*rows, notes="Data are means ± standard error."))
    found = block_of(made, "7.2 ± 1.2")
    assert found["values"].keys() == {"tussolan"}
    assert other in found["category"]


def test_an_explained_abbreviation_declares_only_labels_that_have_it(root: Path) -> None:
    rows = (_ARMS, "Vigour, mean score (SD)\t36.1 (8.9)\t30.7 (7.1)")
    rows += ("Mean increase of vigour\t5.8 (0.5)\t0.7 (0.6)",)
    made = drafted(root, table(*rows, notes=_OF_SPREAD))
    assert block_of(made, "36.1 (8.9)")["values"]["tussolan"]["sd"] == Decimal("8.9")
    assert "sd" not in block_of(made, "5.8 (0.5)")["values"]["tussolan"]
    assert block_of(made, "5.8 (0.5)")["sure"] == "unsure"


def test_an_explained_abbreviation_of_no_label_declares_all(root: Path) -> None:
    made = drafted(root, table(_ARMS, "Mean vigour\t36.1 (8.9)\t30.7 (7.1)", notes=_OF_SPREAD))
    assert block_of(made, "36.1 (8.9)")["values"]["tussolan"]["sd"] == Decimal("8.9")


@pytest.mark.parametrize(
    ("label", "field"),
    [("Vigour, range 0-100", "sd"), ("Vigour, range", "")],
)
def test_the_range_of_a_scale_is_not_that_of_the_people(root: Path, label: str, field: str) -> None:
    rows = ("Trait, mean (SD)\tTussolan (n = 45)\tPlacebo (n = 44)", f"{label}\t36.1 (8.9)\t30 (7)")
    found = block_of(drafted(root, table(*rows)), "36.1 (8.9)")
    assert ("sd" in found["values"]["tussolan"]) is bool(field)


@pytest.mark.parametrize(("size", "is_part"), [(60, True), (89, False)])
def test_a_count_of_fewer_people_than_the_group_has_is_unsure(
    root: Path, size: int, is_part: bool
) -> None:
    rows = (f"\tAll (n = {size})\tTussolan (n = 45)\tPlacebo (n = 44)",)
    made = drafted(root, table(*rows, "Quit, n (%)\t33 (37%)\t17 (38%)\t16 (36%)"))
    assert (block_of(made, "33 (37%)")["sure"] == "unsure") is is_part
    assert block_of(made, "17 (38%)")["sure"] != "unsure"


@pytest.mark.parametrize(
    ("caption", "is_open"), [("Attempts at 3 months", True), ("Attempts", False)]
)
def test_a_time_that_only_the_caption_names_is_for_a_person_to_add(
    root: Path, caption: str, is_open: bool
) -> None:
    made = drafted(root, table(_ARMS, "Tried, n (%)\t4 (9%)\t5 (11%)", caption=caption))
    assert (block_of(made, "4 (9%)")["sure"] == "unsure") is is_open


@pytest.mark.parametrize(("header", "count"), [("Fats (per serving)", 0), ("Fats (per person)", 2)])
def test_what_a_portion_contains_is_not_a_result(root: Path, header: str, count: int) -> None:
    rows = (f"\t{header}\t{header}", "\tTussolan\tPlacebo", "Lipids, mean (SD)\t3.1 (1)\t2.8 (1)")
    assert len(blocks(drafted(root, table(*rows)))) == count


def test_headings_stand_in_their_order() -> None:
    lines = [("", "Drug (n = 45)", 0), ("Habits", "", 0), ("Years", "6.1", 1)]
    lines += [("Wish to quit", "", 1), ("Stage", "", 1), ("Early", "6 (13%)", 2)]
    grid = tuple(
        (Cell(label, i, 0, indent=indent), Cell(text, i, 1))
        for i, (label, text, indent) in enumerate(lines)
    )
    rows = RowLabels(TableReading(Table("Table 1", "Table 1", "", grid, header_rows=1)))
    assert rows.path(5) == ["Habits", "Wish to quit", "Stage", "Early"]
