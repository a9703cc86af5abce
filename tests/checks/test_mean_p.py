"""P-values of claims against means with their standard deviations or errors: both edges."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.check_material import compared, group, material, people, say

from kb import KnowledgeBase
from kb.checks import Discrepancy
from kb.checks.inference import find
from kb.model import Claim

SIZES = people("a", 40), people("b", 42)


def discrepancies_of(base: KnowledgeBase, *claims: Claim) -> list[Discrepancy]:
    findings = find(material(base, claims, [group("a"), group("b")]))
    return [finding for finding in findings if finding.kind == "p-of-means"]


def means(values: str, spread: str, kind: str = "sd") -> list[Claim]:
    shown = {"unit": "years", "dispersion": Decimal(spread), "dispersion_kind": kind}
    pairs = zip("ab", values.split(), strict=True)
    return [say(g, "AGE", "mean", value=value, **shown) for g, value in pairs]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "spread", "kind", "p", "severity"),
    [
        ("54.1 49.2", "10.0", "sd", "0.029", ""),
        ("54.1 49.2", "10.0", "sd", "0.015", ""),  # one-sided
        ("54.1 49.2", "10.0", "sd", "0.06", ""),  # another test
        ("54.1 49.2", "10.0", "sd", "0.62", "material"),
        ("54.1 44.2", "10.0", "sd", "0.04", "minor"),
        ("54.1 49.2", "1.5", "se", "0.023", ""),
        ("54.1 49.2", "1.5", "sd", "0.023", "minor"),
        ("5.4 4.9", "6.1", "sd", "0.01", ""),  # of ranks
        ("54.1 49.2", "10.0", "", "0.62", ""),  # a spread of no declared kind
    ],
)
def test_a_p_is_that_of_a_t_test(
    real: KnowledgeBase, values: str, spread: str, kind: str, p: str, severity: str
) -> None:
    claims = *SIZES, *means(values, spread, kind), compared("AGE", "p-value", p)
    assert [f.severity.value for f in discrepancies_of(real, *claims)] == (
        [severity] if severity else []
    )


def test_without_sizes_or_with_an_adjusted_p_nothing_is_judged(real: KnowledgeBase) -> None:
    pair = means("54.1 49.2", "10.0")
    assert discrepancies_of(real, *SIZES, *pair, compared("AGE", "p-value", "0.62"))
    assert not discrepancies_of(real, *pair, compared("AGE", "p-value", "0.62"))
    assert not discrepancies_of(real, *SIZES, *pair, compared("AGE", "hazard-ratio", "0.62"))
