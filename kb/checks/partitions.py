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

_NOT: Final = re.compile(r"\b(?:no|not|none|without|negative|did)\b|-negative\b")
_EMPTY: Final = re.compile(r"\b(?:achieved|reached|given|proceed|done|received|ph)\b|[\s-]+")
_SHARE_IN_WORDS: Final = {"all": 1, "none": 0}
_FORMED: Final = frozenset({"arm", "cohort"})


@dataclass(frozen=True, slots=True)
class Whole:
    """A group and the groups that it is divided into.

    ``complete``: each member must be in one of the parts, because a record says that they make
    up the whole. ``formed``: the parts are arms or cohorts; a finding may be missing for some.
    """

    study: str
    of: str
    parts: tuple[str, ...]
    complete: bool = False
    formed: bool = False


def wholes(evidence: Evidence) -> dict[str, list[Whole]]:
    """Return what is divided into what, by study, each division once."""
    groups: dict[str, dict[str, Group]] = defaultdict(dict)
    for group in evidence.groups:
        groups[group.study][group.id] = group
    found: dict[str, dict[tuple[str, tuple[str, ...]], Whole]] = defaultdict(dict)
    for partition in evidence.partitions:
        own = groups[partition.study]
        formed = all(own[part].kind in _FORMED for part in partition.parts)
        whole = Whole(partition.study, partition.of, partition.parts, True, formed)
        _add(found[whole.study], [whole, *_crossed(whole, own)])
    for study, own in groups.items():
        _add(found[study], _pairs(study, own.values()))
    return {study: list(own.values()) for study, own in found.items()}


def _add(found: dict[tuple[str, tuple[str, ...]], Whole], more: Iterable[Whole]) -> None:
    for whole in more:
        found.setdefault((whole.of, tuple(sorted(whole.parts))), whole)


def _crossed(whole: Whole, groups: dict[str, Group]) -> Iterator[Whole]:
    """A division of everybody also divides each arm: ``low.drug`` and ``high.drug`` are parts."""
    for name, group in groups.items():
        parts = tuple(f"{part}.{name}" for part in whole.parts)
        if group.within == whole.of and all(part in groups for part in parts):
            yield Whole(whole.study, name, parts)


def _pairs(study: str, groups: Iterable[Group]) -> Iterator[Whole]:
    alike: dict[tuple[str, str, str], list[Group]] = defaultdict(list)
    for group in groups:
        if group.who_endpoint:
            alike[group.within, group.who_endpoint, group.who_time].append(group)
    for (within, _, _), members in alike.items():
        for one, other in combinations(members, 2):
            if exclude(one.who_category, other.who_category):
                yield Whole(study, within, (one.id, other.id))


def told(claims: Sequence[Claim], sizing: Collection[str]) -> list[Claim]:
    """Return claims with "all" and "none" told as counts, where the size of the group is printed.

    ``sizing`` are the endpoints that say how many people a group has. The ids stay: whoever
    reports one of these claims looks the printed one up by its id.
    """
    sizes: dict[str, set[int | None]] = defaultdict(set)
    for claim in claims:
        if claim.measure.endpoint in sizing and not claim.measure.category:
            sizes[claim.measure.group].add(claim.figure.numerator)
    return [_told(claim, sizes.get(claim.measure.group, set())) for claim in claims]


def _told(claim: Claim, sizes: set[int | None]) -> Claim:
    size = next(iter(sizes), None) if len(sizes) == 1 else None
    if size is None or claim.figure.text_value not in _SHARE_IN_WORDS or claim.statistic != "value":
        return claim
    count = size * _SHARE_IN_WORDS[claim.figure.text_value]
    figure = replace(claim.figure, numerator=count, unit="patients", text_value="")
    return replace(claim, figure=figure, measure=replace(claim.measure, statistic="frequency"))


def exclude(one: str, other: str) -> bool:
    """Say whether two categories of one endpoint are each other's opposite.

    >>> exclude("", "not reached"), exclude("<50%", ">50%"), exclude("", "second line")
    (True, True, False)
    >>> exclude("high disease burden", "disease burden not high")
    True
    """
    first, second = parse(one), parse(other)
    if first is not None and second is not None:
        below, above = sorted((first, second), key=lambda interval: interval.low)
        return below.high == above.low and not below.low.is_finite() and not above.high.is_finite()
    plain, denied = (one, other) if _NOT.search(other) else (other, one)
    if not _NOT.search(denied) or _NOT.search(plain):
        return False
    return _words(plain) == _words(denied)


def _words(category: str) -> frozenset[str]:
    left = _EMPTY.sub(" ", _NOT.sub(" ", category.lower()))
    return frozenset(left.split())
