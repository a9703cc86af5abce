"""A table read as figures: what each column is about, and what each cell prints.

Drafts and scans both start here. A cell is read by its own print (``kb.papers.entries``), then by
what its row, the headings above it, its column, the caption and the footnotes declare
(``kb.papers.statistic``), in this order. Nothing is guessed: what no label declares stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise, takewhile
from typing import Final

from kb.papers.entries import Entry, Form, entry, whole
from kb.papers.paper import Cell, Table, plain
from kb.papers.statistic import Centre, Spread, Statistic, declared
from kb.sources.normalise import fold
from kb.sources.numbers import Number
from kb.sources.sizes import printed_size
from kb.util.grouping import group_by


class ColumnKind(StrEnum):
    """What the cells of a column are about."""

    LABEL = "label"
    GROUP = "group"
    """People: an arm, a subgroup, or everybody."""
    TOTAL = "total"
    """All groups together."""
    EFFECT = "effect"
    """A comparison: a ratio, a difference, a coefficient."""
    P = "p-value"


PEOPLE: Final = (ColumnKind.GROUP, ColumnKind.TOTAL)
"""The kinds of columns whose figures are of people."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    index: int
    kind: ColumnKind
    path: tuple[str, ...]
    group: str
    """The header without its size and statistics: the name of a group, or ""."""
    size: int | None
    """The number of people that the header prints."""
    statistic: Statistic


@dataclass(frozen=True, slots=True)
class TableFigure:
    """The figures of one cell, or of neighbouring cells that belong together: "n" and "%"."""

    row: int
    column: Column
    cells: tuple[Cell, ...]
    entry: Entry
    statistic: Statistic

    @property
    def text(self) -> str:
        """The cells as printed, joined by a space."""
        return " ".join(plain(cell.text) for cell in self.cells)

    @property
    def shown(self) -> str:
        """The figures as a sentence names them: "21 and 42.4" of two cells."""
        return " and ".join(plain(cell.text) for cell in self.cells)

    @property
    def is_undeclared(self) -> bool:
        """Whether it is a pair such as "36 (63)" whose second figure no label declares."""
        return self.entry.form is Form.PAIR and self.statistic.spread is None

    def as_count(self) -> TableFigure:
        """Return the figure read as a count with its percentage."""
        return replace(self, statistic=Statistic(Centre.COUNT, Spread.SHARE))

    @property
    def is_count(self) -> bool:
        """Whether it counts people or events, with or without a percentage."""
        return self.statistic.centre in (Centre.COUNT, Centre.SIZE) and self.count is not None

    @property
    def count(self) -> int | None:
        """The whole number of a count, whichever side of its percentage it is printed on."""
        return whole(self.entry.second if self._is_reversed else self.entry.main)

    @property
    def share(self) -> Number | None:
        """The percentage of a count."""
        if self.entry.share is not None or self.statistic.spread is not Spread.SHARE:
            return self.entry.share
        if self.statistic.centre is not Centre.COUNT:
            return None
        return self.entry.main if self._is_reversed else self.entry.second

    @property
    def _is_reversed(self) -> bool:
        return self.statistic.share_first and self.entry.form is Form.PAIR


_TOTAL: Final = re.compile(
    r"^(?:(?:grand |study )?total|all(?: (?:patients|participants|subjects|groups))?"
    r"|overall|combined|both(?: groups)?|whole (?:group|sample|cohort)|pooled)\b",
    re.IGNORECASE,
)
_OF_ALL: Final = re.compile(
    r"\b(?:results|data|values|figures) (?:are|were) (?:presented|given|expressed|shown)\b",
    re.IGNORECASE,
)
"""Words by which a note is about all figures, even behind the mark of another note."""
_STATISTIC_WORDS: Final = re.compile(
    r"[(\[][^()\[\]]{0,60}[)\]]|\b[nN]\s?=\s?[0-9, ]+|\bn ?\(?%\)?|\bmean\b|\bmedian\b|±"
    r"|\bSD\b|\bSEM?\b|\bIQR\b|%|\b[nN]o?\b\.?|\bnumber\b",
)
_UNIT: Final = re.compile(
    r"\((?!%|n\b|no\b|N\b)[^()]{0,20}[a-zA-Z/][^()]{0,20}\)$"
    r"|, (?:years|yrs?|months|weeks|days|hours|min|kg|g|cm|mm|mmHg|ml|mg|points?|kg/m2)\b"
)
_EXPLAINED: Final = re.compile(
    r"\b(?P<short>SD|SEM?|IQR) ?[=:,] ?(?:standard (?:deviation|error)(?: of the mean)?"
    r"|inter-?quartile range)s?",
)
"""What an abbreviation of a spread stands for."""
_OF_SCALE: Final = re.compile(
    r"[(\[]?\brange:? ?[-−]?[0-9.]+ ?(?:[-–−]|to) ?[0-9.]+[)\]]?", re.IGNORECASE
)
"""The range of a scale, with its ends: "Pain VAS, range 0-100"."""
_SEVERAL: Final = 3
_LETTER: Final = re.compile("[A-D]")
_SIZE_ROW: Final = re.compile(
    r"^(?:total |sample )?(?:n|no\.|number|size|sample size)(?: ?\(%\)| ?, ?%)?$|^(?:n"
    r"|no\.?|number) ?(?:of|,|analy|random|evalua)"
    r"[^(]{0,30}$|^(?:total|all)(?: (?:patients|participants|subjects))?(?:,? n)?(?: ?\(%\))?$"
    r"|^(?:patients|participants|subjects)(?: (?:included|randomi[sz]ed|enrolled|analy[sz]ed))?"
    r"(?:,? ?\(?n\)?|,? no\.?)?(?: ?\(%\))?$",
    re.IGNORECASE,
)


class TableReading:
    """The columns and figures of a table.

    >>> cells = [["", "Drug (n = 45)", "P value"], ["Women, n (%)", "12 (26.7)", "0.03"]]
    >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(cells))
    >>> reading = TableReading(Table("Table 1", "Table 1", "", grid, header_rows=1))
    >>> [(c.kind.value, c.group, c.size) for c in reading.columns]
    [('label', '', None), ('group', 'Drug', 45), ('p-value', '', None)]
    >>> first = reading.figures[0]
    >>> first.statistic.centre.value, first.count, first.share.text
    ('count', 12, '26.7')
    """

    def __init__(self, table: Table, *, decimal_comma: bool = False) -> None:
        """Read a table; ``decimal_comma`` if its language prints 7,7 for 7.7."""
        self.table = table
        self._comma = decimal_comma

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """All columns, from the left."""
        return self._as_declared()

    def _as_declared(self) -> tuple[Column, ...]:
        """Return the columns as their headers declare them."""
        columns = [self._column(index) for index in range(self.table.width)]
        for before, column in pairwise(columns):
            own = column.statistic
            is_interval = own.centre is None and own.spread is Spread.CI
            if is_interval and before.kind is ColumnKind.EFFECT and column.kind is ColumnKind.GROUP:
                columns[column.index] = replace(column, kind=ColumnKind.EFFECT, group="")
        return tuple(columns)

    def _column(self, index: int) -> Column:
        path = self._header(index)
        header = " ".join(path)
        statistic = Statistic()
        for name in path:
            own = Statistic() if self._is_letter(index, name) else declared(name)
            statistic = own.within(statistic)
        effects = [one for one in map(declared, path[:-1]) if one.centre and one.centre.is_effect]
        if effects and statistic.centre in (Centre.MEAN, Centre.MEDIAN):
            statistic = replace(statistic, centre=effects[-1].centre)  # "Difference" over "Mean"
        size = next(filter(None, map(printed_size, reversed(path))), None)
        names = (fold(_STATISTIC_WORDS.sub(" ", name)).text.strip(" ,:;/*†‡") for name in path)
        group = " › ".join(name for name in names if name)
        kind = self._kind(index, header, statistic)
        return Column(index, kind, path, group if kind is ColumnKind.GROUP else "", size, statistic)

    def _is_letter(self, index: int, name: str) -> bool:
        """Whether a header is one of the letters that columns have for names: "A | B | C"."""
        near = (
            self.table.column_path(i)[-1:] for i in (index - 1, index + 1) if i < self.table.width
        )
        is_beside = any(path and path[0] != name and _LETTER.fullmatch(path[0]) for path in near)
        return _LETTER.fullmatch(name) is not None and is_beside

    def _header(self, index: int) -> tuple[str, ...]:
        """Return the header of a column; "M" beside "SD" is a mean."""
        path = self.table.column_path(index)
        beside = self.table.column_path(index + 1) if index + 1 < self.table.width else ()
        return (*path[:-1], "Mean") if (path[-1:], beside[-1:]) == (("M",), ("SD",)) else path

    def _kind(self, index: int, header: str, statistic: Statistic) -> ColumnKind:
        if index in self._labels:
            return ColumnKind.LABEL
        if statistic.centre is Centre.P:
            return ColumnKind.P
        if (statistic.centre and statistic.centre.is_effect) or re.search(
            r"\b(?:vs?\.?|versus) ", header
        ):
            return ColumnKind.EFFECT
        is_total = any(_TOTAL.match(name.strip()) for name in self.table.column_path(index))
        return ColumnKind.TOTAL if is_total else ColumnKind.GROUP

    @cached_property
    def _labels(self) -> frozenset[int]:
        """The columns of labels: the first, and those of words."""
        found = {0}
        for index in range(1, self.table.width):
            cells = [row[index].text for row in self.table.body if row[index].text.strip()]
            figures = sum(map(_has_digit, cells))
            is_behind = len(found) == index
            is_mixed = figures * 2 < len(cells) and is_behind and self._divides_labels(index)
            if cells and (not figures or is_mixed):
                found.add(index)
        return frozenset(found)

    def _divides_labels(self, index: int) -> bool:
        """Whether a column has labels below that of the column before: "Age | < 56 years".

        Some of the labels to its left stand beside several of its cells.
        """
        path = self.table.column_path(index)
        is_declared = any(declared(name) != Statistic() or printed_size(name) for name in path)
        rows = [row for row in self.table.body if plain(row[index].text).strip()]
        is_below = any(_continues(row, index) for row in rows)
        return is_below and not is_declared and index + 1 < self.table.width

    @cached_property
    def around(self) -> tuple[Statistic, ...]:
        """What caption and footnotes declare, a statistic for each part of their sentences."""
        notes = (
            note for note in self.table.footnotes if not note.mark or _OF_ALL.search(note.text)
        )
        texts = (self.table.caption, *(note.text for note in notes))
        parts = (
            part
            for text in map(self._without_explained, texts)
            for part in re.split(r"[.;,]| or | and | except | unless ", plain(text))
        )
        found = (declared(part.strip()) for part in parts)
        return tuple(dict.fromkeys(s for s in found if s.spread))

    def _without_explained(self, text: str) -> str:
        """Return a note without the words for an abbreviation that stands in labels or headers.

        "SD = standard deviation" below "Mean score (SD)" says nothing of rows without "SD".
        """
        return _EXPLAINED.sub(lambda m: " " if m["short"] in self._words else m[0], text)

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words of all headers and of all labels of rows."""
        headers = (name for i in range(self.table.width) for name in self.table.column_path(i))
        labels = (name for row in range(len(self.table.grid)) for name in self.table.row_path(row))
        return frozenset(word for text in (*headers, *labels) for word in re.findall(r"\w+", text))

    def label(self, row: int) -> str:
        """Return the label of a row."""
        path = self.table.row_path(row)
        return path[-1] if path else ""

    @cached_property
    def figures(self) -> tuple[TableFigure, ...]:
        """The figures below the header, by row, then column."""
        rows = range(self.table.header_rows, len(self.table.grid))
        return tuple(figure for row in rows for figure in self._row(row))

    @cached_property
    def rows(self) -> dict[int, list[TableFigure]]:
        """The figures by their row, from the top."""
        return group_by(self.figures, key=lambda figure: figure.row)

    def _row(self, row: int) -> Iterator[TableFigure]:
        cells = self.table.grid[row]
        labels = self._of_labels(row)
        used = 0
        for one in (self._in_row(column, row) for column in self.columns[1:]):
            cell = cells[one.index]
            if one.index < used or cell.column != one.index or cell.header:
                continue
            print_ = entry(cell.text, decimal_comma=self._comma)
            column = self._in_cell(one, print_)
            if print_.form in (Form.EMPTY, Form.WORDS) or column.kind is ColumnKind.LABEL:
                continue
            statistic = self._statistic(print_, labels, column)
            joined = self._joined(row, column, print_)
            used = joined[-1].column + 1
            whole_entry = print_ if len(joined) == 1 else self._join(joined, print_)
            if len(joined) > 1:
                beside = self.columns[joined[1].column]
                statistic = _together(statistic, beside.statistic, whole_entry)
                column = replace(column, size=column.size or beside.size)
            yield TableFigure(row, column, joined, whole_entry, statistic)

    def _in_row(self, column: Column, row: int) -> Column:  # noqa: ARG002 - drafts
        """Return a column as it is in one row."""
        return column

    def _in_cell(self, column: Column, print_: Entry) -> Column:  # noqa: ARG002 - drafts
        """Return a column as it is in one cell."""
        return column

    def _further_labels(self, row: int) -> Iterator[str]:
        """Yield the labels of a row that stand in columns beside the first: "Age | Mean (SD)"."""
        beside = takewhile(lambda c: c.kind is ColumnKind.LABEL, self.columns[1:])
        yield from filter(None, (plain(self.table.grid[row][c.index].text) for c in beside))

    def _of_labels(self, row: int) -> Statistic:
        """Return what the labels of a row declare, from the outermost."""
        labels, path = self._header_of_labels, self.table.row_path(row)
        for name in (*path, *self._further_labels(row)):
            own = declared(_OF_SCALE.sub(" ", name))
            if name.endswith(" %") and (name in path[:-1] or self._are_percentages):
                own = Statistic(Centre.SHARE)  # a heading of categories: "Education level %"
            # A heading "n (%)" does not reach a measurement below it, which has a unit of its own.
            outer = Statistic() if own.centre is None and _UNIT.search(name) else labels
            labels = own.within(outer)
        return labels

    @cached_property
    def _are_percentages(self) -> bool:
        """Whether so many labels end in "%" that they are those of people: "Hypertension %"."""
        rows = range(self.table.header_rows, len(self.table.grid))
        return sum(self.label(row).endswith(" %") for row in rows) >= _SEVERAL

    def alone(self, figure: TableFigure) -> Iterator[TableFigure]:
        """Yield the figure of each cell of several that belong together."""
        labels = self._of_labels(figure.row)
        for cell in figure.cells:
            column = self.columns[cell.column]
            print_ = entry(cell.text, decimal_comma=self._comma)
            statistic = self._statistic(print_, labels, column)
            yield TableFigure(figure.row, column, (cell,), print_, statistic)

    def _statistic(self, print_: Entry, labels: Statistic, column: Column) -> Statistic:
        if column.kind is ColumnKind.P:
            return labels.within(column.statistic) if labels.trend else column.statistic
        if column.kind is ColumnKind.EFFECT:
            return column.statistic
        is_measured = print_.form in (Form.PAIR, Form.PLUS_MINUS) and whole(print_.main) is None
        is_counted = column.statistic.centre in (Centre.SIZE, Centre.COUNT, Centre.SHARE)
        of_column = Statistic() if is_measured and is_counted else column.statistic
        named = labels.within(of_column)  # 45.2 (9.5) below "N" is a mean beside counts
        if self._is_unit(labels, print_):
            named = of_column  # "HbA1c (%)" is a mean beside others
        if print_.form in (Form.COUNT_SHARE, Form.RATIO_SHARE):
            return Statistic(Centre.COUNT, Spread.SHARE, share_first=named.share_first)
        if print_.low is not None:
            named = _with_printed(named, print_.text)
        if named.spread or print_.form in (Form.NUMBER, Form.SHARE):
            return named
        if _is_share_of(print_, column.size):  # "1 (1.4)" of 71 people is not a mean
            return named
        fitting = [s for s in self.around if _fits(print_, s) and _agree(named, s)]
        return named.within(fitting[0]) if len(set(fitting)) == 1 else named

    def _is_unit(self, named: Statistic, print_: Entry) -> bool:
        """Whether "(%)" is the unit of measurements, which caption or notes declare."""
        is_bare = named.centre is Centre.SHARE and named.spread in (None, Spread.SHARE)
        is_bare = is_bare or (named.centre is None and named.spread is Spread.SHARE)
        is_count = named.centre is Centre.COUNT and not named.share_first
        is_bare = is_bare or (is_count and print_.form is Form.PAIR)  # no count has a fraction
        around = (s for s in self.around if _fits(print_, s))
        measures = (s.centre in (Centre.MEAN, Centre.MEDIAN) for s in around)
        is_measured = whole(print_.main) is None and any(measures)
        return is_bare and (is_measured or print_.form is Form.PLUS_MINUS)

    def _joined(self, row: int, column: Column, print_: Entry) -> tuple[Cell, ...]:
        """Return a cell with the one to its right that belongs to it: n and %, mean and SD."""
        cells = (self.table.grid[row][column.index],)
        following = column.index + 1
        if print_.form not in (Form.NUMBER, Form.SHARE) or following >= len(self.columns):
            return cells
        beside, cell = self.columns[following], self.table.grid[row][following]
        form = entry(cell.text.strip(" ()[]"), decimal_comma=self._comma).form
        same = beside.path[:-1] == column.path[:-1] and (beside.path != column.path)
        is_own = (
            (same and (_belongs(column, beside) or self._is_number(column, beside)))
            or (form is Form.BOUNDS and _is_interval(column, beside))
            or (form is Form.SHARE and self._is_below_one(column, beside, print_))
        )
        if not is_own or cell.column != following:
            return cells
        return (*cells, cell) if form in (Form.NUMBER, Form.SHARE, Form.BOUNDS) else cells

    def _is_number(self, column: Column, beside: Column) -> bool:
        """Whether "No" beside a percentage is a number, and not the answer beside "Yes"."""
        names = {c.path[-1] for c in self.columns if c.path}
        is_share = beside.path[-1:] == ("%",)
        return is_share and column.path[-1:] == ("No",) and "Yes" not in names

    def _is_below_one(self, column: Column, beside: Column, print_: Entry) -> bool:
        """Whether a count and the percentage beside it stand below one header that spans both."""
        spans = [self.table.grid[self.table.header_rows - 1][c.index] for c in (column, beside)]
        is_count = print_.form is Form.NUMBER and whole(print_.main) is not None
        return self.table.header_rows > 0 and spans[0] is spans[1] and is_count

    def _join(self, cells: Sequence[Cell], first: Entry) -> Entry:
        second, own = cells[1].text, first.text.rstrip(" *†‡§¶‖#")
        beside = entry(second, decimal_comma=self._comma)
        text = f"{own} ({second.strip(' ()[]')})"
        if (
            beside.form is Form.SHARE
            or self.columns[cells[1].column].statistic.centre is Centre.SHARE
        ):
            text = f"{own} ({second.strip(' ()[]%')}%)"
        joined = entry(text, decimal_comma=self._comma)
        return joined if joined.form is not Form.OTHER else first

    @cached_property
    def _header_of_labels(self) -> Statistic:
        """What the header above the labels declares of all rows: "Characteristic, n (%)"."""
        of_all = declared(" ".join(self.table.column_path(0)))
        return of_all if of_all.spread else Statistic()

    @cached_property
    def size_rows(self) -> tuple[int, ...]:
        """The rows that print how many people each column has."""
        rows = range(self.table.header_rows, len(self.table.grid))
        return tuple(
            row
            for row in rows
            if _SIZE_ROW.match(self.label(row).strip(" *:")) and self._are_sizes(row)
        )

    def _are_sizes(self, row: int) -> bool:
        groups = [c.index for c in self.columns if c.kind in PEOPLE]
        counts = [whole(entry(self.table.grid[row][i].text).main) for i in groups]
        return bool(counts) and sum(c is not None for c in counts) * 2 > len(counts)


def _together(statistic: Statistic, beside: Statistic, joined: Entry) -> Statistic:
    """Return the statistic of two cells that belong together."""
    if joined.form is Form.COUNT_SHARE and statistic.centre in (None, Centre.SIZE):
        return Statistic(Centre.COUNT, Spread.SHARE)
    spread, level = statistic.spread or beside.spread, statistic.level or beside.level
    spread = beside.spread if beside.spread in (Spread.SD, Spread.SE) else spread
    return replace(statistic, spread=spread, level=level)


def _belongs(column: Column, beside: Column) -> bool:
    """Whether the next column holds the spread of this one: its last header names nothing else."""
    own = declared(beside.path[-1] if beside.path else "")
    if own.centre is Centre.SHARE:
        return column.statistic.centre in (Centre.SIZE, Centre.COUNT)
    return own.spread is not None and own.centre is None


def _is_interval(column: Column, beside: Column) -> bool:
    """Whether a column beside an effect holds its intervals, whatever heading both stand below."""
    statistic = beside.statistic
    bare = statistic.centre is None and statistic.spread is Spread.CI
    return column.kind is ColumnKind.EFFECT and bare


def _fits(print_: Entry, statistic: Statistic) -> bool:
    """Whether figures of this form may be what a caption or note declares."""
    spreads = {
        Form.PAIR: {Spread.SHARE, Spread.SD, Spread.SE},
        Form.PLUS_MINUS: {Spread.SD, Spread.SE},
        Form.WITH_BOUNDS: {Spread.IQR, Spread.RANGE, Spread.CI},
    }
    is_share = statistic.spread is Spread.SHARE
    is_measured = print_.form is Form.PAIR and whole(print_.main) is None
    if print_.second is not None and print_.low is not None:
        return len(statistic.spreads) > 1
    return statistic.spread in spreads.get(print_.form, set()) and not (is_share and is_measured)


def _with_printed(statistic: Statistic, printed: str) -> Statistic:
    """Return what labels declare with the bounds that a cell names: "34 (13) range: 15-64"."""
    own = declared(plain(printed)).spread
    if own not in (Spread.IQR, Spread.RANGE, Spread.CI) or own is statistic.spread:
        return statistic
    both = frozenset((own, statistic.spread)) if statistic.spread else frozenset[Spread]()
    return replace(statistic, spread=own, spreads=both)


def _is_share_of(print_: Entry, size: int | None) -> bool:
    """Whether figures such as 36 (63.2) are a count and its percentage of ``size`` people."""
    count, second = whole(print_.main), print_.second
    if print_.form is not Form.PAIR or count is None or second is None or not size:
        return False
    places = len(second.text.partition(".")[2])
    return "." in second.text and abs(100 * count / size - float(second.value)) <= 0.6 / 10**places


def _agree(named: Statistic, other: Statistic) -> bool:
    return named.centre is None or other.centre is None or named.centre is other.centre


def _continues(row: Sequence[Cell], index: int) -> bool:
    """Whether a row has no label of its own before a column: the one above stands for it."""
    before = row[:index]
    return all(not plain(c.text).strip() or c.row != row[index].row for c in before)


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)
