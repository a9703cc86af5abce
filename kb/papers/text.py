"""A paper as a text of the kind that `kb.sources` reads, and where its sections begin.

Headings stand between marks (``## Methods ##``), so that none is the beginning of another;
paragraphs are lines; tables are rows of cells with tabs, below their caption and above their
footnotes, in sections of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from kb.papers.inline import clean
from kb.papers.paper import Figure, Paper, Section, Table

INDENT: Final = "  "
"""What stands before the label of a row for each step that it is indented."""
_MAX_MARKER: Final = 150
_MOST_SIGNS: Final = 20
"""Headings of one text are compared by this many characters, then by their number."""
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


class Part(NamedTuple):
    """A section of a text: how its first line begins, and whether its figures are evidence."""

    id: str
    label: str
    marker: str
    evidence: bool


class SourceDraft(NamedTuple):
    """The text of a source, and its sections in order."""

    text: str
    parts: tuple[Part, ...]


class _Block(NamedTuple):
    id: str
    label: str
    heading: str
    lines: list[str]
    evidence: bool


def source_text(paper: Paper) -> SourceDraft:
    r"""Return a paper as a text, and where its sections, tables and figures begin.

    >>> from kb.papers.jats import read_jats
    >>> xml = b"<article><body><sec><title>Results</title><p>OS was 7.7.</p></sec></body></article>"
    >>> source_text(read_jats(xml)).text
    '## Results ##\n\nOS was 7.7.\n'
    """
    blocks = list(_blocks(paper))
    written: list[str] = []
    parts: list[Part] = []
    taken: set[str] = set()
    times: Counter[str] = Counter()
    for block in blocks:
        heading = _heading(block.heading, taken, times)
        marker = heading[:_MAX_MARKER].rstrip()
        parts.append(Part(block.id, block.label, marker, block.evidence))
        written += [heading, "", *block.lines]
        written += [""] * (bool(block.lines) and block.lines[-1] != "")
    return SourceDraft("\n".join(written), tuple(parts))


def _heading(text: str, taken: set[str], times: Counter[str]) -> str:
    """Return a heading with a beginning of its own; of equal texts, with more signs or a number.

    >>> taken, times = set(), Counter()
    >>> [_heading("Case", taken, times) for _ in range(21)][::20]
    ['## Case ##', '## 20 Case ##']
    """
    while True:
        number = times[text]
        times[text] += 1
        many = number >= _MOST_SIGNS
        heading = f"## {number} {text} ##" if many else f"{'#' * number}## {text} ##"
        if heading[:_MAX_MARKER] not in taken:
            taken.add(heading[:_MAX_MARKER])
            return heading


def _blocks(paper: Paper) -> Iterator[_Block]:
    placed: set[str] = set()
    floats: list[Table | Figure] = [*paper.tables, *paper.figures]
    for section in paper.sections:
        yield _section(section)
        for item in floats:
            if item.section == section.id:
                placed.add(item.id)
                yield _float(item)
    for item in floats:
        if item.id not in placed:
            yield _float(item)


def _float(item: Table | Figure) -> _Block:
    return _table(item) if isinstance(item, Table) else _figure(item)


def _section(section: Section) -> _Block:
    lines = [line for p in section.paragraphs for line in (one_line(p.text), "")]
    evidence = section.kind in {"abstract", "body"}
    heading = one_line(section.heading)
    return _Block(section.id, heading or section.id, heading or section.id, lines, evidence)


def _figure(figure: Figure) -> _Block:
    lines = [one_line(figure.caption), ""] if figure.caption else []
    return _Block(figure.id, figure.caption or figure.id, figure.label or figure.id, lines, True)


def _table(table: Table) -> _Block:
    lines = [one_line(table.caption), ""] if table.caption else []
    rows = ["\t".join(row) for row in table_lines(table)]
    lines += [*rows, ""] if rows else []
    for note in table.footnotes:
        mark = f"<sup>{note.mark}</sup> " if note.mark else ""
        lines += [one_line(mark + note.text), ""]
    return _Block(table.id, table.caption or table.id, table.label or table.id, lines, True)


def table_lines(table: Table) -> list[list[str]]:
    """Return the rows of a table as its text has them.

    A cell stands where it begins, and its other places are empty. Spaces before the label of a
    row say how far it is indented. Rows without text, such as rules, are left out; a table of one
    column has an empty second one, because a row is a line with a tab.

    >>> from kb.papers.paper import Cell
    >>> drug = Cell("Drug", 0, 0, columns=2)
    >>> table_lines(Table("Table 1", "", "", ((drug, drug), (Cell("1", 1, 0), Cell("2", 1, 1)))))
    [['Drug', ''], ['1', '2']]
    """
    rows = [
        [
            INDENT * cell.indent + one_line(cell.text)
            if (cell.row, cell.column) == (number, column)
            else ""
            for column, cell in enumerate(row)
        ]
        for number, row in enumerate(table.grid)
    ]
    return [row if len(row) > 1 else [*row, ""] for row in rows if any(row)]


def one_line(text: str) -> str:
    r"""Return a text as a line that is neither a row of a table nor a heading by mistake.

    >>> one_line("a\tb"), one_line("|a|")
    ('a b', '\u200b|a|')
    """
    line = clean(_CONTROL.sub(" ", text))
    return f"\u200b{line}" if line[:1] in {"|", "#"} else line
