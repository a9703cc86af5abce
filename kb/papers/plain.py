"""Plain text and Markdown -> `Paper`; also the texts that `kb.sources` reads.

Headings are lines with ``#``, numbers, capitals or a known name; rows of tables are lines with
tabs, or ``| a | b |``. Lines of a paragraph are joined.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from kb.errors import ReadError
from kb.papers.blocks import Block, Heading, Rows, paper_of
from kb.papers.headings import is_part_of_abstract, kind_of, split_number
from kb.papers.paper import Cell, Paper, plain
from kb.papers.pdf.prose import Words
from kb.sources.tables import header_rows, table_rows

_MARKED: Final = re.compile(r"\s{0,3}(#{1,12})\s*(.*?)\s*#*\s*$")
_UNDERLINE: Final = re.compile(r"\s{0,3}(=+|-{3,})\s*")
_ITEM: Final = re.compile(r"\s*(?:[-*+•–]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\[\d{1,3}\])\s+\S")
_LINK: Final = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*\)")
_STRONG: Final = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS: Final = re.compile(r"(?<![\w*])([*_])(?=[^\W\d])([^*_\n]*[^\W\d])\1(?![\w*])")
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_MAX_HEADING: Final = 120
MAX_BYTES: Final = 2_000_000
"""The text of a long paper has less than 1 MB; 2 MB of cells take some 200 MB and 20 seconds."""


def read_plain(data: bytes, name: str) -> Paper:
    r"""Read a paper from plain text or Markdown; ``name`` is what errors call it.

    Raises:
        ReadError: it is too large.

    >>> text = (
    ...     "# A trial\n\n## 1 Results\n\nOS was 7.7\nmonths.\n\nTable 1. Ages\n\nAge\tn\n34\t57\n"
    ... )
    >>> paper = read_plain(text.encode(), "a.md")
    >>> paper.metadata.title, paper.sections[0].id, paper.sections[0].paragraphs[0].text
    ('A trial', '1', 'OS was 7.7 months.')
    >>> paper.tables[0].label, paper.tables[0].body[0][1].text
    ('Table 1', '57')
    """
    if len(data) > MAX_BYTES:
        raise ReadError(f"{name}: {len(data):,} bytes of text, expected at most {MAX_BYTES:,}")
    text, unsure = _decoded(data, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    lines = [line.rstrip(" ") for line in text.split("\n")]
    reader = _Lines(lines)
    blocks = list(reader.blocks())
    return paper_of(blocks, reader.title, unsure)


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    """Return a text by its byte order mark, else as UTF-8, else as Windows-1252."""
    for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if data.startswith(mark):
            return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        reason = f"{name} is not UTF-8: it was read as Windows-1252, so its signs may be wrong"
        return data.decode("cp1252", "replace"), [reason]


class _Lines:
    """Goes through the lines of a text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.title = ""
        self._lines = lines
        self._words = Words(lines)
        self._is_markdown = any(_MARKED.match(line) and line.strip(" #") for line in lines)
        self._in_references = False
        self._first = next((at for at, line in enumerate(lines) if line.strip()), 0)

    def blocks(self) -> Iterator[Block]:
        position = 0
        while position < len(self._lines):
            line = self._lines[position]
            if not line.strip():
                position += 1
                continue
            rows = self._table_length(position)
            if rows:
                yield _rows(self._lines[position : position + rows])
                position += rows
                continue
            heading = self._heading(position)
            if heading is not None:
                position += 2 if self._is_underlined(position) else 1
                yield from self._headed(heading)
                continue
            count = self._paragraph_length(position)
            yield self._paragraph(self._lines[position : position + count])
            position += count

    def _headed(self, heading: Heading) -> Iterator[Heading]:
        """Yield a heading, unless it is the title: the first one of the highest level."""
        self._in_references = kind_of(split_number(heading.text)[1]) == "references"
        if heading.level == 0:
            self.title = heading.text
        else:
            yield heading

    # --- headings ------------------------------------------------------------------------

    def _heading(self, position: int) -> Heading | None:
        """Return the heading that a line is; the level of the title is 0."""
        line = self._lines[position]
        marked = _MARKED.match(line)
        if marked and marked[2]:
            text = self._inline(marked[2])
            is_title = len(marked[1]) == 1 and not self.title and not _is_named(text)
            return Heading(text, 0 if is_title else max(1, len(marked[1]) - 1))
        if self._is_underlined(position):
            text = self._inline(line.strip())
            top = self._lines[position + 1].strip().startswith("=")
            return Heading(text, 0 if top and not self.title else 1 if top else 2)
        if not self._stands_alone(position) or self._is_markdown:
            return None
        return self._plain_heading(self._inline(line.strip()), position)

    def _is_underlined(self, position: int) -> bool:
        following = self._lines[position + 1] if position + 1 < len(self._lines) else ""
        line = self._lines[position].strip()
        return bool(
            _UNDERLINE.fullmatch(following)
            and line
            and "|" not in line
            and len(line) < _MAX_HEADING
            and (following.strip()[0] == "=" or self._before(position) == "")
        )

    def _plain_heading(self, text: str, position: int) -> Heading | None:
        """Return the heading that a line by itself is: numbered, in capitals, or well known."""
        number, title = split_number(text)
        if len(text) > _MAX_HEADING or text[-1:] in ".;,:?" or self._in_references:
            return None
        letters = [char for char in title if char.isalpha()]
        capitals = len(letters) > 3 and all(char.isupper() for char in letters)
        if number or capitals or _is_named(text):
            return Heading(text, 1)
        return Heading(text, 0) if position == self._first and len(letters) > 15 else None

    def _stands_alone(self, position: int) -> bool:
        after = self._lines[position + 1] if position + 1 < len(self._lines) else ""
        return not self._before(position) and not after.strip()

    def _before(self, position: int) -> str:
        return self._lines[position - 1].strip() if position else ""

    # --- tables and paragraphs -----------------------------------------------------------

    def _table_length(self, position: int) -> int:
        """Return how many lines from a position on are rows of a table."""
        if not _is_row(self._lines[position]):
            return 0
        end = position
        while end < len(self._lines) and self._lines[end].strip():
            end += 1
        block = "\n".join(self._lines[position:end])
        rows = table_rows(block)
        if not rows or rows[0][0].start > len(self._lines[position]):
            return 0
        return sum(1 for _ in takewhile(_is_row, self._lines[position:end]))

    def _paragraph_length(self, position: int) -> int:
        count = 1
        while position + count < len(self._lines):
            line = self._lines[position + count]
            if not line.strip() or (_MARKED.match(line) and line.strip(" #")):
                break
            if "\t" in line.strip() or _ITEM.match(line):
                break
            count += 1
        return count

    def _paragraph(self, lines: Sequence[str]) -> str:
        text = ""
        for line in lines:
            text = self._words.join(text, line.strip())
        return self._inline(text)

    def _inline(self, text: str) -> str:
        """Return a text without the marks of Markdown, if it is Markdown."""
        text = _LINK.sub(r"\1", text)
        text = _STRONG.sub(r"\2", text)
        if self._in_references:
            text = re.sub(r"(?<!\w)\*([^*]+)\*(?!\w)", r"\1", text)
        if self._is_markdown:
            text = _ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\2", text))
        return " ".join(text.split())


def _is_row(line: str) -> bool:
    return "\t" in line or "|" in line


def _is_named(text: str) -> bool:
    title = split_number(plain(text))[1]
    return len(title) < 60 and (kind_of(title) != "body" or is_part_of_abstract(title))


def _rows(lines: Sequence[str]) -> Rows:
    """Return the rows of a table, filled up to the widest, with the indents of their labels."""
    block = "\n".join(lines)
    raw = [[block[cell.start : cell.end] for cell in row] for row in table_rows(block)]
    width = max(map(len, raw))
    texts = [[" ".join(cell.split()) for cell in row] + [""] * (width - len(row)) for row in raw]
    headers = len(header_rows(texts)) if len(texts) > 1 else 0
    starts = [len(row[0]) - len(row[0].lstrip()) if "\t" in block else 0 for row in raw]
    steps = sorted(set(starts))
    grid = tuple(
        tuple(
            Cell(
                text,
                number,
                column,
                header=number < headers,
                indent=steps.index(starts[number]) if column == 0 and text else 0,
            )
            for column, text in enumerate(row)
        )
        for number, row in enumerate(texts)
    )
    return Rows(grid, headers)
