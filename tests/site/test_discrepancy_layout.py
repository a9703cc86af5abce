"""Discrepancies are shown with their claims, studies and sources."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
from support.built_site import Reader

from kb.checks.adjudication import ClaimStatus
from kb.records.ontology import RDF_TYPE
from kb.site.context import PageContext, collect
from kb.site.pages.discrepancies import of_study
from kb.site.tables.figures import displayed_figures
from kb.site.tables.study import StudyTables


def cards_of(folder: Path, path: str) -> list[str]:
    text = (folder / path / "index.html").read_text(encoding="utf-8")
    return re.findall(r"<article class=\"finding .*?</article>", text, re.DOTALL)


def test_a_discrepancy_shows_its_judgement_and_links_to_its_claims(
    site_folder: Path, site: PageContext
) -> None:
    for study in {finding.study for finding in site.base.discrepancies()}:
        every = cards_of(site_folder, f"study/{study}")
        for one in of_study(site, study):
            (text,) = (card for card in every if f'id="finding.{one.finding.id}"' in card)
            assert (f'id="adjudication.{one.finding.id}"' in text) is bool(one.finding.adjudication)
            linked = {unquote(link).rpartition("study/")[2] for link in Reader(text).links}
            assert {f"{f.claim.study}/#{f.claim.id}" for f in one.claims} <= linked
            where = {site.section_path(f.source.id, f.claim.section) for f in one.claims}
            assert where <= {link.removeprefix("../../") for link in Reader(text).links}


def test_a_discrepancy_is_on_the_page_of_every_study_concerned(
    site_folder: Path, site: PageContext
) -> None:
    several = [f for f in site.base.discrepancies() if len({c.study for c in f.claims}) > 1]
    assert several
    for finding in several:
        for study in {claim.study for claim in finding.claims}:
            text = (site_folder / "study" / study / "index.html").read_text(encoding="utf-8")
            part = text.partition('id="discrepancies"')[2].partition("<h2")[0]
            own = f'id="finding.{finding.id}"' in part
            led = any(
                link.endswith(f"{finding.study}/#finding.{finding.id}")
                for link in Reader(part).links
            )
            assert own is (study == finding.study)
            assert own or led, study


def test_the_counts_of_a_source_equal_the_filtered_lists(
    site_folder: Path, site: PageContext
) -> None:
    cards = cards_of(site_folder, "finding")
    shown = [re.findall(r'data-source="([^"]*)"', card)[0].split() for card in cards]
    checked = 0
    for source in site.sources:
        text = (site_folder / "source" / source / "index.html").read_text(encoding="utf-8")
        for place, number in re.findall(r'finding/#source=([^"]+)">(\d+)</a>', text):
            assert sum(place in places for places in shown) == int(number), place
            checked += 1
    assert checked


def test_preferred_figures_come_before_those_set_aside(site: PageContext) -> None:
    order = [ClaimStatus.PREFERRED, ClaimStatus.SET_ASIDE]
    both = 0
    for study in site.studies:
        for table in StudyTables(site, study).tables():
            for block in table.blocks:
                by_measure = collect(
                    ((r.detail, r.plain, r.among, *(c.who for c in r.cells if c.who)), r.standing)
                    for r in block.rows
                )
                for standings in by_measure.values():
                    found = [standing for standing in standings if standing in order]
                    assert found == sorted(found, key=order.index)
                    both += len(set(found)) == 2
            for row in table.rows:
                for cell in row.cells:
                    assert len(cell.figures) <= 1
    assert both
    views = [view for view in site.claims if not view.claim.measure.comparator]
    for measure in {v.claim.measure for v in views if v.standing is ClaimStatus.SET_ASIDE}:
        alike = [view for view in views if view.claim.measure == measure]
        shown = displayed_figures(alike, site.labels, with_unit=True)
        found = [one.standing for one in shown if one.standing in order]
        assert found == sorted(found, key=order.index)


def test_the_turtle_of_a_study_contains_its_discrepancies_and_judgements(
    site_folder: Path, site: PageContext
) -> None:
    own = site.base.iris.own
    for study in {finding.study for finding in site.base.discrepancies()}:
        text = (site_folder / f"study/{study}.ttl").read_bytes()
        kinds = [
            str(getattr(t.object, "value", ""))
            for t in ox.parse(text, ox.RdfFormat.TURTLE)
            if t.predicate.value == RDF_TYPE
        ]
        findings = [f for f in site.base.discrepancies() if f.study == study]
        assert kinds.count(own("Discrepancy")) == len(findings)
        assert kinds.count(own("Adjudication")) == sum(bool(f.adjudication) for f in findings)
