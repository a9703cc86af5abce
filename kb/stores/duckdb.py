"""SQL over the tables, through DuckDB: it reads these tables and does nothing else.

No file, no address and no setting is within reach of a query, and its rows, its memory and its
time are bounded.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from kb.errors import QueryError, UnavailableError, shorten
from kb.stores.base import Cell, ResultSet
from kb.stores.safety import MAX_QUERY

if TYPE_CHECKING:
    import pyarrow as pa

ROWS: Final = 1_000_000
SECONDS: Final = 60.0
_MEMORY: Final = "4GB"
_READS: Final = "SELECT"
_CONFIGURATION: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": _MEMORY,
    "python_enable_replacements": "false",  # no variable of this program is a table
    "temp_directory": "",
}


class DuckDB:
    """Tables that answer SQL."""

    def __init__(
        self,
        tables: Mapping[str, pa.Table] | Path,
        rows: int = ROWS,
        seconds: float = SECONDS,
    ) -> None:
        """Take tables, or a folder with the files of ``kb export parquet``.

        Raises:
            UnavailableError: the folder holds no such files.
        """
        self._rows, self._seconds = rows, seconds
        self._duckdb = duckdb.connect(":memory:", config=dict(_CONFIGURATION))
        if isinstance(tables, Path):
            self._open(tables)
        else:
            for name, table in tables.items():
                self._duckdb.register("given", table)
                self._duckdb.execute(f'CREATE TABLE "{name}" AS FROM given')
                self._duckdb.unregister("given")
        self._duckdb.execute("SET enable_external_access = false")
        self._duckdb.execute("SET lock_configuration = true")

    def _open(self, folder: Path) -> None:
        files = {path.stem: path.resolve() for path in sorted(folder.glob("[a-z]*.parquet"))}
        if not files:
            raise UnavailableError(f"no tables in {folder}: write them with kb export parquet")
        self._duckdb.execute(f"SET allowed_paths = [{', '.join(map(_quoted, files.values()))}]")
        for name, path in files.items():
            view = f'CREATE VIEW "{name}" AS FROM read_parquet({_quoted(path)})'
            try:
                self._duckdb.execute(view)
            except duckdb.Error as error:
                raise UnavailableError(f"{path.name} cannot be read: {error}") from error

    def select(self, query: str, parameters: Mapping[str, Cell] | None = None) -> ResultSet:
        """Answer one query that reads; ``$name`` stands for a parameter.

        Raises:
            QueryError: another kind of statement, one that fails, or too many rows.
            UnavailableError: no answer in time.
        """
        if len(query) > MAX_QUERY:
            raise QueryError(f"a query has at most {MAX_QUERY:,} characters")
        cursor = self._duckdb.cursor()
        with _failing(), self._in_time(cursor):
            statements = cursor.extract_statements(query)
            if [statement.type.name for statement in statements] != [_READS]:
                raise QueryError("one SELECT is answered, and no other statement")
            cursor.execute(statements[0], dict(parameters or {}))
            columns = [str(column[0]) for column in cursor.description or ()]
            found = cursor.fetchmany(self._rows + 1)
        if len(found) > self._rows:
            raise QueryError(f"more than {self._rows:,} rows: narrow the query or add LIMIT")
        return ResultSet(columns, [tuple(map(_value, row)) for row in found])

    @contextmanager
    def _in_time(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        timer = threading.Timer(self._seconds, cursor.interrupt)
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise UnavailableError(f"no answer in {self._seconds:g} s") from error
        finally:
            timer.cancel()


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise QueryError(f"the query cannot be answered: {shorten(str(error), 300)}") from error


def _quoted(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"'{text}'"


def _value(cell: Any) -> Cell:
    """Give a cell as other engines do: decimals without the zeros of their column."""
    if isinstance(cell, Decimal):
        return Decimal(f"{cell.normalize():f}")
    if cell is None or isinstance(cell, str | int | float | bool):
        return cell
    if isinstance(cell, Iterable):
        return " ".join(map(str, cell))
    return str(cell)
