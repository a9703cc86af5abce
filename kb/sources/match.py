"""The one matcher: does a source's text contain what a record says is printed there?

It ignores differences of typography only (see ``kb.sources.normalise``). 7.7 does not occur in
17.7, ``>0.001`` is not ``<0.001`` and 4% is not 44%. Pure functions, no files.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from kb.sources.figures import excerpt
from kb.sources.folded import EM_DASH, Edit, FoldedText, apply
from kb.sources.normalise import POINTS, SPACELESS, fold
from kb.sources.numbers import (
    FRACTIONS,
    Number,
    has_operator,
    lost_after,
    may_be_thousands,
    read,
    readings,
    unknown_sign,
)

ANY = "any"
"""For ``holds_number``: the number with any operator or none."""
MAX_SPAN = 800
"""How many characters of normalised text the fragments of one record may span."""
MAX_FRAGMENTS = 40
_JOINT = re.compile(r"\u2026|(?<!\.)\.{3}(?!\.)")
"""What joins the fragments of a record's ``printed``."""

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


@dataclass(frozen=True, slots=True)
class Match:
    """One occurrence of a printed text: a span of the original for each of its fragments."""

    spans: tuple[tuple[int, int], ...]
    source: str = field(repr=False, compare=False)

    def context(self, width: int = 40) -> str:
        """Return the occurrence with up to ``width`` characters of the original around it."""
        return excerpt(self.source, self.spans[0][0], self.spans[-1][1], width)


_Place = tuple[int, int]

# Where a match must not begin or end; \x1f marks the edge, which normalised text cannot contain.
# An em dash is not normalised here: it separates words, it neither joins nor negates.
_CUT = re.compile(
    rf"""[^\W\d_{SPACELESS}]\x1f[^\W_{SPACELESS}]  # within a word, before the digits of a name
    |\d\x1f[\d{FRACTIONS}] | \d\x1f[ ][{FRACTIONS}] | \d\x1f[.,:/]\d | \d[.,:/]\x1f\d | \.\x1f\d
    |\d\x1f[ ]?[{POINTS}][ ]?\d | \d[ ]?[{POINTS}][ ]?\x1f\d | \d'\x1f\d | \d\x1f'\d
    |(?:^|[^\d.])0\.[ ]\x1f\d                    # the space of an extraction: 0. 61
    |\d\x1f[%‰] | [a-z]\x1f[ ]%
    |[<>≤≥±~×]\x1f\S | [\uff04€£¥]\x1f[\d.]      # an operator or a currency lost
    |[-+−]\x1f\.?\d | \d—\x1f\d                 # a sign lost, half a range, COVID-19
    |[Mm]inus[ ]\x1f\d | \(-\)[ ]?\x1f\d
    |[\w%)\]]\x1f-−?\.?\d | [\d%]\x1f-[~<>≤≥] | \d\x1f—\d
    |(?:^|[^A-Za-z\d])\d{{1,7}}\x1f\+            # 65+; but CD19 stands in CD19+
    |\d\x1f×10 | \d\x1f[eE]-?\d | \^\x1f\S | \w\x1f\^-  # powers and units
    |\d\x1f\^(?![a-m*†‡§¶]{{1,2}}(?![A-Za-z\d]))(?=[\w(+-])  # 36^a has a footnote, 10^9 an exponent
    |(?<![A-Za-zµ])(?:[cdkmµn]?m|[km]?g|s|[dmµ]?[Ll])\x1f\^""",
    re.VERBOSE,
)
_GROUPS_BEFORE = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?: [0-9]{3}){0,4} ?$")
_GROUPS = re.compile(r"[0-9]{1,3}(?: [0-9]{3}){1,4}(?![0-9])")


def _window(folded: FoldedText, start: int, end: int) -> str:
    """Return a part of normalised text with its em dashes restored."""
    return "".join(
        EM_DASH if char == "-" and folded.original(i) == EM_DASH else char
        for i, char in enumerate(folded.text[start:end], start)
    )


def _cuts(folded: FoldedText, at: int) -> bool:
    """Whether an edge at this offset cuts a number, a word, a range or an operator."""
    text = folded.text
    if not 0 < at < len(text):
        return False
    if _is_odd(text, at):
        return True
    left, right = max(0, at - 10), min(len(text), at + 5)
    if _CUT.search(_window(folded, left, at) + "\x1f" + _window(folded, at, right)):
        return True
    before = _GROUPS_BEFORE.search(text, max(0, at - 20), at)
    groups = _GROUPS.match(text, before.start()) if before else None
    return groups is not None and at < groups.end() and may_be_thousands(folded, *groups.span())


def _is_odd(text: str, at: int) -> bool:
    """Whether a character that may be a lost sign stands between this edge and a figure."""
    begins = text[at] in "0123456789.-<>≤≥~±" and unknown_sign(text, at) != ""
    return begins or (text[at - 1].isdigit() and lost_after(text, at) != "")


def _places(fragment: str, text: FoldedText) -> list[_Place]:
    """Return every occurrence of a fragment that cuts nothing, in order."""
    places = []
    start = text.text.find(fragment)
    while start >= 0:
        end = start + len(fragment)
        if not _cuts(text, start) and not _cuts(text, end):
            places.append((start, end))
        start = text.text.find(fragment, start + 1)
    return places


def find(printed: str, text: FoldedText) -> list[Match]:
    """Return every occurrence in a text of what a record gives as printed.

    Fragments joined by ``…`` or ``...`` must occur in this order, each after the end of the one
    before, within 800 characters of normalised text; each occurrence of the first is combined
    with the nearest ones of the others. Text that is empty or longer occurs nowhere.

    >>> text = fold("OS 17.7; 7.7 vs. 6.7, *p* = 0.04")
    >>> [match.context(6) for match in find("7.7 … p=0.04", text)]
    ['17.7; 7.7 vs. 6.7, *p* = 0.04']
    """
    fragments = _fragments(printed, text)
    matches = _matches(fragments, text)
    if text.unbroken is not None:  # "mon-\nths" may be "months"
        spans = {match.spans for match in matches}
        more = _matches(fragments, text.unbroken)
        matches += [match for match in more if match.spans not in spans]
        matches.sort(key=lambda match: match.spans)
    return matches


def _fragments(printed: str, text: FoldedText) -> list[str]:
    """Return the normalised fragments of a printed text; none if one is empty, or too long."""
    parts = _JOINT.split(printed, MAX_FRAGMENTS)
    fragments = [fold(part, decimal_comma=text.decimal_comma).text.strip() for part in parts]
    long = len(fragments) > MAX_FRAGMENTS or sum(map(len, fragments)) > MAX_SPAN
    return [] if long or not all(fragments) else fragments


def _matches(fragments: list[str], text: FoldedText) -> list[Match]:
    if not fragments:
        return []
    first, *others = [_places(fragment, text) for fragment in fragments]
    chains = (_chain(place, others) for place in first)
    return [
        Match(tuple((text.offsets[a], text.ends[b - 1]) for a, b in chain), text.source)
        for chain in chains
        if chain and chain[-1][1] - chain[0][0] <= MAX_SPAN
    ]


def odd_character(printed: str, text: FoldedText) -> str:
    r"""Return the name of an unknown character at a figure, which keeps it from being found.

    >>> odd_character("of 0.5 months", fold("difference of \x030.5 months"))
    'U+0003'
    """
    odd = {c for c in set(text.text) - {" "} if unknown_sign(f"{c}0", 1) or lost_after(c, 0)}
    places = [i for i, char in enumerate(text.text) if char in odd]
    ends = [i + 1 + text.text.startswith(" ", i + 1) for i in places]
    bare = apply(text, [Edit(i, end, "") for i, end in zip(places, ends, strict=True)])
    for match in find(printed, bare):
        for i in places:
            if match.spans[0][0] - 2 <= text.offsets[i] <= match.spans[-1][1]:
                return f"U+{ord(text.original(i)):04X}"
    return ""


def _chain(place: _Place, others: list[list[_Place]]) -> list[_Place] | None:
    """Follow a first fragment to the nearest occurrence of each of the others."""
    chain = [place]
    for places in others:
        index = bisect_left(places, (chain[-1][1], 0))
        if index == len(places):
            return None
        chain.append(places[index])
    return chain


def numbers(printed: str) -> tuple[Number, ...]:
    """Return all numbers of a printed text, in order, number words included.

    Offsets are those of ``fold(printed).text``. Digits of names (CD19, G3/4) are not numbers.

    >>> [(n.operator, n.text) for n in numbers("Seventy-eight patients, 24/57 (42%), p < 0.05")]
    [('', 'Seventy-eight'), ('', '24'), ('', '57'), ('', '42'), ('<', '0.05')]
    """
    return tuple(read(fold(printed)))


def holds_number(
    printed: str, value: Decimal, operator: str = "", *, decimal_comma: bool = False
) -> bool:
    """Whether a printed text contains this number with exactly this operator.

    The operator may be printed as a sign or in words; ``=`` is the same as none. A printed sign
    that the record lacks is a difference; printed words may be left out. The operator ``any``
    matches the number alone. A number beside an unknown character has none of the operators.

    >>> holds_number("approximately 40%", Decimal(40), "~"), holds_number("<10%", Decimal(10))
    (True, False)
    """
    text, candidates = _read(printed, decimal_comma)
    return any(
        n.value == value and (operator == ANY or has_operator(text, n, operator))
        for n in candidates
    )


@lru_cache(maxsize=256)
def _read(printed: str, decimal_comma: bool = False) -> tuple[str, tuple[Number, ...]]:
    """Normalise and read a printed text once for all of its figures."""
    folded = fold(printed, decimal_comma=decimal_comma)
    return folded.text, tuple(readings(folded))


def digits_of(printed: str, value: Decimal, unit: str = "") -> str:
    """Return the digits of a value as printed, or ``str(value)`` if it is printed as a word.

    With the unit ``%`` they are those of the share, not of an equal count.

    >>> digits_of("HR 7.70; twelve of 30 000", Decimal("7.7")), digits_of("twelve", Decimal(12))
    ('7.70', '12')
    >>> digits_of("0/34 (0.0%)", Decimal(0), "%")
    '0.0'
    """
    text, candidates = _read(printed)
    equal = [n for n in candidates if n.value == value and not n.is_word]
    if unit == "%":
        shares = [n for n in equal if text.startswith("%", n.end)]
        equal = shares or [n for n in equal if text.startswith("(", n.start - 1)] or equal
    return equal[0].text if equal else str(value)


def as_printed(printed: str, value: Decimal) -> Decimal:
    """Return a number with the decimals that are printed; where several differ, the most.

    >>> as_printed("0/34 (0.0%); HR 0.80", Decimal(0)), as_printed("HR 0.80", Decimal("0.8"))
    (Decimal('0.0'), Decimal('0.80'))
    """
    prints = [n.value for n in _read(printed)[1] if n.value == value and not n.is_word]
    return min(prints, key=lambda number: number.as_tuple().exponent, default=value)


def holds_date(printed: str, date: str) -> bool:
    """Whether a printed text contains a year, a month (``2017-08``) or a day (``2013-03-05``).

    >>> holds_date("in August 2017", "2017-08"), holds_date("in August 2017", "2017-09")
    (True, False)
    """
    parts = re.fullmatch(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-3][0-9]))?)?", date)
    if parts is None:
        raise ValueError(f"a date is written 2017, 2017-08 or 2017-08-05, not {date!r}")
    year, month, day = parts.groups()
    forms = [year]
    if month:
        name, until = _MONTHS.split("|")[int(month) - 1], rf"(?:-| and | to | or )(?:{_MONTHS})"
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
