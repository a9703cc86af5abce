"""The built site in Chromium: found, opened, read on a phone, and quiet on the network."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from support.built_site import records
from support.site_pages import settled

from kb.checks import Severity
from kb.checks.adjudication import ClaimStatus
from kb.site.build import site_folder
from kb.site.context import PageContext

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from kb.api.results import ClaimView

pytestmark = pytest.mark.browser


@functools.cache
def biggest_study() -> str:
    counts = {s.id: len(records().claims(study=s.id)) for s in records().studies()}
    return max(counts, key=lambda name: counts[name])


def page_kinds() -> list[str]:
    base = records()
    source = base.evidence.sources[0].id
    claim = base.claims()[0]
    group = claim.group
    return [
        "",
        "study/",
        f"study/{biggest_study()}/",
        "endpoint/",
        "endpoint/OS/",
        "regimen/",
        f"regimen/{next(iter(base.vocabulary.schemes['regimen']))}/",
        "drug/",
        "population/",
        f"population/{base.vocabulary.get('population', group.population).segment}/",
        "source/",
        f"source/{source}/",
        "publication/",
        f"publication/{base.evidence.publications[0].id}/",
        "finding/",
        "questions/",
        "console/",
        "explore/",
        "compare/",
        "data/",
        "ontology/",
        "unit/",
        "about/",
        "serving/",
        "decisions/",
        "404.html",
    ]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def search(page: Page, address: str, words: str, wanted: str) -> list[str]:
    """Type words, wait for a result on the wanted page, and return the pages found, in order."""
    from playwright.sync_api import expect

    page.goto(address)
    box = page.get_by_role("combobox", name="Search")
    box.click()
    box.press_sequentially(words, delay=10)
    link = page.locator(f'.md-search-result__link[href*="{wanted}"]').first
    expect(link).to_be_attached(timeout=15000)
    found = page.locator(".md-search-result__link").evaluate_all("links => links.map(a => a.href)")
    return list(dict.fromkeys(href.partition("?")[0] for href in found))


def test_search_finds_a_study_by_its_name(page: Page, address: str) -> None:
    study = records().study(biggest_study())
    wanted = f"study/{study.id}/"
    assert f"{address}{wanted}" in search(page, address, study.name, wanted)[:3]


def test_search_finds_a_registry_number_and_a_doi(page: Page, address: str) -> None:
    study = next(s for s in records().studies() if s.registry)
    wanted = f"study/{study.id}/"
    assert f"{address}{wanted}" in search(page, address, study.registry[0], wanted)[:3]
    publication = next(p for p in records().evidence.publications if p.doi)
    search(page, address, publication.doi, f"publication/{publication.id}/")


def test_a_figure_opens_its_print_by_mouse(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}study/{biggest_study()}/")
    page.locator("table.arms a.fig").first.click()
    box = page.locator(".prints:popover-open")
    expect(box).to_be_visible()
    expect(box.locator("q").first).not_to_be_empty()
    expect(box.get_by_role("link").first).to_be_visible()
    expect(box.locator(".check").first).to_contain_text(
        re.compile("Verified|Failed|Not checked|Noted")
    )


def test_a_figure_opens_and_closes_by_keyboard(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}study/{biggest_study()}/")
    figure = page.locator("table.arms a.fig").first
    figure.focus()
    page.keyboard.press("Enter")
    box = page.locator(".prints")
    expect(box).to_be_visible()
    page.keyboard.press("Tab")
    assert box.evaluate("box => box.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(figure).to_be_focused()


def test_the_address_of_a_claim_opens_it(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    found = next(f for f in records().claims(study=biggest_study()) if not f.claim.steps)
    page.goto(f"{address}study/{found.claim.study}/#{found.claim.id}")
    box = page.locator(".prints:popover-open")
    expect(box).to_be_visible()
    expect(box).to_contain_text(found.claim.printed)


def test_a_mark_is_a_word_that_opens_the_pop_up(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}study/{biggest_study()}/")
    mark = page.locator("table.arms .mark").first
    assert re.fullmatch(r"[a-z0-9 ·-]+", mark.inner_text())
    assert mark.get_attribute("title")
    mark.click()
    expect(page.locator(".prints:popover-open")).to_be_visible()


def test_a_figure_leads_to_its_source_where_no_script_runs(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}study/{biggest_study()}/")
    page.locator("table.key a.fig").first.click()
    page.locator("table.arms:not(.key) a.fig:visible").first.click()
    assert "/source/" in page.url
    context.close()


def test_the_largest_study_is_short_on_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{address}study/{biggest_study()}/")
    assert page.evaluate("document.documentElement.scrollHeight") < 8000
    assert page.locator("table.key").bounding_box()["y"] < 844  # type: ignore[index]
    page.close()


def test_the_first_page_is_short_on_a_phone_and_cuts_no_figure(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollHeight") < 4800
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # Each figure of a card is inside its cell, so that none lies over another.
    over = page.evaluate(
        """[...document.querySelectorAll(".cards td .fig")].filter((fig) => {
          const [a, b] = [fig, fig.closest("td")].map((one) => one.getBoundingClientRect());
          return a.right > b.right + 1 || a.left < b.left - 1;
        }).map((fig) => fig.textContent)"""
    )
    assert over == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_asks_another_host_or_logs_an_error(
    browser: Browser, address: str, scheme: Any
) -> None:
    foreign: list[str] = []
    errors: list[str] = []
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)

    def watched(path: str) -> Page:
        page = context.new_page()
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((address, "data:", "blob:")) else foreign.append(r.url)
            ),
        )
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.goto(f"{address}{path}")
        return page

    for page in settled(map(watched, page_kinds()[:-1])):
        page.close()
    context.close()
    assert not foreign
    assert not errors


def test_the_content_policy_stops_nothing_of_the_site(browser: Browser, address: str) -> None:
    errors: list[str] = []
    context = browser.new_context()

    def watched(path: str) -> Page:
        page = context.new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto(f"{address}{path}")
        return page

    for page in settled(map(watched, page_kinds()[:-1])):
        page.close()
    context.close()
    assert not errors


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    wide = {}
    for path in page_kinds()[:-1]:
        page.goto(f"{address}{path}")
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over:
            wide[path] = over
    page.close()
    assert not wide


def test_tables_that_scroll_can_be_reached_by_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{address}study/{biggest_study()}/")
    stuck = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter("
        "box => box.scrollWidth > box.clientWidth && box.tabIndex !== 0).length"
    )
    page.close()
    assert stuck == 0


def test_light_and_dark_can_be_switched(page: Page, address: str) -> None:
    page.goto(address)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("label[for^=__palette]:visible").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


# --- discrepancies ---------------------------------------------------------------------------


def contested() -> ClaimView:
    """A figure that a judgement sets aside, and that has a button of its own."""
    return next(
        found
        for found in records().claims()
        if found.standing is ClaimStatus.SET_ASIDE and found.claim.figure.value is not None
    )


def test_the_box_of_a_figure_says_what_was_judged(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    found = contested()
    page.goto(f"{address}study/{found.claim.study}/#{found.claim.id}")
    box = page.locator(".prints:popover-open")
    expect(box).to_contain_text("This value is set aside.")
    named = PageContext(records(), site_folder(records().root)).named_sources
    for finding in found.discrepancies:
        assert finding.adjudication is not None
        expect(box).to_contain_text(named(finding.message))
        expect(box).to_contain_text(named(finding.adjudication.reason))


def test_a_mark_has_a_name_and_leads_by_keyboard(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    found = contested()
    page.goto(f"{address}study/{found.claim.study}/")
    mark = page.get_by_role("link", name=re.compile("^(material|minor|rounding) discrepancy")).first
    mark.focus()
    page.keyboard.press("Enter")
    target = page.locator(".finding:target")
    expect(target).to_be_in_viewport()
    expect(target.locator(".judgement")).to_be_visible()


def test_the_address_of_a_judgement_shows_it(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    for finding in records().discrepancies():
        if finding.adjudication and finding.severity is not Severity.MATERIAL:
            page.goto("about:blank")
            page.goto(f"{address}study/{finding.study}/#adjudication.{finding.id}")
            expect(page.locator(f'[id="adjudication.{finding.id}"]')).to_be_in_viewport()


def test_the_filter_is_used_by_keyboard_and_goes_back(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}finding/")
    cards = page.locator("#findings .finding:visible")
    page.locator("select[name=severity]").focus()
    page.keyboard.press("m")
    wanted = sum(f.severity is Severity.MATERIAL for f in records().discrepancies())
    expect(cards).to_have_count(wanted)
    assert page.url.endswith("#severity=material")
    page.get_by_role("button", name="Show all").focus()
    page.keyboard.press("Space")
    expect(cards).to_have_count(len(records().discrepancies()))


def test_a_number_of_a_source_leads_to_so_many_findings(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    source = records().discrepancies()[0].claims[0].source
    page.goto(f"{address}source/{source}/")
    link = page.locator('a[href*="finding/#source="]').first
    number = int(link.inner_text())
    link.click()
    expect(page.locator("#findings .finding:visible")).to_have_count(number)
    expect(page.locator("form.filter output")).to_contain_text(f"{number} of ")


def test_a_shared_choice_that_is_not_offered_hides_nothing(page: Page, address: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}finding/#study=no-such-study&severity=minor&elsewhere=1")
    wanted = sum(f.severity is Severity.MINOR for f in records().discrepancies())
    expect(page.locator("#findings .finding:visible")).to_have_count(wanted)
    expect(page.locator("select[name=study]")).to_have_value("")


@pytest.mark.parametrize("path", ["finding/", "study/campus-all/"])
def test_findings_fit_a_phone_when_all_is_open(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{address}{path}")
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true })")
    over = page.evaluate(
        "[...document.querySelectorAll('.finding, .finding *')].filter("
        "box => box.getBoundingClientRect().right > innerWidth).length"
    )
    page.close()
    assert over == 0


def test_no_text_of_a_plot_leaves_its_drawing_or_covers_other_text_of_its_row(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}endpoint/OS/")
    assert page.locator("figure.plot svg").count() > 2
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true })")
    found = page.evaluate(
        """() => [...document.querySelectorAll('.plot svg')].flatMap(svg => {
          const size = svg.viewBox.baseVal, box = text => text.getBBox();
          const out = [...svg.querySelectorAll('text')].filter(text => {
            const b = box(text);
            return b.x < 0 || b.x + b.width > size.width || b.y + b.height > size.height;
          });
          const over = [...svg.querySelectorAll('g.row')].flatMap(row => {
            const texts = [...row.querySelectorAll('text')];
            return texts.filter((one, at) => texts.slice(at + 1).some(two => {
              const a = box(one), b = box(two);
              return a.x < b.x + b.width && b.x < a.x + a.width
                && a.y + 5 < b.y + b.height && b.y + 5 < a.y + a.height;
            }));
          });
          return [...out, ...over].map(text => text.textContent);
        })"""
    )
    page.close()
    assert not found


def test_a_plot_on_a_phone_keeps_readable_letters_and_scrolls_by_itself(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{address}endpoint/OS/")
    box = page.locator(".plot-box").first
    letters = box.locator("text.figure").first.evaluate(
        "text => text.getBoundingClientRect().height"
    )
    assert letters > 9
    assert box.evaluate("box => box.scrollWidth > box.clientWidth && box.tabIndex === 0")
    page.close()
