"""The page of discrepancies, and discrepancies as other pages show them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from kb.api.results import ClaimView
from kb.checks import Discrepancy, Severity, Status
from kb.export.csv import table_csv
from kb.model import slug
from kb.site.context import PageContext, collect
from kb.site.page import OutputFile, Page, Values

VERDICTS: Final = {
    "open": "Not judged yet",
    "stale": "Judgement is stale",
    "unresolved": "Unresolved",
    "misprint": "The reported value is in error",
    "one-stands": "One value is correct",
    "both-stand": "All correct (different analyses)",
}
"""What was decided, in words; what needs a curator first."""
MOST_PRINTS: Final = 12
"""How many prints of a discrepancy are listed outside the page of its study."""
_COLUMNS: Final = [
    "id",
    "severity",
    "status",
    "kind",
    "study",
    "endpoint",
    "message",
    "computation",
    "judgement",
    "because",
    "reads",
    "reason",
    "date",
    "claims",
]


KINDS: Final = {
    "alike-but-different": "same definition, different value",
    "benefit-not-significant": "benefit stated, difference not significant",
    "bounds-against-p": "interval and p-value disagree",
    "breakdown-total": "breakdown does not fit its total",
    "categories-hole": "gap between categories",
    "count-and-share": "count and percentage disagree",
    "difference-against-values": "difference does not fit the values",
    "differs-from-cited": "differs from the publication cited",
    "direction-against-values": "direction does not fit the values",
    "figure-of-another-endpoint": "value of another endpoint",
    "figure-of-another-report": "value of another report",
    "figure-of-some-only": "wrong denominator",
    "figures-of-another-group": "values of another group",
    "groups-swapped": "groups exchanged",
    "impossible-share": "impossible percentage",
    "landmark-and-median": "rate at a time and median disagree",
    "median-outside-parts": "median outside those of its subgroups",
    "one-figure-two-composites": "one value, two composite endpoints",
    "one-figure-two-grades": "one value, two ranges of grades",
    "one-figure-two-groups": "one value, two groups",
    "one-figure-two-names": "one value, two endpoints",
    "outcome-above-broader": "narrower endpoint exceeds the broader one",
    "p-of-counts": "p-value does not fit the counts",
    "part-above-whole": "part exceeds the whole",
    "ratio-against-values": "ratio does not fit the values",
    "reference-column-shifted": "reference numbers shifted",
    "residual-above-response": "residual disease exceeds the response",
    "share-of-different-people": "percentages of different denominators",
    "share-outside-parts": "percentage outside those of its subgroups",
    "share-without-time": "survival rate without its time",
    "strata-too-large": "subgroups exceed the group",
    "survival-rises": "survival rises with time",
    "word-against-p": "stated significance and p-value disagree",
}
"""The kinds of discrepancies in the words of the field, where the name of the check is not one."""

_MOST_CARDS: Final = 90
"""The most that the page of all discrepancies lists; each study's page lists all of its own."""


@dataclass(frozen=True)
class Card:
    """A discrepancy with the claims behind it, as pages show it."""

    finding: Discrepancy
    claims: tuple[ClaimView, ...]

    @property
    def kind(self) -> str:
        """The kind in words."""
        return KINDS.get(self.finding.kind, self.finding.kind.replace("-", " "))

    @property
    def code(self) -> str:
        """The judgement that holds, or that there is none: a word of ``VERDICTS``."""
        return verdict_code(self.finding)

    @property
    def studies(self) -> tuple[str, ...]:
        """The studies of the claims."""
        return tuple(dict.fromkeys(view.claim.study for view in self.claims))

    @property
    def places(self) -> tuple[str, ...]:
        """The sources of the claims and their sections, as addresses: ``name``, ``name/slug``."""
        sources = {view.claim.source for view in self.claims}
        sections = {f"{view.claim.source}/{slug(view.claim.section)}" for view in self.claims}
        return (*sorted(sources), *sorted(sections))

    @property
    def prints(self) -> list[tuple[ClaimView, str]]:
        """The claims with what the judgement made of each, the preferred first."""
        order = ("preferred", "", "set aside")
        chosen = ((view, self._choice(view)) for view in self.claims)
        return sorted(chosen, key=lambda one: order.index(one[1]))

    def _choice(self, view: ClaimView) -> str:
        """Return ``preferred`` or ``set aside`` where a judgement that holds chose."""
        adjudication, name = self.finding.adjudication, f"{view.claim.study}#{view.claim.id}"
        if adjudication is None or self.finding.status is not Status.ADJUDICATED:
            return ""
        if name in adjudication.faulty:
            return "set aside"
        # The claims that an unresolved judgement names were not chosen.
        chosen = adjudication.judgement != "unresolved" and name in adjudication.stands
        return "preferred" if chosen else ""

    @property
    def date(self) -> str:
        """When it was judged, or ""."""
        return self.finding.adjudication.date if self.finding.adjudication else ""


def verdict_code(finding: Discrepancy) -> str:
    """Return the word of ``VERDICTS`` that holds for a discrepancy."""
    if finding.adjudication and finding.status is Status.ADJUDICATED:
        return finding.adjudication.judgement
    return finding.status.value


def cards(site: PageContext) -> list[Card]:
    """Return all discrepancies, the material ones first."""

    def views(finding: Discrepancy) -> Iterator[ClaimView]:
        for claim in finding.claims:
            yield site.by_iri[site.base.iris.claim(claim.study, claim.id)]

    findings = site.base.curated.discrepancies
    return site.memo(("cards",), lambda: [Card(f, tuple(views(f))) for f in findings])


def of_study(site: PageContext, study: str) -> list[Card]:
    """Return the discrepancies that the page of a study shows."""
    return [card for card in _about(site, study) if card.finding.study == study]


def from_elsewhere(site: PageContext, study: str) -> list[Card]:
    """Return the discrepancies about figures of a study that another study's page shows."""
    return [card for card in _about(site, study) if card.finding.study != study]


def _about(site: PageContext, study: str) -> list[Card]:
    """Return the discrepancies on the page of a study, or with a figure of it."""

    def made() -> Mapping[str, list[Card]]:
        return collect((s, c) for c in cards(site) for s in {c.finding.study, *c.studies})

    return site.memo(("cards by study",), made).get(study, [])


def by_section(site: PageContext, source: str) -> Counter[str]:
    """Count the discrepancies about figures of each section of a source."""

    def made() -> Mapping[str, list[str]]:
        places = ({(v.claim.source, v.claim.section) for v in c.claims} for c in cards(site))
        return collect(chain.from_iterable(places))

    return Counter(site.memo(("discrepancies by source",), made).get(source, ()))


def newest(site: PageContext, most: int) -> list[Card]:
    """Return the material discrepancies judged last; those not judged come first."""
    material = [card for card in cards(site) if card.finding.severity is Severity.MATERIAL]
    return sorted(material, key=lambda card: card.date or "9", reverse=True)[:most]


def finding_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page of discrepancies and the same as data."""
    yield Page(
        "finding/index",
        "findings.html.j2",
        "Discrepancies",
        lambda: _values(site),
        "Figures that cannot all be right, and how each was judged.",
        hide=("navigation", "toc"),
        files=lambda: _files(site),
    )


def _values(site: PageContext) -> Values:
    every = cards(site)
    verdicts = Counter(card.code for card in every)
    return {
        "cards": every[:_MOST_CARDS],
        "unlisted": Counter(card.finding.study for card in every[_MOST_CARDS:]),
        "severities": Counter(card.finding.severity for card in every),
        "verdicts": {code: verdicts[code] for code in VERDICTS if verdicts[code]},
        "words": VERDICTS,
        "most": MOST_PRINTS,
        "kinds": sorted({(card.finding.kind, card.kind) for card in every}),
        "studies": [s for s in site.studies if any(s in c.studies for c in _about(site, s))],
        "places": _places(site, every),
        "stale": site.base.curated.stale(),
    }


def _files(site: PageContext) -> Iterator[OutputFile]:
    data = [finding.data() for finding in site.base.curated.discrepancies]
    text = json.dumps({"discrepancies": data}, ensure_ascii=False, indent=2)
    yield OutputFile("finding/findings.json", f"{text}\n".encode())
    yield OutputFile.csv("finding/findings.csv", _csv(cards(site)))


def _places(site: PageContext, every: list[Card]) -> list[tuple[str, str]]:
    """Name the sources and sections of all discrepancies, each source before its sections."""
    used = {place for card in every for place in card.places}
    sections = [
        (f"{s.source}/{slug(s.id)}", f"{site.named_sources(s.source)}, {s.id}")
        for s in site.evidence.sections
    ]
    names = [*((source, site.named_sources(source)) for source in site.sources), *sections]
    return sorted((n for n in names if n[0] in used), key=lambda n: n[0].partition("/")[0])


def _csv(every: list[Card]) -> str:
    return table_csv(_COLUMNS, map(_row, every))


def _row(card: Card) -> list[str]:
    data = card.finding.data()
    claims = " ".join(f"{view.claim.study}#{view.claim.id}" for view in card.claims)
    row = (data.pop("adjudication") or {}) | data | {"claims": claims}
    return [str(row.get(name, "")) for name in _COLUMNS]
