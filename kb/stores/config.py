"""The store that answers SPARQL, named by ``KB_STORE``, ``--store`` or ``KnowledgeBase(store=…)``.

- empty, or ``memory``: Oxigraph in this process, in memory
- ``oxigraph:FOLDER``: Oxigraph in this process, on disk, loaded once for each state of the records
- ``https://…`` or ``http://…``: any SPARQL 1.1 endpoint
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from kb.errors import InputError, shorten
from kb.stores.base import Engine
from kb.stores.oxigraph import OxigraphStore


class StoreConfig:
    """The kind of a store, and its folder or URL."""

    def __init__(self, text: str | None = None) -> None:
        """Parse a setting; None stands for the value of ``KB_STORE``.

        Raises:
            InputError: the setting names no store.

        >>> StoreConfig("oxigraph:build/store").folder
        PosixPath('build/store')
        """
        self.text = (os.environ.get("KB_STORE", "") if text is None else text) or "memory"
        scheme, _, rest = self.text.partition(":")
        self.kind = "endpoint" if scheme.lower() in ("http", "https") else scheme.lower()
        self.folder = Path(rest)
        if self.text != "memory" and not (self.kind in ("endpoint", "oxigraph") and rest):
            without_password = self.text.rpartition("@")[2]
            raise InputError(
                f"unknown store {shorten(without_password)!r}: expected memory, oxigraph:FOLDER, "
                "or the URL of a SPARQL endpoint"
            )

    def open(self, root: Path, texts: Path | None, nquads: Callable[[], bytes]) -> Engine:
        """Open the store.

        Args:
            root: the project, whose records a store on disk is loaded from, study by study.
            texts: the folder with the texts of the sources, if claims are checked against them.
            nquads: returns the whole dataset; called for a store in memory only.

        Raises:
            InputError: the URL is invalid.
            UnavailableError: the store cannot be opened, or a package is not installed.
        """
        if self.kind == "memory":
            return OxigraphStore(nquads())
        if self.kind == "oxigraph":
            from kb.rdf.dataset import dataset
            from kb.records.inputs import digest_of_inputs
            from kb.util.hashing import digest

            return OxigraphStore.on_disk(
                self.folder,
                digest=lambda: digest_of_inputs(root, (), texts),
                parts=lambda: dataset(root, texts),
                owner=f"{digest(str(root.resolve()))[:16]}-",
            )
        from kb.stores.sparql import SparqlStore

        return SparqlStore(self.text)
