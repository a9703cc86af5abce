"""Expected answers of the tested queries, and their cells in comparable form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb import QueryResult
from kb.stores.library import Query
from support.environment import ROOT


def cells(table: QueryResult) -> list[tuple[object, ...]]:
    """The rows with the types of their cells: 1 and 1.0 and "1" are three things."""
    return [tuple((type(value), value) for value in row.values()) for row in table]


ANSWERS = ROOT / "evidence" / "answers"


def answers() -> list[Path]:
    files = sorted(ANSWERS.glob("*.yaml"))
    assert files, "no expected answers: nothing would be tested"
    return files


EXAMPLES = {
    "study": "tower",
    "endpoint": "SURVIVAL",
    "regimen": "blinatumomab",
    "drug": "blinatumomab",
    "population": "rr-b-all",
    "source": "bruzzese-2025",
    "publication": "kantarjian-2017-tower",
}

CONTESTED: Mapping[str, Mapping[str, str]] = {
    "contested-figures": {"study": "ino-venetoclax", "endpoint": "MRD_NEG"},
    "discrepancies": {"study": "ino-venetoclax", "severity": "material"},
}
"""Where figures of the few studies contradict each other."""


def example_values(query: Query) -> dict[str, str]:
    """A value for each parameter of a query."""
    known = CONTESTED.get(query.name, {})
    return {name: known.get(name) or EXAMPLES[kind] for name, kind in query.parameters.items()}
