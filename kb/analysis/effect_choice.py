"""Which row stands for a study in a meta-analysis: one analysis set and one data cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kb.analysis.effect_sizes import Effect
from kb.checks.adjudication import ClaimStatus
from kb.checks.groups import Groups
from kb.model import Group
from kb.util.grouping import group_by


def arm_of(group: Group, groups: Groups) -> Group:
    """Return the arm that a group is or is part of; the group itself if it is not within one."""
    return next((one for one in groups.around(group) if one.kind == "arm"), group)


def question(row: Effect) -> tuple[object, ...]:
    """Return what the rows of one study share that report one outcome in one way."""
    m, statistic = row.claim.measure, row.one.statistic
    about = (m.endpoint, m.category, m.time, m.regimen, m.population, m.adjustment)
    return (m.study, *about, statistic, row.comparator is not None)


def choose(
    rows: Iterable[Effect], groups: Groups, standings: Mapping[tuple[str, str], ClaimStatus]
) -> list[Effect]:
    """Choose one analysis set and data cut for each question, and one row for each arm in it.

    The set is the whole arms if they have an estimate, else an analysis set; of two data cuts the
    later one. Of two rows of one arm it is the one that a judgement prefers, that has an estimate,
    that was read in the source's own text, and that cites no other publication.
    """
    result = []
    for several in group_by(rows, question).values():
        sets = group_by(several, lambda row: (row.analysis_set, row.claim.data_cut))
        latest = max(sets, key=lambda key: (_has_estimate(sets[key]), key[0] == "", key[1]))
        arms = group_by(sets[latest], lambda row: _arms(row, groups))
        best = {id(min(one, key=lambda row: _rank(row, standings))) for one in arms.values()}
        result += [replace(row, chosen=id(row) in best) for row in several]
    return sorted(result, key=_order)


def _has_estimate(rows: Iterable[Effect]) -> bool:
    return any(row.one.yi is not None for row in rows)


def _arms(row: Effect, groups: Groups) -> tuple[str, str]:
    one = arm_of(row.group, groups)
    return one.regimen or one.id, row.comparator.id if row.comparator else ""


def _rank(
    row: Effect, standings: Mapping[tuple[str, str], ClaimStatus]
) -> tuple[bool, bool, bool, bool, str, str]:
    claim = row.claim
    states = {standings.get((one.study, one.id), ClaimStatus.UNCONTESTED) for one in row.claims}
    return (
        ClaimStatus.PREFERRED not in states,
        row.one.yi is None,
        bool(claim.read_in),
        claim.is_second_hand,
        claim.source,
        claim.id,
    )


def _order(row: Effect) -> tuple[str, ...]:
    m = row.claim.measure
    about = (m.endpoint, m.category, str(m.time), m.study, row.one.statistic, row.one.effect)
    return (*about, row.group.id, row.comparator.id if row.comparator else "", row.claim.id)
