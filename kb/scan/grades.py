"""Events of some grades against those of any grade, in columns of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.discrepancy import Severity
from kb.papers.reading import Column, TableFigure
from kb.scan.bases import GROUPS
from kb.scan.context import ScanContext
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.places import place_of

KIND: Final = "grades-above-any"
_ANY: Final = re.compile(r"^(?:any|all)\b|\b(?:any|all)[ -]grades?", re.IGNORECASE)
_SOME: Final = re.compile(
    r"(?:grades? ?|≥ ?|> ?|\bg)[1-5]\b|\b(?:severe|serious)\b|^≥ ?grade ?[1-5]",
    re.IGNORECASE,
)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield counts of events of some grades that exceed those of any grade beside them."""
    for bases in context.bases:
        reading = bases.reading
        pairs = list(_pairs([c for c in reading.columns if c.kind in GROUPS]))
        for row in bases.rows.values() if pairs else ():
            figures = {f.column.index: f for f in row}
            for broad, narrow in pairs:
                whole, part = (figures.get(c.index) for c in (broad, narrow))
                if whole is None or part is None or whole.count is None or part.count is None:
                    continue
                context.checked[KIND] += 1
                if part.count > whole.count:
                    yield _finding(place_of(reading, part), whole, part)


def _pairs(columns: Sequence[Column]) -> Iterator[tuple[Column, Column]]:
    """Yield the columns of any grade with those of some grades of the same group."""
    for broad in columns:
        if not broad.path or not _ANY.search(broad.path[-1]) or _SOME.search(broad.path[-1]):
            continue
        for narrow in columns:
            same = bool(narrow.path) and narrow.path[:-1] == broad.path[:-1]
            if same and narrow is not broad and _SOME.search(narrow.path[-1]):
                yield broad, narrow


def _finding(place: Place, whole: TableFigure, part: TableFigure) -> ScanFinding:
    computed = f"{part.count} > {whole.count}"
    message = (
        f"{part.count} events of some grades are printed, but only {whole.count} of any grade."
    )
    printed = (whole.text, part.text)
    return ScanFinding(
        KIND, Verdict.INCONSISTENT, Severity.MATERIAL, place, printed, computed, message
    )
