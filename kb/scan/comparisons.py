"""Two groups compared in a sentence, "46.3% vs 100%, P = 0.002", against the row of a table.

Nothing links the two but their figures: where two of the three are the same, with so many digits
that chance hardly makes them so, and no row has all three, the third is likely a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import possible_values, same_figure
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.pairs import is_slip
from kb.scan.places import place_of
from kb.sources.numbers import Number

KIND: Final = "comparison-against-table"
_SPREAD: Final = r"(?: ?(?:±|\+ ?/ ?-) ?N| ?[(\[][^()\[\]]{1,24}[)\]])?"
_UNIT: Final = r"(?: ?%)?(?: [a-z/²µ]{1,10}){0,2}?"
_PHRASE: Final = re.compile(
    rf"(?P<one>N){_UNIT}{_SPREAD}{_UNIT},? ?(?:vs\.?|versus|compared (?:with|to)|against) "
    rf"(?P<two>N){_UNIT}{_SPREAD}[^.;()N]{{0,30}}?[,;]? ?[(\[]?,? ?"
    r"\bp(?:[- ]?value)? ?(?:=|of)? ?(?P<p>N)"
)
_FEWEST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class _Row:
    """The two groups of a row and their p-value."""

    reading: TableReading
    figures: tuple[TableFigure, TableFigure, TableFigure]
    numbers: tuple[Number, Number, Number]

    @property
    def text(self) -> str:
        one, two, p = (figure.text for figure in self.figures)
        return f"{one} and {two}, p {p}"


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield comparisons of sentences that differ in one figure from the row of a table."""
    rows = [row for reading in context.readings for row in _rows(reading)]
    for sentence in context.sentences if rows else ():
        skeleton = sentence.skeleton
        for match in _PHRASE.finditer(skeleton.text):
            numbers = tuple(skeleton.number(match, name) for name in ("one", "two", "p"))
            known = tuple(number for number in numbers if number is not None)
            context.checked[KIND] += 1
            start, end = known[0].start, known[-1].end
            yield from _judge(sentence, skeleton.folded[start:end], known, rows)


def _judge(
    sentence: Sentence, text: str, printed: Sequence[Number], rows: Sequence[_Row]
) -> Iterator[ScanFinding]:
    judged = [(row, _equal(order, printed)) for row in rows for order in _orders(row)]
    if any(all(equal) for _, equal in judged):
        return
    near = [(row, equal) for row, equal in judged if sum(equal) == 2 and _is_rare(printed, equal)]
    if len(near) == 1 and not _is_slip_of_shares(printed, near[0][0]):
        yield _finding(sentence, text, near[0][0])


def _is_slip_of_shares(printed: Sequence[Number], row: _Row) -> bool:
    """Whether the last digit of a percentage differs, which ``kb.scan.pairs`` reports."""
    if not all(figure.share for figure in row.figures[:2]):
        return False
    pair, shares = (sorted(n.value for n in numbers[:2]) for numbers in (printed, row.numbers))
    return pair != shares and is_slip((pair[0], pair[1]), (shares[0], shares[1]))


def _rows(reading: TableReading) -> Iterator[_Row]:
    for figures in reading.rows.values():
        groups = [f for f in figures if f.column.kind is ColumnKind.GROUP]
        ps = [f for f in figures if f.column.kind is ColumnKind.P]
        if len(groups) != 2 or len(ps) != 1:
            continue
        one, two, p = *groups, *ps
        first, second, third = (f.share or f.entry.main for f in (one, two, p))
        if first and second and third:
            yield _Row(reading, (one, two, p), (first, second, third))


def _orders(row: _Row) -> Iterator[tuple[Number, Number, Number]]:
    one, two, p = row.numbers
    yield one, two, p
    yield two, one, p


def _equal(row: Sequence[Number], printed: Sequence[Number]) -> list[bool]:
    return [agree(a, b) for a, b in zip(row, printed, strict=True)]


def agree(one: Number, other: Number) -> bool:
    """Tell whether two printed numbers may be one, at the precision of both.

    >>> from kb.papers.entries import entry
    >>> one, two, three = (entry(text).main for text in ("12.34", "12.3", "<12.9"))
    >>> agree(one, two), agree(one, three), agree(two, entry("12.5").main)
    (True, True, False)
    """
    spans = [possible_values(n.value, n.operator.replace("=", "")) for n in (one, other)]
    if one.operator.strip("=") or other.operator.strip("="):
        return spans[0].overlaps(spans[1])
    return same_figure(one.value, other.value) is not Outcome.INCONSISTENT


def _is_rare(printed: Sequence[Number], equal: Sequence[bool]) -> bool:
    """Whether the equal figures have many digits; "p < 0.001" has none."""
    digits = [
        len(number.value.as_tuple().digits)
        for number, is_equal in zip(printed, equal, strict=True)
        if is_equal and number.operator in ("", "=")
    ]
    return len(digits) == 2 and sum(digits) >= _FEWEST_DIGITS


def _finding(sentence: Sentence, text: str, row: _Row) -> ScanFinding:
    place = Place(sentence.section.title)
    there = place_of(row.reading, row.figures[0])
    where = f'{there.table}, row "{there.row}"'
    computed = f"{text} against {row.text}"
    message = f"S{str(place)[1:]} prints {text}; {where} prints {row.text}."
    printed = (text, *(figure.text for figure in row.figures))
    return ScanFinding(KIND, Verdict.DOUBTFUL, Severity.MATERIAL, place, printed, computed, message)
