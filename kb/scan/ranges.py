"""Ranges: those of the groups against that of all, quartiles against them, ages against limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.eligibility import within_ages
from kb.checks.order import not_above
from kb.checks.rounding import Span, worst
from kb.papers.entries import Skeleton
from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Spread
from kb.scan.context import OTHER_STUDIES, ScanContext
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.phrases import summaries
from kb.scan.places import place_of

OF_ALL: Final = "range-of-group-outside-all"
QUARTILES: Final = "quartiles-outside-range"
AGES: Final = "ages-outside-eligibility"
_WORDS: Final = re.compile(
    r"\b(?:median|mean|range|iqr|inter-?quartile|quartiles?|min(?:imum)?|max(?:imum)?|sd)\b|[^a-z]+"
)
"""What a label names besides its variable."""
_LIMITS: Final = r"(?:[:=,]| of| from)* ?(?P<{0}_low>N) ?(?:-|to|,) ?(?P<{0}_high>N)"
_IQR: Final = rf"\b(?:iqr|interquartile range){_LIMITS.format('iqr')}"
_RANGE: Final = rf"(?<!quartile )\brange{_LIMITS.format('range')}"
_BETWEEN: Final = r"(?: [a-z]{1,8})?[;,)\]]{1,2} ?[(\[]?(?:and |total |full )?"
_BOTH: Final = tuple(
    re.compile(one + _BETWEEN + other) for one, other in ((_IQR, _RANGE), (_RANGE, _IQR))
)
_HAS_RANGE: Final = re.compile(r"(?<!quartile )\brange", re.IGNORECASE)
_ELIGIBLE: Final = re.compile(r"eligib|inclusion|\binclud|\benrol|recruit", re.IGNORECASE)
_YEARS: Final = r" ?(?:years?|yrs?|y)\b"
_AGES: Final = (
    re.compile(
        rf"\bage[ds]?\b(?: (?:of|between|from|range|was|were|group))*:? ?(?P<low>N)(?:{_YEARS})?"
        rf" ?(?:-|to|and|through) ?(?P<high>N){_YEARS}"
    ),
    re.compile(rf"(?P<low>N)(?:{_YEARS})? ?(?:-|to) ?(?P<high>N){_YEARS} (?:of age|old)\b"),
    re.compile(
        rf"\b(?:age[ds]?(?: of)?|at least) ?(?P<low>N){_YEARS}"
        r" ?(?:or|and|of age|old)(?: (?:older|over|above|more))?\b"
    ),
)
_AGE: Final = re.compile(
    r"^age\b(?!.*(?:\bat\b|first|onset|diagnos|month|week|gestation|days))", re.I
)
_NEAR: Final = 40


@dataclass(frozen=True, slots=True)
class _Ages:
    """The ages that the paper lets in."""

    youngest: Decimal
    oldest: Decimal
    text: str


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield ranges that the range of all, their quartiles or the eligible ages contradict."""
    ages = _eligible_ages(context)
    for reading in context.readings:
        for row in reading.rows.values():
            yield from _of_all(context, reading, row)
        yield from _quartiles_below(context, reading)
        for figure in reading.figures if ages else ():
            if ages and _AGE.search(plain(reading.label(figure.row)).strip()):
                yield from _ages(context, figure, place_of(reading, figure), ages)
        for figure in (f for f in reading.figures if _HAS_RANGE.search(f.text)):
            yield from _in_one_text(context, Skeleton.of(figure.text), place_of(reading, figure))
    for sentence in (s for s in context.sentences if _HAS_RANGE.search(s.text)):
        yield from _in_one_text(context, sentence.skeleton, sentence.place)
    if ages:
        yield from _ages_of_sentences(context, ages)


def _range(figure: TableFigure, spread: Spread = Spread.RANGE) -> Span | None:
    """Return the bounds of a figure that its labels declare to be a range, or quartiles."""
    low, high = figure.entry.low, figure.entry.high
    if figure.statistic.spread is not spread or low is None or high is None:
        return None
    is_exact = not (low.operator or high.operator) and low.value <= high.value
    return Span(low.value, high.value) if is_exact else None


def _within(inner: Span, outer: Span) -> Outcome:
    return worst([not_above(outer.low, inner.low), not_above(inner.high, outer.high)])


def _of_all(
    context: ScanContext, reading: TableReading, row: Sequence[TableFigure]
) -> Iterator[ScanFinding]:
    """Yield the range of a group that lies outside the range of all in the same row."""
    totals = [f for f in row if f.column.kind is ColumnKind.TOTAL]
    whole = _range(totals[0]) if len(totals) == 1 else None
    for part in row if whole else ():
        own = _range(part) if part.column.kind is ColumnKind.GROUP else None
        if own is None or whole is None:
            continue
        context.checked[OF_ALL] += 1
        if _within(own, whole) is Outcome.INCONSISTENT:
            message = f"The range of all is {_shown(whole)}, but that of a group {_shown(own)}."
            printed = (part.text, totals[0].text)
            place, computed = place_of(reading, part), f"{_shown(own)} is not in {_shown(whole)}"
            yield _finding(OF_ALL, Verdict.INCONSISTENT, place, printed, computed, message)


def _quartiles_below(context: ScanContext, reading: TableReading) -> Iterator[ScanFinding]:
    """Yield quartiles outside the range that the next or the last row prints of the same."""
    for number, row in reading.rows.items():
        below = {f.column.index: f for f in reading.rows.get(number + 1, ())}
        if not _is_same_variable(reading, number):
            continue
        for figure in row:
            other = below.get(figure.column.index)
            for one, two in ((figure, other), (other, figure)) if other else ():
                quartiles, whole = _range(one, Spread.IQR), _range(two)
                if quartiles and whole:
                    context.checked[QUARTILES] += 1
                    printed = (one.text, two.text)
                    yield from _quartiles(quartiles, whole, place_of(reading, figure), printed)


def _is_same_variable(reading: TableReading, row: int) -> bool:
    """Whether a row and the next are named alike, apart from what is printed of the variable."""
    if row + 1 >= len(reading.table.grid):
        return False
    paths = [reading.table.row_path(number) for number in (row, row + 1)]
    names = [_WORDS.sub(" ", reading.label(n).lower()).split() for n in (row, row + 1)]
    own, following = paths
    is_below = following[:-1] == own[:-1] or following[:-1] == own
    return is_below and (names[0] == names[1] or not names[1])


def _in_one_text(context: ScanContext, skeleton: Skeleton, place: Place) -> Iterator[ScanFinding]:
    """Yield quartiles outside the range beside them: "5 (IQR 3-8; range 4-9)"."""
    for pattern in _BOTH:
        for match in pattern.finditer(skeleton.text):
            ends = ("iqr_low", "iqr_high", "range_low", "range_high")
            numbers = [n for name in ends if (n := skeleton.figure(match, name))]
            if len(numbers) < len(ends) or any(n.operator for n in numbers):
                continue
            context.checked[QUARTILES] += 1
            low, high, least, most = (n.value for n in numbers)
            first, last = min(n.start for n in numbers), max(n.end for n in numbers)
            printed = (skeleton.folded[first:last],)
            yield from _quartiles(Span(low, high), Span(least, most), place, printed)


def _quartiles(
    quartiles: Span, whole: Span, place: Place, printed: tuple[str, ...]
) -> Iterator[ScanFinding]:
    if quartiles.low <= quartiles.high and _within(quartiles, whole) is Outcome.INCONSISTENT:
        computed = f"{_shown(quartiles)} is not in {_shown(whole)}"
        message = f"The quartiles {_shown(quartiles)} lie outside the range {_shown(whole)}."
        yield _finding(QUARTILES, Verdict.INCONSISTENT, place, printed, computed, message)


def _eligible_ages(context: ScanContext) -> _Ages | None:
    """Return the ages that a paper lets in, if it names one range or one least age only."""
    ages: dict[tuple[Decimal, Decimal], _Ages] = {}
    for sentence in context.sentences:
        if OTHER_STUDIES.search(sentence.section.title) or not _ELIGIBLE.search(sentence.text):
            continue
        for pattern in _AGES:
            for match in pattern.finditer(sentence.skeleton.text):
                low, high = (sentence.skeleton.figure(match, name) for name in ("low", "high"))
                if low is None or low.operator or (high and high.operator):
                    continue
                most = high.value if high else Decimal("Infinity")
                end = high.end if high else low.end
                text = sentence.skeleton.folded[low.start : end]
                ages.setdefault((low.value, most), _Ages(low.value, most, text))
    return next(iter(ages.values())) if len(ages) == 1 else None


def _ages(
    context: ScanContext, figure: TableFigure, place: Place, ages: _Ages
) -> Iterator[ScanFinding]:
    if (own := _range(figure)) and figure.column.kind in (ColumnKind.GROUP, ColumnKind.TOTAL):
        context.checked[AGES] += 1
        yield from _outside_ages(own, place, figure.text, ages)


def _ages_of_sentences(context: ScanContext, ages: _Ages) -> Iterator[ScanFinding]:
    for sentence in context.sentences:
        if OTHER_STUDIES.search(sentence.section.title):
            continue
        for phrase in summaries(sentence):
            before = sentence.skeleton.folded[: phrase.main.start][-_NEAR:].lower()
            if phrase.statistic.spread is Spread.RANGE and re.search(r"\bage\b", before):
                context.checked[AGES] += 1
                own = Span(phrase.low.value, phrase.high.value)
                yield from _outside_ages(own, sentence.place, phrase.text, ages)


def _outside_ages(own: Span, place: Place, text: str, ages: _Ages) -> Iterator[ScanFinding]:
    # A person is 75 until the day before the next birthday.
    if within_ages([own.low, own.high], ages.youngest, ages.oldest + 1) is Outcome.INCONSISTENT:
        message = f"Ages of {_shown(own)} are printed, but those who may take part are {ages.text}."
        computed = f"{_shown(own)} against {ages.text}"
        yield _finding(AGES, Verdict.DOUBTFUL, place, (text,), computed, message)


def _shown(span: Span) -> str:
    return f"{span.low} to {span.high}"


def _finding(
    kind: str,
    verdict: Verdict,
    place: Place,
    printed: tuple[str, ...],
    computed: str,
    message: str,
) -> ScanFinding:
    return ScanFinding(kind, verdict, Severity.MATERIAL, place, printed, computed, message)
