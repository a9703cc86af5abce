"""No check knows an endpoint by name: the example's ontology, of headache trials, works as well.

Each broken case has a sound neighbour.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from support.check_material import group, material, median, people, say, share
from support.environment import ROOT

from kb import KnowledgeBase
from kb.checks import (
    CheckContext,
    Discrepancy,
    definitions,
    inference,
    naming,
    order,
    parts,
    shares,
)
from kb.model import Claim, ComparisonResult
from kb.records.notation import parse_time

Family = Callable[[CheckContext], Iterable[Discrepancy]]
ARMS = [group("a"), group("b")]
YEAR, LATER = parse_time("at 1 year"), parse_time("at 2 years")


def praised(endpoint: str, word: str, first: str, second: str) -> list[Claim]:
    """Medians of two arms, and a comparison of the first with the second in words."""
    arms = [median("a", first, endpoint), median("b", second, endpoint)]
    blank = say("a", endpoint, "direction", kind="comparison")
    measure = replace(blank.measure, comparator="b")
    return [replace(blank, measure=measure, result=ComparisonResult(direction=word)), *arms]


def sexes(men: int, women: int) -> list[Claim]:
    return [
        say("a", "SEX", category=sex, numerator=n, unit="patients")
        for sex, n in (("male", men), ("female", women))
    ]


def defined(category: str, operator: str) -> Claim:
    figure = {"value": "50", "unit": "%", "operator": operator}
    return say("a", "MEANING", "value", category=category, kind="definition", **figure)  # type: ignore[arg-type]


def clinics(number: str) -> Claim:
    return say("a", "CLINICS", "count", value=number, unit="number", kind="design")


def averaged(endpoint: str) -> list[Claim]:
    """The whole has the percentage of its smaller part."""
    printed = {"all": "50", "a": "50", "b": "90"}
    return [people("a", 10), people("b", 30), *(share(g, n, endpoint) for g, n in printed.items())]


def relieved(pain_free: str) -> list[Claim]:
    printed = {"RELIEF": "50", "PAIN_FREE": pain_free, "PARTIAL_RELIEF": "20"}
    return [share("a", value, endpoint) for endpoint, value in printed.items()]


def rivals(one: str, other: str) -> list[Claim]:
    return [share("a", one, "RELIEF"), share("a", other, "PAIN_FREE", section="2")]


BROKEN = [
    pytest.param(
        shares.find,
        [people("a", 57), share("a", "60", "PAIN_FREE", numerator=36)],
        [people("a", 57), share("a", "63", "PAIN_FREE", numerator=36)],
        "count-and-share",
        id="the size of a group is a denominator",
    ),
    pytest.param(
        shares.find,
        [people("a", 24), share("a", "84", "PAIN_FREE")],
        [people("a", 24), share("a", "84", "DURATION"), share("a", "84", "NAUSEA")],
        "impossible-share",
        id="not every share is of the whole group, or of a count",
    ),
    pytest.param(
        shares.find,
        [people("a", 57), *sexes(30, 26)],
        [people("a", 57), *sexes(30, 27)],
        "breakdown-total",
        id="categories that cover the group",
    ),
    pytest.param(
        parts.find,
        [people("all", 100), people("a", 50), people("b", 49)],
        [people("all", 100), people("a", 50), people("b", 50)],
        "parts-do-not-add-up",
        id="arms add up",
    ),
    pytest.param(
        parts.find,
        averaged("PAIN_FREE"),
        averaged("DURATION"),
        "share-outside-parts",
        id="shares of curves do not average",
    ),
    pytest.param(
        parts.find,
        [share("a", "12", "STOPPING", category="for nausea"), share("a", "10", "ANY_STOPPING")],
        [share("a", "12", "STOPPING", category="for nausea"), share("a", "12", "ANY_STOPPING")],
        "kinds-above-total",
        id="a kind of event is not above any event",
    ),
    pytest.param(
        parts.find,
        relieved("33"),
        relieved("30"),
        "kinds-above-total",
        id="kinds that exclude each other",
    ),
    pytest.param(
        parts.find,
        [people("a", 50), *sexes(30, 21)],
        [people("a", 51), *sexes(30, 21)],
        "kinds-above-total",
        id="categories that exclude each other",
    ),
    pytest.param(
        order.find,
        [share("a", "60", "PAIN_FREE"), share("a", "50", "RELIEF")],
        [share("a", "60", "PAIN_FREE"), share("a", "50", "BENEFIT")],
        "outcome-above-broader",
        id="what is a topic bounds nothing",
    ),
    pytest.param(
        order.find,
        [median("a", "8", "DURATION_AT_WORK"), median("a", "7", "DURATION")],
        [median("a", "8", "DURATION"), median("a", "7", "DURATION_AT_WORK")],
        "outcome-above-broader",
        id="one time is never above another",
    ),
    pytest.param(
        order.find,
        [share("a", "60", "AURA_FREE"), share("a", "50", "RELIEF")],
        [share("a", "50", "AURA_FREE"), share("a", "60", "RELIEF")],
        "residual-above-response",
        id="what is counted among responders",
    ),
    pytest.param(
        order.find,
        [share("a", "50", "DURATION", time=YEAR), share("a", "60", "DURATION", time=LATER)],
        [share("a", "50", "RELIEF", time=YEAR), share("a", "60", "RELIEF", time=LATER)],
        "survival-rises",
        id="what falls with time",
    ),
    pytest.param(
        order.find,
        [people("a", 71, category="enrolled"), people("a", 72, category="treated")],
        [people("a", 71, category="enrolled"), people("a", 71, category="treated")],
        "part-above-whole",
        id="stages of a study",
    ),
    pytest.param(
        inference.find,
        praised("TIME_TO_RELIEF", "better", "5.0", "1.8"),
        praised("TIME_TO_RELIEF", "better", "1.8", "5.0"),
        "direction-against-values",
        id="a lower figure is better",
    ),
    pytest.param(
        inference.find,
        praised("DURATION", "better", "1.8", "5.0"),
        praised("DURATION", "better", "5.0", "1.8"),
        "direction-against-values",
        id="a higher figure is better",
    ),
    pytest.param(
        definitions.find,
        [defined("low burden", "<"), defined("high burden", ">")],
        [defined("low burden", "<"), defined("high burden", "≥")],
        "categories-hole",
        id="definitions divide a scale",
    ),
    pytest.param(
        definitions.find,
        [people("a", 71), clinics("72")],
        [people("a", 71), clinics("71")],
        "centres-above-patients",
        id="not more centres than patients",
    ),
    pytest.param(
        definitions.find,
        [median("a", "121", "DURATION")],  # 520 weeks are less than 120 months
        [median("a", "119", "DURATION")],
        "implausible-value",
        id="values that can be",
    ),
    pytest.param(
        naming.find,
        rivals("63", "63"),
        rivals("63", "62"),
        "one-figure-two-names",
        id="one figure under two names",
    ),
]


@pytest.mark.parametrize(("find", "broken", "sound", "kind"), BROKEN)
def test_a_family_works_by_the_ontology_alone(
    example: KnowledgeBase, find: Family, broken: list[Claim], sound: list[Claim], kind: str
) -> None:
    reported = find(material(example, broken, ARMS, ["a", "b"]))
    assert {finding.kind for finding in reported} == {kind}
    assert list(find(material(example, sound, ARMS, ["a", "b"]))) == []


def texts(path: Path) -> set[str]:
    """The string constants of a module."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def test_no_endpoint_is_named_in_the_checks(real: KnowledgeBase, example: KnowledgeBase) -> None:
    names = {n for base in (real, example) for n in base.vocabulary.schemes["endpoint"]}
    reported = {
        path.name: names.intersection(texts(path)) for path in (ROOT / "kb" / "checks").glob("*.py")
    }
    assert len(reported) > 10
    assert {name: endpoints for name, endpoints in reported.items() if endpoints} == {}


def test_a_narrower_endpoint_may_say_otherwise(real: KnowledgeBase) -> None:
    known = real.vocabulary
    assert known.has_flag("endpoint", "DFS", "fallsWithTime")
    assert not known.has_flag("endpoint", "TTR", "fallsWithTime")
    assert known.inherited("endpoint", "TTR", "betterWhen") == "unsaid"
    assert known.inherited_links("endpoint", "CRi", "neverAbove") == ("ORR",)
    assert known.linked("endpoint", "CRi", "neverAbove") == ()
    assert Decimal(known.inherited("endpoint", "OS", "plausibleHigh")) == 600
