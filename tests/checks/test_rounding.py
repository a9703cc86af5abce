"""One rule of rounding, in one table, and the places that follow it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import claim, share

from kb.analysis.intervals import counts
from kb.checks import Outcome
from kb.checks.agreement import compare
from kb.checks.rounding import Rounding, possible_values, rounding, same_figure
from kb.checks.shares import share_fits
from kb.model import Figure
from kb.site.tables.figures import contradict

NEAREST, TIE, LAST_DIGIT, WRONG = Rounding

TABLE = [
    ("22.8", "23", NEAREST),
    ("22.51", "23", NEAREST),
    ("23.49", "23", NEAREST),
    ("22.5", "23", TIE),
    ("22.5", "22", TIE),
    ("12.5", "13", TIE),
    ("12.5", "12", TIE),
    ("5.25", "5.3", TIE),
    ("5.25", "5.2", TIE),
    ("-12.5", "-12", TIE),
    ("-12.5", "-13", TIE),
    ("22.49", "23", LAST_DIGIT),
    ("22.8", "22", LAST_DIGIT),
    ("28.57", "28", LAST_DIGIT),
    ("63.158", "63.1", LAST_DIGIT),
    ("22", "23", WRONG),
    ("24", "23", WRONG),
    ("27.99", "29", WRONG),
    ("63.158", "63.0", WRONG),
    ("100", "100", NEAREST),
    ("0.4", "0", NEAREST),
    ("0.5", "0", TIE),
]


@pytest.mark.parametrize(("value", "printed", "expected"), TABLE)
def test_a_value_and_the_figure_printed_for_it(
    value: str, printed: str, expected: Rounding
) -> None:
    assert rounding(Decimal(value), Decimal(printed)) is expected


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (NEAREST, Outcome.CONSISTENT),
        (TIE, Outcome.BY_ROUNDING),
        (LAST_DIGIT, Outcome.INCONSISTENT),
        (WRONG, Outcome.INCONSISTENT),
    ],
)
def test_what_a_check_concludes_from_rounding(kind: Rounding, outcome: Outcome) -> None:
    assert kind.outcome is outcome


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ("23", "23", Outcome.CONSISTENT),
        ("23", "23.0", Outcome.CONSISTENT),
        ("23", "22.8", Outcome.BY_ROUNDING),
        ("23", "22.5", Outcome.BY_ROUNDING),
        ("22", "22.5", Outcome.BY_ROUNDING),
        ("22", "22.8", Outcome.INCONSISTENT),
        ("22", "23", Outcome.INCONSISTENT),
        ("22.7", "22.8", Outcome.INCONSISTENT),
    ],
)
def test_two_printed_figures_agree(one: str, other: str, outcome: Outcome) -> None:
    assert same_figure(Decimal(one), Decimal(other)) is outcome
    assert same_figure(Decimal(other), Decimal(one)) is outcome


@pytest.mark.parametrize(
    ("printed", "operator", "inside", "outside"),
    [
        ("63", "", ("62.5", "63.5"), ("62.4", "63.6")),
        ("40", "~", ("36", "44"), ("35.9", "44.1")),
        ("1", "~", ("0.5", "1.5"), ("0.4", "1.6")),
        ("10", "<", ("-5", "10"), ("10.1",)),
        ("10", "≥", ("10", "99"), ("9.9",)),
    ],
)
def test_the_values_that_a_figure_may_stand_for(
    printed: str, operator: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    span = possible_values(Decimal(printed), operator)
    assert all(span.holds(Decimal(value)) for value in inside)
    assert not any(span.holds(Decimal(value)) for value in outside)


@given(st.decimals(-1000, 1000, places=3), st.decimals(-1000, 1000, places=1))
def test_a_span_holds_just_the_values_that_round_to_its_figure(
    value: Decimal, printed: Decimal
) -> None:
    fits = rounding(value, printed).outcome is not Outcome.INCONSISTENT
    assert possible_values(printed).holds(value) is fits


# 1 of 8 is 12.5%, 4 of 14 is 28.57%: where every part of the project has to give one answer.
@pytest.mark.parametrize(
    ("count", "of", "printed", "rounded", "computable"),
    [
        (1, 8, "12", True, True),
        (1, 8, "13", True, True),
        (4, 14, "29", True, True),
        (4, 14, "28", False, True),  # cut off: the print is wrong, its counts are not in doubt
        (1, 8, "11", False, False),
        (4, 14, "27", False, False),
    ],
)
def test_checks_pages_and_intervals_follow_the_rule(
    count: int, of: int, printed: str, rounded: bool, computable: bool
) -> None:
    exact = (Decimal(100 * count) / of).quantize(Decimal("0.001")).normalize()
    whole, fine = Figure(value=Decimal(printed), unit="%"), Figure(value=exact, unit="%")
    assert (share_fits(count, of, Decimal(printed)) is not Outcome.INCONSISTENT) is rounded
    both = [replace(claim("CR", whole), figure=figure) for figure in (whole, fine)]
    assert (compare(*both) is not Outcome.INCONSISTENT) is rounded
    assert contradict(whole, fine) is not rounded
    assert (counts([claim("CR", share(printed, count, of))]) is not None) is computable
