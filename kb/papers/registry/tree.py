"""JSON read without surprises: each name once, no NaN, bounded depth, text that is Unicode."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, Final

from kb.errors import Problem, ReadError, RecordError, shorten

MAX_BYTES: Final = 50_000_000
"""The largest file that is read; the longest entries have some 5 MB."""
_MAX_DEPTH: Final = 60
"""Entries are 14 deep."""
_MAX_PROBLEMS: Final = 20


class _Wrong:
    """What stands in the place of something that JSON allows, or almost, and no entry has."""

    def __init__(self, given: str, expected: str) -> None:
        self.given, self.expected = given, expected


def read_json(data: bytes, name: str) -> Any:
    """Return the value of a JSON text; numbers with a point stay as they are printed.

    Raises:
        ReadError: it is too large, too deep, not UTF-8 or not JSON.
        RecordError: with the place of each name that is there twice, NaN and half character.

    >>> read_json(b'{"value": 0.10}', "a.json")
    {'value': '0.10'}
    >>> read_json(b'{"a": [{"b": NaN}]}', "a.json")
    Traceback (most recent call last):
    kb.errors.RecordError: a.json: a.0.b: found 'NaN', expected a number, a text or null
    """
    if len(data) > MAX_BYTES:
        raise ReadError(f"{name}: more than {MAX_BYTES // 1_000_000} MB, the most that is read")
    try:
        value = json.loads(
            data.removeprefix(codecs.BOM_UTF8).decode(),
            parse_float=str,
            parse_constant=lambda word: _Wrong(word, "a number, a text or null"),
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError as error:
        raise ReadError(f"{name}: byte {error.start} is not UTF-8, expected JSON") from error
    except json.JSONDecodeError as error:
        where = f"{name}:{error.lineno}"
        raise ReadError(f"{where}: not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise ReadError(f"{name}: lists and objects within each other, far too deep") from error
    except ValueError as error:
        raise ReadError(f"{name}: a number of too many digits") from error
    if problems := list(_problems(value, name)):
        raise RecordError(problems)
    return value


def _once(pairs: list[tuple[str, Any]]) -> Any:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    names = [name for name, _ in pairs]
    twice = next(name for name in names if names.count(name) > 1)
    return _Wrong(shorten(twice), "each name once in an object")


def _problems(value: Any, name: str) -> Iterator[Problem]:
    """Yield what is wrong, with its path: "studies.3.protocolSection"."""
    waiting: list[tuple[str, int, Any]] = [("", 0, value)]
    found = 0
    while waiting and found < _MAX_PROBLEMS:
        path, depth, item = waiting.pop()
        wrong = _wrong(item, depth)
        if wrong is not None:
            found += 1
            yield Problem(name, 0, path, wrong.given, wrong.expected)
        elif isinstance(item, dict | list):
            inner = item.items() if isinstance(item, dict) else enumerate(item)
            below = [(f"{path}.{shorten(str(key))}".strip("."), depth + 1, v) for key, v in inner]
            waiting += reversed(below)


def _wrong(item: Any, depth: int) -> _Wrong | None:
    if isinstance(item, _Wrong):
        return item
    if depth > _MAX_DEPTH:
        return _Wrong("deeper", f"at most {_MAX_DEPTH} lists and objects within each other")
    texts = [item] if isinstance(item, str) else list(item) if isinstance(item, dict) else []
    if any("\ud800" <= char <= "\udfff" for text in texts for char in text):
        return _Wrong("half of a character", "text in Unicode")
    return None
