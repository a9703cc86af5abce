"""The files that ``kb scan`` writes while it reads papers: each replaces its old one at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from kb.errors import InputError, UnavailableError
from kb.export.csv import BOM, escape_formula
from kb.scan.report import COLUMNS, PaperReport, encoded
from kb.util.atomic import writing


class ScanOutput:
    """JSON Lines and CSV, written paper by paper, and the names of the pages.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with ExitStack() as stack:
    ...     output = ScanOutput(stack, [Path("a.xml")], folder / "a.jsonl", None, None)
    ...     output.write(PaperReport("a.xml"))
    >>> (folder / "a.jsonl").read_text()[:15]
    '{"file": "a.xml'
    """

    def __init__(
        self,
        stack: ExitStack,
        papers: Sequence[Path],
        json_file: Path | None,
        csv_file: Path | None,
        html: Path | None,
    ) -> None:
        """Open the files, which are complete when ``stack`` closes.

        Raises:
            InputError: one of them is a paper, or they are the same.
            UnavailableError: one cannot be written.
        """
        self._html = html
        outputs = [path for path in (json_file, csv_file, *self.pages(papers)) if path]
        _refuse_clashes(outputs, papers)
        self._json = stack.enter_context(writing(json_file)) if json_file else None
        self._csv = stack.enter_context(writing(csv_file)) if csv_file else None
        if self._csv:
            self._csv.write((BOM + _csv_line(list(COLUMNS))).encode())
        if html and not _is_page(html):
            try:
                html.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UnavailableError(f"cannot write {html}: {error}") from error

    def write(self, report: PaperReport) -> None:
        """Write what the files hold of a paper."""
        if self._json:
            self._json.write(report.line())
        if self._csv:
            for row in report.rows():
                self._csv.write(encoded(_csv_line([escape_formula(row[name]) for name in COLUMNS])))

    def pages(self, papers: Sequence[Path]) -> list[Path | None]:
        """Return the page of each paper; papers of one name get numbers.

        Raises:
            InputError: several papers are to be written to one file.
        """
        if self._html is None:
            return [None] * len(papers)
        if _is_page(self._html):
            if len(papers) != 1:
                raise InputError(f"{self._html}: one page for {len(papers)} papers; name a folder")
            return [self._html]
        used: set[str] = set()
        pages: list[Path | None] = []
        for paper in papers:
            name, number = paper.stem, 1
            while name.casefold() in used:
                number += 1
                name = f"{paper.stem}-{number}"
            used.add(name.casefold())
            pages.append(self._html / f"{name}.html")
        return pages


def _is_page(path: Path) -> bool:
    return path.suffix.lower() in {".html", ".htm"} and not path.is_dir()


def _csv_line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _refuse_clashes(outputs: Sequence[Path], papers: Sequence[Path]) -> None:
    """Refuse to write over a paper, or two outputs to one file."""
    inputs = {path.resolve() for path in papers}
    seen: set[Path] = set()
    for path in outputs:
        real = path.resolve()
        if real in inputs:
            raise InputError(f"{path} is one of the papers: it is not overwritten")
        if real in seen:
            raise InputError(f"{path} is named twice as output")
        seen.add(real)
