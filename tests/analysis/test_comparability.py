"""A user lines up figures of several studies, and sees in what they differ."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import Claim, Evidence, Group, KnowledgeBase, Measure, Study
from kb.analysis.comparability import NOT_STATED, Comparability, Difference
from kb.model import Dataset, Figure
from kb.records.notation import parse_time


def claim(study: str, group: str = "all", time: str = "", **changes: str) -> Claim:
    fields = {
        "endpoint": "CR",
        "statistic": "percentage",
        "kind": "result",
        "category": "",
    } | changes
    measure = Measure(
        study, group, fields["endpoint"], fields["statistic"], fields["category"], parse_time(time)
    )
    figure = Figure(value=Decimal(50), digits="50", unit="%")
    printed = fields.get("printed", "50%")
    names = (f"{study}.{group}.{time}", "b", fields["kind"], fields["statistic"])
    return Claim(*names, measure, "paper", "1", printed, figure=figure)


def evidence(*claims: Claim, **populations: str) -> Evidence:
    """Two studies, each with everybody, an analysis set and responders in it."""
    studies = tuple(
        Study(name, name.upper(), name, "single-arm-trial", populations.get(name, "rr-b-all"))
        for name in ("one", "two")
    )
    groups = tuple(
        group
        for study in studies
        for group in (
            Group(study.id, "all", "all patients", "whole"),
            Group(study.id, "evaluable", "evaluable patients", "analysis-set", "all"),
            Group(study.id, "cr", "in CR", "subgroup", "all", who_endpoint="CR"),
        )
    )
    dataset = Dataset("t", "d", "https://example.org/", "https://example.org/l")
    return Evidence(dataset, (), (), (), studies, groups, (), claims)


def differences_of(real: KnowledgeBase, *claims: Claim, **populations: str) -> dict[str, str]:
    comparability = Comparability(evidence(*claims, **populations), real.vocabulary)
    return {d.respect: str(d) for d in comparability.differences(claims)}


def test_figures_of_one_kind_have_no_difference(real: KnowledgeBase) -> None:
    assert differences_of(real, claim("one"), claim("two")) == {}


def test_figures_of_one_study_are_not_compared_with_each_other(real: KnowledgeBase) -> None:
    assert differences_of(real, claim("one"), claim("one", "cr", endpoint="MRD_NEG")) == {}


@pytest.mark.parametrize(
    ("other", "respect", "expected"),
    [
        ({"endpoint": "ORR"}, "endpoint", "overall response rate (TWO)"),
        ({"group": "evaluable"}, "analysis set", "evaluable patients (TWO)"),
        ({"group": "cr"}, "denominator", "of those with complete remission (TWO)"),
        ({"time": "at 2 years"}, "time", "at 2 years (TWO)"),
        ({"statistic": "median"}, "statistic", "median (TWO)"),
    ],
)
def test_each_respect_is_said(
    real: KnowledgeBase, other: dict[str, str], respect: str, expected: str
) -> None:
    assert expected in differences_of(real, claim("one"), claim("two", **other))[respect]


def test_populations_are_told_apart_by_what_the_ontology_says_of_them(real: KnowledgeBase) -> None:
    found = differences_of(real, claim("one"), claim("two"), two="mrd-positive-adult")
    assert found["status"] == "status: mrd positive (TWO); relapsed or refractory (ONE)"


def test_a_definition_that_only_one_study_prints_is_a_difference(real: KnowledgeBase) -> None:
    defined = claim(
        "one", endpoint="DEFINITION", category="CR", kind="definition", printed="CR: <5% blasts"
    )
    claims = (claim("one"), claim("two"))
    comparability = Comparability(evidence(*claims, defined), real.vocabulary)
    assert [str(d) for d in comparability.differences(claims)] == [
        f"definition of complete remission: CR: <5% blasts (ONE); {NOT_STATED} (TWO)"
    ]


def test_what_only_some_studies_state_is_a_gap_and_no_difference() -> None:
    one_kind = Difference("age", (("adult", ("A",)), (NOT_STATED, ("B",))))
    assert (one_kind.is_stated, one_kind.missing) == (False, ("B",))
    two_kinds = Difference("age", (("adult", ("A",)), ("older adult", ("B",))))
    assert (two_kinds.is_stated, two_kinds.missing) == (True, ())
    both = Difference("age", (*two_kinds.values, (NOT_STATED, ("C",))))
    assert (both.stated, both.missing) == (two_kinds.values, ("C",))


def test_times_have_the_labels_of_events(real: KnowledgeBase) -> None:
    found = differences_of(real, claim("one"), claim("two", time="after second-cycle"))
    assert "after second cycle (TWO)" in found["time"]


def test_prior_treatment_is_said_where_a_study_prints_it(real: KnowledgeBase) -> None:
    prior = claim("two", endpoint="PRIOR_LINES", category="first salvage")
    claims = (claim("one"), claim("two"))
    comparability = Comparability(evidence(*claims, prior), real.vocabulary)
    assert [d.respect for d in comparability.differences(claims)] == ["prior lines of therapy"]


def test_many_studies_are_counted_not_named() -> None:
    assert str(Difference("time", (("a", ("A", "B", "C", "D")), ("b", ("E",))))) == (
        "time: a (4 studies); b (E)"
    )


@given(st.permutations([("one", "all"), ("two", "cr"), ("two", "all"), ("one", "evaluable")]))
def test_the_order_of_the_claims_changes_nothing(
    real: KnowledgeBase, order: list[tuple[str, str]]
) -> None:
    claims = [claim(study, group) for study, group in order]
    comparability = Comparability(evidence(*claims), real.vocabulary)
    assert comparability.differences(claims) == comparability.differences(sorted(claims, key=str))


def test_lookups_and_queries_say_it(real: KnowledgeBase) -> None:
    found = real.claims(endpoint="MRD_NEG")
    respects = [difference.respect for difference in found.comparability()]
    assert {"denominator", "definition of MRD negativity", "time"} <= set(respects)
    assert not {"age from", "age to", "excludes"} & set(respects)
    table = real.ask("endpoint-across-regimens", endpoint="MRD_NEG")
    assert "denominator" in [d.respect for d in real.differences(table)]
    assert real.claims(study="tower").comparability() == ()
    assert real.differences(real.ask("verification-states")) == ()
