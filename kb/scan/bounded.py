"""Figures with bounds of a paper: estimates with intervals, medians with quartiles or ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kb.checks.rounding import Span
from kb.checks.significance import off_middle
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread, Statistic, declared
from kb.scan.context import ScanContext
from kb.scan.finding import Place
from kb.scan.phrases import EstimatePhrase, estimates
from kb.scan.places import notes, parts_of_notes, place_of
from kb.sources.numbers import Number

_LEVEL: Final = Decimal(95)
_CHANGE: Final = re.compile(r"change|Δ|difference|reduction|gain|loss", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with two bounds, and what the paper states about it."""

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
    is_compared: bool = False
    """Whether its column compares groups, whatever it names."""

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
        """Whether the bounds are a confidence interval of an effect, named or not."""
        centre, spread = self.statistic.centre, self.statistic.spread
        if centre is None:
            return self.is_compared and spread is Spread.CI
        return centre.is_effect and spread in (None, Spread.CI)

    @property
    def is_of_effect(self) -> bool:
        """Whether its interval is usually symmetric: that of an effect or a mean.

        So is an unnamed interval that holds values below 0, or stands where groups are compared.
        """
        centre, spread = self.statistic.centre, self.statistic.spread
        is_mean = centre is Centre.MEAN and spread is Spread.CI
        is_unnamed = centre is None and spread is Spread.CI
        return self.is_effect or is_mean or (is_unnamed and self.low.value < 0)

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

    def off(self, *, ratio: bool | None = None) -> float | None:
        """Return how far it lies from the middle of its bounds; None if it has no middle.

        On the scale where it is nearest, unless ``ratio`` selects one.
        """
        known = [off for scale, off in self._offs if ratio in (None, scale) and off is not None]
        return min(known) if known else None

    @property
    def _offs(self) -> list[tuple[bool, float | None]]:
        """Return it for each scale that is possible: a ratio from 0.0 on shows no middle."""
        above = self.low.value > 0
        # The words of a sentence name a difference that need not be this one.
        is_difference = self.statistic.centre is Centre.DIFFERENCE and bool(self.place.table)
        scales = (False,) if is_difference else (False, True) if above else ()
        if not above and not self.is_ratio:
            scales = (False,)
        return [(r, off_middle(self.main.value, self.bounds, ratio=r)) for r in scales]

    @property
    def shows_scale(self) -> bool | None:
        """Whether it is symmetric on the logarithmic scale only; None if on both, or neither."""
        ratio, difference = self.off(ratio=True), self.off(ratio=False)
        if self.low.value <= 0:
            return False if difference == 0 else None
        if ratio is None or difference is None or bool(ratio) == bool(difference):
            return None
        return ratio == 0

    @property
    def acts_as_ratio(self) -> bool | None:
        """Whether 1 means no effect, by its name or by the scale of its middle; None if unsure."""
        return self.is_ratio if self.is_ratio or self.low.value <= 0 else self.shows_scale


def all_estimates(context: ScanContext) -> Iterator[Estimate]:
    """Yield the estimates of tables, then those of sentences."""
    for reading in context.readings:
        yield from of_table(reading)
    for sentence in context.sentences:
        for phrase in estimates(sentence):
            # "2.35 (SD 0.61, 95% CI 2.3-2.4)": the bounds are of another figure.
            if phrase.statistic.spread not in (Spread.SD, Spread.SE):
                yield of_phrase(phrase, phrase.statistic.within(Statistic(spread=Spread.CI)))


def of_phrase(phrase: EstimatePhrase, statistic: Statistic) -> Estimate:
    """Return an estimate of a sentence."""
    sentence = phrase.sentence
    return Estimate(
        phrase.main,
        phrase.low,
        phrase.high,
        phrase.p,
        phrase.level.value if phrase.level else _LEVEL,
        statistic,
        sentence.place,
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
        _named(reading, figure),
        place,
        figure.text,
        entry.level is not None or figure.statistic.level is not None,
        notes(reading),
        figure.column.kind is ColumnKind.EFFECT,
    )


def _named(reading: TableReading, figure: TableFigure) -> Statistic:
    """Return what a figure is: a mean change is a difference; notes may name what labels do not."""
    own = figure.statistic
    if own.centre is Centre.MEAN and own.spread is Spread.CI and _is_change(reading, figure):
        return replace(own, centre=Centre.DIFFERENCE)
    is_open = own.centre is None and own.spread in (None, Spread.CI)
    if not is_open or figure.entry.form is Form.BOUNDS:
        return own
    is_effect = figure.column.kind is ColumnKind.EFFECT
    if not is_effect and any(c.kind is ColumnKind.EFFECT for c in reading.columns):
        return own
    named = {
        noted.centre
        for text in parts_of_notes(reading)
        if (noted := declared(text)).spread is Spread.CI or is_effect
        if noted.centre and (noted.centre.is_ratio or (is_effect and noted.centre.is_effect))
    }
    return replace(own, centre=named.pop(), spread=Spread.CI) if len(named) == 1 else own


def _is_change(reading: TableReading, figure: TableFigure) -> bool:
    labels = (*reading.table.row_path(figure.row), *figure.column.path)
    return any(map(_CHANGE.search, labels))


def _p_beside(
    figure: TableFigure, bounded: list[TableFigure], ps: list[TableFigure]
) -> Number | None:
    """Return the p of the column to the right of an estimate, before the next estimate."""
    after = [f for f in ps if f.column.index > figure.column.index]
    if not after or after[0].statistic.trend or figure.statistic.trend:
        return None
    between = [f for f in bounded if figure.column.index < f.column.index < after[0].column.index]
    if between or not (figure.column.kind is ColumnKind.EFFECT or _is_alone(figure, bounded, ps)):
        return None
    return after[0].entry.main


def _is_alone(figure: TableFigure, bounded: list[TableFigure], ps: list[TableFigure]) -> bool:
    """Whether a p stands right beside a figure, and no other since the last p: it is its own."""
    index = figure.column.index
    last = max((p.column.index for p in ps if p.column.index < index), default=0)
    others = [f for f in bounded if last < f.column.index < index]
    beside = [p for p in ps if p.column.index == figure.cells[-1].column + 1]
    # A p across several rows compares them.
    return not others and any(p.cells[0].rows == 1 for p in beside)
