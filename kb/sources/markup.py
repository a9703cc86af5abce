"""Passes that remove markup: tags, character references, LaTeX, Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from kb.sources.folded import Edit

MONEY: Final = "\uff04"
"""What a dollar sign becomes that does not enclose a formula."""
UNKNOWN: Final = "\ufffd"
"""Stands for a character or command whose sign is unknown."""

# LaTeX commands by the sign that they print; commands that only style print nothing.
_COMMANDS = {
    "≥": "geq ge geqslant geqq",
    "≤": "leq le leqslant leqq",
    "~": "sim approx simeq thicksim textasciitilde",
    " ": "quad qquad thinspace enspace space",
    "°": "circ degree",
    "": "text textit textbf textrm textsf mathrm mathbf mathit mathsf operatorname mbox rm bf it "
    "left right bar",
    "≪": "ll",
    "≫": "gg",
    "≠": "neq ne",
    "\u2013": "textendash",
    "\u2014": "textemdash",
    "\u2212": "textminus",
    "·": "cdot textperiodcentered",
} | {"×": "times", "±": "pm", "µ": "mu", "<": "lt", ">": "gt"}
_LATEX_NAMES = {name: sign for sign, names in _COMMANDS.items() for name in names.split()}
_LETTERS = re.compile(
    "(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|nu|xi|pi|rho|sigma|tau|"
    "upsilon|phi|chi|psi|omega)$",
    re.IGNORECASE,
)

_TAG_NAMES = (
    "sup|sub|i|b|em|strong|u|span|br|small|italic|bold|underline|sc|roman|monospace|font|a|p|div|"
    "title|sec|label|xref|ext-link|styled-content|named-content|inline-formula|tex-math|"
    "alternatives|abstract|abstracttext|math|mrow|mi|mo|mn|mtext|mspace|mstyle|li|ul|ol|list|"
    "list-item|h[1-6]"
)
_BLOCKS = re.compile(r"</?(?:[a-z]+:)?(?:br|p|div|title|sec|label|li|list-item|h[1-6])\b")
_ATTRIBUTE = r"""(?:\s[^<>="']{1,40}=(?:"[^"<>]{0,200}"|'[^'<>]{0,200}')){0,6}"""
_TAGS = re.compile(rf"(?:</?(?:[a-z]{{2,8}}:)?(?:{_TAG_NAMES}){_ATTRIBUTE}\s?/?>)+", re.IGNORECASE)
_RAISED_TAG = re.compile(r"<(?:[a-z]+:)?sup\b")
_LOWERED_TAG = re.compile(r"<(?:[a-z]+:)?sub\b")


def _edges(text: str, start: int, end: int) -> str:
    """Return what replaces removed markup: a space where two numbers would become one."""
    digits = text[start - 1 : start].isdigit() and text[end : end + 1].isdigit()
    return " " if digits else ""


def tags(text: str) -> Iterator[Edit]:
    """Remove tags of HTML and JATS; those that raise leave a ``^``."""
    for match in _TAGS.finditer(text):
        found, start, end = match[0].lower(), *match.span()
        if _RAISED_TAG.search(found):
            yield Edit(start, end, "^")
        elif _LOWERED_TAG.search(found) and text[start - 1 : start].isdigit():
            yield Edit(start, end, "_")
        else:
            yield Edit(start, end, " " if _BLOCKS.search(found) else _edges(text, start, end))


_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def references(text: str) -> Iterator[Edit]:
    """Replace character references: ``&#8722;``, ``&#x3c;``, ``&middot;``."""
    for match in _REFERENCE.finditer(text) if "&" in text else ():
        if match[0][1] == "#":  # a number without a character
            yield Edit(*match.span(), html.unescape(match[0]) or UNKNOWN)
        elif match[0][1:] in html5:
            yield Edit(*match.span(), html5[match[0][1:]])


def _is_math(content: str, following: str) -> bool:
    """Distinguish a formula such as ``$p = 0.03$`` from two amounts of money."""
    if not content.strip() or "\n\n" in content or len(content) > 300:
        return False
    if content[-1].isspace() or content[0].isspace():
        return not content[0].isdigit() and any(mark in content for mark in "\\^=<>{")
    # A sign alone is not an amount of money: $-$3.2.
    return not following.isdigit() or not any(char.isdigit() for char in content)


def dollars(text: str) -> Iterator[Edit]:
    """Remove the dollar signs around formulas, in which a tilde is a space."""
    marks = [m.start() for m in re.finditer(r"(?<!\\)\$", text)]
    index = 0
    while index < len(marks):
        start = marks[index]
        close = marks[index + 1] if index + 1 < len(marks) else -1
        after = text[close + 1 : close + 2]
        if 0 <= close <= start + 300 and _is_math(text[start + 1 : close], after):
            yield Edit(start, start + 1, _edges(text, start, start + 1))
            for tilde in re.finditer("~", text[start + 1 : close]):
                yield Edit(start + 1 + tilde.start(), start + 2 + tilde.start(), " ")
            yield Edit(close, close + 1, _edges(text, close, close + 1))
            index += 2
        else:
            yield Edit(start, start + 1, MONEY)
            index += 1


_LATEX = re.compile(
    r"\\(?:(?P<name>[A-Za-z]{1,20})(?![A-Za-z])[ \t]?|(?P<mark>[%#&_*()\[\]\-+.<>~|])"
    r"|(?P<money>\$)|(?P<space>[,;: \\])|(?P<none>!))"
)
_DASH_GROUP = re.compile(r"(?:\\[a-z]{2,12})?\{-{2,3}\}")


def latex(text: str) -> Iterator[Edit]:
    """Replace LaTeX commands; one that is not known may print a sign before a figure."""
    for match in _LATEX.finditer(text):
        if match["name"]:
            sign: str | None = _LATEX_NAMES.get(match["name"])
            if sign is None and not _LETTERS.match(match["name"]):
                before_figure = re.match(r"[ \t]?\.?[0-9]", text[match.end() : match.end() + 3])
                sign = UNKNOWN if before_figure else None
            if sign is not None:
                yield Edit(*match.span(), sign)
        elif match["money"]:
            yield Edit(*match.span(), MONEY)
        else:
            yield Edit(*match.span(), match["mark"] or (" " if match["space"] else ""))


def latex_dashes(text: str) -> Iterator[Edit]:
    """Replace the dash of a range in a formula: ``0.7`` ``{--}`` ``98``."""
    for match in _DASH_GROUP.finditer(text) if "{--" in text else ():
        yield Edit(*match.span(), "\u2013")


def braces(text: str) -> Iterator[Edit]:
    """Remove braces."""
    for match in re.finditer(r"[{}]+", text):
        yield Edit(*match.span(), _edges(text, *match.span()))


def emphasis(text: str) -> Iterator[Edit]:
    """Remove asterisks of Markdown, but not those between digits."""
    for match in re.finditer(r"\*+", text):
        start, end = match.span()
        left, right = text[max(0, start - 2) : start], text[end : end + 2]
        glued = left[-1:].isdigit() and right[:1].isdigit()
        alone = left[-1:] == " " == right[:1] and left[:1].isdigit() and right[1:].isdigit()
        if not glued and not alone:
            yield Edit(start, end, "")
