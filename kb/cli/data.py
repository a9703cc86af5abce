"""``kb export``, ``kb sql`` and ``kb load``: the dataset as tables, and in stores elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from kb.cli.common import (
    FINDINGS,
    NOT_CHECKED,
    STORE,
    examples,
    json_option,
    open_base,
    root_of,
    stop,
    texts_option,
    write_json,
)


@click.group()
def export() -> None:
    """Write tables for other programs."""


@export.command("claims")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File (default: print)."
)
@texts_option
@click.pass_context
@examples("kb export claims --out claims.csv")
def export_claims(context: click.Context, out: Path | None, texts: Path | None) -> None:
    """One row for each claim and group, as CSV."""
    from kb.site.build import claims_csv

    text = claims_csv(open_base(context, texts))
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")


@export.command("nquads")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write.",
)
@texts_option
@click.pass_context
@examples("kb export nquads --out all.nq")
def export_nquads(context: click.Context, out: Path, texts: Path | None) -> None:
    """The whole dataset, a statement a line, in little memory however large it is.

    The lines are those of build/kb.nq, in another order.
    """
    from kb.rdf.dataset import dataset
    from kb.util.atomic import write_atomically

    write_atomically(out, dataset(root_of(context), texts))


@export.command("parquet")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write the files to.",
)
@texts_option
@click.pass_context
@examples("kb export parquet --out build/tables")
def export_parquet(context: click.Context, out: Path, texts: Path | None) -> None:
    """Claims, groups, studies, sources, findings and the others as typed tables."""
    base = open_base(context, texts)
    tables = base.tables

    from kb.export.tables import write_parquet

    for path in write_parquet(tables, out):
        click.echo(f"{path}: {len(tables[path.stem])} rows")


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
    from kb.cli import query as _asking

    base = open_base(context)
    if form == "tables" or query is None:
        click.echo(_asking.columns(base), nl=False)
        return
    given = dict(_asking.pair(param) for param in params)
    click.echo(_asking.shown(base.sql(query, given), form), nl=False)


_PART: Final = 64_000_000
"""Bytes that are sent at a time."""


@contextmanager
def _spooled(root: Path) -> Iterator[Iterator[bytes]]:
    """Give the dataset in parts, once it is known that all records are sound."""
    from kb.rdf.dataset import dataset

    with tempfile.TemporaryFile() as file:
        file.writelines(dataset(root))
        file.seek(0)
        yield map(b"".join, iter(lambda: file.readlines(_PART), []))


@click.command()
@click.option("--to", "url", required=True, metavar="URL", help="A SPARQL 1.1 Graph Store.")
@json_option
@click.pass_context
@examples(
    "kb load --to http://127.0.0.1:7878/store",
    "KB_STORE=http://127.0.0.1:7878/query kb load --to http://127.0.0.1:7878/store",
)
def load(context: click.Context, url: str, json_file: Path | None) -> None:
    """Put the dataset into a server, graph by graph, over the Graph Store Protocol.

    Where --store is the server's endpoint, it is asked afterwards whether it holds the dataset,
    and graphs of the dataset's earlier states are removed. Exit code 1: it does not hold it.
    """
    root = root_of(context)
    try:
        from kb.stores.sparql import SparqlStore
        from kb.stores.upload import upload
    except ImportError:
        stop("a server needs httpx: pip install 'kb-evidence[endpoint]'", NOT_CHECKED)
    from kb.records.load import load_dataset
    from kb.stores.config import StoreConfig

    setting = StoreConfig(context.meta.get(STORE))
    engine = SparqlStore(setting.text) if setting.kind.startswith("http") else None
    with _spooled(root) as parts:
        done = upload(parts, url, engine, load_dataset(root).base)
    write_json(json_file, done.data())
    click.echo(done.line())
    for line in done.wrong:
        click.echo(line, err=True)
    if done.wrong:
        raise SystemExit(FINDINGS)
