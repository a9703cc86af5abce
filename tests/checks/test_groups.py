"""The size of a group: one rule for checks, derived values, tables and pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from support.small_evidence import claim, group, material, people, share, vocabulary

from kb.checks.groups import Groups
from kb.model import Claim

RESPONDERS = replace(group("responders"), who_endpoint="CR")
FIGURE = claim("OS", people(3))


def size(n: int, source: str = "paper", **more: str) -> Claim:
    """A claim on the size of the whole group."""
    return claim("SAMPLE_SIZE", people(n), source=source, **more)


def groups_of(*claims: Claim, set_aside: Iterable[Claim] = ()) -> Groups:
    """The groups of a small study with these claims."""
    evidence = material(claims, [RESPONDERS]).evidence
    return Groups(evidence, vocabulary(), {(one.study, one.id) for one in set_aside})


def sizes(groups: Groups, name: str = "all", about: Claim = FIGURE) -> tuple[int | None, ...]:
    """The size of a group in one source, and as it is known from all."""
    named = groups.by_id["trial", name]
    sizes = groups.size(named, about.source), groups.printed_size(named, about)
    return tuple(one.number if one else None for one in sizes)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param([], (None, None), id="none printed"),
        pytest.param([size(45)], (45, 45), id="printed once"),
        pytest.param([size(45), size(45, section="2")], (45, 45), id="printed twice"),
        pytest.param([size(45), size(46)], (None, None), id="conflicting in the source"),
        pytest.param(
            [size(45), size(46), size(46, "other")], (None, None), id="others do not decide"
        ),
        pytest.param([size(45), size(46, "other")], (45, 45), id="its own source goes first"),
        pytest.param([size(46, "other")], (None, 46), id="another source only"),
        pytest.param([size(45, "one"), size(46, "two")], (None, None), id="others disagree"),
        pytest.param([size(45, category="enrolled")], (None, None), id="a part of the group"),
        pytest.param([size(45, population="ph-positive")], (None, None), id="a population in it"),
        pytest.param([claim("SAMPLE_SIZE", share("63", 45))], (45, 45), id="with its percentage"),
        pytest.param(
            [claim("SAMPLE_SIZE", replace(people(45), operator="~"))], (None, None), id="about"
        ),
    ],
)
def test_the_size_of_a_group_is(claims: list[Claim], expected: tuple[int | None, ...]) -> None:
    assert sizes(groups_of(*claims)) == expected


def test_the_first_print_of_a_size_is_cited() -> None:
    first, again = size(45), size(45, section="2")
    printed = groups_of(first, again).printed_size(group("all"), FIGURE)
    assert printed is not None
    assert printed.claim == first


def test_a_size_that_is_set_aside_leaves_the_other() -> None:
    right, wrong = size(12), size(13)
    assert sizes(groups_of(right, wrong)) == (None, None)
    assert sizes(groups_of(right, wrong, set_aside=[wrong])) == (12, 12)
    assert sizes(groups_of(wrong, set_aside=[wrong])) == (None, None)


def test_people_who_meet_the_criterion_of_a_group_are_its_size_but_do_not_print_it() -> None:
    met = claim("CR", people(36))
    assert sizes(groups_of(met), "responders") == (36, None)
    printed = size(35, group="responders")
    assert sizes(groups_of(met, printed), "responders") == (35, 35)


def test_the_size_of_its_analysis_set_goes_before_that_of_the_group() -> None:
    in_set = [replace(size(n), analysis_set=name) for n, name in ((31, "ITT"), (25, "treated"))]
    groups = groups_of(*in_set)
    assert sizes(groups, about=replace(FIGURE, analysis_set="treated"))[1] == 25
    assert sizes(groups, about=FIGURE)[1] is None
