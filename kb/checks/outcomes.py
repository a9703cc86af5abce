"""Whether two texts name one outcome: in a registry and in a paper, in other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome
from kb.checks.plausibility import FACTORS
from kb.records.vocabulary import Vocabulary
from kb.sources.normalise import fold

_GENERIC_WORDS: Final = """
    a about above across after against all among an and any are as assess assessed at baseline
    be been before begin being below between both by change changes co compared comparison
    condition control day days decrease defined degree determined difference drug during each
    effect efficacy either endpoint endpoints estimated evaluate evaluated evaluation event
    events every examined experiencing final first follow follow-up following for frequency from
    group groups had has have having hour hours improvement in incidence increase index into is
    it its key least level levels main major mean measure measured measurement measures median
    minute minutes month months new number occurrence of off on one or outcome outcomes over
    overall participant participants patient patients people percent percentage period primary
    proportion randomisation randomised randomization randomized rate rates ratio reached
    receiving reduction relative respect result results scale score scores secondary since start
    study subject subjects than that the their therapy there this time to total treated
    treatment trial two until up using value values versus visit vs was week weeks were when
    whether which who will with within without year years
"""
_GENERIC: Final = frozenset(_GENERIC_WORDS.split())
"""Words that outcomes of any kind are named with."""
_ALIKE: Final = {
    "deat": ("death", "deaths", "dead", "died", "dying", "mortality", "fatal", "fatality"),
    "surv": ("survival", "survive", "survived", "surviving", "survivors", "alive"),
    "harm": ("safety", "tolerability", "toxicity", "toxicities", "harms", "adverse", "side"),
}
_STEMS: Final[Mapping[str, str]] = {word: stem for stem, all_ in _ALIKE.items() for word in all_}
_SIDES: Final = frozenset({"deat", "surv"})
"""Stems of which one is the other side of the other."""
_STEM: Final = 6
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_SHORT: Final = re.compile(r"\b(?=(?:[a-z0-9-]*[A-Z]){2}|[A-Za-z]+[0-9])[A-Za-z0-9-]{2,9}\b")
_SPELLINGS: Final = (("ae", "e"), ("oe", "e"), ("isa", "iza"), ("our", "or"))
_HALF: Final = 0.5
_SAME_TIME: Final = Decimal("0.1")
"""Times that differ by less than this part of the later one are one time: 24 weeks, 6 months."""
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) (year|month|week|day|hour)s?")
_UCUM: Final = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h"}


class OutcomeNames:
    """Judges names of outcomes by the endpoints of a vocabulary, and by their words.

    >>> names = OutcomeNames(Vocabulary("https://example.org/", [], []))
    >>> names.same("Change from baseline in FEV1 at week 12", "mean change in FEV1").value
    'consistent'
    >>> names.same("Change in FEV1", "Rate of exacerbations").value
    'inconsistent'
    >>> names.same("HbA1c", "glycated haemoglobin").value
    'not enough printed to tell'
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the labels of the endpoints; one of several endpoints names none."""
        self.vocabulary = vocabulary
        self._by_label: dict[str, set[str]] = {}
        for notation, term in vocabulary.schemes.get("endpoint", {}).items():
            for name in (*term.names, notation.replace("_", " ")):
                if _stems(name):  # "number of participants" says nothing of an outcome
                    self._by_label.setdefault(" ".join(_words(name)), set()).add(notation)
        self._longest = max((len(label.split()) for label in self._by_label), default=0)

    def endpoints(self, text: str) -> frozenset[str]:
        """Return the endpoints that a text names, longer names before shorter ones in them."""
        words, endpoints, at = _words(text), set[str](), 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                named = self._by_label.get(" ".join(words[at : at + size]), set())
                if len(named) == 1:
                    endpoints |= named
                    at += size - 1
                    break
            at += 1
        return frozenset(endpoints)

    def same(self, one: str, other: str) -> Outcome:
        """Judge whether two names are of one outcome.

        They are where they name one endpoint or a narrower one, or share half of their words that
        are not those of any outcome. They are not where the endpoints differ, or no word is
        shared. Between the two, and where one may abbreviate the other, the answer is unknown.
        """
        a, b = self.endpoints(one), self.endpoints(other)
        if any(self._related(x, y) for x in a for y in b):
            return Outcome.CONSISTENT
        share = _shared(one, other)
        if not share and _is_other_side(one, other):
            return Outcome.NOT_ENOUGH
        if a and b:
            same = _stems(one) == _stems(other)
            return Outcome.CONSISTENT if same else Outcome.INCONSISTENT
        if share is None or (not share and _may_abbreviate(one, other)):
            return Outcome.NOT_ENOUGH
        if share >= _HALF:
            return Outcome.CONSISTENT
        return Outcome.NOT_ENOUGH if share else Outcome.INCONSISTENT

    def _related(self, one: str, other: str) -> bool:
        narrower = self.vocabulary.narrower
        return other in narrower("endpoint", one) or one in narrower("endpoint", other)


def same_time(one: str, other: str) -> Outcome:
    """Judge two durations, which may be in other units.

    >>> [same_time(*pair).name for pair in (("24 weeks", "6 months"), ("12 weeks", "24 weeks"))]
    ['CONSISTENT', 'INCONSISTENT']
    """
    a, b = _months(one), _months(other)
    if a is None or b is None:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if abs(a - b) <= _SAME_TIME * max(a, b) else Outcome.INCONSISTENT


def _months(text: str) -> Decimal | None:
    match = _DURATION.fullmatch(text)
    return Decimal(match[1]) * FACTORS["time"][_UCUM[match[2]]] if match else None


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Za-z0-9]+", fold(text).text)]


def _stems(text: str) -> frozenset[str]:
    words = (word.lower() for part in _WORD.findall(fold(text).text) for word in part.split("-"))
    return frozenset(_stem(word) for word in words if word not in _GENERIC and len(word) > 1)


def _stem(word: str) -> str:
    for old, new in _SPELLINGS:
        word = word.replace(old, new)
    return _STEMS.get(word, word[:_STEM] if word[-1:].isdigit() else word.rstrip("s")[:_STEM])


def _shared(one: str, other: str) -> float | None:
    """Return the part of the shorter name's words that the other has; None if it has none."""
    a, b = _stems(one), _stems(other)
    a, b = a | _spelt_out(one, b, other), b | _spelt_out(other, a, one)
    if not a or not b:
        return None
    return len(a & b) / min(len(a), len(b))


def _is_other_side(one: str, other: str) -> bool:
    """Whether one name counts those who died, and the other those who did not."""
    return _SIDES & _stems(one) != _SIDES & _stems(other) and all(
        _SIDES & _stems(text) for text in (one, other)
    )


def _spelt_out(text: str, stems: Iterable[str], other: str) -> frozenset[str]:
    """Return the words of another text that an abbreviation of this one stands for."""
    initials = "".join(word[0] for word in _words(other) if word not in ("of", "in", "the", "and"))
    shorts = (re.sub("-|[0-9]+$", "", short.lower()) for short in _SHORT.findall(text))
    stands = any(len(short) > 1 and short in initials for short in shorts)
    return frozenset(stems) if stands else frozenset()


def _may_abbreviate(one: str, other: str) -> bool:
    """Whether a word of one text may be an abbreviation of words of the other."""
    for text, longer in ((one, other), (other, one)):
        initials = {word[0] for word in _words(longer)}
        shorts = _SHORT.findall(text)
        if shorts and not _SHORT.findall(longer) and any(s[0].lower() in initials for s in shorts):
            return True
    return False
