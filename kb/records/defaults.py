"""What a record means where it leaves something out: units, statistics, groups."""

from __future__ import annotations

from kb.model import WHOLE
from kb.records.schema import ClaimBlock, FigureRecord, StudyRecord


def parent(study: StudyRecord, group: str) -> str:
    """Return the group that a group is within, which a dot in its name may give.

    Without either it is within the whole study: ``all``.
    """
    record = study.groups[group]
    return record.within or (group.rsplit(".", 1)[0] if "." in group else WHOLE)


def compared_groups(block: ClaimBlock) -> tuple[str, str] | None:
    """Return the two groups of a block's comparison, or None if the block does not name both."""
    comparison = block.comparison
    if comparison is None:
        return None
    names = list(block.values)
    pair = names if len(names) == 2 else [None, None]
    group, comparator = comparison.of or pair[0], comparison.versus or pair[1]
    return (group, comparator) if group is not None and comparator is not None else None


def unit_of(block: ClaimBlock, value: FigureRecord) -> str | None:
    """Return the unit of a value: its own, or that of its block."""
    if value.unit is None and value.n is not None and value.value is None:
        return "%" if value.of is not None else block.unit
    return value.unit or block.unit


def statistic_of(block: ClaimBlock, value: FigureRecord) -> str | None:
    """Return the statistic of a value; percentages and counts need not be named.

    ``44%`` is a percentage, ``n: 36`` a count, ``p: "=0.03"`` alone a p-value; None where the
    record must name the statistic.
    """
    if block.statistic is not None:
        return block.statistic
    unit = unit_of(block, value)
    if unit == "%" or (value.n is not None and value.of is not None):
        return "percentage"
    if value.n is not None:
        return "count"
    if value.word is not None:
        return "value"
    if value.date is not None or value.from_ is not None:
        return "date"
    is_p = value.p is not None and value.value is None and value.bounds is None
    return "p-value" if is_p else None
