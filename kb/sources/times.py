"""The time that a print states at a figure: "36% at 3 years", "the 3-year survival was 36%"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kb.sources.names import Names
from kb.sources.roles import PrintedNumber

_UNIT_WORDS: Final = "days?|weeks?|months?|years?|cycles?|courses?|hours?|doses?"
TIME_COUNTERS: Final = {
    noun: f"{noun}s" for noun in ("day", "week", "month", "year", "cycle", "course", "hour", "dose")
}
"""The nouns before the number of a time, and its unit: week 12 is 12 weeks."""
_WORD: Final = "(?: (?!and |or |but |vs)[A-Za-zµ/²]{1,9})?"
_AFTER: Final = re.compile(
    rf"%?{_WORD}(?: ?\([^()]*\))?{_WORD} (?:at|by|within) (?:(?:{_UNIT_WORDS}) )?"
)
_FOLLOW_UP: Final = re.compile("[0-9.]+ [a-z]+ of follow|[0-9.]+[- ][a-z]+ follow")
_AT: Final = re.compile(rf"(?<![A-Za-z])(?:at|by|within) (?:(?:{_UNIT_WORDS}) )?$", re.IGNORECASE)
# "at 12 weeks, 36% ..." and "3-year survival was 36%", with few words between.
_THEN: Final = re.compile(r"(?:,? [A-Za-z/-]+){0,4},? ?[(<>≤≥~]?")
_WORDS: Final = re.compile(
    r"(?:[ -][A-Za-z]+)(?: [A-Za-z/-]+){0,5}?(?: (?:was|were|is|of|in)|:)? ?[(<>≤≥~]?"
)
# A 28-day cycle and a follow-up of 3 years are not when the figure was taken.
_NO_TIME: Final = re.compile(
    r"follow|cycle of|treat|therap|infusion|regimen|schedule|interval|window|dos|old|median"
    r"|cours|dura|period|after|before|from|history|blast",
    re.IGNORECASE,
)
_HYPHENED: Final = re.compile(r"(?:[0-9.]{1,5}-(?:, ?| and |, and | or ))+$")
_LISTED: Final = re.compile(r"(?:and|or|to|vs\.?|[,/-]) ?$")


def time_at(
    text: str, numbers: Sequence[PrintedNumber], i: int, names: Names
) -> PrintedNumber | None:
    """Return the number of the time that is printed at a figure, or None.

    In "80% and 36% at 1 and 3 years" it is the one with the figure's own place in its list.
    """
    # Groups of digits that may be one number stand after their parts: their last one is in a list.
    i = next(j for j, n in enumerate(numbers) if n.number.end == numbers[i].number.end)
    run = [j for j in numbers[i].run or (i,) if j == i or not _is_time(numbers[j], names)]
    place = run.index(i)
    for figure in dict.fromkeys((i, run[-1])):
        after = _AFTER.match(text, numbers[figure].number.end)
        if after and _FOLLOW_UP.match(text, after.end()):
            continue
        times = [j for j, n in enumerate(numbers) if after and n.number.start == after.end()]
        if times and _is_time(numbers[times[0]], names):
            own = figure == i and len(run) > 1 and i != run[-1]
            return numbers[times[0]] if own else _of_list(numbers, run, place, times[0], names)
    return _before(text, numbers, run, place, names)


def _is_time(printed: PrintedNumber, names: Names) -> bool:
    if printed.counter in TIME_COUNTERS:
        return True
    is_time = names.kinds.get(printed.unit) == "time" or printed.unit in ("cycles", "courses")
    return is_time and not printed.role


def _of_list(
    numbers: Sequence[PrintedNumber], run: Sequence[int], place: int, j: int, names: Names
) -> PrintedNumber | None:
    """Return the time with the place of a figure in a list of times, or the only time."""
    times = [k for k in numbers[j].run or (j,) if k not in run and _is_time(numbers[k], names)]
    if len(times) == 1:
        return numbers[times[0]]
    return numbers[times[place]] if len(times) == len(run) else None


def _before(
    text: str, numbers: Sequence[PrintedNumber], run: Sequence[int], place: int, names: Names
) -> PrintedNumber | None:
    j = run[0] - 1
    if j < 0 or not _is_time(numbers[j], names):
        return None
    times = [k for k in numbers[j].run or (j,) if k not in run]
    head = text[: numbers[times[0]].number.start]
    between = text[numbers[j].number.end : numbers[run[0]].number.start]
    if _AT.search(head):
        then = _THEN.fullmatch(between) and not _NO_TIME.search(between)
        return _of_list(numbers, run, place, j, names) if then else None
    if not between.startswith("-") or not _WORDS.fullmatch(between) or _NO_TIME.search(between):
        return None
    hyphened = _HYPHENED.search(text[: numbers[j].number.start])  # "1-, 2- and 3-year"
    listed = [*range(j - hyphened[0].count("-"), j), j] if hyphened else [j]
    if len(listed) > 1:
        return numbers[listed[place]] if len(listed) == len(run) else None
    return None if _LISTED.search(text[: numbers[j].number.start]) else numbers[j]
