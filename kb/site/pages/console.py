"""The console: SPARQL over the whole dataset, answered in the reader's browser.

The page loads three files: the dataset as compressed TriG, the words and questions that its
editor offers, and (from the front end) the engine.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import pyoxigraph as ox

from kb.site.context import PageContext
from kb.site.data.packing import LEVEL, sparql_term, versioned, written
from kb.site.labels import short_citation
from kb.site.page import OutputFile, Page, Values
from kb.site.pages.ontology import ontology_entries
from kb.site.pages.questions import common_values, example_of, with_values
from kb.stores.library import Query, library, prefixes

DATASET: Final = "data/kb.trig.gz"
OFFERED: Final = "data/console.json"
FIRST: Final = "hazard-ratios"
"""The question that the console opens with."""


def console_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page of the console, and what it loads."""
    questions = [q for q in library().values() if not q.is_for_pages]

    @cache  # the page names the versions of its files
    def files() -> tuple[OutputFile, OutputFile]:
        offered = OutputFile(OFFERED, written(_offered(site, questions)).encode())
        return OutputFile(DATASET, dataset_trig(site)), offered

    def values() -> Values:
        first = library()[FIRST]
        dataset, offered = files()
        return {
            "questions": questions,
            "first": first,
            "opening": with_values(site, first, example_of(first, common_values(site))),
            "dataset": versioned(dataset),
            "offered": versioned(offered),
        }

    yield Page(
        "console",
        "console.html.j2",
        "Console",
        values,
        "Query the whole dataset in SPARQL, in your browser, without a server.",
        hide=("navigation", "toc"),
        program="console",
        files=files,
    )


def dataset_trig(site: PageContext) -> bytes:
    """Return the dataset as TriG, compressed: a twentieth of N-Quads, and as fast to load."""
    quads = ox.parse(site.base.nquads, ox.RdfFormat.N_QUADS)
    names = prefixes(site.base.iris)
    trig = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=names) or b""
    return gzip.compress(trig, LEVEL, mtime=0)


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
    return {
        "name": query.name,
        "question": query.question,
        "why": query.why,
        "sparql": query.sparql,
        "parameters": [
            {"name": n, "kind": k, "optional": n in query.optional, "value": example.get(n, "")}
            for n, k in query.parameters.items()
        ],
    }


def _words(site: PageContext) -> Iterator[Mapping[str, str]]:
    """What the editor can complete: each as SPARQL writes it, with its value in a question."""

    def word(iri: str, kind: str, label: str, about: str, value: str = "") -> Mapping[str, str]:
        word = {"term": sparql_term(site, iri), "kind": kind, "label": label, "about": about}
        return {name: text for name, text in (word | {"value": value}).items() if text}

    for entry in ontology_entries(site).values():
        kind = "class" if entry.is_class else "property"
        yield word(entry.iri, kind, entry.label, entry.comment)
    for scheme in sorted(prefixes(site.base.iris).keys() & site.vocabulary.schemes.keys()):
        for t in site.terms(scheme):
            yield word(t.iri, scheme, t.label, t.definition, t.notation)
    entity = site.base.iris.entity
    for study in site.studies.values():
        yield word(entity("study", study.id), "study", study.name, study.title, study.id)
    for source in site.sources.values():
        citation = site.publications[source.publication].citation
        yield word(entity("source", source.id), "source", citation, "", source.id)
    for publication in site.publications.values():
        iri, label = entity("publication", publication.id), short_citation(publication)
        yield word(iri, "publication", label, publication.citation, publication.id)
