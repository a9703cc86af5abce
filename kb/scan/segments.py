"""A text of a paper in parts that are alike: raised, lowered, marked or none of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

_TAG: Final = re.compile(r"<(/?)(su[bp])>")


@dataclass(slots=True)
class Segment:
    """A part of a text."""

    text: str
    start: int
    end: int
    raised: str = ""
    """"sup", "sub" or neither."""
    marks: bool = False
    is_wrong: bool = False
    numbers: list[Any] = field(default_factory=list)
    """What is shown behind it."""


def segments(text: str, spans: Iterable[tuple[int, int]] = ()) -> list[Segment]:
    """Return a text in parts; ``spans`` are the offsets of what is marked, and may overlap.

    >>> [(s.text, s.raised, s.marks) for s in segments("4 × 10<sup>9</sup>/L", [(0, 1)])]
    [('4', '', True), (' × 10', '', False), ('9', 'sup', False), ('/L', '', False)]
    """
    marked = sorted(spans)
    tags = list(_TAG.finditer(text))
    borders = {0, len(text)} | {at for span in marked for at in span}
    borders |= {at for tag in tags for at in tag.span()}
    inside = {tag.start(): tag for tag in tags}
    parts: list[Segment] = []
    raised = ""
    ordered = sorted(borders)
    for start, end in itertools.pairwise(ordered):
        if tag := inside.get(start):
            raised = "" if tag[1] else tag[2]
            continue
        is_marked = any(a <= start and end <= b for a, b in marked)
        parts.append(Segment(text[start:end], start, end, raised, is_marked))
    return parts
