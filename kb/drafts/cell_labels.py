"""What the labels of a cell name: the group, the endpoint and the time of its figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Final

from kb.drafts.associations import associated
from kb.drafts.categories import has_p_of_all
from kb.drafts.columns import ColumnRole
from kb.drafts.comparisons import Comparisons
from kb.drafts.estimates import names_kind
from kb.drafts.groups import GroupNames, GroupOf
from kb.drafts.labels import MAX_LABEL, EndpointNames, NamedEndpoint, is_statistic, without_size
from kb.drafts.people import People, is_analysis_set
from kb.drafts.row_groups import RowGroups
from kb.drafts.rows import KINDS_OF_ROWS, RowLabels
from kb.drafts.times import is_change, is_moment, is_number, period_in, time_in, time_of
from kb.model import WHOLE
from kb.papers.captions import TABLE_NUMBER
from kb.papers.from_source import SourceTable, label_text
from kb.papers.reading import ColumnKind, TableReading
from kb.papers.statistic import Centre, declared
from kb.sources.tables import TIMES_BELOW

_GENERIC: Final = re.compile(
    r"(?:.{0,20}\b)?"
    rf"(?:time|weeks?|months?|days?|visits?|{KINDS_OF_ROWS})(?: ?points?)?",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    rf"(?:{TABLE_NUMBER})?"
    r"(?P<subject>[A-Z](?:(?! (?:and|during|in|at|by|between|among|over"
    r"|after|before|for|from|according|with|within|of the|observed) )[^.:;,—]){5,70}?)"
    r"(?= (?:during|in|at|by|between|among|over|after|before|for|from|according|with|within"
    r"|of the)\b|[.:;,—]|$)",
    re.IGNORECASE,
)
"""What the caption of a table names first: "Abstinence rates during follow-up"."""
_P: Final = re.compile(r"p ?[-–]? ?(?:values?)?", re.IGNORECASE)
"""The label of a row of p-values."""
_CHANGED: Final = re.compile(
    r"\bchanges?(?: \([^()]{1,12}\))? (?:in|of|from (?:baseline|pre-?dose)(?: (?:in|of))?) "
    r"(?:the )?(?P<subject>(?!patients|participants|subjects|people|women|men|children)"
    r"[A-Z0-9][^.:;,]{2,70}?)"
    r"(?= (?:during|in|at|by|between|among|over|after|before|for|from|with|within)\b|[.:;,]|$)",
    re.IGNORECASE,
)
"""What a caption says has changed: "Mean change (SE) from baseline in weight"."""
_CHANGE_ALONE: Final = re.compile(
    r"(?:(?:absolute|mean|percent(?:age)?) )?changes?(?: (?:from|since|to)\b(?!.* (?:in|of) ).*)?",
    re.IGNORECASE,
)
"""A label of a change that does not name what changed."""
_OF_BASELINE: Final = re.compile(
    r"\b(?:characteristics?|(?:socio)?demograph\w*|variables?)\b"
    rf"|^(?:{TABLE_NUMBER})?baseline\b",
    re.IGNORECASE,
)
"""A heading or caption of all that was measured at baseline."""


@dataclass
class CellLabels:
    """What the labels of the cells of one table name."""

    source: SourceTable
    reading: TableReading
    roles: Sequence[ColumnRole]
    rows: RowLabels
    names: EndpointNames
    groups: GroupNames
    compared: Comparisons
    row_groups: RowGroups

    @cached_property
    def _people(self) -> People:
        """The people of the table, where no header names them."""
        return People(self.source.table, self.roles, self.groups)

    def group(self, role: ColumnRole, path: list[str]) -> tuple[GroupOf, list[str]]:
        """Return the people of a figure, and the labels of the row that do not name them."""
        if role.group is not None and role.has_people:
            return role.group, path
        if role.has_people or role.column.kind is ColumnKind.P or role.compared:
            for label in reversed(path):
                found = self.groups.find_part(without_size(label))
                is_other = role.compared and found and found.id not in role.compared
                if found and not is_other:
                    return found, [one for one in path if one != label]
        if role.has_people and path and self.row_groups.are_declared:
            label = path[-1 if self.row_groups.column else 0]
            rest = [one for one in path if one != label]
            return self.groups.resolve(without_size(label), sized=False), rest
        header = " ".join(map(label_text, role.column.path))
        if role.has_people and len(inside := self.groups.mentioned(header)) == 1:
            return GroupOf(inside[0], "likely", "the header mentions the group"), path
        found = self._people.of(path) or GroupOf(WHOLE, "unsure", "no label names the group")
        return found, path

    def endpoint(self, row: int, role: ColumnRole, path: Sequence[str]) -> NamedEndpoint | None:
        """Return the endpoint of a figure, with the moments for which records have no phrase."""
        if self.compared.is_of_one_group(role) and not self.compared.has_outcome_in_row(role):
            return associated([*path, *role.labels], self.source.table, self.names)
        labels = self._labels_of(role)
        if role.column.kind is ColumnKind.P:
            path = [one for one in path if not _P.fullmatch(one)]
            path = path[:-1] if has_p_of_all(self.rows, row) else path
        is_size = row in self.reading.size_rows
        path = _of_size(path) if is_size else self._without_weeks(path, labels, row)
        found = self._named(path, labels)
        is_size = is_size or (role.has_people and _is_size(path))
        if found is None and is_size and self.names.size:
            return NamedEndpoint(self.names.size)
        if found is None:
            return None
        of_all = dict.fromkeys((*labels, *role.labels, *path))
        moments = [one for one in of_all if is_moment(one) and not time_of(one)]
        if role.column.kind is ColumnKind.P:  # a level and its change have p-values of their own
            moments += [one for one in path if is_change(one) and one not in found.category]
        category = ", ".join(filter(None, (found.category, *dict.fromkeys(moments))))
        if len(category) > MAX_LABEL:
            category = category[:MAX_LABEL].strip()
        return NamedEndpoint(found.endpoint, category, found.named)

    def _labels_of(self, role: ColumnRole) -> list[str]:
        """Return what the header of a column names: no time, no analysis set, no estimate."""
        labels = self._labels_of_p(role) if role.column.kind is ColumnKind.P else list(role.labels)
        labels = [self._without_change(one, role) for one in labels]
        labels = [one for one in labels if one and (period_in(one) or not is_moment(one))]
        sets = [one for one in role.labels if is_analysis_set(one) and len(role.labels) > 1]
        is_effect = role.column.kind is ColumnKind.EFFECT
        return [one for one in labels if one not in sets and not (is_effect and names_kind(one))]

    def _without_weeks(self, path: Sequence[str], labels: Sequence[str], row: int) -> list[str]:
        """Return the labels of a row without its number of weeks.

        Where only times are left, the header of the labels or the caption names the outcome.
        """
        if all(self._is_when(one, row) for one in [*path, *labels]):
            return [*self._above_moments(), *(one for one in path if not is_number(one))]
        is_timed = bool(self.rows.time(row)) and bool(labels)
        return [one for one in path if not (is_timed and is_number(one))]

    def _named(self, path: Sequence[str], labels: Sequence[str]) -> NamedEndpoint | None:
        """Return the endpoint of the labels of a row and of a column.

        People of a row who had the outcome of a column, "Age 30–40 › Response", are a category
        of the endpoint for anything else.
        """
        of_row = [one for one in path if not is_moment(without_size(one)) and not is_statistic(one)]
        if of_row and labels and self.names.endpoint(labels[-1]):
            return self.names.other([*of_row, *labels])
        return self.names.named([*path, *labels])

    def _without_change(self, label: str, role: ColumnRole) -> str:
        """Return a label of a column; one of changes becomes its period, if that is not a time."""
        if not is_change(label):
            return label
        return "" if role.time else period_in(label)

    def _labels_of_p(self, role: ColumnRole) -> list[str]:
        """Return what a column of p-values shares with the columns of people beside it.

        That is their heading, or what all of them name: "Drug, response (%)".
        """
        near = [one for one in self.roles if role.shares_header(one)]
        columns = [one for one in near or self.roles if one.has_people and not one.is_of_test]
        is_trait = (one.column.statistic.centre is Centre.CORRELATION for one in columns)
        people = [] if any(is_trait) else [one.labels for one in columns]
        shared = [one for one in role.labels if any(one in labels for labels in people)]
        first = people[0] if people else ()
        return shared or [one for one in first if all(one in labels for labels in people)]

    def _is_when(self, label: str, row: int) -> bool:
        """Whether a label only names the time or the statistic of a figure."""
        is_point = is_number(label) and self.rows.time(row) != ""
        is_time = is_moment(without_size(label)) or _CHANGE_ALONE.fullmatch(label) is not None
        return is_point or is_statistic(label) or is_time

    def _above_moments(self) -> list[str]:
        """Return what a table with times for rows is about: the header of its labels."""
        header = [label_text(part) for part in self.source.table.column_path(0)]
        named = [one for one in header[-1:] if one and not _is_generic(one)]
        caption = label_text(self.source.table.caption)
        subject = _CHANGED.search(caption) or _SUBJECT.match(caption)
        is_named = subject is not None and not _GENERIC.fullmatch(subject["subject"])
        found = named or ([subject["subject"]] if subject and is_named else [])
        return [one for one in found if not self.names.is_topic(self.names.endpoint(one))]

    def time(self, row: int, role: ColumnRole, path: Sequence[str]) -> str:
        """Return the time of a figure, as a phrase of records, or ""."""
        if self.compared.is_of_one_group(role):
            return ""  # times in its labels are those of a predictor
        alone = self.rows.moments.get(row, "") if self._are_of_one_moment else ""
        if role.time and not alone and not self._is_other_moment(role, path):
            return role.time
        own = next(filter(None, (time_of(label) for label in reversed(path))), "")
        own = own or self.rows.time(row) or time_of(alone)
        return own or next(filter(None, map(self._time_in, reversed(path), count())), "")

    @cached_property
    def _are_of_one_moment(self) -> bool:
        """Whether no two columns are of different times."""
        return len({role.time for role in self.roles if role.has_people and role.time}) < 2

    def _is_other_moment(self, role: ColumnRole, path: Sequence[str]) -> bool:
        """Whether a row is of a moment of its own, and the header only mentions a time.

        "Difference at the end and at 12 months" stands above "End of treatment".
        """
        is_whole = any(time_of(without_size(part)) for part in role.column.path)
        return not is_whole and any(is_moment(without_size(label)) for label in path)

    def _time_in(self, label: str, above: int) -> str:
        """Return the time that a label mentions; ``above`` counts the labels below it.

        "Iron status at baseline" above other labels may divide people, whose figures are of
        another time.
        """
        time = time_in(label)
        is_open = above > 0 and time == "at baseline" and not _OF_BASELINE.search(label)
        return "" if is_open and not _OF_BASELINE.search(self.source.table.caption) else time


def _of_size(path: Sequence[str]) -> Sequence[str]:
    """Return the labels of a row of sizes without the headings of all that was measured."""
    if not path or not is_statistic(path[-1]):
        return path
    return [one for one in path if not _OF_BASELINE.search(one)]


def _is_size(path: Sequence[str]) -> bool:
    """Whether labels only name the number of people."""
    is_bare = bool(path) and all(map(is_statistic, path))
    return is_bare and declared(path[-1]).centre is Centre.SIZE


def _is_generic(header: str) -> bool:
    """Whether the header of labels says what the rows are, as "Weeks", and no outcome."""
    return _GENERIC.fullmatch(header) is not None or TIMES_BELOW.search(header) is not None
