"""A load generator of its own process: connections that each ask again once they are answered.

``python benchmarks/http_load.py PLAN`` with the plan as JSON prints what happened as JSON. It is
one thread over many connections, so that it takes little of the machine from the server.
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


def question(path: str, query: str) -> str:
    """Return the head of a request that asks a query."""
    accept = f"Accept: {JSON_ROWS}\r\n"
    return f"GET {path}?{urlencode({'query': query})} HTTP/1.1\r\nHost: a\r\n{accept}\r\n"


def generate(port: int, requests: list[str], connections: int, **until: float) -> dict[str, Any]:
    """Put load on a port from a process of its own, for some seconds or a number of requests.

    Returns:
        ``answered``, ``failed``, ``per_second``, ``median`` and ``p99`` in milliseconds.
    """
    plan = {"port": port, "requests": requests, "connections": connections, **until}
    with Popen([sys.executable, Path(__file__)], stdin=PIPE, stdout=PIPE, text=True) as process:
        told, _ = process.communicate(json.dumps(plan))
    found: dict[str, Any] = json.loads(told)
    return found


class _Connection:
    """One connection: what it asked, since when, and what came back so far."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.asked = 0.0

    def ask(self, request: bytes) -> None:
        self.received.clear()
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def whole(self) -> bool:
        """Take what has arrived, and tell whether the answer is complete."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionResetError("the server hung up")
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
    """Carry out a plan."""
    requests = cycle([text.encode() for text in plan["requests"]])
    waiting = selectors.DefaultSelector()
    seconds: list[float] = []
    failed, most = 0, plan.get("number", float("inf"))
    started = time.perf_counter()
    end = started + plan.get("seconds", float("inf"))
    for _ in range(plan["connections"]):
        connection = _Connection(plan["port"])
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(next(requests))
    while len(seconds) < most and time.perf_counter() < end:
        for key, _ in waiting.select(1):
            connection = key.data
            if connection.whole():
                seconds.append(time.perf_counter() - connection.asked)
                failed += not connection.received.startswith(b"HTTP/1.1 200")
                connection.ask(next(requests))
    taken = time.perf_counter() - started
    percentiles = statistics.quantiles(seconds, n=100)
    return {
        "answered": len(seconds),
        "failed": failed,
        "per_second": len(seconds) / taken,
        "median": percentiles[49] * 1000,
        "p99": percentiles[98] * 1000,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(load(json.load(sys.stdin))))
