"""The tested questions, asked through the Python lookup and of the engines themselves.

All are asked of the project's own records, with the parameters of ``evidence/answers``. Engines
get the very query that the lookup sends, and every row is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
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
    """The analytical questions through ``KnowledgeBase.sql``."""
    from kb.api.knowledge_base import KnowledgeBase

    base = KnowledgeBase(root)
    ask: Callable[[str], Any] = getattr(base, "sql")  # noqa: B009 - where there are tables
    asks = {name: _asking_sql(ask, text) for name, text in _sql(root).items()}
    _asked(asks, times=1)  # the tables are made at the first question
    return lambda: _asked(asks)


def sql_with_duckdb(root: str) -> Work:
    """The same questions asked of DuckDB itself, over the same tables."""
    import duckdb

    from kb.api.knowledge_base import KnowledgeBase

    connection = duckdb.connect()
    for name, table in getattr(KnowledgeBase(root), "tables").items():  # noqa: B009
        connection.register(name, table)

    def ask(query: str) -> Any:
        return connection.execute(query).fetchall()

    asks = {name: _asking_sql(ask, text) for name, text in _sql(root).items()}
    _asked(asks, times=1)
    return lambda: _asked(asks)


def _asking_sql(ask: Callable[[str], Any], text: str) -> Ask:
    return lambda: len(list(ask(text)))


def _sql(root: str) -> dict[str, str]:
    """The analytical questions that need no parameter, as they stand beside the SPARQL ones."""
    folder = Path(__file__).resolve().parent.parent / "kb" / "queries"
    texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.sql")}
    wanted = {query for query, given in _questions(Path(root)).values() if not given}
    return {name: text for name, text in texts.items() if name in wanted and "$" not in text}
