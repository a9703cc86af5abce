"""Two means of a sentence, "12.3 ± 4.1 vs. 14.5 ± 4.0", against the row of a table.

Where three of the four figures are those of a row, with so many digits that chance hardly makes
them so, and no row has all four, the fourth is likely a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableReading
from kb.scan.comparisons import KIND, Row, row_with_slip, slip_finding
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding
from kb.sources.numbers import Number

_UNIT: Final = r"(?: ?%| [a-z/²µ]{1,10}){0,2}"
_SPREAD: Final = r" ?(?:±|\+ ?/ ?-|[(\[](?:s[de]m? ?=? ?)?) ?"
_PHRASE: Final = re.compile(
    rf"(?<![N.,/-])(?P<a>N){_UNIT}{_SPREAD}(?P<b>N)(?! ?%[)\]])[^N;.]{{0,60}}?"
    r"\b(?:vs|versus|compared (?:with|to)|and|than|against|to)\b\.?[^N;.]{0,60}?"
    rf"(?P<c>N){_UNIT}{_SPREAD}(?P<d>N)(?! ?%[)\]])"
)
_FEWEST_DIGITS: Final = 7
_NUMBERS: Final = 4
"""Two means, each with its standard deviation."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield two means of a sentence that differ in one figure from the row of a table."""
    rows = [row for reading in context.readings for row in _rows(reading)]
    for sentence in context.sentences if rows else ():
        for match in _PHRASE.finditer(sentence.skeleton.text):
            printed = _exact([sentence.skeleton.number(match, name) for name in "abcd"])
            if len(printed) < _NUMBERS:
                continue
            context.checked[KIND] += 1
            if row := row_with_slip(printed, rows, _FEWEST_DIGITS):
                text = sentence.skeleton.folded[printed[0].start : printed[-1].end]
                yield slip_finding(sentence, text, row)


def _rows(reading: TableReading) -> Iterator[Row]:
    for figures in reading.rows.values():
        groups = [f for f in figures if f.column.kind is ColumnKind.GROUP]
        if len(groups) != 2 or any(
            f.entry.form not in (Form.PAIR, Form.PLUS_MINUS) for f in groups
        ):
            continue
        one, two = groups
        numbers = _exact([one.entry.main, one.entry.second, two.entry.main, two.entry.second])
        if len(numbers) == _NUMBERS and not (one.share or two.share):
            orders = (*numbers,), (*numbers[2:], *numbers[:2])
            yield Row(reading, (one, two), orders, f"{one.text} and {two.text}")


def _exact(numbers: Sequence[Number | None]) -> list[Number]:
    return [number for number in numbers if number is not None and not number.operator]
