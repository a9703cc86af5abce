"""Headers that name a group and a moment in one: "Drug before | Drug after"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kb.drafts.labels import without_size
from kb.drafts.times import is_moment
from kb.papers.reading import Column, ColumnKind

_WORD: Final = re.compile(r"[ ,:;–—-]+\(?")
_BEFORE: Final = re.compile(
    r"(?P<moment>(?:at )?(?:before|after|pre|post|baseline))[ ,:–-]+(?P<name>\S.*)", re.IGNORECASE
)


def with_moments_apart(columns: Sequence[Column]) -> list[Column]:
    """Return the columns; a header that names a group at a moment becomes two, the group first.

    At least two columns name the same group at other moments, else the words are a name.

    >>> from kb.papers.statistic import Statistic
    >>> def column(index, *path):
    ...     return Column(index, ColumnKind.GROUP, path, "", None, Statistic())
    >>> names = ["Drug before", "Drug after 4 weeks", "Drug B after dialysis"]
    >>> [one.path for one in with_moments_apart([column(*one) for one in enumerate(names)])]
    [('Drug', 'before'), ('Drug', 'after 4 weeks'), ('Drug B after dialysis',)]
    """
    parted = {c.index: found for c in columns if (found := _parted(c))}
    moments: dict[tuple[str, ...], set[str]] = {}
    for *above, name, moment in parted.values():
        moments.setdefault((*above, name), set()).add(moment)
    several = {path for path, found in moments.items() if len(found) > 1}
    is_led = {path[-1] for path in several if _is_led(path[-1], columns)}
    if len(is_led) == 1:  # "Before treatment | After treatment" names no group
        several = {path for path in several if path[-1] not in is_led}
    return [
        replace(column, path=path)
        if (path := parted.get(column.index)) and path[:-1] in several
        else column
        for column in columns
    ]


def _parted(column: Column) -> tuple[str, ...] | None:
    """Return the path of a column with the moment of its last header apart, if it names one."""
    if column.kind is not ColumnKind.GROUP or not column.path:
        return None
    *above, last = column.path
    name = without_size(last)
    if found := _BEFORE.fullmatch(name):
        return (*above, found["name"], found["moment"])
    for match in _WORD.finditer(name):
        stem, moment = name[: match.start()], name[match.end() :].rstrip(")")
        if stem and is_moment(moment) and not is_moment(stem):
            return (*above, stem, moment)
    return None


def _is_led(name: str, columns: Sequence[Column]) -> bool:
    """Whether a name stands behind the moment in a header: "After drug"."""
    found = (_BEFORE.fullmatch(without_size(c.path[-1])) for c in columns if c.path)
    return any(match and match["name"] == name for match in found)
