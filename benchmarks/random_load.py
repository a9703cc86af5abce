"""Random and hostile load on a running server, which must answer or refuse every request."""

from __future__ import annotations

import gzip
import hashlib
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.servers import RunningServer, kb

CLIENTS = 12
CONCURRENT = 3
TIMEOUT = 2.0
WAIT = 60.0
RELOAD_EVERY = 30.0
MEMORY = 2_048
"""MiB that the server and all its processes may use."""
ACCEPT = (
    "*/*",
    "",
    "text/csv",
    "text/turtle",
    "application/ld+json",
    "application/rdf+xml",
    "image/png",
    "application/n-triples",
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/tab-separated-values",
    "text/html;q=0.1, */*;q=x",
    ",;q==,",
    "*/*" + ",a/b" * 500,
)
# Ordered, because LIMIT may choose other rows after a reload, and without blank nodes, whose
# labels change then.
VALID = (
    "ASK {{ ?s ?p ?o }} # {n}",
    "SELECT ?s ?o {{ ?s a ?o }} ORDER BY ?s ?o LIMIT {n}",
    "SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY ?p ORDER BY ?p # {n}",
    "CONSTRUCT {{ ?s a ?o }} {{ SELECT ?s ?o {{ ?s a ?o }} ORDER BY ?s ?o LIMIT {n} }}",
    "SELECT * {{ ?s ?p ?o FILTER(isIRI(?s) && !isBlank(?o)) }} ORDER BY ?s ?p ?o LIMIT {n}",
)
INVALID = (
    "SELECT",
    "DROP ALL",
    "LOAD <http://127.0.0.1:9/>",
    "SELECT * { SERVICE <http://a/> { ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i",
    "ASK " + "{" * 5_000,
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "\x00",
    "é\ud7ff" * 90,
    'SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), "((((.*)*)*)*)$")) }',
    "(" * 90_000,
    'SELECT (REPLACE("aaaa", "(a|aa)+$", "$1$1") AS ?x) { ?s ?p ?o }',
)
PATHS = (
    "/",
    "/health",
    "/metrics",
    "/sparql",
    "/404.html",
    "/%",
    "/%zz",
    "/%00",
    "/%ff%fe",
    "/../../etc/passwd",
    "/..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/study/../../kb.nq",
    "/..\\..\\kb.nq",
    "//etc/passwd",
    "/" + "a/" * 3_000,
    "/;/",
    "/?" + "&" * 5_000,
    "/" + "%41" * 2_000,
    "*",
    "http://a/",
    "/\u00e9".encode().decode("latin-1"),
)
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "PATCH", "get")
ALLOWED = {200, 204, 206, 303, 304, 400, 403, 404, 405, 406, 408, 413, 414, 415, 416, 431, 503, 504}


class Client(threading.Thread):
    """A client that does random things until its time is over."""

    def __init__(self, server: RunningServer, seed: int, end: float) -> None:
        super().__init__()
        self._port = server.port
        self._random = random.Random(seed)  # noqa: S311 - a load that can be repeated
        self._end = end
        self._digests: dict[str, str] = {}
        self.done: Counter[str] = Counter()
        self.failures: list[str] = []

    def run(self) -> None:
        """Do one thing after another, and collect what goes wrong in ``failures``."""
        actions: list[Callable[[], None]] = [
            *[self._valid_query] * 20, self._invalid_query, self._odd_request, self._noise,
            self._long_head, self._large_body, self._disconnect, self._slow_client,
        ]  # fmt: skip
        while time.monotonic() < self._end:
            action = self._random.choice(actions)
            try:
                action()
            except (OSError, ValueError) as error:
                self.failures.append(f"{action.__name__[1:]}: {error!r}")
            self.done[action.__name__[1:]] += 1

    def _valid_query(self) -> None:
        """A valid query has the same answer each time, unless the server is too busy."""
        query = self._random.choice(VALID).format(n=self._random.randrange(1, 3_000))
        encoded = urlencode({"query": query})
        if self._random.random() < 0.5:
            sent = f"GET /sparql?{encoded} HTTP/1.1\r\nHost: a\r\n".encode()
            body = b""
        else:
            sent, body = b"POST /sparql HTTP/1.1\r\nHost: a\r\n", encoded.encode()
            sent += b"Content-Type: application/x-www-form-urlencoded\r\n"
            sent += b"Content-Length: %d\r\n" % len(body)
        status, answer = self._exchange(sent + b"Connection: close\r\n\r\n" + body)
        if status == 200:
            digest = hashlib.sha256(answer).hexdigest()
            if self._digests.setdefault(query, digest) != digest:
                self.failures.append(f"a different answer to {query}")
        elif status not in (503, 504):
            self.failures.append(f"{status} for {query}: {answer[:200]!r}")

    def _invalid_query(self) -> None:
        encoded = urlencode(
            {"query": self._random.choice(INVALID)}, errors="surrogatepass"
        ).encode()
        head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n"
        form = b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        self._check(self._exchange(head % len(encoded) + form + encoded))

    def _odd_request(self) -> None:
        path, method = self._random.choice(PATHS), self._random.choice(METHODS)
        accept, coding = self._random.choice(ACCEPT), self._random.choice(("", "gzip", "br;q=x"))
        query = self._random.choice(("", "?query=ASK%7B%7D", "?query=%FF", "?query=%00", "?a=%"))
        head = f"{method} {path}{query} HTTP/1.{self._random.randrange(2)}\r\nHost: a\r\n"
        head += f"Accept: {accept}\r\nAccept-Encoding: {coding}\r\nConnection: close\r\n\r\n"
        self._check(self._exchange(head.encode("latin-1")))

    def _noise(self) -> None:
        noise = self._random.randbytes(self._random.randrange(1, 400))
        start = self._random.choice((b"", b"GET / HTTP/1.1\r\n", b"POST /sparql HTTP/1.1\r\n"))
        self._check(self._exchange(start + noise + b"\r\n\r\n", half=True), silent=True)

    def _long_head(self) -> None:
        many = b"".join(b"X-%d: y\r\n" % n for n in range(self._random.randrange(9_000)))
        sent = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + many + b"\r\n"
        self._check(self._exchange(sent), silent=True)

    def _large_body(self) -> None:
        packed = gzip.compress(b" " * 1_000_000)
        body = self._random.choice((b"x" * 2_000_000, packed, b"query=" + b"%20" * 100_000))
        kind = self._random.choice((b"application/sparql-query", b"a/b", b"text/plain; charset=x"))
        head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: " + kind
        sent = head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        self._check(self._exchange(sent), silent=True)

    def _disconnect(self) -> None:
        """Close the connection while a query runs."""
        query = quote(self._random.choice((*VALID, *INVALID)), errors="surrogatepass")[:6_000]
        with socket.create_connection(("127.0.0.1", self._port), timeout=WAIT) as connection:
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            time.sleep(self._random.random() / 10)

    def _slow_client(self) -> None:
        """Read a big answer slowly, or send a head byte by byte, and give up."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=WAIT) as connection:
            query = quote("SELECT * { ?s ?p ?o } LIMIT 20000")
            sent = f"GET /sparql?query={query} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
            if self._random.random() < 0.5:
                connection.sendall(sent)
                for _ in range(20):
                    connection.recv(2_000)
                    time.sleep(0.02)
            else:
                for byte in sent[:30]:
                    connection.sendall(bytes([byte]))
                    time.sleep(0.02)

    def _exchange(self, sent: bytes, *, half: bool = False) -> tuple[int, bytes]:
        """Send a request on a new connection; return the status and the body."""
        received = bytearray()
        with socket.create_connection(("127.0.0.1", self._port), timeout=WAIT) as connection:
            try:
                connection.sendall(sent)
                if half:
                    connection.shutdown(socket.SHUT_WR)
                while piece := connection.recv(1 << 18):
                    received += piece
            except (ConnectionResetError, BrokenPipeError):
                pass  # refused before it was read completely
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        if not head:
            return 0, b""
        length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r")[0]
        status = int(head.split(b" ")[1])
        bodiless = status in (204, 304) or sent.startswith(b"HEAD") or not length
        if not bodiless and len(body) < int(length):
            raise ValueError(f"an answer of {int(length)} bytes ended after {len(body)}")
        return status, body

    def _check(self, answer: tuple[int, bytes], *, silent: bool = False) -> None:
        status, body = answer
        if status not in ALLOWED and not (silent and status == 0):
            self.failures.append(f"status {status}: {body[:200]!r}")
        if b"Traceback" in body or b"root:x:" in body:
            self.failures.append(f"internals were shown: {body[:200]!r}")


def random_load(build: Path, seconds: float, seed: int = 1) -> dict[str, Any]:
    """Put random load on ``kb serve`` for some seconds, and reload the build now and then.

    Returns:
        The number of requests by kind, the peak memory in MiB, and ``failures``, empty if all is
        well.
    """
    options = (f"--timeout={TIMEOUT}", f"--max-concurrent={CONCURRENT}")
    with kb(build, *options) as server:
        end = time.monotonic() + seconds
        clients = [Client(server, seed * 1_000 + n, end) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        peak, reloads, due = server.memory(), 0, time.monotonic() + RELOAD_EVERY
        while any(client.is_alive() for client in clients):
            time.sleep(1)
            peak = max(peak, server.memory())
            # Two signals at once would be one reload: wait for the last one.
            if due < time.monotonic() < end and len(server.lines("reloaded")) == reloads:
                server.process.send_signal(signal.SIGHUP)
                reloads, due = reloads + 1, time.monotonic() + RELOAD_EVERY
        failures = [failure for client in clients for failure in client.failures]
        failures += _lasting_damage(server, peak, reloads)
        done = sum((client.done for client in clients), Counter())
        return {
            "requests": sum(done.values()),
            "done": dict(done),
            "reloads": reloads,
            "answered": dict(Counter(str(line["status"]) for line in server.lines("request"))),
            "memory": round(peak),
            "failures": failures,
        }


def _lasting_damage(server: RunningServer, peak: float, reloads: int) -> list[str]:
    """Return what is wrong with the server after the load."""
    end = time.monotonic() + WAIT
    while len(server.processes()) > 2 + CONCURRENT and time.monotonic() < end:
        time.sleep(0.2)  # the last queries run, and a replaced build retires
    failures = []
    if server.process.poll() is not None:
        return ["the server ended"]
    if len(server.processes()) > 2 + CONCURRENT:
        failures.append(f"processes were left: {server.processes()}")
    if peak > MEMORY:
        failures.append(f"{peak:,.0f} MiB of memory")
    done = len(server.lines("reloaded"))
    if done < reloads - 1:
        failures.append(f"{done} of {reloads} reloads")
    errors = [line for line in server.lines() if line.get("level") == "error"]
    errors += [line for line in server.lines("request") if line["status"] in (0, 500)]
    return failures + [f"in the log: {line}" for line in errors[:20]]
