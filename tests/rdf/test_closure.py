"""The statements about hierarchies lead to what property paths of any length lead to."""

from __future__ import annotations

import re

import pytest

from kb import KnowledgeBase
from kb.rdf.closure import hierarchy
from kb.stores.library import library

PATHS = {
    "sameOrBroader": "?a skos:notation ?n ; skos:broader* ?b",
    "sameBroaderOrPart": "?a a kb:Regimen ; (skos:broader|kb:part)* ?b",
    "contains": "?a skos:notation ?n ; kb:part*/kb:component ?b",
}
PREFIXES = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX kb: <{}ontology#> "
ANY_LENGTH = re.compile(r"[\w:)][*+](?=[\s/|).;])")


@pytest.mark.parametrize("name", PATHS)
def test_there_is_a_statement_for_each_path(name: str, real: KnowledgeBase) -> None:
    prefixes = PREFIXES.format(real.iris.base)
    graph = real.iris.ontology
    walked = f"SELECT DISTINCT ?a ?b {{ GRAPH <{graph}> {{ {PATHS[name]} }} }}"
    stated = f"SELECT ?a ?b {{ GRAPH <{real.iris.hierarchy}> {{ ?a kb:{name} ?b }} }}"
    by_path = {(row["a"], row["b"]) for row in real.sparql(prefixes + walked)}
    assert len(by_path) > 100
    rows = [(row["a"], row["b"]) for row in real.sparql(prefixes + stated)]
    assert len(rows) == len(set(rows))
    assert set(rows) == by_path


def test_the_graph_of_hierarchies_holds_nothing_else(real: KnowledgeBase) -> None:
    asked = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{real.iris.hierarchy}> {{ ?s ?p ?o }} }}"
    stated = list(hierarchy(real.vocabulary))
    assert {name for _, name, _ in stated} == set(PATHS)
    assert real.sparql(asked)[0]["n"] == len(stated)


def test_no_named_query_uses_a_path_of_any_length() -> None:
    assert ANY_LENGTH.search("?e skos:broader* ?endpoint")
    assert ANY_LENGTH.search("?r kb:part*/kb:component ?drug")
    assert ANY_LENGTH.search("?r (skos:broader|kb:part)* ?regimen")
    assert [query.name for query in library().values() if ANY_LENGTH.search(query.sparql)] == []
