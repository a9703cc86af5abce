"""Give up on work that takes too long or too much memory.

The engine cannot be told to stop, and hears of no signal while it works. So it works in a copy of
the process, which can be ended at any time: by the clock, or by a key.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Final, TypeVar

from kb.errors import QueryError
from kb.util.child import CAN_COPY, forked

MEMORY: Final = 2 * 1024**3
"""Bytes that the work may take beyond what the process has."""

T = TypeVar("T")


def run_limited(seconds: float, work: Callable[[], T]) -> T:
    """Return what a function returns, which is pickled on its way.

    On Windows, which cannot copy a process, the function runs without limits.

    Raises:
        QueryError: it takes too long, or too much memory.
        KbError: whatever the function raises.

    >>> run_limited(60, lambda: 7)
    7
    """
    if not 0 < seconds < inf:
        raise QueryError(f"a time limit is a number of seconds above 0, not {seconds:g}")
    if not CAN_COPY:
        return work()

    def limited() -> T:
        _limit(seconds)
        return work()

    try:
        with forked(limited) as wait:
            return wait(seconds)
    except TimeoutError as error:
        late = f"no answer within {seconds:g} seconds: ask for less, or for longer"
        raise QueryError(late) from error
    except EOFError as error:
        raise QueryError("the engine broke off: the query may need too much memory") from error
    except MemoryError as error:
        raise QueryError("the query takes too much memory: ask for less") from error


def _limit(seconds: float) -> None:
    """Set limits of this process, so that it ends also if whoever waits was killed."""
    import resource
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, 1e6) + 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what the engine says when it breaks off
    if size := _address_space():
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """How many bytes this process maps, or 0 where the system does not tell."""
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * os.sysconf("SC_PAGESIZE")
    return 0
