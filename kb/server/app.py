"""The application: the endpoint, the site, the IRIs, and how the server is doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kb.server.http_errors import HttpError
from kb.server.limits import NOTES, LimitsMiddleware
from kb.server.loaded_build import BuildHolder
from kb.server.metrics import Metrics
from kb.server.rate_limit import Clients
from kb.server.sparql import PLACE, Shortcut, SparqlRoute

_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def application(current: BuildHolder) -> LimitsMiddleware:
    """Return the application over what is served."""
    metrics = Metrics()
    clients = Clients(current.settings.rate, current.settings.proxies)
    endpoint, status = SparqlRoute(current, clients, metrics), _Status(current, metrics)

    async def pages(request: Request) -> Response:
        return await current.generation.pages.answer(request)

    routes = [
        Route(PLACE, endpoint.answer, methods=["GET", "POST"]),
        Route("/health", status.health, methods=["GET"]),
        Route("/metrics", status.metrics, methods=["GET"]),
        Route("/{path:path}", pages, methods=["GET"]),
    ]
    cross_origin = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Accept", "Content-Type", "If-None-Match"],
        expose_headers=["Content-Location", "ETag", "Retry-After"],
    )
    handlers: Mapping[Any, Any] = {HttpError: _refused}
    app = Starlette(routes=routes, middleware=[cross_origin], exception_handlers=handlers)
    app.router.redirect_slashes = False
    shortcut = Shortcut(app, current, clients, metrics)
    return LimitsMiddleware(shortcut, metrics, again=shortcut.again)


async def _refused(request: Request, refusal: HttpError) -> Response:
    request.scope[NOTES]["refused"] = refusal.reason
    return PlainTextResponse(f"{refusal.message}\n", refusal.status, refusal.headers)


class _Status:
    """Whether the server is well, and what it has done."""

    def __init__(self, current: BuildHolder, metrics: Metrics) -> None:
        self._current = current
        self._metrics = metrics

    async def health(self, _: Request) -> Response:
        """A build that was replaced is served no more; soon the new one is."""
        pool, current = self._current.generation.pool, self._current.up_to_date
        well = pool.alive and current
        said = {
            "status": "ok" if well else "unavailable",
            "quads": pool.quads,
            "running": pool.running,
            "build": "current" if current else "replaced",
        }
        return JSONResponse(said, 200 if well else 503, {"Cache-Control": "no-store"})

    async def metrics(self, _: Request) -> Response:
        self._metrics.quads.set(self._current.generation.pool.quads)
        headers = {"Cache-Control": "no-store"}
        return Response(self._metrics.text(), headers=headers, media_type=_METRICS_TYPE)
