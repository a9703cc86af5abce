"""The one matcher: does a text print what a record says it prints?

``fold`` levels typography only: dashes, spaces, middle dots, markup, superscripts, LaTeX. It never
touches digits, signs, operators, decimal marks, units or the edges of a number, so that 7.7 is not
found in 17.7, ``>0.001`` is not ``<0.001`` and 4% is not 44%. Pure functions, no files.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kb._figures import (
    CHARACTERS,
    COMMANDS,
    EM_DASH,
    ENTITIES,
    MONEY,
    MONTHS,
    RAISED,
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


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


_Place = tuple[int, int]
_Pass = Callable[[str], Iterable[_Edit]]
_ATTRIBUTE = r'(?: [^<>="]{1,40}="[^"<>]{0,200}"){0,4}'
_TAGS = re.compile(
    rf"(?:</?(?:sup|sub|i|b|em|strong|u|span|br|small){_ATTRIBUTE} ?/?>)+", re.IGNORECASE
)


def _edges(text: str, start: int, end: int) -> str:
    """Return what takes the place of removed markup: a space where digits would grow together."""
    digits = text[start - 1 : start].isdigit() and text[end : end + 1].isdigit()
    return " " if digits else ""


def _tags(text: str) -> Iterator[_Edit]:
    for match in _TAGS.finditer(text):
        tags, start, end = match[0].lower(), *match.span()
        if "<sup" in tags:
            yield _Edit(start, end, "^")
        elif "<sub" in tags and text[start - 1 : start].isdigit():
            yield _Edit(start, end, "_")
        else:
            yield _Edit(start, end, " " if "<br" in tags else _edges(text, start, end))


def _is_math(content: str, following: str) -> bool:
    """Tell ``$p = 0.03$`` from two amounts of money."""
    if not content.strip() or "\n\n" in content or len(content) > 300:
        return False
    if content[-1].isspace() or content[0].isspace():
        return not content[0].isdigit() and any(mark in content for mark in "\\^=<>{")
    return not following.isdigit()


def _dollars(text: str) -> Iterator[_Edit]:
    """Remove the marks of mathematics; within them a tilde is a space."""
    marks = [m.start() for m in re.finditer(r"(?<!\\)\$", text)]
    index = 0
    while index < len(marks):
        start = marks[index]
        close = marks[index + 1] if index + 1 < len(marks) else -1
        after = text[close + 1 : close + 2]
        if 0 <= close <= start + 300 and _is_math(text[start + 1 : close], after):
            yield _Edit(start, start + 1, _edges(text, start, start + 1))
            for tilde in re.finditer("~", text[start + 1 : close]):
                yield _Edit(start + 1 + tilde.start(), start + 2 + tilde.start(), " ")
            yield _Edit(close, close + 1, _edges(text, close, close + 1))
            index += 2
        else:
            yield _Edit(start, start + 1, MONEY)
            index += 1


_LATEX = re.compile(
    r"\\(?:(?P<name>[A-Za-z]{1,20})(?![A-Za-z])[ \t]?|(?P<mark>[%#&_*()\[\]\-+.<>~|])"
    r"|(?P<money>\$)|(?P<space>[,;: \\])|(?P<none>!))"
)


def _latex(text: str) -> Iterator[_Edit]:
    for match in _LATEX.finditer(text):
        if match["name"]:
            if match["name"] in COMMANDS:
                yield _Edit(*match.span(), COMMANDS[match["name"]])
        elif match["money"]:
            yield _Edit(*match.span(), MONEY)
        else:
            yield _Edit(*match.span(), match["mark"] or (" " if match["space"] else ""))


def _emphasis(text: str) -> Iterator[_Edit]:
    """Remove asterisks and underscores around words, but none that stands between digits."""
    for match in re.finditer(r"\*+", text):
        start, end = match.span()
        left, right = text[max(0, start - 2) : start], text[end : end + 2]
        glued = left[-1:].isdigit() and right[:1].isdigit()
        alone = left[-1:] == " " == right[:1] and left[:1].isdigit() and right[1:].isdigit()
        if not glued and not alone:
            yield _Edit(start, end, "")


def _sub(pattern: str, new: str | Callable[[re.Match[str]], str], needs: str = ".") -> _Pass:
    """Make a pass that replaces what a pattern matches; ``needs`` finds fast that nothing does."""
    compiled, hint = re.compile(pattern), re.compile(needs)

    def edits(text: str) -> Iterator[_Edit]:
        for match in compiled.finditer(text) if hint.search(text) else ():
            replacement = new if isinstance(new, str) else new(match)
            if replacement != match[0]:
                yield _Edit(*match.span(), replacement)

    return edits


_PASSES: tuple[_Pass, ...] = (
    _sub("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", ""),
    _tags,
    _sub("&([a-z]{2,6});", lambda m: ENTITIES.get(m[1], m[0])),
    _dollars,
    _latex,
    _sub(r"[{}]+", lambda m: _edges(m.string, *m.span())),
    _sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ]+", lambda m: "^" + m[0].translate(RAISED)),
    _sub(r"\^{2,}|\^(?=°)", lambda m: "^" if len(m[0]) > 1 else ""),
    _sub(r"(?<=[0-9])[·\u2219\u22c5](?=[0-9])", "."),
    _emphasis,
    _sub(r"(?<![^\W_])_+|_+(?![^\W_])", ""),
    _sub(r"(?<=[^\W\d_]-) ?\n\s*(?=[^\W\d_])", ""),  # a word broken at its hyphen
    _sub(r"-{2,}", "-"),
)
# These look at single spaces and at what they were in the original.
_SPACING: tuple[_Pass, ...] = (
    _sub(r"\s+", " ", r"[^\S ]|  "),
    _sub(r"(?<=[([]) | (?=[)\]])|(?<=[A-Za-zµ]) (?=\^)|(?<=(?<![0-9])10) (?=\^)", ""),
    _sub("[<>]=", lambda m: "≤" if m[0][0] == "<" else "≥"),
    _sub(r"\+/ ?-", "±"),
    _sub(r" ?([=<>≤≥±×~]) ?", lambda m: m[1], "[=<>≤≥±×~]"),
    _sub(r"(?<![A-Za-z0-9])P(?=[=<>≤≥])", "p"),
)
# These join what one cell prints, and never two cells of a table.
_JOINS: tuple[_Pass, ...] = (
    _sub(r"(?<=[0-9]) (?=%)", ""),
    _sub(r"(?<=[0-9%]) ?- (?=[0-9])", "-", "- "),
    _sub(r" ?/ ?", "/", "/"),
)


def _apply(folded: Folded, edits: Iterable[_Edit]) -> Folded:
    """Carry out edits, which are in order and do not overlap, and keep the map."""
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
    if not parts:
        return folded
    starts.extend(folded.offsets[done:])
    ends.extend(folded.ends[done:])
    return Folded("".join(parts) + folded.text[done:], starts, ends, folded.source)


def _separates(folded: Folded, edit: _Edit) -> bool:
    """Tell a space between two cells, or an em dash, which no join may swallow."""
    originals = {folded.source[folded.offsets[i]] for i in range(edit.start, edit.end)}
    return bool(originals & {"\t", EM_DASH})


def _round(folded: Folded) -> Folded:
    """Run every pass once."""
    for edits in _PASSES:
        folded = _apply(folded, edits(folded.text))
    text = folded.text.translate(CHARACTERS)
    folded = Folded(text, folded.offsets, folded.ends, folded.source)
    for edits in _SPACING:
        folded = _apply(folded, edits(folded.text))
    for edits in _JOINS:
        kept = (e for e in edits(folded.text) if not _separates(folded, e))
        folded = _apply(folded, kept)
    return folded


def fold_pieces(source: str, pieces: Iterable[tuple[int, int]]) -> Folded:
    """Fold several spans of a text as one, a space between them, with offsets in the whole.

    >>> fold_pieces("the OS [page 3] was 7.7", [(0, 6), (16, 23)]).text
    'the OS was 7.7'
    """
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
    folded = Folded("".join(parts), starts, ends, source)
    for _ in range(6):  # markup within markup; what is nested deeper stays as it is
        before = folded.text
        folded = _round(folded)
        if folded.text == before:
            break
    return folded


def fold(text: str) -> Folded:
    r"""Level the typography of a text, and nothing else.

    >>> fold(r"WBC $4.8 \times 10^{9}/L$, 28 mg/m<sup>2</sup> (~93 %; *p*  = 0.03)").text
    'WBC 4.8×10^9/L, 28 mg/m^2 (~93%; p=0.03)'
    """
    if _UNEVEN.search(text) is None:
        length = len(text)
        return Folded(text, array("l", range(length)), array("l", range(1, length + 1)), text)
    return fold_pieces(text, [(0, len(text))])


# What any pass could change, and more. Most prints have nothing of it, and folding them shows
# after some forty searches that nothing changes.
_UNEVEN = re.compile(
    r"""[^A-Za-z0-9 .,;:%()\[\]'"?!…+=<>≤≥~/-]
    |[ ][ )\]=<>≤≥~/] | [(\[=<>≤≥~/][ ] | [0-9][ ]% | --|-[ ][0-9]
    |[<>]= | \+/ | <[/A-Za-z] | P[=<>≤≥]""",
    re.VERBOSE,
)


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
