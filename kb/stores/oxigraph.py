"""Oxigraph in this process, in memory or on disk."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox

from kb.errors import QueryError, UnavailableError, shorten
from kb.stores.base import Binding, ResultSet, limited, result_set
from kb.stores.safety import names_graphs, prepared

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_BATCH: Final = 32_000_000
"""Bytes that are loaded at a time: Oxigraph sorts in memory all that one call loads."""


class Graphs(NamedTuple):
    """The dataset of a query: graphs merged into its default graph, and graphs open to GRAPH."""

    default: tuple[ox.NamedNode, ...]
    named: tuple[ox.NamedNode, ...]


class OxigraphStore:
    r"""A dataset in embedded Oxigraph.

    >>> store = OxigraphStore(b"<a:s> <a:p> <a:o> <a:g> .\n")
    >>> store.select("SELECT ?source { GRAPH ?source { ?s ?p ?o } }").rows
    [('a:g',)]
    """

    def __init__(self, nquads: bytes = b"") -> None:
        """Load N-Quads into memory."""
        self._store = ox.Store()
        self._store.bulk_load(nquads, ox.RdfFormat.N_QUADS)

    @classmethod
    def on_disk(
        cls,
        folder: Path,
        digest: Callable[[], str],
        parts: Callable[[], Iterable[bytes]],
        owner: str = "",
    ) -> OxigraphStore:
        """Open the store of a dataset in a folder, and load the dataset first if it is new.

        A loaded store has the owner and the digest as its name and appears complete or not at
        all; one that cannot be opened is loaded again. The owner's stores of other digests are
        removed. Any number of processes may read a store.

        Args:
            folder: the folder of the stores.
            digest: returns the digest (SHA-256) of all inputs of the dataset.
            parts: yields the dataset as N-Quads in whole lines, in bounded memory.
            owner: tells apart the evidence bases that share the folder; letters and digits.

        Raises:
            UnavailableError: the folder cannot be read or written, or the inputs changed while
                they were loaded.
        """
        store = cls.__new__(cls)
        try:
            path = folder / f"{owner}{digest()}"
            found = _opened(path)
            if found is None:
                _load(parts(), path, lambda: path.name == f"{owner}{digest()}")
                _remove_others(path, owner)
                found = ox.Store.read_only(str(path))
            store._store = found
        except (OSError, ValueError, RuntimeError) as error:
            reason = shorten(str(error), 300)
            raise UnavailableError(f"cannot open a store in {folder}: {reason}") from error
        return store

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._store)

    def select(self, query: str, bindings: Mapping[str, Binding] | None = None) -> ResultSet:
        """Answer a SELECT query, or an ASK query as one row with the column ``answer``.

        Raises:
            QueryError: the query is not well formed, reaches the network, changes data, or has
                more rows than ``MAX_ROWS``.
        """
        results = self._evaluate(prepared(query, bindings or {}))
        if isinstance(results, ox.QueryTriples):
            raise QueryError("select() answers SELECT and ASK; use graph() for this query")
        with _readable():
            return result_set(results)

    def graph(self, query: str) -> str:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples, sorted.

        Raises:
            QueryError: as of ``select``.
        """
        results = self._evaluate(prepared(query, {}))
        if not isinstance(results, ox.QueryTriples):
            raise QueryError("graph() answers CONSTRUCT and DESCRIBE; use select() for this query")
        with _readable():
            return "".join(sorted(f"{triple} .\n" for triple in limited(results)))

    def results(self, query: str, graphs: Graphs | None = None) -> Results:
        """Answer any query with the engine's own results, row by row.

        ``graphs`` replaces the dataset that the query names with FROM.

        Raises:
            QueryError: the query is not well formed, reaches the network, or changes data.
        """
        return self._evaluate(prepared(query, {}), graphs)

    def _evaluate(self, query: str, graphs: Graphs | None = None) -> Results:
        try:
            with _readable():
                if graphs is not None:
                    return self._store.query(
                        query, default_graph=[*graphs.default], named_graphs=[*graphs.named]
                    )
                # The union as the default graph would override the query's own FROM.
                return self._store.query(query, use_default_graph_as_union=not names_graphs(query))
        except (SyntaxError, ValueError, OSError) as error:
            raise QueryError(f"the query is not well formed: {shorten(str(error), 300)}") from error


@contextmanager
def _readable() -> Iterator[None]:
    """Raise the engine's error of a store that is damaged on disk as the package's own."""
    try:
        yield
    except RuntimeError as error:
        message = f"the store on disk is damaged, remove it: {shorten(str(error), 300)}"
        raise UnavailableError(message) from error


def _opened(path: Path) -> ox.Store | None:
    """Open a loaded store; None if there is none, or a damaged one, which is removed."""
    if not path.exists():
        return None
    try:
        store = ox.Store.read_only(str(path))
        len(store)  # reads the index
    except (OSError, ValueError, RuntimeError):
        shutil.rmtree(path)
        return None
    return store


def _load(parts: Iterable[bytes], path: Path, is_current: Callable[[], bool]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as new:
        batches = _batches(parts)
        first = next(batches)  # processes that make the dataset fork before the engine has threads
        store = ox.Store(f"{new}/store")
        for batch in chain([first], batches):
            store.bulk_load(batch, ox.RdfFormat.N_QUADS)
        store.optimize()
        store.flush()
        del store
        if not is_current():
            raise UnavailableError("the records changed while they were read: try again")
        try:
            Path(new, "store").rename(path)
        except OSError:
            if not path.exists():  # else another process was first, with the same dataset
                raise


def _remove_others(path: Path, owner: str) -> None:
    for other in path.parent.iterdir():
        is_own = other.name.startswith(owner) and _DIGEST.fullmatch(other.name[len(owner) :])
        if is_own and other != path:
            shutil.rmtree(other, ignore_errors=True)


def _batches(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Join small parts, and cut large ones between lines."""
    batch = bytearray()
    for part in parts:
        batch += part
        while len(batch) >= _BATCH:
            end = batch.find(b"\n", _BATCH - 1) + 1 or len(batch)
            yield bytes(batch[:end])
            del batch[:end]
    yield bytes(batch)
