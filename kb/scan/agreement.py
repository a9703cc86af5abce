"""One estimate printed in two places of a paper, with a digit that differs.

Two prints are of one estimate if two of its three figures, the estimate and its bounds, are the
same, and neither print stands anywhere else unchanged. That is likely, not sure: another outcome
may share two figures by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    for i, one in enumerate(everything):
        if one.place.table:
            continue
        others = [e for e in everything if e is not one and e.place != one.place]
        if not others:
            continue
        context.checked[KIND] += 1
        if any(_differing(one, other) == 0 for other in others):
            continue
        for other in others:
            is_first = other.place.table or first[other] > i
            if is_first and _differing(one, other) == 1 and _is_rare(one, other):
                yield _finding(one, other)
                break


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
