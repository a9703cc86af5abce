"""In which order a text names groups for the figures of a list: "A versus B: 7.7 vs 4"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from kb.sources.roles import PrintedNumber

_NOUN: Final = r"(?: (?:arms?|groups?|cohorts?|patients|ones|therapy|treatment|alone))"
_AFTER: Final = re.compile(
    r"%?(?:[ -]?[^\W\d]{1,12})?(?: ?\([^()]*\))?(?: ?\[[^\[\]]*\])?(?: ?[^\W\d]{1,12})? ?"
    r"(?:with|in|for|on|under|to|of|after|following|among)"
    r"(?: (?:the|those|patients|on|receiving|undergoing|assigned to|treated|with|arm|group)){0,4} $"
)
_BEFORE: Final = re.compile(rf"{_NOUN}?(?::| (?:was|were|had|is|of|in))? ?[(<>≤≥~]{{0,2}}$")
_BETWEEN: Final = re.compile(
    rf"{_NOUN}?(?: ?\([^()]*\))?"
    r"(?:,? (?:and|or|vs\.?|versus|compared (?:with|to)) (?:in )?(?:the )?|/|, )"
    r"(?![0-9<>≤≥~])"
)
# "compared with B, ..." and "better than B" name the group that is not being described.
_OTHER: Final = re.compile(
    r"(?<![A-Za-z])"
    r"(?:(?:compared (?:with|to)|relative to|than|against|versus|vs\.?)(?: [^\s.,;:()0-9]+){0,4}"
    r"|(?:over|to|and|or|not?|without|from)(?: (?:the|that|those|of|for|with|in|on|patients))*) $",
    re.IGNORECASE,
)
_BRACKET: Final = re.compile(rf"{_NOUN}{{0,2}} ?\((?P<inside>[^()]*)$")
_COLON: Final = re.compile(rf"{_NOUN}? ?:")
_VERSUS: Final = re.compile(r"\b(?:vs?|versus|compared|and|against)\b|/")
_COMPARED: Final = re.compile(r"\b(?:vs?|versus|compared|against)\b")
_SENTENCE: Final = re.compile(r"[.!?] (?=[A-Z])")
NO_GROUPS: Final = frozenset[str]()


class Mention(NamedTuple):
    """A name of groups in a text."""

    start: int
    end: int
    groups: frozenset[str]


class Reading:
    """A normalised text with its numbers and the names of groups in it."""

    def __init__(
        self, text: str, numbers: Sequence[PrintedNumber], mentions: Sequence[Mention]
    ) -> None:
        """Take what was read in a text, in order; digits of names are not numbers here."""
        self.text, self.numbers, self.mentions = text, numbers, mentions
        self.lists = [
            n.run
            for i, n in enumerate(numbers)
            if n.run[:1] == (i,) and self._is_list(n.run) and not self._is_name(n)
        ]

    def _is_name(self, printed: PrintedNumber) -> bool:
        start = printed.number.start
        return any(mention.start <= start < mention.end for mention in self.mentions)

    def _is_list(self, run: Sequence[int]) -> bool:
        return len(run) > 2 or (len(run) == 2 and self._is_pair(run))

    def groups_at(self, i: int) -> frozenset[str]:
        """Return the groups that the text names for a number, or none."""
        run = self.numbers[i].run
        if len(run) > 1 and (order := self._order(run)):
            return order[run.index(i)]
        return self._adjacent(i) or self._sole(i)

    def described(self, i: int, *, several: bool) -> frozenset[str]:
        """Return the groups of the first figure of a pair, if this is the second one.

        "83% and 63%" is a pair of figures of two groups only if there are several groups.
        """
        run = self.numbers[i].run
        if len(run) != 2 or i != run[1] or not self._is_pair(run):
            return NO_GROUPS
        gap = self.text[self.numbers[run[0]].number.end : self.numbers[i].number.start]
        if not (several or _COMPARED.search(gap)):
            return NO_GROUPS
        order = self._order(run)
        return order[0] if order and not order[1] else self._sole(run[0])

    def _is_pair(self, run: Sequence[int]) -> bool:
        gap = self.text[self.numbers[run[0]].number.end : self.numbers[run[1]].number.start]
        return _VERSUS.search(gap) is not None

    # --- lists -------------------------------------------------------------------------------

    def _order(self, run: Sequence[int]) -> tuple[frozenset[str], ...]:
        """Return the groups of a list of figures in order; none where the text names none."""
        first, last = self.numbers[run[0]].number.start, self.numbers[run[-1]].number.end
        following = self._next_list(run)
        after = self._listed([m for m in self.mentions if last <= m.start < following])
        if after and _SENTENCE.search(self.text, last, after[0].start):
            after = []
        before = [m for m in self.mentions if self._previous_end(run) <= m.start < first]
        for listed in (after, self._listed(before)):
            if self._fits(listed, run) and (listed is after or len(listed) == len(before)):
                return tuple(mention.groups for mention in listed)
        if not before:
            return self._inherited(run)
        return self._compared(before, first) if len(run) == 2 and self._is_pair(run) else ()

    def _fits(self, listed: Sequence[Mention], run: Sequence[int]) -> bool:
        apart = all(not a.groups & b.groups for a, b in pairwise(listed))
        return len(listed) == len(run) and apart and not _OTHER.search(self.text[: listed[0].start])

    def _compared(self, before: Sequence[Mention], start: int) -> tuple[frozenset[str], ...]:
        """Return the groups of a pair: "longer with A than with B (7.7 vs 4)", or only A."""
        *earlier, last = before
        is_other = _OTHER.search(self.text[: last.start])
        figures = self._has_figure(last)
        if not (is_other or figures):  # one name in the sentence before gives no order
            elsewhere = _SENTENCE.search(self.text, last.end, start)
            return () if elsewhere else (last.groups, NO_GROUPS)
        before_last = earlier[-1] if earlier else last
        apart = not before_last.groups & last.groups
        if apart and self._has_figure(before_last) == figures:  # 7 in A and 4 in B, 23% vs 10%
            return before_last.groups, last.groups
        return ()

    def _has_figure(self, mention: Mention) -> bool:
        """Whether a figure stands at a name: the list that follows is about something else."""
        ends = [n.number.end for n in self.numbers if n.number.end <= mention.start]
        return any(_AFTER.fullmatch(self.text[end : mention.start]) for end in ends[-1:])

    def _inherited(self, run: Sequence[int]) -> tuple[frozenset[str], ...]:
        """Return the order of the list before, which holds until other groups are named."""
        earlier = [one for one in self.lists if one[-1] < run[0] and len(one) == len(run)]
        if not earlier:
            return ()
        gap = self.numbers[earlier[-1][-1]].number.end, self.numbers[run[0]].number.start
        return () if _SENTENCE.search(self.text, *gap) else self._order(earlier[-1])

    def _next_list(self, run: Sequence[int]) -> int:
        starts = (self.numbers[one[0]].number.start for one in self.lists if one[0] > run[-1])
        return next(starts, len(self.text))

    def _previous_end(self, run: Sequence[int]) -> int:
        ends = [self.numbers[one[-1]].number.end for one in self.lists if one[-1] < run[0]]
        return ends[-1] if ends else 0

    def _listed(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Return the first names as far as only words such as "and" stand between them."""
        listed = list(mentions[:1])
        for a, b in pairwise(mentions):
            if not _BETWEEN.fullmatch(self.text[a.end : b.start]):
                break
            listed.append(b)
        return listed

    # --- single figures ----------------------------------------------------------------------

    def _adjacent(self, i: int) -> frozenset[str]:
        """Return the groups of the one name directly after a number ("7.7 with A") or before."""
        start, end = self.numbers[i].number.start, self.numbers[i].number.end
        after = self._listed([m for m in self.mentions if m.start >= end])
        gap = self.text[end : after[0].start] if len(after) == 1 else ""
        # "8 ponatinib", but not "141 placebo: 138"
        direct = gap in (" ", "% ") and not self.numbers[i].counter
        if _AFTER.fullmatch(gap) or (direct and not _COLON.match(self.text, after[0].end)):
            # What follows may be another name that the vocabulary does not have.
            alone = not _BETWEEN.match(self.text, after[0].end)
            return after[0].groups if alone else NO_GROUPS
        previous = self.numbers[i - 1].number.end if i else 0
        before = [m for m in self.mentions if previous <= m.start and m.end <= start]
        if not before and (around := self._bracketed(start)):
            return around
        described = len(before) == 1 and not _OTHER.search(self.text[: before[0].start])
        if described and _BEFORE.fullmatch(self.text[before[0].end : start]):
            return before[0].groups
        return NO_GROUPS

    def _bracketed(self, start: int) -> frozenset[str]:
        """Return the groups of a name right before the brackets around a figure: "A (OS 9%)"."""
        before = [m for m in self.mentions if m.end <= start][-1:]
        bracket = _BRACKET.fullmatch(self.text[before[0].end : start]) if before else None
        return (
            NO_GROUPS
            if bracket is None or _COMPARED.search(bracket["inside"])
            else before[0].groups
        )

    def _sole(self, i: int) -> frozenset[str]:
        """Return the groups of the only name, for the first figure: "higher with A (7.7)"."""
        figures = [j for j, n in enumerate(self.numbers) if not n.counter and not n.role]
        start = self.numbers[i].number.start
        if figures[:1] != [i] or len(self.mentions) != 1 or self.mentions[0].end > start:
            return NO_GROUPS
        other = _OTHER.search(self.text[: self.mentions[0].start])
        return NO_GROUPS if other else self.mentions[0].groups
