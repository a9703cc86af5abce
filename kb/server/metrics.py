"""What is counted, in the text form of Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 20.0, 60.0)


class Metrics:
    """The counters of one server.

    >>> metrics = Metrics()
    >>> metrics.rows.inc(3)
    >>> "kb_rows_total 3.0" in metrics.text().decode()
    True
    """

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kb_requests", "Requests answered.", ["place", "status"], registry=self.registry
        )
        self.refused = Counter(
            "kb_refused", "Requests refused.", ["reason"], registry=self.registry
        )
        self.rows = Counter("kb_rows", "Rows and triples answered.", registry=self.registry)
        self.kept = Counter(
            "kb_kept", "Queries answered from what was kept.", registry=self.registry
        )
        self.seconds = Histogram(
            "kb_query_seconds",
            "Seconds from a query's arrival to its answer or refusal.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.running = Gauge("kb_queries_running", "Queries at work.", registry=self.registry)
        self.quads = Gauge("kb_quads", "Quads in the dataset.", registry=self.registry)

    def text(self) -> bytes:
        """Return all of them."""
        return generate_latest(self.registry)
