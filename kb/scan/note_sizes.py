"""The number of people that a footnote of a table gives for the figures with its mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure, TableReading

_RAISED: Final = re.compile(r"<su[bp]>([^<>]{1,9})</su[bp]>")
_SYMBOLS: Final = re.compile(r"[*†‡§¶#]+(?=\)?\s*$)")
_SEPARATOR: Final = re.compile(r"[,; ]+")
_WORDS: Final = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NUMBER: Final = rf"(?P<number>[0-9]{{1,6}}|{'|'.join(_WORDS)})\b(?! ?%)"
_PEOPLE: Final = (
    r"(?:patients?|subjects?|participants?|women|men|children|infants?|people|persons?|cases?)"
)
_SIZE: Final = re.compile(r"\b[nN] ?= ?([0-9]{1,6})\b(?! ?%)")
_LISTED: Final = re.compile(
    r"(?:denominators?|available|based on|measured|data (?:from|of|on))\b[^0-9]{0,40}?"
    r"(?P<one>[0-9]{1,6})\b[^0-9]{0,60}?\b(?:and|vs|,)\b[^0-9]{0,30}?(?P<other>[0-9]{1,6})\b",
    re.IGNORECASE,
)
_MISSING: Final = re.compile(
    rf"(?:missing|unavailable|not available|lacking) (?:data )?(?:for|in|from|of) {_NUMBER}"
    rf"|{_NUMBER.replace('number', 'before')} {_PEOPLE} "
    r"(?:had|have|has|with|were|was) (?:a )?missing",
    re.IGNORECASE,
)


def size_in_notes(reading: TableReading, figure: TableFigure) -> int | None:
    """Return the number of people that the footnotes of a figure's marks, or its row's, give.

    "n = 44"; "available for 51 and 52 patients", in the order of the groups; "data missing for 3
    patients" leaves the others of a group. None if no mark has such a note.
    """
    groups = [c.index for c in reading.columns if c.kind is ColumnKind.GROUP]
    for mark in _marks(reading, figure):
        for note in reading.table.footnotes:
            if note.mark != mark:
                continue
            sizes = [int(size) for size in _SIZE.findall(note.text)]
            if match := _LISTED.search(note.text):
                sizes = [int(match["one"]), int(match["other"])]
            if len(sizes) == 1:
                return sizes[0]
            if sizes and len(sizes) == len(groups) and figure.column.index in groups:
                return sizes[groups.index(figure.column.index)]
            if not sizes and (left := _without_missing(note.text, figure.column.size)):
                return left
    return None


def _marks(reading: TableReading, figure: TableFigure) -> Iterator[str]:
    """Yield the marks of a figure, then those of the label of its row."""
    label = reading.table.grid[figure.row][0]
    for cell in (*figure.cells, label):
        for raised in _RAISED.findall(cell.text):
            yield from filter(None, _SEPARATOR.split(raised.strip()))
        if match := _SYMBOLS.search(plain(cell.text)):
            yield match[0]


def _without_missing(text: str, size: int | None) -> int | None:
    match = _MISSING.search(text)
    if match is None or size is None:
        return None
    word = (match["number"] or match["before"]).lower()
    missing = _WORDS.index(word) + 1 if word in _WORDS else int(word)
    return size - missing if 0 < missing < size else None
