"""References that lead to reports of other studies: one by one, or a shifted column of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Severity
from kb.checks.wording import place
from kb.model import Claim
from kb.util.grouping import group_by
from kb.util.wording import counted

A_COLUMN: Final = 3
"""From so many studies on, wrong numbers of one place are an error of its numbering."""


def shift(pairs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the least and greatest distance from the printed number to the right one.

    >>> shift([(25, 28), (26, 29), (30, 33)])
    (3, 3)
    """
    distances = [right - printed for printed, right in pairs]
    return min(distances), max(distances)


def needed(context: CheckContext) -> Iterator[Claim]:
    """Yield the claims that cite other studies, and what else their source cites."""
    for claims in context.by_study.values():
        if misplaced := [c for c in claims if context.reports.cites_other_study(c)]:
            yield from misplaced
            yield from {(c.source, c.cites): c for c in claims if c.cites}.values()


def across(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield references that lead to other studies: a column of them, or one by one."""
    misplaced = filter(context.reports.cites_other_study, context.evidence.claims)
    for claims in group_by(misplaced, lambda c: (c.source, c.section)).values():
        by_study = group_by(claims, lambda claim: claim.study)
        if len(by_study) >= A_COLUMN:
            yield _column(context, by_study)
        else:
            by_numbers = group_by(claims, lambda c: (c.study, c.cites))
            yield from (_single(context, same) for same in by_numbers.values())


def _single(context: CheckContext, claims: list[Claim]) -> Discrepancy:
    first, reports = claims[0], context.reports
    cited = reports.cited(first)
    to = " and ".join(reports.reference(number, name) for number, name in cited.items())
    right = reports.right_numbers(first)
    correction = f"; its reference is {_brackets(right)}" if right else ""
    study = context.describe.studies[first.study]
    message = f"For {study}, {place(first)} cites {to}, which does not report it{correction}."
    figures = any(c.figure.value is not None for c in claims)
    weight = Severity.MATERIAL if figures else Severity.MINOR
    computation = ", ".join(
        f"{name} reports {', '.join(reports.publications[name].reports) or 'none of the studies'}"
        for name in cited.values()
    )
    kind, numbers = "reference-of-another-study", ((first.study, tuple(right)),)
    return Discrepancy(kind, weight, message, tuple(claims), computation, right_numbers=numbers)


def _brackets(numbers: Iterable[int]) -> str:
    return f"[{', '.join(map(str, numbers))}]"


def _column(context: CheckContext, by_study: Mapping[str, list[Claim]]) -> Discrepancy:
    studies = context.describe.studies
    first_claims = (claims[0] for claims in by_study.values())
    rows = [(claim, context.reports.right_numbers(claim)) for claim in first_claims]
    rows.sort(key=lambda row: (row[0].cites, row[0].study))
    pairs = [(claim.cites[0], right[0]) for claim, right in rows if right]
    message = (
        f"The reference numbers of {place(rows[0][0])} lead to other publications for "
        f"{counted(len(rows), 'study', 'studies')}"
    )
    message += f": {_distance(pairs)}{_given_twice(context, rows)}." if pairs else "."
    computation = "; ".join(
        f"{studies[claim.study]}: printed {_brackets(claim.cites)}, listed {_brackets(right)}"
        for claim, right in rows
    )
    claims = tuple(claim for same in by_study.values() for claim in same)
    numbers = tuple((claim.study, tuple(right)) for claim, right in rows)
    kind, weight = "reference-column-shifted", Severity.MATERIAL
    return Discrepancy(kind, weight, message, claims, computation, right_numbers=numbers)


def _distance(pairs: Sequence[tuple[int, int]]) -> str:
    least, most = shift(pairs)
    way = "low" if least > 0 else "high"
    if least == most:
        return f"every number is {abs(least)} too {way}"
    if least > 0 or most < 0:
        ends = sorted((abs(least), abs(most)))
        return f"the numbers are {ends[0]} to {ends[1]} too {way}"
    return f"the numbers are between {-least} too high and {most} too low"


def _given_twice(context: CheckContext, rows: Sequence[tuple[Claim, list[int]]]) -> str:
    """Name the numbers that a place gives to several studies."""
    shared = [
        f"{_brackets(numbers)} to "
        + " and to ".join(context.describe.studies[claim.study] for claim, _ in same)
        for numbers, same in group_by(rows, lambda row: row[0].cites).items()
        if same[1:]
    ]
    return f", and one number is given twice: {', '.join(shared)}" if shared else ""
