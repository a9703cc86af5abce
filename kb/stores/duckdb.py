"""SQL over the tables of the evidence base, in DuckDB: read-only and bounded.

Queries reach these tables only, no file, address or setting, and have limits of rows, memory
and time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kb.errors import InputError, QueryError, UnavailableError, shorten
from kb.stores.base import MAX_ROWS, Cell, ResultSet
from kb.stores.safety import MAX_QUERY

try:
    import duckdb
except ImportError as error:
    raise UnavailableError("SQL needs duckdb: pip install 'kb-evidence[analytics]'") from error

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS: Final = 60.0
MEMORY: Final = "4GB"
_TABLE: Final = re.compile(r"[a-z][a-z0-9_]*")
_GLOB: Final = re.compile(r"[*?\[\]{}]")
_CONFIG: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # else a query could read this program's variables
    "temp_directory": "",
}


class DuckDB:
    """Tables that answer SQL.

    >>> DuckDB({}).select("SELECT $n + 1 AS n", {"n": 6}).rows
    [(7,)]
    """

    def __init__(
        self,
        tables: Mapping[str, pa.Table] | Path,
        max_rows: int = MAX_ROWS,
        seconds: float = SECONDS,
        memory: str = MEMORY,
    ) -> None:
        """Take tables, or a folder with the files of ``kb export parquet``.

        Raises:
            InputError: the name of a file or of the folder is not a plain one.
            UnavailableError: the folder has no such files.
        """
        self._max_rows, self._seconds = max_rows, seconds
        self._connection = duckdb.connect(":memory:", config={**_CONFIG, "memory_limit": memory})
        if isinstance(tables, Path):
            self._open(tables)
        else:
            for name, table in tables.items():
                self._connection.register("new", table)
                self._connection.execute(f'CREATE TABLE "{name}" AS FROM new')
                self._connection.unregister("new")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _open(self, folder: Path) -> None:
        if _GLOB.search(str(folder.resolve())):  # DuckDB would read other folders as well
            raise InputError(f"{str(folder)!r} has one of the characters *?[]{{}} in its path")
        paths = (path for path in sorted(folder.glob("[!.]*.parquet")) if path.is_file())
        files = {path.stem: path.resolve() for path in paths}
        if not files:
            raise UnavailableError(f"no tables in {folder}: write them with kb export parquet")
        for name in files:
            if not _TABLE.fullmatch(name):
                expected = "lower-case letters, digits and underscores"
                raise InputError(f"{name!r} is not the name of a table: {expected}")
        allowed = ", ".join(map(_quoted, files.values()))
        self._connection.execute(f"SET allowed_paths = [{allowed}]")
        for name, path in files.items():
            try:
                self._connection.read_parquet(str(path)).create_view(name)
            except duckdb.Error as error:
                raise UnavailableError(f"cannot read {path.name}: {error}") from error

    def select(self, query: str, parameters: Mapping[str, Cell] | None = None) -> ResultSet:
        """Answer one SELECT; ``$name`` stands for a parameter.

        Raises:
            QueryError: another statement, a query that fails, or too many rows.
            UnavailableError: no answer in time.
        """
        if len(query) > MAX_QUERY:
            raise QueryError(f"a query has at most {MAX_QUERY:,} characters")
        cursor = self._connection.cursor()
        with self._limited_time(cursor):
            statements = cursor.extract_statements(query)
            if [statement.type.name for statement in statements] != ["SELECT"]:
                raise QueryError("only one SELECT is answered, and no other statement")
            cursor.execute(statements[0], dict(parameters or {}))
            columns = [str(column[0]) for column in cursor.description or ()]
            rows = cursor.fetchmany(self._max_rows + 1)
        if len(rows) > self._max_rows:
            raise QueryError(f"the answer has more than {self._max_rows:,} rows: narrow the query")
        return ResultSet(columns, [tuple(map(_cell, row)) for row in rows])

    @contextmanager
    def _limited_time(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        timer = threading.Timer(self._seconds, cursor.interrupt)
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise UnavailableError(f"no answer in {self._seconds:g} s") from error
        except duckdb.Error as error:
            raise QueryError(f"the query fails: {shorten(str(error), 300)}") from error
        finally:
            timer.cancel()


def _quoted(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"'{text}'"


def _cell(value: Any) -> Cell:
    """Return a value as SPARQL stores do: decimals without the trailing zeros of their column."""
    if isinstance(value, Decimal):
        return Decimal(f"{value.normalize():f}")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Iterable):
        return " ".join(map(str, value))
    return str(value)
