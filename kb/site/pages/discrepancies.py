"""The page of discrepancies, and findings as other pages show them."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kb.api.results import ClaimView
from kb.checks import Discrepancy, Severity, Status
from kb.export.csv import escape_formula
from kb.model import slug
from kb.site.context import PageContext
from kb.site.page import OutputFile, Page

SIGNS: Final = {Severity.MATERIAL: "▲", Severity.MINOR: "◆", Severity.ROUNDING: "≈"}
"""The sign of each severity: pages tell them apart by shape and word, not by colour."""
VERDICTS: Final = {
    "open": "Not judged yet",
    "stale": "Judgement is stale",
    "unresolved": "Unresolved",
    "misprint": "The print is in error",
    "one-stands": "One print stands",
    "both-stand": "All prints stand",
}
"""What was decided, in words; what needs a curator first."""
MOST_PRINTS: Final = 12
"""A finding about more prints lists these many away from the page where it stands."""
_COLUMNS: Final = (
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
)


@dataclass(frozen=True)
class Card:
    """A finding with the claims behind it, as pages show it."""

    finding: Discrepancy
    claims: tuple[ClaimView, ...]
    studies: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind in words."""
        return self.finding.kind.replace("-", " ")

    @property
    def sign(self) -> str:
        """The sign of its severity."""
        return SIGNS[self.finding.severity]

    @property
    def state(self) -> str:
        """Whether it was judged, in words; the judgement itself where it still holds."""
        judged = self.finding.adjudication
        if self.finding.status is Status.STALE:
            return "judgement is stale"
        return judged.judgement.replace("-", " ") if judged else "not judged yet"

    @property
    def code(self) -> str:
        """The judgement that holds, or that there is none: a word of ``VERDICTS``."""
        return verdict_code(self.finding)

    @property
    def places(self) -> tuple[str, ...]:
        """The sources of the prints and their sections, as addresses without their kind."""
        sections = {f"{f.claim.source}/{slug(f.claim.section)}" for f in self.claims}
        return (*self.sources, *sorted(sections))

    @property
    def prints(self) -> list[tuple[ClaimView, str]]:
        """The claims with what was chosen among them, the preferred first."""
        order = ("preferred", "", "set aside")
        chosen = [(found, choice(self.finding, found)) for found in self.claims]
        return sorted(chosen, key=lambda one: order.index(one[1]))

    @property
    def date(self) -> str:
        """When it was judged, or ""."""
        return self.finding.adjudication.date if self.finding.adjudication else ""


def verdict_code(finding: Discrepancy) -> str:
    """Return the word of ``VERDICTS`` that holds for a finding."""
    judged = finding.adjudication
    holds = judged is not None and finding.status is Status.ADJUDICATED
    return judged.judgement if judged and holds else finding.status.value


def choice(finding: Discrepancy, found: ClaimView) -> str:
    """Say whether the judgement of a finding prefers a claim or sets it aside, if it holds."""
    judged, name = finding.adjudication, f"{found.claim.study}#{found.claim.id}"
    if judged is None or finding.status is not Status.ADJUDICATED:
        return ""
    if name in judged.faulty:
        return "set aside"
    # What an unresolved finding rests on is no choice.
    chosen = judged.judgement != "unresolved" and name in judged.stands
    return "preferred" if chosen else ""


def card(site: PageContext, finding: Discrepancy) -> Card:
    """Find the claims of a finding and what they belong to."""
    iris = (site.base.iris.claim(claim.study, claim.id) for claim in finding.claims)
    claims = tuple(site.by_iri[iri] for iri in iris)
    return Card(
        finding,
        claims,
        tuple(dict.fromkeys(found.claim.study for found in claims)),
        tuple(sorted({found.claim.source for found in claims})),
    )


def cards(site: PageContext) -> list[Card]:
    """Return all findings, the material ones first."""
    return [card(site, finding) for finding in site.base.curated.findings]


def of_study(site: PageContext, study: str) -> list[Card]:
    """Return the findings that stand on the page of a study."""
    return [card(site, f) for f in site.base.curated.findings if f.study == study]


def from_elsewhere(site: PageContext, study: str) -> list[Card]:
    """Return the findings about figures of a study that stand on the page of another."""
    every = (f for f in site.base.curated.findings if f.study != study)
    return [card(site, f) for f in every if any(c.study == study for c in f.claims)]


def by_section(site: PageContext, source: str) -> dict[str, int]:
    """Count the findings about figures of each section of a source."""
    return dict(
        Counter(
            section
            for finding in site.base.curated.findings
            for section in {c.section for c in finding.claims if c.source == source}
        )
    )


def newest(site: PageContext, most: int) -> list[Card]:
    """Return the material findings that were judged last; those not judged come first."""
    grave = [one for one in cards(site) if one.finding.severity is Severity.MATERIAL]
    return sorted(grave, key=lambda one: one.date or "9", reverse=True)[:most]


def finding_pages(site: PageContext) -> Iterator[Page | OutputFile]:
    """Yield the page of discrepancies and the same as data."""
    found = cards(site)
    yield Page(
        "finding/index",
        "findings.html.j2",
        "Discrepancies",
        {
            "site": site,
            "cards": found,
            "severities": Counter(one.finding.severity for one in found),
            "verdicts": _counted(found),
            "words": VERDICTS,
            "most": MOST_PRINTS,
            "kinds": sorted({(one.finding.kind, one.kind) for one in found}),
            "studies": [s for s in site.studies if any(s in one.studies for one in found)],
            "places": _places(site, found),
            "stale": site.base.curated.stale(),
        },
        "Figures that cannot be right together, and what was decided about them.",
        hide=("navigation", "toc"),
    )
    data = [finding.data() for finding in site.base.curated.findings]
    text = json.dumps({"discrepancies": data}, ensure_ascii=False, indent=2)
    yield OutputFile("finding/findings.json", f"{text}\n".encode())
    yield OutputFile("finding/findings.csv", _csv(found).encode())


def _counted(found: list[Card]) -> dict[str, int]:
    """Count the findings by what was decided, in the order of ``VERDICTS``."""
    counts = Counter(one.code for one in found)
    return {code: counts[code] for code in VERDICTS if counts[code]}


def _places(site: PageContext, found: list[Card]) -> list[tuple[str, str]]:
    """Name the sources and sections of all findings, each source before its sections."""
    held = {place for one in found for place in one.places}
    sections = [(f"{s.source}/{slug(s.id)}", s) for s in site.evidence.sections]
    named = [(place, f"{s.source}, {s.id}") for place, s in sections]
    every = [(name, name) for name in site.sources] + named
    chosen = [pair for pair in every if pair[0] in held]
    return sorted(chosen, key=lambda pair: pair[0].partition("/")[0])


def _csv(found: list[Card]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in found:
        data = one.finding.data()
        judged = data["adjudication"] or {}
        claims = " ".join(f"{f.claim.study}#{f.claim.id}" for f in one.claims)
        row = {**judged, **{k: v for k, v in data.items() if k != "adjudication"}, "claims": claims}
        writer.writerow(escape_formula(str(row.get(name, ""))) for name in _COLUMNS)
    return out.getvalue()
