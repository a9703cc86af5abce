"""The kinds of files that ``kb import`` takes, each recognised by its content.

A new kind is a module of this folder with an `Importer`, listed in ``_MODULES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from kb.errors import Problem, RecordError
from kb.papers.bibliography.decode import decode
from kb.records.paths import read_bytes

MAX_BYTES: Final = 100_000_000
"""The largest file that is read; 100,000 entries of a bibliography are some 50 MB."""
_HEAD: Final = 100_000
_MODULES: Final = ("import_registry", "import_bibliography", "import_table")
"""The modules that have an ``IMPORTER``, asked in this order."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to import.

    >>> InputFile(Path("a.ris"), b"TY  - JOUR").head
    'TY  - JOUR'
    """

    path: Path
    data: bytes

    @property
    def head(self) -> str:
        """Its beginning as text; "" for binary data."""
        text = decode(self.data[:_HEAD])
        return "" if "\0" in text else text


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What one importer is to import, with the options of the command."""

    root: Path
    files: tuple[InputFile, ...]
    fill: bool = False
    mapping: Path | None = None
    sheet: str | None = None
    keep_going: bool = False
    texts: Path | None = None


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of file.

    ``run`` imports all files of the kind at once, prints what it did, and returns the exit code.
    """

    kind: str
    """What errors call the kind, such as "RIS"."""
    recognise: Callable[[InputFile], bool]
    run: Callable[[ImportRequest], int]


def importers() -> tuple[Importer, ...]:
    """Return all kinds, in the order in which they are asked.

    >>> [one.kind for one in importers()][0]
    'entries of ClinicalTrials.gov (API v2, JSON)'
    """
    return tuple(import_module(f"kb.cli.{name}").IMPORTER for name in _MODULES)


def by_importer(paths: Iterable[Path]) -> list[tuple[Importer, tuple[InputFile, ...]]]:
    """Return the files of each importer; a folder stands for the files in it.

    Raises:
        RecordError: with every file that cannot be read or is of no known kind.
    """
    known = importers()
    files: dict[int, list[InputFile]] = {}
    problems: list[Problem] = []
    for path in _expanded(paths):
        try:
            file = InputFile(path, read_bytes(path, None, MAX_BYTES))
        except RecordError as error:
            problems += error.problems
            continue
        number = next((i for i, one in enumerate(known) if one.recognise(file)), None)
        if number is None:
            kinds = ", or ".join(one.kind for one in known)
            found = "" if file.data.strip(b" \t\r\n\0") else "an empty file"
            problems.append(Problem(str(path), 0, "", found, kinds))
        else:
            files.setdefault(number, []).append(file)
    if problems:
        raise RecordError(problems)
    return [(known[number], tuple(group)) for number, group in sorted(files.items())]


def _expanded(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each file once; a folder gives its files, by name, but no hidden ones."""
    seen: set[Path] = set()
    for path in paths:
        inner = sorted(path.iterdir()) if path.is_dir() else [path]
        for file in inner:
            is_hidden = path.is_dir() and (file.name.startswith(".") or file.is_dir())
            if not is_hidden and file not in seen:
                seen.add(file)
                yield file
