"""Registration: registered after the start, and primary outcomes that are not those registered.

That figures of a registry and of a paper differ, such as the number of people, is found by
``kb.checks.agreement``: they are claims about one measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.outcomes import OutcomeNames, same_time
from kb.checks.wording import join_list, place
from kb.model import Claim
from kb.util.grouping import group_by

_TRIAL: Final = "clinical-trial"
"""The design of studies that are registered before they begin, and all narrower ones."""
_STARTS: Final = ("start", "enrolment-period")
_MONTHS_A_YEAR: Final = 12


def late(registered: str, started: str) -> int:
    """Return by how many months at least a study was registered after its start; 0 if not.

    Only the months count, as starts are often printed by the month; a year alone may be any month
    of it.

    >>> late("2019-03-28", "2019-03-04"), late("2019-04-02", "2019-03"), late("2019", "2019-03")
    (0, 1, 0)
    >>> late("2018-12-20", "2019-01-10"), late("2020", "2018")
    (0, 13)
    """
    first = _month(registered, of_year=1)
    return max(0, first - _month(started, of_year=_MONTHS_A_YEAR))


def _month(date: str, *, of_year: int) -> int:
    year, month = int(date[:4]), int(date[5:7] or of_year)
    return _MONTHS_A_YEAR * year + month


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield what does not fit a study's registration."""
    names = OutcomeNames(context.vocabulary)
    for study, claims in context.by_study.items():
        items = group_by(claims, lambda claim: _item(context, claim))
        if context.is_design(study, _TRIAL):
            yield from _late(context, items.get("registration", []), starts(context, claims))
        primary, secondary = (items.get(f"{rank}-outcome", []) for rank in ("primary", "secondary"))
        yield from _outcomes(context, names, primary, secondary)


def _item(context: CheckContext, claim: Claim) -> str:
    return context.vocabulary.inherited("endpoint", claim.measure.endpoint, "protocolItem")


def starts(context: CheckContext, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims that print when a study began."""
    known = [claim for claim in claims if start_date(claim)]
    return [c for name in _STARTS for c in known if _item(context, c) == name]


def start_date(claim: Claim) -> str:
    """Return a date, or the first of a period."""
    return claim.figure.date or claim.figure.date_from


def _late(
    context: CheckContext, registered: Sequence[Claim], started: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Compare each start with the first registration, in whichever registry it was."""
    first = min(filter(start_date, registered), key=start_date, default=None)
    after = [
        c for c in started if first and start_date(c) and late(start_date(first), start_date(c))
    ]
    if first is None or not after:
        return
    dates = join_list((f"{start_date(c)} ({place(c)})" for c in after), "and as")
    message = (
        f"{context.describe.studies[first.study]} was registered on {start_date(first)} "
        f"({place(first)}), after its start, which is printed as {dates}."
    )
    months = min(late(start_date(first), start_date(c)) for c in after)
    severity = Severity.MATERIAL if months > 1 else Severity.MINOR
    computation = "; ".join(f"{start_date(first)} > {start_date(c)}" for c in after)
    yield Discrepancy.of_endpoint(
        "registered-after-start", severity, message, [first, *after], computation
    )


def _outcomes(
    context: CheckContext, names: OutcomeNames, primary: Sequence[Claim], secondary: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Compare the primary outcomes of each source with those of the registry."""
    registered = [c for c in primary if context.reports.is_registry(c)]
    others = [c for c in primary if not context.reports.is_registry(c)]
    for source, printed in group_by(others, lambda claim: claim.source).items():
        if not registered:
            continue
        lesser = [c for c in secondary if c.source == source or context.reports.is_registry(c)]
        changed = [
            *_unmatched(names, printed, registered, lesser, "is not primary in the registry"),
            *_unmatched(names, registered, printed, lesser, f"is not primary in {source}"),
        ]
        if changed:
            yield _changed(context, changed, Severity.MATERIAL, "primary-outcome-changed")
        else:
            yield from _times(context, names, printed, registered)


def _unmatched(
    names: OutcomeNames,
    outcomes: Sequence[Claim],
    others: Sequence[Claim],
    lesser: Sequence[Claim],
    where: str,
) -> Iterator[tuple[list[Claim], str]]:
    """Yield each outcome that is none of the others, with how it differs."""
    for claim in outcomes:
        if any(names.same(text(claim), text(c)) is not Outcome.INCONSISTENT for c in others):
            continue
        demoted = [
            c
            for c in lesser
            if c.source != claim.source and names.same(text(claim), text(c)) is Outcome.CONSISTENT
        ]
        also = ", where it is secondary" if demoted else ""
        yield [claim, *demoted, *others], f"“{text(claim)}” ({place(claim)}) {where}{also}"


def text(claim: Claim) -> str:
    """Return an outcome in the words of its source."""
    return claim.measure.category or claim.named or claim.wording


def _times(
    context: CheckContext,
    names: OutcomeNames,
    printed: Sequence[Claim],
    registered: Sequence[Claim],
) -> Iterator[Discrepancy]:
    """Find an outcome whose only time in the paper is not its time in the registry."""
    for claim in printed:
        same = [c for c in registered if names.same(text(claim), text(c)) is Outcome.CONSISTENT]
        own = claim.measure.time.at
        times = [same_time(own, c.measure.time.at) for c in same]
        if times and set(times) == {Outcome.INCONSISTENT}:
            at = join_list((f"at {c.measure.time.at} ({place(c)})" for c in same), "and")
            line = f"“{text(claim)}” is measured at {own} ({place(claim)}), registered {at}"
            yield _changed(
                context, [([claim, *same], line)], Severity.MINOR, "primary-time-changed"
            )


def _changed(
    context: CheckContext,
    changed: Sequence[tuple[list[Claim], str]],
    severity: Severity,
    kind: str,
) -> Discrepancy:
    claims = list({id(c): c for involved, _ in changed for c in involved}.values())
    study = context.describe.studies[claims[0].study]
    lines = [words for _, words in changed]
    message = f"The primary outcome of {study} was changed: {'; '.join(lines)}."
    computation = " ≠ ".join(dict.fromkeys(map(text, claims)))
    return Discrepancy.of_endpoint(kind, severity, message, claims, computation)
