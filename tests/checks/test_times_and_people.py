"""Shares without a time, and figures of some that are given to all: both edges of each check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import claim, group, kinds, material, share

from kb import KnowledgeBase
from kb.checks import Discrepancy, Outcome, Severity
from kb.checks.definitions import find, has_time
from kb.checks.provenance import SOME_ONLY
from kb.checks.provenance import find as find_provenance

GROUPS = (group("all", kind="whole"),)


@pytest.mark.parametrize(
    ("moments", "outcome"),
    [
        (("2 years", ""), Outcome.CONSISTENT),
        (("", "12 weeks"), Outcome.CONSISTENT),
        (("", ""), Outcome.INCONSISTENT),
    ],
)
def test_a_share_that_falls_with_time_has_one(moments: tuple[str, str], outcome: Outcome) -> None:
    assert has_time(*moments) is outcome


def timeless(endpoint: str, time: str) -> list[str]:
    found = find(material([claim(endpoint, share("40"), time=time)], GROUPS))
    return [kind for kind in kinds(found) if kind == "share-without-time"]


@given(st.sampled_from(["at 2 years", "at 6 months", "within 2 cycles"]))
def test_survival_at_a_time_is_never_flagged(time: str) -> None:
    assert timeless("OS", time) == []


@given(st.sampled_from(["OS", "EFS", "PFS", "RFS"]), st.sampled_from(["", "from randomisation"]))
def test_survival_without_a_time_always_is(endpoint: str, time: str) -> None:
    assert timeless(endpoint, time) == ["share-without-time"]


def test_a_response_needs_no_time() -> None:
    assert timeless("CR", "") == []


def some_only(base: KnowledgeBase) -> dict[str, Discrepancy]:
    from kb.checks import CheckContext

    found = find_provenance(CheckContext(base.evidence, base.vocabulary))
    return {finding.study: finding for finding in found if finding.kind == SOME_ONLY}


def test_a_share_of_responders_that_is_given_to_patients_is_material(real: KnowledgeBase) -> None:
    finding = some_only(real)["ino-vate"]
    assert finding.severity is Severity.MATERIAL
    assert "69/88 (78.4%)" in finding.computation
    assert {c.source for c in finding.claims} == {"bruzzese-2025", "kantarjian-2016-ino-vate"}


def test_a_figure_of_an_analysis_set_that_is_given_to_all_is_found(real: KnowledgeBase) -> None:
    assert some_only(real)["blast"].severity is Severity.MINOR


def test_a_figure_that_the_cited_report_gives_for_the_same_people_is_not(
    real: KnowledgeBase,
) -> None:
    assert {"tower", "alcantara", "campus-all"}.isdisjoint(some_only(real))
