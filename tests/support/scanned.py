"""Small papers for the tests of scans: tables as rows of texts, and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from kb.papers.paper import Cell, Footnote, Metadata, Paper, Paragraph, Section, Table
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding


def table(*rows: str, header_rows: int = 1, caption: str = "", notes: Sequence[str] = ()) -> Table:
    """Make a table of rows whose cells are separated by " | "; leading spaces indent a row."""
    grid = tuple(
        tuple(
            Cell(
                text.strip(),
                i,
                j,
                header=i < header_rows,
                indent=(len(row) - len(row.lstrip())) // 2 if j == 0 else 0,
            )
            for j, text in enumerate(row.split("|"))
        )
        for i, row in enumerate(rows)
    )
    footnotes = tuple(Footnote("", note) for note in notes)
    return Table("Table 1", "Table 1", caption, grid, header_rows, footnotes, "Results")


def findings(rule: str, *parts: Table | str) -> list[ScanFinding]:
    """Run one rule on tables and sentences."""
    texts = tuple(Paragraph(part) for part in parts if isinstance(part, str))
    tables = tuple(part for part in parts if isinstance(part, Table))
    section = Section("Results", "Results", (), "body", texts)
    context = ScanContext(Paper(Metadata(), (section,), tables))
    return list(import_module(f"kb.scan.{rule}").find(context))


def verdicts(rule: str, *parts: Table | str) -> list[tuple[str, str]]:
    """Return the kind and verdict of each finding of a rule."""
    return [(f.kind, f.verdict.value) for f in findings(rule, *parts)]
