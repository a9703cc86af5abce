"""Turn the errors of a record's validation into problems, in the terms of curators."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from kb.errors import Problem, nearest
from kb.records import schema, shared_schema
from kb.records.fields import PATTERNS
from kb.records.yaml import Loc, RecordFile

_MAX_PROBLEMS: Final = 200
"""At most this many problems are reported per file: locating each one is slow."""


def validation_problems(
    error: ValidationError, path: Path, file: RecordFile | None = None
) -> list[Problem]:
    """Return the problems of a record that pydantic refused; ``file`` says where fields are."""
    file = file or RecordFile(path)
    items = error.errors(include_url=False)
    problems = [_problem(dict(item), file) for item in items[:_MAX_PROBLEMS]]
    if len(items) > _MAX_PROBLEMS:
        more = f"{len(items) - _MAX_PROBLEMS:,} more mistakes"
        problems.append(Problem(str(path), 0, "", more, "a record"))
    return problems


def _problem(item: dict[str, Any], file: RecordFile) -> Problem:
    loc: Loc = tuple(item["loc"])
    context = item.get("ctx", {})
    expected = (
        _EXPECTED.get(item["type"]) or _limit(item) or PATTERNS.get(context.get("pattern", ""))
    )
    expected = expected or str(context.get("expected", item["msg"].removeprefix("Value error, ")))
    near = str(context.get("nearest", ""))
    found = _shown(item["input"])
    if item["type"] == "extra_forbidden":
        found, expected = str(loc[-1]), "a known field"
        near = nearest(str(loc[-1]), _FIELD_NAMES)
    elif item["type"] == "missing":
        found, expected = "", f"the field {loc[-1]!r}, which is missing"
    return file.problem(loc, found, expected, near)


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


def _limit(item: dict[str, Any]) -> str:
    """Return what is expected of a text that is too long."""
    if item["type"] != "string_too_long":
        return ""
    most, given = item["ctx"]["max_length"], len(item["input"])
    shorter = "; … may stand for words left out" if item["loc"][-1] == "printed" else ""
    return f"at most {most} characters, not {given}{shorter}"


def _shown(value: object) -> str:
    """Show a value in YAML's terms."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    return str(value)


def _all_fields() -> frozenset[str]:
    known = (*vars(schema).values(), *vars(shared_schema).values())
    models = (one for one in known if isinstance(one, type) and issubclass(one, BaseModel))
    return frozenset(f.alias or name for m in models for name, f in m.model_fields.items())


_FIELD_NAMES: Final = _all_fields()
