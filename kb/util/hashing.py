"""SHA-256 digests of data and files."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any


def digest(*parts: object) -> str:
    """Return the SHA-256 of data, in hex: plain values, lists, mappings and dataclasses of them.

    >>> digest("a", 1) == digest("a", 1) != digest("a", "1")
    True
    """
    return hashlib.sha256(line(parts).encode()).hexdigest()


def line(value: object) -> str:
    """Return data as one line of JSON, the same for equal data."""
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: Any) -> object:
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)


def files_below(folder: Path, skipped: Collection[str] = ()) -> Iterator[Path]:
    """Yield the files in a folder and its subfolders, in a fixed order, except some names."""
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in skipped)
        paths = (Path(path, name) for name in sorted(files) if name not in skipped)
        yield from (file for file in paths if file.is_file())  # not a pipe, nor a broken link


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """Return the SHA-256 of files: their paths below ``root`` and their contents."""
    files = ((path.relative_to(root).as_posix(), digest_of_file(path)) for path in paths)
    return digest(list(files))


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of the content of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
