"""The errors that the package raises on purpose; any other exception is a defect.

KbError
├── InputError            invalid input (exit code 2)
│   ├── RecordError       records or ontology: has every ``Problem`` of the run
│   ├── QueryError        a query, a parameter or a binding
│   ├── ReadError         a file that cannot be read as a paper
│   └── NotFoundError     a study, group, source, term or query that does not exist
└── UnavailableError      something needed is missing, such as a paper's text (exit code 3)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake at one place of one file; ``line`` is 0 if it is not known.

    >>> print(Problem("a.yaml", 7, "claims.0.endpoint", "OSS", "an endpoint", "OS"))
    a.yaml:7: claims.0.endpoint: found 'OSS', expected an endpoint; did you mean 'OS'?
    """

    file: str
    line: int
    field: str
    found: str
    expected: str
    nearest: str = ""

    def __str__(self) -> str:
        """Return one line that begins with the place, as compilers print it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {self.field}:" if self.field else ""
        found = f" found {shorten(self.found)!r}," if self.found else ""
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{place}:{field}{found} expected {self.expected}{hint}"


class KbError(Exception):
    """The root of all errors that the package raises on purpose."""


class InputError(KbError):
    """Input that cannot be used as it is."""


class RecordError(InputError):
    """Records or ontology files with problems, which are all listed, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems sorted by file and line."""
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[RecordError], tuple[tuple[Problem, ...]]]:
        """Pickle the problems: the error may come from a child process."""
        return type(self), (self.problems,)


class QueryError(InputError):
    """A query that cannot be run: unknown, malformed or not allowed."""


class ReadError(InputError):
    """A file that cannot be read as a paper: not one, broken, encrypted, or beyond the bounds."""


class NotFoundError(InputError):
    """A name that nothing in the evidence base has.

    >>> raise NotFoundError.of("study", "towr", ["tower", "blast"])
    Traceback (most recent call last):
        ...
    kb.errors.NotFoundError: no study 'towr'; did you mean 'tower'?
    """

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str]) -> NotFoundError:
        """Return the error for a missing name, with the most similar one that exists."""
        near = nearest(name, known)
        hint = f"; did you mean {near!r}?" if near else ""
        return cls(f"no {kind} {shorten(name)!r}{hint}")


class UnavailableError(KbError):
    """Something that is needed is missing: a text, a library, a server."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most similar to ``word``, or "" if none is similar.

    >>> nearest("inotuzmab", ["blinatumomab", "inotuzumab"])
    'inotuzumab'
    """
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word[:80].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


def shorten(text: str, width: int = 60) -> str:
    """Shorten a value so that it fits a line.

    >>> shorten("x" * 100, 5)
    'xxxx…'
    """
    flat = " ".join(str(text).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
