"""The times that labels name: moments, periods, and changes from one moment to another."""

from __future__ import annotations

import re
from typing import Final

_DURATION: Final = (
    r"(?P<value>[0-9]{1,3}(?:\.[0-9])?)(?:st|nd|rd|th)?[- ]?"
    r"(?P<unit>hours?|hrs?|h|days?|d|weeks?|wks?|wk|w|months?|mos?|mo|years?|yrs?|yr)\b"
)
_NTH: Final = r"(?P<noun>day|week|month|year|cycle)s? ?(?P<nth>[0-9]{1,3})\b(?! ?[-–−][0-9 ])"
_TIME: Final = re.compile(
    rf"(?:at |after |by )?(?:{_NTH}|{_DURATION})(?: (?:assessments?|visits?|follow[- ]?ups?"
    r"|post[- ]?\w*(?: baseline)?|later|(?:of|after) (?:treatment|follow[- ]?up|randomi[sz]ation)"
    r"))?",
    re.IGNORECASE,
)
TIME_IN: Final = re.compile(
    rf"\b(?:(?:at|after|by) {_DURATION}|(?:(?:at|after|by) )?{_NTH})", re.IGNORECASE
)
"""A time within a longer label: "Pain at 12 weeks"."""
_BASELINE: Final = re.compile(r"(?i:at |values? at )?(?:(?i:baseline)|BL)(?i: values?| visit)?")
BASELINE_IN: Final = re.compile(
    r"\bat baseline\b|(?<!to )(?<!from )(?<!with )\bbaseline\b(?! to)", re.IGNORECASE
)
_CHANGE: Final = re.compile(
    r"(?<!significant )(?<!reliable )\bchange"
    r"|\bΔ|[∆△]|\bdelta\b|\b(?:decrease|increase|reduction) from|\bdifference from base"
    r"|\bdifferences? within|\bminus (?:baseline|(?:day|week|month) ?[0-9])"
    r"|[-–—−] ?(?:BL|baseline)\b|[0-9] ?(?:W|weeks?|months?|days?) ?[-–−] ?(?:0|baseline)",
    re.IGNORECASE,
)
_MOMENT: Final = re.compile(
    r"(?:(?:at|on) )?(?:pre|post|before|after|follow[- ]?up|end ?point|end of .{1,30}"
    r"|visit|discharge|admission"
    r"|T ?[0-9]|(?:weeks?|months?|days?|years?) ?[0-9]"
    r"|(?:pre|post)-?(?:treatment|test|intervention|op\w*)|last visit|time ?point)\b.{0,20}"
    r"|(?:(?:at|on) )?(?:study )?(?:entry|final)(?: (?:visit|values?|follow[- ]?up|assessment))?"
    r"|(?:one|two|three|four|five|six|nine|ten|twelve|eighteen)[- ](?:days?|weeks?|months?|years?)"
    r"|mid(?:-?(?:point|way|term|treatment|intervention))?",
    re.IGNORECASE,
)
_PLACE: Final = (
    r"(?:(?:day|week|month|year|cycle|visit)s? ?[0-9]{1,3}(?: ?[-–] ?[0-9]{1,3})?"
    r"|(?:[0-9]{1,3}(?: ?[-–] ?[0-9]{1,3})?|[a-z]{3,8})[- ]?"
    r"(?:hours?|days?|weeks?|wks?|months?|years?)"
    r"|(?:the )?(?:baseline|start|end|randomi[sz]ation|discharge)|(?:six|three))\b"
)
_PERIOD: Final = re.compile(
    rf"\b(?P<start>{_PLACE}) ?(?:to|until|through|vs\.?|versus|minus|[-–—]) ?(?:the )?"
    rf"(?P<end>{_PLACE})",
    re.IGNORECASE,
)
_START: Final = re.compile(r"(?:the )?baseline|(?:day|week|month|visit)s? ?0", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_VISIT: Final = re.compile(r"\((?:[tT]|visit|V) ?[0-9]{1,2}\)")
_UNITS_OF_TIME: Final = {"h": "hours", "d": "days", "w": "weeks", "m": "months", "y": "years"}


def time_of(text: str) -> str:
    """Return the time that a whole label is, as a phrase of records; "" if it is none.

    >>> time_of("Week 12"), time_of("At 6 months"), time_of("Baseline"), time_of("Women")
    ('at 12 weeks', 'at 6 months', 'at baseline', '')
    """
    text = _VISIT.sub(" ", text).strip(" :;,.()")
    if _BASELINE.fullmatch(text):
        return "at baseline"
    match = _TIME.fullmatch(text)
    return _phrase(match) if match else ""


def time_in(text: str) -> str:
    """Return the one time that a label or a caption mentions; "" if there is none, or several.

    >>> (
    ...     time_in("Pain at 12 weeks"),
    ...     time_in("Change from week 1 to week 4"),
    ...     time_in("Mean change Week 0 to 12 months"),
    ... )
    ('at 12 weeks', '', 'at 12 months')
    """
    if period := _PERIOD.search(text):
        return time_of(period["end"]) if _START.fullmatch(period["start"]) else ""
    found = {_phrase(match) for match in TIME_IN.finditer(text)}
    if BASELINE_IN.search(text) and not _CHANGE.search(text):
        found.add("at baseline")
    return found.pop() if len(found) == 1 else ""


def _phrase(match: re.Match[str]) -> str:
    number, unit = match["value"] or match["nth"], (match["unit"] or match["noun"]).lower()
    if unit == "cycle":
        return f"at cycle {number}"
    return f"at {number} {_UNITS_OF_TIME[unit[0]]}"


def period_in(text: str) -> str:
    """Return the period that a label names, from one moment to another; "" if it names none.

    >>> period_in("Mean change Weeks 10–14 to six months"), period_in("Aged 2 to 4 years")
    ('Weeks 10–14 to six months', '')
    """
    match = _PERIOD.search(text)
    return match[0] if match else ""


def is_moment(text: str) -> bool:
    """Whether a label is about a time, of records or not: "Week 12", "Post-treatment".

    >>> is_moment("Post-treatment"), is_moment("T1"), is_moment("Placebo")
    (True, True, False)
    """
    bare = _VISIT.sub(" ", text).strip(" :;,.()")
    return bool(time_of(bare)) or _MOMENT.fullmatch(bare) is not None


def is_number(text: str) -> bool:
    """Whether a label is a number, as below the header of a unit of time.

    >>> is_number("0.5"), is_number("12"), is_number("12 weeks")
    (True, True, False)
    """
    return _NUMBER.fullmatch(text) is not None


def is_change(text: str) -> bool:
    """Whether a label says that figures are changes.

    >>> is_change("Change from baseline"), is_change("Weight")
    (True, False)
    """
    return _CHANGE.search(text) is not None
