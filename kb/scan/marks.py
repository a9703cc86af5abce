"""Where a paper prints the figures of the findings: cells of tables, and parts of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kb.papers.paper import Paper, Table, plain
from kb.papers.reading import TableReading
from kb.scan.context import split_sentences
from kb.scan.finding import ScanFinding
from kb.scan.places import path_name, row_name
from kb.sources.folded import FoldedText
from kb.sources.normalise import fold
from kb.sources.text import DECIMAL_COMMA

_MOST_PLACES: Final = 20_000
"""Tables with more places are not searched for figures that a finding has from elsewhere."""
_NUMBERS: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True, slots=True)
class CellMark:
    """A cell in which a figure of a finding stands."""

    finding: int
    """The number of the finding, from 1."""
    table: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class TextMark:
    """A part of a sentence in which a figure of a finding stands."""

    finding: int
    section: str
    sentence: str
    start: int
    end: int


Mark = CellMark | TextMark


@dataclass(frozen=True, slots=True)
class _Sentence:
    section: str
    text: str


def marks_of(paper: Paper, findings: Sequence[ScanFinding]) -> Iterator[Mark]:
    """Yield the places of the findings' figures; a finding may have none.

    >>> from kb.papers.paper import Metadata, Paragraph, Section
    >>> from kb.scan import scan_paper
    >>> text = "It was rare. Falls occurred in 3/24 subjects (28%)."
    >>> section = Section("Results", "Results", (), "body", (Paragraph(text),))
    >>> paper = Paper(Metadata(), (section,))
    >>> (mark,) = marks_of(paper, scan_paper(paper).findings)
    >>> mark.sentence[mark.start : mark.end]
    '3/24 subjects (28%)'
    """
    finder = _Finder(paper)
    for number, finding in enumerate(findings, 1):
        yield from finder.marks(number, finding)


class _Finder:
    def __init__(self, paper: Paper) -> None:
        self._tables = {table.id: table for table in paper.tables}
        self._comma = paper.metadata.language in DECIMAL_COMMA
        self._folded: dict[str, FoldedText] = {}
        self._sentences = [
            _Sentence(section.title, text)
            for section, paragraph in paper.paragraphs()
            if section.kind in ("abstract", "body")
            for text in split_sentences(paragraph.text)
            if _NUMBERS.search(text)
        ]

    def marks(self, number: int, finding: ScanFinding) -> Iterator[Mark]:
        """Yield the marks at the place of the finding, then those of figures from elsewhere."""
        table, shown = self._tables.get(finding.place.table), []
        if table is not None:
            cells = list(self._in_table(number, finding, table))
            yield from cells
            shown = [plain(table.grid[m.row][m.column].text) for m in cells]
            left = [p for p in finding.printed if not any(_has(p, s) or _has(s, p) for s in shown)]
        else:
            left = list(finding.printed)
        for printed in left:
            same = [*_equal_cells(number, table, printed)][:1] if table and shown else []
            yield from same or self._elsewhere(number, finding, printed)

    def _in_table(self, number: int, finding: ScanFinding, table: Table) -> Iterator[CellMark]:
        place = finding.place
        columns = [
            c
            for c in range(table.width)
            if not place.column or path_name(table.column_path(c)) == place.column
        ]
        reading = TableReading(table)
        rows = [
            r
            for r in range(table.header_rows, len(table.grid))
            if not place.row or row_name(reading, r) == place.row
        ]
        all_columns = range(table.width)
        cells = [
            CellMark(number, table.id, r, c)
            for r in rows
            if any(_is_of(table, r, c, finding.printed) for c in columns)
            for c in (all_columns if place.row else columns)
            if table.grid[r][c].column == c and _is_of(table, r, c, finding.printed)
        ]
        if cells or not place.row or not place.column:
            yield from cells
        else:
            yield from (CellMark(number, table.id, r, c) for r in rows[:1] for c in columns[:1])

    def _elsewhere(self, number: int, finding: ScanFinding, printed: str) -> Iterator[Mark]:
        """Yield the first place of a figure: in the section of the finding, the text, a table."""
        here = [s for s in self._sentences if s.section == finding.place.section]
        is_text = not finding.place.table
        if len(_NUMBERS.findall(printed)) < 2:
            pools: tuple[list[_Sentence], ...] = (here,) if is_text else ()
        else:
            pools = (here, self._sentences) if is_text else (self._sentences,)
        for sentences in pools:
            for sentence in sentences:
                if span := self._span(sentence.text, printed):
                    yield TextMark(number, sentence.section, sentence.text, *span)
                    return
        if pools and len(pools) > 1:
            yield from self._any_cell(number, printed)

    def _any_cell(self, number: int, printed: str) -> Iterator[CellMark]:
        for table in self._tables.values():
            if len(table.grid) * table.width > _MOST_PLACES:
                continue
            for r, row in enumerate(table.grid):
                for c, cell in enumerate(row):
                    if cell.column == c and cell.row == r and _has(plain(cell.text), printed):
                        yield CellMark(number, table.id, r, c)
                        return

    def _span(self, sentence: str, printed: str) -> tuple[int, int] | None:
        """Return where a figure stands in a sentence, in offsets of the sentence."""
        folded = self._folded.get(sentence)
        if folded is None:
            folded = self._folded[sentence] = fold(sentence, decimal_comma=self._comma)
        match = _pattern(printed).search(folded.text)
        if match is None:
            return None
        return folded.offsets[match.start()], folded.ends[match.end() - 1]


def _equal_cells(number: int, table: Table, printed: str) -> Iterator[CellMark]:
    """Yield the cells of a table that hold just this figure."""
    for r, row in enumerate(table.grid):
        for c, cell in enumerate(row):
            if (cell.row, cell.column) == (r, c) and plain(cell.text).strip() == printed:
                yield CellMark(number, table.id, r, c)


def _is_of(table: Table, row: int, column: int, printed: Iterable[str]) -> bool:
    """Whether a cell holds one of the figures, or a part of it: "12" of "12 26.7"."""
    text = plain(table.grid[row][column].text).strip()
    if not _NUMBERS.search(text):
        return False
    return any(_has(one, text) or _has(text, one) for one in printed)


def _has(text: str, part: str) -> bool:
    return bool(part.strip()) and _pattern(part).search(_folded(text)) is not None


@lru_cache(maxsize=512)
def _pattern(printed: str) -> re.Pattern[str]:
    """Return a pattern of a figure that is not a part of a longer number."""
    return re.compile(rf"(?<![0-9.]){re.escape(_folded(printed).strip())}(?![0-9]|\.[0-9])")


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return fold(text).text
