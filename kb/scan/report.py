"""The report on one scanned file, as plain data: for JSON Lines, CSV and text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from kb.papers.paper import Metadata, plain
from kb.scan import Scan
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.kinds import kind_of

COLUMNS: Final = {
    "file": "the file as it was named",
    "pmcid": "its id in PubMed Central, where it prints one",
    "doi": "its DOI",
    "title": "its title",
    "kind": "kind of the finding; empty: the file could not be read",
    "verdict": "inconsistent: cannot be right; doubtful: a reading is possible in which it is",
    "severity": "material, minor or rounding",
    "section": "section of the figures, or of the table",
    "table": "table of the figures",
    "row": "row of the table, from the outer label to the inner one",
    "column": "column of the table",
    "printed": "the figures as printed, joined by ' | '",
    "computed": "the arithmetic",
    "message": "what does not fit, in one sentence; or why the file could not be read",
}
"""What each column of the table of findings holds, in order."""
VERDICTS: Final = {Verdict.INCONSISTENT: "cannot be right", Verdict.DOUBTFUL: "doubtful"}
"""How reports call a verdict."""
_MOST_SHOWN: Final = 8
"""How many printed figures of a finding reports show."""


@dataclass(frozen=True, slots=True)
class PaperReport:
    """The report on one file; ``error`` is the reason why it could not be read."""

    file: str
    metadata: Metadata = field(default_factory=Metadata)
    checked: dict[str, int] = field(default_factory=dict)
    findings: tuple[ScanFinding, ...] = ()
    unsure: tuple[str, ...] = ()
    """Parts of the paper that could not be read, or that are uncertain."""
    error: str = ""

    @classmethod
    def of(cls, path: Path, scan: Scan, findings: tuple[ScanFinding, ...]) -> PaperReport:
        """Return the report on a scan, with the selected ones of its findings."""
        paper = scan.paper
        return cls(file_name(path), paper.metadata, scan.checked, findings, paper.unsure)

    def data(self) -> dict[str, Any]:
        """Return the report as plain data for JSON; only a file that was not read has an error.

        >>> list(PaperReport("a.xml").data())
        ['file', 'pmcid', 'doi', 'title', 'checked', 'findings']
        """
        data = self._head() | {
            "checked": self.checked,
            "findings": [finding_data(finding) for finding in self.findings],
        }
        return data | {"error": self.error} if self.error else data

    def line(self) -> bytes:
        r"""Return the report as a line of JSON.

        >>> PaperReport("a.xml", error="the file is empty").line()[-30:]
        b'"error": "the file is empty"}\n'
        """
        return encoded(json.dumps(self.data(), ensure_ascii=False) + "\n")

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield a row for each finding, or one that says why the file was not read.

        >>> [row["message"] for row in PaperReport("a.xml", error="the file is empty").rows()]
        ['the file is empty']
        """
        empty = dict.fromkeys(COLUMNS, "")
        if self.error:
            yield empty | self._head() | {"message": self.error}
        for finding in self.findings:
            data = finding_data(finding)
            place, printed = data.pop("place"), " | ".join(data.pop("printed"))
            yield empty | self._head() | data | place | {"printed": printed}

    def lines(self) -> Iterator[str]:
        """Yield the report as text: a heading, each finding with its arithmetic, what was checked.

        >>> for line in PaperReport("a.xml", checked={"p-of-counts": 3}).lines():
        ...     print(line)
        a.xml
          nothing found
          checked: P-values against counts (3)
        """
        title = plain(self.metadata.title)
        yield f"{self.file}: {title}" if title else self.file
        if self.error:
            yield f"  not read: {self.error}"
            return
        for finding in self.findings:
            verdict = VERDICTS[finding.verdict]
            yield f"  {verdict} ({finding.severity.value}): {finding.place}"
            yield f"    printed: {printed_text(finding)}"
            yield f"    {finding.message}"
            if finding.computed:
                yield f"    {finding.computed}"
        if self.checked and not self.findings:
            yield "  nothing found"
        yield f"  checked: {self.what_was_checked() or 'nothing: no figures were recognised'}"
        for reason in self.unsure:
            yield f"  not read, or uncertain: {reason}"

    def what_was_checked(self) -> str:
        """Return the kinds of checks in plain words, each with how many figures it judged."""
        return ", ".join(f"{kind_of(k).title} ({n})" for k, n in self.checked.items())

    def count(self, verdict: Verdict) -> int:
        """Return the number of findings with a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    def _head(self) -> dict[str, str]:
        about = self.metadata
        return {
            "file": self.file,
            "pmcid": about.pmcid,
            "doi": about.doi,
            "title": plain(about.title),
        }


def finding_data(finding: ScanFinding) -> dict[str, Any]:
    """Return a finding as plain data for JSON."""
    return {
        "kind": finding.kind,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "place": asdict(finding.place),
        "printed": list(finding.printed),
        "computed": finding.computed,
        "message": finding.message,
    }


def printed_text(finding: ScanFinding) -> str:
    """Return the figures of a finding as printed, the first ones if they are many.

    >>> from kb.checks.discrepancy import Severity
    >>> from kb.scan.finding import Place
    >>> figures = tuple(map(str, range(11)))
    >>> printed_text(ScanFinding("", Verdict.DOUBTFUL, Severity.MINOR, Place(), figures, "", ""))
    '0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | and 3 more'
    """
    shown, rest = finding.printed[:_MOST_SHOWN], len(finding.printed) - _MOST_SHOWN
    return " | ".join((*shown, f"and {rest} more") if rest > 0 else shown)


def encoded(text: str) -> bytes:
    r"""Return a text in UTF-8; half characters, which no encoding has, are escaped.

    >>> encoded("P\udcff")
    b'P\\udcff'
    """
    return text.encode("utf-8", "backslashreplace")


def file_name(path: Path) -> str:
    """Return the name of a file, which may hold bytes that are not text.

    >>> file_name(Path("papers/a.xml"))
    'papers/a.xml'
    """
    return encoded(str(path)).decode()
