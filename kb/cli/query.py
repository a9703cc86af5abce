"""``kb query``: named queries, files of SPARQL, SPARQL itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import click

from kb.api.knowledge_base import KnowledgeBase
from kb.api.results import QueryResult
from kb.cli.common import examples, open_base
from kb.errors import QueryError
from kb.export.csv import escape_formula
from kb.stores.base import Cell
from kb.stores.library import find_query, library, parse_query, prefixes
from kb.util.child import run_limited


@click.command()
@click.argument("query", required=False)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Bind a parameter.")
@click.option("--list", "form", flag_value="list", help="List the named queries.")
@click.option("--text", "form", flag_value="text", help="Show the SPARQL, ready to paste.")
@click.option("--json", "form", flag_value="json", help="Print rows as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print rows as CSV.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for an answer.",
)
@click.pass_context
@examples(
    "kb query --list",
    "kb query study-results --param study=tower",
    "kb query my-query.rq --csv",
    "kb query 'SELECT ?s { ?s a kb:Study }'",
)
def query(
    context: click.Context,
    query: str | None,
    params: tuple[str, ...],
    form: str | None,
    timeout: float,
) -> None:
    """Answer a named query, a .rq file, or SPARQL itself."""
    if form == "list" or query is None:
        click.echo(listing())
        return
    base = open_base(context)
    given = dict(pair(param) for param in params)
    if form == "text":
        click.echo(sparql_text(base, query, given), nl=False)
        return
    if base.store_config.tables is None:
        _ = base.store  # loading it does not count
    table = run_limited(timeout, lambda: answer(base, query, given))
    click.echo(shown(table, form), nl=False)
    for difference in base.differences(table):
        click.echo(f"not alike in {difference}", err=True)


def listing() -> str:
    """Return the names of all queries with their questions and parameters."""
    lines = []
    for query in library().values():
        wanted = " ".join(f"{name}=<{kind}>" for name, kind in query.parameters.items())
        lines.append(f"{query.name}  {wanted}".rstrip() + f"\n    {query.question}")
    return "\n".join(lines)


def answer(base: KnowledgeBase, asked: str, given: Mapping[str, str]) -> QueryResult:
    """Answer what a user typed: a name, the path of a ``.rq`` file, or SPARQL."""
    if _is_name(asked):
        return base.ask(asked, **given)
    text = _text(asked)
    if "# question:" not in text:
        return base.sparql(_with_prefixes(base, text), given)
    query = parse_query(asked, text)
    bindings = query.bindings(given, base.vocabulary)
    return QueryResult(base.store.select(query.text(base.iris, given), bindings))


def sparql_text(base: KnowledgeBase, asked: str, given: Mapping[str, str]) -> str:
    """Return the SPARQL of what a user typed, with its prefixes."""
    if _is_name(asked):
        return find_query(asked).text(base.iris, given)
    text = _text(asked)
    if "# question:" not in text:
        return _with_prefixes(base, text)
    return parse_query(asked, text).text(base.iris, given)


def _is_name(asked: str) -> bool:
    return not any(sign in asked for sign in " {\n.")


def _text(asked: str) -> str:
    if "{" not in asked and asked.endswith(".rq"):
        try:
            return Path(asked).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise QueryError(f"no query can be read from {asked!r}: {error}") from error
    return asked


def _with_prefixes(base: KnowledgeBase, text: str) -> str:
    """Put the usual prefixes before a query that does not declare its own."""
    declared = text.upper()
    known = prefixes(base.iris).items()
    missing = (f"PREFIX {p}: <{iri}>" for p, iri in known if f"PREFIX {p.upper()}:" not in declared)
    return "\n".join((*missing, text))


def shown(table: QueryResult, form: str | None) -> str:
    """Return a table as ``json`` or ``csv``, or else in columns."""
    return {"json": table_json, "csv": table_csv}.get(form or "", as_columns)(table)


def as_columns(table: QueryResult) -> str:
    """Lay a table out in columns for reading, IRIs shortened to their last part."""
    rows = [[_short(row[name]) for name in table.columns] for row in table]
    if not rows:
        return "no rows\n"
    cells = [list(table.columns), *rows]
    widths = [min(40, max(len(row[i]) for row in cells)) for i in range(len(table.columns))]
    lines = [
        "  ".join(_fit(c, w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return "\n".join((*lines, f"({len(rows)} rows)")) + "\n"


def _fit(cell: str, width: int) -> str:
    return f"{cell[: width - 1]}…" if len(cell) > width else cell.ljust(width)


def _short(value: Cell) -> str:
    text = "" if value is None else str(value)
    return text.rsplit("/", 1)[-1] if text.startswith("http") else " ".join(text.split())


def table_json(table: QueryResult) -> str:
    """Return the rows as a JSON list of objects; decimals keep their digits as text."""
    rows = [{k: str(v) if isinstance(v, Decimal) else v for k, v in row.items()} for row in table]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def table_csv(table: QueryResult) -> str:
    """Return the rows as CSV, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(row[name]) for name in table.columns] for row in table)
    return out.getvalue()


def _cell(value: Cell) -> Cell:
    return escape_formula(value) if isinstance(value, str) else value


def columns(base: KnowledgeBase) -> str:
    """Return the names of all tables with their columns and types."""
    asked = (
        "SELECT table_name, string_agg(column_name || ' ' || data_type, ', ' "
        "ORDER BY column_index) AS listed FROM duckdb_columns() WHERE NOT internal "
        "GROUP BY table_name ORDER BY table_name"
    )
    return "".join(f"{row['table_name']}\n    {row['listed']}\n" for row in base.sql(asked))


def pair(param: str) -> tuple[str, str]:
    """Split NAME=VALUE.

    Raises:
        QueryError: there is no equals sign.
    """
    name, equals, value = param.partition("=")
    if not equals:
        raise QueryError(f"{param!r} is not NAME=VALUE")
    return name, value
