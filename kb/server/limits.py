"""Limits on clients: connections, time to send a request, length of an address, time to read.

uvicorn bounds neither how many connections are open nor how long a request takes to arrive, and
no ASGI server bounds how long a client takes to read an answer.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import MutableMapping
from typing import Any, Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kb.server.config import (
    CONNECTIONS_SHARE,
    MAX_CONNECTIONS,
    MAX_HEAD,
    MAX_URL,
    PIECE,
    REQUEST_SECONDS,
    SEND_SECONDS,
)
from kb.server.monitoring import Metrics, log
from kb.server.rate_limit import client_address

SAFE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
"""On every response that does not set the same header itself."""

LOG_FIELDS: Final = "kb.log"
"""The key of the ASGI scope under which the application adds fields to the request's log line."""

_SAFE_HEADERS: Final = [(k.lower().encode(), v.encode()) for k, v in SAFE_HEADERS.items()]
_ROUTES: Final = ("sparql", "health", "metrics")


class SlowClientError(Exception):
    """A client that does not read its answer."""


class LimitsMiddleware:
    """The outermost layer of the application: limits, security headers, metrics and the log.

    ``send_seconds`` is how long a client may take for each piece of an answer.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, send_seconds: float = SEND_SECONDS) -> None:
        self._app = app
        self._metrics = metrics
        self._send_seconds = send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        scope[LOG_FIELDS] = {}
        sender = _ResponseSender(send, self._send_seconds)
        started = time.perf_counter()
        try:
            await self._within_limits(scope)(scope, receive, sender.send)
        except SlowClientError:
            scope[LOG_FIELDS]["refused"] = "slow"
        finally:
            self._record(scope, sender, time.perf_counter() - started)

    def _within_limits(self, scope: Scope) -> ASGIApp:
        """Uvicorn bounds the head as well, but only one that arrives in many parts."""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_URL:
            refused = PlainTextResponse(f"an address has at most {MAX_URL:,} bytes\n", 414)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEAD:
            refused = PlainTextResponse(f"a request's head has at most {MAX_HEAD:,} bytes\n", 431)
        else:
            return self._app
        scope[LOG_FIELDS]["refused"] = "size"
        return refused

    def _record(self, scope: Scope, sender: _ResponseSender, seconds: float) -> None:
        fields: MutableMapping[str, Any] = scope[LOG_FIELDS]
        path, status = scope["path"], sender.status
        route = path.strip("/")
        route = route if route in _ROUTES else "site"  # a bounded number of labels
        self._metrics.requests.labels(route, str(status)).inc()
        if "refused" in fields:
            self._metrics.refused.labels(fields["refused"]).inc()
        log(
            "request",
            method=scope["method"][:16],
            path=path[:200],
            status=status,
            ms=round(seconds * 1000, 1),
            bytes=sender.size,
            **fields,
        )


class _ResponseSender:
    """Sends a response in pieces, each within a time limit, and adds the security headers."""

    def __init__(self, send: Send, seconds: float) -> None:
        self._send = send
        self._seconds = seconds
        self.status = 0
        self.size = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            present = {name.lower() for name, _ in headers}
            headers += [header for header in _SAFE_HEADERS if header[0] not in present]
            await self._send({**message, "headers": headers})
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        self.size += len(body)
        for start in range(0, max(len(body), 1), PIECE):
            piece, rest = body[start : start + PIECE], more or start + PIECE < len(body)
            try:
                async with asyncio.timeout(self._seconds):
                    await self._send({**message, "body": piece, "more_body": rest})
            except TimeoutError as error:
                raise SlowClientError from error


def _raw_response(status: str, message: str, header: str = "") -> bytes:
    """Return a whole response, for a connection without a request to give to the application."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in SAFE_HEADERS.items()) + header
    headers += f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(message) + 1}\r\n"
    return f"HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n{message}\n".encode()


_FULL: Final = _raw_response(
    "503 Service Unavailable", "too many connections", "Retry-After: 5\r\n"
)
_MALFORMED: Final = _raw_response(
    "400 Bad Request", "the request is malformed, or its head too long"
)
_LATE: Final = _raw_response("408 Request Timeout", "the request took too long to arrive")


class HttpProtocol(H11Protocol):
    """A connection: one of ``MAX_CONNECTIONS``, closed when a request does not arrive in time.

    ``has_proxy`` says that connections come from a proxy, so that their addresses tell nothing.
    """

    has_proxy = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Accept a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS or self._is_over_share:
            self._close_with(_FULL)
        self._set_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        super().connection_lost(exc)
        self._set_timer()

    def handle_events(self) -> None:
        """Stop the timer once the head of a request is complete."""
        super().handle_events()
        self._set_timer()

    def on_response_complete(self) -> None:
        """Start the timer for the next request, or for the unread rest of a body."""
        super().on_response_complete()
        self._set_timer()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn logs it
        """Answer what is not a request; never in the middle of another answer."""
        if self._answering:
            self.transport.close()
        else:
            self._close_with(_MALFORMED)

    def _unsupported_upgrade_warning(self) -> None:
        """Ignore Upgrade headers without a warning."""

    @property
    def _is_over_share(self) -> bool:
        """Whether this client has more than its share; those of a proxy are of many clients."""
        if self.has_proxy or self.client is None or len(self.connections) <= CONNECTIONS_SHARE:
            return False
        clients = (getattr(one, "client", None) for one in self.connections)
        addresses = Counter(client_address({"client": client}) for client in clients)
        return addresses[client_address({"client": self.client})] > CONNECTIONS_SHARE

    @property
    def _answering(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, which uvicorn's types do not say
        return cycle is not None and not cycle.response_complete

    def _set_timer(self) -> None:
        """Run the timer while no request is being answered."""
        waiting = not (self._answering or self.transport.is_closing())
        if waiting and self._timer is None:
            self._timer = self.loop.call_later(REQUEST_SECONDS, self._close_with, _LATE)
        elif not waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close_with(self, response: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(response)
            self.transport.close()


class ProxiedHttpProtocol(HttpProtocol):
    """A connection that a proxy opens."""

    has_proxy = True
