"""Tables whose rows are groups of people, and whose columns are what was measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.drafts.columns import group_parts
from kb.drafts.groups import GroupNames, GroupOf, is_everybody
from kb.drafts.labels import EndpointNames, is_statistic, without_size
from kb.drafts.times import is_moment
from kb.papers.from_source import label_text
from kb.papers.reading import ColumnKind, TableReading
from kb.papers.statistic import Centre, Statistic, declared

_GROUPS: Final = re.compile(
    r"(?:(?:study|treatment|intervention|patient|allelic) )?(?:(?:sub)?groups?|arms?|treatments?"
    r"|regimens?|genotypes?|cohorts?)(?: ?\(s\))?",
    re.IGNORECASE,
)
_TWO: Final = re.compile(
    r"\b(?:for|of|between|in|comparing) (?:the )?([A-Z][\w -]{2,30}?) and (?:the )?"
    r"([A-Z][\w -]{2,30}?) (?:conditions|groups|arms)\b"
)
_UNIT: Final = re.compile(r"\((?:%|[^()=]*[/°µμ²³][^()=]*|[mck]?m|k?g|m?l|h|min|days|years)\)")


@dataclass
class RowGroups:
    """Whether the rows of one table are groups."""

    reading: TableReading
    names: EndpointNames
    groups: GroupNames

    @cached_property
    def are_groups(self) -> bool:
        """Whether the labels of the rows name groups, and the headers of the columns none."""
        table = self.reading.table
        parts = {p for c in self.reading.columns[1:] for p in group_parts(c, self.names)}
        if any(map(self.groups.find_part, parts)):
            return False
        if self.are_declared or self._are_in_caption:
            return True
        rows = range(table.header_rows, len(table.grid))
        found = (self.groups.find_part(without_size(p)) for r in rows for p in table.row_path(r))
        return len({one.id for one in found if one}) > 1

    @property
    def _are_in_caption(self) -> bool:
        """Whether the caption names two rows as groups: "for the A and B conditions"."""
        labels = {label_text(row[0].text) for row in self.reading.table.body}
        pairs = (found.groups() for found in _TWO.finditer(label_text(self.reading.table.caption)))
        named = [pair for pair in pairs if labels.issuperset(pair)]
        for label in (label for pair in named for label in pair):
            self.groups.resolve(label, sized=False)
        return bool(named)

    @cached_property
    def are_declared(self) -> bool:
        """Whether the header of the labels, or units in the others, say that rows are groups."""
        columns = self.reading.columns
        labels = {label_text(row[self.column].text) for row in self.reading.table.body} - {""}
        return (
            (self._is_named(self.column) or self._measures_in_columns)
            and not any(column.size for column in columns[1:])
            and not any(map(self._is_measured, labels))
        )

    @cached_property
    def column(self) -> int:
        """The column of labels that names groups: another than the first if its header says so."""
        further = (c.index for c in self.reading.columns if c.index and c.kind is ColumnKind.LABEL)
        return next(filter(self._is_named, further), 0)

    def _is_named(self, index: int) -> bool:
        """Whether the header of a column says that its labels are groups."""
        header = map(label_text, self.reading.table.column_path(index))
        return any(map(_GROUPS.fullmatch, header))

    def pair_at(self, row: int) -> tuple[str, str] | None:
        """Return the two groups that a comparison in a row is about, the control last.

        It stands in the first row of the two, or in a row of p-values below them.
        """
        block = self._block(row)
        labels = [label_text(self.reading.table.grid[one][self.column].text) for one in block]
        found = [one.id for label in labels if (one := self._group(label))]
        is_own = bool(found) and (block[0] == row or self._group(labels[block.index(row)]) is None)
        if len(found) != 2 or found[0] == found[1] or not is_own:
            return None
        first, second = found
        is_turned = self.groups.is_control(first) and not self.groups.is_control(second)
        return (second, first) if is_turned else (first, second)

    def _group(self, label: str) -> GroupOf | None:
        """Return the group that the label of a row names, a new one where rows are groups."""
        name = without_size(label)
        if not name or declared(label).centre is Centre.P:
            return None
        is_new = self.are_declared and not is_everybody(name)
        return self.groups.resolve(name, sized=False) if is_new else self.groups.find_part(name)

    def _block(self, row: int) -> list[int]:
        """Return the rows that share the headings, or the first label, of a row."""
        table = self.reading.table
        rows = range(table.header_rows, len(table.grid))

        def key(one: int) -> object:
            if not self.column:
                return table.row_path(one)[:-1]
            return next((r for r in range(one, -1, -1) if table.grid[r][0].text.strip()), one)

        return [one for one in rows if key(one) == key(row) and any(self._cells(one))]

    def _cells(self, row: int) -> list[str]:
        return [cell.text.strip() for cell in self.reading.table.grid[row][1:]]

    @cached_property
    def _measures_in_columns(self) -> bool:
        """Whether most headers have a unit, as those of measurements have."""
        columns = [c for c in self.reading.columns[1:] if c.kind is ColumnKind.GROUP]
        units = [
            c
            for c in columns
            if c.path
            and _UNIT.search(label_text(c.path[-1]))
            and c.statistic.centre is not Centre.COUNT
        ]
        return len(units) > max(1, len(columns) / 2)

    def _is_measured(self, label: str) -> bool:
        """Whether a label names a statistic, an endpoint or a unit, and so no group.

        A row of p-values may stand below the groups.
        """
        if declared(label).centre is Centre.P:
            return False
        is_named = declared(label) != Statistic() or self.names.unit([label]) or is_moment(label)
        return bool(is_named or self.names.endpoint(label) or is_statistic(label))
