"""How often one client may ask: a bucket of questions for each, filled again at a steady rate."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from kb.server.config import MAX_CLIENTS
from kb.server.http_errors import HttpError

_BURST_SECONDS: Final = 5.0
"""A client that was quiet may ask as much at once as it could have asked in this time."""


class Clients:
    """The clients that asked of late, and how many questions each has left.

    ``rate`` is in questions a second, and 0 sets no limit. ``proxies`` is the number of proxies in
    front, each of which adds to X-Forwarded-For whom it heard; with none, that header is what
    anybody may write, and is not read. At most ``MAX_CLIENTS`` are remembered: the one that
    was quiet for longest is forgotten first, whose bucket is the fullest.

    >>> clients = Clients(rate=1, clock=lambda: 0.0)
    >>> scope = {"client": ("192.0.2.1", 1), "headers": []}
    >>> [clients.may_ask(scope) for _ in range(6)]
    [True, True, True, True, True, False]
    """

    def __init__(
        self, rate: float = 0, proxies: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Know nobody yet."""
        self._rate = rate
        self._proxies = proxies
        self._clock = clock
        self._most = max(1.0, rate * _BURST_SECONDS)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def limited(self) -> bool:
        """Whether questions are counted at all."""
        return self._rate > 0

    def __len__(self) -> int:
        """Return how many clients are remembered."""
        return len(self._left)

    def may_ask(self, scope: Mapping[str, Any]) -> bool:
        """Take a question from a client's bucket, unless it is empty."""
        return not self._rate or self._taken(scope) >= 0

    def count(self, scope: Mapping[str, Any]) -> None:
        """Take a question from a client's bucket.

        Raises:
            Refusal: it is empty; the header Retry-After says when it will not be.
        """
        if self._rate and (lacking := -self._taken(scope)) > 0:
            seconds = str(math.ceil(lacking / self._rate))
            told = f"one client may ask {self._rate:g} queries a second: try again in {seconds} s"
            raise HttpError(429, told, "rate", {"Retry-After": seconds})

    def _taken(self, scope: Mapping[str, Any]) -> float:
        """Return what is left after a question, or what it lacks as a negative number."""
        name, now = client_of(scope, self._proxies), self._clock()
        left, since = self._left.get(name, (self._most, now))
        left = min(self._most, left + (now - since) * self._rate) - 1
        self._left[name] = (left if left >= 0 else left + 1, now)
        self._left.move_to_end(name)
        if len(self._left) > MAX_CLIENTS:
            self._left.popitem(last=False)
        return left


def client_of(scope: Mapping[str, Any], proxies: int = 0) -> str:
    """Return the address of whoever asks; of IPv6 its network, which one client has to itself.

    >>> client_of({"client": ("2001:db8::1", 1), "headers": []})
    '2001:db8::/64'
    >>> sent = [(b"x-forwarded-for", b"6.6.6.6, 192.0.2.7")]
    >>> client_of({"client": ("127.0.0.1", 1), "headers": sent}, proxies=1)
    '192.0.2.7'
    """
    address = str((scope.get("client") or ("",))[0])
    if proxies:
        said = b",".join(v for name, v in scope["headers"] if name == b"x-forwarded-for")
        heard = [part.strip() for part in said.decode("latin-1").split(",") if part.strip()]
        address = heard[-proxies] if len(heard) >= proxies else address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))
