"""Rows that are categories of what their heading names, of which one row has the p-value of all."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kb.drafts.rows import LEAST, MOST, RowLabels, share_of
from kb.papers.reading import PEOPLE, ColumnKind, TableFigure
from kb.util.grouping import group_by

_FEWEST: Final = 2


def has_p_of_all(rows: RowLabels, row: int) -> bool:
    """Whether the p-value of a row is that of its heading: no other category has one.

    "Education" stands above "School | 45% | 52% | 0.3" and "College | 55% | 48% |".
    """
    heading = rows.path(row)[:-1]
    figures = rows.reading.rows
    block = [one for one in figures if heading and rows.path(one)[:-1] == heading]
    with_p = [one for one in block if any(f.column.kind is ColumnKind.P for f in figures[one])]
    if with_p != [row] or len(block) < _FEWEST:
        return False
    people = (f for one in block for f in figures[one] if f.column.kind in PEOPLE)
    columns = group_by(people, key=lambda figure: figure.column.index).values()
    shares = [[_share(figure) for figure in column] for column in columns]
    return bool(shares) and all(
        len(column) == len(block) and LEAST <= sum(column) <= MOST for column in shares
    )


def _share(figure: TableFigure) -> Decimal:
    beside = figure.entry.second if figure.is_undeclared else None
    return share_of(figure) or (beside.value if beside else Decimal(0))
