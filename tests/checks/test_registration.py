"""Registries and papers side by side: dates, primary outcomes, numbers of people, results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from support.check_material import group, material, people, say, share

from kb import KnowledgeBase
from kb.checks import Discrepancy, Outcome, agreement, registration
from kb.checks.outcomes import OutcomeNames, same_time
from kb.checks.registration import late
from kb.model import Claim, Source, Time
from kb.records.load import load_vocabulary
from kb.records.starter import write_starter
from kb.records.vocabulary import Vocabulary

REGISTER = "the-registry"


def registered(claim: Claim) -> Claim:
    return replace(claim, source=REGISTER)


def outcome(words: str, rank: str = "PRIMARY", at: str = "") -> Claim:
    endpoint = f"{rank}_OUTCOME"
    made = say("all", endpoint, "value", category=words, time=Time(at=at), kind="design")
    return replace(made, figure=replace(made.figure, text_value="reported"))


def date(endpoint: str, day: str) -> Claim:
    return say("all", endpoint, "date", kind="design", date=day)


def sources() -> tuple[Source, ...]:
    kinds = {"a-source": "primary-report", REGISTER: "registry-entry"}
    return tuple(Source(name, name, name, kind, "en", "") for name, kind in kinds.items())


def discrepancies_of(
    base: KnowledgeBase, claims: Iterable[Claim], design: str = "randomised-trial"
) -> list[Discrepancy]:
    context = material(base, list(claims), [group("a")])
    studies = tuple(replace(one, kind=design) for one in context.evidence.studies)
    evidence = replace(context.evidence, studies=studies, sources=sources())
    context = type(context)(evidence, context.vocabulary)
    return [*registration.find(context), *agreement.find(context)]


@pytest.fixture(scope="module")
def general(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    root: Path = tmp_path_factory.mktemp("registration") / "base"
    write_starter(root, "Base", "https://example.org/base/")
    return load_vocabulary(root)


@pytest.mark.parametrize(
    ("submitted", "start", "months"),
    [
        ("2019-03-01", "2019-03-01", 0),
        ("2019-02-28", "2019-03-01", 0),
        ("2019-03-31", "2019-03-01", 0),
        ("2019-03-31", "2019-03", 0),
        ("2019-03", "2019-03-31", 0),
        ("2019-04-01", "2019-03-31", 1),
        ("2019-04", "2019-03", 1),
        ("2020-01-02", "2019-12-30", 1),
        ("2019", "2019-01-01", 0),
        ("2019-12-31", "2019", 0),
        ("2020-01-01", "2019", 1),
        ("2021", "2019-11", 14),
    ],
)
def test_a_registration_is_late_from_the_month_after_the_start(
    submitted: str, start: str, months: int
) -> None:
    assert late(submitted, start) == months


@pytest.mark.parametrize(
    ("day", "start", "design", "severity"),
    [
        ("2019-03-28", "2019-03-04", "randomised-trial", ""),
        ("2019-01-10", "2019-03-04", "randomised-trial", ""),
        ("2019-04-02", "2019-03-30", "randomised-trial", "minor"),
        ("2019-08-01", "2019-03-04", "single-arm-trial", "material"),
        ("2019-08-01", "2019-03-04", "retrospective-cohort", ""),
        ("2019-08-01", "2019-03-04", "post-hoc-analysis", ""),
    ],
)
def test_registered_after_the_start(
    real: KnowledgeBase, day: str, start: str, design: str, severity: str
) -> None:
    claims = [registered(date("REGISTRATION_DATE", day)), registered(date("START_DATE", start))]
    findings = discrepancies_of(real, claims, design)
    assert [(f.kind, f.severity) for f in findings] == (
        [("registered-after-start", severity)] if severity else []
    )


def test_the_start_may_be_what_the_paper_prints_and_the_first_registration_counts(
    real: KnowledgeBase,
) -> None:
    period = say(
        "all", "STUDY_PERIOD", "date", kind="design", date_from="2018-01", date_to="2020-02"
    )
    after = registered(date("REGISTRATION_DATE", "2018-06-03"))
    start = registered(date("START_DATE", "2018-06-01"))
    [one] = discrepancies_of(real, [period, after, start])
    assert {claim.measure.endpoint for claim in one.claims} == {"STUDY_PERIOD", "REGISTRATION_DATE"}
    assert "registered on 2018-06-03" in one.message
    assert "2018-01 (section 1 of a-source)" in one.message
    assert not discrepancies_of(real, [period, after, start, date("REGISTRATION_DATE", "2017-11")])
    assert not discrepancies_of(real, [period, start])
    assert not discrepancies_of(real, [after])


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        # The same outcome in other words.
        ("Change from baseline in FEV1 at week 12", "mean change in FEV1", "CONSISTENT"),
        ("Forced expiratory volume in 1 second (FEV1)", "FEV1", "CONSISTENT"),
        ("Forced expiratory volume in one second", "FEV1", "CONSISTENT"),
        ("Number of exacerbations per year", "annual rate of exacerbations", "CONSISTENT"),
        ("Haemoglobin concentration", "hemoglobin level", "CONSISTENT"),
        ("All-cause mortality", "death from any cause", "CONSISTENT"),
        ("Overall survival", "OS", "CONSISTENT"),
        ("Safety and tolerability", "number of participants with adverse events", "CONSISTENT"),
        ("Symptom score at 12 weeks", "SYMPTOM SCORE", "CONSISTENT"),
        # What the words leave open.
        ("HbA1c", "glycated haemoglobin", "NOT_ENOUGH"),
        ("Overall survival", "death from any cause", "NOT_ENOUGH"),
        ("Change from baseline at week 12", "Response rate", "NOT_ENOUGH"),
        # Another outcome.
        ("Change in FEV1", "rate of exacerbations", "INCONSISTENT"),
        ("Change in FEV1", "change in FVC", "INCONSISTENT"),
        ("Number of participants with relapse", "number of participants in pain", "INCONSISTENT"),
        ("Overall survival", "event-free survival", "INCONSISTENT"),
        ("Quality of life", "symptom score", "INCONSISTENT"),
        ("Rate of relapse by the Scale of Roe", "pain by the Scale of Poe", "INCONSISTENT"),
    ],
)
def test_names_of_outcomes(general: Vocabulary, one: str, other: str, outcome: str) -> None:
    names = OutcomeNames(general)
    assert names.same(one, other) is Outcome[outcome]
    assert names.same(other, one) is Outcome[outcome]


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ("24 weeks", "6 months", "CONSISTENT"),
        ("52 weeks", "1 year", "CONSISTENT"),
        ("12 weeks", "12 weeks", "CONSISTENT"),
        ("12 weeks", "24 weeks", "INCONSISTENT"),
        ("12 weeks", "baseline", "NOT_ENOUGH"),
        ("", "12 weeks", "NOT_ENOUGH"),
    ],
)
def test_times_of_outcomes(one: str, other: str, outcome: str) -> None:
    assert same_time(one, other) is Outcome[outcome]
    assert same_time(other, one) is Outcome[outcome]


def test_a_changed_primary_outcome_is_found_from_both_sides(real: KnowledgeBase) -> None:
    claims = [
        registered(outcome("Change in FEV1 at week 12")),
        registered(outcome("Rate of exacerbations", "SECONDARY")),
        outcome("annual rate of exacerbations"),
    ]
    [one] = discrepancies_of(real, claims)
    assert (one.kind, one.severity) == ("primary-outcome-changed", "material")
    assert len(one.claims) == 3
    assert "not primary in the registry, where it is secondary" in one.message
    assert "“Change in FEV1 at week 12” (section 1 of the-registry) is not primary" in one.message


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [
        (["mean change in FEV1"], []),
        (["mean change in FEV1", "quality of life"], ["primary-outcome-changed"]),
        (["quality of life"], ["primary-outcome-changed"]),
        ([], []),
    ],
)
def test_a_reworded_outcome_is_not_changed_and_an_added_one_is(
    real: KnowledgeBase, printed: list[str], wrong: list[str]
) -> None:
    plan = registered(outcome("Change from baseline in FEV1 at week 12"))
    assert [f.kind for f in discrepancies_of(real, [plan, *map(outcome, printed)])] == wrong


def test_outcomes_of_papers_alone_are_not_compared(real: KnowledgeBase) -> None:
    other = replace(outcome("quality of life"), source="another")
    assert not discrepancies_of(real, [outcome("mean change in FEV1"), other])


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [("12 weeks", []), ("3 months", []), ("24 weeks", ["primary-time-changed"]), ("", [])],
)
def test_the_time_of_a_primary_outcome(real: KnowledgeBase, printed: str, wrong: list[str]) -> None:
    plan = registered(outcome("Change in FEV1", at="12 weeks"))
    assert [f.kind for f in discrepancies_of(real, [plan, outcome("FEV1", at=printed)])] == wrong


def planned(number: int) -> Claim:
    return say("all", "PLANNED_SIZE", numerator=number, unit="patients", kind="design")


@pytest.mark.parametrize(
    ("registry", "paper", "wrong"),
    [
        ([people("all", 298)], [people("all", 298)], False),
        ([planned(300)], [people("all", 298)], False),
        ([planned(300), people("all", 298)], [people("all", 298)], False),
        ([people("all", 310)], [people("all", 298)], True),
        ([planned(300)], [planned(250)], True),
        ([share("a", "63")], [share("a", "63")], False),
        ([share("a", "63")], [share("a", "62.8")], False),
        ([share("a", "63")], [share("a", "36")], True),
    ],
)
def test_numbers_of_people_and_results_of_both_are_compared(
    real: KnowledgeBase, registry: list[Claim], paper: list[Claim], wrong: bool
) -> None:
    kinds = [f.kind for f in discrepancies_of(real, [*map(registered, registry), *paper])]
    assert kinds == (["differs-between-sources"] if wrong else [])


def test_other_dates_of_the_data_are_other_results(real: KnowledgeBase) -> None:
    early, now = replace(share("a", "63"), data_cut="2018"), replace(share("a", "36"), data_cut="")
    assert discrepancies_of(real, [registered(early), now])
    assert not discrepancies_of(real, [registered(early), replace(now, data_cut="2020")])
