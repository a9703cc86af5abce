"""A server for the tests, started as a user starts it, on a free port of this machine."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE = 60.0
"""Seconds to wait for what happens at once on an idle machine, and late on a busy one."""
JSON = "application/sparql-results+json"
POLICY = "default-src 'none'; script-src 'self'"
PAGE = f"""<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>A page</title></head><body>{"<p>Some words.</p>" * 60}</body></html>"""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SITE = {
    "index.html": PAGE,
    "404.html": PAGE.replace("A page", "Not here"),
    "console/index.html": PAGE.replace("'self'", "'self' 'wasm-unsafe-eval'"),
    "study/index.html": PAGE,
    "study/tower/index.html": PAGE,
    "study/tower/survival.csv": "a,b\n1,2\n",
    "study/tower.ttl": "<a:a> <a:b> <a:c> .\n" * 60,
    "study/tower.jsonld": "{}\n",
    "study/tower.csv": "a\n1\n",
    "study/tower.bib": "@article{a}\n",
    "study/tower.csl.json": "[]\n",
    "study/tower.ris": "TY  - ELEC\n",
    "assets/front/site.js": "export {};\n",
    "assets/main.0123456789ab.min.js": "1;\n",
    "assets/mark.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>\n",
    ".hidden": "secret\n",
}


def write_build(folder: Path, nquads: bytes) -> Path:
    """Write a build with the given dataset and a small site."""
    for path, text in SITE.items():
        (folder / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "site" / path).write_text(text, encoding="utf-8")
    (folder / "site" / "data").mkdir()
    (folder / "site" / "data" / "kb.trig.gz").write_bytes(gzip.compress(b"<a:a> <a:b> 1 .\n"))
    (folder / "secret.txt").write_text("secret\n", encoding="utf-8")
    (folder / "site" / "out.txt").symlink_to(folder / "secret.txt")
    (folder / "kb.nq").write_bytes(nquads)
    return folder


@dataclass
class Answer:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A running ``kb serve``."""

    def __init__(self, build: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [
                Path(sys.executable).with_name("kb"),
                "serve",
                "--port=0",
                f"--build={build}",
                *options,
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log: list[dict[str, Any]] = []
        self.stderr: list[str] = []
        """Lines of the error stream that are not JSON."""
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._ready.wait(PATIENCE), "the server did not start"
        listening = [line for line in self.log if line["event"] == "listening"]
        assert listening, self.stderr
        self.port = urlsplit(listening[0]["address"]).port or 0

    def _read(self) -> None:
        for line in self.process.stderr or ():
            try:
                self.log.append(json.loads(line))
            except ValueError:
                self.stderr.append(line)
            if self.log and self.log[-1]["event"] == "listening":
                self._ready.set()
        self._ready.set()

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        wait: float = PATIENCE,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=wait)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content)

    def sparql(self, query: str, accept: str = "*/*", **more: str) -> Answer:
        """Send a query by GET."""
        address = "/sparql?" + urlencode({"query": query, **more})
        return self.ask(address, headers={"Accept": accept})

    def metric(self, line: str) -> float:
        """The value of a line of /metrics, 0 when it is not there."""
        lines = self.ask("/metrics").text.splitlines()
        return sum(float(one.rpartition(" ")[2]) for one in lines if one.startswith(line))

    def logged(self, number: int = 1, **fields: object) -> list[dict[str, Any]]:
        """Wait for so many lines of the log with these fields, and return them."""

        def lines() -> list[dict[str, Any]]:
            return [line for line in self.log if fields.items() <= line.items()]

        wait_for(lambda: len(lines()) >= number)
        return lines()

    def reloaded(self, number: int = 1) -> None:
        """Wait until so many new builds have been loaded."""
        self.logged(number, event="reloaded")

    def running(self, number: int) -> None:
        """Wait until so many queries are being evaluated."""
        wait_for(lambda: self.ask("/health").json()["running"] == number)

    def stop(self) -> int:
        """Ask the server to stop, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.ended()
        if self.process.stderr is not None:
            self.process.stderr.close()
        assert not self.stderr, f"not JSON: {self.stderr}"
        return code

    def ended(self) -> int:
        """Wait for the end of the server, and return its exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


@contextmanager
def serving(build: Path, *options: str) -> Iterator[Server]:
    server = Server(build, *options)
    try:
        yield server
    finally:
        server.stop()


def processes_of(server: Server) -> list[int]:
    """The parent of the workers, and the workers."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents[int(entry.name)] = parent
    first = [pid for pid, parent in parents.items() if parent == server.process.pid]
    return [*first, *(pid for pid, parent in parents.items() if parent in first)]


def resident(pid: int) -> int:
    """Bytes of memory that a process uses, shared ones included."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"the condition did not hold within {PATIENCE} s"
        time.sleep(0.05)
