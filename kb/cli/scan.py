"""``kb scan``: figures of papers that cannot be right."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from kb.checks.discrepancy import Severity
from kb.cli.common import FINDINGS, NOT_CHECKED, Number, echo, examples, stop
from kb.cli.scan_output import ScanOutput
from kb.scan.files import paper_files
from kb.scan.finding import Verdict
from kb.scan.kinds import KINDS, kind_of
from kb.scan.report import PaperReport
from kb.scan.run import Filter, scan_files

_MAX_JOBS: Final = 256


@dataclass
class _Totals:
    """What a run amounts to."""

    papers: int = 0
    unread: int = 0
    with_findings: int = 0
    checked: int = 0
    found: Counter[Verdict] = field(default_factory=Counter)

    def add(self, report: PaperReport) -> None:
        self.papers += 1
        self.unread += bool(report.error)
        self.with_findings += bool(report.findings)
        self.checked += sum(report.checked.values())
        for finding in report.findings:
            self.found[finding.verdict] += 1

    def __str__(self) -> str:
        wrong, doubtful = self.found[Verdict.INCONSISTENT], self.found[Verdict.DOUBTFUL]
        papers = f"{self.papers} paper" + "s" * (self.papers != 1)
        unread = f"; {self.unread} not read" if self.unread else ""
        return f"{papers}: {wrong} cannot be right, {doubtful} doubtful{unread}"


def _show_kinds(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if not is_asked:
        return
    for kind in KINDS.values():
        method = f" (doi:{kind.reference})" if kind.reference else ""
        echo(f"{kind.id}: {kind.title}{method}\n    {kind.explanation}")
    context.exit()


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write JSON Lines to a file, an object for each paper.",
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write CSV to a file, a row for each finding.",
)
@click.option(
    "--html",
    "html",
    type=click.Path(path_type=Path),
    help="Write pages: to a file that ends in .html for one paper, else to a folder.",
)
@click.option(
    "--kinds",
    "is_asked",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_kinds,
    help="List the kinds of findings, and exit.",
)
@click.option("--only", "kinds", multiple=True, help="Only findings of this kind (repeatable).")
@click.option(
    "--severity",
    type=click.Choice(["material", "minor", "rounding"]),
    default="rounding",
    help="Only findings of this severity or higher (default: all).",
)
@click.option("--no-doubtful", is_flag=True, help="Only findings that cannot be right.")
@click.option(
    "--jobs",
    type=click.IntRange(1, _MAX_JOBS),
    help="Processes that read papers (default: as many as there are processors).",
)
@click.option(
    "--timeout",
    type=Number(0, min_open=True),
    default=300.0,
    show_default=True,
    help="Seconds that one paper may take.",
)
@examples(
    "kb scan paper.xml",
    "kb scan papers/ --json scan.jsonl --html reports/",
    "kb scan @list.txt --csv findings.csv --no-doubtful",
    "find papers -name '*.xml' | kb scan - --json scan.jsonl",
)
def scan(  # noqa: PLR0913, PLR0917 - click passes each option
    files: tuple[str, ...],
    json_file: Path | None,
    csv_file: Path | None,
    html: Path | None,
    kinds: tuple[str, ...],
    severity: str,
    no_doubtful: bool,
    jobs: int | None,
    timeout: float,
) -> None:
    """Find figures in papers that cannot be right, from the papers themselves.

    FILES are JATS XML, HTML, PDF, DOCX or plain text; folders with such files; @LIST, a file that
    lists files, one a line; or - for such a list on standard input. They are only read. A paper
    that cannot be read does not stop the others.

    Exits 1 if there are findings or some papers could not be read, and 3 if nothing could be
    checked.
    """
    wanted = Filter(
        frozenset(kind_of(name).id for name in kinds),
        frozenset(list(Severity)[: list(Severity).index(Severity(severity)) + 1]),
        doubtful=not no_doubtful,
    )
    papers = paper_files(files)
    totals = _Totals()
    with ExitStack() as stack:
        output = ScanOutput(stack, papers, json_file, csv_file, html)
        reports = scan_files(papers, output.pages(papers), wanted, jobs, timeout)
        for report in _with_progress(reports, len(papers)):
            totals.add(report)
            output.write(report)
            for line in report.lines():
                echo(line)
    echo(str(totals))
    if totals.unread == totals.papers or not totals.checked:
        stop("nothing could be checked: a run that checks nothing has failed", NOT_CHECKED)
    if totals.with_findings or totals.unread:
        sys.exit(FINDINGS)


def _with_progress(reports: Iterator[PaperReport], number: int) -> Iterator[PaperReport]:
    """Yield the reports; on a terminal that does not show them, show how many are done."""
    if sys.stdout.isatty() or not sys.stderr.isatty():
        yield from reports
        return
    with click.progressbar(reports, length=number, label="papers", file=sys.stderr) as shown:
        yield from shown
