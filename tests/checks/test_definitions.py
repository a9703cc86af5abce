"""Categories divide their scale, thresholds agree, and values can be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.check_material import group, material, median, people, say, share

from kb import KnowledgeBase
from kb.checks import CheckContext, Outcome, Severity, definitions
from kb.checks.definitions import faults
from kb.checks.plausibility import plausible
from kb.checks.thresholds import parse
from kb.model import Claim
from kb.records.notation import parse_time
from kb.records.vocabulary import Vocabulary

FIXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        (["<50%", "50-90%", ">90%"], []),
        ([">50%", "50-90%", ">90%"], ["overlap", "overlap"]),
        (["<50%", ">50%"], ["hole"]),
        (["<50%", "≥50%"], []),
        (["≤50%", "≥50%"], ["overlap"]),
        (["up to 10", "from 5"], ["overlap"]),
        (["up to 10", "from 11"], []),
        (["up to 10", "from 12"], ["hole"]),
        (["5-9", "10-14"], []),
        (["5-10", "10-14"], ["overlap"]),
        (["younger than 60 years", "60 years or older"], []),
        (["under 60 years", "over 60 years"], ["hole"]),
        (["<50%"], []),
    ],
)
def test_categories_divide_a_scale(ranges: list[str], expected: list[str]) -> None:
    read = [r for text in ranges if (r := parse(text)) is not None]
    assert len(read) == len(ranges)
    assert [kind for kind, *_ in faults(read)] == expected


@pytest.mark.parametrize("text", ["high", "", "grade 3", "2 or more lines of 3", "first salvage"])
def test_other_categories_are_not_ranges(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("value", "operator", "outcome"),
    [
        ("0", "", Outcome.CONSISTENT),
        ("100", "", Outcome.CONSISTENT),
        ("100.1", "", Outcome.INCONSISTENT),
        ("-0.1", "", Outcome.INCONSISTENT),
        ("0", "<", Outcome.INCONSISTENT),
        ("100", ">", Outcome.INCONSISTENT),
        ("100", "≥", Outcome.CONSISTENT),
        ("120", "<", Outcome.NOT_ENOUGH),  # true, if odd
    ],
)
def test_a_value_is_within_its_limits(value: str, operator: str, outcome: Outcome) -> None:
    assert plausible(Decimal(value), operator, Decimal(0), Decimal(100)) is outcome


def kinds_and_severities(made: CheckContext) -> list[tuple[str, Severity]]:
    both = (*definitions.find(made), *definitions.across(made))
    return [(finding.kind, finding.severity) for finding in both]


def defined(category: str, value: str, operator: str = "", **more: object) -> Claim:
    return say(  # type: ignore[call-arg]
        "all",
        "DEFINITION",
        "value",
        category=category,
        kind="definition",
        value=value,
        operator=operator,
        **{"unit": "%", **more},  # type: ignore[arg-type]
    )


def interval(category: str, low: int, high: int) -> Claim:
    return say(
        "all",
        "DEFINITION",
        "value",
        category=category,
        kind="definition",
        unit="%",
        low=Decimal(low),
        high=Decimal(high),
        bounds="interval",
    )


def test_overlapping_definitions_are_found(real: KnowledgeBase) -> None:
    middle = interval("moderate disease burden", 50, 90)
    claims = [defined("low disease burden", "50", ">"), middle]
    claims.append(defined("high disease burden", "90", ">"))
    assert kinds_and_severities(material(real, claims)) == [
        ("categories-overlap", Severity.MATERIAL)
    ]
    claims[0] = defined("low disease burden", "50", "<")
    assert kinds_and_severities(material(real, claims)) == []


def test_definitions_of_other_words_are_not_compared(real: KnowledgeBase) -> None:
    claims = [defined("CR", "5", "<"), defined("MRD_NEG", "0.01", "<")]
    assert kinds_and_severities(material(real, claims)) == []


@pytest.mark.parametrize(("other", "expected"), [(">50%", 1), ("≥50%", 0), (">60%", 0)])
def test_sibling_groups_leave_no_value_out(real: KnowledgeBase, other: str, expected: int) -> None:
    groups = [
        group("few", kind="subgroup", who=("BM_BLASTS", "<50%")),
        group("many", kind="subgroup", who=("BM_BLASTS", other)),
    ]
    claims = [share(g.id, "45", printed=f"45% with {g.who_category}") for g in groups]
    assert (
        kinds_and_severities(material(real, claims, groups))
        == [("categories-hole", Severity.MINOR)] * expected
    )


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([("0.01", "%", "s"), ("0.01", "%", "t")], []),
        ([("0.01", "%", "s"), ("0.1", "%", "t")], [("threshold-differs-between-studies", "minor")]),
        ([("0.01", "%", "s"), ("0.1", "%", "s")], [("threshold-differs-in-study", "material")]),
        ([("0.01", "%", "s"), ("0.0001", "1", "s")], []),
        ([("0.01", "%", "s"), ("0.001", "1", "s")], [("threshold-differs-in-study", "material")]),
        ([("0.01", "%", "s"), ("10", "months", "s")], []),
    ],
)
def test_one_word_has_one_threshold(
    real: KnowledgeBase, claims: list[tuple[str, str, str]], expected: list[tuple[str, str]]
) -> None:
    made = [defined("MRD_NEG", v, "<", unit=u, study=s) for v, u, s in claims]
    assert [(k, s.value) for k, s in kinds_and_severities(material(real, made))] == expected


def test_one_figure_in_two_units_is_found(real: KnowledgeBase) -> None:
    weeks = say("all", "OS", "median", value="7.7", unit="weeks")
    assert kinds_and_severities(material(real, [median("all", "7.7"), weeks])) == [
        ("unit-differs", Severity.MATERIAL)
    ]
    assert kinds_and_severities(material(real, [median("all", "7.7"), median("all", "7.7")])) == []


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (median("all", "600"), 0),
        (median("all", "601"), 1),
        (say("all", "OS", "median", value="50", unit="years"), 0),
        (say("all", "OS", "median", value="51", unit="years"), 1),
        (say("all", "AGE", "median", value="120", unit="years"), 0),
        (say("all", "AGE", "median", value="121", unit="years"), 1),
        (say("all", "AGE", "median", value="34", unit="years", high=Decimal(150)), 1),
        (say("all", "AGE", value="60", unit="%", category=">60 years"), 0),
    ],
)
def test_impossible_values_are_found(real: KnowledgeBase, claim: Claim, expected: int) -> None:
    assert len(kinds_and_severities(material(real, [claim]))) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("<30000", "/mL", 1),
        ("<30000", "/µL", 0),
        ("<30", "10^9/L", 0),
        (">3000", "10^9/L", 1),
        ("<3000", "10^9/L", 0),
    ],
)
def test_a_range_of_the_ontology_is_read_in_any_unit(
    real: KnowledgeBase, value: str, unit: str, expected: int
) -> None:
    terms = [t for scheme in real.vocabulary.schemes.values() for t in scheme.values()]
    limits = {"plausibleLow": ("0.1",), "plausibleHigh": ("1500",)}
    declared = [
        replace(t, properties={**t.properties, **limits}) if t.notation == "WBC" else t
        for t in terms
    ]
    vocabulary = Vocabulary(real.vocabulary.base, declared, real.vocabulary.triples)
    claim = say("all", "WBC", "value", value=value[1:], unit=unit, operator=value[0])
    made = CheckContext(material(real, [claim]).evidence, vocabulary)
    assert len(kinds_and_severities(made)) == expected


@pytest.mark.parametrize(("centres", "expected"), [("71", 0), ("72", 1)])
def test_centres_are_not_more_than_patients(
    real: KnowledgeBase, centres: str, expected: int
) -> None:
    many = say("all", "N_CENTERS", "count", value=centres, unit="centres", kind="design")
    assert len(kinds_and_severities(material(real, [people("all", 71), many]))) == expected


@FIXED
@given(st.lists(st.integers(1, 999), min_size=1, max_size=5, unique=True), st.integers(1, 9))
def test_random_divisions_hold_until_one_end_moves(
    real: KnowledgeBase, cuts: list[int], moved: int
) -> None:
    cuts = sorted(10 * cut for cut in cuts)  # wider than what moves
    names = [f"level-{i} burden" for i in range(len(cuts) + 1)]
    lowest = defined(names[0], str(cuts[0]), "≤")
    middle = [
        interval(name, low + 1, high)
        for name, low, high in zip(names[1:-1], cuts[:-1], cuts[1:], strict=True)
    ]

    def divided(last: int) -> list[tuple[str, Severity]]:
        highest = defined(names[-1], str(last), "≥")
        return kinds_and_severities(material(real, [lowest, *middle, highest]))

    assert divided(cuts[-1] + 1) == []
    assert divided(cuts[-1] + 1 + moved) == [("categories-hole", Severity.MATERIAL)]
    ((kind, severity),) = divided(cuts[-1] + 1 - moved)
    assert kind == "categories-overlap"
    assert severity is (Severity.MINOR if moved == 1 else Severity.MATERIAL)


def timeless(base: KnowledgeBase, endpoint: str, time: str) -> list[str]:
    claims = [share("all", "40", endpoint, time=parse_time(time))]
    return [
        kind
        for kind, _ in kinds_and_severities(material(base, claims))
        if kind == "share-without-time"
    ]


@pytest.mark.parametrize("endpoint", ["OS", "EFS", "PFS", "RFS"])
@pytest.mark.parametrize(
    ("time", "flagged"),
    [
        ("", True),
        ("from randomisation", True),
        ("at 2 years", False),
        ("within 2 cycles", False),
    ],
)
def test_a_percentage_that_falls_with_time_needs_a_time(
    real: KnowledgeBase, endpoint: str, time: str, flagged: bool
) -> None:
    assert timeless(real, endpoint, time) == ["share-without-time"] * flagged


def test_a_response_needs_no_time(real: KnowledgeBase) -> None:
    assert timeless(real, "CR", "") == []
