"""What programs read: schema.org in the pages, citations, and a guide for language models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from kb.model import Publication, Study
from kb.site.context import SCHEMES, PageContext
from kb.site.page import OutputFile
from kb.stores.library import library

_CONTEXT: Final = "https://schema.org"
_ARTICLES: Final = frozenset({"journal-article", "review", "preprint", "abstract"})

Said = dict[str, Any]


def machine_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield citations of every thing that has a page, and ``llms.txt``."""
    for path, title in _titles(site).items():
        yield from _citation_files(path, page_citation(site, path, title))
    for publication in site.publications.values():
        cited = publication_citation(publication)
        yield from _citation_files(f"publication/{publication.id}", cited)
    yield OutputFile("llms.txt", _guide(site).encode())


def _titles(site: PageContext) -> dict[str, str]:
    """The title of each page that is cited as a part of the evidence base, by its path."""
    found = {"index": site.evidence.dataset.title}
    found |= {f"study/{study.id}": study.name for study in site.studies.values()}
    found |= {f"source/{source.id}": source.title for source in site.sources.values()}
    for scheme in SCHEMES:
        found |= {f"{scheme}/{t.segment}": t.label for t in site.terms(scheme)}
    return found


def _citation_files(path: str, cited: Said) -> Iterator[OutputFile]:
    text = json.dumps([cited], ensure_ascii=False, indent=2, sort_keys=True)
    yield OutputFile(f"{path}.csl.json", f"{text}\n".encode())
    yield OutputFile(f"{path}.bib", bibtex(cited).encode())


@cache
def _version() -> str:
    return version("kb")


def page_citation(site: PageContext, path: str, title: str) -> Said:
    """Return how a page of the evidence base is cited, in the terms of CSL."""
    dataset = site.evidence.dataset
    where = "" if path == "index" else f"{path}/"
    cited: Said = {
        "id": path.replace("/", "-"),
        "type": "dataset" if path == "index" else "webpage",
        "title": title,
        "URL": f"{dataset.base}{where}",
        "version": _version(),
        "author": [{"literal": name} for name in dataset.creators],
    }
    return cited if path == "index" else cited | {"container-title": dataset.title}


def publication_citation(publication: Publication) -> Said:
    """Return how a publication is cited; what the records do not tell apart stays in its note."""
    cited: Said = {
        "id": publication.id,
        "type": "article-journal" if publication.type in _ARTICLES else "webpage",
        "title": publication.citation,
    }
    known = {"DOI": publication.doi, "PMID": publication.pmid, "URL": publication.url}
    if publication.year:
        cited["issued"] = {"date-parts": [[publication.year]]}
    return cited | {name: value for name, value in known.items() if value}


def bibtex(cited: Mapping[str, Any]) -> str:
    r"""Return a citation as BibTeX, with what BibTeX reads as commands escaped.

    >>> print(bibtex({"id": "a", "type": "webpage", "title": "5% & more", "URL": "https://e.org/"}))
    @misc{a,
      title = {5\% \& more},
      url = {https://e.org/}
    }
    <BLANKLINE>
    """
    issued = cited.get("issued", {}).get("date-parts", [[""]])[0][0]
    fields = {
        "author": " and ".join(f"{{{a['literal']}}}" for a in cited.get("author", [])),
        "title": _tex(cited["title"]),
        "howpublished": _tex(cited.get("container-title", "")),
        "year": str(issued),
        "doi": cited.get("DOI", ""),
        "pmid": cited.get("PMID", ""),
        "url": cited.get("URL", ""),
        "version": cited.get("version", ""),
    }
    kind = "article" if cited["type"] == "article-journal" else "misc"
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{cited['id']},\n" + ",\n".join(lines) + "\n}\n"


def _tex(text: str) -> str:
    return "".join(f"\\{c}" if c in "&%$#_{}" else c for c in text.replace("\\", ""))


def described(site: PageContext, path: str) -> Said | None:
    """Return what schema.org can say of a page, or nothing."""
    kind, _, name = path.partition("/")
    base = site.evidence.dataset.base
    if path == "index":
        return _dataset(site)
    if kind == "study" and name in site.studies:
        return _study(site, site.studies[name])
    if kind == "publication" and name in site.publications:
        return _article(site.publications[name], f"{base}{path}/")
    if kind == "source" and name in site.sources:
        source = site.sources[name]
        article = _article(site.publications[source.publication], f"{base}{path}/")
        return article | {"name": source.title, "license": source.credit}
    term = next((t for t in site.terms(kind) if t.segment == name), None) if name else None
    if kind not in SCHEMES or term is None:
        return None
    return {
        "@context": _CONTEXT,
        "@type": "DefinedTerm",
        "@id": term.iri,
        "name": term.label,
        "description": term.definition,
        "termCode": term.notation,
        "inDefinedTermSet": f"{base}{kind}/",
    }


def _dataset(site: PageContext) -> Said:
    dataset = site.evidence.dataset
    files = (("data/kb.nq", "application/n-quads"), ("data/claims.csv", "text/csv"))
    return {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": dataset.base,
        "name": dataset.title,
        "description": dataset.description,
        "url": dataset.base,
        "license": dataset.license,
        "version": _version(),
        "creator": [{"@type": "Organization", "name": name} for name in dataset.creators],
        "isBasedOn": list(dataset.credits),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{dataset.base}{path}", "encodingFormat": kind}
            for path, kind in files
        ],
    }


def _study(site: PageContext, study: Study) -> Said:
    base, words = site.evidence.dataset.base, site.words
    said: Said = {
        "@context": _CONTEXT,
        "@type": "MedicalStudy",
        "@id": f"{base}study/{study.id}",
        "url": f"{base}study/{study.id}/",
        "name": study.name,
        "alternateName": study.title,
        "description": study.about or study.title,
        "identifier": list(study.registry),
        "healthCondition": {
            "@type": "MedicalCondition",
            "name": words.label("population", study.population),
        },
        "subjectOf": [_cited(site.publications[name]) for name in study.publications],
        "isPartOf": {"@id": base},
    }
    return {name: value for name, value in said.items() if value}


def _article(publication: Publication, url: str) -> Said:
    return {"@context": _CONTEXT, "url": url, **_cited(publication)}


def _cited(publication: Publication) -> Said:
    said: Said = {"@type": "ScholarlyArticle", "name": publication.citation}
    if publication.doi:
        said |= {"identifier": f"doi:{publication.doi}"}
        said |= {"sameAs": f"https://doi.org/{publication.doi}"}
    return said | ({"datePublished": str(publication.year)} if publication.year else {})


def script(said: Said) -> str:
    """Return JSON for a script element: nothing in it can end the element."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _guide(site: PageContext) -> str:
    """``llms.txt``: what there is and where, in Markdown, as llmstxt.org proposes."""
    dataset, base = site.evidence.dataset, site.evidence.dataset.base
    counts = ", ".join(f"{number} {what}" for what, number in site.base.counts().items())
    studies = (f"- [{s.name}]({base}study/{s.id}/): {s.title}" for s in site.studies.values())
    questions = (f"- {query.name}: {query.question}" for query in library().values())
    return "\n".join(
        (
            f"# {dataset.title}",
            "",
            f"> {dataset.description}",
            "",
            f"It holds {counts}. Every figure is bound to the place that prints it. It informs, "
            "it does not advise.",
            "Two publications of one study are one study. A figure may be second-hand, set aside "
            "by a judgement, or of another analysis set: read its group, denominator, time and "
            "standing.",
            "",
            "## Data",
            "",
            f"- [The whole dataset, N-Quads]({base}data/kb.nq)",
            f"- [All claims, CSV]({base}data/claims.csv)",
            f"- [Discrepancies]({base}finding/)",
            f"- [Ontology]({base}ontology/)",
            "- Every page of a study, source, publication or concept has `.ttl`, `.jsonld`, `.bib` "
            "and `.csl.json` beside it; most have `.csv`.",
            "",
            "## Studies",
            "",
            *studies,
            "",
            "## Tested queries",
            "",
            *questions,
            "",
        )
    )
