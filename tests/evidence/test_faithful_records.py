"""What is shown as printed is printed so, about those people; judgements spare sound figures."""

from __future__ import annotations

import re

import pytest

from kb import KnowledgeBase
from kb.checks.adjudication import ClaimStatus
from kb.model import Claim

STANDINGS = [
    ("blast", "bruzzese-2025.Table-1.MRD_NEG.all", ""),
    ("blast", "gokbuget-2018-blast.Summary.MRD_NEG.after-first-cycle.mrd-evaluable", "preferred"),
    ("blast", "bruzzese-2025.2.2.3.MRD_NEG.after-first-cycle.mrd-evaluable", "set-aside"),
    ("mini-hcvd-ino-blina", "bruzzese-2025.Table-1.cCR.all", ""),
    ("mini-hcvd-ino-blina", "bruzzese-2025.5.OS.at-3-years.pre-amendment", "set-aside"),
    ("ino-mini-hcvd", "bruzzese-2025.Table-1.cCR.all", ""),
    ("tower", "campus-all-2023.1.cCR.blinatumomab", ""),
    ("bliven", "bruzzese-2025.Table-1.cCR.mrd-positive", ""),
    ("ino-vate", "bruzzese-2025.Table-1.cCR.chemotherapy", ""),
    ("ino-vate", "bruzzese-2025.2.1.2.CR.itt-218.chemotherapy", "set-aside"),
    (
        "ino-vate-disease-burden",
        "bruzzese-2025.2.1.3.OS.direction.moderate.inotuzumab-versus-moderate.chemotherapy",
        "set-aside",
    ),
    (
        "ino-vate-disease-burden",
        "bruzzese-2025.2.1.3.OS.hazard-ratio.moderate.inotuzumab-versus-moderate.chemotherapy",
        "preferred",
    ),
]


@pytest.mark.parametrize(("study", "name", "standing"), STANDINGS)
def test_a_judgement_sets_aside_what_is_wrong_and_nothing_else(
    real: KnowledgeBase, study: str, name: str, standing: str
) -> None:
    assert any((c.measure.study, c.id) == (study, name) for c in real.evidence.claims)
    assert real.curated.standing(study, name) is ClaimStatus(standing)


def test_no_figure_is_disputed_for_the_sign_of_a_category(real: KnowledgeBase) -> None:
    trivial = {"categories-hole", "one-figure-two-grades"}
    found = [one for one in real.discrepancies() if one.kind in trivial]
    assert found
    for one in found:
        assert one.adjudication is not None
        assert one.adjudication.judgement == "both-stand"


def test_an_adjudication_by_a_summary_tells_so(real: KnowledgeBase) -> None:
    summaries = {s.publication for s in real.evidence.sources if s.read_in}
    for one in real.evidence.adjudications:
        by_summary = bool(summaries.intersection(one.publications))
        assert by_summary == ("Only a summary of the publication was read." in one.explanation)


def test_a_ratio_is_of_the_whole_follow_up(real: KnowledgeBase) -> None:
    """A hazard ratio printed beside 3-year rates is not a ratio at 3 years."""
    ratios = [c for c in real.evidence.claims if c.statistic == "hazard-ratio"]
    assert len(ratios) > 20
    stamped = [c.id for c in ratios if re.match(r"\d", c.measure.time.at)]
    assert stamped == []


def test_a_median_follow_up_is_no_landmark(real: KnowledgeBase) -> None:
    """An estimate given at a median follow-up of 18 months is not one at 18 months."""
    follow_up = {
        (c.source, c.measure.study, f"{c.figure.digits} {c.figure.unit}")
        for c in real.evidence.claims
        if c.measure.endpoint == "FOLLOW_UP" and c.statistic == "median" and c.noted
    }
    assert len(follow_up) > 10
    mixed = [
        c.id
        for c in real.evidence.claims
        if c.noted and (c.source, c.measure.study, c.measure.time.at) in follow_up
    ]
    assert mixed == []


GENERAL = [(21, 22, 28), (24, 40, 66), (36, 37, 39), (23, 24, 25), (2, 25, 26, 33), (30, 31), (70,)]


@pytest.mark.parametrize("references", GENERAL)
def test_general_statements_are_the_source_s_and_of_no_trial(
    real: KnowledgeBase, references: tuple[int, ...]
) -> None:
    found = {c.measure.study for c in real.evidence.claims if c.cites == references}
    assert found == {"background"}


@pytest.mark.parametrize(
    "words",
    [
        "potential to optimize outcomes",
        "historically dismal prognosis associated",
        "growing interest",
    ],
)
def test_what_is_said_of_a_class_or_a_disease_is_of_no_trial(
    real: KnowledgeBase, words: str
) -> None:
    assert {c.measure.study for c in real.evidence.claims if words in c.wording} == {"background"}


@pytest.mark.parametrize(
    ("study", "words", "times"),
    [
        ("gimema-lal2317", "key points", {"at 3 years"}),
        ("gimema-lal2317", "survival: chemotherapy 91%", {""}),
        ("d-alba", "4-year DFS", {"at 4 years"}),
        ("d-alba", "follow-up 18 mo:", {"at median-follow-up"}),
    ],
)
def test_a_rate_has_the_time_that_its_place_gives(
    real: KnowledgeBase, study: str, words: str, times: set[str]
) -> None:
    assert {str(c.measure.time) for c in only(real, study, words)} == times


def only(real: KnowledgeBase, study: str, words: str) -> list[Claim]:
    return [c for c in real.evidence.claims if c.measure.study == study and words in c.wording]


@pytest.mark.parametrize(
    ("study", "words", "groups"),
    [
        ("mini-hcvd-ino-blina", "younger patients", {"younger", "younger.responders"}),
        ("blast", "two grade 1, two grade 3", {"with-crs"}),
        ("blina-topp-2014", "mostly in grade", {"pyrexia"}),
        ("ino-mrd", "were low-grade", {"adverse-events"}),
        ("international-reference-analysis", "from 2005 onward", {"diagnosed-later"}),
        ("blast", "OS 36.5 mo (95% CI", {"final-report"}),
    ],
)
def test_a_figure_is_of_the_people_that_the_print_names(
    real: KnowledgeBase, study: str, words: str, groups: set[str]
) -> None:
    assert {c.measure.group for c in only(real, study, words)} == groups


def test_all_cases_of_crs_were_in_the_first_cycle(real: KnowledgeBase) -> None:
    times = {str(c.measure.time) for c in only(real, "blast", "two grade 1, two grade 3")}
    assert times == {"during cycle 1"}


def test_the_later_cycles_are_of_the_first_four(real: KnowledgeBase) -> None:
    cycles = {
        step.cycles
        for c in only(real, "ino-mini-hcvd", "1.0 mg/m²")
        for step in c.steps
        if step.cycles != "1"
    }
    assert cycles == {"subsequent, of the first 4"}


def test_a_sentence_without_a_reference_has_none(real: KnowledgeBase) -> None:
    [claim] = only(real, "background", "more than 80% of patients")
    assert (claim.cites, str(claim.measure.time)) == ((), "")


def test_no_interval_stands_where_none_was_read(real: KnowledgeBase) -> None:
    [claim] = only(real, "pace", "MaHR")
    assert claim.figure.bounds == ""
