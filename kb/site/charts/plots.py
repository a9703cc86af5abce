"""Which plots a page has: shares, median times and ratios, each of one endpoint or heading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from kb.api.results import ClaimView
from kb.model import Claim, Measure, slug
from kb.records.vocabulary import Term
from kb.site.charts.drawing import Column, Mark, Piece, Plot, Row, Section
from kb.site.charts.plot_data import (
    PlotData,
    PlotRow,
    bounds_text,
    derived_text,
    is_drawn,
    point_text,
    printed_mark,
    share_mark,
    sign,
)
from kb.site.charts.scales import SHARE
from kb.site.context import PageContext, collect
from kb.site.labels import sentence
from kb.site.tables.study import natural

FEWEST: Final = 2
"""A plot has at least as many rows with a mark."""
PRINTED: Final = Column("Printed", 108)
INTERVAL: Final = Column("95% CI, printed", 106)
EXACT: Final = Column("95% CI, derived", 114, derived=True)
WIDE: Final = Column("95% CI, printed", 136)
P_VALUE: Final = Column("p, printed", 70)
_DAYS: Final = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}

Marker = Callable[[PlotRow, int], Mark | None]
Heading = Callable[[PlotRow], str]

LISTED: Final = "Studies differ in people and design; a list compares nothing."


class Plots:
    """Makes plots of claims."""

    def __init__(self, site: PageContext) -> None:
        """Take the site whose claims are drawn."""
        self.site = site
        self.readings = PlotData(site)
        self.settings = site.settings["plots"]

    # --- pages of concepts -------------------------------------------------------------------

    def of_concept(self, term: Term, found: Sequence[ClaimView]) -> list[Plot]:
        """Return the plots of a concept's page.

        Those of an endpoint and what is narrower, or of the endpoints that the settings name.
        """
        if term.scheme == "endpoint":
            narrower = self.site.vocabulary.narrower("endpoint", term.notation)
            endpoints = sorted(narrower, key=lambda e: (e != term.notation, self._rank(e)))
        else:
            endpoints = [e for e in self.settings["endpoints"] if e in self.site.endpoint_order]
        by_endpoint = collect((one.claim.measure.endpoint, one) for one in found)
        return [
            plot
            for endpoint in endpoints
            for plot in self._of_same(endpoint, by_endpoint.get(endpoint, []))
        ]

    def _of_same(self, endpoint: str, found: Sequence[ClaimView]) -> list[Plot]:
        """Return the plots of an endpoint: concepts that are close have the same claims."""
        key = ("plots", endpoint, *(one.iri for one in found))
        return self.site.once(key, lambda: list(self.of_endpoint(endpoint, found)))

    def _rank(self, endpoint: str) -> int:
        return self.site.endpoint_order[endpoint]

    def of_endpoint(self, endpoint: str, found: Sequence[ClaimView]) -> Iterator[Plot]:
        """Yield the plots of one endpoint: shares, medians and ratios, whole groups first."""
        name = self.site.words.label("endpoint", endpoint)
        for of_kind in (self._shares, self._medians, self._ratios):
            yield from of_kind(endpoint, name, found)

    def _chosen(
        self, found: Iterable[ClaimView], wanted: Callable[[Claim], bool], prefix: str
    ) -> list[PlotRow]:
        return self.readings.read((one for one in found if wanted(one.claim)), prefix)

    def _shares(self, endpoint: str, name: str, found: Sequence[ClaimView]) -> Iterator[Plot]:
        chosen = self._chosen(found, self.readings.is_share, f"plot.{endpoint}")
        by_time = self.site.top(endpoint) in self.settings["by_time"]
        heading = self._landmark if by_time else self._population
        title = f"{sentence(name)} at a time" if by_time else sentence(name)
        base = Plot(
            slug(f"plot.{endpoint}.share"), title, LISTED, "% of the group", "share", (), ()
        )
        columns = (PRINTED, INTERVAL, EXACT)
        yield from self._parted(replace(base, columns=columns), chosen, share_mark, heading)

    def _medians(self, endpoint: str, name: str, found: Sequence[ClaimView]) -> Iterator[Plot]:
        chosen = self._chosen(found, self.readings.is_median_time, f"plot.{endpoint}")
        unit = usual_unit(chosen)
        base = Plot(
            slug(f"plot.{endpoint}.median"),
            f"Median {name}",
            LISTED,
            unit,
            "linear",
            (PRINTED, INTERVAL),
            (),
        )
        yield from self._parted(base, chosen, self.time_mark(unit), self._population)

    def time_mark(self, unit: str) -> Marker:
        """Draw a time in the plot's own unit; one in another unit has no place."""
        beyond = self.settings["beyond"]
        return lambda reading, at: printed_mark(reading, at, unit, beyond)

    def _ratios(self, endpoint: str, name: str, found: Sequence[ClaimView]) -> Iterator[Plot]:
        ratios = (one for one in found if self.readings.is_ratio(one.claim))
        by_statistic = collect((one.claim.measure.statistic, one) for one in ratios)
        for statistic, claims in sorted(by_statistic.items()):
            chosen = self.readings.read(claims, f"plot.{endpoint}")
            label = self.site.words.label("statistic", statistic)
            base = Plot(
                slug(f"plot.{endpoint}.{statistic}"),
                f"{sentence(name)}: {label}",
                "The group named first is compared with the second. " + LISTED,
                f"{label}, on a logarithmic scale",
                "log",
                (PRINTED, WIDE, P_VALUE),
                (),
                favours=self._favours(endpoint),
            )
            yield from self._parted(base, chosen, _ratio_mark, self._population)

    def _favours(self, endpoint: str) -> tuple[str, str]:
        """Say which group each side of 1 is better for, where the settings know it."""
        sides = ("← favours the group named first", "favours the group named second →")
        top = self.site.top(endpoint)
        if top in self.settings["lower_is_better"]:
            return sides
        if top in self.settings["higher_is_better"]:
            return "← favours the group named second", "favours the group named first →"
        return "", ""

    # --- parts of a plot, and its rows -------------------------------------------------------

    def _parted(
        self,
        base: Plot,
        chosen: Sequence[PlotRow],
        mark: Marker,
        heading: Heading,
    ) -> Iterator[Plot]:
        """Yield a plot of whole groups, one of those among responders, one of all others."""
        parts = collect((self._part(reading.measure), reading) for reading in chosen)
        titles = {
            "main": base.title,
            "among": f"{base.title}, among {self._among(chosen)}",
            "more": f"{base.title}, in subgroups and by category",
        }
        for part, title in titles.items():
            made = replace(
                base,
                id=base.id if part == "main" else f"{base.id}.{part}",
                title=title,
                sections=tuple(self._sections(base, parts.get(part, []), mark, heading)),
                collapsed=part == "more",
            )
            if made.drawn >= FEWEST:
                yield without_empty_columns(made)

    def _part(self, measure: Measure) -> str:
        by_category = self.site.top(measure.endpoint) in self.settings["by_category"]
        if self.readings.is_main(replace(measure, category="") if by_category else measure):
            return "main"
        return "among" if self.readings.is_among(measure) else "more"

    def _among(self, chosen: Sequence[PlotRow]) -> str:
        tops = (self.site.top(reading.measure.endpoint) for reading in chosen)
        return next((self.settings["among"][t] for t in tops if t in self.settings["among"]), "")

    def _sections(
        self, base: Plot, chosen: Sequence[PlotRow], mark: Marker, heading: Heading
    ) -> Iterator[Section]:
        unit = "%" if base.kind == SHARE else base.axis
        rows = collect((heading(reading), reading) for reading in chosen)
        by_time = heading == self._landmark
        order = sorted(rows, key=duration) if by_time else sorted(rows, key=self._heading_order)
        for title in order:
            made = (self.row(r, base.columns, mark, unit) for r in rows[title])
            without = (
                replace(row, label=self.readings.label(r.measure, with_time=False))
                for row, r in zip(made, rows[title], strict=True)
            )
            yield Section(self._title(title, by_time), tuple(without if by_time else made))

    def row(self, reading: PlotRow, columns: tuple[Column, ...], mark: Marker, unit: str) -> Row:
        """Make the row of one measure: its marks, and its figures in the columns."""
        measure, shown = reading.measure, reading.shown
        marks = tuple(
            mark(reading, at) if is_drawn(one, shown[:at]) else None for at, one in enumerate(shown)
        )
        cells = tuple(
            tuple(self._cell(column, reading, at, unit) for at in range(len(shown)))
            for column in columns
        )
        name = self.site.studies[measure.study].name
        return Row(
            measure.study,
            name,
            self.readings.label(measure),
            shown,
            cells,
            marks,
            reading.methods(),
        )

    def _cell(self, column: Column, reading: PlotRow, at: int, unit: str) -> Piece:
        claim = reading.shown[at].claims[0].claim.id if column == PRINTED else ""
        return Piece(self._text(column, reading, at, unit), claim)

    def _text(self, column: Column, reading: PlotRow, at: int, unit: str) -> str:
        if column == PRINTED:
            return sign(reading.shown[at], at) + point_text(reading.shown[at], self.site, unit)
        if column == EXACT:
            return derived_text(reading, at)
        if column == P_VALUE:
            verdicts = (f.claim.result.p_printed for f in reading.shown[at].claims)
            return next(filter(None, verdicts), "").lstrip("=")
        figures = reading.figures(at)
        has_point = any(figure.value is not None or figure.text_value for figure in figures)
        return bounds_text(figures) if has_point else ""

    # --- headings ----------------------------------------------------------------------------

    def _landmark(self, reading: PlotRow) -> str:
        return reading.measure.time.at

    def _population(self, reading: PlotRow) -> str:
        """Return the population under which a row stands: a usual one, or its own."""
        own = self.readings.population(reading.measure)
        vocabulary = self.site.vocabulary
        usual = (p for p in self.settings["populations"] if vocabulary.knows("population", p))
        within = (p for p in usual if own in vocabulary.narrower("population", p))
        return next(within, own)

    def _heading_order(self, population: str) -> tuple[int, int]:
        usual = list(self.settings["populations"])
        place = usual.index(population) if population in usual else len(usual)
        return place, list(self.site.vocabulary.schemes["population"]).index(population)

    def _title(self, heading: str, by_time: bool) -> str:
        if by_time:
            return f"At {heading}" if heading else "At no stated time"
        return sentence(self.site.words.label("population", heading))


def _ratio_mark(reading: PlotRow, at: int) -> Mark | None:
    return printed_mark(reading, at, reading.figures(at)[0].unit)


def duration(text: str) -> tuple[float, list[tuple[int, str]]]:
    """Sort key that puts 18 months between 1 and 2 years, and what is no duration last.

    >>> sorted(["2 years", "", "18 months", "1 year"], key=duration)
    ['1 year', '18 months', '2 years', '']
    """
    number, _, unit = text.partition(" ")
    days = _DAYS.get(unit.removesuffix("s"))
    is_length = days is not None and number.replace(".", "", 1).isdigit()
    return (float(number) * days if is_length and days else inf), natural(text)


def usual_unit(chosen: Iterable[PlotRow]) -> str:
    """Return the unit of most of the values; the others are written, and have no place."""
    units = [
        figure.unit
        for reading in chosen
        for at in range(len(reading.shown))
        for figure in reading.figures(at)
        if figure.value is not None
    ]
    return max(sorted(set(units)), key=units.count, default="")


def without_empty_columns(plot: Plot) -> Plot:
    """Leave out columns in which nothing stands, but for the first."""
    kept = [
        at
        for at in range(len(plot.columns))
        if at == 0 or any(piece.text for row in plot.rows for piece in row.cells[at])
    ]
    sections = tuple(
        Section(
            section.title,
            tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in section.rows),
        )
        for section in plot.sections
    )
    return replace(plot, columns=tuple(plot.columns[at] for at in kept), sections=sections)
