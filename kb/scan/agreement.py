"""One estimate printed in two places of a paper, with a digit that differs.

Two prints are of one estimate if two of its three figures, the estimate and its bounds, are the
same, no table has the one of the text, and not both stand elsewhere unchanged. That is likely, not
sure: another outcome may share two figures by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import same_figure
from kb.scan.context import ScanContext
from kb.scan.estimates import Estimate, all_estimates
from kb.scan.finding import ScanFinding, Verdict

KIND: Final = "same-estimate-printed-differently"
_FEWEST_DIGITS: Final = 4
"""How many digits the two equal figures have at least, so that chance hardly makes them equal."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield estimates of the text that differ in one figure from a print in another place."""
    everything = list(all_estimates(context))
    first = {estimate: i for i, estimate in reversed(list(enumerate(everything)))}
    reported: set[frozenset[tuple[Decimal, ...]]] = set()
    for i, one in enumerate(everything):
        others = [e for e in everything if e.place != one.place]
        if one.place.table or not others:
            continue
        context.checked[KIND] += 1
        if _has_partner(one, [e for e in everything if e.place.table]):
            continue
        is_shared = _has_partner(one, everything)
        for other in others:
            is_first = other.place.table or first[other] > i
            pair = frozenset((_figures(one), _figures(other)))
            if not is_first or not _may_be_one(one, other) or pair in reported:
                continue
            if not (is_shared and _has_partner(other, everything)):
                reported.add(pair)
                yield _finding(one, other)
                break


def _may_be_one(one: Estimate, other: Estimate) -> bool:
    """Whether both print one estimate, with one figure that differs."""
    centres = {e.statistic.centre for e in (one, other)} - {None}
    return len(centres) < 2 and _differing(one, other) == 1 and _is_rare(one, other)


def _has_partner(one: Estimate, everything: Sequence[Estimate]) -> bool:
    """Whether another place prints the same: two estimates that both do are two quantities."""
    return any(_differing(one, e) == 0 for e in everything if e.place != one.place)


def _figures(e: Estimate) -> tuple[Decimal, Decimal, Decimal]:
    return e.main.value, e.low.value, e.high.value


def _differing(one: Estimate, other: Estimate) -> int:
    """Return how many of the three figures differ at the precision of both."""
    return sum(not _agree(a, b) for a, b in zip(_figures(one), _figures(other), strict=True))


def _agree(one: Decimal, other: Decimal) -> bool:
    return same_figure(one, other) is not Outcome.INCONSISTENT


def _is_rare(one: Estimate, other: Estimate) -> bool:
    """Whether the equal figures have so many digits that they are hardly equal by chance."""
    pairs = zip(_figures(one), _figures(other), strict=True)
    return sum(len(a.as_tuple().digits) for a, b in pairs if _agree(a, b)) >= _FEWEST_DIGITS


def _finding(one: Estimate, other: Estimate) -> ScanFinding:
    computed = f"{one.text} against {other.text}"
    message = f"{one.place} prints {one.text}, {other.place} prints {other.text}."
    printed = (one.text, other.text)
    return ScanFinding(
        KIND, Verdict.DOUBTFUL, Severity.MATERIAL, one.place, printed, computed, message
    )
