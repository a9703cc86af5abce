"""Two groups compared in a sentence, "46.3% vs 100%, P = 0.002", against the row of a table.

Nothing links the two but their figures: where two of the three are the same, with so many digits
that chance hardly makes them so, and no row has all three, the third is likely a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import possible_values, same_figure
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import ScanFinding, Verdict, two_prints
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
class Row:
    """The figures of two groups in a row of a table."""

    reading: TableReading
    figures: tuple[TableFigure, ...]
    orders: tuple[tuple[Number, ...], tuple[Number, ...]]
    """Their numbers, with either group first."""
    text: str
    """The figures as printed."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield comparisons of sentences that differ in one figure from the row of a table."""
    rows = [row for reading in context.readings for row in _rows(reading)]
    for sentence in context.sentences if rows else ():
        skeleton = sentence.skeleton
        for match in _PHRASE.finditer(skeleton.text):
            numbers = tuple(skeleton.number(match, name) for name in ("one", "two", "p"))
            known = tuple(number for number in numbers if number is not None)
            context.checked[KIND] += 1
            row = row_with_slip(known, rows, _FEWEST_DIGITS)
            if row and not _is_slip_of_shares(known, row):
                text = skeleton.folded[known[0].start : known[-1].end]
                yield slip_finding(sentence, text, row)


def row_with_slip(printed: Sequence[Number], rows: Sequence[Row], fewest_digits: int) -> Row | None:
    """Return the only row that has all printed numbers but one; None if a row has them all.

    ``fewest_digits``: how many digits the equal numbers need, so that they are hardly equal by
    chance.
    """
    judged = [
        (row, [agree(a, b) for a, b in zip(order, printed, strict=True)])
        for row in rows
        for order in row.orders
    ]
    if any(all(equal) for _, equal in judged):
        return None
    near = [
        row
        for row, equal in judged
        if sum(equal) == len(printed) - 1 and _digits(compress(printed, equal)) >= fewest_digits
    ]
    return near[0] if len(near) == 1 else None


def _is_slip_of_shares(printed: Sequence[Number], row: Row) -> bool:
    """Whether the last digit of a percentage differs, which ``kb.scan.pairs`` reports."""
    if not all(figure.share for figure in row.figures[:2]):
        return False
    pair, shares = (sorted(n.value for n in numbers[:2]) for numbers in (printed, row.orders[0]))
    return pair != shares and is_slip((pair[0], pair[1]), (shares[0], shares[1]))


def _rows(reading: TableReading) -> Iterator[Row]:
    for figures in reading.rows.values():
        groups = [f for f in figures if f.column.kind is ColumnKind.GROUP]
        ps = [f for f in figures if f.column.kind is ColumnKind.P]
        if len(groups) != 2 or len(ps) != 1:
            continue
        one, two, p = *groups, *ps
        first, second, third = (f.share or f.entry.main for f in (one, two, p))
        if first and second and third:
            text = f"{one.text} and {two.text}, p {p.text}"
            orders = (first, second, third), (second, first, third)
            yield Row(reading, (one, two, p), orders, text)


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


def _digits(numbers: Iterable[Number]) -> int:
    """Return the number of digits of exact numbers; 0 if one is a limit, such as "p < 0.001"."""
    numbers = list(numbers)
    is_exact = all(number.operator in ("", "=") for number in numbers)
    return sum(len(n.value.as_tuple().digits) for n in numbers) if is_exact else 0


def slip_finding(sentence: Sentence, text: str, row: Row) -> ScanFinding:
    """Return the finding on a sentence and the row from which it differs in one number."""
    there = replace(place_of(row.reading, row.figures[0]), column="")
    computed = f"{text} against {row.text}"
    message = two_prints(sentence.place, text, there, row.text)
    printed = (text, *(figure.text for figure in row.figures))
    return ScanFinding(
        KIND, Verdict.DOUBTFUL, Severity.MATERIAL, sentence.place, printed, computed, message
    )
