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
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.sources.numbers import Number

ARMS: Final = "arms-against-randomised"
REASONS: Final = "reasons-against-lost"
_PEOPLE: Final = r"(?:patients|subjects|participants|women|men|children|infants|people|adults)"
_RANDOMISED: Final = re.compile(
    rf"\b(?P<all>N) (?:[a-z]+ ){{0,3}}?{_PEOPLE} (?:[a-z]+ ){{0,2}}?(?:were|was) "
    r"(?:[a-z]+ ){0,2}?(?:randomi[sz]ed|randomly (?:assigned|allocated)|allocated)\b"
)
_ARM: Final = re.compile(
    r"[(\[]n ?=? ?(?P<n>N)(?: ?patients)?[)\]]|[(\[](?P<bare>N) ?patients[)\]]"
)
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
_NEAR: Final = 0.2
"""A sum farther off, as part of the whole, is likely of other people."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield numbers of participants that do not add up in their own sentence."""
    for sentence in context.sentences:
        yield from _arms(context, sentence)
        yield from _reasons(context, sentence)


def _arms(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    """Yield arms that do not add up to the randomised, in a sentence about nothing else."""
    skeleton = sentence.skeleton
    match = _RANDOMISED.search(skeleton.text)
    if match is None or _OTHER_SET.search(skeleton.text):
        return
    everybody = whole(skeleton.number(match, "all"))
    arms = [
        _size(skeleton.number(arm, "n") or skeleton.number(arm, "bare"))
        for arm in _ARM.finditer(skeleton.text, match.end())
    ]
    sizes = [size for size in arms if size is not None]
    if everybody is None or len(sizes) < 2 or len(sizes) < len(arms):
        return
    yield from _sum(context, sentence, ARMS, sizes, everybody)


def _reasons(context: ScanContext, sentence: Sentence) -> Iterator[ScanFinding]:
    """Yield reasons that do not add up to those who were lost, where each is one item of a list."""
    skeleton = sentence.skeleton
    for match in _LOST.finditer(skeleton.text):
        everybody = whole(skeleton.number(match, "all"))
        if everybody is None or _NOT_ALL.search(match["list"]):
            continue
        sizes = [_size(number) for number in _items(sentence, match)]
        known = [size for size in sizes if size is not None]
        if len(known) == len(sizes) > 1:
            yield from _sum(context, sentence, REASONS, known, everybody)


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
    context: ScanContext, sentence: Sentence, kind: str, sizes: list[int], everybody: int
) -> Iterator[ScanFinding]:
    context.checked[kind] += 1
    total = sum(sizes)
    is_near = abs(total - everybody) <= max(2, _NEAR * everybody)
    if adds_up(sizes, everybody) is not Outcome.INCONSISTENT or not is_near:
        return
    parts = " + ".join(map(str, sizes))
    names = "arms" if kind == ARMS else "reasons"
    message = f"The {names} add up to {total}, not to {everybody}."
    place = Place(sentence.section.title)
    printed = (str(everybody), *map(str, sizes))
    yield ScanFinding(
        kind,
        Verdict.DOUBTFUL,
        Severity.MATERIAL,
        place,
        printed,
        f"{parts} = {total}, printed {everybody}",
        message,
    )
