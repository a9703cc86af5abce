"""A print in its sentence, which often names the groups that the print leaves out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from kb.model import Claim
from kb.sources.match import Match
from kb.sources.names import Names
from kb.sources.normalise import fold
from kb.sources.roles import PrintedNumber, read_print
from kb.sources.text import Piece, SourceText, TextError

_SENTENCE_END: Final = re.compile(
    r"(?<!\bvs)(?<!\bal)(?<!\b[A-Z])[.!?][)\"”’]?\s+(?=[A-Z])|\n\s*\n"
)
_REACH: Final = 700
"""How many characters before a print, and after it, may belong to its sentences."""


class Passage(NamedTuple):
    """The sentence of a print and the one before it, with their numbers."""

    text: str
    numbers: tuple[PrintedNumber, ...]
    positions: tuple[int, ...]
    """The position, among the numbers, of each number of the print."""


def passage_of(
    claim: Claim, printed: Sequence[PrintedNumber], text: SourceText | None, names: Names
) -> Passage | None:
    """Return the passage of a claim that stands at one place of running text, or None."""
    if text is None or claim.row or not claim.printed:
        return None
    try:
        places = text.find_at(claim.section, claim.row, claim.column, claim.printed)
        pieces = text.section(claim.section)
    except TextError:  # is reported where the print is looked for
        return None
    if len(places) != 1:
        return None
    start, raw = _sentences(places[0], pieces)
    folded = fold(raw, decimal_comma=text.decimal_comma)
    numbers = read_print(raw, names, decimal_comma=text.decimal_comma)
    at = [start + folded.offsets[number.number.start] for number in numbers]
    own = tuple(i for i, offset in enumerate(at) if _holds(places[0], offset))
    # Where the edges of the print change its numbers, their positions are unknown.
    same = [numbers[i].number.value for i in own] == [n.number.value for n in printed]
    return Passage(folded.text, numbers, own) if same else None


def _holds(place: Match, offset: int) -> bool:
    return any(start <= offset < end for start, end in place.spans)


def _sentences(place: Match, pieces: Sequence[Piece]) -> tuple[int, str]:
    """Return where the sentence before the one of a print begins, and the text up to its end."""
    first, last = place.spans[0][0], place.spans[-1][1]
    whole = next(piece for piece in pieces if piece.start <= first < piece.end)
    low = max(whole.start, first - _REACH)
    head = whole.text[low - whole.start : first - whole.start]
    begins = [0, *(match.end() for match in _SENTENCE_END.finditer(head))]
    start = low + begins[-2:][0]
    tail = whole.text[last - whole.start :][:_REACH]
    end = _SENTENCE_END.search(tail)
    stop = min(last, whole.end) + (end.start() if end else len(tail))
    return start, whole.text[start - whole.start : stop - whole.start]
