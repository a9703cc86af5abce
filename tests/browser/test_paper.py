"""A printed page is a report: its address on each sheet, sources of figures, nothing to press."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from support.built_site import records
from support.site_pages import visit

from kb import __version__

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def sheets(browser: Browser, address: str, path: str) -> list[str]:
    """Print a page on A4, and return the text of each sheet."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    visit(page, address, path)
    document = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    page.close()
    return [" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in document]


@pytest.mark.parametrize(
    ("path", "title"), [("study/tower/", "TOWER"), ("compare/", "Compare"), ("safety/", "Safety")]
)
def test_each_sheet_names_its_page_and_address(
    browser: Browser, address: str, path: str, title: str
) -> None:
    base, found = records(), sheets(browser, address, path)
    for number, sheet in enumerate(found, 1):
        assert title in sheet
        assert base.evidence.dataset.title in sheet
        assert f"{base.iris.base}{path}; kb {__version__}, records of" in sheet
        assert f"{number} of {len(found)}" in sheet
    whole = " ".join(found)
    for pressed in ("Copy for R", "Copy citation", "Copy link", "Download this figure", "Skip to"):
        assert pressed not in whole
    assert "Cite this" in whole


def test_figures_of_a_study_have_the_numbers_of_listed_sources(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    visit(page, address, "study/tower/")
    numbers = page.locator("a.fig").evaluate_all("all => all.map(one => one.dataset.ref)")
    listed = page.locator(".on-paper li")
    assert listed.first.is_hidden()
    page.emulate_media(media="print")
    assert listed.first.is_visible()
    used = {int(number) for text in numbers for number in re.findall(r"\d+", text)}
    assert used == set(range(1, listed.count() + 1))
    sources = {view.claim.source for view in records().claims(study="tower")}
    assert listed.count() == len(sources)
    content = "getComputedStyle(document.querySelector('table.key a.fig'), '::after').content"
    assert re.fullmatch(r'"\s\[[\d, ]+\]"', page.evaluate(content))
    page.close()


def test_a_word_of_a_head_is_not_cut(browser: Browser, address: str) -> None:
    text = " ".join(sheets(browser, address, "study/tower/"))
    assert "Blinatumomab arm" in text
    assert not re.search(r"Blinatumo mab|Print ed|\d \.\d", text)


def test_a_title_with_signs_stays_text_in_the_head_of_a_sheet() -> None:
    from kb.site.render import css_text

    assert css_text('a"}</style><script>') == '"a\\22 }\\3c /style\\3e \\3c script\\3e "'
    assert "\n" not in css_text("a\nb\\")
