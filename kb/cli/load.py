"""``kb load``: put the dataset into a server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from kb.cli.common import FINDINGS, STORE, echo, examples, json_option, root_of, write_json
from kb.rdf.dataset import dataset
from kb.records.load import load_dataset
from kb.stores.config import StoreConfig

_PART: Final = 64_000_000
"""Bytes that are sent at a time."""


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

    If --store names the SPARQL endpoint of the server, the dataset is compared afterwards, and
    graphs that the dataset no longer has are removed. Exits 1 if the server holds something else.
    """
    from kb.stores.sparql import SparqlStore
    from kb.stores.upload import upload

    root = root_of(context)
    config = StoreConfig(context.meta.get(STORE))
    engine = SparqlStore(config.text) if config.kind == "endpoint" else None
    with _dataset_in_parts(root) as parts:
        report = upload(parts, url, engine, load_dataset(root).base)
    write_json(json_file, asdict(report))
    echo(report.summary())
    for line in report.wrong:
        echo(line, err=True)
    if report.wrong:
        raise SystemExit(FINDINGS)


@contextmanager
def _dataset_in_parts(root: Path) -> Iterator[Iterator[bytes]]:
    """Yield the dataset in parts, all of it made first: records with problems send nothing."""
    with tempfile.TemporaryFile() as file:
        file.writelines(dataset(root))
        file.seek(0)
        yield map(b"".join, iter(lambda: file.readlines(_PART), []))
