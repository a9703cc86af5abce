"""The labels around a cell declare the group and the time of its figure; both edges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.example_base import BASE, write_example

from kb.model import Claim, Figure, Group, Measure, Time
from kb.records.shared_schema import Span
from kb.records.vocabulary import Vocabulary
from kb.sources.agreement import Agreement
from kb.sources.arms import Arms
from kb.sources.names import Names, names_of
from kb.sources.text import SourceText

GROUPS = [
    Group("halt", "calmol", "Calmol", "arm", "all"),
    Group("halt", "placebo", "Placebo", "arm", "all"),
    Group("halt", "mild-calmol", "Pain: mild › Calmol", "subgroup", "all"),
    Group("halt", "mild-placebo", "Pain: mild › Placebo", "subgroup", "all"),
    Group("halt", "severe-calmol", "Pain: severe › Calmol", "subgroup", "all"),
]
TEXT = """\
Table 1
\tPlacebo (n = 40)\t\tCalmol (n = 45)\t
\tMean\tSD\tMean\tSD
Pain\t5.1\t1.2\t3.4\t1.3
Nausea\t2.2\t0.9\t2.2\t0.7
Table 2
\tPain: mild\t\tPain: severe\t
\tCalmol\tPlacebo\tCalmol\tPlacebo
Pain\t1.1\t1.7\t3.1\t3.9
Table 3
\tFollow-up weeks\tVisits\tCalmol\tPlacebo
Pain p value\t6\t7\t3.1\t4.1
"""


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    root = write_example(tmp_path_factory.mktemp("example"))
    return names_of(Vocabulary.load(root / "ontology", BASE))


def faults(names: Names, table: str, place: dict[str, str], group: str, **more: Any) -> list[str]:
    spans = [Span.model_validate({"id": f"Table {n}", "label": "T", "from": f"Table {n}"})
             for n in (1, 2, 3)]  # fmt: skip
    text = SourceText("paper", TEXT, spans)
    printed = place["printed"]
    measure = Measure("halt", group, "PAIN", "value", more.get("category", ""),
                      more.get("time", Time()))  # fmt: skip
    one = Claim("c", "c", "result", "value", measure, "paper", table, printed,
                figure=Figure(value=Decimal(printed.split(" ")[0])), row=(place["row"],),
                column=place.get("column", ""))  # fmt: skip
    assert text.find_at(table, one.row, one.column, printed)
    return Agreement([one], names, Arms(GROUPS, names), text).faults()["c"]


@pytest.mark.parametrize(
    ("printed", "right", "wrong"),
    [("3.4 … 1.3", "calmol", "placebo"), ("5.1 … 1.2", "placebo", "calmol")],
)
def test_the_headers_of_figures_in_a_row_are_those_above_them(
    names: Names, printed: str, right: str, wrong: str
) -> None:
    place = {"row": "Pain", "printed": printed}
    assert faults(names, "Table 1", place, right) == []
    assert any("it is printed for" in one for one in faults(names, "Table 1", place, wrong))


def test_a_figure_that_two_groups_have_in_a_row_is_of_either(names: Names) -> None:
    place = {"row": "Nausea", "printed": "2.2"}
    assert faults(names, "Table 1", place, "calmol") == []
    assert faults(names, "Table 1", place, "placebo") == []


@pytest.mark.parametrize("wrong", ["mild-placebo", "severe-calmol", "placebo"])
def test_headers_in_two_rows_name_one_group(names: Names, wrong: str) -> None:
    place = {"row": "Pain", "column": "Pain: mild › Calmol", "printed": "1.1"}
    assert faults(names, "Table 2", place, "mild-calmol") == []
    assert any("it is printed for" in one for one in faults(names, "Table 2", place, wrong))


@pytest.mark.parametrize(
    ("time", "agrees"),
    [("6 weeks", True), ("6 months", False), ("7 weeks", False), ("12 weeks", False)],
)
def test_a_time_may_stand_in_a_column_of_times(names: Names, time: str, agrees: bool) -> None:
    place = {"row": "Pain p value", "column": "Calmol", "printed": "3.1"}
    found = faults(names, "Table 3", place, "calmol", time=Time(at=time))
    assert (found == []) is agrees
