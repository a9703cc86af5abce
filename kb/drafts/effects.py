"""Tables whose caption says what all their figures are: "Crude odds ratios", "coefficients".

Their columns are outcomes, models or times, and none says that it has effects.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from kb.papers.entries import Entry, Form, entry, whole
from kb.papers.from_source import label_text
from kb.papers.paper import Cell
from kb.papers.reading import PEOPLE, Column, ColumnKind, TableReading
from kb.papers.statistic import Centre, Spread, Statistic, declared

_CLAUSE: Final = re.compile(r"[.;,()]| and | or ")
_EXCEPT: Final = re.compile(r"\b(?:except|unless|otherwise)\b", re.IGNORECASE)
_EXCEPTION: Final = re.compile(
    r",? except (?:for )?(?P<label>[^.,;()]{1,60}),? which (?:are|is) (?P<other>[^.;,()]+)",
    re.IGNORECASE,
)
_P: Final = re.compile(r"p[- –]?(?:values?)?", re.IGNORECASE)
_LOW: Final = re.compile(r"(?:.*\bCI,? )?(?:lower(?: (?:limit|bound))?|low|LL)", re.IGNORECASE)
_HIGH: Final = re.compile(r"(?:.*\bCI,? )?(?:upper(?: (?:limit|bound))?|high|UL)", re.IGNORECASE)
_ESTIMATE_AND_LIMITS: Final = 3
_P_CELL: Final = re.compile(r"[pP](?:[- –]?values?)?\s?[=<>≤≥]")
_FIGURE: Final = re.compile(r"[-−–(]?[0-9]")
_SIZE: Final = re.compile(r"(?:^|, )[nN]$")
_BARE: Final = (Form.NUMBER, Form.BOUNDS, Form.WITH_BOUNDS, Form.OTHER)


class EffectReading(TableReading):
    """A table read with the effect that its caption declares of columns that declare nothing.

    >>> from kb.papers.paper import Cell, Table
    >>> lines = (("", "Recall", "Speed"), ("Age", "0.61", "1.32"), ("Sex", "0.9", "1.1"))
    >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(lines))
    >>> table = Table("Table 1", "Table 1", "Odds ratios of good scores", grid, header_rows=1)
    >>> [column.kind.value for column in EffectReading(table).columns]
    ['label', 'effect', 'effect']
    """

    @cached_property
    def captioned(self) -> frozenset[int]:
        """The columns whose figures are the effects of the caption."""
        if (effect := self._effect) is None:
            return frozenset()
        return frozenset(
            one.index
            for one in self._declared
            if one.kind is ColumnKind.GROUP
            and one.statistic.centre is None
            and not one.size
            and self._may_be(one.index, effect)
        )

    @cached_property
    def _effect(self) -> Statistic | None:
        return effect_of_all(_EXCEPTION.sub("", self.table.caption))

    @cached_property
    def _declared(self) -> tuple[Column, ...]:
        """The columns as their headers declare them."""
        return self._as_declared()

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns, as headers and caption declare them."""
        return tuple(map(self._as_captioned, self._declared))

    def _as_captioned(self, column: Column) -> Column:
        if column.index in self.captioned and self._effect:
            named = column.statistic.within(self._effect)
            return replace(column, kind=ColumnKind.EFFECT, group="", statistic=named)
        if _is_part(column, self._declared):  # "Combined" is a group
            return replace(column, kind=ColumnKind.GROUP, group=column.path[-1])
        return column

    def _in_row(self, column: Column, row: int) -> Column:
        """Return a column as it is in one row: of p-values, or of numbers of people."""
        label = self.label(row)
        if column.kind in (*PEOPLE, ColumnKind.EFFECT) and _P.fullmatch(label):
            return replace(column, kind=ColumnKind.P, statistic=declared(label))
        if column.index not in self.captioned:
            return column
        if _SIZE.search(label):
            return replace(column, kind=ColumnKind.GROUP, statistic=Statistic(Centre.COUNT))
        own = self._exceptional(row) or column.statistic
        return replace(column, statistic=replace(own, level=declared(label).level or own.level))

    def _in_cell(self, column: Column, print_: Entry) -> Column:
        """Return a column as it is in a cell that prints its statistic: "P = 0.45", "HR 0.6"."""
        printed = label_text(print_.text)
        if column.kind not in (*PEOPLE, ColumnKind.EFFECT) or not printed[:1].isalpha():
            return column
        if _P_CELL.match(printed):
            return replace(column, kind=ColumnKind.P, statistic=Statistic(Centre.P))
        own = declared(_FIGURE.split(printed)[0].strip(" =:,("))
        if own.centre is None or print_.form not in (Form.NUMBER, Form.WITH_BOUNDS):
            return column
        if own.centre.is_effect:
            named = own.within(replace(column.statistic, centre=None))
            return replace(column, kind=ColumnKind.EFFECT, statistic=named)
        return replace(column, statistic=own) if own.centre is Centre.CORRELATION else column

    def _joined(self, row: int, column: Column, print_: Entry) -> tuple[Cell, ...]:
        """Return a cell with those that belong to it: two columns may be the limits of its CI."""
        limits = self.table.grid[row][column.index + 1 : column.index + 3]
        is_one = print_.form in (Form.NUMBER, Form.SHARE)
        is_interval = is_one and self._are_limits(column.index + 1)
        forms = {entry(cell.text, decimal_comma=self._comma).form for cell in limits}
        if is_interval and forms == {print_.form} and limits[0] is not limits[1]:
            return (self.table.grid[row][column.index], *limits)
        return super()._joined(row, column, print_)

    def _join(self, cells: Sequence[Cell], first: Entry) -> Entry:
        if len(cells) == _ESTIMATE_AND_LIMITS:
            level = self.columns[cells[1].column].statistic.level
            name = f"{level:f}% CI" if level else "CI"
            low, high = (cell.text.strip(" ()[],;") for cell in cells[1:])
            return entry(f"{first.text} ({name} {low} to {high})", decimal_comma=self._comma)
        return super()._join(cells, first)

    def _are_limits(self, index: int) -> bool:
        """Whether a column and the next have the limits of the interval that their header names."""
        if index + 1 >= len(self.columns):
            return False
        low, high = self.columns[index], self.columns[index + 1]
        headers = [self.table.grid[self.table.header_rows - 1][c.index] for c in (low, high)]
        is_one = low.path == high.path and headers[0] is headers[1]
        named = (low.path[-1:], high.path[-1:])
        is_named = bool(low.path) and all(
            name and pattern.fullmatch(name[0])
            for name, pattern in zip(named, (_LOW, _HIGH), strict=True)
        )
        bare = low.statistic.spread is Spread.CI and declared(low.path[0]).centre in (
            None,
            low.statistic.centre,
        )
        return self.table.header_rows > 0 and bare and (is_one or is_named)

    def _exceptional(self, row: int) -> Statistic | None:
        """Return the effect of a row that the caption excepts: "except CPG, which are ORs"."""
        found = _EXCEPTION.search(self.table.caption)
        is_excepted = found is not None and found["label"].strip() in self.table.row_path(row)
        return effect_of_all(found["other"]) if found and is_excepted else None

    def _may_be(self, index: int, effect: Statistic) -> bool:
        """Whether the figures of a column have the form of effects: no percentages, no counts."""
        cells = (
            row[index].text for row in self.table.body if any(map(str.isdigit, row[index].text))
        )
        found = [entry(text, decimal_comma=self._comma) for text in cells]
        numbers = [one for one in found if one.form is not Form.BOUNDS and one.main]
        is_signed = any(one.main and one.main.value < 0 for one in numbers)
        is_ratio = effect.centre is not None and effect.centre.is_ratio
        return (
            all(one.form in _BARE for one in found)
            and any(whole(one.main) is None for one in numbers)
            and not (is_ratio and is_signed)
        )


def effect_of_all(caption: str) -> Statistic | None:
    """Return the one ratio or coefficient that a caption declares, or None.

    >>> effect_of_all("Adjusted odds ratios with 95% CI").centre.value
    'odds ratio'
    """
    if _EXCEPT.search(caption):
        return None
    found = [declared(clause.strip()) for clause in _CLAUSE.split(caption)]
    effects = [
        s for s in found if s.centre and (s.centre.is_ratio or s.centre is Centre.COEFFICIENT)
    ]
    if len({one.centre for one in effects}) != 1:
        return None
    intervals = [one for one in found if one.spread is Spread.CI]
    level = intervals[0].level if intervals else None
    spread = Spread.CI if intervals else None
    adjusted = any(one.adjusted for one in effects)
    return Statistic(effects[0].centre, spread, level, adjusted=adjusted)


def _is_part(column: Column, columns: Sequence[Column]) -> bool:
    """Whether a column of totals has fewer people than another one below the same headers."""
    alike = [one for one in columns if one.path[1:] == column.path[1:]] if column.path[1:] else []
    sizes = [one.size for one in alike or columns if one.size]
    return column.kind is ColumnKind.TOTAL and 0 < (column.size or 0) < max(sizes, default=0)
