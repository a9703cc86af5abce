"""What is copied or downloaded names its source: text to paste, tables, citations."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.built_site import records
from support.site_pages import visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    yield context.new_page()
    context.close()


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def announced(page: Page) -> None:
    from playwright.sync_api import expect

    expect(page.locator("#announced[role=status]")).to_have_text("Copied")


def test_a_figure_is_copied_with_its_citation_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}study/tower/")
    figure = page.locator("table.arms a.fig").first
    figure.focus()
    page.keyboard.press("Enter")
    box = page.locator(".prints:popover-open")
    box.wait_for()
    button = box.get_by_role("button", name="Copy with citation").first
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    announced(page)
    text = clipboard(page)
    claim = records().claim(f"tower#{text.rpartition('#')[2]}")
    assert text.endswith(claim.iri)
    assert figure.inner_text().strip() in text
    assert re.search(r"TOWER: .+\. .+ doi:10\..+ Via .+, kb \S+, records of .+\. https://", text)


def test_each_claim_of_a_pop_up_is_copied_with_its_own_source(page: Page, address: str) -> None:
    page.goto(f"{address}study/tower/")
    several = page.locator("a.fig[data-claims*=' ']:visible").first
    several.click()
    box = page.locator(".prints:popover-open")
    box.wait_for()
    buttons = box.get_by_role("button")
    assert buttons.count() > 1
    texts = []
    for at in range(buttons.count()):
        buttons.nth(at).click()
        announced(page)
        texts.append(clipboard(page))
    assert len(set(texts)) == len(texts)
    names = (several.get_attribute("data-claims") or "").split()
    assert [text.rpartition("#")[2] for text in texts] == names


def test_what_cannot_be_copied_is_said(browser: Browser, address: str) -> None:
    from playwright.sync_api import expect

    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{address}study/tower/")
    page.locator("button[data-copy]:visible").first.click()
    expect(page.locator("#announced")).to_have_text("Could not copy")
    assert not errors
    page.close()


@pytest.mark.parametrize("path", ["study/tower/", "endpoint/OS/", "regimen/blinatumomab/"])
def test_a_line_of_r_names_the_table_beside_it(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}{path}")
    boxes = page.locator(".download:visible")
    assert boxes.count()
    for at in range(boxes.count()):
        boxes.nth(at).get_by_role("button").click()
        announced(page)
        url = re.fullmatch(r'read\.csv\("(\S+)", .+\)', clipboard(page))
        assert url
        link = boxes.nth(at).get_by_role("link").evaluate("one => one.href")
        assert url[1].removeprefix(records().iris.base) == link.removeprefix(address)
        answer = page.request.get(link)
        rows = list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))
        claims = len({(row["study"], row["claim"]) for row in rows})
        assert boxes.nth(at).inner_text().split()[1] == str(claims)
        assert {"endpoint", "endpoint_label", "group", "group_label"} <= rows[0].keys()


@pytest.mark.parametrize("path", ["endpoint/OS/", "study/campus-all/plots/"])
def test_the_rows_of_a_plot_are_taken_as_they_are_shown(
    page: Page, address: str, path: str
) -> None:
    page.goto(f"{address}{path}")
    plot = page.locator("figure.plot:visible").first
    plot.locator("summary").click()
    with page.expect_download() as waiting:
        plot.locator("button[data-take=csv]").click()
    text = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = plot.locator("tbody tr:not(.endpoint)")
    assert len(rows) == shown.count()
    claims = records().claims()
    known = {f"{view.claim.study}#{view.claim.id}" for view in claims}
    for at, row in enumerate(rows):
        cells = shown.nth(at).locator("td")
        columns = list(row)[4:-1]
        for name, cell in zip(columns, cells.all(), strict=True):
            words = re.findall(r"[\w.]+", cell.inner_text())
            assert re.findall(r"[\w.]+", row[name]) == words, (row, name)
        assert row["claims"]
        assert set(row["claims"].split()) <= known


PAGES = ["study/tower/", "endpoint/OS/", "regimen/blinatumomab/", "publication/stock-2021/"]


@pytest.mark.parametrize("path", [*PAGES, "compare/", "forest/", "safety/"])
def test_a_page_says_how_it_is_cited(page: Page, address: str, path: str) -> None:
    visit(page, address, path)
    cite = page.locator("details.cite")
    cite.locator("summary").click()
    cite.get_by_role("button", name="Copy citation").click()
    announced(page)
    text = clipboard(page)
    if not path.startswith("publication"):
        assert records().evidence.dataset.title in text
        assert re.search(r"kb \d\S*; \d{4} \w{3} \d+\. Available from: https://", text)
        assert f"{records().iris.base}{path}" in text
    assert cite.locator("p").first.inner_text().strip() == text.partition("#")[0]
    for name in ("BibTeX", "RIS", "CSL"):
        link = cite.get_by_role("link", name=name, exact=True).evaluate("one => one.href")
        assert page.request.get(link).ok


def test_the_citation_of_a_comparison_restores_it(page: Page, address: str) -> None:
    visit(page, address, "compare/")
    chosen = "#regimen=blinatumomab&regimen=standard-chemotherapy&endpoint=OS"
    page.goto(f"{address}compare/{chosen}")
    page.locator("details.cite summary").click()
    page.get_by_role("button", name="Copy citation").click()
    announced(page)
    assert clipboard(page).endswith(f"compare/{chosen}")


def test_r_reads_exactly_the_claims_that_a_comparison_shows(page: Page, address: str) -> None:
    visit(page, address, "compare/")
    page.get_by_role("button", name="Copy for R").click()
    announced(page)
    text = clipboard(page)
    assert text.startswith(f'claims <- read.csv("{records().iris.base}data/claims.csv"')
    names = set(re.findall(r'^  "([^"]+)"', text, re.MULTILINE))
    known = {f"{view.claim.study}#{view.claim.id}" for view in records().claims()}
    assert names
    assert names <= known
