"""Tables in texts: rows are lines with tabs, or lines such as ``| a | b |``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final, NamedTuple


class Cell(NamedTuple):
    """A cell of a table, by its offsets in the whole text."""

    start: int
    end: int


_RULE: Final = re.compile(r"[ |:+]*-{3,}[ |:+-]*")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_MAX_HEADERS: Final = 4
_NOTE_MARKS: Final = (
    r"(?:(?<=[)\]])(?:</?su[bp]>)?[a-h](?:, ?[a-h])*(?:</su[bp]>)?|(?<=[0-9)\]%]) ?[*†‡§¶‖#°]{1,3})"
)
_FIGURES_ONLY: Final = re.compile(
    rf"[-<>≤≥~(\[]*\.?[0-9][-0-9.,%/ ()\[\]]*(?:{_NOTE_MARKS})?"
    r"|[0-9][0-9.,]* ?(?:(?:±|\+/-) ?[0-9]|[(\[][0-9.,% ]+[)\]],? (?:range|iqr)\b).*"
    r"|(?:[-<>≤≥~]?[0-9.][0-9.,]*|N[AER]) ?[(\[][-0-9., NAER%]+ to [-0-9., NAER%]+[)\]]"
    r"|[nN] ?= ?[0-9]+[*†‡]?[:;] ?[-0-9].*"
)
_NAMES: Final = re.compile(r"[\w%]")
"""What a cell that names a column has; a dash stands for a figure."""
_SIZED: Final = re.compile(r"[A-Za-z].*\b[nN] ?= ?[0-9][0-9,]*\)?$")
TIMES_BELOW: Final = re.compile(
    r"^(?:follow[- ]?up )?\(?(?:time|hours?|days?|weeks?|months?|years?|visits?)\b", re.IGNORECASE
)
"""How the header of a column of times begins: "Follow-up weeks"."""
_SEPARATORS: Final = re.compile(r" ?[›>:,/|] ?")


def table_rows(text: str, offset: int = 0) -> list[list[Cell]]:
    r"""Return the cells of each row in a text, by their offsets.

    >>> text = "Ages\n| Age | No. |\n|---|---|\n| 34 | 57 |\nNotes"
    >>> [[text[a:b].strip() for a, b in row] for row in table_rows(text)]
    [['Age', 'No.'], ['34', '57']]
    """
    texts = text.split("\n")
    starts = accumulate((len(line) + 1 for line in texts), initial=0)
    lines = list(zip(starts, texts, strict=False))
    inside = False  # a table whose rows have no pipes at their ends
    rows: list[list[Cell]] = []
    for (start, line), (_, following) in pairwise([*lines, (len(text), "")]):
        is_rule = "|" in line and _RULE.fullmatch(line.strip()) is not None
        inside = "|" in line and (inside or is_rule)
        begins = "|" in line and "|" in following and _RULE.fullmatch(following.strip()) is not None
        if "\t" in line:
            marks = [i for i, char in enumerate(line) if char == "\t"]
            rows.append(list(_cells([-1, *marks, len(line)], offset + start)))
        elif not is_rule and (inside or begins or _has_ends(line)):
            marks = [m.start() for m in _PIPE.finditer(line)]
            edges = [] if _has_ends(line) else [-1, len(line)]
            rows.append(list(_cells(sorted({*marks, *edges}), offset + start)))
    return rows


def _has_ends(line: str) -> bool:
    line = line.strip()
    return len(line) > 2 and line[0] == "|" == line[-1]


def _cells(marks: Sequence[int], offset: int) -> Iterator[Cell]:
    for left, right in pairwise(marks):
        yield Cell(offset + left + 1, offset + right)


def header_rows(table: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return the header rows: the first, and those below it that name parts of its columns.

    >>> len(header_rows([["", "Drug", "Placebo"], ["", "n", "n"], ["Age", "34", "35"]]))
    2
    >>> len(header_rows([["", "Drug", "Placebo"], ["Age", "16 (12 to 18)", "15 (.5 to NA)"]]))
    1
    >>> len(header_rows([["", "Drug", "Placebo"], ["Dose", "-", "-"], ["Age", "34", "35"]]))
    1
    """
    rows = [table[0]]
    for row in table[1:_MAX_HEADERS]:
        filled = [cell for cell in row[1:] if cell]
        is_sized = bool(filled) and all(map(_SIZED.search, filled))
        if row[0] and rows[-1][0] and not is_sized:
            break
        if not any(map(_NAMES.search, filled)) or any(map(is_figure, filled)):
            break
        rows.append(row)
    return rows


def column_names(table: Sequence[Sequence[str]]) -> list[list[tuple[int, str]]]:
    r"""Return the names of columns as lists to be searched in turn: number from 0, and name.

    Below the first row of the header, a column is named by its own cell, or by all cells above
    it, of which one may span several columns.

    >>> column_names([["", "Drug", ""], ["", "n", "%"], ["Age", "34", "63"]])[2]
    [(0, ''), (1, 'Drug n'), (2, 'Drug %')]
    >>> column_names([["", "Drug", "", "P"], ["", "n", "%", ""], ["Age", "34", "63", "1"]])[2][3]
    (3, 'P')
    """
    headers = header_rows(table)
    names = [list(enumerate(headers[0]))]
    if len(headers) == 1:
        return names
    names.append([pair for row in headers[1:] for pair in enumerate(row)])
    width = max(map(len, headers))
    return [*names, [(column, _path(headers, column)) for column in range(width)]]


def _path(headers: Sequence[Sequence[str]], column: int) -> str:
    """Return the cells above a column; an empty one below a cell of its own is part of that."""
    parts: list[str] = []
    is_own = False
    for row in headers:
        own = "".join(row[column : column + 1])
        parts.append(own if own or is_own else _spanning(row, column))
        is_own = is_own or bool(own)
    return " ".join(filter(None, parts))


def _spanning(row: Sequence[str], column: int) -> str:
    """Return the cell above a column: its own, or the one to its left that spans it."""
    filled = (cell for cell in reversed(row[1 : column + 1]) if cell)
    return next(filled, "") if column else row[0]


def is_figure(cell: str) -> bool:
    """Whether a cell has figures and no words.

    >>> is_figure("12 (34%)"), is_figure("Grade 3")
    (True, False)
    """
    return _FIGURES_ONLY.fullmatch(cell) is not None


def path_name(name: str) -> str:
    """Return a name of a column without the marks between its parts.

    >>> path_name("Drug › %")
    'Drug %'
    """
    return _SEPARATORS.sub(" ", name).strip()
