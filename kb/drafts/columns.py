"""What each column of a table is about: a group, a time, an endpoint, a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kb.drafts.groups import GroupNames, GroupOf, is_everybody
from kb.drafts.labels import EndpointNames, is_change, is_moment, time_of, without_size
from kb.model import WHOLE
from kb.papers.from_source import label_text
from kb.papers.reading import Column, ColumnKind, TableReading
from kb.papers.statistic import declared

_VERSUS: Final = re.compile(r"\s(?:vs?\.?|versus|compared (?:with|to)|[-–/])\s", re.IGNORECASE)
_ESTIMATE: Final = re.compile(
    r"\b(?:effects?|estimates?|correlations?|coefficients?|regression|analys[ie]s|r|rho)\b",
    re.IGNORECASE,
)
_FIGURES_ONLY: Final = re.compile(r"[0-9.,%<>≥≤ –-]*|[<>≥≤~]?[0-9][0-9.,]* ?±.*")
_GRADE: Final = re.compile(
    r"(?:(?:any|all|worst|max(?:imum)?|total|highest) )?(?:(?:toxicity|CTC\w*|WHO) )?"
    r"grades?\b.{0,15}|[gG][1-5](?: ?[-–/] ?[1-5])?",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(r"(?:all|total|overall|combined|pooled)\b", re.IGNORECASE)


@dataclass(frozen=True)
class ColumnRole:
    """What the header of a column says about its figures."""

    column: Column
    group: GroupOf | None
    """The people; None if the header names none."""
    labels: tuple[str, ...]
    """The parts of the header that name neither people nor a statistic: an endpoint, a moment."""
    time: str
    """The time, as a phrase of records."""
    change: bool
    compared: tuple[str, str] | None = None
    """The two groups that the header compares."""

    @property
    def has_people(self) -> bool:
        """Whether its figures are of people and not of a comparison."""
        return self.column.kind in (ColumnKind.GROUP, ColumnKind.TOTAL)


def column_roles(
    reading: TableReading, names: EndpointNames, groups: GroupNames, *, transposed: bool
) -> list[ColumnRole]:
    """Return the role of each column; in a ``transposed`` table, the rows are the groups."""
    return [_role(column, names, groups, transposed=transposed) for column in reading.columns]


def group_parts(column: Column, names: EndpointNames) -> Iterator[str]:
    """Yield the parts of a header that may name people."""
    for part in column.path:
        name = without_size(part)
        if name and not _FIGURES_ONLY.fullmatch(name) and not _is_other(name, names):
            yield name


def _is_other(name: str, names: EndpointNames) -> bool:
    statistic = declared(name)
    is_effect = statistic.centre is not None and statistic.centre.is_effect
    is_effect = is_effect or _ESTIMATE.search(name) is not None
    is_grade = _GRADE.fullmatch(name) is not None
    return is_grade or is_moment(name) or is_change(name) or is_effect or bool(names.endpoint(name))


def _role(
    column: Column, names: EndpointNames, groups: GroupNames, *, transposed: bool
) -> ColumnRole:
    header = " ".join(map(label_text, column.path))
    time = next(filter(None, (time_of(without_size(part)) for part in column.path)), "")
    parts = list(group_parts(column, names)) if column.kind is not ColumnKind.LABEL else []
    labels = [
        name
        for part in column.path
        if (name := without_size(part)) and name not in parts and not time_of(name)
    ]
    group, compared = None, None
    if column.kind is ColumnKind.TOTAL:
        group = _everybody_in(parts, groups)
        labels += [part for part in parts if _TOTAL.match(part) and not is_everybody(part)]
    elif column.kind is ColumnKind.P:
        compared = _compared(parts, groups)
    elif column.kind is ColumnKind.EFFECT:
        compared = _compared(parts, groups)
        found = (groups.find(part) for part in parts)
        group = next((one for one in found if one and one.id != WHOLE), None)
    elif column.kind is ColumnKind.GROUP and parts:
        label = " › ".join(parts)
        if groups.find(label) is None and (transposed or groups.is_told_away(label)):
            labels += parts
        else:
            group = groups.resolve(label, sized=column.size is not None)
    return ColumnRole(column, group, tuple(labels), time, is_change(header), compared)


def _everybody_in(parts: list[str], groups: GroupNames) -> GroupOf:
    """Return whom a column of totals is about: the group that it stands below, or everybody.

    "Total score" is about everybody, and no group.
    """
    above = " › ".join(part for part in parts if not _TOTAL.match(part) and not is_everybody(part))
    if above:
        return groups.resolve(above, sized=False)
    return GroupOf(WHOLE, "sure", "the header names everybody")


def _compared(parts: list[str], groups: GroupNames) -> tuple[str, str] | None:
    """Return the two groups that a header such as "Drug vs placebo" names."""
    for part in parts:
        sides = _VERSUS.split(part)
        found = [groups.find(side) for side in sides] if len(sides) == 2 else []
        if len(found) == 2 and found[0] and found[1] and found[0].id != found[1].id:
            return found[0].id, found[1].id
    return None
