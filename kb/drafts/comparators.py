"""The group that the notes of a table say its estimates are compared with."""

from __future__ import annotations

import re
from typing import Final

from kb.drafts.groups import GroupNames, GroupOf
from kb.papers.paper import Table

_NAMED: Final = re.compile(
    r"\b(?:comparison|comparator|reference) (?:groups?|arms?)(?: (?:is|was|are)|[:=—–-])?\s*"
    r"(?:the )?(?P<name>[^.;:,()—]{2,60})",
    re.IGNORECASE,
)


def comparator_of(table: Table, groups: GroupNames) -> GroupOf | None:
    """Return the one known group that the caption or the notes name as the comparator.

    >>> from kb.papers.paper import Footnote
    >>> groups = GroupNames({}, None, {})
    >>> _ = groups.add("Usual care", sized=True)
    >>> notes = (Footnote("*", "Reference group: usual care."),)
    >>> comparator_of(Table("1", "1", "Effects", (), footnotes=notes), groups).id
    'usual-care'
    """
    texts = [table.caption, *(note.text for note in table.footnotes)]
    names = {match["name"].strip() for text in texts for match in _NAMED.finditer(text)}
    found = {one.id: one for name in names if (one := groups.find_part(name))}
    return next(iter(found.values())) if len(found) == 1 else None
