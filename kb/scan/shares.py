"""Percentages of tables against their counts: no base that the paper offers makes them fit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import last_digit
from kb.checks.shares import share_fits, share_severity
from kb.papers.reading import TableReading
from kb.scan.bases import Base, TableBases, no_base
from kb.scan.blocks import Category, contradicted
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.phrases import ESTIMATED
from kb.scan.places import place_of
from kb.scan.share_counts import MISSING, ShareCount, likely_counts, share_counts
from kb.util.grouping import group_by

KIND: Final = "percentage-of-count"
TWO_SHARES: Final = "same-count-two-percentages"
_ENOUGH: Final = 0.6
"""The part of a column that must fit its printed size before a misfit is called wrong."""
_FEWEST: Final = 5
"""How many other figures of a column show that it is rounded as usual."""
_MOST_TWINS: Final = 100
"""Equal counts of a column beyond which none is a slip."""
_NEAR: Final = 8
"""How many neighbours may add up to 100 with a figure."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield percentages of tables that are not what any base gives for their counts."""
    for bases in context.bases:
        reading = bases.reading
        counts = share_counts(bases)
        rows = group_by(counts, key=lambda item: item.figure.row)
        slips = contradicted(bases)
        likely = {id(item) for item in likely_counts(counts)}
        judged = [c for c in counts if id(c) in likely or _place(c) in slips]
        columns = group_by(judged, key=lambda item: item.figure.column.index)
        for item in judged:
            context.checked[KIND] += 1
            figure = item.figure
            row, column = rows[figure.row], columns[figure.column.index]
            slip = slips.get(_place(item))
            if slip and not item.fits_printed:
                yield _slip(reading, item, slip)
            elif finding := _judge(reading, bases, item, row, column):
                yield finding
        for column in columns.values():
            yield from _two_shares(context, reading, bases, column)


def _place(item: ShareCount) -> tuple[int, int]:
    return item.figure.row, item.figure.column.index


def _two_shares(
    context: ScanContext, reading: TableReading, bases: TableBases, column: list[ShareCount]
) -> Iterator[ScanFinding]:
    """Yield percentages one digit away from the right one of the same count in their column."""
    for same in group_by(column, key=lambda item: (item.count, item.printed)).values():
        for item in same if len(same) <= _MOST_TWINS else ():
            twins = [c for c in same if _is_twin(item, c)]
            if not twins:
                continue
            context.checked[TWO_SHARES] += 1
            right = [c for c in twins if c.share != item.share and _is_right(c)]
            slip = right and not _is_right(item) and not _is_made_to_fit(item, column)
            if slip and not bases.is_of_categories(item.figure):
                yield _two_shares_finding(reading, item, right[0])


def _is_twin(item: ShareCount, other: ShareCount) -> bool:
    """Whether two figures of a column are the same count of the same people, as exactly printed."""
    same = item.count == other.count and item.printed == other.printed
    return (
        same
        and item is not other
        and bool(item.printed)
        and last_digit(item.share) == last_digit(other.share)
        and item.fits_printed
        and other.fits_printed
    )


def _is_right(item: ShareCount) -> bool:
    return any(base.size in item.sizes for base in item.printed)


def _two_shares_finding(reading: TableReading, item: ShareCount, other: ShareCount) -> ScanFinding:
    figure, twin = item.figure, other.figure
    row = place_of(reading, twin).row
    size = next(base.size for base in other.printed if base.size in other.sizes)
    computed = f"{item.count}/{size} = {Decimal(100 * item.count) / size:.2f}%"
    message = f'One count has two percentages: {figure.shown}, but {twin.shown} in row "{row}".'
    place, printed = place_of(reading, figure), (figure.text, twin.text)
    return ScanFinding(
        TWO_SHARES, Verdict.DOUBTFUL, Severity.ROUNDING, place, printed, computed, message
    )


def _judge(
    reading: TableReading,
    bases: TableBases,
    item: ShareCount,
    row: list[ShareCount],
    column: list[ShareCount],
) -> ScanFinding | None:
    if item.fits_printed:
        is_lone = item.is_raised and _is_lone(item, column)
        return _finding(reading, item, Verdict.DOUBTFUL) if is_lone else None
    labels = " ".join((*reading.table.row_path(item.figure.row), *item.figure.column.path))
    is_counted = not item.doubt or sum(c.fits_printed for c in row) > 1
    is_sure = is_counted and not ESTIMATED.search(labels)
    if not item.near:
        return _impossible(reading, item, is_sure=is_sure)
    is_implied = any(base.size in item.near for base in bases.implied(item.figure))
    if _is_of_another(row) and (is_implied or item.figure.entry.of is None):
        return None
    verdict = _verdict(item, column, is_implied=is_implied)
    if verdict is None:
        return None
    return _finding(reading, item, verdict if is_sure else Verdict.DOUBTFUL)


def _is_of_another(row: list[ShareCount]) -> bool:
    """Whether no percentage of a row is of the printed bases: a subset, eyes, episodes."""
    return len(row) > 1 and all(c.near and not c.fits_printed and c.is_far for c in row)


def _is_lone(item: ShareCount, column: list[ShareCount]) -> bool:
    """Whether all others of its column are rounded as usual, and none was made to fit 100."""
    others = [c for c in column if c is not item]
    usual = all(_is_right(c) for c in others) and not any(_is_twin(item, c) for c in others)
    return usual and len(others) >= 3 and not _is_made_to_fit(item, column)


def _is_made_to_fit(item: ShareCount, column: list[ShareCount]) -> bool:
    """Whether it makes the percentages of neighbouring rows add up to 100."""
    return any(len(part) > 1 and sum(c.share for c in part) == 100 for part in _runs(item, column))


def _runs(item: ShareCount, column: list[ShareCount]) -> Iterator[list[ShareCount]]:
    """Yield the neighbouring rows of a column that hold a figure."""
    here = column.index(item)
    for start in range(max(0, here - _NEAR), here + 1):
        for end in range(here + 1, min(len(column), start + _NEAR) + 1):
            yield column[start:end]


def _verdict(item: ShareCount, column: list[ShareCount], *, is_implied: bool) -> Verdict | None:
    """Return how sure it is that no base fits; None if one may."""
    if item.figure.entry.of is not None:
        return Verdict.DOUBTFUL if is_implied else Verdict.INCONSISTENT
    fitting = sum(c.fits_printed for c in column)
    if is_implied or not item.printed or len(column) < 3 or fitting < _ENOUGH * (len(column) - 1):
        return None
    top, near = max(base.size for base in item.printed), item.near
    if near.low >= top:
        return Verdict.DOUBTFUL if item.inferred else Verdict.INCONSISTENT
    may_be_missing = near.low * MISSING <= top and top * MISSING <= near.high
    return None if may_be_missing and not _is_of_none(item, column) else Verdict.DOUBTFUL


def _is_of_none(item: ShareCount, column: list[ShareCount]) -> bool:
    """Whether no size gives it as usually rounded, but its column the others as printed."""
    others = [c for c in column if c is not item]
    usual = sum(map(_is_right, others))
    return not item.sizes and usual >= max(_FEWEST, MISSING * len(others))


def _slip(reading: TableReading, item: ShareCount, slip: Category) -> ScanFinding:
    severity = share_severity(min(item.count, slip.whole), slip.whole, item.share)
    texts = (item.figure.text, *(other.text for other in slip.others))
    place = place_of(reading, item.figure)
    return ScanFinding(
        KIND, Verdict.INCONSISTENT, severity, place, texts, slip.computed, slip.message
    )


def _impossible(reading: TableReading, item: ShareCount, *, is_sure: bool) -> ScanFinding:
    figure = item.figure
    computed, message = no_base(item.count, str(item.share))
    severity = Severity.MATERIAL
    if item.printed:
        base = item.printed[0]
        exact = Decimal(100 * item.count) / base.size
        computed = f"{item.count}/{base.size} = {exact:.2f}%; {computed}"
        message = _against_base(
            item, base, exact, f"; no denominator gives {item.share}% for {item.count}."
        )
        severity = share_severity(item.count, base.size, item.share)
    place, printed = place_of(reading, figure), (figure.text,)
    verdict = Verdict.INCONSISTENT if is_sure else Verdict.DOUBTFUL
    return ScanFinding(KIND, verdict, severity, place, printed, computed, message)


def _against_base(item: ShareCount, base: Base, exact: Decimal, end: str) -> str:
    limit = "below " if item.below else ""
    # As many digits as are printed, and one more if they do not show the difference.
    digits = max(1, -int(item.share.as_tuple().exponent))
    digits += round(exact, digits) == item.share
    origin = "" if item.figure.entry.of is not None else f" ({base.origin})"
    people = f"{item.count} of {base.size}{origin}"
    return f"{people} is {exact:.{digits}f}%, not {limit}{item.share}%{end}"


def _finding(reading: TableReading, item: ShareCount, verdict: Verdict) -> ScanFinding:
    base, figure = item.printed[0], item.figure
    exact = Decimal(100 * item.count) / base.size
    computed = f"{item.count}/{base.size} = {exact:.2f}%"
    message = _against_base(item, base, exact, ".")
    wrong = share_fits(item.count, base.size, item.share) is Outcome.INCONSISTENT
    severity = share_severity(item.count, base.size, item.share) if wrong else Severity.MINOR
    place = place_of(reading, figure)
    return ScanFinding(KIND, verdict, severity, place, (figure.text,), computed, message)
