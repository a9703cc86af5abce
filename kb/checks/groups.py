"""Who a figure is about, in numbers: the counts of people, and the sizes of groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kb.checks.rounding import Span, possible_values
from kb.model import WHOLE, Claim, Evidence, Group, Measure
from kb.records.vocabulary import Vocabulary

PEOPLE: Final = "patients"
"""The unit of a count of people; a figure in another unit does not count people."""
FREQUENCY: Final = "frequency"
"""The statistic of a number of people, their percentage, or both."""

ANALYSIS_SET: Final = "analysis-set"
"""The kind of a group that an analysis is restricted to, such as the patients treated."""
SUBGROUP: Final = "subgroup"
"""The kind of a group that is a part of another by what its people have in common."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many people a group has in one source, and the claim that prints it."""

    number: int
    claim: Claim


class Groups:
    """The groups of all studies, with their sizes as each source prints them."""

    def __init__(
        self,
        evidence: Evidence,
        vocabulary: Vocabulary,
        set_aside: Container[tuple[str, str]] = (),
    ) -> None:
        """Index groups and the claims that count people.

        Args:
            evidence: the evidence base.
            vocabulary: its terms.
            set_aside: the study and id of claims that give no size: judgements set them aside.
        """
        self.size_endpoints = tuple(sorted(vocabulary.with_flag("endpoint", "isGroupSize")))
        self.by_id = {(group.study, group.id): group for group in evidence.groups}
        self._counts: dict[tuple[str, Measure], list[Claim]] = defaultdict(list)
        for claim in evidence.claims:
            if count_of(claim) is not None and (claim.study, claim.id) not in set_aside:
                self._counts[claim.source, claim.measure].append(claim)
        self._criteria: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
        self._sizes: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for (source, m), claims in self._counts.items():
            if not (m.regimen or m.population):
                key = (source, m.study, m.group, m.endpoint, m.category, str(m.time))
                self._criteria[key] += claims
            if any(m == Measure(m.study, m.group, e, FREQUENCY) for e in self.size_endpoints):
                self._sizes[m.study, m.group] += claims

    def of(self, claim: Claim) -> Group:
        """Return the group that a claim is about."""
        return self.by_id[claim.study, claim.measure.group]

    def parent(self, group: Group) -> Group | None:
        """Return the group that a group is within; None for the whole study."""
        return self.by_id.get((group.study, group.within))

    def related(self, group: Group) -> Iterator[Group]:
        """Yield the other groups of one treatment: those within a group, around it, or alike."""
        around = {one.id for one in self.around(group)}
        for other in self.by_id.values():
            if other.study != group.study or other.id in (group.id, WHOLE):
                continue
            within = any(one.id == group.id for one in self.around(other))
            treated = (other.role, other.regimen) == (group.role, group.regimen)
            if within or other.id in around or (other.role and treated):
                yield other

    def around(self, group: Group) -> Iterator[Group]:
        """Yield a group and those that it is within, the narrowest first."""
        one: Group | None = group
        while one is not None:
            yield one
            one = self.parent(one)

    def is_size(self, claim: Claim) -> bool:
        """Tell whether a claim prints how many people a group has."""
        return claim.measure.endpoint in self.size_endpoints

    def size(self, group: Group, source: str) -> Size | None:
        """Return a group's size in one source; None if it prints none, or conflicting ones.

        Where no size is printed, it is the number of people who meet the group's criterion.
        """
        printed = self._printed(group, source)
        return self._one(printed) if printed else self._one(self._meeting(group, source))

    def printed_size(self, group: Group, claim: Claim) -> Size | None:
        """Return the size of a group that the source of a claim prints, else that others agree on.

        A size that is printed for the analysis set of the claim goes first.
        """
        own = self._printed(group, claim.source)
        in_set = self._one(one for one in own if one.analysis_set == claim.analysis_set)
        return in_set or self._one(own or self._sizes.get((group.study, group.id), ()))

    def _printed(self, group: Group, source: str) -> list[Claim]:
        claims = self._sizes.get((group.study, group.id), ())
        return [claim for claim in claims if claim.source == source]

    def _meeting(self, group: Group, source: str) -> list[Claim]:
        """Return the counts within the wider group of those who are in this one."""
        if not group.who_endpoint:
            return []
        key = (group.within, group.who_endpoint, group.who_category, group.who_time)
        return self._criteria.get((source, group.study, *key), [])

    @staticmethod
    def _one(claims: Iterable[Claim]) -> Size | None:
        counts = {count_of(claim): claim for claim in reversed(list(claims))}
        if len(counts) != 1:
            return None
        (number, claim), *_ = counts.items()
        return Size(number, claim) if number else None


def count_of(claim: Claim) -> int | None:
    """Return the number of people that a claim prints; None if it prints none, or "about" one."""
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
