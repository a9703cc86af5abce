"""Change a digit of a figure in papers, and count how often a scan finds it.

``python -m benchmarks.planted FOLDER`` prints a row for each kind of figure. A change by one unit
of the last digit of a decimal figure is not planted: it is within rounding.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kb.papers.paper import Cell, Paper, Paragraph, Table
from kb.papers.read import read_paper
from kb.papers.reading import ColumnKind, TableReading
from kb.scan import Scan, scan_paper

_TEXTS: Final = {
    "interval (text)": re.compile(
        r"\d+[.·]\d+,? ?[(\[]9[05]% ?CI[:,=]? ?-?\d+[.·]\d+[^()]{1,4}\d+[.·]\d+"
    ),
    "n/N (%) (text)": re.compile(r"\d+ ?/ ?\d+,? ?[(\[]\d+(?:[.·]\d+)?%"),
    "n of N (%) (text)": re.compile(
        r"\d+ (?:out )?of (?:the )?\d+(?: [a-z]+){0,2} [(\[]\d+(?:[.·]\d+)?%"
    ),
    "n (%) (text)": re.compile(r"\b\d+(?: [a-z]+){0,2} [(\[]\d+[.·]\d+%[)\]]"),
    "arms (text)": re.compile(
        r"\d+ (?:[a-z]+ ){0,3}were randomi[sz]ed[^.]*?n ?= ?\d+[^.]*?n ?= ?\d+"
    ),
}
_CELLS: Final = {
    "n (%) cell": re.compile(r"\d+ ?\(\d+(?:[.·]\d+)? ?%?\)"),
    "median or estimate (bounds) cell": re.compile(
        r"-?\d+(?:[.·]\d+)? ?[(\[]-?\d+(?:[.·]\d+)?(?:-|–|−| to |, ?)-?\d+(?:[.·]\d+)?[)\]]"
    ),
    "mean ± SD cell": re.compile(r"\d+(?:[.·]\d+)? ?(?:±|\(\d+[.·]\d+\)).*"),
}
_P: Final = re.compile(r"[<=]? ?[01]?[.·]\d+")
_TOTAL: Final = re.compile(r"\b(?:total|all|overall|sum)\b", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+(?:[.·]\d+)?")


@dataclass(frozen=True)
class Planted:
    """A paper with one changed digit."""

    kind: str
    paper: Paper
    before: str
    after: str
    where: str


def planted(paper: Paper, chance: random.Random, most: int) -> Iterator[Planted]:
    """Yield a paper with one change at a time, at most so many of each kind."""
    places = [*_in_texts(paper), *_in_tables(paper)]
    for kind in dict.fromkeys(place[0] for place in places):
        own = [place for place in places if place[0] == kind]
        for _, old, start, end in chance.sample(own, min(most, len(own))):
            text = old.text
            wrong = _changed(text[start:end], chance)
            if wrong is None:
                continue
            where = f"{paper.metadata.pmcid} {text[start:end]}"
            yield Planted(
                kind,
                _with(paper, old, text[:start] + wrong + text[end:]),
                text[start:end],
                wrong,
                where,
            )


_Place = tuple[str, Paragraph | Cell, int, int]


def _in_texts(paper: Paper) -> Iterator[_Place]:
    for section, paragraph in paper.paragraphs():
        if section.kind in ("abstract", "body"):
            for kind, pattern in _TEXTS.items():
                for match in pattern.finditer(paragraph.text):
                    yield kind, paragraph, *match.span()


def _in_tables(paper: Paper) -> Iterator[_Place]:
    for table in paper.tables:
        columns = TableReading(table).columns
        for row in table.body:
            for column, cell in zip(columns, row, strict=True):
                if column.kind is ColumnKind.P and _P.fullmatch(cell.text.strip()):
                    yield "p cell", cell, 0, len(cell.text)
                for kind, pattern in _CELLS.items():
                    if column.kind is not ColumnKind.P and pattern.fullmatch(cell.text.strip()):
                        yield kind, cell, 0, len(cell.text)
                        break
        yield from _sums(table)


def _sums(table: Table) -> Iterator[_Place]:
    """Yield plain numbers that are the sum of others of their row, or of the rows beside them."""
    grid = [[_whole(cell.text) for cell in row] for row in table.body]
    named = [bool(_TOTAL.search(" ".join(table.column_path(c)))) for c in range(table.width)]
    for r, row in enumerate(grid):
        known = [(c, n) for c, n in enumerate(row) if n is not None and c]
        ends = [end for end in (known[:1] + known[-1:]) if len(known) > 2 and named[end[0]]]
        for c, n in ends:
            if n and n == sum(m for d, m in known if d != c) and sum(m > 0 for _, m in known) > 2:
                yield "plain total of a row", table.body[r][c], 0, len(table.body[r][c].text)
    for c in range(1, table.width):
        column = [row[c] for row in grid]
        for r, total in enumerate(column):
            parts = (part for part in _runs(column, r) if len(part) > 1 and min(part) > 0)
            called = any(_TOTAL.search(cell.text) for cell in table.body[r][:2])
            if called and total and total > 4 and any(sum(part) == total for part in parts):
                yield "plain total of a column", table.body[r][c], 0, len(table.body[r][c].text)


def _runs(column: Sequence[int | None], at: int) -> Iterator[list[int]]:
    for step in (1, -1):
        part: list[int] = []
        i = at + step
        while 0 <= i < len(column) and (n := column[i]) is not None:
            part.append(n)
            yield list(part)
            i += step


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,5}", text.strip()) else None


def _changed(text: str, chance: random.Random) -> str | None:
    """Return a text with another digit in one of its figures, not within rounding."""
    numbers = [m for m in _DIGITS.finditer(text) if m[0] not in ("95", "90", "99")]
    for _ in range(20 if numbers else 0):
        number = chance.choice(numbers)
        at = chance.randrange(len(number[0]))
        old = number[0][at]
        new = chance.choice("0123456789")
        is_last = at == len(number[0]) - 1
        near = is_last and abs(int(new) - int(old)) < 2 if old.isdigit() else True
        if not old.isdigit() or new == old or (at == 0 and (new == "0" or old == "0")):
            continue
        if near and not number[0].isdigit():
            continue
        at += number.start()
        return text[:at] + new + text[at + 1 :]
    return None


def _with(paper: Paper, old: Paragraph | Cell, text: str) -> Paper:
    """Return a paper with another text of a cell or paragraph."""
    if isinstance(old, Cell):
        cell = replace(old, text=text)
        tables = (
            replace(t, grid=tuple(tuple(cell if c is old else c for c in row) for row in t.grid))
            for t in paper.tables
        )
        return replace(paper, tables=tuple(tables))
    paragraph = replace(old, text=text)
    sections = (
        replace(s, paragraphs=tuple(paragraph if p is old else p for p in s.paragraphs))
        for s in paper.sections
    )
    return replace(paper, sections=tuple(sections))


def _keys(scan: Scan) -> Counter[tuple[str, str, tuple[str, ...], str]]:
    return Counter((f.kind, str(f.place), f.printed, f.verdict.value) for f in scan.findings)


def main(words: Sequence[str] | None = None) -> None:
    """Plant, scan and print how many were found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=3, help="changes of each kind in each paper")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", action="store_true", help="list what was not found")
    options = parser.parse_args(words)
    chance = random.Random(options.seed)  # noqa: S311 - not a secret
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for file in sorted(options.folder.glob("*.nxml")):
        paper = read_paper(file)
        before = _keys(scan_paper(paper))
        for one in planted(paper, chance, options.most):
            new = _keys(scan_paper(one.paper)) - before
            tried[one.kind] += 1
            found[one.kind] += bool(new)
            wrong[one.kind] += any(key[3] == "inconsistent" for key in new)
            if options.missed and not new:
                sys.stdout.write(f"missed\t{one.kind}\t{one.where}\t{one.after}\n")
    for kind, number in sorted(tried.items()):
        sys.stdout.write(f"{kind:34} {found[kind]:4} of {number:4} ({wrong[kind]} inconsistent)\n")


if __name__ == "__main__":
    main()
