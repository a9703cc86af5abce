"""Derived values: computed from printed figures, and never mixed with claims.

Proportions are fractions, from 0 to 1. Every derived value names its method and the claims that
it was computed from, as ``<study>#<claim id>``. Nothing is guessed: a percentage without its
counts, or with counts that do not fit it, has no derived value.

>>> low, high = exact_interval(0, 20)
>>> print(low, round(high, 4))
0.0 0.1684
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log, sqrt
from statistics import NormalDist
from typing import Final

from kb.checks.groups import FREQUENCY, PEOPLE, Groups, Size
from kb.checks.proportions import score_interval
from kb.checks.rounding import Rounding, rounding
from kb.checks.significance import LEVELS, RATIOS
from kb.model import Claim, Measure
from kb.util.grouping import group_by
from kb.util.special import special_functions

_LEVEL: Final = 0.95
"""The level of every derived interval."""
EXACT: Final = "exact (Clopper–Pearson) 95% interval of a proportion"
NEWCOMBE: Final = "Newcombe's hybrid score 95% interval of a difference of two proportions"
LOG_RATIO: Final = "logarithm of a printed ratio and of its bounds; standard error from their width"


@dataclass(frozen=True, slots=True)
class Derived:
    """A computed value with its interval, how it was computed and from which claims."""

    value: float
    low: float
    high: float
    method: str
    inputs: tuple[str, ...]
    standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """A number of people out of a larger one, and the claims that print the two numbers.

    ``group_size``: the denominator is the size of the group, printed elsewhere.
    """

    number: int
    of: int
    inputs: tuple[str, ...]
    group_size: bool = False

    @property
    def description(self) -> str:
        """The numbers in words."""
        whole = ", the reported size of the group" if self.group_size else ""
        return f"from {self.number} of {self.of}{whole}"


@dataclass(frozen=True, slots=True)
class Derivation:
    """A derived value, its kind (share, difference or log-ratio) and what it is a value of."""

    kind: str
    measure: Measure
    derived: Derived


def exact_interval(number: int, of: int) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) 95% interval of a proportion.

    Raises:
        ValueError: not ``0 <= number <= of``, or ``of`` is 0.
        UnavailableError: scipy is not installed.

    >>> [round(bound, 4) for bound in exact_interval(81, 263)]
    [0.2527, 0.3676]
    """
    if not 0 <= number <= of or of == 0:
        raise ValueError(f"{number} of {of} is not a proportion")
    betaincinv = special_functions().betaincinv
    tail = (1 - _LEVEL) / 2
    low = betaincinv(number, of - number + 1, tail) if number else 0
    high = betaincinv(number + 1, of - number, 1 - tail) if number < of else 1
    return float(low), float(high)


def difference_interval(one: tuple[int, int], two: tuple[int, int]) -> tuple[float, float]:
    """Return the 95% interval of one proportion minus another: Newcombe's method 10 of 1998.

    >>> [round(bound, 4) for bound in difference_interval((56, 70), (48, 80))]
    [0.0524, 0.3339]
    """
    (p, low_p, high_p), (q, low_q, high_q) = (
        (n / of, *score_interval(n, of)) for n, of in (one, two)
    )
    down = sqrt((p - low_p) ** 2 + (high_q - q) ** 2)
    up = sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return max(-1.0, p - q - down), min(1.0, p - q + up)


def counts(claims: Iterable[Claim], size: Size | None = None) -> Counts | None:
    """Return the count and denominator that prints of one measure agree on; None if they do not.

    The denominator is the printed one, else the size of the group. A category, or a part of the
    group, needs a printed percentage that confirms that size. Prints that contradict each other,
    or a percentage that does not fit its counts, give nothing.
    """
    prints = [claim for claim in claims if not claim.figure.operator]
    numbers = {c.figure.numerator: c for c in prints if c.figure.numerator is not None}
    wholes = {c.figure.denominator: c for c in prints if c.figure.denominator is not None}
    group_size = not wholes
    if size and group_size and _is_of_group(prints):
        wholes = {size.number: size.claim}
    if len(numbers) != 1 or len(wholes) != 1:
        return None
    (number, counted), (whole, sized) = *numbers.items(), *wholes.items()
    if not whole or number > whole or not all(_fits(claim, number, whole) for claim in prints):
        return None
    inputs = dict.fromkeys((name_of(counted), name_of(sized)))
    return Counts(number, whole, tuple(inputs), group_size)


def share(counted: Counts) -> Derived:
    """Return a proportion with its exact interval."""
    low, high = exact_interval(counted.number, counted.of)
    method = f"{EXACT}, {counted.description}"
    return Derived(counted.number / counted.of, low, high, method, counted.inputs)


def difference(one: Counts, two: Counts) -> Derived:
    """Return the first proportion minus the second, with Newcombe's interval."""
    low, high = difference_interval((one.number, one.of), (two.number, two.of))
    value = one.number / one.of - two.number / two.of
    method = f"{NEWCOMBE}, {one.description} and {two.description}"
    return Derived(value, low, high, method, tuple(dict.fromkeys((*one.inputs, *two.inputs))))


def log_ratio(claim: Claim) -> Derived | None:
    """Return the logarithm of a printed ratio, its bounds and its standard error.

    None when the ratio or a bound is not printed, is not positive, or covers an unknown part.
    """
    figure = claim.figure
    level = LEVELS.get(figure.bounds)
    ends = (figure.value, figure.low, figure.high)
    if claim.measure.statistic not in RATIOS or figure.operator or level is None:
        return None
    printed = [float(end) for end in ends if end is not None and end > 0]
    if len(printed) < 3 or not printed[1] < printed[2]:
        return None
    value, low, high = map(log, printed)
    error = standard_error(low, high, level)
    return Derived(value, low, high, LOG_RATIO, (name_of(claim),), error)


def derive(
    claims: Iterable[Claim], groups: Groups, estimated: Container[str] = ()
) -> Iterator[Derivation]:
    """Yield all that can be derived from claims: proportions, differences and log ratios.

    Proportions are derived for each source by itself, so that sources that disagree keep their
    own. Those of ``estimated`` endpoints are left out: survival at a landmark is an estimate that
    allows for censored patients, and counts give no interval for it. Of other endpoints, a
    percentage without a number of people gives none.
    """
    every = list(claims)
    proportions = (
        claim
        for claim in every
        if _is_proportion(claim)
        and claim.measure.endpoint not in estimated
        and not groups.is_size(claim)
    )
    counted: dict[tuple[str, Measure], Counts] = {}
    for (source, measure), prints in group_by(proportions, lambda c: (c.source, c.measure)).items():
        if found := counts(prints, groups.printed_size(groups.of(prints[0]), prints[0])):
            counted[source, measure] = found
            yield Derivation("share", measure, share(found))
    yield from _differences(every, counted)
    for claim in every:
        if ratio := log_ratio(claim):
            yield Derivation("log-ratio", claim.measure, ratio)


def _differences(
    claims: Sequence[Claim], counted: Mapping[tuple[str, Measure], Counts]
) -> Iterator[Derivation]:
    """Yield the differences of proportions that a source compares in words or by a p-value."""
    alike = group_by(counted, lambda key: (key[0], _without_groups(key[1]), key[1].group))
    compared = {
        (c.source, _without_groups(c.measure), c.measure.group, c.measure.comparator): c.measure
        for c in claims
        if c.measure.comparator
    }
    for (source, subject, group, comparator), measure in compared.items():
        first = alike.get((source, subject, group), [])
        second = alike.get((source, subject, comparator), [])
        if len(first) == len(second) == 1:
            value = difference(counted[first[0]], counted[second[0]])
            yield Derivation("difference", measure, value)


def _without_groups(measure: Measure) -> tuple[object, ...]:
    """Return what two measures share that differ at most in their groups and statistics."""
    m = measure
    return m.study, m.endpoint, m.category, m.time, m.regimen, m.population


def _is_proportion(claim: Claim) -> bool:
    measure = claim.measure
    counted = measure.statistic == FREQUENCY and claim.figure.unit in ("%", PEOPLE)
    return counted and not measure.comparator


def _is_of_group(prints: Sequence[Claim]) -> bool:
    """Tell whether a count is of the whole group: not of a part, unless a percentage shows it."""
    if any(c.figure.unit == "%" and c.figure.value is not None for c in prints):
        return True
    measures = (claim.measure for claim in prints)
    return not any(m.category or m.regimen or m.population for m in measures)


def _fits(claim: Claim, number: int, of: int) -> bool:
    """Tell whether a printed percentage is that of the counts, if need be with its digits cut off.

    A last digit that is cut off is an error in print, but leaves no doubt about the counts.
    """
    value = claim.figure.value
    if value is None or claim.figure.unit != "%":
        return True
    return rounding(Decimal(100 * number) / of, value) is not Rounding.WRONG


def name_of(claim: Claim) -> str:
    """Return the name of a claim that is unique in an evidence base: ``<study>#<claim id>``."""
    return f"{claim.study}#{claim.id}"


def standard_error(low: float, high: float, level: float) -> float:
    """Return the standard error of a normal estimate whose interval has these ends.

    >>> round(standard_error(0.55, 0.93, 0.95), 4)
    0.0969
    """
    return (high - low) / (2 * _z(level))


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
