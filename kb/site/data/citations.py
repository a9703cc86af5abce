"""How pages and publications are cited: as text, and as files for reference managers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from kb import __version__
from kb.model import Publication
from kb.papers.bibliography.entry import AUTHORS_SHORTENED
from kb.site.context import SCHEMES, PageContext
from kb.site.data.citation_formats import Citation, authors, bibtex, ris, vancouver
from kb.site.labels import date
from kb.site.page import OutputFile
from kb.site.tables import safety

_ARTICLES: Final = frozenset({"journal-article", "review", "preprint", "abstract"})
_TOOLS: Final = {"compare": "Compare", "forest": "Forest plots"}
"""Pages of figures about several things."""


def citation_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield ``.csl.json``, ``.bib`` and ``.ris`` for every page that is cited and publication."""
    for path, citation in _citations(site).items():
        text = json.dumps([citation], ensure_ascii=False, indent=2, sort_keys=True)
        yield OutputFile(f"{path}.csl.json", f"{text}\n".encode())
        yield OutputFile(f"{path}.bib", bibtex(citation).encode())
        yield OutputFile(f"{path}.ris", ris(citation).encode())


def cited(site: PageContext, path: str) -> str:
    """Return how a page that is cited, or a publication, is cited as text."""
    return vancouver(_citations(site)[path])


def version_text(site: PageContext) -> str:
    """Return the version of the software and the date of the records, for a line of its own."""
    records = [f"records of {date(site.updated)}"] if site.updated else []
    return ", ".join((f"kb {__version__}", *records))


def _citations(site: PageContext) -> dict[str, Citation]:
    def made() -> dict[str, Citation]:
        pages = {path: page_citation(site, path, title) for path, title in _titles(site).items()}
        publications = site.publications.values()
        return pages | {f"publication/{p.id}": publication_citation(p) for p in publications}

    return site.memo(("citations",), made)


def _titles(site: PageContext) -> dict[str, str]:
    """Return the pages that are cited, by path, with their titles."""
    titles = {"index": site.evidence.dataset.title, **_TOOLS}
    titles |= safety.Safety.of(site).titles()
    titles |= {f"study/{study.id}": study.name for study in site.studies.values()}
    titles |= {f"source/{source.id}": source.title for source in site.sources.values()}
    return titles | {f"{s}/{t.segment}": t.label for s in SCHEMES for t in site.with_page(s)}


def page_citation(site: PageContext, path: str, title: str) -> Citation:
    """Return how a page is cited: with the version of the software and the date of the records.

    The records' date is that of the newest judgement or check in them: a build has no clock.
    """
    dataset = site.evidence.dataset
    citation: Citation = {
        "id": path.replace("/", "-"),
        "type": "dataset" if path == "index" else "webpage",
        "title": title,
        "URL": dataset.base if path == "index" else f"{dataset.base}{path}/",
        "version": f"kb {__version__}",
        "author": [{"literal": name} for name in dataset.creators],
    }
    if site.updated:
        citation["issued"] = {"date-parts": [[int(part) for part in site.updated.split("-")]]}
    return citation if path == "index" else citation | {"container-title": dataset.title}


def publication_citation(publication: Publication) -> Citation:
    """Return how a publication is cited; the whole citation is its title if no part is known."""
    has_parts = publication.journal or publication.title
    is_article = publication.journal or publication.type in _ARTICLES
    named, is_shortened = authors(publication.authors)
    citation: Citation = {
        "id": publication.id,
        "type": "article-journal" if is_article else "webpage",
        "author": named,
        "title": publication.title or ("" if has_parts else publication.citation),
        "container-title": publication.journal,
        "volume": publication.volume,
        "issue": publication.issue,
        "page": publication.pages,
        "DOI": publication.doi,
        "PMID": publication.pmid,
        "PMCID": publication.pmcid,
        "URL": publication.url,
        "issued": {"date-parts": [[publication.year]]} if publication.year else None,
        "note": AUTHORS_SHORTENED if is_shortened else "",
    }
    return {name: value for name, value in citation.items() if value}
