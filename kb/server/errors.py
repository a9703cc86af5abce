"""Error responses of the server."""

from __future__ import annotations

from collections.abc import Mapping


class HttpError(Exception):
    """An error response: its status, a sentence for the client, and a reason for the metrics.

    >>> HttpError(415, "post a form or a query", "media-type").status
    415
    """

    def __init__(
        self, status: int, message: str, reason: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
        self.headers = dict(headers or {})


def busy(message: str, seconds: int = 1) -> HttpError:
    """Return a 503 response that asks the client to retry after some seconds."""
    return HttpError(503, message, "busy", {"Retry-After": str(seconds)})
