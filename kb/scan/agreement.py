"""One estimate printed in two places of a paper, with a digit that differs.

Two prints are of one estimate if two of its three figures, the estimate and its bounds, are the
same, no table has the one of the text, and not both stand elsewhere unchanged. That is likely, not
sure: another outcome may share two figures by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from itertools import combinations, product
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.rounding import last_digit, same_figure
from kb.scan.bounded import Estimate, all_estimates
from kb.scan.comparisons import agree
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict, two_prints
from kb.scan.p_fit import printed_p

KIND: Final = "same-estimate-printed-differently"
_Key = tuple[int, Decimal, Decimal]
_MOST: Final = 20
"""How many places that print the same figures are compared."""
_FEWEST_DIGITS: Final = 4
"""How many digits the two equal figures have at least, so that chance hardly makes them equal."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield estimates of the text that differ in one figure from a print in another place."""
    everything = list(all_estimates(context))
    alike = _Alike(everything)
    several = len({e.place for e in everything}) > 1
    reported: set[frozenset[tuple[Decimal, ...]]] = set()
    for i, one in enumerate(everything):
        if one.place.table or not several:
            continue
        context.checked[KIND] += 1
        others = alike.elsewhere(i)
        if finding := _other_p(i, one, others):
            yield finding
        if any(e.place.table and _differing(one, e) == 0 for _, e in others):
            continue
        for j, other in others:
            pair = frozenset((_figures(one), _figures(other)))
            is_first = other.place.table or j > i
            if not is_first or not _may_be_one(one, other) or pair in reported:
                continue
            if not (alike.has_partner(i) and alike.has_partner(j)):
                reported.add(pair)
                yield _finding(one, other)
                break


class _Alike:
    """Estimates by the figures that they share, so that few are compared."""

    def __init__(self, estimates: Sequence[Estimate]) -> None:
        self._estimates = estimates
        self._found: dict[_Key, list[int]] = {}
        for i, estimate in enumerate(estimates):
            for key in _keys(estimate):
                same = self._found.setdefault(key, [])
                if len(same) < _MOST:
                    same.append(i)

    def elsewhere(self, number: int) -> list[tuple[int, Estimate]]:
        """Return estimates of other places that share two figures with one, in order."""
        one = self._estimates[number]
        numbers = sorted({i for key in _keys(one) for i in self._found[key]})
        pairs = [(i, self._estimates[i]) for i in numbers]
        return [(i, e) for i, e in pairs if e.place != one.place]

    def has_partner(self, number: int) -> bool:
        """Whether another place prints the same: two estimates that both do are two quantities."""
        one = self._estimates[number]
        return any(_differing(one, e) == 0 for _, e in self.elsewhere(number))


def _keys(e: Estimate) -> set[_Key]:
    """Return every two of its figures, as printed and with up to two digits fewer."""
    rounded = [_rounded(value) for value in _figures(e)]
    return {
        (i, one, other)
        for i, (ones, others) in enumerate(combinations(rounded, 2))
        for one, other in product(ones, others)
    }


def _rounded(value: Decimal) -> set[Decimal]:
    own = int(value.as_tuple().exponent)
    units = [Decimal(1).scaleb(exponent) for exponent in range(own, own + 3) if exponent <= 0]
    ties = (ROUND_HALF_UP, ROUND_HALF_DOWN)
    return {value, *(value.quantize(unit, way) for unit in units for way in ties)}


def _may_be_one(one: Estimate, other: Estimate) -> bool:
    """Whether both print one estimate, with one figure that differs."""
    centres = {e.statistic.centre for e in (one, other)} - {None}
    return len(centres) < 2 and _differing(one, other) == 1 and _is_rare(one, other)


def _figures(e: Estimate) -> tuple[Decimal, Decimal, Decimal]:
    return e.in_unit_of_bounds, e.low.value, e.high.value


def _differing(one: Estimate, other: Estimate) -> int:
    """Return how many of the three figures differ at the precision of both."""
    return sum(not _agree(a, b) for a, b in zip(_figures(one), _figures(other), strict=True))


def _agree(one: Decimal, other: Decimal) -> bool:
    return same_figure(one, other) is not Outcome.INCONSISTENT


def _is_rare(one: Estimate, other: Estimate) -> bool:
    """Whether the equal figures have so many digits that they are hardly equal by chance.

    Those of the print with fewer digits count: 0.60 and 0.6 are equal in one.
    """
    pairs = zip(_figures(one), _figures(other), strict=True)
    equal = [(a, b) for a, b in pairs if _agree(a, b)]
    digits = (min(len(n.as_tuple().digits) for n in pair) for pair in equal)
    return sum(digits) >= _FEWEST_DIGITS


def _other_p(at: int, one: Estimate, others: Sequence[tuple[int, Estimate]]) -> ScanFinding | None:
    """Return an estimate that another place prints with another p-value, and none with its own."""
    if one.p is None:
        return None
    known = [(i, e, e.p) for i, e in others if e.p is not None]
    same = [(i, e, p) for i, e, p in known if _differing(one, e) == 0 and _is_rare(one, e)]
    # Of two sentences the first is reported.
    later = [(e, p) for i, e, p in same if e.place.table or i > at]
    if not later or any(agree(one.p, p) for _, _, p in same):
        return None
    other, p = later[0]
    texts = [f"{e.text} with p {printed_p(n)}" for e, n in ((one, one.p), (other, p))]
    message = two_prints(one.place, texts[0], other.place, texts[1])
    computed = f"p {printed_p(one.p)} against {printed_p(p)}"
    printed = (one.text, other.text)
    return ScanFinding(
        KIND, Verdict.DOUBTFUL, Severity.MATERIAL, one.place, printed, computed, message
    )


def _finding(one: Estimate, other: Estimate) -> ScanFinding:
    pairs = zip((one.main, one.low, one.high), (other.main, other.low, other.high), strict=True)
    figures = zip(pairs, _figures(one), _figures(other), strict=True)
    apart = [f"{a.text} against {b.text}" for (a, b), x, y in figures if not _agree(x, y)]
    computed = ", ".join(apart)
    message = two_prints(one.place, one.text, other.place, other.text)
    printed = (one.text, other.text)
    severity = Severity.ROUNDING if _is_last_digit(one, other) else Severity.MATERIAL
    return ScanFinding(KIND, Verdict.DOUBTFUL, severity, one.place, printed, computed, message)


def _is_last_digit(one: Estimate, other: Estimate) -> bool:
    """Whether no figure differs by more than one unit of the last digit of both."""
    pairs = zip(_figures(one), _figures(other), strict=True)
    return all(abs(a - b) <= max(last_digit(a), last_digit(b)) for a, b in pairs)
