"""Changes of one group: against its means before and after, and against their p-values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from kb.checks.change_tests import (
    change_test,
    distance_of_change,
    distance_of_own_change,
    gap_of_change,
    paired_t_test,
)
from kb.checks.comparisons import p_values
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Severity
from kb.checks.mean_p import FAR, FAR_OF_SKEWED, is_skewed, people_of, summary_of
from kb.checks.means import FAR_SPREAD
from kb.checks.rounding import Span
from kb.checks.significance import ALPHA
from kb.checks.wording import figure_text, p_text, places
from kb.model import Claim, Time
from kb.util.grouping import group_by

# Words of the ontology that these checks know by name.
_MEAN: Final = "mean"
_CHANGE: Final = "mean-change"
_OF_CHANGE: Final = "change-over-time"
_BASELINE: Final = "baseline"


class _Reading(NamedTuple):
    """The p-values that figures give, how far the printed one is from them, and of what."""

    kind: str
    far: float | None
    limit: float
    computed: tuple[float, float]
    claims: tuple[Claim, ...]


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield changes, and p-values of changes, that means and standard deviations do not give."""
    wanted = (c for c in context.evidence.claims if c.statistic in (_MEAN, _CHANGE))
    crude = (c for c in wanted if c.measure.adjustment != "adjusted" and not c.measure.comparator)
    for claims in group_by(crude, _subject).values():
        before = _before(claims)
        for claim in claims:
            yield from _p_against_means(context, claim, before)
            yield from _against_means(context, claim, claims, before)


def _subject(claim: Claim) -> tuple[object, ...]:
    """Return what figures of one group at several times share."""
    measure = replace(claim.measure, time=Time(), statistic="")
    return claim.source, measure, claim.analysis_set, claim.figure.unit


def _before(claims: Sequence[Claim]) -> Claim | None:
    """Return the one mean at baseline."""
    first = [c for c in claims if c.statistic == _MEAN and c.measure.time.at == _BASELINE]
    return first[0] if len(first) == 1 else None


def _p_against_means(
    context: CheckContext, claim: Claim, before: Claim | None
) -> Iterator[Discrepancy]:
    """Yield a p of a change that no t test gives for it, or for the means of both times."""
    p = p_values(claim.result) if claim.result.p_for == _OF_CHANGE else None
    reading = _reading(context, claim, before, p) if p else None
    if p is None or reading is None or reading.far is None or reading.far <= reading.limit:
        return
    low, high = reading.computed
    figures = ", then ".join(map(figure_text, reading.claims))
    message = (
        f"{context.describe.subject(claim)} is {figures}, and no t test of a change gives "
        f"{p_text(claim)} ({places(reading.claims)})."
    )
    is_material = (p.low >= ALPHA) != (Decimal(high) >= ALPHA)
    severity = Severity.MATERIAL if is_material else Severity.MINOR
    computation = f"p {low:.2g} to {high:.2g}; printed {p_text(claim)}"
    yield Discrepancy.of_endpoint(reading.kind, severity, message, reading.claims, computation)


def _reading(context: CheckContext, claim: Claim, before: Claim | None, p: Span) -> _Reading | None:
    if change := summary_of(context, claim, _CHANGE):
        far, computed = distance_of_own_change(change, p), change_test(change)
        # A change may be far from normal whatever its mean, so its p may be that of ranks.
        return _Reading("p-of-change", far, FAR_OF_SKEWED, computed, (claim,))
    first = summary_of(context, before) if before and before is not claim else None
    last = summary_of(context, claim)
    if before is None or first is None or last is None:
        return None
    far, computed = distance_of_change(first, last, p), paired_t_test(first, last)
    limit = FAR_OF_SKEWED if is_skewed([first, last]) else FAR
    return _Reading("p-of-paired-means", far, limit, computed, (before, claim))


def _against_means(
    context: CheckContext, claim: Claim, claims: Sequence[Claim], before: Claim | None
) -> Iterator[Discrepancy]:
    """Yield a mean change that is not the later mean minus the earlier one of as many people."""
    time, change = claim.measure.time, claim.figure.value
    after = [c for c in claims if c.statistic == _MEAN and c.measure.time == time]
    if claim.statistic != _CHANGE or before is None or len(after) != 1 or change is None:
        return
    trio = before, after[0], claim
    first, last = before.figure.value, after[0].figure.value
    is_point = not any(c.figure.operator for c in trio)
    if len({people_of(context, c) for c in trio}) > 1 or first is None or last is None:
        return
    gap = gap_of_change(first, last, change)
    if is_point and gap > _slack(trio):
        difference = last - first
        is_large = gap > abs(difference) / 2
        severity = Severity.MATERIAL if is_large else Severity.MINOR
        message = (
            f"{context.describe.subject(claim)} is {figure_text(claim)}, but the means are "
            f"{figure_text(before)}, then {figure_text(after[0])} ({places(trio)})."
        )
        computation = f"{last} − {first} = {difference}, not {change}"
        yield Discrepancy.of_endpoint("change-of-means", severity, message, trio, computation)


def _slack(trio: Sequence[Claim]) -> Decimal:
    """Return what a few people without a later value may do to a change; 0 if there are none.

    Infinite where nothing tells: neither the number of people beside each mean nor a spread.
    """
    if all(c.figure.denominator is not None for c in trio):
        return Decimal(0)
    spreads = [c.figure for c in trio[:2] if c.figure.dispersion_kind == "sd"]
    widths = [figure.dispersion for figure in spreads if figure.dispersion is not None]
    return max(widths) * Decimal(str(FAR_SPREAD)) if widths else Decimal("Infinity")
