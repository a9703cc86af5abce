"""The servers that are measured, each started on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SECONDS_TO_START = 900


@dataclass(frozen=True)
class RunningServer:
    """A server: its process, its port, the path of its SPARQL endpoint, and its log."""

    process: subprocess.Popen[bytes]
    port: int
    path: str
    log: Path

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Return the lines of the log that are JSON, of one event or of all."""
        text = self.log.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [line for line in lines if not event or line["event"] == event]

    def processes(self) -> list[int]:
        """Return the process and all its descendants."""
        parents = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(entry.parent.name)] = int(
                    entry.read_text().rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
        family = [self.process.pid]
        for member in family:  # grows while it is read
            family += [pid for pid, parent in parents.items() if parent == member]
        return family

    def memory(self) -> float:
        """Return MiB of memory; memory that processes share counts once."""
        kibibytes = 0
        for pid in self.processes():
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            except OSError:
                continue
            kibibytes += int((re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE) or ["0"])[0])
        return kibibytes / 1024


@contextmanager
def kb(build: Path, *options: str) -> Iterator[RunningServer]:
    """Run ``kb serve`` on a build."""
    program = str(Path(sys.executable).with_name("kb"))
    command = [program, "serve", "--port=0", f"--build={build}", *options]
    with _started(command) as (process, log):
        end = time.monotonic() + _SECONDS_TO_START
        listening = None
        while listening is None:
            listening = re.search(r"http://127.0.0.1:(\d+)/", log.read_text(encoding="utf-8"))
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(log.read_text(encoding="utf-8")[-2000:])
            time.sleep(0.05)
        yield RunningServer(process, int(listening[1]), "/sparql", log)


@contextmanager
def oxigraph(nquads: Path) -> Iterator[RunningServer]:
    """Run the bare Oxigraph server, in memory, with the same dataset.

    Raises:
        FileNotFoundError: it is not installed; ``KB_OXIGRAPH`` may name the program.
    """
    scripts = str(Path(sys.executable).parent)
    search = os.pathsep.join([scripts, os.environ.get("PATH", "")])
    program = os.environ.get("KB_OXIGRAPH") or shutil.which("oxigraph", path=search)
    if program is None:
        raise FileNotFoundError("no oxigraph server: pip install oxigraph, or set KB_OXIGRAPH")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "serve", f"--bind=127.0.0.1:{port}", "--union-default-graph"]
    with _started(command) as (process, log):
        time.sleep(1)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS_TO_START)
        with nquads.open("rb") as body:
            connection.request("POST", "/store", body, {"Content-Type": "application/n-quads"})
            answer = connection.getresponse()
        if answer.status not in {200, 201, 204}:
            raise RuntimeError(answer.read().decode())
        connection.close()
        yield RunningServer(process, port, "/query", log)


@contextmanager
def _started(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as stream:
            process = subprocess.Popen(command, stdout=stream, stderr=stream)
        try:
            yield process, log
        finally:
            process.terminate()
            process.wait(60)
