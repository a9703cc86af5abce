"""The pages of the ontology: classes and properties, and the schemes of plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kb.site.context import SCHEMES, PageContext
from kb.site.page import OutputFile, Page

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_DCTERMS = "http://purl.org/dc/terms/"


@dataclass
class Entry:
    """A class or property of the ontology."""

    iri: str
    name: str
    label: str = ""
    comment: str = ""
    types: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)


def scheme_pages(site: PageContext) -> Iterator[Page | OutputFile]:
    """Yield a page for the ontology and one for each scheme without pages of its own."""
    entries = ontology_entries(site)
    yield Page(
        "ontology",
        "ontology.html.j2",
        "Ontology",
        {
            "site": site,
            "classes": [e for e in entries.values() if f"{_OWL}Class" in e.types],
            "properties": [e for e in entries.values() if f"{_OWL}Class" not in e.types],
            "schemes": _schemes(site),
        },
        "Classes, properties and schemes of the dataset.",
    )
    for scheme, (title, description) in _schemes(site).items():
        if scheme not in SCHEMES:
            yield Page(
                f"{scheme}/index",
                "scheme.html.j2",
                title,
                {"site": site, "scheme": scheme, "description": description},
                description,
                hide=("navigation",),
            )


def _schemes(site: PageContext) -> Mapping[str, tuple[str, str]]:
    """Return title and description of every scheme, by name."""
    base = site.base.iris.base
    said: dict[str, dict[str, str]] = {}
    for subject, predicate, value in site.vocabulary.triples:
        iri = str(getattr(subject, "value", ""))
        if iri.startswith(base) and iri.endswith("/") and predicate.value.startswith(_DCTERMS):
            about = said.setdefault(iri.removeprefix(base).strip("/"), {})
            about[predicate.value.removeprefix(_DCTERMS)] = str(getattr(value, "value", ""))
    return {
        name: (said.get(name, {}).get("title", name), said.get(name, {}).get("description", ""))
        for name in sorted(site.vocabulary.schemes)
    }


def ontology_entries(site: PageContext) -> Mapping[str, Entry]:
    """Return the classes and properties of the ontology by IRI, sorted by name."""
    own = site.base.iris.own("")
    found: dict[str, Entry] = {}
    for subject, predicate, value in site.vocabulary.triples:
        iri, what = str(getattr(subject, "value", "")), str(getattr(value, "value", ""))
        if not iri.startswith(own):
            continue
        entry = found.setdefault(iri, Entry(iri, iri.removeprefix(own)))
        _note(entry, predicate.value, what)
    return dict(
        sorted(((i, e) for i, e in found.items() if e.label), key=lambda p: p[1].name.casefold())
    )


def _note(entry: Entry, predicate: str, what: str) -> None:
    if predicate == f"{_RDFS}label":
        entry.label = what
    elif predicate == f"{_RDFS}comment":
        entry.comment = what
    elif predicate.endswith("#type"):
        entry.types.append(what)
    elif predicate.startswith(_RDFS) or "ncludes" in predicate:
        entry.said.setdefault(predicate.rpartition("#")[2].rpartition("/")[2], []).append(what)
