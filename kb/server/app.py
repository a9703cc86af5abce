"""The application: its routes, and what every response needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kb.server.builds import BuildHolder
from kb.server.errors import HttpError
from kb.server.limits import LOG_FIELDS, LimitsMiddleware
from kb.server.monitoring import Metrics
from kb.server.sparql import SparqlRoute

_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_NO_STORE: Final = {"Cache-Control": "no-store"}


def build_application(holder: BuildHolder) -> LimitsMiddleware:
    """Return the application that serves a build."""
    metrics = Metrics()
    status = _Status(holder, metrics)

    async def files(request: Request) -> Response:
        return await holder.build.files.respond(request)

    routes = [
        Route("/sparql", SparqlRoute(holder, metrics).respond, methods=["GET", "POST"]),
        Route("/health", status.health, methods=["GET"]),
        Route("/metrics", status.metrics, methods=["GET"]),
        Route("/{path:path}", files, methods=["GET"]),
    ]
    return application(routes, metrics)


def application(routes: Sequence[Route], metrics: Metrics) -> LimitsMiddleware:
    """Return an application of some routes, with limits, metrics, log, CORS and error responses."""
    cross_origin = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["Accept", "Content-Type", "If-None-Match"],
        expose_headers=["Content-Location", "ETag", "Retry-After"],
    )
    handlers: Mapping[Any, Any] = {HttpError: _error_response}
    app = Starlette(routes=routes, middleware=[cross_origin], exception_handlers=handlers)
    app.router.redirect_slashes = False  # a path with a slash at its end is a page, without an IRI
    return LimitsMiddleware(app, metrics)


async def _error_response(request: Request, error: HttpError) -> Response:
    request.scope[LOG_FIELDS]["refused"] = error.reason
    return PlainTextResponse(f"{error.message}\n", error.status, error.headers)


class _Status:
    """``/health`` and ``/metrics``."""

    def __init__(self, holder: BuildHolder, metrics: Metrics) -> None:
        self._holder = holder
        self._metrics = metrics

    async def health(self, _: Request) -> Response:
        """Answer 503 as well while a build has been replaced and the new one is not loaded yet."""
        pool, current = self._holder.build.pool, self._holder.up_to_date
        healthy = pool.alive and current
        fields = {
            "status": "ok" if healthy else "unavailable",
            "quads": pool.quads,
            "running": pool.running,
            "build": "current" if current else "replaced",
        }
        return JSONResponse(fields, 200 if healthy else 503, _NO_STORE)

    async def metrics(self, _: Request) -> Response:
        self._metrics.quads.set(self._holder.build.pool.quads)
        return Response(self._metrics.text(), headers=_NO_STORE, media_type=_METRICS_TYPE)
