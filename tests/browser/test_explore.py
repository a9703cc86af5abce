"""The explorer in Chromium: narrowed, searched, sorted, shared, taken away, and for everybody."""

from __future__ import annotations

import csv
import functools
import http.server
import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from support.built_site import records
from support.chosen_page import Chosen, watched
from support.environment import Quiet
from support.hostile_records import hostile, hostile_site  # noqa: F401 - fixtures

from kb.export.csv import COLUMNS, to_csv

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser


@pytest.fixture
def explorer(context: BrowserContext, address: str) -> Chosen:
    return Chosen(context.new_page(), address, "explore")


def iris(csv_text: str) -> set[str]:
    rows = csv.DictReader(io.StringIO(csv_text))
    return {records().iris.claim(row["study"], row["claim"]) for row in rows}


def common(scheme: str) -> str:
    """The term with a hierarchy below it that has the most claims, but not all."""
    tops = [t for t in records().vocabulary.schemes[scheme].values() if not t.broader]
    return max(tops, key=lambda t: len(records().claims(**{scheme: t.notation}))).notation


def asked(explorer: Chosen) -> str:
    """The query that the button opens in the console."""
    href = explorer.page.get_by_role("link", name="SPARQL").get_attribute("href") or ""
    return parse_qs(href.partition("#")[2])["query"][0]


# --- narrowing -------------------------------------------------------------------------------


def test_it_opens_with_all_claims(explorer: Chosen) -> None:
    explorer.open()
    assert explorer.number() == len(records().claims())


@pytest.mark.parametrize("scheme", ["endpoint", "regimen", "population"])
def test_a_ticked_term_finds_the_narrower_ones_too(explorer: Chosen, scheme: str) -> None:
    name = common(scheme)
    wanted = len(records().claims(**{scheme: name}))
    explorer.open()
    page = explorer.page
    facet = page.locator(f"details.facet:has(input[name={scheme}])")
    facet.evaluate("box => { box.open = true }")
    line = facet.locator(f'label:has(input[value="{name}"])')
    assert line.locator(".facet-count").inner_text().replace(",", "") == str(wanted)
    line.locator("input").check()
    assert explorer.number() == wanted
    narrower = next(
        t
        for t in records().vocabulary.schemes[scheme].values()
        if name in t.broader and len(records().claims(**{scheme: t.notation}))
    )
    explorer.open({scheme: narrower.notation})
    assert explorer.number() == len(records().claims(**{scheme: narrower.notation}))


def test_counts_of_a_facet_say_what_a_tick_would_leave(explorer: Chosen) -> None:
    endpoint = common("endpoint")
    explorer.open({"endpoint": endpoint})
    found = explorer.page.locator(".facet-line:has(input[name=population])").evaluate_all(
        "all => all.map(l => [l.querySelector('input').value, "
        "l.querySelector('.facet-count').textContent])"
    )
    assert found
    for name, number in found:
        wanted = len(records().claims(endpoint=endpoint, population=name))
        assert int(number.replace(",", "")) == wanted, name


def test_words_are_found_in_any_order_and_without_accents(explorer: Chosen) -> None:
    study = max(records().studies(), key=lambda s: len(records().claims(study=s.id)))
    explorer.open()
    search = explorer.page.get_by_role("searchbox", name="Search in all claims")
    words = f"{study.name.split()[0]} mediAN surviv\u00e1l"
    search.fill(words)
    first = explorer.number()
    assert 0 < first < len(records().claims(study=study.id))
    search.fill(" ".join(reversed(words.split())))
    assert explorer.number() == first
    search.fill("no such words anywhere")
    assert explorer.number() == 0
    assert "No claim" in explorer.page.locator("#explore-more").inner_text()


def test_narrowing_takes_no_time_that_anybody_sees(explorer: Chosen) -> None:
    explorer.open()
    search = explorer.page.get_by_role("searchbox", name="Search in all claims")
    search.press_sequentially("median survival months", delay=20)
    search.fill("")
    taken = explorer.page.evaluate(
        "performance.getEntriesByName('explore-narrowed').slice(1).map(m => m.duration)"
    )
    assert len(taken) > 20
    assert median(taken) < 50


# --- sorting, sharing, taking away -----------------------------------------------------------


def test_a_column_sorts_by_number_and_what_is_empty_stands_last(explorer: Chosen) -> None:
    explorer.open({"kind": "result"})  # a schedule has several rows, and is sorted by its first
    head = explorer.page.get_by_role("columnheader", name="Figure")
    for order in ("ascending", "descending"):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == order
        rows = list(csv.DictReader(io.StringIO(explorer.download("CSV"))))
        numbers = [float(r["value"]) for r in rows if re.fullmatch(r"-?[\d.]+", r["value"])]
        assert numbers == sorted(numbers, reverse=order == "descending")
        assert not rows[-1]["value"]
    explorer.page.get_by_label("Sort by").select_option("p_value")
    assert "sort=-p_value" in explorer.page.url


def test_a_download_is_what_is_shown(explorer: Chosen) -> None:
    explorer.open()
    assert explorer.download("CSV") == to_csv(records().rows)
    endpoint = common("endpoint")
    explorer.open({"endpoint": endpoint, "kind": "result"})
    found = explorer.download("CSV")
    wanted = {f.iri for f in records().claims(endpoint=endpoint) if f.claim.kind == "result"}
    assert iris(found) == wanted
    assert len(wanted) == explorer.number()
    every = json.loads(explorer.download("JSON"))
    assert {tuple(row) for row in every} == {tuple(COLUMNS)}
    assert len(every) == len(found.splitlines()) - 1 or '"' in found


def test_a_shared_address_restores_everything(explorer: Chosen, context: BrowserContext) -> None:
    from playwright.sync_api import expect

    explorer.open({"kind": "result"})
    explorer.page.get_by_role("searchbox", name="Search in all claims").fill("median")
    explorer.page.get_by_label("Sort by").select_option("value")
    explorer.page.get_by_role("button", name="Descending").click()
    expect(explorer.page).to_have_url(re.compile(r"#kind=result&words=median&sort=-value$"))
    before = explorer.download("CSV")
    other = Chosen(context.new_page(), explorer.address.removesuffix("explore/"), "explore")
    other.page.goto(explorer.page.url)
    expect(other.status).to_have_text(explorer.status.inner_text())
    assert other.download("CSV") == before


def test_back_leads_to_what_was_shown_before(explorer: Chosen) -> None:
    from playwright.sync_api import expect

    explorer.open({"kind": "result"})
    before = explorer.status.inner_text()
    explorer.page.get_by_role("button", name=re.compile("^Remove Kind")).click()
    assert explorer.number() == len(records().claims())
    explorer.page.go_back()
    expect(explorer.status).to_have_text(before)


@pytest.mark.parametrize(
    "selection",
    [
        {},
        {"endpoint": ["RESPONSE", "OS"], "kind": "result"},
        {"regimen": "blinatumomab", "population": "rr-ph-negative"},
        {"drug": "inotuzumab-ozogamicin", "verification": "verified"},
        {"standing": ["uncontested", "set-aside"], "endpoint": "OS"},
        {"discrepancy": "none", "design": "clinical-trial", "endpoint": "CR"},
        {"study": "tower", "words": "median"},
    ],
)
def test_the_query_of_what_is_shown_finds_exactly_that(explorer: Chosen, selection: Any) -> None:
    explorer.open(selection)
    wanted = iris(explorer.download("CSV"))
    assert wanted
    assert {str(row["claim"]) for row in records().sparql(asked(explorer))} == wanted


def test_the_query_opens_and_runs_in_the_console(explorer: Chosen) -> None:
    from playwright.sync_api import expect

    explorer.open({"standing": "set-aside"})
    wanted = explorer.number()
    explorer.page.get_by_role("link", name="SPARQL").click()
    status = explorer.page.locator("#console-status")
    expect(status).to_have_text(re.compile(rf"^{wanted} rows"), timeout=20_000)


def test_a_row_leads_to_its_claim_and_to_its_section(explorer: Chosen) -> None:
    explorer.open({"kind": "result", "endpoint": "OS"})
    row = explorer.page.locator(".claims tbody tr").first
    claim = row.locator(".of-figure a").get_attribute("href")
    section = row.locator(".of-where a").get_attribute("href")
    for address in (claim, section):
        explorer.page.goto(explorer.address + str(address))
        found = explorer.page.evaluate("!!document.getElementById(location.hash.slice(1))")
        assert found, address


def test_more_rows_are_shown_when_asked_for(explorer: Chosen) -> None:
    explorer.open()
    rows = explorer.page.locator(".claims tbody tr")
    assert rows.count() == 50
    explorer.page.get_by_role("button", name="Show 200 more").click()
    assert rows.count() == 250


# --- for everybody, and harmless -------------------------------------------------------------


def test_everything_is_done_by_keyboard(explorer: Chosen) -> None:
    from playwright.sync_api import expect

    explorer.open()
    keys = explorer.page.keyboard
    search = explorer.page.get_by_role("searchbox", name="Search in all claims")
    search.focus()
    keys.type("overall survival")
    few = explorer.number()
    keys.press("Tab")
    expect(explorer.page.get_by_label("Sort by")).to_be_focused()
    box = explorer.page.locator("label.facet-line:visible input").first
    box.focus()
    keys.press("Space")
    expect(box).to_be_checked()
    assert explorer.number() <= few
    explorer.page.get_by_role("button", name="Clear all").focus()
    keys.press("Enter")
    assert explorer.number() == len(records().claims())
    expect(search).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_is_accessible_still_and_quiet(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    with watched(browser, address, "explore", width, scheme) as explorer:
        for selection in ({}, {"standing": "set-aside", "words": "a"}):
            explorer.open(selection)
            assert explorer.violations() == []
            assert explorer.shifted() < 0.02
        explorer.page.locator("details:not([open])").evaluate_all("all => all.map(d => d.open = 1)")
        assert explorer.violations() == []


@pytest.fixture
def hostile_address(hostile_site: Path) -> Iterator[str]:  # noqa: F811 - the fixture
    handler = functools.partial(Quiet, directory=str(hostile_site / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_markup_in_records_is_inert(context: BrowserContext, hostile_address: str) -> None:
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    explorer = Chosen(page, hostile_address, "explore")
    explorer.open()
    assert "<script>alert(1)</script>" in page.locator(".claims tbody").inner_text()
    assert page.locator("#explore :is(script, b b, [onclick], a[href^='javascript:'])").count() == 0
    assert "'" not in explorer.download("CSV").splitlines()[0]
    Chosen(page, hostile_address, "compare").open()
    assert not dialogs
