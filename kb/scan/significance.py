"""P-values of tables against the counts of their groups: one category, or a block of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.count_tests import (
    Counts,
    distance_of_counts,
    distance_of_groups,
    distance_of_nearest,
    distance_of_table,
    is_large,
    p_of_groups,
)
from kb.checks.discrepancy import Severity
from kb.checks.rounding import Span
from kb.papers.reading import TableFigure, TableReading
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_counts import counts_of, shown_tests
from kb.scan.p_columns import Comparison, comparisons, own_labels
from kb.scan.p_fit import Limits, names_other_test, printed_p, shown_p, verdict_in_column
from kb.scan.places import notes, place_of
from kb.util.grouping import group_by

COUNTS: Final = "p-of-counts"
COLUMN: Final = "p-column-of-counts"
_LIMITS: Final = Limits(0.3, 1.0)
_LIMITS_OF_TIMES: Final = Limits(1.0, 2.0)
"""Of events that come with time: their p may be that of a log-rank test."""
_TIMES: Final = re.compile(
    r"surviv|mortal|death|died|dead|relaps|recurr|progress|failure|time to|event|incidence"
    r"|hospitali[sz]|readmi",
    re.IGNORECASE,
)
_FACTORS: Final = (Decimal(10), Decimal(100))
_FEWEST_EXACT: Final = 5
_MOST_EXACT: Final = 0.9
_FEW_EXACT: Final = 3
_LEAST_OF_FEW: Final = 0.15
_LEAST: Final = 0.05
"""Up to so many standard errors a p is off by its own last digit, or by one missing person."""
_FEWEST: Final = 4
"""How many p-values show that a whole column is wrong by one factor."""

_Tables = Sequence[Sequence[Counts]]
"""The counts of the groups, for each category."""
_Groups = Sequence[Sequence[int]]
"""The counts of each group in the same categories."""
_OfPair = Callable[[Counts, Counts, Span], float | None]
_OfGroups = Callable[[_Groups, Span], float | None]
"""Functions that return how far a p lies from the tests of a table."""


@dataclass(frozen=True, slots=True)
class _Judged:
    comparison: Comparison
    tables: tuple[tuple[Counts, ...], ...]
    """The counts of the groups with their bases, for each category."""
    above: tuple[tuple[Counts, ...], ...]
    """Those of the categories above that have no p."""
    distance: float

    @property
    def is_binary(self) -> bool:
        return len(self.tables) == 1 or self.comparison.own


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield p-values that no usual test gives for the counts that they compare."""
    for bases in context.bases:
        reading = bases.reading
        judged = [j for comparison in comparisons(reading) if (j := _judge(bases, comparison))]
        for column in group_by(judged, key=lambda j: j.comparison.line).values():
            context.checked[COUNTS] += len(column)
            yield from _column(reading, column)


def _judge(bases: TableBases, comparison: Comparison) -> _Judged | None:
    tables = _tables(bases, comparison.rows)
    above = _tables(bases, comparison.above[::-1])[::-1] if tables else []
    if not tables or len(tables[0]) < 2:
        return None
    if not comparison.own and not any(_are_all(tables[:i]) for i in range(1, len(tables) + 1)):
        return None
    if above and len(above[0]) != len(tables[0]):
        above = []
    distance = _distance(tables, above, comparison.span, own=comparison.own)
    judged = tuple(tables), tuple(above)
    return None if distance is None else _Judged(comparison, *judged, distance)


def _tables(bases: TableBases, rows: Sequence[Sequence[TableFigure]]) -> list[tuple[Counts, ...]]:
    """Return the counts of the first rows that have all of them, for the same groups."""
    tables: list[tuple[Counts, ...]] = []
    for row in rows:
        counts = counts_of(bases, row)
        if counts is None or (tables and len(counts) != len(tables[0])):
            break
        tables.append(counts)
    return tables


def _are_all(tables: Sequence[Sequence[Counts]]) -> bool:
    """Whether the categories of a block are all people of each group, or nearly."""
    for group in zip(*tables, strict=True):
        total, base = sum(count for count, _ in group), max(of for _, of in group)
        if len(tables) > 1 and not 0.9 * base <= total <= base:
            return False
    return True


def _distance(tables: _Tables, above: _Tables, span: Span, *, own: bool) -> float | None:
    """Return how far a p is from every test of its rows, in standard errors."""
    tested = _tested(tables, above, own=own)
    return _least(tested, span, distance_of_counts, distance_of_groups)


def _least(
    tested: Iterable[_Groups], span: Span, of_pair: _OfPair, of_groups: _OfGroups
) -> float | None:
    """Return the smallest distance of a p from the tests of some tables."""
    distances = (
        of_pair(*_pair_of(groups), span) if _is_pair(groups) else of_groups(groups, span)
        for groups in tested
    )
    return min((distance for distance in distances if distance is not None), default=None)


def _tested(tables: _Tables, above: _Tables, *, own: bool) -> Iterator[_Groups]:
    """Yield the tables of counts that a p may be of.

    A p in the first of its rows is of that row, or of the block that starts there; one beside the
    heading of a block, or across its rows, is of the whole block, with those who are left or not.
    Below categories without a p it may be of these, too.
    """
    if own or len(tables) == 1:
        yield [(n, of - n) for n, of in tables[0]]
    for last in range(2, len(tables) + 1):
        block = tables[:last]
        if own or last == len(tables) or _are_all(block):
            yield from _with_rest(block)
    for last in range(1, len(tables) + 1) if above else ():
        yield from _with_rest([*above, *tables[:last]])


def _with_rest(block: _Tables) -> Iterator[_Groups]:
    """Yield the counts of a block of categories, and with those who are in none of them."""
    groups = [[n for n, _ in group] for group in zip(*block, strict=True)]
    yield groups
    rest = [max(of for _, of in g) - sum(n for n, _ in g) for g in zip(*block, strict=True)]
    if min(rest) >= 0 and any(rest):
        yield [(*group, left) for group, left in zip(groups, rest, strict=True)]


def _is_pair(groups: _Groups) -> bool:
    return len(groups) == 2 and len(groups[0]) == 2


def _pair_of(groups: _Groups) -> tuple[Counts, Counts]:
    (a, b), (c, d) = groups
    return (a, a + b), (c, c + d)


def _column(reading: TableReading, column: Sequence[_Judged]) -> Iterator[ScanFinding]:
    if finding := _by_factor(reading, column):
        yield finding
        return
    distances = [judged.distance for judged in column]
    other_test = names_other_test(notes(reading))
    for judged in column:
        labels = own_labels(reading, judged.comparison)
        limits = _LIMITS_OF_TIMES if _TIMES.search(labels) else _LIMITS
        verdict = verdict_in_column(judged.distance, distances, limits, other_test=other_test)
        if not verdict and _is_alone(judged, column) and not _TIMES.search(labels):
            verdict = Verdict.DOUBTFUL
        if verdict and not names_other_test(labels):
            yield _finding(reading, judged, verdict)


def _is_alone(judged: _Judged, column: Sequence[_Judged]) -> bool:
    """Whether a p is not that of a usual test, while the others of its column are, as printed."""
    near = _nearest(judged)
    if near is None or near <= _LEAST:
        return False
    others = [far for j in column if j is not judged and (far := _nearest(j)) is not None]
    exact = sum(far == 0 for far in others)
    if exact == len(others) >= _FEW_EXACT:
        return near > _LEAST_OF_FEW or exact >= _FEWEST_EXACT
    return exact >= _FEWEST_EXACT and exact >= _MOST_EXACT * len(others)


def _nearest(judged: _Judged) -> float | None:
    """Return how far a p is from the nearest test, as it is printed; None if that is not clear."""
    p = judged.comparison
    tested = list(_tested(judged.tables, judged.above, own=p.own))
    if p.printed.operator or not all(_is_pair(groups) or is_large(groups) for groups in tested):
        return None
    return _least(tested, p.span, distance_of_nearest, distance_of_table)


def _by_factor(reading: TableReading, column: Sequence[_Judged]) -> ScanFinding | None:
    """Return a column whose p-values all fit when they are made ten times smaller or larger."""
    plain = [j for j in column if not j.comparison.printed.operator]
    wrong = [j for j in plain if j.distance > 0]
    if len(plain) < _FEWEST or len(wrong) * 3 < 2 * len(plain):
        return None
    for factor in (*_FACTORS, *(1 / f for f in _FACTORS)):
        spans = [_scaled(j.comparison.span, factor) for j in plain]
        fitting = [
            j
            for j, span in zip(plain, spans, strict=True)
            if span and _distance(j.tables, j.above, span, own=j.comparison.own) == 0
        ]
        if len(fitting) >= max(_FEWEST, 0.8 * len(plain)):
            return _factor_finding(reading, fitting, factor)
    return None


def _scaled(span: Span, factor: Decimal) -> Span | None:
    return Span(span.low / factor, span.high / factor) if span.high / factor <= 1 else None


def _factor_finding(
    reading: TableReading, fitting: Sequence[_Judged], factor: Decimal
) -> ScanFinding:
    way = f"{factor} times too large" if factor > 1 else f"{1 / factor} times too small"
    first = fitting[0]
    printed = tuple(j.comparison.p.text for j in fitting)
    message = f"{len(fitting)} p-values of this column are {way} for their counts."
    place = place_of(reading, first.comparison.p)
    computed = "; ".join(shown_tests(j.tables[0]) for j in fitting[:3])
    return ScanFinding(
        COLUMN, Verdict.INCONSISTENT, Severity.MATERIAL, place, printed, computed, message
    )


def _of_block(judged: _Judged) -> str:
    groups = [[n for n, _ in group] for group in zip(*judged.tables, strict=True)]
    computed = p_of_groups(groups)
    against = " against ".join("/".join(map(str, group)) for group in groups)
    return against if computed is None else f"{against}: chi-square {shown_p(computed)}"


def _finding(reading: TableReading, judged: _Judged, verdict: Verdict) -> ScanFinding:
    comparison = judged.comparison
    printed = comparison.printed
    computed = shown_tests(judged.tables[0]) if judged.is_binary else _of_block(judged)
    message = f"No usual test of these counts gives p {printed_p(printed)}."
    texts = (*(f.text for f in comparison.rows[0]), printed.text)
    place = place_of(reading, comparison.rows[0][0])
    return ScanFinding(COUNTS, verdict, Severity.MATERIAL, place, texts, computed, message)
