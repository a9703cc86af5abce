"""Tables whose rows have labels in two columns: a heading, and a category beside it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

from kb.papers.paper import Cell, Table
from kb.papers.reading import ColumnKind, TableReading
from kb.records.load import load_records
from kb.sources.text import load_text


def _kinds(*lines: str) -> list[str]:
    rows = [line.split("|") for line in lines]
    grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(row)) for i, row in enumerate(rows))
    reading = TableReading(Table("Table 1", "Table 1", "", grid, header_rows=1))
    return [column.kind.value for column in reading.columns]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        # words below the label of the column before; some of them have digits
        (("||Drug", "Age|Young|12", "|Old|15", "|> 65 years|4"), ColumnKind.LABEL),
        (("Kind|Variable|Drug", "Birth|Weight (g)|26", "|Apgar < 7|3", "|Term|9"), "label"),
        # each row has a label of its own
        (("Outcome|Drug|Placebo", "Death|none|4", "Stroke|none|2", "Fall|3|2"), "group"),
        # most cells are figures
        (("|Drug|Placebo", "Age|34|35", "|not known|2", "Men|21|20"), "group"),
        # the header says what the figures are
        (("|Drug (n = 45)|P", "Pain|none|0.3", "|none|0.2", "Cure|12|0.1"), "group"),
        (("|P value|n", "Pain|NS|3", "|NS|2", "Cure|0.04|1"), ColumnKind.P),
    ],
)
def test_a_column_of_labels_goes_on_below_the_label_before_it(
    lines: tuple[str, ...], kind: str
) -> None:
    assert _kinds(*lines)[1] == kind


def test_an_interval_beside_an_effect_belongs_to_it() -> None:
    assert _kinds("|HR|95% CI", "Men|0.8|0.5–1.2")[1:] == ["effect", "effect"]
    assert _kinds("|Drug, mean|95% CI", "Pain|4.1|3.5–4.9")[1:] == ["group", "group"]


_ROWS = (
    "Category\tCharacteristic\tTussolan (n = 45)\tPlacebo (n = 45)",
    "Patient\tHousing\t\t",
    "\tAlone\t12 (27%)\t13 (29%)",
    "\tWith > 5 others\t33 (73%)\t32 (71%)",
    "\tSchool\t\t",
    "\tNone\t5 (11%)\t6 (13%)",
    "Tumour\tSide left\t21 (47%)\t20 (44%)",
)


def test_a_heading_stands_in_the_second_column_of_labels(root: Path) -> None:
    made = drafted(root, table(*_ROWS))
    alone, none = block_of(made, "12 (27%)"), block_of(made, "5 (11%)")
    assert alone["category"] == "Patient › Housing › Alone"
    assert alone["row"] == ["Housing", "Alone"]
    assert none["category"] == "Patient › School › None"
    assert block_of(made, "33 (73%)")["values"] == {"tussolan": "33 (73%)"}


def test_the_heading_ends_at_the_next_label_left_of_it(root: Path) -> None:
    assert block_of(drafted(root, table(*_ROWS)), "21 (47%)")["category"] == "Tumour › Side left"


@pytest.mark.parametrize("header", ["Percent", "%", "Percentage"])
def test_the_header_of_the_second_cell_names_its_unit(root: Path, header: str) -> None:
    rows = (f"\tNumber\t{header}", "Women\t12\t26.7", "Men\t33\t73.3")
    assert block_of(drafted(root, table(*rows)), "12 … 26.7")["values"] == {"all": "12 (26.7%)"}


def test_percentage_points_are_not_percentages(root: Path) -> None:
    rows = ("\tNumber\tPercentage points", "Women\t12\t26.7", "Men\t33\t73.3")
    values = [block["values"] for block in blocks(drafted(root, table(*rows)))]
    assert {"all": "12 (26.7%)"} not in values


def test_what_is_measured_is_not_a_group_of_people(root: Path) -> None:
    rows = ("\tNumber\tPercent\tHETI ± SD", "Women\t12\t26.7%\t37.1 ± 9.9")
    made = drafted(root, table(*rows, caption="Relation of characteristics to HETI values"))
    block = block_of(made, "37.1 ± 9.9")
    assert block["values"].keys() == {"all"}
    assert block["category"] == "Women › HETI ± SD"
    assert block_of(made, "12 … 26.7%")["values"] == {"all": "12 (26.7%)"}
    assert made.groups == {}


def test_a_relation_has_its_outcome_from_the_caption(root: Path) -> None:
    rows = ("\tHR\t95% CI\tP", "Women\t1\t\t", "Men\t0.8\t0.55–1.15\t0.22")
    made = drafted(root, table(*rows, caption="Characteristics, and their relations to coughing"))
    block = block_of(made, "0.8 … 0.55–1.15 … 0.22")
    assert block["named"] == "coughing › Men"
    assert block["values"]["all"]["ci95"] == [Decimal("0.55"), Decimal("1.15")]


def test_a_row_is_read_on_from_a_further_label(root: Path) -> None:
    """A figure left of a label is that of another row; words are headings of its own."""
    text = table("A\tB\tC\tD", "Age\tYoung\t12\t34", "Kidney\t5\tLiver\t2")
    (root / "texts" / "low-2020.txt").write_text(text, encoding="utf-8")
    source = load_text(root / "texts", load_records(root).sources["low-2020"])
    assert source.cell("Table 1", "Young") == "Young\t12\t34"
    assert source.cell("Table 1", "Liver") == "Liver\t2"
    assert source.headers_at("Table 1", ["Young"], "", "12 … 34") == "B C D"
