"""The figures of a cell: "12 (34%)" is a count with its share, "0.61 (0.48–0.77)" has bounds.

An entry holds what its print alone declares. Whether "34 (15)" is a count and a percentage or a
mean and a standard deviation is declared by the labels around it (see ``kb.papers.statistic``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from kb.sources.normalise import fold
from kb.sources.numbers import Number, read


class Form(StrEnum):
    """The arrangement of the figures of an entry."""

    EMPTY = "empty"
    WORDS = "words"
    NUMBER = "number"
    SHARE = "share"
    """63%"""
    RATIO = "ratio"
    """36/57: a count and its base, or two figures"""
    RATIO_SHARE = "ratio and share"
    """36/57 (63%)"""
    COUNT_SHARE = "count and share"
    """36 (63%)"""
    PAIR = "pair"
    """36 (63): declared by a label"""
    PLUS_MINUS = "plus-minus"
    """36 ± 6"""
    BOUNDS = "bounds"
    """15–64"""
    WITH_BOUNDS = "with bounds"
    """34 (15–64)"""
    OTHER = "other"


_SIGN: Final = re.compile(r"[<>≤≥~≈] ?=? ?$")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text in lower case with "N" for each number, and the numbers.

    >>> Skeleton.of("HR 0.61 (95% CI 0.48–0.77)").text
    'hr N (N% ci N-N)'
    """

    text: str
    numbers: tuple[Number, ...]
    positions: tuple[int, ...]
    """The offset of each number's N."""
    folded: str
    """The text with normalised typography, to which the offsets of the numbers belong."""

    @classmethod
    def of(cls, text: str, *, decimal_comma: bool = False) -> Skeleton:
        """Read a text (see ``kb.sources.numbers``); operators stay with their numbers."""
        folded = fold(text, decimal_comma=decimal_comma)
        numbers = tuple(read(folded))
        parts: list[str] = []
        positions: list[int] = []
        length = end = 0
        for number in numbers:
            before = _SIGN.sub("", folded.text[end : number.start].lower())
            parts += (before, "N")
            positions.append(length + len(before))
            length += len(before) + 1
            end = number.end
        text = "".join((*parts, folded.text[end:].lower()))
        return cls(text, numbers, tuple(positions), folded.text)

    def number(self, match: re.Match[str], group: str) -> Number | None:
        """Return the number that a named group of a pattern matched, or None."""
        if group not in match.re.groupindex or match[group] is None:
            return None
        return self.numbers[self.positions.index(match.start(group))]

    def numbers_in(self, start: int, end: int) -> list[Number]:
        """Return the numbers of a part of the text.

        >>> [number.text for number in Skeleton.of("12 of 45 (27%)").numbers_in(0, 6)]
        ['12', '45']
        """
        pairs = zip(self.numbers, self.positions, strict=True)
        return [number for number, at in pairs if start <= at < end]

    def figure(self, match: re.Match[str], group: str) -> Number | None:
        """Return the number of a group; an equals sign before it changes nothing: "n = 35"."""
        number = self.number(match, group)
        is_equal = number is not None and number.operator == "="
        return replace(number, operator="") if number and is_equal else number


@dataclass(frozen=True, slots=True)
class Entry:
    """The figures of a cell by their part; a part that is not printed is None.

    >>> entry("36/57 (63%)").form.value, entry("36/57 (63%)").of.value
    ('ratio and share', Decimal('57'))
    >>> entry("126/142 (0.89)").form.value
    'ratio'
    >>> entry("0.61 (95% CI 0.48–0.77), p = 0.01").high.value
    Decimal('0.77')
    """

    form: Form
    text: str
    main: Number | None = None
    """The count or the estimate."""
    of: Number | None = None
    """The printed base of a count."""
    share: Number | None = None
    """A percentage that is marked so."""
    second: Number | None = None
    """The figure in parentheses of a pair, or after ±."""
    low: Number | None = None
    high: Number | None = None
    level: Number | None = None
    """The confidence level, in percent, where the cell prints it."""
    p: Number | None = None
    numbers: tuple[Number, ...] = ()
    """All numbers, in the order of the print."""


def whole(number: Number | None) -> int | None:
    """Return a printed whole number of at least 0, without an operator, or None.

    >>> whole(entry("36").main), whole(entry("36.0").main), whole(entry("<36").main)
    (36, None, None)
    """
    if number is None or number.operator or number.value < 0 or "." in number.text:
        return None
    return int(number.value) if number.value == int(number.value) else None


# A raised mark is a footnote's unless it is an exponent: of ten, or of a unit.
_RAISED: Final = re.compile(
    r"(?P<before>10|(?<![A-Za-z])[cmkdµ]?m|/[cmkdµ]?m)?<su[bp]>(?P<mark>[^<]{0,24})</su[bp]>"
)
_MARKS_AT_END: Final = re.compile(
    r"(?<=[0-9)\]%])[ ]?(?:[*\u204e\u2217†‡§¶‖#]{1,3}(?:, ?[*\u204e\u2217†‡§¶‖#]{1,3}){0,3}"
    r"|(?<=[)\]])°{1,3}|(?<=[)\]%])[a-h](?:, ?[a-h]){0,3})$"
)
_GLUED_SIGN: Final = re.compile(r"(?<=[0-9] )to(?=[-−–][0-9])")
"""The second limit of "−0.83 to−0.05" has a sign of its own."""

_CURRENCY: Final = re.compile(r"[£$€](?=[0-9])|(?<![0-9.,a-zA-Z])\+ ?(?=[0-9])")
"""A sign before a number that is neither a minus nor an operator: "£140", "+0.37"."""

_OPEN, _CLOSE = r" ?[(\[]", r"[)\]]"
_UNIT = r"(?: ?(?!(?:to|of|and|vs|ci|after|before|since|until)\b)[a-zµ°/²³.]{1,12}){0,3}"
_TO = r"(?: ?(?:-|to|,|;|÷|and|\.\.\.?) ?)"
_CI = r"(?:(?:(?P<level>N)% ?)?(?:ci|c\.i\.|confidence interval|cri|iqr|range)[:=,]? ?)?"
_NO_END = r"n\.?[rea]\.?|nyr|not (?:yet )?reached|not est[a-z]*|inf[a-z]*|∞"
_RANGE = (
    rf"{_CI}(?P<low>N)%?(?P<low_unit>{_UNIT}){_TO}"
    rf"(?:(?P<high>N)%?(?P<high_unit>{_UNIT})|{_NO_END})"
)
_SIZE_BEFORE: Final = re.compile(r"\(?n ?= ?N ?[*†‡§]{0,2}\)?[:;] ?(?=N)")
"""The number of people before what was measured in them: "n = 19: 4.09 (2.32)"."""
_LABEL: Final = re.compile(r"[a-z][a-z. -]{0,24}[=:,]? ?(?=N)")
_ORDINAL: Final = re.compile(r"N(?:st|nd|rd|th)\b")
"""The number of a label, not a figure: "2nd tertile (7-21)"."""
_GROUPS: Final = re.compile("[0-9]{1,3}(?: [1-9][0-9]{2}){2,}")
"""Groups of digits that only other numbers of a table tell from several figures."""
_P = r"(?:[,;]? ?\(?p(?:[- ]?value)? ?=? ?(?P<p>N)\)?)?"
_LINES = r"(?P<main>N) (?P<share>N) ?%"
"""A count above its percentage."""
_RATIO_LINE = r"(?P<main>N) ?(?:/|(?:out )?of) ?(?P<of>N) (?P<share>N)"
"""A count and its base above a percentage without a sign."""
_SHORT_SHARE = r"[0-9]{1,2}(?:\.[0-9]+)?|100\.0+"
"""A percentage that is not the last group of three digits of a number."""
_LINE_OF_BOUNDS = rf"(?P<main>N) (?P<low>N)-(?P<high>N){_P}"
"""An estimate above its bounds."""
_LIST_OF_BOUNDS = rf"(?P<main>N)%?{_UNIT}[,;:] ?{_RANGE}{_P}"
"""An estimate and its bounds, without brackets."""
_FORMS: Final = tuple(
    (form, re.compile(pattern))
    for form, pattern in (
        (Form.NUMBER, rf"(?P<main>N){_UNIT}"),
        (Form.SHARE, r"(?P<share>N) ?%"),
        (Form.RATIO, rf"(?P<main>N)(?: ?/ ?| (?:out )?of )(?P<of>N){_UNIT}"),
        (Form.RATIO_SHARE, _RATIO_LINE),
        (
            Form.RATIO_SHARE,
            rf"(?P<main>N) ?(?:/"
            rf"|(?:out )?of) ?(?P<of>N){_UNIT}[,;=:]?{_OPEN}?=? ?(?<!/)(?P<share>N) ?%?"
            rf" ?{_CLOSE}?",
        ),
        (
            Form.RATIO_SHARE,
            rf"(?P<share>N) ?%?{_OPEN}(?P<main>N) ?(?:/"
            rf"|(?:out )?of) ?(?P<of>N){_UNIT}{_CLOSE}",
        ),
        (Form.COUNT_SHARE, _LINES),
        (Form.COUNT_SHARE, rf"(?P<main>N){_UNIT}(?:{_OPEN}|, ?|; ?|/ ?)(?P<share>N) ?%{_CLOSE}?"),
        (
            Form.COUNT_SHARE,
            rf"(?P<share>N) ?%(?:{_OPEN}|, ?)(?:n ?= ?)?(?P<main>N){_UNIT}{_CLOSE}?",
        ),
        (
            Form.PAIR,
            rf"(?P<main>N){_UNIT}{_OPEN} ?(?:n ?= ?|sd ?=? ?"
            rf"|se ?=? ?)?(?P<second>N){_UNIT} ?{_CLOSE}{_UNIT}",
        ),
        (
            Form.PLUS_MINUS,
            rf"(?P<main>N)%?{_UNIT}{_OPEN}? ?(?:±|\+ ?/ ?-) ?(?P<second>N)%?{_UNIT}{_CLOSE}?",
        ),
        (
            Form.WITH_BOUNDS,
            rf"(?P<main>N){_UNIT} ?(?:± ?(?P<second>N){_UNIT}"
            rf"|{_OPEN}(?P<second_>N){_CLOSE})(?:{_OPEN} ?"
            rf"|[,;]? (?=range|iqr|(?:N ?% ?)?ci)){_RANGE} ?{_CLOSE}?",
        ),
        (Form.BOUNDS, rf"{_OPEN}?{_RANGE} ?{_CLOSE}?"),
        (Form.WITH_BOUNDS, rf"(?P<main>N)%?{_UNIT}[,;:]?{_OPEN} ?{_RANGE} ?{_CLOSE}?{_P}{_CLOSE}?"),
        (Form.WITH_BOUNDS, _LIST_OF_BOUNDS),
        (Form.WITH_BOUNDS, _LINE_OF_BOUNDS),
    )
)
_PARTS: Final = ("main", "of", "share", "second", "low", "high", "level", "p")


@lru_cache(maxsize=4096)
def entry(text: str, *, decimal_comma: bool = False) -> Entry:
    """Read the print of a cell; its footnote marks are left out."""
    printed = _MARKS_AT_END.sub("", _RAISED.sub(_without_mark, text).strip())
    printed = _CURRENCY.sub("", _GLUED_SIGN.sub("to ", printed))
    if not printed or not printed.strip("-–—−. "):
        return Entry(Form.EMPTY, text)
    skeleton = Skeleton.of(printed, decimal_comma=decimal_comma)
    if not skeleton.numbers:
        return Entry(Form.WORDS, text)
    if _ORDINAL.search(skeleton.text) or _GROUPS.fullmatch(printed):
        return Entry(Form.OTHER, text, numbers=skeleton.numbers)
    label = _SIZE_BEFORE.match(skeleton.text) or _LABEL.match(skeleton.text)
    start, end = label.end() if label else 0, len(skeleton.text.rstrip(" .;,"))
    for form, pattern in _FORMS:
        match = pattern.fullmatch(skeleton.text, start, end)
        if match and not _has_two_units(match):
            parts = {name: skeleton.number(match, name) for name in _PARTS}
            parts["main"] = skeleton.figure(match, "main")  # "n = 122"
            parts["second"] = parts["second"] or skeleton.number(match, "second_")
            read_entry = Entry(form, text, numbers=skeleton.numbers, **parts)
            if _is_run_together(pattern.pattern, read_entry) or _is_total_of_parts(read_entry):
                break
            return _without_quotient(read_entry)
    return Entry(Form.OTHER, text, numbers=skeleton.numbers)


def _is_run_together(pattern: str, entry: Entry) -> bool:
    """Whether figures that no mark parts are not what their places tell.

    A percentage of people is at most 100, and an estimate lies between its bounds:
    "22 447 100%", "7 300%", "1040/138 359", "45 120-300", "27.3, 44.4, 28.3".
    """
    main, share = entry.main, entry.share
    if pattern == _LINES:
        return whole(main) is None or _is_above_100(share)
    if pattern == _LINE_OF_BOUNDS or (pattern == _LIST_OF_BOUNDS and _is_list(entry.text)):
        bounds = (entry.low, main, entry.high)
        values = [number.value for number in bounds if number is not None]
        return values != sorted(values)
    return pattern == _RATIO_LINE and not (share and re.fullmatch(_SHORT_SHARE, share.text))


def _is_list(text: str) -> bool:
    """Whether one mark parts all figures: "27.3, 44.4, 28.3", but not "0.8, 0.5-1.2"."""
    return re.fullmatch(r"[^,;]*([,;])[^,;]*\1[^,;]*", text) is not None


def _without_quotient(entry: Entry) -> Entry:
    """Return a ratio where a cell prints the quotient of its counts: "126/142 (0.89)"."""
    share, quotient = entry.share, _quotient(entry)
    if share is None or quotient is None or not quotient or "%" in entry.text:
        return entry
    half = Decimal(1).scaleb(int(share.value.as_tuple().exponent)) / 2
    if abs(quotient - share.value) > half or abs(100 * quotient - share.value) <= half:
        return entry
    return replace(entry, form=Form.RATIO, share=None)


def _quotient(entry: Entry) -> Decimal | None:
    if entry.form is not Form.RATIO_SHARE or not entry.main or not entry.of or not entry.of.value:
        return None
    return entry.main.value / entry.of.value


def _is_total_of_parts(entry: Entry) -> bool:
    """Whether a cell is a number of people and its two parts, without a percentage: "8 (3/5)"."""
    if entry.form is not Form.RATIO_SHARE or "%" in entry.text:
        return False
    parts = [number.value for number in (entry.main, entry.of) if number]
    return entry.share is not None and sum(parts) == entry.share.value


def _is_above_100(number: Number | None) -> bool:
    return number is not None and number.value > 100


def _has_two_units(match: re.Match[str]) -> bool:
    """Whether two figures are of two things, and so are not the bounds of one: "3 men, 7 women"."""
    units = {(match.groupdict().get(name) or "").strip() for name in ("low_unit", "high_unit")}
    return len(units - {""}) > 1


def _without_mark(match: re.Match[str]) -> str:
    is_exponent = match["before"] and re.fullmatch(r"[-−–+]?[0-9]{1,2}", match["mark"])
    return match[0] if is_exponent else match["before"] or ""
