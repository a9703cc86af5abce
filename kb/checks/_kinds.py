"""Kinds of one event in one place: each at most the event, exclusive ones together too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from kb.checks._findings import Finding, Material, Outcome, Severity
from kb.checks._precision import Span, printed
from kb.model import Claim

EXCLUSIVE: Final = ("CAUSE_OF_DEATH", "SEX", "ECOG")
"""Endpoints of which each person has one category."""
EXCLUSIVE_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "cCR": ("CR", "CRi", "CRh", "CRp"),
    "ORR": ("CR", "CRi", "CRh", "CRp", "PR"),
}
"""Endpoints with narrower ones of which each person has one at most."""
EVENTS: Final = ("ADVERSE_EVENT", "DEATH", "RELAPSE", "PROGRESSION", "DISCONTINUATION")
"""Endpoints whose categories, and whose narrower endpoints, are some of their events."""
ANY: Final[Mapping[str, str]] = {"AE_ANY": "ADVERSE_EVENT"}
"""Endpoints that count everything below another endpoint."""

_DENIED: Final = re.compile(r"^(?:no|none|not|without|absence|free)\b")
_MIXED: Final = re.compile(r"[<≤>≥/]|\bor\b|\d\s*[-–]\s*\d|\bfor\b|\bas\b")
_MATERIAL_POINTS: Final = Decimal(2)

_Reader = Callable[[Claim], Span | None]
Place = dict[tuple[str, str], list[Claim]]
"""The claims of one group, time and section, by endpoint and category."""


def at_most(kinds: Sequence[Span], whole: Span) -> Outcome:
    """Judge kinds that exclude each other, or one kind alone, against the total.

    >>> spans = [printed(Decimal(n)) for n in (19, 30, 9)]
    >>> [at_most(spans, printed(Decimal(n))).value for n in (58, 57, 55)]
    ['consistent', 'consistent only by rounding', 'inconsistent']
    """
    low = sum((k.low for k in kinds), Decimal(0))
    high = sum((k.high for k in kinds), Decimal(0))
    if low > whole.high:
        return Outcome.INCONSISTENT
    middle = (low + high) / 2
    return Outcome.CONSISTENT if middle <= (whole.low + whole.high) / 2 else Outcome.BY_ROUNDING


def kinds(material: Material, claims: Sequence[Claim]) -> Iterator[Finding]:
    """Yield a finding for each total that its kinds exceed, place by place."""
    places: dict[tuple[str, str, str], Place] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        measure = claim.measure
        if measure.statistic == "frequency" and not _DENIED.search(measure.category):
            place = places[claim.section, measure.group, str(measure.time)]
            place[measure.endpoint, measure.category].append(claim)
    for place in places.values():
        for total, parts in _comparisons(material, place):
            yield from _judged(material, total, parts)


def _comparisons(
    material: Material, place: Place
) -> Iterator[tuple[list[Claim], list[list[Claim]]]]:
    for (endpoint, category), total in place.items():
        if category:
            continue
        yield from ((total, [part]) for part in _some_of(material, place, endpoint))
        known = [kind for kind in EXCLUSIVE_KINDS.get(endpoint, ()) if (kind, "") in place]
        if len(known) > 1:  # one kind above its total is a matter of order
            yield total, [place[kind, ""] for kind in known]
    for endpoint in EXCLUSIVE:
        parts = [c for (e, kind), c in place.items() if e == endpoint and _is_one(kind)]
        yield from ((total, parts) for total in _totals(material, place, endpoint))


def _is_one(category: str) -> bool:
    return bool(category) and not _MIXED.search(category)


def _some_of(material: Material, place: Place, endpoint: str) -> Iterator[list[Claim]]:
    """Yield the claims that count some of the events that an endpoint counts."""
    if not any(_is_a(material, endpoint, event) for event in EVENTS):
        return
    wide = ANY.get(endpoint, endpoint)
    for (other, category), claims in place.items():
        if (other, category) != (endpoint, "") and _is_a(material, other, wide):
            yield claims


def _is_a(material: Material, endpoint: str, broader: str) -> bool:
    return material.vocabulary.knows("endpoint", broader) and material.is_a(endpoint, broader)


def _totals(material: Material, place: Place, endpoint: str) -> Iterator[list[Claim]]:
    """Yield what the categories of an endpoint may not exceed: it, what is broader, everybody."""
    if not material.vocabulary.knows("endpoint", endpoint):
        return
    wider = (endpoint, *material.vocabulary.get("endpoint", endpoint).broader, "SAMPLE_SIZE")
    yield from (place[name, ""] for name in wider if (name, "") in place)


def _judged(material: Material, total: list[Claim], parts: list[list[Claim]]) -> Iterator[Finding]:
    for read in (_people, _percent):
        tops = _read(total, read)
        least = [min(found, key=_low) for part in parts if (found := _read(part, read))]
        if not tops or not least:
            continue
        whole, top = max(tops, key=_low)
        spans = [span for span, _ in least]
        if at_most(spans, whole) is Outcome.INCONSISTENT and _one_base(top, least):
            yield _finding(material, top, [claim for _, claim in least], spans, whole)
        return


def _read(claims: Sequence[Claim], read: _Reader) -> list[tuple[Span, Claim]]:
    return [(span, claim) for claim in claims if (span := read(claim)) is not None]


def _low(pair: tuple[Span, Claim]) -> Decimal:
    return pair[0].low


def _one_base(top: Claim, parts: Sequence[tuple[Span, Claim]]) -> bool:
    bases = {top.figure.denominator, *(claim.figure.denominator for _, claim in parts)}
    return len(bases - {None}) <= 1


def _finding(
    material: Material, top: Claim, parts: Sequence[Claim], spans: Sequence[Span], whole: Span
) -> Finding:
    said = " and ".join(f"{_figure(c)} ({_name(material, c)})" for c in parts)
    verb = "is" if len(parts) == 1 else "together are"
    least = sum((s.low for s in spans), Decimal(0))
    label = next(
        g.label
        for g in material.evidence.groups
        if (g.study, g.id) == (top.study, top.measure.group)
    )
    message = (
        f"In {label}, {said} {verb} more than "
        f"{_name(material, top)}, {_figure(top)} ({top.source}, {top.section})."
    )
    counted = spans[0].low == spans[0].high
    severity = (
        Severity.MATERIAL if counted or least - whole.high >= _MATERIAL_POINTS else Severity.MINOR
    )
    computation = f"{' + '.join(_figure(c) for c in parts)} is at least {least} > {whole.high}"
    kind = "kinds-above-total"
    return Finding(kind, severity, message, (top, *parts), computation, top.measure.endpoint)


def _name(material: Material, claim: Claim) -> str:
    label = material.vocabulary.get("endpoint", claim.measure.endpoint).label
    return ", ".join(filter(None, (label, claim.measure.category)))


def _figure(claim: Claim) -> str:
    figure = claim.figure
    if figure.unit == "%" and figure.value is not None:
        count = f"{figure.numerator} patients, " if figure.numerator is not None else ""
        return f"{count}{figure.operator}{figure.lexical or figure.value}%"
    return f"{figure.numerator} patients"


def _people(claim: Claim) -> Span | None:
    figure = claim.figure
    if figure.numerator is None or figure.operator or figure.unit not in ("", "%", "patients"):
        return None
    return Span(Decimal(figure.numerator), Decimal(figure.numerator))


def _percent(claim: Claim) -> Span | None:
    figure = claim.figure
    if figure.value is None or figure.unit != "%" or figure.operator not in ("", "~"):
        return None
    return printed(figure.value, figure.operator)
