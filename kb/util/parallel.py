"""Do a part of the work on another processor, while this process goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from kb.errors import UnavailableError
from kb.util.child import CAN_FORK, forked

MOST: Final = 4
"""More processes than this would spend their time on what each of them needs first."""

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
    if not CAN_FORK or processors() == 1:
        yield lambda: work(lambda: None)
        return
    parent = os.getpid()

    def end_if_alone() -> None:
        if os.getppid() != parent:
            os._exit(1)

    with forked(lambda: work(end_if_alone)) as wait:
        yield lambda: _result(wait)


def _result(wait: Callable[[float | None], T]) -> T:
    try:
        return wait(None)
    except EOFError as error:
        raise UnavailableError("a process that did a part of the work was ended") from error


@contextmanager
def dealing(number: int) -> Iterator[Callable[[], Iterator[int]]]:
    """Give what deals the numbers below this one, at most 256, among a process and its copies.

    Each number goes once, to whoever asks next: a part takes as long as it takes.

    >>> with dealing(3) as dealt:
    ...     list(dealt()), list(dealt())
    ([0, 1, 2], [])
    """
    reader, writer = os.pipe()
    os.write(writer, bytes(range(number)))
    os.close(writer)

    def dealt() -> Iterator[int]:
        while one := os.read(reader, 1):
            yield one[0]

    try:
        yield dealt
    finally:
        os.close(reader)


def processors() -> int:
    """How many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # Linux knows which are for this process
    return len(allowed(0)) if allowed else os.cpu_count() or 1
