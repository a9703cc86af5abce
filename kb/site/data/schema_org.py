"""Descriptions of pages in the terms of schema.org, for search engines."""

from __future__ import annotations

import json
from typing import Any

from kb import __version__
from kb.export.catalog import DOWNLOADS
from kb.model import Publication
from kb.records.vocabulary import Term
from kb.site.context import SCHEMES, PageContext

Description = dict[str, Any]


def describe_page(site: PageContext, path: str) -> Description | None:
    """Return the description of the page at a path, or None where schema.org has no type for it."""
    kind, _, name = path.partition("/")
    url = f"{site.evidence.dataset.base}{path}"
    description: Description
    if path == "index":
        description = _dataset(site)
    elif kind == "study" and name in site.studies:
        description = _study(site, name, url)
    elif kind == "publication" and name in site.publications:
        description = _article(site.publications[name]) | {"url": f"{url}/"}
    elif kind == "source" and name in site.sources:
        source = site.sources[name]
        description = _article(site.publications[source.publication])
        description |= {"url": f"{url}/", "name": source.title, "license": source.credit}
    elif name and kind in SCHEMES and (term := _term(site, kind, name)):
        description = {
            "@type": "DefinedTerm",
            "@id": term.iri,
            "name": term.label,
            "description": term.definition,
            "termCode": term.notation,
            "inDefinedTermSet": f"{site.evidence.dataset.base}{kind}/",
        }
    else:
        return None
    return {"@context": "https://schema.org", **description}


def _dataset(site: PageContext) -> Description:
    dataset = site.evidence.dataset
    return {
        "@type": "Dataset",
        "@id": dataset.base,
        "name": dataset.title,
        "description": dataset.description,
        "url": dataset.base,
        "license": dataset.license,
        "version": __version__,
        "creator": [{"@type": "Organization", "name": name} for name in dataset.creators],
        "isBasedOn": list(dataset.credits),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{dataset.base}{path}", "encodingFormat": kind}
            for path, kind in DOWNLOADS.items()
        ],
    }


def _study(site: PageContext, name: str, url: str) -> Description:
    study = site.studies[name]
    condition = site.labels.label("population", study.population)
    description: Description = {
        "@type": "MedicalStudy",
        "@id": url,
        "url": f"{url}/",
        "name": study.name,
        "alternateName": study.title,
        "description": study.about or study.title,
        "identifier": list(study.registry),
        "healthCondition": {"@type": "MedicalCondition", "name": condition},
        "subjectOf": [_article(site.publications[name]) for name in study.publications],
        "isPartOf": {"@id": site.evidence.dataset.base},
    }
    return {name: value for name, value in description.items() if value}


def _term(site: PageContext, scheme: str, segment: str) -> Term | None:
    return next((term for term in site.terms(scheme) if term.segment == segment), None)


def _article(publication: Publication) -> Description:
    article: Description = {"@type": "ScholarlyArticle", "name": publication.citation}
    if publication.doi:
        article["identifier"] = f"doi:{publication.doi}"
        article["sameAs"] = f"https://doi.org/{publication.doi}"
    if publication.year:
        article["datePublished"] = str(publication.year)
    return article


def script(description: Description) -> str:
    """Return JSON for a script element: nothing in it can end the element."""
    text = json.dumps(description, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
