"""The configuration of the server, and the limits that are the same for every server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20
PIECE: Final = 64 * 1024
"""Bytes that are read from a worker, or sent to a client, at a time."""

# --- requests
MAX_URL: Final = 8_192
"""Bytes of a path with its parameters; a longer query is sent by POST."""
MAX_HEAD: Final = 32_768
"""Bytes of a request's head."""
MAX_BODY: Final = 512 * 1024
"""Bytes of a request's body: the longest query, percent-encoded."""
MAX_CONNECTIONS: Final = 256
CONNECTIONS_SHARE: Final = 192
"""Those of one client, where no proxy is in front."""
REQUEST_SECONDS: Final = 10.0
"""Seconds that a client may take to send the head of a request, and again for its body."""
MAX_CLIENTS: Final = 10_000
"""Clients that are remembered when the rate of each is limited."""

# --- answers
SEND_SECONDS: Final = 30.0
"""Seconds that a client may take to accept one piece of an answer."""
SMALL_ANSWER: Final = 256 * 1024
"""Bytes of an answer that is held in memory, and may be cached; a bigger one is spooled."""
MAX_CACHED: Final = 256
"""Answers that are cached: with ``SMALL_ANSWER``, at most 64 MiB."""
MAX_SPOOLED: Final = 512 * MIB
"""Bytes of temporary files with answers on their way to clients."""
SPOOLED_SHARE: Final = 128 * MIB
"""Those of one client."""

# --- queries and builds
QUEUE_SECONDS: Final = 5.0
"""Seconds that a query may wait for a worker."""
GRACE_SECONDS: Final = 5.0
"""Seconds that running queries have left when the server stops."""
WATCH_SECONDS: Final = 1.0
"""Seconds between two looks for a new build."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one query may use: seconds, rows or triples, bytes of its answer, bytes of memory."""

    seconds: float = 20.0
    rows: int = 100_000
    size: int = 32 * MIB
    memory: int = 1024 * MIB


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """A build and how it is served.

    ``concurrent`` is the number of queries that run at a time, at least two; ``rate`` the queries
    per second of one client (0: unlimited), and ``proxies`` the number of proxies in front of the
    server.
    """

    build: Path
    host: str = "127.0.0.1"
    port: int = 8000
    limits: QueryLimits = QueryLimits()
    concurrent: int = 4
    watch: bool = True
    rate: float = 0.0
    proxies: int = 0

    @property
    def workers(self) -> int:
        """How many workers there are: at least one more than a client may keep busy."""
        return max(2, self.concurrent)

    @property
    def share(self) -> int:
        """How many workers one client may keep busy: all but one."""
        return self.workers - 1

    @property
    def max_waiting(self) -> int:
        """How many queries may wait for a worker."""
        return 16 * self.workers

    @property
    def waiting_share(self) -> int:
        """How many of them may be of one client."""
        return 12 * self.workers

    @property
    def nquads(self) -> Path:
        """The dataset."""
        return self.build / "kb.nq"

    @property
    def site(self) -> Path:
        """The folder with the pages."""
        return self.build / "site"
