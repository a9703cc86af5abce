"""Answer one query within its limits, in the form that the client accepts."""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from kb.errors import QueryError
from kb.server.config import Limits
from kb.server.http_errors import HttpError
from kb.server.negotiation import GRAPHS, ROWS
from kb.stores.oxigraph import Graphs, OxigraphStore
from kb.stores.safety import refuse_unsafe

_QUOTED: Final = re.compile(rb'"[^"]*"')
_WORTH_COMPRESSING: Final = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """A query with what the protocol says beside it.

    ``rows`` and ``graph`` are the media types of the answer, depending on the kind of query;
    an empty one is not accepted by the client. ``default`` and ``named`` are the graphs that
    the request names; when it names none, the query is about the whole dataset.
    """

    query: str
    rows: str = "application/sparql-results+json"
    graph: str = "text/turtle"
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    gzip: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its body, media type and number of rows or triples."""

    body: bytes
    media_type: str
    rows: int
    gzip: bool = False


def answer(store: OxigraphStore, question: Question, limits: Limits) -> Reply:
    """Answer a question.

    Raises:
        Refusal: the query is wrong, not allowed, not acceptable or too big.
    """
    graphs = _graphs(question)
    try:
        refuse_unsafe(question.query)
    except QueryError as error:
        raise HttpError(403, str(error), "forbidden") from error
    try:
        results = store.results(question.query, graphs)
        body, media_type, rows = _written(results, question, limits)
    except QueryError as error:
        raise HttpError(400, str(error), "malformed") from error
    except MemoryError as error:
        raise HttpError(400, "the query needs more memory than it may use", "memory") from error
    small = question.gzip and len(body) > _WORTH_COMPRESSING
    return Reply(gzip.compress(body, 5, mtime=0) if small else body, media_type, rows, small)


def _graphs(question: Question) -> Graphs | None:
    if not (question.default or question.named):
        return None
    return Graphs(_nodes(question.default), _nodes(question.named))


def _nodes(iris: tuple[str, ...]) -> tuple[ox.NamedNode, ...]:
    try:
        return tuple(ox.NamedNode(iri) for iri in iris)
    except ValueError as error:
        raise HttpError(
            400, f"a graph is named by an absolute IRI: {error}", "malformed"
        ) from error


def _written(results: Any, question: Question, limits: Limits) -> tuple[bytes, str, int]:
    if isinstance(results, ox.QueryTriples):
        media_type = _acceptable(question.graph, GRAPHS)
        body, rows = _graph(results, GRAPHS[media_type], limits)
        return body, media_type, rows
    media_type = _acceptable(question.rows, ROWS)
    form = ROWS[media_type]
    sink = _Sink(limits.size)
    results.serialize(sink, format=form)
    body = sink.getvalue()
    rows = 1 if isinstance(results, ox.QueryBoolean) else _counted(body, form)
    if rows > limits.rows:
        raise _too_many(limits)
    return body, media_type, rows


def _acceptable(media_type: str, offered: Any) -> str:
    if media_type:
        return media_type
    forms = ", ".join(offered)
    raise HttpError(406, f"the answer to this query can be: {forms}", "not-acceptable")


def _graph(triples: ox.QueryTriples, form: ox.RdfFormat, limits: Limits) -> tuple[bytes, int]:
    """A template makes the same triple many times; the graph holds it once."""
    found: dict[ox.Triple, None] = {}
    for triple in triples:
        found[triple] = None
        if len(found) > limits.rows:
            raise _too_many(limits)
    sink = _Sink(limits.size)
    ox.serialize(found, sink, format=form)
    return sink.getvalue(), len(found)


def _counted(body: bytes, form: ox.QueryResultsFormat) -> int:
    """Count rows by what separates them: to read them again takes as long as to find them."""
    if form == ox.QueryResultsFormat.CSV:
        return _QUOTED.sub(b"", body).count(b"\n") - 1
    if form == ox.QueryResultsFormat.TSV:
        return body.count(b"\n") - 1
    if form == ox.QueryResultsFormat.XML:
        return body.count(b"<result>")
    if b"{}" in body or b"[{" not in body:  # a row without any value, or no row
        solutions: Any = ox.parse_query_results(body, format=form)
        return sum(1 for _ in solutions)
    # Within a text a quote is escaped, unless it ends the text: then a comma or a brace follows.
    ends_of_texts = body.count(b',{",') + body.count(b',{"}')
    return 1 + body.count(b',{"') - ends_of_texts


def _too_many(limits: Limits) -> HttpError:
    message = f"the answer has more than {limits.rows:,} rows: ask for less, or with LIMIT"
    return HttpError(400, message, "rows")


class _Sink(io.BytesIO):
    """A file in memory that refuses to grow over its limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, piece: Any) -> int:
        if self.tell() + len(piece) > self._limit:
            size = self._limit >> 20
            raise HttpError(400, f"the answer has over {size} MiB: ask for less", "size")
        return super().write(piece)
