"""The log: one line of JSON for each request, on the error stream, and nobody's address."""

from __future__ import annotations

import datetime
import json
import logging
import sys
from typing import Any, Final

QUERY_SHOWN: Final = 120
"""How many characters of a query the log may hold."""


_ENCODER: Final = json.JSONEncoder(default=str)


def log(event: str, **said: Any) -> None:
    """Write one line; whatever is said stays on it, since JSON escapes what could end it."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    sys.stderr.write(_ENCODER.encode({"time": now, "event": event, **said}) + "\n")


class Lines(logging.Handler):
    """What the libraries log, in lines of the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; an error says where it happened."""
        said: dict[str, Any] = {"level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            said["error"] = repr(record.exc_info[1])[:500]
            said["where"] = logging.Formatter().formatException(record.exc_info)[-2000:]
        log("server", **said)


def set_up() -> None:
    """Let warnings and errors of the libraries reach the log."""
    root = logging.getLogger()
    root.handlers = [Lines(logging.WARNING)]
    root.setLevel(logging.WARNING)
