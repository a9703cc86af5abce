"""What a print says about each of its numbers: unit, role, kind and level of an interval.

Only what stands at the number itself counts: its unit, the word before it, the brackets around
it, and the list, range or pair that it is part of ("57, 26 and 39%", "7.7 vs. 4 months").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

from kb.sources.names import Names
from kb.sources.normalise import fold
from kb.sources.numbers import Number, readings


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number of a print and what is printed about it; "" where nothing is."""

    number: Number
    unit: str = ""
    """The notation of its unit; what is printed, where the vocabulary does not have it."""
    role: str = ""
    """``p``, ``level`` (of an interval), ``spread``, ``part`` (of another number), or ""."""
    counter: str = ""
    """The noun that the number only identifies, such as ``grade`` or ``cycle``."""
    bounds: str = ""
    """The kind of bounds that this number is one of."""
    level: Decimal | None = None
    """The level of that interval."""
    before: str = ""
    """The normalised print up to this number."""
    run: tuple[int, ...] = ()
    """The positions of the numbers that are listed with it, itself included."""

    @property
    def words(self) -> str:
        """The number with what is printed at it, for messages."""
        before = self.role if self.role in ("p", "level") else self.counter
        after = self.unit if self.unit != "%" else ""
        percent = "%" if self.unit == "%" else ""
        return " ".join(filter(None, (before, f"{self.number.text}{percent}", after)))


_NOUNS: Final = (
    "grades?|phases?|stages?|cycles?|courses?|days?|weeks?|months?|years?|levels?|lines?|arms?|"
    "cohorts?|groups?|parts?|steps?|types?|versions?|visits?|tables?|figures?|sections?"
)
_COUNTER: Final = re.compile(rf"(?<![A-Za-z])(?P<noun>{_NOUNS})[ -]?[<>≤≥~]?$", re.IGNORECASE)
_P: Final = re.compile(
    r"(?<![A-Za-z])p(?:[- ]?values?)?(?: (?:of|was|is))?[ :,]{0,2}[<>≤≥~=]?$", re.IGNORECASE
)
_LEVEL: Final = re.compile("%?[ -]?(?:(?:one|two)-sided )?")
_SPREAD: Final = re.compile(r"± ?$")
# What joins numbers that share a unit or a noun. A comma joins only in a list that ends with a
# word or a stroke: "57, 26 and 39%", but not "36, 63%".
_LINK: Final = re.compile(
    r"(?:,? ?(?:and|or|to|vs\.?|versus|v\.?|against|compared (?:with|to)) |[ ]?[-/;] ?)[<>≤≥~]?$"
)
_COUNT_OF: Final = re.compile(
    r"(?P<n>[0-9]{1,9}) ?/ ?(?P<of>[1-9][0-9]{0,8})(?![0-9.,]*/)"
    r"(?: ?\((?P<share>[0-9]+(?:\.[0-9]+)?)%)?"
)
_SHARE: Final = re.compile(r" ?\([0-9.]+%")
_AGAINST: Final = re.compile(r"(?:vs\.?|versus|against|compared (?:with|to)) $")
_MOMENT: Final = re.compile(r"(?<![A-Za-z])(?:day|week|month|year|cycle|course|visit)[ -]?$", re.I)
"""One moment, after which a comma does not go on listing moments: "on day 1, 15/57"."""
_COMMA: Final = re.compile(r", ?[<>≤≥~]?$")
_BRACKET: Final = re.compile(r" ?(?:\([^()]*\)|\[[^\[\]]*\])")
# 9,0 in a text with decimal points; the 100 of "per 100 person-years".
_GOES_ON: Final = re.compile(",[0-9]| (?:person|patient|subject)-")
_BOTH_DECIMAL: Final = re.compile(r"[0-9]\.[0-9]+,-?[0-9]+\.[0-9]")
"""Two numbers with a comma between, not one with commas: (0.74,1.03)."""
# These are units, whether the vocabulary has them or not.
_SIGN: Final = re.compile(" ?([‰‱°])")
_POINTS: Final = re.compile(" percentage points?")
# A level between the kind of an interval and its bounds.
_AFTER_LEVEL: Final = re.compile(r"% ?[:,=]? ?[(\[]?(?=-?[0-9.]+ ?(?:[-,;]|to ))")
# A bound that is not reached or estimable: 5.6-NE.
_OPEN: Final = re.compile(
    r"%?(?:(?: ?-| to|,) ?(?:[A-Z]|not |∞|n\.?[reac]\b|inf|upper|lower|un)| ?-[)\];,])"
)
# "(5.6-9.6; 95% CI)": the kind of an interval behind its bounds, without bounds of its own there.
_BEHIND: Final = re.compile(
    r"%?[)\]]?(?: [a-z]{1,8})?[,;]? ?[(\[]?(?:(?P<level>[0-9]{1,2}(?:\.[0-9]+)?)%?[ -]?)?"
)
_DASHED: Final = re.compile(" ?- ?| to ")
_BOUNDS_FOLLOW: Final = re.compile(r"[ :,=]{0,3}(?:of )?[(\[]?[-<>≤≥~]?[0-9]")
_OF: Final = re.compile(" (?:out )?of(?: the| all)? ")
_GAP: Final = re.compile(r"(?:st|nd|rd|th)?[ -]?")
_FOOTNOTE: Final = re.compile(r"\^[a-z](?![a-z])")
_PER: Final = re.compile(r"(?:/| per )[A-Za-zµ0-9^]+(?:/[A-Za-zµ0-9^]+)*")


class _Print:
    """One normalised print with its numbers in order."""

    def __init__(self, text: str, numbers: Sequence[Number], names: Names) -> None:
        self.text, self.numbers, self.names = text, numbers, names
        self.own = [self._unit(number) for number in numbers]
        self.runs = list(self._runs())

    def _unit(self, number: Number) -> str:
        """Return the unit that is printed directly after a number, or after its brackets."""
        mark = _FOOTNOTE.match(self.text, number.end)
        rest = self.text[mark.end() if mark else number.end :]
        for skipped in (0, self._brackets(rest)):
            gap = _GAP.match(rest, skipped)
            match = self.names.units.pattern.match(rest, gap.end() if gap else skipped)
            if match and not self._counts_on(rest, match):
                return self._whole_unit(rest, match)
        if _POINTS.match(rest):
            return "%"
        sign = _SIGN.match(rest)
        return sign[1] if sign else ""

    def _counts_on(self, rest: str, match: re.Match[str]) -> bool:
        """Whether a noun belongs to what follows: "two grade 3", "1 treatment-related"."""
        kind = self.names.kinds[self.names.units.notation(match[0])]
        pattern = {"dimensionless": " ?[<>≤≥]?[0-9]", "count": "-[A-Za-z]"}.get(kind)
        return pattern is not None and re.match(pattern, rest[match.end() :]) is not None

    def _brackets(self, rest: str) -> int:
        bracket = _BRACKET.match(rest)
        return bracket.end() if bracket else 0

    def _whole_unit(self, rest: str, match: re.Match[str]) -> str:
        """Return a unit; one that goes on ("events per week") is what is printed."""
        unit = self.names.units.notation(match[0])
        more = _PER.match(rest, match.end())
        if more is None:
            return unit
        per = self.names.units.pattern.match(rest, match.end() + 1)
        if per and self.names.kinds[unit] == "count":
            return self.names.units.notation(per[0])
        return unit if self.names.kinds[unit] in ("count", "share") else match[0] + more[0]

    def _gap(self, left: Number, right: Number) -> str:
        start = left.end + self._brackets(self.text[left.end : right.start])
        return self.text[start : right.start]

    def _runs(self) -> Iterator[list[int]]:
        """Yield the lists, ranges and pairs: the positions of numbers that belong together."""
        run: list[int] = []
        strong = 0  # how much of the run a word or a stroke holds together
        for i, number in enumerate(self.numbers):
            if run and self._level(i):
                yield run[: strong or 1]
                run = []
            if run:
                gap = self._without_unit(run[-1], self._gap(self.numbers[run[-1]], number))
                if _LINK.fullmatch(gap):
                    run.append(i)
                    strong = len(run)
                    continue
                if _COMMA.fullmatch(gap):
                    run.append(i)
                    continue
                yield run[: strong or 1]
            run, strong = [i], 0
        if run:
            yield run[: strong or 1]

    def _without_unit(self, i: int, gap: str) -> str:
        if not self.own[i]:
            return gap
        start = _GAP.match(gap)
        match = self.names.units.pattern.match(gap, start.end() if start else 0)
        return gap[match.end() :] if match else gap

    def before(self, i: int) -> str:
        """Return the text between the number before and this one."""
        start = self.numbers[i - 1].end if i else 0
        return self.text[start : self.numbers[i].start]

    def after(self, i: int) -> str:
        """Return the text between this number and the next one."""
        end = self.numbers[i + 1].start if i + 1 < len(self.numbers) else len(self.text)
        return self.text[self.numbers[i].end : end]

    def counters(self) -> list[str]:
        """Return the noun before each number, or before the first one of its run."""
        counters = []
        for i in range(len(self.numbers)):
            before = self._without_unit(i - 1, self.before(i)) if i else self.before(i)
            match = _COUNTER.search(before)
            counters.append(match["noun"].lower().removesuffix("s") if match else "")
        for run in self.runs:
            for previous, i in pairwise(run):
                if not self.own[i] and not counters[i] and not self._count_with_share(i):
                    counters[i] = counters[previous]
        return counters

    def _count_with_share(self, i: int) -> bool:
        """Whether a number is a count that begins anew in a list.

        Days, grades and cycles are listed too: "grade 1/2 and 3/4", "week 4 vs 8 (20%)". So a
        count of a number of people stands after one moment ("on day 1, 15/57"), or before its own
        share ("and 15/57 (26%)"); a count alone is compared with another one that has its share,
        too: "36 (13%) at level 1 compared to 45 (17%)".
        """
        before = self.before(i)
        count = _COUNT_OF.match(self.text, self.numbers[i].start)
        if count and int(count["n"]) <= int(count["of"]):
            exact, share = 100 * int(count["n"]) / int(count["of"]), count["share"]
            if share:
                return abs(exact - float(share)) < 1
            return bool(_COMMA.fullmatch(before) and _MOMENT.search(self.before(i - 1)))
        shared, earlier = (
            _SHARE.match(self.text, n.end) for n in (self.numbers[i], self.numbers[0])
        )
        return bool(shared and earlier and _AGAINST.search(before))

    def units(self, counters: Sequence[str]) -> list[str]:
        """Return the unit of each number: its own, or the next one of its run."""
        units = list(self.own)
        for run in self.runs:
            for following, i in pairwise(reversed(run)):
                is_pair = len(run) == 2
                if not counters[i] and not (is_pair and self._apart(i, following)):
                    units[i] = units[i] or units[following]
        for i, (part, whole) in enumerate(pairwise(self.numbers)):  # 36 of 57 patients
            if not units[i] and _OF.fullmatch(self._gap(part, whole)):
                units[i] = units[i + 1]
        return units

    def _apart(self, i: int, following: int) -> bool:
        """Whether a semicolon parts a count from its share, "(20; 37%)", and not two bounds."""
        gap = self._gap(self.numbers[i], self.numbers[following])
        return gap.startswith(";") and not self.bounds(i)[0]

    def bounds(self, i: int) -> tuple[str, Decimal | None]:
        """Return the kind of bounds, and the level, that is named at two of them, or ""."""
        named = self.names.bounds.notations(self.before(i))
        if i and not named and self._level(i - 1):
            named = self.names.bounds.notations(self.before(i - 1))
        two = i + 1 < len(self.numbers) and self.joined(i + 1)
        if named and (two or _OPEN.match(self.text, self.numbers[i].end)):
            level = self.numbers[i - 1].value if i and self._level(i - 1) else None
            return named[-1], level
        return self._behind(i + 1) if two else ("", None)

    def _behind(self, last: int) -> tuple[str, Decimal | None]:
        """Return the kind of bounds and the level that are named behind the last of them."""
        start = self.numbers[last].end
        gap = self.text[self.numbers[last - 1].end : self.numbers[last].start]
        behind = _BEHIND.match(self.text, start)
        if behind is None or not _DASHED.fullmatch(self._without_unit(last - 1, gap)):
            return "", None
        kind = self.names.bounds.pattern.match(self.text, behind.end())
        if kind is None or _BOUNDS_FOLLOW.match(self.text, kind.end()):
            return "", None
        level = Decimal(behind["level"]) if behind["level"] else None
        return self.names.bounds.notation(kind[0]), level

    def _level(self, i: int) -> bool:
        """Whether a number is the level of an interval: 95% CI."""
        rest = self.text[self.numbers[i].end :]
        kind = _LEVEL.match(rest)
        if kind and self.names.bounds.pattern.match(rest, kind.end()):
            return True
        before = [m.end() for m in self.names.bounds.pattern.finditer(self.before(i))]
        named = before and re.fullmatch("[ :,(]*", self.before(i)[before[-1] :])
        return bool(named and _AFTER_LEVEL.match(rest))

    def joined(self, i: int) -> bool:
        """Whether only a word, a stroke or a comma stands between a number and the one before."""
        gap = self._without_unit(i - 1, self.text[self.numbers[i - 1].end : self.numbers[i].start])
        return bool(_LINK.fullmatch(gap) or _COMMA.fullmatch(gap))

    def role(self, i: int) -> str:
        """Return what a number is besides a figure of its own; "" if it may be one."""
        before = self.before(i)
        rest = self.text[self.numbers[i].end :]
        if _is_part(before, self.numbers[i].text, rest):
            return "part"
        if self._level(i):
            return "level"
        if _P.search(before):
            return "p"
        spread = next(self.names.spreads.pattern.finditer(before), None)
        named = spread and re.fullmatch("[ :=,]*", before[spread.end() :])
        if spread and before[: spread.start()].rstrip().endswith("±"):  # mean ± SD 34 ± 5
            return ""
        return "spread" if named or _SPREAD.search(before) else ""


def _is_part(before: str, number: str, rest: str) -> bool:
    """Whether a number is a part of another one: 63 of "63,2", and not 0.74 of "0.74,1.03"."""
    last = before.rpartition(" ")[2][-16:]
    if _GOES_ON.match(rest) and not _BOTH_DECIMAL.match(f"{number.lstrip('-')}{rest[:16]}"):
        return True
    return bool(re.search("[0-9],$", before)) and not _BOTH_DECIMAL.search(f"{last}{number}")


@lru_cache(maxsize=1024)
def read_print(
    printed: str, names: Names, *, decimal_comma: bool = False
) -> tuple[PrintedNumber, ...]:
    """Return the numbers of a print with what is printed about each, in order."""
    folded = fold(printed, decimal_comma=decimal_comma)
    every = sorted(readings(folded), key=lambda n: (n.start, -n.end))
    # "2 134" may be one number or two: what stands at its last part stands at the whole.
    whole = [n for n, after in pairwise(every) if after.start < n.end]
    parts = [n for n in every if n not in whole]
    reading = _Print(folded.text, parts, names)
    counters = reading.counters()
    units = reading.units(counters)
    runs = {i: tuple(run) for run in reading.runs for i in run}
    result: list[PrintedNumber] = []
    for i, number in enumerate(parts):
        role = reading.role(i)
        before = result[-1] if result else None
        text = folded.text[: number.start]
        bounds, level = reading.bounds(i)
        if before and reading.bounds(i - 1)[0] and reading.joined(i):
            bounds, level = before.bounds, before.level
        run = runs.get(i, ())
        result.append(PrintedNumber(number, units[i], role, counters[i], bounds, level, text, run))
    for number in whole:
        last = next(r for r in result if r.number.end == number.end)
        result.append(replace(last, number=number))
    return tuple(result)
