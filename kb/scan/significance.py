"""P-values of tables against the counts, or the means and standard deviations, of their row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.means import Summary, p_of_means, t_test
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import p_distance, p_of_counts, p_values
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread
from kb.scan.bases import TableBases, sizes_of
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.shares import place_of
from kb.sources.numbers import Number

COUNTS: Final = "p-of-counts"
MEANS: Final = "p-of-means"
_GROSS: Final = 1.0
"""Standard errors apart from which on no usual test or small adjustment explains a p."""
_OTHER_TEST: Final = re.compile(
    r"adjust|paired|within|ancova|mixed|model|regression|trend|interaction|change|match|repeated|"
    r"baseline to|log|geometric|cluster|mann|wilcoxon|kruskal|rank",
    re.IGNORECASE,
)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield p-values that no usual test gives for the figures of their row."""
    for reading in context.readings:
        bases = TableBases(reading)
        for groups, p in _rows(reading):
            if finding := _judge(context, reading, bases, groups, p):
                yield finding


def _rows(reading: TableReading) -> Iterator[tuple[list[TableFigure], TableFigure]]:
    """Yield the rows with two groups and one p-value of their own."""
    rows: dict[int, list[TableFigure]] = {}
    for figure in reading.figures:
        rows.setdefault(figure.row, []).append(figure)
    groups = [c for c in reading.columns if c.kind is ColumnKind.GROUP]
    ps = [c for c in reading.columns if c.kind is ColumnKind.P]
    effects = [c for c in reading.columns if c.kind is ColumnKind.EFFECT]
    if len(groups) != 2 or len(ps) != 1 or effects:
        return
    for row in rows.values():
        pair = [f for f in row if f.column.kind is ColumnKind.GROUP]
        p = [f for f in row if f.column.kind is ColumnKind.P and f.cells[0].rows == 1]
        if len(pair) == 2 and len(p) == 1 and not p[0].statistic.trend:
            yield pair, p[0]


def _judge(
    context: ScanContext,
    reading: TableReading,
    bases: TableBases,
    groups: Sequence[TableFigure],
    p: TableFigure,
) -> ScanFinding | None:
    printed = p.entry.main
    if printed is None or not 0 < printed.value <= 1:
        return None
    label = " ".join((reading.table.caption, *reading.table.row_path(p.row), *p.column.path))
    span = possible_values(printed.value, printed.operator.replace("=", ""))
    if counts := _counts(bases, groups):
        context.checked[COUNTS] += 1
        return _of_counts(reading, groups, counts, printed, span)
    summaries = [_summary(bases, figure) for figure in groups]
    if None in summaries or _OTHER_TEST.search(label):
        return None
    context.checked[MEANS] += 1
    first, second = (s for s in summaries if s)
    return _of_means(reading, groups, (first, second), printed, span)


def _counts(
    bases: TableBases, groups: Sequence[TableFigure]
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    pairs = []
    for figure in groups:
        size = _size(bases, figure)
        if figure.count is None or figure.share is None or size is None or figure.count > size:
            return None
        pairs.append((figure.count, size))
    return pairs[0], pairs[1]


def _size(bases: TableBases, figure: TableFigure) -> int | None:
    """Return the base of a percentage: printed with it, or the one that it fits."""
    if figure.entry.of is not None:
        return int(figure.entry.of.value)
    sizes = sizes_of(figure)
    if not sizes:
        return None
    printed = [base.size for base in bases.printed(figure) if base.size in sizes]
    return printed[0] if printed else sizes.low if sizes.low == sizes.high else None


def _summary(bases: TableBases, figure: TableFigure) -> Summary | None:
    spread = figure.statistic.spread
    mean, sd = figure.entry.main, figure.entry.second
    is_mean = figure.statistic.centre is Centre.MEAN or figure.entry.form is Form.PLUS_MINUS
    if spread is not Spread.SD or not is_mean or mean is None or sd is None:
        return None
    sizes = bases.printed(figure)
    if not sizes or mean.operator or sd.operator:
        return None
    return Summary(mean.value, sd.value, sizes[0].size)


def _of_counts(
    reading: TableReading,
    groups: Sequence[TableFigure],
    counts: tuple[tuple[int, int], tuple[int, int]],
    printed: Number,
    span: Span,
) -> ScanFinding | None:
    first, second = counts
    if p_of_counts(first, second, span) is not Outcome.INCONSISTENT:
        return None
    tests = p_values(first, second)
    values = Span(Decimal(min(tests.values())), Decimal(max(tests.values())))
    shown = ", ".join(f"{name} {tests[name]:.2g}" for name in tests if "one" not in name)
    computed = f"{first[0]}/{first[1]} against {second[0]}/{second[1]}: {shown}"
    message = f"No usual test gives p {printed.operator or '='} {printed.text} for these counts."
    is_gross = p_distance(values, span) > _GROSS
    return _finding(reading, COUNTS, groups, printed, (computed, message), is_gross=is_gross)


def _of_means(
    reading: TableReading,
    groups: Sequence[TableFigure],
    summaries: tuple[Summary, Summary],
    printed: Number,
    span: Span,
) -> ScanFinding | None:
    if p_of_means(*summaries, span) is not Outcome.INCONSISTENT:
        return None
    low, high = t_test(*summaries)
    if p_distance(Span(Decimal(low), Decimal(high)), span) <= _GROSS:
        return None
    computed = f"t tests give p {low:.2g} to {high:.2g}"
    message = f"A t test of these means does not give p = {printed.text}."
    return _finding(reading, MEANS, groups, printed, (computed, message), is_gross=False)


def _finding(
    reading: TableReading,
    kind: str,
    groups: Sequence[TableFigure],
    printed: Number,
    texts: tuple[str, str],
    *,
    is_gross: bool,
) -> ScanFinding:
    verdict = Verdict.INCONSISTENT if is_gross else Verdict.DOUBTFUL
    figures = (*(f.text for f in groups), printed.text)
    place = place_of(reading, groups[0])
    return ScanFinding(kind, verdict, Severity.MATERIAL, place, figures, *texts)
