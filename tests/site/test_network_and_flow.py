"""The network, the flow of a study and the map of studies show exactly the records."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from support.built_site import Reader, page
from support.environment import ROOT

from kb import KnowledgeBase
from kb.site.charts.flow import flow_of, sequence
from kb.site.charts.network_drawing import BOX, Edge, lay_out
from kb.site.context import PageContext
from kb.site.pages.network import Comparisons
from kb.site.tables.evidence_map import evidence_map

SEQUENTIAL = "campus-all"


@pytest.fixture(scope="module")
def compared(site: PageContext) -> Comparisons:
    return Comparisons(site)


# --- the network -----------------------------------------------------------------------------


def test_the_table_of_the_network_contains_each_edge_once(
    real: KnowledgeBase, compared: Comparisons
) -> None:
    edges = Counter(
        (frozenset((of, versus)), str(edge["claim"]))
        for of, versus, edge in real.network().edges(data=True)
    )
    rows = Counter(
        (frozenset((row.of.notation, row.versus.notation)), found.iri)
        for row in compared.rows
        for found in row.claims
    )
    assert rows == edges
    assert set(rows.values()) == {1}


def test_pooled_arms_were_randomised_only_where_one_trial_gave_both(
    site: PageContext, compared: Comparisons
) -> None:
    pooled = ("ino-vate", "tower")
    trial = replace(site.studies["ino-vate"], analysis_of=pooled)
    assert compared._is_by_chance(trial, ("inotuzumab", "chemotherapy"))
    across = replace(site.studies["maic-song"], kind="pooled-subset-analysis")
    assert across.analysis_of == pooled or set(across.analysis_of) == set(pooled)
    arms = [group.id for group in site.arms("maic-song")]
    assert {site.groups["maic-song", arm].regimen for arm in arms} == {"inotuzumab", "blinatumomab"}
    assert not compared._is_by_chance(across, arms)


def test_a_line_counts_the_claims_of_its_rows(compared: Comparisons) -> None:
    for edge in compared.edges:
        assert edge.claims == sum(len(r.claims) for r in compared.rows if r.id == edge.id)
    few, many = Edge("a", "b", "stated", 1, ""), Edge("a", "b", "stated", 47, "")
    assert few.width < many.width


@pytest.mark.parametrize(
    ("study", "kind"),
    [
        ("ino-vate", "randomised"),
        ("ino-vate-genomic", "randomised"),
        ("tower-maintenance", "unassigned"),
        ("campus-all", "unassigned"),
        ("maic-song", "indirect"),
        ("background", "stated"),
    ],
)
def test_the_kind_of_a_comparison_follows_from_design_and_arms(
    compared: Comparisons, study: str, kind: str
) -> None:
    assert {row.kind for row in compared.rows if row.study.id == study} == {kind}


def test_regimens_that_nothing_joins_are_listed_apart(compared: Comparisons) -> None:
    islands = compared.islands()
    where = {name: at for at, part in enumerate(islands) for name in part}
    assert set(where) == set(compared.network.nodes)
    assert all(where[of] == where[versus] for of, versus in compared.network.edges())
    assert not {term.notation for term, _ in compared.alone()} & set(where)


def test_no_boxes_of_the_network_overlap_and_all_are_inside(compared: Comparisons) -> None:
    drawing = lay_out(compared.labels, compared.edges, compared.islands())
    for at, one in enumerate(drawing.nodes):
        assert BOX / 2 <= one.x <= drawing.width - BOX / 2
        assert one.height / 2 <= one.y <= drawing.height - one.height / 2
        assert " ".join(one.lines) == one.label
        for two in drawing.nodes[at + 1 :]:
            high = (one.height + two.height) / 2
            assert abs(one.x - two.x) >= BOX or abs(one.y - two.y) >= high, (one, two)


def test_the_network_is_drawn_the_same_each_time(compared: Comparisons) -> None:
    again = Comparisons(compared.site)
    assert lay_out(again.labels, again.edges, again.islands()) == lay_out(
        compared.labels, compared.edges, compared.islands()
    )


def test_every_line_links_to_a_row_and_every_claim_is_in_the_download(
    site_folder: Path,
    compared: Comparisons,
) -> None:
    found = page(site_folder, "network/index.html")
    assert {edge.id for edge in compared.edges} <= set(found.ids)
    assert {f"#{edge.id}" for edge in compared.edges} <= set(found.links)
    rows = csv.DictReader(io.StringIO((site_folder / "network.csv").read_text("utf-8-sig")))
    assert {(r["study"], r["claim"]) for r in rows} == {
        (f.claim.study, f.claim.id) for row in compared.rows for f in row.claims
    }


# --- the flow --------------------------------------------------------------------------------


def test_every_number_of_a_flow_is_a_claim_about_that_group(site: PageContext) -> None:
    flow = flow_of(site, SEQUENTIAL)
    assert flow is not None
    claims = {found.claim.id: found.claim for found in site.by_study[SEQUENTIAL]}
    linked = [text for text in flow.drawing.texts if text.link]
    assert len(linked) == 1 + len(flow.arms) + len(flow.counts)
    for text in linked:
        figure = claims[text.link].figure
        printed = {str(figure.numerator), str(figure.denominator), str(figure.value)}
        assert set(re.findall(r"\d+", text.text)) <= printed, text
    for count in flow.counts:
        assert {f.claim.measure.group for s in count.figures for f in s.claims} == {count.group.id}


def test_the_bars_of_a_flow_are_as_high_as_their_counts(site: PageContext) -> None:
    flow = flow_of(site, SEQUENTIAL)
    assert flow is not None
    scale = (
        next(b.height for b in flow.drawing.boxes if b.title == "all patients") / flow.whole.number
    )
    heights = [box.height for box in flow.drawing.boxes if box.style == "met"]
    numbers = [count.number for count in flow.counts if count.number is not None]
    assert heights == pytest.approx([n * scale for n in numbers], abs=0.1)


def test_only_the_division_into_arms_is_joined(site: PageContext) -> None:
    flow = flow_of(site, SEQUENTIAL)
    assert flow is not None
    assert len(flow.drawing.ribbons) == len(flow.arms)
    assert sum(arm.number for arm in flow.arms) == flow.whole.number


def test_a_study_without_a_sequence_has_no_flow(site: PageContext) -> None:
    drawn = {study for study in site.studies if flow_of(site, study)}
    assert SEQUENTIAL in drawn
    for study in drawn:
        arms = [g for g in site.arms(study) if g.regimen]
        assert all(len(sequence(site, arm.regimen)) > 1 for arm in arms)
    assert "tower" not in drawn


# --- the map ---------------------------------------------------------------------------------


def test_the_map_counts_what_the_lookup_finds(site: PageContext, real: KnowledgeBase) -> None:
    endpoints = {entry["title"]: entry["endpoints"] for entry in site.settings["map"]}
    for study, cells in evidence_map(site).rows:
        for cell in cells:
            names = endpoints[cell.column.title]
            found = [real.claims(study=study.id, endpoint=n) for n in names]
            assert {f.iri for f in cell.claims} == {f.iri for some in found for f in some}


def test_the_map_has_exactly_the_studies(site: PageContext, real: KnowledgeBase) -> None:
    rows = [study.id for study, _ in evidence_map(site).rows]
    counts = real.counts()
    own = [study for study in rows if not site.studies[study].analysis_of]
    assert len(set(rows)) == len(rows)
    assert len(own) == counts["studies"]
    assert len(rows) - len(own) == counts["analyses of studies"]


def test_a_cell_of_the_map_links_to_the_section_of_its_claims(
    site_folder: Path, site: PageContext
) -> None:
    home = page(site_folder, "index.html")
    for study, cells in evidence_map(site).rows:
        for cell in (cell for cell in cells if cell.claims):
            address = f"study/{study.id}/#{cell.column.section}"
            assert address in home.links
            target = page(site_folder, f"study/{study.id}/index.html")
            assert cell.column.section in target.ids


def test_the_page_of_a_sequential_study_has_the_drawing(site_folder: Path) -> None:
    assert isinstance(page(site_folder, f"study/{SEQUENTIAL}/index.html"), Reader)
    assert "sequence" in page(site_folder, f"study/{SEQUENTIAL}/index.html").ids
    assert "sequence" not in page(site_folder, "study/tower/index.html").ids
    assert (ROOT / "site" / "templates" / "flow.html.j2").is_file()
