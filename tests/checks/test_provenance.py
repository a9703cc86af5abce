"""References that lead elsewhere, and figures that the cited publication does not give."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.check_material import all_of, found_in

from kb import KnowledgeBase
from kb.checks import CheckContext, Discrepancy, Outcome
from kb.checks.provenance import find
from kb.checks.references import across, shift
from kb.checks.reports import reports_study
from kb.model import Claim, Figure

YES, NO, UNKNOWN = Outcome.CONSISTENT, Outcome.INCONSISTENT, Outcome.NOT_ENOUGH


@pytest.mark.parametrize(
    ("cited", "reporting", "general", "outcome"),
    [
        (["trial-2016"], ["trial-2016"], [], YES),
        (["other-2014", "trial-2019"], ["trial-2016", "trial-2019"], [], YES),
        (["other-2014"], ["trial-2016"], [], NO),
        (["other-2014", "another-2015"], ["trial-2016"], [], NO),
        (["review-2020"], ["trial-2016"], ["review-2020"], UNKNOWN),
        ([], ["trial-2016"], [], UNKNOWN),
        (["other-2014"], [], [], UNKNOWN),
    ],
)
def test_one_cited_publication_that_reports_the_study_is_enough(
    cited: list[str], reporting: list[str], general: list[str], outcome: Outcome
) -> None:
    assert reports_study(cited, reporting, general) is outcome


@pytest.mark.parametrize(
    ("pairs", "distances"),
    [([(25, 28), (26, 29)], (3, 3)), ([(23, 25), (33, 62)], (2, 29)), ([(9, 8)], (-1, -1))],
)
def test_a_shift_is_measured(pairs: list[tuple[int, int]], distances: tuple[int, int]) -> None:
    assert shift(pairs) == distances


# --- the evidence ----------------------------------------------------------------------------


def every(material: CheckContext) -> list[Discrepancy]:
    return [*find(material), *across(material)]


@pytest.fixture(scope="module")
def material(real: KnowledgeBase) -> CheckContext:
    return all_of(real)


# --- random data -----------------------------------------------------------------------------


def both(material: CheckContext, ours: str, theirs: str) -> tuple[Claim, Claim]:
    """A second-hand figure and the cited publication's own, with figures of our own."""
    claims = material.by_study["tower"]
    own = next(c for c in claims if c.source == "kantarjian-2017-tower" and c.figure.value)
    figures = (Figure(value=Decimal(text), digits=text, unit="months") for text in (ours, theirs))
    first, second = (replace(own, figure=figure) for figure in figures)
    return replace(first, id="second-hand", source="bruzzese-2025", cites=(28,)), second


@given(tenths=st.integers(1, 500))
def test_a_figure_taken_over_is_never_a_finding(material: CheckContext, tenths: int) -> None:
    text = f"{Decimal(tenths) / 10:.1f}"
    assert found_in(every, material, *both(material, text, text)) == []
    assert found_in(every, material, *both(material, f"{Decimal(tenths) / 10:.2f}", text)) == []
    assert found_in(every, material, *both(material, f"{Decimal(text):.0f}", text)) == []


@given(tenths=st.integers(2, 500), step=st.sampled_from([-1, 1]))
def test_a_figure_one_unit_off_is_a_finding(material: CheckContext, tenths: int, step: int) -> None:
    ours, theirs = (f"{Decimal(number) / 10:.1f}" for number in (tenths + step, tenths))
    (finding,) = found_in(every, material, *both(material, ours, theirs))
    assert finding.kind == "differs-from-cited"


@given(number=st.integers(1, 71))
def test_a_number_is_flagged_where_it_leads_to_another_study(
    material: CheckContext, number: int
) -> None:
    claim = replace(both(material, "1.0", "1.0")[0], cites=(number,))
    books = dict(next(s for s in material.evidence.sources if s.id == "bruzzese-2025").references)
    publication = next(p for p in material.evidence.publications if p.id == books[number])
    general = publication.type in ("review", "guideline", "web-page")
    studies = material.evidence.studies
    trial = {"tower"} | {s.id for s in studies if "tower" in s.analysis_of}
    reports = trial & set(publication.reports)
    kinds = [f.kind for f in found_in(every, material, claim)]
    assert kinds == ([] if general or reports else ["reference-of-another-study"])


def test_several_numbers_are_fine_when_one_of_them_fits(material: CheckContext) -> None:
    claim = replace(both(material, "1.0", "1.0")[0], cites=(27, 28))
    assert found_in(every, material, claim) == []


@pytest.mark.parametrize(
    ("endpoint", "group", "flagged"),
    [
        ("RFS", "responders", False),  # only responders had a remission to relapse from
        ("RFS", "cr", True),
        ("RFS", "mrd-negative", True),
        ("OS", "responders", True),
    ],
)
def test_what_begins_at_a_response_is_of_responders_by_either_name(
    material: CheckContext, endpoint: str, group: str, flagged: bool
) -> None:
    claims = material.by_study["alcantara"]
    review = next(c for c in claims if c.source == "bruzzese-2025" and c.measure.endpoint == "RFS")
    measure = replace(review.measure, endpoint=endpoint)
    review = replace(review, measure=measure)
    report = replace(
        review,
        id="own",
        source="martinelli-2021-alcantara-final",
        cites=(),
        measure=replace(measure, group=group),
    )
    kinds = [f.kind for f in found_in(every, material, review, report)]
    assert kinds == (["figure-of-some-only"] if flagged else [])


def test_another_publication_of_the_same_study_is_fine(example: KnowledgeBase) -> None:
    """The example's table cites 12 for a study that its text cites as 13: both report it."""
    assert not [f for f in every(all_of(example)) if f.kind.startswith("reference-")]
