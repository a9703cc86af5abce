"""The flow of participants in sentences: arms against the randomised, reasons against the lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.parts import adds_up
from kb.papers.entries import whole
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import ScanFinding, Verdict
from kb.sources.numbers import Number

ANALYSED: Final = "analysed-above-randomised"
COMPLETED: Final = "completed-and-lost-against-randomised"
ARMS: Final = "arms-against-randomised"
REASONS: Final = "reasons-against-lost"
_PEOPLE: Final = r"(?:patients|subjects|participants|women|men|children|infants|people|adults)"
_RANDOMISED: Final = re.compile(
    rf"\b(?P<all>N) (?:[a-z]+ ){{0,3}}?{_PEOPLE} (?:[a-z]+ ){{0,2}}?(?:were|was) "
    r"(?:[a-z]+ ){0,2}?(?:randomi[sz]ed|randomly (?:assigned|allocated)|allocated)\b"
)
_ARM: Final = re.compile(
    r"[(\[]n ?=? ?(?P<n>N)(?: ?patients)?[)\]]|[(\[](?P<bare>N) ?patients[)\]]"
    r"|(?<= )n ?= ?(?P<free>N)(?=[;,)\]])"
    rf"|(?:(?<=[(])|(?<=, )|(?<=and ))(?P<named>N) (?:{_PEOPLE} )?(?:in|to) (?:the )?"
    r"(?:[a-z-]+ ){1,3}(?:N [a-z]+ )?(?:group|arm)\b"
)
_BRACKET: Final = re.compile(r"[^()\[\]]*(?P<inside>[(\[][^()\[\]]*[)\]])")
_OTHER_SET: Final = re.compile(
    r"complet|analy[sz]|received|withdr|drop|discontinu|lost|exclu|eligible|screened"
    r"|per[- ]protocol|intention|available|remain|did not|ratio"
    r"|\bof (?:whom|these|which)\b|each|subgroup|strat"
)
_LOST: Final = re.compile(
    rf"\b(?P<all>N) (?:[a-z]+ ){{0,3}}?(?:{_PEOPLE} )?(?:were |was |had )?"
    r"(?:excluded|withdrawn|withdrew|dropped out|discontinued)"
    r"(?: (?:from )?(?:the |this )?(?:study|trial|treatment|analysis))?"
    r" ?[(\[](?P<list>[^()\[\]]+)[)\]]"
)
_ITEM: Final = re.compile(
    r"^ ?(?:and )?(?:(?:n ?= ?)?(?P<n>N)(?! ?%) [a-z].{2,80}|[a-z].{2,80}?,? ?n ?= ?(?P<after>N))$"
)
_NOT_ALL: Final = re.compile(r"mainly|mostly|includ|e\.g\.|main reason|most common|respectively|%")
_DONE: Final = re.compile(rf"(?P<n>N)(?: ?[(\[]N ?%[)\]])? (?:{_PEOPLE} )?(?:completed|finished)\b")
_GONE: Final = re.compile(
    rf"(?P<n>N)(?: ?[(\[]N ?%[)\]])? (?:{_PEOPLE} )?(?:were |was )?(?:lost to follow|withdrew\b"
    r"|withdrawn\b|dropped out|did not complete|discontinued (?:the|this) (?:study|trial))"
)
_ANALYSED: Final = re.compile(
    rf"\b(?P<n>N) (?:[a-z]+ ){{0,2}}?{_PEOPLE} (?:were|was) (?:[a-z]+ ){{0,2}}?"
    r"(?:analy[sz]ed\b|included in (?:the |our )?(?:[a-z-]+ ){0,3}analys[ei]s)"
)
_SHARE: Final = re.compile(r"N ?%")
_OTHER_PEOPLE: Final = re.compile(r"control|healthy|another|previous|pooled|cohort|screen")
_NEAR: Final = 0.2
"""A sum farther off, as part of the whole, is likely of other people."""


_NAMES: Final = {
    ARMS: "arms",
    REASONS: "reasons",
    COMPLETED: "participants who completed and who were lost",
}


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield numbers of participants that do not add up in their own sentence."""
    for sentence in context.sentences:
        yield from _arms(context, sentence)
        yield from _reasons(context, sentence)
        yield from _completed(context, sentence)
    yield from _analysed(context)


def _arms(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    """Yield arms that do not add up to the randomised, in a sentence about nothing else."""
    skeleton = sentence.skeleton
    match = _RANDOMISED.search(skeleton.text)
    if match is None or _OTHER_SET.search(skeleton.text):
        return
    expected = whole(skeleton.number(match, "all"))
    arms = [
        _size(next(filter(None, (skeleton.number(arm, name) for name in _ARM.groupindex))))
        for arm in _matches_of_arms(skeleton.text, match.end())
    ]
    sizes = [size for size in arms if size is not None]
    if expected is None or len(sizes) < 2 or len(sizes) < len(arms):
        return
    yield from _sum(context, sentence, ARMS, sizes, expected)


def _matches_of_arms(text: str, start: int) -> list[re.Match[str]]:
    """Return the arms of a sentence; those of one bracket are all: what follows are centres."""
    bracket = _BRACKET.match(text, start)
    inside = list(_ARM.finditer(text, *bracket.span("inside"))) if bracket else []
    return inside if len(inside) > 1 else list(_ARM.finditer(text, start))


def _completed(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    """Yield the completed and the lost that are not all, of a sentence with just three numbers."""
    skeleton = sentence.skeleton
    done, gone = (list(pattern.finditer(skeleton.text)) for pattern in (_DONE, _GONE))
    numbers = len(skeleton.numbers) - len(_SHARE.findall(skeleton.text))
    begins = skeleton.text[: skeleton.positions[1]] if numbers == 3 else ""
    if len(done) != 1 or len(gone) != 1 or not re.search(rf"N\b.*?\b{_PEOPLE}\b", begins):
        return
    sizes = [whole(skeleton.number(match, "n")) for match in (*done, *gone)]
    expected = whole(skeleton.numbers[0])
    known = [size for size in sizes if size is not None]
    if expected is not None and len(known) == 2 and expected not in known:
        yield from _sum(context, sentence, COMPLETED, known, expected)


def _analysed(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield more people analysed than the only number of people that were randomised."""
    randomised: set[int] = set()
    analysed: list[tuple[Sentence, int]] = []
    for sentence in context.sentences:
        skeleton = sentence.skeleton
        if match := _RANDOMISED.search(skeleton.text):
            randomised.add(whole(skeleton.number(match, "all")) or 0)
        if _OTHER_PEOPLE.search(skeleton.text):
            continue
        for match in _ANALYSED.finditer(skeleton.text):
            if size := whole(skeleton.number(match, "n")):
                analysed.append((sentence, size))
    expected = max(randomised, default=0)
    for sentence, size in analysed if len(randomised) == 1 else ():
        context.checked[ANALYSED] += 1
        if expected < size <= (1 + _NEAR) * expected:
            message = f"{size} people were analysed, but only {expected} were randomised."
            place, printed = sentence.place, (str(size), str(expected))
            yield ScanFinding(
                ANALYSED,
                Verdict.DOUBTFUL,
                Severity.MATERIAL,
                place,
                printed,
                f"{size} > {expected}",
                message,
            )


def _reasons(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    """Yield reasons that do not add up to those who were lost, where each is one item of a list."""
    skeleton = sentence.skeleton
    for match in _LOST.finditer(skeleton.text):
        expected = whole(skeleton.number(match, "all"))
        if expected is None or _NOT_ALL.search(match["list"]):
            continue
        sizes = [_size(number) for number in _items(sentence, match)]
        known = [size for size in sizes if size is not None]
        if len(known) == len(sizes) > 1:
            yield from _sum(context, sentence, REASONS, known, expected)


def _items(sentence: Sentence, match: re.Match[str]) -> Iterator[Number | None]:
    """Yield the number of each item of a list; None for one that does not begin or end with it."""
    skeleton, start = sentence.skeleton, match.start("list")
    for text in match["list"].split(";" if ";" in match["list"] else ","):
        item = _ITEM.match(text)
        if item is None:
            yield None
        else:
            at = start + item.start("n" if item["n"] else "after")
            yield skeleton.numbers[skeleton.positions.index(at)]
        start += len(text) + 1


def _size(number: Number | None) -> int | None:
    """Return a number of people; that of "n = 45" has an operator."""
    is_equal = number is not None and number.operator == "="
    return whole(replace(number, operator="") if number and is_equal else number)


def _sum(
    context: ScanContext, sentence: Sentence, kind: str, sizes: list[int], expected: int
) -> Iterator[ScanFinding]:
    context.checked[kind] += 1
    total = sum(sizes)
    is_near = abs(total - expected) <= max(2, _NEAR * expected)
    if adds_up(sizes, expected) is not Outcome.INCONSISTENT or not is_near:
        return
    parts = " + ".join(map(str, sizes))
    message = f"The {_NAMES[kind]} add up to {total}, not to {expected}."
    place = sentence.place
    printed = (str(expected), *map(str, sizes))
    yield ScanFinding(
        kind,
        Verdict.DOUBTFUL,
        Severity.MATERIAL,
        place,
        printed,
        f"{parts} = {total}, printed {expected}",
        message,
    )
