"""Turtle and JSON-LD of each study, source, publication and concept, and of the vocabulary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

import pyoxigraph as ox

from kb.site.context import PageContext, collect
from kb.site.data.linked_data import CONTEXT, Compactor
from kb.site.page import OutputFile
from kb.stores.library import prefixes

KINDS: Final = ("study", "source", "publication", "endpoint", "regimen", "population", "drug")

_KIND: Final = re.compile(rb'\S+ (\S+) (?:([<_])|"(?:[^"\\]|\\.)*"(@[\w-]+|\^\^\S+)?)')
"""The property of a line of N-Quads, and what tells the kind of its object."""

BlankNodes = Mapping[Any, list[ox.Triple]]
"""The triples about each blank node."""


def linked_data_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield ``study/<id>.ttl``, ``.jsonld`` and their like, without the names of graphs.

    The context of every ``.jsonld`` is one file of the site, named by its relative address.
    """
    names, base = dict(prefixes(site.base.iris)), site.base.iris.base
    dataset = site.base.nquads.splitlines()
    by_page = _by_page(dataset, base)
    blank = collect((t.subject, t) for t in _triples(by_page.pop("", [])))
    by_page |= _ontology(dataset, base, site.vocabulary.schemes)
    with_blank = [line for lines in by_page.values() for line in lines if b" _:" in line]
    samples = (*_samples(chain(*by_page.values())), *_reached(with_blank, blank))
    compactor = Compactor(samples, names)
    yield OutputFile(CONTEXT, json.dumps(compactor.context, indent=1).encode())
    for path, lines in by_page.items():
        triples = dict.fromkeys(_reached(lines, blank))
        turtle = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=names) or b""
        yield OutputFile(f"{path}.ttl", turtle)
        json_ld = compactor.text(triples, f"{'../' * path.count('/')}{CONTEXT}")
        yield OutputFile(f"{path}.jsonld", json_ld.encode())


def _by_page(dataset: Iterable[bytes], base: str) -> dict[str, list[bytes]]:
    """Group lines by the page of their subject, those about blank nodes under ""."""
    starts = tuple(f"<{base}{kind}/".encode() for kind in KINDS)
    lines = (line for line in dataset if line.startswith((b"_:", *starts)))
    by_path = collect((_path(line, len(base) + 1), line) for line in lines)
    return {path: lines for path, lines in by_path.items() if not path.endswith("/")}


def _ontology(
    dataset: Iterable[bytes], base: str, schemes: Iterable[str]
) -> dict[str, list[bytes]]:
    """Return the lines of the vocabulary by the page that lists them: the ontology, each scheme."""
    starts = {f"<{base}{name}/".encode(): name for name in sorted(schemes)}
    starts |= {f"<{base}ontology{end}".encode(): "ontology" for end in ("#", ">")}
    of_vocabulary = f"<{base}graph/ontology> .".encode()
    own = (line for line in dataset if line.endswith(of_vocabulary))
    return collect(
        (n, line) for line in own for start, n in starts.items() if line.startswith(start)
    )


def _path(line: bytes, start: int) -> str:
    """Return the path of the IRI at the beginning of a line, without its fragment."""
    if line.startswith(b"_"):
        return ""
    return line[start : line.index(b">")].partition(b"#")[0].decode()


def _reached(lines: Iterable[bytes], blank: BlankNodes) -> list[ox.Triple]:
    """Return the triples of lines, and those about the blank nodes that they lead to."""
    triples = _triples(lines)
    for triple in triples:  # grows on the way, so that the last member of a list is reached
        if isinstance(triple.object, ox.BlankNode):
            triples.extend(t for t in blank.get(triple.object, []) if t not in triples)
    return triples


def _samples(lines: Iterable[bytes]) -> list[ox.Triple]:
    """Return one triple for each property and kind of object: all that the context needs."""
    kinds = {match.groups(): line for line in lines if (match := _KIND.match(line))}
    return _triples(kinds.values())


def _triples(lines: Iterable[bytes]) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(b"\n".join(lines), ox.RdfFormat.N_QUADS)]
