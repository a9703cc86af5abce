"""The pool of workers: who answers which query, who waits, and who has had enough."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import time
from dataclasses import asdict
from typing import Any, Final

from kb.errors import UnavailableError
from kb.serving.answering import Question, Reply
from kb.serving.refusals import Refusal, busy
from kb.serving.settings import QUEUE_SECONDS, Settings
from kb.serving.worker import LENGTH, command, message

_RENEWED_AFTER: Final = 1_000
_SECONDS_TO_START: Final = 10.0
_SECONDS_TO_LOAD: Final = 600.0


class _Worker:
    """The server's end of the connection with one worker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.pid = 0
        self.asked = 0

    async def ask(self, question: Question) -> tuple[dict[str, Any], bytes]:
        self.asked += 1
        self._writer.write(message(asdict(question)))
        await self._writer.drain()
        return await self.hear()

    async def hear(self) -> tuple[dict[str, Any], bytes]:
        head = json.loads(await self._piece())
        return head, await self._piece()

    async def _piece(self) -> bytes:
        size = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))[0]
        return await self._reader.readexactly(size)

    def end(self) -> None:
        """End the worker, at work or not; one that hung up has ended by itself."""
        if self.pid and not self._reader.at_eof():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.close()


class Pool:
    """Workers over one dataset."""

    def __init__(self, settings: Settings) -> None:
        """Start nothing yet."""
        self._settings = settings
        self._control, self._handed = socket.socketpair()
        self._first: asyncio.subprocess.Process | None = None
        self._idle: list[_Worker] = []
        self._working: set[_Worker] = set()
        self._turns = asyncio.Semaphore(settings.concurrent)
        self._waiting = 0
        self.stopping = False
        self.quads = 0

    @property
    def running(self) -> int:
        """How many queries are at work."""
        return len(self._working)

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

    async def ask(self, question: Question) -> Reply:
        """Answer a question when its turn comes.

        Raises:
            Refusal: too many wait, it took too long, or what the worker refuses.
        """
        if self.stopping:
            raise busy("the server is stopping", 5)
        if self._waiting >= self._settings.waiting:
            raise busy("too many queries wait already")
        await self._turn()
        try:
            return await self._answered(question)
        finally:
            self._turns.release()

    async def _turn(self) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise busy(f"no turn came within {QUEUE_SECONDS:g} seconds", 5) from error
        finally:
            self._waiting -= 1

    async def _answered(self, question: Question) -> Reply:
        worker = self._idle.pop() if self._idle else await self._hire()
        self._working.add(worker)
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._settings.limits.seconds + _SECONDS_TO_START):
                head, body = await worker.ask(question)
        except (EOFError, OSError, TimeoutError) as error:
            worker.end()
            raise self._why(time.monotonic() - started) from error
        except BaseException:
            worker.end()  # whoever asked has gone
            raise
        finally:
            self._working.discard(worker)
        self._release(worker)
        if "status" in head:
            raise Refusal(head["status"], head["message"], head["reason"])
        return Reply(body, head["media_type"], head["rows"], head["gzip"])

    def _release(self, worker: _Worker) -> None:
        """Let a worker rest; after many answers, or when the server stops, a new one takes over."""
        if self.stopping or worker.asked >= _RENEWED_AFTER:
            worker.end()
        else:
            self._idle.append(worker)

    def _why(self, seconds: float) -> Refusal:
        if self.stopping:
            return busy("the server is stopping", 5)
        allowed = self._settings.limits.seconds
        if seconds >= allowed * 0.98:
            return Refusal(504, f"the query took more than {allowed:g} seconds", "timeout")
        needs = "the query needs more memory, or is nested deeper, than this server allows"
        return Refusal(400, needs, "memory")

    async def watch(self) -> None:
        """Return when the first process has ended: no worker can be made after that."""
        if self._first is not None:
            await self._first.wait()

    def cancel(self) -> None:
        """End the queries at work; whoever waits for them is told that the server stops."""
        self.stopping = True
        for worker in self._working:
            worker.end()

    async def stop(self) -> None:
        """End every process."""
        self.cancel()
        for worker in self._idle:
            worker.end()
        self._control.close()
        self._handed.close()
        if self._first is not None:
            await self._first.wait()
