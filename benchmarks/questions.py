"""The named queries, through the Python look-up and in the engines themselves.

They run over the project's own records, with the parameters of ``evidence/answers``. Engines get
the same SPARQL as the look-up sends, and every row is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.measuring import Work

_TIMES: Final = 5
"""Each query runs this often in a row; in rdflib, which takes seconds, once."""

Run = Callable[[], int]


def _queries(root: Path) -> dict[str, tuple[str, Mapping[str, str]]]:
    import ryaml

    files = sorted((root / "evidence" / "answers").glob("*.yaml"))
    read = {path.stem: ryaml.loads(path.read_text(encoding="utf-8")) for path in files}
    return {n: (answer["query"], answer.get("parameters", {})) for n, answer in read.items()}


def _run(runs: Mapping[str, Run], times: int = _TIMES) -> tuple[int, dict[str, float]]:
    """Run all queries; return the number of rows, and the seconds of each query."""
    rows, parts = 0, {}
    for name, run in runs.items():
        start = time.perf_counter()
        rows += sum(run() for _ in range(times)) // times
        parts[name] = (time.perf_counter() - start) / times
    return rows, parts


def with_kb(root: str) -> Work:
    """``KnowledgeBase.ask``, with typed values in every row."""
    from kb.api.knowledge_base import KnowledgeBase

    base = KnowledgeBase(root)
    len(base.store)

    def prepare(name: str, values: Mapping[str, str]) -> Run:
        return lambda: len(list(base.ask(name, **values)))

    runs = {n: prepare(*question) for n, question in _queries(base.root).items()}
    return lambda: _run(runs)


def with_pyoxigraph(root: str) -> Work:
    """The engine of the look-up, without the look-up."""
    import pyoxigraph as ox

    from kb.api.knowledge_base import KnowledgeBase
    from kb.stores.safety import with_bindings

    base = KnowledgeBase(root)
    store = ox.Store()
    store.bulk_load(base.nquads, ox.RdfFormat.N_QUADS)

    def prepare(query: str) -> Run:
        return lambda: len([tuple(row) for row in _solutions(store, query)])

    runs = {
        name: prepare(with_bindings(text, bindings))
        for name, (text, bindings) in _texts(base).items()
    }
    return lambda: _run(runs)


def _solutions(store: Any, query: str) -> Any:
    return store.query(query, use_default_graph_as_union=True)


def with_rdflib(root: str) -> Work:
    """Rdflib's own engine, over one graph with all statements, parameters as initial bindings."""
    from kb.api.knowledge_base import KnowledgeBase

    base = KnowledgeBase(root)
    graph: Any = base.rdflib()

    def prepare(query: str, values: Mapping[str, Any]) -> Run:
        return lambda: len([tuple(row) for row in graph.query(query, initBindings=values)])

    runs = {
        name: prepare(text, {n: _rdflib(term) for n, term in bindings.items()})
        for name, (text, bindings) in _texts(base).items()
    }
    return lambda: _run(runs, times=1)


def _texts(base: Any) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The SPARQL of each query and the values of its parameters."""
    from kb.stores.library import find_query

    found = {n: (find_query(q), values) for n, (q, values) in _queries(base.root).items()}
    return {
        name: (query.text(base.iris, values), query.bindings(values, base.vocabulary))
        for name, (query, values) in found.items()
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
    runs = {path.stem: partial(ask, path.read_text(encoding="utf-8")) for path in files}
    _run(runs, times=1)  # the tables are made for the first query
    return lambda: _run(runs)
