"""Run a function in a forked child process, with limits of time and memory.

A query engine cannot be interrupted and does not handle signals. A child process can be killed at
any time, and has all that its parent has loaded. It ends when its parent ends. Windows cannot fork:
there, functions run in the process itself.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Final, TypeVar

from kb.errors import KbError, QueryError, ReadError, shorten

CAN_FORK: Final = sys.platform != "win32"
MEMORY: Final = 2 * 1024**3
"""Bytes that a child may allocate beyond what its parent has."""

_PARENT_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of Linux
_PASSED_ON: Final = (KbError, OSError, MemoryError)

T = TypeVar("T")


def run_limited(
    seconds: float, work: Callable[[], T], late: KbError | None = None, memory: int | None = None
) -> T:
    """Run a function in a child process and return its result, which is pickled.

    Args:
        seconds: how long it may take.
        work: the function.
        late: the error if it takes longer.
        memory: how many bytes it may allocate beyond what this process has (default: 2 GiB).

    Raises:
        QueryError: the function takes too long or too much memory, or ends the process.
        late: instead of a QueryError, if the function takes too long.
        KbError, OSError: the function raises it.

    >>> run_limited(60, lambda: 7)
    7
    """
    if not 0 < seconds < inf:
        raise QueryError(f"a time limit is a number of seconds above 0, not {seconds:g}")
    if not CAN_FORK:
        return work()

    def limited() -> T:
        # The child ends itself too, should its parent be killed on a system without
        # PR_SET_PDEATHSIG.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, min(seconds, 1e6) + 1)
        limit_memory(memory or MEMORY)
        return work()

    with _forked(limited) as answer:
        if not answer.poll(seconds):
            raise late or QueryError(f"no answer within {seconds:g} seconds: ask for less")
        try:
            succeeded, result = answer.recv()
        except EOFError as error:
            raise QueryError("the engine stopped: the query may need too much memory") from error
    if succeeded:
        value: T = result
        return value
    if isinstance(result, MemoryError):
        raise QueryError("the query takes too much memory: ask for less")
    raise result


def read_limited(name: str, work: Callable[[], T], seconds: float, memory: int) -> T:
    """Read a file, which errors call ``name``, in a child process (see ``run_limited``).

    Raises:
        ReadError: reading takes too long or too much memory, or a library fails.
        KbError: ``work`` raises it.

    >>> read_limited("a.csv", lambda: int("seven"), 60, MEMORY)
    Traceback (most recent call last):
    kb.errors.ReadError: a.csv: broken, or of a form that is not known: ValueError: invalid ...
    """

    def guarded() -> T:
        try:
            return work()
        except (KbError, MemoryError):
            raise
        except Exception as error:  # any other error of a library would end the child
            reason = shorten(f"{type(error).__name__}: {error}", 200)
            raise ReadError(f"{name}: broken, or of a form that is not known: {reason}") from error

    late = ReadError(f"{name}: not read within {seconds:g} seconds")
    try:
        return run_limited(seconds, guarded, late, memory)
    except QueryError as error:
        raise ReadError(f"{name}: reading it takes too much memory") from error


def limit_memory(extra: int) -> None:
    """Let this process allocate so many bytes more, and end without output or a core dump.

    Its standard error is closed: an engine that runs out of memory prints a panic there.
    """
    import resource

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):  # only Linux says how much a process has
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        size = pages * resource.getpagesize() + extra
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


@contextmanager
def _forked(work: Callable[[], object]) -> Iterator[Connection]:
    """Run a function in a child process, which is killed at the end of the block.

    The child sends whether the function succeeded, and its result or the exception.
    """
    from multiprocessing import get_context

    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(writer, work, os.getpid()), daemon=True)
    try:
        with deferred_interrupt():  # until process.pid is known, the child cannot be killed
            gc.freeze()  # a collection in the child would copy the memory that it shares
            process.start()
            gc.unfreeze()
        writer.close()
        yield reader
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        reader.close()


@contextmanager
def deferred_interrupt() -> Iterator[None]:
    """Handle an interrupt at the end of the block.

    Blocking the signal would not do: another thread, such as one of the engine, would receive it.
    """
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler) or threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda *interrupt: received.append(interrupt))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    for interrupt in received[:1]:
        handler(*interrupt)


def follow(parent: int) -> None:
    """Let this process end with its parent, and leave Ctrl-C to it: the parent decides what to do.

    >>> run_limited(60, lambda: follow(os.getppid()))
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call above
        os._exit(1)


def _work(writer: Connection, work: Callable[[], object], parent: int) -> None:
    """Run in the child."""
    follow(parent)
    try:
        writer.send((True, work()))
    except _PASSED_ON as error:
        writer.send((False, error))
