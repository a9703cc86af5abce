"""What the words beside a figure mean: by pointer, keyboard and touch, in any colours, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from support.site_pages import visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CHECKED = "ound in the source, at its place"
SECOND_HAND = "the source cites another publication for it"
SHOWN = ".meaning:popover-open"


@pytest.fixture
def study(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    visit(page, address, "safety/")
    yield page
    page.close()


def test_a_pointer_on_the_words_shows_what_they_mean_and_may_rest_on_it(study: Page) -> None:
    from playwright.sync_api import expect

    mark = study.locator(".mark", has_text="checked · second-hand").first
    mark.hover()
    box = study.locator(SHOWN)
    expect(box).to_contain_text(CHECKED)
    expect(box).to_contain_text(SECOND_HAND)
    assert mark.get_attribute("title") is None  # or the browser shows it a second time
    box.hover()
    study.wait_for_timeout(400)
    expect(box).to_be_visible()
    study.keyboard.press("Escape")
    expect(box).to_have_count(0)
    assert SECOND_HAND in (mark.get_attribute("title") or "")


def test_words_that_come_under_a_resting_pointer_stay_closed_until_it_returns(study: Page) -> None:
    from playwright.sync_api import expect

    words = study.locator(".safety .mark[title]:visible")
    words.first.scroll_into_view_if_needed()
    top = words.first.bounding_box()
    following = words.nth(4).bounding_box()
    assert top is not None
    assert following is not None
    x, y = following["x"] + 8, top["y"] + top["height"] / 2
    study.mouse.move(x, y)
    study.keyboard.press("Escape")
    study.evaluate("top => scrollBy({top, behavior: 'instant'})", following["y"] - top["y"])
    study.wait_for_timeout(400)
    assert study.evaluate("([x, y]) => document.elementFromPoint(x, y).matches('.mark')", [x, y])
    expect(study.locator(SHOWN)).to_have_count(0)
    study.mouse.move(1, y)
    study.mouse.move(x, y)
    expect(study.locator(SHOWN)).to_be_visible()


def test_the_keyboard_on_a_figure_shows_and_says_what_its_words_mean(study: Page) -> None:
    from playwright.sync_api import expect

    row = study.locator(".safety tr", has=study.locator(".mark", has_text="second-hand")).first
    row.locator("th a").last.focus()
    study.evaluate("scrollTo(0, document.body.scrollHeight)")  # the key brings the figure back
    study.keyboard.press("Tab")
    study.wait_for_timeout(300)
    expect(study.locator(SHOWN)).to_contain_text(SECOND_HAND)
    expect(study.locator(SHOWN)).to_be_in_viewport()
    expect(study.locator("a.fig:focus")).to_have_accessible_description(
        study.locator(SHOWN).inner_text(), ignore_case=True
    )
    study.keyboard.press("Tab")
    expect(study.locator('a.fig:not(:focus)[aria-describedby="meaning"]')).to_have_count(0)


def test_a_judgement_is_explained_on_its_figure_and_on_its_own_link(
    study: Page, address: str
) -> None:
    from playwright.sync_api import expect

    visit(study, address, "study/ino-vate/")
    link = study.locator("a.contested:visible").first
    link.focus()
    study.keyboard.press("Shift+Tab")
    study.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(study.locator(SHOWN)).to_be_visible()
    assert study.locator(SHOWN).inner_text()


def test_a_tap_on_the_words_opens_what_they_mean(browser: Browser, address: str) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    visit(page, address, "safety/")
    page.locator(".mark", has_text="checked · second-hand").first.tap()
    opened = page.get_by_role("dialog", name="Where this figure comes from")
    expect(opened).to_contain_text(CHECKED)
    expect(opened).to_contain_text("Second-hand; the source cites")
    page.keyboard.press("Escape")
    visit(page, address, "explore/")
    page.locator(".mark").first.tap()
    expect(page.locator(SHOWN)).to_be_visible()
    page.locator("h1").tap()
    expect(page.locator(SHOWN)).to_have_count(0)
    context.close()


@pytest.mark.parametrize("path", ["explore/", "forest/", "compare/"])
def test_tables_made_in_the_browser_explain_their_words_too(
    study: Page, address: str, path: str
) -> None:
    from playwright.sync_api import expect

    visit(study, address, path)
    marks = study.locator("#page-content .mark")
    expect(marks.first).to_be_attached()
    assert not study.evaluate(
        "document.querySelectorAll('#page-content .mark:not([title])').length"
    )
    words = study.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-meaning]')]"
        ".map((one) => [one.dataset.meaning, one.textContent]))"
    )
    shown = marks.evaluate_all("all => all.map((one) => [one.textContent, one.title])")
    for text, title in shown:
        parts = [re.sub(r" (?:×\d+|in \d+ of \d+ places)$", "", part) for part in text.split(" · ")]
        assert title == "; ".join(words[part] for part in parts), text
    figure = study.locator(".of-figure > a, .the-figure > a").first
    figure.scroll_into_view_if_needed()
    figure.focus()
    study.keyboard.press("Shift+Tab")
    study.keyboard.press("Tab")
    expect(figure).to_be_focused()
    expect(study.locator(SHOWN)).to_be_visible()


def test_in_forced_colours_the_words_and_their_meaning_are_there(
    browser: Browser, address: str
) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(forced_colors="active")
    visit(page, address, "safety/")
    page.locator(".mark", has_text="second-hand").first.hover()
    expect(page.locator(SHOWN)).to_be_visible()
    width, style, colour, back = page.locator(SHOWN).evaluate(
        """one => { const s = getComputedStyle(one);
          return [s.borderTopWidth, s.borderTopStyle, s.color, s.backgroundColor]; }"""
    )
    assert (width, style) == ("1px", "solid")
    assert colour != back
    aside = page.locator(".fig.set-aside").first
    assert "line-through" in aside.evaluate("one => getComputedStyle(one).textDecorationLine")
    page.close()


def test_on_paper_the_legend_explains_the_words(study: Page) -> None:
    from playwright.sync_api import expect

    study.locator(".mark", has_text="second-hand").first.hover()
    expect(study.locator(SHOWN)).to_be_visible()
    study.emulate_media(media="print")
    expect(study.locator('[data-meaning="second-hand"]')).to_be_visible()
    expect(study.locator(SHOWN)).to_be_hidden()
    expect(study.locator(".mark").first).to_be_visible()
