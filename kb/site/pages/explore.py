"""The explorer: every claim in one table of the browser, narrowed by facets and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate, chain
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


def explore_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page of the explorer, and the claims that it loads."""

    @cache  # the page names the version of its data
    def data() -> OutputFile:
        return json_file(DATA, explored(site))

    yield Page(
        "explore",
        "explore.html.j2",
        "Explore",
        lambda: {"claims": len(site.claims), "preload": versioned(data())},
        "Every claim in one table to filter, search, sort and download.",
        hide=("navigation", "toc"),
        program="explore",
        files=lambda: [data()],
    )


def explored(site: PageContext) -> Mapping[str, Any]:
    """Return all claims in columns: those of the export, and those that only the table shows.

    ``first`` is the index of each claim's first row: a schedule has a row for each of its steps.
    """
    views = {(view.claim.study, view.claim.id): view for view in site.claims}
    claims = [views[key] for key in site.rows]
    return {
        "base": site.base.iris.base,
        "prefixes": prefixes(site.base.iris),
        "columns": dict(COLUMNS),
        "rows": packed_table(list(chain.from_iterable(site.rows.values()))),
        "first": list(accumulate(map(len, site.rows.values()), initial=0))[:-1],
        "shown": packed_table([_shown(site, view) for view in claims]),
        "facets": [facet.packed(claims) for facet in facets(site)],
    }


def _shown(site: PageContext, view: ClaimView) -> dict[str, str]:
    """What the table shows of a claim; ``also`` is text that only the search reads."""
    claim, measure = view.claim, view.claim.measure
    section = site.sections[claim.source, claim.section]
    place = (section_name(section), *claim.row, claim.column)
    cited = (publication.citation for publication in view.publications)
    return {
        "figure": figure_text(site, claim),
        "detail": site.labels.measure(claim),
        "who": site.who(claim.study, measure.group),
        "versus": site.who(claim.study, measure.comparator) if measure.comparator else "",
        "place": " › ".join(filter(None, place)),
        "anchor": slug(claim.section),
        "cited": short_citation(site.publications[view.source.publication]),
        "also": " ".join(filter(None, (claim.named, claim.note, *cited))),
    }


def figure_text(site: PageContext, claim: Claim) -> str:
    """Write the figure of a claim as pages do, or the result of a comparison; "" for a schedule."""
    if claim.measure.comparator:
        return "; ".join(part.text for part in site.labels.comparison(claim))
    return "" if claim.steps else site.labels.figure(claim.figure)
