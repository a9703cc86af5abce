"""Where tables stand on a page: below their captions, as far as their rules or rows go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from kb.papers.captions import CAPTION, CONTINUED, FIGURE_CAPTION, NOTE
from kb.papers.pdf.layout import Layout, Line, is_cell_gap, lines
from kb.papers.pdf.lines import Piece
from kb.papers.pdf.page import Font, Rule

_NEXT_WORD: Final = re.compile(r"[\s.:|)—–-]*(\S)")
_MAX_HEADER: Final = 6  # lines of a header


@dataclass
class Region:
    """A table's place on a page: caption, rows, and footnotes."""

    page: int
    x0: float
    x1: float
    caption: list[Line]
    rows: list[Piece] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    at_end: bool = False
    """Nothing follows its rows in the column: it may go on in the next one."""
    blocked: bool = False
    """The caption of another table or figure follows in the column: it cannot go on."""
    open: bool = False
    """Its rows reach the end of the page: it may go on in the next one."""
    label: str = ""
    continued: bool = False
    first: str = ""
    """The first line of the whole table, which its other parts may repeat."""

    @property
    def top(self) -> float:
        """Its upper end."""
        tops = [line.top for line in self.caption] + [piece.top for piece in self.rows]
        return min(tops)

    @property
    def pieces(self) -> set[int]:
        """The pieces that belong to it, by identity."""
        own = {id(piece) for line in (*self.caption, *self.notes) for piece in line.pieces}
        return own | {id(piece) for piece in self.rows}


def is_caption(line: Line, above: Line | None, body: Font, pattern: re.Pattern[str]) -> bool:
    """Whether a line begins a caption, and is not prose that mentions a table or figure."""
    text = line.text
    start = pattern.match(text.replace("<sup>", "").replace("</sup>", ""))
    if start is None:
        return False
    first = line.glyphs[0].font
    marked = first.bold != body.bold or first.name != body.name or abs(first.size - body.size) > 0.4
    following = _NEXT_WORD.match(text, start.end())
    lower = following is not None and (following[1].islower() or following[1] in "(,;")
    apart = above is None or line.top - above.bottom > 0.6 * line.size
    if text[start.end() : start.end() + 1] in (".", ":", "|", "—", "–") and not lower:
        return marked or apart
    return (marked and not lower) or (apart and not lower) or (marked and first.bold)


def find_regions(page: Layout, body: Font, before: Region | None) -> list[Region]:
    """Return the tables of a page, from the top; ``before`` may go on from the page before."""
    heads = _captions(page, body)
    found: list[Region] = []
    if before is not None and before.open:
        found += _rest(page, heads, before, body, 0)
    for head in heads:
        if CAPTION.match(head.text) is None:
            continue
        region = _region(page, head, heads, body)
        if region.rows or region.open:
            found.append(region)
            page.taken |= region.pieces
        if region.at_end and not page.is_wide(region.x0, region.x1):
            found += _rest(page, heads, region, body, page.column(region.x0) + 1)
    return found


def _rest(
    page: Layout, heads: Sequence[Line], before: Region, body: Font, column: int
) -> list[Region]:
    """Return what goes on from a table, in this column and those after it."""
    found: list[Region] = []
    width = before.x1 - before.x0
    start = _band_top(page, before) if before.page == page.number else 0.0
    while before.at_end and column < len(page.edges):
        left = page.edges[column]
        below = [h for h in heads if h.x0 < left + width and h.x1 > left and h.top > start]
        limit = min((h.top for h in below), default=page.height)
        own = rows_within(page, left, left + width, start, limit)
        region = Region(page.number, left, left + width, [], label=before.label, continued=True)
        region.blocked = _is_blocked(page, below, heads)
        region.first = before.first
        first = next((n for n, line in enumerate(own) if line.cells > 1), 9)
        repeats = bool(own) and own[0].text == before.first
        if not repeats and (first > 2 or not _may_go_on(own[: first + 1], region, page)):
            break
        fill(region, own, page, body, limit)
        if not region.rows:
            break
        found.append(region)
        page.taken |= region.pieces
        before = region
        column = len(page.edges) if page.is_wide(left, left + width) else column + 1
    return found


def _band_top(page: Layout, region: Region) -> float:
    """Return where the columns that a table stands in begin: below the last text over several."""
    wide = [p.bottom for p in page.pieces if page.is_wide(p.x0, p.x1) and p.bottom < region.top]
    return max(wide, default=0.0)


def _may_go_on(rows: Sequence[Line], region: Region, page: Layout) -> bool:
    """Whether the first lines of a column may be rows: below a rule, or not prose."""
    ruled = any(
        rows[0].top - 12 < rule.y0 < rows[-1].bottom + 8
        and rule.x1 > region.x0 + 10
        and rule.x0 < region.x1 - 10
        for rule in page.horizontal
    )
    return ruled or not any(_is_prose(line, region, page) for line in rows)


def _captions(page: Layout, body: Font) -> list[Line]:
    found: list[Line] = []
    for column in range(len(page.edges) or 1):
        own = lines((p for p in page.pieces if page.column(p.x0) == column), page.number)
        above: Line | None = None
        for line in own:
            both = is_caption(line, above, body, CAPTION)
            both = both or is_caption(line, above, body, FIGURE_CAPTION)
            if both:
                found.append(line)
            above = line
    return sorted(found, key=lambda line: line.top)


def _below(head: Line, heads: Sequence[Line], page: Layout) -> list[Line]:
    """Return the captions below one in the same columns."""
    return [h for h in heads if h.top > head.bottom and h.x0 < page.width and _shares(h, head)]


def _is_blocked(page: Layout, below: Sequence[Line], heads: Sequence[Line]) -> bool:
    """Whether the first caption below is of one column; what spans all only interrupts them."""
    if not below:
        return False
    first = min(below, key=lambda line: line.top)
    after = min((line.top for line in _below(first, heads, page)), default=page.height)
    return not page.is_wide(*_extent(page, first, after))


def _shares(a: Line, b: Line) -> bool:
    return (a.x0 < b.x1 and b.x0 < a.x1) or abs(a.x0 - b.x0) < 40


def _region(page: Layout, head: Line, heads: Sequence[Line], body: Font) -> Region:
    below_it = _below(head, heads, page)
    limit = min((line.top for line in below_it), default=page.height)
    x0, x1 = _extent(page, head, limit)
    region = Region(page.number, x0, x1, [], blocked=_is_blocked(page, below_it, heads))
    match = CAPTION.match(head.text)
    region.label = match[0].strip() if match else ""
    below = rows_within(page, x0, x1, head.top - 1, limit)
    count = _caption_length(below, page)
    region.caption = below[:count]
    region.continued = any(CONTINUED.search(line.text) for line in region.caption[:2])
    fill(region, below[count:], page, body, limit)
    return region


def rows_within(page: Layout, x0: float, x1: float, top: float, bottom: float) -> list[Line]:
    """Return the lines of a part of a page."""
    own = [
        piece
        for piece in page.pieces
        if id(piece) not in page.taken
        and top < piece.middle < bottom
        and x0 - 4 <= (piece.x0 + piece.x1) / 2 <= x1 + 4
    ]
    return lines(own, page.number)


def _extent(page: Layout, head: Line, limit: float) -> tuple[float, float]:
    """Return the left and right end of a table: of its rules, its columns or the page."""
    column = page.column(head.x0)
    left = page.edges[column] if page.edges else head.x0
    own_right = page.right(column) - 6
    near = [
        rule
        for rule in sorted(page.horizontal, key=lambda rule: rule.y0)
        if head.top - 14 < rule.y0 < min(limit, head.bottom + 160)
        and rule.x0 - 14 <= head.x0 <= rule.x1
        and rule.x1 - rule.x0 > 40
    ]
    if near:
        levels = sorted({round(rule.y0) for rule in near})[:2]
        spans = [r for r in page.horizontal if any(abs(r.y0 - y) < 2 for y in levels)]
        x0, x1 = _union(spans, min(r.x0 for r in near), near[0].x1)
        return min(x0, head.x0), x1
    is_narrow = column + 1 < len(page.edges) and not page.is_wide(left, head.x1)
    if is_narrow and (_wraps(page, head, left, own_right) or _is_apart(page, head, column, limit)):
        return left, own_right
    return left, max((piece.x1 for piece in page.pieces), default=page.width)


def _wraps(page: Layout, head: Line, left: float, right: float) -> bool:
    """Whether a caption fills its column and goes on below."""
    return head.x1 > left + 0.85 * (right - left) and _next_line(page, head) is not None


def _is_apart(page: Layout, head: Line, column: int, limit: float) -> bool:
    """Whether the column beside a table is not part of it.

    Nothing reaches from one to the other, and the file does not draw them line by line.
    """
    edge, bottom = page.right(column), min(limit, head.bottom + 100)
    near = [p for p in page.pieces if head.bottom < p.middle < bottom]
    if any(p.x0 < edge - 4 < p.x1 for p in near):
        return False
    together = sum(
        a.x1 < edge <= b.x0 + 4 and abs(a.base - b.base) < 0.25 * a.size for a, b in pairwise(near)
    )
    return together < 2


def _next_line(page: Layout, head: Line) -> Piece | None:
    """Return the beginning of the next line of a caption."""
    near = (
        piece
        for piece in page.pieces
        if abs(piece.x0 - head.x0) < 3
        and abs(piece.size - head.size) < 0.4
        and 0.8 * head.size < piece.base - head.base < 1.6 * head.size
    )
    return next(near, None)


def _union(rules: Sequence[Rule], x0: float, x1: float) -> tuple[float, float]:
    """Widen an extent by the rules that meet it."""
    for rule in sorted(rules, key=lambda rule: rule.x0):
        if rule.x0 <= x1 + 3 and rule.x1 >= x0 - 3:
            x0, x1 = min(x0, rule.x0), max(x1, rule.x1)
    return x0, x1


def _caption_length(rows: Sequence[Line], page: Layout) -> int:
    """Return how many lines a caption has: it ends at a rule, a gap, or a row of cells."""
    count = 1
    for above, line in pairwise(rows):
        ruled = any(
            above.base < rule.y0 < line.base and rule.x1 > line.x0 and rule.x0 < line.x1
            for rule in page.horizontal
        )
        gap = line.base - above.base
        if ruled or line.cells > 1 or gap > 1.75 * line.size or abs(line.size - above.size) > 1.6:
            break
        if count > 1 and gap > 1.2 * (above.base - rows[count - 2].base):
            break
        count += 1
    return count


def fill(region: Region, rows: Sequence[Line], page: Layout, body: Font, limit: float) -> None:
    """Give a region its rows and footnotes from the lines below its caption."""
    start = region.caption[-1].base if region.caption else 0.0
    inside = [
        rule
        for rule in page.horizontal
        if rule.x1 > region.x0 and rule.x0 < region.x1 and start - 1 < rule.y0 < limit
    ]
    upright = [
        rule
        for rule in page.vertical
        if region.x0 - 4 <= rule.x0 <= region.x1 + 4 and start - 1 < rule.y1 and rule.y0 < limit
    ]
    framed = _frame_bottom(upright, rows)
    end = 0 if framed else _closed(region, rows, inside, page)
    if not end:
        end = _last_row(region, rows, framed, page)
        end = _with_rest(region, rows, end, inside)
    if end and end == len(rows) - 1 and limit >= page.height and _is_row(rows[end], rows[end - 1]):
        end += 1
    kept = rows[:end]
    region.rows = [piece for line in kept for piece in line.pieces]
    region.at_end = end == len(rows) and not region.blocked
    low = kept[-1].bottom if kept else start
    region.open = region.at_end and limit >= page.height and low > 0.6 * page.height
    if not kept:
        return
    region.first = region.first or kept[0].text
    top, bottom = kept[0].top - 8, kept[-1].bottom + 6
    region.horizontal = [r for r in inside if top - 4 <= r.y0 <= bottom]
    region.vertical = [r for r in upright if r.y0 < bottom and r.y1 > top]
    region.notes = _notes(rows[end:], kept[-1], body)


def _closed(region: Region, rows: Sequence[Line], rules: Sequence[Rule], page: Layout) -> int:
    """Return how many lines stand above the rule that closes a table, or 0 if none does.

    It is the last full rule, below the one under the header, that no prose parts from the others.
    """
    width = region.x1 - region.x0
    counts = [
        sum(line.base < y for line in rows)
        for y in sorted({round(rule.y0) for rule in rules})
        if _covered_width(rules, y) > 0.9 * width
    ]
    is_ruled = bool(counts) and counts[0] <= _MAX_HEADER
    counts = [count for count in dict.fromkeys(counts) if count]
    if not counts or not is_ruled:
        return 0
    end = counts[0] if counts[0] > _MAX_HEADER else 0
    for above, count in pairwise(counts):
        prose = [_is_prose(line, region, page) for line in rows[above:count]]
        cells = any(line.cells > 1 for line in rows[above:count])
        if any(a and b for a, b in pairwise(prose)) or all(prose) or not cells:
            break
        end = count
    return end


def _covered_width(rules: Sequence[Rule], y: float) -> float:
    """Return how far the rules at a height go together."""
    total, end = 0.0, float("-inf")
    for x0, x1 in sorted((rule.x0, rule.x1) for rule in rules if abs(rule.y0 - y) <= 2):
        total += max(0.0, x1 - max(x0, end))
        end = max(end, x1)
    return total


def _frame_bottom(upright: Sequence[Rule], rows: Sequence[Line]) -> float:
    """Return how far down the vertical rules of a table go without a gap, or 0."""
    if not rows:
        return 0.0
    bottom = rows[0].bottom
    for rule in sorted(upright, key=lambda rule: rule.y0):
        if rule.y0 <= bottom + 4:
            bottom = max(bottom, rule.y1)
    return bottom if bottom > rows[0].bottom else 0.0


def _last_row(region: Region, rows: Sequence[Line], framed: float, page: Layout) -> int:
    """Return how many lines are rows: those in the frame, or up to the last one with several cells.

    Two lines of prose end a table that has no frame.
    """
    inside = sum(line.base < framed for line in rows)
    if inside > 1:
        return inside
    end, prose = 0, 0
    for number, line in enumerate(rows):
        above = rows[number - 1] if number else None
        if _is_prose(line, region, page):
            prose += 1
            if prose > 1:
                break
        elif line.cells > 1:
            if above is not None and end and line.base - above.base > 6 * line.size:
                break
            prose, end = 0, number + 1
    return end


def _is_prose(line: Line, region: Region, page: Layout) -> bool:
    """Whether a line looks like text of the paper's body: it fills a column of the page."""
    width = region.x1 - region.x0
    if line.x1 - line.x0 > 0.7 * width and _is_running(line.pieces):
        return True
    if len(page.edges) < 2 or not page.is_wide(region.x0, region.x1):
        return False
    return _fills_columns(line, page)


def _fills_columns(line: Line, page: Layout) -> bool:
    """Whether a line is of one or more columns, each begun at its edge, and one of them filled."""
    width = 0.85 * (page.edges[1] - page.edges[0])
    is_full = False
    for column, edge in enumerate(page.edges):
        own = [piece for piece in line.pieces if page.column(piece.x0) == column]
        if not own:
            continue
        start, end = min(piece.x0 for piece in own), max(piece.x1 for piece in own)
        if start > edge + 20 or end > page.right(column) or not _is_running(own):
            return False
        is_full = is_full or end - start > 0.72 * width
    return is_full


def _is_running(pieces: Sequence[Piece]) -> bool:
    """Whether pieces are words, and no gap between them is wider than a justified space."""
    ordered = sorted(pieces, key=lambda piece: piece.x0)
    if any(
        is_cell_gap(a, b) and b.x0 - a.x1 > 1.8 * max(a.size, b.size) for a, b in pairwise(ordered)
    ):
        return False
    glyphs = [glyph for piece in pieces for glyph in piece.glyphs]
    letters = sum(glyph.text.isalpha() for glyph in glyphs)
    return len(ordered) == 1 or letters > max(20, 0.65 * len(glyphs))


def _with_rest(region: Region, rows: Sequence[Line], end: int, rules: Sequence[Rule]) -> int:
    """Return the number of rows with the last lines of wrapped cells, up to the closing rule."""
    if not end:
        return 0
    bottom = _bottom_rule(region, rows[:end], rules)
    last = rows[end - 1]
    while end < len(rows):
        line = rows[end]
        if not (line.base < bottom or (not bottom and _goes_on(line, last, rows[:end]))):
            break
        last = line
        end += 1
    return end


def _bottom_rule(region: Region, rows: Sequence[Line], rules: Sequence[Rule]) -> float:
    """Return the height of the rule that closes a table just below its last rows, or 0."""
    last = rows[-1].base
    full = [r for r in rules if r.x1 - r.x0 > 0.6 * (region.x1 - region.x0)]
    if not any(rows[0].top - 30 < rule.y0 < last for rule in full):
        return 0.0
    below = [rule.y0 for rule in full if last < rule.y0 < last + 4.5 * rows[-1].size]
    return min(below, default=0.0)


def _is_row(line: Line, last: Line) -> bool:
    """Whether the last line of a page looks like the row of a table that goes on."""
    return abs(line.size - last.size) < 0.3 and line.base - last.base < 2.2 * line.size


def _goes_on(line: Line, last: Line, rows: Sequence[Line]) -> bool:
    """Whether a line with one cell goes on with the cells of the row above it."""
    steps = [b.base - a.base for a, b in pairwise(rows)]
    usual = min(steps, default=0.0) or 1.3 * last.size
    return line.base - last.base <= 1.15 * usual and abs(line.size - last.size) < 0.3


def _notes(rows: Sequence[Line], last: Line, body: Font) -> list[Line]:
    """Return the footnotes below a table: small print, or lines that begin as notes do."""
    found: list[Line] = []
    for line in rows:
        above = found[-1] if found else last
        gap = line.base - above.base
        small = line.size < body.size - 0.4
        starts = NOTE.match(line.text) is not None
        if gap > (2.6 if not found else 2.0) * line.size or not (small or starts or found):
            break
        if found and abs(line.size - found[0].size) > 0.4:
            break
        if not small and found and not starts and gap > 1.5 * line.size:
            break
        found.append(line)
    return found


def merged(parts: Sequence[Region]) -> Region:
    """Return the parts of a table as one, each below the one before, without repeated headers."""
    filled = [part for part in parts if part.rows]
    whole = filled[0]
    first = [line.text for line in lines(whole.rows, whole.page)]
    for part in filled[1:]:
        own = lines(part.rows, part.page)
        repeated = 0
        while repeated < min(len(own), len(first)) and own[repeated].text == first[repeated]:
            repeated += 1
        kept = own[repeated:]
        if not kept:
            continue
        bottom = max(piece.bottom for piece in whole.rows)
        dx, dy = whole.x0 - part.x0, bottom - kept[0].top + 12
        if kept[0].cells == 1 and kept[0].text[:1].islower():
            dy = _last_base(whole) - kept[0].base  # the rest of a cell that the page's end parts
        dx = dx if abs(dx) > 12 else 0.0  # its columns begin where their texts do
        start = kept[0].top - 3
        whole = Region(
            whole.page,
            whole.x0,
            whole.x1,
            whole.caption,
            [*whole.rows, *(_moved(p, dx, dy) for line in kept for p in line.pieces)],
            horizontal=[
                *whole.horizontal,
                *(_moved_rule(r, dx, dy) for r in part.horizontal if r.y0 > start),
            ],
            vertical=[
                *whole.vertical,
                *(_moved_rule(r, dx, dy) for r in part.vertical if r.y1 > start),
            ],
        )
    return whole


def _last_base(region: Region) -> float:
    """Return where the next line of the last row of a table would stand."""
    bases = [line.base for line in lines(region.rows, region.page)]
    steps = [b - a for a, b in pairwise(bases) if b - a > 0.9 * region.rows[-1].size]
    return bases[-1] + min(steps, default=1.2 * region.rows[-1].size)


def _moved(piece: Piece, dx: float, dy: float) -> Piece:
    glyphs = [g._replace(x0=g.x0 + dx, x1=g.x1 + dx, y=g.y + dy) for g in piece.glyphs]
    return Piece(glyphs, piece.base + dy, piece.size)


def _moved_rule(rule: Rule, dx: float, dy: float) -> Rule:
    return Rule(rule.x0 + dx, rule.y0 + dy, rule.x1 + dx, rule.y1 + dy)
