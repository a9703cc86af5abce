"""``kb load``: the dataset into a SPARQL server."""

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
    root_of,
    stop,
    write_json,
)

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
