"""Expected answers of the tested queries, and their cells in comparable form."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from kb import QueryResult
from kb.stores.library import Query
from support.environment import ROOT


def cells(table: QueryResult) -> list[tuple[object, ...]]:
    """The rows with the types of their cells: 1 and 1.0 and "1" are three things."""
    return [tuple((type(value), value) for value in row.values()) for row in table]


ANSWERS = ROOT / "evidence" / "answers"


def answers() -> list[Path]:
    found = sorted(ANSWERS.glob("*.yaml"))
    assert found, "no expected answers: nothing would be tested"
    return found


def cell(value: object) -> str:
    """A cell as the answer files write it: IRIs by their last part, numbers without zeros."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    text = str(value)
    return text.rsplit("/", 1)[-1] if text.startswith("http") else text


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
