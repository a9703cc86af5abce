"""Wholes and parts: groups that do not add up to their total, or average to something else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Final

from kb.checks.event_kinds import kinds
from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY, Groups, count_of, point_of
from kb.checks.partitions import Whole, told, wholes
from kb.checks.rounding import Span
from kb.checks.wording import Saying, figure, places, value
from kb.model import Claim, Group, Measure

_Reader = Callable[[Claim], Span | None]
_AVERAGES: Final = frozenset({"median", "mean"})
_MATERIAL_POINTS: Final = Decimal(2)
_MATERIAL_RATIO: Final = Decimal("0.05")
_LISTED: Final = Whole("", "", (), complete=True, formed=True)
"""Parts that a print lists by numbers of their own."""
_NESTED: Final = frozenset({"arm", "subgroup"})
"""Kinds of groups that are certainly some of the people they are within."""


@dataclass(frozen=True, slots=True)
class Share:
    """The share of one part at printed precision, and how many people the part has."""

    span: Span
    size: int | None = None


def adds_up(parts: Sequence[int], whole: int, *, complete: bool = True) -> Outcome:
    """Judge counts of parts against the count of their whole.

    Parts that need not hold everybody (``complete=False``) may fall short, never exceed.

    >>> adds_up([271, 134], 405).value, adds_up([141, 138], 326).value
    ('consistent', 'inconsistent')
    """
    total = sum(parts)
    if total < whole and not complete:
        return Outcome.NOT_ENOUGH
    return Outcome.CONSISTENT if total == whole else Outcome.INCONSISTENT


def reach(parts: Sequence[Share]) -> Span:
    """Return what the whole may be: the weighted average, or anything between the parts.

    >>> from kb.checks.rounding import possible_values
    >>> fifty, ninety = (possible_values(Decimal(n)) for n in (50, 90))
    >>> reach([Share(fifty, 10), Share(ninety, 30)])
    Span(low=Decimal('79.5'), high=Decimal('80.5'))
    >>> reach([Share(fifty), Share(ninety, 30)])
    Span(low=Decimal('49.5'), high=Decimal('90.5'))
    """
    sizes = [part.size for part in parts if part.size]
    if len(sizes) < len(parts):
        return Span(min(p.span.low for p in parts), max(p.span.high for p in parts))
    total = sum(sizes)
    low = sum((p.span.low * n for p, n in zip(parts, sizes, strict=True)), Decimal(0))
    high = sum((p.span.high * n for p, n in zip(parts, sizes, strict=True)), Decimal(0))
    return Span(low / total, high / total)


def averages(parts: Sequence[Share], whole: Span) -> Outcome:
    """Judge the share (or the median) of a whole against those of all its parts.

    >>> from kb.checks.rounding import possible_values
    >>> spans = [possible_values(Decimal(n)) for n in (45, 13)]
    >>> averages([Share(s) for s in spans], possible_values(Decimal(63))).value
    'inconsistent'
    """
    possible = reach(parts)
    if not possible.overlaps(whole):
        return Outcome.INCONSISTENT
    middle = (whole.low + whole.high) / 2
    return Outcome.CONSISTENT if possible.holds(middle) else Outcome.BY_ROUNDING


def fits_in(part: int, whole: int) -> Outcome:
    """Judge a count of some people against the same count of all of them.

    >>> fits_in(50, 48).value
    'inconsistent'
    """
    return Outcome.INCONSISTENT if part > whole else Outcome.CONSISTENT


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield a finding for each whole that its parts contradict, source by source."""
    divided = wholes(material.evidence)
    groups, say = Groups(material), Saying(material)
    for study, claims in material.by_study.items():
        for own in _by_source(claims):
            printed_ones = {claim.id: claim for claim in own}
            table = _Table(material, groups, say, told(own, groups.sizing))
            for finding in table.findings(divided.get(study, [])):
                claims_as_printed = tuple(printed_ones[claim.id] for claim in finding.claims)
                yield replace(finding, claims=claims_as_printed)
            yield from kinds(material, groups, say, own)


def _by_source(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.kind == "result" and not claim.measure.comparator:
            found[claim.source].append(claim)
    yield from found.values()


class _Table:
    """What one source prints about the groups of one study."""

    def __init__(
        self, material: CheckContext, groups: Groups, say: Saying, claims: list[Claim]
    ) -> None:
        self.material, self.groups, self.say, self.claims = material, groups, say, claims
        self.by_measure: dict[Measure, list[Claim]] = defaultdict(list)
        for claim in claims:
            self.by_measure[claim.measure].append(claim)

    def findings(self, divided: Iterable[Whole]) -> Iterator[Discrepancy]:
        """Yield what does not fit, of declared divisions, of lists and of nested groups."""
        for whole in divided:
            yield from self.divided(whole)
        yield from self.enumerated()
        yield from self.nested()

    def divided(self, whole: Whole) -> Iterator[Discrepancy]:
        """Compare every measure of a whole with the same measure of all its parts."""
        for measure in [m for m in self.by_measure if m.group == whole.of]:
            parts = [self.by_measure.get(replace(measure, group=p), []) for p in whole.parts]
            if all(parts):
                yield from self._compared(self.by_measure[measure], parts, whole)

    def _compared(
        self, total: list[Claim], parts: list[list[Claim]], whole: Whole
    ) -> Iterator[Discrepancy]:
        statistic = total[0].measure.statistic
        if statistic in _AVERAGES:
            yield from self._bounded(total, parts, point_of, "median-outside-parts")
        if statistic != FREQUENCY:
            return
        counted = [[c for c in part if count_of(c) is not None] for part in parts]
        totals = [c for c in total if count_of(c) is not None]
        if totals and all(counted):
            yield from self._added(totals, counted, whole)
        else:
            yield from self._bounded(total, parts, _percent, "share-outside-parts")

    def _added(
        self, total: list[Claim], parts: list[list[Claim]], divided: Whole
    ) -> Iterator[Discrepancy]:
        """Report counts only when no choice among repeated prints adds up."""
        choices = [c for c in product(total, *parts) if _one_base(c)]
        outcomes = {_sum_outcome(choice, divided.complete) for choice in choices}
        if outcomes != {Outcome.INCONSISTENT}:
            return
        first = choices[0]
        every = [*total, *(c for part in parts for c in part)]
        finding = self._sum_finding(first, every)
        short = sum(map(_number, first[1:])) < _number(first[0])
        weak = short and not divided.formed
        yield replace(finding, severity=Severity.MINOR) if weak else finding

    def _sum_finding(self, choice: Sequence[Claim], claims: Sequence[Claim]) -> Discrepancy:
        whole, parts = choice[0], choice[1:]
        counts = [_number(c) for c in parts]
        said = " and ".join(
            f"{n} ({self.say.label(c)})" for n, c in zip(counts, parts, strict=True)
        )
        sums = f"{' + '.join(map(str, counts))} = {sum(counts)}"
        message = (
            f"{self.say.what(whole)}: {said} make {sum(counts)}, but {_number(whole)} is "
            f"printed for {self.say.who(whole)} ({places(claims)})."
        )
        sign = "<" if sum(counts) < _number(whole) else ">"
        return Discrepancy(
            "parts-do-not-add-up",
            Severity.MATERIAL,
            message,
            tuple(claims),
            f"{sums} {sign} {_number(whole)}",
            whole.measure.endpoint,
        )

    def _bounded(
        self, total: list[Claim], parts: list[list[Claim]], read: _Reader, kind: str
    ) -> Iterator[Discrepancy]:
        """Report an average only when no choice among repeated prints allows it."""
        used = [[c for c in claims if read(c) is not None] for claims in (total, *parts)]
        choices = [c for c in product(*used) if len({x.figure.unit for x in c}) == 1]
        if not choices:
            return
        judged = [(choice, *self._spans(choice, read)) for choice in choices]
        if any(averages(shares, span) is not Outcome.INCONSISTENT for _, span, shares in judged):
            return
        choice, span, shares = judged[0]
        claims = tuple(c for group in used for c in group)
        yield self._average_finding(kind, choice, (span, reach(shares)), shares, claims)

    def _spans(self, choice: Sequence[Claim], read: _Reader) -> tuple[Span, list[Share]]:
        spans = [read(claim) or Span(Decimal(0), Decimal(0)) for claim in choice]
        sizes = self._sizes(choice) if read is _percent else [None] * (len(choice) - 1)
        return spans[0], [Share(s, n) for s, n in zip(spans[1:], sizes, strict=True)]

    def _sizes(self, choice: Sequence[Claim]) -> list[int | None]:
        """Return the people in each part, or None where shares are no simple averages."""
        nothing: list[int | None] = [None] * (len(choice) - 1)
        if self.material.vocabulary.has_flag("endpoint", choice[0].measure.endpoint, "isEstimated"):
            return nothing  # read off curves: the parts bound the whole but do not average to it
        whole, *parts = [self._size(claim) for claim in choice]
        known = [size for size in parts if size]
        fits = len(known) == len(parts) and whole in (None, sum(known))
        return parts if fits else nothing

    def _size(self, claim: Claim) -> int | None:
        if claim.figure.denominator is not None:
            return claim.figure.denominator
        own = (claim.study, claim.measure.group)
        measures = [Measure(*own, name, FREQUENCY) for name in self.groups.sizing]
        sizes = {c.figure.numerator for m in measures for c in self.by_measure.get(m, [])}
        return next(iter(sizes)) if len(sizes) == 1 else None

    def _average_finding(
        self,
        kind: str,
        choice: Sequence[Claim],
        spans: tuple[Span, Span],
        shares: Sequence[Share],
        claims: tuple[Claim, ...],
    ) -> Discrepancy:
        whole, *parts = choice
        span, possible = spans
        said = " and ".join(f"{figure(c)} ({self.say.label(c)})" for c in parts)
        weighed = all(s.size for s in shares)
        how = "average to" if weighed else "reach from"
        message = (
            f"{self.say.what(whole)}: {figure(whole)} is printed for {self.say.who(whole)}, "
            f"but its parts are {said} ({places(claims)})."
        )
        gap = max(possible.low - span.high, span.low - possible.high)
        computation = f"{value(whole)} means {_short(span)}; the parts {how} {_short(possible)}" + (
            f", weighted by {' and '.join(str(s.size) for s in shares)}" if weighed else ""
        )
        limit = _MATERIAL_POINTS if kind.startswith("share") else span.high * _MATERIAL_RATIO
        severity = Severity.MATERIAL if gap >= limit else Severity.MINOR
        return Discrepancy(kind, severity, message, claims, computation, whole.measure.endpoint)

    def enumerated(self) -> Iterator[Discrepancy]:
        """Find totals that a print follows by their parts: "29 treated: 14 at … and 13 at …"."""
        blocks: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims:
            if count_of(claim) is not None:
                blocks[claim.block].append(claim)
        for parts in blocks.values():
            above = {self.groups.of(c).within for c in parts}
            if len(parts) < 2 or len(above) != 1:
                continue
            measure = replace(parts[0].measure, group=above.pop())
            totals = [c for c in self.by_measure.get(measure, []) if _is_listed(c, parts)]
            yield from self._added(totals, [[c] for c in parts], _LISTED)

    def nested(self) -> Iterator[Discrepancy]:
        """Find groups that count more people than a group they are within."""
        for measure, claims in list(self.by_measure.items()):
            counts = [c for c in claims if count_of(c) is not None]
            for above in self._above(counts[0]) if counts else ():
                wider = self._wider(measure, above)
                part = min(counts, key=_number)
                if wider and fits_in(_number(part), max(map(_number, wider))) is (
                    Outcome.INCONSISTENT
                ):
                    yield self._nested_finding(part, max(wider, key=_number), [*counts, *wider])
                    break

    def _above(self, claim: Claim) -> Iterator[str]:
        group: Group | None = self.groups.of(claim)
        while group and group.kind in _NESTED:
            group = self.groups.above(group)
            if group:
                yield group.id

    def _wider(self, measure: Measure, above: str) -> list[Claim]:
        """Return the same count for a wider group; for a number of people any of its sizes."""
        if measure.endpoint not in self.groups.sizing:
            claims = self.by_measure.get(replace(measure, group=above), [])
        else:
            own = [c for c in self.claims if c.measure.group == above]
            claims = [c for c in own if self.groups.is_size(c)]
        return [c for c in claims if count_of(c) is not None]

    def _nested_finding(self, part: Claim, whole: Claim, claims: Sequence[Claim]) -> Discrepancy:
        message = (
            f"{self.say.what(part)}: {_number(part)} is printed for {self.say.who(part)}, but "
            f"only {_number(whole)} for {self.say.who(whole)}, which it is part of "
            f"({places(claims)})."
        )
        computation = f"{_number(part)} > {_number(whole)}"
        endpoint = part.measure.endpoint
        kind = "part-above-whole"
        return Discrepancy(kind, Severity.MATERIAL, message, tuple(claims), computation, endpoint)


def _number(claim: Claim) -> int:
    return count_of(claim) or 0


def _sum_outcome(choice: Sequence[Claim], complete: bool) -> Outcome:
    whole, *parts = [_number(claim) for claim in choice]
    return adds_up(parts, whole, complete=complete)


def _one_base(choice: Sequence[Claim]) -> bool:
    """Say whether the denominators, where all are printed, are those of a whole and its parts."""
    bases = [claim.figure.denominator for claim in choice]
    whole, *parts = [base for base in bases if base is not None] or [0]
    return len(parts) + 1 < len(bases) or sum(parts) == whole


def _is_listed(total: Claim, parts: Sequence[Claim]) -> bool:
    """Say whether the print of the parts gives the total first, then ":" or "(", then them."""
    names = r"\b[^;.]*?\b".join(str(_number(part)) for part in parts)
    pattern = rf"\b{_number(total)}\b[^;.]*?[:(][^;.]*?\b{names}\b"
    same = total.section == parts[0].section and count_of(total) is not None
    return same and re.search(pattern, parts[0].printed) is not None


def _percent(claim: Claim) -> Span | None:
    """Return the share as printed, widened to what its count over its denominator gives."""
    found, spans = claim.figure, []
    if found.unit == "%" and (span := point_of(claim)) is not None:
        spans.append(span)
    if found.numerator is not None and found.denominator and not found.operator:
        exact = Decimal(100 * found.numerator) / found.denominator
        spans.append(Span(exact, exact))
    if not spans:
        return None
    return Span(min(s.low for s in spans), max(s.high for s in spans))


def _short(span: Span) -> str:
    return f"{round(span.low, 2):f} to {round(span.high, 2):f}"
