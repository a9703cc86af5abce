"""Statistics: ratios with their bounds and p-values, words against p, words against figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from math import sqrt
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import (
    ALPHA,
    HIGHER,
    LEVELS,
    LOWER,
    RATIOS,
    direction,
    logs_of,
    middle,
    p_of_bounds,
    p_of_counts,
    p_values,
    same_side,
    word_and_p,
)
from kb.checks.wording import figure_text, p_text, places
from kb.model import Claim, Figure
from kb.util.grouping import group_by

# Words of the ontology that these checks know by name.
NEUTRAL: Final = frozenset({"not-significant", "trend"})
VALUE_JUDGEMENTS: Final = {"better": 1, "worse": -1}
BETTER_WHEN: Final = {"higher": 1, "lower": -1}
COMPARABLE_UNITS: Final = frozenset({"days", "weeks", "months", "years", "%"})

Pairs = list[tuple[Claim, Claim]]


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield what does not fit together in the comparisons of the evidence."""
    for claims in context.by_study.values():
        for claim in claims:
            yield from _ratio(context, claim)
        for comparison in _comparisons(claims):
            yield from _words_against_p(context, comparison)
            for claim in comparison:
                yield from _words_against_ratio(context, claim)
            for claim in comparison:
                yield from _words_against_values(context, claim, claims)
                yield from _p_against_counts(context, claim, claims)


def _subject(context: CheckContext, claim: Claim) -> str:
    return f"In {context.describe.studies[claim.study]}, {context.describe.subject(claim)}"


def _p_span(claim: Claim) -> Span | None:
    """Return what the printed p may stand for; "ns" is anything from 0.05."""
    result = claim.result
    if result.p_value is not None:
        return possible_values(result.p_value, result.p_operator.replace("=", ""))
    return Span(ALPHA, Decimal(1)) if result.p_printed else None


def _p_or_word(claim: Claim) -> Span | None:
    """Return the p printed with a claim, else the range that its word stands for."""
    words = {"significant": Span(Decimal(0), ALPHA), "not-significant": Span(ALPHA, Decimal(1))}
    return _p_span(claim) or words.get(claim.result.significance)


def _ratio(context: CheckContext, claim: Claim) -> Iterator[Discrepancy]:
    """Compare a ratio with its bounds, and both with the p-value."""
    figure = claim.figure
    if claim.statistic not in RATIOS or figure.low is None or figure.high is None:
        return
    bounds = Span(figure.low, figure.high)
    if figure.value is not None and not figure.operator and figure.bounds:
        yield from _off_middle(context, claim, figure.value, bounds)
    level, p = LEVELS.get(figure.bounds), _p_or_word(claim)
    if level is None or p is None or logs_of(bounds) is None:
        return
    printed, p_printed = f"{figure.value} ({figure.low} to {figure.high})", p_text(claim)
    message = f"{_subject(context, claim)} is printed as {printed} with {p_printed}"
    computation = f"{printed}; {p_printed}"
    if same_side(bounds, level, p) is Outcome.INCONSISTENT:
        message += ", which disagree about significance"
        yield _discrepancy("bounds-against-p", Severity.MATERIAL, message, [claim], computation)
    elif _is_other_p(claim, bounds, level):
        message += ", which do not fit together"
        yield _discrepancy("p-of-bounds", Severity.MINOR, message, [claim], computation)


def _is_other_p(claim: Claim, bounds: Span, level: float) -> bool:
    value, p = claim.figure.value, _p_span(claim)
    if value is None or p is None:
        return False
    return p_of_bounds(value, bounds, level, p) is Outcome.INCONSISTENT


def _off_middle(
    context: CheckContext, claim: Claim, value: Decimal, bounds: Span
) -> Iterator[Discrepancy]:
    inside = bounds.low <= value <= bounds.high
    if not inside or middle(value, bounds) is not Outcome.INCONSISTENT:
        return  # ``order`` reports an estimate outside its bounds
    centre = sqrt(float(bounds.low * bounds.high))
    severity = Severity.MINOR if (centre < 1) == (value < 1) else Severity.MATERIAL
    message = f"{_subject(context, claim)}: the ratio {value} is not in the middle of its bounds"
    computation = f"√({bounds.low} × {bounds.high}) = {centre:.3f}; {value}"
    yield _discrepancy("ratio-off-middle", severity, message, [claim], computation)


def _comparisons(claims: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Group what one source prints of one comparison, whichever group comes first."""

    def subject(claim: Claim) -> tuple[object, ...]:
        m = claim.measure
        groups = frozenset({m.group, m.comparator})
        return claim.source, m.endpoint, m.category, m.time, groups

    return group_by((c for c in claims if c.measure.comparator), subject).values()


def _words_against_p(context: CheckContext, comparison: Sequence[Claim]) -> Iterator[Discrepancy]:
    """Compare words with the p of the same print, else with every p the source gives."""
    with_p = [c for c in comparison if c.result.p_printed]
    for claim in comparison:
        near = [claim] if claim.result.p_printed else with_p
        spans = [span for c in near if (span := _p_span(c)) is not None]
        if not spans:
            continue
        printed, claims = ", ".join(map(p_text, near)), _unique([claim, *near])
        subject, result = _subject(context, claim), claim.result
        kind = ""
        if all(word_and_p(result.significance, p) is Outcome.INCONSISTENT for p in spans):
            kind = "word-against-p"
            message = f"{subject} is called {_words(result.significance)}, with {printed}"
        elif _claims_benefit(claim) and all(p.low >= ALPHA for p in spans):
            kind = "benefit-not-significant"
            message = (
                f"{subject} is called {result.direction}, although {printed} is not significant"
            )
        if kind:
            yield _discrepancy(kind, Severity.MATERIAL, message, claims, printed)


def _claims_benefit(claim: Claim) -> bool:
    result = claim.result
    return result.direction in VALUE_JUDGEMENTS and result.significance not in NEUTRAL


def _words_against_ratio(context: CheckContext, claim: Claim) -> Iterator[Discrepancy]:
    """A hazard ratio of survival above 1 is worse for the group that is named first."""
    value, word = claim.figure.value, claim.result.direction
    if value is None or claim.statistic != "hazard-ratio" or _sense(context, claim) != 1:
        return
    span = possible_values(value, claim.figure.operator)
    benefit, harm = word in ("better", "longer"), word in ("worse", "shorter")
    if (benefit and span.low > 1) or (harm and span.high < 1):
        message = f"{_subject(context, claim)} is called {word}, with a hazard ratio of {value}"
        yield _discrepancy("ratio-against-word", Severity.MATERIAL, message, [claim])


def _sense(context: CheckContext, claim: Claim) -> int:
    """Return 1 where more of an endpoint is better, -1 where it is worse, 0 where unknown."""
    if claim.measure.category:
        return 0
    better = context.vocabulary.inherited("endpoint", claim.measure.endpoint, "betterWhen")
    return BETTER_WHEN.get(better, 0)


def _words_against_values(
    context: CheckContext, claim: Claim, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    word = claim.result.direction
    expected = "" if claim.statistic == "hazard-ratio" and word in HIGHER | LOWER else word
    if word in VALUE_JUDGEMENTS:
        up = VALUE_JUDGEMENTS[word] * _sense(context, claim)
        expected = {1: "higher", -1: "lower"}.get(up, "")
    pairs = _nearest(claim, claims, _is_comparable) if expected else []
    outcomes = [direction(expected, _span(a), _span(b)) for a, b in pairs]
    if pairs and all(outcome is Outcome.INCONSISTENT for outcome in outcomes):
        a, b = pairs[0]
        figures = f"{figure_text(a)} against {figure_text(b)}"
        message = f"{_subject(context, claim)} is called {_words(word)}, but printed as {figures}"
        kind, involved = "direction-against-values", _unique([claim, a, b])
        yield _discrepancy(kind, Severity.MATERIAL, message, involved, figures)


def _nearest(claim: Claim, claims: Sequence[Claim], fits: Callable[[Claim, Claim], bool]) -> Pairs:
    """Return the figures of both groups from the same block, else section, else source."""
    m = claim.measure
    about = [c for c in claims if c.source == claim.source and _same_endpoint(c, claim)]
    for part in ("block", "section", "source"):
        here = [c for c in about if getattr(c, part) == getattr(claim, part)]
        first = [c for c in here if c.measure.group == m.group]
        second = [c for c in here if c.measure.group == m.comparator]
        pairs = [(a, b) for a in first for b in second if a.section == b.section and fits(a, b)]
        if pairs:
            return pairs
    return []


def _same_endpoint(one: Claim, other: Claim) -> bool:
    a, b = one.measure, other.measure
    same = (a.endpoint, a.category, a.time) == (b.endpoint, b.category, b.time)
    return same and not a.comparator and one.kind == "result"


def _is_comparable(a: Claim, b: Claim) -> bool:
    """Only percentages and times show a direction: counts depend on the size of the group."""
    one, other = a.figure, b.figure
    figures = one.value is not None and other.value is not None and one.unit == other.unit
    return figures and a.statistic == b.statistic and one.unit in COMPARABLE_UNITS


def _span(claim: Claim) -> Span:
    return possible_values(claim.figure.value or Decimal(0), claim.figure.operator)


def _p_against_counts(
    context: CheckContext, claim: Claim, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    p = _p_or_word(claim)
    pairs = _nearest(claim, claims, _has_counts) if p is not None else []
    if p is None or len(pairs) != 1:
        return
    first, second = (_counts(c.figure) for c in pairs[0])
    if p_of_counts(first, second, p) is Outcome.INCONSISTENT:
        computed = p_values(first, second)
        counts = f"{first[0]}/{first[1]} against {second[0]}/{second[1]}"
        tests = ", ".join(f"{name} {value:.2g}" for name, value in computed.items())
        message = f"{_subject(context, claim)} is {counts}, and no usual test gives {p_text(claim)}"
        other_side = (p.low >= ALPHA) != (computed["Fisher"] >= ALPHA)
        severity = Severity.MATERIAL if other_side else Severity.MINOR
        computation = f"{counts}: {tests}; printed {p_text(claim)}"
        yield _discrepancy("p-of-counts", severity, message, [claim, *pairs[0]], computation)


def _has_counts(a: Claim, b: Claim) -> bool:
    return all(c.figure.numerator is not None and c.figure.denominator for c in (a, b))


def _counts(figure: Figure) -> tuple[int, int]:
    return figure.numerator or 0, figure.denominator or 0


def _words(term: str) -> str:
    return term.replace("-", " ")


def _unique(claims: Iterable[Claim]) -> list[Claim]:
    return list({claim.id: claim for claim in claims}.values())


def _discrepancy(
    kind: str, severity: Severity, message: str, claims: Sequence[Claim], computation: str = ""
) -> Discrepancy:
    text = f"{message} ({places(claims)})."
    return Discrepancy.of_endpoint(kind, severity, text, claims, computation)
