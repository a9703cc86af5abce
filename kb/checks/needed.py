"""Numbers needed to treat, or to harm, against the figures of both groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.comparisons import Pair, nearest, subject
from kb.checks.context import CheckContext
from kb.checks.count_tests import crude_estimate, number_needed
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import count_of
from kb.checks.rounding import Span, possible_values
from kb.checks.wording import figure_text, places
from kb.model import Claim

_NEEDED: Final = "number-needed-to-treat"
_DIFFERENCES: Final = frozenset({"difference", "risk-difference"})


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield numbers needed that no difference printed for the same groups gives."""
    for claims in context.by_study.values():
        for claim in claims:
            if claim.statistic == _NEEDED and claim.measure.adjustment != "adjusted":
                yield from _against_groups(context, claim, claims)


def _against_groups(
    context: CheckContext, claim: Claim, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    value = claim.figure.value
    if value is None or claim.figure.operator or not claim.measure.comparator:
        return
    pairs = nearest(claim, claims, lambda a, b: _points((a, b)) is not None)
    judged: list[tuple[Span, Sequence[Claim]]] = [(p, b) for b in pairs if (p := _points(b))]
    judged += [(points, [c]) for c in claims if (points := _difference(claim, c))]
    outcomes = [number_needed(points, value) for points, _ in judged]
    if outcomes and all(outcome is Outcome.INCONSISTENT for outcome in outcomes):
        points, printed = judged[0]
        middle = abs(points.low + points.high) / 2
        figures = " against ".join(map(figure_text, printed))
        message = (
            f"{subject(context, claim)} is printed with a number needed to treat of {value}, "
            f"but {figures} gives {100 / middle:.1f} ({places((claim, *printed))})."
        )
        computation = f"1/{middle:.2f}% = {100 / middle:.1f}, not {value}"
        yield Discrepancy.of_endpoint(
            "needed-against-values", Severity.MATERIAL, message, [claim, *printed], computation
        )


def _points(pair: Pair) -> Span | None:
    """Return the difference of two groups in percentage points: of their counts, else as printed.

    None where they are not percentages.
    """
    counts = [(count_of(claim), claim.figure.denominator) for claim in pair]
    whole = [(count, of) for count, of in counts if count is not None and of]
    exact = crude_estimate("difference", *whole) if len(whole) == 2 else None
    if exact is not None:
        return Span(exact, exact)
    values = [c.figure.value for c in pair if c.figure.unit == "%" and not c.figure.operator]
    known = [possible_values(value) for value in values if value is not None]
    if len(known) < 2:
        return None
    return known[0].minus(known[1])


def _difference(claim: Claim, other: Claim) -> Span | None:
    """Return a difference in percentage points of the same two groups, printed by one source."""
    a, b = claim.measure, other.measure
    same = (a.endpoint, a.category, a.time, claim.source) == (
        b.endpoint,
        b.category,
        b.time,
        other.source,
    )
    if not same or {a.group, a.comparator} != {b.group, b.comparator}:
        return None
    figure = other.figure
    is_points = other.statistic in _DIFFERENCES and figure.unit == "%" and not figure.operator
    return possible_values(figure.value) if is_points and figure.value is not None else None
