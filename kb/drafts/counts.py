"""Which whole numbers of a table are counts, where no label declares it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from kb.drafts.implied_sizes import percentages_of_one_size
from kb.drafts.labels import EndpointNames, is_statistic
from kb.drafts.rows import RowLabels
from kb.papers.entries import Form, whole
from kb.papers.from_source import label_text
from kb.papers.reading import PEOPLE, Column, ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread
from kb.sources.sizes import printed_size
from kb.util.grouping import group_by

_OF_PEOPLE: Final = re.compile(r"^(?:[nN]|[nN]o\.|[nN]umber(?: of)?) [a-zA-Z]")
_NUMBER_OF: Final = re.compile(
    r"\b(?:numbers?|nos?\.?|n) of (?:[\w-]+ ){0,2}(?:patients|participants|subjects|people|persons"
    r"|individuals|women|men|children|infants|cases|deaths|students|carriers|adults)\b",
    re.IGNORECASE,
)
_MEASURED: Final = re.compile(
    r"\b(?:ages?|aged|scores?|scale|durations?|time|length|index|rates?|levels?|mean|median|dose"
    r"|doses|per|costs?|days|weeks|months|years|hours|minutes|average|weight|height)\b|[%$€£]",
    re.IGNORECASE,
)
"""Words of a label whose whole numbers may be measurements."""
_PEOPLE: Final = re.compile(
    r"(?:total |all )?(?:(?:no\.?|number) (?:of )?)?(?:patients|participants|subjects|people)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[,(] ?(?:n|no\.?|number)\)?:?$")
_CAPTION: Final = re.compile(
    r"\b(?:numbers?|nos?\.?) (?:\(%\) )?of (?:participants|patients|people|subjects|persons)\b",
    re.IGNORECASE,
)
_SPREADS: Final = (Spread.SD, Spread.SE, Spread.IQR, Spread.CI)
_WITH_N: Final = re.compile(r"[nN] ?= ?[0-9]")
_SEVERAL: Final = 5
_CLOSE: Final = Decimal("0.8")
"""In percentage points: a few people may be missing."""
_MEASURES: Final = (Centre.MEAN, Centre.MEDIAN)


@dataclass
class Counts:
    """The counts of one table, and its columns of numbers of people."""

    reading: TableReading
    rows: RowLabels
    names: EndpointNames

    def is_count(self, figure: TableFigure) -> bool:
        """Whether a whole number counts: its header, a note or the sum of its block says so."""
        if whole(figure.entry.main) is None:
            return False
        if _WITH_N.match(figure.text) or self._is_share(figure):
            return True
        if figure.statistic.centre is not None:
            return False
        if figure.entry.form is Form.PAIR:
            is_of_row = figure.row in self._of_one_size
            return is_of_row or (figure.row, figure.column.index) in self._summed
        if figure.entry.form is not Form.NUMBER:
            return False
        header = label_text(figure.column.path[-1]) if figure.column.path else ""
        path = self.rows.path(figure.row)
        is_named = _OF_PEOPLE.search(header) is not None or self._only_counts
        is_named = is_named or (self._is_of_people and self._may_be_people(figure.row))
        is_named = is_named or any(map(_NUMBER.search, path))
        of_people = any(map(_NUMBER_OF.search, (*path, header)))
        is_named = is_named or (of_people and not _MEASURED.search(path[-1]))
        is_named = is_named and not self.names.unit(path[-1:])
        is_summed = (figure.row, figure.column.index) in self._summed
        return is_named or is_summed or figure.row in self._counted

    @cached_property
    def _counted(self) -> frozenset[int]:
        """The rows of bare whole numbers of a table whose other figures are all declared.

        None is above the size of its column, and no label has a unit or a word of measurements.
        """
        rows = self.reading.rows
        bare = {row for row in rows if (own := self._of_people(row)) and all(map(_is_open, own))}
        if len(bare) == len(rows) or not all(self._may_count(row) for row in bare):
            return frozenset()
        return frozenset(row for row in bare if not self._is_measured(row))

    def _of_people(self, row: int) -> list[TableFigure]:
        """Return the figures of a row in the columns whose number of people is printed."""
        return [f for f in self.reading.rows[row] if f.column.index in self._sizes]

    def _may_count(self, row: int) -> bool:
        """Whether a row has whole numbers, of columns with at least so many people."""
        return all(
            (number := whole(one.entry.main)) is not None
            and number <= self._sizes[one.column.index]
            for one in self._of_people(row)
        )

    def size(self, column: Column) -> int | None:
        """Return the number of people of a column, by its header or by a row of sizes."""
        return column.size or self._sizes.get(column.index)

    @cached_property
    def _sizes(self) -> dict[int, int]:
        """The number of people of each column, by its header or by a row of sizes."""
        people = [c for c in self.reading.columns if c.kind in PEOPLE]
        found = {column.index: column.size for column in people if column.size}
        for row in self.reading.size_rows[:1]:
            for figure in self.reading.rows.get(row, []):
                number = whole(figure.entry.main)
                if number is not None and figure.column in people:
                    found.setdefault(figure.column.index, number)
        return found

    def _is_measured(self, row: int) -> bool:
        """Whether the labels of a row have a unit, a word or an endpoint of measurements."""
        path = self.rows.path(row)
        endpoints = filter(None, map(self.names.endpoint, path))
        return (
            bool(self.names.unit(path))
            or any(map(_MEASURED.search, path))
            or any(map(self.names.is_measured, endpoints))
        )

    def _is_share(self, figure: TableFigure) -> bool:
        """Whether columns "Mean" and "SD" hold counts with their percentages of the caption's n."""
        return (figure.row, figure.column.index) in self._shares

    @cached_property
    def _shares(self) -> frozenset[tuple[int, int]]:
        size = printed_size(self.reading.table.caption)
        means = [f for f in self.reading.figures if f.statistic.centre is Centre.MEAN]
        fits = [f for f in means if size and _is_percentage(f, size)]
        found = means if len(fits) >= _SEVERAL else []
        return frozenset((f.row, f.column.index) for f in found)

    def is_size(self, figure: TableFigure) -> bool:
        """Whether a figure is the number of people of the figures beside it."""
        column = figure.column
        beside = [c for c in self.reading.columns if c.path[:-1] == column.path[:-1]]
        number = whole(figure.entry.main)
        if len(figure.cells) > 1 or number is None:
            return False
        if figure.statistic.centre is Centre.SIZE:
            measures = (c.statistic for c in beside if c.statistic.centre is not Centre.SHARE)
            is_beside = any(one.centre in _MEASURES or one.spread in _SPREADS for one in measures)
            return is_beside or self._is_above_measures(figure)
        if len(column.path) < 2 or not _PEOPLE.fullmatch(label_text(column.path[-1])):
            return False
        row = self.reading.rows[figure.row]
        others = [one.count for one in row if one.column in beside and one is not figure]
        return bool(others) and all(one is None or one <= number for one in others)

    def _is_above_measures(self, figure: TableFigure) -> bool:
        """Whether a row "n" shares its heading with means or medians of the same column."""
        path = self.reading.table.row_path(figure.row)
        if len(path) < 2 or not is_statistic(path[-1]):
            return False
        return any(
            one.statistic.centre in _MEASURES
            and self.reading.table.row_path(one.row)[:-1] == path[:-1]
            for one in self.reading.figures
            if one.column.index == figure.column.index
        )

    @cached_property
    def _is_of_people(self) -> bool:
        """Whether the caption or the header above the labels says that people are counted."""
        labels = (c.path for c in self.reading.columns if c.kind is ColumnKind.LABEL)
        texts = (self.reading.table.caption, *(part for path in labels for part in path))
        return any(map(_CAPTION.search, texts))

    def _may_be_people(self, row: int) -> bool:
        """Whether a row may count people: no label measures, none is above its column's size."""
        return self._may_count(row) and not self._is_measured(row)

    @cached_property
    def _only_counts(self) -> bool:
        """Whether all that notes declare are counts, alone or with percentages."""
        around = self.reading.around
        return bool(around) and all(one.spread is Spread.SHARE for one in around)

    @cached_property
    def _summed(self) -> frozenset[tuple[int, int]]:
        """The row and column of the figures that add up to the size that their header prints."""
        found: set[tuple[int, int]] = set()
        for column in self.reading.columns:
            size = self._sizes.get(column.index)
            if size and column.kind in PEOPLE:
                for block in self._blocks(column):
                    numbers = [whole(one.entry.main) for one in block]
                    if len(block) > 1 and sum(n or 0 for n in numbers) == size:
                        found |= {(one.row, column.index) for one in block}
        return frozenset(found)

    @cached_property
    def _of_one_size(self) -> frozenset[int]:
        """The rows in which a pair is a percentage of the number of people of its column."""
        columns = group_by(self.reading.figures, key=lambda figure: figure.column.index)
        fits = (one for own in columns.values() for one in percentages_of_one_size(own))
        return frozenset(one.row for one in fits)

    def _blocks(self, column: Column) -> Iterator[Sequence[TableFigure]]:
        """Yield the figures of a column below each heading."""
        figures = [f for f in self.reading.figures if f.column.index == column.index]
        headed = [f for f in figures if len(self.rows.path(f.row)) > 1]
        yield from group_by(headed, key=lambda f: tuple(self.rows.path(f.row)[:-1])).values()


def _is_open(figure: TableFigure) -> bool:
    """Whether it is one number that no label declares anything of."""
    return figure.entry.form is Form.NUMBER and figure.statistic.centre is None


def _is_percentage(figure: TableFigure, size: int) -> bool:
    """Whether the figure behind a count is its percentage of so many people."""
    count, second = whole(figure.entry.main), figure.entry.second
    if count is None or second is None or count > size:
        return False
    return abs(100 * Decimal(count) / size - second.value) < _CLOSE
