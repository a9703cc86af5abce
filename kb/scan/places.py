"""The place of a figure in a table, as findings name it, and the notes of the table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.finding import Place

_FEW: Final = 2
"""A label of so many rows is shown below that of its block."""


def place_of(reading: TableReading, figure: TableFigure) -> Place:
    """Return where a figure of a table is printed."""
    row = row_name(reading, figure.row)
    return Place(reading.table.section, reading.table.id, row, path_name(figure.column.path))


def path_name(path: Iterable[str]) -> str:
    """Return headings or labels in one line, from the outermost, whatever spaces they hold.

    >>> path_name(("Drug", "n\u2003 (%)"))
    'Drug › n (%)'
    """
    return " › ".join(" ".join(name.split()) for name in path)


def row_name(reading: TableReading, row: int) -> str:
    """Return the labels of a row, from the outermost; several columns may hold labels.

    A label that several rows have, such as "Yes", stands below that of the row before it that has
    no figures of groups: "Smokers", with the p-value of the block.

    >>> from kb.papers.paper import Cell, Table
    >>> rows = [["", "", "Drug"], ["Tetanus", "Women", "74"], ["Tetanus", "Men", "45"]]
    >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(rows))
    >>> row_name(TableReading(Table("Table 1", "Table 1", "", grid, header_rows=1)), 2)
    'Tetanus › Men'
    """
    cells = reading.table.grid[row]
    path = reading.table.row_path(row)
    first = (c.index for c in reading.columns if c.kind is not ColumnKind.LABEL)
    own = (plain(cell.text).strip() for cell in cells[1 : next(first, 1)])
    return path_name(dict.fromkeys((*_in_block(reading, row, path), *filter(None, own))))


def _in_block(reading: TableReading, row: int, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of a row; below the label of its block if other rows have the same path."""
    table = reading.table
    rows = range(table.header_rows, len(table.grid))
    if not path or sum(table.row_path(other) == path for other in rows) < _FEW:
        return path
    for above in range(row - 1, table.header_rows - 1, -1):
        groups = [f for f in reading.rows.get(above, ()) if f.column.kind is not ColumnKind.P]
        if not groups:
            heading = table.row_path(above)[-1:]
            return path if heading == path[-2:-1] else (*heading, path[-1])
    return path


def notes(reading: TableReading) -> str:
    """Return the caption and the footnotes of a table."""
    return " ".join(parts_of_notes(reading))


def parts_of_notes(reading: TableReading) -> tuple[str, ...]:
    """Return the caption of a table, then its footnotes."""
    return reading.table.caption, *(note.text for note in reading.table.footnotes)
