"""What a print says about a figure must agree with the record; both edges."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.example_base import BASE, write_example

from kb.model import Claim, ComparisonResult, Figure, Group, Measure, Time
from kb.records.shared_schema import Span
from kb.records.vocabulary import Vocabulary
from kb.sources.agreement import Agreement
from kb.sources.arms import Arms
from kb.sources.names import Names, names_of
from kb.sources.text import SourceText

CASES = yaml.safe_load(Path(__file__).with_name("agreement.yaml").read_text("utf-8"))
GROUPS = [
    Group("halt", "all", "all patients", "whole"),
    Group(
        "halt", "calmol", "calmol arm", "arm", within="all", role="experimental", regimen="calmol"
    ),
    Group(
        "halt", "placebo", "placebo arm", "arm", within="all", role="comparator", regimen="placebo"
    ),
    Group("halt", "a", "first", "arm", within="all"),
    Group("halt", "b", "second", "arm", within="all"),
    Group("halt", "calmol.older", "older patients", "subgroup", within="calmol"),
]
NUMBERS = {"value", "low", "high", "level", "dispersion", "p_value"}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    root = write_example(tmp_path_factory.mktemp("example"))
    return names_of(Vocabulary.load(root / "ontology", BASE))


def claim(printed: str, fields: dict[str, Any]) -> Claim:
    """Return a claim of the stored fields of a case."""
    stored = {
        name: Decimal(str(value)) if name in NUMBERS and value is not None else value
        for name, value in fields.items()
    }

    def part(kind: Any, **more: Any) -> Any:
        return kind(**{f: stored[f] for f in kind.__slots__ if f in stored}, **more)

    statistic = stored.get("statistic", "percentage" if stored.get("unit") == "%" else "value")
    measure = Measure(
        "halt",
        stored.get("for", "calmol" if "versus" not in stored else "a"),
        stored.get("endpoint", "RELIEF"),
        statistic,
        stored.get("category", ""),
        part(Time),
        stored.get("versus", ""),
    )
    row = (stored["row"],) if "row" in stored else ()
    return Claim(
        "c", "c", "result", statistic, measure, "paper", "1", printed,
        figure=part(Figure), result=part(ComparisonResult), row=row,
        column=stored.get("column", ""),
    )  # fmt: skip


def faults(names: Names, *claims: Claim) -> list[str]:
    by_claim = Agreement(claims, names, Arms(GROUPS, names)).faults()
    return [fault for found in by_claim.values() for fault in found]


def right() -> Iterator[tuple[str, dict[str, Any]]]:
    for case in CASES:
        also = case.get("also", {})
        yield case["print"], case["stored"]
        yield from ((printed, case["stored"]) for printed in also.get("prints", ()))
        yield from ((case["print"], case["stored"] | other) for other in also.get("stores", ()))


def wrong() -> Iterator[tuple[str, dict[str, Any]]]:
    for case in CASES:
        yield from ((printed, case["stored"]) for printed in case.get("prints", ()))
        yield from ((case["print"], case["stored"] | other) for other in case.get("stores", ()))


@pytest.mark.parametrize(("printed", "stored"), list(right()))
def test_a_record_that_agrees_with_its_print_is_accepted(
    names: Names, printed: str, stored: dict[str, Any]
) -> None:
    assert faults(names, claim(printed, stored)) == []


@pytest.mark.parametrize(("printed", "stored"), list(wrong()))
def test_a_record_that_the_print_contradicts_is_refused(
    names: Names, printed: str, stored: dict[str, Any]
) -> None:
    assert faults(names, claim(printed, stored))


def test_there_are_two_hundred_tampered_prints() -> None:
    assert sum(1 for _ in wrong()) >= 200


@pytest.mark.parametrize(("methods", "agrees"), [("Tests were one-sided.", True), ("", False)])
def test_sides_that_the_print_leaves_out_are_in_the_text(
    names: Names, methods: str, agrees: bool
) -> None:
    stored = {"p_value": 0.01, "p_operator": "=", "sides": 1, "versus": "b"}
    span = Span.model_validate({"id": "1", "label": "1", "from": "Results"})
    text = SourceText("paper", f"{methods}\nResults\nit was p = 0.01.", [span])
    one = claim("p = 0.01", stored)
    found = Agreement([one], names, Arms(GROUPS, names), text).faults()[one.id]
    assert (found == []) is agrees
