"""The home page, and the page of downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from kb.analysis.derived import derived_csv, derived_nquads
from kb.export.catalog import catalog
from kb.export.csv import COLUMNS, to_csv
from kb.export.csvw import METADATA as CSVW
from kb.export.csvw import claims_metadata
from kb.export.datapackage import claims_resource, datapackage
from kb.model import Study
from kb.rdf.writer import GraphWriter
from kb.records.json_schema import MODELS, schema_text
from kb.site.context import PageContext, collect
from kb.site.labels import date
from kb.site.page import OutputFile, Page, SearchEntry, Values
from kb.site.pages.compare import comparison_starts
from kb.site.pages.discrepancies import newest
from kb.site.pages.forest import forest_tables
from kb.site.pages.what_changed import change_pages
from kb.site.tables.card import StudyCard
from kb.site.tables.evidence_map import evidence_map
from kb.site.tables.figures import count_states
from kb.site.tables.safety import Safety
from kb.site.tables.study import StudyTables

_STARTS: Final = 3
"""How many comparisons the home page offers."""
_MOST_STUDIES: Final = 120
"""The home page of a larger base has no map and no list of studies."""
_NEWEST: Final = 3
"""How many discrepancies the home page lists."""

_ABOUT: Final = "Who made this site, how sources were chosen, and when it was last updated"


def home_pages(site: PageContext) -> Iterator[Page]:
    """Yield the home page, and the page of downloads."""
    dataset = site.evidence.dataset
    hidden, values = ("navigation", "toc"), partial(_home_values, site)
    about = SearchEntry(parts=(("about-this-base", _ABOUT),))
    text = dataset.description
    yield Page("index", "home.html.j2", dataset.title, values, text, hidden, search=lambda: about)
    values = partial(_data_values, site)
    found = SearchEntry(names=("Downloads", "Export", "CSV tables"))
    text = "The dataset as files."
    yield Page("data", "data.html.j2", "Data", values, text, search=lambda: found)


def _data_values(site: PageContext) -> Values:
    return {"counts": site.base.counts(), "columns": COLUMNS, "size": len(site.base.nquads)}


def _home_values(site: PageContext) -> Values:
    found = [StudyCard(site, s, StudyTables(site, s.id)) for s in _key_studies(site)]
    key = [card for card in found if card.results()]
    return {
        "counts": site.base.counts(),
        "states": count_states(site.claims),
        "in_text": sum(not view.source.read_in for view in site.claims),
        "key": key,
        "updated": date(site.updated),
        "has_changes": any(change_pages(site)),
        "map": evidence_map(site) if len(site.studies) <= _MOST_STUDIES else None,
        "by_design": collect((s.kind, s) for s in site.studies.values()),
        "newest": newest(site, _NEWEST),
        "discrepancies": len(site.base.curated.discrepancies),
        "tables": forest_tables(site),
        "safety": Safety.of(site).links(),
        "starts": comparison_starts(site)[:_STARTS],
        "examples": _examples(site, [card.study for card in key]),
    }


def data_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield the downloads of the whole dataset."""
    yield OutputFile("data/kb.nq", site.base.nquads)
    derived = site.base.derived()
    yield OutputFile.csv("data/derived.csv", derived_csv(derived))
    yield OutputFile("data/derived.nq", derived_nquads(derived, GraphWriter(site.vocabulary)))
    package = datapackage([claims_resource()], site.evidence.dataset)
    yield OutputFile("data/datapackage.json", package.encode())
    metadata = claims_metadata(site.evidence.dataset)
    yield OutputFile(f"data/{CSVW}", metadata.encode())
    described = catalog(site.evidence.dataset, site.evidence.studies, site.base.nquads)
    yield OutputFile("data/catalog.ttl", described.encode())
    yield OutputFile.csv("data/claims.csv", to_csv(site.base.claims().rows()))
    for kind in MODELS:
        schema = schema_text(kind, site.vocabulary)
        yield OutputFile(f"schema/{kind}.schema.json", schema.encode())


def _key_studies(site: PageContext) -> list[Study]:
    """Return the studies that the settings name, else those with most claims of each design."""
    named = site.settings["pivotal"]["studies"]
    return [site.studies[name] for name in named] or _largest(site)


def _largest(site: PageContext) -> list[Study]:
    """Return the studies with most claims, as many of each design as the settings ask for."""
    wanted: dict[str, int] = site.settings["pivotal"]["designs"]
    studies = [study for study in site.studies.values() if not study.analysis_of]
    studies.sort(key=lambda study: -len(site.by_study.get(study.id, [])))
    by_design = collect((study.kind, study) for study in studies)
    return [study for kind, most in wanted.items() for study in by_design.get(kind, [])[:most]]


def _examples(site: PageContext, studies: Sequence[Study]) -> list[str]:
    """What may be typed into the search: a name, an endpoint, a registry number and a DOI."""
    endpoints = [e for e in site.settings["pivotal"]["endpoints"] if e in site.endpoint_order]
    numbers = [number for study in studies[1:] for number in study.registry]
    dois = [site.publications[p].doi for study in studies for p in study.publications]
    return [
        *(study.name for study in studies[:1]),
        *(site.labels.label("endpoint", endpoint) for endpoint in endpoints[-1:]),
        *numbers[-1:],
        *list(filter(None, dois))[:1],
    ]
