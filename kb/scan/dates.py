"""Dates in sentences: periods, and follow-up that the dates of the study do not leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.follow_up import follow_up_fits
from kb.scan.context import OTHER_STUDIES, ScanContext, Sentence
from kb.scan.finding import ScanFinding, Verdict

PERIOD: Final = "period-ends-before-it-begins"
FOLLOW_UP: Final = "follow-up-beyond-the-study"
_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS: Final = {name: i for i, name in enumerate(_NAMES, start=1)}
_MONTH: Final = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?"
    r"|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)


def _date(name: str) -> str:
    """Return the pattern of a date with a year: "May 2010", "3 May 2010", "May 3, 2010"."""
    return (
        rf"(?:(?P<{name}_day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?"
        rf"(?:(?P<{name}_month>{_MONTH}),? )"
        rf"(?:(?P<{name}_after>\d{{1,2}})(?:st|nd|rd|th)?,? )?"
        rf"(?:of )?(?P<{name}_year>(?:19|20)\d\d)\b"
    )


_PERIOD: Final = re.compile(
    rf"\b(?:(?:from|between) {_date('a')} ?(?:to|and|until|till|through|-) ?{_date('b')})",
    re.IGNORECASE,
)
_FOLLOW_UP: Final = re.compile(
    r"\b(?:median|mean|average|minimum)(?: [a-z]+)? follow-? ?up"
    r"(?: (?:time|period|duration|for|of|in|all|both|the|patients|participants|groups|survivors"
    r"|was|is)|:|,)* ?"
    r"(?P<time>N)(?: [(\[][^()\[\]]*[)\]])?[ -](?P<unit>months?|years?)\b"
)
_ENROLLED: Final = re.compile(
    r"recruit|enrol|randomi[sz]|patients|participants|this (?:study|trial)", re.IGNORECASE
)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield periods that end before they begin, and follow-up that does not fit the dates."""
    for sentence in context.sentences:
        yield from _periods(context, sentence)
    yield from _follow_up(context)


def _periods(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    for match in _PERIOD.finditer(sentence.skeleton.folded):
        context.checked[PERIOD] += 1
        begins, ends = (_key(match, name) for name in ("a", "b"))
        if len(begins) != len(ends):
            begins, ends = begins[:2], ends[:2]
        if ends < begins:
            computed = f"{_print(ends)} is before {_print(begins)}"
            message = "The period ends before it begins."
            yield _finding(PERIOD, sentence, (match[0],), computed, message)


def _key(match: re.Match[str], name: str) -> tuple[int, ...]:
    """Return the year, the month and, where it is printed, the day."""
    day = match[f"{name}_day"] or match[f"{name}_after"]
    month = _MONTHS[match[f"{name}_month"][:3].lower()]
    return (int(match[f"{name}_year"]), month, *((int(day),) if day else ()))


def _print(date: tuple[int, ...]) -> str:
    return "-".join(f"{part:02}" for part in date)


def _follow_up(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield a follow-up that is longer than from the first date of the study to its publication."""
    own = [s for s in context.sentences if not OTHER_STUDIES.search(s.section.title)]
    follow_ups = [(s, m) for s in own for m in _FOLLOW_UP.finditer(s.skeleton.text)]
    ends = _published(context)
    if not follow_ups or ends is None:
        return
    periods = (
        m for s in own if _ENROLLED.search(s.text) for m in _PERIOD.finditer(s.skeleton.folded)
    )
    starts = [_key(match, "a")[:2] for match in periods]
    for sentence, match in follow_ups if starts else ():
        number = sentence.skeleton.figure(match, "time")
        if number is None or number.operator:
            continue
        months = number.value * (12 if match["unit"].startswith("y") else 1)
        begins = min(starts)
        context.checked[FOLLOW_UP] += 1
        if follow_up_fits(months, (begins[0], begins[1]), ends) is Outcome.INCONSISTENT:
            printed = (f"{number.text} {match['unit']}", _print(begins))
            computed = f"{_print(begins)} to {_print(ends)} is shorter than {printed[0]}"
            message = f"A follow-up of {printed[0]} does not fit between {_print(begins)}, when the"
            message += f" study began, and {_print(ends)}, when it was published."
            finding = _finding(FOLLOW_UP, sentence, printed, computed, message)
            yield replace(finding, verdict=Verdict.DOUBTFUL)


def _published(context: ScanContext) -> tuple[int, int] | None:
    """Return the year and month of publication: the latest date, or the end of its year."""
    metadata = context.paper.metadata
    dates = [d.split("-") for d in metadata.dates.values() if re.match(r"[0-9]{4}-[0-9]{2}", d)]
    known = [(int(year), int(month)) for year, month, *_ in dates]
    return max(known) if known else (metadata.year, 12) if metadata.year else None


def _finding(
    kind: str, sentence: Sentence, printed: tuple[str, ...], computed: str, message: str
) -> ScanFinding:
    place = sentence.place
    return ScanFinding(
        kind, Verdict.INCONSISTENT, Severity.MATERIAL, place, printed, computed, message
    )
