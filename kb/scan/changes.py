"""Mean changes of tables against the means before and after, and against their own p-values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kb.checks.change_tests import change_test, distance_of_own_change, gap_of_change
from kb.checks.discrepancy import Severity
from kb.checks.mean_p import FAR
from kb.checks.means import Summary
from kb.papers.entries import Form
from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Spread
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext, last_name
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_means import summary_of
from kb.scan.p_fit import names_change, p_values_of, printed_p, shown_p
from kb.scan.places import place_of

KIND: Final = "change-of-means"
OWN_P: Final = "p-of-change"
_TIME: Final = re.compile(
    r"\b(?:before|after|baseline|initial|final|end|pre|post|weeks?|months?|days?|visit|follow-?up"
    r"|t[0-9]|[0-9]+\s?w)\b",
    re.IGNORECASE,
)
_BETWEEN_TIMES: Final = re.compile(r"[0-9]\s?(?:w|weeks?|months?|days?)\s?[-–−]\s?0", re.IGNORECASE)
_OTHER: Final = re.compile(r"%|percent|ratio|between|adjusted|least.squares|median", re.IGNORECASE)
_FEWEST: Final = 3
_MOST: Final = 0.8
"""So many changes of a table, and this part of the others, must fit."""

_Trio = tuple[TableFigure, TableFigure, TableFigure]
"""The figures before and after, and their change."""
_WithP = tuple[TableFigure, TableFigure, Summary, float]
"""A change, its p, its mean and spread, and how far the p is from that of a t test."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield changes, and their p-values, that do not fit in a table where the others do."""
    for bases in context.bases:
        yield from _of_p(context, bases)
        reading = bases.reading
        judged = [(trio, _gap(trio)) for trio in (*_beside(reading), *_below(reading))]
        context.checked[KIND] += len(judged)
        fitting = sum(not gap for _, gap in judged)
        if fitting < max(_FEWEST, _MOST * (len(judged) - 1)):
            continue
        turned = _turned([trio for trio, gap in judged if not gap])
        yield from (_finding(reading, trio) for trio, gap in judged if gap or trio in turned)


def _gap(trio: _Trio, *, signed: bool = False) -> Decimal:
    return gap_of_change(*_values(trio), signed=signed)


def _turned(trios: Sequence[_Trio]) -> list[_Trio]:
    """Return the one increase with a minus sign, where only decreases have one.

    A decrease without a sign shows nothing; several turned changes are the earlier mean minus the
    later one.
    """
    turned = [trio for trio in trios if _gap(trio, signed=True)]
    negative = [trio for trio in trios if _values(trio)[2] < 0]
    is_slip = len(turned) == 1 and turned[0] in negative and len(negative) > _FEWEST
    return turned if is_slip else []


def _values(trio: _Trio) -> tuple[Decimal, Decimal, Decimal]:
    before, after, change = (f.entry.main.value if f.entry.main else Decimal(0) for f in trio)
    return before, after, change


def _beside(reading: TableReading) -> Iterator[_Trio]:
    """Yield the figures of three columns of one group: two times, then the change."""
    for row in reading.rows.values():
        figures = [f for f in row if f.column.kind is not ColumnKind.P]
        for first, last, change in zip(figures, figures[1:], figures[2:], strict=False):
            columns = [f.column for f in (first, last, change)]
            same = len({c.path[:-1] for c in columns}) == len({c.size for c in columns}) == 1
            if same and _are_times_and_change([c.path[-1] if c.path else "" for c in columns]):
                yield from _of_means((first, last, change))


def _below(reading: TableReading) -> Iterator[_Trio]:
    """Yield the figures of three rows of one variable: two times, then the change."""
    numbers = list(reading.rows)
    for rows in zip(numbers, numbers[1:], numbers[2:], strict=False):
        paths = [reading.table.row_path(row) for row in rows]
        same = len({path[:-1] for path in paths}) == 1 and all(paths)
        if not same or not _are_times_and_change([path[-1] for path in paths]):
            continue
        first, last, change = ({f.column.index: f for f in reading.rows[row]} for row in rows)
        for index in sorted(first.keys() & last.keys() & change.keys()):
            if first[index].column.kind is not ColumnKind.P:
                yield from _of_means((first[index], last[index], change[index]))


def _are_times_and_change(labels: Sequence[str]) -> bool:
    first, last, change = (plain(label) for label in labels)
    times = all(_TIME.search(label) and not names_change(label) for label in (first, last))
    return times and _is_change(change)


def _is_change(label: str) -> bool:
    is_named = names_change(label) or _BETWEEN_TIMES.search(label) is not None
    return is_named and not _OTHER.search(label)


def _of_means(trio: _Trio) -> Iterator[_Trio]:
    """Yield three means; counts, percentages and medians do not add up so."""
    is_mean = all(
        f.entry.main
        and not f.entry.main.operator
        and f.share is None
        and (f.entry.form is Form.PLUS_MINUS or f.statistic.centre is Centre.MEAN)
        and f.statistic.spread is not Spread.SHARE
        and not f.statistic.geometric
        for f in trio
    )
    if is_mean:
        yield trio


def _finding(reading: TableReading, trio: _Trio) -> ScanFinding:
    before, after, change = _values(trio)
    is_large = _gap(trio, signed=change < 0) > abs(after - before) / 2
    severity = Severity.MATERIAL if is_large else Severity.MINOR
    message = f"The change from {before} to {after} is {after - before}, not {change}."
    computed = f"{after} − {before} = {after - before}"
    place, texts = place_of(reading, trio[2]), tuple(f.text for f in trio)
    return ScanFinding(KIND, Verdict.DOUBTFUL, severity, place, texts, computed, message)


def _of_p(context: ScanContext, bases: TableBases) -> Iterator[ScanFinding]:
    """Yield p-values beside a change of one group that no t test of the change gives."""
    judged = list(_with_p(context, bases))
    context.checked[OWN_P] += len(judged)
    possible = sum(far <= 0 for *_, far in judged)
    if possible < max(_FEWEST, _MOST * (len(judged) - 1)):
        return
    for change, p, summary, far in judged:
        if far > FAR and p.entry.main:
            tests = shown_p(*change_test(summary))
            computed = f"a t test of the change gives p {tests} (n = {summary.n})"
            message = f"No t test of this change gives p {printed_p(p.entry.main)}."
            place, texts = place_of(bases.reading, change), (change.text, p.text)
            severity = Severity.MATERIAL
            yield ScanFinding(OWN_P, Verdict.DOUBTFUL, severity, place, texts, computed, message)


def _with_p(context: ScanContext, bases: TableBases) -> Iterator[_WithP]:
    """Yield the changes of rows with the p that stands below the name of the same group."""
    for number, row in bases.reading.rows.items():
        path = bases.reading.table.row_path(number)
        if not path or not _is_change(plain(path[-1])):
            continue
        for change, p in pairwise(row):
            same = len(change.column.path) > 1 and change.column.path[:-1] == p.column.path[:-1]
            if p.column.kind is not ColumnKind.P or not same or p.entry.main is None:
                continue
            size = context.group_sizes.get(last_name(change.column))
            summary, span = summary_of(bases, change, size), p_values_of(p.entry.main)
            far = distance_of_own_change(summary, span) if summary and span else None
            if summary and far is not None and not summary.is_error:
                yield change, p, summary, far
