"""Follow-up against dates: it is not longer than from the start of the study to its report."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.order import months_of
from kb.checks.registration import start_date, starts
from kb.checks.wording import figure_text, place, with_bounds
from kb.model import Claim

Month = tuple[int, int]
"""A year and a month."""
_WITHIN: Final = frozenset(
    {"", "enrolment", "randomisation", "screening", "baseline", "start-of-treatment"}
)
"""Origins of follow-up that are not before the study; a diagnosis or a relapse may be."""


def follow_up_fits(months: Decimal, begins: Month, ends: Month) -> Outcome:
    """Judge a follow-up against the time from the first patient to the end, (year, month) each.

    Both months count in full.

    >>> [follow_up_fits(Decimal(n), (2010, 3), (2012, 2)).value for n in (24, 25)]
    ['consistent', 'inconsistent']
    """
    first, last = (12 * year + month for year, month in (begins, ends))
    if last < first:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if months <= last - first + 1 else Outcome.INCONSISTENT


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield a follow-up that is longer than from the start of its study to its data cut."""
    for claims in context.by_study.values():
        begins = min(starts(context, claims), key=start_date, default=None)
        if begins is None:
            continue
        for claim in claims:
            months, ends = _longest(context, claim), _end(context, claim)
            if months is None or ends is None:
                continue
            if follow_up_fits(months, _month(start_date(begins), 1), ends) is Outcome.INCONSISTENT:
                yield _discrepancy(context, claim, begins, ends)


def _longest(context: CheckContext, claim: Claim) -> Decimal | None:
    """Return the follow-up that a claim prints, or the longest of its range, in months."""
    figure = claim.figure
    if not context.endpoint_says(claim, "isFollowUp") or claim.measure.time.from_ not in _WITHIN:
        return None
    longest = [figure.value] if not figure.operator else []
    longest += [figure.high] if figure.bounds == "range" else []
    known = [number for number in longest if number is not None]
    return months_of(f"{max(known)} {figure.unit}") if known else None


def _end(context: CheckContext, claim: Claim) -> Month | None:
    """Return the data cut of a claim, else the end of the year in which its source appeared."""
    if claim.data_cut:
        return _month(claim.data_cut, 12)
    source = context.reports.sources.get(claim.source)
    publication = context.reports.publications.get(source.publication) if source else None
    return (publication.year, 12) if publication and publication.year else None


def _month(date: str, of_year: int) -> Month:
    return int(date[:4]), int(date[5:7] or of_year)


def _discrepancy(context: CheckContext, claim: Claim, begins: Claim, ends: Month) -> Discrepancy:
    start, end = start_date(begins), f"{ends[0]}-{ends[1]:02}"
    until = f"the data cut of {claim.data_cut}" if claim.data_cut else f"the report of {ends[0]}"
    message = (
        f"{context.describe.subject(claim)} is printed as {with_bounds(claim)} in {place(claim)}, "
        f"longer than from the start in {start} ({place(begins)}) to {until}."
    )
    computation = f"{start} to {end} is shorter than {figure_text(claim)}"
    return Discrepancy.of_endpoint(
        "follow-up-beyond-study", Severity.MATERIAL, message, [claim, begins], computation
    )
