"""Many endpoints in Compare: links to each, and on a phone heads that unfold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from support.site_pages import visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ENDPOINTS = ("cCR", "CR", "MRD_NEG", "OS", "EFS", "RFS", "DFS", "PFS", "DOR", "ALLOSCT")
REGIMENS = "compare/#regimen=inotuzumab&regimen=blinatumomab"
TEN = f"{REGIMENS}{''.join(f'&endpoint={name}' for name in ENDPOINTS)}"
MOST_HEIGHT = 8000
FOLDED = ".single tbody.is-folded"


def opened(page: Page, address: str, path: str) -> None:
    visit(page, address, path)
    page.locator("#compare[data-ready]").wait_for()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    opened(page, address, TEN)
    yield page
    page.close()


def test_ten_endpoints_fit_a_phone_and_each_head_names_its_results(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollHeight") <= MOST_HEIGHT
    folded = phone.locator(FOLDED)
    assert folded.count() >= len(ENDPOINTS) - 2
    for body in folded.all():
        number = body.locator(".one-figure").count()
        toggle = body.locator(".fold")
        hidden = sum(
            int(one.get_attribute("data-hidden") or 0)
            for one in body.locator("[data-hidden]").all()
        )
        shown = f"{number} result{'' if number == 1 else 's'}"
        filtered = f", {hidden} filtered out" if hidden else ""
        assert toggle.inner_text() == f"{shown}{filtered}"
        assert toggle.get_attribute("aria-expanded") == "false"
        assert not body.locator(".one-figure:visible").count()


def test_an_endpoint_unfolds_by_key_and_stays_open_when_more_is_shown(phone: Page) -> None:
    from playwright.sync_api import expect

    body = phone.locator(".single tbody", has=phone.locator('[data-endpoint="OS"]'))
    toggle = body.locator(".fold")
    toggle.focus()
    phone.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(body.locator(".one-figure").first).to_be_visible()
    body.locator("button[data-hidden]").first.click()
    expect(body.locator(".one-figure").first).to_be_visible()
    toggle.click()
    expect(body.locator(".one-figure").first).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1440])
def test_a_link_leads_to_the_results_of_its_endpoint(
    browser: Browser, address: str, width: int
) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": width, "height": 800})
    opened(page, address, TEN)
    jumps = page.get_by_role("navigation", name="Results by endpoint")
    assert jumps.get_by_role("button").count() == page.locator(".of-endpoint").count()
    before = page.url
    jumps.get_by_role("button", name="Overall survival").click()
    head = page.locator('.of-endpoint[data-endpoint="OS"]')
    expect(head).to_be_focused()
    expect(head).to_be_in_viewport()
    inside = page.locator(".single tbody", has=head).locator(".one-figure").first
    expect(inside).to_be_visible()
    assert page.url == before  # what is chosen stays in the address
    page.close()


def test_endpoints_that_were_chosen_are_open_where_they_are_few(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    opened(page, address, f"{REGIMENS}&endpoint=cCR&endpoint=CR&endpoint=MRD_NEG")
    for name in ("cCR", "CR", "MRD_NEG"):
        head = page.locator(f'.of-endpoint[data-endpoint="{name}"]')
        body = page.locator(".single tbody", has=head)
        assert body.locator(".one-figure:visible").count()
    page.close()


def test_nothing_is_folded_on_a_wide_screen_or_on_paper(phone: Page) -> None:
    from playwright.sync_api import expect

    figures = phone.locator(".single .one-figure")
    hidden = phone.locator(".single td > .aside .one-figure").count()
    phone.emulate_media(media="print")
    expect(phone.locator(".fold:visible")).to_have_count(0)
    assert phone.locator(".single .one-figure:visible").count() >= figures.count() - hidden
    phone.emulate_media(media="screen")
    phone.set_viewport_size({"width": 1440, "height": 900})
    expect(phone.locator(".fold:visible")).to_have_count(0)
    assert phone.locator(".single .one-figure:visible").count() >= figures.count() - hidden
