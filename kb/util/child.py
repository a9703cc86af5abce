"""Do some work in a copy of this process, which has all that was read so far without a message.

The copy can be ended at any time, and ends with this process, however that ends: an interrupt goes
to this one alone. Windows cannot copy a process.
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
from multiprocessing.connection import Connection
from types import FrameType
from typing import Final, TypeVar

from kb.errors import KbError

CAN_COPY: Final = sys.platform != "win32"
"""Whether this system can copy a process."""

_ENDS_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_PASSED_ON: Final = (KbError, OSError, MemoryError)

T = TypeVar("T")


@contextmanager
def forked(work: Callable[[], T]) -> Iterator[Callable[[float | None], T]]:
    """Begin some work in a copy, and give what waits for its result, for so many seconds at most.

    The result is pickled on its way. If the block ends before that, the work ends.

    Raises:
        EOFError: the copy ended without a result.
        TimeoutError: there is none within this time.
        KbError, OSError, MemoryError: what the work raises.

    >>> with forked(lambda: 7) as seven:
    ...     seven(60)
    7
    """
    from multiprocessing import get_context

    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(writer, work, os.getpid()), daemon=True)
    try:
        with _uninterrupted():  # until the copy can be ended
            gc.freeze()  # looking for what is no longer in use would copy all that the two share
            process.start()
            gc.unfreeze()
        writer.close()
        yield lambda seconds: _result(reader, seconds)
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        reader.close()


def _result(reader: Connection, seconds: float | None) -> T:  # type: ignore[type-var]
    if not reader.poll(seconds):
        raise TimeoutError
    done, found = reader.recv()
    if not done:
        raise found
    result: T = found
    return result


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put an interrupt off to the end of the block.

    To block the signal would not do: another thread, of the engine say, would take it.
    """
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler) or threading.current_thread() is not threading.main_thread():
        yield
        return
    met: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda *interrupt: met.append(interrupt))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    for interrupt in met[:1]:
        handler(*interrupt)


def _work(writer: Connection, work: Callable[[], object], parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(AttributeError, OSError, TypeError):  # Linux ends the copy by itself
        ctypes.CDLL(None).prctl(_ENDS_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # which was gone before that
        os._exit(1)
    try:
        writer.send((True, work()))
    except _PASSED_ON as error:
        writer.send((False, error))
