"""The arrangement of a page: its columns, running heads and reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

from kb.papers.pdf.lines import NARROW, Piece, text_of
from kb.papers.pdf.page import Font, Glyph, Rule

_LONG: Final = 20  # letters of a line that shows where its column begins
_EDGE: Final = 3.0
_DIGITS: Final = re.compile(r"\d+")
_PAGE_NUMBER: Final = re.compile(
    r"(?:p(?:age|g)?\.?\s*)?[(\[–-]?\s*(?:[ivxlc]+|[SeE]?\d{1,5})\s*[)\]–-]?"
    r"(?:\s*(?:of|/|\|)\s*\d+)?",
    re.IGNORECASE,
)


@dataclass
class Line:
    """The pieces that stand beside each other on one line of a column or table."""

    pieces: list[Piece]
    page: int

    @property
    def base(self) -> float:
        """Its baseline: that of its largest piece."""
        return max(self.pieces, key=lambda piece: (piece.size, piece.width)).base

    @property
    def size(self) -> float:
        """The size of its largest characters."""
        return max(piece.size for piece in self.pieces)

    @property
    def x0(self) -> float:
        """Its left end."""
        return min(piece.x0 for piece in self.pieces)

    @property
    def x1(self) -> float:
        """Its right end."""
        return max(piece.x1 for piece in self.pieces)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return min(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(piece.bottom for piece in self.pieces)

    @cached_property
    def glyphs(self) -> list[Glyph]:
        """Its characters from left to right."""
        return [g for piece in sorted(self.pieces, key=lambda p: p.x0) for g in piece.glyphs]

    @cached_property
    def text(self) -> str:
        """Its text."""
        return text_of(self.glyphs, self.base, self.size)

    @cached_property
    def font(self) -> Font:
        """The font of its widest piece."""
        return max(self.pieces, key=lambda piece: len(piece.glyphs)).font

    @cached_property
    def cells(self) -> int:
        """How many cells it has, if it is a row of a table."""
        ordered = sorted(self.pieces, key=lambda piece: piece.x0)
        return 1 + sum(is_cell_gap(left, right) for left, right in pairwise(ordered))


@dataclass
class Layout:
    """A page: its pieces and rules, and where its columns begin."""

    number: int
    width: float
    height: float
    pieces: list[Piece]
    horizontal: list[Rule]
    vertical: list[Rule]
    edges: list[float] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    """The pieces that tables have, by identity."""

    def column(self, x0: float) -> int:
        """Return the number of the column in which a text begins, from 0."""
        return max((i for i, edge in enumerate(self.edges) if edge <= x0 + 2 * _EDGE), default=0)

    def right(self, column: int) -> float:
        """Return where a column ends at the latest."""
        return self.edges[column + 1] if column + 1 < len(self.edges) else self.width

    def is_wide(self, x0: float, x1: float) -> bool:
        """Whether something reaches over more than one column."""
        return x1 > self.right(self.column(x0)) + 1


def is_cell_gap(left: Piece, right: Piece) -> bool:
    """Whether the gap between two pieces is wider than a justified space."""
    gap = right.x0 - left.x1
    return gap > (3.5 if right.glyphs[0].spaced else NARROW) * right.size


def lines(pieces: Iterable[Piece], page: int) -> list[Line]:
    """Return the lines that pieces of one column form, from the top."""
    found: list[Line] = []
    for piece in sorted(pieces, key=lambda piece: (piece.base, piece.x0)):
        last = found[-1] if found else None
        if last is not None and abs(piece.base - last.pieces[0].base) <= 0.25 * max(
            piece.size, last.size
        ):
            last.pieces.append(piece)
        else:
            found.append(Line([piece], page))
    return found


def joined(pieces: Sequence[Piece], page: int) -> list[Line]:
    """Return runs of pieces that only justified spaces part, in the order of the file."""
    found: list[Line] = []
    for piece in pieces:
        last = found[-1].pieces[-1] if found else None
        if (
            last is not None
            and abs(piece.base - last.base) <= 0.25 * piece.size
            and piece.x0 - last.x1 > 0
            and not is_cell_gap(last, piece)
        ):
            found[-1].pieces.append(piece)
        else:
            found.append(Line([piece], page))
    return found


def find_columns(pages: Sequence[Layout]) -> None:
    """Find where the columns of each page begin.

    A column begins where many long lines do that have a long line to their left.
    """
    votes: Counter[int] = Counter()
    starts: dict[int, list[float]] = {}
    for page in pages:
        long = _long_lines(page)
        starts[page.number] = [line.x0 for line in long]
        for line in long:
            if any(_is_left_of(other, line) for other in long):
                votes[round(line.x0)] += 1
    total = sum(map(len, starts.values()))
    edges = [
        x
        for x in votes
        if max(4, 0.06 * total) <= sum(votes[x + d] for d in range(-2, 3))
        and votes[x] == max(votes[x + d] for d in range(-8, 9))
    ]
    for page in pages:
        page.edges = [min((piece.x0 for piece in page.pieces), default=0.0)]
        for x in sorted(x for x in edges if _has_column(page, x)):
            edge = _after_gap(page, float(x))
            if edge - page.edges[-1] > 60:
                page.edges.append(edge)


def _has_column(page: Layout, edge: float) -> bool:
    """Whether a page has the column: lines begin there, and not many lie across its edge."""
    long = _long_lines(page)
    begun = sum(-_EDGE <= line.x0 - edge <= 25 for line in long)
    across = sum(line.x0 < edge - 10 and line.x1 > edge + 10 for line in long)
    if begun > 1:
        return begun > 0.25 * across
    beside = [piece for piece in page.pieces if -_EDGE <= piece.x0 - edge <= 25]
    crossing = sum(piece.x0 < edge - _EDGE < piece.x1 for piece in page.pieces)
    return len(beside) > max(3, 4 * crossing)


def _after_gap(page: Layout, edge: float) -> float:
    """Return where a column begins on a page: after the widest gap to the left of an edge."""
    spans = sorted(
        (piece.x0, piece.x1)
        for piece in page.pieces
        if edge - 60 < piece.x1 and piece.x0 < edge + 1 and not piece.x0 < edge - 1 < piece.x1
    )
    best, width, end = edge, 0.0, edge - 60
    for x0, x1 in [*spans, (edge, edge)]:
        if x0 - end > width:
            best, width = x0, x0 - end
        end = max(end, x1)
    return best


def _long_lines(page: Layout) -> list[Line]:
    return [
        line
        for line in joined(page.pieces, page.number)
        if sum(len(piece.glyphs) for piece in line.pieces) >= _LONG
    ]


def _is_left_of(other: Line, line: Line) -> bool:
    return other.x1 < line.x0 and other.top < line.bottom and line.top < other.bottom


def drop_running_heads(pages: Sequence[Layout]) -> None:
    """Remove running heads and feet, page numbers and line numbers.

    Running heads are repeated, or are page numbers, and stand apart from the text: the repeated
    header of a table does not.
    """
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({_pattern(line) for rows in _margins(page) for line in rows})
    enough = max(2, min(4, len(pages) // 3))
    repeated = {pattern for pattern, count in counts.items() if count >= enough}
    for page in pages:
        unwanted = _line_numbers(page)
        for rows in _margins(page):
            unwanted.update(map(id, _heads(rows, repeated)))
        page.pieces = [piece for piece in page.pieces if id(piece) not in unwanted]


def _margins(page: Layout) -> tuple[list[Line], list[Line]]:
    """Return the first lines of a page from the top, and the last ones from the bottom."""
    rows = lines(page.pieces, page.number)
    return rows[:5], rows[:-6:-1]


def _heads(rows: Sequence[Line], repeated: set[str]) -> list[Piece]:
    """Return the pieces of the running heads among the outermost lines of a page."""
    count = 0
    for line in rows[:4]:
        if _pattern(line) not in repeated and not _PAGE_NUMBER.fullmatch(line.text.strip()):
            break
        count += 1
    while count and count < len(rows):
        outer, inner = rows[count - 1], rows[count]
        if max(inner.top - outer.bottom, outer.top - inner.bottom) > 0.9 * outer.size:
            break
        count -= 1
    return [piece for line in rows[:count] for piece in line.pieces]


def _pattern(line: Line) -> str:
    return _DIGITS.sub("#", line.text.strip())


def _line_numbers(page: Layout) -> set[int]:
    """Return the pieces that number the lines of a manuscript: digits in a column of their own."""
    digits = [p for p in page.pieces if len(p.glyphs) <= 4 and p.text.isdecimal()]
    if len(digits) < 15:
        return set()
    ends = Counter(round(piece.x1) for piece in digits)
    end, _ = ends.most_common(1)[0]
    start = min((piece.x0 for piece in digits if abs(piece.x1 - end) <= 2), default=0.0)
    column = [piece for piece in digits if piece.x0 >= start - 2 and piece.x1 <= end + 2]
    others = [piece for piece in page.pieces if piece not in column]
    if len(column) < 15 or any(piece.x0 < end for piece in others if piece.width > 40):
        return set()
    values = [int(piece.text) for piece in sorted(column, key=lambda piece: piece.base)]
    steps = Counter(b - a for a, b in pairwise(values))
    return set(map(id, column)) if steps.most_common(1)[0][0] in (1, 5) else set()


def in_order(page: Layout, boxes: Sequence[tuple[float, float, float]]) -> Iterator[Line | int]:
    """Yield the lines of a page, and the numbers of the boxes that stand among them.

    A line or box that reaches over several columns parts what is above it from what is below;
    between two of them, columns are read from left to right. A box is its x0, x1 and top.
    """
    wide = [
        line
        for line in joined(page.pieces, page.number)
        if page.is_wide(line.x0, line.x1) and not _has_neighbour(line, page)
    ]
    wide_ids = {id(piece) for line in wide for piece in line.pieces}
    narrow = [piece for piece in page.pieces if id(piece) not in wide_ids]
    items: list[tuple[float, int, float, Line | int]] = []
    bounds = sorted(
        [_middle(line) for line in wide] + [top for x0, x1, top in boxes if page.is_wide(x0, x1)]
    )
    for column in range(len(page.edges)):
        own = [piece for piece in narrow if page.column(piece.x0) == column]
        for line in lines(own, page.number):
            y = _middle(line)
            items.append((_band(bounds, y), column, y, line))
    for line in lines((piece for run in wide for piece in run.pieces), page.number):
        y = _middle(line)
        items.append((_band(bounds, y) - 0.5, 0, y, line))
    for number, (x0, x1, top) in enumerate(boxes):
        is_wide = page.is_wide(x0, x1)
        column = 0 if is_wide else page.column(x0)
        items.append((_band(bounds, top) - 0.5 * is_wide, column, top, number))
    for _, _, _, item in sorted(items, key=lambda item: item[:3]):
        yield item


def _has_neighbour(line: Line, page: Layout) -> bool:
    """Whether text of another column stands beside a line: it only sticks out of its own."""
    own = set(map(id, line.pieces))
    return any(
        piece.top < line.base - 0.1 * line.size and line.base - 0.4 * line.size < piece.bottom
        for piece in page.pieces
        if id(piece) not in own
    )


def _middle(line: Line) -> float:
    return line.base - 0.25 * line.size


def _band(bounds: Sequence[float], y: float) -> float:
    """Return how many bounds are at or above a height."""
    return float(sum(bound <= y + 0.01 for bound in bounds))
