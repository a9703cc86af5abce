"""What a table leaves unclear: figures that would be drafted wrongly, so they are not drafted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.drafts.columns import ColumnRole
from kb.drafts.labels import is_statistic
from kb.papers.entries import Form
from kb.papers.from_source import label_text
from kb.papers.reading import Column, ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread, declared

_EXTREME: Final = re.compile(r"(?:min|max)(?:imum)?\.?(?: (?:values?|scores?))?", re.IGNORECASE)
_SPREADS: Final = (Spread.SD, Spread.SE, Spread.IQR, Spread.RANGE)
_COUNTED: Final = re.compile(r"[nN] ?/ ?[nN]\b|\b[nN]o\.? ?/")


@dataclass
class Unclear:
    """The reasons why figures of one table are not drafted."""

    reading: TableReading

    def why(self, figure: TableFigure, role: ColumnRole, labels: Sequence[str]) -> str:
        """Return why a figure below some labels is not drafted, or ""."""
        printed = labels[-1] if labels else ""
        reasons = (
            (role.is_of_test, "a statistic of a test"),
            (any(map(_EXTREME.fullmatch, role.column.path)), "the least or greatest value"),
            (
                role.has_people
                and "/" in _COUNTED.sub("", _header(role))
                and _is_ratio(figure, "/"),
                "two counts of which neither is a part of the other",
            ),
            (self._is_repeated(figure), "two columns have the same header"),
            (self._is_spread(figure, printed), "a spread that stands apart from its figure"),
            (_is_ratio(figure, printed), "two counts of which neither is a part of the other"),
            (
                role.has_people and self._has_effects and _is_bare(figure),
                "the caption declares effects, and no column names their groups",
            ),
        )
        return next((reason for holds, reason in reasons if holds), "")

    def _is_repeated(self, figure: TableFigure) -> bool:
        path = figure.column.path
        return sum(column.path == path for column in self._with_figures) > 1

    @cached_property
    def _with_figures(self) -> list[Column]:
        found = {figure.column.index for figure in self.reading.figures}
        return [column for column in self.reading.columns if column.index in found]

    def _is_spread(self, figure: TableFigure, printed: str) -> bool:
        """Whether a label or the last header names a spread, and nothing else."""
        if figure.entry.form is not Form.NUMBER:
            return False
        if declared(printed).spread in (Spread.SD, Spread.SE) and self._is_below_mean(figure.row):
            return False
        names = [printed, *map(label_text, figure.column.path[-1:])]
        found = (declared(name) for name in names if is_statistic(name))
        return any(one.spread in _SPREADS and one.centre is None for one in found)

    def _is_below_mean(self, row: int) -> bool:
        """Whether the row above is the mean of the same heading."""
        above, own = (self.reading.table.row_path(one) for one in (row - 1, row))
        is_mean = bool(above) and declared(above[-1]).centre is Centre.MEAN
        return is_mean and is_statistic(above[-1]) and above[:-1] == own[:-1]

    @cached_property
    def _has_effects(self) -> bool:
        """Whether only the caption says that figures are effects."""
        columns, table = self.reading.columns, self.reading.table
        if any(c.size or c.kind is ColumnKind.EFFECT for c in columns):
            return False
        centres = (declared(part).centre for part in re.split("[.;,]", table.caption))
        return any(c is not None and (c.is_ratio or c is Centre.COEFFICIENT) for c in centres)


def _header(role: ColumnRole) -> str:
    return " ".join(map(label_text, role.column.path))


def _is_ratio(figure: TableFigure, printed: str) -> bool:
    return figure.entry.form is Form.RATIO and "/" in _COUNTED.sub("", printed)


def _is_bare(figure: TableFigure) -> bool:
    forms = (Form.NUMBER, Form.WITH_BOUNDS, Form.BOUNDS)
    return figure.statistic.centre is None and figure.entry.form in forms
