"""Figures at the precision that was printed: 63% means 62.5 to 63.5."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_INFINITY: Final = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Span:
    """All values that a print may stand for, both ends included."""

    low: Decimal
    high: Decimal

    def overlaps(self, other: Span) -> bool:
        """Say whether some value fits both prints.

        >>> printed(Decimal(63)).overlaps(printed(Decimal("63.4")))
        True
        """
        return self.low <= other.high and other.low <= self.high

    def holds(self, value: Decimal) -> bool:
        """Say whether a value would be printed so, ties rounded either way."""
        return self.low <= value <= self.high


def printed(value: Decimal, operator: str = "") -> Span:
    """Return what a printed figure may stand for: half a unit of its last digit both ways.

    "Approximately" is read as a tenth both ways; an inequality is open on its side.

    >>> printed(Decimal("63.2"))
    Span(low=Decimal('63.15'), high=Decimal('63.25'))
    >>> printed(Decimal(10), "<").high
    Decimal('10')
    """
    if operator in ("<", "≤"):
        return Span(-_INFINITY, value)
    if operator in (">", "≥"):
        return Span(value, _INFINITY)
    half = Decimal(1).scaleb(int(value.as_tuple().exponent)) / 2
    if operator == "~":
        half = max(half, abs(value) / 10)
    return Span(value - half, value + half)


def agree(one: Decimal, other: Decimal) -> bool:
    """Say whether two prints of one figure agree: equal, or one is the other with fewer digits.

    Neighbours of equal precision do not agree, although their spans touch.

    >>> agree(Decimal(23), Decimal("22.8")), agree(Decimal(1), Decimal(2))
    (True, False)
    """
    coarse, fine = sorted((one, other), key=_digits)
    if _digits(coarse) == _digits(fine):
        return coarse == fine
    return printed(coarse).holds(fine)


def _digits(value: Decimal) -> int:
    """Return how many decimal places a figure is printed with."""
    return -int(value.as_tuple().exponent)
