"""The pool of workers: who answers which query, who waits, and who has had enough."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from typing import Any, Final

from kb.errors import UnavailableError
from kb.server.answering import Question
from kb.server.config import HELD_BYTES, KEPT_ANSWER, QUEUE_SECONDS, ServerConfig
from kb.server.http_errors import HttpError, busy
from kb.server.worker import LENGTHS, command, message

_ASKED: Final = [field.name for field in fields(Question)]
_RENEWED_AFTER: Final = 1_000
_SECONDS_TO_START: Final = 10.0
_SECONDS_TO_LOAD: Final = 600.0
_PAUSE: Final = 0.05
PIECE: Final = 64 * 1024
"""The most that is read from a worker at a time, in bytes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: what it is, and its bytes, of which those of a big one still arrive."""

    media_type: str
    rows: int
    gzip: bool
    size: int
    body: bytes
    rest: Fetching | None


class _Worker:
    """The server's end of the connection with one worker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.pid = 0
        self.asked = 0

    async def ask(self, question: Question) -> tuple[dict[str, Any], int]:
        self.asked += 1
        self._writer.write(message({name: getattr(question, name) for name in _ASKED}))
        await self._writer.drain()
        return await self.hear()

    async def hear(self) -> tuple[dict[str, Any], int]:
        """Return what the worker says, and how many bytes of an answer follow."""
        head, body = LENGTHS.unpack(await self._reader.readexactly(LENGTHS.size))
        return json.loads(await self._reader.readexactly(head)), body

    async def piece(self, size: int) -> bytes:
        return await self._reader.readexactly(size)

    def end(self) -> None:
        """End the worker, at work or not; one that hung up has ended by itself."""
        if self.pid and not self._reader.at_eof():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.close()


class Fetching:
    """The fetching of an answer: the worker is free again once the server has all its pieces.

    A slow client so keeps no worker from the next query, until what is held for slow clients
    comes to ``HELD_BYTES``: then its worker waits for it.
    """

    def __init__(self, pool: Pool, worker: _Worker, size: int) -> None:
        self._pool = pool
        self._worker = worker
        self._left = size
        self._pieces: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        whole = False
        try:
            while self._left:
                while self._pool.held > HELD_BYTES and self._pieces:
                    await asyncio.sleep(_PAUSE)
                piece = await self._worker.piece(min(PIECE, self._left))
                self._left -= len(piece)
                self._pool.held += len(piece)
                self._pieces.append(piece)
                self._news.set()
            whole = True
        finally:
            self._pool.done(self._worker, whole)
            self._news.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the pieces; a worker that ends before its answer raises EOFError."""
        while self._pieces or self._left:
            if self._pieces:
                piece = self._pieces.popleft()
                self._pool.held -= len(piece)
                yield piece
            elif self._task.done():
                raise EOFError("the worker ended before its answer")
            else:
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        """Forget what nobody takes any more."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, EOFError, OSError):
            await self._task
        self._pool.held -= sum(map(len, self._pieces))
        self._pieces.clear()


class Pool:
    """Workers over one dataset."""

    def __init__(self, settings: ServerConfig) -> None:
        """Start nothing yet."""
        self._settings = settings
        self._control, self._handed = socket.socketpair()
        self._first: asyncio.subprocess.Process | None = None
        self._idle: list[_Worker] = []
        self._working: set[_Worker] = set()
        self._turns = asyncio.Semaphore(settings.concurrent)
        self._waiting = 0
        self.held = 0
        self.stopping = False
        self.quads = 0

    @property
    def running(self) -> int:
        """How many queries are at work."""
        return len(self._working)

    @property
    def busy(self) -> bool:
        """Whether a query is at work or waits for its turn."""
        return bool(self._working or self._waiting)

    @property
    def alive(self) -> bool:
        """Whether new workers can be made."""
        return self._first is not None and self._first.returncode is None and not self.stopping

    async def start(self) -> None:
        """Load the dataset and make the workers.

        Raises:
            UnavailableError: the dataset cannot be loaded.
        """
        with self._handed as theirs:
            self._first = await asyncio.create_subprocess_exec(
                *command(self._settings.nquads, self._settings.limits, theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
            )
        self.quads = await self._loaded()
        self._idle = [await self._hire() for _ in range(self._settings.concurrent)]

    async def _loaded(self) -> int:
        reader, writer = await asyncio.open_connection(sock=self._control.dup())
        try:
            async with asyncio.timeout(_SECONDS_TO_LOAD):
                head, _ = await _Worker(reader, writer).hear()
        except (EOFError, OSError, TimeoutError) as error:
            raise UnavailableError(f"{self._settings.nquads} could not be loaded") from error
        finally:
            writer.transport.abort()
        if "error" in head:
            raise UnavailableError(f"{self._settings.nquads}: {head['error']}")
        return int(head["quads"])

    async def _hire(self) -> _Worker:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            worker = _Worker(*await asyncio.open_connection(sock=ours))
            async with asyncio.timeout(_SECONDS_TO_START):
                worker.pid = (await worker.hear())[0]["pid"]
        except (EOFError, OSError, TimeoutError) as error:
            ours.close()
            raise busy("no process is free for queries", 5) from error
        return worker

    async def ask(self, question: Question) -> Answered:
        """Answer a question when its turn comes.

        Raises:
            Refusal: too many wait, it took too long, or what the worker refuses.
        """
        if self.stopping:
            raise busy("the server is stopping", 5)
        if self._waiting >= self._settings.waiting:
            raise busy("too many queries wait already")
        await self._turn()
        worker = None
        try:
            worker = self._idle.pop() if self._idle else await self._hire()
            self._working.add(worker)
            head, size = await self._heard(worker, question)
            small = await worker.piece(size) if size <= KEPT_ANSWER else b""
        except BaseException:  # whoever asked may have gone
            self.done(worker, whole=False)
            raise
        rest = Fetching(self, worker, size) if size > KEPT_ANSWER else None
        if rest is None:
            self.done(worker, whole=True)
        if "status" in head:
            raise HttpError(head["status"], head["message"], head["reason"])
        return Answered(head["media_type"], head["rows"], head["gzip"], size, small, rest)

    async def _turn(self) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise busy(f"no turn came within {QUEUE_SECONDS:g} seconds", 5) from error
        finally:
            self._waiting -= 1

    async def _heard(self, worker: _Worker, question: Question) -> tuple[dict[str, Any], int]:
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._settings.limits.seconds + _SECONDS_TO_START):
                return await worker.ask(question)
        except (EOFError, OSError, TimeoutError) as error:
            raise self._why(time.monotonic() - started) from error

    def done(self, worker: _Worker | None, whole: bool) -> None:
        """End a turn: a worker whose answer is whole rests; another one is ended.

        After many answers, or when the server stops, a new one takes over.
        """
        self._turns.release()
        if worker is None:
            return
        self._working.discard(worker)
        if self.stopping or not whole or worker.asked >= _RENEWED_AFTER:
            worker.end()
        else:
            self._idle.append(worker)

    def _why(self, seconds: float) -> HttpError:
        if self.stopping:
            return busy("the server is stopping", 5)
        allowed = self._settings.limits.seconds
        if seconds >= allowed * 0.98:
            return HttpError(504, f"the query took more than {allowed:g} seconds", "timeout")
        needs = "the query needs more memory, or is nested deeper, than this server allows"
        return HttpError(400, needs, "memory")

    async def watch(self) -> None:
        """Return when the first process has ended: no worker can be made after that."""
        if self._first is not None:
            await self._first.wait()

    def cancel(self) -> None:
        """End the queries at work; whoever waits for them is told that the server stops."""
        self.stopping = True
        for worker in [*self._working]:
            worker.end()

    async def retire(self) -> None:
        """End every process once the queries that were asked are answered."""
        while self.busy:
            await asyncio.sleep(_PAUSE)
        await self.stop()

    async def stop(self) -> None:
        """End every process."""
        self.cancel()
        for worker in self._idle:
            worker.end()
        self._control.close()
        self._handed.close()
        if self._first is not None:
            await self._first.wait()
