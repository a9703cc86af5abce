"""``kb check``: figures that cannot all be right."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kb.checks import Discrepancy, Severity, Status
from kb.checks.idle import idle
from kb.cli.common import (
    FINDINGS,
    NOT_CHECKED,
    echo,
    examples,
    json_option,
    open_base,
    write_json,
)
from kb.util.grouping import group_by


@click.command()
@json_option
@click.option(
    "--study", "studies", multiple=True, help="Only findings about this study (repeatable)."
)
@click.option(
    "--severity",
    type=click.Choice(["material", "minor", "rounding"]),
    default="rounding",
    help="Only count findings of this severity or higher (default: all).",
)
@click.option("--open", "only_open", is_flag=True, help="Leave out adjudicated findings.")
@click.pass_context
@examples("kb check", "kb check --study tower --json findings.json", "kb check --open")
def check(
    context: click.Context,
    json_file: Path | None,
    studies: tuple[str, ...],
    severity: str,
    only_open: bool,
) -> None:
    """Find figures that cannot be right together, and explain why.

    Exits 1 if a finding is unadjudicated or an adjudication is stale, and else 3 if some checks
    could not run. Standard error tells which these are, and which checks are idle, because the
    ontology lacks what they rest on.
    """
    base = open_base(context)
    for study in studies:
        base.study(study)  # raises for an unknown one
    curated, not_run = base.checked()
    counted = list(Severity)[: list(Severity).index(Severity(severity)) + 1]
    findings = [
        finding
        for finding in curated.discrepancies
        if finding.severity in counted
        and (not studies or any(claim.study in studies for claim in finding.claims))
    ]
    unadjudicated = [f for f in findings if f.status is not Status.ADJUDICATED]
    counts = {s.value: sum(f.severity is s for f in findings) for s in Severity}
    stale = curated.stale()
    data = {"counts": counts, "discrepancies": [finding.data() for finding in findings]}
    without = list(idle(base.vocabulary))
    write_json(json_file, data | {"stale": stale, "idle": without, "not_run": sorted(not_run)})
    for line in _lines(unadjudicated if only_open else findings):
        echo(line)
    totals = ", ".join(f"{number} {name}" for name, number in counts.items())
    echo(f"{totals}; {len(unadjudicated)} not adjudicated")
    for line in stale:
        echo(f"stale: {line}", err=True)
    for line in without:
        echo(f"idle: {line}", err=True)
    for reason, names in group_by(not_run, not_run.__getitem__).items():
        echo(f"not run: {', '.join(names)}: {reason}", err=True)
    if stale or unadjudicated:
        sys.exit(FINDINGS)
    if not_run:
        sys.exit(NOT_CHECKED)


def _lines(findings: Iterable[Discrepancy]) -> Iterator[str]:
    """Yield the message, computation, id and state of each finding, and its adjudication."""
    for finding in findings:
        yield f"{finding.severity.value} {finding.kind} {finding.study}: {finding.message}"
        if finding.computation:
            yield f"    {finding.computation}"
        yield f"    {finding.id} {finding.state} {finding.status.value}"
        adjudication = finding.adjudication
        if adjudication is not None:
            yield f"    {adjudication.judgement}, {adjudication.date}: {adjudication.explanation}"
