"""Means of all participants against those of the groups: in a table, and in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.means import FAR_SPREAD, NEAR_SPREAD, distance_of_spread, spread_of_all
from kb.checks.parts import Share, averages, reach
from kb.checks.rounding import Span, possible_values
from kb.papers.entries import Form
from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure
from kb.papers.statistic import Centre, Spread
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.group_means import summary_of
from kb.scan.places import place_of
from kb.sources.numbers import Number

KIND: Final = "groups-against-mean"
SPREAD: Final = "groups-against-spread"
_MEAN: Final = re.compile(
    r"\b(?:mean|average)(?: ?[(\[](?:sd|± ?sd)[)\]])? (?P<what>[a-z]{3,20})"
    r"(?: ?[(\[](?:sd|± ?sd)[)\]])?(?: (?:of|was|is|at|in|for|the|all|our|study|patients|subjects"
    r"|participants|sample|cohort|population|baseline|entry|included|enrolled)){1,6}:? (?P<mean>N)"
)
_PART: Final = re.compile(
    r"\b(?:groups?|arms?|vs|versus|compared|respectively|men|women|males?|females?|controls?"
    r"|placebo|responders|completers|difference|change|of these|among|those|who)\b"
)
_Row = tuple[str, list[TableFigure], dict[int, int]]
_SPREADS: Final = (None, Spread.SD, Spread.SE, Spread.CI)
_MISSING: Final = Decimal("0.1")
"""The part of the range of the group means that missing values hardly move the mean."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield means of all participants that the means of the groups do not give."""
    for bases in context.bases:
        yield from _totals(context, bases)
    wholes = list(_wholes(context))
    for sentence in context.sentences if wholes else ():
        yield from _in_sentence(context, sentence, wholes)


def _totals(context: ScanContext, bases: TableBases) -> Iterator[ScanFinding]:
    reading = bases.reading
    total = [c for c in reading.columns if c.kind is ColumnKind.TOTAL]
    sizes = _sizes(bases)
    if len(total) != 1 or sizes is None or sum(sizes.values()) != _size(bases, total[0].index):
        return
    for row in bases.rows.values():
        whole = next((f for f in row if f.column is total[0] and _is_mean(f)), None)
        parts = _parts(row, sizes)
        if whole is None or whole.entry.main is None or parts is None:
            continue
        context.checked[KIND] += 1
        if verdict := _verdict(parts, whole.entry.main, sizes):
            place, texts = place_of(reading, whole), (*(f.text for f in parts), whole.text)
            yield _finding(parts, whole.entry.main, sizes, verdict, place, texts)
        elif finding := _spread(context, bases, parts, whole, sizes):
            yield finding


def _spread(
    context: ScanContext,
    bases: TableBases,
    parts: Sequence[TableFigure],
    whole: TableFigure,
    sizes: dict[int, int],
) -> ScanFinding | None:
    """Return a standard deviation of all participants that those of the groups do not give."""
    groups = [s for f in parts if (s := summary_of(bases, f, sizes[f.column.index]))]
    overall = summary_of(bases, whole, sum(sizes.values()))
    known = [*groups, overall] if overall else []
    if len(known) <= len(parts) or overall is None:
        return None
    far = distance_of_spread(groups, overall)
    context.checked[SPREAD] += far is not None
    if far is None or far <= NEAR_SPREAD:
        return None
    low, high = spread_of_all(groups)
    shown = f"{(low + high) / 2:.3g}"
    weighted = ", ".join(f"{s.n} with an SD of {s.sd}" for s in groups)
    message = f"The SDs of the groups give an SD of about {shown} for all, not {overall.sd}."
    texts = (*(f.text for f in parts), whole.text)
    return ScanFinding(
        SPREAD,
        Verdict.INCONSISTENT if far > FAR_SPREAD else Verdict.DOUBTFUL,
        Severity.MATERIAL,
        place_of(bases.reading, whole),
        texts,
        f"{weighted}: {low:.3g} to {high:.3g} for all",
        message,
    )


def _wholes(
    context: ScanContext,
) -> Iterator[_Row]:
    """Yield the rows of means of all groups, of tables without a total, by their first word."""
    for bases in context.bases:
        reading, sizes = bases.reading, _sizes(bases)
        if sizes is None or any(c.kind is ColumnKind.TOTAL for c in reading.columns):
            continue
        for number, row in bases.rows.items():
            word = re.match(r"[a-z]{3,20}\b", plain(reading.label(number)).lower())
            parts = _parts(row, sizes, declared=False)
            if word and parts:
                yield word[0], parts, sizes


def _in_sentence(
    context: ScanContext,
    sentence: Sentence,
    wholes: Sequence[_Row],
) -> Iterator[ScanFinding]:
    skeleton = sentence.skeleton
    if _PART.search(skeleton.text.partition(";")[0]):
        return
    for match in _MEAN.finditer(skeleton.text):
        printed = skeleton.number(match, "mean")
        rows = [entry for entry in wholes if entry[0] == match["what"]]
        if printed is None or len(rows) != 1:
            continue
        _, parts, sizes = rows[0]
        context.checked[KIND] += 1
        if _verdict(parts, printed, sizes):
            texts = (printed.text, *(f.text for f in parts))
            place = sentence.place
            yield _finding(parts, printed, sizes, Verdict.DOUBTFUL, place, texts)


def _sizes(bases: TableBases) -> dict[int, int] | None:
    """Return the sizes of the columns of groups, by column; None if one is unknown."""
    reading = bases.reading
    groups = [c.index for c in reading.columns if c.kind is ColumnKind.GROUP]
    sizes = {index: size for index in groups if (size := _size(bases, index))}
    is_partition = len({c.path[:-1] for c in reading.columns if c.index in sizes}) == 1
    return sizes if len(sizes) == len(groups) > 1 and is_partition else None


def _size(bases: TableBases, column: int) -> int | None:
    own = bases.reading.columns[column].size
    rows = bases.reading.size_rows
    counts = [f.count for r in rows[:1] for f in bases.rows.get(r, ()) if f.column.index == column]
    return own or (counts[0] if counts else None)


def _parts(
    row: Sequence[TableFigure], sizes: dict[int, int], *, declared: bool = True
) -> list[TableFigure] | None:
    """Return the means of all groups; a sentence beside the table may declare that they are."""
    parts = [f for f in row if f.column.index in sizes and (_is_mean(f) or not declared)]
    if not all(_is_mean(f) or _may_be_mean(f) for f in parts):
        return None
    return parts if len(parts) == len(sizes) else None


def _is_mean(figure: TableFigure) -> bool:
    statistic, main = figure.statistic, figure.entry.main
    is_named = statistic.centre is Centre.MEAN
    is_spread = statistic.centre is None and figure.entry.form is Form.PLUS_MINUS
    is_arithmetic = (is_named or is_spread) and not statistic.geometric
    unchanged = not statistic.adjusted and statistic.spread in _SPREADS
    return is_arithmetic and unchanged and main is not None and not main.operator


def _may_be_mean(figure: TableFigure) -> bool:
    is_pair = figure.entry.form in (Form.PAIR, Form.PLUS_MINUS) and figure.entry.main is not None
    return is_pair and figure.statistic.centre is None and figure.statistic.spread in _SPREADS


def _verdict(parts: Sequence[TableFigure], whole: Number, sizes: dict[int, int]) -> Verdict | None:
    """Return how sure it is that no weights, or not those of the groups, give the mean."""
    printed = possible_values(whole.value)
    if averages([Share(_span(f)) for f in parts], printed) is Outcome.INCONSISTENT:
        return Verdict.INCONSISTENT
    values = [f.entry.main.value for f in parts if f.entry.main]
    slack = (max(values) - min(values)) * _MISSING
    wide = Span(printed.low - slack, printed.high + slack)
    fits = averages([Share(_span(f), sizes[f.column.index]) for f in parts], wide)
    return Verdict.DOUBTFUL if fits is Outcome.INCONSISTENT else None


def _span(figure: TableFigure) -> Span:
    return (
        possible_values(figure.entry.main.value) if figure.entry.main else Span(*[Decimal(0)] * 2)
    )


def _finding(
    parts: Sequence[TableFigure],
    whole: Number,
    sizes: dict[int, int],
    verdict: Verdict,
    place: Place,
    printed: tuple[str, ...],
) -> ScanFinding:
    span = reach([Share(_span(f), sizes[f.column.index]) for f in parts])
    middle = ((span.low + span.high) / 2).quantize(whole.value)
    weighted = " + ".join(
        f"{sizes[f.column.index]} × {f.entry.main.text}" for f in parts if f.entry.main
    )
    people = sum(sizes[f.column.index] for f in parts)
    computed = f"({weighted}) / {people} = {middle}, printed {whole.text}"
    message = f"The means of the groups give {middle} for all {people}, not {whole.text}."
    return ScanFinding(KIND, verdict, Severity.MATERIAL, place, printed, computed, message)
