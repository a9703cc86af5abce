"""P-values of tables against the means and standard deviations of their groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.mean_p import FAR, FAR_OF_SKEWED, is_skewed
from kb.checks.means import Summary, anova, distance_of_means, error_of_interval, t_test
from kb.checks.rounding import Span
from kb.papers.entries import Form
from kb.papers.reading import TableFigure, TableReading
from kb.papers.statistic import Centre, Spread, declared
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext, last_name
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.layout import (
    Comparison,
    Limits,
    comparisons,
    names_other_test,
    notes,
    own_labels,
    parts_of_notes,
    place_of,
    shown_p,
    verdict,
    with_sizes,
)
from kb.sources.numbers import Number
from kb.util.grouping import group_by

MEANS: Final = "p-of-means"
ERRORS: Final = "standard-errors-as-deviations"
_LIMITS: Final = Limits(0.8, FAR, strict=0.35)
_LIMITS_OF_SKEWED: Final = Limits(2.0, FAR_OF_SKEWED)
"""Of values far from normal, whose p may be that of a test of ranks or of logarithms."""
_LOGS: Final = re.compile(r"geometric|\blog\b|logarithm|log-?transform|\bln\b", re.IGNORECASE)
_RANKS: Final = re.compile(r"mann|wilcoxon|kruskal|rank|non-?parametric", re.IGNORECASE)
_CHANGE: Final = re.compile(r"change|Δ|difference|reduction|increase|decrease", re.IGNORECASE)
_LEVEL: Final = Decimal(95)
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class _Judged:
    comparison: Comparison
    figures: tuple[TableFigure, ...]
    groups: tuple[Summary, ...]
    distance: float
    other: float
    """The distance if what is printed as SD is a standard error, or the reverse."""

    @property
    def is_skewed(self) -> bool:
        return is_skewed(self.groups)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield p-values that no t test or analysis of variance gives for their means."""
    for bases in context.bases:
        reading = bases.reading
        if _LOGS.search(notes(reading)):
            continue
        found = (_judge(context, bases, comparison) for comparison in comparisons(reading))
        judged = [j for j in found if j]
        for column in group_by(judged, key=lambda j: j.comparison.line).values():
            context.checked[MEANS] += len(column)
            yield from _column(reading, column)


def _judge(context: ScanContext, bases: TableBases, comparison: Comparison) -> _Judged | None:
    rows = comparison.rows[:1] if comparison.own else comparison.rows
    # Below a heading with a p stand the mean, the median and the range of one variable.
    sizes = context.group_sizes
    candidates = [(row, groups) for row in rows if (groups := summaries(bases, row, sizes))]
    if len(candidates) != 1:
        return None
    figures, groups = candidates[0]
    distance = distance_of_means(groups, comparison.span)
    other = distance_of_means(_flipped(groups), comparison.span)
    if distance is None or other is None:
        return None
    if any(_spread(bases.reading, figure) is None for figure in figures):
        # "36 ± 6" may be either, where nothing says which.
        distance = other = min(distance, other)
    return _Judged(comparison, tuple(figures), groups, distance, other)


def summaries(
    bases: TableBases, row: Sequence[TableFigure], sizes: Mapping[str, int] = MappingProxyType({})
) -> tuple[Summary, ...] | None:
    """Return the means of a row with their spreads; None unless all of its figures are means.

    ``sizes`` are those that other tables print, by the name of the group.
    """
    pairs = with_sizes(row)
    known = ((f, size or _size(bases, f) or sizes.get(last_name(f.column))) for f, size in pairs)
    found = [s for figure, size in known if size and (s := _summary(bases.reading, figure, size))]
    return tuple(found) if len(found) == len(pairs) >= 2 else None


def summary_of(bases: TableBases, figure: TableFigure, size: int | None) -> Summary | None:
    """Return a mean with a declared SD or SE; ``size`` is the number of people of its row."""
    n = size or _size(bases, figure)
    is_declared = _spread(bases.reading, figure) in (Spread.SD, Spread.SE)
    return _summary(bases.reading, figure, n) if n and is_declared else None


def _size(bases: TableBases, figure: TableFigure) -> int | None:
    return next((base.size for base in bases.printed(figure)), None)


def _summary(reading: TableReading, figure: TableFigure, n: int) -> Summary | None:
    """Return a mean with its spread: a printed one, or that of its confidence interval."""
    mean, sd, spread = figure.entry.main, figure.entry.second, _spread(reading, figure)
    is_mean = figure.statistic.centre is Centre.MEAN or figure.entry.form is Form.PLUS_MINUS
    if mean is None or mean.operator or not is_mean or figure.statistic.geometric:
        return None
    if spread is Spread.CI:
        return _of_interval(figure, mean, n)
    if sd is None or sd.operator or spread not in (Spread.SD, Spread.SE, None):
        return None
    return Summary(mean.value, sd.value, n, is_error=spread is Spread.SE)


def _of_interval(figure: TableFigure, mean: Number, n: int) -> Summary | None:
    low, high = figure.entry.low, figure.entry.high
    level = figure.entry.level.value if figure.entry.level else figure.statistic.level
    if low is None or high is None or n < 2 or level not in (None, _LEVEL):
        return None
    error = error_of_interval(Span(low.value, high.value), n)
    return Summary(mean.value, error, n, is_error=True) if error > 0 else None


def _spread(reading: TableReading, figure: TableFigure) -> Spread | None:
    """Return what stands beside a mean; None for "36 ± 6" where nothing says what 6 is."""
    own, is_plain = figure.statistic.spread, figure.entry.form is Form.PLUS_MINUS
    # Of "HbA1c (%)" the percent sign is the unit.
    return _spread_of_notes(reading, figure) if is_plain and own in (None, Spread.SHARE) else own


def _spread_of_notes(reading: TableReading, figure: TableFigure) -> Spread | None:
    """Return what a caption or a footnote declares of "36 ± 6", whatever its mark."""
    if figure.entry.form is not Form.PLUS_MINUS:
        return None
    spreads = {s for text in parts_of_notes(reading) if (s := declared(text).spread)}
    fitting = spreads & {Spread.SD, Spread.SE}
    return fitting.pop() if len(fitting) == 1 else None


def _column(reading: TableReading, column: Sequence[_Judged]) -> Iterator[ScanFinding]:
    if finding := _errors(reading, column):
        yield finding
        return
    distances = [judged.distance for judged in column]
    text = notes(reading)
    other_test = names_other_test(text)
    for judged in column:
        labels = own_labels(reading, judged.comparison)
        may_be_ranks = judged.is_skewed or _RANKS.search(text + labels)
        limits = _LIMITS_OF_SKEWED if may_be_ranks else _LIMITS
        found = verdict(judged.distance, distances, limits, other_test=other_test)
        if found and not names_other_test(labels) and not _LOGS.search(labels):
            yield _finding(reading, judged, found)


def _errors(reading: TableReading, column: Sequence[_Judged]) -> ScanFinding | None:
    """Return a column whose p-values fit only if its SDs are standard errors, or the reverse."""
    plain = [j for j in column if not _CHANGE.search(own_labels(reading, j.comparison))]
    fitting = sum(j.distance <= 0 for j in plain)
    others = [j for j in plain if j.other <= 0 < j.distance]
    if len(others) < _FEWEST or len(others) < 2 * fitting or len(others) * 10 < 6 * len(plain):
        return None
    first = others[0]
    printed_as, meant = ("SE", "SD") if first.groups[0].is_error else ("SD", "SE")
    as_printed, as_meant = _tests(first.groups), _tests(_flipped(first.groups))
    computed = f"here, as {printed_as}: {as_printed}; as {meant}: {as_meant}"
    message = (
        f"{len(others)} of {len(plain)} p-values of the column fit only if the figures printed "
        f"as {printed_as} are {meant}."
    )
    texts = (*(f.text for f in first.figures), *(j.comparison.p.text for j in others))
    place = place_of(reading, first.figures[0])
    return ScanFinding(
        ERRORS, Verdict.INCONSISTENT, Severity.MATERIAL, place, texts, computed, message
    )


def _flipped(groups: Sequence[Summary]) -> tuple[Summary, ...]:
    return tuple(replace(group, is_error=not group.is_error) for group in groups)


def _tests(groups: Sequence[Summary]) -> str:
    if len(groups) == 2:
        low, high = t_test(groups[0], groups[1])
        return f"t tests give p {shown_p(low, high)}"
    low, high = anova(groups)
    return f"analysis of variance gives p {shown_p(low, high)}"


def _finding(reading: TableReading, judged: _Judged, found: Verdict) -> ScanFinding:
    printed = judged.comparison.printed
    sizes = ", ".join(str(group.n) for group in judged.groups)
    computed = f"{_tests(judged.groups)} (n = {sizes})"
    name = "t test" if len(judged.groups) == 2 else "analysis of variance"
    message = f"No {name} of these means gives p {printed.operator or '='} {printed.text}."
    texts = (*(f.text for f in judged.figures), printed.text)
    place = place_of(reading, judged.figures[0])
    return ScanFinding(MEANS, found, Severity.MATERIAL, place, texts, computed, message)
