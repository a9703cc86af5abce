"""Figures, units and codes as pages write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kb.model import Figure
from kb.site.context import PageContext


@pytest.mark.parametrize(
    ("digits", "unit", "text"),
    [
        ("1", "patients", "1 patient"),
        ("2", "patients", "2 patients"),
        ("1", "studies", "1 study"),
        ("1", "doses", "1 dose"),
        ("1", "per 100 person-years", "1 per 100 person-years"),
        ("1.0", "months", "1.0 months"),
        ("1", "%", "1%"),
        ("1", "mg/day", "1 mg/day"),
        ("1", "1", "1"),
    ],
)
def test_a_unit_is_singular_after_one(site: PageContext, digits: str, unit: str, text: str) -> None:
    figure = Figure(value=Decimal(digits), digits=digits, unit=unit)
    assert site.labels.figure(figure) == text


def test_every_code_of_another_terminology_has_a_link(site: PageContext) -> None:
    codes = [code for codes in site.base.records.codes.values() for code in codes]
    assert codes
    assert [code.code for code in codes if not code.address] == []
