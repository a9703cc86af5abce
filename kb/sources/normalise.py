"""Normalise the typography of a text: dashes, spaces, middle dots, markup, superscripts, LaTeX.

Digits, signs, operators, decimal marks, units and the ends of numbers stay as they are.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

EM_DASH: Final = "\u2014"
MONEY: Final = "\uff04"
"""What a dollar sign becomes that does not enclose a formula."""

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_CHARACTERS = str.maketrans(
    dict.fromkeys(_DASHES, "-")
    | dict.fromkeys("\u223c\u2248\u2243\u2245\uff5e\u301c", "~")
    | dict.fromkeys("\u2018\u2019\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201f", '"')
    | dict.fromkeys("\u2044\u2215", "/")
    | {"\u2a7d": "≤", "\u2266": "≤", "\u2a7e": "≥", "\u2267": "≥", "\u03bc": "µ", "\u2a2f": "×"}
    | {"\uff1c": "<", "\uff1e": ">", "\uff05": "%"}
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", "0123456789+-=()n")
# LaTeX commands by the sign that they print; commands that only style print nothing.
_COMMANDS = {
    "≥": "geq ge geqslant geqq",
    "≤": "leq le leqslant leqq",
    "~": "sim approx simeq thicksim",
    " ": "quad qquad thinspace enspace space",
    "°": "circ degree",
    "": "text textit textbf textrm textsf mathrm mathbf mathit mathsf operatorname mbox rm bf it "
    "left right bar",
} | {"×": "times", "±": "pm", "µ": "mu", "<": "lt", ">": "gt", "·": "cdot"}
_LATEX_NAMES = {name: sign for sign, names in _COMMANDS.items() for name in names.split()}
_ENTITIES = {"lt": "<", "gt": ">", "le": "≤", "ge": "≥", "amp": "&", "nbsp": " ", "thinsp": " "} | {
    "plusmn": "±", "times": "×", "minus": "-", "ndash": "-", "mdash": EM_DASH, "micro": "µ"
}  # fmt: skip


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


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


_Pass = Callable[[str], Iterable[_Edit]]
_ATTRIBUTE = r'(?: [^<>="]{1,40}="[^"<>]{0,200}"){0,4}'
_TAGS = re.compile(
    rf"(?:</?(?:sup|sub|i|b|em|strong|u|span|br|small){_ATTRIBUTE} ?/?>)+", re.IGNORECASE
)


def _edges(text: str, start: int, end: int) -> str:
    """Return what replaces removed markup: a space where two numbers would become one."""
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
    """Tell a formula such as ``$p = 0.03$`` from two amounts of money."""
    if not content.strip() or "\n\n" in content or len(content) > 300:
        return False
    if content[-1].isspace() or content[0].isspace():
        return not content[0].isdigit() and any(mark in content for mark in "\\^=<>{")
    return not following.isdigit()


def _dollars(text: str) -> Iterator[_Edit]:
    """Remove the dollar signs around formulas, in which a tilde is a space."""
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
            if match["name"] in _LATEX_NAMES:
                yield _Edit(*match.span(), _LATEX_NAMES[match["name"]])
        elif match["money"]:
            yield _Edit(*match.span(), MONEY)
        else:
            yield _Edit(*match.span(), match["mark"] or (" " if match["space"] else ""))


def _emphasis(text: str) -> Iterator[_Edit]:
    """Remove asterisks of Markdown, but not those between digits."""
    for match in re.finditer(r"\*+", text):
        start, end = match.span()
        left, right = text[max(0, start - 2) : start], text[end : end + 2]
        glued = left[-1:].isdigit() and right[:1].isdigit()
        alone = left[-1:] == " " == right[:1] and left[:1].isdigit() and right[1:].isdigit()
        if not glued and not alone:
            yield _Edit(start, end, "")


def _sub(pattern: str, new: str | Callable[[re.Match[str]], str], needs: str = ".") -> _Pass:
    """Return a pass that replaces what a pattern matches.

    ``needs`` is a cheaper pattern, without which nothing can match.
    """
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
    _sub("&([a-z]{2,6});", lambda m: _ENTITIES.get(m[1], m[0])),
    _dollars,
    _latex,
    _sub(r"[{}]+", lambda m: _edges(m.string, *m.span())),
    _sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ]+", lambda m: "^" + m[0].translate(_RAISED)),
    _sub(r"\^{2,}|\^(?=°)", lambda m: "^" if len(m[0]) > 1 else ""),
    _sub(r"(?<=[0-9])[·\u2219\u22c5](?=[0-9])", "."),
    _emphasis,
    _sub(r"(?<![^\W_])_+|_+(?![^\W_])", ""),
    _sub(r"(?<=[^\W\d_]-) ?\n\s*(?=[^\W\d_])", ""),  # a word broken at its hyphen
    _sub(r"-{2,}", "-"),
)
# These expect single spaces, and look at what they were in the original.
_SPACING: tuple[_Pass, ...] = (
    _sub(r"\s+", " ", r"[^\S ]|  "),
    _sub(r"(?<=[([]) | (?=[)\]])|(?<=[A-Za-zµ]) (?=\^)|(?<=(?<![0-9])10) (?=\^)", ""),
    _sub("[<>]=", lambda m: "≤" if m[0][0] == "<" else "≥"),
    _sub(r"\+/ ?-", "±"),
    _sub(r" ?([=<>≤≥±×~]) ?", lambda m: m[1], "[=<>≤≥±×~]"),
    _sub(r"(?<![A-Za-z0-9])P(?=[=<>≤≥])", "p"),
)
# These join parts of one cell, and never two cells of a table.
_JOINS: tuple[_Pass, ...] = (
    _sub(r"(?<=[0-9]) (?=%)", ""),
    _sub(r"(?<=[0-9%]) ?- (?=[0-9])", "-", "- "),
    _sub(r" ?/ ?", "/", "/"),
)


def _apply(folded: FoldedText, edits: Iterable[_Edit]) -> FoldedText:
    """Apply edits, which are in order and do not overlap, to the text and its offsets."""
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
    return FoldedText("".join(parts) + folded.text[done:], starts, ends, folded.source)


def _separates(folded: FoldedText, edit: _Edit) -> bool:
    """Whether an edit would remove the border of two cells, or an em dash."""
    originals = {folded.source[folded.offsets[i]] for i in range(edit.start, edit.end)}
    return bool(originals & {"\t", EM_DASH})


def _round(folded: FoldedText) -> FoldedText:
    """Run every pass once."""
    for edits in _PASSES:
        folded = _apply(folded, edits(folded.text))
    text = folded.text.translate(_CHARACTERS)
    folded = FoldedText(text, folded.offsets, folded.ends, folded.source)
    for edits in _SPACING:
        folded = _apply(folded, edits(folded.text))
    for edits in _JOINS:
        kept = (e for e in edits(folded.text) if not _separates(folded, e))
        folded = _apply(folded, kept)
    return folded


def fold_pieces(source: str, pieces: Iterable[tuple[int, int]]) -> FoldedText:
    """Normalise several spans of a text as one, joined by spaces; offsets are those of the whole.

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
    folded = FoldedText("".join(parts), starts, ends, source)
    for _ in range(6):  # nested markup needs several rounds; deeper nesting stays as it is
        before = folded.text
        folded = _round(folded)
        if folded.text == before:
            break
    return folded


def fold(text: str) -> FoldedText:
    r"""Normalise the typography of a text, and nothing else.

    >>> fold(r"WBC $4.8 \times 10^{9}/L$, 28 mg/m<sup>2</sup> (~93 %; *p*  = 0.03)").text
    'WBC 4.8×10^9/L, 28 mg/m^2 (~93%; p=0.03)'
    """
    if _UNEVEN.search(text) is None:
        length = len(text)
        return FoldedText(text, array("l", range(length)), array("l", range(1, length + 1)), text)
    return fold_pieces(text, [(0, len(text))])


# Whatever some pass could change, and more. Most texts of records contain none of it, and one
# search is faster than the forty of a round.
_UNEVEN = re.compile(
    r"""[^A-Za-z0-9 .,;:%()\[\]'"?!…+=<>≤≥~/-]
    |[ ][ )\]=<>≤≥~/] | [(\[=<>≤≥~/][ ] | [0-9][ ]% | --|-[ ][0-9]
    |[<>]= | \+/ | <[/A-Za-z] | P[=<>≤≥]""",
    re.VERBOSE,
)
