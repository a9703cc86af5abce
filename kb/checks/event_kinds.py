"""Kinds of one event in one place: each at most the event, exclusive ones together too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, Groups, count_of, point_of
from kb.checks.rounding import Span
from kb.checks.wording import Saying, figure, place
from kb.model import Claim

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


def kinds(
    material: CheckContext, groups: Groups, say: Saying, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    """Yield a finding for each total that its kinds exceed, place by place."""
    places: dict[tuple[str, str, str], Place] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        measure = claim.measure
        if measure.statistic == FREQUENCY and not _DENIED.search(measure.category):
            here = places[claim.section, measure.group, str(measure.time)]
            here[measure.endpoint, measure.category].append(claim)
    for here in places.values():
        for total, parts in _comparisons(material, groups, here):
            yield from _judged(say, total, parts)


def _comparisons(
    material: CheckContext, groups: Groups, here: Place
) -> Iterator[tuple[list[Claim], list[list[Claim]]]]:
    for endpoint, total in [(e, claims) for (e, category), claims in here.items() if not category]:
        yield from ((total, [part]) for part in _some_of(material, here, endpoint))
        declared = material.vocabulary.linked("endpoint", endpoint, "exclusiveKind")
        known = [kind for kind in declared if (kind, "") in here]
        if len(known) > 1:  # one kind above its total is a matter of order
            yield total, [here[kind, ""] for kind in known]
    for endpoint in dict.fromkeys(e for e, _ in here):
        if material.vocabulary.has_flag("endpoint", endpoint, "hasExclusiveCategories"):
            parts = [c for (e, kind), c in here.items() if e == endpoint and _is_one(kind)]
            yield from ((total, parts) for total in _totals(material, groups, here, endpoint))


def _is_one(category: str) -> bool:
    return bool(category) and not _MIXED.search(category)


def _some_of(material: CheckContext, here: Place, endpoint: str) -> Iterator[list[Claim]]:
    """Yield the claims that count some of the events that an endpoint counts."""
    if not material.vocabulary.has_flag("endpoint", endpoint, "countsEvents"):
        return
    term = material.vocabulary.get("endpoint", endpoint)
    wide = term.broader if term.first("isAnyOfBroader") == "true" else (endpoint,)
    for (other, category), claims in here.items():
        if (other, category) != (endpoint, "") and any(material.is_a(other, w) for w in wide):
            yield claims


def _totals(
    material: CheckContext, groups: Groups, here: Place, endpoint: str
) -> Iterator[list[Claim]]:
    """Yield what the categories of an endpoint may not exceed: it, what is broader, everybody."""
    broader = material.vocabulary.get("endpoint", endpoint).broader
    wider = (endpoint, *broader, *groups.sizing)
    yield from (here[name, ""] for name in wider if (name, "") in here)


def _judged(say: Saying, total: list[Claim], parts: list[list[Claim]]) -> Iterator[Discrepancy]:
    for read in (_people, _percent):
        tops = _read(total, read)
        least = [min(found, key=_low) for part in parts if (found := _read(part, read))]
        if not tops or not least:
            continue
        whole, top = max(tops, key=_low)
        spans = [span for span, _ in least]
        if at_most(spans, whole) is Outcome.INCONSISTENT and _one_base(top, least):
            yield _finding(say, top, [claim for _, claim in least], spans, whole)
        return


def _read(claims: Sequence[Claim], read: _Reader) -> list[tuple[Span, Claim]]:
    return [(span, claim) for claim in claims if (span := read(claim)) is not None]


def _low(pair: tuple[Span, Claim]) -> Decimal:
    return pair[0].low


def _one_base(top: Claim, parts: Sequence[tuple[Span, Claim]]) -> bool:
    bases = {top.figure.denominator, *(claim.figure.denominator for _, claim in parts)}
    return len(bases - {None}) <= 1


def _finding(
    say: Saying, top: Claim, parts: Sequence[Claim], spans: Sequence[Span], whole: Span
) -> Discrepancy:
    said = " and ".join(f"{figure(c)} as {say.what(c)}" for c in parts)
    verb = "is" if len(parts) == 1 else "together are"
    least = sum((s.low for s in spans), Decimal(0))
    message = (
        f"Of {say.who(top)}, {said} {verb} more than {say.what(top)}, {figure(top)} ({place(top)})."
    )
    counted = spans[0].low == spans[0].high
    severity = (
        Severity.MATERIAL if counted or least - whole.high >= _MATERIAL_POINTS else Severity.MINOR
    )
    computation = f"{' + '.join(map(figure, parts))} is at least {least} > {whole.high}"
    kind = "kinds-above-total"
    return Discrepancy(kind, severity, message, (top, *parts), computation, top.measure.endpoint)


def _people(claim: Claim) -> Span | None:
    count = count_of(claim)
    return None if count is None else Span(Decimal(count), Decimal(count))


def _percent(claim: Claim) -> Span | None:
    return point_of(claim) if claim.figure.unit == "%" else None
