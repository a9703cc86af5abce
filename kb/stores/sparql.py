"""Any SPARQL 1.1 endpoint as the store, spoken to over the protocol that all of them share.

What comes back is as strange as any input: its size, its time and its shape are bounded, a
redirect to another place is not followed, and no message shows a password.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from kb.errors import QueryError, UnavailableError, shorten
from kb.stores.base import Binding, Cell, ResultSet, prepared, typed_value
from kb.stores.http import Http

_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_ASK_OF_VIRTUOSO: Final = "__ASK_RETVAL"
_NOTHING: Final = (
    "holds nothing in its default graph: load the dataset (kb load), and make the default graph "
    "the union of the named ones"
)
_COUNT: Final = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


class SparqlStore:
    """A SPARQL 1.1 endpoint whose default graph is the union of its named graphs."""

    def __init__(self, url: str, **limits: float) -> None:
        """Take its URL, perhaps with user and password; nothing is sent before it is asked.

        ``limits`` are those of ``kb.stores.http.Http``: ``seconds`` and ``size`` of an answer.

        Raises:
            QueryError: no URL of the web, or a password that would travel in the clear.
        """
        self._http = Http(url, **limits)
        self._looked_at = False

    def __len__(self) -> int:
        """Return the number of quads."""
        return int(str(self._answer(_COUNT).rows[0][0]))

    def select(self, query: str, bindings: Mapping[str, Binding] | None = None) -> ResultSet:
        """Answer a SELECT query; ASK gives one row with the column ``answer``.

        Raises:
            QueryError: the query is refused, here or there.
            UnavailableError: no answer, or none that can be used.
        """
        bound = prepared(query, bindings or {})
        self._look()
        return self._answer(bound)

    def graph(self, query: str) -> str:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples, sorted.

        Raises:
            QueryError: the query is refused, here or there.
            UnavailableError: no answer, or none that can be used.
        """
        bound = prepared(query, {})
        body = self._http.post(data={"query": bound}, accept=_NTRIPLES).content
        try:
            triples = {str(quad.triple) for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)}
        except (SyntaxError, ValueError) as error:
            raise QueryError("rows come from select(); graph() is for CONSTRUCT") from error
        return "".join(sorted(f"{triple} .\n" for triple in triples))

    def _look(self) -> None:
        """Refuse an endpoint that sees nothing: every answer would be empty, and look true."""
        if not self._looked_at and not self._answer("ASK { ?s ?p ?o }").rows[0][0]:
            raise UnavailableError(f"{self._http.place} {_NOTHING}")
        self._looked_at = True

    def _answer(self, query: str) -> ResultSet:
        reply = self._http.post(data={"query": query}, accept=_JSON)
        try:
            answer = read_results(json.loads(reply.content))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            said = shorten(reply.content[:200].decode("utf-8", "replace"))
            raise UnavailableError(
                f"{self._http.place} gives no results in JSON, but {said!r}"
            ) from error
        most = reply.headers.get("x-sparql-maxrows", "")
        if most.isdigit() and len(answer.rows) >= int(most):
            raise UnavailableError(f"{self._http.place} cuts answers at {most} rows")
        return answer


def read_results(data: Mapping[str, Any]) -> ResultSet:
    """Read an answer in the SPARQL 1.1 Query Results JSON Format.

    >>> read_results({"head": {}, "boolean": True}).rows
    [(True,)]
    """
    if "boolean" in data:
        return ResultSet(["answer"], [(data["boolean"] is True,)])
    columns: list[str] = list(data["head"]["vars"])
    found = data["results"]["bindings"]
    if columns == [_ASK_OF_VIRTUOSO]:
        return ResultSet(["answer"], [(bool(found),)])  # no row at all says no
    return ResultSet(columns, [tuple(_cell(row.get(name)) for name in columns) for row in found])


def _cell(term: Mapping[str, str] | None) -> Cell:
    if term is None:
        return None
    read: Callable[[Mapping[str, str]], Cell] = _KINDS[term["type"]]
    return read(term)


def _text(term: Mapping[str, str]) -> Cell:
    return term["value"]


def _literal(term: Mapping[str, str]) -> Cell:
    return typed_value(term["value"], term.get("datatype", ""))


_KINDS: Final[Mapping[str, Callable[[Mapping[str, str]], Cell]]] = {
    "uri": _text,
    "bnode": _text,
    "literal": _literal,
    "typed-literal": _literal,  # of the format before it was a standard; Virtuoso writes it
}
