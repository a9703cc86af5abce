"""The pool of workers: starts them, queues queries, spools big answers."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from kb.errors import UnavailableError
from kb.server.config import (
    MAX_SPOOLED,
    PIECE,
    QUEUE_SECONDS,
    SMALL_ANSWER,
    SPOOLED_SHARE,
    ServerConfig,
)
from kb.server.errors import HttpError, busy
from kb.server.evaluation import SparqlRequest
from kb.server.worker import command

_MAX_QUERIES: Final = 1_000
"""A worker is replaced after this many queries, so that what the engine retains is freed."""
_START_SECONDS: Final = 10.0
_LOAD_SECONDS: Final = 600.0
_POLL_SECONDS: Final = 0.05
_MAX_LINE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has arrived from a worker: a big one is spooled."""

    media_type: str
    rows: int
    gzip: bool
    size: int
    body: bytes | SpooledBody


class _Share:
    """What one client has: its workers, its waiting queries, and its answers on their way."""

    def __init__(self, workers: int) -> None:
        self.slots = asyncio.Semaphore(workers)
        self.waiting = 0
        self.running = 0
        self.spooled = 0

    @property
    def is_empty(self) -> bool:
        return not (self.waiting or self.running or self.spooled)


def _no_room() -> HttpError:
    return busy("the server has no room for a big answer", 5)


def _temporary_file() -> io.FileIO:
    """Open a file without a buffer, so that a full disk shows before the answer is sent."""
    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError as error:
        raise _no_room() from error


class SpooledBody:
    """A big answer in a temporary file, so that neither memory nor a worker waits for a client."""

    def __init__(self, pool: WorkerPool, client: str, size: int) -> None:
        self._pool = pool
        self._client = client
        self._size = size
        self._file = _temporary_file()
        pool.count_spooled(client, size)

    def write(self, piece: bytes) -> None:
        """Append a piece.

        Raises:
            HttpError: the disk is full.
        """
        try:
            while piece:
                piece = piece[self._file.write(piece) :]
        except OSError as error:
            raise _no_room() from error

    def pieces(self) -> Iterator[bytes]:
        """Yield the whole answer in pieces."""
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def close(self) -> None:
        """Remove the file."""
        if not self._file.closed:
            self._file.close()
            self._pool.count_spooled(self._client, -self._size)


class _Worker:
    """The server's end of the connection to one worker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.pid = 0
        self.queries = 0

    @classmethod
    async def connect(cls, connection: socket.socket) -> _Worker:
        return cls(*await asyncio.open_connection(sock=connection, limit=_MAX_LINE))

    async def evaluate(self, request: SparqlRequest) -> dict[str, Any]:
        """Return the head of the answer; its body follows."""
        self.queries += 1
        self._writer.write(json.dumps(asdict(request)).encode() + b"\n")
        await self._writer.drain()
        return await self.head()

    async def head(self) -> dict[str, Any]:
        head: dict[str, Any] = json.loads(await self._reader.readuntil())
        return head

    async def body(self, size: int) -> bytes:
        return await self._reader.readexactly(size)

    def disconnect(self) -> None:
        self._writer.transport.abort()

    def kill(self) -> None:
        """End the worker, even while it is busy, unless it has ended by itself."""
        if self.pid and not self._reader.at_eof():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.close()


class WorkerPool:
    """The workers over one dataset."""

    def __init__(self, config: ServerConfig) -> None:
        """Start no process yet."""
        self._config = config
        self._control, self._passed = socket.socketpair()
        self._parent: asyncio.subprocess.Process | None = None
        self._idle: list[_Worker] = []
        self._running: set[_Worker] = set()
        self._slots = asyncio.Semaphore(config.workers)
        self._waiting = 0
        self._shares: dict[str, _Share] = {}
        self.spooled = 0
        self.stopping = False
        self.quads = 0

    @property
    def running(self) -> int:
        """The number of queries that are being evaluated."""
        return len(self._running)

    @property
    def alive(self) -> bool:
        """Whether new workers can be started."""
        return self._parent is not None and self._parent.returncode is None and not self.stopping

    async def start(self) -> None:
        """Load the dataset and start the workers.

        Raises:
            UnavailableError: the dataset cannot be loaded.
        """
        with self._passed as control:
            self._parent = await asyncio.create_subprocess_exec(
                *command(self._config.nquads, self._config.limits, control.fileno()),
                pass_fds=[control.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
            )
        self.quads = await self._loaded()
        self._idle = [await self._start_worker() for _ in range(self._config.workers)]

    async def _loaded(self) -> int:
        parent = await _Worker.connect(self._control.dup())
        try:
            async with asyncio.timeout(_LOAD_SECONDS):
                head = await parent.head()
        except (EOFError, OSError, TimeoutError) as error:
            raise UnavailableError(f"{self._config.nquads} could not be loaded") from error
        finally:
            parent.disconnect()
        if "error" in head:
            raise UnavailableError(f"{self._config.nquads}: {head['error']}")
        return int(head["quads"])

    async def _start_worker(self) -> _Worker:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            worker = await _Worker.connect(ours)
            async with asyncio.timeout(_START_SECONDS):
                worker.pid = (await worker.head())["pid"]
        except (EOFError, OSError, TimeoutError) as error:
            ours.close()
            raise busy("no worker could be started", 5) from error
        return worker

    async def answer(self, request: SparqlRequest, client: str = "") -> Answer:
        """Evaluate a query of a client when a worker is free, of those that it may keep busy.

        Raises:
            HttpError: too many queries wait, it took too long, or the worker refused it.
        """
        share = self._share(client)
        await self._acquire_slot(client, share)
        worker, done = None, False
        try:
            worker = self._idle.pop() if self._idle else await self._start_worker()
            self._running.add(worker)
            head, body = await self._evaluate(worker, request, client)
            done = True
        finally:  # also when the client has gone, and this task is cancelled
            self._release(worker, done)
            share.slots.release()
            share.running -= 1
            self._forget(client)
        if "status" in head:
            raise HttpError(head["status"], head["message"], head["reason"])
        return Answer(**head, body=body)

    def _share(self, client: str) -> _Share:
        return self._shares.setdefault(client, _Share(self._config.share))

    def _forget(self, client: str) -> None:
        if self._share(client).is_empty:
            del self._shares[client]

    def count_spooled(self, client: str, size: int) -> None:
        """Count bytes of answers that are on their way to a client, or have arrived."""
        self.spooled += size
        self._share(client).spooled += size
        self._forget(client)

    async def _acquire_slot(self, client: str, share: _Share) -> None:
        """Wait for a worker that the client may have, then for one that is free."""
        if self.stopping:
            raise busy("the server is stopping", 5)
        if self._waiting >= self._config.max_waiting or share.waiting >= self._config.waiting_share:
            raise busy("too many queries are waiting")
        self._waiting += 1
        share.waiting += 1
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await share.slots.acquire()
                try:
                    await self._slots.acquire()
                except BaseException:
                    share.slots.release()
                    raise
            share.running += 1
        except TimeoutError as error:
            message = f"no worker was free within {QUEUE_SECONDS:g} seconds"
            raise busy(message, 5) from error
        finally:
            self._waiting -= 1
            share.waiting -= 1
            self._forget(client)

    async def _evaluate(
        self, worker: _Worker, request: SparqlRequest, client: str
    ) -> tuple[dict[str, Any], bytes | SpooledBody]:
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._config.limits.seconds + _START_SECONDS):
                head = await worker.evaluate(request)
                return head, await self._body(worker, head["size"], client)
        except (EOFError, OSError, TimeoutError) as error:
            raise self._why_ended(time.monotonic() - started) from error

    async def _body(self, worker: _Worker, size: int, client: str) -> bytes | SpooledBody:
        if size <= SMALL_ANSWER:
            return await worker.body(size)
        spooled = self._share(client).spooled
        if self.spooled + size > MAX_SPOOLED or spooled + size > SPOOLED_SHARE:
            raise busy("too many big answers are being sent", 5)
        body = SpooledBody(self, client, size)
        try:
            for start in range(0, size, PIECE):
                body.write(await worker.body(min(PIECE, size - start)))
        except BaseException:
            body.close()
            raise
        return body

    def _release(self, worker: _Worker | None, done: bool) -> None:
        """Free a slot; a worker is used again unless it is at work or has had its queries."""
        self._slots.release()
        if worker is None:
            return
        self._running.discard(worker)
        if self.stopping or not done or worker.queries >= _MAX_QUERIES:
            worker.kill()
        else:
            self._idle.append(worker)

    def _why_ended(self, seconds: float) -> HttpError:
        if self.stopping:
            return busy("the server is stopping", 5)
        allowed = self._config.limits.seconds
        if seconds >= allowed * 0.98:
            return HttpError(504, f"the query took more than {allowed:g} seconds", "timeout")
        message = "the query needs more memory, or is nested deeper, than this server allows"
        return HttpError(400, message, "memory")

    async def ended(self) -> None:
        """Return when the parent of the workers has ended: none can be started after that."""
        if self._parent is not None:
            await self._parent.wait()

    def cancel(self) -> None:
        """End the running queries; their clients receive the error that the server is stopping."""
        self.stopping = True
        for worker in [*self._running]:
            worker.kill()

    async def retire(self) -> None:
        """End every process once the queries that have arrived are answered."""
        while self._running or self._waiting:
            await asyncio.sleep(_POLL_SECONDS)
        await self.stop()

    async def stop(self) -> None:
        """End every process."""
        self.cancel()
        for worker in self._idle:
            worker.kill()
        self._control.close()
        self._passed.close()
        await self.ended()
