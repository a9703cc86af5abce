"""One result is shown once, though sources give it for unlike measures; no two results are one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kb.api.results import ClaimView
from kb.model import Claim, Figure, Group, Measure, Publication, Source, Time
from kb.site.context import PageContext
from kb.site.tables.figures import contradict
from kb.site.tables.same_results import one_result_once

STUDY, ARM, PART = "ino-vate", "inotuzumab", "itt-218.inotuzumab"
REPORT = Publication("report", "Report A", "", year=2016)


def view(
    site: PageContext, value: str, group: str = ARM, time: Time | None = None, cited: bool = False
) -> ClaimView:
    """A rate as the report prints it, or as a review does that cites the report."""
    figure = Figure(value=Decimal(value), digits=value, unit="%")
    measure = Measure(STUDY, group, "cCR", "frequency", time=time or Time())
    name = f"{value}.{group}.{measure.time}.{cited}"
    source = "review" if cited else "report"
    cites = (1,) if cited else ()
    claim = Claim(
        name, name, "result", "percentage", measure, source, "1", value, figure=figure, cites=cites
    )
    document = Source(source, source, source, "primary-report", "en", "")
    group_ = site.groups.get((STUDY, group), Group(STUDY, group, group, "arm"))
    unchecked: Any = None
    return ClaimView(claim, group_, document, (REPORT,) if cited else (), unchecked, name)


WEEKS = Time(at="12 weeks")


@pytest.mark.parametrize(
    ("cited", "own"),
    [
        ({}, {"time": WEEKS}),  # the review leaves out the time
        ({"time": WEEKS}, {"time": Time(within="12 weeks")}),  # "at" for the report's "within"
        ({}, {"group": PART}),  # the whole arm for the analysis set
    ],
)
def test_a_cited_result_is_that_of_the_report(
    site: PageContext, cited: dict[str, Any], own: dict[str, Any]
) -> None:
    one, other = view(site, "80.7", cited=True, **cited), view(site, "80.7", **own)
    assert one_result_once(site, [one, other]) == {other.claim.measure: [one, other]}


@pytest.mark.parametrize(
    ("cited", "own"),
    [
        (("80.7", {}), ("80.8", {"time": WEEKS})),  # another value
        (("80.7", {"time": WEEKS}), ("80.7", {"time": Time(at="2 years")})),  # another time
        (("80.7", {"group": PART}), ("80.7", {})),  # the review names the narrower group
        (("80.7", {}), ("80.7", {"group": "chemotherapy"})),  # another arm
    ],
)
def test_unlike_results_stay_apart(
    site: PageContext, cited: tuple[str, dict[str, Any]], own: tuple[str, dict[str, Any]]
) -> None:
    one, other = view(site, cited[0], cited=True, **cited[1]), view(site, own[0], **own[1])
    assert len(one_result_once(site, [one, other])) == 2


def test_two_figures_of_the_report_itself_stay_apart(site: PageContext) -> None:
    assert len(one_result_once(site, [view(site, "80.7"), view(site, "80.7", PART)])) == 2


def test_a_result_of_another_report_stays_apart(site: PageContext) -> None:
    one, other = view(site, "80.7", cited=True), view(site, "80.7", time=WEEKS)
    elsewhere = replace(one, publications=(replace(REPORT, id="other"),))
    assert len(one_result_once(site, [elsewhere, other])) == 2


def test_no_plot_draws_a_figure_of_a_group_twice(site: PageContext) -> None:
    tower = [v for v in site.by_study["tower"] if v.claim.measure.endpoint == "cCR"]
    tower = [v for v in tower if not v.claim.measure.comparator]
    rows = [m for m in one_result_once(site, tower) if m.group == "blinatumomab"]
    assert [str(measure.time) for measure in rows] == ["within 12 weeks"]


def interval(low: str, high: str, bounds: str = "ci95") -> Figure:
    return Figure(Decimal(36), "36", low=Decimal(low), high=Decimal(high), bounds=bounds)


def test_intervals_contradict_only_where_they_are_of_one_level_and_not_rounded() -> None:
    fine = interval("21.9", "51.2")
    assert not contradict(fine, interval("22", "51"))
    assert not contradict(fine, interval("22", "51", "ci"))
    assert not contradict(fine, interval("20.1", "53.0", "ci97.5"))
    assert contradict(fine, interval("20.1", "53.0"))
    assert contradict(fine, interval("20", "53", "ci"))
