"""What the checks of comparisons share: their p-values, and the figures of both groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import ALPHA
from kb.model import Claim, ComparisonResult

HAZARDS: Final = frozenset({"hazard-ratio", "subdistribution-hazard-ratio"})
"""Ratios of how fast events come: below 1, more people are still without."""
BETTER_WHEN: Final = {"higher": 1, "lower": -1}
SUPERIORITY: Final = frozenset({"", "test-for-superiority"})
"""What a p-value must be for to speak of the difference of two groups."""

ALIKE: Final = frozenset({"similar", "no-difference"})
"""Words for groups between which no difference was shown."""

Pair = tuple[Claim, Claim]
"""The figures of the first and the second group."""


def subject(context: CheckContext, claim: Claim) -> str:
    """Return what a comparison is about, with its study."""
    return f"In {context.describe.studies[claim.study]}, {context.describe.subject(claim)}"


def p_span(claim: Claim) -> Span | None:
    """Return what the printed p may stand for; "ns" is anything from 0.05."""
    return p_values(claim.result) if claim.result.p_for in SUPERIORITY else None


def p_values(result: ComparisonResult) -> Span | None:
    """Return what a printed p may stand for, whatever it tests; None without one."""
    if result.p_value is not None:
        return possible_values(result.p_value, result.p_operator.replace("=", ""))
    return Span(ALPHA, Decimal(1)) if result.p_printed else None


def significance(result: ComparisonResult) -> str:
    """Return the word of significance, for which "similar" and "no difference" stand, too."""
    alike = result.direction in ALIKE and not result.significance
    return "not-significant" if alike else result.significance


def p_or_word(claim: Claim) -> Span | None:
    """Return the p printed with a claim, else the range that its word stands for."""
    words = {"significant": Span(Decimal(0), ALPHA), "not-significant": Span(ALPHA, Decimal(1))}
    return p_span(claim) or words.get(claim.result.significance)


def sense(context: CheckContext, claim: Claim) -> int:
    """Return 1 where more of an endpoint is better, -1 where it is worse, 0 where unknown."""
    if claim.measure.category:
        return 0
    better = context.vocabulary.inherited("endpoint", claim.measure.endpoint, "betterWhen")
    return BETTER_WHEN.get(better, 0)


def nearest(
    claim: Claim, claims: Sequence[Claim], fits: Callable[[Claim, Claim], bool]
) -> list[Pair]:
    """Return the figures of both groups from the same block, else section, else source.

    A hazard ratio has no landmark: it goes with the figures at each.
    """
    m = claim.measure
    about = [c for c in claims if c.source == claim.source and _same_endpoint(c, claim)]
    for part in ("block", "section", "source"):
        here = [c for c in about if getattr(c, part) == getattr(claim, part)]
        first = [c for c in here if c.measure.group == m.group]
        second = [c for c in here if c.measure.group == m.comparator]
        pairs = [(a, b) for a in first for b in second if _is_pair(a, b) and fits(a, b)]
        if pairs:
            return pairs
    return []


def _same_endpoint(one: Claim, other: Claim) -> bool:
    a, b = one.measure, other.measure
    same = (a.endpoint, a.category) == (b.endpoint, b.category)
    times = a.time, b.time
    if other.statistic in HAZARDS:
        times = replace(a.time, at=""), replace(b.time, at="")
    return same and times[0] == times[1] and not a.comparator and one.kind == "result"


def _is_pair(a: Claim, b: Claim) -> bool:
    return a.section == b.section and a.measure.time == b.measure.time
