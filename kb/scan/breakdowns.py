"""The same words with other numbers in two places of the text: two versions of one breakdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Severity
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import ScanFinding, Verdict

KIND: Final = "two-versions-of-a-breakdown"
_PARTS: Final = re.compile(r"[^();:\[\]]+")
_BETWEEN: Final = re.compile(r"[^a-z]+")
_FEWEST: Final = 3
_FEWEST_LETTERS: Final = 15


@dataclass(frozen=True, slots=True)
class _List:
    """Numbers and the words between them, of a part of a sentence."""

    sentence: Sentence
    text: str
    words: tuple[str, ...]
    values: tuple[Decimal, ...]


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield lists of whole numbers with the same words and sum, but other numbers."""
    seen: dict[tuple[str, ...], list[_List]] = {}
    for sentence in context.sentences:
        for item in _lists(sentence):
            context.checked[KIND] += 1
            others = seen.setdefault(item.words, [])
            if all(_differ(other, item) for other in others) and others:
                yield _finding(others[0], item)
            others.append(item)


def _lists(sentence: Sentence) -> Iterator[_List]:
    skeleton = sentence.skeleton
    for part in _PARTS.finditer(skeleton.text):
        inside = skeleton.numbers_in(*part.span())
        words = tuple(_BETWEEN.sub(" ", text).strip() for text in part[0].split("N"))
        is_whole = all(n.value == n.value.to_integral_value() and not n.operator for n in inside)
        letters = sum(len(word) for word in words[1:])
        named = all(len(word) > 3 for word in words[1:])
        if len(inside) >= _FEWEST and is_whole and named and letters >= _FEWEST_LETTERS:
            text = skeleton.folded[inside[0].start : inside[-1].end]
            values = tuple(n.value for n in inside)
            yield _List(sentence, text, words, values)


def _differ(one: _List, other: _List) -> bool:
    """Whether some numbers differ, but their sum does not: the same people, counted twice."""
    return one.values != other.values and sum(one.values) == sum(other.values)


def _finding(one: _List, other: _List) -> ScanFinding:
    place = other.sentence.place
    first, second = (_numbers(item.values) for item in (one, other))
    computed = f"both add up to {sum(one.values)}"
    message = f"The same breakdown is printed as {first} and as {second}."
    return ScanFinding(
        KIND,
        Verdict.DOUBTFUL,
        Severity.MINOR,
        place,
        (one.text, other.text),
        computed,
        message,
    )


def _numbers(values: Sequence[Decimal]) -> str:
    return ", ".join(str(value) for value in values)
