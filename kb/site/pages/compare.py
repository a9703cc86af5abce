"""The comparison of regimens: what studies compare, and single figures side by side.

All that is said about a figure is worked out here: its derived interval, the respects in which
figures are not alike (``kb.comparability``) and its standing. The browser only chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kb.analysis.comparability import UNSAID
from kb.api.results import ClaimView
from kb.checks import Discrepancy
from kb.model import Measure, slug
from kb.site.charts.plot_data import PlotData, PlotRow, derived_text
from kb.site.context import PageContext, collect
from kb.site.data.facets import about
from kb.site.data.packing import json_file, packed_table, versioned
from kb.site.filters import section_name
from kb.site.labels import sentence, short_citation
from kb.site.page import OutputFile, Page
from kb.site.pages.network import KINDS, Comparisons
from kb.site.tables.figures import DisplayedFigure, shown_comparisons

DATA: Final = "data/compare.json.gz"
_NATURES: Final = {"indirect": "indirect", "stated": "statement"}
"""Kinds of comparison that no study made of its own groups; the others are direct."""


def compare_pages(site: PageContext) -> Iterator[Page | OutputFile]:
    """Yield the page that compares regimens, and what it loads."""
    data = json_file(DATA, ComparisonData(site).data())
    yield data
    yield Page(
        "compare",
        "compare.html.j2",
        "Compare",
        {"site": site},
        "Regimens side by side: what studies compare, and what is not alike in the rest.",
        hide=("navigation", "toc"),
        more={"program": {"name": "compare", "data": versioned(data)}},
    )


class ComparisonData:
    """Arranges comparisons and single figures for the browser to choose from."""

    def __init__(self, site: PageContext) -> None:
        """Take the site whose claims are compared."""
        self.site = site
        self.readings = PlotData(site)
        self.alike = site.comparability
        self.kinds = Comparisons(site)
        self._profiles: dict[tuple[str, ...], int] = {}

    def data(self) -> Mapping[str, Any]:
        """Return everything that the page shows, as plain values for JSON."""
        comparisons = packed_table(list(self._comparisons()))
        figures = packed_table(list(self._figures()))
        site = self.site
        return {
            "base": site.base.iris.base,
            "regimens": self._terms("regimen"),
            "populations": self._terms("population"),
            "endpoints": self._terms("endpoint"),
            "main": list(site.settings["main"]["endpoints"]),
            "studies": {s.id: [s.name, self._design(s.id)] for s in site.studies.values()},
            "sources": {name: self._cited(name) for name in site.sources},
            "comparisons": comparisons,
            "figures": figures,
            "respects": list(self.alike.respects),
            "profiles": [list(profile) for profile in self._profiles],
            "definitions": self.alike.definitions(),
            "background": self.alike.background(),
            "unsaid": UNSAID,
        }

    def _terms(self, scheme: str) -> list[Mapping[str, Any]]:
        return [
            {
                "name": t.notation,
                "label": sentence(t.label),
                "plain": t.label,
                "broader": list(t.broader),
            }
            for t in self.site.terms(scheme)
        ]

    def _design(self, study: str) -> str:
        return self.site.words.label("design", self.site.studies[study].kind)

    def _cited(self, source: str) -> str:
        publication = self.site.sources[source].publication
        return short_citation(self.site.publications[publication])

    # --- comparisons that are printed -------------------------------------------------------

    def _comparisons(self) -> Iterator[dict[str, Any]]:
        compared = [f for f in self.site.claims if f.claim.measure.comparator]
        by_measure = collect((f.claim.measure, f) for f in compared)
        for measure in sorted(by_measure, key=self.readings.order):
            found = by_measure[measure]
            for shown in shown_comparisons(found, self.site.words, lambda _: ("", "")):
                yield self._comparison(measure, shown)

    def _comparison(self, measure: Measure, shown: DisplayedFigure) -> dict[str, Any]:
        site, kind = self.site, self.kinds.kind(shown.claims[0].claim)
        return self._common(measure, shown) | {
            "kind": kind,
            "nature": _NATURES.get(kind, "direct"),
            "badge": KINDS[kind][0],
            "versus": site.who(measure.study, measure.comparator),
            "ofRegimen": self._regimen(measure, measure.group),
            "versusRegimen": self._regimen(measure, measure.comparator),
            "about": self._about(measure),
            "parts": [[part.kind, part.text.removeprefix(": ")] for part in shown.parts],
            "printed": list(dict.fromkeys(f.claim.printed for f in shown.claims)),
        }

    def _regimen(self, measure: Measure, group: str) -> str:
        return measure.regimen or self.site.groups[measure.study, group].regimen

    def _about(self, measure: Measure) -> str:
        words = self.site.words
        parts = (measure.category, words.time(measure))
        return " · ".join(filter(None, parts))

    # --- single figures ---------------------------------------------------------------------

    def _figures(self) -> Iterator[dict[str, Any]]:
        single = (f for f in self.site.claims if self._is_single(f))
        for reading in self.readings.read(single, "figure"):
            for at in range(len(reading.shown)):
                yield self._figure(reading, at)

    def _is_single(self, found: ClaimView) -> bool:
        claim = found.claim
        is_result = claim.kind == "result" and not claim.measure.comparator
        return is_result and not self.readings.is_size(claim)

    def _figure(self, reading: PlotRow, at: int) -> dict[str, Any]:
        measure, shown = reading.measure, reading.shown[at]
        derived = derived_text(reading, at)
        method = reading.derived[at]
        return self._common(measure, shown) | {
            "regimen": self._regimen(measure, measure.group),
            "kind": self._kind(measure),
            "about": self._about(measure),
            "text": shown.text,
            "differs": shown.differs,
            "of": reading.people[at],
            "derived": derived,
            "method": method.method if derived and method else "",
        }

    def _kind(self, measure: Measure) -> str:
        """Name a kind of figures that may stand in one row: shares, medians, and so on."""
        return sentence(self.site.words.label("statistic", measure.statistic))

    # --- what is said of both ---------------------------------------------------------------

    def _common(self, measure: Measure, shown: DisplayedFigure) -> dict[str, Any]:
        claims = shown.claims
        populations = about(self.site, claims[0], "population")
        return {
            "study": measure.study,
            "who": self.site.who(measure.study, measure.group),
            "endpoint": measure.endpoint,
            "populations": sorted(set(populations)),
            "isMain": self.readings.is_main(measure),
            "claims": [found.claim.id for found in claims],
            "places": self._places(claims),
            "standing": shown.standing.value,
            "reasons": _reasons(shown) if any(found.standing for found in claims) else [],
            "profiles": sorted({self._profile(found) for found in claims}),
        }

    def _profile(self, found: ClaimView) -> int:
        profile = self.alike.profile(found.claim)
        return self._profiles.setdefault(profile, len(self._profiles))

    def _places(self, claims: Sequence[ClaimView]) -> list[list[str]]:
        """Where the figure stands: source, section and its anchor, each place once."""
        found = ((f.claim.source, f.claim.section) for f in claims)
        return [
            [source, section_name(self.site.sections[source, section]), slug(section)]
            for source, section in dict.fromkeys(found)
        ]


def _reasons(shown: DisplayedFigure) -> list[list[str]]:
    """Say what was found about the prints and what a curator judged, each with its anchor."""
    return [[f"{one.study}/#finding.{one.id}", _said(one)] for one in shown.concerns]


def _said(finding: Discrepancy) -> str:
    judged = finding.adjudication
    return f"{finding.message} {judged.reason if judged else 'Nobody has judged this yet.'}"
