"""Tables and figures of JATS: `<table-wrap>` and what stands in it; XHTML and OASIS (CALS)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kb.papers.grid import Grid, Places, RawCell, count_header_rows, lay_out, over_repeats, span
from kb.papers.inline import Line, clean, text_of
from kb.papers.paper import Footnote, Table
from kb.papers.xml import child, local

if TYPE_CHECKING:
    from lxml.etree import _Element

PICTURE: Final = "it is a picture: its cells were not read"
NO_CELLS: Final = "it is text without cells: each paragraph is a row"
NESTED: Final = "a cell holds a table, whose texts are joined"
_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})
_NO_TABLES: Final = frozenset({"caption", "table-wrap-foot", "table-wrap"})
_HOLDERS: Final = frozenset({"table-wrap", "table-wrap-foot", "fn"})
_AROUND: Final = frozenset(
    {"label", "title", "table-wrap-foot", "caption", "permissions", "attrib"}
)
"""What stands around a table's cells."""
_Columns = dict[str, tuple[int, int]]
_TABLES: Final = frozenset({"table", "tgroup", "array"})
_LENGTH: Final = re.compile(
    r"(?:padding-left|margin-left|text-indent)\s*:\s*(-?[0-9]{1,4}(?:\.[0-9]{1,3})?)\s*"
    r"(em|ex|px|pt|pc|mm|cm|in|%)?"
)
_LETTERS: Final = {"em": 2, "ex": 2, "pt": 0.2, "pc": 2.4, "mm": 0.5, "cm": 5, "in": 13}
_BOLD: Final = 0.5
"""A bold label stands above those that are not bold, as if these were indented."""
_NAMED_INDENT: Final = re.compile(r"indent(?:ed)?[-_ ]?(?:level)?[-_ ]?([0-9]?)", re.IGNORECASE)
_NOTE_MARK: Final = re.compile(
    r"(?:^|(?<=[.;,:)]\s)|(?<=[.;,:)]))<sup>\s*([A-Za-z]{1,2}|[0-9]{1,2}|[*†‡§¶#‖|]{1,4})\s*[.)]?</sup>"
)
_PLAIN_MARK: Final = re.compile(r"([*†‡§¶#‖]{1,4})\s*(?=\S)")


def tables_of(wrap: _Element, section: str, places: Places) -> Iterator[Table]:
    """Yield the tables of a `<table-wrap>`, or a table that stands alone.

    Each has the label, caption and footnotes of the whole; the second and further ones have ids
    such as "Table 1 (2)". Ids may repeat; the reader of the paper makes them unique.

    Raises:
        ReadError: the paper's tables have too many places.

    >>> from kb.papers.xml import parse_xml
    >>> xml = "<table-wrap><label>Table 1</label><table><tr><th>Age</th></tr>"
    >>> xml += "<tr><td>34</td></tr></table></table-wrap>"
    >>> wrap = parse_xml(xml.encode(), "a.xml")
    >>> [t.grid[1][0].text for t in tables_of(wrap, "Results", Places("a.xml"))]
    ['34']
    """
    label, caption = label_and_caption(wrap)
    bodies = list(_bodies(wrap))
    footnotes = tuple(_footnotes(wrap))
    common = label.rstrip(".: ") or "Table"
    if not bodies:
        grid = _texts(wrap, places)
        why = NO_CELLS if grid else PICTURE
        yield Table(common, label, caption, grid, 0, footnotes, section, None, (why,))
    for number, body in enumerate(bodies, 1):
        grid, headers = grid_of(body, places)
        unsure = () if headers else ("it has no header",)
        if next(body.iterdescendants("{*}table"), None) is not None:
            unsure = (*unsure, NESTED)
        table_id = common if number == 1 else f"{common} ({number})"
        yield Table(table_id, label, caption, grid, headers, footnotes, section, None, unsure)


def label_and_caption(wrap: _Element) -> tuple[str, str]:
    """Return the label and the caption of a table or figure; those of its group come first.

    >>> from kb.papers.xml import parse_xml
    >>> xml = b"<fig><label>Figure 1.</label><caption><title>OS</title><p>All.</p></caption></fig>"
    >>> label_and_caption(parse_xml(xml, "a.xml"))
    ('Figure 1.', 'OS All.')
    """
    labels, captions = [], []
    group = wrap.getparent()
    is_in_group = group is not None and local(group) in {"table-wrap-group", "fig-group"}
    for element in (group, wrap) if is_in_group else (wrap,):
        labels.append(text_of(child(element, "label")))
        caption = child(element, "caption")
        captions.append(text_of(caption) or text_of(child(element, "title")))
    return next(filter(None, reversed(labels)), ""), " ".join(filter(None, captions))


def _bodies(wrap: _Element) -> Iterator[_Element]:
    """Yield the tables within an element, but not tables within tables."""
    if local(wrap) in _TABLES:
        parts = [part for part in wrap if local(part) == "tgroup"]  # an OASIS table has groups
        yield from parts or [wrap]
        return
    for part in wrap:
        if isinstance(part.tag, str) and local(part) not in _NO_TABLES:
            yield from _bodies(part)


def grid_of(body: _Element, places: Places) -> tuple[Grid, int]:
    """Return the cells of a table of XHTML or OASIS, and the number of its header rows.

    Raises:
        ReadError: the paper's tables have too many places.

    >>> from kb.papers.xml import parse_xml
    >>> xml = b"<table><tr><th>Age</th></tr><tr><td>34</td></tr></table>"
    >>> len(grid_of(parse_xml(xml, "a.xml"), Places("a.xml"))[0])
    2
    """
    groups: list[list[list[RawCell]]] = []
    marked = 0
    columns = _column_names(body)
    loose: list[list[RawCell]] = []
    foot: list[list[list[RawCell]]] = []
    for part in body:
        kind = local(part)
        if kind in _GROUPS:
            rows = [_row(row, columns) for row in part if local(row) in {"tr", "row"}]
            marked += len(rows) if kind == "thead" and not any(groups) else 0
            (foot if kind == "tfoot" else groups).append(rows)
        elif kind in {"tr", "row"}:
            loose.append(_row(part, columns))
    grid = lay_out([*groups, loose, *foot], places)
    headers = count_header_rows(grid, marked)
    return over_repeats(grid, headers), headers


def _texts(wrap: _Element, places: Places) -> Grid:
    """Return what stands in the place of a table without cells, one text below the other."""
    parts = [part for part in wrap if local(part) not in _AROUND]
    texts = [
        text_of(inner)
        for part in parts
        for inner in (part.iter("{*}list-item") if local(part) == "list" else [part])
    ]
    return lay_out([[[RawCell(text)] for text in texts if text]], places)


def _row(row: _Element, columns: _Columns) -> list[RawCell]:
    cells = [cell for cell in row if local(cell) in {"td", "th", "entry", "array-cell"}]
    return [_cell(cell, columns) for cell in cells]


def _cell(cell: _Element, columns: _Columns) -> RawCell:
    line = Line(kept=frozenset({"table"}))
    line.add_content(cell)
    attributes = cell.attrib
    rows, width, place = span(attributes.get("rowspan")), span(attributes.get("colspan")), None
    if "morerows" in attributes:
        rows = span(attributes["morerows"]) + 1
    names = (attributes.get(key) for key in ("spanname", "namest", "colname"))
    name = next((name for name in names if name in columns), None)
    if name is not None:
        place, end = columns[name]
        end = columns.get(attributes.get("nameend") or "", (0, end))[1]
        width = end - place + 1
    indent = _indent(cell) - (_BOLD if _is_bold(cell) else 0)
    return RawCell(line.text, rows, max(width, 1), local(cell) == "th", indent, place)


def _is_bold(cell: _Element) -> bool:
    """Whether all of a cell is bold."""
    parts = [part for part in cell if isinstance(part.tag, str)]
    around = "".join(filter(None, (cell.text, *(part.tail for part in cell))))
    return (
        bool(parts) and not around.strip() and all(local(part) in {"bold", "b"} for part in parts)
    )


def _column_names(body: _Element) -> _Columns:
    """Return the first and last column that each name of an OASIS table stands for."""
    columns: _Columns = {}
    number = 0
    for spec in body:
        if local(spec) == "colspec":
            given = spec.get("colnum")
            number = span(given) if given else number + 1
            columns[spec.get("colname", "")] = (number - 1, number - 1)
        elif local(spec) == "spanspec":
            ends = [columns.get(spec.get(key, "")) for key in ("namest", "nameend")]
            if ends[0] and ends[1]:
                columns[spec.get("spanname", "")] = (ends[0][0], ends[1][1])
    return columns


def _indent(cell: _Element) -> float:
    """Return how far a style or a name indents a cell or its only paragraph."""
    width = 0.0
    first = cell[0] if len(cell) and not (cell.text or "").strip() else None
    for element in (cell, first):
        if element is None or not element.attrib:
            continue
        for match in _LENGTH.finditer(element.get("style") or ""):
            width += max(float(match[1]), 0) * _LETTERS.get(match[2], 0.15)
        names = " ".join(element.get(n) or "" for n in ("class", "content-type", "specific-use"))
        named = _NAMED_INDENT.search(names)
        width += 2 * int(named[1] or 1) if named else 0
    return width


def _footnotes(wrap: _Element) -> Iterator[Footnote]:
    for foot in wrap:
        if local(foot) == "table-wrap-foot":
            for part in foot:
                yield from _notes(part)
    for cell_note in wrap.iter("{*}fn"):
        holders = (a for a in cell_note.iterancestors() if local(a) in _HOLDERS)
        if next(holders, None) is wrap:
            yield from _notes(cell_note)


def _notes(part: _Element) -> Iterator[Footnote]:
    kind = local(part)
    if kind in {"fn-group", "table-wrap-foot"} or (kind == "fn" and len(part) > 2):
        label = text_of(child(part, "label"))
        for number, inner in enumerate(p for p in part if local(p) not in {"label", "title", ""}):
            for note in _notes(inner):
                mark = note.mark or (plain_mark(label) if number == 0 else "")
                yield Footnote(mark, note.text)
        return
    label = text_of(child(part, "label"))
    text = text_of(part, without=("label",))
    if label:
        yield Footnote(plain_mark(label), text)
    elif text:
        yield from split_notes(text)


def plain_mark(label: str) -> str:
    """Return a footnote's mark without its markup.

    >>> plain_mark("<sup>a</sup>"), plain_mark("a)")
    ('a', 'a')
    """
    return re.sub(r"</?su[bp]>", "", label).strip().rstrip(".):") or label


def split_notes(text: str) -> Iterator[Footnote]:
    """Split a paragraph of footnotes at their marks.

    >>> [n.mark for n in split_notes("Data are n (%). <sup>a</sup>At entry. <sup>b</sup>All.")]
    ['', 'a', 'b']
    >>> list(split_notes("* P < 0.05"))
    [Footnote(mark='*', text='P < 0.05')]
    """
    marks = list(_NOTE_MARK.finditer(text))
    first = marks[0].start() if marks else len(text)
    if before := clean(text[:first]):
        sign = _PLAIN_MARK.match(before)
        yield Footnote(sign[1], before[sign.end() :]) if sign else Footnote("", before)
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):
        yield Footnote(mark[1], clean(text[mark.end() : end]))
