"""Shares without a time, and figures of some that are given to all: both edges of each check."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.small_evidence import claim, group, kinds, material, share

from kb.checks.definitions import find

GROUPS = (group("all", kind="whole"),)


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
