"""Who a figure is about, in numbers: the counts of people, and the sizes of groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kb.checks.finding import CheckContext
from kb.checks.rounding import Span, possible_values
from kb.model import Claim, Group, Measure

PEOPLE: Final = "patients"
"""The unit of a count of people; a figure in another unit is no number of people."""
FREQUENCY: Final = "frequency"
"""The statistic whose prints are a number of people, their share, or both."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many people a group has in one source, and the claim that says so."""

    number: int
    claim: Claim


class Groups:
    """The groups of all studies, with their sizes as each source prints them."""

    def __init__(self, material: CheckContext) -> None:
        """Sort groups and the claims that size them."""
        self.sizing = tuple(sorted(material.vocabulary.with_flag("endpoint", "isGroupSize")))
        self._groups = {(group.study, group.id): group for group in material.evidence.groups}
        self._counted: dict[tuple[str, Measure], list[Claim]] = defaultdict(list)
        self._counting: dict[str, set[str]] = defaultdict(set)
        for claim in material.evidence.claims:
            if count_of(claim) is not None:
                self._counted[claim.source, claim.measure].append(claim)
                self._counting[claim.study].add(claim.source)
        self._criteria: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
        for (source, m), claims in self._counted.items():
            if not (m.regimen or m.population):
                key = (source, m.study, m.group, m.endpoint, m.category, str(m.time))
                self._criteria[key] += claims

    def of(self, claim: Claim) -> Group:
        """Return the group that a claim is about."""
        return self._groups[claim.study, claim.measure.group]

    def above(self, group: Group) -> Group | None:
        """Return the group that a group is within."""
        return self._groups.get((group.study, group.within))

    def counting(self, study: str) -> list[str]:
        """Return the sources that count people of a study."""
        return sorted(self._counting.get(study, ()))

    def is_size(self, claim: Claim) -> bool:
        """Say whether a claim says how many people a group has."""
        return claim.measure.endpoint in self.sizing

    def size(self, group: Group, source: str) -> Size | None:
        """Return a group's size as one source prints it; None when it does not or is of two minds.

        Where no size is printed, the number of those who meet the group's criterion is it.
        """
        return self._one(self._sizes(group, source)) or self._one(self._meeting(group, source))

    def _sizes(self, group: Group, source: str) -> list[Claim]:
        measures = (Measure(group.study, group.id, name, FREQUENCY) for name in self.sizing)
        return [claim for m in measures for claim in self._counted.get((source, m), ())]

    def _meeting(self, group: Group, source: str) -> list[Claim]:
        """Counts of the wider group that say how many are in the group."""
        if not group.who_endpoint or self._sizes(group, source):
            return []
        key = (group.within, group.who_endpoint, group.who_category, group.who_time)
        return self._criteria.get((source, group.study, *key), [])

    @staticmethod
    def _one(claims: Iterable[Claim]) -> Size | None:
        found = {count_of(claim): claim for claim in reversed(list(claims))}
        if len(found) != 1:
            return None
        (number, claim), *_ = found.items()
        return Size(number, claim) if number else None


def count_of(claim: Claim) -> int | None:
    """Return the number of people that a claim prints; None for none, or for about so many."""
    figure = claim.figure
    if claim.measure.statistic != FREQUENCY or claim.measure.comparator:
        return None
    if figure.unit != "%" and (figure.unit not in ("", PEOPLE) or figure.operator):
        return None
    return figure.numerator


def point_of(claim: Claim) -> Span | None:
    """Return what the value of a claim may stand for; None for an inequality or a word."""
    figure = claim.figure
    if figure.value is None or figure.operator not in ("", "~") or figure.text_value:
        return None
    return possible_values(figure.value, figure.operator)


def by_measure(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Yield the claims that one source prints about one measure, in the order of their ids."""
    found: dict[tuple[str, Measure], list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.source, claim.measure].append(claim)
    yield from found.values()
