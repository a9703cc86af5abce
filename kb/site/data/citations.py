"""How pages and publications are cited: CSL and BibTeX for reference managers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kb import __version__
from kb.model import Publication
from kb.site.context import SCHEMES, PageContext
from kb.site.page import OutputFile

_ARTICLES: Final = frozenset({"journal-article", "review", "preprint", "abstract"})

Citation = dict[str, Any]
"""A citation in the terms of CSL."""


def citation_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield ``.csl.json`` and ``.bib`` for every page that is cited, and every publication."""
    titles = {"index": site.evidence.dataset.title}
    titles |= {f"study/{study.id}": study.name for study in site.studies.values()}
    titles |= {f"source/{source.id}": source.title for source in site.sources.values()}
    titles |= {f"{s}/{term.segment}": term.label for s in SCHEMES for term in site.with_page(s)}
    citations = {path: page_citation(site, path, title) for path, title in titles.items()}
    for publication in site.publications.values():
        citations[f"publication/{publication.id}"] = publication_citation(publication)
    for path, citation in citations.items():
        text = json.dumps([citation], ensure_ascii=False, indent=2, sort_keys=True)
        yield OutputFile(f"{path}.csl.json", f"{text}\n".encode())
        yield OutputFile(f"{path}.bib", bibtex(citation).encode())


def page_citation(site: PageContext, path: str, title: str) -> Citation:
    """Return how a page of the evidence base is cited."""
    dataset = site.evidence.dataset
    citation: Citation = {
        "id": path.replace("/", "-"),
        "type": "dataset" if path == "index" else "webpage",
        "title": title,
        "URL": dataset.base if path == "index" else f"{dataset.base}{path}/",
        "version": __version__,
        "author": [{"literal": name} for name in dataset.creators],
    }
    return citation if path == "index" else citation | {"container-title": dataset.title}


def publication_citation(publication: Publication) -> Citation:
    """Return how a publication is cited; the whole citation is its title if no part is known."""
    has_parts = publication.journal or publication.title
    is_article = publication.journal or publication.type in _ARTICLES
    citation: Citation = {
        "id": publication.id,
        "type": "article-journal" if is_article else "webpage",
        "author": _authors(publication.authors),
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
    }
    return {name: value for name, value in citation.items() if value}


def _authors(cited: str) -> list[dict[str, str]]:
    """Read authors as they are cited; who is not named stays "et al.".

    >>> _authors("Foà R, et al.")
    [{'family': 'Foà', 'given': 'R'}, {'literal': 'et al.'}]
    """
    names = (re.fullmatch(r"(.+) ([^\W\d_a-z]{1,4})", name) for name in _names(cited))
    return [
        {"family": found[1], "given": found[2]} if found else {"literal": name}
        for found, name in zip(names, _names(cited), strict=True)
    ]


def _names(cited: str) -> list[str]:
    return [name for name in cited.split(", ") if name]


def bibtex(citation: Mapping[str, Any]) -> str:
    r"""Return a citation as BibTeX, with what BibTeX reads as commands escaped.

    Titles are braced twice, so that no style changes their capitals.

    >>> print(bibtex({"id": "a", "type": "webpage", "title": "5% & more", "URL": "https://e.org/"}))
    @misc{a,
      title = {{5\% \& more}},
      url = {https://e.org/}
    }
    <BLANKLINE>
    """
    is_article = citation["type"] == "article-journal"
    issued = citation.get("issued", {}).get("date-parts", [[""]])[0][0]
    fields = {
        "author": " and ".join(map(_bibtex_name, citation.get("author", []))),
        "title": f"{{{_tex(citation['title'])}}}" if "title" in citation else "",
        "journal" if is_article else "howpublished": _tex(citation.get("container-title", "")),
        "year": str(issued),
        "volume": _tex(citation.get("volume", "")),
        "number": _tex(citation.get("issue", "")),
        "pages": _tex(citation.get("page", "").replace("-", "--")),
        "doi": citation.get("DOI", ""),
        "pmid": citation.get("PMID", ""),
        "pmcid": citation.get("PMCID", ""),
        "url": citation.get("URL", ""),
        "version": citation.get("version", ""),
    }
    kind = "article" if is_article else "misc"
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{citation['id']},\n" + ",\n".join(lines) + "\n}\n"


def _tex(text: str) -> str:
    return "".join(f"\\{c}" if c in "&%$#_{}" else c for c in text.replace("\\", ""))


def _bibtex_name(author: Mapping[str, str]) -> str:
    if "family" in author:
        return f"{_tex(author['family'])}, {_tex(author['given'])}"
    return "others" if author["literal"] == "et al." else f"{{{_tex(author['literal'])}}}"
