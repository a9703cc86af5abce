"""The one rule of rounding: which values may stand behind a printed figure.

A figure stands for every value within half a unit of its last digit, both ends included: 23 for
22.5 to 23.5. Why:

- Papers come from different software. SAS and spreadsheets round a half up (12.5 to 13), R and
  Python round it to the even digit (12), and no paper says which rule it follows. So a tie is
  consistent with both neighbours, but only by rounding, and never an error.
- Cutting digits off (28.57 as 28) is not rounding: no style guide asks for it, and a rule that
  accepted it would miss real errors of the same size. It is inconsistent. Because only the last
  digit is wrong, it is the least severe kind of error, and the counts beside it are not in doubt.
- Two figures printed with the same number of digits are equal or they differ: 22 is not 23,
  although 22.5 could be printed as either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from kb.checks.discrepancy import Outcome

_INFINITY: Final = Decimal("Infinity")


class Rounding(Enum):
    """How an exact value relates to the figure printed for it."""

    NEAREST = auto()
    """Every rule of rounding prints the value so."""
    TIE = auto()
    """The value lies halfway between two figures; which one is printed depends on the rule."""
    LAST_DIGIT = auto()
    """Less than one unit of the last digit away: cut off, or rounded the wrong way."""
    WRONG = auto()
    """One unit of the last digit away, or more."""

    @property
    def outcome(self) -> Outcome:
        """What a check concludes; to be wrong in the last digit only is still to be wrong."""
        if self is Rounding.NEAREST:
            return Outcome.CONSISTENT
        return Outcome.BY_ROUNDING if self is Rounding.TIE else Outcome.INCONSISTENT


@dataclass(frozen=True, slots=True)
class Span:
    """All values that a printed figure may stand for, both ends included."""

    low: Decimal
    high: Decimal

    def overlaps(self, other: Span) -> bool:
        """Tell whether two figures may stand for the same value.

        >>> possible_values(Decimal(63)).overlaps(possible_values(Decimal("63.4")))
        True
        """
        return self.low <= other.high and other.low <= self.high

    def minus(self, other: Span) -> Span:
        """Return what the difference of two figures may be.

        >>> possible_values(Decimal(63)).minus(possible_values(Decimal(60)))
        Span(low=Decimal('2.0'), high=Decimal('4.0'))
        """
        return Span(self.low - other.high, self.high - other.low)

    def negated(self) -> Span:
        """Return the values with their signs changed.

        >>> Span(Decimal(1), Decimal(2)).negated()
        Span(low=Decimal('-2'), high=Decimal('-1'))
        """
        return Span(-self.high, -self.low)

    def holds(self, value: Decimal) -> bool:
        """Tell whether the figure may stand for a value."""
        return self.low <= value <= self.high


def possible_values(printed: Decimal, operator: str = "") -> Span:
    """Return the values that a printed figure may stand for.

    "Approximately" (``~``) allows a tenth of the figure both ways; an inequality has no limit on
    its open side.

    >>> possible_values(Decimal("63.2"))
    Span(low=Decimal('63.15'), high=Decimal('63.25'))
    >>> possible_values(Decimal(10), "<").high
    Decimal('10')
    """
    if operator in ("<", "≤"):
        return Span(-_INFINITY, printed)
    if operator in (">", "≥"):
        return Span(printed, _INFINITY)
    half = last_digit(printed) / 2
    if operator == "~":
        half = max(half, abs(printed) / 10)
    return Span(printed - half, printed + half)


def rounding(value: Decimal, printed: Decimal) -> Rounding:
    """Tell how an exact value, or one with more digits, relates to the figure printed for it.

    >>> [rounding(Decimal(value), Decimal(23)).name for value in ("22.8", "22.5", "22.4", "22")]
    ['NEAREST', 'TIE', 'LAST_DIGIT', 'WRONG']
    """
    unit, distance = last_digit(printed), abs(value - printed)
    if 2 * distance == unit:
        return Rounding.TIE
    if 2 * distance < unit:
        return Rounding.NEAREST
    return Rounding.LAST_DIGIT if distance < unit else Rounding.WRONG


def same_figure(one: Decimal, other: Decimal) -> Outcome:
    """Tell whether two printed figures agree: equal, or one is the other with fewer digits.

    >>> same_figure(Decimal(23), Decimal("22.8")).value, same_figure(Decimal(1), Decimal(2)).value
    ('consistent only by rounding', 'inconsistent')
    """
    if one == other:
        return Outcome.CONSISTENT
    fine, coarse = sorted((one, other), key=last_digit)
    if last_digit(fine) == last_digit(coarse):
        return Outcome.INCONSISTENT
    fits = rounding(fine, coarse).outcome is not Outcome.INCONSISTENT
    return Outcome.BY_ROUNDING if fits else Outcome.INCONSISTENT


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of several comparisons of one figure: the worst of them.

    >>> worst([Outcome.CONSISTENT, Outcome.NOT_ENOUGH, Outcome.BY_ROUNDING]).value
    'consistent only by rounding'
    """
    ranked = (Outcome.INCONSISTENT, Outcome.BY_ROUNDING, Outcome.CONSISTENT)
    reached = set(outcomes)
    return next((outcome for outcome in ranked if outcome in reached), Outcome.NOT_ENOUGH)


def last_digit(printed: Decimal) -> Decimal:
    """Return one unit of the last printed digit: 0.1 for 63.2.

    >>> last_digit(Decimal("63.2")), last_digit(Decimal(63))
    (Decimal('0.1'), Decimal('1'))
    """
    return Decimal(1).scaleb(int(printed.as_tuple().exponent))
