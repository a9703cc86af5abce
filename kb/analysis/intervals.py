"""Derived values: what the software computes from printed figures, never mixed with claims.

Shares are fractions, from 0 to 1. Every derived value names its method and the claims that it
was computed from, as ``<study>#<claim id>``. Where prints do not allow a value, there is none:
nothing is guessed from a share without its counts, or from counts that do not fit their share.

>>> low, high = exact_interval(0, 20)
>>> print(low, round(high, 4))
0.0 0.1684
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log, sqrt
from statistics import NormalDist
from typing import Final

from kb.checks.rounding import Rounding, rounding
from kb.errors import UnavailableError
from kb.model import Claim, Measure

# Words of the ontology that are known by name here.
FREQUENCY: Final = "frequency"
RATIOS: Final = frozenset({"hazard-ratio", "odds-ratio", "risk-ratio"})
SIZE: Final = "SAMPLE_SIZE"
"""The endpoint under which a source prints how many people a group has."""
PEOPLE: Final = "patients"
"""The unit of a count of people."""
LEVELS: Final = {"ci95": 0.95, "ci97.5": 0.975}
"""How much each kind of printed interval covers."""

EXACT: Final = "exact (Clopper–Pearson) 95% interval of a share"
NEWCOMBE: Final = "Newcombe's hybrid score 95% interval of a difference of two shares"
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
    """How many of how many people, and the claims that print the two numbers."""

    number: int
    of: int
    inputs: tuple[str, ...]
    group_size: bool = False

    @property
    def said(self) -> str:
        """Say which numbers these are, and that the whole is the group's size where it is."""
        whole = ", the printed size of the group" if self.group_size else ""
        return f"from {self.number} of {self.of}{whole}"


@dataclass(frozen=True, slots=True)
class Derivation:
    """A derived value, its kind (share, difference or log-ratio) and what it is a value of."""

    kind: str
    measure: Measure
    derived: Derived


def exact_interval(number: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) interval of a share.

    Raises:
        ValueError: not ``0 <= number <= of``, or no people at all.
        UnavailableError: scipy is not installed.

    >>> [round(bound, 4) for bound in exact_interval(81, 263)]
    [0.2527, 0.3676]
    """
    if not 0 <= number <= of or of == 0:
        raise ValueError(f"{number} of {of} is no share")
    try:
        from scipy.special import betaincinv
    except ImportError as error:
        needed = "intervals need scipy: pip install 'kb-evidence[statistics]'"
        raise UnavailableError(needed) from error
    tail = (1 - level) / 2
    low = betaincinv(number, of - number + 1, tail) if number else 0
    high = betaincinv(number + 1, of - number, 1 - tail) if number < of else 1
    return float(low), float(high)


def score_interval(number: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share, of which a difference's interval is made.

    >>> [round(bound, 4) for bound in score_interval(81, 263)]
    [0.2553, 0.3662]
    """
    z, p = _z(level), number / of
    middle = 2 * number + z * z
    spread = z * sqrt(z * z + 4 * number * (1 - p))
    low, high = ((middle + side * spread) / (2 * (of + z * z)) for side in (-1, 1))
    return max(0.0, low), min(1.0, high)


def difference_interval(one: tuple[int, int], two: tuple[int, int]) -> tuple[float, float]:
    """Return the 95% interval of one share minus another: Newcombe's method 10 of 1998.

    >>> [round(bound, 4) for bound in difference_interval((56, 70), (48, 80))]
    [0.0524, 0.3339]
    """
    (p, low_p, high_p), (q, low_q, high_q) = (
        (n / of, *score_interval(n, of)) for n, of in (one, two)
    )
    down = sqrt((p - low_p) ** 2 + (high_q - q) ** 2)
    up = sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return max(-1.0, p - q - down), min(1.0, p - q + up)


def counts(claims: Iterable[Claim], sizes: Iterable[Claim] = ()) -> Counts | None:
    """Return how many of how many, as prints of one measure say it; None when they do not.

    The whole is the printed denominator, else the one size that ``sizes`` print for the group:
    for a category, or what is about some of the group only, when a printed share confirms it.
    Prints that contradict each other, or a share that does not fit its counts, give nothing.
    """
    prints = [claim for claim in claims if not claim.figure.operator]
    numbers = {c.figure.numerator: c for c in prints if c.figure.numerator is not None}
    wholes = {c.figure.denominator: c for c in prints if c.figure.denominator is not None}
    printed_whole = bool(wholes)
    if not printed_whole and _is_of_group(prints):
        wholes = {c.figure.numerator: c for c in sizes if c.figure.numerator is not None}
    if len(numbers) != 1 or len(wholes) != 1:
        return None
    (number, counted), (whole, sized) = *numbers.items(), *wholes.items()
    if not whole or number > whole:
        return None
    if not all(_fits(claim, number, whole) for claim in prints):
        return None
    inputs = dict.fromkeys((_name(counted), _name(sized)))
    return Counts(number, whole, tuple(inputs), not printed_whole)


def share(claims: Iterable[Claim], sizes: Iterable[Claim] = ()) -> Derived | None:
    """Return the share that prints of one measure count, with its exact interval."""
    found = counts(claims, sizes)
    if found is None:
        return None
    low, high = exact_interval(found.number, found.of)
    return Derived(
        found.number / found.of, low, high, f"{EXACT}, {found.said}", tuple(found.inputs)
    )


def difference(one: Counts, two: Counts) -> Derived:
    """Return the first share minus the second, with Newcombe's interval."""
    low, high = difference_interval((one.number, one.of), (two.number, two.of))
    return Derived(
        one.number / one.of - two.number / two.of,
        low,
        high,
        f"{NEWCOMBE}, {one.said} and {two.said}",
        tuple(dict.fromkeys((*one.inputs, *two.inputs))),
    )


def log_ratio(claim: Claim) -> Derived | None:
    """Return the logarithm of a printed ratio, its bounds and its standard error.

    None when the ratio or a bound is not printed, is not positive, or covers an unknown part.
    """
    found = claim.figure
    level = LEVELS.get(found.bounds)
    ends = (found.value, found.low, found.high)
    if claim.measure.statistic not in RATIOS or found.operator or level is None:
        return None
    printed = [float(end) for end in ends if end is not None and end > 0]
    if len(printed) < 3 or not printed[1] < printed[2]:
        return None
    value, low, high = map(log, printed)
    error = (high - low) / (2 * _z(level))
    return Derived(value, low, high, LOG_RATIO, (_name(claim),), error)


def sizes_of(claims: Iterable[Claim], source: str = "") -> list[Claim]:
    """Choose the claims that say how large a group is: of one source where it prints it.

    Where another source's print has to serve, only sizes on which all sources agree do.
    """
    known = [claim for claim in claims if _is_size(claim)]
    own = [claim for claim in known if claim.source == source]
    chosen = own or known
    return chosen if len({claim.figure.numerator for claim in chosen}) == 1 else []


def derive(claims: Iterable[Claim], estimated: Container[str] = ()) -> Iterator[Derivation]:
    """Yield all that can be derived from claims: shares, differences and logarithms of ratios.

    Shares are derived for each source by itself, so that sources which disagree keep their own.
    Those of ``estimated`` endpoints are left out: a share alive at a time is an estimate that
    allows for people lost before, and counts give no interval for it.
    """
    every = list(claims)
    sizes = _by_group(filter(_is_size, every))
    found: dict[tuple[str, Measure], Counts] = {}
    by_source = _by_source(claim for claim in every if claim.measure.endpoint not in estimated)
    for (source, measure), prints in by_source.items():
        group = sizes.get((measure.study, measure.group), ())
        counted = counts(prints, sizes_of(group, source))
        if counted is not None:
            found[source, measure] = counted
            derived = share(prints, sizes_of(group, source))
            if derived is not None:
                yield Derivation("share", measure, derived)
    yield from _differences(every, found)
    for claim in every:
        if (ratio := log_ratio(claim)) is not None:
            yield Derivation("log-ratio", claim.measure, ratio)


def _differences(
    claims: Sequence[Claim], found: dict[tuple[str, Measure], Counts]
) -> Iterator[Derivation]:
    """Yield the differences of shares that a source compares in words or by a p-value."""
    compared = {_pair(claim): claim.measure for claim in claims if claim.measure.comparator}
    for (source, *_), measure in compared.items():
        of, versus = (
            [
                (m, counted)
                for (by, m), counted in found.items()
                if by == source
                and (m.study, m.group) == (measure.study, group)
                and _same(m, measure)
            ]
            for group in (measure.group, measure.comparator)
        )
        if len(of) == len(versus) == 1:
            yield Derivation("difference", measure, difference(of[0][1], versus[0][1]))


def _pair(claim: Claim) -> tuple[str, ...]:
    m = claim.measure
    parts = (m.study, m.group, m.comparator, m.endpoint, m.category, str(m.time))
    return (claim.source, *parts, m.regimen, m.population)


def _same(one: Measure, two: Measure) -> bool:
    """Say whether two measures differ at most in their groups and statistics."""
    names = ("endpoint", "category", "time", "regimen", "population")
    return all(getattr(one, name) == getattr(two, name) for name in names)


def _by_group(claims: Iterable[Claim]) -> dict[tuple[str, str], list[Claim]]:
    found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.study, claim.measure.group].append(claim)
    return found


def _by_source(claims: Iterable[Claim]) -> dict[tuple[str, Measure], list[Claim]]:
    found: dict[tuple[str, Measure], list[Claim]] = defaultdict(list)
    for claim in claims:
        measure = claim.measure
        is_share = measure.statistic == FREQUENCY and claim.figure.unit in ("%", PEOPLE)
        if is_share and measure.endpoint != SIZE and not measure.comparator:
            found[claim.source, measure].append(claim)
    return found


def _is_size(claim: Claim) -> bool:
    measure, figure = claim.measure, claim.figure
    plain = not (measure.category or measure.comparator or measure.regimen or measure.population)
    counted = figure.numerator is not None and figure.unit == PEOPLE and not figure.operator
    return measure.endpoint == SIZE and plain and not str(measure.time) and counted


def _is_of_group(prints: Sequence[Claim]) -> bool:
    """Say whether a count is of the whole group: not of a part, unless a share shows it."""
    parts = (c.measure.category or c.measure.regimen or c.measure.population for c in prints)
    return any(c.figure.unit == "%" and c.figure.value is not None for c in prints) or not any(
        parts
    )


def _fits(claim: Claim, number: int, of: int) -> bool:
    """Tell whether a printed percentage is that of the counts, if need be with its digits cut off.

    A last digit that is cut off is an error in print, but leaves no doubt about the counts.
    """
    value = claim.figure.value
    if value is None or claim.figure.unit != "%":
        return True
    return rounding(Decimal(100 * number) / of, value) is not Rounding.WRONG


def _name(claim: Claim) -> str:
    return f"{claim.study}#{claim.id}"


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
