"""Means of randomised groups at baseline that differ more than chance allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.means import IMPOSSIBLE, Summary, chance_of_difference
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure
from kb.papers.statistic import Spread
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_means import spread_of, summaries
from kb.scan.places import notes, place_of

KIND: Final = "difference-at-baseline"
_RANDOMISED: Final = re.compile(r"\brandomi[sz]ed\b|\brandomly\b", re.IGNORECASE)
_NOT_BY_CHANCE: Final = re.compile(r"cluster|non-?randomi|quasi|cross-?over", re.IGNORECASE)
_BASELINE: Final = re.compile(r"baseline|characteristics|demographic", re.IGNORECASE)
_OTHER_GROUPS: Final = re.compile(
    r"respon|complet|surviv|according|stratif|withdr|dropout|\bby\b|control subjects|healthy"
    r"|\b(?:fe)?males?\b|\bmen\b|women|before|after|follow-?up|weeks?|months?|post|change",
    re.IGNORECASE,
)
"""Words of tables whose groups are not those that chance made, or are times."""
_FEWEST: Final = 3
_LIKELY: Final = 0.01
"""So many other variables, none of which differs by more, show that the groups are alike."""

_Row = tuple[tuple[TableFigure, ...], tuple[Summary, ...], float]


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield the one variable of a table in which groups that are alike otherwise differ."""
    if not _is_randomised(context):
        return
    for bases in context.bases:
        headers = " ".join(" ".join(c.path) for c in bases.reading.columns)
        text = notes(bases.reading)
        if not _BASELINE.search(text) or _OTHER_GROUPS.search(f"{text} {headers}"):
            continue
        rows = list(_rows(context, bases))
        context.checked[KIND] += len(rows)
        apart = [row for row in rows if row[2] < IMPOSSIBLE]
        alike = [row for row in rows if row[2] >= _LIKELY]
        if len(apart) == 1 and len(alike) == len(rows) - 1 >= _FEWEST:
            yield _finding(bases, apart[0])


def _is_randomised(context: ScanContext) -> bool:
    abstract = (p.text for s, p in context.paper.paragraphs() if s.kind == "abstract")
    text = " ".join((context.paper.metadata.title, *abstract))
    return bool(_RANDOMISED.search(text)) and not _NOT_BY_CHANCE.search(text)


def _rows(context: ScanContext, bases: TableBases) -> Iterator[_Row]:
    """Yield rows of means with declared standard deviations; a p beside them judges them."""
    for row in bases.reading.rows.values():
        figures = tuple(f for f in row if f.column.kind is ColumnKind.GROUP)
        has_p = any(f.column.kind is ColumnKind.P for f in row)
        declared = all(_has_sd(bases, f) for f in figures)
        groups = summaries(bases, figures, context.group_sizes) if declared else None
        p = chance_of_difference(groups) if groups and not has_p else None
        if groups and p is not None:
            yield figures, groups, p


def _has_sd(bases: TableBases, figure: TableFigure) -> bool:
    """Whether a standard deviation is declared, and no percentage: "No. (%) or mean (SD)"."""
    may_be_share = figure.entry.form is Form.PAIR and "%" in " ".join(figure.column.path)
    return spread_of(bases.reading, figure) is Spread.SD and not may_be_share


def _finding(bases: TableBases, row: _Row) -> ScanFinding:
    figures, groups, p = row
    sizes = ", ".join(str(group.n) for group in groups)
    computed = f"p {p:.1g} at most (n = {sizes})"
    message = "Chance does not make randomised groups differ so much; other rows are alike."
    texts = tuple(f.text for f in figures)
    place = place_of(bases.reading, figures[0])
    return ScanFinding(KIND, Verdict.DOUBTFUL, Severity.MATERIAL, place, texts, computed, message)
