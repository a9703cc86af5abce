"""Counts with percentages in sentences: the base that is printed with them, or any that is near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Severity
from kb.checks.rounding import last_digit, possible_values
from kb.checks.shares import share_severity
from kb.papers.entries import whole
from kb.scan.bases import Sizes, no_base
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.phrases import CountPhrase, counts
from kb.scan.shares import is_raised

KIND: Final = "percentage-of-count"
_NO_COUNT: Final = re.compile(
    r"\b(?:grades?|stages?|class(?:es)?|types?|phases?|levels?|scores?|genotypes?|mrs)"
    r"[ -]?(?:[0-9]+ ?(?:[(\[][^()\[\]]*[)\]])?(?:,? and |,? or |, |/| to |-))*$|[0-9] ?: ?$"
)
"""What stands before the number of a grade, also in a list, and before the second of 2:1."""
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
_PERSON: Final = re.compile(
    r"\b(?:patients|subjects|participants|women|men|children|infants|people|adults|respondents"
    r"|students|cases|mothers|individuals|persons|girls|boys|males|females|events)\b"
)
_OF_PEOPLE: Final = re.compile(
    r"\b(?:of|among) (?:the |these |those |all |a total of |our )*(?P<n>N) (?:[a-z-]+ ){0,3}?"
    + _PERSON.pattern
)
_IN_GROUP: Final = re.compile(r"[(\[]n ?=? ?(?P<n>N)[)\]]")
_OTHER_PEOPLE: Final = re.compile(
    r"\b(?:groups?|arms?|vs|versus|respectively|controls?|placebo|of (?:these|those|whom|which))\b"
)
_NEAR: Final = 5
"""Points beyond which a percentage with an operator is a threshold, not the printed share."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield percentages of sentences that are not what their counts give."""
    for sentence in context.sentences:
        phrases = [phrase for phrase in counts(sentence) if _is_judgeable(phrase)]
        near = _bases_before(sentence, phrases) if phrases else {}
        for phrase in phrases:
            context.checked[KIND] += 1
            if finding := _judge(phrase) or _of_base(phrase, near.get(phrase.start)):
                yield finding


def _bases_before(sentence: Sentence, phrases: Sequence[CountPhrase]) -> dict[int, int]:
    """Return the base of each phrase that has none of its own, by where the phrase starts.

    "Of 45 patients, 12 (27%)", and as many counts as sizes: "in drug (n = 45) and placebo (n = 44),
    12 (27%) and 15 (34%)".
    """
    skeleton = sentence.skeleton
    bare = sorted((p for p in phrases if p.of is None), key=lambda phrase: phrase.start)
    if not bare or len(bare) < len(phrases):
        return {}
    first, text = bare[0].start, skeleton.text
    found = [*_OF_PEOPLE.finditer(text, 0, first), *_IN_GROUP.finditer(text, 0, first)]
    if len(found) != len(bare) or (len(found) == 1 and _is_of_others(found[0], bare[0])):
        return {}
    sizes = [whole(skeleton.figure(match, "n")) for match in found]
    pairs = zip(bare, sizes, strict=True)
    return {phrase.start: size for phrase, size in pairs if size}


def _is_of_others(base: re.Match[str], phrase: CountPhrase) -> bool:
    """Whether a sentence names other people after its base: a group, a number, "45 infants"."""
    text = base.string
    between, own = text[base.end() : phrase.start], phrase.text.lower()
    other = _OTHER_PEOPLE.search(text, base.end()) or "N" in between
    named = _PERSON.search(own)
    return bool(other) or (named is not None and named[0] not in base[0])


def _of_base(phrase: CountPhrase, of: int | None) -> ScanFinding | None:
    count = whole(phrase.main)
    if of is None or count is None or count > of or phrase.share.operator:
        return None
    if of in Sizes.of(count, phrase.share.value, slack=1):
        return None
    exact = Decimal(100 * count) / of
    message = f"{count} of {of} is {exact:.1f}%, not {phrase.share.text}%."
    severity = share_severity(count, of, phrase.share.value)
    computed = f"{count}/{of} = {exact:.2f}%"
    return _finding(phrase, Verdict.DOUBTFUL, severity, computed, message)


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
        # "81.2% (n = 35)" may be of 35.
        is_alone = phrase.of is None and phrase.main.start < phrase.share.start
        return _impossible(phrase, count) if count and not near and is_alone else None
    if of < count or of == 0:
        return _above_base(phrase, count, of)
    if of in near:
        return _next_figure(phrase, count, of)
    exact = Decimal(100 * count) / of
    if phrase.share.operator and not _is_wrong(exact, phrase):
        return None
    computed = f"{count}/{of} = {exact:.2f}%"
    message = f"{count} of {of} is {exact:.1f}%, not {phrase.share.text}%."
    severity = share_severity(count, of, phrase.share.value)
    return _finding(phrase, Verdict.INCONSISTENT, severity, computed, message)


def _above_base(phrase: CountPhrase, count: int, of: int) -> ScanFinding | None:
    """Return a count that is larger than its base, and no ratio of two parts of a group."""
    share = phrase.share.value
    is_ratio = any(
        whole in Sizes.of(part, share, 1)
        for part in (count, of)
        for whole in (count + of, max(count, of))
    )
    # "12/05 (10%)" is a date.
    if of == 0 or is_ratio or phrase.share.operator or not _PERSON.search(phrase.text.lower()):
        return None
    computed, message = f"{count} > {of}", f"{count} of {of} people is more than all of them."
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
    place = Place(phrase.sentence.section.title)
    return ScanFinding(KIND, verdict, severity, place, (phrase.text,), computed, message)
