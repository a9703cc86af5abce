"""Turn what is wrong with a record into problems that name file, line and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from kb.errors import Problem, nearest, shorten
from kb.records import schema
from kb.records.fields import PATTERNS
from kb.records.integrity import BadReference
from kb.records.yaml import Lines, Loc

_MAX_PROBLEMS: Final = 200
"""At most this many problems are reported per file: locating each one is slow."""


def locate_problems(references: Iterable[BadReference]) -> Iterator[Problem]:
    """Turn references that lead nowhere into problems, with the lines that they are on."""
    lines: dict[Path, Lines] = {}
    for bad in references:
        line = lines.setdefault(bad.file, Lines(bad.file)).of(bad.loc)
        field = _field(bad.loc)
        yield Problem(str(bad.file), line, field, bad.found, bad.expected, bad.nearest)


def validation_problems(error: ValidationError, path: Path) -> list[Problem]:
    """Turn the errors of one record into problems, with the lines that they are on."""
    lines = Lines(path)
    items = error.errors(include_url=False)
    problems = [_problem(dict(item), path, lines) for item in items[:_MAX_PROBLEMS]]
    if len(items) > _MAX_PROBLEMS:
        more = f"{len(items) - _MAX_PROBLEMS:,} more mistakes"
        problems.append(Problem(str(path), 0, "", more, "a record"))
    return problems


def _problem(item: dict[str, Any], path: Path, lines: Lines) -> Problem:
    loc: Loc = tuple(item["loc"])
    context = item.get("ctx", {})
    expected = _EXPECTED.get(item["type"]) or PATTERNS.get(context.get("pattern", ""))
    expected = expected or str(context.get("expected", item["msg"].removeprefix("Value error, ")))
    near = str(context.get("nearest", ""))
    found = _shown(item["input"])
    if item["type"] == "extra_forbidden":
        found, expected = str(loc[-1]), "a known field"
        near = nearest(str(loc[-1]), _FIELD_NAMES)
    elif item["type"] == "missing":
        found, expected = "", f"the field {loc[-1]!r}, which is missing"
    return Problem(str(path), lines.of(loc), _field(loc), found, expected, near)


_EXPECTED: Final = {
    "bool_type": "true or false",
    "dict_type": "a mapping of names to values",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping of fields",
    "string_type": "a text",
    "tuple_type": "a list of two numbers",
}
"""What pydantic's types of errors expect, in YAML's terms: curators do not know Python's."""


def _shown(value: object) -> str:
    """Show a value in YAML's terms."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    return str(value)


def _field(loc: Loc) -> str:
    """Join the steps to a field, escaping control characters: a YAML key may hold anything."""
    steps = (shorten(str(step)) for step in loc)
    return ".".join(step if step.isprintable() else ascii(step)[1:-1] for step in steps)


def _all_fields() -> frozenset[str]:
    models = (m for m in vars(schema).values() if isinstance(m, type) and issubclass(m, BaseModel))
    return frozenset(f.alias or name for m in models for name, f in m.model_fields.items())


_FIELD_NAMES: Final = _all_fields()
