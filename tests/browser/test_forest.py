"""The forest-plot builder in Chromium: chosen, drawn, taken away and restored by its address."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.built_site import rows, the_site
from support.chosen_page import Chosen, watched

from kb.site.pages.forest import ForestRows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"
BOTH = ["blinatumomab", "inotuzumab-ozogamicin"]


@pytest.fixture
def builder(context: BrowserContext, address: str) -> Chosen:
    return Chosen(context.new_page(), address, "forest")


@pytest.fixture(scope="module")
def every() -> list[dict[str, Any]]:
    return rows(dict(ForestRows(the_site()).data())["rows"])


def table(builder: Chosen) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(builder.download("CSV"))))


def taken(builder: Chosen, name: str) -> bytes:
    with builder.page.expect_download() as waiting:
        builder.page.get_by_role("button", name=name, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def texts(drawing: ET.Element) -> str:
    return " ".join(one.text or "" for one in drawing.iter(f"{SVG}text"))


def test_hazard_ratios_in_a_slide(builder: Chosen, every: list[dict[str, Any]]) -> None:
    builder.open({"measure": "OS.hazard-ratio"})
    drawing = ET.fromstring(taken(builder, "SVG"))  # noqa: S314 - our own page's
    assert int(drawing.get("width", 0)) * 9 == int(drawing.get("height", 0)) * 16
    written = texts(drawing)
    ticked = [r for r in every if r["kind"] == "OS.hazard-ratio" and r["isFirst"] and r["isMain"]]
    assert len(ticked) > 2
    for row in ticked:
        assert row["text"] in written
        assert row["interval"] in written
    assert "Overall survival: hazard ratio" in written
    assert "97.5% CI 0.57–0.99" in written
    assert f"{the_site().base.iris.base}forest/" in written


def test_rates_of_two_drugs_have_their_counts_and_marked_intervals(builder: Chosen) -> None:
    builder.open({"measure": "CR.rate", "drug": BOTH, "group": "drug"})
    drawing = ET.fromstring(taken(builder, "SVG"))  # noqa: S314 - our own page's
    assert int(drawing.get("width", 0)) * 9 == int(drawing.get("height", 0)) * 16
    written = texts(drawing)
    assert "36/57" in written
    assert "63% (49.3–75.6)†" in written
    assert "derived from n/N" in written
    given = table(builder)
    assert all(row["measure"] == "Complete remission: rate" for row in given)
    derived = [row for row in given if row["interval"].startswith("derived")]
    assert derived
    assert all(row["n"] and row["of"] for row in derived)


def test_a_picture_is_light_in_every_scheme(browser: Browser, address: str) -> None:
    found = []
    for scheme in ("light", "dark"):
        with watched(browser, address, "forest", 1280, scheme) as builder:
            builder.open({"measure": "OS.hazard-ratio"})
            found.append(taken(builder, "SVG"))
    assert found[0] == found[1]
    assert b"#ffffff" in found[0]


def test_a_png_is_twice_the_size(builder: Chosen) -> None:
    builder.open({"measure": "OS.hazard-ratio"})
    image = taken(builder, "PNG")
    assert [int.from_bytes(image[at : at + 4], "big") for at in (16, 20)] == [2560, 1440]


def test_a_link_restores_measure_rows_and_shape(builder: Chosen) -> None:
    builder.open({"measure": "CR.rate"})
    builder.page.get_by_role("button", name="Untick all").click()
    assert builder.page.locator("#forest-csv").is_disabled()
    boxes = builder.page.locator("#forest-list input")
    for at in (1, 3):
        boxes.nth(at).check()
    builder.page.locator("#forest-shape").select_option("column")
    chosen = [row["claims"] for row in table(builder)]
    assert len(chosen) == 2
    link = builder.page.url
    builder.page.goto("about:blank")
    builder.page.goto(link)
    builder.page.locator("#forest-picture svg").wait_for()
    assert [row["claims"] for row in table(builder)] == chosen
    assert builder.page.locator("#forest-shape").input_value() == "column"


def test_what_is_set_aside_is_not_offered_by_default(
    builder: Chosen, every: list[dict[str, Any]]
) -> None:
    kind = next(row["kind"] for row in every if row["isAside"] and row["isMain"])
    builder.open({"measure": kind})
    aside = {row["id"] for row in every if row["isAside"]}
    ids = "all => all.map(box => box.value)"
    boxes = builder.page.locator("#forest-list input")
    assert not aside & set(boxes.evaluate_all(ids))
    builder.page.locator("#forest-aside").check()
    assert aside & set(boxes.evaluate_all(ids))
    assert not aside & set(builder.page.locator("#forest-list input:checked").evaluate_all(ids))


def test_an_unknown_name_in_the_address_is_reported(builder: Chosen) -> None:
    builder.open({"measure": "OS.nothing", "drug": "nothing", "row": "no:row"})
    text = builder.page.locator("#forest-unknown").inner_text()
    assert [word in text for word in ("OS.nothing", "“nothing”", "no:row")] == [True] * 3


def test_boxes_are_ticked_by_keyboard_and_keep_the_focus(builder: Chosen) -> None:
    builder.open({"measure": "OS.hazard-ratio"})
    box = builder.page.locator("#forest-list input").first
    value = box.input_value()
    box.focus()
    builder.page.keyboard.press("Space")
    assert builder.page.evaluate("document.activeElement.value") == value
    assert not builder.page.locator("#forest-list input").first.is_checked()
    assert f"{value}" not in builder.claims("#forest-table")


def test_a_figure_leads_to_its_claim(builder: Chosen) -> None:
    builder.open({"measure": "OS.hazard-ratio"})
    links = builder.page.locator("#forest-table td > a")
    for at in range(links.count()):
        claim = (links.nth(at).get_attribute("data-claims") or "").split()[0]
        assert (links.nth(at).get_attribute("href") or "").endswith(f"#{claim}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_rows_instead_of_a_drawing(browser: Browser, address: str, scheme: str) -> None:
    with watched(browser, address, "forest", 360, scheme) as builder:
        builder.open({"measure": "CR.rate", "drug": BOTH})
        assert not builder.page.locator("#forest-picture svg").is_visible()
        bars = builder.page.locator(".forest-bar")
        assert bars.count() == builder.page.locator("#forest-table td > a").count() > 5
        assert bars.first.is_visible()
        assert taken(builder, "SVG")
        assert builder.violations() == []


def test_without_barriers_on_a_wide_screen(browser: Browser, address: str) -> None:
    for scheme in ("light", "dark"):
        with watched(browser, address, "forest", 1280, scheme) as builder:
            builder.open({"measure": "OS.hazard-ratio"})
            assert builder.violations() == []


def test_without_programs_there_is_a_table(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}forest/")
    assert page.locator("#forest table.list tbody tr").count() > 5
    assert page.locator('#forest a[href$="data/forest.csv"]').count() == 1
    context.close()


def test_a_plot_of_an_endpoint_leads_to_its_rows(builder: Chosen, address: str) -> None:
    builder.page.goto(f"{address}endpoint/OS/")
    builder.page.get_by_role("link", name="Choose rows of Median overall survival").click()
    builder.page.locator("#forest-picture svg").wait_for()
    assert builder.page.locator("#forest-kind").input_value() == "OS.median.months"
