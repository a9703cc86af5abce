"""The explorer: every claim in one table of the browser, narrowed by facets and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kb.api.results import ClaimView
from kb.export.csv import COLUMNS
from kb.model import Claim, slug
from kb.site.context import PageContext
from kb.site.data.facets import facets
from kb.site.data.packing import json_file, packed_table, versioned
from kb.site.filters import section_name
from kb.site.labels import short_citation
from kb.site.page import OutputFile, Page
from kb.stores.library import prefixes

DATA: Final = "data/explore.json.gz"


def explore_pages(site: PageContext) -> Iterator[Page | OutputFile]:
    """Yield the page of the explorer, and the claims that it loads."""
    data = json_file(DATA, explored(site))
    yield data
    yield Page(
        "explore",
        "explore.html.j2",
        "Explore",
        {"site": site, "claims": len(site.claims)},
        "Every claim in one table: narrowed, searched, sorted, and downloaded as shown.",
        hide=("navigation", "toc"),
        more={"program": {"name": "explore", "data": versioned(data)}},
    )


def explored(site: PageContext) -> Mapping[str, Any]:
    """Return all claims in columns: those of the export, and what the table shows beside.

    ``first`` is the first row of each claim: a schedule has a row for each of its steps.
    """
    by_claim = site.rows
    every = {(found.claim.study, found.claim.id): found for found in site.claims}
    claims = [every[key] for key in by_claim]
    first, at = [], 0
    for rows in by_claim.values():
        first.append(at)
        at += len(rows)
    return {
        "base": site.base.iris.base,
        "prefixes": prefixes(site.base.iris),
        "columns": dict(COLUMNS),
        "rows": packed_table([row for rows in by_claim.values() for row in rows]),
        "first": first,
        "shown": packed_table([_shown(site, found) for found in claims]),
        "facets": [facet.packed(claims) for facet in facets(site)],
    }


def _shown(site: PageContext, found: ClaimView) -> dict[str, str]:
    """What the table shows of a claim, and under ``also`` what only the search reads."""
    claim, measure = found.claim, found.claim.measure
    section = site.sections[claim.source, claim.section]
    place = (section_name(section), *claim.row, claim.column)
    versus = site.who(claim.study, measure.comparator) if measure.comparator else ""
    cited = (publication.citation for publication in found.publications)
    return {
        "figure": figure_text(site, claim),
        "detail": site.words.measure(claim),
        "who": site.who(claim.study, measure.group),
        "versus": versus,
        "place": " › ".join(filter(None, place)),
        "anchor": slug(claim.section),
        "cited": short_citation(site.publications[found.source.publication]),
        "also": " ".join(filter(None, (claim.named, claim.note, *cited))),
    }


def figure_text(site: PageContext, claim: Claim) -> str:
    """Write the figure of a claim as pages do, or the words of a comparison; "" for a schedule."""
    if claim.measure.comparator:
        parts = (text for _, text in site.words.verdict(claim, "", ""))
        return "; ".join(part.removeprefix(": ") for part in parts)
    return "" if claim.steps else site.words.figure(claim.figure)
