"""Scans: the checks run on a paper itself, with nothing transcribed.

A rule is a module of this package that is named in ``RULES``. Its function ``find(context)``
yields findings, and counts in ``context.checked`` what it judged, by kind. Its judgements are the
pure functions of ``kb.checks``. The room itself may be called: ``kb.scan(path)`` is ``scan(path)``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from kb.papers.paper import Paper
from kb.scan.context import ScanContext
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.util.frames import data_frame

if TYPE_CHECKING:
    import pandas

__all__ = ["RULES", "Place", "Scan", "ScanFinding", "Verdict", "scan", "scan_paper"]

RULES: Final = (
    "shares",
    "exchanged",
    "lone_shares",
    "text_shares",
    "pairs",
    "arms",
    "totals",
    "averages",
    "copies",
    "grades",
    "estimates",
    "ranges",
    "agreement",
    "comparisons",
    "text_means",
    "breakdowns",
    "flow",
    "named_sizes",
    "dates",
    "survival",
    "p_values",
    "significance",
    "text_tests",
    "text_groups",
    "mean_tests",
    "paired",
    "changes",
    "baseline",
    "reported_tests",
    "crude_effects",
    "share_intervals",
    "scores",
    "exclusive",
    "needed",
)
"""The modules of rules, in the order in which their findings are reported."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The result of a scan."""

    paper: Paper
    checked: dict[str, int]
    """How many figures were judged, by kind of check."""
    findings: tuple[ScanFinding, ...]

    def to_frame(self) -> pandas.DataFrame:
        """Return the findings as a pandas data frame, a row for each (extra ``frames``)."""
        from kb.scan.report import COLUMNS, PaperReport

        report = PaperReport("", self.paper.metadata, self.checked, self.findings)
        columns = [name for name in COLUMNS if name != "file"]
        return data_frame(([row[name] for name in columns] for row in report.rows()), columns)


def scan(path: Path | str) -> Scan:
    """Scan a paper: JATS XML, HTML, PDF, DOCX or plain text.

    Raises:
        ReadError: the file cannot be read as a paper.
        UnavailableError: a library is not installed.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "paper.xml"
    >>> text = "<p>Falls occurred in 3/24 subjects (28%).</p>"
    >>> size = file.write_text(f"<article><body>{text}</body></article>")
    >>> for finding in scan(file).findings:
    ...     print(finding.verdict.value, finding.message)
    inconsistent 3 of 24 is 12.5%, not 28%.
    """
    from kb.papers.read import read_paper

    return scan_paper(read_paper(Path(path)))


def scan_paper(paper: Paper) -> Scan:
    """Run every rule on a paper.

    >>> from kb.papers.paper import Metadata
    >>> scan_paper(Paper(Metadata(), ())).findings
    ()
    """
    context = ScanContext(paper)
    findings = tuple(chain.from_iterable(_run(name, context) for name in RULES))
    checked = {kind: number for kind, number in sorted(context.checked.items()) if number}
    return Scan(paper, checked, findings)


def _run(name: str, context: ScanContext) -> Iterator[ScanFinding]:
    findings: Iterator[ScanFinding] = import_module(f"kb.scan.{name}").find(context)
    return findings


class _Room(ModuleType):
    """This module: the public function ``kb.scan`` has its name, whichever is imported first."""

    def __call__(self, path: Path | str) -> Scan:
        """Scan a paper (see ``scan``)."""
        return scan(path)


sys.modules[__name__].__class__ = _Room
