"""Survival that rises with time: in sentences, and in rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.order import months_of, not_above
from kb.papers.paper import plain
from kb.papers.reading import TableFigure, TableReading
from kb.scan.bases import GROUPS
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.places import path_name, place_of
from kb.sources.numbers import Number
from kb.util.grouping import group_by

RISING: Final = "survival-rises"
_UNIT: Final = r"(?:-| )(?:years?|months?)"
_AND: Final = rf"(?:{_UNIT})?(?:-, |, |- and | and |-, and |, and )"
_SURVIVAL: Final = re.compile(
    rf"(?P<times>N{_AND}(?:N{_AND})?N){_UNIT}\b[a-z ,-]{{0,40}}\bsurvival[a-z ,-]{{0,60}}?[ :]"
    r"(?P<shares>N ?%(?:, | and |, and )(?:N ?%(?:,? and |, ))?N ?%)"
)
_OF_GROUPS: Final = re.compile(r"\b(?:groups?|arms?|vs|versus|compared)\b")
_IS_SURVIVAL: Final = re.compile(r"surviv|\balive\b|\b(?:OS|PFS|DFS|EFS|RFS)\b(?! ?\()")
_OTHER: Final = re.compile(
    r"median|mean|differ|ratio|\bHR\b|from|after|since|relative|conditional|number|death",
    re.IGNORECASE,
)
"""Labels of other figures, or of survival that is counted from another time."""
_TIME: Final = re.compile(
    r"\b(?P<number>[0-9]+(?:\.[05])?)[ -]?(?P<unit>years?|yrs?|y|months?|mo)\b", re.IGNORECASE
)
_WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class _Point:
    """The survival of a group at a time of a row."""

    figure: TableFigure
    endpoint: str
    months: Decimal
    share: Number


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield survival that is higher at a later time."""
    for sentence in context.sentences:
        yield from _in_sentence(context, sentence)
    for reading in context.readings:
        points = [p for f in reading.figures if f.column.kind in GROUPS and (p := _at(reading, f))]
        curves = group_by(points, key=lambda p: (p.figure.column.index, p.endpoint))
        for curve in curves.values():
            yield from _in_table(context, reading, curve)


def _in_sentence(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    skeleton = sentence.skeleton
    for match in _SURVIVAL.finditer(skeleton.text):
        times, shares = (skeleton.numbers_in(*match.span(name)) for name in ("times", "shares"))
        ordered = all(one.value < two.value for one, two in pairwise(times))
        if len(times) != len(shares) or not ordered or _OF_GROUPS.search(skeleton.text):
            continue
        context.checked[RISING] += 1
        if any(_rises(one.value, two.value) for one, two in pairwise(shares)):
            printed = (skeleton.folded[shares[0].start : shares[-1].end],)
            computed = " < ".join(share.text for share in shares)
            place = sentence.place
            yield _finding(place, printed, computed, Verdict.INCONSISTENT)


def _at(reading: TableReading, figure: TableFigure) -> _Point | None:
    """Return a percentage of survival at the only time that the labels of its row name."""
    path = [plain(label) for label in reading.table.row_path(figure.row)]
    label = path_name(path)
    times = list(_TIME.finditer(label))
    number = figure.share or (None if figure.is_count else figure.entry.main)
    if len(times) != 1 or number is None or number.operator or not 0 <= number.value <= _WHOLE:
        return None
    if not _IS_SURVIVAL.search(label) or _OTHER.search(label):
        return None
    unit = "years" if times[0]["unit"].lower().startswith("y") else "months"
    months = months_of(f"{times[0]['number']} {unit}")
    endpoint = _TIME.sub("", " ".join(path))
    return None if months is None else _Point(figure, endpoint, months, number)


def _in_table(
    context: ScanContext, reading: TableReading, curve: Sequence[_Point]
) -> Iterator[ScanFinding]:
    points = sorted(curve, key=lambda point: point.months)
    if len({point.months for point in points}) < max(2, len(points)):
        return
    context.checked[RISING] += 1
    for early, late in pairwise(points):
        if _rises(early.share.value, late.share.value):
            printed = early.figure.text, late.figure.text
            computed = f"{early.share.text} < {late.share.text}"
            yield _finding(place_of(reading, late.figure), printed, computed, Verdict.DOUBTFUL)


def _rises(early: Decimal, late: Decimal) -> bool:
    return not_above(late, early) is Outcome.INCONSISTENT


def _finding(
    place: Place, printed: tuple[str, ...], computed: str, verdict: Verdict
) -> ScanFinding:
    message = "Survival cannot rise with time."
    return ScanFinding(RISING, verdict, Severity.MATERIAL, place, printed, computed, message)
