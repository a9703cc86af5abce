"""Turtle and JSON-LD for each thing that has a page: what the dataset says about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from kb.queries import prefixes
from kb.site.context import Site, collect
from kb.site.pages import File

KINDS: Final = ("study", "source", "publication", "endpoint", "regimen", "population", "drug")


def thing_files(site: Site) -> Iterator[File]:
    """Yield ``study/<id>.ttl``, ``.jsonld`` and their like, without the names of graphs."""
    base = site.base.iris.base
    known = prefixes(site.base.iris)
    quads = ox.parse(site.base.nquads, ox.RdfFormat.N_QUADS)
    by_page = collect((_page(quad, base), quad) for quad in quads)
    for path, found in by_page.items():
        if path:
            triples = dict.fromkeys(quad.triple for quad in found)
            turtle = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=known)
            yield File(f"{path}.ttl", turtle or b"")
            linked = ox.serialize(triples, format=ox.RdfFormat.JSON_LD)
            yield File(f"{path}.jsonld", linked or b"")


def _page(quad: ox.Quad, base: str) -> str:
    """Return the path of the page on which the subject of a statement stands, or ""."""
    subject = quad.subject
    if not isinstance(subject, ox.NamedNode) or not subject.value.startswith(base):
        return ""
    path = subject.value.removeprefix(base).partition("#")[0]
    kind, _, name = path.partition("/")
    return path if kind in KINDS and name else ""
