"""Scans of many files, each in a process that may fail without stopping the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.checks.discrepancy import Severity
from kb.papers.read import read_paper
from kb.scan import scan_paper
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.report import PaperReport, encoded, file_name
from kb.util.atomic import write_atomically
from kb.util.workers import Failure, map_in_workers, processors


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are reported.

    >>> Filter().accepts
    <bound method Filter.accepts of Filter(...)>
    """

    kinds: frozenset[str] = frozenset()
    """Empty: all kinds."""
    severities: frozenset[Severity] = frozenset(Severity)
    doubtful: bool = True

    def accepts(self, finding: ScanFinding) -> bool:
        """Whether a finding is reported."""
        is_kind = not self.kinds or finding.kind in self.kinds
        is_sure = self.doubtful or finding.verdict is Verdict.INCONSISTENT
        return is_kind and is_sure and finding.severity in self.severities


def scan_files(
    papers: Sequence[Path],
    pages: Sequence[Path | None],
    wanted: Filter,
    jobs: int | None = None,
    seconds: float = 300,
) -> Iterator[PaperReport]:
    """Yield the report on each file in order, and write its page if it has one.

    Args:
        papers: the files.
        pages: where the page of each is written, or None.
        wanted: which findings are reported.
        jobs: how many processes read papers; None: one for each processor.
        seconds: how long one paper may take.

    >>> [report.error for report in scan_files([Path("missing.xml")], [None], Filter())]
    ['missing.xml: cannot be read: No such file or directory']
    """

    def work(item: tuple[Path, Path | None]) -> PaperReport:
        return scan_file(*item, wanted)

    items = list(zip(papers, pages, strict=True))
    results = map_in_workers(work, items, jobs or processors(), seconds)
    for path, result in zip(papers, results, strict=True):
        if isinstance(result, Failure):
            defect = "a defect of kb, please report it: " if result.is_defect else ""
            yield PaperReport(file_name(path), error=defect + result.reason)
        else:
            yield result


def scan_file(path: Path, page_file: Path | None, wanted: Filter) -> PaperReport:
    """Return the report on one file, and write its page if it has one.

    Raises:
        ReadError: it cannot be read as a paper.
        UnavailableError: a library is missing, or the page cannot be written.
    """
    scan = scan_paper(read_paper(path, references=False))
    report = PaperReport.of(path, scan, tuple(filter(wanted.accepts, scan.findings)))
    if page_file is not None:
        from kb.scan.html import page

        write_atomically(page_file, [encoded(page(report, scan.paper))])
    return report
