"""The anchor of a figure in a text: the labels of its row and column that lead to its cell alone.

Each anchor is tried with the same search that verifies claims, so that it leads there or is not
given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, Final

from kb.drafts.labels import MAX_LABEL
from kb.papers.entries import Form, entry
from kb.papers.from_source import SourceTable, label_text
from kb.papers.paper import Cell
from kb.sources.normalise import fold
from kb.sources.text import SourceText, TextError

_MAX_ABOVE: Final = 40
"""So many rows above are tried to tell a row from others of the same label."""
_MAX_PATH: Final = 4
_MAX_HEADINGS: Final = 12


class Anchors:
    """The anchors of the cells of one table."""

    def __init__(self, text: SourceText, source: SourceTable, labels: Sequence[int]) -> None:
        """Take a table, the text that it is in, and the columns that have labels of rows."""
        self.text, self.source, self.table = text, source, source.table
        self.labels = labels
        self._rows: dict[int, list[str]] = {}
        self._names: dict[int, str] = {}

    def cell(
        self, cells: Sequence[Cell], row: int, path: Sequence[str], header: Sequence[str] = ()
    ) -> dict[str, Any] | None:
        """Return ``row`` and ``column`` of one cell, or ``row`` of several in it; None if none.

        ``path`` has the labels of the row below its headings, ``header`` those of the column that
        have numbers, which its name needs too.
        """
        first = self.source.span(row, cells[0].column)
        last = self.source.span(row, cells[-1].column)
        if first is None or last is None:
            return None
        index = cells[0].column
        names: list[str | None] = [None]
        if len(cells) == 1:
            known = [*dict.fromkeys([*self._known(index), *self._columns(index)])]
            names = sorted(known, key=lambda one: not all(part in (one or "") for part in header))
        tries = list(self._tries(row, path, names))
        for labels, column in tries:
            span = self._span(labels, column)
            exact = span == (first.start, first.end)
            if exact if column else span and span[0] <= first.start and last.end <= span[1]:
                self._rows[row] = labels
                if column:
                    self._names[index] = column
                return _place(labels, column)
        for path_ in dict.fromkeys(tuple(labels) for labels, _ in tries):
            span = self._span(list(path_), None)
            if span and span[0] <= first.start and last.end <= span[1]:
                return _place(list(path_), None)
        return None

    def _known(self, column: int) -> Iterator[str]:
        yield from filter(None, (self._names.get(column),))

    def _tries(
        self, row: int, path: Sequence[str], names: Sequence[str | None]
    ) -> Iterator[tuple[list[str], str | None]]:
        """Yield anchors to try: what worked for this row and column first."""
        simple, others = self._simple(row, path), [*self._nested(row), *self._below(row)]
        yield from product(simple, names)
        yield from product(others, names[:1] if len(simple) > 1 or names[0] is None else names)

    def _simple(self, row: int, path: Sequence[str]) -> list[list[str]]:
        known = self._rows.get(row)
        paths = [known] if known else []
        if 1 < len(path) <= _MAX_PATH:
            paths.append(list(path))
        own = list(dict.fromkeys(self._labels(row)))
        if path and not own:  # a label alone names the row below it that has none
            paths += [list(path[-_MAX_PATH:]), [path[-1]]]
        paths += [[*path, form] for form in own if path and form not in path]  # "Grip", "12"
        paths += [[*path[-2:-1], form] for form in own if len(path) > 1]
        paths += [[heading, form] for heading in self._headings(row, path) for form in own]
        paths += [[form] for form in own]
        return [list(one) for one in dict.fromkeys(map(tuple, paths))]

    def _headings(self, row: int, path: Sequence[str]) -> list[str]:
        """Return the forms of the heading of a row: as printed, with the marks of footnotes."""
        above = range(row - 1, self.table.header_rows - 1, -1)
        named = (r for r in above if path[-2:-1] == [label_text(self.table.grid[r][0].text)])
        return [form for r in islice(named, 1) for form in self._labels(r)]

    def _span(self, path: list[str], column: str | None) -> tuple[int, int] | None:
        try:
            return self.text.cell_span(self.source.section, path, column)
        except TextError:
            return None

    def _labels(self, row: int) -> Iterator[str]:
        """Yield the forms of the labels of a row: without footnote marks, or with them."""
        spans = filter(None, (self.source.span(row, i) for i in self.labels))
        texts = [self.table.grid[row][i].text for i in self.labels]
        if not any(text.strip() for text in texts):  # a first interval stands for a label
            first = [text for cell in self.table.grid[row] if (text := cell.text.strip())][:1]
            texts = [text for text in first if entry(text).form is Form.BOUNDS]
        printed = (self.text.text[slice(*span)] for span in spans)  # with its exponents
        for text in (*texts, *printed):
            if any(map(str.isalnum, text)):
                for form in (label_text(text), " ".join(fold(text).text.split())):
                    if 0 < len(form) <= MAX_LABEL:
                        yield form

    def _nested(self, row: int) -> Iterator[list[str]]:
        """Yield paths that begin at a heading above and lead through the nearest heading.

        A heading is a row that has a label only.
        """
        body = range(row - 1, self.table.header_rows - 1, -1)
        alone = (r for r in body if not any(cell.text.strip() for cell in self.table.grid[r][1:]))
        labels = [form for r in alone for form in islice(self._labels(r), 1)]
        for own, outer in product(dict.fromkeys(self._labels(row)), labels[1:_MAX_HEADINGS]):
            yield [outer, labels[0], own]

    def _below(self, row: int) -> Iterator[list[str]]:
        """Yield paths that begin at a row above, the nearest first."""
        own = list(dict.fromkeys(self._labels(row)))
        first = max(self.table.header_rows, row - _MAX_ABOVE)
        for above in range(row - 1, first - 1, -1):
            for label, form in product(dict.fromkeys(self._labels(above)), own):
                yield [label, form]

    def _columns(self, column: int) -> Iterator[str]:
        """Yield names of a column: its own header, headers above it too, or its number."""
        path = [form for form in map(label_text, self.table.column_path(column)) if form]
        raw = [" ".join(fold(cell).text.split()) for cell in self.table.column_path(column)]
        parts = [path[:end] for end in range(2, len(path))]
        forms = [path[-1:], raw[-1:], *parts, path, raw, *([path[:1]] if len(path) < 2 else [])]
        ends = [p[-1:] for i in range(self.table.width) if (p := self.table.column_path(i))]
        if ends.count(self.table.column_path(column)[-1:]) > 1:
            forms = [path, raw, *forms]  # "Week 6 › P" beside "Week 18 › P"
        names = [" › ".join(form) for form in forms if form]
        yield from (name for name in [*names, str(column + 1)] if 0 < len(name) <= MAX_LABEL)


def _place(labels: list[str], column: str | None) -> dict[str, Any]:
    row = labels if len(labels) > 1 else labels[0]
    return {"row": row, "column": column} if column else {"row": row}
