"""Categories that exclude each other: their counts add up to at most the group.

Where they have no percentages, other blocks of the column must add up to its size exactly; then
categories with a row of the unknown add up to it, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.parts import adds_up
from kb.papers.entries import Form
from kb.papers.reading import TableFigure, TableReading
from kb.scan.bases import GROUPS, Sizes, TableBases
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import place_of
from kb.util.grouping import group_by

KIND: Final = "categories-above-all"
_EXCLUSIVE: Final = re.compile(
    r"^(?:sex|gender|(?:tumou?r |disease |clinical |ajcc |tnm )?stage|(?:tumou?r )?grade"
    r"|marital status|education(?: level)?|(?:highest )?level of education|smoking(?: status)?"
    r"|(?:ecog |who )?performance status|(?:nyha|asa|child[- ]pugh|who|killip)(?: functional)?"
    r"(?: class)?|age groups?|bmi category|employment(?: status)?|parity|severity"
    r"|(?:er|pr|her-?2|nodal|receptor|menopausal) status)\b",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(
    r"%|or more$|multiple|any\b|ever\b|at least|≥|>|<|≤|and above", re.IGNORECASE
)

_UNKNOWN: Final = re.compile(
    r"unknown|not (?:known|reported|recorded|stated|available)|missing|no data|undetermined",
    re.IGNORECASE,
)
"""A row after which the categories are all people."""
_FEWEST: Final = 2
"""How many blocks of a column add up to its size before another one is doubtful."""
_SLIP: Final = 2
_PART: Final = 20
"""A sum off by more than two people, and a twentieth, is of other people."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield categories, such as stages, whose counts add up to more than their column."""
    for bases in context.bases:
        for column in bases.columns.values():
            if column[0].column.kind in GROUPS:
                yield from _column(context, bases, column)


def _column(
    context: ScanContext, bases: TableBases, column: Sequence[TableFigure]
) -> Iterator[ScanFinding]:
    yield from _plain(context, bases, column)
    reading = bases.reading
    counted = [f for f in column if f.count is not None and f.share is not None]
    blocks = group_by(counted, key=lambda figure: reading.table.row_path(figure.row)[:-1])
    for path, block in blocks.items():
        labels = [reading.label(figure.row) for figure in block]
        is_open = len(set(labels)) < len(block) or any(map(_OPEN.search, labels))
        sizes = {base.size for figure in block for base in bases.printed(figure)}
        if not path or not _EXCLUSIVE.search(path[-1]) or is_open or len(block) < 2 or not sizes:
            continue
        context.checked[KIND] += 1
        if finding := _above(reading, block, max(sizes)):
            yield finding


def _plain(
    context: ScanContext, bases: TableBases, column: Sequence[TableFigure]
) -> Iterator[ScanFinding]:
    """Yield blocks of counts without percentages that the size of their column contradicts."""
    reading, size = bases.reading, column[0].column.size or 0
    counted = [f for f in column if f.count is not None and f.entry.form is Form.NUMBER]
    paths = group_by(counted, key=lambda figure: reading.table.row_path(figure.row)[:-1])
    blocks = {path: block for path, block in paths.items() if path and len(block) > 1}
    sums = {path: sum(f.count or 0 for f in block) for path, block in blocks.items()}
    exact = sum(total == size for total in sums.values())
    for path, block in blocks.items() if size and exact >= _FEWEST else ():
        context.checked[KIND] += 1
        labels = [reading.label(figure.row) for figure in block]
        is_all = sum(map(bool, map(_UNKNOWN.search, labels))) == 1
        is_near = abs(sums[path] - size) <= max(_SLIP, size // _PART)
        exclusive = _EXCLUSIVE.search(path[-1]) and not any(map(_OPEN.search, labels))
        if is_near and sums[path] != size and (is_all or (exclusive and sums[path] > size)):
            yield _finding(reading, block, size)


def _above(reading: TableReading, block: Sequence[TableFigure], most: int) -> ScanFinding | None:
    """Return a finding if the counts are too many, and not all of another, larger group."""
    counts = [figure.count or 0 for figure in block]
    shares = [figure.share.value for figure in block if figure.share]
    pairs = zip(counts, shares, strict=True)
    fits = any(most in Sizes.of(count, share, slack=1) for count, share in pairs)
    if adds_up(counts, most, complete=False) is not Outcome.INCONSISTENT or not fits:
        return None
    return _finding(reading, block, most)


def _finding(reading: TableReading, block: Sequence[TableFigure], size: int) -> ScanFinding:
    counts = [figure.count or 0 for figure in block]
    total = sum(counts)
    parts = " + ".join(map(str, counts))
    message = f"The categories add up to {total}, but the group has {size} people."
    texts = tuple(figure.text for figure in block)
    place = place_of(reading, block[0])
    computed = f"{parts} = {total}, group of {size}"
    return ScanFinding(KIND, Verdict.DOUBTFUL, Severity.MATERIAL, place, texts, computed, message)
