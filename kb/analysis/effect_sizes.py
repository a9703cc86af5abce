"""An effect and its variance, from counts: the rows of a meta-analysis and their formulas.

The formulas are those of the function ``escalc`` of the R package metafor, with its defaults: where
a cell of counts is 0, 1/2 is added to every cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Final, Literal

from kb.analysis.intervals import name_of
from kb.model import Claim, Group

Ratio = Literal["RR", "OR", "RD"]
"""How two proportions are compared: risk ratio, odds ratio, or risk difference."""

_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of one arm: the printed estimate, and what a standard error comes from.

    ``reason`` tells why there is no ``yi``.
    """

    claims: tuple[Claim, ...]
    statistic: str
    n: int | None = None
    events: int | None = None
    mean: float | None = None
    sd: float | None = None
    effect: str = ""
    yi: float | None = None
    vi: float | None = None
    derivation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One row: an arm, or the contrast of an arm with another.

    ``chosen``: the row stands for its study; else another row has the same arm or contrast, of
    another analysis set, data cut or source.
    """

    group: Group
    one: Summary
    comparator: Group | None = None
    two: Summary | None = None
    analysis_set: str = ""
    chosen: bool = True

    @property
    def claim(self) -> Claim:
        """The first claim that the row is derived from."""
        return self.one.claims[0]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims that the row is derived from, each once."""
        both = (*self.one.claims, *(self.two.claims if self.two else ()))
        return tuple({name_of(claim): claim for claim in both}.values())


def proportion(number: int, of: int) -> tuple[float, float]:
    """Return the log odds of a proportion, and its variance: ``PLO`` of metafor.

    >>> [round(x, 4) for x in proportion(0, 20)]
    [-3.7136, 2.0488]
    """
    cells = number + 0.0, of - number + 0.0
    if 0 in cells:
        cells = cells[0] + _HALF, cells[1] + _HALF
    return log(cells[0] / cells[1]), 1 / cells[0] + 1 / cells[1]


def contrast_of_counts(
    one: tuple[int, int], two: tuple[int, int], measure: Ratio
) -> tuple[float, float]:
    """Return the effect of the first arm against the second, each events and n, and its variance.

    Ratios are logarithms.

    >>> [round(x, 4) for x in contrast_of_counts((4, 123), (11, 139), "RR")]
    [-0.8893, 0.3256]
    """
    a, b, c, d = one[0] + 0.0, one[1] - one[0] + 0.0, two[0] + 0.0, two[1] - two[0] + 0.0
    if 0 in (a, b, c, d):
        a, b, c, d = (cell + _HALF for cell in (a, b, c, d))
    n, m = a + b, c + d
    if measure == "OR":
        return log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    if measure == "RR":
        return log(a / n) - log(c / m), 1 / a - 1 / n + 1 / c - 1 / m
    p, q = a / n, c / m
    return p - q, p * (1 - p) / n + q * (1 - q) / m
