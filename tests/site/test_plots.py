"""Plots: every value in its place, derived values marked, and all of it in a table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.built_site import built_site, concept_plots, pages, the_site
from support.environment import ROOT
from support.plots import drawn

from kb.site.charts.drawing import LABELS, WIDTH, Drawing, Plot
from kb.site.charts.plot_data import PlotData
from kb.site.charts.plots import FEWEST, SIZE
from kb.site.charts.scales import Scale
from kb.site.charts.study_plots import StudyPlots
from kb.site.tables.figures import agree

SVG = "{http://www.w3.org/2000/svg}"


@cache
def study_plots() -> dict[str, list[Plot]]:
    plots = StudyPlots(the_site())
    return {
        f"study/{study}": [p for made in plots.of(study).values() for p in made]
        for study in the_site().studies
    }


def every_plot() -> Iterator[Plot]:
    for found in (*concept_plots().values(), *study_plots().values()):
        yield from found


def test_there_are_plots_of_every_kind() -> None:
    kinds = {plot.kind for plot in every_plot()}
    assert kinds == {"share", "linear", "log"}
    assert any(plot.series for plot in every_plot())
    assert any(plot.collapsed for plot in every_plot())
    assert all(plot.drawn >= FEWEST for plot in every_plot())


# --- scales ----------------------------------------------------------------------------------


def test_proportions_are_placed_on_a_scale_from_0_to_100() -> None:
    scale = Scale.over("share", [], (100, 600))
    assert [scale(v) for v in (0, 25, 50, 100)] == [100, 225, 350, 600]
    assert next(scale.ticks()) == (100, "0")
    assert list(scale.ticks())[-1] == (600, "100")


def test_a_scale_of_ratios_is_even_around_1() -> None:
    scale = Scale.over("log", [0.4, 0.9], (0, 400))
    assert scale(1) - scale(0.5) == pytest.approx(scale(2) - scale(1), abs=0.2)
    assert "1" in [text for _, text in scale.ticks()]


@given(st.lists(st.floats(0.01, 500), min_size=1, max_size=20), st.sampled_from(["linear", "log"]))
def test_every_value_has_a_place_between_the_ends(values: list[float], kind: str) -> None:
    scale = Scale.over(kind, values, (345, 700))
    assert all(345 <= scale(value) <= 700 for value in values)
    places = [scale(value) for value in sorted(values)]
    assert places == sorted(places)


# --- geometry --------------------------------------------------------------------------------


def test_a_mark_agrees_with_the_ticks_of_its_plot() -> None:
    """Interpolated between two ticks, as a reader would."""
    for plot in every_plot():
        drawing = Drawing(plot)
        ticks = [(x, float(text)) for x, text in drawing.ticks]
        for placed in (mark for row in drawing.rows for mark in row.marks):
            if placed.mark.value is None or placed.x is None or plot.kind == "log":
                continue
            (x0, v0), (x1, v1) = ticks[0], ticks[-1]
            expected = x0 + (placed.mark.value - v0) / (v1 - v0) * (x1 - x0)
            assert placed.x == pytest.approx(expected, abs=0.3), plot.id


def test_an_interval_contains_its_value_and_ends_inside_the_scale() -> None:
    for plot in every_plot():
        drawing = Drawing(plot)
        for placed in (mark for row in drawing.rows for mark in row.marks):
            places = [p for p in (placed.low, placed.x, placed.high) if p is not None]
            assert places == sorted(places), plot.id
            assert all(LABELS <= place <= drawing.right for place in places), plot.id


def test_rows_do_not_overlap() -> None:
    for plot in every_plot():
        rows = Drawing(plot).rows
        for above, below in pairwise(rows):
            assert above.y + above.height <= below.y


def test_larger_groups_have_larger_squares() -> None:
    squares = [
        (mark.mark.of, mark.side)
        for plot in concept_plots()["endpoint/CR"][:1]
        for row in Drawing(plot).rows
        for mark in row.marks
        if mark.shape == "square"
    ]
    assert len(squares) > 3
    assert [side for _, side in sorted(squares)] == sorted(side for _, side in squares)


def boxes(svg: ElementTree.Element) -> Iterator[tuple[float, float, float, float]]:
    """The corners of everything drawn; text has the width that the layout assumes."""
    for item in svg.iter():
        at = {k: float(v) for k, v in item.attrib.items() if re.fullmatch(r"-?[\d.]+", v)}
        if item.tag == f"{SVG}rect":
            yield at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]
        elif item.tag == f"{SVG}circle":
            r = at["r"]
            yield at["cx"] - r, at["cy"] - r, at["cx"] + r, at["cy"] + r
        elif item.tag == f"{SVG}text":
            wide = 5.5 * len("".join(item.itertext()))
            anchor = {"end": 1.0, "middle": 0.5}.get(item.get("text-anchor", ""), 0.0)
            yield at["x"] - anchor * wide, at["y"] - 9, at["x"] + (1 - anchor) * wide, at["y"] + 3
        elif item.tag == f"{SVG}path":
            for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", item.attrib["d"]):
                yield float(x), float(y), float(x), float(y)
            for x in re.findall(r"H(-?[\d.]+)", item.attrib["d"]):
                yield float(x), 0, float(x), 0


def test_nothing_is_drawn_outside_the_view() -> None:
    for plot in every_plot():
        svg = drawn(plot)
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        assert width == WIDTH
        outside = [
            box
            for box in boxes(svg)
            if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height
        ]
        assert not outside, plot.id


# --- only what is printed, or marked as derived ----------------------------------------------


def test_every_figure_is_printed_or_in_the_derived_column() -> None:
    number = re.compile(r"\d+(?:\.\d+)?")
    for plot in every_plot():
        for row in plot.rows:
            claims = [f.claim for shown in row.figures for f in shown.claims]
            known = {
                str(part)
                for c in claims
                for f in (c.figure,)
                for part in (
                    f.digits,
                    f.numerator,
                    f.denominator,
                    f.low,
                    f.high,
                    c.result.p_value,
                )
            } | {"97.5"}  # the name of an interval
            for column, cell in zip(plot.columns, row.cells, strict=True):
                if column != SIZE and not column.derived:
                    figures = {n for piece in cell for n in number.findall(piece.text)}
                    assert figures <= known, (plot.id, row.label, figures - known)


def test_a_size_beside_a_median_is_printed_by_its_source() -> None:
    site, seen = the_site(), set()
    for plot in every_plot():
        if SIZE not in plot.columns:
            continue
        for row in plot.rows:
            cell = row.cells[plot.columns.index(SIZE)]
            for shown, piece in zip(row.figures, cell, strict=True):
                sources = {view.claim.source for view in shown.claims}
                figures = [
                    view.claim.figure
                    for view in site.by_study[row.study]
                    if view.claim.source in sources
                ]
                counts = {str(n) for f in figures for n in (f.value, f.numerator)}
                texts = set(filter(None, piece.text.split(" / ")))
                assert texts <= counts, (plot.id, row.label)
                seen |= {(row.study, text) for text in texts}
    assert {("tower", "271"), ("tower", "134")} <= seen
    # A review gives the size of the analysis of remission, the reports their medians of all.
    assert not {("ino-vate", "141"), ("ino-vate", "138")} & seen


def test_derived_intervals_are_marked_in_drawing_and_column() -> None:
    seen = 0
    for plot in every_plot():
        derived = [mark for mark in plot.marks if mark.derived]
        columns = [column for column in plot.columns if column.derived]
        if plot.series:
            continue
        assert bool(derived) <= bool(columns), plot.id
        svg = drawn(plot)
        lines = [p for p in svg.iter(f"{SVG}path") if p.get("class") == "interval derived"]
        assert len(lines) == len(derived) + bool(derived), plot.id  # the key shows one more
        seen += len(derived)
    assert seen > 50


def test_a_printed_interval_is_not_derived_again() -> None:
    for plot in every_plot():
        for row in plot.rows:
            for mark, shown in zip(row.marks, row.figures, strict=False):
                is_printed = any(f.claim.figure.bounds for f in shown.claims)
                if mark is not None and not plot.series:
                    assert not (mark.derived and is_printed), plot.id


def test_no_interval_is_derived_for_survival_at_a_time() -> None:
    survival = the_site().vocabulary.narrower("endpoint", "SURVIVAL")
    for plot in every_plot():
        for row in plot.rows:
            endpoint = row.figures[0].claims[0].claim.measure.endpoint
            if endpoint in survival:
                assert not any(mark and mark.derived for mark in row.marks), plot.id


def test_plots_and_dataset_derive_the_same_shares() -> None:
    dataset = {one.measure for one in the_site().base.derived() if one.kind == "share"}
    assert {("tower", "DEATH"), ("campus-all", "CAUSE_OF_DEATH")} <= {
        (measure.study, measure.endpoint) for measure in dataset
    }
    data, seen = PlotData(the_site()), 0
    shares = (view for view in the_site().claims if data.is_share(view.claim))
    for row in data.rows(shares, "test"):
        sources = {view.claim.source for figure in row.figures for view in figure.claims}
        measures = {view.claim.measure for figure in row.figures for view in figure.claims}
        if len(sources) == len(measures) == len(row.figures) == 1:
            assert bool(row.derived[0]) == (row.measure in dataset), row.measure
            seen += bool(row.derived[0])
    assert seen > 50


def test_a_proportion_without_counts_is_hollow_and_has_no_interval() -> None:
    hollow = [
        placed
        for plot in concept_plots()["endpoint/cCR"]
        for row in Drawing(plot).rows
        for placed in row.marks
        if placed.shape == "ring"
    ]
    assert hollow
    assert all(p.low is None and p.high is None and p.mark.of is None for p in hollow)


def test_a_measure_has_one_row_with_all_its_figures() -> None:
    for path, plots in concept_plots().items():
        claims = [
            f.iri for plot in plots for row in plot.rows for s in row.figures for f in s.claims
        ]
        assert len(claims) == len(set(claims)), path
        for plot in plots:
            for row in plot.rows:
                every = [f.claim for s in row.figures for f in s.claims]
                for measure in {claim.measure for claim in every}:
                    # Another measure of the row states the same result more fully.
                    own = [claim.figure for claim in every if claim.measure == measure]
                    others = [claim.figure for claim in every if claim.measure != measure]
                    assert not others or any(agree(a, b) for a in own for b in others)
                endpoints = {claim.measure.endpoint for claim in every}
                assert len({(claim.study, *endpoints) for claim in every}) == 1
                assert len(row.cells[0]) == len(row.figures)


def test_contradicting_figures_are_all_shown_and_marked() -> None:
    rows = [row for plots in concept_plots().values() for plot in plots for row in plot.rows]
    differing = [row for row in rows if any(figure.differs for figure in row.figures)]
    assert differing
    for row in differing:
        unlike = [shown for shown in row.figures if shown.differs]
        assert len(unlike) > 1
        assert any(piece.text.startswith(("≠", "▲", "⊘")) for piece in row.cells[0])


def test_subgroups_have_plots_of_their_own_that_start_closed() -> None:
    for plots in concept_plots().values():
        for plot in plots:
            kinds = {
                the_site().groups[f.claim.study, f.claim.measure.group].kind
                for row in plot.rows
                for s in row.figures
                for f in s.claims
            }
            if "subgroup" in kinds:
                assert plot.collapsed or "among" in plot.id, plot.id


def test_the_favoured_group_is_named_only_where_settings_define_it() -> None:
    plots = [plot for found in concept_plots().values() for plot in found if plot.kind == "log"]
    assert plots
    settings = the_site().settings["plots"]
    known = {*settings["lower_is_better"], *settings["higher_is_better"]}
    for plot in plots:
        endpoint = plot.rows[0].figures[0].claims[0].claim.measure.endpoint
        assert bool(plot.favours[0]) == (the_site().top(endpoint) in known)


def test_a_value_not_reached_is_at_the_end_of_the_scale() -> None:
    plots = concept_plots()["endpoint/OS"]
    beyond = [
        (placed, Drawing(plot).right)
        for plot in plots
        for row in Drawing(plot).rows
        for placed in row.marks
        if placed.shape == "beyond"
    ]
    assert beyond
    assert all(placed.x == right for placed, right in beyond)


# --- as a page ------------------------------------------------------------------------------


class Figures(HTMLParser):
    """The plots of a page: their ids, titles and tables, and what they refer to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.figures: list[dict[str, object]] = []
        self.inside = 0
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if attributes.get("id"):
            self.ids.add(str(attributes["id"]))
        if tag == "figure" and attributes.get("class") == "plot":
            self.figures.append({"rows": 0, "marks": 0, "table": False, "caption": False})
            self.inside = 1
        if not self.inside:
            return
        now = self.figures[-1]
        if tag == "svg":
            now |= {"role": attributes["role"], "named": str(attributes["aria-labelledby"]).split()}
        if tag == "div" and attributes.get("class") == "plot-box":
            now["focusable"] = (
                attributes.get("tabindex") == "0" and attributes.get("role") == "region"
            )
        now["caption"] = now["caption"] or tag == "figcaption"
        now["table"] = now["table"] or tag == "table"
        now["marks"] = int(str(now["marks"])) + (tag == "g" and attributes.get("class") == "row")
        now["rows"] = int(str(now["rows"])) + (tag == "th" and attributes.get("scope") == "row")

    def handle_endtag(self, tag: str) -> None:
        if tag == "figure":
            self.inside = 0


def test_every_plot_has_caption_title_description_and_table() -> None:
    folder = built_site()
    seen = 0
    for path in pages(folder):
        html = (folder / path).read_text(encoding="utf-8")
        found = Figures(html)
        for figure in found.figures:
            seen += not path.startswith("embed/")  # each of these has a place in the site too
            assert figure["caption"], path
            assert figure["focusable"], path
            assert figure["table"], path
            assert figure["rows"] == figure["marks"] != 0, path
            assert figure["role"] == "group", path
            assert len(figure["named"]) == 2  # type: ignore[arg-type]
            assert set(figure["named"]) <= found.ids, path  # type: ignore[call-overload]
    assert seen == sum(1 for _ in every_plot())


def test_plots_that_a_page_has_no_room_for_are_one_click_from_it() -> None:
    folder, seen = built_site(), 0
    for path in pages(folder):
        html = (folder / path).read_text(encoding="utf-8")
        for number in re.findall(r"/plots/\">(\d+) more plots? of these figures", html):
            others = (folder / path).parent / "plots" / "index.html"
            assert len(Figures(others.read_text(encoding="utf-8")).figures) == int(number)
            seen += 1
    assert seen


def test_names_from_records_are_escaped_in_plots() -> None:
    plot = concept_plots()["endpoint/cCR"][0]
    section = plot.sections[0]
    row = replace(section.rows[0], name="<script>x</script>", label='"&<b>')
    svg = drawn(replace(plot, sections=(replace(section, rows=(row,)),)))
    assert not list(svg.iter(f"{SVG}script"))
    assert "<script>x</script>" in "".join(svg.itertext())


def test_a_plot_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "from support.built_site import concept_plots;"
        "from hashlib import sha256; from xml.etree import ElementTree as E;"
        "from support.plots import drawn;"
        "print(sha256(b''.join(E.tostring(drawn(p)) for k in ('endpoint/cCR', 'endpoint/OS')"
        " for p in concept_plots()[k])).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT / "tests",
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
