"""What the console answers in Chromium: linked to, downloaded, sorted, drawn, and for everybody."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from support.built_site import records
from support.console_page import GRAPHS, UNION, Console
from support.environment import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

AXE = ROOT / "site" / "front" / "node_modules" / "axe-core" / "axe.min.js"


# --- links, downloads, charts ----------------------------------------------------------------


def test_a_link_restores_question_value_and_view(console: Console, context: BrowserContext) -> None:
    from playwright.sync_api import expect

    context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.open(question="hazard-ratios")
    console.answered()
    console.page.get_by_role("tab", name="Chart").click()
    expect(console.page.locator("figure svg[role=img]").last).to_be_visible()
    console.page.get_by_role("button", name="Copy link").click()
    expect(console.status).to_contain_text("copied")
    link = console.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#question=hazard-ratios&view=chart")
    console.page.goto("about:blank")
    console.page.goto(link)
    expect(console.page.locator("figure svg[role=img]").last).to_be_visible()


def test_a_query_of_ones_own_is_in_the_address_and_back_leads_to_the_last(console: Console) -> None:
    from playwright.sync_api import expect

    console.ask(UNION)
    console.write(GRAPHS)
    console.page.keyboard.press("Control+Enter")
    expect(console.page).to_have_url(re.compile("GRAPH"))
    console.page.reload()
    expect(console.editor).to_contain_text(GRAPHS)
    console.page.go_back()
    expect(console.editor).to_contain_text(UNION)
    expect(console.table.locator("tbody tr")).to_have_count(1)


def test_a_value_that_was_left_free_stays_free_in_the_link(console: Console) -> None:
    from playwright.sync_api import expect

    console.open()
    console.choose("evidence-map")
    expect(console.editor).to_contain_text("VALUES ?study")
    console.page.get_by_label("?study").fill("")
    expect(console.page).to_have_url(re.compile("study=$"))
    console.page.reload()
    console.answered()
    expect(console.editor).not_to_contain_text("VALUES ?study")


def test_a_question_leads_from_its_page_into_the_console(console: Console, address: str) -> None:
    page = console.page
    page.goto(f"{address}questions/")
    page.locator('a[href*="question=share-of-whom&"]').click()
    console.answered()
    assert page.locator("#console-question").input_value() == "share-of-whom"
    assert page.get_by_label("?endpoint").input_value()


def test_the_json_is_that_of_the_protocol(console: Console) -> None:
    console.ask("SELECT ?s ?name { ?s a kb:Study ; rdfs:label ?name }")
    found = json.loads(console.download("JSON"))
    assert found["head"] == {"vars": ["s", "name"]}
    assert {one["s"]["type"] for one in found["results"]["bindings"]} == {"uri"}
    assert len(found["results"]["bindings"]) == len(records().studies())


def test_many_rows_are_cut_and_counted_and_downloaded_whole(console: Console) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o }"
    total = records().sparql(UNION)[0]["n"]
    console.ask(query)
    assert len(console.rows()) == 200
    more = console.page.locator(".console-more")
    assert f"Showing the first 200 of {total:,} rows" in more.inner_text()
    more.get_by_role("button").click()
    from playwright.sync_api import expect

    expect(more).to_contain_text("first 1,200")
    assert len(console.download("CSV").splitlines()) >= int(str(total))


def test_a_column_sorts_all_rows_by_number(console: Console) -> None:
    query = "SELECT ?c ?value { ?c kb:value ?value }"
    values = [
        row["value"] for row in records().sparql(f"PREFIX kb: <{records().iris.own('')}> {query}")
    ]
    console.ask(query)
    from playwright.sync_api import expect

    for order, pick in (("ascending", min), ("descending", max)):
        console.head("value").press("Enter")
        expect(console.table.locator(f'th[aria-sort="{order}"]')).to_have_text(re.compile("value"))
        assert float(console.rows()[0][1]) == float(pick(values))
        expect(console.head("value")).to_be_focused()


def test_an_iri_of_the_dataset_leads_to_its_page(console: Console) -> None:
    console.ask("SELECT ?s { ?s a kb:Study } ORDER BY ?s LIMIT 1")
    console.table.locator("tbody a").click()
    console.page.wait_for_url(re.compile(r"/study/[^/]+/$"))


def test_numbers_become_a_chart_and_other_answers_do_not(console: Console) -> None:
    from playwright.sync_api import expect

    console.open(question="hazard-ratios", view="chart")
    chart = console.page.locator("figure svg[role=img]").last
    expect(chart).to_be_visible()
    with_value = len(records().ask("hazard-ratios"))
    assert chart.locator("g[data-part=dot] circle").count() == with_value
    console.page.get_by_label("Draw").select_option("bars")
    expect(chart.locator("g[data-part=bar] rect")).to_have_count(with_value)
    console.ask("SELECT ?s { ?s a kb:Study }")
    expect(console.page.get_by_role("tab", name="Chart")).to_be_disabled()


def test_figures_that_cannot_share_an_axis_are_drawn_apart(console: Console) -> None:
    from playwright.sync_api import expect

    console.open(question="endpoint-across-regimens", endpoint="OS", view="chart")
    rows = [r for r in records().ask("endpoint-across-regimens", endpoint="OS") if r["value"]]
    kinds = {str(row["statistic"]) for row in rows}
    assert len(kinds) > 1, "this question mixes no statistics: it tests nothing"
    points = console.page.locator("g[data-part=dot] circle")
    for kind in sorted(kinds):
        console.page.get_by_label("Only").select_option(kind)
        expect(points).to_have_count(sum(row["statistic"] == kind for row in rows))
    first = console.page.get_by_label("Only").locator("option").first.get_attribute("value")
    assert sum(row["statistic"] == first for row in rows) == max(
        sum(row["statistic"] == kind for row in rows) for kind in kinds
    )


# --- by keyboard, in any light, on a phone ---------------------------------------------------


def test_everything_is_done_by_keyboard(console: Console) -> None:
    from playwright.sync_api import expect

    console.open(question="share-of-whom", endpoint="CR")
    console.answered()
    keys = console.page.keyboard
    console.page.locator("#console-question").focus()
    keys.press("Tab")
    expect(console.page.get_by_label("?endpoint")).to_be_focused()
    keys.press("Tab")
    expect(console.editor).to_be_focused()
    keys.press("Tab")
    expect(console.page.get_by_role("button", name="Run")).to_be_focused()
    console.editor.focus()
    keys.press("Control+a")
    keys.type("SELECT ?s { ?s a kb:Stud")
    expect(console.page.locator(".cm-tooltip-autocomplete")).to_contain_text("kb:Study")
    console.page.wait_for_timeout(200)  # the editor takes no key for what nobody has seen yet
    keys.press("Enter")
    expect(console.editor).to_contain_text("?s a kb:Study")
    keys.press("Control+Enter")
    expect(console.table.locator("thead th")).to_have_count(1)
    console.page.get_by_role("tab", name="Table").focus()
    keys.press("Tab")
    expect(console.page.get_by_role("button", name="Download all rows as CSV")).to_be_focused()


def test_words_are_completed_by_their_label(console: Console) -> None:
    from playwright.sync_api import expect

    term = records().vocabulary.get("endpoint", "OS")
    console.ask(UNION)
    console.write("SELECT * { ?m kb:endpoint ")
    console.page.keyboard.type(term.label[:12], delay=20)
    option = console.page.locator(".cm-tooltip-autocomplete li", has_text="endpoint:OS").first
    expect(option).to_contain_text(term.label)
    option.click()
    expect(console.editor).to_contain_text("kb:endpoint endpoint:OS")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_is_accessible_still_and_quiet(
    browser: Browser,
    address: str,
    scheme: Any,
    width: int,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    foreign: list[str] = []
    errors: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((address, "data:", "blob:")) else foreign.append(r.url),
    )
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.add_init_script(
        "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "e => { window.shifted += e.value })).observe({type: 'layout-shift', buffered: true})"
    )
    console = Console(page, address)
    console.open()
    console.answered()
    assert page.evaluate("window.shifted") < 0.02
    for tab in ("Table", "Chart"):
        page.get_by_role("tab", name=tab).click()
        page.locator("table.answer:visible, figure svg[role=img]:visible").last.wait_for()
        assert violations(page) == []
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0
    context.close()
    assert not [url for url in foreign if url != "about:blank"]
    assert not errors


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        "axe.run('#console').then(r => r.violations.flatMap("
        "v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 120)} ${n.failureSummary}`)))"
    )
    return found
