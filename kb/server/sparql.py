"""SPARQL over HTTP: a query is read, answered by a worker or from what is kept, and sent."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.server.answering import Question
from kb.server.cache import Asked, CachedAnswer, Headers, KeptAnswers
from kb.server.description import description
from kb.server.http_errors import HttpError
from kb.server.limits import NOTES, RAW
from kb.server.loaded_build import BuildHolder
from kb.server.logs import QUERY_SHOWN
from kb.server.metrics import Metrics
from kb.server.negotiation import choose
from kb.server.pool import Answered, Pool
from kb.server.protocol import read_question
from kb.server.rate_limit import Clients

PLACE: Final = "/sparql"
_TOLD_APART: Final = (b"accept", b"accept-encoding")


class Shortcut:
    """What answers at once what is kept, and lets the application see to everything else."""

    def __init__(
        self, app: ASGIApp, current: BuildHolder, clients: Clients, metrics: Metrics
    ) -> None:
        """Stand before an application."""
        self._app = app
        self._current = current
        self._clients = clients
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked = asked_of(scope)
        kept = self._current.generation.kept.find(asked) if asked else None
        if kept is None or not self._clients.may_ask(scope):
            await self._app(scope, receive, send)
            return
        if asked and (raw := scope.get(RAW)) and not self._clients.limited:
            self._current.generation.kept.remember(raw, asked)
        scope[NOTES]["query"] = kept.query
        scope[NOTES]["rows"] = kept.rows
        self._count(kept)
        await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
        await send({"type": "http.response.body", "body": kept.body})

    def again(self, raw: bytes) -> CachedAnswer | None:
        """Return the answer to a request that came in just these bytes before, and count it."""
        kept = self._current.generation.kept.find_request(raw)
        if kept is not None:
            self._count(kept)
        return kept

    def _count(self, kept: CachedAnswer) -> None:
        self._metrics.rows.inc(kept.rows)
        self._metrics.kept.inc()


def asked_of(scope: Scope) -> Asked | None:
    """Return what a request asks, when its answer may be kept: a GET from no other site."""
    if scope["path"] != PLACE or scope["method"] != "GET":
        return None
    told = dict.fromkeys(_TOLD_APART, b"")
    for name, value in scope["headers"]:
        if name in told:
            told[name] += b"," + value if told[name] else value
        elif name == b"origin":
            return None
    return scope["query_string"], told[b"accept"], told[b"accept-encoding"]


class SparqlRoute:
    """The place that answers queries."""

    def __init__(self, current: BuildHolder, clients: Clients, metrics: Metrics) -> None:
        """Ask the workers of what is served."""
        self._current = current
        self._clients = clients
        self._metrics = metrics

    async def answer(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            Refusal: the question cannot be read, or is not answered.
        """
        self._clients.count(request.scope)
        generation = self._current.generation
        question = await read_question(request)
        if question is None:
            return self._describe(request, generation.pool)
        request.scope[NOTES]["query"] = question.query[:QUERY_SHOWN]
        started = time.perf_counter()
        self._metrics.running.inc()
        try:
            answered = await _unless_gone(request, generation.pool, question)
        finally:
            self._metrics.running.dec()
            self._metrics.seconds.observe(time.perf_counter() - started)
        request.scope[NOTES]["rows"] = answered.rows
        self._metrics.rows.inc(answered.rows)
        return _Sent(answered, question.query, generation.kept)

    def _describe(self, request: Request, pool: Pool) -> Response:
        if not choose(request.headers.get("accept", ""), ("text/turtle",)):
            raise HttpError(406, "the description of the service is text/turtle", "not-acceptable")
        return Response(description(pool.quads), media_type="text/turtle")


class _Sent(Response):
    """An answer, sent piece by piece while it arrives, and kept when it is small."""

    def __init__(self, answered: Answered, query: str, kept: KeptAnswers) -> None:
        headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
        if answered.gzip:
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(answered.size)
        super().__init__(None, headers=headers, media_type=answered.media_type)
        self._answered = answered
        self._query = query
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        headers, answered = self.raw_headers, self._answered
        if answered.rest is None and (asked := asked_of(scope)):
            shown = self._query[:QUERY_SHOWN]
            kept = CachedAnswer(_as_sent(headers), answered.body, shown, answered.rows)
            self._kept.keep(asked, kept, self._query)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if answered.rest is not None:
                async for piece in answered.rest.pieces():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": answered.body})
        finally:
            if answered.rest is not None:
                await answered.rest.close()


def _as_sent(headers: Headers) -> Headers:
    """Return the headers of an answer to no other site, as they leave the application."""
    return [(k, v + b", Origin" if k == b"vary" else v) for k, v in headers]


async def _unless_gone(request: Request, pool: Pool, question: Question) -> Answered:
    """Answer a question; if the client hangs up, its query ends."""
    work = asyncio.ensure_future(pool.ask(question))
    gone = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise HttpError(499, "the client has gone", "gone")
    finally:
        for task in (work, gone):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, HttpError):
                await task


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
