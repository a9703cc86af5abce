"""What each named graph of a store holds, to compare a server with the records.

Counts alone would not notice a value that was changed on the server.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kb.errors import UnavailableError
from kb.stores.base import Cell, Engine, python_value
from kb.util.wording import counted

_BLANK: Final = "_:"
_GRAPHS: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
# A blank node has no name that two stores share.
_STATEMENTS: Final = """SELECT ?a ?p ?b ?kind {{
  GRAPH <{graph}> {{ ?s ?p ?o }}
  BIND(IF(isBlank(?s), "_:", ?s) AS ?a)
  BIND(IF(isBlank(?o), "_:", ?o) AS ?b)
  BIND(IF(isLiteral(?o), LANG(?o), "<>") AS ?kind)
  {part}
}}"""
_PARTS: Final = tuple(f'FILTER(STRSTARTS(MD5(STR(?a)), "{d}"))' for d in "0123456789abcdef")
_MOST: Final = 200_000
"""Statements of a graph that one query asks for; those of a larger one are asked for in parts."""


@dataclass
class GraphContents:
    """The number of statements, and the sum of their hashes, which any change of one changes."""

    statements: int = 0
    hashes: int = 0

    def add(self, subject: Cell, predicate: Cell, value: Cell, kind: Cell) -> None:
        """Count a statement; ``kind`` is the language of a literal, or ``<>``.

        Python's hashes are of one process, and equal for 7.0 and 7.70: servers write numbers in
        their own way.
        """
        self.statements += 1
        self.hashes += hash((subject, predicate, value, kind))

    def extend(self, other: GraphContents) -> None:
        """Count the statements of another part of the graph."""
        self.statements += other.statements
        self.hashes += other.hashes


def contents(nquads: bytes) -> dict[str, GraphContents]:
    r"""Return what each graph of a dataset, or of some lines of it, holds.

    >>> contents(b"<a:s> <a:p> <a:o> <a:g> .\n")["a:g"].statements
    1
    """
    found: dict[str, GraphContents] = defaultdict(GraphContents)
    for quad in ox.parse(nquads, ox.RdfFormat.N_QUADS):
        kind = (quad.object.language or "") if isinstance(quad.object, ox.Literal) else "<>"
        subject, value = map(_cell, (quad.subject, quad.object))
        graph = str(getattr(quad.graph_name, "value", ""))
        found[graph].add(subject, quad.predicate.value, value, kind)
    return dict(found)


def _cell(term: object) -> Cell:
    return _BLANK if isinstance(term, ox.BlankNode) else python_value(term)


def contents_of_store(engine: Engine, base: str) -> dict[str, GraphContents]:
    """Return what each graph of a store holds, of those whose name begins with ``base``.

    Raises:
        UnavailableError: no answer, or an invalid one.
    """
    counts = {str(graph): count for graph, count in engine.select(_GRAPHS).rows}
    return {
        graph: _contents_of_graph(engine, graph, count)
        for graph, count in sorted(counts.items())
        if graph.startswith(base)
    }


def _contents_of_graph(engine: Engine, graph: str, count: Cell) -> GraphContents:
    parts = _PARTS if isinstance(count, int) and count > _MOST else ("",)
    found = GraphContents()
    for part in parts:
        for row in engine.select(_STATEMENTS.format(graph=graph, part=part)).rows:
            found.add(*row)
    return found


def differences(
    expected: Mapping[str, GraphContents], found: Mapping[str, GraphContents]
) -> Iterator[str]:
    """Yield a line for each graph that differs.

    >>> [*differences({"g": GraphContents(2, 7)}, {"g": GraphContents(2, 8)})]
    ['g: 2 statements, of which the server has some with other values']
    """
    for graph in sorted({**expected, **found}):
        here, there = (one.get(graph, GraphContents()) for one in (expected, found))
        if here != there:
            same_number = here.statements == there.statements
            has = "some with other values" if same_number else str(there.statements)
            yield f"{graph}: {counted(here.statements, 'statement')}, of which the server has {has}"


def require_same(engine: Engine, nquads: bytes, base: str) -> None:
    """Refuse a server that holds something else than a dataset.

    Raises:
        UnavailableError: it does; the message names the first graph that differs.
    """
    found = [*differences(contents(nquads), contents_of_store(engine, base))]
    if found:
        raise UnavailableError(
            f"the server holds something else than the records in {len(found)} graphs: load them "
            f"again (kb load); the first is {found[0]}"
        )
