"""``kb sql``: SQL over the tables."""

from __future__ import annotations

import click

from kb.cli.common import examples, open_base
from kb.cli.query import columns, pair, shown


@click.command()
@click.argument("query", required=False)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Give $NAME a value.")
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
    context: click.Context, query: str | None, params: tuple[str, ...], form: str | None
) -> None:
    """Answer one SELECT of SQL over the tables: claims, groups, studies and the others."""
    base = open_base(context)
    if form == "tables" or query is None:
        click.echo(columns(base), nl=False)
        return
    given = dict(pair(param) for param in params)
    click.echo(shown(base.sql(query, given), form), nl=False)
