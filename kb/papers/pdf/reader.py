"""PDF -> `Paper`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kb.errors import ReadError
from kb.papers.captions import CAPTION, MARK
from kb.papers.paper import Footnote, Metadata, Paper, Table, plain
from kb.papers.pdf.grid import grid_of
from kb.papers.pdf.layout import Layout, drop_running_heads, find_columns, in_order, lines
from kb.papers.pdf.lines import UNMAPPED, pieces
from kb.papers.pdf.page import Font, PdfPage, read_page
from kb.papers.pdf.prose import Words
from kb.papers.pdf.regions import Region, find_regions, merged
from kb.papers.pdf.sections import Flow, FlowLine, FlowReader, Item
from kb.papers.references import DOI, clean_doi
from kb.papers.registrations import registrations_in

MAX_PAGES: Final = 400
MAX_GLYPHS: Final = 3_000_000
_TURNED: Final = 12
"""Fewer turned characters than this are the label of an axis."""


def read_pdf(data: bytes, name: str) -> Paper:
    """Read a paper from the bytes of a PDF; ``name`` is what errors call it.

    Raises:
        ReadError: the file is not a PDF, is encrypted or broken, or too long.
    """
    pages, unsure = _pages(data, name)
    drop_running_heads(pages)
    if not any(page.pieces for page in pages):
        raise ReadError(f"{name}: no page has text: a scan must be recognised (OCR) first")
    find_columns(pages)
    body = _body_font(pages)
    regions, items = _arranged(pages, body)
    words = Words(item.line.text for item in items if isinstance(item, FlowLine))
    flow = FlowReader(items, body, words).read()
    tables = _tables(regions, flow, words)
    return Paper(
        _metadata(flow),
        flow.outline.sections(),
        tables,
        tuple(flow.figures),
        tuple(flow.references),
        tuple(unsure),
    )


def _pages(data: bytes, name: str) -> tuple[list[Layout], list[str]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = "needs a password" if "assword" in str(error) else f"cannot be opened: {error}"
        raise ReadError(f"{name}: the PDF {reason}") from error
    try:
        return _layouts(document, name)
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"{name}: the PDF is broken: {error}") from error
    finally:
        document.close()


def _layouts(document: Any, name: str) -> tuple[list[Layout], list[str]]:
    """Return the pages of a document, and what is unsure about them."""
    if len(document) > MAX_PAGES:
        raise ReadError(f"{name}: {len(document):,} pages, a paper has at most {MAX_PAGES}")
    pages: list[Layout] = []
    unsure: list[str] = []
    total = 0
    for number in range(1, len(document) + 1):
        page = read_page(document, number)
        total += len(page.glyphs)
        if page.truncated or total > MAX_GLYPHS:
            raise ReadError(f"{name}: page {number} has more text than a paper's")
        own = pieces(page)
        unsure += _doubts(page)
        pages.append(Layout(number, page.width, page.height, own, page.horizontal, page.vertical))
    return pages, unsure


def _doubts(page: PdfPage) -> Iterator[str]:
    if page.recognised:
        yield f"page {page.number} is a scan: its text was recognised by software"
    if not page.glyphs:
        yield f"page {page.number} has no text: a picture, or a scan"
    if page.turned >= _TURNED:
        yield f"page {page.number}: {page.turned} characters run in another direction: not read"
    unmapped = sum(glyph.unmapped for glyph in page.glyphs)
    if unmapped:
        yield (
            f"page {page.number}: its fonts do not name {unmapped} characters, "
            f"which are read as {UNMAPPED}"
        )


def _body_font(pages: Sequence[Layout]) -> Font:
    counts: Counter[Font] = Counter()
    for page in pages:
        for piece in page.pieces:
            counts[piece.font] += len(piece.glyphs)
    return counts.most_common(1)[0][0]


def _arranged(pages: Sequence[Layout], body: Font) -> tuple[list[Region], list[Item]]:
    """Return the tables, and all lines outside them in reading order."""
    regions: list[Region] = []
    items: list[Item] = []
    before: Region | None = None
    for page in pages:
        found = find_regions(page, body, before)
        before = next((region for region in reversed(found) if region.open), None)
        page.pieces = [piece for piece in page.pieces if id(piece) not in page.taken]
        boxes = [(region.x0, region.x1, region.top) for region in found]
        ends = _ends(page)
        last: dict[tuple[float, float], float] = {}
        for item in in_order(page, boxes):
            if isinstance(item, int):
                items.append(len(regions) + item)
                continue
            left, right = ends[page.column(item.x0)]
            if page.is_wide(item.x0, item.x1):
                left, right = ends[0][0], max(end for _, end in ends)
            above = last.get((left, right))
            gap = (item.base - above) / item.size if above is not None else 9.0
            last[left, right] = item.base
            items.append(FlowLine(item, left, right, gap))
        regions += found
    return regions, items


def _ends(page: Layout) -> list[tuple[float, float]]:
    """Return the left and right end of the text of each column."""
    found: list[tuple[float, float]] = []
    for column, edge in enumerate(page.edges):
        own = [
            line.x1
            for line in lines((p for p in page.pieces if page.column(p.x0) == column), page.number)
            if line.x1 <= page.right(column)
        ]
        found.append((edge, max(own, default=page.right(column))))
    return found or [(0.0, page.width)]


def _tables(regions: Sequence[Region], flow: Flow, words: Words) -> tuple[Table, ...]:
    found: list[Table] = []
    for number, parts in _whole(regions):
        region = parts[0]
        grid = grid_of(merged(parts))
        caption = ""
        for line in region.caption:
            caption = words.join(caption, line.text)
        match = CAPTION.match(caption)
        label = region.label.rstrip(".:| ")
        caption = caption[match.end() :].lstrip(" .:|—–") if match else caption
        known = {table.id for table in found}
        name = label if label not in known else f"{label} ({len(found) + 1})"
        found.append(
            Table(
                name,
                label,
                plain(caption),
                grid.cells(),
                grid.header_rows,
                _footnotes(parts, words),
                flow.table_sections.get(number, ""),
                region.page,
                grid.unsure,
            )
        )
    return tuple(found)


def _whole(regions: Sequence[Region]) -> list[tuple[int, list[Region]]]:
    """Join the parts of tables that go on in other columns or pages."""
    found: list[tuple[int, list[Region]]] = []
    for number, region in enumerate(regions):
        same = [parts for _, parts in found[-2:] if parts[0].label == region.label]
        if region.continued and same:
            same[-1].append(region)
        else:
            found.append((number, [region]))
    return [(number, parts) for number, parts in found if any(part.rows for part in parts)]


def _footnotes(parts: Sequence[Region], words: Words) -> tuple[Footnote, ...]:
    found: list[tuple[str, str]] = []
    left = parts[0].x0
    for line in (note for part in parts for note in part.notes):
        text = line.text
        match = MARK.match(text)
        if match:
            found.append((match[1] or match[2], text[match.end() :]))
        elif found and line.x0 - left < 30:
            mark, above = found[-1]
            found[-1] = (mark, words.join(above, text))
        else:
            found.append(("", text))
    return tuple(Footnote(mark, text) for mark, text in found)


def _metadata(flow: Flow) -> Metadata:
    texts = [plain(p.text) for section in flow.outline.sections() for p in section.paragraphs]
    doi = DOI.search(" ".join(texts[:12]))
    return Metadata(
        title=flow.title,
        doi=clean_doi(doi[0]) if doi else "",
        registrations=registrations_in(texts),
    )
