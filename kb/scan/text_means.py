"""Two means of a sentence, "12.3 ± 4.1 vs. 14.5 ± 4.0", against the row of a table.

Where three of the four figures are those of a row, with so many digits that chance hardly makes
them so, and no row has all four, the fourth is likely a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.checks.discrepancy import Severity
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.comparisons import KIND, agree
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.places import place_of
from kb.sources.numbers import Number

_UNIT: Final = r"(?: ?%| [a-z/²µ]{1,10}){0,2}"
_SPREAD: Final = r" ?(?:±|\+ ?/ ?-|[(\[](?:s[de]m? ?=? ?)?) ?"
_PHRASE: Final = re.compile(
    rf"(?<![N.,/-])(?P<a>N){_UNIT}{_SPREAD}(?P<b>N)(?! ?%[)\]])[^N;.]{{0,60}}?"
    r"\b(?:vs|versus|compared (?:with|to)|and|than|against|to)\b\.?[^N;.]{0,60}?"
    rf"(?P<c>N){_UNIT}{_SPREAD}(?P<d>N)(?! ?%[)\]])"
)
_FEWEST_DIGITS: Final = 7

_Four = tuple[Number, Number, Number, Number]


@dataclass(frozen=True, slots=True)
class _Row:
    """The means of the two groups of a row with what stands beside them."""

    reading: TableReading
    figures: tuple[TableFigure, TableFigure]
    numbers: _Four

    @property
    def orders(self) -> tuple[_Four, _Four]:
        """The numbers of both groups, whichever is first."""
        a, b, c, d = self.numbers
        return (a, b, c, d), (c, d, a, b)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield two means of a sentence that differ in one figure from the row of a table."""
    rows = [row for reading in context.readings for row in _rows(reading)]
    for sentence in context.sentences if rows else ():
        for match in _PHRASE.finditer(sentence.skeleton.text):
            printed = _four([sentence.skeleton.number(match, name) for name in "abcd"])
            if printed:
                context.checked[KIND] += 1
                yield from _judge(sentence, printed, rows)


def _rows(reading: TableReading) -> Iterator[_Row]:
    for figures in reading.rows.values():
        groups = [f for f in figures if f.column.kind is ColumnKind.GROUP]
        if len(groups) != 2 or any(
            f.entry.form not in (Form.PAIR, Form.PLUS_MINUS) for f in groups
        ):
            continue
        one, two = groups
        numbers = _four([one.entry.main, one.entry.second, two.entry.main, two.entry.second])
        if numbers and not (one.share or two.share):
            yield _Row(reading, (one, two), numbers)


def _four(numbers: Sequence[Number | None]) -> _Four | None:
    plain = [number for number in numbers if number is not None and not number.operator]
    return (plain[0], plain[1], plain[2], plain[3]) if len(plain) == 4 else None


def _judge(sentence: Sentence, printed: _Four, rows: Sequence[_Row]) -> Iterator[ScanFinding]:
    judged = [
        (row, [agree(a, b) for a, b in zip(order, printed, strict=True)])
        for row in rows
        for order in row.orders
    ]
    near = [row for row, equal in judged if sum(equal) == 3 and _is_rare(printed, equal)]
    if len(near) == 1 and not any(all(equal) for _, equal in judged):
        yield _finding(sentence, printed, near[0])


def _is_rare(printed: _Four, equal: Sequence[bool]) -> bool:
    same = (number for number, is_equal in zip(printed, equal, strict=True) if is_equal)
    return sum(len(number.value.as_tuple().digits) for number in same) >= _FEWEST_DIGITS


def _finding(sentence: Sentence, printed: _Four, row: _Row) -> ScanFinding:
    text = sentence.skeleton.folded[printed[0].start : printed[-1].end]
    there, shown = place_of(row.reading, row.figures[0]), " and ".join(f.text for f in row.figures)
    place = Place(sentence.section.title)
    message = f'S{str(place)[1:]} prints {text}; {there.table}, row "{there.row}" prints {shown}.'
    texts = (text, *(figure.text for figure in row.figures))
    return ScanFinding(
        KIND, Verdict.DOUBTFUL, Severity.MATERIAL, place, texts, f"{text} against {shown}", message
    )
