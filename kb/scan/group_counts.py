"""The counts of the groups in a row of a table, with their bases."""

from __future__ import annotations

from collections.abc import Sequence

from kb.checks.count_tests import ONE_SIDED, Counts, p_of_groups, p_values
from kb.papers.entries import Form, whole
from kb.papers.reading import TableFigure
from kb.scan.bases import TableBases, sizes_of, with_sizes
from kb.scan.p_fit import shown_p


def counts_of(bases: TableBases, row: Sequence[TableFigure]) -> tuple[Counts, ...] | None:
    """Return the counts of a row with their bases; None unless all of its figures are counts."""
    counts = [_count(bases, figure, size) for figure, size in with_sizes(row)]
    known = [pair for pair in counts if pair]
    return tuple(known) if known and len(known) == len(counts) else None


def _count(bases: TableBases, figure: TableFigure, size: int | None) -> Counts | None:
    """Return a count with its base: the printed one, or the one that its percentage fits."""
    entry, count = figure.entry, figure.count
    if entry.form is Form.RATIO and entry.of is not None and entry.share is None:
        return _of_pair(bases, figure, size)
    undeclared = figure.is_undeclared
    if undeclared:
        figure = figure.as_count()
    if count is None:
        return None
    if undeclared and not _fits_printed(bases, figure):
        return None
    base = size if size else _size(bases, figure)
    return (count, base) if base and count <= base else None


def _fits_printed(bases: TableBases, figure: TableFigure) -> bool:
    """Whether a pair that no label declares is a count with its percentage of a printed base."""
    sizes = sizes_of(figure)
    return sizes is not None and any(base.size in sizes for base in bases.printed(figure))


def _of_pair(bases: TableBases, figure: TableFigure, size: int | None) -> Counts | None:
    """Read "42/29" as a count and the rest where both add up to the group, else as "n/N"."""
    first, second = whole(figure.entry.main), whole(figure.entry.of)
    if first is None or second is None:
        return None
    sizes = [size] if size else [base.size for base in bases.printed(figure)]
    if first + second in sizes:
        return first, first + second
    return (first, second) if first <= second and figure.is_count else None


def _size(bases: TableBases, figure: TableFigure) -> int | None:
    if figure.entry.of is not None:
        return whole(figure.entry.of)
    printed = [base.size for base in bases.printed(figure)]
    if figure.share is None:
        is_count = figure.is_count or figure.count == 0 or figure.statistic.centre is None
        return printed[0] if printed and is_count and figure.entry.form is Form.NUMBER else None
    # A percentage may be cut off.
    sizes = sizes_of(figure) or sizes_of(figure, slack=1)
    if not sizes:
        return printed[0] if printed and figure.count == 0 else None
    near = sizes_of(figure, slack=1) or sizes
    fitting = [size for size in printed if size in sizes] or [n for n in printed if n in near]
    return fitting[0] if fitting else sizes.low if sizes.low == sizes.high else None


def shown_tests(counts: Sequence[Counts]) -> str:
    """Return the counts of groups with what the usual tests give for them.

    >>> shown_tests([(6, 7), (0, 5)])
    '6/7 against 0/5: Fisher 0.015, mid-p 0.011, chi-square 0.0034, with Yates 0.019'
    """
    against = " against ".join(f"{n}/{of}" for n, of in counts)
    if len(counts) == 2:
        tests = p_values(counts[0], counts[1])
        shown = ", ".join(f"{k} {shown_p(v)}" for k, v in tests.items() if ONE_SIDED not in k)
        return f"{against}: {shown}"
    computed = p_of_groups([(n, of - n) for n, of in counts])
    return against if computed is None else f"{against}: chi-square {shown_p(computed)}"
