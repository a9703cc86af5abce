"""Kinds of one event in one place: each at most the event, exclusive ones together too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, count_of, point_of
from kb.checks.rounding import Span
from kb.checks.wording import figure_text, place
from kb.model import Claim
from kb.util.grouping import group_by

_DENIED: Final = re.compile(r"^(?:no|none|not|without|absence|free)\b")
_MIXED: Final = re.compile(r"[<≤>≥/]|\bor\b|\d\s*[-–]\s*\d|\bfor\b|\bas\b")
_MATERIAL_POINTS: Final = Decimal(2)

_Reader = Callable[[Claim], Span | None]
Place = dict[tuple[str, str], list[Claim]]
"""The claims of one group, time and section, by endpoint and category."""


def at_most(kinds: Sequence[Span], whole: Span) -> Outcome:
    """Judge kinds that exclude each other, or one kind alone, against the total.

    >>> from kb.checks.rounding import possible_values
    >>> spans = [possible_values(Decimal(n)) for n in (19, 30, 9)]
    >>> [at_most(spans, possible_values(Decimal(n))).value for n in (58, 57, 55)]
    ['consistent', 'consistent only by rounding', 'inconsistent']
    """
    low = sum((k.low for k in kinds), Decimal(0))
    high = sum((k.high for k in kinds), Decimal(0))
    if low > whole.high:
        return Outcome.INCONSISTENT
    middle = (low + high) / 2
    return Outcome.CONSISTENT if middle <= (whole.low + whole.high) / 2 else Outcome.BY_ROUNDING


def above_total(context: CheckContext, claims: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Yield a discrepancy for each total that its kinds exceed, place by place."""
    events = (
        claim
        for claim in claims
        if claim.measure.statistic == FREQUENCY and not _DENIED.search(claim.measure.category)
    )
    by_place = group_by(events, lambda c: (c.section, c.measure.group, str(c.measure.time)))
    for same in by_place.values():
        here = group_by(same, lambda c: (c.measure.endpoint, c.measure.category))
        for total, parts in _comparisons(context, here):
            yield from _compared(context, total, parts)


def _comparisons(
    context: CheckContext, here: Place
) -> Iterator[tuple[list[Claim], list[list[Claim]]]]:
    """Yield the claims of each total with those of each of its kinds."""
    for endpoint, total in [(e, claims) for (e, category), claims in here.items() if not category]:
        yield from ((total, [part]) for part in _some_of(context, here, endpoint))
        declared = context.vocabulary.linked("endpoint", endpoint, "exclusiveKind")
        known = [kind for kind in declared if (kind, "") in here]
        if len(known) > 1:  # ``order`` compares a single kind with its total
            yield total, [here[kind, ""] for kind in known]
    for endpoint in dict.fromkeys(e for e, _ in here):
        if context.vocabulary.has_flag("endpoint", endpoint, "hasExclusiveCategories"):
            parts = [c for (e, kind), c in here.items() if e == endpoint and _is_one(kind)]
            yield from ((total, parts) for total in _totals(context, here, endpoint))


def _is_one(category: str) -> bool:
    return bool(category) and not _MIXED.search(category)


def _some_of(context: CheckContext, here: Place, endpoint: str) -> Iterator[list[Claim]]:
    """Yield the claims that count some of the events that an endpoint counts."""
    if not context.vocabulary.has_flag("endpoint", endpoint, "countsEvents"):
        return
    term = context.vocabulary.get("endpoint", endpoint)
    wide = term.broader if term.first("isAnyOfBroader") == "true" else (endpoint,)
    for (other, category), claims in here.items():
        if (other, category) != (endpoint, "") and any(context.is_a(other, w) for w in wide):
            yield claims


def _totals(context: CheckContext, here: Place, endpoint: str) -> Iterator[list[Claim]]:
    """Yield what the categories of an endpoint may not exceed: it, broader ones, the group size."""
    broader = context.vocabulary.get("endpoint", endpoint).broader
    wider = (endpoint, *broader, *context.groups.size_endpoints)
    yield from (here[name, ""] for name in wider if (name, "") in here)


def _compared(
    context: CheckContext, total: list[Claim], parts: list[list[Claim]]
) -> Iterator[Discrepancy]:
    """Compare the largest total printed with the smallest figure printed for each kind."""
    for read in (_people, _percent):
        totals = _read(total, read)
        least = [min(figures, key=_low) for part in parts if (figures := _read(part, read))]
        if not totals or not least:
            continue
        whole, top = max(totals, key=_low)
        spans, kinds = [span for span, _ in least], [claim for _, claim in least]
        if at_most(spans, whole) is Outcome.INCONSISTENT and _one_base([top, *kinds]):
            yield _discrepancy(context, top, kinds, spans, whole)
        return


def _read(claims: Sequence[Claim], read: _Reader) -> list[tuple[Span, Claim]]:
    return [(span, claim) for claim in claims if (span := read(claim)) is not None]


def _low(pair: tuple[Span, Claim]) -> Decimal:
    return pair[0].low


def _one_base(claims: Sequence[Claim]) -> bool:
    return len({claim.figure.denominator for claim in claims} - {None}) <= 1


def _discrepancy(
    context: CheckContext, top: Claim, kinds: Sequence[Claim], spans: Sequence[Span], whole: Span
) -> Discrepancy:
    describe = context.describe
    terms = " and ".join(f"{figure_text(c)} as {describe.endpoint_of(c)}" for c in kinds)
    verb = "exceeds" if len(kinds) == 1 else "together exceed"
    message = (
        f"In {describe.group_of(top)}, {terms} {verb} the {figure_text(top)} of "
        f"{describe.endpoint_of(top)} ({place(top)})."
    )
    least = sum((s.low for s in spans), Decimal(0))
    counted = spans[0].low == spans[0].high
    material = counted or least - whole.high >= _MATERIAL_POINTS
    computation = f"{' + '.join(map(figure_text, kinds))} is at least {least} > {whole.high}"
    severity = Severity.MATERIAL if material else Severity.MINOR
    return Discrepancy.of_endpoint(
        "kinds-above-total", severity, message, [top, *kinds], computation
    )


def _people(claim: Claim) -> Span | None:
    count = count_of(claim)
    return None if count is None else Span(Decimal(count), Decimal(count))


def _percent(claim: Claim) -> Span | None:
    return point_of(claim) if claim.figure.unit == "%" else None
