"""Figures that compare groups: estimates with their intervals, and p-values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

from kb.drafts.associations import adjustment, in_group
from kb.drafts.columns import ColumnRole
from kb.drafts.comparators import comparator_of
from kb.drafts.effects import EffectReading
from kb.drafts.estimates import is_reference, names_effect, p_in_brackets, with_slash
from kb.drafts.figures import estimate, interval, p_text
from kb.drafts.groups import GroupNames, GroupOf
from kb.drafts.labels import without_size
from kb.drafts.store import SURENESS, Sureness
from kb.drafts.times import is_moment
from kb.model import WHOLE
from kb.papers.entries import Form
from kb.papers.from_source import SourceTable
from kb.papers.reading import ColumnKind, TableFigure
from kb.papers.statistic import Centre, Spread, Statistic, declared

_GROUPS: Final = (
    r"\b(?:between|inter)[- ]?groups?\b|between (?:the )?(?:\w+ )?(?:groups|arms|treatments)\b"
)
_BETWEEN_GROUPS: Final = re.compile(_GROUPS, re.IGNORECASE)
_BETWEEN: Final = re.compile(
    rf"{_GROUPS}"
    r"|\bversus\b|\bvs\b"
    r"|(?<!baseline )\bcompar(?:ed|ing|isons?)\b(?! (?:to|with) (?:baseline|before|pre))",
    re.IGNORECASE,
)
"""Words for a comparison of groups that headers need not name."""
_VERSUS: Final = re.compile(r"\b(?:vs|versus)\b", re.IGNORECASE)
_WITHIN: Final = re.compile(r"\bwithin\b", re.IGNORECASE)
_NO_GROUPS: Final = "an estimate: no label names the groups that it compares"
_STANDARDISED: Final = re.compile(r"\b[Cc]ohen|\b[Hh]edges|\bSMD\b|[Ss]tandardi[sz]ed")
_SIZE: Final = re.compile(r"[Ee]ffect size.{0,3}\bd\b")
_EFFECT: Final = re.compile(r"\b(?:effects?|estimates?)\b", re.IGNORECASE)
_DIFFERENCE: Final = Statistic(Centre.DIFFERENCE)
_CLAUSE: Final = re.compile(r"[.;,]| and | or ")
_OF_COUNTS: Final = (Form.RATIO, Form.RATIO_SHARE, Form.COUNT_SHARE)
_SEVERAL: Final = 3
_CLOSE: Final = 4
"""A difference is that of two figures if it is within a quarter of what they give."""


class Made(NamedTuple):
    """The fields of a block that come from its figures."""

    fields: dict[str, Any]
    sure: Sureness
    why: list[str]
    bare: dict[str, Any] | None = None


def least(*states: Sureness) -> Sureness:
    """Return the least sure of several states."""
    return max(states, key=SURENESS.index)


@dataclass
class Comparisons:
    """Which groups the columns of a table compare, and what their figures say of them."""

    source: SourceTable
    reading: EffectReading
    roles: Sequence[ColumnRole]
    groups: GroupNames

    @cached_property
    def arms(self) -> list[str]:
        """The groups of the columns, in order."""
        groups = [r.group.id for r in self.roles if r.group and r.has_people]
        return [group for group in dict.fromkeys(groups) if group != WHOLE]

    def beside(self, figure: TableFigure, row: Sequence[TableFigure]) -> list[TableFigure]:
        """Return what belongs to an estimate or a mean: its interval, and its p-value.

        The p-value is drafted for itself where two groups are compared.
        """
        role = self.roles[figure.column.index]
        if role.has_people:
            return self._beside_people(figure, row)
        if figure.column.kind is not ColumnKind.EFFECT or figure.entry.form is Form.BOUNDS:
            return []
        if self.is_of_one_group(role) and is_reference(figure):
            return []  # a p-value beside 1 is that of all categories
        after = [one for one in row if one.column.index > figure.column.index]
        found = []
        if after and after[0].column.kind is ColumnKind.EFFECT and interval(after[0]):
            found.append(after.pop(0))
        is_p = after and after[0].column.kind is ColumnKind.P and not after[0].statistic.trend
        if is_p and not self.pair(role):
            found.append(after[0])
        return found

    def _beside_people(self, figure: TableFigure, row: Sequence[TableFigure]) -> list[TableFigure]:
        """Return the interval behind a mean or a change of a group, and the p-value of a change."""
        found: list[TableFigure] = []
        for one in row:
            last = found[-1] if found else figure
            if one.column.index == last.cells[-1].column + 1 and (
                (not found and self._is_interval_of(one, figure)) or self._is_of_change(one, figure)
            ):
                found.append(one)
        return found

    def _is_interval_of(self, figure: TableFigure, mean: TableFigure) -> bool:
        """Whether a figure is the interval of a mean, which lies in it: "Mean (SD) | 95% CI"."""
        own, role = self.roles[figure.column.index], self.roles[mean.column.index]
        name = declared(figure.column.path[-1]) if figure.column.path else Statistic()
        is_named = name.spread is Spread.CI and name.centre is None and not own.is_of_test
        is_same = own.has_people and (
            own.group is None or (role.group is not None and own.group.id == role.group.id)
        )
        low, high, main = figure.entry.low, figure.entry.high, mean.entry.main
        if not is_named or not is_same or figure.entry.form is not Form.BOUNDS or main is None:
            return False
        return low is not None and high is not None and low.value <= main.value <= high.value

    def _is_of_change(self, figure: TableFigure, change: TableFigure) -> bool:
        """Whether a figure is the p-value of the change beside it, as each change has its own.

        Columns of p-values with one header stand each behind a column of changes; or the one
        column of changes is of the only group.
        """
        if not self.roles[change.column.index].change or not _is_p(figure):
            return False
        gap = figure.column.index - change.column.index
        path = figure.column.path
        alike = [i for i, role in enumerate(self.roles) if role.column.path == path]
        changes = [one for one in self.roles if one.change and one.has_people]
        is_only = len(self.arms) < 2 and len(changes) == 1 and not self._is_between(path)
        behind = (self.roles[i - gap] for i in alike)
        return (len(alike) > 1 or is_only) and all(one.change and one.has_people for one in behind)

    def p_value(self, figure: TableFigure, role: ColumnRole, group: GroupOf) -> Made | str:
        """Return what a p-value says of two groups, or of all; or why it is not drafted."""
        main = figure.entry.main if figure.entry.form is Form.NUMBER else p_in_brackets(figure)
        if main is None:
            return "not a p-value"
        labels = [*role.column.path, *self.reading.table.row_path(figure.row)]
        p: dict[str, Any] = {"p": p_text(main)}
        if figure.statistic.trend:
            p |= _tested(" ".join(labels))
        if role.within is not None:
            return Made({"values": {role.within.id: p}}, "likely", ["a p-value below one group"])
        if pair := self.pair(role):
            of, versus, sure = self._as_estimated(pair, figure)
            comparison = {"of": of, "versus": versus, **p, **adjustment(labels)}
            return Made({"comparison": comparison}, sure, ["p-value of two groups"])
        is_of_two = any(map(_VERSUS.search, role.column.path))  # which no label names
        if role.group is None and len(self._near(role)) >= _SEVERAL and not is_of_two:
            sure = "likely" if self._is_only_p(role) else "unsure"
            return Made({"values": {WHOLE: p}}, sure, ["a p-value of several groups"])
        if self.is_of_one_group(role) and group.sure != "unsure":
            why = [group.why, "a p-value within one group"]
            return Made({"values": {group.id: p}}, least(group.sure, "likely"), why)
        return "a p-value: no label names the groups that it compares"

    def is_of_one_group(self, role: ColumnRole) -> bool:
        """Whether an estimate or p-value compares no groups, because the table names none."""
        kinds = (ColumnKind.EFFECT, ColumnKind.P)
        named = role.compared or role.together
        is_alone = role.group is None and not named and not self.arms
        return role.column.kind in kinds and is_alone and not self._is_between(role.column.path)

    def _is_between(self, path: Sequence[str]) -> bool:
        """Whether the caption or a header says that groups are compared."""
        return any(map(_BETWEEN.search, (self.source.table.caption, *path)))

    def has_outcome_in_row(self, role: ColumnRole) -> bool:
        """Whether p-values within one group are of the outcomes that the rows name.

        Those behind figures of two moments are, and those of a table with nothing else.
        """
        people = [one for one in self.roles if one.has_people]
        is_paired = any(one.change or one.time or any(map(is_moment, one.labels)) for one in people)
        kinds = {one.column.kind for one in self.roles}
        is_only = not people and ColumnKind.EFFECT not in kinds
        return role.column.kind is ColumnKind.P and (is_paired or is_only)

    def effect(
        self,
        figure: TableFigure,
        beside: Sequence[TableFigure],
        role: ColumnRole,
        group: GroupOf,
    ) -> Made | str:
        """Return what an estimate says of two groups or within one, or why it is not drafted."""
        header = " ".join(role.column.path)
        figure = with_slash(figure)
        is_coefficient = figure.statistic.centre is Centre.COEFFICIENT
        is_one = self.is_of_one_group(role) and group.sure != "unsure"
        if (is_coefficient and not is_one and not role.compared) or figure.entry.form in _OF_COUNTS:
            return _NO_GROUPS
        standardised = any(pattern.search(header) for pattern in (_STANDARDISED, _SIZE))
        centre = figure.column.statistic.centre  # as the caption or the cell declares it
        if not names_effect(header) and centre in (None, declared(header).centre):
            stated = self._stated(figure.row) or self._by_figures(figure, role)
            if stated is None and not standardised:
                return "an estimate of a kind that no label declares"
            own = replace(figure.statistic, centre=None)
            figure = replace(figure, statistic=own.within(stated or _DIFFERENCE))
        found = estimate(figure, header, standardised=standardised)
        if found is None:
            return "an estimate of a kind that no label declares"
        found |= _beside(beside)
        if pair := self.pair(role):
            of, versus, sure = self._in_order(pair, figure)
            why = "an estimate of two groups: check which is compared with which"
            comparison = {"of": of, "versus": versus, **found}
            return Made({"comparison": comparison}, least(sure, "likely"), [why])
        return self._of_one_group(figure, found, role, group) if is_one else _NO_GROUPS

    def _of_one_group(
        self, figure: TableFigure, found: dict[str, Any], role: ColumnRole, group: GroupOf
    ) -> Made:
        """Return the estimate of an association within one group."""
        found |= adjustment([*role.column.path, *self.reading.table.row_path(figure.row)])
        if figure.entry.form is Form.PAIR and figure.entry.second and self._has_se(figure):
            found["se"] = figure.entry.second.value
        why = "an estimate within one group: check its outcome"
        return Made(in_group(found, group.id), least(group.sure, "likely"), [group.why, why])

    def _has_se(self, figure: TableFigure) -> bool:
        paths = (self.source.table.column_path(cell.column) for cell in figure.cells)
        return any(declared(path[-1]).spread is Spread.SE for path in paths if path)

    def _as_estimated(
        self, pair: tuple[str, str, Sureness], figure: TableFigure
    ) -> tuple[str, str, Sureness]:
        """Return two groups in the order of the one estimate of them in the row of a p-value."""
        row = self.reading.rows[figure.row]
        estimates = [one for one in row if one.column.kind is ColumnKind.EFFECT]
        if len(estimates) != 1 or self.pair(self.roles[estimates[0].column.index]) != pair:
            return pair
        return self._in_order(pair, estimates[0])

    def _in_order(
        self, pair: tuple[str, str, Sureness], figure: TableFigure
    ) -> tuple[str, str, Sureness]:
        """Return two groups in the order that a difference of their printed figures has."""
        if figure.statistic.centre is not Centre.DIFFERENCE or figure.entry.main is None:
            return pair
        of, versus, sure = pair
        beside = self._of_groups(figure)
        if of not in beside or versus not in beside:
            return pair
        given = figure.entry.main.value
        for one, other in zip(_numbers(beside[of]), _numbers(beside[versus]), strict=True):
            gap = one - other if one is not None and other is not None else None
            if gap and _is_near(given, -gap):
                return versus, of, sure
            if gap and _is_near(given, gap):
                return pair
        return pair

    def _of_groups(self, figure: TableFigure) -> dict[str, TableFigure]:
        """Return the figure of each group in the row of an estimate, at its time."""
        time = self.roles[figure.column.index].time
        return {
            r.id: one
            for one in self.reading.rows[figure.row]
            if (r := self._people(one)) and self.roles[one.column.index].time == time
        }

    def _people(self, figure: TableFigure) -> GroupOf | None:
        role = self.roles[figure.column.index]
        return role.group if role.has_people else None

    def _stated(self, row: int) -> Statistic | None:
        """Return what the notes of the table declare its estimates to be, if they declare one.

        The notes with a mark of the row decide; else those without a mark, and the caption.
        """
        table = self.source.table
        own = [note.text for note in table.footnotes if note.mark in self.source.marks[row]]
        general = [table.caption, *(note.text for note in table.footnotes if not note.mark)]
        for texts in (own, general):
            parts = [p for text in texts for p in _CLAUSE.split(text) if _EFFECT.search(p)]
            centres = {s.centre: s for s in map(declared, parts) if s.centre and s.centre.is_effect}
            if len(centres) == 1:
                return next(iter(centres.values()))
        return None

    def _by_figures(self, figure: TableFigure, role: ColumnRole) -> Statistic | None:
        """Return that estimates are differences, if most of their column are those of two figures.

        Their interval is of the kind that the notes declare.
        """
        column = [f for f in self.reading.figures if f.column.index == figure.column.index]
        fits = [one for one in column if self._is_difference(one, role)]
        if figure not in fits or len(fits) < _SEVERAL or 2 * len(fits) < len(column):
            return None
        intervals = {one for one in self.reading.around if one.spread is Spread.CI}
        level = intervals.pop().level if len(intervals) == 1 else None
        return replace(_DIFFERENCE, spread=Spread.CI, level=level) if level else _DIFFERENCE

    def _is_difference(self, figure: TableFigure, role: ColumnRole) -> bool:
        """Whether an estimate is the difference of two groups' figures, and not their ratio."""
        pair, given = self.pair(role), figure.entry.main
        if pair is None or given is None or given.value == 0 or "%" in figure.text:
            return False
        beside = self._of_groups(figure)
        if not all(one in beside for one in pair[:2]):
            return False
        one, other = (beside[group].entry.main for group in pair[:2])
        if one is None or other is None:
            return False
        gap = one.value - other.value
        ratios = [a.value / b.value for a, b in ((one, other), (other, one)) if b.value]
        return _is_near(given.value, gap) and not any(_is_near(given.value, r) for r in ratios)

    @cached_property
    def _comparator(self) -> GroupOf | None:
        return comparator_of(self.source.table, self.groups)

    def is_open(self, role: ColumnRole) -> bool:
        """Whether a column compares groups, and no header of the table names any."""
        kinds = (ColumnKind.EFFECT, ColumnKind.P)
        is_named = role.group or role.compared or role.together or self.arms
        is_within = any(map(_WITHIN.search, role.column.path))
        return role.column.kind in kinds and not is_named and not is_within

    def pair_of_row(self, role: ColumnRole, path: Sequence[str]) -> tuple[str, str] | None:
        """Return the group that a row names and the one that a note names as the comparator."""
        if not self.is_open(role) or (versus := self._comparator) is None:
            return None
        found = (self.groups.find_part(without_size(label)) for label in reversed(path))
        of = next((one for one in found if one and one.id != versus.id), None)
        return (of.id, versus.id) if of else None

    def pair(self, role: ColumnRole) -> tuple[str, str, Sureness] | None:
        """Return the two groups that a column compares, the control last, and how sure it is."""
        if role.compared:
            of, versus = map(self._arm, role.compared)
            return of, versus, "sure"
        if self._is_of_coefficient(role):
            return None
        arms = list(role.together or self._near(role))
        if not arms and any(map(_BETWEEN_GROUPS.search, role.column.path)):
            arms = self.groups.arms()  # "Difference between groups" of a trial with two
        if role.group is not None:
            controls = [arm for arm in arms if self.groups.is_control(arm)]
            others = [one for one in controls if one != role.group.id]
            return (role.group.id, others[0], "likely") if len(others) == 1 else None
        if len(arms) != 2:
            return None
        if self.groups.is_control(arms[0]) and not self.groups.is_control(arms[1]):
            arms = arms[::-1]
        return arms[0], arms[1], "sure"

    def _arm(self, group: str) -> str:
        """Return the arm of this table that a header names in part: "MMF" for "MMF 2 g"."""
        longer = [arm for arm in self.arms if arm.startswith(f"{group}-")]
        is_part = group not in self.arms and self.groups.is_new(group) and len(longer) == 1
        return longer[0] if is_part else group

    def _is_of_coefficient(self, role: ColumnRole) -> bool:
        """Whether a p-value is that of a coefficient of all, where each group has its own."""
        path = role.column.path
        is_own = role.column.kind is ColumnKind.P and len(path) > 1 and role.within is None
        if not is_own or not any(one.within for one in self.roles):
            return False
        beside = (one.column for one in self.roles if role.shares_header(one))
        is_named = any(map(_BETWEEN.search, path))
        return not is_named and Centre.COEFFICIENT in {one.statistic.centre for one in beside}

    def _near(self, role: ColumnRole) -> list[str]:
        """Return the groups of the columns below the same header, or of the whole table."""
        near = [
            one.group.id
            for one in self.roles
            if one.group and one.has_people and role.shares_header(one)
        ]
        arms = [group for group in dict.fromkeys(near) if group != WHOLE]
        return arms if len(arms) > 1 else self.arms

    def _is_only_p(self, role: ColumnRole) -> bool:
        """Whether no other column below the same header has p-values."""
        with_p = [one for one in self.roles if one.column.kind is ColumnKind.P]
        is_below = len(role.column.path) > 1
        return sum(not is_below or role.shares_header(one) for one in with_p) == 1


_TESTS: Final = (
    ("interaction", "interaction"),
    ("heterogeneity", r"\bhet"),
    ("test-for-trend", "trend"),
    ("change-over-time", r"\bfor (?:time|change)|\bover time"),
)


def _tested(labels: str) -> dict[str, str]:
    """Return what a p-value tests, where labels say that it is not a difference of two groups."""
    found = (test for test, pattern in _TESTS if re.search(pattern, labels, re.IGNORECASE))
    return {"p_for": test} if (test := next(found, "")) else {}


def _is_p(figure: TableFigure) -> bool:
    is_number = figure.entry.form is Form.NUMBER and figure.entry.main is not None
    return figure.column.kind is ColumnKind.P and is_number and not figure.statistic.trend


def with_p(value: Any, figures: Sequence[TableFigure]) -> Any:
    """Return a value with the p-value that stands beside it, if one does."""
    found = _beside(figures)
    return value | found if found and isinstance(value, dict) else value


def _beside(figures: Sequence[TableFigure]) -> dict[str, Any]:
    """Return the interval and the p-value that stand beside an estimate."""
    found: dict[str, Any] = {}
    for one in figures:
        if one.column.kind is not ColumnKind.P:
            found |= interval(one)
        elif one.entry.main is not None:
            found["p"] = p_text(one.entry.main)
    return found


def _is_near(given: Decimal, other: Decimal) -> bool:
    return abs(given - other) <= abs(other) / _CLOSE


def _numbers(figure: TableFigure) -> tuple[Decimal | None, ...]:
    """Return what a difference may be of: the percentage, the main figure, the one beside it."""
    entry = figure.entry
    second = entry.second if figure.statistic.spread in (None, Spread.SHARE) else None
    return tuple(number.value if number else None for number in (figure.share, entry.main, second))
