"""Digests: whether what something is made of is still the same."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any


def digest(*parts: object) -> str:
    """Return a SHA-256 over data: plain values, lists, mappings and dataclasses of them.

    >>> digest("a", 1) == digest("a", 1) != digest("a", "1")
    True
    """
    return hashlib.sha256(line(parts).encode()).hexdigest()


def line(value: object) -> str:
    """Return data as one line of JSON, the same for equal data."""
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: Any) -> object:
    """Return a dataclass as its non-empty fields by name: a new, unused field changes no digest."""
    names: tuple[str, ...] = _fields(value.__class__)
    if not names:
        return str(value)
    fields = ((name, getattr(value, name)) for name in names)
    return {name: field for name, field in fields if not _is_empty(field)}


def _is_empty(value: Any) -> bool:
    if value is None or value in ("", ()):
        return True
    names: tuple[str, ...] = _fields(value.__class__)
    return bool(names) and all(_is_empty(getattr(value, name)) for name in names)


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def files_below(folder: Path, skipped: Iterable[str] = ()) -> Iterator[Path]:
    """Yield the files of a folder, sorted; folders with a name of ``skipped`` are left out."""
    names = frozenset(skipped)
    entries = sorted(os.scandir(folder), key=_name) if folder.is_dir() else ()
    for entry in entries:
        if entry.name in names:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from files_below(folder / entry.name, names)
        elif entry.is_file():
            yield folder / entry.name


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """Return a SHA-256 over files: where they are below a folder, and what they hold."""
    found = ((path.relative_to(root).as_posix(), digest_of_file(path)) for path in paths)
    return digest(list(found))


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of what a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
