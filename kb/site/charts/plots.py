"""Plots of an endpoint: proportions, median times and ratios, with a row for each measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import compress
from math import inf
from typing import Final

from kb.api.results import ClaimView
from kb.model import Claim, Measure, Time, slug
from kb.records.vocabulary import Term
from kb.site.charts.drawing import Column, Mark, Piece, Plot, Row, Section
from kb.site.charts.plot_data import (
    PlotData,
    PlotRow,
    derived_text,
    interval_text,
    is_drawn,
    point_text,
    printed_mark,
    share_mark,
    sign,
)
from kb.site.charts.scales import SHARE
from kb.site.context import PageContext, collect
from kb.site.labels import sentence
from kb.site.tables.figures import DisplayedFigure
from kb.site.tables.group_sizes import sizes_text
from kb.site.tables.study import natural

FEWEST: Final = 2
"""A plot has at least this many rows with a mark."""
PRINTED: Final = Column("Reported", 108)
INTERVAL: Final = Column("95% CI, reported", 210)
EXACT: Final = Column("95% CI, derived", 114, derived=True)
WIDE: Final = Column("95% CI, reported", 236)
P_VALUE: Final = Column("p, reported", 70)
SIZE: Final = Column("n of the group", 62)
_DAYS: Final = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}

Marker = Callable[[PlotRow, int], Mark | None]
"""Draws one figure of a row."""

LISTED: Final = "Studies differ in patients and design: listing them together is not a comparison."


class Plots:
    """Makes plots of the claims of a site."""

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self.data = PlotData(site)
        self.settings = site.settings["plots"]

    def of_concept(self, term: Term, views: Sequence[ClaimView]) -> list[Plot]:
        """Return the plots of a concept's page.

        Those of an endpoint and the narrower ones, or of the endpoints in the settings.
        """
        if term.scheme == "endpoint":
            narrower = self.site.vocabulary.narrower("endpoint", term.notation)
            order = self.site.endpoint_order
            endpoints = sorted(narrower, key=lambda e: (e != term.notation, order[e]))
        else:
            endpoints = [e for e in self.settings["endpoints"] if e in self.site.endpoint_order]
        by_endpoint = collect((view.claim.measure.endpoint, view) for view in views)
        return [
            plot
            for endpoint in endpoints
            for plot in self._of_endpoint(endpoint, by_endpoint.get(endpoint, []))
        ]

    def _of_endpoint(self, endpoint: str, views: Sequence[ClaimView]) -> list[Plot]:
        """Return the plots of one endpoint: proportions, or times before those, and ratios."""
        # Related concepts have the same claims on an endpoint.
        key = ("plots", endpoint, *(view.iri for view in views))
        kinds = [self._shares, self._medians, self._ratios]
        if self.data.is_by_time(endpoint):
            kinds = [self._medians, self._ratios, self._shares]
        return self.site.memo(key, lambda: [p for kind in kinds for p in kind(endpoint, views)])

    def _shares(self, endpoint: str, views: Sequence[ClaimView]) -> Iterator[Plot]:
        name = sentence(self.site.labels.label("endpoint", endpoint))
        by_time = self.data.is_by_time(endpoint)
        plot = Plot(
            slug(f"plot.{endpoint}.share"),
            f"{name} at a time" if by_time else name,
            LISTED,
            "% of the group",
            "share",
            (PRINTED, INTERVAL, EXACT),
            (),
            measure=f"{endpoint}.rate",
        )
        rows = self.rows(views, self.data.is_share, endpoint)
        yield from self._parts(plot, rows, share_mark, by_time)

    def _medians(self, endpoint: str, views: Sequence[ClaimView]) -> Iterator[Plot]:
        rows = self.rows(views, self.data.is_median_time, endpoint)
        unit = usual_unit(rows)
        plot = Plot(
            slug(f"plot.{endpoint}.median"),
            f"Median {self.site.labels.label('endpoint', endpoint)}",
            LISTED,
            unit,
            "linear",
            (PRINTED, INTERVAL, SIZE),
            (),
            measure=f"{endpoint}.median",
        )
        yield from self._parts(plot, rows, self.time_mark(unit))

    def time_mark(self, unit: str) -> Marker:
        """Draw a time in the plot's own unit; one in another unit is only written."""
        beyond = self.settings["beyond"]
        return lambda row, at: printed_mark(row, at, unit, beyond)

    def _ratios(self, endpoint: str, views: Sequence[ClaimView]) -> Iterator[Plot]:
        ratios = (view for view in views if self.data.is_ratio(view.claim))
        by_statistic = collect((view.claim.measure.statistic, view) for view in ratios)
        for statistic, chosen in sorted(by_statistic.items()):
            label = self.site.labels.label("statistic", statistic)
            plot = Plot(
                slug(f"plot.{endpoint}.{statistic}"),
                f"{sentence(self.site.labels.label('endpoint', endpoint))}: {label}",
                "The group named first is compared with the second. " + LISTED,
                f"{label}, on a logarithmic scale",
                "log",
                (PRINTED, WIDE, P_VALUE),
                (),
                favours=self.favours(endpoint),
                measure=f"{endpoint}.{statistic}",
            )
            yield from self._parts(
                plot, self.rows(chosen, self.data.is_ratio, endpoint), _ratio_mark
            )

    def favours(self, endpoint: str) -> tuple[str, str]:
        """Name the group that each side of 1 favours, where the settings define it."""
        top = self.site.top(endpoint)
        if top in self.settings["lower_is_better"]:
            return "← favours the group named first", "favours the group named second →"
        if top in self.settings["higher_is_better"]:
            return "← favours the group named second", "favours the group named first →"
        return "", ""

    def rows(
        self, views: Iterable[ClaimView], wanted: Callable[[Claim], bool], name: str
    ) -> list[PlotRow]:
        """Return the rows of wanted claims; the ids of their figures contain the name."""
        return self.data.rows((view for view in views if wanted(view.claim)), f"plot.{name}")

    # --- parts of a plot, and its rows -------------------------------------------------------

    def _parts(
        self, plot: Plot, rows: Sequence[PlotRow], mark: Marker, by_time: bool = False
    ) -> Iterator[Plot]:
        """Yield a plot of whole groups, one of those among responders, one of all others."""
        parts = collect((self.part(row.measure), row) for row in rows)
        among = (self.settings["among"].get(self.site.top(row.measure.endpoint)) for row in rows)
        titles = {
            "main": plot.title,
            "among": f"{plot.title}, among {next(filter(None, among), '')}",
            "more": f"{plot.title}, in subgroups and by category",
        }
        for part, title in titles.items():
            yield from finished(
                replace(
                    plot,
                    id=plot.id if part == "main" else f"{plot.id}.{part}",
                    title=title,
                    sections=tuple(self._sections(plot, parts.get(part, []), mark, by_time)),
                    collapsed=part == "more",
                )
            )

    def part(self, measure: Measure) -> str:
        """Return which part has a measure: main, among responders, or more."""
        by_category = self.site.top(measure.endpoint) in self.settings["by_category"]
        if self.data.is_main(replace(measure, category="") if by_category else measure):
            return "main"
        return "among" if self.data.is_among(measure) else "more"

    def _sections(
        self, plot: Plot, rows: Sequence[PlotRow], mark: Marker, by_time: bool
    ) -> Iterator[Section]:
        """Yield the rows by time, or by population."""
        if by_time:
            by_heading = collect((row.measure.time.at, row) for row in rows)
            for time in sorted(by_heading, key=duration):
                text = (
                    self.site.vocabulary.time_text(Time(at=time)) if time else "at no stated time"
                )
                drawn = (self.row(plot, row, mark, with_time=False) for row in by_heading[time])
                yield Section(sentence(text), tuple(drawn))
            return
        by_heading = collect((self.heading(row.measure), row) for row in rows)
        for population in sorted(by_heading, key=self.heading_order):
            title = sentence(self.site.labels.label("population", population))
            yield Section(title, tuple(self.row(plot, row, mark) for row in by_heading[population]))

    def row(self, plot: Plot, row: PlotRow, mark: Marker, with_time: bool = True) -> Row:
        """Draw one measure: its marks, and its figures in the columns."""
        measure, figures = row.measure, row.figures
        unit = "%" if plot.kind == SHARE else plot.axis
        marks = (
            mark(row, at) if is_drawn(figure, figures[:at]) else None
            for at, figure in enumerate(figures)
        )
        cells = (
            tuple(self._piece(column, row, at, unit) for at in range(len(figures)))
            for column in plot.columns
        )
        return Row(
            measure.study,
            self.site.studies[measure.study].name,
            self.data.label(measure, with_time),
            figures,
            tuple(cells),
            tuple(marks),
            row.methods(),
        )

    def _piece(self, column: Column, row: PlotRow, at: int, unit: str) -> Piece:
        figure = row.figures[at]
        if column == PRINTED:
            return figure_piece(figure, at, self.site, unit)
        if column == SIZE:
            return Piece(sizes_text(self.site, figure.claims))
        if column == EXACT:
            return Piece(derived_text(row, at))
        if column == P_VALUE:
            p_values = (view.claim.result.p_printed.lstrip("=") for view in figure.claims)
            return Piece(" / ".join(dict.fromkeys(filter(None, p_values))))
        printed = row.printed(at)
        has_point = any(one.value is not None or one.text_value for one in printed)
        return Piece(interval_text(printed) if has_point else "")

    def heading(self, measure: Measure) -> str:
        """Return the population that heads a row: one of the settings, or its own."""
        own = self.data.population(measure)
        vocabulary = self.site.vocabulary
        usual = (p for p in self.settings["populations"] if vocabulary.knows("population", p))
        within = (p for p in usual if own in vocabulary.narrower("population", p))
        return next(within, own)

    def heading_order(self, population: str) -> tuple[int, int]:
        """Sort key of headings: the populations of the settings, then the others."""
        usual = list(self.settings["populations"])
        place = usual.index(population) if population in usual else len(usual)
        return place, list(self.site.vocabulary.schemes["population"]).index(population)


def figure_piece(figure: DisplayedFigure, at: int, site: PageContext, unit: str) -> Piece:
    """Write the printed figure of a mark, with its sign and the claim that it leads to."""
    return Piece(sign(figure, at) + point_text(figure, site, unit), figure.claims[0].claim.id)


def _ratio_mark(row: PlotRow, at: int) -> Mark | None:
    return printed_mark(row, at, row.printed(at)[0].unit)


def duration(text: str) -> tuple[float, list[tuple[int, str]]]:
    """Sort key that puts 18 months between 1 and 2 years, and what is not a duration last.

    >>> sorted(["2 years", "", "18 months", "1 year"], key=duration)
    ['1 year', '18 months', '2 years', '']
    """
    number, _, unit = text.partition(" ")
    days = _DAYS.get(unit.removesuffix("s"))
    is_length = days is not None and number.replace(".", "", 1).isdigit()
    return (float(number) * days if is_length and days else inf), natural(text)


def usual_unit(rows: Iterable[PlotRow]) -> str:
    """Return the unit of most of the values; those in others are written, and not drawn."""
    figures = (f for row in rows for at in range(len(row.figures)) for f in row.printed(at))
    units = [figure.unit for figure in figures if figure.value is not None]
    return max(sorted(set(units)), key=units.count, default="")


def finished(plot: Plot) -> Iterator[Plot]:
    """Yield a plot without its empty columns, unless too few of its rows have a mark."""
    if plot.drawn < FEWEST:
        return
    used = [
        at == 0 or any(piece.text for row in plot.rows for piece in row.cells[at])
        for at in range(len(plot.columns))
    ]

    def compact(row: Row) -> Row:
        return replace(row, cells=tuple(compress(row.cells, used)))

    sections = (replace(s, rows=tuple(map(compact, s.rows))) for s in plot.sections)
    columns = tuple(compress(plot.columns, used))
    yield replace(plot, columns=columns, sections=tuple(sections))
