"""The plots of a study's page: its arms beside each other, endpoint by endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from kb.api.results import ClaimView
from kb.model import Group, Measure, slug
from kb.site.charts.drawing import Column, Mark, Piece, Plot, Row, Section
from kb.site.charts.plot_data import PlotRow, is_drawn, point_text, share_mark, sign
from kb.site.charts.plots import (
    EXACT,
    FEWEST,
    INTERVAL,
    PRINTED,
    Plots,
    usual_unit,
    without_empty_columns,
)
from kb.site.context import Heading, PageContext, collect
from kb.site.labels import sentence
from kb.site.tables.study import natural

MOST_ARMS: Final = 3
"""More arms than this cannot be told apart in one row."""
WHOLE_ONLY: Final = "Arms, cohorts and the whole study only; the table below has all figures."


class StudyPlots:
    """Makes the plots of one study after another."""

    def __init__(self, site: PageContext) -> None:
        """Take the site whose studies are drawn."""
        self.site = site
        self.plots = Plots(site)
        self.readings = self.plots.readings

    def of(self, study: str) -> Mapping[str, list[Plot]]:
        """Return the plots of a study by the id of the heading under which they stand."""
        settings = self.site.settings["plots"]
        made: dict[str, list[Plot]] = {}
        for heading in self.site.headings:
            found = self._under(study, heading)
            if heading.id in settings["rows"]:
                made[heading.id] = [*self._shares(heading, found), *self._medians(heading, found)]
            elif heading.id in settings["dots"]:
                made[heading.id] = list(self._dots(study, heading, found))
        return made

    def _under(self, study: str, heading: Heading) -> list[ClaimView]:
        """Return what is claimed under a heading about whole arms, cohorts or the study."""
        return [
            found
            for found in self.site.by_study.get(study, [])
            if self.site.top(found.claim.measure.endpoint) in heading.tops
            and self.readings.is_main(replace(found.claim.measure, category=""))
        ]

    # --- a row for each group ----------------------------------------------------------------

    def _shares(self, heading: Heading, found: Sequence[ClaimView]) -> Iterator[Plot]:
        plain = (f for f in found if not f.claim.measure.category)
        chosen = [f for f in plain if self.readings.is_share(f.claim)]
        base = self._base(heading, "share", f"{heading.title}: shares", "% of the group", "share")
        columns = (PRINTED, INTERVAL, EXACT)
        sections = self._by_endpoint(chosen, columns, base.id, "%")
        yield from self._finished(replace(base, columns=columns, sections=tuple(sections)))

    def _medians(self, heading: Heading, found: Sequence[ClaimView]) -> Iterator[Plot]:
        plain = (f for f in found if not f.claim.measure.category)
        chosen = [f for f in plain if self.readings.is_median_time(f.claim)]
        unit = usual_unit(self.readings.read(chosen, "any"))
        base = self._base(heading, "median", f"{heading.title}: medians", unit, "linear")
        columns = (PRINTED, INTERVAL)
        sections = self._by_endpoint(chosen, columns, base.id, unit)
        yield from self._finished(replace(base, columns=columns, sections=tuple(sections)))

    def _base(self, heading: Heading, kind: str, title: str, axis: str, scale: str) -> Plot:
        name = slug(f"plot.{heading.id}.{kind}")
        return Plot(name, title, WHOLE_ONLY, axis, scale, (), ())

    def _finished(self, plot: Plot) -> Iterator[Plot]:
        if plot.drawn >= FEWEST:
            yield without_empty_columns(plot)

    def _by_endpoint(
        self, chosen: Iterable[ClaimView], columns: tuple[Column, ...], prefix: str, unit: str
    ) -> Iterator[Section]:
        mark = share_mark if unit == "%" else self.plots.time_mark(unit)
        readings = self.readings.read(chosen, prefix)
        by_endpoint = collect((reading.measure.endpoint, reading) for reading in readings)
        for endpoint in sorted(by_endpoint, key=self.site.endpoint_order.__getitem__):
            rows = (self.plots.row(r, columns, mark, unit) for r in by_endpoint[endpoint])
            named = (replace(row, name="") for row in rows)
            title = sentence(self.site.words.label("endpoint", endpoint))
            yield Section(title, tuple(named))

    # --- all arms in one row -----------------------------------------------------------------

    def _dots(self, study: str, heading: Heading, found: Sequence[ClaimView]) -> Iterator[Plot]:
        readings = self.readings.read(
            (f for f in found if self.readings.is_share(f.claim)), f"plot.{heading.id}"
        )
        groups = self._groups(study, readings)
        if len(groups) > MOST_ARMS:
            yield from self._shares(heading, found)
            return
        columns = tuple(Column(sentence(group.label), 120) for group in groups)
        made = Plot(
            slug(f"plot.{heading.id}.dots"),
            f"{heading.title}: shares by group",
            WHOLE_ONLY,
            "% of the group",
            "share",
            columns,
            (Section("", tuple(self._dot_rows(readings, groups))),),
            series=tuple(group.label for group in groups),
        )
        if made.drawn >= FEWEST:
            yield made

    def _groups(self, study: str, readings: Iterable[PlotRow]) -> list[Group]:
        named = {reading.measure.group for reading in readings}
        return [group for group in self.site.groups_of(study) if group.id in named]

    def _dot_rows(self, readings: Iterable[PlotRow], groups: Sequence[Group]) -> Iterator[Row]:
        order = [group.id for group in groups]
        rows = collect((self._kind(r.measure), r) for r in readings)
        for alike in (rows[kind] for kind in sorted(rows, key=self._kind_order)):
            by_group = {reading.measure.group: reading for reading in alike}
            of = [by_group.get(group) for group in order]
            marks = tuple(self._dot(reading, at) for at, reading in enumerate(of))
            if not any(marks):
                continue
            first = alike[0].measure
            name = sentence(self.site.words.label("endpoint", first.endpoint))
            detail = self.readings.label(first).removeprefix(
                self.readings.who(first.study, first.group)
            )
            yield Row(
                first.study,
                name,
                detail.strip(" ·") or ("at any time" if self._has_others(first, rows) else ""),
                tuple(shown for reading in of if reading for shown in reading.shown),
                tuple(self._cell(reading) for reading in of),
                marks,
            )

    def _kind(self, measure: Measure) -> Measure:
        return replace(measure, group="")

    @staticmethod
    def _has_others(measure: Measure, kinds: Iterable[Measure]) -> bool:
        return sum(kind.endpoint == measure.endpoint for kind in kinds) > 1

    def _kind_order(self, measure: Measure) -> tuple[object, ...]:
        rank = self.site.endpoint_order[measure.endpoint]
        return (
            rank,
            natural(measure.category),
            natural(str(measure.time)),
            measure.regimen,
            measure.population,
        )

    def _cell(self, reading: PlotRow | None) -> tuple[Piece, ...]:
        if reading is None:
            return ()
        pieces = []
        for at, one in enumerate(reading.shown):
            text = point_text(one, self.site, "%")
            pieces.append(Piece(sign(one, at) + text, one.claims[0].claim.id))
        return tuple(pieces)

    def _dot(self, reading: PlotRow | None, series: int) -> Mark | None:
        drawn = reading is not None and is_drawn(reading.shown[0], ())
        mark = share_mark(reading, 0) if reading and drawn else None
        return None if mark is None else Mark(mark.value, of=mark.of, series=series)
