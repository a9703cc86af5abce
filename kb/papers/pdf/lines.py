"""Characters joined to pieces of lines, and pieces to text with raised and lowered parts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from kb.papers.pdf.page import Font, Glyph, PdfPage

UNMAPPED: Final = "\ufffd"
"""Stands for a character that the font does not name."""
_WORD_GAP: Final = 0.2
NARROW: Final = 0.48
"""A gap without a space that is wider than this many sizes parts two cells."""
_SMALL: Final = 0.88
_LIGATURES: Final = range(0xFB00, 0xFB07)


@dataclass
class Piece:
    """Characters beside each other on one line, as far as no wide gap parts them."""

    glyphs: list[Glyph]
    base: float
    size: float
    x0: float = field(init=False)
    x1: float = field(init=False)

    def __post_init__(self) -> None:
        """Measure it."""
        self.x0 = min(glyph.x0 for glyph in self.glyphs)
        self.x1 = max(glyph.x1 for glyph in self.glyphs)

    def add(self, glyph: Glyph) -> None:
        """Add a character; the largest ones make the baseline."""
        if glyph.font.size > self.size:
            self.size, self.base = glyph.font.size, glyph.y
        self.glyphs.append(glyph)
        self.x0, self.x1 = min(self.x0, glyph.x0), max(self.x1, glyph.x1)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.base + 0.25 * self.size

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.base - 0.25 * self.size

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.x1 - self.x0

    @property
    def text(self) -> str:
        """Its text; see `text_of`."""
        return text_of(self.glyphs, self.base, self.size)

    @property
    def font(self) -> Font:
        """The font of most of its letters and digits."""
        return main_font(self.glyphs)


def main_font(glyphs: Iterable[Glyph]) -> Font:
    """Return the font that most letters and digits have."""
    glyphs = list(glyphs)
    fonts = Counter(glyph.font for glyph in glyphs if glyph.text.isalnum())
    fonts = fonts or Counter(glyph.font for glyph in glyphs)
    return fonts.most_common(1)[0][0]


def pieces(page: PdfPage) -> list[Piece]:
    """Return the pieces of lines of a page in the order of the file.

    A gap without a space parts two cells even if it is narrow.
    """
    found: list[Piece] = []
    for glyph in page.glyphs:
        last = found[-1] if found else None
        if last is not None and _adjoins(last, glyph):
            last.add(glyph)
        else:
            found.append(Piece([glyph], glyph.y, glyph.font.size))
    return _with_raised(found)


def _adjoins(piece: Piece, glyph: Glyph) -> bool:
    size = max(piece.size, glyph.font.size)
    gap = glyph.x0 - piece.glyphs[-1].x1
    if not -0.5 * size < gap < (1.0 if glyph.spaced else NARROW) * size:
        return False
    return _is_on_line(piece, glyph.y, glyph.font.size)


def _is_on_line(piece: Piece, y: float, size: float) -> bool:
    """Whether a character stands on the line of a piece, or is raised or lowered beside it."""
    offset = abs(y - piece.base)
    if offset <= 0.12 * max(size, piece.size):
        return True
    small, large = sorted([size, piece.size])
    return small < _SMALL * large and offset < 0.62 * large


def _with_raised(found: list[Piece]) -> list[Piece]:
    """Join raised and lowered pieces that the file holds apart from their line."""
    sizes = Counter(round(piece.size, 1) for piece in found for _ in piece.glyphs)
    if not sizes:
        return found
    usual = sizes.most_common(1)[0][0]
    lines = [piece for piece in found if piece.size >= _SMALL * usual or len(piece.glyphs) > 8]
    large = set(map(id, lines))
    hosted: set[int] = set()
    for piece in found:
        host = None
        if id(piece) not in large:
            host = next((other for other in lines if _hosts(other, piece)), None)
        if host is not None:
            hosted.add(id(piece))
            for glyph in piece.glyphs:
                host.add(glyph)
            host.glyphs.sort(key=lambda glyph: glyph.x0)
    return [piece for piece in found if id(piece) not in hosted]


def _hosts(line: Piece, small: Piece) -> bool:
    if small.size >= _SMALL * line.size or abs(small.base - line.base) <= 0.12 * line.size:
        return False
    if not _is_on_line(line, small.base, small.size):
        return False
    return line.x0 - 0.3 * line.size <= small.x1 and small.x0 <= line.x1 + 0.3 * line.size


def text_of(glyphs: Sequence[Glyph], base: float, size: float) -> str:
    """Return the text of characters, with ``<sup>`` and ``<sub>`` by size and baseline."""
    parts: list[str] = []
    state = ""
    last: Glyph | None = None
    for glyph in glyphs:
        level = _level(glyph, base, size)
        if last is not None and _is_apart(last, glyph, size):
            if state and level != state:
                parts.append(f"</{state}>")
                state = ""
            parts.append(" ")
        if level != state:
            parts.append(f"</{state}>" * bool(state) + f"<{level}>" * bool(level))
            state = level
        parts.append(_character(glyph))
        last = glyph
    parts.append(f"</{state}>" * bool(state))
    return _composed("".join(parts))


def _level(glyph: Glyph, base: float, size: float) -> str:
    if glyph.font.size >= _SMALL * size:
        return ""
    offset = base - glyph.y
    if offset > 0.12 * size:
        return "sup"
    return "sub" if offset < -0.06 * size else ""


def _is_apart(last: Glyph, glyph: Glyph, size: float) -> bool:
    return glyph.spaced or glyph.x0 - last.x1 > _WORD_GAP * size


def _character(glyph: Glyph) -> str:
    if glyph.unmapped:
        return UNMAPPED
    if ord(glyph.text[0]) in _LIGATURES:
        return unicodedata.normalize("NFKD", glyph.text)
    private = unicodedata.category(glyph.text) in ("Co", "Cn", "Cc", "Cs")
    return UNMAPPED if private else glyph.text


def _composed(text: str) -> str:
    """Join letters and the accents after them; nothing else of the text changes."""
    if not any(unicodedata.combining(char) for char in text):
        return text
    return unicodedata.normalize("NFC", text)
