"""Figures and differences as sentences write them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.small_evidence import claim, group, material, months, share

from kb.checks.definitions import find
from kb.checks.provenance import find as find_cited
from kb.checks.wording import figure_text
from kb.model import Figure, Publication, Source


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (share("78", of=88), "78% of 88"),
        (share("78", 69), "69 (78%)"),
        (share("78", 69, 88), "69/88 (78%)"),
        (Figure(numerator=69, denominator=88, unit="%"), "69/88"),
        (months("7.70"), "7.70 months"),
    ],
)
def test_a_percentage_stands_with_its_counts(figure: Figure, text: str) -> None:
    assert figure_text(claim("CR", figure)) == text


def test_an_implausible_bound_is_named_as_a_bound() -> None:
    age = Figure(Decimal(55), "55", unit="years", low=Decimal(18), high=Decimal(217))
    (one,) = find(material([claim("AGE", replace(age, bounds="range"), statistic="median")]))
    assert one.message.startswith("217 years, a bound of 55 years, is not plausible for age")
    assert one.computation.startswith("217 years, outside 0 to 120")
    wrong = replace(age, value=Decimal(217), digits="217")
    (other,) = find(material([claim("AGE", wrong, statistic="median")]))
    assert other.message.startswith("217 years is not plausible")


def test_one_figure_of_two_groups_is_not_called_unequal() -> None:
    own = claim("OS", months("36.5"), group="ph-neg", statistic="median", source="report")
    second_hand = claim("OS", months("36.5"), statistic="median", source="review")
    context = material([own, replace(second_hand, cites=(1,))], [group("ph-neg")])
    report = Publication("report", "Report 2018", "journal-article", reports=("trial",))
    sources = [
        Source("report", "report", "r", "primary-report", "en", "Report 2018"),
        Source("review", "review", "r", "review", "en", "Review", references=((1, "report"),)),
    ]
    evidence = replace(context.evidence, publications=(report,), sources=tuple(sources))
    (one,) = find_cited(replace(context, evidence=evidence))
    assert "36.5 months ≠ 36.5 months" not in one.computation
    assert one.computation.startswith("36.5 months: overall survival of all patients ≠ ")
    assert "which there is overall survival of ph-neg" in one.message
