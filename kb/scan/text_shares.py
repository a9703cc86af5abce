"""Counts with percentages in sentences: the base that is printed with them, or any that is near."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.rounding import possible_values
from kb.checks.shares import share_severity
from kb.papers.entries import whole
from kb.scan.bases import Sizes, no_base
from kb.scan.context import ScanContext
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.phrases import CountPhrase, counts

KIND: Final = "percentage-of-count"
_NO_COUNT: Final = re.compile(
    r"\b(?:grades?|stages?|class(?:es)?|types?|phases?|levels?|scores?|genotypes?|mrs)[ -]?$"
)
_TARGET: Final = re.compile(
    r"(?:below|under|less than|confidence|goal|target|threshold|criterion)(?: of)? ?$"
)
_PEOPLE: Final = re.compile(
    r"^[0-9,]+(?: (?:of the |more |other )?(?:patients|subjects|participants|people"
    r"|persons|women|men|"
    r"children|infants|cases|girls|boys|males|females|events|respondents|students))?,? ?[(\[]"
)
_NEAR: Final = 5
"""Points beyond which a percentage with an operator is a threshold, not the printed share."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield percentages of sentences that are not what their counts give."""
    for sentence in context.sentences:
        for phrase in counts(sentence):
            if _is_judgeable(phrase):
                context.checked[KIND] += 1
                if finding := _judge(phrase):
                    yield finding


def _is_judgeable(phrase: CountPhrase) -> bool:
    if phrase.main.operator or phrase.main.is_word or whole(phrase.main) is None:
        return False
    if phrase.of is None and (phrase.share.operator or not _PEOPLE.search(phrase.text.lower())):
        return False
    text = phrase.sentence.skeleton.folded[: min(phrase.share.start, phrase.main.start)].lower()
    before = phrase.sentence.skeleton.folded[: phrase.main.start].lower()
    is_count = not _TARGET.search(text) and not _NO_COUNT.search(before)
    return 0 <= phrase.share.value <= 100 and is_count


def _judge(phrase: CountPhrase) -> ScanFinding | None:
    count = whole(phrase.main)
    of = whole(phrase.of)
    if count is None:
        return None
    near = Sizes.of(count, phrase.share.value, slack=1)
    if of is None:
        if near or count == 0:
            return None
        computed, message = no_base(count, phrase.share.text)
        return _finding(phrase, Verdict.DOUBTFUL, Severity.MATERIAL, computed, message)
    if of < count or of == 0 or of in near:
        return None
    exact = Decimal(100 * count) / of
    if phrase.share.operator and not _is_wrong(exact, phrase):
        return None
    computed = f"{count}/{of} = {exact:.2f}%"
    message = f"{count} of {of} is {exact:.1f}%, not {phrase.share.text}%."
    severity = share_severity(count, of, phrase.share.value)
    return _finding(phrase, Verdict.INCONSISTENT, severity, computed, message)


def _is_wrong(exact: Decimal, phrase: CountPhrase) -> bool:
    """Whether a share such as "at least 29%" is one of these people, and too high or too low."""
    values = possible_values(phrase.share.value, phrase.share.operator)
    return not values.holds(exact) and abs(exact - phrase.share.value) < _NEAR


def _finding(
    phrase: CountPhrase, verdict: Verdict, severity: Severity, computed: str, message: str
) -> ScanFinding:
    place = Place(phrase.sentence.section.title)
    return ScanFinding(KIND, verdict, severity, place, (phrase.text,), computed, message)
