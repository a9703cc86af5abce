"""The parts of a table whose body has headers: each part is read as a table of its own.

A header in the body divides columns that the header above does not tell apart ("Control" above
"M", "SD", "n"), so the figures below it would have no header of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kb.drafts.labels import is_answer, is_statistic
from kb.drafts.not_results import names_column
from kb.drafts.times import is_moment
from kb.papers.from_source import SourceTable, label_text
from kb.papers.paper import Cell, Table
from kb.sources.sizes import printed_size

_VERSUS: Final = re.compile(r"\w (?:vs?\.?|versus) \w")
_CLASS: Final = re.compile(r"[<>≤≥] ?[0-9.,]+(?: ?(?:to|and|[-–—]) ?[<>≤≥]? ?[0-9.,]+)?")
"""A class by its limits: "<30", "≥30 to <60"."""


def parts_of(source: SourceTable) -> Iterator[SourceTable]:
    """Yield the parts of a table, from the top; the table itself if its body has no header.

    >>> lines = (("", "Drug", "Drug"), ("Pain", "M", "SD"), ("Before", "5.1", "1.2"))
    >>> grid = tuple(tuple(Cell(t, i, j) for j, t in enumerate(r)) for i, r in enumerate(lines))
    >>> source = SourceTable("T", Table("T", "T", "", grid, header_rows=1), ((),) * 3, ((),) * 3)
    >>> [part.table.column_path(2) for part in parts_of(source)]
    [('Drug', 'SD')]
    """
    source = _with_headings(source)
    table = source.table
    rows = range(table.header_rows, len(table.grid))
    if renamed := [row for row in rows if _renames(table, row)]:
        ends = [*renamed, len(table.grid)]
        yield _part(source, range(table.header_rows), range(table.header_rows, ends[0]))
        for row, end in zip(renamed, ends[1:], strict=True):
            yield _part(source, [*range(table.header_rows - 1), row], range(row + 1, end))
        return
    headers = _blocks([row for row in rows if _divides(table, row)])
    if not headers:
        yield source
        return
    above = range(table.header_rows)
    starts = [table.header_rows, *(block[-1] + 1 for block in headers)]
    ends = [*(block[0] for block in headers), len(table.grid)]
    for block, start, end in zip([[], *headers], starts, ends, strict=True):
        stop = _end_of_answers(table, block, range(start, end))
        if start < stop:
            yield _part(source, [*above, *block], range(start, stop))
        if stop < end:
            yield _part(source, above, range(stop, end))


def _end_of_answers(table: Table, header: Sequence[int], body: range) -> int:
    """Return where the rows end that a header of answers divides: "Symptoms | Yes | No".

    That is at the next heading without answers beside it.
    """
    texts = (label_text(cell.text) for row in header for cell in table.grid[row][1:])
    labelled = all(label_text(table.grid[row][0].text) for row in header)
    if not header or not labelled or not all(is_answer(text) for text in texts if text):
        return body.stop
    headings = (row for row in body if not any(cell.text.strip() for cell in table.grid[row][1:]))
    return next(headings, body.stop)


def _with_headings(source: SourceTable) -> SourceTable:
    """Return a table whose headings stand above the figures with them above its labels instead.

    Several rows have no label, and name one thing in the first column of figures. The first is
    the last of the header, or stands directly below it.
    """
    table, first = source.table, source.table.header_rows
    rows = [row for row in range(max(first - 1, 1), len(table.grid)) if _names_one(table, row)]
    if len(rows) < 2 or rows[0] > first:
        return source
    grid = list(table.grid)
    for row in rows:
        text = label_text(grid[row][1].text)
        grid[row] = tuple(
            Cell("" if column else text, row, column) for column in range(table.width)
        )
    return replace(source, table=replace(table, grid=tuple(grid), header_rows=min(first, rows[0])))


def _names_one(table: Table, row: int) -> bool:
    own = {cell.column: label_text(cell.text) for cell in table.grid[row] if cell.row == row}
    filled = {column: text for column, text in own.items() if text}
    return filled.keys() == {1} and not any(map(str.isdigit, filled[1]))


def _renames(table: Table, row: int) -> bool:
    """Whether a row of the body has other names in the places of the last header's.

    "Drug | | Placebo |" above figures, and further down "Drug | | No drug |".
    """
    last = table.header_rows - 1
    if _compares(table, row):
        return True
    if last < 1:
        return False
    above, own = _own_names(table, last), _own_names(table, row)
    is_other = len(own) > 1 and own.keys() == above.keys() and own != above
    return is_other or _has_classes(table, row) or _has_statistics(table, row)


def _has_statistics(table: Table, row: int) -> bool:
    """Whether a row has other statistics in the places of those of the header.

    "n | % | n | %" above counts, and further down "Mean | SD | Mean | SD". Directly below the
    header they go on from it: "No. (%) or" above "Mean ± SD".
    """
    if row == table.header_rows:
        return False
    above, own = (
        {cell.column: text for cell in table.grid[one] if (text := label_text(cell.text))}
        for one in (table.header_rows - 1, row)
    )
    figures = {column: text for column, text in above.items() if column in own}
    return (
        0 not in own
        and own.keys() == figures.keys()
        and own != figures
        and len(own) > 1
        and all(map(is_statistic, (*own.values(), *figures.values())))
    )


def _has_classes(table: Table, row: int) -> bool:
    """Whether a row has the same classes of people below each header: "<30 | ≥30 | <30 | ≥30".

    Its first cell is empty, and every other names a class or a column.
    """
    texts = [label_text(cell.text) for cell in table.grid[row]]
    classes: dict[tuple[str, ...], list[str]] = {}
    for column, text in enumerate(texts):
        if _CLASS.fullmatch(text):
            classes.setdefault(table.column_path(column)[:1], []).append(text)
    first, *others = classes.values() if classes else [[]]
    is_named = not texts[0] and all(_CLASS.fullmatch(t) or names_column(t) for t in texts[1:] if t)
    return is_named and bool(others) and len(first) > 1 and all(one == first for one in others)


def _compares(table: Table, row: int) -> bool:
    """Whether a row of the body without a label only names comparisons: "Drug vs placebo"."""
    first, *texts = (label_text(cell.text) for cell in table.grid[row])
    filled = [text for text in texts if text]
    return not first and bool(filled) and all(map(_VERSUS.search, filled))


def _own_names(table: Table, row: int) -> dict[int, str]:
    """Return the words of a row without a label, by column; nothing if it has others."""
    own = {cell.column: label_text(cell.text) for cell in table.grid[row] if cell.row == row}
    filled = {column: text for column, text in own.items() if text}
    is_named = 0 not in filled and len(filled) < table.width - 1
    return filled if is_named and all(map(_is_name, filled.values())) else {}


def _is_name(text: str) -> bool:
    return not any(map(str.isdigit, text)) and not is_statistic(text) and not is_answer(text)


def _divides(table: Table, row: int) -> bool:
    """Whether a row of the body names columns only, and tells all of one header apart."""
    paths = [table.column_path(column) for column in range(table.width)]
    texts = [label_text(cell.text) for cell in table.grid[row]]
    filled = {column: text for column, text in enumerate(texts) if text and column}
    if not filled or not all(map(names_column, filled.values())):
        return False
    alike = Counter(paths[column] for column in filled)
    repeated = {path for path, count in alike.items() if count > 1}
    figures = {c for c in range(1, table.width) if _has_figures(table, row, c)}
    of_one = [{c for c in figures if paths[c] == path} for path in repeated]
    named = [[filled[c] for c in columns if c in filled] for columns in of_one]
    are_distinct = (
        len(columns) == len(set(names)) for columns, names in zip(of_one, named, strict=True)
    )
    return any(len(names) > 1 for names in named) and all(are_distinct)


def _has_figures(table: Table, row: int, column: int) -> bool:
    """Whether a column has figures below a row."""
    below = table.grid[row + 1 :]
    return any(any(map(str.isdigit, line[column].text)) for line in below)


def _blocks(rows: Sequence[int]) -> list[list[int]]:
    """Return rows that follow each other together."""
    blocks: list[list[int]] = []
    for row in rows:
        if blocks and blocks[-1][-1] == row - 1:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _part(source: SourceTable, header: Sequence[int], body: Sequence[int]) -> SourceTable:
    """Return the part with these rows for its header and its body.

    The label of a header within the body is the first heading of the rows below it.
    """
    table, first = source.table, source.table.header_rows
    heading = header[-1:] if len(header) == first + 1 and _heads_rows(table, header[-1]) else ()
    rows = [*header, *heading, *body]
    grid = [
        tuple(replace(cell, row=number) for cell in table.grid[row])
        for number, row in enumerate(rows)
    ]
    kept = sum(row < first for row in header)
    grid[:kept] = table.grid[:kept]
    changed = [number for number, row in enumerate(header) if row >= first]
    for number in changed:
        grid[number] = tuple(map(_as_header, grid[number]))
    for number in range(len(header), len(header) + len(heading)):
        grid[number] = (
            grid[number][0],
            *(replace(one, text="") for one in grid[number][1:]),
        )
    return SourceTable(
        source.section,
        replace(table, grid=tuple(grid), header_rows=len(header)),
        tuple(source.spans[row] for row in rows),
        tuple(source.marks[row] for row in rows),
    )


def _heads_rows(table: Table, row: int) -> bool:
    """Whether the label of a header is not what its cells are: some are answers, or no words."""
    label, *texts = (label_text(cell.text) for cell in table.grid[row])
    return bool(label) and any(
        is_answer(text) or is_statistic(text) or is_moment(text) or printed_size(text)
        for text in texts
        if text
    )


def _as_header(cell: Cell) -> Cell:
    return replace(cell, text=label_text(cell.text) if cell.column else "", header=True)
