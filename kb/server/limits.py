"""What holds for every answer: safe headers, bounded addresses, patience, a line in the log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.server.cache import CachedAnswer, Headers
from kb.server.config import MAX_HEAD, MAX_URL, SEND_SECONDS
from kb.server.logs import log
from kb.server.metrics import Metrics

SAFE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
"""On every answer, unless the answer says something stricter or more fitting itself."""

_SAFE: Final = [(name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items()]
_PIECE: Final = 64 * 1024
_PLACES: Final = ("sparql", "health", "metrics")
NOTES: Final = "kb.notes"
"""Where in the scope the application notes what the log shall say."""
RAW: Final = "kb.raw"
"""Where in the scope the connection notes a request's bytes, when it came whole and alone."""


class SlowClientError(Exception):
    """A client that does not take its answer."""


class LimitsMiddleware:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        patience: float = SEND_SECONDS,
        again: Callable[[bytes], CachedAnswer | None] = lambda _: None,
    ) -> None:
        """Wrap an application.

        ``patience`` is in seconds for each 64 KiB of an answer. ``again`` finds the answer to
        a request whose bytes came before.
        """
        self._app = app
        self._metrics = metrics
        self._patience = patience
        self._again = again

    def again(self, raw: bytes, more: Headers) -> bytes | None:
        """Return the whole answer to a request that came in just these bytes before.

        It has the same headers as when it went through the application, and ``more``.
        """
        started = time.perf_counter()
        kept = self._again(raw)
        if kept is None:
            return None
        message = kept.message(more, _SAFE)
        self._metrics.requests.labels("sparql", "200").inc()
        log(
            "request",
            method="GET",
            path="/sparql",
            status=200,
            ms=round((time.perf_counter() - started) * 1000, 3),
            bytes=len(kept.body),
            query=kept.query,
            rows=kept.rows,
        )
        return message

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        scope[NOTES] = {}
        answer = _Answer(send, self._patience)
        started = time.perf_counter()
        try:
            await self._checked(scope)(scope, receive, answer.send)
        except SlowClientError:
            scope[NOTES]["refused"] = "slow"
        finally:
            self._record(scope, answer, time.perf_counter() - started)

    def _checked(self, scope: Scope) -> ASGIApp:
        too_long = ""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_URL:
            status, too_long = 414, f"an address has at most {MAX_URL:,} bytes\n"
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEAD:
            status, too_long = 431, f"the head of a request has at most {MAX_HEAD:,} bytes\n"
        if too_long:
            scope[NOTES]["refused"] = "size"
            return PlainTextResponse(too_long, status)
        return self._app

    def _record(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        notes: MutableMapping[str, Any] = scope[NOTES]
        place = scope["path"].strip("/")
        self._metrics.requests.labels(
            place if place in _PLACES else "site", str(answer.status)
        ).inc()
        if "refused" in notes:
            self._metrics.refused.labels(notes["refused"]).inc()
        log(
            "request",
            method=scope["method"][:16],
            path=scope["path"][:200],
            status=answer.status,
            ms=round(seconds * 1000, 1),
            bytes=answer.size,
            **notes,
        )


class _Answer:
    """An answer on its way: completed with safe headers, and sent in pieces."""

    def __init__(self, send: Send, patience: float) -> None:
        self._send = send
        self._patience = patience
        self.status = 0
        self.size = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers += [header for header in _SAFE if header[0] not in present]
            await self._send({**message, "headers": headers})
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        self.size += len(body)
        for start in range(0, max(len(body), 1), _PIECE):
            piece = body[start : start + _PIECE]
            rest = more or start + _PIECE < len(body)
            await self._patiently({**message, "body": piece, "more_body": rest})

    async def _patiently(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._send(message)
        except TimeoutError as error:
            raise SlowClientError from error
