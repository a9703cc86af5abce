"""Wholes and parts: groups that do not add up to their total, or average to something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product
from typing import Final

from kb.checks.context import CheckContext, results_by_source
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.event_kinds import above_total
from kb.checks.groups import FREQUENCY, count_of, point_of
from kb.checks.order import STAGES, stage
from kb.checks.partitions import Division, with_implied_counts
from kb.checks.rounding import Span
from kb.checks.wording import figure_text, places, value_text
from kb.model import WHOLE, Claim, Group, Measure
from kb.util.grouping import group_by

_Reader = Callable[[Claim], Span | None]
_AVERAGES: Final = frozenset({"median", "mean"})
_MATERIAL_POINTS: Final = Decimal(2)
_MATERIAL_RATIO: Final = Decimal("0.05")
_LISTED: Final = Division("", "", (), complete=True, formed=True)
"""Parts that a print lists by numbers of their own."""
_NESTED: Final = frozenset({"arm", "subgroup"})
"""Kinds of groups that are certainly some of the people they are within."""


@dataclass(frozen=True, slots=True)
class Share:
    """The percentage of one part at printed precision, and how many people the part has."""

    span: Span
    size: int | None = None


def adds_up(parts: Sequence[int], whole: int, *, complete: bool = True) -> Outcome:
    """Judge counts of parts against the count of their whole.

    Parts that need not cover the whole (``complete=False``) may fall short, never exceed it.

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
    """Judge the percentage (or the median) of a whole against those of all its parts.

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


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield a discrepancy for each whole that its parts contradict, source by source."""
    for study, claims in context.by_study.items():
        for results in results_by_source(claims):
            printed = {claim.id: claim for claim in results}
            counted = with_implied_counts(results, context.groups.size_endpoints)
            table = _Table(context, counted)
            for one in table.discrepancies(context.divisions.get(study, [])):
                yield replace(one, claims=tuple(printed[claim.id] for claim in one.claims))
            yield from above_total(context, results)


class _Table:
    """What one source prints about the groups of one study."""

    def __init__(self, context: CheckContext, claims: list[Claim]) -> None:
        self.context, self.describe, self.claims = context, context.describe, claims
        self.by_measure = group_by(claims, lambda claim: claim.measure)

    def discrepancies(self, divisions: Sequence[Division]) -> Iterator[Discrepancy]:
        """Yield what does not fit, of declared divisions, of lists and of nested groups."""
        for division in divisions:
            for measure in [m for m in self.by_measure if m.group == division.whole]:
                parts = [self.by_measure.get(replace(measure, group=p), []) for p in division.parts]
                if all(parts):
                    yield from self._compared(self.by_measure[measure], parts, division)
        yield from self._two_divisions(divisions)
        yield from self._enumerated()
        yield from self._nested()

    def _two_divisions(self, divisions: Sequence[Division]) -> Iterator[Discrepancy]:
        """Find two complete divisions of one whole whose parts allow no common figure of it."""
        complete = [division for division in divisions if division.complete]
        for one, other in combinations(complete, 2):
            if one.whole != other.whole:
                continue
            for measure in [m for m in self.by_measure if m.group == one.parts[0]]:
                if replace(measure, group=one.whole) in self.by_measure:
                    continue  # either division is compared with the figure of the whole
                yield from self._apart(measure, one, other)

    def _apart(self, measure: Measure, one: Division, other: Division) -> Iterator[Discrepancy]:
        read = _percent if measure.statistic == FREQUENCY else point_of
        if measure.statistic not in {FREQUENCY, *_AVERAGES}:
            return
        sides = []
        for division in (one, other):
            claims = [self.by_measure.get(replace(measure, group=p), []) for p in division.parts]
            spans = [[s for c in same if (s := read(c)) is not None] for same in claims]
            if not all(spans):
                return
            shares = [Share(Span(min(s.low for s in x), max(s.high for s in x))) for x in spans]
            sides.append((reach(shares), [c for same in claims for c in same]))
        (first, ours), (second, theirs) = sides
        if first.overlaps(second) or len({c.figure.unit for c in (*ours, *theirs)}) > 1:
            return
        terms = [
            " and ".join(f"{figure_text(c)} ({self.describe.group_label(c)})" for c in side)
            for side in (ours, theirs)
        ]
        message = (
            f"{self.describe.endpoint_of(ours[0])}: {terms[0]} and {terms[1]} cannot both be of "
            f"{self.describe.group(ours[0].study, one.whole)} ({places((*ours, *theirs))})."
        )
        computation = f"{_short(first)} by one division, {_short(second)} by the other"
        yield Discrepancy.of_endpoint(
            "divisions-disagree", Severity.MATERIAL, message, [*ours, *theirs], computation
        )

    def _compared(
        self, total: list[Claim], parts: list[list[Claim]], division: Division
    ) -> Iterator[Discrepancy]:
        statistic = total[0].measure.statistic
        if statistic in _AVERAGES:
            yield from self._bounded(total, parts, point_of, "median-outside-parts")
        if statistic != FREQUENCY:
            return
        counted, totals = [_counted(part) for part in parts], _counted(total)
        if totals and all(counted):
            yield from self._added(totals, counted, division)
        else:
            yield from self._bounded(total, parts, _percent, "share-outside-parts")

    def _added(
        self, total: list[Claim], parts: list[list[Claim]], division: Division
    ) -> Iterator[Discrepancy]:
        """Report counts only if no choice among repeated figures adds up."""
        choices = [choice for choice in product(total, *parts) if _one_base(choice)]
        outcomes = {
            adds_up([*map(_number, c[1:])], _number(c[0]), complete=division.complete)
            for c in choices
        }
        if outcomes != {Outcome.INCONSISTENT}:
            return
        whole, *chosen = choices[0]
        counts, claims = [_number(c) for c in chosen], [*total, *(c for p in parts for c in p)]
        terms = " and ".join(f"{_number(c)} ({self.describe.group_label(c)})" for c in chosen)
        message = (
            f"{self.describe.endpoint_of(whole)}: {terms} add up to {sum(counts)}, but "
            f"{_number(whole)} is printed for {self.describe.group_of(whole)} ({places(claims)})."
        )
        short = sum(counts) < _number(whole)
        computation = " ".join(
            (" + ".join(map(str, counts)), "=", str(sum(counts)), "<" if short else ">")
        )
        severity = Severity.MINOR if short and not division.formed else Severity.MATERIAL
        yield Discrepancy.of_endpoint(
            "parts-do-not-add-up", severity, message, claims, f"{computation} {_number(whole)}"
        )

    def _bounded(
        self, total: list[Claim], parts: list[list[Claim]], read: _Reader, kind: str
    ) -> Iterator[Discrepancy]:
        """Report an average only if no choice among repeated figures allows it."""
        used = [[c for c in claims if read(c) is not None] for claims in (total, *parts)]
        choices = [c for c in product(*used) if len({x.figure.unit for x in c}) == 1]
        judged = [(choice, *self._spans(choice, read)) for choice in choices]
        if not judged or any(
            averages(shares, span) is not Outcome.INCONSISTENT for _, span, shares in judged
        ):
            return
        (whole, *chosen), span, shares = judged[0]
        claims, possible = [c for group in used for c in group], reach(shares)
        terms = " and ".join(f"{figure_text(c)} ({self.describe.group_label(c)})" for c in chosen)
        message = (
            f"{self.describe.endpoint_of(whole)}: {figure_text(whole)} is printed for "
            f"{self.describe.group_of(whole)}, but its parts are {terms} ({places(claims)})."
        )
        gap = max(possible.low - span.high, span.low - possible.high)
        limit = _MATERIAL_POINTS if read is _percent else span.high * _MATERIAL_RATIO
        severity = Severity.MATERIAL if gap >= limit else Severity.MINOR
        yield Discrepancy.of_endpoint(
            kind, severity, message, claims, _average(value_text(whole), span, shares)
        )

    def _spans(self, choice: Sequence[Claim], read: _Reader) -> tuple[Span, list[Share]]:
        spans = [read(claim) or Span(Decimal(0), Decimal(0)) for claim in choice]
        sizes = self._sizes(choice) if read is _percent else [None] * (len(choice) - 1)
        return spans[0], [Share(s, n) for s, n in zip(spans[1:], sizes, strict=True)]

    def _sizes(self, choice: Sequence[Claim]) -> list[int | None]:
        """Return the people in each part, or None where the whole is not their average.

        Percentages read off curves allow for people lost before: those of the parts bound that
        of the whole, but do not average to it.
        """
        whole, *parts = [self._size(claim) for claim in choice]
        known = [size for size in parts if size]
        fits = len(known) == len(parts) and whole in (None, sum(known))
        estimated = self.context.endpoint_says(choice[0], "isEstimated")
        return parts if fits and not estimated else [None] * len(parts)

    def _size(self, claim: Claim) -> int | None:
        if claim.figure.denominator is not None:
            return claim.figure.denominator
        own = (claim.study, claim.measure.group)
        measures = [Measure(*own, name, FREQUENCY) for name in self.context.groups.size_endpoints]
        sizes = {c.figure.numerator for m in measures for c in self.by_measure.get(m, [])}
        return next(iter(sizes)) if len(sizes) == 1 else None

    def _enumerated(self) -> Iterator[Discrepancy]:
        """Find totals that a print follows by their parts: "29 treated: 14 at … and 13 at …"."""
        for parts in group_by(_counted(self.claims), lambda claim: claim.block).values():
            within = {self.context.groups.of(c).within for c in parts}
            if len(parts) < 2 or len(within) != 1:
                continue
            measure = replace(parts[0].measure, group=within.pop())
            totals = [c for c in self.by_measure.get(measure, []) if _is_listed(c, parts)]
            yield from self._added(totals, [[c] for c in parts], _LISTED)

    def _nested(self) -> Iterator[Discrepancy]:
        """Find groups that count more people than a group they are within."""
        for measure, claims in self.by_measure.items():
            counts = _counted(claims)
            for parent in self._parents(counts[0]) if counts else ():
                wider = self._wider(measure, parent, counts[0].source)
                part = min(counts, key=_number)
                whole = max(wider, key=_number, default=part)
                if _number(part) > _number(whole):
                    yield self._part_above_whole(part, whole, [*counts, *wider])
                    break

    def _parents(self, claim: Claim) -> Iterator[Group]:
        group = self.context.groups.of(claim)
        while self._is_within(group) and (parent := self.context.groups.parent(group)):
            yield parent
            group = parent

    def _is_within(self, group: Group) -> bool:
        """Whether all people of a group surely belong to the one it is recorded within.

        Directly within the whole study stand external comparators, and the larger numbers from
        which patients were drawn, too.
        """
        if group.kind in _NESTED or group.within != WHOLE or group.who_endpoint:
            return True
        late = (stage(group.id) or 0) >= len(STAGES) - 2
        return late or (group.study, group.id) in self.context.declared_parts

    def _wider(self, measure: Measure, group: Group, source: str) -> list[Claim]:
        """Return the same count for a wider group; for a number of people any of its sizes."""
        groups = self.context.groups
        if measure.endpoint not in groups.size_endpoints:
            return _counted(self.by_measure.get(replace(measure, group=group.id), []))
        own = (c for c in self.claims if c.measure.group == group.id and groups.is_size(c))
        size = groups.size(group, source)
        return _counted(own) or ([size.claim] if size else [])

    def _part_above_whole(self, part: Claim, whole: Claim, claims: Sequence[Claim]) -> Discrepancy:
        describe = self.describe
        message = (
            f"{describe.endpoint_of(part)}: {_number(part)} is printed for "
            f"{describe.group_of(part)}, but only {_number(whole)} for "
            f"{describe.group_of(whole)}, which it is part of ({places(claims)})."
        )
        computation = f"{_number(part)} > {_number(whole)}"
        kind = "part-above-whole"
        return Discrepancy.of_endpoint(kind, Severity.MATERIAL, message, claims, computation)


def _counted(claims: Iterable[Claim]) -> list[Claim]:
    return [claim for claim in claims if count_of(claim) is not None]


def _number(claim: Claim) -> int:
    return count_of(claim) or 0


def _one_base(choice: Sequence[Claim]) -> bool:
    """Tell whether the denominators, where all are printed, are those of a whole and its parts."""
    bases = [claim.figure.denominator for claim in choice]
    whole, *parts = [base for base in bases if base is not None] or [0]
    return len(parts) + 1 < len(bases) or sum(parts) == whole


def _is_listed(total: Claim, parts: Sequence[Claim]) -> bool:
    """Tell whether the print of the parts gives the total first, then ":" or "(", then them."""
    names = r"\b[^;.]*?\b".join(str(_number(part)) for part in parts)
    pattern = rf"\b{_number(total)}\b[^;.]*?[:(][^;.]*?\b{names}\b"
    same = total.section == parts[0].section and count_of(total) is not None
    return same and re.search(pattern, parts[0].wording) is not None


def _percent(claim: Claim) -> Span | None:
    """Return the percentage as printed, widened to what its count over its denominator gives."""
    figure, spans = claim.figure, []
    if figure.unit == "%" and (span := point_of(claim)) is not None:
        spans.append(span)
    if figure.numerator is not None and figure.denominator and not figure.operator:
        exact = Decimal(100 * figure.numerator) / figure.denominator
        spans.append(Span(exact, exact))
    if not spans:
        return None
    return Span(min(s.low for s in spans), max(s.high for s in spans))


def _average(printed: str, span: Span, shares: Sequence[Share]) -> str:
    sizes = [str(share.size) for share in shares if share.size]
    weighted = len(sizes) == len(shares)
    how = "average to" if weighted else "reach from"
    weights = f", weighted by {' and '.join(sizes)}" if weighted else ""
    return f"{printed} means {_short(span)}; the parts {how} {_short(reach(shares))}{weights}"


def _short(span: Span) -> str:
    return f"{round(span.low, 2):f} to {round(span.high, 2):f}"
