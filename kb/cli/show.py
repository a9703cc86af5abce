"""``kb show``: a study with its claims, or one claim."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kb.cli.common import echo, examples, open_base, root_of
from kb.export.csv import Row, claim_rows
from kb.model import Evidence
from kb.records.expand import expand
from kb.records.load import load_study
from kb.records.vocabulary import Vocabulary


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the claims as JSON.")
@click.pass_context
@examples("kb show tower", "kb show 'tower#bruzzese-2025.Table-1.OS.median.blinatumomab'")
def show(context: click.Context, name: str, as_json: bool) -> None:
    """Show a study with its claims, or one claim with its figures as printed."""
    if "#" in name:
        echo(open_base(context).explain(name))
        return
    if as_json:
        rows = open_base(context).claims(study=name).rows()
        echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for line in _lines(root_of(context), name):
        echo(line)


def _lines(root: Path, name: str) -> Iterator[str]:
    """Yield a study and its claims, without reading any other study."""
    records = load_study(root, name)
    evidence = expand(records)
    yield from _study_lines(evidence, records.vocabulary)
    yield ""
    yield from _claim_lines(claim_rows(evidence, records.vocabulary))


def _study_lines(evidence: Evidence, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the study's design, registry numbers, population, publications and groups."""
    (study,) = evidence.studies
    phase = f", phase {study.phase}" if study.phase else ""
    yield f"{study.name}: {study.title}"
    yield f"  design       {vocabulary.get('design', study.kind).label}{phase}"
    yield f"  population   {vocabulary.get('population', study.population).label}"
    if study.registry:
        yield f"  registry     {', '.join(study.registry)}"
    cited = {p.id: p.citation for p in evidence.publications}
    for name in study.publications:
        yield f"  publication  {cited[name]}"
    for group in evidence.groups:
        if group.within:
            yield f"  group        {group.id}: {group.label}"


def _claim_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield one line for each row, grouped by endpoint."""
    endpoint = ""
    for row in sorted(rows, key=lambda row: (row["endpoint"], row["claim"])):
        if row["endpoint"] != endpoint:
            endpoint = row["endpoint"]
            yield endpoint
        yield _line(row)


def _line(row: Row) -> str:
    what = " ".join(filter(None, (row["category"], row["statistic"], row["timepoint"])))
    words = (row["value_text"], row["value"], row["date"], row["direction"], row["significance"])
    shown = next(filter(None, words), "")
    figure = f"{row['operator']}{shown}{row['unit'] if row['unit'] == '%' else ''}"
    unit = "" if row["unit"] == "%" else row["unit"]
    who = f"{row['group']} vs {row['comparator']}" if row["kind"] == "comparison" else row["group"]
    count = "/".join(filter(None, (row["numerator"], row["denominator"])))
    parts = (
        figure,
        unit,
        f"[{count}]" if count else "",
        f"p{row['p_value']}" if row["p_value"] else "",
    )
    where = f"{row['source']} {row['section']}{', noted' if row['noted'] else ''}"
    return f"  {who:<32} {what:<36} {' '.join(filter(None, parts)):<24} {where}"
