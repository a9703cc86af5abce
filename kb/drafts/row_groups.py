"""Tables whose rows are groups of people, and whose columns are what was measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.drafts.columns import group_parts
from kb.drafts.groups import GroupNames
from kb.drafts.labels import EndpointNames, is_statistic, without_size
from kb.drafts.times import is_moment
from kb.model import WHOLE
from kb.papers.from_source import label_text
from kb.papers.reading import ColumnKind, TableReading
from kb.papers.statistic import Centre, Statistic, declared

_GROUPS: Final = re.compile(
    r"(?:(?:study|treatment|intervention|patient) )?(?:groups?|arms?|treatments?|regimens?)",
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
        if any(self._is_group(part) for part in parts):
            return False
        if self.are_declared or self._are_in_caption:
            return True
        rows = range(table.header_rows, len(table.grid))
        found = (self.groups.find(without_size(p)) for r in rows for p in table.row_path(r))
        return len({one.id for one in found if one and one.id != WHOLE}) > 1

    @property
    def _are_in_caption(self) -> bool:
        """Whether the caption names two rows as groups: "for the A and B conditions"."""
        labels = {label_text(row[0].text) for row in self.reading.table.body}
        pairs = (found.groups() for found in _TWO.finditer(label_text(self.reading.table.caption)))
        named = [pair for pair in pairs if labels.issuperset(pair)]
        for label in (label for pair in named for label in pair):
            self.groups.resolve(label, sized=False)
        return bool(named)

    def _is_group(self, label: str) -> bool:
        found = self.groups.find(label)
        return found is not None and found.id != WHOLE

    @cached_property
    def are_declared(self) -> bool:
        """Whether the header of the labels, or units in the others, say that rows are groups."""
        table, columns = self.reading.table, self.reading.columns
        header = [label_text(part) for part in table.column_path(0)]
        labels = {label_text(row[0].text) for row in table.body} - {""}
        return (
            (any(map(_GROUPS.fullmatch, header)) or self._measures_in_columns)
            and not any(column.size for column in columns[1:])
            and not any(map(self._is_measured, labels))
        )

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
        """Whether a label names a statistic, an endpoint or a unit, and so no group."""
        is_named = declared(label) != Statistic() or self.names.unit([label]) or is_moment(label)
        return bool(is_named or self.names.endpoint(label) or is_statistic(label))
