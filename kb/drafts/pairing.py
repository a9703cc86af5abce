"""Which claim of reader 2 is that of reader 1: the same place and print, or nearly so.

Claims that are alike in everything are paired first, then those with one field changed, then
those that only their cell or their words show to be the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kb.drafts.readings import FIELDS, Reading
from kb.sources.normalise import fold

_STAGES: Final = (
    # all the same, then all but the row, the group, the endpoint, statistic and time
    *("section row endpoint group when figure rest", "section row endpoint group when figure"),
    *("section endpoint group when figure rest", "section endpoint group when figure"),
    *("section row figure endpoint when", "section row figure group when"),
    *("section row figure endpoint group", "section figure endpoint when print"),
    *("section figure group when print", "section figure endpoint group"),
    # another figure of the same measure
    *(
        "section row endpoint group when",
        "section print endpoint group",
        "section endpoint group when",
    ),
    # the same words or the same cell
    *("section figure print", "section cell figure", "section cell endpoint group"),
    *("section cell group", "section cell endpoint"),
    # elsewhere in the source
    "source endpoint group when figure",
)
_MANY: Final = 400
"""Of more combinations with the same key, claims are paired in their order."""
_BESIDE_SIGNS: Final = re.compile(r" ?([=<>≤≥±(),;:/%-]) ?")

Pair = tuple[Reading, Reading]


@dataclass(frozen=True)
class Pairs:
    """The claims of both readers, and those of one only."""

    both: tuple[Pair, ...]
    first_only: tuple[Reading, ...]
    second_only: tuple[Reading, ...]


def pair(first: Sequence[Reading], second: Sequence[Reading]) -> Pairs:
    """Pair the claims of two readers, each at most once; the order of both is kept.

    >>> pair([], [])
    Pairs(both=(), first_only=(), second_only=())
    """
    left, right = dict(enumerate(first)), dict(enumerate(second))
    found: list[tuple[int, int]] = []
    keys = [_parts(reading) for reading in first], [_parts(reading) for reading in second]
    for stage in _STAGES:
        names = stage.split()
        buckets = _buckets(left, keys[0], names), _buckets(right, keys[1], names)
        for key in buckets[0].keys() & buckets[1].keys():
            for i, j in _matches(buckets[0][key], buckets[1][key], left, right, names):
                found.append((i, j))
                del left[i], right[j]
    both = tuple((first[i], second[j]) for i, j in sorted(found))
    return Pairs(both, tuple(left.values()), tuple(right.values()))


def _parts(reading: Reading) -> dict[str, tuple[str, ...]]:
    """Return what keys are made of; an empty part cannot be a key."""
    facts, claim = reading.facts, reading.claim
    source = (reading.study, claim.source, "versus" if reading.is_comparison else "")
    row = (*map(_folded, claim.row), "", _folded(claim.column))
    return {
        "source": source,
        "section": (*source, claim.section),
        "row": row,
        "cell": row if claim.row else (),
        "endpoint": (facts["endpoint"], facts["category"]),
        "group": (facts["group"],),
        "when": (facts["statistic"], facts["time"]),
        "figure": tuple(filter(None, map(facts.get, ("figure", "p", "bounds", "details"))))[:1],
        "print": (_folded(claim.wording),),
        "rest": tuple(facts[name] for name in ("unit", "denominator", "bounds", "p", "details")),
    }


@lru_cache(maxsize=10_000)
def _folded(text: str) -> str:
    """Return a label or print in one form: a PDF sets "(n=45)" where XML has "(n = 45)".

    >>> _folded("Drug (n = 45)") == _folded("drug (n=45)"), _folded("1 2") == _folded("12")
    (True, False)
    """
    return _BESIDE_SIGNS.sub(r"\1", " ".join(fold(text).text.casefold().split()))


def _buckets(
    left: Iterable[int], parts: Sequence[dict[str, tuple[str, ...]]], names: Sequence[str]
) -> dict[tuple[tuple[str, ...], ...], list[int]]:
    buckets: dict[tuple[tuple[str, ...], ...], list[int]] = defaultdict(list)
    for number in left:
        key = tuple(parts[number][name] for name in names)
        if all(key):
            buckets[key].append(number)
    return buckets


def _matches(
    ones: list[int],
    others: list[int],
    first: dict[int, Reading],
    second: dict[int, Reading],
    names: Sequence[str],
) -> list[tuple[int, int]]:
    """Return the pairs of a bucket: of several, those that differ least."""
    is_same_cell = {"row", "cell"} & set(names)
    if len(ones) * len(others) > _MANY:
        candidates = list(zip(ones, others, strict=False))
    else:
        candidates = [(i, j) for i in ones for j in others]
        candidates.sort(key=lambda one: (_distance(first[one[0]], second[one[1]]), one))
    used: set[int] = set()
    taken: set[int] = set()
    pairs = []
    for i, j in candidates:
        fits = is_same_cell or "rest" in names or not _other_cell(first[i], second[j])
        if fits and i not in used and j not in taken:
            used.add(i)
            taken.add(j)
            pairs.append((i, j))
    return pairs


def _distance(first: Reading, second: Reading) -> int:
    return sum(first.facts[name] != second.facts[name] for name in FIELDS)


def _other_cell(first: Reading, second: Reading) -> bool:
    """Whether both name a row, or a column, and not the same."""
    ones = ("\n".join(first.claim.row), first.claim.column)
    others = ("\n".join(second.claim.row), second.claim.column)
    pairs = zip(ones, others, strict=True)
    return any(one and other and _folded(one) != _folded(other) for one, other in pairs)


def place_differs(first: Reading, second: Reading) -> bool:
    """Whether two readers found a figure in two places; one may leave out row or column."""
    return first.claim.section != second.claim.section or _other_cell(first, second)
