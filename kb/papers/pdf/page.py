"""The characters and ruled lines of a PDF's page, by pdfium, turned so that the text is upright."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pypdfium2.raw as pdfium

MAX_GLYPHS: Final = 100_000
"""More characters than any page of a paper has."""
_MAX_PATHS: Final = 20_000
_MAX_SEGMENTS: Final = 2_000
_MAX_DEPTH: Final = 4
_THIN: Final = 2.5
_HYPHENS: Final = {"\x02": "-", "\ufffe": "-", "\u00ad": "-"}
_INVISIBLE: Final = 3


class Font(NamedTuple):
    """How characters look."""

    name: str
    size: float
    bold: bool
    italic: bool


class Glyph(NamedTuple):
    """A character with its edges and baseline, in points from the page's upper left corner."""

    text: str
    x0: float
    x1: float
    y: float
    font: Font
    spaced: bool
    """A space is printed before it."""
    unmapped: bool = False
    """The font does not identify the character."""


class Rule(NamedTuple):
    """A horizontal or vertical line: its ends are equal in one direction."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass
class PdfPage:
    """What stands on a page."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    recognised: bool = False
    """The text is invisible: software put it behind the picture of a scan."""
    turned: int = 0
    """How many characters run in another direction, and were not read."""
    truncated: bool = False
    """It has more characters than a page of a paper, and none was read."""


class _TextObject(NamedTuple):
    font: Font
    turn: int
    """Its direction in steps of 90 degrees, counter-clockwise; -1 if it is slanted."""
    visible: bool


class _Raw(NamedTuple):
    code: int
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    style: _TextObject
    spaced: bool
    unmapped: bool


def read_page(document: Any, number: int) -> PdfPage:
    """Return the characters and lines of a page; ``number`` counts from 1."""
    page = document[number - 1]
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > MAX_GLYPHS:
            return PdfPage(number, 0, 0, truncated=True)
        raws = list(_characters(text_page.raw, count))
        silent = _without_spaces(raws)
        turns = Counter(raw.style.turn for raw in raws)
        turn = max(turns, key=lambda t: (turns[t], t == 0)) if turns else 0
        turn = max(turn, 0)
        box = page.get_bbox()
        frame = _Frame(turn, box)
        found = PdfPage(number, frame.width, frame.height)
        found.glyphs = _spaced([frame.glyph(raw) for raw in raws if raw.style.turn == turn], silent)
        found.turned = sum(raw.style.turn not in (turn, -1) for raw in raws)
        found.recognised = bool(raws) and not any(raw.style.visible for raw in raws)
        for x0, y0, x1, y1 in _lines(page.raw):
            rule = frame.rule(x0, y0, x1, y1)
            (found.horizontal if rule.x1 - rule.x0 > rule.y1 - rule.y0 else found.vertical).append(
                rule
            )
    finally:
        text_page.close()
        page.close()
    return found


def _without_spaces(raws: list[_Raw]) -> set[str]:
    """Return the names of the fonts that print no spaces: only gaps show them."""
    counts = Counter(raw.style.font.name for raw in raws)
    spaces = Counter(raw.style.font.name for raw in raws if raw.spaced)
    return {name for name, count in counts.items() if spaces[name] < 0.04 * count}


def _spaced(glyphs: list[Glyph], silent: set[str]) -> list[Glyph]:
    """Mark the characters after a gap as wide as a space: some files print no spaces."""
    for number in range(1, len(glyphs)):
        before, glyph = glyphs[number - 1], glyphs[number]
        size = max(before.font.size, glyph.font.size)
        widest = 0.6 if glyph.font.name in silent else 0.48
        if (
            not glyph.spaced
            and abs(glyph.y - before.y) < 0.6 * size
            and 0.15 * size < glyph.x0 - before.x1 < widest * size
        ):
            glyphs[number] = glyph._replace(spaced=True)
    return glyphs


class _Frame:
    """Turns the coordinates of a page so that its text runs from left to right."""

    def __init__(self, turn: int, box: tuple[float, float, float, float]) -> None:
        self.turn = turn
        self.box = box
        wide, high = box[2] - box[0], box[3] - box[1]
        self.width, self.height = (high, wide) if turn % 2 else (wide, high)

    def point(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.box
        if self.turn == 0:
            return x - left, top - y
        if self.turn == 1:
            return y - bottom, x - left
        if self.turn == 2:
            return right - x, y - bottom
        return top - y, right - x

    def glyph(self, raw: _Raw) -> Glyph:
        left, bottom, right, top = raw.box
        ends = sorted([self.point(left, bottom)[0], self.point(right, top)[0]])
        y = self.point(*raw.origin)[1]
        text = chr(raw.code)
        return Glyph(
            _HYPHENS.get(text, text), ends[0], ends[1], y, raw.style.font, raw.spaced, raw.unmapped
        )

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> Rule:
        (ax, ay), (bx, by) = self.point(x0, y0), self.point(x1, y1)
        left, right, top, bottom = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        if right - left > bottom - top:
            return Rule(left, (top + bottom) / 2, right, (top + bottom) / 2)
        return Rule((left + right) / 2, top, (left + right) / 2, bottom)


def _characters(page: Any, count: int) -> Iterator[_Raw]:
    """Yield the visible characters in the order of the file, with the spaces that it has."""
    styles: dict[int, _TextObject] = {}
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    spaced = False
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(page, index)
        if code in (0x20, 0x0D, 0x0A, 0x09):
            spaced = spaced or not pdfium.FPDFText_IsGenerated(page, index)
            continue
        pointer = pdfium.FPDFText_GetTextObject(page, index)
        if not pointer or not pdfium.FPDFText_GetLooseCharBox(page, index, box):
            continue
        key = ctypes.cast(pointer, ctypes.c_void_p).value or 0
        if key not in styles:
            styles[key] = _style(page, index, pointer)
        pdfium.FPDFText_GetCharOrigin(page, index, x, y)
        unmapped = code in (0, 0xFFFD) or pdfium.FPDFText_HasUnicodeMapError(page, index) == 1
        edges = (box.left, box.bottom, box.right, box.top)
        yield _Raw(code, edges, (x.value, y.value), styles[key], spaced, unmapped)
        spaced = False


def _style(page: Any, index: int, pointer: Any) -> _TextObject:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(page, index, matrix)
    scale = math.hypot(matrix.c, matrix.d)
    size = pdfium.FPDFText_GetFontSize(page, index) * scale
    angle = math.degrees(math.atan2(matrix.b, matrix.a)) / 90
    turn = round(angle) % 4 if abs(angle - round(angle)) < 0.03 else -1
    buffer = ctypes.create_string_buffer(200)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(page, index, buffer, 200, flags)
    name = buffer.value.decode("latin-1").split("+", 1)[-1]
    low = name.lower()
    bold = "bold" in low or "black" in low or "heavy" in low or low.endswith("-bd")
    bold = bold or pdfium.FPDFText_GetFontWeight(page, index) >= 600
    italic = "italic" in low or "oblique" in low or bool(flags.value & 64)
    visible = pdfium.FPDFTextObj_GetTextRenderMode(pointer) != _INVISIBLE
    return _TextObject(Font(name, round(size, 1), bold, italic), turn, visible)


def _lines(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Yield the horizontal and vertical lines among a page's paths."""
    count = min(pdfium.FPDFPage_CountObjects(page), _MAX_PATHS)
    for index in range(count):
        yield from _object_lines(pdfium.FPDFPage_GetObject(page, index), (1, 0, 0, 1, 0, 0), 0)


_Matrix = tuple[float, float, float, float, float, float]


def _object_lines(
    item: Any, outer: _Matrix, depth: int
) -> Iterator[tuple[float, float, float, float]]:
    kind = pdfium.FPDFPageObj_GetType(item)
    if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
        inner = _multiplied(_matrix(item), outer)
        for index in range(min(pdfium.FPDFFormObj_CountObjects(item), _MAX_PATHS)):
            yield from _object_lines(pdfium.FPDFFormObj_GetObject(item, index), inner, depth + 1)
    elif kind == pdfium.FPDF_PAGEOBJ_PATH:
        yield from _path_lines(item, outer)


def _path_lines(item: Any, outer: _Matrix) -> Iterator[tuple[float, float, float, float]]:
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *sides):
        return
    x0, y0, x1, y1 = (side.value for side in sides)
    a, b = _applied(outer, x0, y0), _applied(outer, x1, y1)
    wide, high = abs(b[0] - a[0]), abs(b[1] - a[1])
    if min(wide, high) <= _THIN:
        if max(wide, high) > 4:
            yield (*a, *b)
    elif _is_stroked(item):
        yield from _segments(item, _multiplied(_matrix(item), outer))


def _is_stroked(item: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
    return bool(stroke.value)


def _segments(item: Any, matrix: _Matrix) -> Iterator[tuple[float, float, float, float]]:
    """Yield the straight pieces of a path that run along an axis."""
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(min(pdfium.FPDFPath_CountSegments(item), _MAX_SEGMENTS)):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = _applied(matrix, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and _is_along_axis(last, point):
            yield (*last, *point)
        if pdfium.FPDFPathSegment_GetClose(segment) and _is_along_axis(point, start):
            yield (*point, *start)
        last = point


def _is_along_axis(a: tuple[float, float], b: tuple[float, float]) -> bool:
    wide, high = abs(a[0] - b[0]), abs(a[1] - b[1])
    return min(wide, high) < 0.5 and max(wide, high) > 4


def _matrix(item: Any) -> _Matrix:
    m = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, m)
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _multiplied(m: _Matrix, n: _Matrix) -> _Matrix:
    """Return the matrix that applies ``m`` first and ``n`` after it."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _applied(m: _Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]
