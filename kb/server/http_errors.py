"""Refusals: a status, a sentence for the client, and a word for the metrics."""

from __future__ import annotations

from collections.abc import Mapping


class HttpError(Exception):
    """What the server will not do, and why.

    >>> HttpError(415, "a form or a query, please", "media-type").status
    415
    """

    def __init__(
        self, status: int, message: str, reason: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep what the client is told."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
        self.headers = dict(headers or {})


def busy(message: str, seconds: int = 1) -> HttpError:
    """Return the refusal of something that may be asked again a little later."""
    return HttpError(503, message, "busy", {"Retry-After": str(seconds)})
