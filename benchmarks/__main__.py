"""Measure all of it and write the table of ``site/pages/benchmarks.md``: ``make bench``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.comparing import Setup, rows
from benchmarks.corpus import write_corpus
from benchmarks.measuring import ROOT
from benchmarks.table import Row, page_with, report


def main(words: Sequence[str] | None = None) -> None:
    """Read the options, measure, and write the page."""
    options = _parser().parse_args(words)
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        setup = Setup(Path(folder), options.studies, options.repeats, options.peers)
        for size in {*setup.sizes, setup.peers}:
            write_corpus(ROOT, setup.corpus(size), size)
        found = list(_said(rows(setup, options.only)))
    text = page_with(options.page.read_text(encoding="utf-8"), report(found, options.repeats))
    options.page.write_text(text, encoding="utf-8")


def _said(measured: Iterator[Row]) -> Iterator[Row]:
    """Show each row as it is measured: all of them take an hour."""
    import sys

    for row in measured:
        sys.stderr.write(f"{row.line()}\n")
        yield row


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--studies", type=int, nargs="+", default=[50, 1_000, 10_000], help="sizes of the corpora")
    add("--peers", type=int, default=1_000, help="size at which the peers are measured")
    add("--repeats", type=int, default=5, help="runs of each measurement")
    add(
        "--only",
        nargs="*",
        default=[],
        help="groups: graphs, growth, questions, starts, builds, serving",
    )
    add("--page", type=Path, default=ROOT / "site" / "pages" / "benchmarks.md")
    return parser


if __name__ == "__main__":
    main()
