"""Test statistics with degrees of freedom and p-values, in sentences and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.distributions import Statistic, distance_of_statistic, p_span
from kb.checks.rounding import Span
from kb.checks.significance import ALPHA
from kb.papers.entries import Form, entry
from kb.papers.paper import plain
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.p_columns import statistic_of
from kb.scan.p_fit import names_other_test, p_values_of, printed_p, shown_p
from kb.scan.places import notes, place_of
from kb.sources.normalise import fold

KIND: Final = "p-of-test-statistic"
_N: Final = r"[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+"
_DF: Final = rf"(?:{_N})(?: ?[,;/] ?(?:N ?= ?)?(?:{_N}))?"
_TAGGED: Final = re.compile(r" ?<sub>([^<>]{1,16})</sub>")
_NUMBER_IN_TAG: Final = re.compile(r"^[0-9., ;]+$")
_CHI: Final = r"[χ\u03a7]\s?[2²]?|[Cc]hi-?\s?[Ss]quared?"
_NAME: Final = rf"(?<![\w.])(?P<name>[tFzZ]|{_CHI}|r)"
_VALUE: Final = rf"(?P<value>-?(?:{_N}))(?![0-9])"
_P: Final = (
    r"[,;:]? ?(?:and |with )?(?:[Tt]wo-(?:sided|tailed) )?"
    r"[pP](?:[- ]?values?)? ?(?P<sign>[<>=≤≥]) ?(?P<p>0?\.[0-9]+|[01](?:\.0+)?)(?![0-9])"
)
_TEST: Final = re.compile(
    rf"{_NAME}(?: ?[(\[] ?(?:df ?= ?)?(?P<df>{_DF}) ?[)\]])? ?= ?{_VALUE}"
    rf"(?:[,;] ?(?:df|d\.f\.|degrees? of freedom) ?= ?(?P<after>{_DF})"
    rf"|[,;] ?(?P<words>{_N}) ?d\.?f\.?)?{_P}"
)
_CELL: Final = re.compile(
    rf".{{0,30}}?{_NAME}(?: ?[(\[] ?(?:df ?= ?)?(?P<df>{_DF}) ?[)\]])?(?: ?= ?| ){_VALUE}"
    rf"(?:[,;]? ?(?:df|d\.f\.) ?=? ?(?P<after>{_DF})|[,;]? (?P<words>{_N}) ?d\.?f\.?)?{_P}"
    r"[)*\]†‡§a-c]{0,3}"
)
"""The whole text of a cell, which may leave out equals signs: "Z −0.9 P = 0.37"."""
_HAS_P: Final = re.compile(r"[pP][a-z\s-]{0,9}[=<>≤≥]")
_MAYBE: Final = re.compile(r"(?<![A-Za-z0-9.])(?:[tFzZrχ\u03a7]|[Cc]hi)(?![a-qs-z])[^.]{0,40}?=")
_NONE: Final = re.compile(r"bonferroni|corrected|adjusted p|holm|greenhouse|permut", re.IGNORECASE)
_SMALL: Final = 0.02
"""Within this distance a p differs in its last digit only."""
_SURE: Final = 0.15


@dataclass(frozen=True, slots=True)
class _Test:
    """A printed test."""

    statistic: Statistic
    value: Decimal
    degrees: tuple[float, ...]
    p: Span
    p_text: str
    printed: tuple[str, ...]
    place: Place
    around: str
    """The words around it, which may name a correction of the p."""

    @property
    def is_complete(self) -> bool:
        """Whether its degrees of freedom are printed."""
        needed = {"z": 0, "F": 2}.get(self.statistic, 1)
        return len(self.degrees) >= needed


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield tests whose p is not that of the statistic and its degrees of freedom."""
    for sentence in context.sentences:
        for test in _of_sentence(sentence):
            context.checked[KIND] += 1
            if finding := _judge(test):
                yield finding
    for reading in context.readings:
        tests = [(test, _distance(test)) for test in _of_table(reading)]
        context.checked[KIND] += len(tests)
        fitting = sum(distance <= 0 for _, distance in tests)
        for test, distance in tests:
            # Where most do not fit, the columns are not what they seem.
            mostly = 3 * fitting >= 2 * (len(tests) - 1)
            if distance > 0 and mostly and (finding := _judge(test)):
                yield finding


def _of_sentence(sentence: Sentence) -> Iterator[_Test]:
    if not _MAYBE.search(sentence.text):
        return
    text = _readable(sentence.text)
    for match in _TEST.finditer(text):
        around = text[max(0, match.start() - 60) : match.end() + 40]
        if test := _printed_test(match, match[0], sentence.place, around):
            yield test


def _readable(text: str) -> str:
    """Return a text in plain letters, with lowered degrees of freedom in brackets."""
    return fold(plain(_TAGGED.sub(_degrees_in_tag, text))).text


def _printed_test(match: re.Match[str], text: str, place: Place, around: str) -> _Test | None:
    """Return the test of a match of ``_TEST`` or ``_CELL``; None if it cannot be one."""
    sign, name = match["sign"], _named(match["name"])
    limit = entry(sign + match["p"]).main if sign != "=" else None
    number = limit or entry(match["p"]).main
    span = p_values_of(number) if number else None
    degrees = _degrees(name, match["df"] or match["after"] or match["words"])
    value = _decimal(match["value"])
    if span is None or value is None or degrees is None:
        return None
    return _Test(name, value, degrees, span, f"{sign} {match['p']}", (text,), place, around)


def _degrees_in_tag(match: re.Match[str]) -> str:
    """Read the lowered degrees of freedom of t<sub>38</sub>."""
    return f"({match[1].strip()})" if _NUMBER_IN_TAG.match(match[1]) else match[0]


def _named(name: str) -> Statistic:
    if name in ("t", "F", "r"):
        return name  # type: ignore[return-value]
    return "z" if name in ("z", "Z") else "chi-square"


def _degrees(statistic: Statistic, text: str | None) -> tuple[float, ...] | None:
    """Read degrees of freedom: two of an F, the first of "(1, N = 1736)"; () if none are printed.

    None if the figures cannot be degrees of freedom.
    """
    parts = re.split(r"[,;/] ?(?=N)|[;/]", text or "")
    if statistic == "F" and len(parts) == 1:
        parts = parts[0].split(",", 1)
    numbers = [_decimal(part) for part in parts[: 2 if statistic == "F" else 1] if part]
    if any(n is None or n <= 0 for n in numbers):
        return None
    return tuple(float(n) for n in numbers if n is not None)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None


def _of_table(reading: TableReading) -> Iterator[_Test]:
    for figure in (f for f in reading.figures if _HAS_P.search(f.text)):
        match = _CELL.fullmatch(_readable(figure.text))
        own = match and _printed_test(match, figure.text, place_of(reading, figure), notes(reading))
        if own:
            yield own
    for row in reading.rows.values():
        for figure, beside, after in zip(row, row[1:], [*row[2:], None], strict=False):
            name = statistic_of(figure.column)
            if name is None:
                continue
            p = beside if beside.column.kind is ColumnKind.P else after
            df = beside if p is after else None
            if p is not None and (test := _table_test(reading, name, figure, df, p)):
                yield test


def _table_test(
    reading: TableReading,
    name: Statistic,
    figure: TableFigure,
    df: TableFigure | None,
    p: TableFigure,
) -> _Test | None:
    main, printed = figure.entry.main, p.entry.main
    if main is None or main.operator or printed is None or p.column.kind is not ColumnKind.P:
        return None
    span = p_values_of(printed)
    degrees = _degrees(name, df.text if df else _in_parentheses(figure))
    if df is not None and not re.fullmatch(r"(?i)d\.?f\.?", df.column.path[-1].strip()):
        return None
    if span is None or degrees is None:
        return None
    text = printed_p(printed)
    cells = (figure.text, *((df.text,) if df else ()), p.text)
    place = place_of(reading, figure)
    around = f"{notes(reading)} {' '.join(p.column.path)}"
    return _Test(name, main.value, degrees, span, text, cells, place, around)


def _in_parentheses(figure: TableFigure) -> str | None:
    match = re.search(r"\(([0-9.,; ]+)\)\s*$", figure.text)
    return match[1] if match and figure.entry.form in (Form.PAIR, Form.WITH_BOUNDS) else None


def _distance(test: _Test) -> float:
    """Return how far the p is off; without degrees of freedom, only how much it is too small."""
    if test.statistic == "r" and (abs(test.value) >= 1 or not test.is_complete):
        return 0.0
    if not test.is_complete:
        least = p_span(test.statistic, test.value, test.degrees).low
        if (test.statistic == "F" and not test.degrees) or test.p.high >= least:
            return 0.0
    return distance_of_statistic(test.statistic, test.value, test.degrees, test.p)


def _judge(test: _Test) -> ScanFinding | None:
    distance = _distance(test)
    if distance <= _SMALL or _NONE.search(test.around):
        return None
    computed = p_span(test.statistic, test.value, test.degrees)
    other_side = (computed.low > ALPHA) != (test.p.low >= ALPHA)
    severity = Severity.MATERIAL if other_side or distance > 1 else Severity.MINOR
    sure = distance > _SURE and test.is_complete and not names_other_test(test.around)
    verdict = Verdict.INCONSISTENT if sure else Verdict.DOUBTFUL
    degrees = ", ".join(f"{d:g}" for d in test.degrees)
    name = f"{test.statistic}({degrees})" if degrees else test.statistic
    shown = shown_p(float(computed.low), float(computed.high))
    message = f"{name} = {test.value} gives p {_equal(shown)}, but p {test.p_text} is printed."
    text = f"{name} = {test.value}: p {_equal(shown)}"
    return ScanFinding(KIND, verdict, severity, test.place, test.printed, text, message)


def _equal(shown: str) -> str:
    return shown if shown.startswith("<") else f"= {shown}"
