"""Expected answers of named queries: ``evidence/answers/*.yaml`` of an evidence base."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import InputError, Problem, nearest
from kb.records.yaml import read_mapping

Rows = list[tuple[str, ...]]
_FIELDS: Final = ("query", "parameters", "columns", "rows")


def answer_files(root: Path) -> list[Path]:
    """Return the files with expected answers.

    >>> answer_files(Path("no such folder"))
    []
    """
    return sorted((root / "evidence" / "answers").glob("*.yaml"))


def cell(value: object) -> str:
    """Return a cell as the files write it: IRIs by their last part, numbers without zeros.

    >>> cell(Decimal("2.50")), cell("https://example.org/endpoint/OS"), cell(None)
    ('2.5', 'OS', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    text = str(value)
    return text.rsplit("/", 1)[-1] if text.startswith("http") else text


def answer_problems(base: KnowledgeBase, path: Path) -> Iterator[Problem]:
    """Yield what of a query's answer differs from a file, row by row.

    Raises:
        RecordError: the file is not a mapping.
    """
    expected = read_mapping(path, path.parent)
    name = str(path)
    for field in expected.keys() - set(_FIELDS):
        yield Problem(name, 0, field, field, "a known field", nearest(str(field), _FIELDS))
    for field in {"query", "columns", "rows"} - expected.keys():
        yield Problem(name, 0, field, "", "this field, which is missing")
    if not {"query", "columns", "rows"} <= expected.keys() <= set(_FIELDS):
        return
    try:
        answer = base.ask(str(expected["query"]), **(expected.get("parameters") or {}))
    except InputError as error:
        yield Problem(name, 0, "query", str(error), "a question that can be asked")
        return
    unknown = [column for column in expected["columns"] if column not in answer.columns]
    for column in unknown:
        near = nearest(str(column), answer.columns)
        yield Problem(name, 0, "columns", str(column), "a column of the answer", near)
    if not unknown:
        found = [tuple(cell(row[column]) for column in expected["columns"]) for row in answer]
        yield from _rows(name, found, [tuple(map(str, row)) for row in expected["rows"]])


def _rows(name: str, found: Rows, wanted: Rows) -> Iterator[Problem]:
    for at in range(max(len(found), len(wanted))):
        got = found[at] if at < len(found) else None
        due = wanted[at] if at < len(wanted) else None
        if got != due:
            shown = ("no row" if row is None else ", ".join(row) for row in (got, due))
            yield Problem(name, 0, f"rows.{at}", *shown)
