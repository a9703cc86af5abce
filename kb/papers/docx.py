"""DOCX -> `Paper`, from the XML of the document: text as it stands with all changes accepted."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kb.errors import ReadError
from kb.papers.blocks import Block, Heading, Rows, paper_of
from kb.papers.headings import is_part_of_abstract, kind_of, split_number
from kb.papers.paper import Cell, Paper, plain
from kb.papers.xml import parse_xml
from kb.sources.tables import header_rows

if TYPE_CHECKING:
    from lxml.etree import _Element

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_MAX_PART: Final = 60_000_000
_MAX_SPAN: Final = 200
_WITHIN: Final = frozenset(
    {"ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml"}
)
_HEADING: Final = re.compile(r"heading\s*([1-9])", re.IGNORECASE)
_OFF: Final = frozenset({"0", "false", "off", "none"})


def read_docx(data: bytes, name: str) -> Paper:
    """Read a paper from the bytes of a DOCX; ``name`` is what errors call it.

    Raises:
        ReadError: the file is broken, too large, or not a DOCX.
    """
    parts = _parts(data, name)
    document = _Document(
        _styles(parts.get("styles")), _notes(parts.get("footnotes")), _notes(parts.get("endnotes"))
    )
    body = parts["document"].find(f"{_W}body")
    blocks = list(document.blocks(body)) if body is not None else []
    notes: list[Block] = [Heading("Footnotes"), *document.cited] if document.cited else []
    return paper_of([*blocks, *notes], document.title, document.unsure)


def _parts(data: bytes, name: str) -> dict[str, _Element]:
    """Return the parts of the archive that are read, each within bounds."""
    found: dict[str, _Element] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in ("document", "styles", "footnotes", "endnotes"):
                path = f"word/{part}.xml"
                if path in archive.namelist():
                    with archive.open(path) as file:
                        xml = file.read(_MAX_PART + 1)
                    xml = xml.replace(_STRICT, _W[1:-1].encode())
                    found[part] = parse_xml(xml, f"{name}: {path}")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise ReadError(f"{name}: a broken or encrypted archive: {error}") from error
    if "document" not in found:
        raise ReadError(f"{name}: an archive without word/document.xml, expected a DOCX")
    return found


def _attribute(element: _Element | None, name: str = "val") -> str:
    return "" if element is None else element.get(f"{_W}{name}") or ""


def _is_on(element: _Element | None) -> bool:
    """Whether a switch such as bold is there and not off."""
    return element is not None and _attribute(element) not in _OFF


def _tag(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _styles(root: _Element | None) -> dict[str, str]:
    """Return the name of each style; one that is based on that of a heading has its name."""
    if root is None:
        return {}
    names: dict[str, str] = {}
    parents: dict[str, str] = {}
    for style in root.iter(f"{_W}style"):
        key = _attribute(style, "styleId")
        names[key] = _attribute(style.find(f"{_W}name"))
        parents[key] = _attribute(style.find(f"{_W}basedOn"))
        level = style.find(f"{_W}pPr/{_W}outlineLvl")
        if level is not None and _attribute(level).isdecimal():
            names[key] = f"heading {int(_attribute(level)) + 1}"
    above = {key: names.get(parent, "") for key, parent in parents.items()}
    return {
        key: above[key] if _HEADING.match(above[key]) and not _HEADING.match(name) else name
        for key, name in names.items()
    }


def _notes(root: _Element | None) -> dict[str, _Element]:
    if root is None:
        return {}
    return {
        _attribute(note, "id"): note
        for note in root
        if _tag(note) in {"footnote", "endnote"} and not _attribute(note, "type")
    }


@dataclass
class _Document:
    """Reads the paragraphs and tables of a document."""

    styles: dict[str, str]
    footnotes: dict[str, _Element]
    endnotes: dict[str, _Element]
    title: str = ""
    cited: list[str] = field(default_factory=list)
    """The texts of the footnotes that are cited, in order."""
    unsure: list[str] = field(default_factory=list)

    def blocks(self, parent: _Element) -> Iterator[Block]:
        for element in parent:
            tag = _tag(element)
            if tag == "p":
                yield from self._paragraph(element)
            elif tag == "tbl":
                rows = self._rows(element)
                if rows.grid:
                    yield rows
            elif tag in _WITHIN:
                yield from self.blocks(element)

    def _paragraph(self, element: _Element) -> Iterator[Block]:
        text = self._text(element)
        if text:
            style = self.styles.get(_attribute(element.find(f"{_W}pPr/{_W}pStyle")), "")
            level = self._level(element, style, text)
            if style.lower() == "title" and not self.title:
                self.title = plain(text)
            elif level:
                yield Heading(plain(text), level)
            else:
                yield text
        for box in element.iter(f"{_W}txbxContent"):
            if not any(_tag(above) == "Fallback" for above in box.iterancestors()):
                yield from self.blocks(box)

    def _level(self, element: _Element, style: str, text: str) -> int:
        """Return the level of a heading by style, outline or look; 0 for other paragraphs."""
        match = _HEADING.match(style)
        if match:
            return int(match[1])
        outline = _attribute(element.find(f"{_W}pPr/{_W}outlineLvl"))
        if outline.isdecimal() and int(outline) < 9:
            return int(outline) + 1
        title = split_number(plain(text))[1]
        named = kind_of(title) != "body" or is_part_of_abstract(title)
        if len(text) > 100 or text[-1] in ".;," or not (named or title[:1].isupper()):
            return 0
        return 2 if self._is_bold(element) and len(title) > 2 else 0

    def _is_bold(self, element: _Element) -> bool:
        runs = [run for run in element.iter(f"{_W}r") if _run_text(run).strip()]
        return bool(runs) and all(_is_on(run.find(f"{_W}rPr/{_W}b")) for run in runs)

    # --- text ----------------------------------------------------------------------------

    def _text(self, element: _Element) -> str:
        """Return the text of a paragraph on one line, with raised and lowered parts."""
        parts = list(self._pieces(element))
        text = "".join(parts)
        for tag in ("sup", "sub"):
            text = text.replace(f"</{tag}><{tag}>", "")
        return " ".join(text.split())

    def _pieces(self, element: _Element) -> Iterator[str]:
        for child in element:
            tag = _tag(child)
            if tag == "r":
                yield self._run(child)
            elif tag in {"oMath", "oMathPara"}:
                yield "".join(t.text or "" for t in child.iter() if _tag(t) == "t")
            elif tag in _WITHIN:
                yield from self._pieces(child)

    def _run(self, run: _Element) -> str:
        if _is_on(run.find(f"{_W}rPr/{_W}vanish")):
            return ""
        text = _run_text(run)
        for symbol in run.iter(f"{_W}sym"):
            self.unsure.append(
                f"a symbol of the font {_attribute(symbol, 'font')} is read as \ufffd"
            )
        raised = _attribute(run.find(f"{_W}rPr/{_W}vertAlign"))
        tag = {"superscript": "sup", "subscript": "sub"}.get(raised)
        if tag and text.strip():
            text = f"<{tag}>{text}</{tag}>"
        return text + self._note_marks(run)

    def _note_marks(self, run: _Element) -> str:
        marks = ""
        for kind, notes in (("footnote", self.footnotes), ("endnote", self.endnotes)):
            for mark in run.iter(f"{_W}{kind}Reference"):
                note = notes.get(_attribute(mark, "id"))
                if note is not None:
                    texts = [self._text(p) for p in note.iter(f"{_W}p")]
                    number = len(self.cited) + 1
                    self.cited.append(f"{number} {' '.join(texts)}".strip())
                    marks += f"<sup>{number}</sup>"
        return marks

    # --- tables --------------------------------------------------------------------------

    def _rows(self, table: _Element) -> Rows:
        """Return the rows of a table; a cell that is merged stands in each of its places."""
        grid: list[list[Cell]] = []
        marked = 0
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue
            if row.find(f"{_W}trPr/{_W}del") is not None:
                continue
            if _is_on(row.find(f"{_W}trPr/{_W}tblHeader")) and marked == len(grid):
                marked += 1
            grid.append(self._row(row, len(grid), grid[-1] if grid else []))
        width = max(map(len, grid), default=0)
        for number, cells in enumerate(grid):
            cells += [Cell("", number, column) for column in range(len(cells), width)]
        texts = [
            [c.text if (c.row, c.column) == (r, i) else "" for i, c in enumerate(row)]
            for r, row in enumerate(grid)
        ]
        headers = marked if 0 < marked < len(grid) else 0
        if not headers and len(grid) > 1:
            headers = len(header_rows(texts))
        return Rows(_merged(grid, headers), headers)

    def _row(self, row: _Element, number: int, above: list[Cell]) -> list[Cell]:
        cells: list[Cell] = []
        for element in row.iter(f"{_W}tc"):
            if next(element.iterancestors(f"{_W}tr")) is not row:
                continue
            span = _attribute(element.find(f"{_W}tcPr/{_W}gridSpan"))
            columns = min(int(span), _MAX_SPAN) if span.isdecimal() and int(span[:4]) else 1
            merge = element.find(f"{_W}tcPr/{_W}vMerge")
            column = len(cells)
            if merge is not None and _attribute(merge) != "restart" and column < len(above):
                cells += [above[column]] * columns
                continue
            texts = [self._text(p) for p in element.iter(f"{_W}p")]
            text = " ".join(filter(None, texts))
            cell = Cell(text, number, column, 1, columns, False, _indent(element))
            cells += [cell] * columns
        return cells


def _run_text(run: _Element) -> str:
    """Return the characters of a run."""
    text = ""
    for child in run:
        tag = _tag(child)
        if tag == "t":
            text += child.text or ""
        elif tag in {"tab", "br", "cr", "ptab"}:
            text += " "
        elif tag == "noBreakHyphen":
            text += "-"
        elif tag == "sym":
            text += "\ufffd"
    return text


def _indent(cell: _Element) -> int:
    """Return how far the first paragraph of a cell is indented, in steps of a tenth of an inch."""
    indent = cell.find(f"{_W}p/{_W}pPr/{_W}ind")
    left = _attribute(indent, "left") or _attribute(indent, "start")
    return min(int(left) // 144, 9) if left.isdecimal() else 0


def _merged(grid: list[list[Cell]], headers: int) -> tuple[tuple[Cell, ...], ...]:
    """Return the grid with cells that know how many rows they cover, and which are headers."""
    rows: dict[int, int] = {}
    for row in grid:
        for key in set(map(id, row)):
            rows[key] = rows.get(key, 0) + 1
    steps = sorted({row[0].indent for row in grid if row and row[0].text})
    final: dict[int, Cell] = {}
    for row in grid:
        for cell in row:
            if id(cell) not in final:
                indent = steps.index(cell.indent) if cell.column == 0 and cell.text else 0
                final[id(cell)] = Cell(
                    cell.text,
                    cell.row,
                    cell.column,
                    rows[id(cell)],
                    cell.columns,
                    cell.row < headers,
                    indent,
                )
    return tuple(tuple(final[id(cell)] for cell in row) for row in grid)
