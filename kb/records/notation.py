"""The notations of records: values, time phrases, p-values and dates.

A value is written as it is printed: ``7.7``, ``<10``, ``~40``, ``44%``, ``36 (63%)``, ``24/57``,
``24/57 (42%)``. A time phrase has a preposition: ``at 2 years``, ``within 2 cycles``,
``after blinatumomab``, ``from first-immunotherapy``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from kb.model import PREPOSITIONS, Time

_NUMBER = r"-?\d{1,15}(?:\.\d{1,15})?"
_OPERATOR = "[<≤>≥~]"  # ~ is "approximately", as a sign or in words
_VALUE: Final = re.compile(
    rf"(?P<op>{_OPERATOR})?\s*(?P<value>{_NUMBER})\s*(?P<percent>%)?", re.ASCII
)
_COUNT: Final = re.compile(
    rf"(?P<n>\d{{1,9}})\s*(?:/\s*(?P<of>\d{{1,9}}))?\s*"
    rf"(?:\(\s*(?P<op>{_OPERATOR})?\s*(?P<value>{_NUMBER})\s*%\s*\))?",
    re.ASCII,
)
_P: Final = re.compile(rf"(?P<op>[=<≤>≥~])\s*(?P<value>{_NUMBER}(?:e-?\d{{1,3}})?)|ns", re.ASCII)
_DATE: Final = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class ParsedFigure:
    """The parts of one printed figure; parts that are not printed are None or empty."""

    value: Decimal | None = None
    operator: str = ""
    percent: bool = False
    n: int | None = None
    of: int | None = None


def parse_figure(text: str) -> ParsedFigure | None:
    """Read a value of a record; None if it is not a figure.

    >>> parse_figure("24/57 (42%)")
    ParsedFigure(value=Decimal('42'), operator='', percent=True, n=24, of=57)
    >>> parse_figure("<10%").operator
    '<'
    >>> parse_figure("not-reached") is None
    True
    """
    text = text.strip()
    if match := _VALUE.fullmatch(text):
        return ParsedFigure(Decimal(match["value"]), match["op"] or "", bool(match["percent"]))
    match = _COUNT.fullmatch(text)
    if match is None:
        return None
    percentage = Decimal(match["value"]) if match["value"] else None
    of = int(match["of"]) if match["of"] else None
    return ParsedFigure(percentage, match["op"] or "", True, int(match["n"]), of)


@dataclass(frozen=True, slots=True)
class PValue:
    """A p-value with its operator; ``ns`` has neither operator nor value."""

    printed: str
    operator: str = ""
    value: Decimal | None = None


def parse_p(text: str) -> PValue | None:
    """Read a p-value: ``=0.03``, ``<0.001``, ``=2.1e-6`` or ``ns``; None if it is none of these.

    >>> parse_p("<0.001")
    PValue(printed='<0.001', operator='<', value=Decimal('0.001'))
    >>> parse_p("0.03") is None
    True
    """
    match = _P.fullmatch(text.strip())
    if match is None:
        return None
    if match["op"] is None:
        return PValue("ns")
    return PValue(match["op"] + match["value"], match["op"], Decimal(match["value"]))


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day in ISO 8601.

    >>> [is_date(d) for d in ("2017", "2017-08", "2017-13", "2017-02-30")]
    [True, True, False, False]
    """
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:  # the 30th of February
        return False
    return True


DURATIONS: Final = ("hours", "days", "weeks", "months", "years", "cycles", "courses", "doses")
_SPAN: Final = re.compile(
    rf"(?P<op>{_OPERATOR})?(?P<value>{_NUMBER})(?:-(?P<high>{_NUMBER}))? (?P<unit>[a-z]+)", re.ASCII
)
_NTH: Final = re.compile(r"(?:cycle|course|week|day) \d+(?:-\d+)?", re.ASCII)


def is_duration(text: str) -> bool:
    """Whether a text is a length of time, or a numbered cycle, course, week or day.

    >>> [is_duration(t) for t in ("12 weeks", "1 year", "cycle 1", "4-8 weeks", "soon")]
    [True, True, True, True, False]
    """
    if _NTH.fullmatch(text):
        return True
    match = _SPAN.fullmatch(text)
    return match is not None and (match["unit"] in DURATIONS or match["unit"] + "s" in DURATIONS)


@lru_cache(maxsize=4_096)
def parse_time(text: str) -> Time:
    """Read a time phrase: clauses of preposition and object, joined by commas.

    Raises:
        ValueError: a clause has no known preposition or no object, or repeats a preposition.

    >>> str(parse_time("from first-immunotherapy, at 2 years"))
    'at 2 years, from first-immunotherapy'
    """
    parts: dict[str, str] = {}
    for clause in filter(None, (c.strip() for c in text.split(","))):
        word, _, what = clause.partition(" ")
        if word not in PREPOSITIONS or not what.strip():
            expected = ", ".join(PREPOSITIONS)
            raise ValueError(f"{clause!r} is not one of {expected}, followed by a moment")
        if word in parts:
            raise ValueError(f"{word!r} is given twice")
        parts[word] = " ".join(what.split())
    if "from" in parts:
        parts["from_"] = parts.pop("from")
    return Time(**parts)
