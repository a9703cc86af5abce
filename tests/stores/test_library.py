"""Every named query gives its expected answer, and other SPARQL engines understand it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from support.answers import answers, example_values

from kb import KnowledgeBase
from kb.api.answers import answer_problems, cell
from kb.records.yaml import read_mapping
from kb.stores.library import Query, find_query, library

FOR_RDFLIB = {
    "UNION": "publications-of-study",
    "OPTIONAL": "hazard-ratios",
    "NOT EXISTS": "only-one-source",
    "GROUP BY": "evidence-map",
    "FILTER": "prints-that-differ",
    "DISTINCT": "discrepancies",
    "kb:contains": "regimens-with-drug",
}
"""A query for each part of SPARQL: rdflib's own engine needs minutes for some of the others."""


@pytest.mark.parametrize("path", answers(), ids=lambda path: path.stem)
def test_a_query_gives_the_expected_answer(path: Path, real: KnowledgeBase) -> None:
    assert list(answer_problems(real, path)) == []


def test_every_query_has_an_expected_answer() -> None:
    answered = {read_mapping(path)["query"] for path in answers()}
    names = {name for name in library() if not name.startswith("page-")}
    assert len(names) >= 20
    assert names == answered


@pytest.mark.parametrize("path", answers(), ids=lambda path: path.stem)
def test_an_expected_answer_names_a_query_and_has_rows(path: Path) -> None:
    expected = read_mapping(path)
    assert set(expected) <= {"query", "parameters", "columns", "rows"}
    assert path.stem.startswith(expected["query"])
    assert expected["rows"], "an empty answer would hold for a query that finds nothing"


@pytest.fixture(scope="module")
def rdflib_dataset(subset: KnowledgeBase) -> Any:
    return subset.rdflib()


@pytest.mark.parametrize("part", FOR_RDFLIB)
def test_rdflib_gives_the_answers_of_oxigraph(
    part: str, subset: KnowledgeBase, rdflib_dataset: Any
) -> None:
    query = find_query(FOR_RDFLIB[part])
    assert part in query.sparql
    values = example_values(query)
    expected = subset.ask(query.name, **values)
    answer = rdflib_dataset.query(
        query.text(subset.iris, values), initBindings=rdflib_terms(query, values, subset)
    )
    assert [str(name) for name in answer.vars] == list(expected.columns)
    rows = plain_rows(tuple(row.values()) for row in expected)
    assert rows == plain_rows(map(tuple, answer))
    assert rows


def rdflib_terms(query: Query, values: Mapping[str, str], base: KnowledgeBase) -> dict[str, Any]:
    import rdflib

    return {
        name: rdflib.Literal(term.value)
        if isinstance(term, ox.Literal)
        else rdflib.URIRef(term.value)
        for name, term in query.bindings(values, base.vocabulary).items()
    }


def plain_rows(rows: Iterable[tuple[Any, ...]]) -> Counter[tuple[str, ...]]:
    plain = (tuple(getattr(v, "toPython", lambda v=v: v)() for v in row) for row in rows)
    return Counter(tuple(map(cell, row)) for row in plain)


def test_most_queries_find_something_in_a_few_studies(subset: KnowledgeBase) -> None:
    """Equal answers that are all empty would prove nothing."""
    empty = {q.name for q in library().values() if not subset.ask(q.name, **example_values(q))}
    assert empty <= {"approvals", "definitions", "denominators", "evidence-gaps", "hazard-ratios"}
