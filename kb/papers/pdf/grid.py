"""The cells of a table, from the places of its text and rules."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from kb.papers.paper import Cell, plain
from kb.papers.pdf.layout import Line, is_cell_gap, lines
from kb.papers.pdf.lines import Piece
from kb.papers.pdf.page import Rule
from kb.papers.pdf.regions import Region

FIGURE: Final = re.compile(r"[-−–<>≤≥~(\[]*\s*\d")


@dataclass
class _Block:
    """The text of one cell, with the rows and columns that it covers."""

    pieces: list[Piece]
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    text: str = ""
    indent: int = 0


@dataclass
class Grid:
    """The cells of a table and how sure their places are."""

    blocks: list[_Block] = field(default_factory=list)
    height: int = 0
    width: int = 0
    header_rows: int = 0
    unsure: tuple[str, ...] = ()

    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        """Return the grid, with spanning cells in each of their places."""
        places: dict[tuple[int, int], Cell] = {}
        for block in self.blocks:
            cell = Cell(
                block.text,
                block.row,
                block.column,
                block.rows,
                block.columns,
                block.row < self.header_rows,
                block.indent,
            )
            for row in range(block.row, block.row + block.rows):
                for column in range(block.column, block.column + block.columns):
                    places.setdefault((row, column), cell)
        return tuple(
            tuple(
                places.get((r, c)) or Cell("", r, c, header=r < self.header_rows)
                for c in range(self.width)
            )
            for r in range(self.height)
        )


def grid_of(region: Region) -> Grid:
    """Return the cells of a table."""
    columns = _lattice_columns(region) or _columns(region)
    rows = _split_rows(region, columns, _row_bounds(region, columns))
    bounds = rows.bounds
    grid = Grid(height=len(bounds) + 1, width=len(columns))
    grid.blocks = _blocks(region, columns, rows)
    grid.header_rows = _header_rows(region, grid, bounds)
    _span(grid)
    _indent(grid)
    if not region.horizontal:
        grid.unsure = ("no rules: the cells were placed by the gaps between their texts",)
    return grid


# --- columns ---------------------------------------------------------------------------------


@dataclass
class _Cluster:
    x0: float
    x1: float
    rows: set[int]

    def overlaps(self, piece: Piece) -> bool:
        return min(self.x1, piece.x1) - max(self.x0, piece.x0) > 0.5


def _cell_pieces(line: Line) -> list[Piece]:
    """Return the pieces of a row, those joined that only a space parts."""
    found: list[Piece] = []
    for piece in sorted(line.pieces, key=lambda piece: piece.x0):
        if found and not is_cell_gap(found[-1], piece):
            found[-1] = Piece([*found[-1].glyphs, *piece.glyphs], found[-1].base, found[-1].size)
        else:
            found.append(piece)
    return found


def _columns(region: Region) -> list[tuple[float, float]]:
    """Return the columns by the gaps between texts.

    Texts join one column if they overlap, narrow ones first, but never two texts of one line:
    a text over both is a header or heading that spans them.
    """
    placed = [
        (piece, number)
        for number, line in enumerate(lines(region.rows, region.page))
        for piece in _cell_pieces(line)
    ]
    clusters: list[_Cluster] = []
    for piece, number in sorted(placed, key=lambda pair: pair[0].width):
        hit = [cluster for cluster in clusters if cluster.overlaps(piece)]
        if not hit:
            clusters.append(_Cluster(piece.x0, piece.x1, {number}))
            continue
        if any(a.rows & b.rows for i, a in enumerate(hit) for b in hit[i + 1 :]):
            continue
        merged = _Cluster(
            min(piece.x0, *(c.x0 for c in hit)),
            max(piece.x1, *(c.x1 for c in hit)),
            {number}.union(*(c.rows for c in hit)),
        )
        clusters = [c for c in clusters if c not in hit] + [merged]
    clusters.sort(key=lambda cluster: cluster.x0)
    return _with_edges([(c.x0, c.x1) for c in clusters], region)


def _with_edges(spans: list[tuple[float, float]], region: Region) -> list[tuple[float, float]]:
    """Widen columns to the middle of the gaps between them."""
    if not spans:
        return []
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]
    edges = [min(region.x0, spans[0][0]) - 1, *middles, max(region.x1, spans[-1][1]) + 1]
    return list(pairwise(edges))


def _lattice_columns(region: Region) -> list[tuple[float, float]]:
    """Return the columns between vertical rules, if the table has them inside."""
    xs = _merged(sorted(rule.x0 for rule in region.vertical))
    if len(xs) < 3:
        return []
    inner = [x for x in xs if _length(region.vertical, x) > 0.3 * _depth(region)]
    edges = sorted({*inner})
    if len(edges) < 3:
        return []
    if region.x0 < edges[0] - 12 and any(p.x0 < edges[0] - 2 for p in region.rows):
        edges.insert(0, region.x0 - 1)
    if any(p.x1 > edges[-1] + 2 for p in region.rows):
        edges.append(region.x1 + 1)
    return list(pairwise(edges))


def _depth(region: Region) -> float:
    return max(p.bottom for p in region.rows) - min(p.top for p in region.rows)


def _length(rules: Sequence[Rule], x: float) -> float:
    return sum(rule.y1 - rule.y0 for rule in rules if abs(rule.x0 - x) < 1.5)


def _merged(values: Sequence[float]) -> list[float]:
    """Return sorted values without those that are almost equal to the one before."""
    found: list[float] = []
    for value in values:
        if not found or value - found[-1] > 2:
            found.append(value)
    return found


# --- rows ------------------------------------------------------------------------------------


def _row_bounds(region: Region, columns: Sequence[tuple[float, float]]) -> list[float]:
    """Return the heights between rows: rules, and gaps wider than those within a cell."""
    top = min(piece.top for piece in region.rows)
    bottom = max(piece.bottom for piece in region.rows)
    ruled = _merged(sorted(r.y0 for r in region.horizontal if top + 3 < r.y0 < bottom - 3))
    rows = len({round(piece.base) for piece in region.rows})
    if columns and len(ruled) >= 0.5 * rows - 1 and len(ruled) > 2:
        bounds = ruled
    else:
        bounds = _merged(sorted([*ruled, *_gaps(region, columns)]))
    return [y for y, after in pairwise([*bounds, bottom + 1]) if _between(region, y, after)]


def _between(region: Region, y: float, after: float) -> bool:
    return any(y <= piece.middle <= after for piece in region.rows)


def _gaps(region: Region, columns: Sequence[tuple[float, float]]) -> list[float]:
    """Return the middles of the gaps that part rows.

    They go across all columns; or across all but the first, whose labels may cover several rows.
    """
    leading = _leading(region, columns)
    size = max(piece.size for piece in region.rows)
    least = max(0.0, leading - size + 0.12 * size) if leading else 0.0
    across = _free(region.rows, least)
    values = [piece for piece in region.rows if columns and piece.x0 > columns[0][1]]
    more = _free(values, max(least, 0.2 * size)) if leading and len(columns) > 2 else []
    bounds = [
        *across,
        *(gap for gap in more if not any(gap[0] < b[1] and b[0] < gap[1] for b in across)),
    ]
    return [(top + bottom) / 2 for top, bottom in bounds]


def _free(pieces: Sequence[Piece], least: float) -> list[tuple[float, float]]:
    """Return the heights at which no text stands, if they are higher than ``least``."""
    spans = sorted((piece.top, piece.bottom) for piece in pieces)
    found: list[tuple[float, float]] = []
    bottom = spans[0][1] if spans else 0.0
    for top, low in spans[1:]:
        if top - bottom > least:
            found.append((bottom, top))
        bottom = max(bottom, low)
    return found


def _leading(region: Region, columns: Sequence[tuple[float, float]]) -> float:
    """Return the distance of lines within a cell, or 0 if no cell has two lines.

    Lines at the least distance are of one cell if few of them have a label and as many cells as
    the line above; or if the first word of most did not fit on it.
    """
    pairs: list[tuple[float, bool]] = []
    cut: list[tuple[float, bool]] = []
    for x0, x1 in columns:
        own = [p for p in region.rows if x0 <= (p.x0 + p.x1) / 2 <= x1 and p.x0 >= x0 - 2]
        stacked = lines(own, region.page)
        pairs += [
            (b.base - a.base, a.x1 + _first_word(b) + 0.2 * a.size > x1)
            for a, b in pairwise(stacked)
        ]
        cut += [
            (b.base - a.base, _is_cut(plain(a.text), plain(b.text))) for a, b in pairwise(stacked)
        ]
    if not pairs:
        return 0.0
    least = min(step for step, _ in pairs)
    nearest = [(step, wraps) for step, wraps in pairs if step < 1.1 * least]
    wrapped = sum(wraps for _, wraps in nearest) / len(nearest)
    share = len(nearest) / len(pairs)
    full = _full_pairs(region, columns, 1.1 * least)
    if sum(is_cut for step, is_cut in cut if step < 1.1 * least) > 0.12 * len(nearest):
        return max(step for step, _ in nearest)
    if least > 1.45 * max(piece.size for piece in region.rows) and wrapped < 0.9:
        return 0.0
    broken = full < 0.25 and (share < 0.6 or wrapped > 0.6)
    broken = broken or (full <= 0.5 and wrapped > 0.7 and share < 0.5)
    return max(step for step, _ in nearest) if broken else 0.0


def _is_cut(above: str, below: str) -> bool:
    """Whether two lines are one cell that is cut: "24.0 (12.8) ±" and "2.9"."""
    return (len(above) > 1 and above[-1] in "(,±=<>–") or below[:1] in tuple("),;±")


def _full_pairs(region: Region, columns: Sequence[tuple[float, float]], step: float) -> float:
    """Return how many of the lines close below another one have a label and as many cells."""
    rows = lines(region.rows, region.page)
    close = [(a, b) for a, b in pairwise(rows) if b.base - a.base <= step]
    full = [b.cells > 1 and b.cells >= 0.75 * a.cells and b.x0 < columns[0][1] for a, b in close]
    return sum(full) / len(full) if full else 0.0


def _first_word(line: Line) -> float:
    """Return the width of the first word of a line."""
    glyphs = line.glyphs
    end = next((n for n, g in enumerate(glyphs[1:], 1) if g.spaced), len(glyphs))
    return glyphs[end - 1].x1 - glyphs[0].x0


@dataclass
class _Rows:
    """The heights between rows."""

    bounds: list[float]
    partial: set[float] = field(default_factory=set)
    """Those that part a row in some columns only."""
    reach: float = 0.0
    """The greatest distance of two lines of one cell."""

    def of(self, piece: Piece, column: Sequence[Piece]) -> tuple[int, int]:
        """Return the row of a text in a column, and how many rows its cell goes over."""
        row = bisect_right(self.bounds, piece.middle)
        if row and self.bounds[row - 1] in self.partial:
            steps = (piece.base - other.base for other in column)
            if any(0.5 * piece.size < step <= self.reach for step in steps):
                return row - 1, 2
        return row, 1


def _split_rows(
    region: Region, columns: Sequence[tuple[float, float]], bounds: list[float]
) -> _Rows:
    """Return the bounds of rows, and those that part a row only in some of its columns.

    Such columns have two figures there, further apart than the lines of the other cells, which
    go over both rows.
    """
    reach = 1.2 * _leading(region, columns)
    if not reach:
        return _Rows(bounds)
    inner: list[float] = []
    for top, bottom in pairwise([float("-inf"), *bounds, float("inf")]):
        own = [piece for piece in region.rows if top < piece.middle <= bottom]
        gaps: list[tuple[float, float]] = []
        for x0, x1 in columns[1:]:
            stacked = lines((p for p in own if x0 <= (p.x0 + p.x1) / 2 <= x1), region.page)
            gaps += [
                (a.bottom, b.top)
                for a, b in pairwise(stacked)
                if b.base - a.base > reach and FIGURE.match(b.text) and FIGURE.match(a.text)
            ]
        if len(gaps) > 1 and (high := max(g[0] for g in gaps)) < (low := min(g[1] for g in gaps)):
            inner.append((high + low) / 2)
    return _Rows(sorted([*bounds, *inner]), set(inner), reach)


# --- cells -----------------------------------------------------------------------------------


def _blocks(region: Region, columns: Sequence[tuple[float, float]], rows: _Rows) -> list[_Block]:
    stacks = [[p for p in region.rows if x0 <= (p.x0 + p.x1) / 2 <= x1] for x0, x1 in columns]
    heights: dict[int, int] = {}
    places: dict[tuple[int, int, int], list[Piece]] = defaultdict(list)
    for line in lines(region.rows, region.page):
        for piece in _cell_pieces(line):
            first, last = _covered(piece, columns)
            row, height = rows.of(piece, stacks[first])
            heights[id(piece)] = height
            places[row, first, last].append(piece)
    found: list[_Block] = []
    for (row, first, last), own in sorted(places.items(), key=lambda item: item[0]):
        beside = [b for b in found if b.row == row]
        host = next((b for b in beside if b.column <= last and first < b.column + b.columns), None)
        if host is None:
            found.append(_Block(own, row, first, 1, last - first + 1))
        else:
            host.pieces += own
            host.columns = max(host.column + host.columns, last + 1) - min(host.column, first)
            host.column = min(host.column, first)
    for block in found:
        block.rows = max(heights[id(piece)] for piece in block.pieces)
        block.text = cell_text(block.pieces, region.page)
    return found


def cell_text(pieces: Sequence[Piece], page: int) -> str:
    """Return the text of a cell, its lines joined."""
    text = ""
    for line in lines(pieces, page):
        text = join_lines(text, line.text)
    return text


def join_lines(above: str, below: str) -> str:
    """Join two lines of a cell: a range or a compound that breaks at its dash stays together.

    >>> join_lines("34 (15–", "64)"), join_lines("Age,", "years"), join_lines("follow-", "up")
    ('34 (15–64)', 'Age, years', 'follow-up')
    """
    tight = not above or (above[-1] in "-–/\u2010" and len(above) > 1 and above[-2] != " ")
    return above + below if tight else f"{above} {below}"


def _covered(piece: Piece, columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """Return the first and last column that a text lies in."""
    own = [
        i
        for i, (x0, x1) in enumerate(columns)
        if min(x1, piece.x1) - max(x0, piece.x0) > min(3.0, 0.5 * piece.width)
    ]
    if own:
        return own[0], own[-1]
    middle = (piece.x0 + piece.x1) / 2
    nearest = min(range(len(columns)), key=lambda i: abs(sum(columns[i]) / 2 - middle))
    return nearest, nearest


# --- headers ---------------------------------------------------------------------------------


def _header_rows(region: Region, grid: Grid, bounds: Sequence[float]) -> int:
    """Return how many rows are headers: above the first full rule, or bold, or without figures."""
    if grid.height < 2:
        return 0
    full = sorted(
        y
        for y in _merged(sorted(r.y0 for r in region.horizontal))
        if _ruled_width(region, y) > 0.8 * (region.x1 - region.x0)
    )
    first = min(piece.base for piece in region.rows)
    below = [y for y in full if y > first]
    many = len(below) > max(3, 0.5 * grid.height)
    if below and not many:
        count = bisect_right(bounds, below[0] + 1)
        if 0 < count <= max(4, grid.height // 3):
            return count
    return _looks_like_header(grid)


def _ruled_width(region: Region, y: float) -> float:
    spans = sorted((r.x0, r.x1) for r in region.horizontal if abs(r.y0 - y) <= 2)
    total, end = 0.0, -1e9
    for x0, x1 in spans:
        total += max(0.0, x1 - max(x0, end))
        end = max(end, x1)
    return total


def _looks_like_header(grid: Grid) -> int:
    by_row: dict[int, list[_Block]] = defaultdict(list)
    for block in grid.blocks:
        by_row[block.row].append(block)
    count = 0
    for row in range(min(4, grid.height - 1)):
        own = by_row[row]
        bold = all(piece.font.bold for block in own for piece in block.pieces)
        figures = [b for b in own if b.column and FIGURE.match(plain(b.text))]
        if not own or not (bold or (row == count == 0 and not figures)):
            break
        if bold and count and len(own) == 1 and own[0].column == 0:
            break
        count = row + 1
    return count or 1


def _span(grid: Grid) -> None:
    """Let header cells span the empty places beside and below them."""
    taken = {
        (row, column)
        for block in grid.blocks
        for row in range(block.row, block.row + block.rows)
        for column in range(block.column, block.column + block.columns)
    }
    for block in sorted(grid.blocks, key=lambda b: (b.row, b.column)):
        if block.row >= grid.header_rows:
            continue
        _span_right(block, grid, taken)
        _span_down(block, grid, taken)


def _span_right(block: _Block, grid: Grid, taken: set[tuple[int, int]]) -> None:
    """Widen a header cell over the empty places to its right that have names below them."""
    below = range(block.row + 1, grid.header_rows)
    if not block.column or not any((row, block.column) in taken for row in below):
        return
    after = block.column + block.columns
    while after < grid.width and (block.row, after) not in taken:
        if not any((row, after) in taken for row in below):
            return
        taken.add((block.row, after))
        block.columns += 1
        after += 1


def _span_down(block: _Block, grid: Grid, taken: set[tuple[int, int]]) -> None:
    while block.row + block.rows < grid.header_rows:
        below = [
            (block.row + block.rows, c) for c in range(block.column, block.column + block.columns)
        ]
        rest = [
            (row, column)
            for row in range(block.row + block.rows, grid.header_rows)
            for _, column in below
        ]
        if any(place in taken for place in rest):
            break
        taken.update(below)
        block.rows += 1


def _indent(grid: Grid) -> None:
    """Set how far the labels of rows are indented, in steps of their distances."""
    labels = [b for b in grid.blocks if b.column == 0 and b.row >= grid.header_rows]
    if not labels:
        return
    starts = sorted(min(piece.x0 for piece in block.pieces) for block in labels)
    levels = [starts[0]]
    for start in starts:
        if start - levels[-1] > 2.5:
            levels.append(start)
    if len(levels) > 5:  # centred labels
        return
    for block in labels:
        start = min(piece.x0 for piece in block.pieces)
        block.indent = max(i for i, level in enumerate(levels) if level <= start + 0.1)
