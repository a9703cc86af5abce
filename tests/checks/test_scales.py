"""Means and SDs that the values of an endpoint cannot have: both edges."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from support.check_material import group, material, people, say
from support.example_base import edit

from kb import KnowledgeBase
from kb.checks import CheckContext
from kb.checks.scales import find
from kb.model import Claim
from kb.records.load import load_vocabulary
from kb.records.starter import write_starter


def kinds_of(base: KnowledgeBase, claim: Claim, n: int = 8) -> list[tuple[str, str]]:
    context = material(base, [people("a", n), claim], [group("a")])
    return [(finding.kind, finding.severity.value) for finding in find(context)]


def mean(endpoint: str, value: str, sd: str = "", unit: str = "cycles", **more: object) -> Claim:
    spread = {"dispersion": Decimal(sd), "dispersion_kind": "sd"} if sd else {}
    shown = {"value": value, "unit": unit, **spread, **more}
    return say("a", endpoint, "mean", **shown)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "sd", "denominator", "expected"),
    [
        ("1.88", "", None, []),  # 15/8
        ("1.83", "", None, []),  # 11/6: two are missing
        ("1.83", "", 8, [("mean-of-whole-numbers", "material")]),
        ("1.99", "", None, [("mean-of-whole-numbers", "minor")]),
        ("1.80", "0.84", 5, []),
        ("1.80", "0.92", 5, [("spread-with-mean-of-whole-numbers", "material")]),
        ("2", "0.9", 8, []),
    ],
)
def test_a_mean_of_whole_numbers(
    real: KnowledgeBase,
    value: str,
    sd: str,
    denominator: int | None,
    expected: list[tuple[str, str]],
) -> None:
    claim = mean("CYCLES", value, sd, denominator=denominator)
    assert kinds_of(real, claim) == expected


def test_only_whole_numbers_of_the_declared_unit_are_judged(real: KnowledgeBase) -> None:
    assert kinds_of(real, mean("CYCLES", "1.99")) != []
    assert kinds_of(real, mean("CYCLES", "1.99", unit="months")) == []
    assert kinds_of(real, mean("CYCLES", "1.99", operator="~")) == []
    assert kinds_of(real, mean("DOSE", "1.99", unit="mg")) == []
    assert kinds_of(real, mean("AE_ANY", "1.99", unit="events")) != []  # as the broader endpoint


def test_a_standard_error_has_no_least_value(real: KnowledgeBase) -> None:
    claim = mean("CYCLES", "1.80", "0.92", denominator=5)
    assert kinds_of(real, claim) != []
    error = mean("CYCLES", "1.80", denominator=5, dispersion=Decimal("0.92"), dispersion_kind="se")
    assert kinds_of(real, error) == []


@pytest.mark.parametrize(
    ("value", "sd", "unit", "n", "expected"),
    [
        ("54.1", "10.2", "years", 40, []),
        ("54.1", "60.3", "years", 40, []),  # half of them newborn, half of them 120
        ("54.1", "61.2", "years", 40, [("spread-of-scale", "material")]),
        ("54.1", "61.2", "years", 20, []),
        ("54.1", "61.2", "months", 40, []),
    ],
)
def test_an_sd_on_a_scale(
    real: KnowledgeBase, value: str, sd: str, unit: str, n: int, expected: list[tuple[str, str]]
) -> None:
    assert kinds_of(real, mean("AGE", value, sd, unit), n) == expected


@pytest.mark.parametrize(
    ("sd", "expected"),
    [("0.48", []), ("0.18", ["spread-of-proportion"]), ("0.49", ["spread-of-proportion"])],
)
def test_the_sd_of_a_proportion(
    real: KnowledgeBase, tmp_path: Path, sd: str, expected: list[str]
) -> None:
    write_starter(tmp_path, "Base", "https://example.org/base/")
    old = "kb:plausibleHigh 2 ;\n    kb:plausibleLow -2 ;"
    new = "kb:plausibleHigh 1 ;\n    kb:plausibleLow 0 ;\n    kb:wholeNumberOf unit:one ;"
    edit(tmp_path, "ontology/endpoints.ttl", old, new)
    claims = [people("a", 60), mean("EQ5D_INDEX", "0.35", sd, unit="1")]
    made = material(real, claims, [group("a")])
    context = CheckContext(made.evidence, load_vocabulary(tmp_path))
    assert [finding.kind for finding in find(context)] == expected
