"""Every named query answers as its file in evidence/answers/ expects, on every engine."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from support.answers import answers, cell, given_to
from support.environment import ROOT

from kb import KnowledgeBase
from kb.records.yaml import read_mapping
from kb.stores.library import Query, library

SMALL = ("alcantara", "ino-venetoclax", "tower", "tower-maintenance", "tower-ph-like")
"""A few real studies: enough for every query, and few enough for rdflib's own engine."""


@cache
def knowledge_base() -> KnowledgeBase:
    return KnowledgeBase(ROOT)


@pytest.mark.parametrize("path", answers(), ids=lambda path: path.stem)
def test_a_query_gives_the_expected_answer(path: Path) -> None:
    expected = read_mapping(path)
    table = knowledge_base().ask(expected["query"], **expected.get("parameters", {}))
    assert set(expected["columns"]) <= set(table.columns)
    found = [[cell(row[name]) for name in expected["columns"]] for row in table]
    assert found == [[str(value) for value in row] for row in expected["rows"]]


def test_every_query_has_an_expected_answer() -> None:
    answered = {read_mapping(path)["query"] for path in answers()}
    asked = {name for name in library() if not name.startswith("page-")}
    assert len(asked) >= 20
    assert asked == answered


@pytest.mark.parametrize("path", answers(), ids=lambda path: path.stem)
def test_an_answer_names_a_query_and_rows(path: Path) -> None:
    expected = read_mapping(path)
    assert set(expected) <= {"query", "parameters", "columns", "rows"}
    assert path.stem.startswith(expected["query"])
    assert expected["rows"], "an empty answer would hold for a query that finds nothing"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The real ontology and sources with a few of the studies."""
    root = tmp_path_factory.mktemp("small")
    shutil.copytree(ROOT / "ontology", root / "ontology")
    shutil.copytree(ROOT / "evidence" / "sources", root / "evidence" / "sources")
    shutil.copy(ROOT / "evidence" / "dataset.yaml", root / "evidence")
    (root / "evidence" / "studies").mkdir()
    for name in SMALL:
        shutil.copy(ROOT / "evidence" / "studies" / f"{name}.yaml", root / "evidence" / "studies")
    data = yaml.safe_load((ROOT / "evidence" / "publications.yaml").read_text(encoding="utf-8"))
    for publication in data["publications"].values():
        kept = [study for study in publication.pop("reports", []) if study in SMALL]
        if kept:
            publication["reports"] = kept
        for standing in filter(None, [publication.get("standing")]):
            standing["checked"] = str(standing["checked"])
    text = yaml.safe_dump(data, allow_unicode=True)
    (root / "evidence" / "publications.yaml").write_text(text, encoding="utf-8")
    return KnowledgeBase(root)


@pytest.fixture(scope="module")
def rdflib_dataset(small: KnowledgeBase) -> Any:
    return small.rdflib()


@pytest.mark.parametrize("query", library().values(), ids=lambda query: query.name)
def test_rdflib_answers_as_oxigraph_does(
    query: Query, small: KnowledgeBase, rdflib_dataset: Any
) -> None:
    given = given_to(query)
    ours = small.ask(query.name, **given)
    theirs = rdflib_dataset.query(
        query.text(small.iris, given), initBindings=rdflib_terms(query, given, small)
    )
    names = [str(name) for name in theirs.vars]
    assert names == list(ours.columns)
    assert rows(tuple(row.values()) for row in ours) == rows(map(tuple, theirs))


def rdflib_terms(query: Query, given: Mapping[str, str], base: KnowledgeBase) -> dict[str, Any]:
    import rdflib

    bound = query.bindings(given, base.vocabulary).items()
    return {
        name: rdflib.Literal(term.value)
        if isinstance(term, ox.Literal)
        else rdflib.URIRef(term.value)
        for name, term in bound
    }


def rows(found: Iterable[tuple[Any, ...]]) -> Counter[tuple[str, ...]]:
    plain = (tuple(getattr(v, "toPython", lambda v=v: v)() for v in row) for row in found)
    return Counter(tuple(map(cell, row)) for row in plain)


def test_most_queries_find_something_in_the_few_studies(small: KnowledgeBase) -> None:
    """Equal answers that are all empty would prove nothing."""
    empty = []
    for query in library().values():
        if not len(small.ask(query.name, **given_to(query))):
            empty.append(query.name)
    assert set(empty) <= {
        "approvals",
        "definitions",
        "denominators",
        "evidence-gaps",
        "hazard-ratios",
    }
