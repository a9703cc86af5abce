"""Numbers needed to treat against the percentages, or the risk reduction, beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.checks.count_tests import crude_estimate, number_needed
from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import Span, possible_values
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.group_counts import counts_of
from kb.scan.p_fit import names_other_test
from kb.scan.places import notes, place_of
from kb.sources.numbers import Number

KIND: Final = "number-needed-to-treat"
_NEEDED: Final = re.compile(
    r"(?:\bnumber[s]? needed to (?:treat|harm)(?: [(\[]nn[th][)\]])?|\bnn[th]\b)"
    r"(?: ?(?:of|was|is|=|:|,|were|about|approximately))* ?(?P<n>N)(?! ?%)"
)
_IN_HEADER: Final = re.compile(r"\bNN[TH]\b|number needed to", re.IGNORECASE)
_FEWEST: Final = 3
_REDUCTION: Final = re.compile(
    r"\b(?:absolute risk reduction|risk difference|absolute (?:risk )?difference|arr)"
    r"(?: [(\[](?:arr|rd)[)\]])?(?: ?(?:of|was|is|=|:|,))* ?(?P<points>N) ?%"
)
_PAIR: Final = re.compile(
    r"(?P<one>N) ?%[^N%]{0,60}\b(?:vs\.?|versus|compared (?:with|to)|and)\b[^N%]{0,60}(?P<two>N) ?%"
)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield numbers needed to treat that the difference of two percentages does not give."""
    for bases in context.bases:
        yield from _in_table(context, bases)
    for sentence in context.sentences:
        needed = list(_NEEDED.finditer(sentence.skeleton.text))
        if len(needed) != 1 or names_other_test(sentence.text):
            continue
        printed = sentence.skeleton.figure(needed[0], "n")
        difference = _points(sentence)
        if printed is None or printed.operator or difference is None:
            continue
        context.checked[KIND] += 1
        points, text = difference
        if number_needed(points, printed.value) is Outcome.INCONSISTENT:
            yield _finding(sentence, printed, points, text)


def _points(sentence: Sentence) -> tuple[Span, str] | None:
    """Return the only difference of a sentence, in percentage points, and its arithmetic."""
    skeleton = sentence.skeleton
    reductions = list(_REDUCTION.finditer(skeleton.text))
    pairs = list(_PAIR.finditer(skeleton.text))
    if len(reductions) == 1:
        number = skeleton.figure(reductions[0], "points")
        plain = number is not None and not number.operator
        return (possible_values(number.value), f"{number.text}%") if number and plain else None
    if reductions or len(pairs) != 1 or skeleton.text.count("%") != 2:
        return None
    one, two = (skeleton.figure(pairs[0], name) for name in ("one", "two"))
    if one is None or two is None or one.operator or two.operator:
        return None
    first, second = possible_values(one.value), possible_values(two.value)
    return first.minus(second), f"({one.text} − {two.text})%"


def _in_table(context: ScanContext, bases: TableBases) -> Iterator[ScanFinding]:
    """Yield the numbers of a column that the counts of two groups, or the reduction, do not give.

    Where most of the others fit, one is wrong; where none does, they are adjusted.
    """
    reading = bases.reading
    columns = [c for c in reading.columns if _IN_HEADER.search(" ".join(c.path))]
    if not columns or names_other_test(notes(reading)):
        return
    for column in columns:
        figures = (f for f in reading.figures if f.column is column)
        known = [(f, n, p) for f in figures if (n := _whole(f)) and (p := _beside(bases, f))]
        context.checked[KIND] += len(known)
        wrong = [
            (figure, number, points)
            for figure, number, points in known
            if number_needed(points, abs(number.value)) is Outcome.INCONSISTENT
        ]
        fitting = len(known) - len(wrong)
        if len(wrong) > max(1, fitting):
            continue
        verdict = Verdict.INCONSISTENT if fitting >= _FEWEST else Verdict.DOUBTFUL
        for figure, number, points in wrong:
            texts = (number.text, *(f.text for f in _groups(reading, figure)))
            yield _needed(place_of(reading, figure), points, texts, verdict)


def _whole(figure: TableFigure) -> Number | None:
    number = figure.entry.main
    return number if number and not number.operator and number.value else None


def _groups(reading: TableReading, figure: TableFigure) -> list[TableFigure]:
    row = reading.rows[figure.row]
    return [f for f in row if f.column.kind is ColumnKind.GROUP and f.column is not figure.column]


def _beside(bases: TableBases, figure: TableFigure) -> Span | None:
    """Return the difference of the two groups of a row, in percentage points."""
    counts = counts_of(bases, _groups(bases.reading, figure))
    if counts is None or len(counts) != 2:
        return None
    points = crude_estimate("difference", *counts)
    return Span(points, points) if points else None


def _finding(sentence: Sentence, printed: Number, points: Span, text: str) -> ScanFinding:
    place = sentence.place
    return _needed(place, points, (printed.text, text), Verdict.DOUBTFUL)


def _needed(place: Place, points: Span, texts: tuple[str, ...], verdict: Verdict) -> ScanFinding:
    """Return a finding on a number needed, the first of the texts."""
    middle = round(abs(points.low + points.high) / 2, 2).normalize()
    needed = f"{200 / abs(points.low + points.high):.1f}"
    computed = f"1/{middle:f}% = {needed}"
    message = (
        f"A difference of {middle:f} percentage points gives a number needed to treat or harm of "
        f"{needed}, not {texts[0]}."
    )
    return ScanFinding(KIND, verdict, Severity.MATERIAL, place, texts, computed, message)
