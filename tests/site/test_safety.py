"""Safety at a glance: each figure with its grade, denominator and company, and nothing lost."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from support.built_site import built_site, page, records

from kb import KnowledgeBase
from kb.analysis.intervals import exact_interval
from kb.site.context import PageContext
from kb.site.pages.safety import safety_csv, safety_pages
from kb.site.settings import load_settings
from kb.site.tables.prints import Print
from kb.site.tables.safety import Safety
from kb.site.tables.safety_rows import SafetyCell, SafetyPart, SafetyRow

WHOLE = "safety/index.html"


@pytest.fixture(scope="session")
def safety(site: PageContext) -> Safety:
    return Safety.of(site)


def part(safety: Safety, name: str) -> SafetyPart:
    return next(part for part in safety.parts if part.kind.id == name)


def every(safety: Safety) -> list[tuple[SafetyPart, SafetyRow]]:
    """All rows, those that are folded too."""
    return [(part, one) for part in safety.parts for row in part.rows for one in (row, *row.others)]


def cells(safety: Safety) -> list[SafetyCell]:
    return [cell for _, row in every(safety) for cell in row.cells]


def test_every_number_of_a_kind_is_shown_once_or_stated_with_the_one_it_repeats(
    site: PageContext, safety: Safety
) -> None:
    for kind in safety.kinds:
        below = kind.endpoints
        wanted = {
            view.iri
            for view in site.claims
            if view.claim.measure.endpoint in below
            and view.claim.kind == "result"
            and view.claim.has_figure
        }
        shown = [
            view.iri
            for part, row in every(safety)
            if part.kind == kind
            for cell in row.cells
            for view in cell.figure.claims
        ]
        assert wanted <= set(shown), kind.title
        assert len(shown) == len(set(shown)), kind.title


def test_figures_stand_side_by_side_only_where_they_were_printed_together(safety: Safety) -> None:
    seen = 0
    for _, row in every(safety):
        if len(row.cells) < 2:
            continue
        seen += 1
        blocks = [{v.claim.block for v in cell.figure.claims} for cell in row.cells]
        places = [
            {Print([v], str).place for v in cell.figure.claims if not v.claim.measure.comparator}
            for cell in row.cells
        ]
        together = set.intersection(*blocks) or set.intersection(*places)
        assert together, (row.study, row.subject)
        assert len({cell.group.id for cell in row.cells}) == len(row.cells)
    assert seen > 10


def test_the_arms_of_one_report_are_in_one_row(safety: Safety) -> None:
    rows = [row for row in part(safety, "vod").rows if row.study == "ino-vate"]
    treated = next(row for row in rows if len(row.cells) == 2)
    assert [cell.figure.text for cell in treated.cells] == ["23/164 (14.0%)", "3/143 (2.1%)"]
    assert [cell.group.id for cell in treated.cells] == [
        "inotuzumab.treated",
        "chemotherapy.treated",
    ]
    # Four cohorts have no columns of their own, but two were printed together.
    subcutaneous = [row for row in part(safety, "crs").rows if row.study == "blina-sc"]
    assert ["21.4%", "23.1%"] in [[c.figure.text for c in row.cells] for row in subcutaneous]


def test_the_denominator_is_of_the_treated_or_of_the_transplanted(safety: Safety) -> None:
    rows = [row for row in part(safety, "vod").rows if row.study == "ino-vate"]
    of = {row.cells[0].group.label: row.cells[0].of for row in rows if row.cells[0].of}
    assert of == {"inotuzumab arm, treated": 164, "inotuzumab arm, proceeded to alloSCT": 79}


def test_another_report_is_folded_into_the_row_of_the_same_group(safety: Safety) -> None:
    rows = [row for row in part(safety, "vod").rows if row.study == "ino-vate"]
    (of_transplanted,) = (row for row in rows if row.cells[0].figure.text == "18/79 (23%)")
    assert [o.cells[0].figure.text for o in of_transplanted.others] == ["10/48"]
    assert not [row for row in rows if row.cells[0].figure.text == "10/48"]


def test_a_report_of_the_study_itself_leads_and_a_review_that_repeats_it_is_folded(
    safety: Safety,
) -> None:
    rows = [row for row in part(safety, "crs").rows if row.study == "tower"]
    row = next(row for row in rows if row.grade == "grade 3 or higher" and not row.detail)
    assert [cell.figure.text for cell in row.cells] == ["13 (4.9%)", "0 patients"]
    assert [cell.figure.text for cell in row.others[0].cells] == ["4.9%", "0%"]


def test_figures_among_those_with_an_event_do_not_lead(safety: Safety) -> None:
    for kind in ("crs", "neurotoxicity"):
        for row in part(safety, kind).rows:
            for cell in row.cells:
                assert cell.group.who_endpoint not in part(safety, kind).kind.endpoints
    blast = next(row for row in part(safety, "crs").rows if row.study == "blast")
    assert {cell.group.id for row in blast.others for cell in row.cells} == {"with-crs"}


def test_a_grade_is_in_words_and_one_that_is_not_stated_is_said_so(safety: Safety) -> None:
    grades = {row.grade for _, row in every(safety)}
    assert {"grade 3 or higher", "any grade", "grade above 3", "grade 3–4", "grade 2 or lower"} <= (
        grades
    )
    assert not [grade for grade in grades if re.search("[≥≤><]", grade)]
    for shown, row in every(safety):
        printed = row.cells[0].figure.claims[0].claim.measure.category
        stated = "grade" in f"{row.endpoint.label} {printed}"
        if shown.kind.id in ("vod", "crs", "neurotoxicity") and not printed:
            assert row.grade == "grade not stated"
        assert not (stated and "not stated" in row.grade)


def test_intervals_are_exact_and_only_of_counts_that_fit(safety: Safety) -> None:
    derived = [cell for cell in cells(safety) if cell.derived]
    assert len(derived) > 20
    for cell in derived:
        assert cell.plotted
        assert cell.of
        numbers = {v.claim.figure.numerator for v in cell.figure.claims} - {None}
        low, high = exact_interval(numbers.pop() or 0, cell.of)
        assert f"95% CI {100 * low:.1f}–{100 * high:.1f}%" in cell.derived
    # 17 of 57 is 30%, and was printed as 31%.
    wrong = [cell for cell in cells(safety) if cell.figure.text == "17/57 (31%)"]
    assert [cell.derived for cell in wrong] == [""]


def test_a_percentage_without_its_denominator_says_so(safety: Safety) -> None:
    bare = [c for c in cells(safety) if c.plotted and re.fullmatch(r"[\d.]+%", c.figure.text)]
    assert bare
    assert {cell.denominator for cell in bare} == {"denominator not reported"}


def test_the_table_has_every_figure_of_the_page(site: PageContext, safety: Safety) -> None:
    rows = list(csv.DictReader(io.StringIO(safety_csv(site))))
    assert len(rows) == len(cells(safety))
    row = next(row for row in rows if row["figure"] == "23/164 (14.0%)")
    assert (row["number"], row["of"], row["percent"]) == ("23", "164", "14.0")
    assert (row["low_derived"], row["high_derived"]) == ("9.1", "20.3")
    assert (row["report"], row["is_folded"]) == ("Kantarjian 2019", "false")
    second = next(row for row in rows if row["figure"] == "10/48")
    assert (second["is_folded"], second["cited_by"]) == ("true", "Bruzzese 2025")


def test_the_page_is_in_the_navigation_and_linked_from_what_it_shows() -> None:
    site = built_site()
    links = page(site, WHOLE).links
    assert "../safety.csv" in links
    assert any(link.endswith("study/ino-vate/") for link in links)
    for path, link in {
        "index.html": "safety/#vod",
        "study/ino-vate/index.html": "../../safety/#vod",
        "study/tower/index.html": "../../safety/#crs",
        "regimen/inotuzumab/index.html": "../../safety/#vod.inotuzumab",
        "endpoint/VOD/index.html": "../../safety/#vod",
    }.items():
        assert link in page(site, path).links, path
    assert "../../safety/#vod" not in page(site, "study/tower/index.html").links
    ids = page(site, WHOLE).ids
    for path in (Path("index.html"), Path("regimen/inotuzumab/index.html")):
        for link in page(site, str(path)).links:
            if "safety/#" in link:
                assert link.partition("#")[2] in ids


@pytest.mark.parametrize(
    "kinds", [[], [{"title": "A", "id": "a", "endpoints": ["NONE_SUCH"], "categories": []}]]
)
def test_a_base_without_such_figures_has_no_such_page(kinds: list[dict[str, Any]]) -> None:
    base = records()
    site = PageContext(base, base.root / "site")
    vars(site)["settings"] = {**site.settings, "safety": kinds}
    assert not list(safety_pages(site))
    assert not Safety.of(site).links()
    assert not Safety.of(site).links_of_study("ino-vate")


def test_the_kinds_of_the_starter_are_of_no_disease(example: KnowledgeBase) -> None:
    site = PageContext(example, records().root / "site")
    titles = {part.kind.title for part in Safety.of(site).parts}
    assert titles <= {kind["title"] for kind in load_settings(Path("none"))["safety"]}
