"""Rows that go on from the row above: its interval, its p-value, each on a line of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Final

from kb.drafts.labels import is_statistic as names_statistic
from kb.papers.entries import Form, entry
from kb.papers.reading import TableReading
from kb.papers.statistic import Centre, declared

_STATISTIC: Final = re.compile(
    r"p[- –]?values?|p|(?:[0-9]{2} ?% ?)?ci|s\.?[de]\.?|percent(?:age)? change"
    r"|(?:crude|(?:un)?adjusted)(?: \w+)?"
    r"|median|range|iqr|min(?:imum)?|max(?:imum)?",
    re.IGNORECASE,
)
"""The label of a row that has one statistic of the row above."""


def rows_gone_on_from(reading: TableReading, alone: Collection[int]) -> dict[int, int]:
    """Return the row that each row with a statistic or an interval alone goes on from.

    ``alone`` are the rows that have a label only.

    >>> from kb.papers.paper import Cell, Table
    >>> lines = [("", "Recall"), ("Age", "0.6"), ("CI", "0.4-0.8"), ("Sex", "0.7"), ("CI", "0.5-1")]
    >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(lines))
    >>> rows_gone_on_from(TableReading(Table("1", "1", "", grid, header_rows=1)), ())
    {2: 1, 4: 3}
    """
    body = range(reading.table.header_rows, len(reading.table.grid))
    times = Counter(r[0].text.strip() for r in reading.table.body)
    found: dict[int, int] = {}
    for row in body[1:]:
        start, path = found.get(row - 1, row - 1), reading.table.row_path(row)
        above = reading.table.row_path(start)
        is_first = path[:-1] in ((), above, above[:-1])
        is_statistic = path and times[path[-1]] > 1 and _STATISTIC.fullmatch(path[-1])
        is_own = bool(is_statistic) and times[reading.label(start)] == 1
        is_own = is_own or (bool(path) and _is_other_centre(reading.label(start), path[-1]))
        if ((is_own and is_first) or _is_interval(reading, row)) and start not in alone:
            found[row] = start
    return found


def _is_other_centre(above: str, label: str) -> bool:
    """Whether "Median (range)" stands below "Age, mean (SD)"."""
    are_centres = {declared(above).centre, declared(label).centre} == {Centre.MEAN, Centre.MEDIAN}
    return are_centres and names_statistic(label) and not names_statistic(above)


def _is_interval(reading: TableReading, row: int) -> bool:
    """Whether a row has no label, and no figures but intervals."""
    label, *cells = (cell.text for cell in reading.table.grid[row])
    return not label.strip() and {entry(text).form for text in cells} - {Form.EMPTY} == {
        Form.BOUNDS
    }
