"""Numbers needed to treat against the percentages, or the risk reduction, of their sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.checks.count_tests import number_needed
from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import Span, possible_values
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.layout import names_other_test
from kb.sources.numbers import Number

KIND: Final = "number-needed-to-treat"
_NEEDED: Final = re.compile(
    r"(?:\bnumber[s]? needed to (?:treat|harm)(?: [(\[]nn[th][)\]])?|\bnn[th]\b)"
    r"(?: ?(?:of|was|is|=|:|,|were|about|approximately))* ?(?P<n>N)(?! ?%)"
)
_REDUCTION: Final = re.compile(
    r"\b(?:absolute risk reduction|risk difference|absolute (?:risk )?difference|arr)"
    r"(?: [(\[](?:arr|rd)[)\]])?(?: ?(?:of|was|is|=|:|,))* ?(?P<points>N) ?%"
)
_PAIR: Final = re.compile(
    r"(?P<one>N) ?%[^N%]{0,60}\b(?:vs\.?|versus|compared (?:with|to)|and)\b[^N%]{0,60}(?P<two>N) ?%"
)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield numbers needed to treat that the difference of two percentages does not give."""
    for sentence in context.sentences:
        needed = list(_NEEDED.finditer(sentence.skeleton.text))
        if len(needed) != 1 or names_other_test(sentence.text):
            continue
        printed = sentence.skeleton.figure(needed[0], "n")
        found = _points(sentence)
        if printed is None or printed.operator or found is None:
            continue
        context.checked[KIND] += 1
        points, text = found
        if number_needed(points, printed.value) is Outcome.INCONSISTENT:
            yield _finding(sentence, printed, points, text)


def _points(sentence: Sentence) -> tuple[Span, str] | None:
    """Return the only difference of a sentence, in percentage points, and its arithmetic."""
    skeleton = sentence.skeleton
    reductions = list(_REDUCTION.finditer(skeleton.text))
    pairs = list(_PAIR.finditer(skeleton.text))
    if len(reductions) == 1:
        number = skeleton.figure(reductions[0], "points")
        plain = number is not None and not number.operator
        return (possible_values(number.value), f"{number.text}%") if number and plain else None
    if reductions or len(pairs) != 1 or skeleton.text.count("%") != 2:
        return None
    one, two = (skeleton.figure(pairs[0], name) for name in ("one", "two"))
    if one is None or two is None or one.operator or two.operator:
        return None
    first, second = possible_values(one.value), possible_values(two.value)
    difference = Span(first.low - second.high, first.high - second.low)
    return difference, f"({one.text} − {two.text})%"


def _finding(sentence: Sentence, printed: Number, points: Span, text: str) -> ScanFinding:
    middle = abs(points.low + points.high) / 2
    computed = f"1/{text} = {100 / middle:.1f}"
    points_of = f"A difference of {middle.normalize():f} points"
    message = f"{points_of} gives a number needed of {100 / middle:.1f}, not {printed.text}."
    place = Place(sentence.section.title)
    return ScanFinding(
        KIND, Verdict.DOUBTFUL, Severity.MATERIAL, place, (printed.text, text), computed, message
    )
