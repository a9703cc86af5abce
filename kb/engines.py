"""One setting chooses the engine: ``KB_STORE``, ``--store`` or ``KnowledgeBase(store=…)``.

- nothing, or ``memory``: Oxigraph in this process, in memory
- ``oxigraph:FOLDER``: Oxigraph in this process, on disk, loaded once for each dataset
- ``https://…`` or ``http://…``: any SPARQL 1.1 endpoint
- ``parquet:FOLDER``: the tables of ``kb export parquet``, asked in SQL by DuckDB
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from kb.errors import InputError, UnavailableError, shorten
from kb.store import Engine, Store

_SCHEMES: Final = ("http", "https", "oxigraph", "parquet")


class Setting:
    """Which engine answers."""

    def __init__(self, text: str | None = None) -> None:
        """Read a setting; None takes that of ``KB_STORE``.

        Raises:
            InputError: no setting that is known.

        >>> Setting("parquet:tables").folder
        PosixPath('tables')
        """
        self._text = (os.environ.get("KB_STORE", "") if text is None else text) or "memory"
        scheme, _, rest = self._text.partition(":")
        self.kind = scheme.lower()
        known = self._text == "memory" or (self.kind in _SCHEMES and rest)
        if not known:
            raise InputError(
                f"no store {shorten(self._text.rpartition('@')[2])!r}: memory, oxigraph:FOLDER, "
                "parquet:FOLDER, or the URL of an endpoint"
            )
        self.folder = Path(rest)

    @property
    def tables(self) -> Path | None:
        """The folder with tables, where they answer."""
        return self.folder if self.kind == "parquet" else None

    def open(self, nquads: Callable[[], bytes], quads: Callable[[], Iterable[str]]) -> Engine:
        """Return the engine that answers SPARQL; the dataset is made only if it is needed.

        ``nquads`` makes all of it at once, ``quads`` line by line, which needs no memory.

        Raises:
            InputError: a URL that is none, or tables, which answer no SPARQL.
            UnavailableError: a store that cannot be opened, or a package that it needs.
        """
        if self.kind == "memory":
            return Store(nquads())
        if self.kind == "oxigraph":
            return Store.on_disk(self.folder, quads)
        if self.kind == "parquet":
            raise InputError(f"{self._text} answers SQL (kb sql) and the questions that have one")
        try:
            from kb.endpoint import Endpoint
        except ImportError as error:
            raise UnavailableError("an endpoint needs httpx: pip install 'kb[endpoint]'") from error
        return Endpoint(self._text)
