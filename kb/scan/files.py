"""The papers that the arguments of a scan name: files, folders, and lists of files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kb.errors import InputError, nearest, shorten
from kb.util.hashing import files_below

SUFFIXES: Final = frozenset(
    {".xml", ".nxml", ".jats", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".txt", ".md"}
)
"""The names of files that are papers in a folder; a file that is named itself may have any."""


def paper_files(names: Iterable[str]) -> list[Path]:
    """Return the files that names stand for, each once.

    A name is a file, a folder with papers at any depth, ``@LIST`` for a file that lists files one
    a line, or ``-`` for such a list on standard input. The files of a list need not exist: a
    missing one is reported when it is read.

    Raises:
        InputError: there is no such file, a folder has no papers, or a list cannot be read.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("b.xml", "a.pdf", "plot.png"):
    ...     _ = folder.joinpath(name).write_text("")
    >>> [path.name for path in paper_files([str(folder), str(folder / "b.xml")])]
    ['a.pdf', 'b.xml']
    """
    return list(dict.fromkeys(path for name in names for path in _files(name)))


def _files(name: str) -> Iterator[Path]:
    path = Path(name)
    if name == "-":
        yield from _listed(sys.stdin.buffer.read(), "standard input")
    elif name.startswith("@"):
        try:
            data = Path(name[1:]).read_bytes()
        except (OSError, ValueError) as error:
            raise InputError(f"{name[1:]}: the list cannot be read: {_reason(error)}") from error
        yield from _listed(data, name[1:])
    elif _exists(path) and path.is_dir():
        # A link to nothing is a paper that cannot be read: it is not left out in silence.
        links = (link for link in path.rglob("*") if link.is_symlink() and not _exists(link))
        files = (*files_below(path), *sorted(links))
        papers = [file for file in files if file.suffix.lower() in SUFFIXES]
        if not papers:
            expected = ", ".join(sorted(SUFFIXES))
            raise InputError(f"{name}: a folder without papers, expected files named {expected}")
        yield from papers
    elif _exists(path):
        yield path
    else:
        raise InputError(f"{shorten(name, 200)!r}: no such file{_hint(path)}")


def _listed(data: bytes, name: str) -> Iterator[Path]:
    lines = data.decode("utf-8-sig", "surrogateescape").splitlines()
    paths = [Path(line) for line in lines if line.strip()]
    if not paths:
        raise InputError(f"{name}: an empty list, expected the name of a file on each line")
    yield from paths


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long; a NUL in it
        return False


def _hint(path: Path) -> str:
    try:
        near = nearest(path.name, (one.name for one in path.parent.iterdir()))
    except (OSError, ValueError):
        return ""
    return f"; did you mean {str(path.with_name(near))!r}?" if near else ""


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
