"""The tables of a source's text, read back as tables with cells that span and footnotes.

A text has a table as lines with tabs, in a section of its own or within one, its caption above
and its footnotes below; it may have been made by ``kb read`` or by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kb.papers.paper import Cell, Footnote, Table, plain
from kb.sources.normalise import fold
from kb.sources.tables import Cell as Span
from kb.sources.tables import header_rows, table_rows
from kb.sources.text import Piece, SourceText

_NOTE: Final = re.compile(r"(?:<sup>(?P<raised>[^<]{1,8})</sup>|(?P<mark>[*†‡§¶#]{1,3}))\s*")
_RAISED: Final = re.compile(
    r"(?<![0-9])(?<!\bm)(?<!\bcm)(?<!\bmm)<sup>(?![-−][0-9])[^<]{1,12}</sup>"
    r"|<sup>[a-zA-Z*†‡§¶#, ]{1,8}</sup>"
)
"""A mark of a footnote: not the exponent of a number or of a unit, as of m², h⁻¹."""
_ORDINAL: Final = re.compile(r"(?<=[0-9])<sup>(st|nd|rd|th)</sup>")
"""The raised end of an ordinal number: "1<sup>st</sup>"."""
_EXPONENT: Final = re.compile(r"<sup>([-−+]?[0-9]{1,3})</sup>")
_MARKS: Final = re.compile(r"[*\u204e\u2217†‡§¶‖#]+(?:,(?=[*\u204e\u2217†‡§¶‖#]))?")


def label_text(text: str) -> str:
    """Return a label, or the print of a cell, on one line without the marks of footnotes.

    >>> label_text("Age<sup>a</sup>,  years*"), label_text("×10<sup>9</sup>/L")
    ('Age, years', '×10^9/L')
    >>> label_text("BMI (kg/m<sup>2</sup>)<sup>1</sup>")
    'BMI (kg/m^2)'
    >>> label_text("P value<sup>a </sup>vs. placebo")
    'P value vs. placebo'
    >>> label_text("Elimination (h<sup>−1</sup>)")
    'Elimination (h^−1)'
    >>> label_text("After the 1<sup>st</sup> dose<sup>a</sup>")
    'After the 1st dose'
    """
    text = _ORDINAL.sub(r"\1", text)
    bare = _EXPONENT.sub(r"^\1", _RAISED.sub(lambda m: " " * (" </" in m[0]), text))
    return " ".join(_MARKS.sub("", plain(bare)).split())


@dataclass(frozen=True)
class SourceTable:
    """A table of a source's text, with the offsets of its cells there.

    Its headers and the labels of its rows have no marks of footnotes.
    """

    section: str
    table: Table
    spans: tuple[tuple[Span, ...], ...]
    """The offsets of the cells of each row, as its line has them."""
    marks: tuple[tuple[str, ...], ...]
    """The marks of footnotes at the label of each row."""

    def span(self, row: int, column: int) -> Span | None:
        """Return the offsets of the cell that begins at a place, or None."""
        cells = self.spans[row]
        return cells[column] if column < len(cells) else None


def tables_of(text: SourceText, section: str) -> Iterator[SourceTable]:
    r"""Yield the tables of a section in order.

    >>> from kb.records.shared_schema import Span
    >>> content = "Table 1 Patients\n\tDrug (n = 45)\t\nAge\t34\t15\n* At baseline"
    >>> spans = [Span.model_validate({"id": "T", "label": "T", "from": "Table 1"})]
    >>> one = next(tables_of(SourceText("x", content, spans), "T"))
    >>> one.table.caption, one.table.header_rows, one.table.footnotes
    ('Table 1 Patients', 1, (Footnote(mark='*', text='At baseline'),))
    >>> one.table.column_path(2), content[slice(*one.span(1, 1))]
    (('Drug (n = 45)',), '34')
    """
    number = 0
    for piece in text.section(section):
        above = piece.start
        blocks = list(_blocks(piece, table_rows(piece.text, piece.start)))
        for block, following in pairwise([*blocks, []]):
            end = following[0][0].start if following else piece.end
            caption = _lines(text.text[above : block[0][0].start])
            notes = _lines(text.text[block[-1][-1].end : end])
            number += 1
            name = section if number == 1 else f"{section}.{number}"
            table = _table(name, text, block, caption, notes)
            marks = tuple(_marks(text.text[slice(*row[0])]) for row in block)
            yield SourceTable(section, table, tuple(block), marks)
            above = block[-1][-1].end


def _blocks(piece: Piece, rows: Sequence[Sequence[Span]]) -> Iterator[list[tuple[Span, ...]]]:
    """Yield the rows of each table: those that only empty lines and rules stand between."""
    block: list[tuple[Span, ...]] = []
    for row in rows:
        if block:
            between = piece.text[block[-1][-1].end - piece.start : row[0].start - piece.start]
            if between.strip(" \n\r|:-+"):
                yield block
                block = []
        block.append(tuple(row))
    if block:
        yield block


def _lines(text: str) -> list[str]:
    lines = (line.strip(" \t\r#\u200b|") for line in text.split("\n"))
    return [line for line in lines if line]


def _table(
    name: str,
    text: SourceText,
    spans: Sequence[Sequence[Span]],
    caption: Sequence[str],
    notes: Sequence[str],
) -> Table:
    cells = [[text.text[a:b].strip() for a, b in row] for row in spans]
    width = max(map(len, cells))
    folded = [[fold(cell).text.strip() for cell in row] for row in cells]
    headers = len(header_rows(folded))
    indents = _indents([text.text[slice(*row[0])] for row in spans])
    grid: list[tuple[Cell, ...]] = []
    for i, row in enumerate(cells):
        filled = [*row, *[""] * (width - len(row))]
        grid.append(_header(filled, i, grid) if i < headers else _body(filled, i, indents[i]))
    footnotes = tuple(map(_footnote, notes))
    return Table(name, name, " ".join(caption), tuple(grid), headers, footnotes, name)


def _indents(labels: Sequence[str]) -> list[int]:
    """Return how far each label is indented, in steps of the table."""
    widths = [len(label) - len(label.lstrip()) if label.strip() else 0 for label in labels]
    steps = sorted({0, *widths})
    return [steps.index(width) for width in widths]


def _body(row: Sequence[str], number: int, indent: int) -> tuple[Cell, ...]:
    label, *others = row
    cells = (Cell(text, number, column) for column, text in enumerate(others, 1))
    return (Cell(label_text(label), number, 0, indent=indent), *cells)


def _header(row: Sequence[str], number: int, above: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """Return a row of a header; an empty cell belongs to the one that spans it.

    That is the cell to its left, unless the row above has a cell of its own here.
    """
    cells: list[Cell] = []
    for column, text in enumerate(row):
        own = above[-1][column] if above else None
        if text or column == 0:
            cells.append(Cell(label_text(text), number, column, header=True))
        elif own is not None and own.column == column and own.text:
            cells.append(own)
        elif column > 1 and (own is None or own is above[-1][column - 1] or not own.text):
            cells.append(cells[-1])
        else:
            cells.append(Cell("", number, column, header=True))
    return tuple(cells)


def _marks(label: str) -> tuple[str, ...]:
    return tuple(match["raised"] or match["mark"] for match in _NOTE.finditer(label))


def _footnote(line: str) -> Footnote:
    match = _NOTE.match(line)
    if match is None:
        return Footnote("", line)
    return Footnote(match["raised"] or match["mark"], line[match.end() :])
