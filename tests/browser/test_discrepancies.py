"""The page of discrepancies in Chromium: filtered, shared, and read without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect
from support.built_site import records

from kb.checks import Severity

pytestmark = pytest.mark.browser

SHOWN = "#findings .finding:visible"


def number(severity: Severity, study: str = "") -> int:
    return sum(
        finding.severity is severity
        and (not study or any(claim.study == study for claim in finding.claims))
        for finding in records().discrepancies()
    )


def test_a_choice_narrows_the_list_and_is_in_the_address(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}finding/")
    page.locator("select[name=severity]").select_option("material")
    expect(page.locator(SHOWN)).to_have_count(number(Severity.MATERIAL))
    page.locator("select[name=study]").select_option("campus-all")
    expect(page.locator(SHOWN)).to_have_count(number(Severity.MATERIAL, "campus-all"))
    expect(page.locator("form output")).to_contain_text(
        f"{number(Severity.MATERIAL, 'campus-all')} of {len(records().discrepancies())}"
    )
    assert page.url.endswith("#severity=material&study=campus-all")
    other = context.new_page()
    other.goto(page.url)
    expect(other.locator(SHOWN)).to_have_count(number(Severity.MATERIAL, "campus-all"))
    expect(other.locator("select[name=study]")).to_have_value("campus-all")
    other.get_by_role("button", name="Show all").click()
    expect(other.locator(SHOWN)).to_have_count(len(records().discrepancies()))
    assert "#" not in other.url


def test_words_find_a_finding(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}finding/")
    page.get_by_label("Words").fill("17060 patients")
    expect(page.locator(SHOWN)).to_have_count(1)
    page.get_by_label("Words").fill("no such words")
    expect(page.locator(SHOWN)).to_have_count(0)


def test_without_scripts_all_findings_are_read(context: BrowserContext, address: str) -> None:
    assert context.browser is not None
    plain = context.browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{address}finding/")
    expect(page.locator(SHOWN)).to_have_count(len(records().discrepancies()))
    expect(page.locator("form.filter")).to_be_hidden()
    plain.close()


def test_a_mark_at_a_figure_leads_to_what_was_decided(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    faults: list[str] = []
    page.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" else None
    )
    page.goto(f"{address}study/campus-all/")
    mark = page.locator("#main-results ~ * a.contested").first
    mark.focus()
    page.keyboard.press("Enter")
    target = page.locator(".finding:target")
    expect(target).to_be_visible()
    expect(target).to_be_in_viewport()
    expect(target.locator(".judgement")).to_be_visible()
    assert faults == []


def test_a_folded_finding_opens_for_its_address(context: BrowserContext, address: str) -> None:
    minor = next(
        f
        for f in records().discrepancies()
        if f.study == "campus-all" and f.severity is Severity.MINOR
    )
    page = context.new_page()
    page.goto(f"{address}study/campus-all/#finding.{minor.id}")
    expect(page.locator(f'[id="finding.{minor.id}"]')).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(context: BrowserContext, address: str, scheme: str) -> None:
    assert context.browser is not None
    phone = context.browser.new_context(
        viewport={"width": 360, "height": 740},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = phone.new_page()
    page.goto(f"{address}finding/")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    phone.close()
