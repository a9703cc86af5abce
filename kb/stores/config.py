"""One setting chooses the engine: ``KB_STORE``, ``--store`` or ``KnowledgeBase(store=…)``.

- nothing, or ``memory``: Oxigraph in this process, in memory
- ``oxigraph:FOLDER``: Oxigraph in this process, on disk, made once for each state of the records
- ``https://…`` or ``http://…``: any SPARQL 1.1 endpoint
- ``parquet:FOLDER``: the tables of ``kb export parquet``, asked in SQL by DuckDB
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kb.errors import InputError, UnavailableError, shorten
from kb.stores.base import Engine
from kb.stores.oxigraph import OxigraphStore

if TYPE_CHECKING:
    import pyarrow

    from kb.stores.duckdb import DuckDB

NO_ANALYTICS: Final = "tables need pyarrow and duckdb: pip install 'kb-evidence[analytics]'"
_SCHEMES: Final = ("http", "https", "oxigraph", "parquet")


class StoreConfig:
    """Which engine answers."""

    def __init__(self, text: str | None = None) -> None:
        """Read a setting; None takes that of ``KB_STORE``.

        Raises:
            InputError: no setting that is known.

        >>> StoreConfig("parquet:tables").folder
        PosixPath('tables')
        """
        self.text = (os.environ.get("KB_STORE", "") if text is None else text) or "memory"
        scheme, _, rest = self.text.partition(":")
        self.kind = scheme.lower()
        known = self.text == "memory" or (self.kind in _SCHEMES and rest)
        if not known:
            raise InputError(
                f"no store {shorten(self.text.rpartition('@')[2])!r}: memory, oxigraph:FOLDER, "
                "parquet:FOLDER, or the URL of an endpoint"
            )
        self.folder = Path(rest)

    def open_tables(self, tables: Callable[[], Mapping[str, pyarrow.Table]]) -> DuckDB:
        """Return what answers SQL: over the files of a folder, or else over tables to be made.

        Raises:
            UnavailableError: no such files, or a package that is needed.
        """
        try:
            from kb.stores.duckdb import DuckDB
        except ImportError as error:
            raise UnavailableError(NO_ANALYTICS) from error
        return DuckDB(self.tables or tables())

    @property
    def tables(self) -> Path | None:
        """The folder with tables, where they answer."""
        return self.folder if self.kind == "parquet" else None

    def open(self, root: Path, texts: Path | None, nquads: Callable[[], bytes]) -> Engine:
        """Return the engine that answers SPARQL; the dataset is made only if it is needed.

        ``nquads`` makes all of it at once; a store on disk is made of the records of ``root``
        study by study, and of the texts of the sources where they are given.

        Raises:
            InputError: a URL that is none, or tables, which answer no SPARQL.
            UnavailableError: a store that cannot be opened, or a package that it needs.
        """
        if self.kind == "memory":
            return OxigraphStore(nquads())
        if self.kind == "oxigraph":
            from kb.rdf.dataset import dataset
            from kb.records.inputs import of_inputs

            inputs = partial(of_inputs, root, (), texts)
            return OxigraphStore.on_disk(
                self.folder, lambda: inputs()[0], lambda: dataset(root, texts)
            )
        if self.kind == "parquet":
            raise InputError(f"{self.text} answers SQL (kb sql) and the named questions")
        try:
            from kb.stores.sparql import SparqlStore
        except ImportError as error:
            raise UnavailableError(
                "an endpoint needs httpx: pip install 'kb-evidence[endpoint]'"
            ) from error
        return SparqlStore(self.text)
