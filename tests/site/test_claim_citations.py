"""The text that is copied with a figure: as reported, by whom, where, and with its cautions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.built_site import the_site

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.site.context import PageContext
from kb.site.data.citation_formats import vancouver
from kb.site.data.citations import publication_citation
from kb.site.data.claim_citations import ClaimCitations
from kb.sources.verify import VerificationState


@pytest.fixture(scope="module")
def citations() -> ClaimCitations:
    return ClaimCitations(the_site())


@pytest.fixture(scope="module")
def views() -> tuple[ClaimView, ...]:
    return the_site().claims


def test_a_copied_figure_has_the_digits_and_people_of_its_claim(
    citations: ClaimCitations, views: tuple[ClaimView, ...]
) -> None:
    for view in views:
        claim, site = view.claim, citations.site
        figure = citations.figure(view)
        assert figure.startswith(f"{site.studies[claim.study].name}: ")
        assert site.labels.figure(claim.figure) in figure
        for group in filter(None, (claim.measure.group, claim.measure.comparator)):
            assert " ".join(site.who(claim.study, group).split()) in " ".join(figure.split())
        p = claim.result.p_printed.lstrip("=<>≤≥~").strip()
        shown = (claim.analysis_set, "not significant" if p == "ns" else p)
        assert all(text in figure for text in shown), figure


def test_who_reports_a_figure_is_named_and_who_only_cites_it(
    citations: ClaimCitations, views: tuple[ClaimView, ...]
) -> None:
    for view in views:
        origin = citations.origin(view)
        publication = citations.site.publications[view.source.publication]
        source = vancouver(publication_citation(publication)).rstrip(".")
        assert source in origin
        assert ("as cited by " in origin) == view.claim.is_second_hand
        if view.claim.is_second_hand:
            for one in view.publications:
                cited = origin.index(vancouver(publication_citation(one)).rstrip("."))
                assert cited < origin.index("as cited by ")


def test_what_was_not_checked_or_is_contested_is_never_copied_without_it(
    citations: ClaimCitations, views: tuple[ClaimView, ...]
) -> None:
    for view in views:
        origin = citations.origin(view)
        state = view.verification.state
        assert ("Noted from a summary" in origin) == (state is VerificationState.NOTED)
        assert ("is set aside." in origin) == (view.standing is ClaimStatus.SET_ASIDE)
        assert ("is disputed." in origin) == (view.standing is ClaimStatus.DISPUTED)
        assert ("misprinted" in origin) == bool(view.misprint)
    assert {view.standing for view in views} >= {ClaimStatus.SET_ASIDE, ClaimStatus.DISPUTED}


def test_a_size_is_that_of_the_same_source_and_the_whole_group(
    citations: ClaimCitations, views: tuple[ClaimView, ...]
) -> None:
    site = citations.site
    with_size = [view for view in views if "(n = " in citations.figure(view)]
    assert with_size
    for view in with_size:
        assert not view.claim.analysis_set
        measure = view.claim.measure
        sizes = (
            site.sizes.size(site.groups[measure.study, group], view.claim.source)
            for group in filter(None, (measure.group, measure.comparator))
        )
        found = [f"(n = {size.number})" for size in sizes if size]
        assert sum(text in citations.figure(view) for text in found)


def test_pop_ups_carry_what_is_copied(
    site: PageContext, site_folder: Path, citations: ClaimCitations
) -> None:
    for study, own in site.by_study.items():
        file = json.loads((site_folder / f"study/{study}/prints.json").read_text("utf-8"))
        for view in own:
            figure, origin = file["claims"][view.claim.id]["copy"]
            assert (figure, file["origins"][origin]) == (
                citations.figure(view),
                citations.origin(view),
            )
            assert f"{file['iri']}{view.claim.id}" == view.iri
            assert "\n" not in figure + file["origins"][origin]
