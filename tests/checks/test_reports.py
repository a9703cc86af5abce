"""Two prints contradict each other only where they should give one figure: whose are they?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import STUDY, claim, kinds, material, months, share

from kb import Claim, Group, Publication, Source
from kb.checks import CheckContext, agreement
from kb.checks.reports import Reports

REFERENCES = ((1, "trial-2016"), (2, "trial-2019"))


def reported(*claims: Claim, groups: tuple[Group, ...] = ()) -> CheckContext:
    """A trial with two reports of its own, read as sources, and two reviews that cite them."""
    made = material(claims, groups)
    names = {"first": "trial-2016", "final": "trial-2019", "review": "r-2020", "other": "r-2021"}
    sources = tuple(
        Source(name, publication, name, "review", "en", "credit", references=REFERENCES)
        for name, publication in names.items()
    )
    publications = tuple(
        Publication(name, name, "review", reports=(STUDY,) if "trial" in name else ())
        for name in names.values()
    )
    evidence = replace(made.evidence, sources=sources, publications=publications)
    return CheckContext(evidence, made.vocabulary)


def printed(source: str, value: str = "50", cites: tuple[int, ...] = (), **more: str) -> Claim:
    return replace(claim("CR", share(value), source=source, **more), cites=cites)


@pytest.mark.parametrize(
    ("one", "other", "should"),
    [
        pytest.param(("review", (1,)), ("review", (2,)), True, id="one source, whatever it cites"),
        pytest.param(("first", ()), ("first", ()), True, id="one report with itself"),
        pytest.param(("first", ()), ("first", (2,)), True, id="a report that cites a later one"),
        pytest.param(("review", ()), ("other", ()), True, id="two reviews"),
        pytest.param(("review", (1,)), ("other", (1,)), True, id="two reviews of one report"),
        pytest.param(("review", (1,)), ("other", ()), True, id="two reviews, one without credit"),
        pytest.param(("first", ()), ("review", ()), True, id="a review that gives no credit"),
        pytest.param(("first", ()), ("final", ()), False, id="two data cuts"),
        pytest.param(("first", ()), ("review", (1,)), False, id="a review with what it cites"),
        pytest.param(("first", ()), ("review", (2,)), False, id="a review of the other report"),
        pytest.param(("first", ()), ("final", (1,)), False, id="a report quoted by the next"),
    ],
)
def test_two_prints_should_give_one_figure_unless_they_are_of_two_reports(
    one: tuple[str, tuple[int, ...]], other: tuple[str, tuple[int, ...]], should: bool
) -> None:
    prints = [printed(source, cites=cites) for source, cites in (one, other)]
    reports = reported(*prints).reports
    assert reports.one_result(*prints) is should
    assert reports.one_result(*reversed(prints)) is should


@pytest.mark.parametrize(
    ("one", "other", "should"),
    [
        ({"analysis_set": "randomised"}, {"analysis_set": "safety"}, False),
        ({"analysis_set": "Safety"}, {"analysis_set": "safety"}, True),
        ({"analysis_set": "randomised"}, {}, True),
        ({"data_cut": "2015"}, {"data_cut": "2017"}, False),
        ({"data_cut": "2015"}, {}, True),
    ],
)
def test_analysis_sets_and_data_cuts_that_both_name_are_results_of_their_own(
    one: dict[str, str], other: dict[str, str], should: bool
) -> None:
    prints = [replace(printed("first"), **part) for part in (one, other)]
    assert reported(*prints).reports.one_result(*prints) is should


def test_the_reports_of_a_study_are_those_that_either_record_names() -> None:
    made = reported(printed("review"))
    study = replace(made.evidence.studies[0], publications=("r-2021",))
    reports = Reports(replace(made.evidence, studies=(study,)), made.vocabulary)
    assert reports.publications_of(STUDY) == {"trial-2016", "trial-2019", "r-2021"}
    assert reports.is_first_hand(printed("other"))
    assert not reports.is_first_hand(printed("other", cites=(1,)))
    assert not reports.is_first_hand(printed("review"))


# --- what that makes of a difference ---------------------------------------------------------


def kinds_of(*claims: Claim, groups: tuple[Group, ...] = ()) -> list[str]:
    return kinds(agreement.find(reported(*claims, groups=groups)))


def test_another_figure_is_a_finding_only_where_one_is_due() -> None:
    first, final = printed("first", "50"), printed("final", "60")
    assert kinds_of(first, final) == []
    assert kinds_of(first, printed("review", "60", (1,))) == []
    assert kinds_of(first, printed("review", "60")) == ["differs-between-sources"]
    assert kinds_of(printed("review", "50", (1,)), printed("other", "60", (1,))) == [
        "differs-between-sources"
    ]
    assert kinds_of(first, printed("first", "60")) == ["differs-within-source"]


@given(st.integers(0, 100), st.integers(0, 100))
def test_two_reports_never_contradict_each_other_and_one_does_so_itself(a: int, b: int) -> None:
    assert kinds_of(printed("first", str(a)), printed("final", str(b))) == []
    within = kinds_of(printed("first", str(a)), printed("first", str(b)))
    assert within == ([] if a == b else ["differs-within-source"])


def swapped(source: str, turned: bool, *endpoints: str) -> list[Claim]:
    """Medians of two arms, 3 and 8 months and so on, or the other way round."""
    made = []
    for step, endpoint in enumerate(endpoints):
        values = [str(Decimal(3 + step)), str(Decimal(8 + step))]
        for arm, value in zip(("a", "b"), reversed(values) if turned else values, strict=True):
            made.append(
                claim(endpoint, months(value), source=source, statistic="median", group=arm)
            )
    return made


ARMS = tuple(Group(STUDY, name, f"arm {name}", "arm", "all") for name in ("a", "b"))


def test_arms_that_two_reviews_give_crosswise_are_one_finding() -> None:
    right = swapped("review", False, "OS", "EFS")
    kinds_ = kinds_of(*right, *swapped("other", True, "OS", "EFS"), groups=ARMS)
    assert "groups-swapped" in kinds_
    assert "groups-swapped" not in kinds_of(
        *right, *swapped("other", False, "OS", "EFS"), groups=ARMS
    )
    one_only = kinds_of(*right, *swapped("other", True, "OS"), groups=ARMS)
    assert "groups-swapped" not in one_only
    assert "differs-between-sources" in one_only


def test_arms_that_two_reports_of_a_trial_give_crosswise_are_not_compared() -> None:
    both = [*swapped("first", False, "OS", "EFS"), *swapped("final", True, "OS", "EFS")]
    assert kinds_of(*both, groups=ARMS) == []
