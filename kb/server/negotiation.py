"""Content negotiation: the media type that a client prefers among those that are offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pyoxigraph as ox

ROWS: Final[Mapping[str, ox.QueryResultsFormat]] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
"""Media types of SELECT and ASK results; the first is the default."""

GRAPHS: Final[Mapping[str, ox.RdfFormat]] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
"""Media types of CONSTRUCT and DESCRIBE results; the first is the default."""

ALIASES: Final = {
    "application/json": ("application/sparql-results+json", "application/ld+json"),
}
"""What a general media type stands for: whichever of these is offered."""


def choose(accept: str, offered: Sequence[str]) -> str:
    """Return the offered media type that a client prefers, or "" when it accepts none.

    The first one offered wins among equals; an empty header accepts everything.

    >>> choose("text/csv;q=0.5, application/json", tuple(ROWS))
    'application/sparql-results+json'
    >>> choose("image/png", tuple(ROWS))
    ''
    """
    if not accept.strip():
        return offered[0]
    ranges = [(one, q) for name, q in weights(accept) for one in ALIASES.get(name, (name,))]
    best = max(offered, key=lambda name: _weight(name, ranges))
    return best if _weight(best, ranges) > 0 else ""


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a client accepts compressed answers.

    >>> accepts_gzip("gzip, br"), accepts_gzip("gzip;q=0"), accepts_gzip("")
    (True, False, False)
    """
    return dict(weights(accept_encoding)).get("gzip", 0.0) > 0


def weights(header: str) -> Iterator[tuple[str, float]]:
    """Yield the parts of a header with their weights; a malformed weight counts as 0.

    >>> list(weights("text/html, text/*;q=0.3, a/b;q=x"))
    [('text/html', 1.0), ('text/*', 0.3), ('a/b', 0.0)]
    """
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        given = [p[2:] for p in parameters if p.startswith("q=")]
        yield name, _weight_of(given[0]) if given else 1.0


def _weight_of(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0


def _weight(name: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the weight of the most specific range that contains a media type."""
    for wanted in (name, f"{name.partition('/')[0]}/*", "*/*"):
        matching = [weight for media_range, weight in ranges if media_range == wanted]
        if matching:
            return max(matching)
    return 0.0
