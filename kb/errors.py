"""Everything that can go wrong, in one tree.

``KbError`` is the root. Whoever catches it catches every error that the package raises on
purpose; anything else is a defect of the package.

    KbError
    ├── InputError            what the user gave is wrong (exit code 2)
    │   ├── RecordError       records or ontology: carries every ``Problem`` of the run
    │   ├── QueryError        a query, a parameter or a binding
    │   └── NotFoundError     a study, group, source, term or query that does not exist
    └── UnavailableError      something needed is not there: a paper's text (exit code 3)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place of one file.

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
        """Show the problem on one line, the place first, as compilers do."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {self.field}:" if self.field else ""
        found = f" found {shorten(self.found)!r}," if self.found else ""
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{place}:{field}{found} expected {self.expected}{hint}"


class KbError(Exception):
    """The root of all errors that the package raises on purpose."""


class InputError(KbError):
    """What the user gave cannot be used as it is."""


class RecordError(InputError):
    """Records or ontology files with problems, all of them, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems sorted by file and line."""
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class QueryError(InputError):
    """A query that cannot be run: unknown, not well formed, or not allowed."""


class NotFoundError(InputError):
    """A name that nothing in the evidence base bears.

    >>> raise NotFoundError.of("study", "towr", ["tower", "blast"])
    Traceback (most recent call last):
        ...
    kb.errors.NotFoundError: no study 'towr'; did you mean 'tower'?
    """

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str]) -> NotFoundError:
        """Say what was looked for and name the nearest thing that exists."""
        near = nearest(name, known)
        hint = f"; did you mean {near!r}?" if near else ""
        return cls(f"no {what} {shorten(name)!r}{hint}")


class UnavailableError(KbError):
    """Something needed for a check is not there, so that nothing can be said."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like ``word``, or "" when none is like it.

    >>> nearest("inotuzmab", ["blinatumomab", "inotuzumab"])
    'inotuzumab'
    """
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word[:80].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


def shorten(text: str, width: int = 60) -> str:
    """Cut a found value to a length that fits a line.

    >>> shorten("x" * 100, 5)
    'xxxx…'
    """
    flat = " ".join(str(text).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
