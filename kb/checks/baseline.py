"""Means of randomised arms at baseline that differ more than chance allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Severity
from kb.checks.mean_p import summary_of
from kb.checks.means import IMPOSSIBLE, chance_of_difference
from kb.checks.wording import figure_text, places
from kb.model import Claim
from kb.util.grouping import group_by

# Words of the ontology, and of records, that these checks know by name.
_RANDOMISED: Final = "randomised-trial"
_BASELINE: Final = "baseline"
_ARM: Final = "arm"


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield pairs of arms whose ages, or means at baseline, chance did not make."""
    claims = (c for c in context.evidence.claims if c.statistic == "mean")
    wanted = (c for c in claims if _is_of_arm(context, c) and _is_at_start(context, c))
    for same in group_by(wanted, lambda c: _compared(context, c)).values():
        for one, other in combinations(same, 2):
            if one.measure.group != other.measure.group:
                yield from _judge(context, one, other)


def _compared(context: CheckContext, claim: Claim) -> tuple[object, ...]:
    """Return what figures share that chance made alike: the people who were randomised, too."""
    within = context.groups.of(claim).within
    return claim.source, within, replace(claim.measure, group=""), claim.figure.unit


def _is_of_arm(context: CheckContext, claim: Claim) -> bool:
    return context.designs[claim.study] == _RANDOMISED and context.groups.of(claim).kind == _ARM


def _is_at_start(context: CheckContext, claim: Claim) -> bool:
    return claim.measure.time.at == _BASELINE or context.endpoint_says(claim, "isAge")


def _judge(context: CheckContext, one: Claim, other: Claim) -> Iterator[Discrepancy]:
    groups = [group for c in (one, other) if (group := summary_of(context, c))]
    p = chance_of_difference(groups)
    if p is not None and p < IMPOSSIBLE:
        pair = one, other
        figures = " against ".join(f"{figure_text(c)} (SD {c.figure.dispersion})" for c in pair)
        message = (
            f"{context.describe.subject(one)} is {figures}; chance does not make randomised "
            f"groups differ so much ({places(pair)})."
        )
        computation = f"p {p:.1g} at most, of {groups[0].n} and {groups[1].n}"
        severity = Severity.MATERIAL
        yield Discrepancy.of_endpoint(
            "difference-at-baseline", severity, message, pair, computation
        )
