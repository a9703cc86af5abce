"""The people of a table whose headers name no groups: those of a heading, or everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.drafts.columns import ColumnRole
from kb.drafts.groups import GroupNames, GroupOf, group_key, is_everybody
from kb.drafts.labels import without_size
from kb.model import WHOLE
from kb.papers.paper import Table
from kb.sources.sizes import printed_size

_NUMBERED: Final = re.compile(r"^[0-9]{0,2}[a-zA-Z]?[:.)] ")
_PEOPLE: Final = re.compile(
    r"\b(?:patients|participants|subjects|(?:wo)?men|children|infants|boys|girls|adults|people|group"
    r"|arm)\b",
    re.IGNORECASE,
)
_KIND: Final = re.compile(r"(?:(?!of\b)[\w-]+ ){1,2}(?:patients|participants|subjects)")
"""A heading such as "Non-medical patients"."""
_CASES: Final = re.compile(r"\([0-9, ]+ (?:cases|events|deaths)\)")
_PART: Final = re.compile(
    r"(?<!per )(?<!by )(?<!each )\b(?:arms?|group|subgroup|subset|responders|completers|controls"
    r"|exercisers|cases)\b",
    re.IGNORECASE,
)
"""Words of a caption that may name a part of the people only."""
_PERSONS: Final = r"(?:groups?|arms?|patients|participants|subjects|people|women|men|children)\b"
_GROUP: Final = re.compile(
    r"\b(?:in|among|within|of) (?:the )?(?P<name>(?!between)[A-Z][\w-]*(?: [\w-]+){0,2}?)"
    r" (?:group|arm)\b(?! (?:and|or|vs|versus|compared)\b)"
)
"""The one group that a caption names, in part at least: "in the Intervention group"."""
_SEVERAL: Final = re.compile(
    r"\b(?:two|three|four|both|study|treatment|intervention|control|placebo) (?:groups|arms)\b"
    r"|\band (?:the )?[\w-]+ (?:groups|arms)\b"
    r"|\b(?:between|within|among) (?:the )?(?:groups|arms)\b",
    re.IGNORECASE,
)
"""Words of a caption for several groups, which the labels then name."""
_SET: Final = re.compile(
    r"\b(?:m?ITT|PP|FAS|(?i:(?:modified )?intention[- ]to[- ]treat|per[- ]protocol|as[- ]treated"
    r"|full analysis|complete[- ]cases?|(?<![a-z] )completers(?: only)?|all randomi[sz]ed))\b"
)


def analysis_set(labels: Sequence[str]) -> str:
    """Return the one analysis set that labels name, as printed; "" for none, or several.

    >>> analysis_set(["P value (ITT)"]), analysis_set(["n = 98 for PP, n = 137 for ITT"])
    ('ITT', '')
    """
    found = dict.fromkeys(one for label in labels for one in _SET.findall(label))
    return next(iter(found)) if len(found) == 1 else ""


def is_analysis_set(label: str) -> bool:
    """Whether a label names an analysis set and nothing else.

    >>> is_analysis_set("Completers"), is_analysis_set("Completers at 6 months")
    (True, False)
    """
    return _SET.fullmatch(label.strip(" ()")) is not None


@dataclass
class People:
    """The people of the figures of one table, where no header names them."""

    table: Table
    roles: Sequence[ColumnRole]
    groups: GroupNames

    def of(self, path: Sequence[str]) -> GroupOf | None:
        """Return the people that a heading or the caption names, or everybody; None if open."""
        if found := self._in_headings(path) or self._in_caption():
            return found
        if self._has_groups or _PART.search(self.table.caption) or self._is_of_groups:
            return None
        return GroupOf(WHOLE, "likely", "no label names a part of the people")

    @property
    def _is_of_groups(self) -> bool:
        """Whether the caption says that the figures are of several groups."""
        return _SEVERAL.search(self.table.caption) is not None

    def _in_caption(self) -> GroupOf | None:
        """Return the one known group that the caption names as the people of its figures."""
        key = group_key(self.table.caption)
        found = set()
        for name in self.groups.known_labels():
            name_ = re.escape(name)
            of = rf"\b(?:in|among|within|of(?=(?: the)? {name_} {_PERSONS}))(?: the)? {name_}\b"
            of += r"(?!(?: (?:group|arm))? (?:and|or|vs|versus)\b)"
            of = rf"{of}|^(?:table \w+ )?{name_}(?: \w+)?$"
            if re.search(of, key) and (one := self.groups.find(name)):
                found.add(one.id)
        if not found and (named := _GROUP.search(self.table.caption)):
            one = self.groups.find(named["name"]) or self.groups.find_by_part(named["name"])
            found = {one.id} if one else set()
        if len(found) != 1:
            return None
        return GroupOf(found.pop(), "likely", "the caption names the group")

    def _in_headings(self, path: Sequence[str]) -> GroupOf | None:
        """Return the people of the nearest label with their number: "Men (1061 cases)"."""
        for label in reversed(path):
            name = _NUMBERED.sub("", label.partition("(")[0]).strip()
            is_heading = label != path[-1]
            is_own = _CASES.search(label) or (is_heading and printed_size(label) is not None)
            is_own = is_own or (is_heading and _KIND.fullmatch(name) is not None)
            if is_own and is_everybody(name):
                return GroupOf(WHOLE, "sure", "the heading names everybody")
            if is_own and _PEOPLE.search(name):
                return self.groups.resolve(name, sized=False)
        return None

    @cached_property
    def _has_groups(self) -> bool:
        """Whether headers or labels of rows name a part of the people."""
        found = [role.group for role in self.roles if role.group]
        rows = range(self.table.header_rows, len(self.table.grid))
        labels = {label for row in rows for label in self.table.row_path(row)}
        found += [one for label in labels if (one := self.groups.find_part(without_size(label)))]
        compared = any(role.compared or role.together for role in self.roles)
        return compared or any(one.id != WHOLE for one in found)
