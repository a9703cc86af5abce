"""Standard deviations of a whole against those of the groups that it is divided into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from kb.checks.context import CheckContext, results_by_source
from kb.checks.discrepancy import Discrepancy, Severity
from kb.checks.mean_p import summary_of
from kb.checks.means import FAR_SPREAD, NEAR_SPREAD, Summary, distance_of_spread, spread_of_all
from kb.checks.wording import figure_text, places
from kb.model import Claim
from kb.util.grouping import group_by


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield a standard deviation that those of a complete division do not give."""
    for study, claims in context.by_study.items():
        complete = [d for d in context.divisions.get(study, ()) if d.complete]
        for results in results_by_source(claims) if complete else ():
            means = [c for c in results if summary_of(context, c)]
            by_measure = group_by(means, lambda claim: claim.measure)
            for division in complete:
                for measure in [m for m in by_measure if m.group == division.whole]:
                    parts = [by_measure.get(replace(measure, group=p), []) for p in division.parts]
                    if all(parts):
                        yield from _judge(context, by_measure[measure], parts)


def _judge(
    context: CheckContext, wholes: Sequence[Claim], parts: Sequence[Sequence[Claim]]
) -> Iterator[Discrepancy]:
    """Yield a discrepancy if no choice among repeated figures fits."""
    judged = [
        (far, choice, groups)
        for choice in product(wholes, *parts)
        if (groups := [s for c in choice if (s := summary_of(context, c))])
        and (far := _distance(groups)) is not None
    ]
    if not judged:
        return
    far, (whole, *chosen), groups = min(judged, key=lambda one: one[0])
    if far <= NEAR_SPREAD:
        return
    low, high = spread_of_all(groups[1:])
    terms = " and ".join(
        f"{figure_text(c)} (SD {s.sd}, {s.n})" for c, s in zip(chosen, groups[1:], strict=True)
    )
    claims = [whole, *chosen]
    message = (
        f"{context.describe.subject(whole)} is printed with an SD of {groups[0].sd}, but the "
        f"groups, {terms}, give {low:.3g} to {high:.3g} ({places(claims)})."
    )
    severity = Severity.MATERIAL if far > FAR_SPREAD else Severity.MINOR
    computation = f"{low:.3g} to {high:.3g} for all, not {groups[0].sd}"
    yield Discrepancy.of_endpoint("spread-against-parts", severity, message, claims, computation)


def _distance(groups: Sequence[Summary]) -> float | None:
    """Return how far the first spread is from that of the others, if these are all its people."""
    whole, *parts = groups
    is_all = whole.n == sum(part.n for part in parts)
    return distance_of_spread(parts, whole) if is_all else None
