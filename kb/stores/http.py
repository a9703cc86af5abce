"""One place that speaks HTTP: bounded in time and size, to one host, discreet about passwords.

User and password stand in the URL, or a token in ``KB_STORE_TOKEN``; ``KB_STORE_TIMEOUT`` is
the time that an answer may take, in seconds.
"""

from __future__ import annotations

import os
import re
import time
import weakref
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from kb.errors import InputError, QueryError, UnavailableError, shorten

SECONDS: Final = 60.0
SIZE: Final = 256 * 1024 * 1024
_REDIRECTS: Final = 3
_HOST: Final = re.compile(r"[\w.:-]+")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Reply:
    """What a server said, read to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Http:
    """A server at one URL."""

    def __init__(self, url: str, seconds: float | None = None, size: float = SIZE) -> None:
        """Take a URL; user and password in it are kept apart and never shown.

        Raises:
            InputError: no URL of the web, or a password that would travel in the clear.
        """
        try:
            given = httpx.URL(url)
        except (httpx.InvalidURL, TypeError) as error:
            raise InputError("the store is no URL that can be read") from error
        self._url = given.copy_with(username=None, password=None, fragment=None)
        self.place = str(self._url.copy_with(query=None))
        token = os.environ.get("KB_STORE_TOKEN", "")
        self._secrets = [secret for secret in (given.password, token) if secret]
        if given.scheme not in {"http", "https"} or not _HOST.fullmatch(given.host):
            raise InputError(f"{self.place!r} is no URL of http or https")
        if self._secrets and given.scheme == "http" and given.host not in _LOOPBACK:
            raise InputError(f"{self.place}: a password goes over https, or to this machine only")
        if not token.isascii() or not token.isprintable():
            raise InputError("KB_STORE_TOKEN is no token: a header cannot hold it")
        self._seconds = seconds or _seconds()
        self._size = size
        # No proxies, and no passwords from files that the user did not name.
        self._client = httpx.Client(
            auth=_Login(given.username, given.password) if given.username else None,
            headers={"authorization": f"Bearer {token}"} if token else None,
            timeout=self._seconds,
            trust_env=False,
        )
        weakref.finalize(self, self._client.close)

    def post(self, *, data: Mapping[str, str], accept: str) -> Reply:
        """Send a form, which a question is, and return the reply.

        Raises:
            QueryError: the server says that the question is wrong.
            UnavailableError: no reply, one that is too long or late, or a failure there.
        """
        return self._send("POST", data=data, headers={"accept": accept})

    def put(self, graph: str, turtle: bytes) -> Reply:
        """Replace a named graph by the Graph Store Protocol.

        Raises:
            UnavailableError: no reply, or a failure there.
        """
        return self._write("PUT", graph, turtle)

    def add(self, graph: str, turtle: bytes) -> Reply:
        """Add to a named graph by the Graph Store Protocol.

        Raises:
            UnavailableError: no reply, or a failure there.
        """
        return self._write("POST", graph, turtle)

    def delete(self, graph: str) -> Reply:
        """Remove a named graph by the Graph Store Protocol.

        Raises:
            UnavailableError: no reply, or a failure there.
        """
        return self._send("DELETE", params={"graph": graph})

    def _write(self, method: str, graph: str, turtle: bytes) -> Reply:
        headers = {"content-type": "text/turtle"}
        return self._send(method, params={"graph": graph}, content=turtle, headers=headers)

    def _send(self, method: str, **parts: Any) -> Reply:
        url = self._url
        if params := parts.pop("params", None):
            url = url.copy_merge_params(params)
        for _ in range(_REDIRECTS):
            reply = self._once(method, url, parts)
            if reply.status not in range(300, 400):
                return self._judged(reply)
            url = self._followed(url, reply)
        raise UnavailableError(f"{self.place} sends us round in circles")

    def _once(self, method: str, url: httpx.URL, parts: Mapping[str, Any]) -> Reply:
        deadline = time.monotonic() + self._seconds
        with self._failing(), self._client.stream(method, url, **parts) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._size:
                    raise UnavailableError(
                        f"{self.place} answers with more than {self._size:,.0f} bytes"
                    )
                if time.monotonic() > deadline:
                    raise UnavailableError(self._late())
            return Reply(response.status_code, dict(response.headers), bytes(body))

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Say what went wrong below HTTP; where the error came from is not shown, nor its URL."""
        try:
            yield
        except httpx.TimeoutException:
            raise UnavailableError(self._late()) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = self._discreet(str(error)) or type(error).__name__
            raise UnavailableError(f"{self.place} cannot be reached: {why}") from None

    def _late(self) -> str:
        return f"{self.place} gave no answer in {self._seconds:g} s (KB_STORE_TIMEOUT)"

    def _followed(self, url: httpx.URL, reply: Reply) -> httpx.URL:
        """Return where a redirect leads, which is the same server or nowhere."""
        with self._failing():
            target = url.join(reply.headers.get("location", ""))
        here, there = ((u.scheme, u.host, u.port) for u in (url, target))
        if here != there or reply.status not in {307, 308}:
            where = self._discreet(str(target.copy_with(username=None, password=None, query=None)))
            raise UnavailableError(f"{self.place} redirects to {where}: not followed")
        return target

    def _judged(self, reply: Reply) -> Reply:
        said = self._discreet(reply.content[:2000].decode("utf-8", "replace"))
        if reply.status in {400, 422}:
            raise QueryError(f"{self.place} refuses the query: {said}")
        if reply.status in {401, 403}:
            raise UnavailableError(
                f"{self.place} wants a user and password it knows (status {reply.status})"
            )
        if reply.status >= 400:
            raise UnavailableError(f"{self.place} fails with status {reply.status}: {said}")
        return reply

    def _discreet(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return shorten(text, 300)


def _seconds() -> float:
    given = os.environ.get("KB_STORE_TIMEOUT") or str(SECONDS)
    try:
        return float(given)
    except ValueError as error:
        raise InputError(f"KB_STORE_TIMEOUT is {shorten(given)!r}, not a number") from error


class _Login(httpx.Auth):
    """Answers the challenge of a server, Basic or Digest; nothing is sent unasked."""

    def __init__(self, user: str, password: str) -> None:
        self._digest = httpx.DigestAuth(user, password)
        self._basic = httpx.BasicAuth(user, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = self._digest.auth_flow(request)
        response = yield next(flow)
        challenge = response.headers.get("www-authenticate", "").lower()
        if response.status_code == 401 and challenge.startswith("basic"):
            yield from self._basic.auth_flow(request)
        elif response.status_code == 401 and challenge.startswith("digest"):
            yield flow.send(response)
