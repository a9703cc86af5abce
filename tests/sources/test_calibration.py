"""The matcher accepts and refuses what the calibration table says, both edges of each kind."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from kb.sources.match import find, holds_number
from kb.sources.normalise import fold

TABLE = yaml.safe_load((Path(__file__).parent / "calibration.yaml").read_text(encoding="utf-8"))


def holds(kind: str, text: str, printed: str, value: str = "") -> bool:
    """Whether the print stands in the text and is the number, with its operator if any."""
    comma = "(de)" in kind
    if not find(printed, fold(text, decimal_comma=comma)):
        return False
    if not value:
        return True
    match = re.fullmatch(r"([<>≤≥~=]?)(.+)", value)
    assert match is not None
    return holds_number(printed, Decimal(match[2]), match[1], decimal_comma=comma)


def cases(edge: str) -> list[tuple[str, str, str, str]]:
    return [
        (kind, text, printed, value[0] if value else "")
        for kind, edges in TABLE.items()
        for text, printed, *value in edges[edge]
    ]


@pytest.mark.parametrize(("kind", "text", "printed", "value"), cases("accept"))
def test_what_is_printed_is_accepted(kind: str, text: str, printed: str, value: str) -> None:
    assert holds(kind, text, printed, value)


@pytest.mark.parametrize(("kind", "text", "printed", "value"), cases("refuse"))
def test_what_is_not_printed_is_refused(kind: str, text: str, printed: str, value: str) -> None:
    assert not holds(kind, text, printed, value)


def test_the_table_has_both_edges_of_every_kind() -> None:
    assert all(edges["accept"] and edges["refuse"] for edges in TABLE.values())
    assert sum(len(case) for edges in TABLE.values() for case in edges.values()) >= 300
