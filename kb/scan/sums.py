"""Counts in a row or column of a table that may add up to the total printed beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kb.checks.discrepancy import Outcome
from kb.checks.parts import adds_up
from kb.papers.entries import Form
from kb.papers.reading import TableFigure
from kb.papers.statistic import Centre

_COUNTED: Final = (None, Centre.COUNT, Centre.SIZE)
_CHANCE: Final = 4
"""Totals up to here equal a sum by chance: they do not show that the parts belong to them."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and the parts that may add up to it."""

    total: TableFigure
    parts: tuple[TableFigure, ...]

    @property
    def sizes(self) -> list[int]:
        """The counts of the parts."""
        return [part.count or 0 for part in self.parts]

    @property
    def fits(self) -> bool:
        """Whether the parts add up to the total."""
        return adds_up(self.sizes, self.total.count or 0) is Outcome.CONSISTENT

    @property
    def is_evidence(self) -> bool:
        """Whether the parts add up to the total, and hardly by chance."""
        several = sum(map(bool, self.sizes)) > 1
        return self.fits and several and (self.total.count or 0) > _CHANCE

    @property
    def computed(self) -> str:
        """The arithmetic: "3 + 4 = 7, total 8"."""
        return f"{' + '.join(map(str, self.sizes))} = {sum(self.sizes)}, total {self.total.count}"

    @property
    def printed(self) -> tuple[str, ...]:
        """The parts and the total as printed."""
        return tuple(figure.text for figure in (*self.parts, self.total))


def is_whole(figure: TableFigure) -> bool:
    """Whether a figure is, or may be, a count: a whole number that no label calls anything else."""
    if figure.count is None:
        return False
    is_plain = figure.entry.form is Form.NUMBER and figure.statistic.centre in _COUNTED
    return figure.is_count or is_plain or figure.share is not None
