"""Pairs of percentages in a sentence against the row of a table that prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import last_digit, same_figure
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import ScanFinding, Verdict, two_prints
from kb.scan.places import place_of
from kb.sources.numbers import Number

KIND: Final = "text-against-table"
_PAIR: Final = re.compile(
    r"(?P<one>N) ?%[^N%]{0,40}\b(?:vs|versus|and|compared (?:with|to))\b[^N%]{0,40}(?P<other>N) ?%"
)
_UNITS: Final = 2
"""Units of the last digit that a slip may be off; figures farther apart are others."""


class _Row(NamedTuple):
    """The percentages of two groups in a row of a table."""

    reading: TableReading
    figures: tuple[TableFigure, TableFigure]
    shares: tuple[Decimal, Decimal]


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield pairs of percentages of which a table prints one, and the other in another digit."""
    rows = [row for bases in context.bases for row in _rows(bases)]
    for sentence in context.sentences if rows else ():
        for match in _PAIR.finditer(sentence.skeleton.text):
            one, other = (sentence.skeleton.number(match, name) for name in ("one", "other"))
            if one is None or other is None or one.operator or other.operator:
                continue
            context.checked[KIND] += 1
            if row := _slip((one.value, other.value), rows):
                yield _finding(sentence, (one, other), row)


def _rows(bases: TableBases) -> Iterator[_Row]:
    for figures in bases.rows.values():
        groups = [f for f in figures if f.column.kind is ColumnKind.GROUP and f.share]
        if len(groups) == 2:
            first, second = groups
            shares = [f.share.value for f in groups if f.share and not f.share.operator]
            if len(shares) == 2:
                yield _Row(bases.reading, (first, second), (shares[0], shares[1]))


def _slip(pair: tuple[Decimal, Decimal], rows: list[_Row]) -> _Row | None:
    """Return the only row that prints one of two figures exactly and the other with a slip."""
    if any(_agree(pair, row.shares) == 2 for row in rows):
        return None
    near = [row for row in rows if _agree(pair, row.shares) == 1 and is_slip(pair, row.shares)]
    return near[0] if len(near) == 1 else None


def _agree(pair: tuple[Decimal, Decimal], shares: tuple[Decimal, Decimal]) -> int:
    return sum(
        same_figure(a, b) is not Outcome.INCONSISTENT for a, b in zip(pair, shares, strict=True)
    )


def is_slip(pair: tuple[Decimal, Decimal], shares: tuple[Decimal, Decimal]) -> bool:
    """Whether the figures that differ have decimals, and differ in the last one only."""
    return all(
        a == b or (last_digit(a) == last_digit(b) < 1 and abs(a - b) <= _UNITS * last_digit(a))
        for a, b in zip(pair, shares, strict=True)
    )


def _finding(sentence: Sentence, pair: tuple[Number, Number], row: _Row) -> ScanFinding:
    text = f"{pair[0].text}% and {pair[1].text}%"
    here = f"{sentence.skeleton.folded[pair[0].start : pair[1].end]}%"
    table = " and ".join(figure.text for figure in row.figures)
    place = place_of(row.reading, row.figures[0])
    computed = f"{text} in the text, {table} in {place.table}"
    message = two_prints(sentence.place, text, replace(place, column=""), table)
    return ScanFinding(
        KIND,
        Verdict.DOUBTFUL,
        Severity.ROUNDING,
        sentence.place,
        (here, *(figure.text for figure in row.figures)),
        computed,
        message,
    )
