"""P-values above 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.effects import impossible_p
from kb.papers.entries import Form
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.phrases import P_PHRASE
from kb.scan.places import place_of
from kb.sources.numbers import Number
from kb.util.grouping import group_by

KIND: Final = "p-above-one"
_P: Final = re.compile(rf"(?:(?<=[(\[])|(?<=[,;] )){P_PHRASE}(?= ?[)\],;.])")
"""A p-value that ends where it does: not that of "p = 1.2 × 10-5"."""
_MOST: Final = 10
_FEWEST: Final = 3
_ENOUGH: Final = 0.7
_MANIFOLD: Final = 3


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield p-values above 1, of columns whose others are not, and of sentences."""
    for reading in context.readings:
        printed = (f for f in reading.figures if f.column.kind is ColumnKind.P and _number(f))
        for column in group_by(printed, key=lambda figure: figure.column.index).values():
            yield from _column(context, reading, column)
    for sentence in context.sentences:
        yield from _in_sentence(context, sentence)


def _number(figure: TableFigure) -> Number | None:
    return figure.entry.main if figure.entry.form is Form.NUMBER else None


def _column(
    context: ScanContext, reading: TableReading, column: Sequence[TableFigure]
) -> Iterator[ScanFinding]:
    context.checked[KIND] += len(column)
    possible = [f for f in column if (p := _number(f)) and not _is_above(p)]
    values = [p.value for f in possible if (p := _number(f))]
    # Amounts of phosphorus "P" are all of one size, p-values are not.
    if len(values) < max(_FEWEST, _ENOUGH * len(column)) or max(values) < _MANIFOLD * min(values):
        return
    for figure in column:
        number = _number(figure)
        if number and _is_above(number) and _has_decimals(number):
            yield _finding(number, place_of(reading, figure), Verdict.INCONSISTENT)


def _in_sentence(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    for match in _P.finditer(sentence.skeleton.text):
        number = sentence.skeleton.number(match, "p")
        if number is None:
            continue
        context.checked[KIND] += 1
        if _is_above(number) and _has_decimals(number) and number.value < _MOST:
            yield _finding(number, sentence.place, Verdict.DOUBTFUL)


def _is_above(p: Number) -> bool:
    return p.value > 1 and impossible_p(p.value, p.operator) is not None


def _has_decimals(number: Number) -> bool:
    return int(number.value.as_tuple().exponent) < 0


def _finding(p: Number, place: Place, verdict: Verdict) -> ScanFinding:
    computed = f"{p.text} > 1"
    message = f"A p-value is between 0 and 1, not {p.text}."
    return ScanFinding(KIND, verdict, Severity.MATERIAL, place, (p.text,), computed, message)
