"""Do a part of the work in a copy of this process, on another processor, while this one goes on.

The copy has all that was read so far without a message. It ends with this process, however that
ends: an interrupt goes to this one alone, and the work asks now and then whether it still runs.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Final, TypeVar

from kb.errors import KbError, UnavailableError

_ENDS_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG

T = TypeVar("T")


@contextmanager
def beside(work: Callable[[Callable[[], None]], T]) -> Iterator[Callable[[], T]]:
    """Begin some work, and give what waits for its result, which is pickled on its way.

    The work is given a function to call before each thing it writes: it ends the copy if nobody
    waits for it any more. With one processor, or on a system that cannot copy a process,
    the work is done when its result is asked for. If the block ends before that, the work ends.

    Raises:
        UnavailableError: the copy was ended from outside.
        KbError, OSError: what the work raises.

    >>> with beside(lambda _: 7) as seven:
    ...     seven()
    7
    """
    if sys.platform == "win32" or _processors() == 1:
        yield lambda: work(lambda: None)
        return
    from multiprocessing import get_context

    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(writer, work, os.getpid()), daemon=True)
    gc.freeze()  # looking for what is no longer in use would copy all that the two share
    process.start()
    gc.unfreeze()
    writer.close()
    try:
        yield lambda: _result(reader)
    finally:
        process.kill()
        process.join()
        reader.close()


def _processors() -> int:
    """How many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # Linux knows which are for this process
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _result(reader: Connection) -> T:  # type: ignore[type-var]
    try:
        done, found = reader.recv()
    except EOFError as error:
        raise UnavailableError("a process that did a part of the work was ended") from error
    if not done:
        raise found
    result: T = found
    return result


def _work(writer: Connection, work: Callable[[Callable[[], None]], object], parent: int) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(AttributeError, OSError, TypeError):  # Linux ends the copy by itself
        ctypes.CDLL(None).prctl(_ENDS_WITH_PARENT, signal.SIGKILL)

    def end_if_alone() -> None:
        if os.getppid() != parent:
            os._exit(1)

    end_if_alone()
    try:
        writer.send((True, work(end_if_alone)))
    except (KbError, OSError) as error:
        writer.send((False, error))
