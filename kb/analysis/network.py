"""The network of regimens that were compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import networkx

from kb.records.vocabulary import Vocabulary
from kb.stores.base import Cell

if TYPE_CHECKING:
    Network = networkx.MultiDiGraph[str]


def comparison_network(rows: Iterable[Mapping[str, Cell]], vocabulary: Vocabulary) -> Network:
    """Build a graph from the rows of the query ``comparisons``.

    Comparisons inside one regimen (two subgroups of one arm) join nothing and are left out.
    """
    notations = {term.iri: term for term in vocabulary.schemes["regimen"].values()}
    network: Network = networkx.MultiDiGraph()
    for row in rows:
        of, versus = (notations.get(str(row[name])) for name in ("ofRegimen", "versusRegimen"))
        if of is None or versus is None or of == versus:
            continue
        for term in (of, versus):
            network.add_node(term.notation, label=term.label)
        details = {name: row[name] for name in ("study", "claim", "printed")}
        endpoint = row["endpointNotation"]
        network.add_edge(of.notation, versus.notation, endpoint=endpoint, **details)
    return network
