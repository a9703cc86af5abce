"""P-values of tables against the means and standard deviations of their groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.mean_p import FAR, FAR_OF_SKEWED, is_skewed
from kb.checks.means import Summary, anova, distance_of_means, t_test
from kb.checks.significance import ALPHA
from kb.papers.reading import TableFigure, TableReading
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_means import spread_of, summaries
from kb.scan.p_columns import Comparison, comparisons, own_labels
from kb.scan.p_fit import (
    Limits,
    names_change,
    names_other_test,
    printed_p,
    shown_p,
    verdict_in_column,
)
from kb.scan.places import notes, place_of
from kb.util.grouping import group_by

MEANS: Final = "p-of-means"
ERRORS: Final = "standard-errors-as-deviations"
_LIMITS: Final = Limits(0.8, FAR, strict=0.35)
_LIMITS_OF_SKEWED: Final = Limits(2.0, FAR_OF_SKEWED)
"""Of values far from normal, whose p may be that of a test of ranks or of logarithms."""
_LOGS: Final = re.compile(r"geometric|\blog\b|logarithm|log-?transform|\bln\b", re.IGNORECASE)
_RANKS: Final = re.compile(r"mann|wilcoxon|kruskal|rank|non-?parametric", re.IGNORECASE)
_FEWEST: Final = 3
_FAR_AS_OTHER: Final = 1.0
"""The distance of a p from the tests of the other kind of spread that rounding does not explain."""


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
        judged = [j for c in comparisons(reading) if (j := _judge(context, bases, c))]
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
    if any(spread_of(bases.reading, figure) is None for figure in figures):
        # "36 ± 6" may be either, where nothing says which.
        distance = other = min(distance, other)
    return _Judged(comparison, tuple(figures), groups, distance, other)


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
        verdict = verdict_in_column(judged.distance, distances, limits, other_test=other_test)
        if not verdict and not other_test and _is_of_none(judged):
            verdict = Verdict.DOUBTFUL
        if verdict and not names_other_test(labels) and not _LOGS.search(labels):
            yield _finding(reading, judged, verdict)


def _is_of_none(judged: _Judged) -> bool:
    """Whether a p is called not significant that no test gives, whatever its column is of.

    Nor does it follow if what is printed as SD is a standard error, or the reverse.
    """
    is_open = float(judged.comparison.span.low) >= ALPHA
    return is_open and judged.distance > FAR_OF_SKEWED and judged.other > _FAR_AS_OTHER


def _errors(reading: TableReading, column: Sequence[_Judged]) -> ScanFinding | None:
    """Return a column whose p-values fit only if its SDs are standard errors, or the reverse."""
    plain = [j for j in column if not names_change(own_labels(reading, j.comparison))]
    fitting = sum(j.distance <= 0 for j in plain)
    others = [j for j in plain if j.other <= 0 < j.distance]
    if len(others) < _FEWEST or len(others) < 2 * fitting or len(others) * 10 < 6 * len(plain):
        return None
    first = others[0]
    printed_as, meant = ("SE", "SD") if first.groups[0].is_error else ("SD", "SE")
    as_printed, as_meant = _tests(first.groups), _tests(_flipped(first.groups))
    computed = f"here, as {printed_as}: {as_printed}; as {meant}: {as_meant}"
    message = (
        f"{len(others)} of {len(plain)} p-values of this column fit only if the values "
        f"printed as {printed_as} are {meant}."
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


def _finding(reading: TableReading, judged: _Judged, verdict: Verdict) -> ScanFinding:
    printed = judged.comparison.printed
    sizes = ", ".join(str(group.n) for group in judged.groups)
    computed = f"{_tests(judged.groups)} (n = {sizes})"
    name = "t test" if len(judged.groups) == 2 else "analysis of variance"
    message = f"No {name} of these means gives p {printed_p(printed)}."
    texts = (*(f.text for f in judged.figures), printed.text)
    place = place_of(reading, judged.figures[0])
    return ScanFinding(MEANS, verdict, Severity.MATERIAL, place, texts, computed, message)
