"""Turtle and JSON-LD for each thing that has a page: what the dataset says about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

import pyoxigraph as ox

from kb.queries import prefixes
from kb.site.context import Site, collect
from kb.site.linked_data import CONTEXT, Compactor
from kb.site.pages import File

KINDS: Final = ("study", "source", "publication", "endpoint", "regimen", "population", "drug")


def thing_files(site: Site) -> Iterator[File]:
    """Yield ``study/<id>.ttl``, ``.jsonld`` and their like, without the names of graphs.

    The context of every ``.jsonld`` is one file of the site, named by its relative address.
    """
    base = site.base.iris.base
    known = prefixes(site.base.iris)
    quads = ox.parse(site.base.nquads, ox.RdfFormat.N_QUADS)
    by_page = _by_page(quads, base)
    compactor = Compactor(chain.from_iterable(by_page.values()), known)
    yield File(CONTEXT, json.dumps(compactor.context, indent=1).encode())
    for path, found in by_page.items():
        triples = dict.fromkeys(found)
        turtle = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=known)
        yield File(f"{path}.ttl", turtle or b"")
        linked = compactor.text(triples, f"{'../' * path.count('/')}{CONTEXT}")
        yield File(f"{path}.jsonld", linked.encode())


def _by_page(quads: Iterable[ox.Quad], base: str) -> dict[str, list[ox.Triple]]:
    """Gather statements by page; those on a thing without a name follow what leads to it."""
    by_page = collect((_page(quad, base), quad.triple) for quad in quads)
    unnamed = collect(
        (t.subject, t) for t in by_page.pop("", []) if isinstance(t.subject, ox.BlankNode)
    )
    for found in by_page.values():
        for triple in found:  # grows as it goes, so that the last member of a list is reached
            if isinstance(triple.object, ox.BlankNode):
                found.extend(t for t in unnamed.get(triple.object, []) if t not in found)
    return by_page


def _page(quad: ox.Quad, base: str) -> str:
    """Return the path of the page on which the subject of a statement stands, or ""."""
    subject = quad.subject
    if not isinstance(subject, ox.NamedNode) or not subject.value.startswith(base):
        return ""
    path = subject.value.removeprefix(base).partition("#")[0]
    kind, _, name = path.partition("/")
    return path if kind in KINDS and name else ""
