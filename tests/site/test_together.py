"""Figures of a row were reported together: on the home page, pages of studies and Compare.

A comparison, an interval, a denominator and a reference belong to the values of their block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from support.built_site import records

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.model import Claim, ComparisonResult, Figure, Group, Measure, Source
from kb.site.charts.plots import Plots
from kb.site.context import PageContext
from kb.site.labels import Labels, context
from kb.site.pages.compare import ComparisonData
from kb.site.tables.card import StudyCard
from kb.site.tables.figures import agree, displayed_comparisons
from kb.site.tables.main_results import MainResults
from kb.site.tables.prints import Print, rows_of_prints
from kb.site.tables.study import StudyTables
from kb.sources.verify import Verification, VerificationState

ARMS = ("active", "control")


# --- what may share a row ----------------------------------------------------------------------


def block(name: str, *values: str, p: str = "", **more: str) -> list[ClaimView]:
    """Figures of one or two arms, and their p-value, as one source prints them together."""
    source = more.pop("source", "paper")
    views: list[ClaimView] = []

    def add(claim: Claim) -> None:
        group = Group("trial", claim.measure.group, claim.measure.group, "arm")
        paper = Source(source, source, source, "primary-report", "en", "")
        verification = Verification(claim, VerificationState.VERIFIED)
        views.append(ClaimView(claim, group, paper, (), verification, claim.id, block=views))

    for arm, text in zip(ARMS, values, strict=False):
        if text:
            figure = Figure(value=Decimal(text), digits=text, unit="%")
            measure = Measure("trial", arm, "CR", "frequency")
            ids = (f"{name}.{arm}", name)
            add(
                Claim(*ids, "result", "percentage", measure, source, "1", "", figure=figure, **more)
            )  # type: ignore[arg-type]
    if p:
        measure = Measure("trial", "active", "CR", "p-value", comparator="control")
        result = ComparisonResult(p_printed=p)
        ids = (f"{name}.p", name)
        add(Claim(*ids, "comparison", "p-value", measure, source, "1", "", result=result, **more))  # type: ignore[arg-type]
    return views


def rows(*blocks: list[ClaimView]) -> list[set[str]]:
    """The names of the blocks in each row."""
    prints = [Print(views, lambda group: group) for views in blocks]
    return [{p.views[0].claim.block for p in row} for row in rows_of_prints(prints)]


def test_prints_of_the_same_values_share_a_row() -> None:
    assert rows(block("a", "36", "17", p="<0.001"), block("b", "36", "17"), block("c", "36")) == [
        {"a", "b", "c"}
    ]


def test_other_values_have_a_row_of_their_own() -> None:
    assert rows(block("a", "36", "17"), block("b", "80", "29", p="<0.001")) == [{"b"}, {"a"}]


def test_a_p_value_never_stands_beside_a_value_that_it_was_not_printed_with() -> None:
    assert rows(block("a", "36", p="<0.001"), block("b", "36", "17")) == [{"b"}, {"a"}]


def test_another_analysis_set_or_data_cut_has_a_row_of_its_own() -> None:
    for field, one, two in (
        ("analysis_set", "treated", "randomised"),
        ("data_cut", "2016-03", "2017-01"),
    ):
        a, b = block("a", "36", "17", **{field: one}), block("b", "36", "17", **{field: two})
        assert rows(a, b) == [{"a"}, {"b"}]
        assert rows(a, block("c", "36", "17")) == [{"a", "c"}]


def test_arms_of_one_place_share_a_row_and_those_of_two_sources_do_not() -> None:
    assert rows(block("a", "36"), block("b", "", "17")) == [{"a", "b"}]
    assert rows(block("a", "36"), block("b", "", "17", source="other")) == [{"a"}, {"b"}]


def test_comparisons_without_values_share_a_row_only_where_they_agree() -> None:
    a, b, c = block("a", p="=0.04"), block("b", p="=0.04"), block("c", p="=0.01")
    assert rows(a, b, c) == [{"a", "b"}, {"c"}]


def test_one_p_value_of_two_pairs_of_values_is_two_results(site: PageContext) -> None:
    same = [*block("a", "36", "17", p="<0.001"), *block("b", "36", "17", p="<0.001")]
    unlike = [*block("a", "36", "17", p="<0.001"), *block("b", "80", "29", p="<0.001")]
    for views, expected in ((same, 1), (unlike, 2)):
        compared = [view for view in views if view.claim.measure.comparator]
        assert len(displayed_comparisons(compared, site.labels)) == expected


def test_the_sides_of_p_and_the_level_of_the_interval_stand_at_the_figure(labels: Labels) -> None:
    (view,) = block("a", p="=0.0105")
    figure = Figure(Decimal("0.75"), "0.75", low=Decimal("0.57"), high=Decimal("0.99"))
    result = replace(view.claim.result, sides=1)
    for bounds, level in (("ci97.5", "97.5% CI"), ("ci", "CI, level not stated,")):
        claim = replace(view.claim, result=result, figure=replace(figure, bounds=bounds))
        text = "; ".join(part.text for part in labels.comparison(claim))
        assert "p = 0.0105 (one-sided)" in text
        assert f"{level} 0.57–0.99" in text
    assert "sided" not in "".join(part.text for part in labels.comparison(view.claim))


# --- the pages ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def labels(site: PageContext) -> Labels:
    return site.labels


@dataclass
class Shown:
    """One figure or comparison in a cell: its HTML, its text and the claims that it names."""

    html: str
    claims: list[ClaimView]

    @property
    def text(self) -> str:
        inner = re.sub(
            r'<(?:span class="anchor"|small|a class="contested).*?</(?:span|small|a)>',
            "",
            self.html,
        )
        return unescape(re.sub(r"<[^>]+>", " ", inner))

    @property
    def figure(self) -> str:
        """The values and estimates, without words."""
        plain = re.findall(r'class="fig(?! part-words)[^>]*>([^<]*)<', self.html)
        return " ".join([*plain, *re.findall(r'"part-(?:figure|estimate)">([^<]*)<', self.html)])


def page_rows(site: PageContext, folder: Path, path: str) -> Iterator[list[list[Shown]]]:
    """Yield the rows of the tables of a page: cells of figures, comparisons in the last."""
    html = (folder / path).read_text("utf-8")

    def shown_in(cell: str) -> Iterator[Shown]:
        for div in re.findall(r"<div[^>]*>(.*?)</div>", cell, re.DOTALL):
            figure = re.search(r'<a class="fig[^"]*"([^>]*)>', div)
            assert figure, div
            linked = re.search(r'study/([^/"]+)/#([^"]+)"', figure[1])
            study = linked[1] if linked else path.split("/")[1]
            named = re.search(r'data-claims="([^"]*)"', figure[1])
            own = named or re.search(r' id="([^"]*)"', figure[1])
            names = unescape(own[1] if own else linked[2] if linked else "").split()
            ids = [f"{study}#{name}" for name in names]
            yield Shown(div, [site.by_iri[f"{site.base.iris.base}study/{one}"] for one in ids])

    for table in re.findall(r'<table class="arms.*?</table>', html, re.DOTALL):
        for row in re.findall(r'<tr><th scope="row">.*?</tr>', table, re.DOTALL):
            cells = re.findall(r'<td class="(?:num|compared)"[^>]*>(.*?)</td>', row, re.DOTALL)
            found = [list(shown_in(cell)) for cell in cells]
            yield found if 'class="compared"' in row else [*found, []]


def faults(row: list[list[Shown]], site: PageContext) -> Iterator[str]:
    """Yield what stands in a row and was not printed with its values."""
    *cells, compared = row
    for shown in compared:
        for view in shown.claims:
            beside = [
                any(view.claim.block == v.claim.block for one in cell for v in one.claims)
                or all(any(agrees(v, o) for o in view.values) for one in cell for v in one.claims)
                for cell in cells
                if cell
            ]
            if not all(beside):
                yield f"{shown.text}: not printed with the values of its row"
    for shown in (one for cell in row for one in cell):
        texts = re.findall(r"p [=<>≤≥~] [\d.]+", shown.text)
        printed = {re.sub(r"\s|p", "", f"p{v.claim.result.p_printed}") for v in shown.claims}
        yield from (f"{p} is of no claim" for p in texts if p.replace(" ", "")[1:] not in printed)
        numbers = re.findall(r"\d+/\d+|\d[\d.]*–\d[\d.]*", shown.figure)
        figures = " ".join(site.labels.figure(v.claim.figure) for v in shown.claims)
        yield from (f"{n} is of no claim of {shown.text}" for n in numbers if n not in figures)
        cited = set(re.findall(r"publication/([^/]+)/", shown.html))
        own = {p.id for v in shown.claims for p in v.publications}
        if not cited <= own:
            yield f"{shown.text}: cites {cited - own}"


def agrees(one: ClaimView, two: ClaimView) -> bool:
    return one.claim.measure == two.claim.measure and agree(one.claim.figure, two.claim.figure)


def test_every_row_of_home_and_studies_shows_what_was_printed_together(
    site: PageContext, site_folder: Path
) -> None:
    wrong, compared, seen = [], 0, 0
    for path in ("index.html", *(f"study/{name}/index.html" for name in site.studies)):
        for row in page_rows(site, site_folder, path):
            seen += 1
            compared += bool(row[-1]) and any(row[:-1])
            wrong += [f"{path}: {fault}" for fault in faults(row, site)]
    assert not wrong
    assert seen > 500
    assert compared > 50


def test_the_walk_finds_a_p_value_in_a_wrong_row(site: PageContext, site_folder: Path) -> None:
    every = list(page_rows(site, site_folder, "study/ino-vate/index.html"))
    with_p = [row for row in every if row[-1] and any(row[:-1])]
    one, other = with_p[0], next(r for r in with_p if r[-1][0].claims != with_p[0][-1][0].claims)
    assert list(faults([*one[:-1], other[-1]], site))


def test_a_row_of_a_set_aside_value_shows_no_comparison_as_if_it_stood(site: PageContext) -> None:
    for view in site.claims:
        aside = [v for v in view.values if v.standing is ClaimStatus.SET_ASIDE]
        if aside:
            assert view.standing in (ClaimStatus.SET_ASIDE, ClaimStatus.PREFERRED)


def test_the_home_page_shows_no_value_that_was_set_aside(site_folder: Path) -> None:
    cards = (site_folder / "index.html").read_text("utf-8").partition('id="pivotal"')[2]
    assert cards
    assert 'class="fig set-aside"' not in cards.partition('id="map"')[0]


def test_compare_shows_comparisons_with_their_values(site: PageContext) -> None:
    for study, entry in entries(site, "comparisons"):
        views = [site.by_iri[f"{site.base.iris.base}study/{study}#{c}"] for c in entry["claims"]]
        parts = " ".join(text for _, text in entry["parts"])
        assert any(
            parts == " ".join(p.text for p in site.labels.comparison(v.claim)) for v in views
        )
        sides = [text for text, _ in entry["sides"]]
        for view in views:
            for value in view.values:
                figure = site.labels.figure(value.claim.figure)
                assert figure in sides or agrees_with_text(value, views)
        assert bool(sides) == bool(views[0].values)
        assert entry["context"] == " · ".join(
            dict.fromkeys(filter(None, (context(v.claim) for v in views)))
        )


def agrees_with_text(value: ClaimView, views: list[ClaimView]) -> bool:
    """Whether a value agrees with the one that the entry writes out."""
    return any(agrees(value, other) for other in views[0].values)


def test_compare_shows_denominators_only_where_they_are_printed(site: PageContext) -> None:
    for study, entry in entries(site, "figures"):
        views = [site.by_iri[f"{site.base.iris.base}study/{study}#{c}"] for c in entry["claims"]]
        if entry["of"] is not None:
            assert entry["of"] in {v.claim.figure.denominator for v in views}
        cited = {p.id for v in views for p in v.publications}
        assert {name for name, _ in entry["cited"]} <= cited
        assert entry["notedFrom"] == list(
            dict.fromkeys(v.claim.read_in for v in views if v.claim.read_in)
        )


def test_compare_gives_the_size_of_a_group_where_a_figure_has_no_denominator(
    site: PageContext,
) -> None:
    every = [(study, entry) for study, entry in entries(site, "figures")]
    assert not [entry for _, entry in every if entry["whole"] and entry["of"]]
    remission = {
        (study, entry["text"]): entry["whole"]
        for study, entry in every
        if entry["endpoint"] == "cCR"
    }
    assert remission["tower", "44%"] == "group n = 271"
    # Its own report gives 164 randomised; a review gives 141 for the arm.
    assert remission["ino-vate", "73.8%"] == "group n = 164"
    assert remission["ino-vate", "121 patients"] == "denominator not reported"


def entries(site: PageContext, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    data = ComparisonData(site)
    for entry in getattr(data, f"_{name}")():
        yield entry["study"], entry


def test_plots_show_the_p_values_of_their_own_figures(site: PageContext) -> None:
    plots = Plots(site)
    seen = 0
    for term in site.terms("endpoint"):
        views = [v for v in site.claims if v.claim.measure.endpoint == term.notation]
        for plot in plots.of_concept(term, views):
            at = [n for n, column in enumerate(plot.columns) if column.title == "p, reported"]
            for row in plot.rows if at else ():
                for figure, piece in zip(row.figures, row.cells[at[0]], strict=True):
                    own = {v.claim.result.p_printed.lstrip("=") for v in figure.claims} - {""}
                    assert set(filter(None, piece.text.split(" / "))) == own
                    seen += bool(own)
    assert seen


# --- how pages count ---------------------------------------------------------------------------


def test_figures_statements_and_sources_are_counted_apart_and_alike(site_folder: Path) -> None:
    counts = records().counts()
    assert counts["figures"] + counts["statements without a figure"] == counts["claims"]
    read = counts["sources read in their text"] + counts["sources read in a summary"]
    assert read == counts["sources"]
    home = (site_folder / "index.html").read_text("utf-8")
    counted = " · ".join(
        f"{counts[name]} {name}"
        for name in ("figures", "statements without a figure", "studies", "analyses of studies")
    )
    assert counted in home
    assert f"summaries of {counts['sources read in a summary']} other sources" in home
    trust = home.partition('class="trust"')[2].partition("</div>")[0]
    assert trust
    assert "%" not in trust
    studies = (site_folder / "study/index.html").read_text("utf-8")
    assert f"{counts['studies']} studies and {counts['analyses of studies']} further" in studies


def test_nothing_of_a_summary_is_quoted_and_its_place_is_named(
    site: PageContext, site_folder: Path
) -> None:
    noted = [view for view in site.claims if view.claim.noted]
    assert noted
    for study in {view.claim.study for view in noted}:
        shown = json.loads((site_folder / f"study/{study}/prints.json").read_text("utf-8"))
        for view in site.by_study[study]:
            html = unescape(shown["claims"][view.claim.id]["html"])
            quoted = re.findall(r"<q>(.*?)</q>", html, re.DOTALL)
            assert quoted == ([view.claim.printed] if view.claim.printed else [])
            assert view.claim.printed or f"noted from {view.claim.read_in}: " in html


def test_words_and_no_signs_stand_beside_a_figure(site_folder: Path) -> None:
    for path in ("index.html", "study/tower/index.html", "endpoint/OS/index.html"):
        html = (site_folder / path).read_text("utf-8")
        assert not re.search(r'<small class="mark[^>]*>\s*[^a-z]', html)


def test_controls_alone_do_not_lead_the_results_of_a_study(site: PageContext) -> None:
    """A single-arm trial whose results are of those treated, with historical controls beside."""
    card = StudyCard(site, site.studies["zuma-3"], StudyTables(site, "zuma-3"))
    assert [arm.group.id for arm in card.arms()] == ["all"]
    views = list(MainResults(site, "zuma-3").views())
    assert {"cCR", "OS"} <= {view.claim.measure.endpoint for view in views}
    assert "historical" not in {view.claim.measure.group for view in views}
