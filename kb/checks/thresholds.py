"""Ranges of values, as papers print them: ``>50%``, ``50-90%``, ``60 years or older``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.model import Figure
from kb.util.wording import measured

_INFINITY: Final = Decimal("Infinity")
_SIGNS: Final = (
    (re.compile(r"\b(?:younger than|less than|fewer than|under|below)\s+(?=\d)"), "<"),
    (re.compile(r"\b(?:older than|more than|greater than|over|above)\s+(?=\d)"), ">"),
    (re.compile(r"\b(?:up to|at most)\s+(?=\d)"), "≤"),
    (re.compile(r"\b(?:at least|from)\s+(?=\d)"), "≥"),
)
_AFTER: Final = (
    (re.compile(r"\bor (?:older|more|above|over|greater|higher)$"), "≥"),
    (re.compile(r"\bor (?:younger|less|fewer|below|under|lower)$"), "≤"),
)
_NUMBER: Final = r"\d+(?:\.\d+)?"
_BOUND: Final = re.compile(rf"([<≤>≥])\s*({_NUMBER})\s*([^\d]*)")
_RANGE: Final = re.compile(rf"({_NUMBER})\s*%?\s*(?:-|–|to)\s*({_NUMBER})\s*([^\d]*)")


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of values; an end belongs to it or not, and is infinite where none is printed."""

    low: Decimal
    high: Decimal
    low_in: bool = False
    high_in: bool = False
    unit: str = ""

    def __str__(self) -> str:
        """Write the range with its signs: ``>50%``, ``50-90%``."""
        if self.low == -_INFINITY:
            return in_unit(f"{'≤' if self.high_in else '<'}{self.high}", self.unit)
        if self.high == _INFINITY:
            return in_unit(f"{'≥' if self.low_in else '>'}{self.low}", self.unit)
        return in_unit(f"{self.low}–{self.high}", self.unit)


def in_unit(number: str | Decimal, unit: str) -> str:
    """Write a number with its unit, which stands apart from it where it is a word.

    >>> in_unit("63", "%"), in_unit("7.7", "months"), in_unit("1", "cycles"), in_unit("2", "number")
    ('63%', '7.7 months', '1 cycle', '2')
    """
    if unit in ("", "number"):
        return str(number)
    return f"{number}{unit}" if unit == "%" or unit.startswith("/") else measured(number, unit)


def bound(operator: str, value: Decimal, unit: str = "") -> Interval | None:
    """Return the range that an inequality stands for; None for any other operator.

    >>> str(bound(">", Decimal(50), "%"))
    '>50%'
    """
    closed = operator in ("≤", "≥")
    if operator in ("<", "≤"):
        return Interval(-_INFINITY, value, high_in=closed, unit=unit)
    if operator in (">", "≥"):
        return Interval(value, _INFINITY, low_in=closed, unit=unit)
    return None


def between(low: Decimal, high: Decimal, unit: str = "") -> Interval:
    """Return a range that is printed with both its ends, which belong to it."""
    return Interval(low, high, low_in=True, high_in=True, unit=unit)


def parse(text: str) -> Interval | None:
    """Read a category that is only a range; None if it contains anything else.

    >>> [str(parse(t)) for t in (">50%", "60-69 years", "60 years or older", "high")]
    ['>50%', '60–69 years', '≥60 years', 'None']
    """
    text = text.strip()
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    for pattern, sign in _AFTER:
        if pattern.search(text):
            text = sign + pattern.sub("", text).strip()
    if match := _BOUND.fullmatch(text):
        return bound(match[1], Decimal(match[2]), match[3].strip())
    if match := _RANGE.fullmatch(text):
        return between(Decimal(match[1]), Decimal(match[2]), match[3].strip())
    return None


def of_figure(figure: Figure) -> Interval | None:
    """Return the range that a stored figure stands for; None for a point or a word."""
    if figure.value is not None:
        return bound(figure.operator, figure.value, figure.unit)
    if figure.bounds == "interval" and figure.low is not None and figure.high is not None:
        return between(figure.low, figure.high, figure.unit)
    return None


def gap(below: Interval, above: Interval) -> Decimal | None:
    """Return how much lies between two ranges, 0 for one point; None where nothing does.

    >>> under, over = parse("<50%"), parse(">50%")
    >>> gap(under, over), gap(under, parse(">=50%".replace(">=", "≥")))
    (Decimal('0'), None)
    """
    if above.low < below.high or _INFINITY in (below.high, above.low.copy_abs()):
        return None
    if above.low == below.high:
        return None if below.high_in or above.low_in else Decimal(0)
    return above.low - below.high


def overlap(below: Interval, above: Interval) -> Decimal | None:
    """Return the length that two ranges share, 0 for one point; None where they share nothing.

    >>> overlap(parse(">50%"), parse("50-90%"))
    Decimal('40')
    """
    low, high = max(below.low, above.low), min(below.high, above.high)
    if low < high:
        return high - low
    ends = [i.low_in if i.low == low else i.high_in for i in (below, above)]
    return Decimal(0) if low == high and all(ends) else None
