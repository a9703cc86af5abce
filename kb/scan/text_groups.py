"""P-values of sentences against two percentages, or two means, of the groups of the paper.

The sentence prints no numbers of people: they are those of the two groups on which all tables, or
else the abstract, agree. The percentages and means may be of fewer people, for whom a p would be
larger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from kb.checks.count_tests import Counts, distance_of_counts, p_values
from kb.checks.discrepancy import Outcome, Severity
from kb.checks.mean_p import FAR, FAR_OF_SKEWED, is_skewed
from kb.checks.means import Summary, distance_of_means, t_test
from kb.checks.rounding import Span, last_digit
from kb.checks.shares import nearest_counts, share_fits
from kb.scan.context import OTHER_STUDIES, ScanContext, Sentence
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_counts import shown_tests
from kb.scan.mean_tests import MEANS
from kb.scan.p_fit import p_values_of, printed_p, shown_p
from kb.scan.phrases import P_PHRASE
from kb.scan.significance import COUNTS
from kb.scan.text_tests import names_other
from kb.sources.numbers import Number

_UNIT: Final = r"(?: ?%| [a-z/²µ]{1,10}){0,2}"
_SPREAD: Final = (
    r"(?: ?(?:±|\+ ?/ ?-) ?(?P<{0}>N)"
    r"| ?[(\[] ?(?P<{0}_name>sd|sem?) ?=? ?(?P<{0}_named>N) ?[)\]])"
)
_AND: Final = r"\b(?:vs|versus|compared (?:with|to)|and|than|against)\b\.?"
_P: Final = rf"[,;(\[:] ?{P_PHRASE}(?! ?[%×x])"
_MEANS: Final = re.compile(
    rf"(?<![N.,/-])(?P<one>N){_UNIT}{_SPREAD.format('a')}[^N;.]{{0,60}}?{_AND}[^N;.]{{0,60}}?"
    rf"(?P<two>N){_UNIT}{_SPREAD.format('b')}[^N;]{{0,60}}?{_P}"
)
_SHARES: Final = re.compile(
    rf"(?<![N.,/(\[-])(?P<one>N) ?%[^N;%]{{0,60}}?{_AND}[^N;%]{{0,60}}?"
    rf"(?P<two>N) ?%[^N;%]{{0,60}}?{_P}"
)
_PLANNED: Final = re.compile(r"power|sample size|assum|expect|alpha|type i|log-?transf|geometric")
_CHANGES: Final = re.compile(
    r"\+ ?[0-9]|increas|decreas|chang|reduc|improv|gain|loss|gr[eo]w|\brose|\bfell|mean|median"
    r"|score|level|predicted|difference",
    re.IGNORECASE,
)
"""Words of percentages that are not parts of a group: "strength grew by 18% vs. 11%"."""
_GROSS: Final = 1.0
_RARE: Final = 20
"""A group of so many people, for percentages in whole numbers, gives a fifth of them."""

_Judged = tuple[bool, str]
"""Whether a p is wrong, and the arithmetic."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield p-values that no usual test gives for what the two groups of the paper have."""
    arms = context.arms
    for sentence in context.sentences if arms else ():
        is_other = OTHER_STUDIES.search(sentence.section.title) or names_other(sentence.text)
        if arms and not is_other and not _PLANNED.search(sentence.skeleton.text):
            for kind, pattern, judge in _RULES:
                for match in pattern.finditer(sentence.skeleton.text):
                    yield from _judge(context, sentence, kind, match, judge(sentence, match, arms))


def _judge(
    context: ScanContext,
    sentence: Sentence,
    kind: str,
    match: re.Match[str],
    judged: _Judged | None,
) -> Iterator[ScanFinding]:
    p, first = sentence.skeleton.figure(match, "p"), sentence.skeleton.number(match, "one")
    if judged is None or p is None or first is None:
        return
    context.checked[kind] += 1
    is_wrong, computed = judged
    if is_wrong:
        text = sentence.skeleton.folded[first.start : p.end]
        sizes = " and ".join(map(str, context.arms or ()))
        message = f"No usual test of two groups of {sizes} people gives p {printed_p(p)}."
        place = sentence.place
        yield ScanFinding(
            kind, Verdict.DOUBTFUL, Severity.MATERIAL, place, (text,), computed, message
        )


def _p(sentence: Sentence, match: re.Match[str]) -> Span | None:
    number = sentence.skeleton.figure(match, "p")
    return p_values_of(number) if number else None


def _of_shares(sentence: Sentence, match: re.Match[str], arms: tuple[int, int]) -> _Judged | None:
    one, two = (sentence.skeleton.figure(match, name) for name in ("one", "two"))
    p = _p(sentence, match)
    is_change = _CHANGES.search(sentence.text) is not None
    if p is None or one is None or two is None or one.operator or two.operator or is_change:
        return None
    tables = [
        pair
        for sizes in (arms, arms[::-1])
        for pair in product(_counts(one, sizes[0]), _counts(two, sizes[1]))
    ]
    judged = [(far, pair) for pair in tables if (far := distance_of_counts(*pair, p)) is not None]
    if not judged:
        return None
    far, pair = min(judged)
    # Fewer people give a larger p, and many percentages are those of some count.
    is_rare = max(arms) * max(last_digit(one.value), last_digit(two.value)) <= _RARE
    is_small = float(p.high) < min(p_values(*pair).values())
    wrong = far > _GROSS and (is_rare or is_small)
    return wrong, shown_tests(pair)


def _counts(share: Number, size: int) -> list[Counts]:
    """Return the counts of a group that a percentage stands for."""
    near = nearest_counts(size, share.value)
    return [(n, size) for n in near if share_fits(n, size, share.value) is not Outcome.INCONSISTENT]


def _of_means(sentence: Sentence, match: re.Match[str], arms: tuple[int, int]) -> _Judged | None:
    skeleton, p = sentence.skeleton, _p(sentence, match)
    one, two = (skeleton.figure(match, name) for name in ("one", "two"))
    spreads = [
        skeleton.figure(match, name) or skeleton.figure(match, f"{name}_named") for name in "ab"
    ]
    numbers = [n for n in (one, two, *spreads) if n is not None and not n.operator]
    if p is None or len(numbers) < 4:
        return None
    mean, other, spread, beside = (number.value for number in numbers)
    named = match["a_name"]
    kinds = (named != "sd",) if named else (False, True)
    groups = [
        (Summary(mean, spread, m, is_error=kind), Summary(other, beside, n, is_error=kind))
        for m, n in (arms, arms[::-1])
        for kind in kinds
    ]
    judged = [
        (far, i) for i, g in enumerate(groups) if (far := distance_of_means(g, p)) is not None
    ]
    if not judged:
        return None
    far, i = min(judged)
    low, high = t_test(*groups[i])
    is_large = float(p.low) > high
    wrong = far > (FAR_OF_SKEWED if is_large or is_skewed(groups[0]) else FAR)
    return wrong, _shown(groups[i], low, high)


def _shown(groups: Sequence[Summary], low: float, high: float) -> str:
    name = "SE" if groups[0].is_error else "SD"
    sizes = ", ".join(str(group.n) for group in groups)
    return f"t tests give p {shown_p(low, high)} at most with {name} (n = {sizes})"


_RULES: Final = ((COUNTS, _SHARES, _of_shares), (MEANS, _MEANS, _of_means))
