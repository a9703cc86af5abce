"""Whoever may ask can read this dataset, and do nothing else."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_base import BASE, content
from support.hostile_queries import CHANGES, EVIL, INNOCENT, REMOTE

from kb import KnowledgeBase, QueryError
from kb.stores.oxigraph import OxigraphStore
from kb.stores.safety import MAX_QUERY, refuse_unsafe


@pytest.fixture(scope="module")
def store() -> OxigraphStore:
    return OxigraphStore(b"<a:a> <a:b> <a:c> <a:g> .\n")


@pytest.mark.parametrize("name", REMOTE)
def test_no_query_leaves_the_machine(store: OxigraphStore, name: str) -> None:
    with pytest.raises(QueryError, match=r"SERVICE is not allowed|not well formed"):
        store.select(REMOTE[name])
    with pytest.raises(QueryError, match=r"SERVICE is not allowed|not well formed"):
        store.graph(REMOTE[name])


def test_nobody_is_called(store: OxigraphStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}/"
        for query in REMOTE.values():
            with pytest.raises(QueryError):
                store.select(query.replace("127.0.0.1:1/", place))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):  # a call would be waiting to be taken
            server.accept()


@pytest.mark.parametrize("name", CHANGES)
def test_no_query_changes_the_data(store: OxigraphStore, name: str) -> None:
    before = len(store)
    with pytest.raises(QueryError, match="is not allowed: queries read this dataset only"):
        store.select(CHANGES[name])
    assert len(store) == before


@pytest.mark.parametrize("name", INNOCENT)
def test_innocent_uses_of_the_same_words_are_answered(store: OxigraphStore, name: str) -> None:
    assert store.select(INNOCENT[name]).columns == ["answer"]


@given(st.text(alphabet="SERVICE service<>{}'\"#\\?:.()1\n\r ", max_size=60))
def test_whatever_is_asked_is_answered_or_refused(query: str) -> None:
    try:
        OxigraphStore(b"").select(query)
    except QueryError as error:
        assert str(error)  # noqa: PT017 - an answer is as good as a refusal


def test_a_query_that_is_no_query_is_refused_with_its_place(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match=r"not well formed: error at 1:\d+"):
        store.select("SELECT * { ?s ?p }")


def test_a_query_without_end_is_not_even_read(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match="at most 100,000 characters"):
        store.select("ASK {} #" + "x" * MAX_QUERY)


@pytest.mark.parametrize(
    "sign", ["_", "'", '"""', "<", "a", ".", "1-", "A.", "\u00bd", "1a", "a-b"]
)
def test_a_long_query_is_judged_in_one_pass(sign: str) -> None:
    """A tokeniser that looks back at each step would not come to an end here."""
    refuse_unsafe(sign * (MAX_QUERY // len(sign)))


@pytest.mark.parametrize("sign", ['\\"', "\\'", "'\n"])
def test_a_long_query_of_strings_without_end_is_refused(sign: str) -> None:
    with pytest.raises(QueryError, match="strings are not closed"):
        refuse_unsafe(sign * (MAX_QUERY // len(sign)))


@pytest.mark.parametrize("before", ["1.", "true.", "1e5.", "a.b-", "\u00bd", "_", "-", "1"])
@pytest.mark.parametrize("word", ["SERVICE", "service", "Load", "insert"])
def test_a_word_that_touches_others_is_seen(before: str, word: str) -> None:
    with pytest.raises(QueryError, match="is not allowed"):
        refuse_unsafe(f"SELECT * {{ ?s ?p {before}{word} <http://127.0.0.1:1/> }}")


def test_from_names_a_graph_of_this_dataset_and_fetches_nothing(example: KnowledgeBase) -> None:
    query = f"ASK FROM {EVIL} {{ ?s ?p ?o }}"
    assert example.sparql(query)[0]["answer"] is False
    own = f"DESCRIBE ?s FROM <{BASE}source/halt-paper> {{ ?s a <{BASE}ontology#Claim> }}"
    found = example.store.graph(own)
    claims = [c for c in example.evidence.claims if c.source == "halt-paper"]
    assert found.count(f"<{BASE}ontology#printed>") == len(claims)


def test_asking_leaves_no_trace_on_disk(example_root: Path) -> None:
    base = KnowledgeBase(example_root)
    before = content(example_root)
    for query in (*REMOTE.values(), *CHANGES.values()):
        with pytest.raises(QueryError):
            base.sparql(query)
    assert content(example_root) == before
