"""Give up on work that takes too long or too much memory.

The engine cannot be told to stop, and hears of no signal while it works. So it works in a copy of
the process, which can be ended at any time: by the clock, or by a key.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from math import inf
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, TypeVar

from kb.errors import KbError, QueryError

MEMORY: Final = 2 * 1024**3
"""Bytes that the work may take beyond what the process has."""

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what a function returns, which is pickled on its way.

    On Windows, which cannot copy a process, the function runs without limits.

    Raises:
        QueryError: it takes too long, or too much memory.
        KbError: whatever the function raises.

    >>> within(60, lambda: 7)
    7
    """
    if not 0 < seconds < inf:
        raise QueryError(f"a time limit is a number of seconds above 0, not {seconds:g}")
    if sys.platform == "win32":
        return work()
    import signal
    from multiprocessing import get_context

    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(writer, work, seconds), daemon=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until the copy can be ended
    try:
        process.start()
        writer.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        if not reader.poll(seconds):
            raise QueryError(f"no answer within {seconds:g} seconds: ask for less, or for longer")
        done, answer = reader.recv()
    except EOFError as error:
        raise QueryError("the engine broke off: the query may need too much memory") from error
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        if process.pid is not None:
            process.kill()
            process.join()
        reader.close()
    if not done:
        raise answer
    found: T = answer
    return found


def _work(writer: Connection, work: Callable[[], object], seconds: float) -> None:
    """Send what the work gives, or its error.

    The parent ends this process; the alarm does if the parent was killed and cannot.
    """
    import resource
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, 1e6) + 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what the engine says when it breaks off
    if size := _address_space():
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        writer.send((True, work()))
    except KbError as error:
        writer.send((False, error))
    except MemoryError:
        writer.send((False, QueryError("the query takes too much memory: ask for less")))


def _address_space() -> int:
    """How many bytes this process maps, or 0 where the system does not tell."""
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * os.sysconf("SC_PAGESIZE")
    return 0
