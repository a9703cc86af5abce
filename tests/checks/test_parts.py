"""Groups add up to their whole, average to it, and hold no more people than it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.check_material import group, material, median, people, say, share

from kb import KnowledgeBase
from kb.checks import CheckContext, Outcome, Severity, parts
from kb.checks.event_kinds import at_most
from kb.checks.partitions import divisions, exclude
from kb.checks.parts import Share, adds_up, averages
from kb.checks.rounding import possible_values
from kb.model import Claim, Group, Partition

ARMS = [group("a"), group("b")]
STATUS = [
    group("neg", kind="subgroup", who=("MRD_NEG", "")),
    group("pos", kind="subgroup", who=("MRD_NEG", "not reached")),
]
FIXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def spans(*values: str) -> list[Share]:
    return [Share(possible_values(Decimal(v))) for v in values]


@pytest.mark.parametrize(
    ("counts", "whole", "complete", "outcome"),
    [
        ([271, 134], 405, True, Outcome.CONSISTENT),
        ([271, 134], 404, True, Outcome.INCONSISTENT),
        ([271, 134], 406, True, Outcome.INCONSISTENT),
        ([141, 138], 326, True, Outcome.INCONSISTENT),
        ([14, 13], 29, True, Outcome.INCONSISTENT),
        ([84, 23], 110, False, Outcome.NOT_ENOUGH),  # three may not have been assessed
        ([84, 27], 110, False, Outcome.INCONSISTENT),
        ([84, 26], 110, False, Outcome.CONSISTENT),
    ],
)
def test_counts_add_up(counts: list[int], whole: int, complete: bool, outcome: Outcome) -> None:
    assert adds_up(counts, whole, complete=complete) is outcome


@pytest.mark.parametrize(
    ("shares", "sizes", "whole", "outcome"),
    [
        (["45", "13"], None, "63", Outcome.INCONSISTENT),
        (["46", "8"], None, "43", Outcome.CONSISTENT),
        (["45", "13"], None, "45", Outcome.CONSISTENT),
        (["45", "13"], None, "45.5", Outcome.CONSISTENT),
        (["45", "13"], None, "46", Outcome.BY_ROUNDING),  # 45.5 would round either way
        (["45", "13"], None, "47", Outcome.INCONSISTENT),
        (["45.0", "13.0"], None, "45.2", Outcome.INCONSISTENT),
        (["50", "90"], [10, 30], "80", Outcome.CONSISTENT),
        (["50", "90"], [10, 30], "81", Outcome.BY_ROUNDING),
        (["50", "90"], [10, 30], "82", Outcome.INCONSISTENT),
        (["57", "59"], [49, 41], "58", Outcome.CONSISTENT),
        (["24", "21"], [57, 14], "22", Outcome.INCONSISTENT),
        (["24", "21"], [57, 14], "23", Outcome.CONSISTENT),
        (["8.7", "2.5"], None, "1.5", Outcome.INCONSISTENT),
        (["8.7", "2.5"], None, "2.4", Outcome.BY_ROUNDING),
        (["8.7", "2.5"], None, "2.3", Outcome.INCONSISTENT),
        (["8.7", "2.5"], None, "8.8", Outcome.BY_ROUNDING),
        (["8.7", "2.5"], None, "8.9", Outcome.INCONSISTENT),
    ],
)
def test_a_whole_lies_within_its_parts(
    shares: list[str], sizes: list[int] | None, whole: str, outcome: Outcome
) -> None:
    made = [
        Share(possible_values(Decimal(v)), n)
        for v, n in zip(shares, sizes or [None] * 2, strict=True)
    ]
    assert averages(made, possible_values(Decimal(whole))) is outcome


@pytest.mark.parametrize(
    ("kinds", "whole", "outcome"),
    [
        (["19", "30", "9"], "58", Outcome.CONSISTENT),
        (["42", "28"], "69", Outcome.BY_ROUNDING),
        (["42", "28"], "68", Outcome.INCONSISTENT),
        (["31", "4"], "35.6", Outcome.CONSISTENT),
        (["34"], "31", Outcome.INCONSISTENT),
    ],
)
def test_kinds_stay_below_their_total(kinds: list[str], whole: str, outcome: Outcome) -> None:
    made = [possible_values(Decimal(k)) for k in kinds]
    assert at_most(made, possible_values(Decimal(whole))) is outcome


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "not reached", True),
        ("", "negative", True),
        ("<50%", ">50%", True),
        (">55 years", "≤55 years", True),
        ("high disease burden", "disease burden not high", True),
        ("debulking", "no debulking", True),
        ("", "second line", False),
        ("<50%", ">90%", False),
        ("not reached", "not assessed", False),
        ("high disease burden", "low disease burden", False),
        ("debulking", "no maintenance", False),
    ],
)
def test_opposite_categories_make_a_whole(one: str, other: str, expected: bool) -> None:
    assert exclude(one, other) is exclude(other, one) is expected


def kinds_of(made: CheckContext) -> list[str]:
    return [finding.kind for finding in parts.find(made)]


def test_arms_that_miss_patients_are_found(real: KnowledgeBase) -> None:
    claims = [people("all", 326, section="2"), people("a", 141), people("b", 138)]
    (finding,) = parts.find(material(real, claims, ARMS, ["a", "b"]))
    assert finding.kind == "parts-do-not-add-up"
    assert finding.severity is Severity.MATERIAL
    assert finding.computation == "141 + 138 = 279 < 326"
    assert "326" in finding.message
    assert len(finding.claims) == 3


def test_one_of_two_printed_totals_is_enough(real: KnowledgeBase) -> None:
    claims = [people("all", 326), people("all", 279), people("a", 141), people("b", 138)]
    assert kinds_of(material(real, claims, ARMS, ["a", "b"])) == []


def test_other_times_and_categories_are_not_compared(real: KnowledgeBase) -> None:
    sizes = [people("a", 141, category="treated"), people("b", 138)]
    assert kinds_of(material(real, [people("all", 326), *sizes], ARMS, ["a", "b"])) == []


def test_opposite_subgroups_bound_a_median(real: KnowledgeBase) -> None:
    claims = [median("all", "1.5"), median("neg", "8.7"), median("pos", "2.5")]
    assert kinds_of(material(real, claims, STATUS)) == ["median-outside-parts"]
    claims[0] = median("all", "7.4")
    assert kinds_of(material(real, claims, STATUS)) == []


def test_all_and_none_are_counts_where_the_group_has_a_size(real: KnowledgeBase) -> None:
    sizes = [people("a", 3), people("b", 4)]
    words = [say("a", "CR", "value", text_value="all"), say("b", "CR", "value", text_value="none")]
    total = say("all", "CR", numerator=3, unit="patients")
    assert kinds_of(material(real, [total, *words, *sizes], ARMS, ["a", "b"])) == []
    total = say("all", "CR", numerator=4, unit="patients")
    (finding,) = parts.find(material(real, [total, *words, *sizes], ARMS, ["a", "b"]))
    assert finding.computation == "3 + 0 = 3 < 4"
    assert [claim.figure.text_value for claim in finding.claims] == ["", "all", "none"]
    assert kinds_of(material(real, [total, *words], ARMS, ["a", "b"])) == []


def test_shares_of_curves_do_not_average(real: KnowledgeBase) -> None:
    sizes = [people("a", 67), people("b", 43)]
    claims = [share("all", "45", "OS"), share("a", "34", "OS"), share("b", "52", "OS"), *sizes]
    assert kinds_of(material(real, claims, ARMS, ["a", "b"])) == []
    claims[0] = share("all", "54", "OS")
    assert kinds_of(material(real, claims, ARMS, ["a", "b"])) == ["share-outside-parts"]


def test_a_print_that_lists_its_parts_is_added(real: KnowledgeBase) -> None:
    text = "29 patients had been treated: 14 at the lower and 13 at the higher dose"
    lower, higher = (people(g, n, printed=text) for g, n in (("a", 14), ("b", 13)))
    made = material(real, [people("all", 29), lower, higher], ARMS)
    claims = tuple(
        c if c.measure.group == "all" else replace(c, block="one") for c in made.evidence.claims
    )
    reported = list(
        parts.find(CheckContext(replace(made.evidence, claims=claims), made.vocabulary))
    )
    assert [f.computation for f in reported] == ["14 + 13 = 27 < 29"]


def test_a_subgroup_is_not_larger_than_its_arm(real: KnowledgeBase) -> None:
    groups = [*ARMS, group("a.old", "a", "subgroup"), group("screened", "all", "analysis-set")]
    claims = [people("a", 50), people("a.old", 51), people("all", 90), people("screened", 200)]
    (finding,) = parts.find(material(real, claims, groups))
    assert (finding.kind, finding.computation) == ("part-above-whole", "51 > 50")


@pytest.mark.parametrize(
    ("inner", "reported"),
    [
        (group("cohort", kind="cohort"), []),  # may be an external comparator
        (group("a.young", "a", "cohort"), ["part-above-whole"]),
        (group("treated", kind="analysis-set"), ["part-above-whole"]),
        (group("enrolled", kind="analysis-set"), []),
        (group("young", kind="cohort", who=("AGE", "")), ["part-above-whole"]),
    ],
)
def test_a_group_is_not_larger_than_the_one_it_is_within(
    real: KnowledgeBase, inner: Group, reported: list[str]
) -> None:
    for size, expected in ((51, reported), (50, [])):
        claims = [people(inner.within, 50), people(inner.id, size)]
        assert kinds_of(material(real, claims, [*ARMS, inner])) == expected


def test_parts_of_a_partition_are_surely_within_the_whole(real: KnowledgeBase) -> None:
    cohorts = [group(name, kind="cohort") for name in ("early", "late")]
    claims = [people("all", 50), people("early", 51)]
    assert kinds_of(material(real, claims, cohorts, ["early", "late"])) == ["part-above-whole"]


def test_a_subgroup_of_responders_is_not_larger_than_their_number(real: KnowledgeBase) -> None:
    groups = [group("cr", kind="subgroup", who=("CR", "")), group("cr.old", "cr", "subgroup")]
    responders = say("all", "CR", numerator=25, unit="patients")
    assert kinds_of(material(real, [responders, people("cr.old", 25)], groups)) == []
    reported = kinds_of(material(real, [responders, people("cr.old", 26)], groups))
    assert reported == ["part-above-whole"]


@pytest.mark.parametrize(("deaths", "reported"), [(47, 0), (46, 1)])
def test_causes_of_death_stay_below_deaths(real: KnowledgeBase, deaths: int, reported: int) -> None:
    causes = {"progression": 34, "infection": 6, "transplant": 6, "bleeding": 1}
    claims = [
        say("all", "CAUSE_OF_DEATH", category=c, numerator=n, unit="patients")
        for c, n in causes.items()
    ]
    total = say("all", "DEATH", numerator=deaths, unit="patients")
    kinds = kinds_of(material(real, [total, *claims]))
    assert kinds == ["kinds-above-total"] * reported


@pytest.mark.parametrize(("category", "reported"), [("grade 3", 1), ("none", 0)])
def test_a_kind_of_event_is_not_above_the_event(
    real: KnowledgeBase, category: str, reported: int
) -> None:
    claims = [share("all", "10", "CRS"), share("all", "12", "CRS", category=category)]
    assert len(kinds_of(material(real, claims))) == reported


def test_best_responses_that_exclude_each_other_are_added(real: KnowledgeBase) -> None:
    claims = [share("all", "50", "cCR"), share("all", "34"), share("all", "20", "CRh")]
    assert kinds_of(material(real, claims)) == ["kinds-above-total"]


@FIXED
@given(st.lists(st.integers(1, 400), min_size=2, max_size=2), st.data())
def test_random_consistent_counts_never_give_a_finding(
    real: KnowledgeBase, sizes: list[int], data: st.DataObject
) -> None:
    with_event = [data.draw(st.integers(0, n)) for n in sizes]
    pairs = list(zip([g.id for g in ARMS], with_event, sizes, strict=True))
    total, event = sum(sizes), sum(with_event)

    def shares(of: str, n: int, whole: int) -> list[Claim]:
        percent = str((Decimal(100 * n) / whole).quantize(Decimal(1)))
        return [people(of, whole), share(of, percent)]

    claims = [*shares("all", event, total), *(c for p in pairs for c in shares(*p))]
    assert kinds_of(material(real, claims, ARMS, ["a", "b"])) == []
    broken = [people("all", total + data.draw(st.sampled_from([-1, 1]))), *claims[2:]]
    reported = kinds_of(material(real, broken, ARMS, ["a", "b"]))
    assert "parts-do-not-add-up" in reported
    low, high = _average(with_event, sizes)
    claims[1] = share("all", str(data.draw(st.sampled_from([high, low]))))
    assert kinds_of(material(real, claims, ARMS, ["a", "b"])) == ["share-outside-parts"]


def _average(events: list[int], sizes: list[int]) -> tuple[int, int]:
    """The first whole percentages that no rounding of the parts can average to."""
    shares = [
        Share(possible_values((Decimal(100 * e) / n).quantize(Decimal(1))), n)
        for e, n in zip(events, sizes, strict=True)
    ]
    reach = parts.reach(shares)
    beyond = Decimal("0.501")
    return int((reach.low - beyond).__floor__()), int((reach.high + beyond).__ceil__())


@FIXED
@given(st.decimals(0, 60, places=1), st.decimals(0, 60, places=1), st.decimals(0, 1, places=2))
def test_random_medians_between_their_parts_are_left_alone(
    real: KnowledgeBase, one: Decimal, other: Decimal, weight: Decimal
) -> None:
    middle = (one * weight + other * (1 - weight)).quantize(Decimal("0.1"))
    ends = [median("neg", str(one)), median("pos", str(other))]
    assert kinds_of(material(real, [median("all", str(middle)), *ends], STATUS)) == []
    above = max(one, other) + Decimal("0.2")  # 0.1 could be rounding of both
    reported = kinds_of(material(real, [median("all", str(above)), *ends], STATUS))
    assert reported == ["median-outside-parts"]


def test_arms_within_strata_divide_the_arm(real: KnowledgeBase) -> None:
    groups = [*ARMS, group("low", kind="subgroup"), group("high", kind="subgroup")]
    groups += [group(f"{p}.a", p) for p in ("low", "high")]
    made = material(real, [], groups, ["low", "high"])
    assert ("low.a", "high.a") in [d.parts for d in divisions(made.evidence)["s"] if d.whole == "a"]


@pytest.mark.parametrize(
    ("young", "old", "men", "women", "kinds"),
    [
        ("20", "30", "40", "60", ["divisions-disagree"]),
        ("20", "45", "40", "60", []),
        ("20", "40", "40", "60", []),
    ],
)
def test_two_divisions_of_one_whole_must_allow_a_common_figure(
    real: KnowledgeBase, young: str, old: str, men: str, women: str, kinds: list[str]
) -> None:
    figures = {"young": young, "old": old, "men": men, "women": women}
    groups = [group(name, kind="subgroup") for name in figures]
    printed = material(real, [share(name, value) for name, value in figures.items()], groups)
    halves = (("age", ("young", "old")), ("sex", ("men", "women")))
    partitions = tuple(Partition("s", f"all.{by}", "all", by, names) for by, names in halves)
    both = CheckContext(replace(printed.evidence, partitions=partitions), real.vocabulary)
    assert [one.kind for one in parts.find(both)] == kinds
    medians = [median(name, value) for name, value in figures.items()]
    printed = material(real, medians, groups)
    both = CheckContext(replace(printed.evidence, partitions=partitions), real.vocabulary)
    assert [one.kind for one in parts.find(both)] == kinds
