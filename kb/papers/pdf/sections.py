"""Headings, paragraphs, captions and references from the lines of a paper in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from kb.papers.captions import FIGURE_CAPTION
from kb.papers.headings import NestedSections, is_part_of_abstract, kind_of, split_number
from kb.papers.paper import Figure, Reference, plain
from kb.papers.pdf.layout import Line
from kb.papers.pdf.page import Font
from kb.papers.pdf.prose import Words
from kb.papers.pdf.regions import is_caption
from kb.papers.references import numbered, parse_reference

_END: Final = re.compile(r"[.?!:;](?:<sup>[^<]*</sup>)?[)\]\"”’]*$")
_MAX_HEADING: Final = 220
_RUN_IN: Final = re.compile(r"^([A-Z][^.:<]{2,60}?)[.:—–]\s*")


@dataclass
class FlowLine:
    """A line in reading order, with the ends of its column."""

    line: Line
    left: float
    right: float
    gap: float
    """The distance of its baseline from the line above it in its column, in sizes; 9 if none."""

    @property
    def indent(self) -> float:
        """How far it is indented, in sizes."""
        return (self.line.x0 - self.left) / self.line.size

    @property
    def room(self) -> float:
        """How much is left of the column after it, in sizes."""
        return (self.right - self.line.x1) / self.line.size


Item = FlowLine | int
"""A line, or the number of a table that stands at this place."""


@dataclass
class Flow:
    """What the lines of a paper are: sections, figures, references, and the places of tables."""

    outline: NestedSections = field(default_factory=NestedSections)
    figures: list[Figure] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    table_sections: dict[int, str] = field(default_factory=dict)
    title: str = ""


class FlowReader:
    """Goes through the lines of a paper."""

    def __init__(self, items: Sequence[Item], body: Font, words: Words) -> None:
        """Rank the looks of headings."""
        self.items = list(items)
        self.body = body
        self.words = words
        self.flow = Flow()
        self._open: list[FlowLine] = []
        self._text = ""
        self._leading = _usual_gap(items)
        self._references: list[FlowLine] = []
        self._levels: dict[tuple[float, bool, bool, bool], int] = {}

    def read(self) -> Flow:
        """Return what the lines are."""
        self._take_title()
        self._rank_headings()
        position = 0
        while position < len(self.items):
            position = self._step(position)
        self._close()
        self._take_references()
        return self.flow

    def _step(self, position: int) -> int:
        """Take the line or table at a position, and return the next one."""
        item = self.items[position]
        if isinstance(item, int):
            self.flow.table_sections[item] = self.flow.outline.current
            return position + 1
        above = self._above(position)
        if is_caption(item.line, above, self.body, FIGURE_CAPTION):
            return self._take_figure(item, position)
        count = self._heading_length(position)
        if count:
            self._take_heading(self.items[position : position + count])
            return position + count
        if self.flow.outline.kind == "references":
            self._references.append(item)
        else:
            self._take_line(item)
        return position + 1

    def _above(self, position: int) -> Line | None:
        item = self.items[position]
        before = self.items[position - 1] if position else None
        if isinstance(before, FlowLine) and isinstance(item, FlowLine) and item.gap < 9:
            return before.line
        return None

    # --- title ---------------------------------------------------------------------------

    def _take_title(self) -> None:
        first = [
            item
            for item in self.items
            if isinstance(item, FlowLine) and item.line.page == 1 and not _is_named(item.line.text)
        ]
        if not first:
            return
        largest = max((i.line.size for i in first if len(i.line.glyphs) > 8), default=0.0)
        if largest < self.body.size + 1.5:
            return
        own: list[FlowLine] = []
        for item in first:
            if item.line.size > largest - 0.5:
                own.append(item)
            elif own:
                break
        text = ""
        for item in own:
            text = self.words.join(text, item.line.text)
        self.flow.title = plain(text)
        taken = set(map(id, own))
        self.items = [item for item in self.items if id(item) not in taken]

    # --- headings ------------------------------------------------------------------------

    def _rank_headings(self) -> None:
        """Rank the looks that whole lines have: larger, then bold, capitals, and italic."""
        looks = {self._look(i.line) for i in self.items if isinstance(i, FlowLine)}
        ordered = sorted(looks, key=lambda s: (-s[0], -s[1], -s[2], s[3]))
        self._levels = {look: number for number, look in enumerate(ordered, start=1)}

    def _look(self, line: Line) -> tuple[float, bool, bool, bool]:
        font = line.font
        letters = [g.text for g in line.glyphs if g.text.isalpha()]
        capitals = len(letters) > 3 and all(letter.isupper() for letter in letters)
        return (round(font.size, 1), font.bold, capitals, font.italic)

    def _heading_length(self, position: int) -> int:
        """Return how many lines from a position on are one heading; 0 if there is none."""
        first = self.items[position]
        if not isinstance(first, FlowLine) or not self._may_be_heading(first):
            return 0
        look, count, text = self._look(first.line), 1, first.line.text
        for item in self.items[position + 1 :]:
            if not isinstance(item, FlowLine) or self._look(item.line) != look:
                break
            if item.gap > 1.75 or not _is_uniform(item.line):
                break
            text = self.words.join(text, item.line.text)
            count += 1
        if count > 4 or len(text) > _MAX_HEADING:
            return 0
        return count if self._is_heading(first, text, count) else 0

    def _may_be_heading(self, item: FlowLine) -> bool:
        text = plain(item.line.text).strip()
        return any(c.isalpha() for c in text[:12]) and _is_uniform(item.line) and len(text) > 2

    def _is_heading(self, first: FlowLine, text: str, count: int) -> bool:
        size, bold, capitals, italic = self._look(first.line)
        number, title = split_number(plain(text))
        apart = first.gap > self._leading + 0.15
        named = kind_of(title) != "body" or is_part_of_abstract(title)
        starts = title[:1].isupper() or title[:1].isdigit()
        if size > self.body.size + 0.7:
            return starts or bool(number)
        if size < self.body.size - 1.2 or not starts:
            return False
        if bold and not self.body.bold:
            return True
        short = count == 1 and len(text) < 60 and not _END.search(text[-60:])
        if capitals:
            return short and apart
        if italic and not self.body.italic:
            return apart and not _END.search(text[-60:]) and first.room > 1
        return short and apart and (bool(number) or (named and len(title) < 32)) and first.room > 3

    def _take_heading(self, own: Iterable[Item]) -> None:
        self._close()
        lines = [item for item in own if isinstance(item, FlowLine)]
        text = ""
        for item in lines:
            text = self.words.join(text, item.line.text)
        text = plain(text).strip().rstrip(":")
        number, title = split_number(text)
        level = self._levels[self._look(lines[0].line)]
        if "." in number:
            level = 50 + number.count(".")
        inside = self.flow.outline.kind == "abstract" and is_part_of_abstract(title)
        if self.flow.outline.kind == "references" and kind_of(title) == "references":
            return
        self.flow.outline.open(text, level, "abstract" if inside and not number else None)

    # --- paragraphs ----------------------------------------------------------------------

    def _take_line(self, item: FlowLine) -> None:
        if self._open and not self._continues(item):
            self._close()
        text = item.line.text
        self._text = self.words.join(self._text, text) if self._open else text
        self._open.append(item)

    def _continues(self, item: FlowLine) -> bool:
        """Whether a line continues the current paragraph."""
        last = self._open[-1]
        if abs(item.line.size - last.line.size) > 0.6:
            return False
        ended = _END.search(self._text[-60:]) is not None
        if item.gap >= 9 or item.gap < 0:  # the top of a column or page
            return not ended or (item.indent < 0.5 and last.room < 1.5)
        if item.gap > max(1.25 * self._leading, self._leading + 0.35):
            return False
        if item.indent > 0.8 and last.indent < 0.5 and len(self._open) > 1:
            return False
        if item.indent > 0.8 and ended and last.indent < 0.5:
            return False
        return not (ended and last.room > 8 and last.right - last.left > 0)

    def _close(self) -> None:
        if not self._open:
            return
        first = self._open[0]
        text, page = self._text, first.line.page
        label = self._run_in(first.line, text)
        if label:
            self.flow.outline.open(label, 90, "abstract")
            text = text[len(label) :].lstrip(" .:—–")
        if text:
            self.flow.outline.add(text, page)
        self._open, self._text = [], ""

    def _run_in(self, line: Line, text: str) -> str:
        """Return the bold label that a paragraph of an abstract begins with, or ""."""
        match = _RUN_IN.match(text)
        if match is None or self.flow.outline.kind != "abstract":
            return ""
        length = len(match[1].replace(" ", ""))
        bold = all(glyph.font.bold for glyph in line.glyphs[:length])
        return match[1] if bold and is_part_of_abstract(match[1]) else ""

    # --- figures and references ----------------------------------------------------------

    def _take_figure(self, first: FlowLine, position: int) -> int:
        """Read a figure's caption, which ends at a gap or where the letters change."""
        own, text = 1, first.line.text
        size = first.line.size
        for item in self.items[position + 1 :]:
            if not isinstance(item, FlowLine) or abs(item.line.size - size) > 0.3:
                break
            if item.gap > 1.6 or item.indent > 2:
                break
            text = self.words.join(text, item.line.text)
            own += 1
        match = FIGURE_CAPTION.match(plain(text))
        label = match[0].strip(" .:|") if match else ""
        caption = plain(text)[match.end() :].lstrip(" .:|—–") if match else text
        known = {figure.id for figure in self.flow.figures}
        if label not in known:
            self.flow.figures.append(
                Figure(label, label, caption, self.flow.outline.current, first.line.page)
            )
        return position + own

    def _take_references(self) -> None:
        texts = [item.line.text for item in self._references]
        entries = numbered(texts) or [
            (number, [item.line.text for item in own])
            for number, own in enumerate(_hanging(self._references), start=1)
        ]
        for number, own in entries:
            text = ""
            for line in own:
                text = self.words.join(text, line)
            self.flow.references.append(parse_reference(number, text))


def _hanging(items: Sequence[FlowLine]) -> list[list[FlowLine]]:
    """Split a list without numbers: an entry begins at the left end, or after a gap."""
    found: list[list[FlowLine]] = []
    hanging = sum(item.indent > 0.5 for item in items) > 0.2 * len(items)
    for item in items:
        begins = item.indent <= 0.5 if hanging else item.gap > 1.5
        if begins or not found:
            found.append([])
        found[-1].append(item)
    return found


def _is_named(text: str) -> bool:
    """Whether a line is the heading of a section by its number or its words."""
    number, title = split_number(plain(text).strip())
    return bool(number) or kind_of(title) != "body" or is_part_of_abstract(title)


def _is_uniform(line: Line) -> bool:
    """Whether all letters of a line look alike."""
    fonts = {(g.font.bold, g.font.italic) for g in line.glyphs if g.text.isalpha()}
    return len(fonts) <= 1


def _usual_gap(items: Iterable[Item]) -> float:
    gaps = Counter(
        round(item.gap, 1) for item in items if isinstance(item, FlowLine) and 0.9 < item.gap < 2.6
    )
    return gaps.most_common(1)[0][0] if gaps else 1.2
