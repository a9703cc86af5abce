"""Queries can read this dataset, and do nothing else."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_base import BASE, content
from support.hostile_queries import CHANGES, HARMLESS, OTHER, REMOTE

from kb import KnowledgeBase, QueryError
from kb.stores.oxigraph import OxigraphStore
from kb.stores.safety import MAX_QUERY, refuse_unsafe


@pytest.fixture(scope="module")
def store() -> OxigraphStore:
    return OxigraphStore(b"<a:a> <a:b> <a:c> <a:g> .\n")


@pytest.mark.parametrize("name", REMOTE)
def test_a_query_that_reaches_the_network_is_refused(store: OxigraphStore, name: str) -> None:
    with pytest.raises(QueryError, match=r"SERVICE is not allowed|not well formed"):
        store.select(REMOTE[name])
    with pytest.raises(QueryError, match=r"SERVICE is not allowed|not well formed"):
        store.graph(REMOTE[name])


def test_refused_queries_open_no_connection(store: OxigraphStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}/"
        for query in REMOTE.values():
            with pytest.raises(QueryError):
                store.select(query.replace("127.0.0.1:1/", place))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):  # a connection would be waiting
            server.accept()


@pytest.mark.parametrize("name", CHANGES)
def test_a_query_that_changes_data_is_refused(store: OxigraphStore, name: str) -> None:
    before = len(store)
    with pytest.raises(QueryError, match="is not allowed: queries read this dataset only"):
        store.select(CHANGES[name])
    assert len(store) == before


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_uses_of_the_same_words_are_answered(store: OxigraphStore, name: str) -> None:
    assert store.select(HARMLESS[name]).columns == ["answer"]


@given(st.text(alphabet="SERVICE service<>{}'\"#\\?:.()1\n\r ", max_size=60))
def test_any_text_is_answered_or_refused(query: str) -> None:
    try:
        OxigraphStore(b"").select(query)
    except QueryError as error:
        assert str(error)  # noqa: PT017 - an answer is as good as a refusal


def test_a_syntax_error_is_reported_with_its_place(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match=r"not well formed: error at 1:\d+"):
        store.select("SELECT * { ?s ?p }")


def test_a_query_over_the_size_limit_is_refused(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match="at most 100,000 characters"):
        store.select("ASK {} #" + "x" * MAX_QUERY)


@pytest.mark.parametrize(
    "sign", ["_", "'", '"""', "<", "a", ".", "1-", "A.", "\u00bd", "1a", "a-b"]
)
def test_a_long_query_is_checked_in_linear_time(sign: str) -> None:
    """A tokeniser that backtracks at each step would not finish."""
    refuse_unsafe(sign * (MAX_QUERY // len(sign)))


@pytest.mark.parametrize("sign", ['\\"', "\\'", "'\n"])
def test_a_long_query_of_unclosed_strings_is_refused(sign: str) -> None:
    with pytest.raises(QueryError, match="strings are not closed"):
        refuse_unsafe(sign * (MAX_QUERY // len(sign)))


@pytest.mark.parametrize("before", ["1.", "true.", "1e5.", "a.b-", "\u00bd", "_", "-", "1"])
@pytest.mark.parametrize("word", ["SERVICE", "service", "Load", "insert"])
def test_a_keyword_attached_to_other_characters_is_found(before: str, word: str) -> None:
    with pytest.raises(QueryError, match="is not allowed"):
        refuse_unsafe(f"SELECT * {{ ?s ?p {before}{word} <http://127.0.0.1:1/> }}")


def test_from_selects_a_graph_of_this_dataset_and_fetches_nothing(example: KnowledgeBase) -> None:
    query = f"ASK FROM {OTHER} {{ ?s ?p ?o }}"
    assert example.sparql(query)[0]["answer"] is False
    own = f"DESCRIBE ?s FROM <{BASE}source/halt-paper> {{ ?s a <{BASE}ontology#Claim> }}"
    found = example.store.graph(own)
    claims = [c for c in example.evidence.claims if c.source == "halt-paper"]
    assert found.count(f"<{BASE}ontology#printed>") == len(claims)


def test_refused_queries_leave_no_trace_on_disk(example_root: Path) -> None:
    base = KnowledgeBase(example_root)
    before = content(example_root)
    for query in (*REMOTE.values(), *CHANGES.values()):
        with pytest.raises(QueryError):
            base.sparql(query)
    assert content(example_root) == before
