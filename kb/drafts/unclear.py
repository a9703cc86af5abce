"""What a table leaves unclear: figures that would be drafted wrongly, so they are not drafted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.drafts.columns import ColumnRole
from kb.papers.entries import Form
from kb.papers.from_source import label_text
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import declared

_PERSON: Final = re.compile(
    r"(?:ID|(?:patient|case|participant|subject)s?)(?: ?(?:no\.?|nos\.?|numbers?|ID|#))?\.?",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(r"[nN] ?/ ?[nN]\b|\b[nN]o\.? ?/")


@dataclass
class Unclear:
    """The reasons why figures of one table are not drafted."""

    reading: TableReading

    def why(self, figure: TableFigure, role: ColumnRole, labels: Sequence[str]) -> str:
        """Return why a figure below some labels is not drafted, or ""."""
        if self._lists_people:
            return "a row of the table is one person"
        if role.is_of_test:
            return "a statistic of a test"
        printed = labels[-1] if labels else ""
        if figure.entry.form is Form.RATIO and "/" in _COUNTED.sub("", printed):
            return "two counts of which neither is a part of the other"
        forms = (Form.NUMBER, Form.WITH_BOUNDS, Form.BOUNDS)
        is_bare = figure.statistic.centre is None and figure.entry.form in forms
        if is_bare and role.has_people and self._has_effects:
            return "the caption declares effects, and no column says whose"
        return ""

    @cached_property
    def _lists_people(self) -> bool:
        headers = {label_text(part) for column in self.reading.columns for part in column.path}
        return any(
            _PERSON.fullmatch(header) and header.upper().endswith(("ID", "NO", "NO.", "NUMBER"))
            for header in headers
        )

    @cached_property
    def _has_effects(self) -> bool:
        """Whether only the caption says that figures are effects."""
        columns, table = self.reading.columns, self.reading.table
        if any(c.size or c.kind is ColumnKind.EFFECT for c in columns):
            return False
        centres = (declared(part).centre for part in re.split("[.;,]", table.caption))
        return any(centre is not None and centre.is_effect for centre in centres)
