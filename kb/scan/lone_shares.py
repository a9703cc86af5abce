"""Percentages of tables without their counts, that no number of a small group gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import ceil
from typing import Final

from kb.checks.discrepancy import Outcome
from kb.checks.rounding import last_digit
from kb.checks.shares import impossible_severity, nearest_counts, share_is_possible
from kb.papers.entries import Form
from kb.papers.reading import PEOPLE, ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre
from kb.scan.bases import Sizes
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import place_of
from kb.scan.share_counts import MISSING

KIND: Final = "percentage-of-no-count"
_MOST: Final = 50
"""In larger groups, nearly every percentage is that of some count of all but a few people."""
_FEWEST: Final = 8
"""How many other percentages of a table show that they are of the people of their columns."""
_MEASURED: Final = re.compile(
    r"\b(?:mean|median|fraction|ha?ematocrit|hba1c|saturation|predicted|change|reduction|increase"
    r"|decrease|loss|fat|survival|adherence|compliance)\b",
    re.IGNORECASE,
)
"""Words of percentages that are measured in each person, or estimated over time."""
_LEAST: Final = 0.8
"""The part of a group whose data may be there, at least."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield the percentage of a table that no count of its group gives, where all others fit."""
    for bases in context.bases:
        reading = bases.reading
        shares = [figure for figure in reading.figures if _is_judged(reading, figure)]
        context.checked[KIND] += len(shares)
        wrong = [f for f in shares if Outcome.CONSISTENT not in _outcomes(f)]
        if len(wrong) == 1 and len(shares) > _FEWEST and not _is_near(wrong[0]):
            yield _finding(reading, wrong[0])


def _is_judged(reading: TableReading, figure: TableFigure) -> bool:
    """Whether a cell is a percentage with decimals of a group of few people."""
    number, size = figure.entry.share or figure.entry.main, figure.column.size
    if figure.column.kind is not ColumnKind.GROUP or number is None or number.operator:
        return False
    is_few = size is not None and size <= _MOST and last_digit(number.value) < 1
    is_lone = len(figure.cells) == 1 and figure.entry.form in (Form.NUMBER, Form.SHARE)
    names = (*reading.table.row_path(figure.row), _heading(reading, figure.row))
    if _MEASURED.search(" ".join(names)):
        return False
    named = any(name.rstrip(" *:").endswith("(%)") for name in names)
    is_share = figure.entry.form is Form.SHARE or figure.statistic.centre is Centre.SHARE or named
    return is_few and is_lone and is_share and 0 < number.value < 100


def _heading(reading: TableReading, row: int) -> str:
    """Return the label of the nearest row above that has no figures of groups, if it is less deep.

    Its p-value makes it no heading of the path.
    """
    labels = [cells[0] for cells in reading.table.grid]
    for above in range(row - 1, reading.table.header_rows - 1, -1):
        if not any(f.column.kind in PEOPLE for f in reading.rows.get(above, ())):
            return reading.label(above) if labels[above].indent < labels[row].indent else ""
    return ""


def _outcomes(figure: TableFigure) -> set[Outcome]:
    """Return how a percentage is one of a group, give or take a few people who are missing."""
    number, size = figure.entry.share or figure.entry.main, figure.column.size or 0
    sizes = range(max(1, ceil(size * MISSING)), size + 1)
    return {share_is_possible(of, number.value) for of in sizes} if number else set()


def _is_near(figure: TableFigure) -> bool:
    """Whether some count of at least a part of the group is within one unit of the last digit."""
    number, size = figure.entry.share or figure.entry.main, figure.column.size or 0
    share = number.value if number else Decimal(0)
    pairs = (
        (n, of)
        for of in range(max(1, ceil(size * _LEAST)), size + 1)
        for n in nearest_counts(of, share)
    )
    return any(of in Sizes.of(n, share, slack=1) for n, of in pairs)


def _finding(reading: TableReading, figure: TableFigure) -> ScanFinding:
    number, size = figure.entry.share or figure.entry.main, figure.column.size or 0
    share = number.value if number else Decimal(0)
    counts = nearest_counts(size, share)
    computed = ", ".join(f"{n}/{size} = {Decimal(100 * n) / size:.2f}%" for n in counts)
    message = (
        f"{share}% is not the percentage of any number of the {size} people of this group, even "
        "if a few are missing."
    )
    severity = impossible_severity(size, share)
    place = place_of(reading, figure)
    return ScanFinding(KIND, Verdict.DOUBTFUL, severity, place, (figure.text,), computed, message)
