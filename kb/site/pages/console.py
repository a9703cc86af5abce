"""The console: SPARQL over the whole dataset, answered in the reader's browser.

The page is given three files: the dataset as compressed TriG, the words and questions that its
editor offers, and (from the front end) the engine.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyoxigraph as ox

from kb.site.context import PageContext
from kb.site.data.packing import LEVEL, sparql_term, versioned
from kb.site.labels import short_citation
from kb.site.page import OutputFile, Page
from kb.site.pages.ontology import ontology_entries
from kb.site.pages.questions import common_values, example_of, is_for_pages, with_values
from kb.stores.library import Query, library, prefixes

DATASET: Final = "data/kb.trig.gz"
OFFERED: Final = "data/console.json"
FIRST: Final = "hazard-ratios"
"""The question that the console opens with."""


def console_pages(site: PageContext) -> Iterator[Page | OutputFile]:
    """Yield the page of the console, and what it loads."""
    questions = [q for q in library().values() if not is_for_pages(q)]
    dataset = OutputFile(DATASET, dataset_trig(site))
    offered = OutputFile(OFFERED, _json(_offered(site, questions)))
    first = library()[FIRST]
    opening = with_values(site, first, example_of(first, common_values(site)))
    values = {"site": site, "questions": questions, "first": first, "opening": opening}
    loaded = {"dataset": versioned(dataset), "offered": versioned(offered)}
    yield dataset
    yield offered
    yield Page(
        "console",
        "console.html.j2",
        "Console",
        values,
        "Ask the whole dataset in SPARQL: answered in your browser, by no server.",
        hide=("navigation", "toc"),
        more={"console": loaded},
    )


def dataset_trig(site: PageContext) -> bytes:
    """Return the dataset as TriG, compressed: a twentieth of N-Quads, and as fast to load."""
    quads = ox.parse(site.base.nquads, ox.RdfFormat.N_QUADS)
    known = prefixes(site.base.iris)
    trig = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=known) or b""
    return gzip.compress(trig, LEVEL, mtime=0)


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _offered(site: PageContext, questions: list[Query]) -> Mapping[str, Any]:
    values = common_values(site)
    return {
        "base": site.base.iris.base,
        "prefixes": prefixes(site.base.iris),
        "questions": [_question(query, values) for query in questions],
        "words": list(_words(site)),
    }


def _question(query: Query, values: Mapping[str, str]) -> Mapping[str, Any]:
    example = example_of(query, values)
    parameters = [
        {"name": n, "kind": k, "optional": n in query.optional, "value": example.get(n, "")}
        for n, k in query.parameters.items()
    ]
    said = {"name": query.name, "question": query.question, "why": query.why}
    return {**said, "sparql": query.sparql, "parameters": parameters}


def _words(site: PageContext) -> Iterator[Mapping[str, str]]:
    """What can be named: classes and properties, concepts, studies, sources, publications."""
    for entry in ontology_entries(site).values():
        kind = "class" if entry.name[0].isupper() else "property"
        yield _word(site, entry.iri, kind, entry.label, entry.comment)
    for scheme in sorted(prefixes(site.base.iris).keys() & site.vocabulary.schemes.keys()):
        for t in site.terms(scheme):
            yield _word(site, t.iri, scheme, t.label, t.definition, t.notation)
    entity = site.base.iris.entity
    for study in site.studies.values():
        yield _word(site, entity("study", study.id), "study", study.name, study.title, study.id)
    for source in site.sources.values():
        about = site.publications[source.publication].citation
        yield _word(site, entity("source", source.id), "source", about, "", source.id)
    for publication in site.publications.values():
        short, about = short_citation(publication), publication.citation
        iri = entity("publication", publication.id)
        yield _word(site, iri, "publication", short, about, publication.id)


def _word(
    site: PageContext, iri: str, kind: str, label: str, about: str, value: str = ""
) -> Mapping[str, str]:
    """One word: as SPARQL writes it, and, where a question may be given it, its value there."""
    said = {
        "term": sparql_term(site, iri),
        "kind": kind,
        "label": label,
        "about": about,
        "value": value,
    }
    return {name: text for name, text in said.items() if text}
