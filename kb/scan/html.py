"""The report on one paper as a page of HTML that needs no network, and no script to be read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kb.papers.paper import Cell, Metadata, Paper, Table, plain
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.kinds import kind_of
from kb.scan.marks import CellMark, Mark, TextMark, marks_of
from kb.scan.report import VERDICTS, PaperReport, printed_text
from kb.scan.segments import Segment, segments
from kb.util.visible import visible

_FOLDER: Final = Path(__file__).parent / "page"
_MOST_ROWS: Final = 200
_MOST_COLUMNS: Final = 40
_AROUND: Final = 3
"""How many rows or columns around a figure are shown of a table that is not shown whole."""


@dataclass(frozen=True, slots=True)
class _Number:
    """The number of a finding beside its figure."""

    finding: int
    verdict: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class _ShownCell:
    segments: list[Segment]
    rows: int
    columns: int


def page(report: PaperReport, paper: Paper) -> str:
    """Return the page of a paper: its findings, and its tables and sentences with their figures.

    Every text of the paper is escaped; what could command or reorder the text is shown.

    >>> html = page(PaperReport("<b>.xml"), Paper(Metadata(), ()))
    >>> "&lt;b&gt;.xml" in html, "<b>" in html, "http" in html.replace("http-equiv", "")
    (True, False, False)
    """
    return _Page(report, paper).html()


class _Page:
    def __init__(self, report: PaperReport, paper: Paper) -> None:
        self._report, self._paper = report, paper
        self._seen: set[int] = set()
        self._marks = list(marks_of(paper, report.findings))

    def html(self) -> str:
        report = self._report
        sentences, tables = list(self._sentences()), list(self._tables())
        return (
            _environment()
            .get_template("paper.html")
            .render(
                title=plain(report.metadata.title) or report.file,
                citation=_citation(report),
                summary=_summary(report),
                checked=report.what_was_checked(),
                findings=[self._finding(f) for f in enumerate(report.findings, 1)],
                sentences=sentences,
                tables=tables,
                unsure=report.unsure,
            )
        )

    def _finding(self, numbered: tuple[int, ScanFinding]) -> dict[str, Any]:
        number, finding = numbered
        return {
            "verdict": VERDICTS[finding.verdict],
            "is_wrong": finding.verdict is Verdict.INCONSISTENT,
            "severity": finding.severity.value,
            "place": str(finding.place) or "the paper",
            "printed": printed_text(finding),
            "message": finding.message,
            "computed": finding.computed,
            "kind": kind_of(finding.kind),
            "marked": number in self._seen,
        }

    def _is_wrong(self, marks: Iterable[Mark]) -> bool:
        findings = self._report.findings
        return any(findings[m.finding - 1].verdict is Verdict.INCONSISTENT for m in marks)

    def _numbers(self, marks: Iterable[Mark]) -> list[_Number]:
        """Return the numbers beside a figure; the first of each finding is where links lead."""
        numbers = []
        for finding in dict.fromkeys(mark.finding for mark in marks):
            verdict = VERDICTS[self._report.findings[finding - 1].verdict]
            numbers.append(_Number(finding, verdict, finding not in self._seen))
            self._seen.add(finding)
        return numbers

    # --- sentences -------------------------------------------------------------------------

    def _sentences(self) -> Iterator[dict[str, Any]]:
        by_sentence: dict[tuple[str, str], list[TextMark]] = {}
        for mark in self._marks:
            if isinstance(mark, TextMark):
                by_sentence.setdefault((mark.section, mark.sentence), []).append(mark)
        for (section, sentence), marks in by_sentence.items():
            spans = [(mark.start, mark.end) for mark in marks]
            parts = segments(sentence, spans)
            for part in parts:
                here = [m for m in marks if m.start < part.end and part.start < m.end]
                part.is_wrong = self._is_wrong(here)
                part.numbers = self._numbers([m for m in here if m.end == part.end])
            yield {"section": section, "segments": parts}

    # --- tables ----------------------------------------------------------------------------

    def _tables(self) -> Iterator[dict[str, Any]]:
        for table in self._paper.tables:
            marks = [m for m in self._marks if isinstance(m, CellMark) and m.table == table.id]
            if marks:
                yield self._table(table, marks)

    def _table(self, table: Table, marks: list[CellMark]) -> dict[str, Any]:
        head = list(range(table.header_rows))
        body = list(range(table.header_rows, len(table.grid)))
        rows = _near(body, {mark.row for mark in marks}, _MOST_ROWS)
        columns = _near(list(range(table.width)), {m.column for m in marks} | {0}, _MOST_COLUMNS)
        by_cell: dict[int, list[CellMark]] = {}
        for mark in marks:
            by_cell.setdefault(id(table.grid[mark.row][mark.column]), []).append(mark)
        return {
            "id": table.id,
            "caption": segments(table.caption),
            "head": [self._row(table, head, i, columns, by_cell) for i in range(len(head))],
            "body": [self._row(table, rows, i, columns, by_cell) for i in range(len(rows))],
            "notes": [segments(f"{n.mark} {n.text}".strip()) for n in table.footnotes],
            "left_out": _left_out(len(body) - len(rows), table.width - len(columns)),
        }

    def _row(
        self,
        table: Table,
        rows: Sequence[int],
        at: int,
        columns: Sequence[int],
        by_cell: dict[int, list[CellMark]],
    ) -> list[_ShownCell]:
        line = [table.grid[rows[at]][column] for column in columns]
        above = [table.grid[rows[at - 1]][column] for column in columns] if at else []
        shown = []
        for i, cell in enumerate(line):
            if (i and line[i - 1] is cell) or (above and above[i] is cell):
                continue
            height = 1
            while at + height < len(rows) and table.grid[rows[at + height]][columns[i]] is cell:
                height += 1
            width = sum(1 for other in line[i:] if other is cell)
            shown.append(_ShownCell(self._cell(cell, by_cell.get(id(cell), [])), height, width))
        return shown

    def _cell(self, cell: Cell, marks: list[CellMark]) -> list[Segment]:
        text = cell.text
        parts = segments(text, [(0, len(text))] if marks else [])
        for part in parts:
            part.is_wrong = self._is_wrong(marks)
        if parts:
            parts[-1].numbers = self._numbers(marks)
        return parts


def _near(places: list[int], wanted: set[int], most: int) -> list[int]:
    """Return all places, or, if there are more than ``most``, those near the wanted ones."""
    if len(places) <= most:
        return places
    near = {p + step for p in wanted for step in range(-_AROUND, _AROUND + 1)}
    return [place for place in places if place in near][:most]


def _left_out(rows: int, columns: int) -> str:
    parts = [f"{n:,} {what}" for n, what in ((rows, "rows"), (columns, "columns")) if n]
    return f"Not shown: {' and '.join(parts)} without findings." if parts else ""


def _summary(report: PaperReport) -> str:
    total = sum(report.checked.values())
    if report.error:
        return f"Not read: {report.error}"
    if not report.findings:
        return f"Nothing found in {total:,} comparisons."
    counts = [(report.count(verdict), name) for verdict, name in VERDICTS.items()]
    numbers = ", ".join(f"{number} {name}" for number, name in counts if number)
    return f"{numbers}, in {total:,} comparisons."


def _citation(report: PaperReport) -> str:
    about: Metadata = report.metadata
    parts = (about.journal, str(about.year or ""), about.doi and f"doi:{about.doi}", about.pmcid)
    return " · ".join(filter(None, (*parts, Path(report.file).name)))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    style, script = (_FOLDER.joinpath(n).read_text("utf-8") for n in ("paper.css", "paper.js"))
    environment.globals |= {"style": Markup(style), "style_hash": _hash(style)}  # noqa: S704 - ours
    environment.globals |= {"script": Markup(script), "script_hash": _hash(script)}  # noqa: S704
    return environment


def _finalize(value: Any) -> Any:
    """Show control characters and marks of direction in texts that are not markup of ours."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return visible(value) if is_text else value


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
