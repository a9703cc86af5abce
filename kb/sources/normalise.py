"""Normalise the typography of a text: dashes, spaces, middle dots, markup, superscripts, LaTeX.

Digits, signs, operators, decimal marks, units and the ends of numbers stay as they are. A minus
sign is a hyphen right before its number; after the dash of a range it stays a minus sign (−).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from kb.sources.folded import EM_DASH, Edit, FoldedText, Pass, apply, join, sub, whole
from kb.sources.markup import (
    MONEY,
    UNKNOWN,
    braces,
    dollars,
    emphasis,
    latex,
    latex_dashes,
    references,
    tags,
)

MINUS = "\u2212"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\ufe58\ufe63\uff0d"
_ANY_DASH = f"[{_DASHES}{MINUS}-]"
_SPACE = "[ \u00a0\u2009\u202f]"
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\u2fff\u3005-\u3007\u3021-\u303b\u3041-\u3096"
    "\u309d-\u309f\u30a1-\u30fa\u30fc-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
"""Letters of scripts without spaces between words, as ranges of a pattern."""
_FULL_WIDTH = {
    chr(code): chr(code - 0xFEE0)
    for code in range(0xFF01, 0xFF5F)
    if chr(code) not in MONEY + "\uff0a\uff0d\uff3c\uff3f\uff5b\uff5d"
}
_CHARACTERS = str.maketrans(
    _FULL_WIDTH
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys("\u223c\u2248\u2243\u2245\uff5e\u301c", "~")
    | dict.fromkeys("\u2018\u2019\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201f", '"')
    | dict.fromkeys("\u2044\u2215", "/")
    | {"\u2a7d": "≤", "\u2266": "≤", "\u2a7e": "≥", "\u2267": "≥", "\u03bc": "µ", "\u2a2f": "×"}
    | {"\ufe64": "<", "\ufe65": ">", "\ufe6a": "%", "\u066a": "%", "\u2236": ":"}
    | {"\u066b": ".", "\u066c": ",", "\ufe52": ".", "\ufe50": ",", "\ufe55": ":"}
    | {"\u226a": "<", "\u226b": ">"}  # much less than 0.05 is less than 0.05
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿªᵃᵇᶜᵈᵉᶠᵍʰ", "0123456789+-=()naabcdefgh")
_LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
POINTS = "·\u2022\u2027\u2219\u22c5\u0387\u30fb\uff65"
_TIMES = rf"(?:{_SPACE}?(?:[×xX*\u2a2f\u2715\u2716{POINTS}]|times){_SPACE}?)"
_EXPONENT = rf"(?P<minus>{_ANY_DASH}?){_SPACE}?(?P<power>[0-9]{{1,3}})"
_SIGN_AFTER = (
    "of|by|to|from|and|or|vs|versus|than|was|were|is|are|between|about|approximately|difference|"
    "change|changed|mean|median|estimate|effect|coefficient|beta|slope|score|CI|MD|SMD|WMD"
)


def _power(match: re.Match[str]) -> str:
    times = "×" if match["times"] else ""
    return f"{times}10^{'-' if match['minus'] else ''}{match['power']}"


def _two_dashes(match: re.Match[str]) -> str:
    """Distinguish a dash before a minus sign from the two hyphens of a dash in LaTeX."""
    low = _NEGATIVE.search(match.string, max(0, match.start() - 20), match.start())
    return "-" if match[0] == "--" and low is None else "-" + MINUS


def _percent(match: re.Match[str]) -> str:
    return "%" if match.string[match.start() - 1].isdigit() else " %"


def _spaced_ranges(text: str) -> Iterator[Edit]:
    """Close up the dash of a range that has a space before it only: "(0.25 -71)".

    In brackets of its own, with the lower bound first; anything else is a minus sign.
    """
    for match in _SPACED_RANGE.finditer(text):
        if Decimal(match["low"]) < Decimal(match["high"]):
            yield Edit(match.end("low"), match.end("low") + 1, "")


_SPACED_RANGE = re.compile(
    r"(?<=[(\[])(?P<low>[0-9]+(?:\.[0-9]+)?) -(?P<high>[0-9]+(?:\.[0-9]+)?)(?=%?[)\]])"
)
_NEGATIVE = re.compile(rf"(?:^|[^A-Za-z0-9%)\]]){_ANY_DASH}{_SPACE}?[0-9.,]{{1,16}}%?$")

_PASSES: tuple[Pass, ...] = (
    sub("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]", UNKNOWN),
    # A soft hyphen at a figure may be a minus sign; elsewhere it is invisible.
    sub(r"(?<=[^\W\d_])\u00ad\s*\n\s*(?=[^\W\d_])|\u00ad(?!\s*\.?[0-9])", "", "\u00ad"),
    sub("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]", ""),
    references,
    tags,
    sub("\uff08", " ("),
    sub("(?![0-9])\\d", lambda m: str(unicodedata.decimal(m[0]))),
    sub("[ﬀ-ﬆ]", lambda m: _LIGATURES[m[0]]),
    sub(
        r"[^\u0300-\u036f][\u0300-\u036f\u3099\u309a]{1,3}|[\u1100-\u11ff]{2,3}",
        lambda m: unicodedata.normalize("NFC", m[0]),
        "[\u0300-\u036f\u3099\u309a\u1100-\u11ff]",
    ),
    latex_dashes,
    dollars,
    latex,
    braces,
    sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿªᵃᵇᶜᵈᵉᶠᵍʰ]+", lambda m: "^" + m[0].translate(_RAISED)),
    sub(r"\^{2,}|\^(?=°)", lambda m: "^" if len(m[0]) > 1 else ""),
    sub(  # 1.2 x 10^-4, 10**-4, 10^(-4); and 1.2 × 10-4, where the superscript is lost
        rf"(?:(?<=[0-9])(?P<times>{_TIMES})|(?<![0-9.,]))10{_SPACE}?(?:\^|\*\*){_SPACE}?"
        rf"(?P<open>\()?{_SPACE}?{_EXPONENT}(?(open){_SPACE}?\)?)",
        _power,
        "10 ?[*^]",
    ),
    sub(
        rf"(?<=[0-9])(?P<times>{_TIMES})10{_SPACE}?(?P<open>\()?(?={_ANY_DASH}){_EXPONENT}"
        r"(?(open)\)|(?![0-9.]))",
        _power,
        "10",
    ),
    sub(rf"(?:(?<=[0-9])|(?<=[=<>≤≥~])|(?<=[=<>≤≥~] ))[{POINTS}](?=[0-9])", "."),
    emphasis,
    sub(r"(?<![^\W_])_+|_+(?![^\W_])", ""),
    sub(r"(?<=[^\W\d_])([-\u2010\u2011]) ?\n\s*(?=[^\W\d_])", lambda m: m[1], "\n"),
    sub(  # a range joined by a tilde: 5.6~9.6, 5.6 ~ 9.6, but not 5.6 ~9.6
        rf"(?<=[0-9%])({_SPACE}?)[~\u223c\u301c\uff5e]\1(?=[0-9])"
        rf"|(?<=[{SPACELESS}])[\u301c\uff5e](?=[0-9])",
        "-",
        "[~\u223c\u301c\uff5e]",
    ),
    sub(
        rf"(?<=[0-9%)\]]){_SPACE}?{_ANY_DASH}{_SPACE}?{_ANY_DASH}(?=\.?[0-9])",
        _two_dashes,
        f"{_ANY_DASH} ?{_ANY_DASH}",
    ),
    sub(rf"(?<![0-9%)\]])(?<![0-9%)\]] ){MINUS}{_SPACE}(?=\.?[0-9])", MINUS, MINUS),
    sub(  # a dash and a space after an opening, an operator or a word that a figure follows
        rf"(?:\A|(?<=[\t(\[=<>≤≥~±,;:])|\b(?:{_SIGN_AFTER})(?=\s)){_SPACE}?"
        rf"[-{_DASHES.replace(EM_DASH, '')}]{_SPACE}(?=\.?[0-9])",
        lambda m: m[0][:-1],
        rf"[-{_DASHES}]{_SPACE}",
    ),
    sub(rf"(?<!-){MINUS}|{MINUS}(?!\.?[0-9])", "-"),
    sub(r"-{2,}", "-"),
    sub(
        r"(?<=[0-9])[ \n-]?(?:per[ -]?cent|pct)(?![a-z])|(?<=[a-z]) per ?cent(?![a-z])",
        _percent,
        "cent|pct",
    ),
    # Digits belong to a name only after letters of scripts that have spaces; 3万 is not 3.
    sub(rf"[{SPACELESS}](?=[0-9])", lambda m: m[0] + " ", f"[{SPACELESS}]"),
    sub(rf"(?<=[0-9])(?![万萬億亿兆千百])[{SPACELESS}]", lambda m: " " + m[0], f"[{SPACELESS}]"),
)
# These expect single spaces, and look at what they were in the original.
_SPACING: tuple[Pass, ...] = (
    sub(r"\s+", " ", r"[^\S ]|  "),
    sub(r"(?<=[([]) | (?=[)\]])|(?<=[A-Za-zµ]) (?=\^)|(?<=(?<![0-9])10) (?=\^)", ""),
    sub("([<>])(?:=| ?/=| ?or ?=)", lambda m: "≤" if m[1] == "<" else "≥"),
    sub("<{2,}|>{2,}", lambda m: m[0][0]),
    sub(r"\+/ ?-", "±"),
    sub(r" ?([=<>≤≥±×]) ?|(?<![0-9%]) ?(~) ?|(~) ", lambda m: m[0].strip(), "[=<>≤≥±×~]"),
    sub(r"(?<![A-Za-z0-9])P(?=[=<>≤≥])", "p"),
    sub(r"(?<=p[=<>≤≥])10-(?=[0-9]{1,3}(?![0-9.%]))", "10^-"),  # p<10-5: a lost superscript
)
# These join parts of one cell, and never two cells of a table.
_JOINS: tuple[Pass, ...] = (
    sub(r"(?<=[0-9]) (?=%)", ""),
    sub(r"(?<=[0-9%]) ?- (?=[0-9])", "-", "- "),
    sub(rf"(?<=[0-9%]) ?- ?(?={MINUS})", "-", MINUS),
    _spaced_ranges,
    sub(r" ?/ ?", "/", "/"),
)
_BROKEN = sub(
    r"(?<=[^\W\d_A-Z]{2}) ?[-\u2010\u00ad]\s*\n\s*(?=[^\W\d_A-Z]{2})", "", "[-\u2010\u00ad]\\s*\n"
)
"""Hyphens at the ends of lines, which may belong to the word or not."""
_COMMA = re.compile(
    r"(?<![0-9.,])(?:(?P<groups>[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4})(?:,(?P<part>[0-9]+))?"
    r"|(?P<whole>[0-9]*),(?P<rest>[0-9]+))(?![0-9]|[.,][0-9])"
)


def _decimal_commas(text: str) -> Iterator[Edit]:
    """Replace decimal commas by points, and the points between groups of digits by commas."""
    for match in _COMMA.finditer(text):
        for mark in re.finditer("[.,]", match[0]):
            at = match.start() + mark.start()
            yield Edit(at, at + 1, "," if mark[0] == "." else ".")


def _separates(folded: FoldedText, edit: Edit) -> bool:
    """Whether an edit would remove the border of two cells, or an em dash, or move a minus sign."""
    originals = {folded.original(i) for i in range(edit.start, edit.end)}
    minus = edit.text == "" and folded.original(edit.end) == MINUS
    return minus or bool(originals & {"\t", EM_DASH})


def _round(folded: FoldedText) -> FoldedText:
    """Run every pass once."""
    for edits in _PASSES:
        folded = apply(folded, edits(folded.text))
    folded = replace(folded, text=folded.text.translate(_CHARACTERS))
    for edits in _SPACING:
        folded = apply(folded, edits(folded.text))
    for edits in _JOINS:
        kept = (e for e in edits(folded.text) if not _separates(folded, e))
        folded = apply(folded, kept)
    return folded


def _settle(folded: FoldedText) -> FoldedText:
    """Run rounds until nothing changes; markup nested deeper than six levels stays as it is."""
    for _ in range(6):
        before = folded.text
        folded = _round(folded)
        if folded.text == before or _UNEVEN.search(folded.text) is None:
            break
    return folded


def fold_pieces(
    source: str, pieces: Iterable[tuple[int, int]], *, decimal_comma: bool = False
) -> FoldedText:
    """Normalise several spans of a text as one, joined by spaces; offsets are those of the whole.

    >>> fold_pieces("the OS [page 3] was 7.7", [(0, 6), (16, 23)]).text
    'the OS was 7.7'
    """
    raw = join(source, pieces)
    if decimal_comma:
        raw = apply(raw, _decimal_commas(raw.text))
    unbroken = apply(raw, _BROKEN(raw.text))
    return replace(
        _settle(raw),
        decimal_comma=decimal_comma,
        unbroken=None if unbroken is raw else _settle(unbroken),
    )


def fold(text: str, *, decimal_comma: bool = False) -> FoldedText:
    r"""Normalise the typography of a text only.

    >>> fold(r"WBC $4.8 \times 10^{9}/L$, 28 mg/m<sup>2</sup> (~93 %; *p*  = 0.03)").text
    'WBC 4.8×10^9/L, 28 mg/m^2 (~93%; p=0.03)'
    >>> fold("7,7 Monate, 1.234 Patienten", decimal_comma=True).text
    '7.7 Monate, 1,234 Patienten'
    """
    if not decimal_comma and _UNEVEN.search(text) is None:
        return whole(text)
    return fold_pieces(text, [(0, len(text))], decimal_comma=decimal_comma)


# Whatever some pass could change, and more. Most texts of records contain none of it, and one
# search is faster than the fifty of a round.
_UNEVEN = re.compile(
    r"""[^A-Za-z0-9 .,;:%()\[\]'"?!…+=<>≤≥~/-]
    |[ ][ )\]=<>≤≥~/] | [(\[=<>≤≥~/][ ] | [0-9][ ]% | [(\[][0-9.]+[ ]- | --|-[ ]-?\.?[0-9]
    |[<>](?:=|<|>|/|or) | \+/ | <[/A-Za-z] | P[=<>≤≥] | per[ -]?cent | pct | [0-9%]~[0-9]
    |[xX][ ]?10 | 10-[0-9]""",
    re.VERBOSE,
)
