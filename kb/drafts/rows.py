"""The labels of the rows of a table: headings, columns of labels, columns that number weeks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import takewhile
from typing import Final

from kb.drafts.labels import is_statistic
from kb.drafts.statistic_rows import rows_gone_on_from
from kb.drafts.times import is_change, is_moment, is_number, time_of
from kb.papers.entries import Form
from kb.papers.from_source import label_text
from kb.papers.paper import Table
from kb.papers.reading import PEOPLE, ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread, Statistic, declared
from kb.sources.tables import TIMES_BELOW

_UNIT_OF_TIME: Final = re.compile(r"\b(hour|hrs?\b|day|week|month|year)")
_UNIT_ONLY: Final = re.compile(r"\([^()]*\)")
_SCALE: Final = re.compile(
    r"\([^()]*(?:[0-9] ?[-–] ?[0-9]|(?:[^\W\d_]|[%°])/|\b(?:kg|cm|mm|g)\b)[^()]*\)"
)
_UNIT: Final = re.compile(
    r"\((?:Nm|[kmcnµμ]?(?:g|m|l|L)|mm ?Hg|kJ|kcal|°C|[^\W\d_]+/[^\W\d_]+|h|min|(?:year|yr|month"
    r"|week|day|hour)s?)\)"
)
_CASES: Final = re.compile(r"\([0-9][0-9, ]* (?:cases|events|patients|participants)\)")
_EFFECT: Final = re.compile(r"\b(?:effects?|estimates?)\b", re.IGNORECASE)
_BEHIND: Final = re.compile(r" ?(?:\([0-9]+ ?[-–] ?[0-9]+\).*| p ?-? ?values?)$", re.IGNORECASE)
"""What stands behind the name of a scale: its range, what changes it can detect, a header."""
KINDS_OF_ROWS: Final = r"variables?|outcomes?|parameters?|characteristics?|items?|measures?|groups?"
"""Words of the header of labels that name no outcome: they say what the rows are."""
_GENERIC: Final = re.compile(rf"(?:.{{0,20}}\b)?(?:{KINDS_OF_ROWS})", re.IGNORECASE)
_NEGATED: Final = re.compile(r"(?:no|non|not|never|without)(?:[- ]|$)", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"\((?:ref|reference)\b", re.IGNORECASE)
LEAST, MOST = Decimal(97), Decimal(102)
"""The percentages of categories that are everybody, rounded or with some people unknown."""


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
        bare = list(takewhile(lambda c: not any(map(label_text, c.path)), columns[1:]))
        bare = bare if len(bare) < len(columns) - 1 else []
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
            is_unit = TIMES_BELOW.search(header) and not time_of(header)  # "Day 3" is one time
            if is_unit and sum(map(str.isdigit, filled)) > len(filled) / 2:
                found[column.index] = header
        return found

    @cached_property
    def _alone(self) -> dict[int, str]:
        """The label of each row whose other cells are empty; it may be empty itself."""
        rows = self.table.body
        return {r[0].row: r[0].text for r in rows if not any(c.text.strip() for c in r[1:])}

    def path(self, row: int) -> list[str]:
        """Return the labels of a row: its headings, its own, and those of further columns."""
        table = self.table
        others = [i for i in self.columns if i]
        path = list(self._broken.get(row, ())) or self._without_ended(row)
        cells = [(i, table.grid[row][i].text.strip()) for i in others]
        is_blank = not table.grid[row][0].text.strip() and row not in self._broken
        if is_blank and any(text for _, text in cells):
            path = self._beside(row)
        elif row in self._parts:
            path = [*self._without_ended(self._parts[row]), *path]
        elif heading := self._headings_with_p.get(row):
            path.insert(len(path) - 1, heading)
        if row in self._in_header:
            path.insert(0, self._in_header[row])
        path = [one for one in path if one is path[-1] or not self._is_reference(one, path[-1])]
        timed = self.times if self.time(row) else {}
        path += filter(None, [self._headings_beside.get(row)])
        path += [text for i, text in cells if text and i not in timed]
        return [label for label in map(label_text, dict.fromkeys(path)) if label]

    @cached_property
    def _in_header(self) -> dict[int, str]:
        """The first heading of the rows, where it stands beside statistics in the header.

        "First test | n | %" above "Positive | 21 | 14" and, alone, "Second test".
        """
        table = self.table
        if not table.header_rows:
            return {}
        label, *others = (label_text(c.text) for c in table.grid[table.header_rows - 1])
        filled = [text for text in others if text]
        if not label or _GENERIC.fullmatch(label) or not all(map(is_statistic, filled)):
            return {}
        first = next(iter(self._alone), table.header_rows)
        return dict.fromkeys(range(table.header_rows, first), label)

    @cached_property
    def _parts(self) -> dict[int, int]:
        """The row that each row of a statistic goes on from."""
        return rows_gone_on_from(self.reading, self._alone)

    def _is_reference(self, heading: str, label: str) -> bool:
        """Whether a heading is the category, without figures, that a row is compared with.

        "No alcohol" stands above "Alcohol", and "No" above "Yes".
        """
        negated = _NEGATED.match(heading)
        rest = heading[negated.end() :].lower() if negated else ""
        is_opposite = bool(negated) and (rest or "yes") == label.lower()
        return is_opposite or _REFERENCE.search(heading) is not None

    @cached_property
    def _broken(self) -> dict[int, list[str]]:
        """The label of each row of a table of times whose labels go on in the rows below.

        "Grip | 0", "of the wrist" alone, "| 6": the times go on, so both lines are one label.
        """
        blocks: list[list[int]] = []
        last = ""
        for row in range(self.table.header_rows, len(self.table.grid)):
            time = self._first_time(row)
            if self._is_of_several_times(row):
                return {}  # "3–12" is of several times: its label stands alone
            if not blocks or (time and (not last or int(time) <= int(last))):
                blocks.append([])
            last = time or last
            blocks[-1].append(row)
        firsts = {next(filter(None, map(self._first_time, block)), "") for block in blocks}
        labels = [self._labels_in(block) for block in blocks]
        if len(firsts) != 1 or "" in firsts or not any(len(one) > 1 for one in labels):
            return {}
        short = [[_BEHIND.sub("", label) for label in path] for path in labels]
        is_distinct = len(set(map(tuple, short))) == len(set(map(tuple, labels)))
        paths = zip(blocks, short if is_distinct else labels, strict=True)
        return {row: path for block, path in paths for row in block}

    def _is_of_several_times(self, row: int) -> bool:
        texts = (label_text(self.table.grid[row][index].text) for index in self.times)
        return any(text[:1].isdigit() and not text.isdigit() for text in texts)

    def _first_time(self, row: int) -> str:
        return next((self._time_text(row, index) for index in self.times), "")

    def _time_text(self, row: int, index: int) -> str:
        text = label_text(self.table.grid[row][index].text)
        return text if text.isdigit() else ""

    def _labels_in(self, rows: Sequence[int]) -> list[str]:
        return [text for row in rows if (text := label_text(self.table.grid[row][0].text))]

    def _beside(self, row: int) -> list[str]:
        """Return the path to a label in a further column: the last label left of it is nearest."""
        grid, first = self.table.grid, self.table.header_rows
        above = next((r for r in range(row - 1, first - 1, -1) if grid[r][0].text.strip()), None)
        if above is None:
            return self._without_ended(row)
        path = self._without_ended(above)
        return path if self._has_labels_beside(above) else path[:-1]

    def _has_labels_beside(self, row: int) -> bool:
        """Whether a row has labels beside its first, or that alone: rows below belong to it."""
        cells = [cell for cell in self.table.grid[row][1:] if cell.text.strip()]
        return not cells or any(cell.column in self.columns for cell in cells)

    @cached_property
    def _headings_beside(self) -> dict[int, str]:
        """The heading of each row that stands in a further column of labels.

        "Patient | Sex" without figures of people stands above " | Men" and " | Women".
        """
        further = [i for i in self.columns if i and i not in self.times]
        columns = self.reading.columns
        people = [c.index for c in columns if c.kind in PEOPLE and c.index not in further]
        if not further or not people:
            return {}
        heading, found = "", {}
        for row in range(self.table.header_rows, len(self.table.grid)):
            cells = self.table.grid[row]
            label = cells[further[-1]].text.strip()
            if label and not any(cells[i].text.strip() for i in people):
                heading = label
            elif cells[0].text.strip():
                heading = ""
            elif heading:
                found[row] = heading
        return found

    @cached_property
    def outer_headings(self) -> frozenset[str]:
        """The labels of the rows that have a label alone, above another such row."""
        above = {row - 1 for row, label in self._alone.items() if label.strip()}
        labels = (label_text(label) for row, label in self._alone.items() if row in above)
        return frozenset(filter(None, labels))

    def _without_ended(self, row: int) -> list[str]:
        """Return the labels of a row below its headings, without those that have ended.

        A table may not indent, so a heading ends at the first row that cannot belong to it
        (see ``_ends``).
        """
        path = list(self.table.row_path(row))
        label, above = self.reading.label(row), self.reading.label(row - 1)
        if _UNIT_ONLY.fullmatch(label) and above and above not in path:
            path.insert(len(path) - 1, above)  # the second line of the label above
        while len(path) > 1 and any(self._ends(path[-2], r) for r in self._below(path[-2], row)):
            del path[-2]
        outer = self._outer.get(row)
        if outer and outer not in path:
            path.insert(self._place_of(outer, path), outer)
        return path

    def _place_of(self, outer: str, path: Sequence[str]) -> int:
        """Return the place of an outer heading: directly above the one that it stands above."""
        above = {
            self._alone.get(row + 1, "").strip()
            for row, label in self._alone.items()
            if label.strip() == outer
        }
        return next((i for i, one in enumerate(path) if one.strip() in above), 0)

    @cached_property
    def _outer(self) -> dict[int, str]:
        """The outer heading of each row, where headings within headings are not indented.

        It stands once, directly above a heading that stands below others too: "Men".
        """
        alone, times = self._alone, Counter(self._alone.values())
        found, outer = {}, ""
        for row in range(self.table.header_rows, len(self.table.grid)):
            if times[alone.get(row, "")] == 1 and times[alone.get(row + 1, "")] > 1:
                outer = alone[row]
            found[row] = outer or self._heading_above(row)
        return found

    def _heading_above(self, row: int) -> str:
        """Return the heading directly above the nearest one, which has no rows of its own."""
        above = range(row, self.table.header_rows, -1)
        near = next((one for one in above if self._alone.get(one, "").strip()), 0)
        outer = self._alone.get(near - 1, "").strip() if near else ""
        return "" if is_moment(outer) or is_statistic(outer) else outer

    def _below(self, heading: str, row: int) -> Iterator[int]:
        """Yield the rows from below the nearest heading of this label down to a row."""
        above = range(row, self.table.header_rows - 1, -1)
        start = next((r for r in above if self.table.grid[r][0].text.strip() == heading), row)
        yield from range(start + 1, row + 1)

    def _ends(self, heading: str, row: int) -> bool:
        """Whether a heading has ended at a row: by its statistic, or by what the rows above are."""
        own, outer = declared(self.reading.label(row)), declared(heading)
        if is_change(heading):
            outer = Statistic()  # the mean of a percent change is not a percentage of people
        if own.centre is not None and outer.centre is not None and _differs(own, outer):
            return True
        centres = {figure.statistic.centre for figure in self._people(row)}
        if outer.centre is Centre.COUNT and centres and centres <= {Centre.MEAN, Centre.MEDIAN}:
            return True  # people are counted below "Smoking, n (%)"
        first = next(self._below(heading, row), row)
        if (
            is_moment(heading)
            or first == row
            or self.table.grid[first][0].indent > self._indent(heading, row)
        ):
            return False
        if _CASES.search(heading) and _CASES.search(self.reading.label(row)):
            return True  # "Pooled (2519 cases)" stands beside "Men (1061 cases)", not below it
        units = [_UNIT.search(one) for one in (heading, self.reading.label(row))]
        if units[0] and units[1] and units[0][0] != units[1][0]:
            return True  # "Work (Nm)" does not stand above "Iron (g/l)"
        return self._is_of_heading_alone(first, row) or (
            self._is_measurement_after(first, row)
            or (_is_declaring(own) and not _is_declaring(declared(self.reading.label(first))))
            or self._is_complete(range(first, row), row)
        )

    def _is_of_heading_alone(self, first: int, row: int) -> bool:
        """Whether the first row below a heading has a unit at most for a label, and this a name."""
        label = self.reading.label(first) if self.table.grid[first][0].text.strip() else ""
        is_unit = not label or _UNIT_ONLY.fullmatch(label) is not None
        return is_unit and bool(self.table.grid[row][0].text.strip())

    def _is_measurement_after(self, first: int, row: int) -> bool:
        """Whether a row measures, and the first below the heading counts or has no scale."""
        if self._counts(row):
            return False
        has_scale = [_SCALE.search(self.reading.label(one)) is not None for one in (first, row)]
        return self._counts(first) or has_scale == [False, True]

    def _is_complete(self, above: range, row: int) -> bool:
        """Whether the categories above a row are everybody already, so that it is not another."""
        figures = self._people(row)
        return (
            len(above) > 1
            and bool(figures)
            and all(self._are_all(figure, above) for figure in figures)
        )

    def _are_all(self, figure: TableFigure, above: range) -> bool:
        index = figure.column.index
        column = [f for r in above for f in self._people(r) if f.column.index == index]
        if len(column) < len(above):
            return False
        shares = [one for one in map(share_of, column) if one is not None]
        own, total = share_of(figure), sum(shares, Decimal())
        if len(shares) == len(column) and own is not None:
            return LEAST <= total <= MOST < total + own
        counts = [one.count or 0 for one in column]
        return bool(figure.count) and sum(counts) == figure.column.size

    def _people(self, row: int) -> list[TableFigure]:
        """Return the figures of a row that are of people."""
        return [f for f in self.reading.rows.get(row, []) if f.column.kind in PEOPLE]

    def _indent(self, heading: str, row: int) -> int:
        start = next(self._below(heading, row), row) - 1
        return self.table.grid[start][0].indent

    def _counts(self, row: int) -> bool:
        """Whether the figures of a row are counts or percentages, as those of categories are."""
        measured = (Centre.MEAN, Centre.MEDIAN)
        return not any(
            f.statistic.centre in measured or f.entry.form in (Form.PLUS_MINUS, Form.WITH_BOUNDS)
            for f in self._people(row)
        )

    @cached_property
    def _headings_with_p(self) -> dict[int, str]:
        """The heading of each row below one that has a label, p-values and effects only.

        It ends at the next row with a p-value of its own, or where the categories do.
        """
        table, kinds = self.table, {c.index: c.kind for c in self.reading.columns}
        comparing = {
            c.index
            for c in self.reading.columns
            if c.kind in (ColumnKind.P, ColumnKind.EFFECT) or any(map(_EFFECT.search, c.path))
        }
        heading, found = "", {}
        for row in range(table.header_rows, len(table.grid)):
            filled = {c.column for c in table.grid[row][1:] if c.text.strip()}
            compares = [i in comparing for i in filled]
            if filled and all(compares) and any(kinds[i] is ColumnKind.P for i in filled):
                heading = table.grid[row][0].text
            elif not filled or any(compares) or (heading and self._leaves(heading, row)):
                heading = ""
            elif heading:
                found[row] = heading
        return found

    def _leaves(self, heading: str, row: int) -> bool:
        """Whether a row is not indented as those above it below a heading are, or cannot be."""
        outer, first = self._indent(heading, row), next(self._below(heading, row), row)
        is_back = self.table.grid[row][0].indent <= outer < self.table.grid[first][0].indent
        return is_back or self._ends(heading, row)

    @cached_property
    def moments(self) -> dict[int, str]:
        """The moment of each row below one that stands alone in a row, over all columns.

        "| Day 7 | | |" within the body ends "| Day 1 | | |" of the header.
        """
        grid, first = self.table.grid, self.table.header_rows
        moment, found = "", {}
        for row in range(max(first - 1, 0), len(grid)):
            own = {c.column: label_text(c.text) for c in grid[row] if c.row == row}
            names = [(column, text) for column, text in own.items() if text]
            if len(names) == 1 and names[0][0] and is_moment(names[0][1]):
                moment = names[0][1]
            elif moment and row >= first:
                found[row] = moment
        return found if len(self.reading.columns) - len(self.columns) > 1 else {}

    def time(self, row: int) -> str:
        """Return the time that a column of times has in a row, if its header names the unit."""
        first = " ".join(map(label_text, self.table.column_path(0)))
        firsts = {0: first} if TIMES_BELOW.search(first) else {}
        for index, header in (firsts | self.times).items():
            number = label_text(self.table.grid[row][index].text)
            unit = _UNIT_OF_TIME.search(header.lower())
            if unit and number == "0":
                return "at baseline"
            if unit and is_number(number):
                return f"at {number} {'hour' if unit[1].startswith('h') else unit[1]}s"
        return ""


def share_of(figure: TableFigure) -> Decimal | None:
    """Return the percentage that a figure is or has, or None."""
    number = figure.share
    if number is None and figure.statistic.centre is Centre.SHARE:
        number = figure.entry.main
    return number.value if number is not None else None


def _differs(own: Statistic, outer: Statistic) -> bool:
    """Whether two labels declare different statistics; "mean" and "mean (SE)" do not."""
    spreads = {one.spread for one in (own, outer) if one.spread is not None}
    return own.centre is not outer.centre or len(spreads) > 1


def _is_declaring(statistic: Statistic) -> bool:
    """Whether a statistic is declared; "(%)" alone is a unit."""
    spread = statistic.spread if statistic.spread is not Spread.SHARE else None
    return statistic.centre not in (None, Centre.SHARE) or spread is not None
