"""What follows from the hierarchies of the ontology by any number of steps, as statements.

A path of any length (``skos:broader*``) is the part of SPARQL that engines evaluate most
slowly, and some of them wrongly. These statements say the same in one step. They follow from
the ontology alone, stand in ``<base>graph/hierarchy``, and are never part of what a source says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from kb.rdf import terms
from kb.rdf.writer import GraphWriter
from kb.records.vocabulary import SKOS, Vocabulary

_Steps = Mapping[str, list[str]]
_BROADER: Final = f"{SKOS}broader"


def hierarchy(vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Yield subject, property of the kb ontology, and object, by their IRIs.

    ``sameOrBroader`` is ``skos:broader*`` of every concept. In a scheme of things with parts,
    ``sameBroaderOrPart`` is ``(skos:broader|kb:part)*``, and ``contains`` is
    ``kb:part*/kb:component``.
    """
    broader = _steps(vocabulary, _BROADER)
    parts, components = (
        _steps(vocabulary, f"{vocabulary.base}ontology#{name}") for name in ("part", "component")
    )
    for scheme in vocabulary.schemes.values():
        concepts = [term.iri for term in scheme.values()]
        is_of_parts = any(one in parts or one in components for one in concepts)
        for concept in concepts:
            for one in _reached(concept, broader):
                yield concept, "sameOrBroader", one
            for one in _reached(concept, broader, parts) if is_of_parts else ():
                yield concept, "sameBroaderOrPart", one
            within = _reached(concept, parts)
            for one in dict.fromkeys(
                found for part in within for found in components.get(part, ())
            ):
                yield concept, "contains", one


def hierarchy_quads(writer: GraphWriter) -> Iterator[str]:
    """Yield what follows from the hierarchies as lines of N-Quads, in a graph of their own."""
    for subject, name, value in hierarchy(writer.vocabulary):
        yield writer.quad(subject, name, terms.iri(value), writer.iris.hierarchy)


def _steps(vocabulary: Vocabulary, predicate: str) -> _Steps:
    found: dict[str, list[str]] = defaultdict(list)
    for subject, said, value in vocabulary.triples:
        if said.value == predicate:
            found[str(getattr(subject, "value", ""))].append(str(getattr(value, "value", "")))
    return found


def _reached(start: str, *ways: _Steps) -> list[str]:
    """Return where any number of steps lead from here, none included, in one order."""
    found = [start]
    for here in found:  # which grows on the way
        ahead = dict.fromkeys(one for steps in ways for one in steps.get(here, ()))
        found += [one for one in ahead if one not in found]
    return found
