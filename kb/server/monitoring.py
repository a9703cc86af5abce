"""What an operator sees: the log, and the counters of ``/metrics``."""

from __future__ import annotations

import datetime
import json
import logging
import sys
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

QUERY_LOGGED: Final = 120
"""The log holds this many characters of a query, and never the address of a client."""
_SECONDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 20.0, 60.0)


def log(event: str, **fields: Any) -> None:
    """Write one line of JSON to the error stream; JSON escapes line breaks in the fields."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    sys.stderr.write(json.dumps({"time": now, "event": event, **fields}, default=str) + "\n")


class JsonLogHandler(logging.Handler):
    """Writes the log records of libraries as lines of the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, with the traceback of an error."""
        fields: dict[str, Any] = {"level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = repr(record.exc_info[1])[:500]
            fields["where"] = logging.Formatter().formatException(record.exc_info)[-2000:]
        log("server", **fields)


def set_up_logging() -> None:
    """Send warnings and errors of libraries to the log."""
    root = logging.getLogger()
    root.handlers = [JsonLogHandler(logging.WARNING)]
    root.setLevel(logging.WARNING)


class Metrics:
    """The counters of one server, in the text format of Prometheus.

    >>> metrics = Metrics()
    >>> metrics.rows.inc(3)
    >>> "kb_rows_total 3.0" in metrics.text().decode()
    True
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "kb_requests", "Requests answered.", ["place", "status"], registry=registry
        )
        self.refused = Counter("kb_refused", "Requests refused.", ["reason"], registry=registry)
        self.rows = Counter("kb_rows", "Rows and triples answered.", registry=registry)
        self.kept = Counter("kb_kept", "Queries answered from the cache.", registry=registry)
        self.seconds = Histogram(
            "kb_query_seconds",
            "Seconds from a query's arrival to its answer or refusal.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.running = Gauge("kb_queries_running", "Queries at work.", registry=registry)
        self.quads = Gauge("kb_quads", "Quads in the dataset.", registry=registry)

    def text(self) -> bytes:
        """Return the current values."""
        return generate_latest(self.registry)
