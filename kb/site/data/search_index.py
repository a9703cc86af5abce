"""What the search of the site knows: pages with their names, and every claim with its figure.

The browser ranks it (``site/front/src/ranking.ts``). Claims refer to the entries of their study
and of their concepts by position, so that names are written once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import chain
from typing import Any, Final

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.site.context import SCHEMES, PageContext
from kb.site.data.facets import about, drugs_of
from kb.site.data.packing import json_file, packed_table
from kb.site.labels import context, dotted, sentence
from kb.site.page import OutputFile, Page, SearchEntry
from kb.site.pages.explore import figure_text
from kb.site.search_entries import term_entry
from kb.sources.verify import VerificationState

SEARCH_INDEX: Final = "data/search.json.gz"

_WEIGHTS: Final = {
    "Drug": 2.0,
    "Endpoint": 1.7,
    "Regimen": 1.6,
    "Study": 1.5,
    "Analysis": 1.3,
    "Population": 1.2,
    "Publication": 1.0,
    "Source": 0.8,
    "Page": 0.6,
    "Claim": 1.0,
}
"""What a reader who types a name most likely means; a drug has the name of its regimen."""

_LONGEST_TEXT: Final = 400
"""Characters of a part of a hand-written page; its first sentences and its heading find it."""

_TAG: Final = re.compile(r"<[^>]*>")


def search_index(
    site: PageContext, pages: Iterable[Page], written: Iterable[Mapping[str, str]]
) -> OutputFile:
    """Make the file that the search loads.

    Args:
        site: the evidence base.
        pages: all generated pages.
        written: the parts of hand-written pages: ``location``, ``title`` and ``text`` as HTML.
    """
    rows = [*chain.from_iterable(map(_rows, pages)), *_without_page(site), *map(_written, written)]
    places = {str(row["url"]): at for at, row in enumerate(rows)}
    claims = [_claim(site, view, places) for view in site.claims]
    table = {"weights": _WEIGHTS, "pages": packed_table(rows), "claims": packed_table(claims)}
    return json_file(SEARCH_INDEX, table)


def _rows(page: Page) -> Iterator[dict[str, Any]]:
    entry = page.search()
    yield _row(page.url, page.title, entry, entry.snippet or page.description)
    for anchor, title in entry.parts:
        yield _row(f"{page.url}#{anchor}", title, SearchEntry(entry.kind), page.title)


def _row(url: str, title: str, entry: SearchEntry, snippet: str) -> dict[str, Any]:
    text = "" if entry.text in snippet else entry.text
    return {
        "url": url,
        "title": title,
        "kind": entry.kind,
        "names": [name for name in dict.fromkeys(entry.names) if name != title],
        "text": text,
        "snippet": snippet,
        "size": entry.size,
    }


def _without_page(site: PageContext) -> Iterator[dict[str, Any]]:
    """Yield the concepts without evidence: they stand in the list of their scheme only."""
    for scheme in SCHEMES:
        for term in site.terms(scheme):
            if not site.has_page(scheme, term.notation):
                entry = term_entry(site, term)
                url = f"{scheme}/#{term.segment}"
                yield _row(url, sentence(term.label), entry, entry.snippet)


def _written(part: Mapping[str, str]) -> dict[str, Any]:
    title, text = (unescape(_TAG.sub(" ", part[name])) for name in ("title", "text"))
    text = " ".join(text.split())[:_LONGEST_TEXT]
    return _row(part["location"], title, SearchEntry("Page"), text)


def _claim(site: PageContext, view: ClaimView, places: Mapping[str, int]) -> dict[str, Any]:
    claim, measure = view.claim, view.claim.measure
    regimens = about(site, view, "regimen")
    terms = {
        "endpoint": [measure.endpoint],
        "regimen": regimens,
        "drug": list(drugs_of(site, regimens)),
        "population": about(site, view, "population"),
    }
    urls = (
        f"{scheme}/{site.vocabulary.get(scheme, name).segment}/"
        for scheme, names in terms.items()
        for name in dict.fromkeys(names)
    )
    who = site.who(claim.study, measure.group)
    versus = site.who(claim.study, measure.comparator) if measure.comparator else ""
    return {
        "study": places[f"study/{claim.study}/"],
        "id": claim.id,
        "about": [places[url] for url in urls if url in places],
        "detail": dotted(site.labels.measure(claim), context(claim)),
        "figure": figure_text(site, claim),
        "who": f"{who} vs {versus}" if versus else who,
        "also": " ".join((claim.named, *_statistic_names(site, claim.statistic))),
        "standing": _standing(view),
    }


def _statistic_names(site: PageContext, statistic: str) -> list[str]:
    term = site.vocabulary.schemes.get("statistic", {}).get(statistic)
    return site.other_labels.get(term.iri, []) if term else []


def _standing(view: ClaimView) -> str:
    """Return what must be known before a figure is used, if it is not the paper's own."""
    return dotted(
        "set aside" if view.standing is ClaimStatus.SET_ASIDE else "",
        "second-hand" if view.publications else "",
        "noted from a summary" if view.verification.state is VerificationState.NOTED else "",
    )
