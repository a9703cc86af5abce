"""Words of comparisons against p-values, hazard ratios and the figures of both groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from kb.checks.comparisons import HAZARDS, nearest, p_span, sense, significance, subject
from kb.checks.context import CheckContext
from kb.checks.counted_p import p_against_counts
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.mean_p import p_against_means
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import ALPHA, HIGHER, LOWER, direction, word_and_p
from kb.checks.wording import figure_text, p_text, places
from kb.model import Claim
from kb.util.grouping import group_by

# Words of the ontology that these checks know by name.
NEUTRAL: Final = frozenset({"not-significant", "trend"})
VALUE_JUDGEMENTS: Final = {"better": 1, "worse": -1}
_UNSURE: Final = (Outcome.NOT_ENOUGH, Outcome.BY_ROUNDING)
COMPARABLE_UNITS: Final = frozenset({"days", "weeks", "months", "years", "%"})


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield what does not fit together in the comparisons of the evidence."""
    for claims in context.by_study.values():
        for comparison in _comparisons(claims):
            yield from _words_against_p(context, comparison)
            for claim in comparison:
                yield from _words_against_ratio(context, claim)
            for claim in comparison:
                yield from _words_against_values(context, claim, claims)
                yield from p_against_counts(context, claim, claims)
                yield from p_against_means(context, claim, claims)


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
        spans = [span for c in near if (span := p_span(c)) is not None]
        if not spans:
            continue
        printed, claims = ", ".join(map(p_text, near)), _unique([claim, *near])
        about, result = subject(context, claim), claim.result
        called = _words(result.significance or result.direction)
        kind, severity = "", Severity.MATERIAL
        word = significance(result)
        sides = {c.result.sides for c in near}
        if all(word_and_p(word, p, 1 if 1 in sides else 2) is Outcome.INCONSISTENT for p in spans):
            kind = "word-against-p"
            message = f"{about} is called {called}, with {printed}"
            if sides == {None} and all(word_and_p(word, p, 1) in _UNSURE for p in spans):
                severity, message = Severity.MINOR, f"{message}, unless that is one-sided"
            elif result.direction == "similar":
                severity = Severity.MINOR  # a small difference may be called so, too
        elif _claims_benefit(claim) and all(p.low >= ALPHA for p in spans):
            # A word too much: the figures beside it say that nothing was shown.
            kind, severity = "benefit-not-significant", Severity.MINOR
            message = f"{about} is called {result.direction}, although {printed} is not significant"
        if kind:
            yield _discrepancy(kind, severity, message, claims, printed)


def _claims_benefit(claim: Claim) -> bool:
    result = claim.result
    return result.direction in VALUE_JUDGEMENTS and result.significance not in NEUTRAL


def _words_against_ratio(context: CheckContext, claim: Claim) -> Iterator[Discrepancy]:
    """A hazard ratio above 1 is worse for the group that is named first, if the event is."""
    value, word = claim.figure.value, claim.result.direction
    if value is None or claim.statistic not in HAZARDS or not _is_of_harm(context, claim):
        return
    span, favoured = possible_values(value, claim.figure.operator), claim.result.favours
    benefit = word in ("better", "longer") or favoured == claim.measure.group
    harm = word in ("worse", "shorter") or (favoured and favoured == claim.measure.comparator)
    if (benefit and span.low > 1) or (harm and span.high < 1):
        of = context.describe.group(claim.study, favoured) if favoured else ""
        called = f"is called {_words(word)}" if word else f"is described as favouring {of}"
        message = f"{subject(context, claim)} {called}, with a hazard ratio of {value}"
        yield _discrepancy("ratio-against-word", Severity.MATERIAL, message, [claim])


def _is_of_harm(context: CheckContext, claim: Claim) -> bool:
    """Tell whether the event of a hazard ratio is a bad one: a death, not a response."""
    good = sense(context, claim)
    return good < 0 or (good > 0 and context.endpoint_says(claim, "fallsWithTime"))


def _words_against_values(
    context: CheckContext, claim: Claim, claims: Sequence[Claim]
) -> Iterator[Discrepancy]:
    word = claim.result.direction
    expected = "" if claim.statistic in HAZARDS and word in HIGHER | LOWER else word
    if word in VALUE_JUDGEMENTS:
        up = VALUE_JUDGEMENTS[word] * sense(context, claim)
        expected = {1: "higher", -1: "lower"}.get(up, "")
    pairs = nearest(claim, claims, _is_comparable) if expected else []
    outcomes = [direction(expected, _span(a), _span(b)) for a, b in pairs]
    if pairs and all(outcome is Outcome.INCONSISTENT for outcome in outcomes):
        a, b = pairs[0]
        figures = f"{figure_text(a)} against {figure_text(b)}"
        message = f"{subject(context, claim)} is called {_words(word)}, but printed as {figures}"
        kind, involved = "direction-against-values", _unique([claim, a, b])
        yield _discrepancy(kind, Severity.MATERIAL, message, involved, figures)


def _is_comparable(a: Claim, b: Claim) -> bool:
    """Only percentages and times show a direction: counts depend on the size of the group."""
    one, other = a.figure, b.figure
    figures = one.value is not None and other.value is not None and one.unit == other.unit
    return figures and a.statistic == b.statistic and one.unit in COMPARABLE_UNITS


def _span(claim: Claim) -> Span:
    return possible_values(claim.figure.value or Decimal(0), claim.figure.operator)


def _words(term: str) -> str:
    return term.replace("-", " ")


def _unique(claims: Iterable[Claim]) -> list[Claim]:
    return list({claim.id: claim for claim in claims}.values())


def _discrepancy(
    kind: str, severity: Severity, message: str, claims: Sequence[Claim], computation: str = ""
) -> Discrepancy:
    text = f"{message} ({places(claims)})."
    return Discrepancy.of_endpoint(kind, severity, text, claims, computation)
