"""Estimates with intervals and p-values, in tables and sentences: do they fit each other?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.order import within_bounds
from kb.checks.rounding import Span, last_digit
from kb.checks.significance import distance_of_bounds, off_middle, same_side
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread, Statistic
from kb.scan.context import ScanContext
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.layout import notes, p_values_of, place_of
from kb.scan.phrases import EstimatePhrase, estimates, summaries
from kb.sources.numbers import Number
from kb.util.grouping import group_by

OUTSIDE: Final = "estimate-outside-interval"
REVERSED: Final = "limits-reversed"
ASYMMETRIC: Final = "interval-not-symmetric"
AGAINST_P: Final = "interval-against-p"
SIGN: Final = "sign-of-limit"
_LEVEL: Final = Decimal(95)
_UNSTATED: Final = (0.95, 0.9, 0.99)
_LOPSIDED: Final = re.compile(
    r"bootstrap|profile|exact|credible|posterior|bayes|percentile|clopper|hodges|median diff"
    r"|likelihood|fieller|skew",
    re.IGNORECASE,
)
"""Methods whose intervals need not be symmetric."""
_OTHER_P: Final = re.compile(r"interaction|trend|heterogen|inferior|equivalen|one-sided", re.I)
_FAR: Final = 0.6
"""How far an estimate lies from the middle, in halves of its interval, that no method explains."""
_OFF: Final = 0.25
_OFF_OF_DIFFERENCE: Final = 0.4
_OFF_AMONG_WALD: Final = 0.05
_WIDE: Final = Decimal(50)
"""The ratio of the bounds from which on an interval is of few events, and may be lopsided."""
_ENOUGH: Final = 3
_DIGITS: Final = 100
"""How many last digits a half interval has so that a middle hardly fits by chance."""


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
    level_is_printed: bool = True
    around: str = ""
    """The words around it, which may name a method."""

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
    def is_of_effect(self) -> bool:
        """Whether it is an effect, or unnamed with a confidence interval and below 0."""
        unnamed = self.statistic.centre is None and self.statistic.spread is Spread.CI
        return self.is_effect or (unnamed and self.low.value < 0)

    @property
    def is_scaled(self) -> bool:
        """Whether the estimate and its bounds differ in unit: 71% (0.52-0.91), 0.71 (52-91)."""
        return self.in_unit_of_bounds != self.main.value

    @property
    def in_unit_of_bounds(self) -> Decimal:
        """The estimate in the unit of its bounds: 0.71 for 71% (0.52-0.91)."""
        own, low, high = self.main.value, self.low.value, self.high.value
        scaled = [value for value in (own * 100, own / 100) if low <= value <= high]
        return scaled[0] if scaled and low > 0 else own

    @property
    def off(self) -> float | None:
        """How far it lies from the middle of its bounds, on the scale where it is nearest."""
        scales = [off_middle(self.main.value, self.bounds, ratio=False)]
        if self.low.value > 0:
            scales.append(off_middle(self.main.value, self.bounds, ratio=True))
        known = [off for off in scales if off is not None]
        return min(known) if known else None

    @property
    def acts_as_ratio(self) -> bool | None:
        """Whether 1 means no effect, by its name or by the scale of its middle; None if unsure."""
        if self.is_ratio or self.low.value <= 0:
            return self.is_ratio
        ratio = off_middle(self.main.value, self.bounds, ratio=True)
        difference = off_middle(self.main.value, self.bounds, ratio=False)
        if ratio == 0:
            return True if difference else None
        return False if difference == 0 else None


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield estimates that their own bounds or p-values contradict."""
    medians = (_of_phrase(p, p.statistic) for s in context.sentences for p in summaries(s))
    exact = (
        e
        for e in (*all_estimates(context), *medians)
        if not (e.main.operator or e.low.operator or e.high.operator)
    )
    for column in group_by(exact, key=lambda estimate: _column(estimate.place)).values():
        yield from _order(context, column)
        yield from _symmetry(context, column)
        yield from _p(context, column)


def _column(place: Place) -> tuple[str, str, str]:
    """Return what estimates are judged together: a column of a table, a section of the text."""
    return "" if place.table else place.section, place.table, place.column


def all_estimates(context: ScanContext) -> Iterator[Estimate]:
    """Yield the estimates of tables, then those of sentences."""
    for reading in context.readings:
        yield from of_table(reading)
    for sentence in context.sentences:
        for phrase in estimates(sentence):
            # "2.35 (SD 0.61, 95% CI 2.3-2.4)": the bounds are of another figure.
            if phrase.statistic.spread not in (Spread.SD, Spread.SE):
                yield _of_phrase(phrase, phrase.statistic.within(Statistic(spread=Spread.CI)))


def _of_phrase(phrase: EstimatePhrase, statistic: Statistic) -> Estimate:
    sentence = phrase.sentence
    return Estimate(
        phrase.main,
        phrase.low,
        phrase.high,
        phrase.p,
        phrase.level.value if phrase.level else _LEVEL,
        statistic,
        Place(sentence.section.title),
        phrase.text,
        phrase.level is not None,
        sentence.text,
    )


def of_table(reading: TableReading) -> Iterator[Estimate]:
    """Yield the estimates with bounds of a table, each with the p of its row if there is one."""
    for row in reading.rows.values():
        ps = [f for f in row if f.column.kind is ColumnKind.P and f.entry.main]
        bounded = [f for f in row if f.entry.low and f.entry.high and f.entry.main]
        for figure in bounded:
            p = figure.entry.p or _p_beside(figure, bounded, ps)
            if estimate := _estimate(reading, figure, p):
                yield estimate
    for figure in _stacked(reading):
        if estimate := _estimate(reading, figure, None):
            yield estimate


def _stacked(reading: TableReading) -> Iterator[TableFigure]:
    """Yield figures whose bounds stand in the cell below, in the same row or one without a label.

    "53.6% (30/56)" above "[95% CI: 39.7-67.0]" is a percentage with its interval.
    """
    grid = reading.table.grid
    for number, row in reading.rows.items():
        below = {f.column.index: f for f in reading.rows.get(number + 1, ()) if _is_bounds(f)}
        if not below or (
            grid[number + 1][0] != grid[number][0] and grid[number + 1][0].text.strip()
        ):
            continue
        for figure in row:
            main = figure.entry.share or figure.entry.main
            bounds = below.get(figure.column.index)
            if bounds and main and not figure.entry.low:
                limits = bounds.entry
                entry = replace(figure.entry, main=main, low=limits.low, high=limits.high)
                cells = (*figure.cells, *bounds.cells)
                yield replace(figure, cells=cells, entry=replace(entry, level=limits.level))


def _is_bounds(figure: TableFigure) -> bool:
    return figure.entry.form is Form.BOUNDS and figure.entry.high is not None


def _estimate(reading: TableReading, figure: TableFigure, p: Number | None) -> Estimate | None:
    entry = figure.entry
    if entry.main is None or entry.low is None or entry.high is None:
        return None
    level = entry.level.value if entry.level else figure.statistic.level or _LEVEL
    place = place_of(reading, figure)
    return Estimate(
        entry.main,
        entry.low,
        entry.high,
        p,
        level,
        figure.statistic,
        place,
        figure.text,
        entry.level is not None or figure.statistic.level is not None,
        notes(reading),
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
    return after[0].entry.main


def _order(context: ScanContext, column: Sequence[Estimate]) -> Iterator[ScanFinding]:
    """Yield limits in the wrong order, and estimates outside their limits."""
    ascending = sum(e.low.value <= e.high.value for e in column)
    for e in column:
        if e.is_scaled:
            continue
        context.checked[OUTSIDE] += 1
        if e.low.value > e.high.value:
            # A column may print the upper limit first; a hyphen may be a sign.
            unsigned = e.low.value < 0 and -e.low.value <= e.high.value
            if not unsigned and ascending * 2 >= len(column) - 1:
                yield _reversed(e, alone=len(column) <= _ENOUGH)
        elif within_bounds(e.main.value, e.low.value, e.high.value) is Outcome.INCONSISTENT:
            computed = f"{e.main.text} is not in {e.low.text} to {e.high.text}"
            # A mean may lie outside the quartiles of skewed data.
            skewed = e.statistic.centre is Centre.MEAN and e.statistic.spread is Spread.IQR
            verdict = Verdict.DOUBTFUL if skewed else Verdict.INCONSISTENT
            yield _finding(
                e, OUTSIDE, computed, f"{e.main.text} lies outside its own bounds", verdict
            )


def _reversed(e: Estimate, *, alone: bool) -> ScanFinding:
    computed = f"{e.low.text} > {e.high.text}"
    between = e.high.value <= e.main.value <= e.low.value
    verdict = Verdict.DOUBTFUL if alone and between else Verdict.INCONSISTENT
    return _finding(e, REVERSED, computed, "the lower limit is above the upper limit", verdict)


def _is_ordered(e: Estimate) -> bool:
    return e.low.value < e.high.value and e.low.value <= e.main.value <= e.high.value


def _symmetry(context: ScanContext, column: Sequence[Estimate]) -> Iterator[ScanFinding]:
    """Yield estimates that are far from the middle of their intervals.

    Where the other intervals of a column are symmetric within rounding, as Wald intervals are,
    so must each be.
    """
    judged = [
        (e, off)
        for e in column
        if e.is_of_effect and _is_ordered(e) and not e.is_scaled and (off := e.off) is not None
    ]
    symmetric = sum(off == 0 for _, off in judged)
    wald = symmetric >= _ENOUGH and symmetric >= 0.8 * (len(judged) - 1)
    for e, off in judged:
        context.checked[ASYMMETRIC] += 1
        if off == 0:
            continue
        verdict = _lopsided(e, off, wald=wald)
        if sign := _sign(e, short=verdict is not None):
            yield sign
        elif verdict:
            repeated = _repeated(e, column)
            surer = bool(repeated) and off > _OFF
            scale = " on the logarithmic scale" if e.is_ratio else ""
            message = f"{e.main.text} is not in the middle of its bounds{scale}{repeated}"
            yield _finding(
                e, ASYMMETRIC, _middle(e), message, Verdict.INCONSISTENT if surer else verdict
            )


def _lopsided(e: Estimate, off: float, *, wald: bool) -> Verdict | None:
    few = e.is_ratio and e.low.value > 0 and e.high.value > _WIDE * e.low.value
    if _LOPSIDED.search(e.around) or few:
        return Verdict.DOUBTFUL if off > _FAR else None
    if wald:
        sure = off > _OFF
        return Verdict.INCONSISTENT if sure else Verdict.DOUBTFUL if off > _OFF_AMONG_WALD else None
    if off > _FAR and e.is_ratio:
        return Verdict.INCONSISTENT
    return Verdict.DOUBTFUL if off > (_OFF if e.is_ratio else _OFF_OF_DIFFERENCE) else None


def _repeated(e: Estimate, column: Sequence[Estimate]) -> str:
    """Return which of its figures repeats its p or the same limit of a neighbour, in words."""
    if e.p is not None and not e.p.operator and e.p.text in (e.main.text, e.low.text, e.high.text):
        return f"; {e.p.text} is also its p-value"
    at = column.index(e)
    for other in (*column[max(0, at - 1) : at], *column[at + 1 : at + 2]):
        for name in ("low", "high"):
            mine, theirs = getattr(e, name), getattr(other, name)
            long = len(mine.value.as_tuple().digits) >= _ENOUGH
            if long and mine.text == theirs.text and other.main.text != e.main.text:
                return f"; {mine.text} is also the limit of its neighbour"
    return ""


def _sign(e: Estimate, *, short: bool) -> ScanFinding | None:
    """Return a difference whose estimate is in the middle once a sign is changed.

    Figures of few digits may fit by chance: they are judged only if ``short``.
    """
    if e.is_ratio:
        return None
    main, low, high = e.main.value, e.low.value, e.high.value
    for name, (value, bounds) in {
        e.high.text: (main, Span(low, -high)),
        e.low.text: (main, Span(-low, high)),
        e.main.text: (-main, Span(low, high)),
    }.items():
        wide = bounds.high - bounds.low > _DIGITS * max(last_digit(v) for v in (low, high, main))
        if (wide or short) and off_middle(value, bounds, ratio=False) == 0:
            verdict = Verdict.INCONSISTENT if wide else Verdict.DOUBTFUL
            centre = (bounds.low + bounds.high) / 2
            changed = f"({bounds.low} + {bounds.high})/2 = {centre}"
            message = f"it is in the middle only if the sign of {name} is changed"
            own = name == e.main.text
            computed = f"{changed}, printed {name}" if own else f"{_middle(e)}; {changed}"
            return _finding(e, SIGN, computed, message, verdict)
    return None


def _middle(e: Estimate) -> str:
    low, high = e.low.value, e.high.value
    if e.is_ratio and low > 0:
        return f"√({low} x {high}) = {(low * high).sqrt():.3g}"
    return f"({low} + {high})/2 = {(low + high) / 2:.4g}"


def _p(context: ScanContext, column: Sequence[Estimate]) -> Iterator[ScanFinding]:
    """Yield estimates whose intervals and p-values disagree."""
    judged = [(e, off) for e in column if (off := _p_off(e)) is not None]
    fitting = sum(off == 0 for _, off in judged)
    mostly = fitting >= _ENOUGH and fitting >= 0.8 * (len(judged) - 1)
    for e, off in judged:
        context.checked[AGAINST_P] += 1
        if off == 0 or e.p is None:
            continue
        apart = all(side is Outcome.INCONSISTENT for side in _sides(e))
        in_text = not e.place.table
        if not apart and not (mostly and off > 1):
            continue
        sure = off > 1 and (in_text or mostly) and apart
        verdict = Verdict.INCONSISTENT if sure else Verdict.DOUBTFUL
        words = "about significance" if apart else "in size"
        sign = e.p.operator or "="
        message = f"the interval and p {sign} {e.p.text} disagree {words}"
        yield _finding(e, AGAINST_P, f"p {sign} {e.p.text}", message, verdict)


def _levels(e: Estimate) -> Sequence[float]:
    return (float(e.level / 100),) if e.level_is_printed else _UNSTATED


def _p_off(e: Estimate) -> float | None:
    """Return how far the p lies from that of the interval; None if they cannot be compared."""
    span = p_values_of(e.p) if e.p is not None else None
    ratio = e.acts_as_ratio
    if span is None or ratio is None or not e.is_effect or not _is_ordered(e):
        return None
    if not e.place.table and _OTHER_P.search(e.around):
        return None
    offs = [
        distance_of_bounds(e.main.value, e.bounds, level, span, ratio=ratio) for level in _levels(e)
    ]
    known = [off for off in offs if off is not None]
    return min(known) if known else None


def _sides(e: Estimate) -> Iterator[Outcome]:
    span = p_values_of(e.p) if e.p is not None else None
    if span is not None:
        for level in _levels(e):
            yield same_side(e.bounds, level, span, ratio=bool(e.acts_as_ratio))


def _finding(
    e: Estimate, kind: str, computed: str, message: str, verdict: Verdict = Verdict.INCONSISTENT
) -> ScanFinding:
    text = f"{e.text}: {message}."
    return ScanFinding(kind, verdict, Severity.MATERIAL, e.place, (e.text,), computed, text)
