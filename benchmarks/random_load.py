"""Random and hostile load on a running server, of which every request must be accounted for."""

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

from benchmarks.servers import Running, kb

CLIENTS = 12
CONCURRENT = 3
TIMEOUT = 2.0
WAIT = 60.0
RELOAD_EVERY = 30.0
MEMORY = 2_048
"""MiB that the server with all its processes may take, whatever is asked."""
FORMS = (
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
# In order, since what LIMIT takes of the rest may differ once a build is loaded anew, and without
# blank nodes, which bear other names then.
FINE = (
    "ASK {{ ?s ?p ?o }} # {n}",
    "SELECT ?s ?o {{ ?s a ?o }} ORDER BY ?s ?o LIMIT {n}",
    "SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY ?p ORDER BY ?p # {n}",
    "CONSTRUCT {{ ?s a ?o }} {{ SELECT ?s ?o {{ ?s a ?o }} ORDER BY ?s ?o LIMIT {n} }}",
    "SELECT * {{ ?s ?p ?o FILTER(isIRI(?s) && !isBlank(?o)) }} ORDER BY ?s ?p ?o LIMIT {n}",
)
WRONG = (
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
    """One client, which does one thing after another until the time is over."""

    def __init__(self, server: Running, seed: int, end: float) -> None:
        """Ask a server until a moment of the monotonic clock."""
        super().__init__()
        self._port = server.port
        self._random = random.Random(seed)  # noqa: S311 - a load that can be repeated
        self._end = end
        self._seen: dict[str, str] = {}
        self.done: Counter[str] = Counter()
        self.failures: list[str] = []

    def run(self) -> None:
        """Do one thing after another; what goes wrong is kept in ``failures``."""
        deeds: list[Callable[[], None]] = [
            *[self._ask_well] * 20, self._ask_wrongly, self._ask_anything, self._send_noise,
            self._swell_the_head, self._send_much, self._leave, self._dawdle,
        ]  # fmt: skip
        while time.monotonic() < self._end:
            deed = self._random.choice(deeds)
            try:
                deed()
            except (OSError, ValueError) as error:
                self.failures.append(f"{deed.__name__[1:]}: {error!r}")
            self.done[deed.__name__[1:]] += 1

    def _ask_well(self) -> None:
        """What is right is answered, always alike, or refused for want of time or of a turn."""
        query = self._random.choice(FINE).format(n=self._random.randrange(1, 3_000))
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
            if self._seen.setdefault(query, digest) != digest:
                self.failures.append(f"another answer to {query}")
        elif status not in (503, 504):
            self.failures.append(f"{status} for {query}: {answer[:200]!r}")

    def _ask_wrongly(self) -> None:
        encoded = urlencode({"query": self._random.choice(WRONG)}, errors="surrogatepass").encode()
        head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n"
        form = b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        self._check(self._exchange(head % len(encoded) + form + encoded))

    def _ask_anything(self) -> None:
        path, method = self._random.choice(PATHS), self._random.choice(METHODS)
        accept, coding = self._random.choice(FORMS), self._random.choice(("", "gzip", "br;q=x"))
        query = self._random.choice(("", "?query=ASK%7B%7D", "?query=%FF", "?query=%00", "?a=%"))
        head = f"{method} {path}{query} HTTP/1.{self._random.randrange(2)}\r\nHost: a\r\n"
        head += f"Accept: {accept}\r\nAccept-Encoding: {coding}\r\nConnection: close\r\n\r\n"
        self._check(self._exchange(head.encode("latin-1")))

    def _send_noise(self) -> None:
        noise = self._random.randbytes(self._random.randrange(1, 400))
        start = self._random.choice((b"", b"GET / HTTP/1.1\r\n", b"POST /sparql HTTP/1.1\r\n"))
        self._check(self._exchange(start + noise + b"\r\n\r\n", half=True), silent=True)

    def _swell_the_head(self) -> None:
        many = b"".join(b"X-%d: y\r\n" % n for n in range(self._random.randrange(9_000)))
        sent = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + many + b"\r\n"
        self._check(self._exchange(sent), silent=True)

    def _send_much(self) -> None:
        packed = gzip.compress(b" " * 1_000_000)
        body = self._random.choice((b"x" * 2_000_000, packed, b"query=" + b"%20" * 100_000))
        kind = self._random.choice((b"application/sparql-query", b"a/b", b"text/plain; charset=x"))
        head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: " + kind
        sent = head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        self._check(self._exchange(sent), silent=True)

    def _leave(self) -> None:
        """Hang up while a query is at work."""
        query = quote(self._random.choice((*FINE, *WRONG)), errors="surrogatepass")[:6_000]
        with socket.create_connection(("127.0.0.1", self._port), timeout=WAIT) as connection:
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            time.sleep(self._random.random() / 10)

    def _dawdle(self) -> None:
        """Take a big answer slowly, or send a head byte by byte, and give up."""
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
        """Send a request on a connection of its own; return the status and the body."""
        received = bytearray()
        with socket.create_connection(("127.0.0.1", self._port), timeout=WAIT) as connection:
            try:
                connection.sendall(sent)
                if half:
                    connection.shutdown(socket.SHUT_WR)
                while piece := connection.recv(1 << 18):
                    received += piece
            except (ConnectionResetError, BrokenPipeError):
                pass  # refused before it was read to its end
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        if not head:
            return 0, b""
        length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r")[0]
        status = int(head.split(b" ")[1])
        bare = status in (204, 304) or sent.startswith(b"HEAD") or not length
        if not bare and len(body) < int(length):
            raise ValueError(f"an answer of {int(length)} bytes ended after {len(body)}")
        return status, body

    def _check(self, answered: tuple[int, bytes], *, silent: bool = False) -> None:
        status, body = answered
        if status not in ALLOWED and not (silent and status == 0):
            self.failures.append(f"status {status}: {body[:200]!r}")
        if b"Traceback" in body or b"root:x:" in body:
            self.failures.append(f"insides were shown: {body[:200]!r}")


def random_load(build: Path, seconds: float, seed: int = 1) -> dict[str, Any]:
    """Put random load on ``kb serve`` for some seconds; the build is loaded anew now and then.

    Returns:
        What was done how often, the most memory (MiB), and failures: none when all is well.
    """
    options = (f"--timeout={TIMEOUT}", f"--max-concurrent={CONCURRENT}")
    with kb(build, *options) as server:
        end = time.monotonic() + seconds
        clients = [Client(server, seed * 1_000 + n, end) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        most, reloads, due = server.memory(), 0, time.monotonic() + RELOAD_EVERY
        while any(client.is_alive() for client in clients):
            time.sleep(1)
            most = max(most, server.memory())
            # Two requests to load at once are one: the next waits for the last.
            if due < time.monotonic() < end and len(server.lines("reloaded")) == reloads:
                server.process.send_signal(signal.SIGHUP)
                reloads, due = reloads + 1, time.monotonic() + RELOAD_EVERY
        failures = [failure for client in clients for failure in client.failures]
        failures += _aftermath(server, most, reloads)
        done = sum((client.done for client in clients), Counter())
        return {
            "requests": sum(done.values()),
            "done": dict(done),
            "reloads": reloads,
            "answered": dict(Counter(str(line["status"]) for line in server.lines("request"))),
            "memory": round(most),
            "failures": failures,
        }


def _aftermath(server: Running, most: float, reloads: int) -> list[str]:
    """What is wrong with the server after the load."""
    time.sleep(2 * TIMEOUT + 6)
    found = []
    if server.process.poll() is not None:
        return ["the server ended"]
    if len(server.processes()) > 2 + CONCURRENT:
        found.append(f"processes were left: {server.processes()}")
    if most > MEMORY:
        found.append(f"{most:,.0f} MiB of memory")
    done = len(server.lines("reloaded"))
    if done < reloads - 1:
        found.append(f"{done} of {reloads} reloads")
    broken = [line for line in server.lines() if line.get("level") == "error"]
    broken += [line for line in server.lines("request") if line["status"] in (0, 500)]
    return found + [f"in the log: {line}" for line in broken[:20]]
