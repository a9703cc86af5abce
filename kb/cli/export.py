"""``kb export``: the dataset in files for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.common import (
    echo,
    examples,
    open_base,
    out_option,
    print_or_write,
    root_of,
    texts_option,
)


@click.group()
def export() -> None:
    """Write the dataset in files for other programs."""


@export.command("claims")
@out_option
@texts_option
@click.pass_context
@examples("kb export claims --out claims.csv")
def export_claims(context: click.Context, out: Path | None, texts: Path | None) -> None:
    """One row for each claim and group, as CSV."""
    from kb.export.csv import BOM
    from kb.site.build import claims_csv

    print_or_write(BOM + claims_csv(open_base(context, texts)), out)


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
    """The whole dataset, one statement a line, in bounded memory.

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
    """Claims, groups, studies, sources, findings and the others as typed tables.

    datapackage.json beside them describes their columns.
    """
    from kb.export.tables import write_parquet

    tables = open_base(context, texts).tables
    for path in write_parquet(tables, out):
        echo(f"{path}: {len(tables[path.stem])} rows")
