"""Breakdowns of a group by categories: whether their counts add up to the group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import count_of
from kb.checks.parts import adds_up
from kb.checks.wording import place, places
from kb.model import Claim, Measure
from kb.util.grouping import group_by
from kb.util.wording import counted

COMPLETE: Final = frozenset({"", "negative"})
"""Categories that cover the whole group, for any endpoint."""
ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_OPEN_END: Final = re.compile(r"\bor (more|greater|higher|later|beyond)\b")


def is_complete(categories: Iterable[str], declared: Iterable[str] = ()) -> bool:
    """Tell whether categories surely cover the whole group: a scale from 0, or an open last step.

    ``declared`` are the categories that divide a group by the ontology.

    >>> is_complete(["0", "1", "2"]), is_complete(["first line", "second line"])
    (True, False)
    >>> is_complete(["first line", "second line", "third or later line"])
    True
    """
    names = sorted(categories)
    if len(names) > 2 and all(name.isascii() and name.isdigit() for name in names):
        return sorted(map(int, names)) == list(range(len(names)))
    return frozenset(names) in (COMPLETE, frozenset(declared)) or _is_open_ladder(names)


def _is_open_ladder(names: Sequence[str]) -> bool:
    steps = {name.split(" ")[0]: name for name in names}
    if len(names) < 2 or set(steps) != set(ORDINALS[: len(names)]) or len(steps) != len(names):
        return False
    last = ORDINALS[len(names) - 1]
    return all(bool(_OPEN_END.search(name)) is (step == last) for step, name in steps.items())


def wrong_breakdowns(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield the complete breakdowns that do not fit their group, or their own denominator."""
    for parts in _breakdowns(context, claims):
        yield from _breakdown(context, parts)
        yield from _tabulated_for_more(context, parts, claims)


def _breakdowns(context: CheckContext, claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Yield the complete breakdowns of one place, each category printed once."""
    counts = (c for c in claims if count_of(c) is not None and not context.groups.is_size(c))

    def place_and_measure(claim: Claim) -> tuple[str, str, Measure]:
        return claim.source, claim.section, replace(claim.measure, category="")

    for (_, _, measure), same in group_by(counts, place_and_measure).items():
        by_category = group_by(same, lambda claim: claim.measure.category)
        endpoint = context.vocabulary.get("endpoint", measure.endpoint)
        declared = endpoint.properties.get("dividedInto", ())
        if is_complete(by_category, declared) and len(by_category) == len(same):
            yield [claim for _, (claim,) in sorted(by_category.items())]


def _breakdown(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield a complete breakdown that does not add up to its group."""
    counts = [count for count in map(count_of, claims) if count is not None]
    size = context.groups.size(context.groups.of(claims[0]), claims[0].source)
    if size is None or adds_up(counts, size.number) is not Outcome.INCONSISTENT:
        return
    whole = replace(claims[0], measure=replace(claims[0].measure, category=""))
    parts = ", ".join(
        f"{count} ({claim.measure.category or 'positive'})"
        for count, claim in zip(counts, claims, strict=True)
    )
    total = sum(counts)
    message = (
        f"{context.describe.subject(whole)} is printed in {place(whole)} as {parts}, together "
        f"{counted(total, 'patient')}, but the group has {size.number} ({place(size.claim)})."
    )
    computation = f"{' + '.join(map(str, counts))} = {total} ≠ {size.number}"
    severity = Severity.MATERIAL if total > size.number else Severity.MINOR
    claims = (*claims, size.claim)
    yield Discrepancy.of_endpoint("breakdown-total", severity, message, claims, computation)


def _tabulated_for_more(
    context: CheckContext, parts: Sequence[Claim], claims: Iterable[Claim]
) -> Iterator[Discrepancy]:
    """Yield a breakdown of more people than the denominator printed for it."""
    total = sum(count_of(claim) or 0 for claim in parts)
    whole = replace(parts[0].measure, category="")
    fewer = [
        claim
        for claim in claims
        if claim.source == parts[0].source
        and replace(claim.measure, category="") == whole
        and 0 < (claim.figure.denominator or 0) < total
    ]
    if fewer:
        base, shown = fewer[0].figure.denominator, replace(parts[0], measure=whole)
        message = (
            f"{context.describe.subject(shown)} is printed in {place(shown)} for "
            f"{counted(total, 'patient')} together, but as a percentage of {base} in "
            f"{places(fewer)}."
        )
        kind, claims = "breakdown-above-base", dict.fromkeys((*parts, *fewer))
        yield Discrepancy.of_endpoint(kind, Severity.MATERIAL, message, claims, f"{total} > {base}")
