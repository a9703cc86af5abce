"""What is computed from printed figures: right, marked with its inputs, and never a guess."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.environment import ROOT
from support.small_evidence import claim, group, material, people

from kb import KnowledgeBase
from kb.analysis import intervals
from kb.analysis.intervals import (
    Derived,
    counts,
    derive,
    difference_interval,
    exact_interval,
    log_ratio,
)
from kb.checks.groups import Size
from kb.checks.proportions import score_interval
from kb.model import Claim, Figure

GROUPS = material([], [group("a"), group("b")]).groups

# Newcombe, Statistics in Medicine 1998;17:857-872, Table I: method 5, exact, and method 3, score.
SINGLE = [
    ((81, 263), (0.2527, 0.3676), (0.2553, 0.3662)),
    ((15, 148), (0.0578, 0.1617), (0.0624, 0.1605)),
    ((0, 20), (0.0000, 0.1684), (0.0000, 0.1611)),
    ((1, 29), (0.0009, 0.1776), (0.0061, 0.1718)),
]
# Newcombe, Statistics in Medicine 1998;17:873-890, Table II, method 10.
DIFFERENCES = [
    ((56, 70), (48, 80), (0.0524, 0.3339)),
    ((9, 10), (3, 10), (0.1705, 0.8090)),
    ((6, 7), (2, 7), (0.0582, 0.8062)),
    ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ((10, 10), (0, 20), (0.6791, 1.0000)),
    ((10, 10), (0, 10), (0.6075, 1.0000)),
]

some_people = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(("of", "exact", "score"), SINGLE)
def test_intervals_of_a_share_are_those_published(
    of: tuple[int, int], exact: tuple[float, float], score: tuple[float, float]
) -> None:
    assert exact_interval(*of) == pytest.approx(exact, abs=5e-5)
    assert score_interval(*of) == pytest.approx(score, abs=5e-5)


@pytest.mark.parametrize(("one", "two", "published"), DIFFERENCES)
def test_intervals_of_a_difference_are_those_published(
    one: tuple[int, int], two: tuple[int, int], published: tuple[float, float]
) -> None:
    assert difference_interval(one, two) == pytest.approx(published, abs=5e-5)


def test_intervals_that_trials_print_are_found_again() -> None:
    assert [round(100 * end, 1) for end in exact_interval(88, 109)] == [72.1, 87.7]
    assert [round(100 * end, 1) for end in exact_interval(16, 45)] == [21.9, 51.2]


@given(some_people)
def test_an_exact_interval_holds_its_share_and_mirrors_its_complement(of: tuple[int, int]) -> None:
    number, whole = of
    low, high = exact_interval(number, whole)
    assert 0 <= low <= number / whole <= high <= 1
    assert low < high
    assert (1 - high, 1 - low) == pytest.approx(exact_interval(whole - number, whole), abs=1e-9)


@given(st.integers(1, 400))
def test_at_its_edges_an_exact_interval_is_that_of_the_rule(of: int) -> None:
    rule = 0.025 ** (1 / of)
    assert exact_interval(0, of) == pytest.approx((0, 1 - rule), abs=1e-12)
    assert exact_interval(of, of) == pytest.approx((rule, 1), abs=1e-12)


@given(st.integers(1, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_exact_interval_ends_where_the_tails_hold_a_fortieth(of: tuple[int, int]) -> None:
    number, whole = of
    low, high = exact_interval(number, whole)
    if number:
        assert math.fsum(_binomial(k, whole, low) for k in range(number, whole + 1)) == (
            pytest.approx(0.025, rel=1e-6)
        )
    if number < whole:
        assert math.fsum(_binomial(k, whole, high) for k in range(number + 1)) == (
            pytest.approx(0.025, rel=1e-6)
        )


def _binomial(k: int, n: int, p: float) -> float:
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


@given(some_people, some_people)
def test_a_difference_lies_in_its_interval_and_turns_round(
    one: tuple[int, int], two: tuple[int, int]
) -> None:
    low, high = difference_interval(one, two)
    assert -1 <= low <= one[0] / one[1] - two[0] / two[1] <= high <= 1
    assert (-high, -low) == pytest.approx(difference_interval(two, one), abs=1e-9)


@pytest.mark.parametrize("of", [(-1, 5), (6, 5), (0, 0)])
def test_what_is_not_a_proportion_is_refused(of: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is not a proportion"):
        exact_interval(*of)


# --- which prints give a value ---------------------------------------------------------------


def share(prints: list[Claim], size: Size | None = None) -> Derived | None:
    counted = counts(prints, size)
    return None if counted is None else intervals.share(counted)


def size(n: int) -> Size:
    return Size(n, claim("SAMPLE_SIZE", people(n)))


def test_printed_counts_give_a_share_that_names_its_method_and_inputs() -> None:
    printed = claim("CR", Figure(numerator=16, denominator=45, unit="%"))
    derived = share([printed])
    assert derived is not None
    assert derived.value == pytest.approx(16 / 45)
    assert derived.inputs == (f"trial#{printed.id}",)
    assert "Clopper" in derived.method
    assert derived.method.endswith("from 16 of 45")


def test_a_count_is_of_its_group_where_its_size_is_printed_and_the_method_says_so() -> None:
    printed, whole = claim("CR", people(16)), size(45)
    derived = share([printed], whole)
    assert derived is not None
    assert derived.method.endswith("of 45, the reported size of the group")
    assert derived.inputs == (f"trial#{printed.id}", f"trial#{whole.claim.id}")


def test_prints_of_two_sources_complete_each_other() -> None:
    one = claim("CR", printed_figure("35.6"))
    other = claim("CR", Figure(numerator=16, denominator=45, unit="%"), source="review")
    assert (found := counts([one, other])) is not None
    assert (found.number, found.of) == (16, 45)


def printed_figure(text: str, n: int | None = None, of: int | None = None) -> Figure:
    return Figure(value=Decimal(text), digits=text, unit="%", numerator=n, denominator=of)


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(printed_figure("69"), id="a share without a count"),
        pytest.param(printed_figure("80", None, 218), id="a share of a number"),
        pytest.param(printed_figure("87", 7, 9), id="a share that does not fit its counts"),
        pytest.param(replace(people(3), operator="~"), id="about so many"),
        pytest.param(Figure(numerator=9, denominator=7, unit="%"), id="more than all"),
        pytest.param(Figure(numerator=0, denominator=0, unit="%"), id="none of none"),
    ],
)
def test_nothing_is_derived_from(figure: Figure) -> None:
    assert share([claim("CR", figure)]) is None


def test_prints_that_contradict_each_other_give_nothing() -> None:
    one = claim("CR", Figure(numerator=16, denominator=45, unit="%"))
    other = claim("CR", Figure(numerator=17, denominator=45, unit="%"), source="review")
    assert share([one, other]) is None


def test_a_category_is_of_the_whole_group_only_where_its_share_shows_it() -> None:
    alone = claim("NEUROTOX", people(12), category="grade 3")
    with_share = claim("NEUROTOX", printed_figure("10", 12), category="grade 3")
    assert share([alone], size(116)) is None
    assert share([with_share], size(116)) is not None


@pytest.mark.parametrize(
    ("text", "fits"), [("35.6", True), ("36", True), ("35", True), ("37", False)]
)
def test_a_share_fits_its_counts_rounded_or_cut(text: str, fits: bool) -> None:
    assert (share([claim("CR", printed_figure(text, 16, 45))]) is not None) is fits


def test_a_ratio_gives_its_logarithm_and_standard_error() -> None:
    figure = Figure(
        value=Decimal("0.71"), low=Decimal("0.55"), high=Decimal("0.93"), bounds="ci95", unit="1"
    )
    printed = claim("OS", figure, statistic="hazard-ratio", comparator="b")
    derived = log_ratio(printed)
    assert derived is not None
    assert derived.value == pytest.approx(math.log(0.71))
    width = math.log(0.93) - math.log(0.55)
    assert derived.standard_error == pytest.approx(width / (2 * 1.959964), rel=1e-6)
    wider = log_ratio(replace(printed, figure=replace(figure, bounds="ci97.5")))
    assert wider is not None
    assert wider.standard_error == pytest.approx(width / (2 * 2.241403), rel=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        {"bounds": ""},
        {"bounds": "range"},
        {"high": None},
        {"low": Decimal(0)},
        {"low": Decimal("0.93"), "high": Decimal("0.55")},
        {"operator": "<"},
        {"value": None},
    ],
)
def test_a_ratio_without_two_usable_bounds_gives_nothing(change: dict[str, object]) -> None:
    figure = Figure(
        value=Decimal("0.71"), low=Decimal("0.55"), high=Decimal("0.93"), bounds="ci95", unit="1"
    )
    changed = replace(figure, **change)  # type: ignore[arg-type]
    assert log_ratio(claim("OS", changed, statistic="hazard-ratio", comparator="b")) is None


def test_a_source_that_compares_two_counted_shares_gives_their_difference() -> None:
    arms = [
        claim("CR", printed_figure(t, n, of), group=g)
        for t, n, of, g in (("80", 56, 70, "a"), ("60", 48, 80, "b"))
    ]
    beside = claim("CR", Figure(), group="a", comparator="b", statistic="p-value")
    kinds = {d.kind: d.derived for d in derive([*arms, beside], GROUPS)}
    assert kinds["difference"].value == pytest.approx(0.2)
    assert kinds["difference"].low == pytest.approx(0.0524, abs=5e-5)
    assert [d.kind for d in derive(arms, GROUPS)] == ["share", "share"]


def test_shares_that_are_estimates_over_time_are_left_out() -> None:
    printed = claim("OS", printed_figure("60", 18, 30), time="at 2 years")
    assert list(derive([printed], GROUPS))
    assert not list(derive([printed], GROUPS, estimated={"OS"}))


def test_everything_derived_of_the_records_names_claims_that_exist(real: KnowledgeBase) -> None:
    known = {f"{claim.study}#{claim.id}" for claim in real.evidence.claims}
    found = real.derived()
    assert {"share", "difference", "log-ratio"} == {one.kind for one in found}
    for one in found:
        assert one.derived.inputs
        assert set(one.derived.inputs) <= known
        assert one.derived.low <= one.derived.value <= one.derived.high


# --- at no cost to those who do not ask ------------------------------------------------------


def test_neither_importing_kb_nor_its_statistics_loads_scipy() -> None:
    code = (
        "import sys, kb, kb.analysis.intervals;"
        "print('scipy' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["False", "False"]


def test_without_scipy_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from kb.errors import UnavailableError

    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(UnavailableError, match=r"kb-evidence\[statistics\]"):
        exact_interval(1, 2)
