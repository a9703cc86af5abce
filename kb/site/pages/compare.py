"""The comparison of regimens: what studies compare, and results by study side by side.

Everything about a figure is computed here: its derived interval, the respects in which figures
differ (``kb.analysis.comparability``) and its standing. The browser only selects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any, Final
from urllib.parse import urlencode

from kb.analysis.comparability import NOT_STATED
from kb.api.results import ClaimView
from kb.checks import Discrepancy, Severity
from kb.model import Measure, Study, slug
from kb.site.charts.plot_data import PlotData, derived_text, printed_denominator
from kb.site.context import PageContext, collect
from kb.site.data.facets import about
from kb.site.data.packing import json_file, packed_table, versioned
from kb.site.filters import section_name
from kb.site.labels import STATES, context, dotted, sentence, short_citation
from kb.site.page import OutputFile, Page
from kb.site.pages.network import KINDS, Comparisons
from kb.site.tables.figures import DisplayedFigure, displayed_comparisons
from kb.site.tables.group_sizes import sizes_text

DATA: Final = "data/compare.json.gz"
_NATURES: Final = {"indirect": "indirect", "stated": "statement"}
"""Kinds of comparison that no study made of its own groups; the others are direct."""
_STARTS: Final = 6
"""At most this many comparisons are offered to start with."""

_MOST_ENDPOINTS: Final = 6
"""At most this many endpoints are chosen where none of the settings is reported."""


def compare_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page that compares regimens, and the data that it loads."""

    @cache  # the page names the version of its data
    def data() -> OutputFile:
        return json_file(DATA, ComparisonData(site).data())

    yield Page(
        "compare",
        "compare.html.j2",
        "Compare",
        lambda: {"preload": versioned(data()), "starts": comparison_starts(site)},
        "Regimens side by side: comparisons of studies, and results by study.",
        hide=("navigation", "toc"),
        program="compare",
        files=lambda: [data()],
    )


@dataclass(frozen=True)
class ComparisonStart:
    """A comparison to start with: two regimens, and the endpoints that readers ask for first."""

    regimens: tuple[str, ...]
    endpoints: tuple[str, ...]
    title: str
    about: str

    @property
    def address(self) -> str:
        """The address of the comparison, from the start of the site."""
        chosen = [("regimen", name) for name in self.regimens]
        return f"compare/#{urlencode([*chosen, *(('endpoint', e) for e in self.endpoints)])}"


def comparison_starts(site: PageContext) -> list[ComparisonStart]:
    """Return the comparisons to start with, the first one as the page opens.

    They are of the regimens that the settings name, else of those that studies compare most.
    """
    labels, settings = site.labels, site.settings["compare"]
    known = site.vocabulary.schemes["regimen"]
    named = [name for name in settings["regimens"] if name in known]
    pairs = list(combinations(named, 2)) or _most_compared(site)
    wanted = settings["endpoints"] or site.settings["pivotal"]["endpoints"]
    starts = []
    for pair in pairs[:_STARTS]:
        endpoints = _endpoints_of(site, pair, wanted)
        title = sentence(" and ".join(labels.label("regimen", name) for name in pair))
        about = ", ".join(labels.label("endpoint", name) for name in endpoints)
        starts.append(ComparisonStart(pair, endpoints, title, about))
    return starts


def _endpoints_of(site: PageContext, pair: Sequence[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the endpoints to start with: those wanted if any is reported for one of the two.

    Else those that are better higher or lower and that studies of the two report most.
    """
    groups = {key for key, group in site.groups.items() if group.regimen in pair}
    measures = [view.claim.measure for view in site.claims]
    counts = Counter(m.endpoint for m in measures if (m.study, m.group) in groups)
    known = tuple(name for name in wanted if name in site.endpoint_order)
    if any(name in counts for name in known):
        return known
    inherited, wanted_when = site.vocabulary.inherited, ("higher", "lower")
    most = [
        n for n, _ in counts.most_common() if inherited("endpoint", n, "betterWhen") in wanted_when
    ]
    return tuple(most[:_MOST_ENDPOINTS]) or known


def _most_compared(site: PageContext) -> list[tuple[str, str]]:
    """Return the pairs of regimens that studies compare, those with most claims first."""
    claims: Counter[tuple[str, str]] = Counter()
    for row in Comparisons(site).rows:
        if row.kind not in _NATURES and row.of != row.versus:
            claims[row.of.notation, row.versus.notation] += len(row.claims)
    return [pair for pair, _ in claims.most_common(_STARTS)]


class ComparisonData:
    """Arranges comparisons and single figures for the browser to choose from."""

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self.plot_data = PlotData(site)
        self.comparisons = Comparisons(site)
        self._profiles: dict[tuple[str, ...], int] = {}

    def data(self) -> Mapping[str, Any]:
        """Return everything that the page shows, as plain values for JSON."""
        site, comparability = self.site, self.site.comparability
        sources = {s.id: site.publications[s.publication] for s in site.sources.values()}
        comparisons = packed_table(list(self._comparisons()))
        figures = packed_table(list(self._figures()))
        return {
            "base": site.base.iris.base,
            **{f"{s}s": self._terms(s) for s in ("regimen", "population", "endpoint")},
            "main": list(site.settings["main"]["endpoints"]),
            "start": [
                {"regimens": list(start.regimens), "endpoints": list(start.endpoints)}
                for start in comparison_starts(site)[:1]
            ],
            "studies": {
                s.id: [s.name, site.labels.label("design", s.kind), self._nature(s)]
                for s in site.studies.values()
            },
            "sources": {name: short_citation(cited) for name, cited in sources.items()},
            "comparisons": comparisons,
            "figures": figures,
            "respects": list(comparability.respects),
            "profiles": list(map(list, self._profiles)),
            "definitions": comparability.definitions(),
            "background": comparability.background(),
            "unsaid": NOT_STATED,
        }

    def _terms(self, scheme: str) -> list[Mapping[str, Any]]:
        return [
            {
                "name": term.notation,
                "label": sentence(term.label),
                "plain": term.label,
                "broader": list(term.broader),
            }
            for term in self.site.terms(scheme)
        ]

    def _comparisons(self) -> Iterator[dict[str, Any]]:
        """Yield the comparisons that sources print."""
        by_measure = collect(
            (v.claim.measure, v) for v in self.site.claims if v.claim.measure.comparator
        )
        for measure in sorted(by_measure, key=self.plot_data.order):
            for figure in displayed_comparisons(by_measure[measure], self.site.labels):
                kind = self.comparisons.kind(figure.claims[0].claim)
                yield self._shared(measure, figure) | {
                    "kind": kind,
                    "nature": _NATURES.get(kind, "direct"),
                    "badge": KINDS[kind][0],
                    "versus": self.site.who(measure.study, measure.comparator),
                    "ofRegimen": self._regimen(measure, measure.group),
                    "versusRegimen": self._regimen(measure, measure.comparator),
                    "sides": self._sides(figure),
                    "parts": [list(part) for part in figure.parts],
                    "printed": _distinct(v.claim.printed for v in figure.claims),
                    "noted": _distinct(v.claim.noted for v in figure.claims),
                }

    def _figures(self) -> Iterator[dict[str, Any]]:
        """Yield single figures: results that compare nothing."""
        single = (
            view
            for view in self.site.claims
            if view.claim.kind == "result"
            and not view.claim.measure.comparator
            and not self.site.sizes.is_size(view.claim)
        )
        for row in self.plot_data.rows(single, "figure"):
            for at, figure in enumerate(row.figures):
                interval, derived = derived_text(row, at), row.derived[at]
                yield self._shared(row.measure, figure) | {
                    "regimen": self._regimen(row.measure, row.measure.group),
                    "kind": sentence(self.site.labels.label("statistic", row.measure.statistic)),
                    "row": self._row(row.measure, figure),
                    "text": figure.text,
                    "whole": self._whole(figure),
                    "differs": figure.differs,
                    "of": printed_denominator(view.claim for view in figure.claims),
                    "among": self.plot_data.among(row.measure),
                    "derived": interval,
                    "derivedOf": row.people[at] if interval else None,
                    "method": derived.method if interval and derived else "",
                }

    def _whole(self, figure: DisplayedFigure) -> str:
        """Return how many people a figure is about, where it does not show that itself."""
        claim = figure.claims[0].claim
        has_whole = printed_denominator(view.claim for view in figure.claims) is not None
        if has_whole or claim.figure.value is None:
            return ""
        if size := sizes_text(self.site, figure.claims):
            return f"group n = {size}"
        is_count = claim.figure.unit == self.site.settings["people"]
        return "denominator not reported" if is_count and self.plot_data.is_share(claim) else ""

    def _sides(self, figure: DisplayedFigure) -> list[list[Any]]:
        """Return the values that a comparison was printed with, of both groups, with their claims.

        There are none where the comparison stands alone.
        """
        measure, labels = figure.claims[0].claim.measure, self.site.labels
        of_group = {v.claim.measure.group: v for v in figure.claims[0].values}
        if not of_group:
            return []
        views = (of_group.get(group) for group in (measure.group, measure.comparator))
        return [[labels.figure(v.claim.figure), [v.claim.id]] if v else ["", []] for v in views]

    def _row(self, measure: Measure, figure: DisplayedFigure) -> tuple[int, str]:
        """Return the row of a figure: its place, and the denominator, statistic or landmark.

        Shares at a landmark, as of survival, are comparable at the same time only.
        """
        claim, labels = figure.claims[0].claim, self.site.labels
        if claim.figure.value is None and claim.figure.numerator is None:
            return 3, "In words"
        if self.plot_data.is_share(claim):
            if not self.plot_data.is_by_time(measure.endpoint):
                return 0, sentence(self._whom(measure))
            if time := labels.time(measure):
                return 2, sentence(time)
        return 1, sentence(labels.label("statistic", measure.statistic))

    def _whom(self, measure: Measure) -> str:
        """Name the denominator of a share: those who met a criterion of its kind, or who else."""
        if among := self.plot_data.among(measure):
            return f"of {among.removeprefix('among ')}"
        is_whole = self.plot_data.is_main(replace(measure, category=""))
        return "of all patients, or of an analysis set" if is_whole else "of a subgroup"

    def _nature(self, study: Study) -> str:
        """Tell whether a study treated the groups that it describes, as of its comparisons."""
        vocabulary, indirect = self.site.vocabulary, self.site.settings["network"]["indirect"]
        if vocabulary.has_flag("design", study.kind, "isNoStudy"):
            return "statement"
        return "indirect" if indirect in vocabulary.upwards("design", study.kind) else "direct"

    def _regimen(self, measure: Measure, group: str) -> str:
        return measure.regimen or self.site.groups[measure.study, group].regimen

    def _shared(self, measure: Measure, figure: DisplayedFigure) -> dict[str, Any]:
        """What the browser is given of a comparison and of a single figure alike."""
        views = figure.claims
        return {
            "study": measure.study,
            "who": self.site.who(measure.study, measure.group),
            "endpoint": measure.endpoint,
            "populations": sorted(set(about(self.site, views[0], "population"))),
            "isMain": self.plot_data.is_main(measure) or bool(self.plot_data.among(measure)),
            "context": dotted(*_distinct(context(view.claim) for view in views)),
            "cited": [[p.id, short_citation(p)] for p in figure.second_hand],
            "misprints": list(figure.misprints),
            "checks": [[STATES[state][0], number] for state, number in figure.states],
            "notedFrom": _distinct(view.claim.read_in for view in views),
            "claims": [view.claim.id for view in views],
            "places": self._places(views),
            "standing": figure.standing.value,
            "reasons": [
                _reason(self.site, one)
                for one in figure.findings
                if one.severity is not Severity.ROUNDING
            ],
            "profiles": sorted({self._profile(view) for view in views}),
            "about": dotted(measure.category, self.site.labels.time(measure)),
        }

    def _profile(self, view: ClaimView) -> int:
        """Return the index of a claim's profile: its values in all respects of comparability."""
        profile = self.site.comparability.profile(view.claim)
        return self._profiles.setdefault(profile, len(self._profiles))

    def _places(self, views: Sequence[ClaimView]) -> list[list[str]]:
        """Where a figure is printed: source, section and its anchor, each place once."""
        places = dict.fromkeys((view.claim.source, view.claim.section) for view in views)
        return [
            [source, section_name(self.site.sections[source, section]), slug(section)]
            for source, section in places
        ]


def _reason(site: PageContext, finding: Discrepancy) -> list[str]:
    """The address of a discrepancy, and its message with a curator's reason."""
    reason = finding.adjudication.explanation if finding.adjudication else "Not judged yet."
    return [
        f"{finding.study}/#finding.{finding.id}",
        site.named_sources(f"{finding.message} {reason}"),
    ]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
