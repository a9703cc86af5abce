"""Which groups make up which: partitions as declared, and pairs that exclude each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from kb.checks.thresholds import parse
from kb.model import Claim, Evidence, Group
from kb.util.grouping import group_by

_NEGATION: Final = re.compile(r"\b(?:no|not|none|without|negative|did)\b|-negative\b")
_FILLER: Final = re.compile(r"\b(?:achieved|reached|given|proceed|done|received|ph)\b|[\s-]+")
_PROPORTION: Final = {"all": 1, "none": 0}
_FORMED: Final = frozenset({"arm", "cohort"})


@dataclass(frozen=True, slots=True)
class Division:
    """A group and the groups that it is divided into.

    ``complete``: each person is in one of the parts, because a record declares that they make up
    the whole. ``formed``: the parts are arms or cohorts; a finding may be missing for some.
    """

    study: str
    whole: str
    parts: tuple[str, ...]
    complete: bool = False
    formed: bool = False


def divisions(evidence: Evidence) -> dict[str, list[Division]]:
    """Return which groups are divided into which, by study, each division once."""
    groups: dict[str, dict[str, Group]] = defaultdict(dict)
    for group in evidence.groups:
        groups[group.study][group.id] = group
    by_study: dict[str, dict[tuple[str, tuple[str, ...]], Division]] = defaultdict(dict)
    for partition in evidence.partitions:
        own = groups[partition.study]
        formed = all(own[part].kind in _FORMED for part in partition.parts)
        declared = Division(partition.study, partition.of, partition.parts, True, formed)
        _add(by_study[declared.study], [declared, *_crossed(declared, own)])
    for study, own in groups.items():
        _add(by_study[study], _opposite_pairs(study, own.values()))
    return {study: list(own.values()) for study, own in by_study.items()}


def _add(known: dict[tuple[str, tuple[str, ...]], Division], more: Iterable[Division]) -> None:
    for division in more:
        known.setdefault((division.whole, tuple(sorted(division.parts))), division)


def _crossed(division: Division, groups: dict[str, Group]) -> Iterator[Division]:
    """Yield the arms that a division also divides: into ``low.drug`` and ``high.drug``."""
    for name, group in groups.items():
        parts = tuple(f"{part}.{name}" for part in division.parts)
        if group.within == division.whole and all(part in groups for part in parts):
            yield Division(division.study, name, parts)


def _opposite_pairs(study: str, groups: Iterable[Group]) -> Iterator[Division]:
    alike = group_by(
        (g for g in groups if g.who_endpoint), lambda g: (g.within, g.who_endpoint, g.who_time)
    )
    for (within, _, _), members in alike.items():
        for one, other in combinations(members, 2):
            if exclude(one.who_category, other.who_category):
                yield Division(study, within, (one.id, other.id))


def with_implied_counts(claims: Sequence[Claim], size_endpoints: Collection[str]) -> list[Claim]:
    """Return claims with "all" and "none" as counts, where the size of the group is printed.

    ``size_endpoints`` are the endpoints that print how many people a group has. Ids stay, so
    that the printed claim can be looked up by the id of the one that is returned.
    """
    sizes: dict[str, set[int | None]] = defaultdict(set)
    for claim in claims:
        if claim.measure.endpoint in size_endpoints and not claim.measure.category:
            sizes[claim.measure.group].add(claim.figure.numerator)
    return [_with_implied_count(claim, sizes.get(claim.measure.group, set())) for claim in claims]


def _with_implied_count(claim: Claim, sizes: set[int | None]) -> Claim:
    size = next(iter(sizes), None) if len(sizes) == 1 else None
    if size is None or claim.figure.text_value not in _PROPORTION or claim.statistic != "value":
        return claim
    count = size * _PROPORTION[claim.figure.text_value]
    figure = replace(claim.figure, numerator=count, unit="patients", text_value="")
    return replace(claim, figure=figure, measure=replace(claim.measure, statistic="frequency"))


def exclude(one: str, other: str) -> bool:
    """Tell whether two categories of one endpoint are each other's opposite.

    >>> exclude("", "not reached"), exclude("<50%", ">50%"), exclude("", "second line")
    (True, True, False)
    >>> exclude("high disease burden", "disease burden not high")
    True
    """
    first, second = parse(one), parse(other)
    if first is not None and second is not None:
        below, above = sorted((first, second), key=lambda interval: interval.low)
        return below.high == above.low and not below.low.is_finite() and not above.high.is_finite()
    plain, negated = (one, other) if _NEGATION.search(other) else (other, one)
    if not _NEGATION.search(negated) or _NEGATION.search(plain):
        return False
    return _words(plain) == _words(negated)


def _words(category: str) -> frozenset[str]:
    rest = _FILLER.sub(" ", _NEGATION.sub(" ", category.lower()))
    return frozenset(rest.split())
