"""The command line: ``kb build``, ``kb verify``, ``kb coverage``, ``kb query`` and the others.

Exit codes: 0 all holds, 1 findings, 2 bad input or usage, 3 could not check, 130 interrupted.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from kb.cli.common import (
    FINDINGS,
    NOT_CHECKED,
    RECORDS,
    STORE,
    Group,
    examples,
    json_option,
    open_base,
    root_of,
    stop,
    texts_option,
    write_json,
)
from kb.cli.data import export, load, sql
from kb.cli.new import new
from kb.cli.serve import serve


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Project folder with evidence/ and ontology/ (default: $KB_ROOT, or around here).",
)
@click.option(
    "--store",
    envvar="KB_STORE",
    metavar="STORE",
    help="What answers: memory (default), oxigraph:FOLDER, parquet:FOLDER, or the URL of a SPARQL "
    "endpoint (default: $KB_STORE).",
)
@click.version_option(package_name="kb")
@click.pass_context
def main(context: click.Context, root: Path | None, store: str | None) -> None:
    """An evidence base of what papers print: build it, check it, ask it.

    Exit codes: 0 all holds, 1 findings, 2 bad input or usage, 3 could not check, 130 interrupted.
    """
    context.obj = root
    context.meta[STORE] = store


@main.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write (default: build/ in the project).",
)
@click.option("--fresh", is_flag=True, help="Make everything anew, also what has not changed.")
@texts_option
@click.pass_context
@examples("kb build", "kb build --texts ../papers")
def build(context: click.Context, out: Path | None, texts: Path | None, fresh: bool) -> None:
    """Build the dataset, its tables and the site: all of it, or nothing changes.

    What has not changed since the last build is taken from it.
    """
    from kb.site.build import STEPS, unchanged
    from kb.site.build import build as build_all

    gc.set_threshold(50_000, 20, 100)  # nearly all that is made stays: there is little to find
    root = root_of(context)
    target = out or root / "build"
    made = None if fresh else unchanged(root, target, texts)
    if made is None:
        with _progress(len(STEPS)) as step:
            summary = build_all(open_base(context, texts), target, step, fresh=fresh)
    else:
        summary = made.summary
    for line in summary.stale:
        click.echo(f"stale adjudication: {line}", err=True)
    said = ", ".join(f"{n} {what}" for what, n in summary.counts.items())
    click.echo(f"{target}: {said}{'; nothing has changed' if made else ''}")


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Show the step at work on a terminal; a log gets nothing."""
    with click.progressbar(
        length=steps, label="building", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def step(name: str) -> None:
            bar.label = name
            bar.update(1)

        yield step


@main.command()
@texts_option
@json_option
@click.option("--study", "studies", multiple=True, help="Check only this study (repeatable).")
@click.option("--record", is_flag=True, help="Attest the outcome in evidence/verification.yaml.")
@click.pass_context
@examples("kb verify --texts ../papers", "kb verify --texts ../papers --study tower --json v.json")
def verify(
    context: click.Context,
    texts: Path | None,
    json_file: Path | None,
    studies: tuple[str, ...],
    record: bool,
) -> None:
    """Check that every claim's figures stand at their place in the source's text."""
    from kb.sources.verify import VerificationState, counts

    if record and studies:
        raise click.UsageError("--record attests all claims: leave --study out")
    checks = _checks(open_base(context), _required(texts), studies)
    found = counts(checks)
    rows = [check.row() for check in checks]
    write_json(json_file, {**found, "counts": found, "claims": rows})
    for check in checks:
        if check.state is VerificationState.FAILED:
            click.echo(f"{check.claim.study}#{check.claim.id}: " + "; ".join(check.reasons))
    click.echo(", ".join(f"{number} {state}" for state, number in found.items()))
    if found[VerificationState.FAILED]:
        sys.exit(FINDINGS)
    if found[VerificationState.NOT_CHECKED] or not found[VerificationState.VERIFIED]:
        stop("some claims were not checked: a run that checks nothing has failed", NOT_CHECKED)
    if record:
        _attest(open_base(context))


def _checks(base: Any, texts: Path, studies: tuple[str, ...]) -> Any:
    """Check against the texts alone: what was attested earlier is not looked at again here."""
    from kb.sources.text import load_texts
    from kb.sources.verify import verify as check

    wanted = {base.study(study).id for study in studies}
    checks = check(base.evidence, load_texts(texts, base.records.sources.values()))
    return [c for c in checks if not studies or c.claim.study in wanted]


def _required(texts: Path | None) -> Path:
    if texts is None:
        raise click.UsageError("name the folder with the texts: --texts DIR, or KB_SOURCE_TEXTS")
    return texts


def _attest(base: Any) -> None:
    from kb.records.attestation import attestation_file, write_attestations
    from kb.sources.verify import claim_digests

    with_text = {source.id for source in base.evidence.sources if source.text}
    digests = {s: d for s, d in claim_digests(base.evidence).items() if s in with_text}
    write_attestations(base.root, digests)
    click.echo(f"attested in {attestation_file(base.root)}")


@main.command()
@texts_option
@json_option
@click.option("--section", help="List only figures of one place, as <source>:<section>.")
@click.pass_context
@examples("kb coverage --texts ../papers", "kb coverage --texts ../papers --section a-source:3.1")
def coverage(
    context: click.Context, texts: Path | None, json_file: Path | None, section: str | None
) -> None:
    """Count the figures that the sources print, and list those in no claim."""
    from kb.sources.coverage import measure_coverage

    base = open_base(context, _required(texts))
    report = measure_coverage(base.records, base.evidence, _required(texts))
    write_json(json_file, report.data())
    wanted = section.partition(":") if section else ("", "", "")
    for line in report.lines(source=wanted[0], section=wanted[2]):
        click.echo(line)
    if report.unaccounted:
        sys.exit(FINDINGS)
    read = {section.source for section in report.sections}
    unread = [s.id for s in base.evidence.sources if s.text and s.id not in read]
    if unread:
        stop(f"not checked, the text is not there: {', '.join(unread)}", NOT_CHECKED)


@main.command()
@json_option
@click.option("--study", "studies", multiple=True, help="Check only this study (repeatable).")
@click.option(
    "--severity",
    type=click.Choice(["material", "minor", "rounding"]),
    default="rounding",
    help="Pay heed to findings of this severity and graver ones (default: all).",
)
@click.option("--open", "only_open", is_flag=True, help="Leave out what was judged.")
@click.pass_context
@examples("kb check", "kb check --study tower --json findings.json", "kb check --open")
def check(
    context: click.Context,
    json_file: Path | None,
    studies: tuple[str, ...],
    severity: str,
    only_open: bool,
) -> None:
    """Find figures that cannot be right together, and say why.

    Exit code 1: a finding that nobody has judged, or a judgement that no longer holds.
    """
    from kb.checks import Severity, Status
    from kb.cli.show import finding_lines

    base = open_base(context)
    for study in studies:
        base.study(study)
    heeded = list(Severity)[: list(Severity).index(Severity(severity)) + 1]
    found = [
        f
        for f in base.discrepancies()
        if f.severity in heeded and (not studies or f.study in studies)
    ]
    unjudged = [f for f in found if f.status is not Status.ADJUDICATED]
    counts = {s.value: sum(f.severity is s for f in found) for s in Severity}
    stale = base.curated.stale()
    data = {"counts": counts, "discrepancies": [finding.data() for finding in found]}
    write_json(json_file, data | {"stale": stale})
    for line in finding_lines(unjudged if only_open else found):
        click.echo(line)
    said = ", ".join(f"{number} {name}" for name, number in counts.items())
    click.echo(f"{said}; {len(unjudged)} not judged")
    for line in stale:
        click.echo(f"stale: {line}", err=True)
    if stale or unjudged:
        sys.exit(FINDINGS)


@main.command()
@click.argument("query", required=False)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Bind a parameter.")
@click.option("--list", "form", flag_value="list", help="List the named queries.")
@click.option("--text", "form", flag_value="text", help="Show the SPARQL, ready to paste.")
@click.option("--json", "form", flag_value="json", help="Print rows as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print rows as CSV.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for an answer.",
)
@click.pass_context
@examples(
    "kb query --list",
    "kb query study-results --param study=tower",
    "kb query my-query.rq --csv",
    "kb query 'SELECT ?s { ?s a kb:Study }'",
)
def query(
    context: click.Context,
    query: str | None,
    params: tuple[str, ...],
    form: str | None,
    timeout: float,
) -> None:
    """Answer a named query, a file of SPARQL, or SPARQL itself."""
    from kb.cli import query as _asking
    from kb.util.child import run_limited

    if form == "list" or query is None:
        click.echo(_asking.listing())
        return
    base = open_base(context)
    given = dict(_asking.pair(param) for param in params)
    if form == "text":
        click.echo(_asking.sparql_text(base, query, given), nl=False)
        return
    if base.store_config.tables is None:
        _ = base.store  # loading it does not count
    table = run_limited(timeout, lambda: _asking.answer(base, query, given))
    click.echo(_asking.shown(table, form), nl=False)
    for difference in base.differences(table):
        click.echo(f"not alike in {difference}", err=True)


@main.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the claims as JSON.")
@click.pass_context
@examples("kb show tower", "kb show 'tower#bruzzese-2025.Table-1.OS.median.blinatumomab'")
def show(context: click.Context, name: str, as_json: bool) -> None:
    """Show a study with its claims, or explain one claim back to its print."""
    if "#" in name:
        click.echo(open_base(context).explain(name))
        return
    if as_json:
        rows = open_base(context).claims(study=name).rows()
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from kb.cli.show import shown

    for line in shown(root_of(context), name):
        click.echo(line)


@main.command()
@click.argument("kind", type=click.Choice(RECORDS))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File (default: print)."
)
@click.pass_context
@examples("kb schema study --out build/study.schema.json")
def schema(context: click.Context, kind: str, out: Path | None) -> None:
    """Print the JSON Schema of a kind of record, for completion in an editor."""
    from kb.records.json_schema import schema_text
    from kb.records.load import load_vocabulary

    text = schema_text(kind, load_vocabulary(root_of(context)))
    if out is None:
        click.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")


for command in (new, export, sql, load, serve):
    main.add_command(command)


def run() -> None:
    """Run the command line as a program that ends at once.

    To free all that it has read, object by object, would take Python a twentieth of a build.
    """
    try:
        main()
    except SystemExit as ended:
        with suppress(OSError):  # nobody may be there to read it, which Python says as it ends
            for stream in filter(None, (sys.stdout, sys.stderr)):  # none where they are closed
                stream.flush()
            if isinstance(ended.code, int):
                os._exit(ended.code)
        raise
