"""Connections: how many there may be, and how long a client may take to say what it wants."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kb.serving.guard import SAFE_HEADERS
from kb.serving.settings import HEAD_SECONDS, MAX_CONNECTIONS


def _plain(status: str, message: str, more: str = "") -> bytes:
    """Return a whole answer, for when there is no request to give to the application."""
    safe = "".join(f"{name}: {value}\r\n" for name, value in SAFE_HEADERS.items())
    body = f"{message}\n"
    kind = f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{kind}{safe}{more}Connection: close\r\n\r\n{body}".encode()


_FULL: Final = _plain("503 Service Unavailable", "too many connections", "Retry-After: 5\r\n")
_MALFORMED: Final = _plain("400 Bad Request", "this is no request, or its head is too long")
_LATE: Final = _plain("408 Request Timeout", "the request took too long to arrive")


class Wire(H11Protocol):
    """One connection, which closes when a request's head does not arrive in time."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Accept a connection, unless there are too many."""
        super().connection_made(transport)
        at_once = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a body waits for no 40 ms
        transport.get_extra_info("socket").setsockopt(*at_once)
        if len(self.connections) > MAX_CONNECTIONS:
            self._refuse(_FULL)
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Read what has arrived."""
        if not self.transport.is_closing():
            super().handle_events()
            self._watch()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn logs it
        """Refuse what is no request."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._refuse(_MALFORMED)
        else:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Go on to the next request, or wait for the rest of a body that nobody reads."""
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Let the clock run while a head is awaited, or what an answered request still sends."""
        left_over = self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY
        if self.transport.is_closing() or not (self.conn.their_state is h11.IDLE or left_over):
            self._stop_clock()
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _too_late(self) -> None:
        if self.conn.their_state is h11.IDLE:
            self._refuse(_LATE)
        else:
            self.transport.close()

    def _stop_clock(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
