"""The tested questions, asked through the Python lookup and of the engines themselves.

All are asked of the project's own records, with the parameters of ``evidence/answers``. Engines
get the very query that the lookup sends, and every row is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.measuring import Work

_TIMES: Final = 5
"""A question is asked so often in a row; rdflib, which takes seconds, is asked once."""

Ask = Callable[[], int]


def _questions(root: Path) -> dict[str, tuple[str, Mapping[str, str]]]:
    import ryaml

    files = sorted((root / "evidence" / "answers").glob("*.yaml"))
    read = {path.stem: ryaml.loads(path.read_text(encoding="utf-8")) for path in files}
    return {n: (answer["query"], answer.get("parameters", {})) for n, answer in read.items()}


def _asked(asks: Mapping[str, Ask], times: int = _TIMES) -> tuple[int, dict[str, float]]:
    """Ask all; return the number of rows, and the seconds that each question took."""
    rows, parts = 0, {}
    for name, ask in asks.items():
        start = time.perf_counter()
        rows += sum(ask() for _ in range(times)) // times
        parts[name] = (time.perf_counter() - start) / times
    return rows, parts


def with_kb(root: str) -> Work:
    """``KnowledgeBase.ask``, with typed values in every row."""
    from kb.api.knowledge_base import KnowledgeBase

    base = KnowledgeBase(root)
    len(base.store)

    def asking(name: str, given: Mapping[str, str]) -> Ask:
        return lambda: len(list(base.ask(name, **given)))

    asks = {n: asking(*question) for n, question in _questions(base.root).items()}
    return lambda: _asked(asks)


def with_pyoxigraph(root: str) -> Work:
    """The engine that the lookup uses, asked without it."""
    import pyoxigraph as ox

    from kb.api.knowledge_base import KnowledgeBase
    from kb.stores.safety import with_bindings

    base = KnowledgeBase(root)
    store = ox.Store()
    store.bulk_load(base.nquads, ox.RdfFormat.N_QUADS)

    def asking(query: str) -> Ask:
        return lambda: len([tuple(row) for row in _solutions(store, query)])

    asks = {
        name: asking(with_bindings(text, bindings))
        for name, (text, bindings) in _texts(base).items()
    }
    return lambda: _asked(asks)


def _solutions(store: Any, query: str) -> Any:
    return store.query(query, use_default_graph_as_union=True)


def with_rdflib(root: str) -> Work:
    """Rdflib's own engine, over one graph with everything, each parameter bound beforehand."""
    from kb.api.knowledge_base import KnowledgeBase

    base = KnowledgeBase(root)
    graph: Any = base.rdflib()

    def asking(query: str, given: Mapping[str, Any]) -> Ask:
        return lambda: len([tuple(row) for row in graph.query(query, initBindings=given)])

    asks = {
        name: asking(text, {n: _rdflib(term) for n, term in bindings.items()})
        for name, (text, bindings) in _texts(base).items()
    }
    return lambda: _asked(asks, times=1)


def _texts(base: Any) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The SPARQL of each question and the values of its parameters."""
    from kb.stores.library import find_query

    found = {n: (find_query(q), given) for n, (q, given) in _questions(base.root).items()}
    return {
        name: (query.text(base.iris, given), query.bindings(given, base.vocabulary))
        for name, (query, given) in found.items()
    }


def _rdflib(term: Any) -> Any:
    import pyoxigraph as ox
    from rdflib import Literal, URIRef

    return URIRef(term.value) if isinstance(term, ox.NamedNode) else Literal(term.value)


def sql_with_kb(root: str) -> Work:
    """The queries of the SQL cookbook through ``KnowledgeBase.sql``."""
    from kb.api.knowledge_base import KnowledgeBase

    base = KnowledgeBase(root)
    return _all_sql(base.root, lambda query: len(base.sql(query)))


def sql_with_duckdb(root: str) -> Work:
    """The same queries in DuckDB itself, over the same tables."""
    import duckdb

    from kb.api.knowledge_base import KnowledgeBase

    base = KnowledgeBase(root)
    connection = duckdb.connect()
    for name, table in base.tables.items():
        connection.register(name, table)
    return _all_sql(base.root, lambda query: len(connection.execute(query).fetchall()))


def _all_sql(root: Path, ask: Callable[[str], int]) -> Work:
    files = sorted((root / "site" / "recipes" / "sql").glob("*.sql"))
    asks = {path.stem: partial(ask, path.read_text(encoding="utf-8")) for path in files}
    _asked(asks, times=1)  # the tables are made for the first query
    return lambda: _asked(asks)
