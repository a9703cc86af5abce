"""Prints of one measure are compared at the precision of both, within and between sources."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_base import edit

from kb import Claim, KnowledgeBase, Measure
from kb.checks import CheckContext, Discrepancy, Outcome, Severity, agreement
from kb.model import ComparisonResult, Figure

HALT = "evidence/studies/halt.yaml"


def claim(statistic: str = "percentage", p: str = "", **figure: object) -> Claim:
    measure = Measure("s", "g", "CR", statistic)
    verdict = ComparisonResult(p, p[0], Decimal(p[1:])) if p else ComparisonResult()
    made = Claim("c", "b", "result", statistic, measure, "a-source", "1", "printed")
    return replace(made, figure=Figure(**figure), result=verdict)  # type: ignore[arg-type]


def share(value: str, operator: str = "", **more: object) -> Claim:
    return claim(value=Decimal(value), digits=value, unit="%", operator=operator, **more)


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        (share("63"), share("63"), Outcome.CONSISTENT),
        (share("23"), share("22.8"), Outcome.BY_ROUNDING),
        (share("23"), share("22.5"), Outcome.BY_ROUNDING),
        (share("23"), share("22.4"), Outcome.INCONSISTENT),
        (share("23"), share("23.6"), Outcome.INCONSISTENT),
        (share("23"), share("24"), Outcome.INCONSISTENT),
        (share("40", "~"), share("37"), Outcome.BY_ROUNDING),
        (share("40", "~"), share("30"), Outcome.INCONSISTENT),
        (share("10", "<"), share("9"), Outcome.BY_ROUNDING),
        (share("10", "<"), share("11"), Outcome.INCONSISTENT),
        (share("63", numerator=36), share("63", numerator=36), Outcome.CONSISTENT),
        (share("63", numerator=36), share("63", numerator=37), Outcome.INCONSISTENT),
        (share("63", denominator=57), share("63", denominator=58), Outcome.INCONSISTENT),
        (share("63"), claim("count", numerator=36), Outcome.NOT_ENOUGH),
        (
            claim(text_value="not-reached"),
            claim(value=Decimal("7.7"), unit="months"),
            Outcome.INCONSISTENT,
        ),
        (claim(text_value="all"), share("100"), Outcome.NOT_ENOUGH),
        (claim("p-value", p="=0.03"), claim("p-value", p="=0.03"), Outcome.CONSISTENT),
        (claim("p-value", p="=0.03"), claim("p-value", p="=0.028"), Outcome.BY_ROUNDING),
        (claim("p-value", p="=0.03"), claim("p-value", p="=0.02"), Outcome.INCONSISTENT),
        (claim("p-value", p="<0.05"), claim("p-value", p="=0.02"), Outcome.NOT_ENOUGH),
    ],
)
def test_two_prints_are_judged_at_the_precision_of_both(
    one: Claim, other: Claim, outcome: Outcome
) -> None:
    assert agreement.compare(one, other) is outcome
    assert agreement.compare(other, one) is outcome


@given(st.decimals(0, 100, places=1), st.integers(0, 3))
def test_more_digits_of_one_figure_agree_and_one_unit_more_does_not(
    value: Decimal, digits: int
) -> None:
    fine = value + Decimal(0).scaleb(-digits)
    assert agreement.compare(share(str(value)), share(str(fine))) is not Outcome.INCONSISTENT
    off = share(str(value + Decimal("0.1")))
    assert agreement.compare(share(str(value)), off) is Outcome.INCONSISTENT


def months(value: str) -> Claim:
    return claim("median", value=Decimal(value), unit="months")


def count(number: int) -> Claim:
    return claim("count", value=Decimal(number), numerator=number)


@pytest.mark.parametrize(
    ("claims", "severity"),
    [
        ([share("80"), share("80.7")], Severity.MINOR),
        ([share("31"), share("34")], Severity.MATERIAL),
        ([months("6.7"), months("6.2")], Severity.MATERIAL),
        ([months("7.7"), months("7.6")], Severity.MINOR),
        ([count(9), count(10)], Severity.MATERIAL),
        ([claim("p-value", p="=0.03"), claim("p-value", p="=0.02")], Severity.MINOR),
    ],
)
def test_how_much_a_difference_matters(claims: list[Claim], severity: Severity) -> None:
    assert agreement.severity(claims) is severity


def discrepancies_of(base: KnowledgeBase) -> list[Discrepancy]:
    return list(agreement.find(CheckContext(base.evidence, base.vocabulary)))


def test_an_example_that_agrees_has_no_finding_and_one_that_is_broken_has(
    example_root: Path,
) -> None:
    before = {finding.id for finding in discrepancies_of(KnowledgeBase(example_root))}
    line = "      - {endpoint: PAIN_FREE, printed: 63% were free of pain, values: {calmol: 63%}}\n"
    edit(example_root, HALT, line, line + line.replace("63%", "64%"))
    after = [f for f in discrepancies_of(KnowledgeBase(example_root)) if f.id not in before]
    assert [f.kind for f in after] == ["differs-within-source"]
    assert "63%" in after[0].message
    assert "64%" in after[0].message
