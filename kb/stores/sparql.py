"""Any SPARQL 1.1 endpoint as the store, over the SPARQL protocol.

Its answers are untrusted input: size, time and format are checked, redirects to other hosts are
not followed, and messages show no password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from kb.errors import QueryError, UnavailableError, shorten
from kb.stores.base import Binding, Cell, ResultSet, result_set
from kb.stores.http import Http, Reply
from kb.stores.safety import prepared

_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_VIRTUOSO_ASK: Final = "__ASK_RETVAL"
_ANSWER: Final = ["answer"]
_MAX_LITERAL: Final = 1_000_000
"""Bytes of one value: a parser holds it several times, and as wide characters."""
_LONG: Final = 8_000_000
_STRINGS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_COUNT: Final = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


class SparqlStore:
    """A SPARQL 1.1 endpoint whose default graph is the union of its named graphs."""

    def __init__(self, url: str, **limits: float) -> None:
        """Take a URL, which may hold user and password; nothing is sent yet.

        ``limits`` are those of ``kb.stores.http.Http``: ``seconds`` and ``size`` of an answer.

        Raises:
            InputError: an invalid URL, or a password that would be sent unencrypted.
        """
        self._http = Http(url, **limits)
        self._has_data = False

    def __len__(self) -> int:
        """Return the number of quads."""
        count = self._value(_COUNT)
        if not isinstance(count, int):
            raise self._other(str(count))
        return count

    def select(self, query: str, bindings: Mapping[str, Binding] | None = None) -> ResultSet:
        """Answer a SELECT query, or an ASK query as one row with the column ``answer``.

        Raises:
            QueryError: the query is refused, here or by the server.
            UnavailableError: no answer, an invalid answer, or a default graph without data.
        """
        safe = prepared(query, bindings or {})
        self._require_data()
        return self._answer(safe)

    def graph(self, query: str) -> str:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples, sorted.

        Raises:
            QueryError: the query is refused, here or by the server.
            UnavailableError: no answer, or an invalid answer.
        """
        reply = self._http.post(data={"query": prepared(query, {})}, accept=_NTRIPLES)
        try:
            triples = {str(quad.triple) for quad in ox.parse(reply.content, ox.RdfFormat.N_TRIPLES)}
        except (SyntaxError, ValueError) as error:
            raise QueryError(
                "graph() answers CONSTRUCT and DESCRIBE; use select() for this query"
            ) from error
        return "".join(sorted(f"{triple} .\n" for triple in triples))

    def _require_data(self) -> None:
        """Refuse a default graph without data: every answer would be empty, and look right."""
        if not self._has_data and not self._value("ASK { ?s ?p ?o }"):
            raise UnavailableError(
                f"{self._http.place} holds nothing in its default graph: load the dataset "
                "(kb load), and make the default graph the union of the named graphs"
            )
        self._has_data = True

    def _value(self, query: str) -> Cell:
        """Return the one value of an answer that has no other."""
        answer = self._answer(query)
        if len(answer.rows) != 1 or len(answer.columns) != 1:
            raise self._other(f"{len(answer.rows)} rows of {len(answer.columns)} columns")
        return answer.rows[0][0]

    def _answer(self, query: str) -> ResultSet:
        reply = self._http.post(data={"query": query}, accept=_JSON)
        answer = self._read(reply)
        most = reply.headers.get("x-sparql-maxrows", "")
        if most.isdigit() and len(answer.rows) >= int(most):
            raise UnavailableError(f"{self._http.place} truncates answers at {most} rows")
        if answer.columns == [_VIRTUOSO_ASK]:  # Virtuoso answers ASK with one row, or with none
            answer = ResultSet(_ANSWER, [(bool(answer.rows),)])
        expected = _columns(query)
        if expected is not None and sorted(answer.columns) != sorted(expected):
            raise self._other(f"the columns {', '.join(answer.columns) or 'of no name'}")
        return answer

    def _other(self, found: str) -> UnavailableError:
        return UnavailableError(
            f"{self._http.place} answered with something other than SPARQL results of the query: "
            f"{shorten(found)!r}"
        )

    def _read(self, reply: Reply) -> ResultSet:
        strings = _STRINGS.finditer(reply.content) if len(reply.content) > _LONG else ()
        if any(one.end() - one.start() > _MAX_LITERAL for one in strings):
            place = self._http.place
            raise UnavailableError(f"{place} answers with a value of over {_MAX_LITERAL:,} bytes")
        try:
            results = ox.parse_query_results(reply.content, format=ox.QueryResultsFormat.JSON)
            return result_set(results)
        except (SyntaxError, ValueError) as error:
            text = shorten(reply.content[:200].decode("utf-8", "replace"))
            raise UnavailableError(
                f"{self._http.place} answered with something other than SPARQL results: {text!r}"
            ) from error


@lru_cache(maxsize=64)
def _columns(query: str) -> list[str] | None:
    """Return the columns of the answer to a query, or None if only the server can read it.

    >>> _columns("SELECT ?s (1 AS ?n) { ?s ?p ?o }"), _columns("ASK {}"), _columns("SELECT bif:a")
    (['s', 'n'], ['answer'], None)
    """
    try:
        results = ox.Store().query(query)
    except (SyntaxError, ValueError, OSError):
        return None
    if isinstance(results, ox.QuerySolutions):
        return [variable.value for variable in results.variables]
    return _ANSWER if isinstance(results, ox.QueryBoolean) else None
