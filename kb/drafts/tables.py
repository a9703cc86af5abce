"""Drafts of the figures of a table: one block for each cell, with its anchor."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from kb.drafts.anchors import Anchors
from kb.drafts.cell_labels import CellLabels
from kb.drafts.columns import ColumnRole, column_roles
from kb.drafts.comparisons import Comparisons, Made, least
from kb.drafts.counts import Counts
from kb.drafts.effects import EffectReading
from kb.drafts.groups import GroupNames, GroupOf
from kb.drafts.labels import EndpointNames, NamedEndpoint
from kb.drafts.not_results import NOT_A_RESULT, NotResults
from kb.drafts.people import analysis_set
from kb.drafts.row_groups import RowGroups
from kb.drafts.rows import RowLabels
from kb.drafts.store import Sureness
from kb.drafts.times import time_in
from kb.drafts.two_counts import Half, halves, sides_of, sizes_of
from kb.drafts.unclear import Unclear
from kb.drafts.values import Values
from kb.papers.from_source import SourceTable, label_text
from kb.papers.paper import Cell
from kb.papers.reading import PEOPLE, ColumnKind, TableFigure
from kb.papers.statistic import Centre, declared
from kb.sources.normalise import fold
from kb.sources.text import SourceText

_NO_LABELS: Final = "no labels lead to the cell alone"
_DIGITS: Final = re.compile(r"(?<![A-Za-z])[0-9]+(?:\.[0-9]+)?")
"""A number of a label; that of a name belongs to it: "FEV1"."""


@dataclass
class Draft:
    """A block of claims, with the cells that it is drafted from."""

    block: dict[str, Any]
    sure: Sureness
    why: list[str]
    at: str
    start: int
    """The offset of its first cell in the text."""
    cells: int = 1
    bare: dict[str, Any] | None = None
    """Its values without percentages, for where nothing says that they are percentages."""
    headings: Sequence[str] = ()
    """The labels that its row stands below."""


@dataclass
class NotDrafted:
    """Figures of a table that no block is drafted from, and why."""

    at: str
    printed: str
    why: str
    cells: int = 1
    """How many cells they stand in."""


@dataclass
class TableDrafts:
    """The drafts of one table."""

    text: SourceText
    source: SourceTable
    names: EndpointNames
    groups: GroupNames
    left: list[NotDrafted] = field(default_factory=list)

    @cached_property
    def reading(self) -> EffectReading:
        """The columns and figures of the table."""
        return EffectReading(self.source.table, decimal_comma=self.text.decimal_comma)

    @cached_property
    def rows(self) -> RowLabels:
        """The labels of its rows."""
        return RowLabels(self.reading)

    @cached_property
    def anchors(self) -> Anchors:
        """The anchors of its cells."""
        return Anchors(self.text, self.source, self.rows.columns)

    @cached_property
    def roles(self) -> list[ColumnRole]:
        """What each column is about."""
        transposed = self.row_groups.are_groups
        return column_roles(self.reading, self.names, self.groups, transposed=transposed)

    @cached_property
    def row_groups(self) -> RowGroups:
        """Whether its rows are groups."""
        return RowGroups(self.reading, self.names, self.groups)

    @cached_property
    def compared(self) -> Comparisons:
        """Which groups its columns compare."""
        return Comparisons(self.source, self.reading, self.roles, self.groups)

    @cached_property
    def counts(self) -> Counts:
        """Which of its whole numbers are counts."""
        return Counts(self.reading, self.rows, self.names)

    @cached_property
    def values(self) -> Values:
        """The values of its figures of people."""
        return Values(self.text, self.source, self.reading, self.names, self.counts)

    @cached_property
    def labels(self) -> CellLabels:
        """What the labels of its cells name."""
        return CellLabels(
            self.source,
            self.reading,
            self.roles,
            self.rows,
            self.names,
            self.groups,
            self.compared,
            self.row_groups,
        )

    @cached_property
    def not_results(self) -> NotResults:
        """Which of its cells are not results."""
        return NotResults(self.source.table, self.rows.columns)

    @cached_property
    def unclear(self) -> Unclear:
        """The reasons why its figures are not drafted."""
        return Unclear(self.reading)

    def drafts(self) -> Iterator[Draft]:
        """Yield the drafts in the order of the text."""
        rows: dict[int, list[TableFigure]] = {}
        for figure in self.reading.figures:
            if figure.column.index not in self.rows.columns:
                rows.setdefault(figure.row, []).append(figure)
        for row, figures in rows.items():
            joined: set[int] = set()
            for figure in figures:
                if figure.column.index not in joined:
                    beside = self.compared.beside(figure, figures)
                    joined |= {one.column.index for one in beside}
                    yield from self._drafts(row, figure, beside)
        self._leave_others(
            {(c.row, c.column) for row in rows.values() for f in row for c in f.cells}
        )

    def _drafts(
        self, row: int, figure: TableFigure, beside: Sequence[TableFigure]
    ) -> Iterator[Draft]:
        """Yield the draft of a figure, or those of its cells; what has none is left."""
        if two := list(self._halved(row, figure)):
            yield from two
            return
        draft = self._draft(row, figure, beside)
        if draft == _NO_LABELS and len(figure.cells) > 1 and not beside:
            for alone in self.reading.alone(figure):  # a row alone may not lead to both cells
                yield from self._drafts(row, alone, [])
        elif isinstance(draft, Draft):
            yield draft
        else:
            first = figure.cells[0]
            why = self.not_results.why(first, row, first.column) or draft
            count = len(figure.cells) + sum(len(one.cells) for one in beside)
            self.left.append(NotDrafted(self.source.section, figure.text, why, count))

    def _sizes(self, figure: TableFigure) -> dict[str, Any] | None:
        """Return the numbers of people of two groups that a cell has: "174/176"."""
        sides = self._sides.get(figure.column.index) if self.names.size else None
        return sizes_of(figure, sides) if sides else None

    @cached_property
    def _sides(self) -> dict[int, tuple[str, str]]:
        """The two groups of each column whose header names the numbers of both."""
        found = ((c.index, sides_of(c.path, self.groups)) for c in self.reading.columns)
        return {index: sides for index, sides in found if sides}

    def _halved(self, row: int, figure: TableFigure) -> Iterator[Draft]:
        """Yield the drafts of the two counts of a cell, the second of no further cell."""
        path = self.rows.path(row)
        two = halves(figure, path[-1]) if path and figure.column.kind in PEOPLE else ()
        for cells, half in zip((1, 0), two, strict=False):
            draft = self._draft(row, half.figure, [], half)
            if isinstance(draft, Draft):
                yield replace(draft, cells=cells)

    def _leave_others(self, read: Collection[tuple[int, int]]) -> None:
        """Leave the cells with digits that were not read as figures."""
        table = self.source.table
        for row in range(table.header_rows, len(table.grid)):
            for column, cell in enumerate(table.grid[row]):
                is_digits = column > 0 and any(map(str.isdigit, cell.text))
                if is_digits and (row, column) not in read:
                    why = self.not_results.why(cell, row, column) or "figures that were not read"
                    self.left.append(NotDrafted(self.source.section, label_text(cell.text), why))

    # --- a block ------------------------------------------------------------------------------

    def _draft(
        self,
        row: int,
        figure: TableFigure,
        beside: Sequence[TableFigure],
        half: Half | None = None,
    ) -> Draft | str:
        """Return the draft of figures of a row, or why there is none."""
        role = self._role(figure)
        path_all = self.rows.path(row)
        group, path = self.labels.group(role, path_all)
        path = [*path[:-1], *filter(None, (half.outer, half.category))] if half else path
        if reason := self._open(figure, role, group, path_all):
            return reason
        cells = [*figure.cells, *(cell for one in beside for cell in one.cells)]
        placed = self._placed(figure, cells, role, path_all, path)
        if isinstance(placed, str):
            return placed
        what, place = placed
        made = self._made(figure, beside, role, group, [*role.column.path, *path])
        if isinstance(made, str):
            return made
        fields, sure, why, bare = made
        by_heading = bool(what.category) and len(path) > 1
        sure = least(sure, "likely" if what.named or by_heading else "sure")
        if len(cells) == 1 and "column" not in place:
            sure, why = "unsure", [*why, "only the row is named"]
        if "statistic" not in fields and self._is_of_part(figure, group):
            sure, why = "unsure", [*why, "the header counts fewer people than the group has"]
        what = self._of_counts(what, role, path, fields)
        block: dict[str, Any] = {"endpoint": what.endpoint}
        block |= {k: v for k, v in (("named", what.named), ("category", what.category)) if v}
        block |= (when := self._time_and_set(row, role, path, path_all))
        if "time" not in when and self._has_time_in_caption:
            sure, why = "unsure", [*why, "only the caption names a time"]
        block |= {name: fields.pop(name) for name in ("statistic", "unit") if name in fields}
        span = self.source.span(row, figure.cells[0].column)
        start, section = span.start if span else 0, self.source.section
        headings = [*self._outer(place, path_all), *path_all[:-1]]
        return Draft(block | place | fields, sure, why, section, start, len(cells), bare, headings)

    @cached_property
    def _has_time_in_caption(self) -> bool:
        """Whether the caption names one time after baseline: "Outcomes at 3 months"."""
        return time_in(label_text(self.source.table.caption)) not in ("", "at baseline")

    def _is_of_part(self, figure: TableFigure, group: GroupOf) -> bool:
        """Whether a count or percentage is of fewer people than its group has elsewhere."""
        is_of_people = figure.column.kind in PEOPLE and figure.entry.of is None
        return is_of_people and self.groups.is_part(group.id, figure.column.size)

    def _open(
        self, figure: TableFigure, role: ColumnRole, group: GroupOf, path: Sequence[str]
    ) -> str:
        """Return why a figure is not drafted, by its kind and its group, or ""."""
        if self.not_results.is_of_method or self.not_results.lists_people:
            return NOT_A_RESULT
        if self._sizes(figure):
            return ""
        no_group = role.has_people and group.sure == "unsure"
        reason = self.unclear.why(figure, role, path)
        return reason or ("no label names the group" if no_group else "")

    def _role(self, figure: TableFigure) -> ColumnRole:
        """Return what a column is about in the row of a figure."""
        role = self.roles[figure.column.index]
        if figure.column.kind is not role.column.kind:
            role = replace(role, column=figure.column)
        if self._sizes(figure):
            return replace(role, labels=())
        pair = self.compared.pair_of_row(role, self.rows.path(figure.row)) or (
            self.row_groups.pair_at(figure.row) if self.compared.is_open(role) else None
        )
        return replace(role, compared=pair) if pair else role

    def _placed(
        self,
        figure: TableFigure,
        cells: Sequence[Cell],
        role: ColumnRole,
        path_all: Sequence[str],
        path: Sequence[str],
    ) -> tuple[NamedEndpoint, dict[str, Any]] | str:
        """Return what is measured and its place with its print, or why there is none."""
        row = figure.row
        what = self.labels.endpoint(row, role, path)
        if what is None:
            return self._no_endpoint(role)
        numbered = [one for one in role.labels if any(map(str.isdigit, one))]
        anchor = self.anchors.cell(cells, row, path_all, numbered)
        if anchor is None:
            return _NO_LABELS
        what = self.labels.endpoint(row, role, [*self._outer(anchor, path_all), *path]) or what
        full, printed = self._sized(what, figure), self._printed(cells, anchor)
        what = self._within(full, anchor, printed, cells[0].column)
        lost = set(full.category.split(" › ")) - set(what.category.split(" › "))
        is_vague = not what.category or any(label in lost for label in path)
        if lost and (is_vague or self.compared.is_of_one_group(role)):
            return _NO_LABELS
        return what, {**anchor, "printed": printed}

    def _time_and_set(
        self, row: int, role: ColumnRole, path: Sequence[str], path_all: Sequence[str]
    ) -> dict[str, str]:
        """Return the time and the analysis set of a figure, as far as labels name them."""
        parts = {
            "time": self.labels.time(row, role, path),
            "analysis_set": analysis_set(role.column.path) or analysis_set(path_all),
        }
        return {name: part for name, part in parts.items() if part}

    def _of_counts(
        self,
        what: NamedEndpoint,
        role: ColumnRole,
        path: Sequence[str],
        fields: Mapping[str, Any],
    ) -> NamedEndpoint:
        """Return what is counted: a count of people who have a pain score is not the score."""
        if role.has_people and self.roles[role.column.index].column.kind is ColumnKind.EFFECT:
            return self.names.other([*path, *role.labels]) or what  # of an estimate's people
        if fields.get("statistic") == "correlation":  # of all that its labels name
            centres = ((one, declared(one).centre) for one in role.labels)
            labels = [one for one, centre in centres if centre is not Centre.CORRELATION]
            return self.names.other([*path, *labels]) or what
        values = fields.get("values", {}).values()
        is_p = any(isinstance(value, dict) and "p" in value for value in values)
        is_count = values and "statistic" not in fields and not is_p and not what.category
        is_other = is_count and bool(path) and self.names.is_measured(what.endpoint)
        return (self.names.other([path[-1]]) if is_other else None) or what

    def _no_endpoint(self, role: ColumnRole) -> str:
        if self.compared.is_of_one_group(role):
            return "an estimate: no label names its outcome"
        return "no label names what is measured"

    def _sized(self, what: NamedEndpoint, figure: TableFigure) -> NamedEndpoint:
        """Return the endpoint, or the size of the group for the number of people measured."""
        is_size = self.names.size and (self.counts.is_size(figure) or self._sizes(figure))
        return NamedEndpoint(self.names.size, what.category) if is_size else what

    def _within(
        self, what: NamedEndpoint, anchor: Mapping[str, Any], printed: str, index: int
    ) -> NamedEndpoint:
        """Return an endpoint whose category has no number that the anchor does not print.

        Where the anchor names no column by its header, the header above the figure counts.
        """
        column = anchor.get("column", "")
        known = set(_DIGITS.findall(" ".join((printed, *_row_path(anchor), column))))
        known |= set(_DIGITS.findall(self.source.section))
        if not column or column.isdecimal():
            known |= set(_DIGITS.findall(" ".join(self.source.table.column_path(index))))
        parts = what.category.split(" › ")
        kept = [part for part in parts if known.issuperset(_DIGITS.findall(part))]
        return what if kept == parts else replace(what, category=" › ".join(kept))

    def _printed(self, cells: Sequence[Cell], anchor: Mapping[str, Any]) -> str:
        """Return the cells as printed: without footnote marks, unless they are within."""
        path, column = _row_path(anchor), anchor.get("column", "")
        for form in (label_text, lambda text: fold(text).text.strip()):
            printed = " … ".join(filter(None, (form(cell.text) for cell in cells)))
            if self.text.find_at(self.source.section, path, column, printed):
                return printed
        return " … ".join(filter(None, (label_text(cell.text) for cell in cells)))

    def _made(
        self,
        figure: TableFigure,
        beside: Sequence[TableFigure],
        role: ColumnRole,
        group: GroupOf,
        labels: Sequence[str],
    ) -> Made | str:
        """Return the fields that the figures give, by the kind of their column."""
        if sizes := self._sizes(figure):
            return Made({"values": sizes}, "likely", ["the header names both groups"])
        if figure.column.kind is ColumnKind.P:
            return self.compared.p_value(figure, role, group)
        if figure.column.kind is ColumnKind.EFFECT:
            return self.compared.effect(figure, beside, role, group)
        return self.values.of(figure, beside, role, group, labels)

    def _outer(self, anchor: Mapping[str, Any], path: Sequence[str]) -> list[str]:
        """Return the headings of an anchor, where a row has the same label as one of a block."""
        outer = self.rows.outer_headings
        return [one for one in _row_path(anchor)[:-1] if one not in path and one in outer]


def _row_path(anchor: Mapping[str, Any]) -> list[str]:
    """Return the labels that lead to the row of an anchor."""
    row = anchor["row"]
    return [row] if isinstance(row, str) else row
