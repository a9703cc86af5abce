"""A study and its claims as lines of text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kb.export.csv import Row, claim_rows
from kb.model import Evidence
from kb.records.expand import expand
from kb.records.load import load_study
from kb.records.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kb.checks import Discrepancy


def shown(root: Path, name: str) -> Iterator[str]:
    """Yield a study and its claims, reading no other study.

    Raises:
        NotFoundError: no such study; names the nearest one.
        RecordError: its record, or one that it needs, has problems.
    """
    records = load_study(root, name)
    evidence = expand(records)
    yield from study_lines(evidence, records.vocabulary)
    yield ""
    yield from claim_lines(claim_rows(evidence, {}, {}, {}))


def study_lines(evidence: Evidence, words: Vocabulary) -> Iterator[str]:
    """Yield the head of the one study of the evidence: design, registry, population, groups."""
    (study,) = evidence.studies
    phase = f", phase {study.phase}" if study.phase else ""
    yield f"{study.name}: {study.title}"
    yield f"  design       {words.get('design', study.kind).label}{phase}"
    yield f"  population   {words.get('population', study.population).label}"
    if study.registry:
        yield f"  registry     {', '.join(study.registry)}"
    cited = {p.id: p.citation for p in evidence.publications}
    for name in study.publications:
        yield f"  publication  {cited[name]}"
    for group in evidence.groups:
        if group.within:
            yield f"  group        {group.id}: {group.label}"


def claim_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield one line for each row, grouped under the endpoint."""
    endpoint = ""
    for row in sorted(rows, key=lambda row: (row["endpoint"], row["claim"])):
        if row["endpoint"] != endpoint:
            endpoint = row["endpoint"]
            yield endpoint
        yield _line(row)


def finding_lines(findings: Iterable[Discrepancy]) -> Iterator[str]:
    """Yield what does not fit, the arithmetic, its id and state, and what was judged about it."""
    for finding in findings:
        yield f"{finding.severity.value} {finding.kind} {finding.study}: {finding.message}"
        if finding.computation:
            yield f"    {finding.computation}"
        yield f"    {finding.id} {finding.state} {finding.status.value}"
        one = finding.adjudication
        if one is not None:
            yield f"    {one.judgement}, {one.date}: {one.reason}"


def _line(row: Row) -> str:
    what = " ".join(filter(None, (row["category"], row["statistic"], row["timepoint"])))
    figure = f"{row['operator']}{row['value']}{row['unit'] if row['unit'] == '%' else ''}"
    unit = "" if row["unit"] == "%" else row["unit"]
    who = f"{row['group']} vs {row['comparator']}" if row["kind"] == "comparison" else row["group"]
    count = "/".join(filter(None, (row["numerator"], row["denominator"])))
    parts = (
        figure,
        unit,
        f"[{count}]" if count else "",
        f"p{row['p_value']}" if row["p_value"] else "",
    )
    where = f"{row['source']} {row['section']}"
    return f"  {who:<32} {what:<36} {' '.join(filter(None, parts)):<24} {where}"
