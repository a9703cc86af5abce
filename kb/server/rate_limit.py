"""How often one client may ask: a token bucket for each client."""

from __future__ import annotations

import ipaddress
import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from kb.server.config import MAX_CLIENTS
from kb.server.errors import HttpError

_PORT: Final = re.compile(r"\[([^\]]+)\](?::\d+)?|([\d.]+):\d+")
"""An address with a port, as some proxies forward it."""
_BURST_SECONDS: Final = 5.0
"""After a pause, a client may ask at once as much as in this many seconds."""


class RateLimiter:
    """The clients that asked recently, each with the queries that it has left.

    ``rate`` is in queries per second; 0 sets no limit. ``proxies`` is the number of proxies in
    front of the server, each of which appends to X-Forwarded-For the address that it was called
    from. At most ``MAX_CLIENTS`` are remembered; the one that was quiet for longest goes first,
    because its bucket is the fullest.

    >>> limiter = RateLimiter(rate=1, clock=lambda: 0.0)
    >>> scope = {"client": ("192.0.2.1", 1), "headers": []}
    >>> for _ in range(6):
    ...     limiter.count(scope)
    Traceback (most recent call last):
    ...
    kb.server.errors.HttpError: one client may ask 1 queries a second: try again in 1 s
    """

    def __init__(
        self, rate: float = 0, proxies: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._proxies = proxies
        self._clock = clock
        self._burst = max(1.0, rate * _BURST_SECONDS)
        self._buckets: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        """Return how many clients are remembered."""
        return len(self._buckets)

    def count(self, scope: Mapping[str, Any]) -> None:
        """Take one query from a client's bucket.

        Raises:
            HttpError: the bucket is empty; the header Retry-After says until when.
        """
        if not self._rate:
            return
        client, now = client_address(scope, self._proxies), self._clock()
        left, since = self._buckets.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1
        self._buckets[client] = (left - allowed, now)  # last in the order of the dict
        if len(self._buckets) > MAX_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        if not allowed:
            seconds = str(math.ceil((1 - left) / self._rate))
            message = f"one client may ask {self._rate:g} queries a second"
            headers = {"Retry-After": seconds}
            raise HttpError(429, f"{message}: try again in {seconds} s", "rate", headers)


def client_address(scope: Mapping[str, Any], proxies: int = 0) -> str:
    """Return a client's address, or its network if it is IPv6: one client has all of a /64.

    Without proxies X-Forwarded-For is ignored, because a client can write anything into it.

    >>> client_address({"client": ("2001:db8::1", 1), "headers": []})
    '2001:db8::/64'
    >>> headers = [(b"x-forwarded-for", b"6.6.6.6, 192.0.2.7")]
    >>> client_address({"client": ("127.0.0.1", 1), "headers": headers}, proxies=1)
    '192.0.2.7'
    >>> client_address({"client": ("::ffff:192.0.2.7", 1), "headers": []})
    '192.0.2.7'
    """
    address = str((scope.get("client") or ("",))[0])
    if proxies:
        header = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        forwarded = [part.strip() for part in header.decode("latin-1").split(",") if part.strip()]
        address = forwarded[-proxies] if len(forwarded) >= proxies else address
    if with_port := _PORT.fullmatch(address):
        address = with_port[1] or with_port[2]
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:  # ::ffff:192.0.2.1: all of them are in one network of IPv6
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))
