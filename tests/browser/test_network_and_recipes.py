"""The network, flow, map and recipes in Chromium: by keyboard, on a phone, in the dark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from support.environment import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser

AXE = ROOT / "site" / "front" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    "",
    "network/",
    "cookbook/python/",
    "cookbook/sparql/",
    "cookbook/sql/",
    "traps/",
    "study/campus-all/",
]
PARTS = {"": "details.map", "study/campus-all/": "figure.flow"}
"""What of a page that holds more is looked at here."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_are_accessible_quiet_and_stay_inside(
    browser: Browser, address: str, scheme: Any, width: int
) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page, errors, found = context.new_page(), list[str](), {}
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    for path in PAGES:
        page.goto(f"{address}{path}")
        page.evaluate(
            "document.querySelectorAll('.md-content details').forEach(d => d.open = true)"
        )
        expect(page.locator(PARTS.get(path, ".md-content")).first).to_be_visible()
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found[path] = page.evaluate(
            # The theme's own copy buttons stand in landmarks without names.
            "part => axe.run({include: [[part]], exclude: [['.md-code__nav']]})"
            ".then(r => r.violations.flatMap("
            "v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 120)}`)))",
            PARTS.get(path, ".md-content"),
        )
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0, path
    context.close()
    assert {path: wrong[:5] for path, wrong in found.items() if wrong} == {}
    assert not errors


def test_a_line_of_the_network_leads_to_its_row_by_keyboard(
    context: BrowserContext, address: str
) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(f"{address}network/")
    edge = page.locator(".network a.edge:not(.count)").first
    edge.focus()
    page.keyboard.press("Enter")
    name = edge.get_attribute("href") or ""
    expect(page).to_have_url(re.compile(f"{re.escape(name)}$"))
    row = page.locator(f'tbody[id="{name.removeprefix("#")}"]')
    expect(row).to_be_in_viewport()
    page.locator(".network a.node").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/regimen/"))


@pytest.mark.parametrize(
    ("path", "drawing"),
    [("network/", ".network .plot-box svg"), ("study/campus-all/", ".flow svg")],
)
def test_no_text_of_a_drawing_leaves_it_or_covers_another(
    context: BrowserContext, address: str, path: str, drawing: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}{path}")
    found = page.locator(drawing).evaluate(
        """svg => {
          const size = svg.viewBox.baseVal;
          const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
          const out = texts.filter(([, b]) => b.x < 0 || b.x + b.width > size.width
            || b.y < 0 || b.y + b.height > size.height);
          const over = texts.filter(([, a], at) => texts.slice(at + 1).some(([, b]) =>
            a.x < b.x + b.width && b.x < a.x + a.width
            && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height));
          const broad = (node, part) => node.querySelector(part).getBBox().width;
          const wide = [...svg.querySelectorAll('a.node')].filter(
            node => broad(node, 'text') > broad(node, 'rect'));
          return [...out, ...over].map(([text]) => text).concat(wide.map(n => n.textContent));
        }"""
    )
    assert not found


def test_a_number_of_the_flow_opens_its_print(context: BrowserContext, address: str) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(f"{address}study/campus-all/")
    number = page.locator(".flow svg text.figure a").last
    label = number.text_content() or ""
    number.focus()
    page.keyboard.press("Enter")
    box = page.locator(".prints:popover-open")
    expect(box).to_be_visible()
    expect(box).to_contain_text(label)


def test_the_map_waits_on_a_phone_until_it_is_opened(browser: Browser, address: str) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address)
    table, region = page.locator("table.map"), page.locator("details.map .scroll")
    expect(table).to_be_hidden()
    page.locator("details.map > summary").focus()
    page.keyboard.press("Enter")
    expect(table).to_be_visible()
    assert region.evaluate("box => box.scrollWidth > box.clientWidth && box.tabIndex === 0")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.reload()
    expect(page.locator("table.map")).to_be_visible()
    page.close()


def test_a_recipe_opens_in_the_console_with_its_query(
    context: BrowserContext, address: str
) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(f"{address}cookbook/sparql/")
    page.get_by_role("link", name=re.compile("^Open in console")).first.click()
    expect(page.locator("#console-editor")).to_contain_text("SELECT ?arm", timeout=15000)
    expect(page.locator("#view-table table")).to_be_visible(timeout=30000)
