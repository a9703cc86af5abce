"""Whether what a record stores agrees with what its print says about each figure.

Every stored number needs a printed one of its own, with its operator, and nothing that is printed
at that number (unit, kind or level of an interval, kind of ratio, p, grade) may say otherwise.
Where the print is silent, the record may know more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from kb.model import Claim
from kb.sources.arms import Arms
from kb.sources.match import holds_date
from kb.sources.names import Names
from kb.sources.normalise import fold
from kb.sources.numbers import Number, has_operator
from kb.sources.passage import Passage, passage_of
from kb.sources.roles import PrintedNumber, read_print
from kb.sources.text import SourceText, TextError
from kb.sources.times import TIME_COUNTERS, time_at

_Objection = Callable[[PrintedNumber], str]
_DISTRIBUTES: Final = re.compile(
    r"\b(?:each|both|either|every|all|alone or|with or without)\b", re.IGNORECASE
)
_SIDES: Final = re.compile(
    r"\b(one|two|1|2)[ -]?(?:sided|tailed)\b(?! [0-9.]+%)|(?<![\w.])([12])p(?=[=<>≤≥])",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"%|\b(?:per ?cent|percentages?)\b(?! points?)", re.IGNORECASE)
"""What a label prints of figures that are percentages."""
_NONE: Final = "dimensionless"
_WORDED: Final = ("<", ">", "≤", "≥")


@dataclass(frozen=True, slots=True)
class StoredNumber:
    """A number of a claim, and the objection to a printed number that is not it."""

    claim: Claim
    value: Decimal
    operator: str
    objection: _Objection

    def __str__(self) -> str:
        """Return the number with its operator."""
        return f"{self.operator}{self.value}"


def _holds(whole: PrintedNumber, part: PrintedNumber) -> bool:
    """Whether one number of a print has another for a group of its digits."""
    return whole.number.start <= part.number.start and part.number.end <= whole.number.end


class Agreement:
    """The print of one block of claims, which share it, compared with what they store."""

    def __init__(
        self,
        claims: Sequence[Claim],
        names: Names,
        arms: Arms,
        text: SourceText | None = None,
    ) -> None:
        """Take claims with equal wording, place and measure, except group and statistic.

        ``text`` is that of their source, whose tables and sentences say more than a print.
        """
        decimal_comma = text is not None and text.decimal_comma
        headers, times, self.notes = _around(claims[0], text)
        self.claims, self.names, self.arms = claims, names, arms
        first = claims[0]
        self.printed = first.wording
        self.folded = fold(first.wording, decimal_comma=decimal_comma).text
        self.numbers = read_print(first.wording, names, decimal_comma=decimal_comma)
        self.labels = fold(" ".join((*first.row, first.column, headers))).text
        self.text = text
        is_named = first.column and not first.column.isdecimal()
        column = first.column if is_named else f"{first.column} {headers}"
        parts = (first.wording, *first.row, column, times, first.section)
        self.context = "; ".join(filter(None, parts))

    @cached_property
    def passage(self) -> Passage | None:
        """The sentences around the print, if it stands in running text at one place."""
        return passage_of(self.claims[0], self.numbers, self.text, self.names)

    def faults(self) -> dict[str, list[str]]:
        """Return what disagrees, by claim id."""
        faults: dict[str, list[str]] = {}
        for position, claim in enumerate(self.claims):
            faults[claim.id] = [
                *self._number_faults(claim, self.claims[:position]),
                *self._context_faults(claim),
                *self._date_faults(claim),
                *self._time_unit_faults(claim),
            ]
        return faults

    def _number_faults(self, claim: Claim, earlier: Sequence[Claim]) -> Iterator[str]:
        """Yield stored numbers without a printed one that no other group has."""
        assigned: dict[int, StoredNumber] = {}
        for other in earlier:
            if not self._may_share(claim, other):
                for stored in self._stored(other):
                    self._augment(stored, assigned, set())
        for stored in self._stored(claim):
            same = [n for n in self.numbers if self._is(n, stored)]
            objections = [self._objection(stored, number) for number in same]
            if not same:
                yield f"{stored} is not one of the numbers in {self.printed!r}"
            elif all(objections):
                yield f"{stored} is not in {self.printed!r} as stored: {objections[0]}"
            elif not self._augment(stored, assigned, set()):
                yield f"{stored} is printed less often in {self.printed!r} than it is stored"

    def _may_share(self, claim: Claim, other: Claim) -> bool:
        """Whether one number may be that of two groups: nested ones, or "in each arm"."""
        group, second = claim.measure.group, other.measure.group
        return self.arms.nested(group, second) or _DISTRIBUTES.search(self.folded) is not None

    def _augment(
        self, stored: StoredNumber, assigned: dict[int, StoredNumber], tried: set[int]
    ) -> bool:
        """Assign by augmenting paths: a number that has its print may move to another."""
        for i, number in enumerate(self.numbers):
            if i in tried or not self._is(number, stored) or self._objection(stored, number):
                continue
            tried.add(i)
            if i not in assigned or self._augment(assigned[i], assigned, tried):
                assigned[i] = stored
                return True
        return False

    def _objection(self, stored: StoredNumber, printed: PrintedNumber) -> str:
        """Object to one number of two printed figures and to a part of one, else as stored."""
        for one in self.numbers:
            is_one = self._reads_as_one(one)
            if one is printed and is_one is False:
                return f"{one.number.text!r} may be several figures: none beside it is so grouped"
            if one is not printed and is_one and _holds(one, printed):
                return f"it is printed as a part of {one.number.text!r}"
        return stored.objection(printed)

    def _reads_as_one(self, printed: PrintedNumber) -> bool | None:
        """Whether the section has groups of digits as one number; None for other numbers."""
        digits = printed.number.text.lstrip("-")
        if self.text is None or " " not in digits or printed.number.is_word:
            return None
        try:
            return self.text.reads_as_one(self.claims[0].section, digits)
        except TextError:
            return False

    def _is(self, printed: PrintedNumber, stored: StoredNumber) -> bool:
        same_sign = printed.number.value.is_signed() == stored.value.is_signed()  # 0 is not -0
        if printed.number.value != stored.value or not same_sign:
            return False
        if not has_operator(self.folded, printed.number, stored.operator):
            return False
        return bool(stored.operator) or not any(
            has_operator(self.folded, printed.number, sign) for sign in _WORDED
        )

    # --- the stored numbers and their roles ---------------------------------------------------

    def _stored(self, claim: Claim) -> Iterator[StoredNumber]:
        figure, result = claim.figure, claim.result
        is_count = self.names.kinds.get(figure.unit) == "count"
        # A count alone is the value and the numerator. The operator of an interval is printed
        # at its first figure.
        counts = [n for n in (figure.numerator, figure.denominator) if n is not None]
        counts = [n for n in counts if not (is_count and n == figure.value)]
        operator = figure.operator if figure.value is None else ""
        numbers = (
            (figure.value, figure.operator, self._value(claim)),
            *((Decimal(n), "", self._count(claim, of=n == figure.denominator)) for n in counts),
            (figure.low, operator, self._low(claim)),
            (figure.high, "", self._high(claim)),
            (figure.dispersion, "", self._spread(claim)),
            (result.margin, "", lambda printed: self._plain(claim, printed)),
            (result.p_value, result.p_operator.replace("=", ""), lambda n: self._p(claim, n)),
        )
        for number, sign, objection in numbers:
            if number is not None:
                yield StoredNumber(claim, number, sign, objection)
        yield from self._doses(claim)

    def _doses(self, claim: Claim) -> Iterator[StoredNumber]:
        """Yield each amount once: one print may be that of several steps."""
        amounts = {(n, s.unit) for s in claim.steps for n in (s.amount, *s.amounts)}
        amounts |= {(step.reduction, "%") for step in claim.steps}
        for number, unit in sorted((n, u) for n, u in amounts if n is not None):
            yield StoredNumber(claim, number, "", self._amount(claim, unit))

    def _amount(self, claim: Claim, unit: str) -> _Objection:
        return lambda printed: self._plain(claim, printed) or self._unit(printed, unit)

    def _plain(self, claim: Claim, printed: PrintedNumber) -> str:
        """Object to a number that is not a figure of its own: a level, a p-value, a grade."""
        if printed.role and printed.role != ("p" if claim.statistic == "p-value" else ""):
            return f"it is printed as {_ROLES[printed.role]}: {printed.words!r}"
        endpoint = self.names.label("endpoint", claim.measure.endpoint)
        # "dose levels" names the numbers of levels, "grade 2" is not a figure.
        category = re.sub(r"\b[A-Za-z]+ ?[<>≤≥]?[0-9]", "", claim.measure.category)
        named = f"{claim.figure.unit} {endpoint} {category}".lower()
        # "phase 3" is a figure of a claim about the phase, and of no other.
        if printed.counter and printed.counter not in named:
            return f"it is printed as the number of a {printed.counter}"
        return ""

    def _unit(self, printed: PrintedNumber, unit: str) -> str:
        """Object to another unit; a print may say less ("28 mg" of mg/day), never more."""
        kinds = self.names.kinds
        noted = "(%)" in self.notes and self.folded[: printed.number.start].endswith("(")
        if unit == "%" and not (printed.unit or noted or _PERCENT.search(self.labels)):
            return f"% is not printed at {printed.number.text!r}"
        if printed.unit in ("", unit) or unit.startswith(f"{printed.unit}/"):
            return ""
        if not unit and kinds.get(printed.unit) == "count":
            return ""
        return f"it is printed as {printed.words!r}, stored in {unit or 'no unit'!r}"

    def _count(self, claim: Claim, *, of: bool = False) -> _Objection:
        """Object to what is not a count, or (``of``) to the denominator of another count."""

        def objection(printed: PrintedNumber) -> str:
            if found := self._plain(claim, printed):
                return found
            part = self._part_of(printed) if of else None
            if part and claim.figure.numerator not in (None, part.value):
                return f"it is printed as {part.text}/{printed.number.text}"
            if self.names.kinds.get(printed.unit, "?" if printed.unit else "count") != "count":
                return f"it is printed as {printed.words!r}, stored as a count"
            return ""

        return objection

    def _part_of(self, printed: PrintedNumber) -> Number | None:
        """Return the count that stands before a stroke and this number: the 15 of 15/268."""
        before = [n.number for n in self.numbers if n.number.end + 1 == printed.number.start]
        stroke = self.folded[printed.number.start - 1 : printed.number.start] == "/"
        return before[-1] if before and stroke else None

    def _value(self, claim: Claim) -> _Objection:
        def objection(printed: PrintedNumber) -> str:
            found = self._plain(claim, printed)
            if not found and not printed.counter:
                found = self._bound(printed) or self._unit(printed, claim.figure.unit)
            return (
                found
                or self._dimension(claim, printed)
                or self._statistic(claim, printed)
                or self._time(claim, printed)
                or self._group(claim, printed)
            )

        return objection

    def _dimension(self, claim: Claim, printed: PrintedNumber) -> str:
        """Object to a unit of what has none: a ratio, the number of a phase."""
        unit = claim.figure.unit
        kind = self.names.kinds.get(unit, _NONE)
        if kind not in (_NONE, "share") and self.names.is_ratio(claim.statistic):
            return f"a {self.names.label('statistic', claim.statistic)} is not in {unit}"
        if printed.counter and kind not in (_NONE, "count") and printed.unit != unit:
            return f"it is printed as {printed.words!r}, stored in {unit!r}"
        return ""

    def _time(self, claim: Claim, printed: PrintedNumber) -> str:
        """Object to the figure of another time, or to a time that the record leaves out."""
        time = time_at(self.folded, self.numbers, self.numbers.index(printed), self.names)
        if time is None:
            return ""
        texts = [*claim.measure.time.parts().values(), claim.measure.category]
        stored = [n for text in texts for n in read_print(text, self.names)]
        same = [n for n in stored if n.number.value == time.number.value]
        if any(not _differs(n)(time) for n in same):
            return ""
        when = " ".join(filter(None, map(str, texts))) or "no time"
        return f"it is printed at the time {time.words!r}, stored with {when!r}"

    def _group(self, claim: Claim, printed: PrintedNumber) -> str:
        """Object to the figure of another group, where the print names the groups."""
        group, i = claim.measure.group, self.numbers.index(printed)
        if claim.measure.comparator or (printed.run and i not in printed.run):
            return ""
        among = {c.measure.group for c in self.claims if not c.measure.comparator}
        apart = frozenset(one for one in among if not any(self.arms.nested(one, b) for b in among))
        other = self.arms.other_at(self.folded, self.numbers, i, group, apart)
        if not other and len(apart) > 1 and self.passage:
            text, numbers, positions = self.passage
            other = self.arms.other_at(text, numbers, positions[i], group, apart)
        if not other and all(self._may_share(claim, one) or one is claim for one in self.claims):
            other = self.arms.other_in_labels(self.labels, group)
        return f"it is printed for {other!r}, stored for {group!r}" if other else ""

    def _bound(self, printed: PrintedNumber) -> str:
        label = self.names.label("word", printed.bounds)
        return f"it is printed as a bound of a {label}" if printed.bounds else ""

    def _statistic(self, claim: Claim, printed: PrintedNumber) -> str:
        """Object to another ratio, difference or average than the last one that is named."""
        rivals = self.names.rivals(claim.statistic)
        named = rivals.notations(printed.before) or rivals.notations(self.labels) if rivals else []
        if not named or self.names.agree(claim.statistic, named[-1]):
            return ""
        label = self.names.label
        return (
            f"it is printed as a {label('statistic', named[-1])}, "
            f"stored as a {label('statistic', claim.statistic)}"
        )

    # --- intervals, spreads and p-values ------------------------------------------------------

    def _low(self, claim: Claim) -> _Objection:
        figure = claim.figure

        def objection(printed: PrintedNumber) -> str:
            if found := self._plain(claim, printed):
                return found
            kind = printed.bounds or self._kind_in_labels()
            stored = re.sub("[0-9.]", "", figure.bounds)
            if kind and stored not in (kind, "interval" if kind == "range" else kind):
                label = self.names.label("word", kind)
                return f"it is printed as a {label}, stored as {figure.bounds}"
            if printed.level is not None and stored == kind and printed.level != figure.level:
                return f"the level is printed as {printed.level}%, stored as {figure.bounds}"
            return self._bound_unit(printed, figure.unit)

        return objection

    def _high(self, claim: Claim) -> _Objection:
        return lambda printed: (
            self._plain(claim, printed) or self._bound_unit(printed, claim.figure.unit)
        )

    def _bound_unit(self, printed: PrintedNumber, unit: str) -> str:
        """Object to the unit of a bound, which is often printed at the point only."""
        return self._unit(printed, unit) if printed.unit else ""

    def _kind_in_labels(self) -> str:
        kinds = set(self.names.bounds.notations(self.labels))
        return kinds.pop() if len(kinds) == 1 else ""

    def _spread(self, claim: Claim) -> _Objection:
        named = self.names.spreads.notations(f"{self.folded} {self.labels}")
        kind = claim.figure.dispersion_kind

        def objection(printed: PrintedNumber) -> str:
            if printed.role not in ("", "spread") or printed.counter:
                return self._plain(claim, printed)
            if printed.bounds:
                return self._bound(printed)
            if named and kind and kind not in named:
                return f"it is printed as {self.names.label('word', named[0])}, stored as {kind}"
            return ""

        return objection

    def _p(self, claim: Claim, printed: PrintedNumber) -> str:
        if found := self._sides(claim, printed):
            return found
        roles = {number.role for number in self.numbers}
        if printed.unit or (printed.role != "p" and (printed.role or "p" in roles)):
            return f"it is printed as {printed.words!r}, stored as a p-value"
        return ""

    def _sides(self, claim: Claim, printed: PrintedNumber) -> str:
        """Object to the sides of a p-value that are not those nearest to it, or not printed."""
        start, stored = printed.number.start, claim.result.sides
        near = [(abs(m.start() - start), _sides_of(m)) for m in _SIDES.finditer(self.folded)]
        if near:
            sides = min(near)[1]
            if stored == sides or (stored is None and sides == 2):
                return ""
            what = f"as {stored}-sided" if stored else "without its sides"
            return f"it is printed as {sides}-sided, stored {what}"
        if stored is None or self.text is None:
            return ""
        if stored in map(_sides_of, _SIDES.finditer(fold(self.text.text).text)):
            return ""
        return f"it is stored as {stored}-sided, which the source does not print"

    # --- times, categories, schedules and dates -----------------------------------------------

    def _context_faults(self, claim: Claim) -> Iterator[str]:
        """Yield numbers of the time, category and schedule that neither print nor label has."""
        numbers = read_print(self.context, self.names)
        for text in _context_texts(claim):
            for wanted in read_print(text, self.names):
                same = [n for n in numbers if n.number.value == wanted.number.value]
                if not same:
                    yield (
                        f"{wanted.number.value} (time, category or schedule) is not one of the "
                        f"numbers in {self.context!r}"
                    )
                elif all(map(_differs(wanted), same)):
                    yield f"{text!r} is not in {self.context!r}, which has {same[0].words!r}"

    def _date_faults(self, claim: Claim) -> Iterator[str]:
        figure = claim.figure
        for date in filter(None, (figure.date, figure.date_from, figure.date_to)):
            if not holds_date(claim.wording, date):
                yield f"{date} is not one of the dates in {claim.wording!r}"

    def _time_unit_faults(self, claim: Claim) -> Iterator[str]:
        """Yield a time whose unit is nowhere in the print, which has others."""
        unit, kinds = claim.figure.unit, self.names.kinds
        label = f"{self.folded} {self.labels}"
        printed = {u for u in self.names.units.notations(label) if kinds[u] == "time"}
        if kinds.get(unit) == "time" and printed and unit not in printed:
            units = ", ".join(sorted(printed))
            yield f"{unit} is not printed in {label!r}, which has {units}"


def _sides_of(match: re.Match[str]) -> int:
    word = next(filter(None, match.groups())).lower()
    return 1 if word in ("one", "1") else 2


def _around(claim: Claim, text: SourceText | None) -> tuple[str, str, str]:
    """Return the headers of a claim's cell, the times left of it and the notes of its table.

    They are empty outside of tables.
    """
    if text is None or not claim.row:
        return "", "", ""
    section, row, column = claim.section, claim.row, claim.column
    try:
        headers = text.headers_at(section, row, column, claim.wording)
        return headers, text.times_beside(section, row, column), text.notes(section)
    except TextError:  # is reported where the print is looked for
        return "", "", ""


_ROLES: Final = {
    "p": "a p-value",
    "level": "the level of an interval",
    "spread": "a spread",
    "part": "part of another number",
}


def _context_texts(claim: Claim) -> Iterable[str]:
    yield from claim.measure.time.parts().values()
    yield claim.measure.category
    for step in claim.steps:
        yield from (step.for_, step.on, step.over, step.every, step.rest, step.cycles)
        yield from (step.length, step.times, step.frequency)


def _differs(wanted: PrintedNumber) -> Callable[[PrintedNumber], bool]:
    """Whether a printed number has another unit than the one of a time or category."""

    def differs(printed: PrintedNumber) -> bool:
        if printed.role in ("p", "level"):
            return printed.role != wanted.role
        # "week 12" is 12 weeks
        units = [n.unit or TIME_COUNTERS.get(n.counter, "") for n in (wanted, printed)]
        if all(units) or (printed.counter and wanted.unit in TIME_COUNTERS.values()):
            return units[0] != units[1]  # "visit 3" is not 3 weeks
        return printed.unit == "%" and wanted.unit != "%"

    return differs
