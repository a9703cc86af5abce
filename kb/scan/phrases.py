"""Figures in running text: counts with percentages, and estimates with intervals and p-values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.papers.entries import Skeleton
from kb.papers.statistic import Centre, Spread, Statistic, declared
from kb.scan.context import Sentence
from kb.sources.numbers import Number

_WORDS: Final = r"(?:,? (?!vs\b|versus\b|and\b|to\b|or\b)[a-z][a-z'’-]{0,24}){0,5}?"
_OF: Final = r"(?: ?/ ?|,? (?:out )?of (?:the |these |those |all |a total of )*)"
_OF_LATER: Final = r"(?:out )?of (?:the |these |those |all )*(?:total of )?"
_COUNTS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<main>N){_OF}(?P<of>N)\b{_WORDS}(?:,? ?[(\[] ?|, |: ?|= ?|; ?)(?P<share>N) ?%"
        r"(?! ?-?(?:ci\b|confidence|cri\b|credible))",
        rf"(?P<share>N) ?%{_WORDS} ?[(\[] ?(?:n ?= ?)?(?P<main>N){_OF}(?P<of>N)\b",
        rf"(?P<main>N){_WORDS} ?[(\[] ?(?P<share>N) ?%[)\]] ?{_OF_LATER}(?P<of>N)\b(?! ?[%/.])",
        rf"(?P<share>N) ?% ?[(\[] ?(?:n ?= ?)?(?P<main>N)[)\]] ?{_OF_LATER}(?P<of>N)\b(?! ?[%/.])",
        rf"(?P<main>N){_WORDS} ?[(\[] ?(?P<share>N) ?%[)\];,]",
        r"(?P<share>N) ?% ?[(\[] ?n ?= ?(?P<main>N)[)\];,]",
    )
)
_UNIT: Final = r"(?:[ -][a-z]{1,12}){1,3}"
_TIME: Final = r"hours?|days?|weeks?|months?|years?"
_LEVEL: Final = r"(?:(?P<level>N) ?%[ -]?)?"
_CI: Final = rf"{_LEVEL}(?:confidence (?:interval|limit)s?|ci|cis|cri|credible intervals?)"
_ESTIMATE: Final = re.compile(
    r"(?P<main>N)(?! ?%? ?-?(?:confidence|ci\b|cri\b|credible))(?: ?(?:±|\+ ?/ ?-) ?N)?"
    rf"(?P<unit> ?[%€£$]|(?: [a-zµ/²-]{{1,18}}){{0,3}}?)?(?:,|;|:)? ?[(\[]? ?"
    rf"(?:per N{_UNIT}[,;:]? ?[(\[]? ?)?(?:with )?(?:an? )?(?:the )?{_CI}(?: \[ci\]"
    rf"| \(ci\))?(?: of| from|:|,|=|;)* ?[(\[]?"
    r"[€£$]?(?P<low>N) ?[%€£$]?(?: (?!to\b|and\b)[a-zµ]{1,5})?(?: ?(?:-|to|,|;|and|/) ?)"
    r"[€£$]?(?P<high>N)"
)
_WHEN: Final = re.compile(r"\b(?:at|after|within|until|through|over|during) ?(?:the )?$")
"""What stands before the time at which a figure holds, and which is not the figure."""
_AND_ANOTHER: Final = re.compile(
    rf" ?%? ?(?:versus|vs\.?|and|or|compared (?:with|to)|;|,) ?(?:{_CI.replace('?P<level>', '')},?"
    r" ?)?N ?%? ?(?:-|to) ?N"
)
"""A second interval beside the first, in one bracket: each is of another figure."""
_NAMED: Final = re.compile(
    r"(?P<main>N)(?P<unit> ?%|(?: [a-zµ/²-]{1,18}){0,2}?),? ?[(\[] ?(?:(?:total |overall )?"
    r"(?P<spread>range|iqr|inter-?quartile range)s?(?: [(\[]iqr[)\]])?)(?: of| from|:|,|=)* ?"
    r"(?P<low>N) ?%?(?: ?(?:-|to|,|and) ?)(?P<high>N)(?P<after> ?%|(?: [a-zµ/²-]{1,18})"
    r"{0,2}?) ?[)\];]"
)
"""A median, or a mean, with its range or quartiles."""
_BARE: Final = re.compile(
    r"(?P<main>N)(?: ?%| [a-zµ/²]{1,12})? ?[(\[](?P<low>N) ?%?(?: ?- ?| to |, ?)"
    r"(?P<high>N) ?%?[)\]]"
)
"""An estimate in a list: "1.04 (0.91, 1.18) for one, 1.01 (0.89, 1.15) for the other"."""
_IS_CI: Final = re.compile(r"\bcis?\b|confidence intervals?")
_IS_SPREAD: Final = re.compile(r"\b(?:iqr|range|quartiles?|sd|se)\b")
_NO_ESTIMATE: Final = re.compile(
    r"(?:\b(?:[ptfzn]|df|p[ -]?values?|i ?2|χ ?2|sd|se) ?[=<>:]?|±|\+ ?/ ?-|per|/) ?$",
    re.IGNORECASE,
)
"""What stands before a p, a test statistic, a spread, or the base of a rate."""
P_PHRASE: Final = r"p(?:[ -]?values?)?(?: ?(?:=|of|was|is))? ?(?P<p>N)"
"""A pattern of a p-value in a skeleton."""
_P: Final = re.compile(
    r"\bp(?:[ -]?values?)?(?: for [a-z ]{1,20})?(?: ?(?:=|of|was|is))? ?(?P<p>N)"
)
_P_FIRST: Final = re.compile(
    r"[(\[] ?p(?:[ -]?values?)?(?: ?(?:=|of))? ?(?P<p>N)[,;:]? ?(?:[a-z]{1,3}r(?: ?[=:])? ?)?$"
)
"""A p-value before its estimate, in one bracket: "[P < 0.005, OR 3.18 (95% CI ...)]"."""
ESTIMATED: Final = re.compile(
    r"actuarial|kaplan|life[- ]table|cumulative (?:incidence|probab|risk|rate)|competing risk", re.I
)
"""Words of percentages that allow for those who left, and are not their counts divided."""
_OTHER_FIGURE: Final = re.compile(
    r"%|[.] |rate|incidence|percent|proportion|median|mean|score|differ|change|increase|decrease"
    r"|survival|years|months|days|prevalence|correlat|coefficient|sensitiv|specific|auc|area under",
    re.IGNORECASE,
)
"""What stands before a figure that is not one more of the estimates of a list."""
_NEAR: Final = 60
_AFTER: Final = re.compile(r" ?%")
_UNIT_AT_END: Final = re.compile(r"(?: [A-Za-zµ/²%-]{1,18}){0,3}(?P<mark>[)\]])")
_CLOSING: Final = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class CountPhrase:
    """A count and its percentage in a sentence, with its printed base if there is one."""

    sentence: Sentence
    text: str
    main: Number
    share: Number
    of: Number | None
    start: int
    """Its offset in the skeleton of the sentence."""


@dataclass(frozen=True, slots=True)
class EstimatePhrase:
    """An estimate with its confidence interval in a sentence."""

    sentence: Sentence
    text: str
    main: Number
    low: Number
    high: Number
    level: Number | None
    p: Number | None
    statistic: Statistic
    """What the words before it name."""


def counts(sentence: Sentence) -> Iterator[CountPhrase]:
    """Yield the counts with percentages of a sentence; those with a printed base come first.

    >>> from kb.papers.entries import Skeleton
    >>> from kb.papers.paper import Section
    >>> text = "A fall occurred in 3/24 subjects (28%) and pain in 5 (21%)."
    >>> phrases = counts(Sentence(Section("1", "Results"), text, "", Skeleton.of(text)))
    >>> [(c.main.text, c.of and c.of.text, c.share.text) for c in phrases]
    [('3', '24', '28'), ('5', None, '21')]
    """
    skeleton = sentence.skeleton
    used: set[int] = set()
    for pattern in _COUNTS:
        for match in pattern.finditer(skeleton.text):
            main, share = skeleton.figure(match, "main"), skeleton.figure(match, "share")
            if main is None or share is None or {main.start, share.start} & used:
                continue
            used |= {main.start, share.start}
            of = skeleton.figure(match, "of")
            text = _whole(skeleton.folded, min(main.start, share.start), _end(main, share, of))
            yield CountPhrase(sentence, text, main, share, of, match.start())


def _whole(text: str, start: int, end: int) -> str:
    """Return a part of a text with the percent sign, unit and bracket that end it."""
    after = _AFTER.match(text, end)
    end = after.end() if after else end
    part = text[start:end]
    unit = _UNIT_AT_END.match(text, end)
    mark = unit["mark"] if unit else ""
    is_closed = mark in _CLOSING and part.count(_CLOSING[mark]) > part.count(mark)
    return part + unit[0] if unit and is_closed else part


def _end(*numbers: Number | None) -> int:
    return max(number.end for number in numbers if number is not None)


def estimates(sentence: Sentence) -> Iterator[EstimatePhrase]:
    """Yield the estimates of a sentence that are printed with their confidence intervals.

    >>> from kb.papers.entries import Skeleton
    >>> from kb.papers.paper import Section
    >>> text = "The hazard ratio was 0.61 (95% CI, 0.48 to 0.77; P<0.001)."
    >>> (one,) = estimates(Sentence(Section("1", "Results"), text, "", Skeleton.of(text)))
    >>> one.statistic.centre.value, one.low.text, one.high.text, one.level.text, one.p.text
    ('hazard ratio', '0.48', '0.77', '95', '0.001')
    """
    skeleton = sentence.skeleton
    matches = list(_ESTIMATE.finditer(skeleton.text))
    matches = sorted((*matches, *_listed(skeleton, matches)), key=re.Match.start)
    firsts = [_P_FIRST.search(skeleton.text[: match.start()]) for match in matches]
    starts = [(p or match).start() for p, match in zip(firsts, matches, strict=True)]
    previous, named = 0, Statistic()
    limits = (*starts[1:], len(skeleton.text))
    for match, first, limit in zip(matches, firsts, limits, strict=False):
        p = first or _P.search(skeleton.text, match.end(), min(limit, match.end() + _NEAR))
        if phrase := _phrase(sentence, match, previous, skeleton.number(p, "p") if p else None):
            between = skeleton.folded[previous : phrase.main.start]
            phrase = replace(phrase, statistic=_as_before(phrase, named, between))
            yield phrase
            previous, named = phrase.high.end, phrase.statistic


def _as_before(phrase: EstimatePhrase, named: Statistic, between: str) -> Statistic:
    """Return what an estimate is; one that a list does not name is what the one before it is."""
    own, centre = phrase.statistic, named.centre
    is_listed = own.centre is None and centre is not None and centre.is_ratio
    return own.within(named) if is_listed and not _OTHER_FIGURE.search(between) else own


def _listed(skeleton: Skeleton, named: Sequence[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Yield estimates with bare limits, where what stands before declares intervals."""
    for match in _BARE.finditer(skeleton.text):
        limits = [skeleton.figure(match, name) for name in ("low", "high")]
        decimal = all(limit is not None and "." in limit.text for limit in limits)
        overlaps = any(m.start() < match.end() and match.start() < m.end() for m in named)
        before = skeleton.text[: match.start()]
        last = [ci.end() for ci in _IS_CI.finditer(before)][-1:]
        if decimal and not overlaps and last and not _IS_SPREAD.search(before, last[0]):
            yield match


def summaries(sentence: Sentence) -> Iterator[EstimatePhrase]:
    """Yield the medians and means of a sentence that are printed with a range or quartiles.

    >>> from kb.papers.entries import Skeleton
    >>> from kb.papers.paper import Section
    >>> text = "The median age was 63 years (IQR 56-68); 20 were women."
    >>> (one,) = summaries(Sentence(Section("1", "Results"), text, "", Skeleton.of(text)))
    >>> one.statistic.centre.value, one.statistic.spread.value, one.text
    ('median', 'IQR', '63 years (IQR 56-68)')
    """
    previous = 0
    for match in _NAMED.finditer(sentence.skeleton.text):
        phrase = _phrase(sentence, match, previous)
        times = [re.search(_TIME, match[name] or "") for name in ("unit", "after")]
        same = not all(times) or len({time[0].rstrip("s") for time in times if time}) == 1
        if phrase and same and phrase.statistic.centre in (Centre.MEAN, Centre.MEDIAN):
            spread = Spread.RANGE if match["spread"] == "range" else Spread.IQR
            yield replace(phrase, statistic=Statistic(phrase.statistic.centre, spread))
            previous = phrase.high.end


def _phrase(
    sentence: Sentence, match: re.Match[str], previous: int, p: Number | None = None
) -> EstimatePhrase | None:
    """Return an estimate with what the words between the previous one and it declare."""
    skeleton = sentence.skeleton
    main, low, high = (skeleton.figure(match, name) for name in ("main", "low", "high"))
    if main is None or low is None or high is None:
        return None
    before = skeleton.folded[: main.start]
    is_time = _WHEN.search(before) and re.search(_TIME, match.groupdict().get("unit") or "")
    if _NO_ESTIMATE.search(before) or is_time or _AND_ANOTHER.match(skeleton.text, match.end()):
        return None
    words = declared(before[max(previous, main.start - _NEAR) :].strip())
    text = _whole(skeleton.folded, main.start, high.end)
    level = skeleton.number(match, "level")
    return EstimatePhrase(sentence, text, main, low, high, level, p, words)
