"""Turtle and JSON-LD for each thing that has a page: what the dataset says about it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final

import pyoxigraph as ox

from kb.site.context import PageContext, collect
from kb.site.data.linked_data import CONTEXT, Compactor
from kb.site.page import MadeFile, OutputFile
from kb.stores.library import prefixes

KINDS: Final = ("study", "source", "publication", "endpoint", "regimen", "population", "drug")

_KIND: Final = re.compile(rb'\S+ (\S+) (?:([<_])|"(?:[^"\\]|\\.)*"(@[\w-]+|\^\^\S+)?)')
"""The property of a line of N-Quads, and what tells the kind of its object."""

Unnamed = Mapping[Any, list[ox.Triple]]
"""What is said of things without a name, by the node that stands for each."""


def thing_files(site: PageContext) -> Iterator[OutputFile | MadeFile]:
    """Yield ``study/<id>.ttl``, ``.jsonld`` and their like, without the names of graphs.

    The context of every ``.jsonld`` is one file of the site, named by its relative address.
    """
    known = dict(prefixes(site.base.iris))
    by_page = _by_page(site.base.nquads, site.base.iris.base)
    lines_of_unnamed = by_page.pop("", [])
    unnamed = collect((t.subject, t) for t in _triples(lines_of_unnamed))
    lead_to_unnamed = [line for found in by_page.values() for line in found if b" _:" in line]
    every = (*_of_each_kind(chain(*by_page.values())), *_reached(lead_to_unnamed, unnamed))
    compactor = Compactor(every, known)
    context = json.dumps(compactor.context, indent=1).encode()
    yield OutputFile(CONTEXT, context)
    things = _Things(compactor, known, unnamed)
    around = b"\n".join((context, *lines_of_unnamed))
    for path, lines in by_page.items():
        made_of = hashlib.sha256(b"\n".join((around, *lines))).hexdigest()
        yield from things.files(path, lines, made_of)


@dataclass(frozen=True)
class _Things:
    """Writes what is said of things, and of those without a name that it leads to."""

    compactor: Compactor
    prefixes: dict[str, str]
    unnamed: Unnamed

    def files(self, path: str, lines: Iterable[bytes], made_of: str) -> Iterator[MadeFile]:
        @cache
        def found() -> Iterable[ox.Triple]:
            return dict.fromkeys(_reached(lines, self.unnamed))

        def turtle() -> bytes:
            return ox.serialize(found(), format=ox.RdfFormat.TURTLE, prefixes=self.prefixes) or b""

        def linked() -> bytes:
            return self.compactor.text(found(), f"{'../' * path.count('/')}{CONTEXT}").encode()

        yield MadeFile(f"{path}.ttl", made_of, turtle)
        yield MadeFile(f"{path}.jsonld", made_of, linked)


def _by_page(nquads: bytes, base: str) -> dict[str, list[bytes]]:
    """Gather lines by the page on which their subject stands; those without a name under ""."""
    begins = tuple(f"<{base}{kind}/".encode() for kind in KINDS)
    lines = (line for line in nquads.splitlines() if line.startswith((b"_:", *begins)))
    by_path = collect((_path(line, len(base) + 1), line) for line in lines)
    return {path: found for path, found in by_path.items() if not path.endswith("/")}


def _path(line: bytes, begin: int) -> str:
    """Return the path of an IRI with which a line begins, without its fragment."""
    if line.startswith(b"_"):
        return ""
    return line[begin : line.index(b">")].partition(b"#")[0].decode()


def _reached(lines: Iterable[bytes], unnamed: Unnamed) -> list[ox.Triple]:
    """Return what lines say, and what is said of things without a name that they lead to."""
    found = _triples(lines)
    for triple in found:  # grows as it goes, so that the last member of a list is reached
        if isinstance(triple.object, ox.BlankNode):
            found.extend(t for t in unnamed.get(triple.object, []) if t not in found)
    return found


def _of_each_kind(lines: Iterable[bytes]) -> list[ox.Triple]:
    """Return a triple for each property and kind of object: one says as much as all of them."""
    kinds = {found.groups(): line for line in lines if (found := _KIND.match(line))}
    return _triples(kinds.values())


def _triples(lines: Iterable[bytes]) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(b"\n".join(lines), ox.RdfFormat.N_QUADS)]
