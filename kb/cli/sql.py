"""``kb sql``: one SELECT over the tables of the evidence base."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from kb.api.results import QueryResult
from kb.cli.common import echo, examples, open_base
from kb.cli.rows import format_rows, parse_parameters
from kb.errors import UnavailableError
from kb.stores.base import ResultSet
from kb.util.child import run_limited

_START_SECONDS: Final = 5.0
_COLUMNS: Final = (
    "SELECT table_name, string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_index) "
    "AS columns FROM duckdb_columns() WHERE NOT internal GROUP BY table_name ORDER BY table_name"
)


@click.command()
@click.argument("query", required=False)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Give $NAME a value.")
@click.option(
    "--tables-from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with files of kb export parquet (default: the tables are made of the records).",
)
@click.option("--tables", "form", flag_value="tables", help="List the tables and their columns.")
@click.option("--json", "form", flag_value="json", help="Print rows as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print rows as CSV.")
@click.pass_context
@examples(
    "kb sql --tables",
    "kb sql 'SELECT endpoint, count(*) AS n FROM claims GROUP BY endpoint ORDER BY n DESC'",
    "kb sql 'SELECT printed FROM claims WHERE study = $study' --param study=tower --csv",
)
def sql(
    context: click.Context,
    query: str | None,
    params: tuple[str, ...],
    folder: Path | None,
    form: str | None,
) -> None:
    """Answer one SELECT of SQL over the tables: claims, groups, studies and the others."""
    from kb.stores.duckdb import SECONDS, DuckDB

    tables = folder or open_base(context).tables
    is_list = form == "tables" or query is None
    text = _COLUMNS if is_list or query is None else query
    values = {} if is_list else parse_parameters(params)

    def answer() -> ResultSet:
        return DuckDB(tables).select(text, values)

    # The engine is opened in the child, which can be ended: one function of a query cannot be.
    late = UnavailableError(f"no answer in {SECONDS:g} s")
    found = run_limited(SECONDS + _START_SECONDS, answer, late)
    if is_list:
        for name, columns in found.rows:
            echo(f"{name}\n    {columns}")
        return
    echo(format_rows(QueryResult(found), form), nl=False)
