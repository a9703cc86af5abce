"""Map a function over many items in processes that may end at any item without stopping the rest.

A worker is forked, so that it has all that its parent has loaded. One that is killed, crashes,
takes too long or too much memory fails its item only; another takes its place. Windows cannot
fork: there, the function runs in the process itself, without limits.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from traceback import extract_tb
from typing import Any, Final, Generic, TypeVar

from kb.errors import KbError
from kb.util.child import CAN_FORK, MEMORY, deferred_interrupt, follow, limit_memory

_AHEAD: Final = 1_024
"""How many items a worker may be ahead of the one whose result is yielded next: one slow item
does not hold up the others, and few results wait in memory."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result for an item."""

    reason: str
    is_defect: bool = False
    """Whether it is a mistake of this software, not of the item."""


def processors() -> int:
    """Return how many processors this process may use.

    >>> processors() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_workers(
    work: Callable[[T], R], items: Sequence[T], workers: int, seconds: float
) -> Iterator[R | Failure]:
    """Yield the result of each item, or its failure, in the order of the items.

    Args:
        work: returns what can be pickled.
        items: what can be pickled.
        workers: how many processes run at a time.
        seconds: how long one item may take.

    >>> list(map_in_workers(lambda n: 6 // n, [1, 2, 0, 3], 2, 60))[3]
    2
    """
    if CAN_FORK:
        yield from _Pool(work, items, min(workers, len(items)), seconds).results()
    else:
        yield from (_attempt(work, item) for item in items)


def _attempt(work: Callable[[T], R], item: T) -> R | Failure:
    """Return the result or the failure: a mistake in one item never stops the others."""
    try:
        return work(item)
    except KbError as error:
        return Failure(str(error))
    except MemoryError:
        return Failure("it takes too much memory")
    except RecursionError:
        return Failure("it is nested too deeply")
    except Exception as error:
        last = extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119 - not a path here
        return Failure(f"{type(error).__name__} at {place}: {error}"[:300], is_defect=True)


class _Pool(Generic[T, R]):
    """Workers, and the items that they have not begun."""

    def __init__(
        self, work: Callable[[T], R], items: Sequence[T], workers: int, seconds: float
    ) -> None:
        self._work, self._seconds = work, seconds
        self._left = deque(enumerate(items))
        self._workers = [_Worker(work) for _ in range(workers)]

    def results(self) -> Iterator[R | Failure]:
        done: dict[int, R | Failure] = {}
        total, following = len(self._left), 0
        try:
            while following < total:
                self._hand_out(following)
                done |= self._finished()
                while following in done:
                    yield done.pop(following)
                    following += 1
        finally:
            for worker in self._workers:
                worker.stop()

    def _hand_out(self, following: int) -> None:
        """Give each idle worker an item, unless it is too far ahead of the next result."""
        limit = following + _AHEAD * len(self._workers)
        for place, worker in enumerate(self._workers):
            if worker.index is None and self._left and self._left[0][0] < limit:
                if not worker.is_alive:
                    worker.stop()
                    worker = self._workers[place] = _Worker(self._work)  # noqa: PLW2901
                worker.begin(*self._left.popleft(), self._seconds)

    def _finished(self) -> dict[int, R | Failure]:
        """Wait until a worker has answered, ended or taken too long."""
        busy = [worker for worker in self._workers if worker.index is not None]
        first = min(worker.deadline for worker in busy)
        wait([worker.connection for worker in busy], max(0.0, first - time.monotonic()))
        return {
            index: answer
            for worker in busy
            if (index := worker.index) is not None
            and (answer := worker.answer(self._seconds)) is not None
        }


class _Worker:
    """A process that works on one item at a time."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        context = get_context("fork")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work, os.getpid()))
        with deferred_interrupt():  # until the process is known, it cannot be killed
            gc.freeze()  # a collection in the child would copy the memory that it shares
            self._process.start()
            gc.unfreeze()
        theirs.close()
        self.index: int | None = None
        self.deadline = 0.0
        self.is_alive = True

    def begin(self, index: int, item: object, seconds: float) -> None:
        self.index, self.deadline = index, time.monotonic() + seconds
        with suppress(OSError):  # it was killed while idle: `answer` says so
            self.connection.send(item)

    def answer(self, seconds: float) -> Any:
        """Return the result or failure of the item; None if the worker is still busy."""
        answer: Any = None
        if self.connection.poll():
            try:
                answer = self.connection.recv()
            except (EOFError, OSError):
                answer = self._ended()
        elif time.monotonic() >= self.deadline:
            self.stop()
            answer = Failure(f"not done within {seconds:g} seconds")
        if answer is not None:
            self.index = None
        return answer

    def _ended(self) -> Failure:
        """Return why the process ended by itself."""
        self.is_alive = False
        self._process.join()
        code = self._process.exitcode or 0
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Failure(f"the process that read it ended ({how})")

    def stop(self) -> None:
        self.is_alive = False
        self._process.kill()
        self._process.join()
        self.connection.close()


def _serve(connection: Connection, work: Callable[[Any], Any], parent: int) -> None:
    """Run in the worker: answer items until the parent has no more."""
    follow(parent)
    with suppress(ImportError):
        limit_memory(MEMORY)
    with suppress(EOFError, OSError):
        while True:
            connection.send(_attempt(work, connection.recv()))
