"""Estimates with intervals and p-values, in tables and sentences: do they fit each other?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.order import within_bounds
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import middle, p_of_bounds, same_side
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread, Statistic
from kb.scan.context import ScanContext
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.phrases import estimates
from kb.scan.shares import place_of
from kb.sources.numbers import Number

OUTSIDE: Final = "estimate-outside-interval"
REVERSED: Final = "limits-reversed"
ASYMMETRIC: Final = "interval-not-symmetric"
AGAINST_P: Final = "interval-against-p"
_LEVEL: Final = Decimal(95)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with two bounds, and what the paper says of it."""

    main: Number
    low: Number
    high: Number
    p: Number | None
    level: Decimal
    statistic: Statistic
    place: Place
    text: str

    @property
    def bounds(self) -> Span:
        """The two bounds."""
        return Span(self.low.value, self.high.value)

    @property
    def is_ratio(self) -> bool:
        """Whether 1 means no effect."""
        return self.statistic.centre is not None and self.statistic.centre.is_ratio

    @property
    def is_effect(self) -> bool:
        """Whether the bounds are a confidence interval of an effect."""
        centre, spread = self.statistic.centre, self.statistic.spread
        return centre is not None and centre.is_effect and spread in (None, Spread.CI)

    @property
    def is_scaled(self) -> bool:
        """Whether the estimate is a percentage and its bounds are proportions: 71% (0.52-0.91)."""
        proportions = abs(self.main.value) > 1 >= max(abs(self.low.value), abs(self.high.value))
        return proportions and f"{self.main.text}%" in self.text.replace(" ", "")


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield estimates that their own bounds or p-values contradict."""
    for estimate in all_estimates(context):
        yield from _judge(context, estimate)


def all_estimates(context: ScanContext) -> Iterator[Estimate]:
    """Yield the estimates of tables, then those of sentences."""
    for reading in context.readings:
        yield from of_table(reading)
    for sentence in context.sentences:
        for phrase in estimates(sentence):
            level = phrase.level.value if phrase.level else _LEVEL
            place = Place(sentence.section.title)
            statistic = phrase.statistic.within(Statistic(spread=Spread.CI))
            yield Estimate(
                phrase.main, phrase.low, phrase.high, phrase.p, level, statistic, place, phrase.text
            )


def of_table(reading: TableReading) -> Iterator[Estimate]:
    """Yield the estimates with bounds of a table, each with the p of its row if there is one."""
    rows: dict[int, list[TableFigure]] = {}
    for figure in reading.figures:
        rows.setdefault(figure.row, []).append(figure)
    for row in rows.values():
        ps = [f for f in row if f.column.kind is ColumnKind.P and f.entry.main]
        bounded = [f for f in row if f.entry.low and f.entry.high and f.entry.main]
        for figure in bounded:
            p = figure.entry.p or _p_beside(figure, bounded, ps)
            if estimate := _estimate(reading, figure, p):
                yield estimate


def _estimate(reading: TableReading, figure: TableFigure, p: Number | None) -> Estimate | None:
    entry = figure.entry
    if entry.main is None or entry.low is None or entry.high is None:
        return None
    level = entry.level.value if entry.level else figure.statistic.level or _LEVEL
    place = place_of(reading, figure)
    return Estimate(
        entry.main, entry.low, entry.high, p, level, figure.statistic, place, figure.text
    )


def _p_beside(
    figure: TableFigure, bounded: list[TableFigure], ps: list[TableFigure]
) -> Number | None:
    """Return the p of the column to the right of an estimate, before the next estimate."""
    after = [f for f in ps if f.column.index > figure.column.index]
    if not after or after[0].statistic.trend or figure.statistic.trend:
        return None
    between = [f for f in bounded if figure.column.index < f.column.index < after[0].column.index]
    if between or figure.column.kind is not ColumnKind.EFFECT:
        return None
    if len(bounded) != 1 and len(ps) != len(bounded):
        return None
    return after[0].entry.main


def _judge(context: ScanContext, e: Estimate) -> Iterator[ScanFinding]:
    if any(number.operator for number in (e.main, e.low, e.high)) or e.is_scaled:
        return
    context.checked[OUTSIDE] += 1
    if e.low.value > e.high.value:
        if -e.low.value <= e.high.value and e.low.value < 0:
            return
        yield _finding(
            e, REVERSED, f"{e.low.text} > {e.high.text}", "the lower limit is above the upper limit"
        )
        return
    outcome = within_bounds(e.main.value, e.low.value, e.high.value)
    if outcome is Outcome.INCONSISTENT:
        computed = f"{e.main.text} is not in {e.low.text} to {e.high.text}"
        # A mean may lie outside the quartiles of skewed data.
        skewed = e.statistic.centre is Centre.MEAN and e.statistic.spread is Spread.IQR
        verdict = Verdict.DOUBTFUL if skewed else Verdict.INCONSISTENT
        yield _finding(e, OUTSIDE, computed, f"{e.main.text} lies outside its own bounds", verdict)
        return
    if e.is_effect:
        yield from _symmetry(context, e)
        yield from _p(context, e)


def _symmetry(context: ScanContext, e: Estimate) -> Iterator[ScanFinding]:
    context.checked[ASYMMETRIC] += 1
    if middle(e.main.value, e.bounds, ratio=e.is_ratio) is Outcome.INCONSISTENT:
        scale = "on the logarithmic scale" if e.is_ratio else "of its bounds"
        yield _finding(
            e,
            ASYMMETRIC,
            _middle(e),
            f"{e.main.text} is far from the middle {scale}",
            Verdict.DOUBTFUL,
        )


def _middle(e: Estimate) -> str:
    low, high = e.low.value, e.high.value
    if e.is_ratio and low > 0:
        return f"√({low} x {high}) = {(low * high).sqrt():.3g}"
    return f"({low} + {high})/2 = {(low + high) / 2:.4g}"


def _p(context: ScanContext, e: Estimate) -> Iterator[ScanFinding]:
    if e.p is None:
        return
    context.checked[AGAINST_P] += 1
    p = possible_values(e.p.value, e.p.operator.replace("=", ""))
    level = float(e.level / 100)
    side = same_side(e.bounds, level, p, ratio=e.is_ratio)
    size = p_of_bounds(e.main.value, e.bounds, level, p, ratio=e.is_ratio)
    if side is Outcome.INCONSISTENT and size is Outcome.INCONSISTENT:
        yield _finding(
            e,
            AGAINST_P,
            f"p = {e.p.text}",
            f"the interval and p {e.p.text} disagree about significance",
            Verdict.DOUBTFUL,
        )


def _finding(
    e: Estimate, kind: str, computed: str, message: str, verdict: Verdict = Verdict.INCONSISTENT
) -> ScanFinding:
    text = f"{e.text}: {message}."
    return ScanFinding(kind, verdict, Severity.MATERIAL, e.place, (e.text,), computed, text)
