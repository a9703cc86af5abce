"""The pages of the ontology: classes and properties, and the schemes without concept pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from kb.site.context import SCHEMES, PageContext
from kb.site.page import Page

_OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"
_DCTERMS = "http://purl.org/dc/terms/"
_SHOWN = frozenset(
    {"domain", "range", "subClassOf", "subPropertyOf", "seeAlso", "domainIncludes", "rangeIncludes"}
)


@dataclass
class Entry:
    """A class or property of the ontology; ``related`` are classes and properties by relation."""

    iri: str
    name: str
    label: str = ""
    comment: str = ""
    is_class: bool = False
    related: dict[str, list[str]] = field(default_factory=dict)


def scheme_pages(site: PageContext) -> Iterator[Page]:
    """Yield a page for the ontology and one for each scheme without pages of its own."""
    schemes = _schemes(site)
    yield Page(
        "ontology",
        "ontology.html.j2",
        "Ontology",
        lambda: {"entries": ontology_entries(site).values(), "schemes": schemes},
        "Classes, properties and schemes of the dataset.",
    )
    for scheme, (title, description) in schemes.items():
        if scheme not in SCHEMES:
            yield Page(
                f"{scheme}/index",
                "scheme.html.j2",
                title,
                partial(dict, scheme=scheme, description=description),
                description,
                hide=("navigation",),
            )


def _schemes(site: PageContext) -> Mapping[str, tuple[str, str]]:
    """Return title and description of every scheme, by name."""
    metadata: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, predicate, value in _texts(site):
        if predicate.startswith(_DCTERMS):
            metadata[subject][predicate.removeprefix(_DCTERMS)] = value
    base = site.base.iris.base
    names = sorted(site.vocabulary.schemes)
    schemes = {name: metadata[f"{base}{name}/"] for name in names}
    return {n: (s.get("title", n), s.get("description", "")) for n, s in schemes.items()}


def ontology_entries(site: PageContext) -> Mapping[str, Entry]:
    """Return the classes and properties of the ontology by IRI, sorted by name."""
    own = site.base.iris.own("")
    entries: dict[str, Entry] = {}
    for iri, predicate, value in _texts(site):
        if iri.startswith(own):
            entry = entries.setdefault(iri, Entry(iri, iri.removeprefix(own)))
            _add(entry, predicate.replace("#", "/").rpartition("/")[2], value)
    named = (entry for entry in entries.values() if entry.label)
    return {entry.iri: entry for entry in sorted(named, key=lambda one: one.name.casefold())}


def _add(entry: Entry, name: str, value: str) -> None:
    if name in ("label", "comment"):
        setattr(entry, name, value)
    elif name == "type":
        entry.is_class |= value == _OWL_CLASS
    elif name in _SHOWN:
        entry.related.setdefault(name, []).append(value)


def _texts(site: PageContext) -> Iterator[tuple[str, str, str]]:
    """Yield the triples of the ontology as text; a blank node is ""."""
    for subject, predicate, value in site.vocabulary.triples:
        yield str(getattr(subject, "value", "")), predicate.value, str(getattr(value, "value", ""))
