"""What percentages of a sentence are of: the people that it begins with, or that others share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from kb.papers.entries import Skeleton, whole
from kb.papers.reading import ColumnKind
from kb.scan.bases import Sizes
from kb.scan.context import ScanContext, Sentence
from kb.scan.phrases import CountPhrase

PERSON: Final = re.compile(
    r"\b(?:patients|subjects|participants|women|men|children|infants|people|adults|respondents"
    r"|students|cases|mothers|individuals|persons|girls|boys|males|females|events)\b"
)
_OF_PEOPLE: Final = re.compile(
    r"\b(?:of|among) (?:the |these |those |all |a total of |our )*(?P<n>N) (?:[a-z-]+ ){0,3}?"
    + PERSON.pattern
)
_OF_ANY: Final = re.compile(
    r"\b(?:of|among) (?:the |these |those |all |a total of |our )*(?:(?P<n>N) (?:[a-z-]+ ){0,3}?"
    r"(?!hours|days|weeks|months|years|minutes|points|items|sites|centers|centres|trials|studies)"
    r"(?:[a-z]{3,}(?:s|ren)|(?:wo)?men|people|youth)\b"
    r"|(?:[a-z]+ ){0,2}(?:sample|cohort|population|group) ?[(\[]n ?=? ?(?P<whole>N)[)\]])"
)
"""Any plural may be people: "of all the 554 caretakers", "of the total sample (N = 1843)"."""
_IN_GROUP: Final = re.compile(r"[(\[]n ?=? ?(?P<n>N)[)\]]")
_OTHER_PEOPLE: Final = re.compile(
    r"\b(?:groups?|arms?|vs|versus|respectively|controls?|placebo|of (?:these|those|whom|which))\b"
)
_PEOPLE: Final = re.compile(
    r"\bn ?(?:=|of)? ?(?P<n>N)|(?P<people>N) (?:[a-z-]+ ){0,2}?" + PERSON.pattern
)
_OTHER_UNITS: Final = re.compile(
    r"episodes|samples|visits|eyes|teeth|lesions|events|infections|cycles|doses|sessions|calls"
    r"|per cent of|rate|incidence|survival|years? of age"
)
_MISSING: Final = 0.9
_WIDE: Final = 20
_FEWEST: Final = 2


def bases_before(sentence: Sentence, phrases: Sequence[CountPhrase]) -> dict[int, int]:
    """Return the base of each phrase that has none of its own, by where the phrase starts.

    "Of 45 patients, 12 (27%)", and as many counts as sizes: "in drug (n = 45) and placebo (n = 44),
    12 (27%) and 15 (34%)".
    """
    skeleton = sentence.skeleton
    bare = sorted((p for p in phrases if p.of is None), key=lambda phrase: phrase.start)
    if not bare or len(bare) < len(phrases):
        return {}
    first, text = bare[0].start, skeleton.text
    bases = [*_OF_PEOPLE.finditer(text, 0, first), *_IN_GROUP.finditer(text, 0, first)]
    if len(bases) != len(bare) or (len(bases) == 1 and _is_of_others(bases[0], bare[0])):
        return {}
    sizes = [whole(skeleton.figure(match, "n")) for match in bases]
    pairs = zip(bare, sizes, strict=True)
    return {phrase.start: size for phrase, size in pairs if size}


def _is_of_others(base: re.Match[str], phrase: CountPhrase) -> bool:
    """Whether a sentence names other people after its base: a group, a number, "45 infants"."""
    text = base.string
    other = _OTHER_PEOPLE.search(text, base.end()) or "N" in text[base.end() : phrase.start]
    return bool(other) or _names_others(base, phrase)


def _names_others(base: re.Match[str], phrase: CountPhrase) -> bool:
    named = PERSON.search(phrase.text.lower())
    return named is not None and named[0] not in base[0]


class SentenceBases:
    """The numbers of people of a paper that a percentage of its sentences may be of."""

    def __init__(self, context: ScanContext) -> None:
        """Gather the numbers of people that the paper prints anywhere."""
        sizes = (c.size for reading in context.readings for c in reading.columns if c.size)
        rows = (f for r in context.readings for row in r.size_rows for f in r.rows.get(row, ()))
        texts = (n for sentence in context.sentences for n in _numbers_of_people(sentence))
        self._people = {*sizes, *(f.count for f in rows if f.count), *texts}
        self._arms = _sizes_of_arms(context)

    def unfitting(self, sentence: Sentence, phrases: Sequence[CountPhrase]) -> dict[int, int]:
        """Return the people of a sentence that a phrase is of, where no number fits it.

        By where the phrase starts. They are those that the sentence begins with ("Of 787 women"),
        a number of it that two other percentages are of, or those of the groups in their order.
        """
        bare = [p for p in phrases if p.of is None and not p.share.operator]
        if not bare or len(bare) < len(phrases) or _OTHER_UNITS.search(sentence.skeleton.text):
            return {}
        own = _wholes(sentence.skeleton)
        respective = self._respective(sentence, bare)
        unfitting: dict[int, int] = {}
        for phrase in bare:
            base = (
                _leading(sentence, phrase, bare)
                or _shared(phrase, bare, own)
                or respective.get(phrase.start)
            )
            count = whole(phrase.main)
            if not base or not count or count > base or _divides(base, phrase, bare):
                continue
            if not self._fits(sentence, phrase, base, own):
                unfitting[phrase.start] = base
        # Two that do not fit are of two other groups.
        return unfitting if len(unfitting) == 1 else {}

    def _fits(self, sentence: Sentence, phrase: CountPhrase, base: int, own: Sequence[int]) -> bool:
        """Whether a percentage is of its base, or of other people that the paper counts."""
        near = Sizes.of(whole(phrase.main) or 0, phrase.share.value, slack=1)
        before = _wholes(Skeleton.of(sentence.before))
        rest = (base - number for number in own)
        sums = (a + b for a, b in combinations(own, 2))
        return any(size in near for size in (base, *own, *before, *self._people, *rest, *sums))

    def _respective(self, sentence: Sentence, bare: Sequence[CountPhrase]) -> dict[int, int]:
        """Return the sizes of the groups that a list with "respectively" names, in their order.

        The sentence before prints them, or the tables; all but one of the percentages fit.
        """
        if len(bare) < _FEWEST or "respectively" not in sentence.skeleton.text:
            return {}
        before = Skeleton.of(sentence.before)
        printed = tuple(size for m in _IN_GROUP.finditer(before.text) if (size := _size(before, m)))
        for sizes in (printed, self._arms):
            if len(sizes) == len(bare):
                pairs = list(zip(bare, sizes, strict=True))
                if sum(size in _exact(phrase) for phrase, size in pairs) == len(bare) - 1:
                    return {phrase.start: size for phrase, size in pairs}
        return {}


def _sizes_of_arms(context: ScanContext) -> tuple[int, ...]:
    """Return the sizes of the groups of the first table that prints them, from the left."""
    for reading in context.readings:
        groups = [c for c in reading.columns if c.kind is ColumnKind.GROUP]
        sizes = tuple(c.size for c in groups if c.size)
        if len(sizes) == len(groups) >= _FEWEST:
            return sizes
    return ()


def _numbers_of_people(sentence: Sentence) -> Iterator[int]:
    skeleton = sentence.skeleton
    for match in _PEOPLE.finditer(skeleton.text):
        if size := _size(skeleton, match):
            yield size


def _wholes(skeleton: Skeleton) -> list[int]:
    """Return the whole numbers of a text, of "n = 45" as well."""
    sizes = (whole(replace(number, operator="")) for number in skeleton.numbers)
    return list(dict.fromkeys(size for size in sizes if size))


def _leading(sentence: Sentence, phrase: CountPhrase, bare: Sequence[CountPhrase]) -> int | None:
    """Return the number of people that a sentence is about: "Of the 787 women, 398 (50.6%)".

    Where it goes on to groups of them, another percentage must be of all.
    """
    text = sentence.skeleton.text
    before = list(_OF_ANY.finditer(text, 0, phrase.start))
    if not before or _names_others(before[-1], phrase):
        return None
    base = _size(sentence.skeleton, before[-1])
    if base and _OTHER_PEOPLE.search(text, before[-1].end()):
        others = (_exact(p) for p in bare if p is not phrase and p.start > before[-1].end())
        return base if any(base in sizes for sizes in others) else None
    return base


def _size(skeleton: Skeleton, match: re.Match[str]) -> int | None:
    name = next(name for name in match.re.groupindex if match[name])
    number = skeleton.figure(match, name)
    return whole(replace(number, operator="")) if number else None


def _shared(phrase: CountPhrase, bare: Sequence[CountPhrase], own: Iterable[int]) -> int | None:
    """Return a number of the sentence that at least two other percentages are of."""
    others = [sizes for p in bare if p is not phrase and (sizes := _exact(p))]
    narrow = [s for s in others if s.high - s.low <= max(1, s.low // _WIDE)]
    fitting = [size for size in own if sum(size in s for s in narrow) >= _FEWEST]
    if len(fitting) != 1:
        return None
    mine = _exact(phrase)
    # A few may be missing, unless no number of people gives the percentage.
    may_be_missing = bool(mine) and _MISSING * fitting[0] <= mine.high and mine.low < fitting[0]
    return None if may_be_missing else fitting[0]


def _divides(base: int, phrase: CountPhrase, bare: Sequence[CountPhrase]) -> bool:
    """Whether another percentage is of the rest of the people: 30 (83%) and 35 (81%) of 79."""
    mine, others = _exact(phrase), [_exact(p) for p in bare if p is not phrase]
    pairs = ((mine, other) for other in others if mine and other)
    return any(one.low + other.low <= base <= one.high + other.high for one, other in pairs)


def _exact(phrase: CountPhrase) -> Sizes:
    return Sizes.of(whole(phrase.main) or 0, phrase.share.value)
