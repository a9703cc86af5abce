"""The plots of a study's page: its arms beside each other, endpoint by endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from kb.api.results import ClaimView
from kb.model import Measure, slug
from kb.site.charts.drawing import Column, Mark, Plot, Row, Section
from kb.site.charts.plot_data import PlotRow, is_drawn, share_mark
from kb.site.charts.plots import (
    EXACT,
    FEWEST,
    INTERVAL,
    PRINTED,
    Marker,
    Plots,
    figure_piece,
    finished,
    usual_unit,
)
from kb.site.context import Heading, PageContext, collect
from kb.site.labels import sentence
from kb.site.tables.study import natural

MOST_ARMS: Final = 3
"""More arms than this cannot be distinguished in one row."""
WHOLE_ONLY: Final = "Arms, cohorts and the whole study only; the table below has all figures."


class StudyPlots:
    """Makes the plots of one study after another."""

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self.plots = Plots(site)
        self.data = self.plots.data

    def of(self, study: str) -> Mapping[str, list[Plot]]:
        """Return the plots of a study by the id of the heading of their section."""
        settings = self.site.settings["plots"]
        by_heading: dict[str, list[Plot]] = {}
        for heading in self.site.headings:
            # Only claims about whole arms, cohorts or the study.
            views = [
                view
                for view in self.site.by_study.get(study, [])
                if self.site.top(view.claim.measure.endpoint) in heading.tops
                and self.data.is_main(replace(view.claim.measure, category=""))
            ]
            if heading.id in settings["rows"]:
                plain = [view for view in views if not view.claim.measure.category]
                medians = self._medians(heading, plain)
                by_heading[heading.id] = [*self._shares(heading, plain), *medians]
            elif heading.id in settings["dots"]:
                by_heading[heading.id] = list(self._dots(study, heading, views))
        return by_heading

    # --- a row for each group ----------------------------------------------------------------

    def _shares(self, heading: Heading, views: Sequence[ClaimView]) -> Iterator[Plot]:
        plot = Plot(
            slug(f"plot.{heading.id}.share"),
            f"{heading.title}: proportions",
            WHOLE_ONLY,
            "% of the group",
            "share",
            (PRINTED, INTERVAL, EXACT),
            (),
        )
        rows = self.data.rows((v for v in views if self.data.is_share(v.claim)), plot.id)
        yield from self._by_endpoint(plot, rows, share_mark)

    def _medians(self, heading: Heading, views: Sequence[ClaimView]) -> Iterator[Plot]:
        name = slug(f"plot.{heading.id}.median")
        rows = self.data.rows((v for v in views if self.data.is_median_time(v.claim)), name)
        unit = usual_unit(rows)
        title = f"{heading.title}: medians"
        plot = Plot(name, title, WHOLE_ONLY, unit, "linear", (PRINTED, INTERVAL), ())
        yield from self._by_endpoint(plot, rows, self.plots.time_mark(unit))

    def _by_endpoint(self, plot: Plot, rows: Iterable[PlotRow], mark: Marker) -> Iterator[Plot]:
        by_endpoint = collect((row.measure.endpoint, row) for row in rows)
        sections = (
            Section(
                sentence(self.site.labels.label("endpoint", endpoint)),
                tuple(
                    replace(self.plots.row(plot, r, mark), name="") for r in by_endpoint[endpoint]
                ),
            )
            for endpoint in sorted(by_endpoint, key=self.site.endpoint_order.__getitem__)
        )
        yield from finished(replace(plot, sections=tuple(sections)))

    # --- all arms in one row -----------------------------------------------------------------

    def _dots(self, study: str, heading: Heading, views: Sequence[ClaimView]) -> Iterator[Plot]:
        rows = self.plots.rows(views, self.data.is_share, heading.id)
        named = {row.measure.group for row in rows}
        groups = [group for group in self.site.groups_of(study) if group.id in named]
        if len(groups) > MOST_ARMS:
            yield from self._shares(heading, [v for v in views if not v.claim.measure.category])
            return
        plot = Plot(
            slug(f"plot.{heading.id}.dots"),
            f"{heading.title}: proportions by group",
            WHOLE_ONLY,
            "% of the group",
            "share",
            tuple(Column(sentence(group.label), 120) for group in groups),
            (Section("", tuple(self._dot_rows(rows, [group.id for group in groups]))),),
            series=tuple(group.label for group in groups),
        )
        if plot.drawn >= FEWEST:
            yield plot

    def _dot_rows(self, rows: Iterable[PlotRow], groups: Sequence[str]) -> Iterator[Row]:
        """Yield a row for each measure, with a mark for each group."""
        kinds = collect((replace(row.measure, group=""), row) for row in rows)
        for kind in sorted(kinds, key=self._order):
            by_group = {row.measure.group: row for row in kinds[kind]}
            cells = [by_group.get(group) for group in groups]
            marks = tuple(_dot(row, at) for at, row in enumerate(cells))
            if not any(marks):
                continue
            first = kinds[kind][0].measure
            who = self.data.who(first.study, first.group)
            detail = self.data.label(first).removeprefix(who).strip(" ·")
            has_others = sum(other.endpoint == kind.endpoint for other in kinds) > 1
            yield Row(
                first.study,
                sentence(self.site.labels.label("endpoint", first.endpoint)),
                detail or ("at any time" if has_others else ""),
                tuple(figure for row in cells if row for figure in row.figures),
                tuple(
                    tuple(
                        figure_piece(figure, at, self.site, "%")
                        for at, figure in enumerate(row.figures if row else ())
                    )
                    for row in cells
                ),
                marks,
            )

    def _order(self, measure: Measure) -> tuple[object, ...]:
        rank = self.site.endpoint_order[measure.endpoint]
        detail = (natural(measure.category), natural(str(measure.time)))
        return (rank, *detail, measure.regimen, measure.population)


def _dot(row: PlotRow | None, series: int) -> Mark | None:
    mark = share_mark(row, 0) if row and is_drawn(row.figures[0], ()) else None
    return None if mark is None else Mark(mark.value, of=mark.of, series=series)
