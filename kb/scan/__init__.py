"""Scans: the checks run on a paper itself, with nothing transcribed.

A rule is a module of this package that is named in ``RULES``. Its function ``find(context)``
yields findings, and counts in ``context.checked`` what it judged, by kind. Its judgements are the
pure functions of ``kb.checks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from typing import Final

from kb.papers.paper import Paper
from kb.scan.context import ScanContext
from kb.scan.finding import Place, ScanFinding, Verdict

__all__ = ["RULES", "Place", "Scan", "ScanFinding", "Verdict", "scan_paper"]

RULES: Final = ("shares", "text_shares", "arms", "estimates", "agreement", "significance")
"""The modules of rules, in the order in which their findings are reported."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The result of a scan."""

    paper: Paper
    checked: dict[str, int]
    """How many figures were judged, by kind of check."""
    findings: tuple[ScanFinding, ...]


def scan_paper(paper: Paper) -> Scan:
    """Run every rule on a paper.

    >>> from kb.papers.paper import Metadata
    >>> scan_paper(Paper(Metadata(), ())).findings
    ()
    """
    context = ScanContext(paper)
    findings = tuple(chain.from_iterable(_run(name, context) for name in RULES))
    return Scan(paper, dict(sorted(context.checked.items())), findings)


def _run(name: str, context: ScanContext) -> Iterator[ScanFinding]:
    found: Iterator[ScanFinding] = import_module(f"kb.scan.{name}").find(context)
    return found
