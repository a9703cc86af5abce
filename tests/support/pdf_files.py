"""PDFs written by hand, for the tests of their reader: texts and rules at given places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

FONTS = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Symbol")
HIGH, WIDE = 792, 612


def text(x: float, y: float, words: str, size: float = 10, font: int = 0) -> bytes:
    """Return the drawing of a text whose baseline begins at a place, from the upper left corner."""
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    shown = escaped.encode("cp1252")
    return b"BT /F%d %g Tf %g %g Td (%s) Tj ET\n" % (font, size, x, HIGH - y, shown)


def rule(x0: float, y: float, x1: float) -> bytes:
    """Return the drawing of a horizontal line."""
    return b"%g %g m %g %g l S\n" % (x0, HIGH - y, x1, HIGH - y)


def prose(x: float, y: float, lines: Sequence[str], size: float = 10) -> bytes:
    """Return the drawing of lines of text below each other."""
    return b"".join(text(x, y + 1.2 * size * i, s, size) for i, s in enumerate(lines))


def pdf(pages: Iterable[bytes | Iterable[bytes]], *, extra: bytes = b"") -> bytes:
    """Return a PDF of pages, each drawn by its contents; ``extra`` goes into the page's entries."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    fonts = b""
    for number, name in enumerate(FONTS):
        encoding = b"" if name == "Symbol" else b" /Encoding /WinAnsiEncoding"
        objects.append(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /%s%s >>" % (name.encode(), encoding)
        )
        fonts += b"/F%d %d 0 R " % (number, len(objects))
    kids: list[bytes] = []
    for page in pages:
        content = page if isinstance(page, bytes) else b"".join(page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R %s"
            b"/Resources << /Font << %s >> >> >>" % (WIDE, HIGH, len(objects), extra, fonts)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return file_of(objects)


def file_of(objects: Sequence[bytes]) -> bytes:
    """Return a file of numbered objects, the first of which is the catalogue."""
    written = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF" % (size, table, size, len(written))
    )
