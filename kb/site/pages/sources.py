"""The pages of sources and publications: what was read, and what it cites."""

from __future__ import annotations

from collections.abc import Iterator

from kb.model import Publication, Source, slug
from kb.site.context import PageContext, collect
from kb.site.data import search_names as searching
from kb.site.page import OutputFile, Page, Values
from kb.site.pages.concepts import MOST_ROWS, lines
from kb.site.pages.discrepancies import by_section
from kb.sources.verify import VerificationState


def source_pages(site: PageContext) -> Iterator[Page]:
    """Yield the list of sources, a page for each, and the publications."""
    yield Page(
        "source/index",
        "sources.html.j2",
        "Sources",
        {"site": site, "counts": {s: len(f) for s, f in site.by_source.items()}},
        "The documents that were read and transcribed.",
        hide=("navigation",),
    )
    for source in site.sources.values():
        yield _source(site, source)
    yield from _publications(site)


def _source(site: PageContext, source: Source) -> Page:
    claims = site.by_source.get(source.id, [])
    sections = [s for s in site.evidence.sections if s.source == source.id]
    found_in = collect((found.claim.section, found) for found in claims)
    states = collect((found.check.state, found) for found in claims)

    def values() -> Values:
        return {
            "site": site,
            "source": source,
            "publication": site.publications[source.publication],
            "sections": sections,
            "slug": slug,
            "lines": {name: lines(site, found) for name, found in found_in.items()},
            "states": {state: len(states.get(state, [])) for state in VerificationState},
            "claims": claims,
            "findings": by_section(site, source.id),
        }

    def files() -> Iterator[OutputFile]:
        yield site.csv(f"source/{source.id}.csv", claims)
        for section, found in found_in.items():
            yield site.csv(f"source/{source.id}/{slug(section)}.csv", found)

    return Page(
        f"source/{source.id}",
        "source.html.j2",
        source.title,
        values,
        source.credit,
        hide=("navigation",),
        made_of=site.made_of(claims),
        files=files,
        **searching.of_publication(site.publications[source.publication], len(claims), "source"),
    )


def _publications(site: PageContext) -> Iterator[Page]:
    cited = collect(
        (name, (source, number))
        for source in site.sources.values()
        for number, name in source.references
    )
    yield Page(
        "publication/index",
        "publications.html.j2",
        "Publications",
        {"site": site, "cited": cited},
        "Every publication that a source is or cites.",
        hide=("navigation",),
    )
    for publication in site.publications.values():
        yield _publication(site, publication, cited.get(publication.id, []))


def _publication(
    site: PageContext, publication: Publication, cited: list[tuple[Source, int]]
) -> Page:
    claims = site.by_publication.get(publication.id, [])

    def values() -> Values:
        return {
            "site": site,
            "publication": publication,
            "cited": cited,
            "is_source": [s for s in site.sources.values() if s.publication == publication.id],
            "reports": _reports(site, publication.id, publication.reports),
            "claims": claims,
            "lines": lines(site, claims) if len(claims) <= MOST_ROWS else [],
        }

    return Page(
        f"publication/{publication.id}",
        "publication.html.j2",
        publication.citation,
        values,
        hide=("navigation",),
        made_of=site.made_of(claims),
        files=lambda: [site.csv(f"publication/{publication.id}.csv", claims)] if claims else [],
        **searching.of_publication(publication, len(claims)),
    )


def _reports(site: PageContext, name: str, named: tuple[str, ...]) -> list[str]:
    own = (s.id for s in site.studies.values() if name in s.publications)
    return sorted({*own, *named})
