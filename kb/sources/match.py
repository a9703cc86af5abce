"""The one matcher: does a text print what a record says it prints?

``fold`` levels typography only: dashes, spaces, middle dots, markup, superscripts, LaTeX. It never
touches digits, signs, operators, decimal marks, units or the edges of a number, so that 7.7 is not
found in 17.7, ``>0.001`` is not ``<0.001`` and 4% is not 44%. Pure functions, no files.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from decimal import Decimal
from functools import lru_cache

from kb.sources.normalise import fold, fold_pieces
from kb.sources.numbers import (
    EM_DASH,
    MONTHS,
    Folded,
    Match,
    Number,
    is_thousands,
    read,
    readings,
    says,
)

__all__ = ["ANY", "Folded", "Match", "Number", "find", "fold", "fold_pieces"]
__all__ += ["holds_date", "holds_number", "lexical", "numbers"]

ANY = "any"
"""For ``holds_number``: the number with whatever operator."""
MAX_SPAN = 800
"""How many folded characters one print may span."""
MAX_FRAGMENTS = 40
ELLIPSIS = "\u2026"

_Place = tuple[int, int]

# Where a print must not begin or end; \x1f marks the edge, which no folded text holds. An em dash
# stands here as itself: it separates words, it neither joins nor negates.
_CUT = re.compile(
    r"""[^\W\d_]\x1f[^\W_]                        # within a word, before the digits of a name
    |\d\x1f[\d\u00bc-\u00be] | \d\x1f[.,:/]\d | \d[.,:/]\x1f\d | \.\x1f\d | \d\x1f%
    |[<>≤≥±~×]\x1f\S | [\uff04€£¥]\x1f[\d.]      # an operator or a currency lost
    |[-+]\x1f\d | \d—\x1f\d                      # a sign lost, half a range, COVID-19
    |[\w%)\]]\x1f-\d | [\d%]\x1f-[~<>≤≥] | \d\x1f—\d
    |(?:^|[^A-Za-z\d])\d{1,7}\x1f\+              # 65+; but CD19 stands in CD19+
    |\d\x1f(?:×10|\^) | \^\x1f\S | \w\x1f\^-     # powers and units
    |(?<![A-Za-zµ])(?:[cdkmµn]?m|[km]?g|s|[dmµ]?[Ll])\x1f\^""",
    re.VERBOSE,
)
_GROUPS_BEFORE = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3}){0,4} ?$")
_GROUPS = re.compile(r"[0-9]{1,3}(?: [0-9]{3}){1,4}(?![0-9])")


def _window(folded: Folded, start: int, end: int) -> str:
    """Return folded text with its em dashes restored."""
    return "".join(
        EM_DASH if char == "-" and folded.source[folded.offsets[i]] == EM_DASH else char
        for i, char in enumerate(folded.text[start:end], start)
    )


def _cuts(folded: Folded, at: int) -> bool:
    """Tell whether an edge at this offset cuts a number, a word, a range or an operator."""
    text = folded.text
    if not 0 < at < len(text):
        return False
    left, right = max(0, at - 10), min(len(text), at + 4)
    if _CUT.search(_window(folded, left, at) + "\x1f" + _window(folded, at, right)):
        return True
    before = _GROUPS_BEFORE.search(text, max(0, at - 20), at)
    groups = _GROUPS.match(text, before.start()) if before else None
    return groups is not None and at < groups.end() and is_thousands(folded, *groups.span())


def _places(fragment: str, text: Folded) -> list[_Place]:
    """Return every place where a fragment stands whole, in order."""
    places = []
    start = text.text.find(fragment)
    while start >= 0:
        end = start + len(fragment)
        if not _cuts(text, start) and not _cuts(text, end):
            places.append((start, end))
        start = text.text.find(fragment, start + 1)
    return places


def find(printed: str, text: Folded) -> list[Match]:
    """Return every place where a print stands in a text.

    Fragments joined by ``…`` stand in this order, each after the end of the one before, within
    800 folded characters; each occurrence of the first is taken with the nearest that follow.
    A print that is empty or longer stands nowhere.

    >>> text = fold("OS 17.7; 7.7 vs. 6.7, *p* = 0.04")
    >>> [match.context(6) for match in find("7.7 … p=0.04", text)]
    ['17.7; 7.7 vs. 6.7, *p* = 0.04']
    """
    fragments = [fold(part).text.strip() for part in printed.split(ELLIPSIS, MAX_FRAGMENTS)]
    if not all(fragments) or len(fragments) > MAX_FRAGMENTS or sum(map(len, fragments)) > MAX_SPAN:
        return []
    first, *others = [_places(fragment, text) for fragment in fragments]
    chains = (_chain(place, others) for place in first)
    return [
        Match(tuple((text.offsets[a], text.ends[b - 1]) for a, b in chain), text.source)
        for chain in chains
        if chain and chain[-1][1] - chain[0][0] <= MAX_SPAN
    ]


def _chain(place: _Place, others: list[list[_Place]]) -> list[_Place] | None:
    """Follow a first fragment to the nearest place of each of the others."""
    chain = [place]
    for places in others:
        index = bisect_left(places, (chain[-1][1], 0))
        if index == len(places):
            return None
        chain.append(places[index])
    return chain


def numbers(printed: str) -> tuple[Number, ...]:
    """Return all numbers that a print holds, in order, number words included.

    Offsets are those of ``fold(printed).text``. Digits of names (CD19, G3/4) are none.

    >>> [(n.operator, n.lexical) for n in numbers("Seventy-eight patients, 24/57 (42%), p < 0.05")]
    [('', 'Seventy-eight'), ('', '24'), ('', '57'), ('', '42'), ('<', '0.05')]
    """
    return tuple(read(fold(printed)))


def holds_number(printed: str, value: Decimal, operator: str = "") -> bool:
    """Tell whether a print holds this number with this operator, neither more nor less.

    The operator may stand as a sign or in words beside the number; ``=`` is as good as none. A
    sign in print that the record lacks is a difference. Words in print may be left out. The
    operator ``any`` asks for the number alone.

    >>> holds_number("approximately 40%", Decimal(40), "~"), holds_number("<10%", Decimal(10))
    (True, False)
    """
    text, found = _read(printed)
    return any(n.value == value and (operator == ANY or says(text, n, operator)) for n in found)


@lru_cache(maxsize=256)
def _read(printed: str) -> tuple[str, tuple[Number, ...]]:
    """Fold and read a print once for all figures that stand in it."""
    folded = fold(printed)
    return folded.text, tuple(readings(folded))


def lexical(printed: str, value: Decimal) -> str:
    """Return the digits as printed for a value, or ``str(value)`` where only a word says it.

    >>> lexical("HR 7.70; twelve of 30 000", Decimal("7.7")), lexical("twelve", Decimal(12))
    ('7.70', '12')
    """
    found = (n.lexical for n in _read(printed)[1] if n.value == value and not n.is_word)
    return next(found, str(value))


def holds_date(printed: str, date: str) -> bool:
    """Tell whether a print holds a year, a month (``2017-08``) or a day (``2013-03-05``).

    >>> holds_date("in August 2017", "2017-08"), holds_date("in August 2017", "2017-09")
    (True, False)
    """
    parts = re.fullmatch(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-3][0-9]))?)?", date)
    if parts is None:
        raise ValueError(f"a date is written 2017, 2017-08 or 2017-08-05, not {date!r}")
    year, month, day = parts.groups()
    forms = [year]
    if month:
        name, until = MONTHS.split("|")[int(month) - 1], rf"(?:-| and | to | or )(?:{MONTHS})"
        which = f"0?{int(day)}" if day else "[0-3]?[0-9]"
        dd = day or "[0-3][0-9]"
        forms = [
            rf"{which}(?:st|nd|rd|th)? {name}\.?,? {year}",
            rf"{name}\.? {which}(?:st|nd|rd|th)?,? {year}",
            rf"{year}-{month}-{dd}|{dd}[./]{month}[./]{year}",
        ]
        forms += [] if day else [rf"{name}(?:{until})?\.?,? {year}|{year}-{month}|{month}/{year}"]
    pattern = rf"(?<![A-Za-z0-9./])(?:{'|'.join(forms)})(?![A-Za-z0-9%]|[.,/][0-9])"
    return re.search(pattern, fold(printed).text, re.IGNORECASE) is not None
