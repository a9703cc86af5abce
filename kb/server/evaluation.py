"""Evaluate one query within its limits, in the form that the client accepts."""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import dataclass
from typing import Any, Final
from xml.parsers import expat

import pyoxigraph as ox

from kb.errors import QueryError
from kb.server.config import QueryLimits
from kb.server.errors import HttpError
from kb.server.negotiation import GRAPHS, ROWS
from kb.stores.oxigraph import Graphs, OxigraphStore
from kb.stores.safety import refuse_unsafe

_QUOTED: Final = re.compile(rb'"[^"]*"')
_WORTH_COMPRESSING: Final = 1_000


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A query and the parameters of the protocol.

    ``rows`` and ``graph`` are the media types of the answer, for a query of either kind; an empty
    one means that the client accepts none. ``default`` and ``named`` are the graphs that the
    request names; if it names none, the query is about the whole dataset.
    """

    query: str
    rows: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    gzip: bool = False


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An answer: its body, its media type, its number of rows or triples, its encoding."""

    body: bytes
    media_type: str
    rows: int
    gzip: bool = False


def evaluate(store: OxigraphStore, request: SparqlRequest, limits: QueryLimits) -> Evaluated:
    """Evaluate a query.

    Raises:
        HttpError: the query is malformed, not allowed, not acceptable or too big.
    """
    graphs = _graphs(request)
    try:
        refuse_unsafe(request.query)
    except QueryError as error:
        raise HttpError(403, str(error), "forbidden") from error
    try:
        results = store.results(request.query, graphs)
        body, media_type, rows = _serialize(results, request, limits)
    except QueryError as error:
        raise HttpError(400, str(error), "malformed") from error
    except MemoryError as error:
        raise HttpError(400, "the query needs more memory than it may use", "memory") from error
    if media_type.endswith("+xml"):
        _require_well_formed(body)
    if request.gzip and len(body) > _WORTH_COMPRESSING:
        return Evaluated(gzip.compress(body, 5, mtime=0), media_type, rows, gzip=True)
    return Evaluated(body, media_type, rows)


def _require_well_formed(body: bytes) -> None:
    """Refuse what XML cannot hold: control characters, and properties that are not XML names."""
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(body, True)
    except expat.ExpatError as error:
        message = f"the answer cannot be written as XML ({error}): ask for JSON or Turtle"
        raise HttpError(406, message, "not-acceptable") from error


def _graphs(request: SparqlRequest) -> Graphs | None:
    if not (request.default or request.named):
        return None
    return Graphs(_nodes(request.default), _nodes(request.named))


def _nodes(iris: tuple[str, ...]) -> tuple[ox.NamedNode, ...]:
    try:
        return tuple(ox.NamedNode(iri) for iri in iris)
    except ValueError as error:
        message = f"a graph is named by an absolute IRI: {error}"
        raise HttpError(400, message, "malformed") from error


def _serialize(results: Any, request: SparqlRequest, limits: QueryLimits) -> tuple[bytes, str, int]:
    sink = _BoundedBuffer(limits.size)
    if isinstance(results, ox.QueryTriples):
        media_type = _acceptable(request.graph, GRAPHS)
        triples = _distinct(results, limits)
        ox.serialize(triples, sink, format=GRAPHS[media_type])
        return sink.getvalue(), media_type, len(triples)
    media_type = _acceptable(request.rows, ROWS)
    results.serialize(sink, format=ROWS[media_type])
    body = sink.getvalue()
    rows = 1 if isinstance(results, ox.QueryBoolean) else count_rows(body, ROWS[media_type])
    if rows > limits.rows:
        raise _too_many_rows(limits)
    return body, media_type, rows


def _acceptable(media_type: str, offered: Any) -> str:
    if media_type:
        return media_type
    message = f"the answer to this query can be: {', '.join(offered)}"
    raise HttpError(406, message, "not-acceptable")


def _distinct(results: ox.QueryTriples, limits: QueryLimits) -> dict[ox.Triple, None]:
    """Return the triples of a graph: a template yields the same one many times."""
    triples: dict[ox.Triple, None] = {}
    for triple in results:
        triples[triple] = None
        if len(triples) > limits.rows:
            raise _too_many_rows(limits)
    return triples


def count_rows(body: bytes, form: ox.QueryResultsFormat) -> int:
    r"""Count the rows of a serialized answer by the bytes that separate them.

    The engine serializes its results without counting them, and parsing them again would take
    as long as the query.

    >>> count_rows(b'a,b\r\n1,"x\ny"\r\n', ox.QueryResultsFormat.CSV)
    1
    """
    if form == ox.QueryResultsFormat.CSV:
        return _QUOTED.sub(b"", body).count(b"\n") - 1
    if form == ox.QueryResultsFormat.TSV:
        return body.count(b"\n") - 1
    if form == ox.QueryResultsFormat.XML:
        return body.count(b"<result>")
    if b"{}" in body or b"[{" not in body:  # a row without values, or no row
        solutions: Any = ox.parse_query_results(body, format=form)
        return sum(1 for _ in solutions)
    # Inside a string a quote is escaped, unless it ends the string: then `,` or `}` follows.
    ends_of_strings = body.count(b',{",') + body.count(b',{"}')
    return 1 + body.count(b',{"') - ends_of_strings


def _too_many_rows(limits: QueryLimits) -> HttpError:
    message = f"the answer has more than {limits.rows:,} rows: ask for less, or add a LIMIT"
    return HttpError(400, message, "rows")


class _BoundedBuffer(io.BytesIO):
    """A buffer that refuses to grow over its limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, piece: Any) -> int:
        if self.tell() + len(piece) > self._limit:
            message = f"the answer has over {self._limit >> 20} MiB: ask for less"
            raise HttpError(400, message, "size")
        return super().write(piece)
