"""P-values of two times of the same people: those that no paired test of the means can give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.change_tests import distance_of_change, paired_t_test
from kb.checks.discrepancy import Severity
from kb.checks.mean_p import FAR, FAR_OF_SKEWED, is_skewed
from kb.checks.means import Summary
from kb.papers.reading import TableReading
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_means import summaries
from kb.scan.p_columns import Comparison, changes
from kb.scan.p_fit import names_other_test, printed_p, shown_p
from kb.scan.places import notes, place_of
from kb.util.grouping import group_by

KIND: Final = "p-of-paired-means"
_FEWEST: Final = 3
_MOST: Final = 0.8
"""So many p-values of a column, and this part of them, must be possible."""

_Judged = tuple[Comparison, tuple[Summary, ...], float]


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield p-values of before and after that no correlation of the two explains."""
    for bases in context.bases:
        reading = bases.reading
        judged = [j for comparison in changes(reading) if (j := _judge(context, bases, comparison))]
        for column in group_by(judged, key=lambda j: j[0].line).values():
            context.checked[KIND] += len(column)
            yield from _column(reading, column)


def _judge(context: ScanContext, bases: TableBases, comparison: Comparison) -> _Judged | None:
    groups = summaries(bases, comparison.rows[0], context.group_sizes) if comparison.own else None
    if groups is None or len(groups) != 2:
        return None
    distance = distance_of_change(groups[0], groups[1], comparison.span)
    return None if distance is None else (comparison, groups, distance)


def _column(reading: TableReading, column: Sequence[_Judged]) -> Iterator[ScanFinding]:
    possible = sum(distance <= 0 for *_, distance in column)
    if possible < max(_FEWEST, _MOST * (len(column) - 1)) or names_other_test(notes(reading)):
        return
    for comparison, groups, distance in column:
        if distance > (FAR_OF_SKEWED if is_skewed(groups) else FAR):
            yield _finding(reading, comparison, groups)


def _finding(
    reading: TableReading, comparison: Comparison, groups: Sequence[Summary]
) -> ScanFinding:
    low, high = paired_t_test(groups[0], groups[1])
    printed = printed_p(comparison.printed)
    row = comparison.rows[0]
    texts = (*(figure.text for figure in row), comparison.printed.text)
    computed = f"paired t tests give p {shown_p(low, high)} (n = {groups[0].n})"
    message = f"No paired t test of these means gives p {printed}, whatever their correlation."
    place = place_of(reading, row[0])
    return ScanFinding(KIND, Verdict.DOUBTFUL, Severity.MATERIAL, place, texts, computed, message)
