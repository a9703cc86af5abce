"""The worker processes: a parent loads the dataset and forks a worker for each connection.

A worker shares the loaded store and starts in milliseconds. It can open neither a file nor a
connection, may take a bounded amount of memory, and is ended by the system's clock when a query
takes too long, even inside the engine. A query goes to it as a line of JSON; the answer is a
line of JSON and as many bytes as its ``size``. The parent is run as
``python -m kb.server.worker <dataset> <limits as JSON> <descriptor of the control socket>``.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb.server.config import QueryLimits
from kb.server.errors import HttpError
from kb.server.evaluation import SparqlRequest, evaluate
from kb.stores.oxigraph import OxigraphStore
from kb.util.child import limit_memory


def main(arguments: list[str]) -> None:
    """Load the dataset, then fork a worker for each connection that the server passes."""
    dataset, limits, descriptor = arguments
    control = socket.socket(fileno=int(descriptor))
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)  # the server ends it by closing the connection
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps the workers
    try:
        store = OxigraphStore(Path(dataset).read_bytes())
    except (OSError, ValueError, SyntaxError) as error:
        _send(control, {"error": str(error)})
        return
    gc.collect()
    gc.freeze()  # a collection in a worker would copy the pages that it shares
    _send(control, {"quads": len(store)})
    _fork_on_demand(control, store, QueryLimits(**json.loads(limits)))


# kb.util.child forks for one result, from a process that waits for it. The server runs an event
# loop and threads, which no fork survives, and a worker answers many queries: hence this process,
# which has neither, and forks by itself.
def _fork_on_demand(control: socket.socket, store: OxigraphStore, limits: QueryLimits) -> None:
    while True:
        received, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not received:
            return
        with socket.socket(fileno=descriptors[0]) as connection:
            if os.fork() == 0:
                control.close()
                _answer_queries(connection, store, limits)
                os._exit(0)


def _answer_queries(connection: socket.socket, store: OxigraphStore, limits: QueryLimits) -> None:
    """Answer queries until the server closes the connection."""
    evaluate(store, SparqlRequest("ASK {}", gzip=True), limits)  # imports at first use, if any
    lines = connection.makefile("rb")
    confine(limits.memory)
    _send(connection, {"pid": os.getpid()})
    for line in lines:
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)  # no handler: it ends the process
        head, body = _answer(store, SparqlRequest(**json.loads(line)), limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(connection, head | {"size": len(body)})
        connection.sendall(body)


def _answer(
    store: OxigraphStore, request: SparqlRequest, limits: QueryLimits
) -> tuple[dict[str, Any], bytes]:
    try:
        answer = evaluate(store, request, limits)
    except HttpError as error:
        return {"status": error.status, "message": error.message, "reason": error.reason}, b""
    head = {"media_type": answer.media_type, "rows": answer.rows, "gzip": answer.gzip}
    return head, answer.body


def confine(memory: int) -> None:
    """Take from this process what no query needs: files, connections, more memory."""
    limit_memory(memory)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    os.nice(1)


def _send(connection: socket.socket, head: dict[str, Any]) -> None:
    connection.sendall(json.dumps(head).encode() + b"\n")


def command(dataset: Path, limits: QueryLimits, descriptor: int) -> list[str]:
    """Return the command that starts the parent of the workers."""
    module = [sys.executable, "-m", "kb.server.worker"]
    return [*module, str(dataset), json.dumps(asdict(limits)), str(descriptor)]


if __name__ == "__main__":
    main(sys.argv[1:])
