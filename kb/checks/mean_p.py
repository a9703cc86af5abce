"""P-values against the means of both groups with their standard deviations or errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.comparisons import nearest, p_or_word, subject
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Severity
from kb.checks.means import Summary, distance_of_means, t_test
from kb.checks.significance import ALPHA
from kb.checks.wording import p_text, places
from kb.model import Claim

# Words of the ontology that these checks know by name.
_ERRORS: Final = {"sd": False, "se": True}
_OF_MEANS: Final = frozenset({"mean-difference", "difference", "p-value", "direction"})
"""What may be printed with a p that tests means."""
_DEPENDENT: Final = frozenset({"crossover-trial", "cluster-randomised-trial"})
"""Designs in which people are not independent."""
FAR: Final = 1.5
FAR_OF_SKEWED: Final = 3.0
"""Distances of a p, in standard errors, that neither rounding nor a usual other test explains."""
_SKEWED: Final = 0.5


def is_skewed(groups: Sequence[Summary]) -> bool:
    """Tell whether values are far from normal, so that their p may be that of a test of ranks.

    >>> is_skewed([Summary(Decimal("5.1"), Decimal("2.0"), 30)])
    False
    >>> is_skewed([Summary(Decimal("5.1"), Decimal("4.0"), 30)])
    True
    """
    return any(group.sds[1] > _SKEWED * float(abs(group.mean)) for group in groups)


def p_against_means(
    context: CheckContext, claim: Claim, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Yield a p-value that no t test gives for the means it is printed with."""
    p = p_or_word(claim)
    usual = claim.statistic in _OF_MEANS and context.designs[claim.study] not in _DEPENDENT
    if p is None or not usual or claim.measure.adjustment == "adjusted":
        return
    pairs = nearest(claim, claims, lambda *both: all(summary_of(context, c) for c in both))
    if len(pairs) != 1:
        return
    groups = [group for one in pairs[0] if (group := summary_of(context, one))]
    far = distance_of_means(groups, p)
    if far is None or far <= (FAR_OF_SKEWED if is_skewed(groups) else FAR):
        return
    low, high = t_test(groups[0], groups[1])
    printed = " against ".join(f"{g.mean} ({'SE' if g.is_error else 'SD'} {g.sd})" for g in groups)
    involved = list({c.id: c for c in (claim, *pairs[0])}.values())
    message = (
        f"{subject(context, claim)} is {printed}, and no t test gives {p_text(claim)} "
        f"({places(involved)})."
    )
    other_side = (p.low >= ALPHA) != (Decimal(high) >= ALPHA)
    severity = Severity.MATERIAL if other_side else Severity.MINOR
    sizes = ", ".join(str(group.n) for group in groups)
    computation = f"{printed} of {sizes}: p {low:.2g} to {high:.2g}; printed {p_text(claim)}"
    yield Discrepancy.of_endpoint("p-of-means", severity, message, involved, computation)


def summary_of(context: CheckContext, claim: Claim, statistic: str = "mean") -> Summary | None:
    """Return a mean with its declared spread and the number of people of its group."""
    figure, is_error = claim.figure, _ERRORS.get(claim.figure.dispersion_kind)
    if claim.statistic != statistic or is_error is None or figure.operator:
        return None
    n = people_of(context, claim)
    if n is None or figure.value is None or figure.dispersion is None:
        return None
    return Summary(figure.value, figure.dispersion, n, is_error=is_error)


def people_of(context: CheckContext, claim: Claim) -> int | None:
    """Return how many people a figure is of: printed with it, else the size of its group."""
    size = context.groups.size(context.groups.of(claim), claim.source)
    return claim.figure.denominator or (size.number if size else None)
