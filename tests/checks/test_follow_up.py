"""Follow-up against the start of a study and the report that prints it: both edges."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.check_material import group, material, say

from kb import KnowledgeBase
from kb.checks import Discrepancy
from kb.checks.follow_up import find
from kb.model import Claim, Publication, Source, Time

PERIOD = say("all", "STUDY_PERIOD", "date", kind="design", date_from="2018-03", date_to="2019-02")


def discrepancies_of(
    base: KnowledgeBase, *claims: Claim, year: int | None = 2021
) -> list[Discrepancy]:
    context = material(base, claims, [group("a")])
    source = Source("a-source", "a-report", "A report", "primary-report", "en", "")
    report = Publication("a-report", "A report", "article", year=year)
    evidence = replace(context.evidence, sources=(source,), publications=(report,))
    return list(find(type(context)(evidence, context.vocabulary)))


def follow_up(value: str, unit: str = "months", statistic: str = "median", **more: object) -> Claim:
    return say("a", "FOLLOW_UP", statistic, value=value, unit=unit, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        (follow_up("46"), False),  # March 2018 to December 2021
        (follow_up("46.1"), True),
        (follow_up("3.8", "years"), False),
        (follow_up("3.9", "years", "mean"), True),
        (follow_up("24", bounds="range", low=Decimal(1), high=Decimal(46)), False),
        (follow_up("24", bounds="range", low=Decimal(1), high=Decimal(52)), True),
        (follow_up("24", bounds="ci95", low=Decimal(1), high=Decimal(52)), False),
        (follow_up("50", time=Time(from_="randomisation")), True),
        (follow_up("50", time=Time(from_="first-diagnosis")), False),
        (follow_up("60", operator="<"), False),
        (follow_up("60", "patients"), False),
        (replace(follow_up("30"), data_cut="2020-08"), False),
        (replace(follow_up("31"), data_cut="2020-08"), True),
    ],
)
def test_a_follow_up_fits_between_the_start_and_the_report(
    real: KnowledgeBase, claim: Claim, *, wrong: bool
) -> None:
    findings = discrepancies_of(real, PERIOD, claim)
    assert [f.kind for f in findings] == (["follow-up-beyond-study"] if wrong else [])
    assert all("start in 2018-03" in f.message for f in findings)


def test_the_first_of_several_starts_counts(real: KnowledgeBase) -> None:
    start = say("all", "START_DATE", "date", kind="design", date="2017-06-30")
    assert not discrepancies_of(real, PERIOD, start, follow_up("50"))
    assert discrepancies_of(real, PERIOD, start, follow_up("56"))


def test_without_a_date_at_each_end_nothing_is_judged(real: KnowledgeBase) -> None:
    assert not discrepancies_of(real, follow_up("460"))
    assert not discrepancies_of(real, PERIOD, follow_up("460"), year=None)


def test_a_time_that_is_not_a_follow_up_is_not_judged(real: KnowledgeBase) -> None:
    assert not discrepancies_of(real, PERIOD, say("a", "OS", "median", value="60", unit="months"))
