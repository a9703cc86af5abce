"""Two columns of a table whose percentages are each of the size that the other prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from kb.checks.discrepancy import Severity
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.places import path_name, place_of
from kb.scan.share_counts import ShareCount, share_counts
from kb.util.grouping import group_by

KIND: Final = "exchanged-sizes"
_FEWEST: Final = 2
"""How many percentages of each column its own size does not give."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield pairs of columns whose sizes are exchanged in their headers."""
    for bases in context.bases:
        counts = (c for c in share_counts(bases) if c.figure.entry.of is None)
        columns = group_by(counts, key=lambda item: item.figure.column.index).values()
        sized = [column for column in columns if _size(column)]
        for one, other in combinations(sized, 2):
            context.checked[KIND] += 1
            mine, theirs = _misfits(one, _size(other)), _misfits(other, _size(one))
            if min(len(mine), len(theirs)) >= _FEWEST:
                place = place_of(bases.reading, mine[0].figure)
                texts = tuple(item.figure.text for item in (mine[0], theirs[0]))
                header = path_name(other[0].figure.column.path)
                message = (
                    f"The percentages of this column are of {_size(other)} people, as column "
                    f'"{header}" prints; those of that column are of {_size(one)}.'
                )
                computed = "; ".join((_shown(mine[0], other), _shown(theirs[0], one)))
                yield ScanFinding(
                    KIND,
                    Verdict.INCONSISTENT,
                    Severity.MATERIAL,
                    place,
                    texts,
                    computed,
                    message,
                )


def _size(column: Sequence[ShareCount]) -> int:
    return column[0].figure.column.size or 0


def _misfits(column: Sequence[ShareCount], size: int) -> list[ShareCount]:
    """Return those that only the other size gives; none unless it gives all of the column."""
    if not all(size in item.near for item in column):
        return []
    return [item for item in column if _size(column) not in item.near]


def _shown(item: ShareCount, other: Sequence[ShareCount]) -> str:
    sizes = item.figure.column.size or 0, _size(other)
    return ", ".join(
        f"{item.count}/{size} = {Decimal(100 * item.count) / size:.1f}%" for size in sizes
    )
