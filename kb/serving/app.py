"""The application: the endpoint, the site, the IRIs, and how the server is doing."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from gzip import compress
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kb.serving.accept import choose, takes_gzip
from kb.serving.answering import Question, Reply
from kb.serving.description import description
from kb.serving.files import File, Site, rooted
from kb.serving.guard import NOTES, Guard
from kb.serving.logs import QUERY_SHOWN
from kb.serving.metrics import Metrics
from kb.serving.pool import Pool
from kb.serving.protocol import read_question
from kb.serving.refusals import Refusal, busy
from kb.serving.settings import HELD_BYTES, MIB, Settings

_PACKED_BYTES: Final = 64 * MIB
_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def application(settings: Settings, pool: Pool) -> Guard:
    """Return the application over a build, with a pool that answers its queries.

    Raises:
        UnavailableError: there is no site.
    """
    metrics = Metrics()
    endpoint, pages = _Endpoint(pool, metrics), _Pages(Site(settings.site))
    status = _Status(settings, pool, metrics)
    routes = [
        Route("/sparql", endpoint.answer, methods=["GET", "POST"]),
        Route("/health", status.health, methods=["GET"]),
        Route("/metrics", status.metrics, methods=["GET"]),
        Route("/{path:path}", pages.answer, methods=["GET"]),
    ]
    cross_origin = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Accept", "Content-Type", "If-None-Match"],
        expose_headers=["Content-Location", "ETag", "Retry-After"],
    )
    handlers: Mapping[Any, Any] = {Refusal: _refused}
    app = Starlette(routes=routes, middleware=[cross_origin], exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, metrics)


async def _refused(request: Request, refusal: Refusal) -> Response:
    request.scope[NOTES]["refused"] = refusal.reason
    return PlainTextResponse(f"{refusal.message}\n", refusal.status, refusal.headers)


class _Endpoint:
    """SPARQL over HTTP."""

    def __init__(self, pool: Pool, metrics: Metrics) -> None:
        self._pool = pool
        self._metrics = metrics
        self._held = 0

    async def answer(self, request: Request) -> Response:
        question = await read_question(request)
        if question is None:
            return self._describe(request)
        request.scope[NOTES]["query"] = question.query[:QUERY_SHOWN]
        started = time.perf_counter()
        self._metrics.running.inc()
        try:
            reply = await _unless_gone(request, self._pool, question)
        finally:
            self._metrics.running.dec()
            self._metrics.seconds.observe(time.perf_counter() - started)
        request.scope[NOTES]["rows"] = reply.rows
        self._metrics.rows.inc(reply.rows)
        if self._held + len(reply.body) > HELD_BYTES:
            raise busy("too many answers are still being fetched", 5)
        return self._response(reply)

    def _response(self, reply: Reply) -> Response:
        headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
        if reply.gzip:
            headers["Content-Encoding"] = "gzip"
        return _Held(self, reply, headers)

    def hold(self, size: int) -> None:
        """Count what is held for clients; a negative size is released."""
        self._held += size

    def _describe(self, request: Request) -> Response:
        if not choose(request.headers.get("accept", ""), ("text/turtle",)):
            raise Refusal(406, "the description of the service is text/turtle", "not-acceptable")
        return Response(description(self._pool.quads), media_type="text/turtle")


class _Held(Response):
    """An answer that counts as held until it is sent."""

    def __init__(self, endpoint: _Endpoint, reply: Reply, headers: Mapping[str, str]) -> None:
        super().__init__(reply.body, headers=headers, media_type=reply.media_type)
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._endpoint.hold(len(self.body))
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._endpoint.hold(-len(self.body))


async def _unless_gone(request: Request, pool: Pool, question: Question) -> Reply:
    """Answer a question; if the client hangs up, its query ends."""
    work = asyncio.ensure_future(pool.ask(question))
    gone = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise Refusal(499, "the client has gone", "gone")
    finally:
        for task in (work, gone):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Refusal):
                await task


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


class _Status:
    """Whether the server is well, and what it has done."""

    def __init__(self, settings: Settings, pool: Pool, metrics: Metrics) -> None:
        self._settings = settings
        self._pool = pool
        self._metrics = metrics
        self._loaded = self._state()

    def _state(self) -> tuple[int, int] | None:
        try:
            seen = self._settings.nquads.stat()
        except OSError:
            return None
        return seen.st_ino, seen.st_mtime_ns

    async def health(self, _: Request) -> Response:
        """A build that was replaced is served no more: a supervisor starts the server anew."""
        current = self._state() == self._loaded
        well = self._pool.alive and current
        said = {
            "status": "ok" if well else "unavailable",
            "quads": self._pool.quads,
            "running": self._pool.running,
            "build": "current" if current else "replaced",
        }
        return JSONResponse(said, 200 if well else 503, {"Cache-Control": "no-store"})

    async def metrics(self, _: Request) -> Response:
        self._metrics.quads.set(self._pool.quads)
        headers = {"Cache-Control": "no-store"}
        return Response(self._metrics.text(), headers=headers, media_type=_METRICS_TYPE)


class _Pages:
    """The site: its files, and what an IRI leads to."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._packed: OrderedDict[str, bytes] = OrderedDict()
        self._packing = asyncio.Lock()

    async def answer(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix("/")
        if moved := self._site.moved(path):
            return Response(None, 308, {"Location": f"{'../' * path.count('/')}{quote(moved)}"})
        if file := self._site.find(path):
            return await self._file(request, file, {})
        if forms := self._site.forms(path):
            return await self._thing(request, forms)
        return await self._nothing(request)

    async def _thing(self, request: Request, forms: Mapping[str, str]) -> Response:
        """Answer for the thing that an IRI names: with its page, or a file beside it."""
        accept = ",".join(request.headers.getlist("accept"))
        chosen = choose(accept, tuple(forms))
        headers = {"Vary": "Accept, Accept-Encoding"}
        if not chosen:
            offered = ", ".join(forms)
            raise Refusal(406, f"there is: {offered}", "not-acceptable", {"Vary": "Accept"})
        name = PurePosixPath(forms[chosen]).name
        if chosen == "text/html":
            return Response(None, 303, {**headers, "Location": f"{name}/"})
        file = self._site.files[forms[chosen]]
        return await self._file(request, file, {**headers, "Content-Location": name})

    async def _nothing(self, request: Request) -> Response:
        page = self._site.files.get("404.html")
        wanted = choose(request.headers.get("accept", ""), ("text/plain", "text/html"))
        if page is None or wanted != "text/html" or not page.unchanged():
            raise Refusal(404, "there is nothing here", "not-found")
        policy = {"Content-Security-Policy": page.policy}
        content = rooted(await asyncio.to_thread(page.path.read_bytes))
        return Response(content, 404, policy, page.media_type)

    async def _file(self, request: Request, file: File, more: Mapping[str, str]) -> Response:
        if not file.unchanged():
            told = "the build was replaced: the server must be started anew"
            raise Refusal(503, told, "replaced", {"Retry-After": "30"})
        packs = file.packs and takes_gzip(",".join(request.headers.getlist("accept-encoding")))
        etag = f'"{file.etag}{"-gz" if packs else ""}"'
        headers = {
            "ETag": etag,
            "Cache-Control": f"public, max-age={31_536_000 if file.forever else 0}",
            "Content-Security-Policy": file.policy,
            **({"Vary": "Accept-Encoding"} if file.packs else {}),
            **more,
        }
        if _known(request.headers.get("if-none-match", ""), etag):
            return Response(None, 304, headers)
        if packs:
            content = await self._pack(file)
            return Response(content, 200, headers | {"Content-Encoding": "gzip"}, file.media_type)
        return FileResponse(file.path, headers=headers, media_type=file.media_type)

    async def _pack(self, file: File) -> bytes:
        """Compress a file once; what was asked for longest ago is forgotten first."""
        async with self._packing:
            if file.etag not in self._packed:
                content = await asyncio.to_thread(file.path.read_bytes)
                self._packed[file.etag] = await asyncio.to_thread(compress, content, 6, mtime=0)
            self._packed.move_to_end(file.etag)
            found = self._packed[file.etag]
            while sum(map(len, self._packed.values())) > _PACKED_BYTES and len(self._packed) > 1:
                self._packed.popitem(last=False)
            return found


def _known(if_none_match: str, etag: str) -> bool:
    """Tell whether a client holds this state already."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags
