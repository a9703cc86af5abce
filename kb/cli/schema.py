"""``kb schema``: JSON Schemas of the records."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.common import examples, out_option, print_or_write, root_of
from kb.records.json_schema import MODELS, schema_text
from kb.records.load import load_vocabulary


@click.command()
@click.argument("kind", type=click.Choice(tuple(MODELS)))
@out_option
@click.pass_context
@examples("kb schema study --out build/study.schema.json")
def schema(context: click.Context, kind: str, out: Path | None) -> None:
    """Print the JSON Schema of a kind of record, for completion in an editor."""
    text = schema_text(kind, load_vocabulary(root_of(context)))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
    print_or_write(text, out)
