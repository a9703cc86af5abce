"""The processes that evaluate queries: one loads the dataset, and is copied for each worker.

A copy shares the loaded store and starts in milliseconds. It can open neither a file nor a
connection, may take a bounded amount of memory, and is ended by the system's clock when a
query takes too long, whatever the engine is doing. Run as
``python -m kb.server.worker <dataset> <limits as JSON> <descriptor>``.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from kb.server.answering import Question, answer
from kb.server.config import Limits
from kb.server.http_errors import HttpError
from kb.stores.oxigraph import OxigraphStore

LENGTHS: Final = struct.Struct("!II")
"""Before each message: how long its head is, and its body."""
_SMALL: Final = 64 * 1024


def main(arguments: list[str]) -> None:
    """Load the dataset, then make a worker for each connection that is handed over."""
    dataset, limits, descriptor = arguments
    control = socket.socket(fileno=int(descriptor))
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)  # the server ends it by closing the connection
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a worker's exit code
    try:
        store = OxigraphStore(Path(dataset).read_bytes())
    except (OSError, ValueError, SyntaxError) as error:
        send(control, {"error": str(error)})
        return
    gc.collect()
    gc.freeze()  # a collection in a worker would copy what it shares
    send(control, {"quads": len(store)})
    _copy_on_demand(control, store, Limits(**json.loads(limits)))


def _copy_on_demand(control: socket.socket, store: OxigraphStore, limits: Limits) -> None:
    while True:
        said, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not said:
            return
        with socket.socket(fileno=descriptors[0]) as connection:
            if os.fork() == 0:
                control.close()
                _work(connection, store, limits)
                os._exit(0)


def _work(connection: socket.socket, store: OxigraphStore, limits: Limits) -> None:
    """Answer questions until the server hangs up."""
    answer(store, Question("ASK {}", gzip=True), limits)  # whatever is loaded at first use
    confine(limits.memory)
    send(connection, {"pid": os.getpid()})
    while (question := receive(connection)) is not None:
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)  # unhandled: it ends the process
        head, body = _answered(store, question, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(connection, head, body)


def _answered(store: OxigraphStore, question: Any, limits: Limits) -> tuple[dict[str, Any], bytes]:
    try:
        reply = answer(store, Question(**question), limits)
    except HttpError as refusal:
        return {
            "status": refusal.status,
            "message": refusal.message,
            "reason": refusal.reason,
        }, b""
    head = {"media_type": reply.media_type, "rows": reply.rows, "gzip": reply.gzip}
    return head, reply.body


def confine(memory: int) -> None:
    """Take from this process what a query needs not: files, connections, memory without end."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)  # what the engine says when it is ended is no line of the log
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    size = _address_space()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    os.nice(1)


def _address_space() -> int:
    """How many bytes this process maps, or 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def send(connection: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Send a message: both lengths, the head, and the body; a big body is not copied again."""
    text = json.dumps(head).encode()
    start = LENGTHS.pack(len(text), len(body)) + text
    if len(body) <= _SMALL:
        connection.sendall(start + body)
    else:
        connection.sendall(start)
        connection.sendall(body)


def receive(connection: socket.socket) -> Any:
    """Return the head of the next message, which has no body, or None at the end."""
    size = connection.recv(LENGTHS.size, socket.MSG_WAITALL)
    if len(size) < LENGTHS.size:
        return None
    return json.loads(connection.recv(LENGTHS.unpack(size)[0], socket.MSG_WAITALL))


def message(head: dict[str, Any]) -> bytes:
    """Return a message without a body, as ``receive`` reads it."""
    text = json.dumps(head).encode()
    return LENGTHS.pack(len(text), 0) + text


def command(dataset: Path, limits: Limits, descriptor: int) -> list[str]:
    """Return the command that starts the first process."""
    module = [sys.executable, "-m", "kb.server.worker"]
    return [*module, str(dataset), json.dumps(asdict(limits)), str(descriptor)]


if __name__ == "__main__":
    main(sys.argv[1:])
