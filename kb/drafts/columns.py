"""What each column of a table is about: a group, a time, an endpoint, a comparison."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.drafts.groups import GroupNames, GroupOf, is_everybody, is_generic
from kb.drafts.labels import EndpointNames, behind_size, is_answer, is_statistic, without_size
from kb.drafts.moments import with_moments_apart
from kb.drafts.times import is_change, is_moment, time_in, time_of
from kb.model import WHOLE
from kb.papers.from_source import label_text
from kb.papers.reading import PEOPLE, Column, ColumnKind, TableReading
from kb.papers.statistic import Centre, declared
from kb.sources.sizes import printed_size

_AND: Final = re.compile(r"\s(?:and|&)\s", re.IGNORECASE)
_COMPARED: Final = r"vs?\.?|versus|compared (?:with|to)"
_VS: Final = re.compile(rf"\s(?:{_COMPARED})\s", re.IGNORECASE)
_VS_OR_SIGN: Final = re.compile(rf"\s(?:{_COMPARED})\s|\s?[-–/]\s?", re.IGNORECASE)
_P_VERSUS: Final = re.compile(rf"p(?:[- –]?values?)? (?:{_COMPARED}) (?P<name>.+)", re.IGNORECASE)
_BEFORE_PAIR: Final = re.compile(
    r"^(?:statistics?|differences?|comparisons?|contrasts?)(?: (?:of|for|between))?:? ",
    re.IGNORECASE,
)
"""What stands before the names of two groups: "Statistics Drug-Placebo"."""
_PEOPLE: Final = re.compile(r"\b(?:groups?|arms?|patients|participants)\b|[nN] ?=", re.IGNORECASE)
_P_BEHIND: Final = re.compile(r" ?\(p[- –]?values?\)$", re.IGNORECASE)
_NOT_PEOPLE: Final = re.compile(
    r"\b(?:effects?|estimates?|coefficients?|regression|analys[ie]s|rho|incidence"
    r"|prevalence|rates?|scores?|number of|^numbers?|costs?|ratio|reason"
    r"|no\.? ?(?:\(%\) ?)?of(?!.*% of all )"
    r"|(?:un)?(?:adjust|correct)ed|crude"
    r"|(?:cor)?relations?|associations?|agreement|ICC|alpha|omega"
    r"|corr|coeff?|proportion|data|kappa|sensitivity|specificity|[pn]pv|answered|dosage|duration|frequency"
    r"|(?:uni|multi)variate|compared (?:to|with)|baseline|follow[- ]?up|t[- ]?tests?|interactions?"
    r"|(?:within|between)[- ](?:the )?groups?|percentiles?|(?:one|two)[- ](?:tailed|sided)"
    r"|Mann|Whitney|Wilcoxon|Fisher|Kruskal|ANOVA)\b|^%"
    r"|^(?:[0-9]+ ?%)? ?(?:CI|confidence)\b|[0-9] ?% ?CI\b"
    r"|^[nN] [a-z]"
    r"|^(?:concentration|level|session|measurement|sample|item|step|phase|period) ?[0-9]+$"
    r"|\b(?:day|week|month|year)s? ?[0-9]|\b[0-9]+[- ](?:day|week|month)s?\b",
    re.IGNORECASE,
)
_ARMS: Final = r"(?:(?:study|treatment) )?(?:groups|arms|limbs?)|group"
_UNNAMED: Final = re.compile(
    rf"{_ARMS}|time|hours?|days?|weeks?|months?|years?"
    r"|visits?|[‘“\"'].*",
    re.IGNORECASE,
)
"""Headers that name no group: what the columns are, a unit of time, an answer in quotes."""
_PLACEHOLDER: Final = re.compile(r"(?:group|arm) ?(?:[0-9]|[A-D]|I{1,3})", re.IGNORECASE)
"""A header that stands for the group below it: "Group 1" above "Drug"."""
_EMPTY: Final = re.compile(rf"data|values?|results?|findings|{_ARMS}", re.IGNORECASE)
"""Headers that add nothing to the figures below them."""
_OF_TEST: Final = re.compile(
    r"[“\"]?[tTFfzZrRdqQUW][”\"]?(?:[- ]?(?:values?|ratio|statistics?|test)\b.*| ?\(df\))?|"
    r"χ.{0,2}2?.*"
    r"|(?:M?AN[CO]+VA|omega)\b.*|.*\b(?:Mann|Whitney|Wilcoxon|Fisher|Kruskal|t-tests?)\b.*"
    r"|chi[- ]?squared?.*|Wald\b.*|d\.?f\.?|eta\b.*|η.*|Cohen.{0,5}|r ?\^?2|β|[Ss]tat\.?"
    r"|(?:test )?statistics?(?: \(.*\))?|(?:min|max)(?:imum)?\.?",
    re.IGNORECASE,
)
_RATE: Final = re.compile(r"\([^()0-9<>≥≤]*[a-zA-Zµμ]/[a-zA-Zµμ]{1,4}\)$")
"""A unit that the vocabulary may lack: "iPTH (pg/mL)"."""
_LETTERS: Final = ("A", "B", "C", "D")
"""Names of groups beside each other; other capital letters are statistics, as N and P are."""
_FIGURES_ONLY: Final = re.compile(
    r"(?:[0-9.,%<>≥≤()± –-]|(?<=[0-9] )(?:to|and)\b)*|[<>≥≤~]?[0-9][0-9.,]* ?±.*"
)
_GRADE: Final = re.compile(
    r"(?:(?:any|all|worst|max(?:imum)?|total|highest) )?(?:(?:toxicity|CTC\w*|WHO) )?"
    r"grades?\b.{0,15}|[gG][1-5](?: ?[-–/] ?[1-5])?",
    re.IGNORECASE,
)
_BEFORE_AFTER: Final = re.compile(r"(?:before|after|pre|post)\b.{0,20}", re.IGNORECASE)
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
    together: tuple[str, str] | None = None
    """Two groups that the header names, where it does not say which is compared with which."""
    within: GroupOf | None = None
    """The group whose own p-values it has, where each group has a column of them."""

    @property
    def is_of_test(self) -> bool:
        """Whether its figures are statistics of tests, for which records have no field."""
        is_correlation = self.column.statistic.centre is Centre.CORRELATION
        is_other = self.has_people and not is_correlation
        return is_other and any(map(_OF_TEST.fullmatch, self.labels))

    @property
    def has_people(self) -> bool:
        """Whether its figures are of people and not of a comparison."""
        return self.column.kind in PEOPLE

    def shares_header(self, other: ColumnRole) -> bool:
        """Whether its column and another stand below one header."""
        path = self.column.path
        return len(path) > 1 and other.column.path[:1] == path[:1]


def column_roles(
    reading: TableReading, names: EndpointNames, groups: GroupNames, *, transposed: bool
) -> list[ColumnRole]:
    """Return the role of each column; in a ``transposed`` table, the rows are the groups."""
    samples = _samples(reading)
    shared = _shared(reading, names, groups) | _beside_moments(reading, groups)
    columns = _with_placeholders_named(with_moments_apart(reading.columns), names)
    roles = [
        _role(column, names, groups, shared, transposed=transposed and column.index not in samples)
        for column in columns
    ]
    for index, name in samples.items():
        group = groups.resolve(name, sized=True)
        roles[index] = replace(roles[index], group=group, labels=(), time="")
    roles = _without_answers(_without_measured(roles, groups), groups)
    roles = _told_apart_by_figures(roles)
    for role in roles:
        if role.group and role.has_people and role.column.size:
            groups.add_size(role.group.id, role.column.size)
    arms = {role.group.id for role in roles if role.group and role.has_people} - {WHOLE}
    own = [_own_group(role, names, groups) for role in roles]
    own = own if any(own) else _groups_before(roles)
    with_p = {one.id for one in own if one}
    if len(arms) < 2 or with_p != arms:
        return roles
    return [replace(role, within=one) for role, one in zip(roles, own, strict=True)]


def _with_placeholders_named(columns: Sequence[Column], names: EndpointNames) -> list[Column]:
    """Return the columns; one below a placeholder has the name of the column beside it.

    In "Group 1" above "Mean | SE" above "Drug |", the name of the group stands below "Mean" only.
    """
    below: dict[str, set[str]] = {}
    for column in columns:
        for placeholder in filter(_PLACEHOLDER.fullmatch, column.path):
            parts = [p for p in group_parts(column, names) if not _PLACEHOLDER.fullmatch(p)]
            below.setdefault(placeholder, set()).update(parts)
    named = []
    for column in columns:
        parts = list(group_parts(column, names))
        alone = parts[0] if len(parts) == 1 and _PLACEHOLDER.fullmatch(parts[0]) else ""
        found = below.get(alone, set())
        path = (*column.path, *found) if len(found) == 1 else column.path
        named.append(replace(column, path=path))
    return named


def _without_measured(roles: list[ColumnRole], groups: GroupNames) -> list[ColumnRole]:
    """Return the roles; the only new name, beside columns without names, is what is measured.

    "Number | Percent | Score ± SD" names no group: its people would not differ from the others.
    """
    people = [role for role in roles if role.has_people]
    named = [(r, r.group.id) for r in people if r.group and r.group.id != WHOLE]
    if len(named) != 1 or all(role.group for role in people):
        return roles
    role, new = named[0]
    if role.column.size or not groups.is_new(new):
        return roles
    return [_as_labels(one, groups) if one is role else one for one in roles]


def _told_apart_by_figures(roles: list[ColumnRole]) -> list[ColumnRole]:
    """Return the roles; figures in headers are labels where nothing else parts two columns.

    "1990 | 1995 | 2000" are of the same people, and not the same result.
    """

    def key(role: ColumnRole) -> object:
        words = [part for part in role.column.path if not _FIGURES_ONLY.fullmatch(part)]
        return role.group and role.group.id, role.labels, role.time, tuple(words)

    counted = Counter(key(role) for role in roles if role.has_people)
    return [
        replace(role, labels=(*role.labels, *filter(_is_class, role.column.path)))
        if role.has_people and counted[key(role)] > 1
        else role
        for role in roles
    ]


def _is_class(part: str) -> bool:
    """Whether a part of a header has digits and no words: "1990", "50-99"."""
    return _FIGURES_ONLY.fullmatch(part) is not None and any(map(str.isdigit, part))


def _without_answers(roles: list[ColumnRole], groups: GroupNames) -> list[ColumnRole]:
    """Return the roles; answers that are not compared are categories: "Yes | No | Missing"."""
    people = [role for role in roles if role.has_people]
    named = [(r, r.group.id) for r in people if r.group and r.group.id != WHOLE]
    is_compared = any(r.column.kind in (ColumnKind.P, ColumnKind.EFFECT) for r in roles)
    are_answers = all(
        groups.is_new(new)
        and not role.column.size
        and is_answer(without_size(role.column.path[-1]))
        for role, new in named
    )
    if len(named) < 2 or is_compared or not are_answers:
        return roles
    return [_as_labels(one, groups) if one.group and one in people else one for one in roles]


def _as_labels(role: ColumnRole, groups: GroupNames) -> ColumnRole:
    """Return a role whose header names no group of people after all."""
    new = role.group.id if role.group else ""
    if new == WHOLE:
        return role
    label = next((one for one, group in groups.used.items() if group == new), "")
    if label:
        groups.withdraw(label)
    parts = label.split(" › ") if label else role.column.path[-1:]
    return replace(role, group=None, labels=(*role.labels, *parts))


def _shared(reading: TableReading, names: EndpointNames, groups: GroupNames) -> frozenset[str]:
    """Return the parts of headers that stand above known groups only, above each the same.

    They do not distinguish groups: "Abstinence" above "Drug" and "Placebo".
    """
    columns = [c for c in reading.columns if c.kind is ColumnKind.GROUP]
    parts = [found for c in columns if (found := set(group_parts(c, names)))]
    shared = frozenset[str]().union(*parts).intersection(*parts)
    rest = {part for found in parts for part in found - shared}
    known = {one.id for part in rest if (one := groups.find_part(part)) and one.sure == "sure"}
    is_distinct = len(known) == len(rest) > 1 and all(found - shared for found in parts)
    named = _over_all(reading) | (shared if is_distinct else frozenset())
    of_groups = (_AND, _VS_OR_SIGN)
    return frozenset(
        part
        for part in named
        if groups.find(part) is None and not any(_pair([part], groups, one) for one in of_groups)
    )


def _over_all(reading: TableReading) -> frozenset[str]:
    """Return the part of a header that stands above all columns, p-values and effects too.

    It names what is measured: "Reduction in dose" above "Mean | 95% CI | P".
    """
    columns = [c for c in reading.columns[1:] if c.kind is not ColumnKind.LABEL]
    compares = any(c.kind in (ColumnKind.P, ColumnKind.EFFECT) for c in columns)
    tops = {c.path[0] for c in columns if len(c.path) > 1}
    if not compares or len(tops) != 1 or any(len(c.path) < 2 for c in columns):
        return frozenset()
    top = tops.pop()
    return frozenset() if _PEOPLE.search(top) else frozenset({without_size(top)})


def _beside_moments(reading: TableReading, groups: GroupNames) -> frozenset[str]:
    """Return the header that stands beside moments only, the same below each of several headers.

    It is a moment too: "Before | Throughout the study" below "Drug" and below "Placebo".
    """
    below: dict[tuple[str, ...], set[str]] = {}
    for column in reading.columns:
        if column.kind is ColumnKind.GROUP and len(column.path) > 1:
            below.setdefault(column.path[:-1], set()).add(column.path[-1])
    others = {frozenset(n for n in names if not is_moment(n)) for names in below.values()}
    name = next((next(iter(one)) for one in others if len(one) == 1), "")
    is_alike = len(others) == 1 and all(len(names) > 1 for names in below.values())
    is_new = bool(name) and printed_size(name) is None and groups.find(name) is None
    return frozenset({name}) if is_alike and is_new and len(below) > 1 else frozenset()


def _samples(reading: TableReading) -> dict[int, str]:
    """Return the names of two columns "Before" and "After" with more people after than before.

    They cannot be the same people at two times.
    """
    people = [c for c in reading.columns if c.size and c.kind is ColumnKind.GROUP]
    names = [without_size(column.path[-1]) for column in people]
    is_two = len(names) == 2 and all(map(_BEFORE_AFTER.fullmatch, names))
    if not is_two or (people[0].size or 0) >= (people[1].size or 0):
        return {}
    return {column.index: name for column, name in zip(people, names, strict=True)}


def _own_group(role: ColumnRole, names: EndpointNames, groups: GroupNames) -> GroupOf | None:
    """Return the group that a column of p-values stands below."""
    if role.column.kind is not ColumnKind.P or len(role.column.path) < 2:
        return None
    found = (groups.find_part(part) for part in group_parts(role.column, names))
    return next(filter(None, found), None)


def _groups_before(roles: Sequence[ColumnRole]) -> list[GroupOf | None]:
    """Return the group of each column of p-values that ends a run of columns of one group.

    "Drug before | Drug after | P | Placebo before | Placebo after | P": each is of its own group.
    """
    found: list[GroupOf | None] = []
    run: list[GroupOf | None] = []
    for role in roles:
        is_p = role.column.statistic.centre is Centre.P  # of words too: "NS"
        ids = {one.id if one else "" for one in run}
        found.append(run[0] if is_p and len(run) > 1 and len(ids) == 1 else None)
        run = [] if is_p else [*run, role.group] if role.has_people else run
    return found


def group_parts(column: Column, names: EndpointNames) -> Iterator[str]:
    """Yield the parts of a header that may name people."""
    for part in column.path:
        name = without_size(part)
        is_named = name and not _FIGURES_ONLY.fullmatch(name)
        has_unit = names.unit([part]) not in ("", "%") or _RATE.search(part)
        is_letter = name in _LETTERS and column.kind is ColumnKind.GROUP
        if is_named and not has_unit and (is_letter or not _is_other(name, names)):
            yield name


def _is_other(name: str, names: EndpointNames) -> bool:
    statistic = declared(name)
    is_effect = statistic.centre is not None and (
        statistic.centre.is_effect or statistic.centre is Centre.CORRELATION
    )
    patterns = (_GRADE.fullmatch, _OF_TEST.fullmatch, _UNNAMED.fullmatch, _NOT_PEOPLE.search)
    is_known = any(pattern(name) for pattern in patterns) or is_moment(name) or is_change(name)
    is_known = is_known or is_statistic(name)
    return is_known or is_effect or bool(names.endpoint(name))


def _role(
    column: Column,
    names: EndpointNames,
    groups: GroupNames,
    shared: frozenset[str],
    *,
    transposed: bool,
) -> ColumnRole:
    header = " ".join(map(label_text, column.path))
    names_ = [without_size(part) for part in column.path]
    time = next(filter(None, map(time_of, names_)), "") or next(
        filter(None, map(time_in, names_)), ""
    )
    parts = list(group_parts(column, names)) if column.kind is not ColumnKind.LABEL else []
    parts = [part for part in parts if part not in shared]
    parts = [part for part in parts if not _PLACEHOLDER.fullmatch(part)] or parts
    labels = [one for one in _labels(column, parts) if one not in shared or not is_generic(one)]
    group, compared, together = None, None, None
    if column.kind is ColumnKind.TOTAL and not transposed:
        group = _everybody_in(parts, groups)
        labels += [part for part in parts if _is_label_of_total(part, column)]
    elif column.kind is ColumnKind.TOTAL:
        labels += parts
    elif column.kind in (ColumnKind.P, ColumnKind.EFFECT):
        compared = _pair(parts, groups, _VS_OR_SIGN) or _pair_with_new(parts, groups)
        compared = compared or _with_comparator(column, parts, groups)
        together = _pair(parts, groups, _AND)
        if column.kind is ColumnKind.EFFECT:
            group = next(filter(None, map(groups.find_part, parts)), None)
            labels += [] if group or compared or together else parts
    elif column.kind is ColumnKind.GROUP and parts:
        group = _people_of(" › ".join(parts), column, groups, transposed=transposed)
        labels += [] if group else parts
    return ColumnRole(column, group, tuple(labels), time, is_change(header), compared, together)


def _labels(column: Column, parts: Sequence[str]) -> list[str]:
    """Return the parts of a header that name neither people, nor a time, nor figures."""
    labels = [
        name
        for part in column.path
        if (name := without_size(part))
        and name not in parts
        and not _PLACEHOLDER.fullmatch(name)
        and not time_of(name)
        and not is_statistic(name)
        and not _FIGURES_ONLY.fullmatch(name)
        and not _EMPTY.fullmatch(name)
    ]
    return [*labels, *filter(None, map(behind_size, column.path))]


def _people_of(
    label: str, column: Column, groups: GroupNames, *, transposed: bool
) -> GroupOf | None:
    """Return the group that a header names, a new one if need be; None if it names an outcome."""
    is_trait = column.statistic.centre is Centre.CORRELATION and not _PEOPLE.search(label)
    is_other = transposed or is_trait or groups.is_not_about_people(label)
    if groups.find(label) is None and is_other:
        return None
    if is_everybody(label) and column.size:
        groups.add(label, sized=True)  # the reading has found that it is a part
    return groups.resolve(label, sized=column.size is not None)


def _everybody_in(parts: list[str], groups: GroupNames) -> GroupOf:
    """Return the people of a column of totals: the group that it stands below, or everybody.

    "Total score" is about everybody, not about a group of that name.
    """
    above = " › ".join(part for part in parts if not _TOTAL.match(part) and not is_everybody(part))
    if above:
        return groups.resolve(above, sized=False)
    return GroupOf(WHOLE, "sure", "the header names everybody")


def _is_label_of_total(part: str, column: Column) -> bool:
    """Whether a header says what is totalled, or that it is the number of people below a group."""
    if is_everybody(part):
        return len(column.path) > 1 and " " in part
    return _TOTAL.match(part) is not None and column.size is None


def _pair_with_new(parts: list[str], groups: GroupNames) -> tuple[str, str] | None:
    """Return the groups of "Low dose vs. control", of which one may be new or named in part."""
    for part in parts:
        sides = _VS.split(_P_BEHIND.sub("", part))
        is_p = declared(sides[0]).centre is Centre.P  # "P value vs. control" names one of two
        if len(sides) != 2 or is_p or any(map(_NOT_PEOPLE.search, sides)):
            continue
        found = [groups.find(side) or groups.find_by_part(side) for side in sides]
        if any(one and one.id != WHOLE for one in found):
            pairs = zip(found, sides, strict=True)
            of, versus = (one or groups.resolve(side, sized=False) for one, side in pairs)
            return (of.id, versus.id) if of.id != versus.id else None
    return None


def _with_comparator(
    column: Column, parts: Sequence[str], groups: GroupNames
) -> tuple[str, str] | None:
    """Return the groups of "P vs. Control" above "Low dose"."""
    found = filter(None, (_P_VERSUS.match(without_size(part)) for part in column.path))
    versus = next((one for match in found if (one := groups.find_part(match["name"]))), None)
    others = [one.id for one in map(groups.find_part, parts) if one]
    of = next((one for one in others if versus and one != versus.id), None)
    return (of, versus.id) if of and versus else None


def _pair(parts: list[str], groups: GroupNames, between: re.Pattern[str]) -> tuple[str, str] | None:
    """Return the two groups that a header such as "Drug vs placebo" names."""
    for part in parts:
        sides = between.split(_BEFORE_PAIR.sub("", part))
        found = [groups.find(side) for side in sides] if len(sides) == 2 else []
        if len(found) == 2 and found[0] and found[1] and found[0].id != found[1].id:
            return found[0].id, found[1].id
    return None
