"""Cells with two counts, "3/8", whose label names both: "Female/male", "Sex (F:M)"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kb.drafts.groups import GroupNames
from kb.drafts.labels import without_size
from kb.papers.entries import Entry, Form, entry, whole
from kb.papers.from_source import label_text
from kb.papers.reading import TableFigure
from kb.papers.statistic import Centre, Statistic

_NAMES: Final = re.compile(
    r"(?P<outer>.*?)(?P<bracket>[(\[]?)\b(?P<first>[A-Za-z][A-Za-z-]{0,20}) ?[/:] ?"
    r"(?P<second>[A-Za-z][A-Za-z-]{0,20})(?P<tail>(?: [a-z]+)?)[)\]]?"
)
_PAIR: Final = re.compile(r"(?P<first>.*?[0-9%)]) ?[/:] ?(?P<second>[0-9].*)")
_OPPOSITES: Final = (
    *("male female", "men women", "boys girls", "m f", "yes no", "left right", "right left"),
    *("female male", "women men", "girls boys", "f m", "positive negative", "present absent"),
)
_NUMBERED: Final = re.compile(r"\b(?:n|no|numbers?)\b", re.IGNORECASE)
_BASES: Final = re.compile(
    r"n|no|total|patients|participants|subjects|people|all|treated|evaluable|randomi[sz]ed|tested"
    r"|cells|ml|dl|l|g|kg|mg|day|week|month|year|h|min",
    re.IGNORECASE,
)
"""What a second name means if the first count is a part of the second, or a unit."""


_SIDES: Final = re.compile(
    r"(?:numbers?|n|no\.?)(?: of \w+)?[,:]? ?\(?(?P<first>[^/()]+?) ?/ ?(?P<second>[^/()]+?)\)?",
    re.IGNORECASE,
)


def sides_of(header: Sequence[str], groups: GroupNames) -> tuple[str, str] | None:
    """Return the two groups whose numbers of people a header has: "N drug/placebo".

    >>> groups = GroupNames({}, None, {})
    >>> _ = groups.add("Drug", sized=True), groups.add("Placebo", sized=True)
    >>> sides_of(["Number drug / placebo"], groups), sides_of(["N drug/dose"], groups)
    (('drug', 'placebo'), None)
    """
    for match in filter(None, map(_SIDES.fullmatch, header)):
        found = [groups.find(match[name]) for name in ("first", "second")]
        if found[0] and found[1] and found[0].id != found[1].id:
            return found[0].id, found[1].id
    return None


def sizes_of(figure: TableFigure, sides: tuple[str, str]) -> dict[str, Any] | None:
    """Return the values of a cell with the numbers of two groups, "174/176"."""
    first, second = whole(figure.entry.main), whole(figure.entry.of)
    if figure.entry.form is not Form.RATIO or first is None or second is None:
        return None
    return {sides[0]: {"n": first}, sides[1]: {"n": second}}


@dataclass(frozen=True)
class Half:
    """One of two counts of a cell."""

    category: str
    figure: TableFigure
    outer: str
    """The label of both: "Sex" of "Sex (F/M)"."""


def halves(figure: TableFigure, label: str) -> Sequence[Half]:
    """Return the two counts of a cell if its label names both; none if they may be something else.

    Both are people of the column, or the names are the two sides of one thing.
    """
    names, parts = _NAMES.fullmatch(without_size(label)), _PAIR.fullmatch(label_text(figure.text))
    if names is None or parts is None:
        return ()
    is_known = f"{names['first']} {names['second']}".lower() in _OPPOSITES
    if _BASES.fullmatch(names["second"]) and not is_known:
        return ()
    entries = [entry(parts[name]) for name in ("first", "second")]
    counts = [whole(one.main) for one in entries]
    if None in counts or any(one.form not in (Form.NUMBER, Form.COUNT_SHARE) for one in entries):
        return ()
    size, total = figure.column.size, sum(count or 0 for count in counts)
    is_share = "%" in label and total != size and _NUMBERED.search(label) is None
    if (size and total > size) or not (is_known or total == size) or (is_share and total != 100):
        return ()
    outer, tail = names["outer"].strip(" ,:;"), names["tail"].removesuffix(" ratio")
    made = _share_of if is_share else _of
    return tuple(
        Half(names[name] + tail, made(figure, own), outer)
        for name, own in zip(("first", "second"), entries, strict=True)
    )


def _share_of(figure: TableFigure, own: Entry) -> TableFigure:
    share = replace(own, form=Form.SHARE, share=own.main, text=figure.entry.text)
    return replace(figure, entry=share, statistic=Statistic(Centre.SHARE))


def _of(figure: TableFigure, own: Entry) -> TableFigure:
    return replace(figure, entry=replace(own, text=figure.entry.text)).as_count()
