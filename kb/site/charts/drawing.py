"""Plots as data, and their layout: templates only write it down.

A plot has rows in sections; a row has marks on one shared scale and text in columns at the
right. ``Drawing`` turns values into places inside the drawing's own coordinates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Final, NamedTuple

from kb.site.charts.scales import Scale, side_of
from kb.site.tables.figures import DisplayedFigure

WIDTH: Final = 1040
LABELS: Final = 345
"""Where the labels end and the scale begins."""
GAP: Final = 20
MARGIN: Final = 8.0
LINE: Final = 15
PAD: Final = 6
HEAD_SIZE: Final = 7.4
BAND: Final = 21
HEAD: Final = 16
NAME_SIZE: Final = 8.0
TEXT_SIZE: Final = 6.9
"""The average width of letters in the widest of the usual fonts, bold and plain."""


@dataclass(frozen=True)
class Mark:
    """One value with its interval, which is ``derived`` where the software computed it.

    ``of`` is the number of patients, where that is printed; ``is_open`` where the upper end
    was printed as not reached, ``beyond`` where the value itself was.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    derived: bool = False
    of: int | None = None
    series: int = 0
    is_open: bool = False
    beyond: bool = False
    is_range: bool = False

    @property
    def ends(self) -> tuple[float, ...]:
        """All values that need a place on the scale."""
        return tuple(v for v in (self.value, self.low, self.high) if v is not None)


@dataclass(frozen=True)
class Piece:
    """A line of text in a column, and the claim that it leads to."""

    text: str
    claim: str = ""


@dataclass(frozen=True)
class Row:
    """One measure of one group: its label, marks, and lines of text for each column."""

    study: str
    name: str
    label: str
    figures: tuple[DisplayedFigure, ...]
    cells: tuple[tuple[Piece, ...], ...]
    marks: tuple[Mark | None, ...]
    methods: tuple[str, ...] = ()

    @property
    def second_hand(self) -> bool:
        """Whether every print is cited from another publication."""
        return all(figure.is_second_hand for figure in self.figures)


@dataclass(frozen=True)
class Section:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Column:
    """A column of text at the right: its heading, width, and whether the software computed it."""

    title: str
    width: int
    derived: bool = False


@dataclass(frozen=True)
class Plot:
    """A plot before its layout; ``kind`` is that of its scale: share, linear or log.

    ``measure`` is what the forest-plot builder calls its axis, or "".
    """

    id: str
    title: str
    note: str
    axis: str
    kind: str
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    series: tuple[str, ...] = ()
    favours: tuple[str, str] = ("", "")
    collapsed: bool = False
    measure: str = ""

    @property
    def rows(self) -> list[Row]:
        """All rows, in order."""
        return [row for section in self.sections for row in section.rows]

    @property
    def signs(self) -> str:
        """The signs that stand before figures of the plot, each once."""
        texts = (piece.text for row in self.rows for cell in row.cells for piece in cell)
        return "".join(sorted({text[0] for text in texts if text[:1] in ("⊘", "▲", "≠")}))

    @property
    def marks(self) -> list[Mark]:
        """All marks, in order."""
        return [mark for row in self.rows for mark in row.marks if mark is not None]

    @property
    def drawn(self) -> int:
        """How many rows have a mark."""
        return sum(any(row.marks) for row in self.rows)

    @property
    def studies(self) -> int:
        """How many studies the rows come from."""
        return len({row.study for row in self.rows})


@dataclass(frozen=True)
class Text:
    """A piece of text at a place, with another one after it; ``link`` leads to a claim."""

    x: float
    y: float
    text: str
    style: str = ""
    link: str = ""
    then: str = ""


class PlacedMark(NamedTuple):
    """A mark at its place: middle and ends of its line, and the size of its shape."""

    mark: Mark
    x: float | None
    y: float
    low: float | None
    high: float | None
    side: float
    shape: str


class PlacedRow(NamedTuple):
    """A row at its place."""

    row: Row
    y: float
    height: float
    texts: tuple[Text, ...]
    marks: tuple[PlacedMark, ...]


class Drawing:
    """A plot with everything in its place; sections and rows go from ``top`` to ``bottom``."""

    width: Final = WIDTH
    left: Final = LABELS

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.right = WIDTH - sum(column.width for column in plot.columns) - GAP
        ends = (LABELS, self.right)
        self._scale = Scale.over(plot.kind, (v for m in plot.marks for v in m.ends), ends)
        self._most = max((mark.of or 0 for mark in plot.marks), default=0)
        self._ends = [
            WIDTH - sum(column.width for column in plot.columns[at:]) - MARGIN
            for at in range(1, len(plot.columns) + 1)
        ]
        self.ticks = tuple(self._scale.ticks())
        self.reference = self._scale(1) if plot.kind == "log" else None
        self.heads = tuple(self._heads())
        lowest = max((head.y for head in self.heads), default=HEAD)
        # A long plot repeats the labels of its ticks above the first row.
        self.top = lowest + 10 + (LINE if len(plot.rows) > 12 else 0)
        self._y: float = self.top
        self.bands: list[Text] = []
        self.names: list[Text] = []
        self.rows: list[PlacedRow] = []
        for section in plot.sections:
            self._section(section)
        self.bottom = self._y
        self.legend = tuple(_legend(plot, self.bottom + 58))
        lowest = max((text.y for _, text in self.legend), default=self.bottom + 40)
        self.height = lowest + 10

    def _heads(self) -> Iterator[Text]:
        """The headings of the columns, all ending on the same line."""
        columns = self.plot.columns
        folded = [fold(column.title, column.width - 8, HEAD_SIZE, 2) for column in columns]
        most = max(map(len, folded), default=1)
        for column, end, lines in zip(columns, self._ends, folded, strict=True):
            for at, line in enumerate(lines, most - len(lines)):
                yield Text(end, 16 + at * 13, line, "derived" if column.derived else "")

    def _section(self, section: Section) -> None:
        if section.title:
            self.bands.append(Text(MARGIN, self._y, section.title))
            self._y += BAND
        named = [(row.study, row.name) for row in section.rows]
        last = ("", "")
        for row, name in zip(section.rows, named, strict=True):
            alone = named.count(name) == 1
            if not alone and row.name and name != last:
                self._shared_name(row.name)
            last = name
            self._row(row, alone)

    def _shared_name(self, name: str) -> None:
        """Put the name that several rows share above them."""
        for text in fold(name, LABELS - 30, NAME_SIZE, 2):
            self.names.append(Text(MARGIN, self._y + 15, text, "name"))
            self._y += LINE
        self._y += 2

    def _row(self, row: Row, alone: bool) -> None:
        labels = list(label_lines(row.name if alone else "", row.label))
        own_lines = 1 if self.plot.series else len(row.marks)
        lines = max(len(labels), *(len(cell) for cell in row.cells), own_lines, 1)
        texts = [replace(text, y=self._y + text.y) for text in labels]
        if row.second_hand:
            texts.append(Text(LABELS - 10, self._y + 15, "cited", "cited"))
        for column, cell, end in zip(self.plot.columns, row.cells, self._ends, strict=True):
            style = "derived" if column.derived else "figure"
            for at, piece in enumerate(cell):
                link = f"study/{row.study}/#{piece.claim}" if piece.claim else ""
                texts.append(Text(end, self._y + 15 + at * LINE, piece.text, style, link))
        marks = tuple(self._mark(m, at) for at, m in enumerate(row.marks) if m is not None)
        height = lines * LINE + PAD
        self.rows.append(PlacedRow(row, self._y, height, tuple(texts), marks))
        self._y += height

    def _mark(self, mark: Mark, at: int) -> PlacedMark:
        # Arms share one line; several prints of one measure have a line each.
        y = self._y + 11 + (0 if self.plot.series else at * LINE)
        x = self.right if mark.beyond else self._x(mark.value)
        high = self.right if mark.is_open else self._x(mark.high)
        side, shape = side_of(mark.of, self._most), shape_of(mark, self.plot)
        return PlacedMark(mark, x, y, self._x(mark.low), high, side, shape)

    def _x(self, value: float | None) -> float | None:
        return None if value is None else self._scale(value)


def shape_of(mark: Mark, plot: Plot) -> str:
    """Choose the shape: by arm where arms share a row, else by what is known of the value."""
    if mark.beyond:
        return "beyond"
    if plot.series:
        return ("disc", "box", "diamond", "ring")[mark.series % 4]
    if mark.of is not None:
        return "square"
    return "dot" if mark.low is not None or mark.high is not None else "ring"


def label_lines(name: str, label: str) -> Iterator[Text]:
    """Break the label of a row into lines: the study's name, then the group."""
    room = LABELS - 62
    if name and len(name) * NAME_SIZE + len(label) * TEXT_SIZE + 8 <= room:
        yield Text(MARGIN, 15, name, "name", then=label)
        return
    names = fold(name, room, NAME_SIZE, 2)
    labels = fold(label, room, TEXT_SIZE, 3)
    left, style = (MARGIN, "label") if name else (20, "group")
    for at, text in enumerate(names):
        yield Text(MARGIN, 15 + at * LINE, text, "name")
    for at, text in enumerate(labels, len(names)):
        yield Text(left, 15 + at * LINE, text, style)


def fold(text: str, room: float, size: float, most: int) -> list[str]:
    """Break text into lines that fit; what does not fit into the last ends in an ellipsis.

    >>> fold("first 218 patients, primary analysis", 130, 6.5, 2)
    ['first 218 patients,', 'primary analysis']
    """
    letters = max(8, int(room / size))
    return wrap(text, letters, max_lines=most, placeholder=" …") if text else []


def _legend(plot: Plot, y: float) -> Iterator[tuple[PlacedMark, Text]]:
    """Explain every kind of mark that the plot has, from left to right."""
    x = MARGIN
    for mark, text in legend_entries(plot):
        width = 44 + len(text) * TEXT_SIZE
        if x + width > WIDTH and x > MARGIN:
            x, y = MARGIN, y + LINE + 3
        low, high = (x, x + 26) if mark.low is not None else (None, None)
        side = side_of(1, 1) * 0.8
        placed = PlacedMark(mark, x + 13, y - 4, low, high, side, shape_of(mark, plot))
        yield placed, Text(round(x + 32, 1), y, text)
        x = round(x + width, 1)


def legend_entries(plot: Plot) -> Iterator[tuple[Mark, str]]:
    """Yield one mark of each kind with what it means."""
    marks = plot.marks
    if plot.series:
        yield from ((Mark(0, series=at), name) for at, name in enumerate(plot.series))
    else:
        if any(mark.derived for mark in marks):
            text = "counts reported, interval derived; size by patients"
            yield Mark(0, 0, 0, derived=True, of=1), text
        if any(m.low is not None and not m.derived and not m.is_range for m in marks):
            yield Mark(0, 0, 0, of=1 if any(m.of for m in marks) else None), "interval reported"
        if any(mark.is_range for mark in marks):
            yield Mark(None, 0, 0, is_range=True), "range reported"
        if any(mark.value is not None and not mark.ends[1:] for mark in marks):
            yield Mark(0), "reported without counts or interval"
    if any(mark.beyond for mark in marks):
        yield Mark(None, beyond=True), "not reached"
