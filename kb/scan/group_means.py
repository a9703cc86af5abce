"""The means of the groups in a row of a table, with their standard deviations and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from kb.checks.means import Summary, error_of_interval
from kb.checks.rounding import Span
from kb.papers.entries import Form
from kb.papers.reading import TableFigure, TableReading
from kb.papers.statistic import Centre, Spread, declared
from kb.scan.bases import TableBases, with_sizes
from kb.scan.context import last_name
from kb.scan.places import parts_of_notes
from kb.sources.numbers import Number

_LEVEL: Final = Decimal(95)


def summaries(
    bases: TableBases, row: Sequence[TableFigure], sizes: Mapping[str, int] = MappingProxyType({})
) -> tuple[Summary, ...] | None:
    """Return the means of a row with their spreads; None unless all of its figures are means.

    ``sizes`` are those that other tables print, by the name of the group.
    """
    pairs = with_sizes(row)
    known = ((f, size or _size(bases, f) or sizes.get(last_name(f.column))) for f, size in pairs)
    groups = [s for figure, size in known if size and (s := _summary(bases.reading, figure, size))]
    return tuple(groups) if len(groups) == len(pairs) >= 2 else None


def summary_of(bases: TableBases, figure: TableFigure, size: int | None) -> Summary | None:
    """Return a mean with a declared SD or SE; ``size`` is the number of people of its row."""
    n = size or _size(bases, figure)
    is_declared = spread_of(bases.reading, figure) in (Spread.SD, Spread.SE)
    return _summary(bases.reading, figure, n) if n and is_declared else None


def _size(bases: TableBases, figure: TableFigure) -> int | None:
    return next((base.size for base in bases.printed(figure)), None)


def _summary(reading: TableReading, figure: TableFigure, n: int) -> Summary | None:
    """Return a mean with its spread: a printed one, or that of its confidence interval."""
    mean, sd, spread = figure.entry.main, figure.entry.second, spread_of(reading, figure)
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


def spread_of(reading: TableReading, figure: TableFigure) -> Spread | None:
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
