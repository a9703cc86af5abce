"""Columns whose headers differ in figures only, and figures that are not spreads."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafted_base import write_base
from support.drafting import block_of, blocks, drafted, table


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("told-apart") / "base")


def test_years_in_headers_are_labels_of_the_same_people(root: Path) -> None:
    made = drafted(root, table("\t1990\t1995", "Cough, mean\t33.2\t32.0"))
    assert "1990" in block_of(made, "33.2")["category"]
    assert "1995" in block_of(made, "32.0")["category"]


def test_figures_in_headers_of_two_groups_are_not_labels(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "\t(45)\t(44)", "Cough, mean\t33.2\t32.0")
    made = drafted(root, table(*rows))
    assert "45" not in block_of(made, "33.2").get("category", "")


@pytest.mark.parametrize("header", ["No. of infected", "No.(%) of infected", "No (%) of infected"])
def test_a_header_of_a_number_names_no_group(root: Path, header: str) -> None:
    made = drafted(root, table(f"\t{header}\tMild\tSevere", "Hookworm\t21 (9.5%)\t2 (9%)\t1 (5%)"))
    assert {tuple(block["values"]) for block in blocks(made)} <= {("all",)}


def test_a_header_with_a_base_of_its_own_names_people(root: Path) -> None:
    header = "No. of infected (% of all infected)\tNo. of others (% of all others)"
    made = drafted(root, table(f"\t{header}", "Lumpy\t4 (3.5%)\t10 (10.3%)"))
    assert tuple(block_of(made, "4 (3.5%)")["values"]) != ("all",)


@pytest.mark.parametrize("print_", ["17.6 (-1.0)", "-17.6 (-1.0)"])
def test_a_negative_figure_is_not_a_spread(root: Path, print_: str) -> None:
    made = drafted(root, table("\tTussolan\tPlacebo", f"Cough score, mean\t{print_}\t16.1 (1.2)"))
    assert "-1.0" not in str(block_of(made, print_)["values"])


def test_the_spread_of_a_negative_figure_is_one(root: Path) -> None:
    rows = ("\tTussolan\tPlacebo", "Cough score, mean\t-17.6 (1.0)\t16.1 (1.2)")
    assert str(block_of(drafted(root, table(*rows)), "-17.6 (1.0)")["values"]["tussolan"]["spread"])
