"""The labels of the rows of a table: headings, columns of labels, columns that number weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Final

from kb.papers.entries import Form
from kb.papers.from_source import label_text
from kb.papers.paper import Table
from kb.papers.reading import ColumnKind, TableReading
from kb.papers.statistic import Centre, declared

_TIME_HEADER: Final = re.compile(
    r"^(?:follow[- ]?up )?\(?(?:time|hours?|days?|weeks?|months?|years?|visits?)\b", re.IGNORECASE
)


class RowLabels:
    """The labels of the rows of one table.

    >>> from kb.papers.paper import Cell
    >>> lines = (("", "Drug", "P value"), ("Home ban", "", "0.03"), ("Full", "78", ""))
    >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(lines))
    >>> rows = RowLabels(TableReading(Table("Table 1", "Table 1", "", grid, header_rows=1)))
    >>> rows.columns, rows.path(2)
    ([0], ['Home ban', 'Full'])
    """

    def __init__(self, reading: TableReading) -> None:
        """Take a table and what its columns are."""
        self.reading = reading
        self.table: Table = reading.table

    @cached_property
    def columns(self) -> list[int]:
        """The columns that have labels of rows and no figures."""
        columns = self.reading.columns
        figures = [c.index for c in columns if c.kind is not ColumnKind.LABEL]
        first = min([i for i in figures if i not in self.times], default=len(columns))
        kinds = (c.index for c in columns[:first] if c.kind is ColumnKind.LABEL)
        bare = takewhile(lambda c: not any(map(label_text, c.path)), columns[1:])
        return sorted({0, *kinds, *self.times, *(c.index for c in bare)})

    @cached_property
    def times(self) -> dict[int, str]:
        """The header of each column that numbers weeks or the like: "Follow-up weeks"."""
        table = self.table
        found = {}
        for column in self.reading.columns[1:]:
            header = " ".join(map(label_text, column.path))
            cells = [label_text(row[column.index].text) for row in table.body]
            filled = [cell for cell in cells if cell]
            if _TIME_HEADER.search(header) and sum(map(str.isdigit, filled)) > len(filled) / 2:
                found[column.index] = header
        return found

    def path(self, row: int) -> list[str]:
        """Return the labels of a row: its headings, its own, and those of further columns."""
        table = self.table
        others = [i for i in self.columns if i]
        path = self._without_ended(row)
        cells = [(i, table.grid[row][i].text.strip()) for i in others]
        if not table.grid[row][0].text.strip() and any(text for _, text in cells):
            path = self._beside(row, path)
        elif heading := self._headings_with_p.get(row):
            path.insert(len(path) - 1, heading)
        timed = self.times if self.time(row) else {}
        path += [text for i, text in cells if text and i not in timed]
        return [label for label in map(label_text, dict.fromkeys(path)) if label]

    def _beside(self, row: int, path: Sequence[str]) -> list[str]:
        """Return the path to a label in a further column: the last label left of it is nearest.

        That one ends a heading whose own labels stand in the further column too.
        """
        grid, first = self.table.grid, self.table.header_rows
        above = next((r for r in range(row - 1, first - 1, -1) if grid[r][0].text.strip()), None)
        if above is None:
            return list(path)
        text = grid[above][0].text.strip()
        if path and text != path[-1] and self._is_beside(path[-1], row):
            path = path[:-1]
        return [*path, text]

    def _is_beside(self, heading: str, row: int) -> bool:
        below = next(self._below(heading, row), row)
        return below < row and not self.table.grid[below][0].text.strip()

    @cached_property
    def headings(self) -> frozenset[str]:
        """The labels of the rows that have a label and nothing else."""
        rows = (row for row in self.table.body if not any(cell.text.strip() for cell in row[1:]))
        return frozenset(filter(None, (label_text(row[0].text) for row in rows)))

    def _without_ended(self, row: int) -> list[str]:
        """Return the labels of a row below its headings, but for those that have ended.

        A table may not indent, so a heading ends at the first row that declares a statistic
        other than its own: "Weight, mean (SD)" is not a part of "Sex, n (%)"; so does one whose
        first row counts at the first row that does not.
        """
        path = list(self.table.row_path(row))
        while len(path) > 1 and any(self._ends(path[-2], r) for r in self._below(path[-2], row)):
            del path[-2]
        return path

    def _below(self, heading: str, row: int) -> Iterator[int]:
        """Yield the rows from below the nearest heading of this label down to a row."""
        above = range(row, self.table.header_rows - 1, -1)
        start = next((r for r in above if self.table.grid[r][0].text.strip() == heading), row)
        yield from range(start + 1, row + 1)

    def _ends(self, heading: str, row: int) -> bool:
        own, outer = declared(self.reading.label(row)), declared(heading)
        if own.centre is not None and outer.centre is not None and own != outer:
            return True
        first = next(self._below(heading, row), row)
        is_flat = self.table.grid[first][0].indent <= self._indent(heading, row)
        return is_flat and self._counts(first) and not self._counts(row)

    def _indent(self, heading: str, row: int) -> int:
        start = next(self._below(heading, row), row) - 1
        return self.table.grid[start][0].indent

    def _counts(self, row: int) -> bool:
        """Whether the figures of a row are counts or percentages, as those of categories are."""
        figures = self.reading.rows.get(row, [])
        people = [f for f in figures if f.column.kind in (ColumnKind.GROUP, ColumnKind.TOTAL)]
        measured = (Centre.MEAN, Centre.MEDIAN)
        return not any(
            f.statistic.centre in measured or f.entry.form in (Form.PLUS_MINUS, Form.WITH_BOUNDS)
            for f in people
        )

    @cached_property
    def _headings_with_p(self) -> dict[int, str]:
        """The heading of each row below one that has a label and a p-value only.

        It ends at the next row with a p-value of its own.
        """
        table, kinds = self.table, {c.index: c.kind for c in self.reading.columns}
        heading, found = "", {}
        for row in range(table.header_rows, len(table.grid)):
            filled = {c.column for c in table.grid[row][1:] if c.text.strip()}
            if filled and all(kinds[i] is ColumnKind.P for i in filled):
                heading = table.grid[row][0].text
            elif not filled or any(kinds[i] is ColumnKind.P for i in filled):
                heading = ""
            elif heading:
                found[row] = heading
        return found

    def time(self, row: int) -> str:
        """Return the time that a column of times has in a row, if its header names the unit."""
        for index, header in self.times.items():
            number = label_text(self.table.grid[row][index].text)
            unit = re.search(r"\b(hour|day|week|month|year)", header.lower())
            if unit and number == "0":
                return "at baseline"
            if unit and number.isdigit():
                return f"at {number} {unit[1]}s"
        return ""
