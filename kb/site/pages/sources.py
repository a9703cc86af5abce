"""The pages of sources and publications: what was read, and what it cites."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from kb.api.results import ClaimView
from kb.model import Publication, Source, slug
from kb.site.context import PageContext, collect
from kb.site.labels import short_citation
from kb.site.page import OutputFile, Page, Values
from kb.site.pages.concepts import MOST_ROWS, lines
from kb.site.pages.discrepancies import by_section
from kb.site.search_entries import publication_entry
from kb.site.tables.figures import count_states

_MOST_PUBLICATIONS: Final = 800


def source_pages(site: PageContext) -> Iterator[Page]:
    """Yield the list of sources, a page for each, and the publications."""
    yield Page(
        "source/index",
        "sources.html.j2",
        "Sources",
        lambda: {"counts": {source: len(v) for source, v in site.by_source.items()}},
        "The documents that were read and transcribed.",
        hide=("navigation",),
    )
    for source in site.sources.values():
        yield _source(site, source)
        yield from _sections(site, source)
    cited = collect(
        (publication, (source, number))
        for source in site.sources.values()
        for number, publication in source.references
    )
    yield from _publication_lists(site)
    for publication in site.publications.values():
        yield _publication(site, publication, cited.get(publication.id, []))


def _publication_lists(site: PageContext) -> Iterator[Page]:
    """Yield the list of publications; of many, an overview and a list for each initial."""
    every = list(site.publications.values())
    is_divided = len(every) > _MOST_PUBLICATIONS
    by_initial = collect((_initial(one), one) for one in every) if is_divided else {}
    initials = {name: len(by_initial[name]) for name in sorted(by_initial)}

    def page(path: str, title: str, listed: Sequence[Publication]) -> Page:
        values = {"listed": listed, "initials": initials}
        about = "Every publication that a source is or cites."
        hide = ("navigation",)
        return Page(path, "publications.html.j2", title, lambda: values, about, hide=hide)

    yield page("publication/index", "Publications", [] if is_divided else every)
    for name in initials:
        yield page(f"publications/{name}", f"Publications: {name.upper()}", by_initial[name])


def _initial(publication: Publication) -> str:
    """Return the first letter or digit of a citation, without accents: a part of an address."""
    letters = unicodedata.normalize("NFKD", publication.citation.casefold())
    return next((one for one in letters if one.isascii() and one.isalnum()), "other")


def _source(site: PageContext, source: Source) -> Page:
    publication = site.publications[source.publication]

    def claims() -> list[ClaimView]:
        return site.by_source.get(source.id, [])

    def by_place() -> Mapping[str, list[ClaimView]]:
        return collect((view.claim.section, view) for view in claims())

    def values() -> Values:
        return {
            "source": source,
            "publication": publication,
            "sections": [s for s in site.evidence.sections if s.source == source.id],
            "slug": slug,
            "lines": {section: lines(site, v) for section, v in by_place().items()},
            "is_divided": site.is_divided(source.id),
            "states": count_states(claims()),
            "claims": claims(),
            "findings": by_section(site, source.id),
        }

    def files() -> Iterator[OutputFile]:
        yield site.csv(f"source/{source.id}.csv", claims())
        for section, views in by_place().items():
            yield site.csv(f"source/{source.id}/{slug(section)}.csv", views)

    return Page(
        f"source/{source.id}",
        "source.html.j2",
        source.title,
        values,
        source.credit,
        hide=("navigation",),
        search=lambda: publication_entry(site, publication, len(claims()), "Source"),
        files=files,
    )


def _sections(site: PageContext, source: Source) -> Iterator[Page]:
    """Yield a page for each section of a source that gives more than one page can list."""
    if not site.is_divided(source.id):
        return
    by_place = collect((view.claim.section, view) for view in site.by_source[source.id])
    for section, views in by_place.items():
        values = {
            "source": source,
            "section": site.sections[source.id, section],
            "slug": slug(section),
            "claims": views,
        }
        yield Page(
            f"source/{source.id}/{slug(section)}",
            "section.html.j2",
            f"{short_citation(site.publications[source.publication])}, {section}",
            partial(_section_values, site, values),
            source.credit,
            hide=("navigation", "toc"),
        )


def _section_values(site: PageContext, values: Values) -> Values:
    return {**values, "lines": lines(site, values["claims"])}


def _publication(
    site: PageContext, publication: Publication, cited: list[tuple[Source, int]]
) -> Page:
    def claims() -> list[ClaimView]:
        return site.by_publication.get(publication.id, [])

    def values() -> Values:
        own = (s.id for s in site.studies.values() if publication.id in s.publications)
        return {
            "publication": publication,
            "cited": cited,
            "is_source": [s for s in site.sources.values() if s.publication == publication.id],
            "reports": sorted({*own, *publication.reports}),
            "claims": claims(),
            "lines": lines(site, claims()) if len(claims()) <= MOST_ROWS else [],
        }

    return Page(
        f"publication/{publication.id}",
        "publication.html.j2",
        publication.citation,
        values,
        hide=("navigation",),
        search=lambda: publication_entry(site, publication, len(claims())),
        files=lambda: [site.csv(f"publication/{publication.id}.csv", claims())] if claims() else [],
    )
