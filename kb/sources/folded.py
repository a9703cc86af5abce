"""A text whose typography is normalised, and the edits that lead to it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

EM_DASH: Final = "\u2014"


@dataclass(frozen=True, slots=True)
class FoldedText:
    """Text with normalised typography, and where each of its characters is in the original.

    ``offsets[i]`` and ``ends[i]`` are where the part of ``source`` begins and ends that became
    ``text[i]``. Offsets never decrease.
    """

    text: str
    offsets: Sequence[int] = field(repr=False)
    ends: Sequence[int] = field(repr=False)
    source: str = field(repr=False)
    decimal_comma: bool = False
    """Whether the original has decimal commas, which are points here."""
    unbroken: FoldedText | None = field(default=None, repr=False, compare=False)
    """The same without the hyphens at the ends of lines, if there are any."""

    def original(self, index: int) -> str:
        """Return the first character of what became ``text[index]``."""
        return self.source[self.offsets[index]]

    def is_dash(self, index: int) -> bool:
        """Whether there is a hyphen or minus here, and not an em dash, which never joins words."""
        return self.text[index : index + 1] == "-" and self.original(index) != EM_DASH


class Edit(NamedTuple):
    """A span of a text and what replaces it."""

    start: int
    end: int
    text: str


Pass = Callable[[str], Iterable[Edit]]


def whole(source: str) -> FoldedText:
    """Return a text in which nothing was normalised."""
    length = len(source)
    return FoldedText(source, array("l", range(length)), array("l", range(1, length + 1)), source)


def join(source: str, pieces: Iterable[tuple[int, int]]) -> FoldedText:
    """Return several spans of a text, joined by line breaks; offsets are those of the whole."""
    parts: list[str] = []
    starts, ends = array("l"), array("l")
    for start, end in pieces:
        if parts:
            parts.append("\n")
            starts.append(start)
            ends.append(start)
        parts.append(source[start:end])
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))
    return FoldedText("".join(parts), starts, ends, source)


def apply(folded: FoldedText, edits: Iterable[Edit]) -> FoldedText:
    """Apply edits, which are in order and do not overlap, to the text and its offsets."""
    edits = list(edits)
    if not edits:  # most passes find nothing in most texts
        return folded
    parts: list[str] = []
    starts, ends = array("l"), array("l")
    done = 0
    for start, end, text in edits:
        parts += (folded.text[done:start], text)
        starts.extend(folded.offsets[done:start])
        ends.extend(folded.ends[done:start])
        if text:
            starts.extend([folded.offsets[start]] * len(text))
            ends.extend([folded.ends[end - 1]] * len(text))
        done = end
    starts.extend(folded.offsets[done:])
    ends.extend(folded.ends[done:])
    return FoldedText("".join(parts) + folded.text[done:], starts, ends, folded.source)


def sub(pattern: str, new: str | Callable[[re.Match[str]], str], needs: str = ".") -> Pass:
    """Return a pass that replaces what a pattern matches.

    ``needs`` is a cheaper pattern, without which nothing can match.
    """
    compiled, hint = re.compile(pattern), re.compile(needs)

    def found(text: str) -> Iterator[Edit]:
        for match in compiled.finditer(text):
            replacement = new if isinstance(new, str) else new(match)
            if replacement != match[0]:
                yield Edit(*match.span(), replacement)

    def edits(text: str) -> Iterable[Edit]:
        return found(text) if hint.search(text) else ()

    return edits
