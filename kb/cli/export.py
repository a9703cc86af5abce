"""``kb export``: the dataset in files for other programs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

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
from kb.util.wording import counted

if TYPE_CHECKING:
    from kb.analysis.effect_sizes import Ratio

_file = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write.",
)

_folder = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write the files to.",
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
    """One row for each claim and, for doses, for each step of the schedule, as CSV."""
    from kb.export.csv import BOM
    from kb.site.build import claims_csv

    print_or_write(BOM + claims_csv(open_base(context, texts)), out)


@export.command("nquads")
@_file
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
@_folder
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
        echo(f"{path}: {counted(len(tables[path.stem]), 'row')}")


@export.command("xlsx")
@_file
@texts_option
@click.pass_context
@examples("kb export xlsx --out evidence.xlsx")
def export_xlsx(context: click.Context, out: Path, texts: Path | None) -> None:
    """The typed tables as a workbook for spreadsheets: a sheet a table.

    Numbers are numbers, and no cell holds a formula.
    """
    from kb.export.xlsx import workbook
    from kb.util.atomic import write_atomically

    tables = open_base(context, texts).tables
    write_atomically(out, [workbook(tables)])
    rows = sum(table.num_rows for table in tables.values())
    echo(f"{out}: {counted(len(tables), 'sheet')}, {counted(rows, 'row')}")


@export.command("analysis")
@click.option("--endpoint", required=True, help="Notation of the endpoint, such as OS.")
@click.option("--regimen", help="Only groups treated with a regimen, or a narrower one.")
@click.option("--population", help="Only a population, or a narrower one.")
@click.option("--study", help="Only one study.")
@click.option(
    "--measure",
    type=click.Choice(["RR", "OR", "RD"]),
    default="RR",
    show_default=True,
    help="How the proportions of two arms are compared.",
)
@click.option("--subgroups", is_flag=True, help="Also parts of arms.")
@click.option("--all", "every", is_flag=True, help="Also the rows that were not chosen.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File: .csv, .parquet or .arrow (default: print CSV).",
)
@click.pass_context
@examples("kb export analysis --endpoint OS --out os.csv")
def export_analysis(
    context: click.Context,
    /,
    measure: Ratio,
    subgroups: bool,
    every: bool,
    out: Path | None,
    **filters: str | None,
) -> None:
    """A table for a meta-analysis: a row for each arm or contrast, with yi and vi.

    Each study has one analysis set and one data cut: whole arms before an analysis set, a later
    data cut before an earlier one; in it, what a judgement prefers, then what has an estimate, was
    read in the source's own text, and is first-hand.
    """
    from kb.export.analysis import analysis_csv, write_analysis

    given = {name: value for name, value in filters.items() if value is not None}
    found = open_base(context).effects(measure=measure, subgroups=subgroups, **given)
    rows = [row for row in found if every or row["chosen"]]
    if out is None:
        echo(analysis_csv(rows), nl=False)
    else:
        write_analysis(rows, out)
        complete = sum(row["yi"] is not None for row in rows)
        echo(f"{out}: {counted(len(rows), 'row')}, {complete} with yi and vi")


@export.command("fhir")
@click.argument("study", required=False)
@out_option
@texts_option
@click.pass_context
@examples("kb export fhir tower --out tower.json", "kb export fhir --out all.json")
def export_fhir(
    context: click.Context, study: str | None, out: Path | None, texts: Path | None
) -> None:
    """A study, or all, as a Bundle of HL7 FHIR R5, in JSON.

    A result is an Evidence with its figures as printed; groups, outcomes, publications and studies
    are Group, EvidenceVariable, Citation and ResearchStudy.
    """
    from kb.export.fhir.bundle import fhir_bundle
    from kb.export.fhir.datatypes import to_json
    from kb.model import RESULT_KINDS

    base = open_base(context, texts)
    name = base.study(study).id if study else ""
    codes = base.records.codes
    verified, curated = base.verifications, base.curated
    bundle = fhir_bundle(base.evidence, base.vocabulary, codes, verified, curated, name)
    print_or_write(to_json(bundle), out)
    if out is not None:
        kinds = Counter(entry["resource"]["resourceType"] for entry in bundle["entry"])
        echo(f"{out}: {', '.join(f'{number} {kind}' for kind, number in sorted(kinds.items()))}")
        claims = (claim for claim in base.evidence.claims if name in ("", claim.study))
        left = sum(claim.kind not in RESULT_KINDS for claim in claims)
        echo(f"left out, as they are not results (doses, designs, definitions, approvals): {left}")


@export.command("nanopubs")
@click.argument("study", required=False)
@_folder
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="State this date of publication (default: none).",
)
@texts_option
@click.pass_context
@examples("kb export nanopubs tower --out nanopubs", "kb export nanopubs --out all")
def export_nanopubs(
    context: click.Context, study: str | None, out: Path, day: datetime | None, texts: Path | None
) -> None:
    """Each claim of a study, or of all, as a nanopublication in TriG.

    Each has an assertion, its provenance and publication info; the file is named by the code of its
    trusty URI.
    """
    from kb.export.nanopubs import nanopubs
    from kb.util.atomic import write_atomically

    base = open_base(context, texts)
    name = base.study(study).id if study else ""
    claims = [claim for claim in base.evidence.claims if name in ("", claim.study)]
    out.mkdir(parents=True, exist_ok=True)
    made = nanopubs(base.nquads, claims, base.evidence.dataset, day.date() if day else None)
    for one in made:
        write_atomically(out / f"{one.code}.trig", [one.trig.encode()])
    echo(f"{out}: nanopublications, a file each: {len(claims)}")
