"""HTTP client for stores: time and size limits, no redirects to other hosts, secrets redacted.

User and password are part of the URL; a token is in ``KB_STORE_TOKEN``. ``KB_STORE_TIMEOUT`` is
the time limit of an answer in seconds.
"""

from __future__ import annotations

import os
import re
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from typing import Any, Final, TypeVar

from kb.errors import InputError, QueryError, UnavailableError, shorten

try:
    import httpx2
except ImportError as error:
    raise UnavailableError(
        "SPARQL endpoints need httpx2: pip install 'kb-evidence[endpoint]'"
    ) from error

SECONDS: Final = 60.0
SIZE: Final = 256 * 1024 * 1024
"""Bytes of an answer, after decompression."""

_REDIRECTS: Final = 3
_HOST: Final = re.compile(r"[\w.:-]+")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """A complete HTTP response."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Http:
    """A server at one URL."""

    def __init__(self, url: str, seconds: float | None = None, size: float = SIZE) -> None:
        """Take a URL; its user and password are removed from it and never shown.

        Raises:
            InputError: an invalid URL or token, or a password that would be sent unencrypted.
        """
        try:
            parsed = httpx2.URL(url)
        except (httpx2.InvalidURL, TypeError) as error:
            raise InputError("the store's URL is not valid") from error
        self._url = parsed.copy_with(username=None, password=None, fragment=None)
        self.place = str(self._url.copy_with(query=None))
        token = os.environ.get("KB_STORE_TOKEN", "")
        self._secrets = [secret for secret in (parsed.password, token) if secret]
        if parsed.scheme not in {"http", "https"} or not _HOST.fullmatch(parsed.host):
            raise InputError(f"{self.place!r} is not an http or https URL")
        if self._secrets and parsed.scheme == "http" and parsed.host not in _LOOPBACK:
            raise InputError(
                f"{self.place}: refusing to send credentials over plain http to another machine"
            )
        if not token.isascii() or not token.isprintable():
            raise InputError("KB_STORE_TOKEN has characters that an HTTP header cannot hold")
        self._seconds = seconds or _seconds()
        self._size = size
        self._login = (parsed.username, parsed.password, token)
        self._client = self._new_client()

    def _new_client(self) -> httpx2.Client:
        user, password, token = self._login
        client = httpx2.Client(
            auth=_Login(user, password) if user else None,
            headers={"authorization": f"Bearer {token}"} if token else None,
            timeout=self._seconds,
            trust_env=False,  # no proxies, and no passwords from .netrc
        )
        weakref.finalize(self, client.close)
        return client

    def post(self, *, data: Mapping[str, str], accept: str) -> Reply:
        """Send a form, and return the reply.

        Raises:
            QueryError: the server rejects the query.
            UnavailableError: no reply, a reply over the limits, or an error of the server.
        """
        return self._send("POST", self._url, data=data, headers={"accept": accept})

    def send_graph(self, method: str, graph: str, turtle: bytes | None = None) -> Reply:
        """Replace (PUT), extend (POST) or remove (DELETE) a graph by the Graph Store Protocol.

        Raises:
            UnavailableError: no reply, or an error of the server.
        """
        url = self._url.copy_merge_params({"graph": graph})
        return self._send(method, url, content=turtle, headers={"content-type": "text/turtle"})

    def _send(self, method: str, url: httpx2.URL, **options: Any) -> Reply:
        for _ in range(_REDIRECTS):
            reply = self._in_time(method, url, options)
            if reply.status not in range(300, 400):
                return self._checked(reply)
            url = self._redirect_target(url, reply)
        raise UnavailableError(f"too many redirects from {self.place}")

    def _in_time(self, method: str, url: httpx2.URL, options: Mapping[str, Any]) -> Reply:
        """Return the reply to a request, all of it within the time limit.

        The client's timeout is one of silence: a server that keeps sending would never end, be it
        the lines of a head. A request that is late is left to its thread and its client.
        """
        client = self._client
        try:
            return _within(self._seconds, lambda: self._request(client, method, url, options))
        except TimeoutError:
            self._client = self._new_client()
            raise UnavailableError(self._timeout_message()) from None

    def _request(
        self, client: httpx2.Client, method: str, url: httpx2.URL, options: Mapping[str, Any]
    ) -> Reply:
        deadline = time.monotonic() + self._seconds
        with self._errors(), client.stream(method, url, **options) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._size:
                    raise UnavailableError(
                        f"{self.place} answers with more than {self._size:,.0f} bytes"
                    )
                if time.monotonic() > deadline:
                    raise UnavailableError(self._timeout_message())
            return Reply(response.status_code, dict(response.headers), bytes(body))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise the client's errors without their cause, which shows the URL with its password."""
        try:
            yield
        except httpx2.TimeoutException:
            raise UnavailableError(self._timeout_message()) from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            reason = self._redacted(str(error)) or type(error).__name__
            raise UnavailableError(f"cannot reach {self.place}: {reason}") from None

    def _timeout_message(self) -> str:
        return f"{self.place} gave no answer in {self._seconds:g} s (KB_STORE_TIMEOUT)"

    def _redirect_target(self, url: httpx2.URL, reply: Reply) -> httpx2.URL:
        """Return the target of a redirect that keeps the method and stays on the server."""
        with self._errors():
            target = url.join(reply.headers.get("location", ""))
        here, there = ((u.scheme, u.host, u.port) for u in (url, target))
        if here != there or reply.status not in {307, 308}:
            shown = target.copy_with(username=None, password=None, query=None)
            raise UnavailableError(
                f"{self.place} redirects to {self._redacted(str(shown))}: not followed"
            )
        return target

    def _checked(self, reply: Reply) -> Reply:
        text = self._redacted(reply.content[:2000].decode("utf-8", "replace"))
        if reply.status in {400, 422}:
            raise QueryError(f"{self.place} rejects the query: {text}")
        if reply.status in {401, 403}:
            raise UnavailableError(f"{self.place} denies access (status {reply.status})")
        if reply.status >= 400:
            raise UnavailableError(f"{self.place} fails with status {reply.status}: {text}")
        return reply

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return shorten(text, 300)


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return the result of a function that runs in a thread, or stop waiting for it.

    Raises:
        TimeoutError: it takes longer.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result.result(seconds)


def _seconds() -> float:
    text = os.environ.get("KB_STORE_TIMEOUT") or str(SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < inf:
        message = f"KB_STORE_TIMEOUT is {shorten(text)!r}, not a number of seconds above 0"
        raise InputError(message)
    return seconds


class _Login(httpx2.Auth):
    """Basic or Digest authentication, whichever the server asks for; nothing is sent before."""

    def __init__(self, user: str, password: str) -> None:
        self._digest = httpx2.DigestAuth(user, password)
        self._basic = httpx2.BasicAuth(user, password)

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        flow = self._digest.auth_flow(request)
        response = yield next(flow)
        challenge = response.headers.get("www-authenticate", "").lower()
        if response.status_code == 401 and challenge.startswith("basic"):
            yield from self._basic.auth_flow(request)
        elif response.status_code == 401 and challenge.startswith("digest"):
            yield flow.send(response)
