"""Level the typography of a text: dashes, spaces, middle dots, markup, superscripts, LaTeX.

Digits, signs, operators, decimal marks, units and the edges of numbers stay as they are.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kb.sources.numbers import CHARACTERS, COMMANDS, EM_DASH, ENTITIES, MONEY, RAISED, Folded


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
