"""Real SPARQL servers on the loopback address, started and stopped by the tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from support.environment import unavailable

START_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """The SPARQL endpoint of a server, and its Graph Store."""

    query: str
    store: str


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    """The server of Oxigraph, which is installed with the other test tools."""
    program = shutil.which("oxigraph") or Path(sys.executable).with_name("oxigraph")
    if not Path(program).exists():
        unavailable("no Oxigraph server: pip install 'kb-evidence[dev]'")
    place = f"127.0.0.1:{free_port()}"
    command = [str(program), "serve", "--bind", place, "--union-default-graph"]
    server = Server(f"http://{place}/query", f"http://{place}/store")
    with running(command, folder, lambda: answers(server.query)):
        yield server


VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{own}
NumberOfBuffers = 20000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 1000000
"""


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """Virtuoso 7 of Debian (virtuoso-opensource-7-bin), with its initial password."""
    program = shutil.which("virtuoso-t")
    if program is None:
        unavailable("no Virtuoso: apt-get install virtuoso-opensource-7-bin")
    port = free_port()
    settings = VIRTUOSO.format(own=free_port(), port=port)
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    place = f"127.0.0.1:{port}"
    server = Server(f"http://{place}/sparql", f"http://dba:dba@{place}/sparql-graph-crud-auth")
    command = [program, "+configfile", "virtuoso.ini", "+foreground"]
    with running(command, folder, lambda: answers(server.query)):
        yield server


def answers(url: str) -> bool:
    try:
        return httpx2.post(url, data={"query": "ASK {}"}, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


@contextmanager
def running(command: list[str], folder: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """Run a program in a folder during the block, which begins when the program is ready."""
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                output = log.read_text(encoding="utf-8", errors="replace")[-1000:]
                raise RuntimeError(f"{command[0]} did not start: {output}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
