"""Which blocks of figures stand in one row: those that print the same, and none beside another.

A block is what was printed together: the values of groups, and their comparison. A row may hold
several blocks where the values agree. A comparison stands in a row only if every value of the row
was printed with it, and two analysis sets or data cuts never share a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from kb.api.results import ClaimView
from kb.site.tables.figures import agree, same_context, same_result


class Print:
    """What one block prints of one measure: a value in each column, and comparisons.

    Args:
        views: the claims of the block.
        column_of: the column of a group.
    """

    def __init__(self, views: Sequence[ClaimView], column_of: Callable[[str], str]) -> None:
        self.views = views
        self.compared = [view for view in views if view.claim.measure.comparator]
        self.cells = {
            column_of(view.claim.measure.group): view
            for view in views
            if not view.claim.measure.comparator
        }

    @property
    def place(self) -> tuple[object, ...]:
        """Where it is printed, and about which analysis."""
        claim = self.views[0].claim
        return claim.source, claim.section, claim.cites, claim.analysis_set, claim.data_cut

    def agrees(self, other: Print) -> bool:
        """Whether the values that both print agree, and so do their analysis sets."""
        if not all(same_context(a, b) for a, b in product(self.views, other.views)):
            return False
        shared = self.cells.keys() & other.cells.keys()
        return all(agree(self.cells[c].claim.figure, other.cells[c].claim.figure) for c in shared)

    def joins(self, row: Sequence[Print]) -> bool:
        """Whether it may stand in a row, whose first print has the most columns."""
        head = row[0]
        if not all(self.agrees(other) for other in row):
            return False
        if not self.cells and not head.cells:
            return all(same_result(a, b) for a, b in product(self.compared, head.compared))
        if self.cells.keys() & head.cells.keys():
            is_covered = self.cells.keys() <= head.cells.keys()
            return is_covered and (not self.compared or self.cells.keys() == head.cells.keys())
        # The arms of one table may have a block each; a comparison is of its own values only.
        taken = {column for other in row for column in other.cells}
        is_apart = not taken & self.cells.keys() and bool(self.cells) and bool(head.cells)
        return is_apart and all(not o.compared and o.place == self.place for o in (*row, self))


def rows_of_prints(prints: Iterable[Print]) -> list[list[Print]]:
    """Put prints of one measure into rows: each into the first that it may join."""
    rows: list[list[Print]] = []
    for one in sorted(prints, key=lambda p: (-len(p.cells), not p.compared)):
        row = next((row for row in rows if one.joins(row)), None)
        if row is None:
            rows.append([one])
        else:
            row.append(one)
    return rows
