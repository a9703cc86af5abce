"""Any SPARQL 1.1 endpoint as the store, over the SPARQL protocol.

Its answers are untrusted input: size, time and format are checked, redirects to other hosts are
not followed, and messages show no password.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from kb.errors import QueryError, UnavailableError, shorten
from kb.stores.base import Binding, ResultSet, result_set
from kb.stores.http import Http, Reply
from kb.stores.safety import prepared

_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_VIRTUOSO_ASK: Final = "__ASK_RETVAL"
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
        return int(str(self._answer(_COUNT).rows[0][0]))

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
        if not self._has_data and not self._answer("ASK { ?s ?p ?o }").rows[0][0]:
            raise UnavailableError(
                f"{self._http.place} holds nothing in its default graph: load the dataset "
                "(kb load), and make the default graph the union of the named graphs"
            )
        self._has_data = True

    def _answer(self, query: str) -> ResultSet:
        reply = self._http.post(data={"query": query}, accept=_JSON)
        answer = self._read(reply)
        most = reply.headers.get("x-sparql-maxrows", "")
        if most.isdigit() and len(answer.rows) >= int(most):
            raise UnavailableError(f"{self._http.place} truncates answers at {most} rows")
        if answer.columns == [_VIRTUOSO_ASK]:  # Virtuoso answers ASK with one row, or with none
            return ResultSet(["answer"], [(bool(answer.rows),)])
        return answer

    def _read(self, reply: Reply) -> ResultSet:
        try:
            results = ox.parse_query_results(reply.content, format=ox.QueryResultsFormat.JSON)
            return result_set(results)
        except (SyntaxError, ValueError) as error:
            text = shorten(reply.content[:200].decode("utf-8", "replace"))
            raise UnavailableError(
                f"{self._http.place} answered with something other than SPARQL results: {text!r}"
            ) from error
