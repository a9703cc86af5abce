"""One cause is one discrepancy: repeats are merged, and what follows from a swap is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Severity
from kb.util.grouping import group_by

SWAP: Final = "groups-swapped"
FOLLOWS: Final = frozenset(
    {
        "bounds-against-p",
        "differs-between-sources",
        "differs-from-cited",
        "differs-within-source",
        "difference-against-values",
        "direction-against-values",
        "landmark-and-median",
        "median-outside-parts",
        "outcome-above-broader",
        "p-of-counts",
        "ratio-against-values",
        "residual-above-response",
        "share-outside-parts",
        "survival-rises",
    }
)
"""Kinds of findings that also arise where the figures of two groups are exchanged."""


def one_for_each_cause(
    context: CheckContext, discrepancies: Iterable[Discrepancy]
) -> Iterator[Discrepancy]:
    """Yield discrepancies without those that a swap explains, and repeats as one."""
    everything = list(discrepancies)
    swapped = {(c.study, c.id) for one in everything if one.kind == SWAP for c in one.claims}
    left = [
        one
        for one in everything
        if one.kind not in FOLLOWS or swapped.isdisjoint((c.study, c.id) for c in one.claims)
    ]
    for same in group_by(left, lambda one: (one.kind, one.study, one.computation)).values():
        yield from _merged(context, sorted(same, key=_is_taken_over))


def _is_taken_over(one: Discrepancy) -> bool:
    return all(claim.is_second_hand for claim in one.claims)


def _merged(context: CheckContext, same: list[Discrepancy]) -> Iterator[Discrepancy]:
    first, *others = same
    repeats = [one for one in others if first.computation and _repeats(context, first, one)]
    yield _together(first, repeats) if repeats else first
    if len(repeats) < len(others):
        yield from _merged(context, [one for one in others if one not in repeats])


def _repeats(context: CheckContext, one: Discrepancy, other: Discrepancy) -> bool:
    """Tell whether two findings of one computation are one: of one group, or taken over."""
    a, b = one.endpoint, other.endpoint
    if not a or not b or not (context.is_a(a, b) or context.is_a(b, a)):
        return False
    groups = {d.claims[0].measure.group for d in (one, other)}
    sources = {d.claims[0].source for d in (one, other)}
    taken_over = _is_taken_over(one) or _is_taken_over(other)
    return (len(groups) == 1 and len(sources) == 1) or (taken_over and len(sources) > 1)


def _inside(sentence: str) -> str:
    """Return a sentence as it stands after another word."""
    first, _, rest = sentence.partition(" ")
    return f"{first.lower()} {rest}" if first in ("In", "For") else sentence


def _together(first: Discrepancy, repeats: list[Discrepancy]) -> Discrepancy:
    ranks = list(Severity)
    everything = [first, *repeats]
    again = " ".join(f"Likewise, {_inside(one.message)}" for one in repeats)
    return replace(
        first,
        severity=min((one.severity for one in everything), key=ranks.index),
        message=f"{first.message} {again}",
        claims=tuple(dict.fromkeys(claim for one in everything for claim in one.claims)),
    )
