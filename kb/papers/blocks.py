"""A paper from its blocks in order: headings, paragraphs and rows of tables, as a file has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.papers.captions import CAPTION, CONTINUED, FIGURE_CAPTION, MARK, NOTE
from kb.papers.headings import NestedSections, is_part_of_abstract, kind_of, split_number
from kb.papers.paper import Cell, Figure, Footnote, Metadata, Paper, Reference, Table, plain
from kb.papers.references import DOI, clean_doi, numbered, parse_reference
from kb.papers.registrations import registrations_in

_RUN_IN: Final = re.compile(r"([A-Z][A-Za-z ]{3,30})[:.]\s+(?=\S)")
_BETWEEN: Final = re.compile(r"^[\s.:|—–-]+")
_CONTINUES: Final = re.compile(r"\(?continue[sd]\)?\.?", re.IGNORECASE)
_ENDED: Final = re.compile(r"[.?!:;)\]-](?:<sup>[^<]*</sup>)?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section; 1 is the highest level."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table, each as wide as the widest."""

    grid: tuple[tuple[Cell, ...], ...]
    header_rows: int


Block = Heading | str | Rows
"""A string is a paragraph on one line."""


def paper_of(blocks: Iterable[Block], title: str = "", unsure: Sequence[str] = ()) -> Paper:
    """Return the paper that blocks make up.

    A caption stands before its table or figure, and footnotes stand below a table.

    >>> row = (Cell("Age", 0, 0), Cell("34", 0, 1))
    >>> blocks = [Heading("Results"), "OS was 7.7.", "Table 1. Ages", Rows((row,), 0), "Note: x"]
    >>> paper = paper_of(blocks)
    >>> paper.tables[0].label, paper.tables[0].caption, paper.tables[0].footnotes[0].text
    ('Table 1', 'Ages', 'Note: x')
    """
    assembly = _Assembly()
    for block in blocks:
        assembly.take(block)
    return assembly.paper(title, unsure)


class _Assembly:
    """Takes blocks one by one."""

    def __init__(self) -> None:
        self._sections = NestedSections()
        self._tables: list[Table] = []
        self._figures: list[Figure] = []
        self._references: list[str] = []
        self._caption = ""
        self._after_table = False
        """Footnotes may follow."""

    def take(self, block: Block) -> None:
        if isinstance(block, Rows):
            self._take_rows(block)
        elif isinstance(block, Heading):
            self._flush()
            self._open(block.text, block.level)
        elif not _CONTINUES.fullmatch(block):
            self._take_paragraph(block)

    def _open(self, heading: str, level: int) -> None:
        number, title = split_number(heading)
        kind = kind_of(title)
        if number:
            level = number.count(".") + 1
        elif self._sections.kind == "abstract" and is_part_of_abstract(title) and level > 1:
            kind = "abstract"
        elif kind != "body":
            level = 1
        self._sections.open(heading, level, None if kind == "body" else kind)

    def _take_paragraph(self, text: str) -> None:
        if CAPTION.match(plain(text)) and not _is_sentence(plain(text), CAPTION):
            self._flush()
            self._caption = text
        elif FIGURE_CAPTION.match(plain(text)) and not _is_sentence(plain(text), FIGURE_CAPTION):
            self._flush()
            self._take_figure(text)
        elif self._after_table and (MARK.match(text) or NOTE.match(text)):
            self._take_note(text)
        elif self._sections.kind == "references":
            self._references.append(text)
        else:
            self._flush()
            self._take_prose(text)

    def _take_prose(self, text: str) -> None:
        match = _RUN_IN.match(text)
        if match and kind_of(match[1]) == "abstract" and self._sections.kind == "front":
            self._sections.open(match[1], 1, "abstract")
            text = text[match.end() :]
            match = _RUN_IN.match(text)
        if match and self._sections.kind == "abstract" and is_part_of_abstract(match[1]):
            self._sections.open(match[1], 2, "abstract")
            text = text[match.end() :]
        if text[:1].islower() and self._sections.is_open(_ENDED):
            self._sections.go_on(text)
        else:
            self._sections.add(text)

    def _flush(self) -> None:
        """Keep a caption that no table follows as a paragraph."""
        if self._caption:
            self._sections.add(self._caption)
        self._caption = ""
        self._after_table = False

    def _take_rows(self, rows: Rows) -> None:
        label, caption = _label(self._caption, CAPTION)
        known = {table.id for table in self._tables}
        last = self._tables[-1] if self._tables else None
        if last and label == last.label and CONTINUED.search(caption):
            self._tables[-1] = _continued(last, rows)
        else:
            name = label or f"Table {len(self._tables) + 1}"
            if name in known:
                name = f"{name} ({len(self._tables) + 1})"
            self._tables.append(
                Table(name, label, caption, rows.grid, rows.header_rows, (), self._sections.current)
            )
        self._caption = ""
        self._after_table = True

    def _take_note(self, text: str) -> None:
        table = self._tables[-1]
        mark = MARK.match(text)
        note = Footnote(mark[1] or mark[2], text[mark.end() :]) if mark else Footnote("", text)
        self._tables[-1] = replace(table, footnotes=(*table.footnotes, note))

    def _take_figure(self, text: str) -> None:
        label, caption = _label(text, FIGURE_CAPTION)
        if label not in {figure.id for figure in self._figures}:
            self._figures.append(Figure(label, label, caption, self._sections.current))

    def paper(self, title: str, unsure: Sequence[str]) -> Paper:
        self._flush()
        sections = self._sections.sections()
        texts = [plain(p.text) for section in sections for p in section.paragraphs]
        front = " ".join(texts[:12])
        doi = DOI.search(front)
        metadata = Metadata(
            title=plain(title),
            doi=clean_doi(doi[0]) if doi else "",
            registrations=registrations_in(texts),
        )
        return Paper(
            metadata,
            sections,
            tuple(self._tables),
            tuple(self._figures),
            _references(self._references),
            tuple(unsure),
        )


def _is_sentence(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether a text that begins like a caption is prose: "Table 1 shows that"."""
    match = pattern.match(text)
    return match is not None and re.match(r"\s+(?:\(?[a-z])", text[match.end() :]) is not None


def _label(text: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    match = pattern.match(plain(text))
    if match is None:
        return "", text
    label = match[0].strip(" .:|")
    return label, _BETWEEN.sub("", plain(text)[match.end() :])


def _continued(table: Table, rows: Rows) -> Table:
    """Return a table with the rows of its continuation, without the header again."""
    head = [[c.text for c in row] for row in table.grid[: table.header_rows]]
    again = [[c.text for c in row] for row in rows.grid[: table.header_rows]] == head
    more = rows.grid[table.header_rows :] if again else rows.grid
    shift = len(table.grid) - (table.header_rows if again else 0)
    width = max(table.width, len(rows.grid[0]) if rows.grid else 0)
    grid = [
        *table.grid,
        *(tuple(replace(cell, row=cell.row + shift, header=False) for cell in row) for row in more),
    ]
    full = tuple(
        (*row, *(Cell("", number, column) for column in range(len(row), width)))
        for number, row in enumerate(grid)
    )
    return replace(table, grid=full)


def _references(texts: Sequence[str]) -> tuple[Reference, ...]:
    entries = numbered(texts) or [(number, [text]) for number, text in enumerate(texts, 1)]
    return tuple(parse_reference(number, " ".join(own)) for number, own in entries)
