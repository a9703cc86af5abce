"""What is served, and what a client may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20
MAX_URL: Final = 8_192
"""The longest path with its parameters, in bytes; a longer query is sent by POST."""
MAX_HEAD: Final = 32_768
"""The longest head of a request, in bytes."""
MAX_BODY: Final = 512 * 1024
"""The longest body of a request, in bytes: a query of the longest kind, escaped."""
MAX_CONNECTIONS: Final = 256
MAX_PIPELINED: Final = 32
"""How many requests a connection may send before the first is answered."""
HEAD_SECONDS: Final = 10.0
"""How long a client may take to send the head of a request, and its body."""
SEND_SECONDS: Final = 30.0
"""How long a client may take to accept 64 KiB of an answer."""
QUEUE_SECONDS: Final = 5.0
"""How long a query waits for its turn."""
KEPT_BYTES: Final = 64 * MIB
"""The most that answers which may be asked for again may take."""
KEPT_ANSWER: Final = 256 * 1024
"""The biggest answer that is kept, in bytes; a bigger one is sent while it arrives."""
KEPT_REQUESTS: Final = 8_192
KEPT_REQUEST: Final = 2_048
"""How many requests are remembered as they came, and the most bytes that each may have."""
MAX_CLIENTS: Final = 10_000
"""How many clients are remembered, where what each may ask is limited."""
LOOK_SECONDS: Final = 1.0
"""How often the server looks whether there is a new build."""
HELD_BYTES: Final = 256 * MIB
"""The most that answers on their way to slow clients may hold."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: seconds, rows, bytes of its answer, bytes of memory."""

    seconds: float = 20.0
    rows: int = 100_000
    size: int = 32 * MIB
    memory: int = 1024 * MIB


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """A build and how it is served."""

    build: Path
    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = Limits()
    concurrent: int = 4
    grace: float = 5.0
    watch: bool = True
    rate: float = 0.0
    proxies: int = 0

    @property
    def waiting(self) -> int:
        """How many queries may wait for a turn."""
        return 16 * self.concurrent

    @property
    def nquads(self) -> Path:
        """The dataset."""
        return self.build / "kb.nq"

    @property
    def site(self) -> Path:
        """The folder with the pages."""
        return self.build / "site"
