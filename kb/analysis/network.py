"""The network of regimens, connected by the comparisons between them."""

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

    Comparisons within one regimen (two subgroups of one arm) connect nothing and are left out.
    """
    regimens = {term.iri: term for term in vocabulary.schemes["regimen"].values()}
    network: Network = networkx.MultiDiGraph()
    for row in rows:
        first, second = (regimens.get(str(row[name])) for name in ("ofRegimen", "versusRegimen"))
        if first is None or second is None or first == second:
            continue
        for term in (first, second):
            network.add_node(term.notation, label=term.label)
        details = {name: row[name] for name in ("study", "claim", "printed")}
        endpoint = row["endpointNotation"]
        network.add_edge(first.notation, second.notation, endpoint=endpoint, **details)
    return network
