"""The file of publications: new ones and new fields go in, and no line that is there changes."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from kb.errors import InputError
from kb.records.shared_schema import PublicationRecord

_ORDER: Final = tuple(PublicationRecord.model_fields)
Fields = Mapping[str, object]


def with_publications(
    text: str, new: Mapping[str, Fields], more: Mapping[str, Fields] | None = None
) -> str:
    r"""Return the content of ``publications.yaml`` with new ones in their order.

    Args:
        text: the content.
        new: the new publications, by id.
        more: fields for publications that are there and do not have them, by id.

    Raises:
        InputError: the file has no list of publications in lines of their own.

    >>> text = "publications:\n  b-2020:\n    year: 2020\n"
    >>> print(with_publications(text, {"a-1": {"year": 1}}, {"b-2020": {"doi": "10.1000/b"}}))
    publications:
      a-1:
        year: 1
      b-2020:
        doi: "10.1000/b"
        year: 2020
    <BLANKLINE>
    """
    if not new and not more:
        return text
    lines = text.splitlines(keepends=True)
    entries = _entries(text, lines)
    known = sorted(entries)
    insertions: dict[int, list[str]] = {}
    for slug in sorted(new):
        place = bisect_right(known, slug)
        following = entries[known[place]].line if place < len(known) else len(lines)
        at = _above_comments(lines, following)
        insertions.setdefault(at, []).extend([f"  {slug}:\n", *_field_lines(new[slug])])
    for slug, fields in (more or {}).items():
        for name, value in fields.items():
            at = _place(entries[slug], lines, name)
            insertions.setdefault(at, []).extend(_field_lines({name: value}))
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    result: list[str] = []
    for number in range(len(lines) + 1):
        result += insertions.get(number, [])
        result += lines[number : number + 1]
    return "".join(result)


class _Entry:
    """Where a publication begins, and each of its fields; lines count from 0."""

    def __init__(self, key: yaml.Node, value: yaml.Node) -> None:
        self.line: int = key.start_mark.line
        is_block = isinstance(value, yaml.MappingNode) and not value.flow_style
        pairs = value.value if is_block else ()
        self.fields: dict[str, int] = {one.value: one.start_mark.line for one, _ in pairs}


def _entries(text: str, lines: list[str]) -> dict[str, _Entry]:
    """Return where each publication stands."""
    try:
        root: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
        [found] = [value for key, value in root.value if key.value == "publications"]
        entries = {key.value: _Entry(key, value) for key, value in found.value}
    except (yaml.YAMLError, AttributeError, ValueError, TypeError) as error:
        raise InputError(f"publications.yaml: cannot add to it: {error}") from error
    in_lines = all(lines[one.line].startswith(f"  {key}:") for key, one in entries.items())
    if found.flow_style or not in_lines:
        raise InputError("publications.yaml: expected each publication on lines of its own")
    return entries


def _above_comments(lines: list[str], line: int) -> int:
    while (
        0 < line < len(lines)
        and lines[line - 1].lstrip().startswith("#")
        and lines[line - 1][:1] == " "
    ):
        line -= 1
    return line


def _place(entry: _Entry, lines: list[str], name: str) -> int:
    """Return before which line a new field goes: that of the next field in the order of fields."""
    later = [line for field, line in entry.fields.items() if _rank(field) > _rank(name)]
    indented = all(re.match("    [^ ]", lines[line]) for line in entry.fields.values())
    if not entry.fields or not indented:
        raise InputError("publications.yaml: expected each field on a line of its own")
    if not later:
        return _after(lines, max(entry.fields.values()))
    return _above_comments(lines, min(later))


def _after(lines: list[str], line: int) -> int:
    """Return the line after a field, whose value may go on below it."""
    line += 1
    while line < len(lines) and lines[line].startswith("     "):
        line += 1
    return line


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _field_lines(record: Fields) -> Iterator[str]:
    for name, value in sorted(record.items(), key=lambda field: _rank(field[0])):
        if isinstance(value, dict):
            yield f"    {name}:\n"
            yield from (f"      {inner}: {_scalar(inner, one)}\n" for inner, one in value.items())
        else:
            yield f"    {name}: {_scalar(name, value)}\n"


def _scalar(name: str, value: object) -> str:
    is_bare = name in _BARE or isinstance(value, int)
    return str(value) if is_bare else json.dumps(str(value), ensure_ascii=False)


_BARE: Final = frozenset({"type", "kind", "checked"})
"""Fields whose values never need quotes."""
