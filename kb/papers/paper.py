"""A paper as it was read: its sections, tables, captions, references and metadata.

Every reader (JATS, HTML, PDF, DOCX, plain text) gives a `Paper`; drafts, scans and the texts of
sources are made from it. Text is as printed, in Unicode; of the markup, only ``<sup>`` and
``<sub>`` are left, because they tell a footnote's mark from a digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

SectionKind = Literal["front", "abstract", "body", "back", "references"]
REGISTRY_ENTRY: Final = "registry-entry"
"""The kind of what a registry of trials says of a study; sources have the same word."""
_TAGS: Final = re.compile(r"</?su[bp]>")


def plain(text: str) -> str:
    """Return a text without its raised and lowered parts' tags.

    >>> plain("4.2 × 10<sup>9</sup>/L")
    '4.2 × 109/L'
    """
    return _TAGS.sub("", text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, list item or formula, on one line."""

    text: str
    page: int | None = None
    """The page of a PDF, from 1."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section without its subsections, which follow it in the paper.

    >>> Section("2.1", "Patients", ("Methods",)).heading
    '2.1 Patients'
    """

    id: str
    """Its printed number, else its title; unique in the paper."""
    title: str
    path: tuple[str, ...] = ()
    """The titles of the sections that contain it, outermost first."""
    kind: SectionKind = "body"
    paragraphs: tuple[Paragraph, ...] = ()

    @property
    def heading(self) -> str:
        """Its number and title, as printed."""
        numbered = self.id[:1].isdigit() and not self.title.startswith(self.id)
        return f"{self.id} {self.title}" if numbered else self.title


_SIZE: Final = re.compile(r"\(?[nN] ?= ?[0-9][0-9,]*\)?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; one that spans several places stands in each of them, the same object."""

    text: str
    row: int
    """The row of its upper left corner, from 0."""
    column: int
    rows: int = 1
    columns: int = 1
    header: bool = False
    indent: int = 0
    """How far its text is indented, in steps; 0 if it is not."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote of a table; the mark is "" if it is about the whole table."""

    mark: str
    text: str


@dataclass(frozen=True)
class Table:
    """A table, every row as wide as the widest.

    >>> name, drug = Cell("Age, years", 1, 0), Cell("Drug (n = 45)", 0, 1, header=True)
    >>> grid = ((Cell("", 0, 0, header=True), drug), (name, Cell("34 (15–64)", 1, 1)))
    >>> table = Table("Table 1", "Table 1", "Patients", grid, header_rows=1)
    >>> table.column_path(1), table.row_path(1), table.body[0][1].text
    (('Drug (n = 45)',), ('Age, years',), '34 (15–64)')
    """

    id: str
    """Its label, or "Table" and its number if it has none; unique in the paper."""
    label: str
    caption: str
    grid: tuple[tuple[Cell, ...], ...]
    header_rows: int = 0
    footnotes: tuple[Footnote, ...] = ()
    section: str = ""
    """The id of the section where it stands or is first mentioned."""
    page: int | None = None
    unsure: tuple[str, ...] = ()
    """Why its cells may be misplaced, in sentences."""

    @property
    def body(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows below the header."""
        return self.grid[self.header_rows :]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.grid[0]) if self.grid else 0

    def column_path(self, column: int) -> tuple[str, ...]:
        """Return the header cells above a column, from the top, each once."""
        cells = dict.fromkeys(row[column] for row in self.grid[: self.header_rows])
        return tuple(plain(cell.text) for cell in cells if cell.text)

    def row_path(self, row: int) -> tuple[str, ...]:
        """Return the label of a row under the labels of the headings that it stands below."""
        return self._row_paths[row]

    @cached_property
    def _row_paths(self) -> list[tuple[str, ...]]:
        """The paths of all rows; a heading has a label, and at most the number of its people.

        It ends at the next heading of its indent, and, where rows below it were indented, at the
        first row that is not.
        """
        paths: list[tuple[str, ...]] = [()] * min(self.header_rows, len(self.grid))
        headings: list[Cell] = []
        deepest = 0  # the largest indent below the innermost heading
        for row in self.grid[self.header_rows :]:
            label = row[0]
            text = plain(label.text).strip()
            others = {plain(c.text).strip() for c in row if c is not label} - {""}
            alone = bool(text) and all(map(_SIZE.fullmatch, others))
            while headings and (
                label.indent < headings[-1].indent
                or (label.indent == headings[-1].indent and (alone or deepest > label.indent))
            ):
                headings.pop()
            deepest = label.indent if alone else max(deepest, label.indent)
            above = [plain(cell.text).strip() for cell in headings]
            paths.append((*above, text) if text else tuple(above))
            if alone:
                headings.append(label)
        return paths


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's label and caption; its drawing is not read."""

    id: str
    label: str
    caption: str
    section: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the reference list, as printed and in parts."""

    number: int
    text: str
    authors: tuple[str, ...] = ()
    """Each as "Kantarjian H" or the name of a group; "et al." is the last if it is printed."""
    title: str = ""
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A notice that the paper's own metadata name: a correction, a retraction, a comment."""

    kind: str
    """As the file names it, e.g. "corrected-article", "retraction-forward"."""
    doi: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a paper says of itself; "" or None where it does not."""

    title: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    kind: str = ""
    """The type of article as the file names it, e.g. "research-article"."""
    url: str = ""
    """The address of what is not published in a journal."""
    language: str = "en"
    licence: str = ""
    """The licence as printed, or its address."""
    copyright: str = ""
    dates: dict[str, str] = field(default_factory=dict)
    """Received, accepted, published ...: each ISO 8601, as exact as it is printed."""
    registrations: tuple[str, ...] = ()
    """Ids in registries of trials, in order of appearance."""
    related: tuple[Related, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A paper as it was read.

    >>> section = Section("Results", "Results", (), "body", (Paragraph("OS was 7.7 months."),))
    >>> [s.id for s, _ in Paper(Metadata(), (section,)).paragraphs()]
    ['Results']
    """

    metadata: Metadata
    sections: tuple[Section, ...]
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    references: tuple[Reference, ...] = ()
    unsure: tuple[str, ...] = ()
    """What could not be read, or not surely: a scan, a drawing, a table without rules."""

    def paragraphs(self) -> Iterator[tuple[Section, Paragraph]]:
        """Yield each paragraph with its section, in the order of the paper."""
        for section in self.sections:
            for paragraph in section.paragraphs:
                yield section, paragraph
