"""Statistics: ratios with their bounds and p-values, words against p, words against figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from math import sqrt
from typing import Final

from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import (
    ALPHA,
    HIGHER,
    LOWER,
    Interval,
    direction,
    middle,
    p_of_counts,
    p_of_interval,
    p_values,
    sides,
    word_and_p,
)
from kb.checks.wording import Saying, figure, p_value, places
from kb.model import Claim, Figure

# Words of the ontology that these checks know by name.
RATIOS: Final = frozenset({"hazard-ratio", "odds-ratio", "risk-ratio"})
LEVELS: Final = {"ci95": 0.95, "ci97.5": 0.975}
PRAISE: Final = frozenset({"better", "worse"})
NEUTRAL: Final = frozenset({"not-significant", "trend"})
SENSES: Final = {"higher": 1, "lower": -1}
COMPARABLE_UNITS: Final = frozenset({"days", "weeks", "months", "years", "%"})

Pairs = list[tuple[Claim, Claim]]


def find(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield what does not fit in the comparisons of the evidence."""
    say = Saying(material)
    for claims in material.by_study.values():
        for claim in claims:
            yield from _of_interval(claim, say)
        for told in _comparisons(claims):
            yield from _of_words(told, say)
            yield from _of_ratio_words(told, say, material)
            for claim in told:
                yield from _of_direction(claim, claims, say, material)
                yield from _of_counts(claim, claims, say)


def _pair(claim: Claim, say: Saying) -> str:
    return f"In {say.studies[claim.study]}, {say.subject(claim)}"


def _p_span(claim: Claim) -> Span | None:
    """Return what the printed p may stand for; "ns" is anything from 0.05."""
    result = claim.result
    if result.p_value is not None:
        return possible_values(result.p_value, result.p_operator.replace("=", ""))
    return Span(ALPHA, Decimal(1)) if result.p_printed else None


def _stated(claim: Claim) -> Span | None:
    """Return the p printed with a claim, else the range that its word stands for."""
    words = {"significant": Span(Decimal(0), ALPHA), "not-significant": Span(ALPHA, Decimal(1))}
    return _p_span(claim) or words.get(claim.result.significance)


def _of_interval(claim: Claim, say: Saying) -> Iterator[Discrepancy]:
    found = claim.figure
    if claim.statistic not in RATIOS or found.low is None or found.high is None:
        return
    interval = Interval(found.low, found.high)
    if found.value is not None and not found.operator and found.bounds:
        yield from _off_middle(claim, found.value, interval, say)
    level, p = LEVELS.get(found.bounds), _stated(claim)
    if level is None or p is None or interval.logs is None:
        return
    shown = f"{found.value} ({found.low} to {found.high})"
    told = p_value(claim)
    if sides(interval, level, p) is Outcome.INCONSISTENT:
        message = f"{_pair(claim, say)} is printed as {shown} with {told}: one significant, one not"
        yield _finding("bounds-against-p", Severity.MATERIAL, message, (claim,), shown, told)
    elif _is_other_p(claim, interval, level):
        message = (
            f"{_pair(claim, say)} is printed as {shown} with {told}, which do not fit together"
        )
        yield _finding("p-of-bounds", Severity.MINOR, message, (claim,), shown, told)


def _is_other_p(claim: Claim, interval: Interval, level: float) -> bool:
    value, p = claim.figure.value, _p_span(claim)
    if value is None or p is None:
        return False
    return p_of_interval(value, interval, level, p) is Outcome.INCONSISTENT


def _off_middle(
    claim: Claim, value: Decimal, interval: Interval, say: Saying
) -> Iterator[Discrepancy]:
    inside = interval.low <= value <= interval.high
    if not inside or middle(value, interval) is not Outcome.INCONSISTENT:
        return  # an estimate outside its bounds is a matter of order
    centre = sqrt(float(interval.low * interval.high))
    severity = Severity.MINOR if (centre < 1) == (value < 1) else Severity.MATERIAL
    message = f"{_pair(claim, say)}: the ratio {value} is not in the middle of its bounds"
    shown = f"√({interval.low} × {interval.high}) = {centre:.3f}"
    yield _finding("ratio-off-middle", severity, message, (claim,), shown, f"{value}")


def _comparisons(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Bring together what one source says of one comparison, whichever group comes first."""
    told: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        m = claim.measure
        if m.comparator:
            groups = frozenset({m.group, m.comparator})
            told[claim.source, m.endpoint, m.category, m.time, groups].append(claim)
    yield from told.values()


def _of_words(told: Sequence[Claim], say: Saying) -> Iterator[Discrepancy]:
    """Compare words with the p of the same print, else with every p the source gives."""
    with_p = [c for c in told if c.result.p_printed]
    for claim in told:
        near = [claim] if claim.result.p_printed else with_p
        spans = [span for c in near if (span := _p_span(c)) is not None]
        if not spans:
            continue
        shown = ", ".join(map(p_value, near))
        claims = tuple({c.id: c for c in (claim, *near)}.values())
        word = claim.result.significance
        if all(word_and_p(word, p) is Outcome.INCONSISTENT for p in spans):
            message = f"{_pair(claim, say)} is called {word.replace('-', ' ')}, with {shown}"
            yield _finding("word-against-p", Severity.MATERIAL, message, claims, shown)
        elif _is_praised(claim) and all(p.low >= ALPHA for p in spans):
            called = f"is called {claim.result.direction}, although {shown} is not significant"
            message = f"{_pair(claim, say)} {called}"
            yield _finding("benefit-not-significant", Severity.MATERIAL, message, claims, shown)


def _is_praised(claim: Claim) -> bool:
    result = claim.result
    return result.direction in PRAISE and result.significance not in NEUTRAL


def _of_ratio_words(
    told: Sequence[Claim], say: Saying, material: CheckContext
) -> Iterator[Discrepancy]:
    """A hazard ratio of survival above 1 is worse for the group that is named first."""
    for claim in told:
        value, finding = claim.figure.value, claim.result.direction
        if value is None or claim.statistic != "hazard-ratio" or _sense(claim, material) != 1:
            continue
        span = possible_values(value, claim.figure.operator)
        wrong = {"better": span.low > 1, "longer": span.low > 1}
        wrong |= {"worse": span.high < 1, "shorter": span.high < 1}
        if wrong.get(finding):
            message = f"{_pair(claim, say)} is called {finding}, with a hazard ratio of {value}"
            yield _finding("ratio-against-word", Severity.MATERIAL, message, (claim,))


def _sense(claim: Claim, material: CheckContext) -> int:
    """Return 1 where more of an endpoint is better, -1 where it is worse, 0 where unknown."""
    if claim.measure.category:
        return 0
    better = material.vocabulary.inherited("endpoint", claim.measure.endpoint, "betterWhen")
    return SENSES.get(better, 0)


def _of_direction(
    claim: Claim, claims: Sequence[Claim], say: Saying, material: CheckContext
) -> Iterator[Discrepancy]:
    word = claim.result.direction
    if word in PRAISE:
        up = {"better": 1, "worse": -1}[word] * _sense(claim, material)
        said = {1: "higher", -1: "lower"}.get(up, "")
    else:
        said = "" if claim.statistic == "hazard-ratio" and word in HIGHER | LOWER else word
    pairs = _nearest(claim, claims, _is_comparable) if said else []
    judged = [direction(said, _span(a), _span(b)) for a, b in pairs]
    if pairs and all(outcome is Outcome.INCONSISTENT for outcome in judged):
        a, b = pairs[0]
        shown = f"{figure(a)} against {figure(b)}"
        message = f"{_pair(claim, say)} is called {word.replace('-', ' ')}, but printed as {shown}"
        found = tuple({c.id: c for c in (claim, a, b)}.values())
        yield _finding("direction-against-values", Severity.MATERIAL, message, found, shown)


def _nearest(claim: Claim, claims: Sequence[Claim], fits: Callable[[Claim, Claim], bool]) -> Pairs:
    """Return the figures of both groups from the same block, else section, else source."""
    m = claim.measure
    about = [c for c in claims if c.source == claim.source and _same_matter(c, claim)]
    for part in ("block", "section", "source"):
        here = [c for c in about if getattr(c, part) == getattr(claim, part)]
        first = [c for c in here if c.measure.group == m.group]
        second = [c for c in here if c.measure.group == m.comparator]
        pairs = [(a, b) for a in first for b in second if a.section == b.section and fits(a, b)]
        if pairs:
            return pairs
    return []


def _same_matter(one: Claim, other: Claim) -> bool:
    a, b = one.measure, other.measure
    same = (a.endpoint, a.category, a.time) == (b.endpoint, b.category, b.time)
    return same and not a.comparator and one.kind == "result"


def _is_comparable(a: Claim, b: Claim) -> bool:
    """Counts of groups of different size say nothing of a direction: only shares and times."""
    one, other = a.figure, b.figure
    figures = one.value is not None and other.value is not None and one.unit == other.unit
    return figures and a.statistic == b.statistic and one.unit in COMPARABLE_UNITS


def _span(claim: Claim) -> Span:
    value = claim.figure.value
    return possible_values(value if value is not None else Decimal(0), claim.figure.operator)


def _of_counts(claim: Claim, claims: Sequence[Claim], say: Saying) -> Iterator[Discrepancy]:
    p = _stated(claim)
    pairs = _nearest(claim, claims, _has_counts) if p is not None else []
    if p is None or len(pairs) != 1:
        return
    first, second = (_counts(c.figure) for c in pairs[0])
    if p_of_counts(first, second, p) is Outcome.INCONSISTENT:
        found = ", ".join(f"{name} {value:.2g}" for name, value in p_values(first, second).items())
        counts = f"{first[0]}/{first[1]} against {second[0]}/{second[1]}"
        shown = f"{counts}: {found}; printed {p_value(claim)}"
        message = f"{_pair(claim, say)} is {counts}, and no usual test gives {p_value(claim)}"
        severity = Severity.MATERIAL if _crosses(p, p_values(first, second)) else Severity.MINOR
        yield _finding("p-of-counts", severity, message, (claim, *pairs[0]), shown)


def _has_counts(a: Claim, b: Claim) -> bool:
    return all(c.figure.numerator is not None and c.figure.denominator for c in (a, b))


def _counts(figure: Figure) -> tuple[int, int]:
    return figure.numerator or 0, figure.denominator or 0


def _crosses(p: Span, found: dict[str, float]) -> bool:
    """Say whether print and recomputation fall on different sides of significance."""
    return (p.low >= ALPHA) != (found["Fisher"] >= ALPHA)


def _finding(
    kind: str,
    severity: Severity,
    message: str,
    claims: Sequence[Claim],
    *shown: str,
) -> Discrepancy:
    text, endpoint = f"{message} ({places(claims)}).", claims[0].measure.endpoint
    return Discrepancy(kind, severity, text, tuple(claims), "; ".join(shown), endpoint)
