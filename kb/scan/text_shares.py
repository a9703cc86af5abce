"""Counts with percentages in sentences: the base that is printed with them, or any that is near."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import ceil, floor
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.rounding import last_digit, possible_values
from kb.checks.shares import share_severity
from kb.papers.entries import whole
from kb.scan.bases import Sizes, no_base
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.phrases import ESTIMATED, CountPhrase, counts
from kb.scan.sentence_bases import PERSON, SentenceBases, bases_before
from kb.scan.share_counts import is_raised

KIND: Final = "percentage-of-count"
_NO_COUNT: Final = re.compile(
    r"\b(?:grades?|stages?|class(?:es)?|types?|phases?|levels?|scores?|genotypes?|mrs)"
    r"[ -]?(?:[0-9]+ ?(?:[(\[][^()\[\]]*[)\]])?(?:,? and |,? or |, |/| to |-))*$|[0-9] ?: ?$"
    r"|(?:\b(?:in|of|for|from|and|or|to|with|than|vs\.?|versus|between|by|while|whereas|both)"
    r"|[(,;:]) ?(?:groups?|arms?|cohorts?|quartiles?|tertiles?|cent(?:re|er)s?)"
    r" (?:[0-9]+ ?(?:[(\[][^()\[\]]*[)\]])?(?:,? and |,? or |, ))*$"
    r"|\b(?:week|day|month|year|visit|cycle|session) $"
)
"""What stands before the number of a grade, a group or a time, also in a list, or the 1 of 2:1."""
_UNIT: Final = re.compile(r" ?(?:mg|µg|mcg|g|kg|ml|mm|mmhg|iu|mmol|mg/dl|years?|months?|days?)\b")
"""What makes a ratio a dose, a pressure or a measurement."""
_TARGET: Final = re.compile(
    r"(?:below|under|less than|confidence|goal|target|threshold|criterion)(?: of| was| is)? ?$"
)
_PEOPLE: Final = re.compile(
    r"^[0-9,]+(?: (?:of the |more |other )?(?:patients|subjects|participants|people"
    r"|persons|women|men|"
    r"children|infants|cases|girls|boys|males|females|events|respondents|students))?,? ?[(\[]"
    r"|^[0-9.]+ ?% ?[(\[] ?n ?="
)
_AT_LEAST: Final = re.compile(
    r"(?:at least|at most|more than|(?:few|less)er than|less than|over|up to|minimum of|maximum of"
    r"|about|approximately|around|nearly|almost|(?:on )?average(?: of)?|mean of|median of) ?$"
)
"""Words that make a count a limit, or an average, beside a percentage that is rounded freely."""
_BASE: Final = re.compile(r"(?:\bof(?: the| these| those| all)?|/) ?$")
_OTHER_GROUP: Final = re.compile(r"(?:group|arm|control|placebo|treatment)s?\b[a-z ]{0,20}[:;,=]")
_MONTHS: Final = 12
"""Up to here the second number of "12/05" may be a month."""
_NEAR: Final = 5
"""Points beyond which a percentage with an operator is a threshold, not the printed share."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield percentages of sentences that are not what their counts give."""
    bases = SentenceBases(context)
    for sentence in context.sentences:
        phrases = [phrase for phrase in counts(sentence) if _is_judgeable(phrase)]
        of = bases.unfitting(sentence, phrases) | bases_before(sentence, phrases)
        for phrase in phrases:
            context.checked[KIND] += 1
            if finding := _judge(phrase) or _of_base(phrase, of.get(phrase.start)):
                yield finding


def _of_base(phrase: CountPhrase, of: int | None) -> ScanFinding | None:
    count = whole(phrase.main)
    if of is None or count is None or count > of or phrase.share.operator:
        return None
    if of in Sizes.of(count, phrase.share.value, slack=1):
        return None
    return _wrong(phrase, count, of, Verdict.DOUBTFUL)


def _is_judgeable(phrase: CountPhrase) -> bool:
    if phrase.main.operator or phrase.main.is_word or whole(phrase.main) is None:
        return False
    if phrase.of is None and (phrase.share.operator or not _PEOPLE.search(phrase.text.lower())):
        return False
    folded = phrase.sentence.skeleton.folded.lower()
    text = folded[: min(phrase.share.start, phrase.main.start)]
    before = folded[: phrase.main.start]
    if phrase.of is None and _BASE.search(before):
        return False
    is_free = _AT_LEAST.search(before) or _OTHER_GROUP.search(phrase.text.lower())
    is_no_count = _TARGET.search(text) or _NO_COUNT.search(before)
    if phrase.of and _UNIT.match(folded, phrase.of.end):
        return False
    return 0 <= phrase.share.value <= 100 and not is_free and not is_no_count


def _judge(phrase: CountPhrase) -> ScanFinding | None:
    count = whole(phrase.main)
    of = whole(phrase.of)
    if count is None:
        return None
    near = Sizes.of(count, phrase.share.value, slack=1)
    if of is None:
        is_none = phrase.of is None and count > 0 and not near
        # "81.2% (n = 35)" may be of 35.
        is_size = phrase.main.start > phrase.share.start and _may_be_of(count, phrase.share.value)
        return _impossible(phrase, count) if is_none and not is_size else None
    if of < count or of == 0:
        return _above_base(phrase, count, of)
    if of in near:
        return _next_figure(phrase, count, of)
    exact = Decimal(100 * count) / of
    if phrase.share.operator and not _is_wrong(exact, phrase):
        return None
    is_estimated = ESTIMATED.search(phrase.sentence.text)
    return _wrong(phrase, count, of, Verdict.DOUBTFUL if is_estimated else Verdict.INCONSISTENT)


def _wrong(phrase: CountPhrase, count: int, of: int, verdict: Verdict) -> ScanFinding:
    exact = Decimal(100 * count) / of
    computed = f"{count}/{of} = {exact:.2f}%"
    message = f"{count} of {of} is {exact:.1f}%, not {phrase.share.text}%."
    severity = share_severity(count, of, phrase.share.value)
    return _finding(phrase, verdict, severity, computed, message)


def _may_be_of(size: int, share: Decimal) -> bool:
    """Whether a number of people has a part that is a percentage, rounded or cut off."""
    parts = (floor(size * share / 100), ceil(size * share / 100))
    return any(size in Sizes.of(part, share, slack=1) for part in parts)


def _above_base(phrase: CountPhrase, count: int, of: int) -> ScanFinding | None:
    """Return a count that is larger than its base, and no ratio of two parts of a group."""
    share = phrase.share.value
    is_ratio = any(
        whole in Sizes.of(part, share, 1)
        for part in (count, of)
        for whole in (count + of, max(count, of))
    )
    # Without people, "12/05 (10%)" is a date, and "96/20 (80%)" two parts.
    is_other = "/" in phrase.text and (of <= _MONTHS or count > 2 * of)
    is_free = is_other and not PERSON.search(phrase.text.lower())
    if of == 0 or is_ratio or phrase.share.operator or is_free:
        return None
    computed, message = (
        f"{count} > {of}",
        f"A count of {count} is larger than its denominator, {of}.",
    )
    return _finding(phrase, Verdict.DOUBTFUL, Severity.MATERIAL, computed, message)


def _impossible(phrase: CountPhrase, count: int) -> ScanFinding:
    computed, message = no_base(count, phrase.share.text)
    return _finding(phrase, Verdict.DOUBTFUL, Severity.MATERIAL, computed, message)


def _next_figure(phrase: CountPhrase, count: int, of: int) -> ScanFinding | None:
    """Return a finding if the last of several digits is one too high, as no rounding makes it."""
    share = phrase.share
    if share.operator or last_digit(share.value) == 1 or not is_raised(count, of, share.value):
        return None
    exact = Decimal(100 * count) / of
    computed = f"{count}/{of} = {exact:.2f}%"
    message = f"{count} of {of} is {exact:.2f}%, not {share.text}%."
    return _finding(phrase, Verdict.DOUBTFUL, Severity.MINOR, computed, message)


def _is_wrong(exact: Decimal, phrase: CountPhrase) -> bool:
    """Whether a share such as "at least 29%" is one of these people, and too high or too low."""
    values = possible_values(phrase.share.value, phrase.share.operator)
    return not values.holds(exact) and abs(exact - phrase.share.value) < _NEAR


def _finding(
    phrase: CountPhrase, verdict: Verdict, severity: Severity, computed: str, message: str
) -> ScanFinding:
    place = phrase.sentence.place
    return ScanFinding(KIND, verdict, severity, place, (phrase.text,), computed, message)
