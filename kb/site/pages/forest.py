"""The forest-plot builder: rows for a reader to tick, of one kind of measure on one axis.

Everything about a row is computed here, its exact interval too; the browser selects, orders and
draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from kb.analysis.comparability import NOT_STATED
from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.export.csv import table_csv
from kb.model import Measure, Publication
from kb.site.charts.drawing import Mark
from kb.site.charts.plot_data import (
    PlotRow,
    derived_text,
    interval_text,
    printed_denominator,
    printed_mark,
    share_mark,
)
from kb.site.charts.plots import Plots, usual_unit
from kb.site.context import PageContext, collect
from kb.site.data.facets import drugs_of
from kb.site.data.packing import json_file, packed_table, versioned
from kb.site.labels import bounds_label, context, date, dotted, sentence, short_citation
from kb.site.page import OutputFile, Page
from kb.site.tables.figures import DisplayedFigure
from kb.site.tables.group_sizes import sizes_text
from kb.site.tables.marks import mark

DATA: Final = "data/forest.json.gz"
TABLE: Final = "data/forest.csv"
_LEADING: Final = ("rate", "median")
"""The statistics of one group; the others compare two."""


@dataclass(frozen=True)
class Kind:
    """What one axis shows: measures of one endpoint, one statistic and, for survival, one time."""

    endpoint: str
    statistic: str
    time: str = ""
    unit: str = ""
    among: bool = False

    @property
    def name(self) -> str:
        """The name in addresses.

        >>> Kind("OS", "hazard-ratio").name, Kind("OS", "rate", "1 year").name
        ('OS.hazard-ratio', 'OS.rate.1-year')
        """
        parts = (self.endpoint, self.statistic, self.time, self.unit, "among" * self.among)
        return ".".join(filter(None, parts)).replace(" ", "-")


def forest_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page of the builder, with the rows that it loads and all of them as a table."""
    yield Page(
        "forest",
        "forest.html.j2",
        "Forest plots",
        lambda: {
            "preload": versioned(forest_data(site)),
            "rows": _rows(site).fallback(),
            "table": TABLE,
        },
        "Build a forest plot: choose an endpoint and rows, take it as a picture or a table.",
        hide=("navigation", "toc"),
        program="forest",
        files=lambda: [forest_data(site), OutputFile.csv(TABLE, _rows(site).csv())],
    )


def forest_data(site: PageContext) -> OutputFile:
    """Return the data that the builder loads; pages name its version."""
    return site.memo(("forest-data",), lambda: json_file(DATA, _rows(site).data()))


def forest_tables(site: PageContext) -> dict[str, str]:
    """Return the addresses of tables of results of the endpoints that lead, by their titles."""
    return _rows(site).tables(site.settings["pivotal"]["endpoints"])


def _rows(site: PageContext) -> ForestRows:
    return site.memo(("forest-rows",), lambda: ForestRows(site))


class ForestRows:
    """Arranges rates, medians and ratios for the browser to choose from."""

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self.plots = Plots(site)
        self.settings = site.settings["plots"]
        self._cited: dict[str, Publication] = {}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of all kinds, as plain values for JSON."""
        return [row for kind, found in self._kinds.items() for row in self._rows(kind, found)]

    def data(self) -> Mapping[str, Any]:
        """Return everything that the page shows, as plain values for JSON."""
        site, kinds = self.site, self._kinds
        shown = {row["kind"] for row in self.rows}
        drugs = {drug for row in self.rows for drug in row["drugs"]}
        return {
            "base": site.base.iris.base,
            "title": site.evidence.dataset.title,
            "updated": date(site.updated),
            "kinds": [self._kind(kind) for kind in kinds if kind.name in shown],
            "first": self._first(shown),
            "headings": self._headings(kinds),
            "drugs": {t.notation: t.label for t in site.terms("drug") if t.notation in drugs},
            "publications": {
                name: {"short": short_citation(one), "citation": one.citation, "doi": one.doi}
                for name, one in sorted(self._cited.items())
            },
            "rows": packed_table(self.rows),
        }

    def fallback(self) -> list[dict[str, Any]]:
        """Return the rows that the page opens with, for readers without JavaScript."""
        first = self._first({row["kind"] for row in self.rows})
        return [row for row in self.rows if row["kind"] == first and row["isFirst"]]

    def tables(self, endpoints: Sequence[str]) -> dict[str, str]:
        """Return the addresses of the rates and medians of endpoints, by their titles.

        The builder has a table below its drawing: figure, interval, people and source of each row.
        """
        shown = {row["kind"] for row in self.rows}
        kinds = [kind for kind in self._kinds if kind.name in shown and not kind.among]
        return {
            self._kind(kind)["title"]: f"forest/#measure={kind.endpoint}.{kind.statistic}"
            for endpoint in endpoints
            for kind in kinds
            if kind.endpoint == endpoint and kind.statistic in _LEADING and not kind.time
        }

    def csv(self) -> str:
        """Return all rows as a table, for readers without JavaScript and for programs."""
        labels = {kind.name: self._kind(kind)["title"] for kind in self._kinds}
        return table_csv(CSV_COLUMNS, (self._cells(row, labels) for row in self.rows))

    def _cells(self, row: Mapping[str, Any], labels: Mapping[str, str]) -> list[object]:
        sources = "; ".join(_source_text(self._cited, pair) for pair in row["sources"])
        cells = {
            **row,
            "measure": labels[row["kind"]],
            "claims": " ".join(row["claims"]),
            "drugs": " ".join(row["drugs"]),
            "sources": sources,
        }
        return [cells[name] for name in CSV_COLUMNS]

    # --- kinds --------------------------------------------------------------------------------

    @cached_property
    def _kinds(self) -> Mapping[Kind, list[PlotRow]]:
        """The rows of each kind, in the order of endpoints."""
        order = self.site.endpoint_order
        by_endpoint = collect((v.claim.measure.endpoint, v) for v in self.site.claims)
        return {
            kind: rows
            for endpoint in sorted(by_endpoint, key=lambda name: order[name])
            for kind, rows in self._of_endpoint(endpoint, by_endpoint[endpoint]).items()
        }

    def _of_endpoint(self, endpoint: str, views: Sequence[ClaimView]) -> dict[Kind, list[PlotRow]]:
        data = self.plots.data
        ratios = self.plots.rows(views, data.is_ratio, endpoint)
        medians = self.plots.rows(views, data.is_median_time, endpoint)
        shares = self.plots.rows(views, data.is_share, endpoint)
        by_time = data.is_by_time(endpoint)
        usual = usual_unit(medians)
        pairs = [
            *((Kind(endpoint, row.measure.statistic), row) for row in ratios),
            *((Kind(endpoint, "median", unit=_unit_of(row, usual)), row) for row in medians),
            *((self._share(row.measure, by_time), row) for row in shares),
        ]
        return collect(pairs)

    def _share(self, measure: Measure, by_time: bool) -> Kind:
        """Return the kind of a rate: those of responders, or at one time, are on another axis."""
        time = (measure.time.at or NOT_STATED) if by_time else ""
        among = not by_time and self.plots.part(measure) == "among"
        return Kind(measure.endpoint, "rate", time, among=among)

    def _kind(self, kind: Kind) -> Mapping[str, Any]:
        labels = self.site.labels
        endpoint = sentence(labels.label("endpoint", kind.endpoint))
        ratio = kind.statistic not in ("rate", "median")
        statistic = labels.label("statistic", kind.statistic) if ratio else kind.statistic
        among = self.settings["among"].get(self.site.top(kind.endpoint), "")
        title = f"{endpoint}: {statistic}"
        if kind.time:
            title += f" at {kind.time}" if kind.time != NOT_STATED else ", time not stated"
        if kind.among:
            title += f" among {among}"
        return {
            "name": kind.name,
            "endpoint": kind.endpoint,
            "title": title,
            "scale": "log" if ratio else "linear" if kind.statistic == "median" else "share",
            "axis": statistic if ratio else kind.unit or "% of the group",
            "favours": list(self.plots.favours(kind.endpoint)) if ratio else ["", ""],
        }

    def _first(self, shown: Iterable[str]) -> str:
        """Return the kind that the page opens with: one of the endpoints that are drawn."""
        names = list(shown)
        wanted = (f"{endpoint}.rate" for endpoint in self.settings["endpoints"])
        return next((name for name in wanted if name in names), min(names, default=""))

    def _headings(self, kinds: Mapping[Kind, Sequence[PlotRow]]) -> list[str]:
        """Return the populations that head rows, in their order."""
        found = {self.plots.heading(row.measure) for rows in kinds.values() for row in rows}
        ordered = sorted(found, key=self.plots.heading_order)
        return [sentence(self.site.labels.label("population", name)) for name in ordered]

    # --- rows ---------------------------------------------------------------------------------

    def _rows(self, kind: Kind, found: Iterable[PlotRow]) -> Iterator[dict[str, Any]]:
        """Yield the figures of a kind that have a place on its axis.

        One of each measure is offered ticked; none where groups of one treatment are compared.
        """
        for row in found:
            of, versus = (self._regimen(row.measure, g) for g in _groups(row.measure))
            first = not versus or of != versus
            for at, figure in enumerate(row.figures):
                drawn = self._mark(kind, row, at)
                if drawn is None or (at and not figure.differs):
                    continue
                aside = figure.standing is ClaimStatus.SET_ASIDE
                yield self._row(kind, row, at, drawn) | {"isFirst": first and not aside}
                first = first and aside

    def _mark(self, kind: Kind, row: PlotRow, at: int) -> Mark | None:
        if kind.statistic == "rate":
            return share_mark(row, at)
        if kind.statistic == "median":
            return printed_mark(row, at, kind.unit, self.settings["beyond"])
        return printed_mark(row, at, row.printed(at)[0].unit)

    def _row(self, kind: Kind, row: PlotRow, at: int, drawn: Mark) -> dict[str, Any]:
        figure, measure = row.figures[at], row.measure
        claims, plot_data = [view.claim for view in figure.claims], self.plots.data
        label = plot_data.label(replace(measure, adjustment=""), with_time=not kind.time)
        contexts = dict.fromkeys(filter(None, map(context, claims)))
        return {
            "id": f"{measure.study}:{claims[0].id}",
            "kind": kind.name,
            "isMain": self.plots.part(measure) != "more",
            "isAside": figure.standing is ClaimStatus.SET_ASIDE,
            "study": measure.study,
            "name": self.site.studies[measure.study].name,
            "label": dotted(label, measure.adjustment, *contexts),
            "regimen": self._regimen(measure, measure.group),
            "versus": self._regimen(measure, measure.comparator),
            "drugs": self._drugs(measure),
            "heading": sentence(self.site.labels.label("population", self.plots.heading(measure))),
            **_values(drawn),
            **_texts(row, at, drawn),
            **(self._size(figure) if kind.statistic == "median" else {}),
            "p": self._p(figure),
            "check": mark(figure).text,
            **self._sources(figure),
            "claims": [one.id for one in claims],
        }

    def _size(self, figure: DisplayedFigure) -> dict[str, Any]:
        """Return the size of the group of a median, where its sources give one."""
        size = sizes_text(self.site, figure.claims)
        return {"of": int(size), "ofSize": True} if size.isdigit() else {}

    def _regimen(self, measure: Measure, group: str) -> str:
        if not group:
            return ""
        own = measure.regimen if group == measure.group else ""
        name = own or self.site.groups[measure.study, group].regimen
        return self.site.labels.label("regimen", name) if name else ""

    def _drugs(self, measure: Measure) -> list[str]:
        """Return the drugs of the group, or of both groups that are compared."""
        groups = filter(None, (measure.group, measure.comparator))
        regimens = (self.site.groups[measure.study, group].regimen for group in groups)
        named = [measure.regimen] if measure.regimen else list(filter(None, regimens))
        return list(dict.fromkeys(drugs_of(self.site, named)))

    def _p(self, figure: DisplayedFigure) -> str:
        """Write the p-values printed with a ratio, with what they test."""
        parts = (
            part.text
            for view in figure.claims
            if view.claim.measure.comparator
            for part in self.site.labels.comparison(view.claim)
            if part.kind == "p"
        )
        return "; ".join(dict.fromkeys(parts))

    def _sources(self, figure: DisplayedFigure) -> dict[str, Any]:
        """Return who reports a figure: the source, and the publications that it cites for it."""
        pairs: dict[tuple[str, str], None] = {}
        # Of several sources only those with the interval report what is shown.
        fullest = [view for view in figure.claims if view.claim.figure.bounds]
        for view in fullest or figure.claims:
            source = self.site.publications[view.source.publication]
            cited = view.publications if view.claim.is_second_hand else ()
            for one in (source, *cited):
                self._cited[one.id] = one
            for pair in [(one.id, source.id) for one in cited] or [(source.id, "")]:
                pairs[pair] = None
        # What the report itself states comes first.
        ordered = sorted(pairs, key=lambda pair: bool(pair[1]))
        year = min((self._cited[one].year or 0 for one, _ in ordered[:1]), default=0)
        return {"sources": [list(pair) for pair in ordered], "year": year or ""}


CSV_COLUMNS: Final = (
    *("kind", "measure", "study", "name", "year", "label", "regimen", "versus", "drugs"),
    *("heading", "count", "of", "ofSize", "text", "interval", "value", "low", "high", "level"),
    *("isDerived", "p", "check", "isAside", "isMain", "sources", "claims"),
)
"""The columns of the table of all rows."""


def _groups(measure: Measure) -> tuple[str, str]:
    return measure.group, measure.comparator


def _unit_of(row: PlotRow, usual: str) -> str:
    """Return the unit of a median; one that was not reached stands with the usual ones."""
    units = (f.unit for at in range(len(row.figures)) for f in row.printed(at))
    return next((unit for unit in units if unit not in ("", "1")), usual)


def _values(drawn: Mark) -> dict[str, Any]:
    """What a row draws."""
    return {
        "value": drawn.value,
        "low": drawn.low,
        "high": drawn.high,
        "isDerived": drawn.derived,
        "isOpen": drawn.is_open,
        "isBeyond": drawn.beyond,
        "isRange": drawn.is_range,
    }


def _texts(row: PlotRow, at: int, drawn: Mark) -> dict[str, Any]:
    """What a row says: the value and interval as printed, else as derived from counts."""
    printed, derived = row.printed(at), row.derived[at]
    claims = [view.claim for view in row.figures[at].claims]
    numerator = next((f.numerator for f in printed if f.numerator is not None), None)
    bounds = next((f.bounds for f in printed if f.bounds), "")
    of = row.people[at]
    interval = interval_text(printed, usual=bounds)
    if drawn.derived and derived is not None:
        interval = f"{100 * derived.low:.1f}–{100 * derived.high:.1f}"
    return {
        "text": _value_text(row, at, drawn),
        "isValueDerived": bool(derived) and not any(f.value is not None for f in printed),
        "interval": interval,
        "level": bounds_label(bounds).strip(" ,") or ("95% CI" if drawn.derived else ""),
        "count": numerator,
        "of": of,
        "ofSize": of is not None and printed_denominator(claims) is None,
        "method": derived.method if derived is not None and drawn.derived else "",
    }


def _value_text(row: PlotRow, at: int, drawn: Mark) -> str:
    if drawn.beyond:
        return "not reached"
    printed = row.printed(at)
    units = ("%", printed[0].unit)
    found = next((f for f in printed if f.value is not None and f.unit in units), None)
    if found is not None and drawn.of is None and row.derived[at] is None:
        return f"{found.operator}{found.digits}" + ("%" if found.unit == "%" else "")
    percent = next((f for f in printed if f.value is not None and f.unit == "%"), None)
    if percent is not None:
        return f"{percent.operator}{percent.digits}%"
    return f"{drawn.value:.1f}%" if derived_text(row, at) and drawn.value is not None else ""


def _source_text(cited: Mapping[str, Publication], pair: Sequence[str]) -> str:
    name, by = pair
    tail = f", cited by {short_citation(cited[by])}" if by else ""
    return short_citation(cited[name]) + tail
