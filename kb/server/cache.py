"""Answers that are kept: over one dataset, the same question has the same answer."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from kb.server.config import KEPT_BYTES, KEPT_REQUEST, KEPT_REQUESTS

_CHANGES: Final = re.compile(r"RAND|NOW|UUID|BNODE|\\u", re.IGNORECASE)
"""What an answer may depend on besides the dataset; an escape could hide a letter of it."""

Asked = tuple[bytes, bytes, bytes]
"""What tells one request from another: its parameters, what it accepts, and how encoded."""
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer as it was sent, with what the log says of it: the query's beginning, and rows."""

    headers: Headers
    body: bytes
    query: str
    rows: int

    def message(self, before: Headers, after: Headers) -> bytes:
        r"""Return the whole answer as it goes over the connection.

        >>> CachedAnswer([(b"a", b"1")], b"{}", "", 0).message([(b"b", b"2")], [])
        b'HTTP/1.1 200 OK\r\nb: 2\r\na: 1\r\n\r\n{}'
        """
        lines = [b"%b: %b\r\n" % header for header in (*before, *self.headers, *after)]
        return b"".join((b"HTTP/1.1 200 OK\r\n", *lines, b"\r\n", self.body))


class KeptAnswers:
    """The small answers that were asked for last, within a bound of bytes.

    >>> answers = KeptAnswers()
    >>> answers.keep((b"query=ASK{}", b"", b""), CachedAnswer([], b"true", "ASK{}", 1), "ASK{}")
    >>> answers.find((b"query=ASK{}", b"", b"")).body
    b'true'
    >>> answers.keep((b"a", b"", b""), CachedAnswer([], b"1", "", 1), "SELECT (RAND() AS ?n) {}")
    >>> answers.find((b"a", b"", b"")) is None
    True
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._answers: OrderedDict[Asked, CachedAnswer] = OrderedDict()
        self._size = 0
        self._requests: OrderedDict[bytes, Asked] = OrderedDict()

    def find(self, asked: Asked) -> CachedAnswer | None:
        """Return the answer to a request, if it is kept."""
        found = self._answers.get(asked)
        if found is not None:
            self._answers.move_to_end(asked)
        return found

    def find_request(self, raw: bytes) -> CachedAnswer | None:
        """Return the answer to a request that came in just these bytes before."""
        asked = self._requests.get(raw)
        return None if asked is None else self.find(asked)

    def remember(self, raw: bytes, asked: Asked) -> None:
        """Remember in what bytes a question came; the oldest are forgotten first."""
        if len(raw) <= KEPT_REQUEST:
            self._requests[raw] = asked
            if len(self._requests) > KEPT_REQUESTS:
                self._requests.popitem(last=False)

    def keep(self, asked: Asked, answer: CachedAnswer, query: str) -> None:
        """Keep the answer to a query, unless it could differ next time; the oldest make room."""
        if asked not in self._answers and not _CHANGES.search(query):
            self._answers[asked] = answer
            self._size += _size(asked, answer)
            while self._size > KEPT_BYTES:
                self._size -= _size(*self._answers.popitem(last=False))


def _size(asked: Asked, answer: CachedAnswer) -> int:
    """About how many bytes of memory an answer takes: what it holds, and the objects around it."""
    return sum(map(len, asked)) + len(answer.body) + 4 * len(answer.query) + 1_500
