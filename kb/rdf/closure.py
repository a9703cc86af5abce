"""Statements that follow from the hierarchies of the ontology, so that queries need no paths.

A property path of any length (``skos:broader*``) is the slowest part of SPARQL in most engines,
and some evaluate it incorrectly. These statements lead to the same concepts in one step. They
follow from the ontology alone, are in ``<base>graph/hierarchy``, and never in a source's graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from kb.rdf import terms
from kb.rdf.writer import GraphWriter
from kb.records.ontology import SKOS
from kb.records.vocabulary import Vocabulary

_Edges = Mapping[str, list[str]]
_BROADER: Final = f"{SKOS}broader"


def hierarchy(vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Yield subject, property and object: IRIs, and the name of a property of the kb ontology.

    ``sameOrBroader`` is ``skos:broader*`` of every concept. In a scheme whose concepts have parts,
    ``sameBroaderOrPart`` is ``(skos:broader|kb:part)*``, and ``contains`` is
    ``kb:part*/kb:component``.
    """
    broader = _edges(vocabulary, _BROADER)
    parts, components = (
        _edges(vocabulary, f"{vocabulary.base}ontology#{name}") for name in ("part", "component")
    )
    for scheme in vocabulary.schemes.values():
        concepts = [term.iri for term in scheme.values()]
        has_parts = any(one in parts or one in components for one in concepts)
        for concept in concepts:
            for one in _reachable(concept, broader):
                yield concept, "sameOrBroader", one
            for one in _reachable(concept, broader, parts) if has_parts else ():
                yield concept, "sameBroaderOrPart", one
            contained = (c for part in _reachable(concept, parts) for c in components.get(part, ()))
            for one in dict.fromkeys(contained):
                yield concept, "contains", one


def hierarchy_quads(writer: GraphWriter) -> Iterator[str]:
    """Yield the statements of ``hierarchy`` as lines of N-Quads."""
    for subject, name, value in hierarchy(writer.vocabulary):
        yield writer.quad(subject, name, terms.iri(value), writer.iris.hierarchy)


def _edges(vocabulary: Vocabulary, predicate: str) -> _Edges:
    edges: dict[str, list[str]] = defaultdict(list)
    for subject, property_, value in vocabulary.triples:
        if property_.value == predicate:
            edges[str(getattr(subject, "value", ""))].append(str(getattr(value, "value", "")))
    return edges


def _reachable(start: str, *edges: _Edges) -> list[str]:
    """Return the concepts that any number of steps lead to, ``start`` first."""
    reached, seen = [start], {start}
    for here in reached:  # the list grows while it is read
        following = dict.fromkeys(one for some in edges for one in some.get(here, ()))
        new = [one for one in following if one not in seen]
        reached += new
        seen.update(new)
    return reached
