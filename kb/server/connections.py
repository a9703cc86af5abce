"""Connections: how many there may be, and how long a client may take to say what it wants."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kb.server.config import HEAD_SECONDS, MAX_CONNECTIONS, MAX_HEAD, MAX_PIPELINED
from kb.server.limits import RAW, SAFE_HEADERS


def _plain(status: str, message: str, more: str = "") -> bytes:
    """Return a whole answer, for when there is no request to give to the application."""
    safe = "".join(f"{name}: {value}\r\n" for name, value in SAFE_HEADERS.items())
    body = f"{message}\n"
    kind = f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{kind}{safe}{more}Connection: close\r\n\r\n{body}".encode()


_FULL: Final = _plain("503 Service Unavailable", "too many connections", "Retry-After: 5\r\n")
_MALFORMED: Final = _plain("400 Bad Request", "this is no request, or its head is too long")
_LATE: Final = _plain("408 Request Timeout", "the request took too long to arrive")


class HttpProtocol(HttpToolsProtocol):
    """One connection, which closes when a request's head does not arrive in time."""

    _late: asyncio.TimerHandle | None = None
    _awaits_head = True
    _head_size = 0
    _begun = 0
    _messages = 0

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

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; the parser itself would read a head without end."""
        if self.transport.is_closing():
            return
        if self._sent_again(data):
            return
        whole = self._messages
        alone = self._awaits_head and not self._head_size and self._answered()
        super().data_received(data)
        if alone and self._messages == whole + 1 == self._begun:
            self._note(data)
        self._head_size += len(data)
        if not self._awaits_head or self._messages != whole:
            self._head_size = 0
        elif self._head_size > MAX_HEAD:
            self.send_400_response("")
        self._watch()

    def _sent_again(self, data: bytes) -> bool:
        """Answer at once what came in the same bytes before, when nothing else is under way."""
        if self._head_size or not self._awaits_head or not self._answered():
            return False
        app: Any = self.app
        answer = (
            None if self.flow.write_paused else app.again(data, self.server_state.default_headers)
        )
        if answer is None:
            return False
        self.transport.write(answer)
        self._stop_clock()
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        return True

    def _note(self, data: bytes) -> None:
        """Note the bytes of a request that came whole and alone, and may be answered as it was."""
        if self.cycle.keep_alive and self.scope["method"] == "GET":
            scope: Any = self.scope
            scope[RAW] = data

    def on_message_begin(self) -> None:
        """Count the requests that begin."""
        super().on_message_begin()
        self._begun += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those after a body could go on without end, and nobody reads them."""
        if not self._awaits_head:
            raise ValueError("no headers after a body")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer, unless too many questions came before their answers."""
        self._awaits_head = False
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError("too many requests at once")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        super().on_message_complete()
        self._awaits_head = True
        self._messages += 1

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn logs it
        """Refuse what is no request; an answer that is on its way is not mixed with another."""
        if self._answered():
            self._refuse(_MALFORMED)
        else:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Go on to the next request, or wait for the rest of a body that nobody reads."""
        super().on_response_complete()
        self._watch()

    def _unsupported_upgrade_warning(self) -> None:
        """A request for another protocol is answered in this one, which is no news."""

    def _answered(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, which uvicorn's types do not say
        return cycle is None or bool(cycle.response_complete)

    def _watch(self) -> None:
        """Let the clock run while a head is awaited, or what an answered request still sends."""
        if self.transport.is_closing() or not self._answered():
            self._stop_clock()
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _too_late(self) -> None:
        if self._awaits_head:
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
