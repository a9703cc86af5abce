"""Every kind of page by keyboard, magnified, without motion, in forced colours and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.built_site import built_site, records
from support.chosen_page import SHIFTS
from support.site_pages import one_of_each_kind, pages_by_kind, settled, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"


@pytest.fixture(scope="session")
def each_kind() -> dict[str, str]:
    return one_of_each_kind(built_site())


# --- by keyboard ---------------------------------------------------------------------------------


def test_the_first_stop_of_the_keyboard_leads_to_the_content(
    browser: Browser, address: str, each_kind: dict[str, str]
) -> None:
    page = browser.new_page()
    # A page for a frame has nothing before its content.
    for path in (one for one in each_kind.values() if not one.startswith("embed/")):
        visit(page, address, path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to content", path
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside = "document.querySelector('#page-content').contains(document.activeElement)"
        links = "document.querySelectorAll('#page-content a:not(.headerlink)').length"
        assert page.evaluate(f"!{links} || {inside}"), path
    page.close()


STOP = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  // An editor and the field of the search show a caret.
  const caret = at.matches("input:not([type=checkbox], [type=radio]), .cm-content");
  // The theme's switches are seen by the label beside them.
  const switched = at.matches(".md-toggle, .md-option");
  window.stops ??= new Map();
  if (!window.stops.has(at)) window.stops.set(at, window.stops.size);
  return {number: window.stops.get(at), html: at.outerHTML.slice(0, 120),
          isShown: ring || caret || switched || box.width === 0};
}"""
OPERATED = """() => [
  ...document.querySelectorAll("#page-content :is(a, button, input, select, summary)")
].filter(one => one.tabIndex >= 0 && !one.disabled
  && one.checkVisibility({visibilityProperty: true})).length"""
MOST_STOPS = 2500


def stops(page: Page) -> tuple[int, set[str]]:
    """Press Tab until the page is left; return how many things were reached, and which unseen."""
    unseen: set[str] = set()
    for pressed in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(STOP)
        if found is None:
            return pressed, unseen
        if pressed and found["number"] == 0:  # the browser has nothing of its own to go on to
            return pressed, unseen
        assert found["number"] == pressed, f"the keyboard went back to {found['html']}"
        if not found["isShown"]:
            unseen.add(found["html"])
    raise AssertionError(f"the keyboard did not leave {page.url}")


def test_the_keyboard_reaches_everything_shows_where_it_is_and_leaves(
    browser: Browser, address: str, each_kind: dict[str, str]
) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    wrong = {}
    for kind, path in each_kind.items():
        visit(page, address, path)
        page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
        wanted = page.evaluate(OPERATED)
        reached, unseen = stops(page)
        if unseen or reached < wanted:
            wrong[kind] = (reached, wanted, sorted(unseen)[:5])
    page.close()
    assert not wrong


def test_escape_closes_the_search_and_gives_back_the_page(browser: Browser, address: str) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 1440, "height": 900})
    visit(page, address, "")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    page.keyboard.type(records().studies()[0].name)
    expect(page.locator(".md-search-result__link").first).to_be_visible(timeout=20_000)
    page.keyboard.press("Escape")
    expect(page.locator(".md-search__output")).to_be_hidden()
    expect(box).not_to_be_focused()
    page.close()


# --- small, large and still ----------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 360])
def test_no_kind_of_page_scrolls_sideways_even_when_all_is_open(
    browser: Browser, address: str, each_kind: dict[str, str], width: int
) -> None:
    """320 px is what a window of 1280 px becomes at 400 %."""
    page = browser.new_page(viewport={"width": width, "height": 640})
    wide = {}
    for kind, path in each_kind.items():
        visit(page, address, path)
        closed = page.evaluate(OVER)
        page.evaluate(OPEN_ALL)
        if over := max(closed, page.evaluate(OVER)):
            wide[kind] = over
    page.close()
    assert not wide


@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_moves_while_a_page_loads(
    browser: Browser, address: str, each_kind: dict[str, str], width: int
) -> None:
    """Each is the first page of the site in its browser, so nothing of it is there already."""

    def first_visit(path: str) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.add_init_script(SHIFTS)
        visit(page, address, path)
        return page

    moved = {}
    for kind, page in zip(each_kind, settled(map(first_visit, each_kind.values())), strict=True):
        if (shifted := page.evaluate("window.shifted")) > 0.001:
            moved[kind] = shifted
        page.close()
    assert not moved


def test_a_query_is_as_wide_before_the_one_beside_it_is_there(
    browser: Browser, address: str
) -> None:
    """A browser may lay out a page of which it has only the beginning."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    visit(page, address, "traps/")
    first = page.locator(".trap").first
    together = first.bounding_box()
    page.locator(".trap").nth(1).evaluate("element => element.remove()")
    alone = first.bounding_box()
    page.close()
    assert together
    assert alone
    assert alone["width"] == together["width"] < 1000


def test_nothing_is_animated_for_who_wants_no_motion(
    browser: Browser, address: str, each_kind: dict[str, str]
) -> None:
    page = browser.new_page(reduced_motion="reduce")
    for path in each_kind.values():
        visit(page, address, path)
        longest = page.evaluate(
            """() => Math.max(...[...document.querySelectorAll("*")].flatMap(one => {
              const { transitionDuration, animationDuration } = getComputedStyle(one);
              return `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
            }))"""
        )
        assert longest < 0.01, path
    page.close()


# --- colours of one's own, and paper -------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawings_take_the_colours_that_a_reader_forces(
    browser: Browser, address: str, scheme: Any
) -> None:
    page = browser.new_page(forced_colors="active", color_scheme=scheme)
    for path in ("endpoint/OS/", "network/", "study/campus-all/"):
        visit(page, address, path)
        page.evaluate(OPEN_ALL)
        lost = page.evaluate(
            """() => {
              const back = getComputedStyle(document.body).backgroundColor;
              const drawn = ".plot-box svg :is(text, .mark, .interval, .line)";
              const all = [...document.querySelectorAll(drawn)];
              const paints = one => ["fill", "stroke"].map(what => getComputedStyle(one)[what]);
              const isLost = one => paints(one).every(paint => paint === "none" || paint === back);
              return [all.length, all.filter(isLost).map(one => one.outerHTML.slice(0, 120))];
            }"""
        )
        assert lost[0], path
        assert not lost[1], path
    page.close()


AROUND = (".md-header", ".md-tabs", ".md-footer", ".md-sidebar", ".md-skip", ".md-top")


def test_every_kind_of_page_prints_whole(
    browser: Browser, address: str, each_kind: dict[str, str]
) -> None:
    """On A4 between margins, with nothing around it, nothing folded and nothing cut off."""
    page = browser.new_page(viewport={"width": 718, "height": 1000})
    wrong: dict[str, Any] = {}
    for kind, path in each_kind.items():
        visit(page, address, path)
        page.emulate_media(media="print")
        around = [name for name in AROUND if page.locator(f"{name}:visible").count()]
        folded = page.evaluate(
            """() => [...document.querySelectorAll("#page-content details > :not(summary)")].filter(
              one => !one.checkVisibility({contentVisibilityAuto: true})
                && getComputedStyle(one).display !== "none"
                && one.parentElement.checkVisibility()).length"""
        )
        cut = page.evaluate(
            """() => [...document.querySelectorAll("#page-content :is(.scroll, .plot-box)")]
              .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1
                && (getComputedStyle(one).overflowX !== "visible"
                  || one.getBoundingClientRect().left + one.scrollWidth > innerWidth))
              .map(one => [one.ariaLabel, one.scrollWidth])"""
        )
        over = page.evaluate(OVER)
        if around or folded or cut or over:
            wrong[kind] = (around, folded, cut[:4], over)
        page.emulate_media(media="screen")
    page.close()
    assert not wrong


def test_links_to_sources_are_printed_with_their_addresses(browser: Browser, address: str) -> None:
    found = pages_by_kind(built_site())["publication/*"]
    page = browser.new_page()
    page.emulate_media(media="print")
    printed = []
    for path in found[:5]:
        visit(page, address, path)
        printed += page.evaluate(
            """() => [...document.querySelectorAll('.facts a[href^="https://"]')].map(
              one => [one.getAttribute("href"), getComputedStyle(one, "::after").content])"""
        )
    page.close()
    assert printed
    assert all(href in content for href, content in printed)
