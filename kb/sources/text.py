"""The texts of sources: their sections, and the rows and cells of their tables.

A text was extracted from a paper: Markdown or plain, the rows of tables as lines with tabs or as
``| a | b |``. A section begins at a marker, ends where the next one begins, and may resume after a
table or a caption. Texts are not part of the evidence base, because most papers may not be
redistributed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from kb.errors import InputError, UnavailableError, nearest, shorten
from kb.sources.figures import FigureInText, figures
from kb.sources.folded import FoldedText
from kb.sources.match import Match, find, odd_character
from kb.sources.normalise import fold, fold_pieces
from kb.sources.numbers import reads_as_one
from kb.sources.tables import (
    TIMES_BELOW,
    Cell,
    column_names,
    header_rows,
    is_figure,
    path_name,
    table_rows,
)

if TYPE_CHECKING:
    from kb.records.shared_schema import SourceRecord, Span

MAX_BYTES = 5_000_000
"""No paper's text is longer: a larger file is a mistake."""
_MAX_HINTS = 2_000
DECIMAL_COMMA = frozenset(
    re.findall(
        "[a-z]{2}",
        "az be bg bs ca cs da de el es et eu fi fr gl hr hu id is it ka kk lt lv mk nb nl nn no pl "
        "pt ro ru sk sl sq sr sv tr uk vi",
    )
)
"""The languages that print 7,7 and 1.234 for 7.7 and 1,234."""
P = TypeVar("P")

_BELOW_ONE: Final = re.compile(r"(?<![0-9.,])0(?P<mark>[.,])[0-9]{2,3}(?![0-9]|[.,][0-9])")


def prints_decimal_commas(text: str) -> bool:
    """Whether a text, of whatever language, has more fractions with a comma than with a point.

    >>> prints_decimal_commas("p = 0,038 and 0,44"), prints_decimal_commas("0.038; of 1,234")
    (True, False)
    """
    marks = [match["mark"] for match in _BELOW_ONE.finditer(text)]
    commas = marks.count(",")
    return commas > 1 and 2 * commas > len(marks)


class TextError(InputError):
    """A text that cannot be used, or that lacks a section, row or column."""


class SourceUnavailable(UnavailableError):  # noqa: N818 - like the state of verification
    """The text of a source is not available, so its claims cannot be checked."""


class Piece(NamedTuple):
    """An uninterrupted part of a section, with its offsets in the whole text."""

    start: int
    end: int
    text: str


class _Position(NamedTuple):
    """The position of a label in a table: numbers of row and cell, from 0."""

    row: int
    cell: int


class SourceText:
    r"""One source's text, by section.

    Raises:
        TextError: a section's marker is missing from the text, or occurs more than once.

    >>> from kb.records.shared_schema import Span
    >>> text = "Methods\nOne arm.\nResults\nAge\t34\t15-64\nOS was 7.7 months."
    >>> spans = [{"id": "M", "label": "M", "from": "Methods"}]
    >>> spans += [{"id": "R", "label": "R", "from": "Results"}]
    >>> source = SourceText("x", text, [Span.model_validate(span) for span in spans])
    >>> source.find("M", "7.7"), len(source.find("R", "7.7 months"))
    ([], 1)
    >>> source.cell("R", ["Age"], 2)
    '34'
    """

    def __init__(self, name: str, text: str, spans: Iterable[Span], language: str = "en") -> None:
        """Locate the spans, which are in the order of the text."""
        self.decimal_comma = language in DECIMAL_COMMA or prints_decimal_commas(text)
        self.name = name
        self.text = text
        self._pieces: dict[str, list[Piece]] = {}
        self._evidence: dict[str, bool] = {}
        self._folded: dict[str, FoldedText] = {}
        self._rows: dict[str, list[list[Cell]]] = {}
        self._tables: dict[str, list[list[str]]] = {}
        self._columns: dict[str, list[list[tuple[int, str]]]] = {}
        self._locate(list(spans))

    def _locate(self, spans: Sequence[Span]) -> None:
        starts: list[int] = []
        for span in spans:
            starts.append(self._begin(span.from_ or span.id, starts[-1] + 1 if starts else 0))
        for span, start, end in zip(spans, starts, [*starts[1:], len(self.text)], strict=True):
            piece = Piece(start, end, self.text[start:end])
            self._pieces.setdefault(span.id, []).append(piece)
            self._evidence[span.id] = span.evidence

    def _begin(self, marker: str, after: int) -> int:
        """Return the offset of the one line that starts with a marker; white space may differ."""
        words = r"\s+".join(map(re.escape, marker.split()))
        places = [
            match.start(1)
            for match in re.finditer(rf"^[ \t]*({words})", self.text, re.MULTILINE)
            if match.start(1) >= after
        ]
        if len(places) == 1:
            return places[0]
        wrong = f"{len(places)} lines begin" if places else "no line begins"
        lines = [line[:80].strip() for line in self.text[after:].split("\n") if line.strip()]
        hint = nearest(marker, lines[:_MAX_HINTS]) if not places else ""
        raise self._error(f"{wrong} with {marker!r} after the marker before it", hint)

    def _error(self, message: str, near: str = "") -> TextError:
        hint = f"; did you mean {shorten(near)!r}?" if near else ""
        return TextError(f"text of {self.name}: {message}{hint}")

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the sections whose figures belong in claims."""
        return tuple(name for name, is_evidence in self._evidence.items() if is_evidence)

    def section(self, name: str) -> list[Piece]:
        """Return the pieces of a section in order.

        Raises:
            TextError: the source has no such section.
        """
        if name not in self._pieces:
            raise self._error(f"no section {shorten(name)!r}", nearest(name, self._pieces))
        return self._pieces[name]

    def folded(self, name: str) -> FoldedText:
        """Return a section as one normalised text, without what interrupts it."""
        if name not in self._folded:
            pieces = [(piece.start, piece.end) for piece in self.section(name)]
            self._folded[name] = self._fold(pieces)
        return self._folded[name]

    def _fold(self, pieces: Iterable[tuple[int, int]]) -> FoldedText:
        return fold_pieces(self.text, pieces, decimal_comma=self.decimal_comma)

    def find(self, section: str, printed: str) -> list[Match]:
        """Return every occurrence in a section of a printed text (see ``kb.sources.match``)."""
        return find(printed, self.folded(section))

    def figures(self, section: str) -> list[FigureInText]:
        """Return the figures of a section (see ``kb.sources.figures``)."""
        return figures(self.folded(section))

    def reads_as_one(self, section: str, digits: str) -> bool:
        """Whether a section has groups of digits as one number (see ``kb.sources.numbers``)."""
        return reads_as_one(self.folded(section), digits)

    def rows(self, section: str) -> list[list[str]]:
        """Return the cells of a section's tables: its lines that contain a tab, in order."""
        return [[self.text[c.start : c.end].strip() for c in line] for line in self._table(section)]

    def _table(self, section: str) -> list[list[Cell]]:
        """Return the offsets of the cells of a section's tables, found once."""
        if section not in self._rows:
            self._rows[section] = [
                row
                for piece in self.section(section)
                for row in table_rows(piece.text, piece.start)
            ]
        return self._rows[section]

    def _labels(self, section: str) -> list[list[str]]:
        """Return the normalised cells of a section's tables, computed once."""
        if section not in self._tables:
            self._tables[section] = [
                [self._fold([cell]).text.strip() for cell in row] for row in self._table(section)
            ]
        return self._tables[section]

    def notes(self, section: str) -> str:
        """Return the headers, caption and footnotes of a section's tables: "Data are n (%)"."""
        rows = self._table(section)
        edges = [edge for row in rows for edge in (row[0].start, row[-1].end)]
        starts = [piece.start for piece in self.section(section)]
        ends = [piece.end for piece in self.section(section)]
        around = zip(sorted([*starts, *edges[1::2]]), sorted([*ends, *edges[::2]]), strict=True)
        headers = [" ".join(row) for row in header_rows(self._labels(section))] if rows else []
        return " ".join((*headers, self._fold(around).text))

    def find_at(self, section: str, row: Sequence[str], column: str, printed: str) -> list[Match]:
        """Return every occurrence of a printed text in its section, table row or cell.

        Raises:
            TextError: there is no such section, row or cell (see ``cell``).
        """
        if not row:
            return self.find(section, printed)
        return find(printed, self._fold([self.cell_span(section, row, column or None)]))

    def odd_character(self, section: str, row: Sequence[str], column: str, printed: str) -> str:
        """Return the unknown character at a figure that keeps a print from being found, or ""."""
        span = [self.cell_span(section, row, column or None)] if row else []
        return odd_character(printed, self._fold(span) if span else self.folded(section))

    def label_at(self, section: str, row: Sequence[str], column: str | None) -> tuple[int, int]:
        """Return the offsets of the label that names a row: its numbers belong to the anchor."""
        index = self._column(section, column) if column else None
        position = self._position(section, row, index)
        cell = self._table(section)[position.row][position.cell]
        return cell.start, cell.end

    def headers_at(self, section: str, row: Sequence[str], column: str, printed: str = "") -> str:
        """Return the headers above a cell and above the label of its row.

        Without a column, the cells are those of the row in which a part of ``printed`` begins.

        Raises:
            TextError: there is no such row or column (see ``cell``).
        """
        position, index = self._place(section, row, column or None)
        cells = self._table(section)[position.row]
        found = self.find_at(section, row, column, printed) if printed and index is None else []
        starts = [start for match in found for start, _ in match.spans]
        begun = {
            i
            for i, cell in enumerate(cells)
            if i != position.cell and any(cell.start <= start < cell.end for start in starts)
        }
        right = position.cell + 1 if index is None else index
        above = {position.cell, *(begun or {right})}
        names = dict(self._names(section)[-1])
        return " ".join(names[i] for i in sorted(above & names.keys()))

    def times_beside(self, section: str, row: Sequence[str], column: str) -> str:
        """Return the numbers left of a cell in columns of times, each behind its header.

        Raises:
            TextError: there is no such row or column (see ``cell``).
        """
        position, index = self._place(section, row, column or None)
        line = self._labels(section)[position.row]
        names = dict(self._names(section)[-1])
        left = enumerate(line[:index] if index else ())
        times = ((names.get(i, ""), cell) for i, cell in left if cell.isdecimal())
        return "; ".join(f"{name} {cell}" for name, cell in times if TIMES_BELOW.search(name))

    def cell(self, section: str, row: Sequence[str] | str, column: str | int | None = None) -> str:
        """Return the text of a table's cell, or of a row if no column is given.

        A row is named by a path of labels. Each label is searched for below the one before: the
        first line with a cell that equals it, or else begins with it. With a column (its header,
        or its number from 1), the label is the nearest one to its left, so that both sides of a
        two-sided table can be named; it is to the right only if there is none to the left.
        Without a column the whole row is returned (cells joined by tabs), from a label in a
        further column on; or the label and the cell to its right if a figure stands left of it.

        Raises:
            TextError: there is no such row or column, or the name is ambiguous.
        """
        path = [row] if isinstance(row, str) else list(row)
        start, end = self.cell_span(section, path, column)
        return self.text[start:end].strip()

    def cell_span(
        self, section: str, path: Sequence[str], column: str | int | None
    ) -> tuple[int, int]:
        """Return the offsets in the text of what ``cell`` returns.

        Raises:
            TextError: there is no such row or column (see ``cell``).
        """
        table = self._labels(section)
        if not table or not path:
            missing = f"no table in {section!r} (rows are lines with tabs, or lines | a | b |)"
            raise self._error("no row is named" if table else missing)
        position, index = self._place(section, path, column)
        line = self._table(section)[position.row]
        if index is not None:
            return (line[index].start, line[index].end) if index < len(line) else (0, 0)
        left = self._labels(section)[position.row][: position.cell]
        end = position.cell + 2 if any(map(is_figure, left)) else len(line)
        chosen = line[position.cell : end]
        return chosen[0].start, chosen[-1].end

    def _place(
        self, section: str, path: Sequence[str], column: str | int | None
    ) -> tuple[_Position, int | None]:
        """Return the position of a row, where its label is, and the index of a column from 0.

        A label alone on its line names the row below, where that has figures and no label.
        """
        index = None if column is None else self._column(section, column)
        position, table = self._position(section, path, index), self._labels(section)
        below = table[position.row + 1 : position.row + 2]
        is_alone = position.cell == 0 and not any(table[position.row][1:])
        if is_alone and below and not below[0][0] and any(map(is_figure, below[0])):
            position = _Position(position.row + 1, 0)
        return position, index

    def _names(self, section: str) -> list[list[tuple[int, str]]]:
        """Return the names of the columns of a section's tables, found once."""
        if section not in self._columns:
            self._columns[section] = column_names(self._labels(section))
        return self._columns[section]

    def _column(self, section: str, column: str | int) -> int:
        """Return the index, from 0, of a column named by its header or its number from 1."""
        wanted = fold(str(column)).text.strip()
        names, table = self._names(section), self._labels(section)
        columns: list[int] = []
        for names_of_row in names if not isinstance(column, int) else ():
            columns = columns or _like(wanted, names_of_row)
        if not columns and len(names) > 1:
            paths = [(column, path_name(name)) for column, name in names[-1]]
            columns = _like(path_name(wanted), paths)
        if not columns and wanted.isdecimal() and 0 < int(wanted[:6]) <= len(table[0]):
            return int(wanted) - 1
        if len(columns) == 1:
            return columns[0]
        which = "no column" if not columns else f"{len(columns)} columns"
        known = [name for row in names for _, name in row]
        raise self._error(f"{which} {shorten(wanted)!r} in {section!r}", nearest(wanted, known))

    def _position(self, section: str, path: Sequence[str], column: int | None) -> _Position:
        """Follow a path of labels down a table, and return the position of the last one."""
        table, position = self._labels(section), _Position(-1, -1)
        for label in path:
            wanted = fold(label).text.strip()
            cells = {
                _Position(i, j): cell
                for i, line in enumerate(table[position.row + 1 :], position.row + 1)
                for j, cell in enumerate(line)
            }
            left = [(place, cell) for place, cell in cells.items() if _is_left(place, column)]
            positions = _like(wanted, left) or _like(wanted, list(cells.items()))
            texts = {cells[place] for place in positions}
            if len(texts) != 1:
                known = list(dict.fromkeys(cells.values()))[:_MAX_HINTS]
                which = f"{len(texts)} labels begin with" if texts else "no row"
                raise self._error(
                    f"{which} {shorten(label)!r} in {section!r}", nearest(wanted, known)
                )
            position = _nearest_position(positions, column, position.cell)
        return position


def _is_left(position: _Position, column: int | None) -> bool:
    return column is None or position.cell < column


def _nearest_position(positions: list[_Position], column: int | None, side: int) -> _Position:
    """Choose the first position on the side where the path began, or nearest to the column."""
    if side >= 0:
        positions = [position for position in positions if position.cell == side] or positions
    elif column is not None:
        distance = min(abs(column - position.cell) for position in positions)
        positions = [position for position in positions if abs(column - position.cell) == distance]
    return min(positions)


def _like(wanted: str, cells: list[tuple[P, str]]) -> list[P]:
    """Return the keys of the cells that equal a label, or else of those that begin with it."""
    equal = [place for place, cell in cells if cell and cell == wanted]
    if equal or not wanted:
        return equal
    size = len(wanted)
    return [
        place
        for place, cell in cells
        if cell.startswith(wanted) and not (cell[size].isalnum() and wanted[-1].isalnum())
    ]


def load_text(directory: Path, source: SourceRecord) -> SourceText:
    """Read the text of a source from a folder.

    Raises:
        SourceUnavailable: the source names no text, or its file is missing.
        TextError: the name leads out of the folder, or the file is too large or not UTF-8.
    """
    if source.text is None:
        raise SourceUnavailable(f"source {source.id} has no text")
    folder = directory.resolve()
    try:
        path = (folder / source.text).resolve()
        inside = path.is_relative_to(folder)
    except (ValueError, OSError) as error:
        raise TextError(f"text of {source.id}: {source.text!r} is not a file name") from error
    if not inside:
        raise TextError(f"text of {source.id}: {source.text!r} is not within {directory}")
    if not path.is_file():
        raise SourceUnavailable(f"source {source.id}: no file {source.text!r} in {directory}")
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise TextError(f"text of {source.id}: {source.text!r} has more than {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(f"text of {source.id}: {source.text!r} is not UTF-8: {error}") from error
    return SourceText(source.id, text, source.sections, source.language)


def load_texts(directory: Path, sources: Iterable[SourceRecord]) -> dict[str, SourceText]:
    """Return the available texts by source; sources without one are left out.

    Raises:
        TextError: a text is available but cannot be used.
    """
    texts: dict[str, SourceText] = {}
    for source in sources:
        try:
            texts[source.id] = load_text(directory, source)
        except SourceUnavailable:
            continue
    return texts
