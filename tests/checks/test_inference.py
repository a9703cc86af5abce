"""Ratios, bounds, p-values, words and counts: what the statistics check accepts and flags."""

from dataclasses import replace
from decimal import Decimal
from math import exp, log
from statistics import NormalDist

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.check_material import all_of, found_in

from kb import KnowledgeBase
from kb.checks import CheckContext, Outcome, Severity, effects, significance
from kb.checks.count_tests import p_of_counts, p_values
from kb.checks.inference import find
from kb.checks.rounding import Span, possible_values
from kb.checks.significance import (
    direction,
    middle,
    p_of_bounds,
    same_side,
    word_and_p,
)
from kb.model import Claim, ComparisonResult, Figure
from kb.records.notation import parse_p

YES, ROUND, NO, UNKNOWN = (
    Outcome.CONSISTENT,
    Outcome.BY_ROUNDING,
    Outcome.INCONSISTENT,
    Outcome.NOT_ENOUGH,
)


def interval(text: str) -> Span:
    low, high = map(Decimal, text.split())
    return Span(low, high)


def p(text: str) -> Span:
    read = parse_p(text)
    assert read is not None
    assert read.value is not None
    return possible_values(read.value, read.operator.replace("=", ""))


@pytest.mark.parametrize(
    ("estimate", "bounds", "outcome"),
    [
        ("0.71", "0.55 0.93", YES),
        ("0.41", "0.23 0.73", YES),
        ("1.17", "0.64 2.14", YES),
        ("0.66", "0.55 0.93", YES),  # a quarter of the half-width below the middle
        ("0.65", "0.55 0.93", NO),
        ("0.77", "0.55 0.93", YES),
        ("0.78", "0.55 0.93", NO),
        ("0.1", "0.0 0.4", UNKNOWN),  # a bound that may be 0
        ("0.5", "0.5 0.5", UNKNOWN),
    ],
)
def test_an_estimate_lies_near_the_middle_of_its_bounds(
    estimate: str, bounds: str, outcome: Outcome
) -> None:
    assert middle(Decimal(estimate), interval(bounds)) is outcome


@pytest.mark.parametrize(
    ("estimate", "bounds", "level", "value", "outcome"),
    [
        ("0.71", "0.55 0.93", 0.95, "=0.01", YES),
        ("0.41", "0.23 0.73", 0.95, "=0.002", YES),
        ("0.55", "0.31 0.96", 0.95, "=0.03", YES),
        ("0.77", "0.58 1.03", 0.975, "=0.04", YES),
        ("0.71", "0.55 0.93", 0.95, "=0.005", YES),  # one-sided
        ("0.71", "0.55 0.93", 0.95, "<0.05", YES),
        ("0.71", "0.55 0.93", 0.95, "=0.05", NO),
        ("0.71", "0.55 0.93", 0.95, "<0.0001", NO),
        ("0.71", "0.55 0.93", 0.95, ">0.05", NO),
        ("1.00", "0.60 1.70", 0.95, "=0.95", YES),
        ("1.00", "0.60 1.70", 0.95, "=0.03", NO),
        ("0.1", "0.0 0.4", 0.95, "=0.5", UNKNOWN),
    ],
)
def test_a_p_value_comes_near_that_of_the_bounds(
    estimate: str, bounds: str, level: float, value: str, outcome: Outcome
) -> None:
    assert p_of_bounds(Decimal(estimate), interval(bounds), level, p(value)) is outcome


@pytest.mark.parametrize(
    ("bounds", "level", "value", "outcome"),
    [
        ("0.55 0.93", 0.95, "=0.01", YES),
        ("0.55 0.93", 0.95, "=0.05", YES),  # 0.05 may be 0.046
        ("0.55 0.93", 0.95, "=0.06", NO),
        ("1.10 2.00", 0.95, "=0.06", NO),
        ("0.55 1.00", 0.95, "=0.06", UNKNOWN),  # 1.00 may be 0.996
        ("0.58 1.03", 0.95, "=0.06", YES),
        ("0.58 1.03", 0.95, "=0.04", UNKNOWN),  # may be one-sided
        ("0.58 1.03", 0.95, "=0.02", UNKNOWN),  # 0.02 may be 0.025
        ("0.58 1.03", 0.95, "=0.01", NO),
        ("0.58 1.03", 0.975, "=0.04", YES),
        ("0.58 0.97", 0.975, "=0.04", NO),
    ],
)
def test_bounds_and_p_agree_about_significance(
    bounds: str, level: float, value: str, outcome: Outcome
) -> None:
    assert same_side(interval(bounds), level, p(value)) is outcome


@pytest.mark.parametrize(
    ("word", "value", "outcome"),
    [
        ("significant", "=0.04", YES),
        ("significant", "=0.05", ROUND),
        ("significant", "=0.050", ROUND),
        ("significant", "=0.051", NO),
        ("significant", "=0.06", NO),
        ("significant", "<0.05", ROUND),
        ("significant", ">0.05", NO),
        ("not-significant", "=0.06", YES),
        ("not-significant", "=0.05", ROUND),
        ("not-significant", "=0.04", NO),
        ("not-significant", "<0.001", NO),
        ("trend", "=0.04", UNKNOWN),
        ("", "=0.4", UNKNOWN),
    ],
)
def test_a_word_of_significance_fits_its_p(word: str, value: str, outcome: Outcome) -> None:
    assert word_and_p(word, p(value)) is outcome


@pytest.mark.parametrize(
    ("word", "first", "second", "outcome"),
    [
        ("longer", "7.7", "4", YES),
        ("longer", "4", "7.7", NO),
        ("longer", "7.6", "7.6", ROUND),
        ("longer", "8", "8.4", ROUND),
        ("longer", "8", "8.6", NO),
        ("less-frequent", "1", "11", YES),
        ("less-frequent", "11", "1", NO),
        ("similar", "1", "90", UNKNOWN),
    ],
)
def test_a_direction_in_words_fits_the_figures(
    word: str, first: str, second: str, outcome: Outcome
) -> None:
    assert (
        direction(word, possible_values(Decimal(first)), possible_values(Decimal(second)))
        is outcome
    )


@pytest.mark.parametrize(
    ("first", "second", "value", "outcome"),
    [
        ((6, 7), (0, 5), "=0.0076", YES),  # Fisher's, one-sided
        ((5, 5), (1, 8), "=0.0047", YES),
        ((6, 7), (0, 5), "=0.18", NO),  # ten times the usual ones
        ((6, 7), (0, 5), "=0.20", NO),
        ((6, 7), (0, 5), "=0.0034", YES),  # the chi-square
        ((6, 7), (0, 5), "=0.0003", NO),
        ((6, 7), (0, 5), "=0.011", YES),  # mid-p
        ((45, 99), (34, 98), "=0.13", YES),
        ((45, 99), (34, 98), "=0.03", NO),
        ((45, 99), (34, 98), "=0.35", NO),
        ((6, 7), (0, 5), "<0.001", NO),
        ((6, 7), (0, 5), "<0.01", YES),
        ((6, 7), (0, 5), "<0.0001", NO),
        ((33, 57), (7, 14), ">0.05", YES),
        ((10**9 // 2, 10**9), (10**9 // 2, 10**9), "=1.00", YES),
        ((300_000, 10**6), (310_000, 10**6), "=0.5", NO),
        ((0, 7), (0, 5), "=0.03", UNKNOWN),
        ((9, 7), (0, 5), "=0.03", UNKNOWN),
    ],
)
def test_a_p_value_comes_near_that_of_the_counts(
    first: tuple[int, int], second: tuple[int, int], value: str, outcome: Outcome
) -> None:
    assert p_of_counts(first, second, p(value)) is outcome


# --- random data -----------------------------------------------------------------------------

NORMAL = NormalDist()
UNIT = Decimal("0.001")
logs = st.floats(-1.2, 1.2)
errors = st.floats(0.05, 0.6)


def rounded(value: float) -> Decimal:
    return Decimal(value).quantize(UNIT)


def ratio(
    material: CheckContext, estimate: Decimal, low: Decimal, high: Decimal, value: str
) -> Claim:
    """A hazard ratio of a real comparison, with figures of our own."""
    kept = next(c for c in material.evidence.claims if c.statistic == "hazard-ratio")
    read = parse_p(value)
    assert read is not None
    figure = Figure(value=estimate, digits=f"{estimate}", low=low, high=high, bounds="ci95")
    return replace(
        kept, figure=figure, result=ComparisonResult(read.printed, read.operator, read.value)
    )


@given(mean=logs, error=errors)
def test_a_consistent_ratio_is_never_a_finding(
    material: CheckContext, mean: float, error: float
) -> None:
    low, high = (rounded(exp(mean + sign * 1.959964 * error)) for sign in (-1, 1))
    value = 2 * (1 - NORMAL.cdf(abs(mean) / error))
    printed = f"={Decimal(value).quantize(Decimal('0.0001'))}" if value > 0.0001 else "<0.001"
    assert (
        found_in(effects.find, material, ratio(material, rounded(exp(mean)), low, high, printed))
        == []
    )


@given(mean=logs, error=errors, side=st.sampled_from([-1, 1]))
def test_an_estimate_one_unit_off_the_middle_is_a_finding(
    material: CheckContext, mean: float, error: float, side: int
) -> None:
    low, high = (rounded(exp(mean + sign * 1.959964 * error)) for sign in (-1, 1))
    spans = possible_values(low), possible_values(high)
    ends = [
        (log(getattr(a, e)) + log(getattr(b, e))) / 2 for e in ("low", "high") for a, b in [spans]
    ]
    half = (log(spans[1].high) - log(spans[0].low)) / 2
    edge = ends[1] + 0.25 * half if side > 0 else ends[0] - 0.25 * half
    estimate = rounded(exp(edge)) + side * 2 * UNIT
    assume(low < estimate < high)
    kinds = {
        f.kind for f in found_in(effects.find, material, ratio(material, estimate, low, high, "<1"))
    }
    assert "ratio-off-middle" in kinds


@given(thousandths=st.integers(0, 999))
def test_a_word_is_flagged_one_unit_beyond_rounding(thousandths: int) -> None:
    span = possible_values(Decimal(thousandths) * UNIT)
    called = {word: word_and_p(word, span) for word in ("significant", "not-significant")}
    assert (called["significant"] is NO) == (thousandths >= 51)
    assert (called["not-significant"] is NO) == (thousandths <= 49)


@given(
    first=st.integers(0, 1000),
    second=st.integers(0, 1000),
    word=st.sampled_from(["higher", "lower"]),
)
def test_a_direction_is_flagged_one_unit_the_other_way(first: int, second: int, word: str) -> None:
    outcome = direction(word, possible_values(Decimal(first)), possible_values(Decimal(second)))
    wrong = first < second if word == "higher" else first > second
    apart = abs(first - second) > 1  # neighbours touch
    assert (outcome is NO) == (wrong and apart)


@given(
    *[st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))] * 2,
)
def test_the_p_of_random_counts_is_accepted_and_a_far_one_flagged(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    (a, m), (c, n) = first, second
    assume(0 < a + c < m + n)
    computed = p_values((a, m), (c, n))
    for value in computed.values():
        if value > 1e-4:
            assert p_of_counts((a, m), (c, n), possible_values(Decimal(f"{value:.4f}"))) is YES
    far = Decimal(f"{max(computed.values()) * 2:.4f}") + Decimal("0.0001")
    if far <= 1:
        assert p_of_counts((a, m), (c, n), possible_values(far)) is NO


# --- the evidence ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def material(real: KnowledgeBase) -> CheckContext:
    return all_of(real)


def pair(
    material: CheckContext, first: Figure, second: Figure, verdict: ComparisonResult
) -> list[Claim]:
    """Both arms of a real trial and their comparison, with figures of our own."""
    kept = next(c for c in material.by_study["tower"] if c.measure.comparator == "chemotherapy")
    kept = replace(kept, result=verdict, statistic="direction", figure=Figure())
    arms = [
        replace(
            kept,
            id=f"{kept.id}.{group}",
            kind="result",
            statistic="percentage",
            measure=replace(kept.measure, group=group, comparator="", statistic="frequency"),
            figure=figure,
            result=ComparisonResult(),
        )
        for group, figure in (("blinatumomab", first), ("chemotherapy", second))
    ]
    return [kept, *arms]


def share(value: int) -> Figure:
    return Figure(value=Decimal(value), digits=str(value), unit="%")


@pytest.mark.parametrize(
    ("word", "values", "kinds"),
    [
        ("higher", (44, 25), []),
        ("higher", (25, 44), ["direction-against-values"]),
        ("lower", (44, 25), ["direction-against-values"]),
        ("similar", (44, 25), []),
    ],
)
def test_a_direction_is_compared_with_the_arms(
    material: CheckContext, word: str, values: tuple[int, int], kinds: list[str]
) -> None:
    claims = pair(material, *map(share, values), ComparisonResult(direction=word))
    assert [f.kind for f in found_in(find, material, *claims)] == kinds


@pytest.mark.parametrize(
    ("printed", "word", "kinds"),
    [
        ("=0.051", "", ["benefit-not-significant"]),
        (">0.05", "", ["benefit-not-significant"]),
        ("ns", "", ["benefit-not-significant"]),
        ("=0.05", "", []),  # may be 0.046
        ("<0.05", "", []),
        ("=0.051", "trend", []),  # a trend claims no benefit
        ("=0.051", "not-significant", []),
        ("=0.051", "significant", ["word-against-p"]),
    ],
)
def test_a_benefit_needs_a_p_that_is_significant(
    material: CheckContext, printed: str, word: str, kinds: list[str]
) -> None:
    read = parse_p(printed)
    assert read is not None
    verdict = ComparisonResult(
        read.printed, read.operator, read.value, direction="better", significance=word
    )
    claims = pair(material, *map(share, (44, 25)), verdict)
    reported = found_in(find, material, *claims)
    assert [f.kind for f in reported] == kinds
    # A benefit beside a p that is not significant is a word too much.
    overstated = "benefit-not-significant" in kinds
    assert {f.severity for f in reported} <= {Severity.MINOR if overstated else Severity.MATERIAL}


def test_counts_are_compared_with_the_p_printed(material: CheckContext) -> None:
    first = Figure(numerator=6, denominator=7, unit="%")
    second = Figure(numerator=5, denominator=6, unit="%")
    verdict = ComparisonResult("=0.0076", "=", Decimal("0.0076"))
    (finding,) = found_in(find, material, *pair(material, first, second, verdict))
    assert (finding.kind, finding.severity) == ("p-of-counts", Severity.MATERIAL)
    assert "6/7 against 5/6" in finding.message


def test_counts_in_groups_of_other_sizes_are_not_compared(material: CheckContext) -> None:
    figures = (Figure(value=Decimal(n), numerator=n, unit="patients") for n in (3, 9))
    claims = pair(material, *figures, ComparisonResult(direction="more-frequent"))
    assert found_in(find, material, *claims) == []


def test_the_ontology_of_another_disease_works(example: KnowledgeBase) -> None:
    assert list(find(all_of(example))) == []


@pytest.mark.parametrize(
    ("word", "p", "sides", "outcome"),
    [
        ("not-significant", "0.03", 2, Outcome.INCONSISTENT),
        ("not-significant", "0.03", 1, Outcome.NOT_ENOUGH),
        ("not-significant", "0.01", 1, Outcome.INCONSISTENT),
        ("significant", "0.03", 1, Outcome.NOT_ENOUGH),
        ("significant", "0.06", 1, Outcome.INCONSISTENT),
    ],
)
def test_a_one_sided_p_may_be_tested_at_half_of_the_level(
    word: str, p: str, sides: int, outcome: Outcome
) -> None:
    assert word_and_p(word, possible_values(Decimal(p)), sides) is outcome


def test_a_one_sided_p_above_a_half_is_of_the_other_way() -> None:
    bounds, p = interval("0.91 1.44"), possible_values(Decimal("0.87"))
    judged = [p_of_bounds(Decimal("1.14"), bounds, 0.95, p, sides=n) for n in (1, 2)]
    assert judged == [YES, NO]


def test_every_ratio_of_the_ontology_has_a_logarithm(real: KnowledgeBase) -> None:
    ratios = real.vocabulary.narrower("statistic", "ratio") - {"ratio"}
    assert ratios == significance.RATIOS


@pytest.mark.parametrize(
    ("estimate", "other", "bounds", "kinds"),
    [
        ("1.29", "0.92", "0.58 1.46", ["bounds-of-neighbour"]),  # the middle is 1.26
        ("1.25", "0.92", "0.58 1.46", []),  # in the middle
        ("1.29", "0.92", "0.58 1.47", []),  # bounds of its own
        ("1.29", "1.29", "1.08 1.46", []),  # the same estimate again
    ],
)
def test_bounds_of_a_neighbour_are_not_in_the_middle(
    material: CheckContext, estimate: str, other: str, bounds: str, kinds: list[str]
) -> None:
    one = ratio(material, Decimal(estimate), Decimal("1.08"), Decimal("1.46"), "<1")
    ends = interval(bounds)
    beside = ratio(material, Decimal(other), ends.low, ends.high, "<1")
    claims = one, replace(beside, id="beside")
    reported = [f.kind for f in found_in(effects.find, material, *claims)]
    assert [kind for kind in reported if kind == "bounds-of-neighbour"] == kinds
