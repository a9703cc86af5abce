"""A load generator in its own process: each connection sends a request when it has its answer.

``python benchmarks/http_load.py PLAN`` with the plan as JSON prints the figures as JSON. It is
one thread over many connections, so that it takes little processor time from the server.
"""

from __future__ import annotations

import json
import selectors
import socket
import statistics
import sys
import time
from itertools import cycle
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import urlencode

JSON_ROWS = "application/sparql-results+json"


def get_request(path: str, query: str) -> str:
    """Return a request that sends a query by GET."""
    accept = f"Accept: {JSON_ROWS}\r\n"
    return f"GET {path}?{urlencode({'query': query})} HTTP/1.1\r\nHost: a\r\n{accept}\r\n"


def generate_load(
    port: int, requests: list[str], connections: int, **until: float
) -> dict[str, Any]:
    """Put load on a port from another process, for some seconds or a number of requests.

    Returns:
        ``answered``, ``failed``, ``per_second``, ``median`` and ``p99`` in milliseconds.
    """
    plan = {"port": port, "requests": requests, "connections": connections, **until}
    with Popen([sys.executable, Path(__file__)], stdin=PIPE, stdout=PIPE, text=True) as process:
        output, _ = process.communicate(json.dumps(plan))
    figures: dict[str, Any] = json.loads(output)
    return figures


class _Connection:
    """One connection: when its last request was sent, and what has arrived of the answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.sent = 0.0

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def complete(self) -> bool:
        """Receive what has arrived, and return whether the answer is complete."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionResetError("the server closed the connection")
        self.received += piece
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.received[:end]).lower()
        length = head.find(b"content-length: ")
        if length < 0:
            return self.received.endswith(b"\r\n0\r\n\r\n")
        return len(self.received) >= end + 4 + int(head[length + 16 :].split(b"\r")[0])


def load(plan: dict[str, Any]) -> dict[str, Any]:
    """Run a plan and return its figures."""
    requests = cycle([text.encode() for text in plan["requests"]])
    selector = selectors.DefaultSelector()
    seconds: list[float] = []
    failed, number = 0, plan.get("number", float("inf"))
    started = time.perf_counter()
    end = started + plan.get("seconds", float("inf"))
    for _ in range(plan["connections"]):
        connection = _Connection(plan["port"])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(requests))
    while len(seconds) < number and time.perf_counter() < end:
        for key, _ in selector.select(1):
            connection = key.data
            if connection.complete():
                seconds.append(time.perf_counter() - connection.sent)
                failed += not connection.received.startswith(b"HTTP/1.1 200")
                connection.send(next(requests))
    duration = time.perf_counter() - started
    percentiles = statistics.quantiles(seconds, n=100)
    return {
        "answered": len(seconds),
        "failed": failed,
        "per_second": len(seconds) / duration,
        "median": percentiles[49] * 1000,
        "p99": percentiles[98] * 1000,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(load(json.load(sys.stdin))))
