"""The scales of plots: from values to places, with round ticks; those of d3, by detroit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log10
from typing import Any, Final

from kb.errors import UnavailableError

SMALLEST, LARGEST, PLAIN = 4.5, 13.0, 8.0
"""The sides of the squares of the smallest and the largest group, and of one of unknown size."""
SHARE: Final = "share"
LOG: Final = "log"


@dataclass(frozen=True)
class Scale:
    """A scale with the places of its two ends."""

    kind: str
    left: float
    right: float
    of: Any

    @classmethod
    def over(cls, kind: str, values: Iterable[float], ends: tuple[float, float]) -> Scale:
        """Make a scale for values: all of 0 to 100 for shares, from 0 for what has a zero.

        A scale of ratios is logarithmic and shows 1 and both sides of it.
        """
        d3 = _detroit()
        ordered = sorted(values)
        if kind == LOG:
            low, high = min([0.5, *(v for v in ordered if v > 0)]), max([2.0, *ordered])
            made = d3.scale_log().set_domain([low / 1.08, high * 1.08])
        elif kind == SHARE:
            made = d3.scale_linear().set_domain([0, 100])
        else:
            low, high = min([0.0, *ordered]), max([1.0, *ordered])
            made = d3.scale_linear().set_domain([low, high]).nice()
        return cls(kind, *ends, made.set_range(list(ends)))

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return round(float(self.of(value)), 1)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield places and texts of round values."""
        for tick in self.of.ticks(6):
            if self.kind != LOG or _is_round(tick):
                yield self(tick), f"{tick:g}"


def side_of(people: int | None, most: int) -> float:
    """Return the side of the square whose area grows with the number of people.

    >>> side_of(None, 100), side_of(100, 100), side_of(25, 100)
    (8.0, 13.0, 6.5)
    """
    if people is None or most <= 0:
        return PLAIN
    root = _detroit().scale_sqrt().set_domain([0, most]).set_range([0, LARGEST])
    return round(max(SMALLEST, float(root(people))), 1)


def _is_round(tick: float) -> bool:
    """A logarithmic scale is labelled at 1, 2 and 5 of each decade."""
    return round(tick / 10 ** (log10(tick) // 1)) in (1, 2, 5)


def _detroit() -> Any:
    try:
        import detroit
    except ImportError as error:
        raise UnavailableError("plots need detroit: pip install 'kb-evidence[site]'") from error
    return detroit
