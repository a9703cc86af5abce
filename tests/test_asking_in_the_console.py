"""The console in Chromium: asked, stopped, linked to, downloaded, and never a request elsewhere."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from conftest import ROOT
from test_generating_pages import records

from kb.queries import library
from kb.site.context import Site
from kb.site.questions import common_values, example_of, is_for_pages
from kb.store import Value

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.browser

AXE = ROOT / "site" / "front" / "node_modules" / "axe-core" / "axe.min.js"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c != ?f && ?i != ?c) }"
UNION = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


class Console:
    """The page as its user sees it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = f"{address}console/"
        self.status = page.locator("#console-status")
        self.editor = page.get_by_role("textbox", name="SPARQL query")
        self.error = page.get_by_role("alert")
        self.table = page.locator("table.answer")

    def open(self, **state: str) -> None:
        """Open the console at a state of its address, as a link does."""
        self.page.goto("about:blank")
        self.page.goto(
            f"{self.address}#{urlencode(state, quote_via=quote)}" if state else self.address
        )

    def answered(self, words: str = r"(\d|yes|no).* in \d+ ms\.$") -> None:
        from playwright.sync_api import expect

        expect(self.status).to_have_text(re.compile(words), timeout=20_000)

    def ask(self, query: str) -> None:
        self.open(query=query)
        self.answered()

    def write(self, query: str) -> None:
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(query)

    def download(self, name: str) -> str:
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=f"Download all rows as {name}").click()
        return Path(waiting.value.path()).read_bytes().decode()

    def rows(self) -> list[list[str]]:
        rows: list[list[str]] = self.table.evaluate(
            "t => [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.textContent))"
        )
        return rows

    def head(self, name: str) -> Locator:
        return self.table.get_by_role("button", name=name, exact=True)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def console(context: BrowserContext, address: str) -> Console:
    return Console(context.new_page(), address)


def as_text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def expected(query: str) -> list[list[str]]:
    """What the Python lookup answers, as the rows of a CSV file."""
    table = records().sparql(query)
    return [list(table.columns), *[[as_text(v) for v in row.values()] for row in table]]


# --- asking ----------------------------------------------------------------------------------


def test_it_opens_with_an_answer_within_seconds(console: Console) -> None:
    console.open()
    console.answered()
    assert len(console.rows()) > 1
    entry = "performance.getEntriesByName('console-answered')[0].startTime"
    assert console.page.evaluate(entry) < 5000


def test_every_question_gives_the_answer_of_the_lookup(console: Console) -> None:
    site = Site(records(), ROOT / "site")
    values = common_values(site)
    asked = 0
    for query in (q for q in library().values() if not is_for_pages(q)):
        example = example_of(query, values)
        if not all(example.values()):
            continue
        console.open(question=query.name, **example)
        console.answered()
        found = list(csv.reader(io.StringIO(console.download("CSV"))))
        table = records().ask(query.name, **example)
        rows = [[as_text(v) for v in row.values()] for row in table]
        assert found[0] == list(table.columns), query.name
        assert sorted(found[1:]) == sorted(rows), query.name
        asked += 1
    assert asked > 10


@pytest.mark.parametrize("query", [UNION, GRAPHS], ids=["all graphs as one", "each by its name"])
def test_graphs_are_those_of_the_store(console: Console, query: str) -> None:
    console.ask(query)
    assert list(csv.reader(io.StringIO(console.download("CSV")))) == expected(query)


def test_from_names_the_graphs_that_are_asked(console: Console) -> None:
    graph = records().sparql(GRAPHS)[0]["g"]
    query = UNION.replace("{", f"FROM <{graph}> {{")
    console.ask(query)
    assert console.rows() == expected(query)[1:]
    assert console.rows() != expected(UNION)[1:]


def test_a_value_is_filled_in_and_asked(console: Console) -> None:
    console.open(question="share-of-whom", endpoint="CR")
    console.answered()
    before = console.rows()
    console.page.get_by_label("?endpoint").fill("MRD_NEG")
    from playwright.sync_api import expect

    expect(console.editor).to_contain_text("VALUES ?endpoint { endpoint:MRD_NEG }")
    expect(console.page).to_have_url(re.compile("endpoint=MRD_NEG"))
    assert console.rows() != before
    console.page.get_by_label("?endpoint").fill("MRD_NEGATIV")
    expect(console.page.get_by_label("?endpoint")).to_have_attribute("aria-invalid", "true")
    expect(console.editor).to_contain_text("endpoint:MRD_NEG }")


def test_a_query_needs_no_prefixes_of_the_dataset(console: Console) -> None:
    query = "SELECT ?name { ?s a kb:Study ; rdfs:label ?name } ORDER BY ?name"
    console.ask(query)
    assert [row[0] for row in console.rows()] == sorted(s.name for s in records().studies())[:200]


def test_ask_and_construct_are_answered_too(console: Console) -> None:
    console.open(query="ASK { ?s a kb:Study }")
    console.answered("^Answer: yes")
    console.ask("CONSTRUCT { ?s a kb:Study } WHERE { ?s a kb:Study }")
    lines = console.download("N-Triples").splitlines()
    assert len(lines) == len(records().studies())
    assert "".join(f"{line}\n" for line in lines) == records().store.graph(
        f"CONSTRUCT {{ ?s a <{records().iris.own('Study')}> }} "
        f"WHERE {{ ?s a <{records().iris.own('Study')}> }}"
    )


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }", "SERVICE"),
        ("LOAD <https://example.org/>", "LOAD"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", "INSERT"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE"),
    ],
)
def test_what_leaves_or_changes_the_dataset_is_refused(
    console: Console, query: str, word: str
) -> None:
    from playwright.sync_api import expect

    console.open(query=query)
    expect(console.error).to_contain_text(f"{word} is not allowed")
    expect(console.table).to_have_count(0)


# --- errors, and stopping --------------------------------------------------------------------


def test_an_error_is_marked_at_its_place_and_goes_away(console: Console) -> None:
    from playwright.sync_api import expect

    console.open(query="SELECT ?s {\n  ?s kb:study ?o .\n  FILTR (?o = 1)\n}")
    expect(console.error).to_contain_text("FILTR")
    expect(console.page.locator(".cm-lintRange-error")).to_have_text("FILTR")
    console.page.get_by_role("button", name=re.compile("^Line 3:")).click()
    assert console.page.evaluate("document.activeElement.className").startswith("cm-content")
    console.write("SELECT ?s { ?s kb:study ?o }")
    expect(console.page.locator(".cm-lintRange-error")).to_have_count(0)
    expect(console.error).to_be_hidden()


def test_an_undeclared_prefix_is_named(console: Console) -> None:
    from playwright.sync_api import expect

    console.open(query="SELECT * { ?s nope:x ?o ; kb:study ?t }")
    expect(console.error).to_contain_text("The prefix nope: is not declared.")
    expect(console.page.locator(".cm-lintRange-error")).to_be_visible()


def test_stop_ends_a_query_and_the_next_one_is_answered(console: Console) -> None:
    from playwright.sync_api import expect

    console.ask(UNION)
    console.write(ENDLESS)
    stop = console.page.get_by_role("button", name="Stop")
    expect(stop).to_be_disabled()
    console.page.keyboard.press("Control+Enter")
    expect(console.status).to_have_text("Running …")
    assert console.page.evaluate("new Promise(done => setTimeout(() => done('alive'), 50))")
    stop.click()
    expect(console.status).to_contain_text("Stopped.")
    expect(stop).to_be_disabled()
    console.write(UNION)
    console.page.keyboard.press("Control+Enter")
    console.answered()
    assert console.rows() == expected(UNION)[1:]


def test_a_query_that_takes_too_long_is_stopped_by_the_clock(console: Console) -> None:
    from playwright.sync_api import expect

    console.page.clock.install()
    console.open(query=ENDLESS)
    expect(console.status).to_have_text("Running …", timeout=20_000)
    console.page.clock.run_for(61_000)
    expect(console.status).to_contain_text("Stopped after 60 seconds.")


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
