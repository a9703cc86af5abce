"""``/sparql``: queries over HTTP, and the description of the service."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kb.server.builds import BuildHolder, LoadedBuild
from kb.server.config import MAX_CACHED
from kb.server.errors import HttpError
from kb.server.evaluation import SparqlRequest
from kb.server.limits import LOG_FIELDS
from kb.server.monitoring import QUERY_LOGGED, Metrics
from kb.server.negotiation import choose
from kb.server.pool import Answer, SpooledBody, WorkerPool
from kb.server.protocol import read_request
from kb.server.rate_limit import RateLimiter, client_address

_VOLATILE: Final = re.compile(r"RAND|NOW|UUID|BNODE|\\u", re.IGNORECASE)
"""Functions whose result differs each time; an escape could hide a letter of their names."""

# `<>` is the address at which the endpoint was reached.
_DESCRIPTION: Final = """\
@prefix formats: <http://www.w3.org/ns/formats/> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .

<> a sd:Service ;
  sd:endpoint <> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML,
    formats:SPARQL_Results_CSV, formats:SPARQL_Results_TSV,
    formats:Turtle, formats:N-Triples, formats:JSON-LD, formats:RDF_XML ;
  sd:defaultDataset [
    a sd:Dataset ;
    sd:defaultGraph [ a sd:Graph ; void:triples %d ]
  ] .
"""


class SparqlRoute:
    """Answers queries from the cache or by a worker, and limits the rate of each client."""

    def __init__(self, holder: BuildHolder, metrics: Metrics) -> None:
        self._holder = holder
        self._metrics = metrics
        self._rates = RateLimiter(holder.config.rate, holder.config.proxies)

    async def respond(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            HttpError: the request is malformed, not allowed or exceeds a limit.
        """
        self._rates.count(request.scope)
        build = self._holder.build  # of the whole answer, even if another one is loaded meanwhile
        query = await read_request(request)
        if query is None:
            return _describe(request, build.pool)
        request.scope[LOG_FIELDS]["query"] = query.query[:QUERY_LOGGED]
        answer = await self._answer(request, query, build)
        request.scope[LOG_FIELDS]["rows"] = answer.rows
        self._metrics.rows.inc(answer.rows)
        return _AnswerResponse(answer)

    async def _answer(self, request: Request, query: SparqlRequest, build: LoadedBuild) -> Answer:
        if answer := build.cache.get(query):
            build.cache.move_to_end(query)
            self._metrics.kept.inc()
            return answer
        started = time.perf_counter()
        self._metrics.running.inc()
        try:
            client = client_address(request.scope, self._holder.config.proxies)
            answer = await _unless_disconnected(request, build.pool, query, client)
        finally:
            self._metrics.running.dec()
            self._metrics.seconds.observe(time.perf_counter() - started)
        # The data of a loaded build never change, so that an answer stays right.
        if isinstance(answer.body, bytes) and not _VOLATILE.search(query.query):
            build.cache[query] = answer
            if len(build.cache) > MAX_CACHED:
                build.cache.popitem(last=False)
        return answer


def _describe(request: Request, pool: WorkerPool) -> Response:
    if not choose(request.headers.get("accept", ""), ("text/turtle",)):
        raise HttpError(406, "the description of the service is text/turtle", "not-acceptable")
    return Response(_DESCRIPTION % pool.quads, media_type="text/turtle")


class _AnswerResponse(Response):
    """Sends an answer; a spooled one is read from its file piece by piece."""

    def __init__(self, answer: Answer) -> None:
        headers = {
            "Vary": "Accept, Accept-Encoding",
            "Cache-Control": "no-cache",
            "Content-Length": str(answer.size),
            **({"Content-Encoding": "gzip"} if answer.gzip else {}),
        }
        self._spooled = answer.body if isinstance(answer.body, SpooledBody) else None
        content = b"" if self._spooled else answer.body
        super().__init__(content, headers=headers, media_type=answer.media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._spooled is None:
            await super().__call__(scope, receive, send)
            return
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            for piece in self._spooled.pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._spooled.close()


async def _unless_disconnected(
    request: Request, pool: WorkerPool, query: SparqlRequest, client: str
) -> Answer:
    """Answer a query; if the client closes the connection, end the query."""
    answer = asyncio.create_task(pool.answer(query, client))
    disconnected = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({answer, disconnected}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise HttpError(499, "the client has closed the connection", "gone")
    finally:
        for task in (answer, disconnected):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, HttpError):
                await task


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
