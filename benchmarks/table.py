"""Rows of figures, and the page that shows them."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

BEGIN: Final = "<!-- figures: make bench writes what follows -->"
END: Final = "<!-- end of figures -->"
_PEERS: Final = ("duckdb", "linkml-runtime", "mkdocs", "pydantic", "pyoxigraph", "PyYAML", "rdflib")


@dataclass(frozen=True)
class Row:
    """One comparison: what, against whom, in what ratio, and what was asked for.

    ``ratio`` is how many times as fast as the peer; or, where ``is_cost``, how many times the
    peer's time it takes. ``note`` says what the figures are where no peer is.
    """

    what: str
    peer: str
    seconds: float | None
    peer_seconds: float | None
    target: float | None
    is_cost: bool = True
    peak: int = 0
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The ratio, in the direction of the target."""
        if self.seconds is None or self.peer_seconds is None:
            return None
        pair = (self.seconds, self.peer_seconds)
        return pair[0] / pair[1] if self.is_cost else pair[1] / pair[0]

    @property
    def holds(self) -> str:
        """Whether the target is met, in a word."""
        if self.target is None or self.ratio is None:
            return ""
        met = self.ratio <= self.target if self.is_cost else self.ratio >= self.target
        return "yes" if met else "**no**"

    def line(self) -> str:
        """The row of a Markdown table."""
        sign = "≤" if self.is_cost else "≥"
        cells = (
            self.what,
            self.peer,
            _seconds(self.seconds),
            _seconds(self.peer_seconds),
            "" if self.ratio is None else f"{self.ratio:.3g}",
            "" if self.target is None else f"{sign} {self.target:g}",
            self.holds,
            f"{self.peak / 2**20:,.0f} MiB" if self.peak else "",
            self.note,
        )
        return f"| {' | '.join(cells)} |"


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:,.3g} s"


def report(rows: Iterable[Row], repeats: int) -> str:
    """Return the table with its date and the machine."""
    head = (
        "| what | against | seconds | of the peer | ratio | target | met | peak memory | note |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    today = datetime.now(UTC).date().isoformat()
    load = os.getloadavg()[1] if hasattr(os, "getloadavg") else 0.0
    conditions = (
        f"Measured on {today}: {platform.system()} on {platform.machine()}, {os.cpu_count()} "
        f"processors, Python {platform.python_version()}, {_packages()}. Medians of {repeats}. "
        f"The machine had {load:.1f} processes waiting or running, on average over five minutes."
    )
    return "\n".join((conditions, "", *head, *(row.line() for row in rows)))


def _packages() -> str:
    return ", ".join(f"{name} {version(name)}" for name in _PEERS)


def page_with(page: str, figures: str) -> str:
    r"""Return a page with other figures between its marks.

    Raises:
        ValueError: the page has no marks.

    >>> page_with(f"a\n{BEGIN}\nold\n{END}\nb\n", "new").splitlines()[2]
    'new'
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    return f"{before}{begin}\n{figures}\n{end}{after}"
