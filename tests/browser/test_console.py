"""The console in Chromium: asked, wrong, refused and stopped."""

from __future__ import annotations

import csv
import io
import re

import pytest
from support.built_site import records
from support.console_page import GRAPHS, UNION, Console, as_text, expected
from support.environment import ROOT

from kb.site.context import PageContext
from kb.site.pages.questions import common_values, example_of
from kb.stores.library import library

pytestmark = pytest.mark.browser

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c != ?f && ?i != ?c) }"


# --- asking ----------------------------------------------------------------------------------


def test_it_opens_with_an_answer_within_seconds(console: Console) -> None:
    console.open()
    console.answered()
    assert len(console.rows()) > 1
    entry = "performance.getEntriesByName('console-answered')[0].startTime"
    assert console.page.evaluate(entry) < 5000


def test_every_question_gives_the_answer_of_the_lookup(console: Console) -> None:
    site = PageContext(records(), ROOT / "site")
    values = common_values(site)
    asked = 0
    console.open()
    console.answered()
    for query in (q for q in library().values() if not q.is_for_pages):
        example = example_of(query, values)
        if not all(example.values()):
            continue
        console.choose(query.name)
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


def test_a_prefix_that_is_nearly_known_is_suggested(console: Console) -> None:
    from playwright.sync_api import expect

    console.open(query="SELECT * { ?s kb:study ?o ; endpiont:CR ?t }")
    expect(console.error).to_contain_text(
        "The prefix endpiont: is not declared; did you mean endpoint:?"
    )


def test_a_name_that_the_dataset_lacks_is_named_with_the_nearest_one(console: Console) -> None:
    from playwright.sync_api import expect

    hint = console.page.locator("#console-hint")
    console.ask("SELECT ?s { ?s kb:studdy ?o ; kb:endpoint endpoint:CRR ; kb:study study:tower }")
    expect(hint).to_contain_text("kb:studdy is not in the dataset; did you mean kb:study (study)?")
    expect(hint).to_contain_text("endpoint:CRR is not in the dataset; did you mean endpoint:")
    assert "tower" not in (hint.text_content() or "")
    base = records().iris.base
    known = f"PREFIX own: <{base}ontology#> SELECT ?s {{ ?s own:study <{base}study/tower> ; "
    console.ask(known + "rdfs:label ?any # kb:nothing in a remark\n}")
    expect(hint).to_be_hidden()
    console.ask(known + "own:nothing ?any }")
    expect(hint).to_contain_text("kb:nothing is not in the dataset")


def test_an_edited_question_says_so(console: Console) -> None:
    from playwright.sync_api import expect

    console.open()
    console.answered()
    why = console.page.locator("#console-why")
    expect(why).to_contain_text("Why: ")
    console.write(UNION)
    expect(why).to_contain_text("Edited: ")


def test_stop_ends_a_query_and_the_next_one_is_answered(console: Console) -> None:
    from playwright.sync_api import expect

    console.ask(UNION)
    console.write(ENDLESS)
    stop = console.page.get_by_role("button", name="Stop")
    expect(stop).to_be_disabled()
    console.page.keyboard.press("Control+Enter")
    expect(console.status).to_have_text("Running …")
    expect(console.table).to_have_count(0)  # the old answer
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
