"""Files of the registry's entries: what can be read, and a problem for what cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import ValidationError

from kb.errors import Problem, ReadError
from kb.papers.registry.entry import Entry, Part
from kb.papers.registry.tree import read_json

_MAX_GIVEN: Final = 80
_EXPECTED: Final = {
    "missing": "this part",
    "model_type": "an object",
    "dict_type": "an object",
    "list_type": "a list",
    "string_type": "a text",
}


def read_entries(data: bytes, name: str) -> tuple[list[Entry], list[Problem]]:
    """Read the entries of a file, one or a list, and the problems of those that cannot be read.

    Raises:
        ReadError: the file is not JSON, or holds no entries.
        RecordError: it is JSON that no entry can have (see ``read_json``).

    >>> entries, problems = read_entries(b'{"studies": [{"protocolSection": {}}]}', "a.json")
    >>> print(len(entries), problems[0])
    0 a.json: studies.0.protocolSection.identificationModule: expected this part
    """
    content = read_json(data, name)
    listed, path = content, ""
    if isinstance(content, dict) and "studies" in content:
        listed, path = content["studies"], "studies."
    elif isinstance(content, dict):
        listed = [content]
    if not isinstance(listed, list) or not listed:
        raise ReadError(f"{name}: expected an entry of ClinicalTrials.gov, or a list of entries")
    is_one = isinstance(content, dict) and not path
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, raw in enumerate(listed):
        try:
            entries.append(Entry.model_validate(raw))
        except ValidationError as error:
            problems += _problems(error, name, "" if is_one else f"{path}{number}.")
    return entries, problems


def _problems(error: ValidationError, name: str, path: str) -> Iterator[Problem]:
    for one in error.errors(include_url=False):
        place = path + ".".join(map(str, one["loc"]))
        found = "" if one["type"] == "missing" else _given(one["input"])
        expected = _EXPECTED.get(one["type"], one["msg"].removeprefix("Value error, "))
        if "pattern" in one["type"]:
            is_date = not place.endswith("nctId")
            expected = "a date: 2017, 2017-08 or 2017-08-15" if is_date else "NCT and eight digits"
        yield Problem(name, 0, place.rstrip("."), found, expected)


def _given(raw: Any) -> str:
    if isinstance(raw, Part | dict):
        return "an object" if isinstance(raw, dict) else ""
    return "a list" if isinstance(raw, list) else str(raw)[:_MAX_GIVEN]
