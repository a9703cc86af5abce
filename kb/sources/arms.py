"""Which group a print names for a figure, where it names groups at all.

A name is a group's label, its id, or a label of its regimen. "A versus B: 7.7 vs 4", "7.7 with A"
and a table's headers name the group of a figure; where that is another group than the record's,
the figures were exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from kb.model import WHOLE, Group
from kb.sources.names import Names, NameTable
from kb.sources.normalise import fold
from kb.sources.roles import PrintedNumber

_GENERIC: Final = re.compile(
    r"\b(?:the|arms?|groups?|cohorts?|patients|treated|with|received|receiving)\b", re.IGNORECASE
)
_AFTER: Final = re.compile(
    r"%?(?: ?\([^()]*\))?(?: ?[^\W\d]{1,12})? ?(?:with|in|for|on|under|to)"
    r"(?: (?:the|those|patients|on|receiving|treated|with|arm|group)){0,4} $"
)
_BEFORE: Final = re.compile(
    r"(?: (?:arms?|groups?|cohorts?|patients))?(?::| (?:was|were|had|is|of|in))? ?[(<>≤≥~]{0,2}$"
)
_BETWEEN: Final = re.compile(
    r"(?: (?:arms?|groups?|patients))?"
    r"(?:,? (?:and|or|vs\.?|versus|compared (?:with|to)) (?:the )?|/|, )(?![0-9<>≤≥~])"
)
# "compared with B, ..." and "better than B" name the group that is not being described.
_OTHER: Final = re.compile(
    r"(?:compared (?:with|to)|relative to|than|against|versus|vs\.?|over|to|and|or|not)"
    r"(?: the| that| of| for| with| in)* $",
    re.IGNORECASE,
)


_VERSUS: Final = re.compile(r"\b(?:vs?|versus|compared)\b")
_OF_ROLE: Final = {
    "experimental": ("experimental", "investigational"),
    "comparator": ("comparator", "comparative", "control"),
}


class _Mention(NamedTuple):
    start: int
    end: int
    groups: frozenset[str]


class Arms:
    """The groups of one study and the names that prints have for them."""

    def __init__(self, groups: Iterable[Group], names: Names) -> None:
        """Take every group of a study."""
        self.groups = {group.id: group for group in groups}
        named: dict[str, set[str]] = {}
        for group in self.groups.values():
            for name in _names(group, names) if group.id != WHOLE else ():
                named.setdefault(_spaced(fold(name).text.lower()), set()).add(group.id)
        self._named = {name: frozenset(ids) for name, ids in named.items()}
        self._table = NameTable((name, name) for name in named)

    def wider(self, group: str) -> frozenset[str]:
        """Return the groups that a group is within, at any depth."""
        above = set()
        while group in self.groups and (group := self.groups[group].within):
            above.add(group)
        return frozenset(above)

    def nested(self, group: str, other: str) -> bool:
        """Whether one of two groups is within the other."""
        return group in self.wider(other) or other in self.wider(group)

    def _mentions(self, text: str) -> list[_Mention]:
        """Return the names in a text; two names of one group side by side are one."""
        mentions: list[_Mention] = []
        for match in self._table.pattern.finditer(_spaced(text)):
            groups = self._named[self._table.notation(match[0]).lower()]
            last = mentions[-1] if mentions else None
            if last and last.end + 1 == match.start() and last.groups & groups:
                mentions[-1] = _Mention(last.start, match.end(), last.groups | groups)
            else:
                mentions.append(_Mention(*match.span(), groups))
        return mentions

    def _others(self, groups: Iterable[str], group: str) -> list[str]:
        """Return the groups named, unless the claim's own or a related one is among them."""
        named = list(groups)
        return [] if any(self._related(name, group) for name in named) else sorted(named)

    def _related(self, name: str, group: str) -> bool:
        """Whether what names one group may mean the other: nested, or of the same kind."""
        one, other = self.groups[name], self.groups.get(group)
        if other is None or name == group or self.nested(name, group):
            return True
        kinds = [(g.regimen, g.who_endpoint, g.who_category) for g in (one, other)]
        same_regimen = bool(one.regimen) and one.regimen == other.regimen
        return same_regimen or (bool(one.who_endpoint) and kinds[0][1:] == kinds[1][1:])

    def other_in_labels(self, labels: str, group: str) -> str:
        """Return the group that labels of a table name instead of this one, or ""."""
        groups = {g for mention in self._mentions(fold(labels).text) for g in mention.groups}
        # A row such as "Free of pain" may also be the name of a subgroup.
        arms = {name for name in groups if self.groups[name].kind in ("arm", "cohort")}
        return next(iter(self._others(arms or groups, group)), "")

    def other_at(self, printed: str, numbers: Sequence[PrintedNumber], i: int, group: str) -> str:
        """Return the group that a normalised print names for a number instead of this one."""
        mentions = self._mentions(printed)
        place = (printed, mentions, numbers, i)
        groups = _paired(*place) or _adjacent(*place) or _sole(*place)
        run = numbers[i].run
        if not groups and len(run) == 2 and i == run[1]:
            gap = printed[numbers[run[0]].number.end : numbers[i].number.start]
            described = _sole(printed, mentions, numbers, run[0]) if _VERSUS.search(gap) else ()
            return "the group compared with" if group in described else ""
        return next(iter(self._others(groups, group)), "") if groups else ""


def _spaced(text: str) -> str:
    """Return a text in which "standard-of-care" and "standard of care" are the same name."""
    return text.replace("-", " ")


def _names(group: Group, names: Names) -> Iterable[str]:
    ids = group.id.rsplit(".", 1)[-1].replace("-", " ")
    terms = names.vocabulary.schemes.get("regimen", {})
    regimen = terms[group.regimen].names if group.regimen in terms else ()
    for name in (group.label, ids, *_OF_ROLE.get(group.role, ()), *regimen):
        short = " ".join(_GENERIC.sub(" ", name).split())
        yield from filter(None, (name, short))


def _paired(
    printed: str, mentions: Sequence[_Mention], numbers: Sequence[PrintedNumber], i: int
) -> frozenset[str]:
    """Return the groups of the name with the place in a list that the number has in its own."""
    run = numbers[i].run
    if len(run) < 2:
        return frozenset()
    first, last = numbers[run[0]].number.start, numbers[run[-1]].number.end
    before = [m for m in mentions if m.end <= first]
    after = _list_of_names(printed, [m for m in mentions if m.start >= last])
    for listed in (after, before):
        apart = all(not a.groups & b.groups for a, b in pairwise(listed))
        if len(listed) == len(run) and apart and not _OTHER.search(printed[: listed[0].start]):
            return listed[run.index(i)].groups
    return frozenset()


def _list_of_names(printed: str, mentions: Sequence[_Mention]) -> list[_Mention]:
    """Return the first names as far as only words such as "and" stand between them."""
    listed = list(mentions[:1])
    for a, b in pairwise(mentions):
        if not _BETWEEN.fullmatch(printed[a.end : b.start]):
            break
        listed.append(b)
    return listed


def _adjacent(
    printed: str, mentions: Sequence[_Mention], numbers: Sequence[PrintedNumber], i: int
) -> frozenset[str]:
    """Return the groups of the one name directly after a number ("7.7 with A") or before it."""
    start, end = numbers[i].number.start, numbers[i].number.end
    after = _list_of_names(printed, [m for m in mentions if m.start >= end])
    if len(after) == 1 and _AFTER.fullmatch(printed[end : after[0].start]):
        # What follows may be another name that the vocabulary does not have.
        alone = not _BETWEEN.match(printed, after[0].end)
        return after[0].groups if alone else frozenset()
    previous = numbers[i - 1].number.end if i else 0
    before = [m for m in mentions if previous <= m.start and m.end <= start]
    described = len(before) == 1 and not _OTHER.search(printed[: before[0].start])
    if described and _BEFORE.fullmatch(printed[before[0].end : start]):
        return before[0].groups
    return frozenset()


def _sole(
    printed: str, mentions: Sequence[_Mention], numbers: Sequence[PrintedNumber], i: int
) -> frozenset[str]:
    """Return the groups of the only name, for the first figure: "higher with A (7.7 vs 4)"."""
    figures = [j for j, number in enumerate(numbers) if not number.counter and not number.role]
    start = numbers[i].number.start
    if figures[:1] != [i] or len(mentions) != 1 or mentions[0].end > start:
        return frozenset()
    return frozenset() if _OTHER.search(printed[: mentions[0].start]) else mentions[0].groups
