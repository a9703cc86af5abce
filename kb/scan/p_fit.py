"""How far printed p-values may lie from computed ones, and how sure it is that one is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.rounding import Span, possible_values
from kb.scan.finding import Verdict
from kb.sources.numbers import Number

_LEAST: Final = Decimal("0.001")
_LEAST_SHOWN: Final = 0.0001
_MOST: Final = 0.7
_HALF: Final = 0.5
_ENOUGH: Final = 3
_FEW: Final = 2
_CHANGE: Final = re.compile(r"change|Δ|difference|reduction|increase|decrease", re.IGNORECASE)
_OTHER_TEST: Final = re.compile(
    r"(?<!un)(?<!un-)adjust|paired|within.(?:group|arm)|ancova|covarian|mixed|model|regress|trend|interact"
    r"|repeated|cluster|stratif|cochran|gee\b|estimating eq|imput|bonferroni|bootstrap|permut"
    r"|non-?inferior|equivalen|bayes|match|weighted",
    re.IGNORECASE,
)


def p_values_of(number: Number) -> Span | None:
    """Return the values that a printed p may have; None if it is not one.

    >>> from kb.papers.entries import entry
    >>> p_values_of(entry("<0.05").main).high, p_values_of(entry("1.7").main)
    (Decimal('0.05'), None)
    """
    if not 0 <= number.value <= 1 or "%" in number.text:
        return None
    span = possible_values(number.value, number.operator.replace("=", ""))
    if number.operator not in ("", "=") or number.value > _LEAST:
        return span
    # "0.000" and "0.0001" are printed for any p below; "0.0" is too coarse to judge.
    return Span(Decimal(0), span.high) if span.high <= 2 * _LEAST else None


def printed_p(number: Number) -> str:
    """Return a printed p with its sign, as a sentence names it.

    >>> from kb.papers.entries import entry
    >>> printed_p(entry("0.03").main), printed_p(entry("<0.05").main)
    ('= 0.03', '< 0.05')
    """
    return f"{number.operator or '='} {number.text}"


def shown_p(low: float, high: float | None = None) -> str:
    """Return a computed p, or a range of them, as papers print it.

    >>> shown_p(0.0342), shown_p(2.6e-09, 4.5e-09), shown_p(0.011, 0.0234)
    ('0.034', '<0.0001', '0.011 to 0.023')
    """
    ends = (
        "<0.0001" if p < _LEAST_SHOWN else f"{p:.2g}" for p in (low, low if high is None else high)
    )
    return " to ".join(dict.fromkeys(ends))


def names_change(text: str) -> bool:
    """Whether a text names a change or a difference.

    >>> names_change("Weight, change"), names_change("Weight")
    (True, False)
    """
    return _CHANGE.search(text) is not None


def names_other_test(text: str) -> bool:
    """Whether a text names a test or model that counts, or means and SDs, do not determine.

    >>> [names_other_test(text) for text in ("adjusted for age", "Unadjusted p", "t-test")]
    [True, False, False]
    """
    return _OTHER_TEST.search(text) is not None


@dataclass(frozen=True, slots=True)
class Limits:
    """Distances of a p, in standard errors, beyond which it is doubtful, and gross."""

    small: float
    gross: float
    strict: float | None = None
    """The first distance, if it is smaller where all others of the column fit."""


def verdict_in_column(
    distance: float, distances: Sequence[float], limits: Limits, *, other_test: bool
) -> Verdict | None:
    """Return how sure it is that a p is wrong, given how well all p's of its column fit.

    Where most fit, their test is the usual one, and one far away is wrong. Where few do, another
    test was used, and none is judged.

    >>> limits = Limits(0.3, 1.0)
    >>> verdict_in_column(1.4, [0, 0, 0, 0, 1.4], limits, other_test=False).value
    'inconsistent'
    >>> verdict_in_column(1.4, [1.4, 0.8, 2.0, 0], limits, other_test=False) is None
    True
    """
    fitting = sum(d <= 0 for d in distances)
    if fitting >= _ENOUGH and fitting >= _MOST * len(distances):
        if distance > limits.gross:
            return Verdict.INCONSISTENT
        is_lone = limits.strict is not None and fitting == len(distances) - 1 > _ENOUGH
        least = limits.strict if is_lone and limits.strict else limits.small
        return Verdict.DOUBTFUL if distance > least else None
    if other_test:
        return None
    if fitting >= max(_FEW, _HALF * len(distances)):
        return Verdict.DOUBTFUL if distance > limits.small else None
    return Verdict.DOUBTFUL if len(distances) <= _FEW and distance > limits.gross else None
