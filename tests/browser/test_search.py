"""The search of the built site in Chromium: the page that is meant comes first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kb.site.context import SCHEMES, PageContext

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser

LEFT_OUT = {"any", "no", "other"}
"""Words of names that the theme leaves out of every query and its index."""

_ASK_ALL = """async ({address, all}) => {
  const said = JSON.parse(document.getElementById("__config").textContent);
  const worker = new Worker(new URL(said.search, location.href));
  const {config, docs} = await (await fetch(`${address}search/search_index.json`)).json();
  const answer = (message) => new Promise((done, fail) => {
    worker.onmessage = ({data}) => done(data.data);
    worker.onerror = (event) => fail(new Error(event.message));
    worker.postMessage(message);
  });
  await answer({type: 0, data: {config, docs, options: {suggest: false}}});
  const found = {};
  for (const words of all) {
    const {items} = await answer({type: 2, data: words});
    found[words] = items.slice(0, 10).map((one) => one[0].location.split("#")[0]);
  }
  worker.terminate();
  return found;
}"""


def ask_all(context: BrowserContext, address: str, queries: list[str]) -> dict[str, list[str]]:
    """Ask the worker that the pages ask, and return the first pages of each answer."""
    page = context.new_page()
    page.goto(f"{address}about/")
    found: dict[str, list[str]] = page.evaluate(_ASK_ALL, {"address": address, "all": queries})
    assert set(found) == set(queries)
    return found


def firsts(found: dict[str, list[str]], wanted: dict[str, set[str]]) -> dict[str, list[str]]:
    """What came first although another page is meant."""
    return {words: pages for words, pages in found.items() if not set(pages[:1]) & wanted[words]}


def concepts_by_name(site: PageContext) -> dict[str, set[str]]:
    """The pages of all concepts that are called so."""
    called: dict[str, set[str]] = {}
    for scheme in SCHEMES:
        for term in site.with_page(scheme):
            for name in (term.label, term.notation, *site.other_labels.get(term.iri, [])):
                called.setdefault(name.casefold(), set()).add(f"{scheme}/{term.segment}/")
    return called


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("TOWER", "study/tower/"),
        ("tower", "study/tower/"),
        ("Campus ALL", "study/campus-all/"),
        ("VOD after transplant", "endpoint/VOD/"),
        ("mini-hyper-CVD", "regimen/mini-hyper-cvd/"),
        ("mini-HCVD", "regimen/mini-hyper-cvd/"),
        ("NCT01564784", "study/ino-vate/"),
        ("10.1056/NEJMoa1609783", "publication/kantarjian-2017-tower/"),
        ("blinatumomab", "drug/blinatumomab/"),
        ("Besponsa", "drug/inotuzumab-ozogamicin/"),
        ("Kantarjian 2017", "publication/kantarjian-2017-tower/"),
        ("Fracchiolla", "publication/fracchiolla-2023/"),
        ("CR", "endpoint/CR/"),
        ("overall survival", "endpoint/OS/"),
        ("event-free survival", "endpoint/EFS/"),
    ],
)
def test_who_types_words_sees_the_page_that_is_meant_first(
    context: BrowserContext, address: str, words: str, first: str
) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(address)
    box = page.get_by_role("textbox", name="Search")
    box.click()
    box.press_sequentially(words)
    found = page.locator(".md-search-result__item").first.locator("a").first
    expect(found).to_have_attribute("href", re.compile(f"^{address}{first}"), timeout=15000)


def test_the_first_page_has_a_search_that_leads_to_what_is_typed(
    browser: Browser, address: str
) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(address)
    field = page.get_by_role("searchbox", name="Find a study")
    field.fill("VOD after transplant")
    field.press("Enter")
    found = page.locator(".md-search-result__item").first.locator("a").first
    expect(found).to_have_attribute("href", re.compile("endpoint/VOD/"), timeout=15000)
    expect(found).to_be_in_viewport()
    found.click()
    expect(page.locator("h1").first).to_contain_text("Veno-occlusive")
    page.close()


def test_names_are_found_without_accents_and_with_one_letter_wrong(
    context: BrowserContext, address: str
) -> None:
    meant = {"Gokbuget": "gokbuget", "inotuzmab": "inotuzumab", "blinatumumab": "blinatumomab"}
    found = ask_all(context, address, list(meant))
    assert not {words for words, name in meant.items() if name not in str(found[words])}


def test_the_search_on_a_phone_fits_it(browser: Browser, address: str) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}about/")
    page.locator("header label[for=__search]").first.click()
    page.get_by_role("textbox", name="Search").press_sequentially("inotuzumab")
    found = page.locator(".md-search-result__item")
    expect(found.first).to_be_visible(timeout=15000)
    right = found.evaluate_all("all => Math.max(...all.map(e => e.getBoundingClientRect().right))")
    page.close()
    assert right <= 360


def test_examples_of_the_first_page_are_found(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    examples = page.locator(".find a").all_inner_texts()
    page.close()
    assert len(examples) > 2
    assert all(ask_all(context, address, examples).values())


def test_every_study_is_first_by_its_name_and_its_registry_numbers(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    wanted: dict[str, set[str]] = {}
    called = concepts_by_name(site)
    for study in site.studies.values():
        for words in (study.name, *study.registry):
            also = called.get(words.casefold(), set())
            wanted.setdefault(words, set()).update({f"study/{study.id}/"}, also)
    found = ask_all(context, address, list(wanted))
    # A name that is made of the names of concepts may follow one of them.
    assert not firsts({words: found[words] for words in wanted if " " not in words}, wanted)
    assert not [words for words, pages in wanted.items() if not pages & set(found[words][:2])]


def test_every_publication_is_first_by_its_numbers(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    wanted: dict[str, set[str]] = {}
    for publication in site.publications.values():
        for words in filter(None, (publication.doi, publication.pmid)):
            wanted.setdefault(words, set()).add(f"publication/{publication.id}/")
    assert not firsts(ask_all(context, address, list(wanted)), wanted)


def test_every_endpoint_is_first_by_abbreviation_and_by_full_name(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    """One over others may follow them, as SURVIVAL does OS, among the first ten."""
    called = concepts_by_name(site)
    narrowest = {t.notation for t in site.with_page("endpoint")}
    narrowest -= {wider for t in site.with_page("endpoint") for wider in t.broader}
    wanted: dict[str, set[str]] = {}
    umbrellas: dict[str, str] = {}
    for term in site.with_page("endpoint"):
        page = f"endpoint/{term.segment}/"
        for words in (term.notation.replace("_", " "), term.label):
            if LEFT_OUT & set(words.lower().split()):
                continue
            if term.notation in narrowest:
                wanted[words] = {page} | called.get(words.casefold(), set())
            else:
                umbrellas[words] = page
    found = ask_all(context, address, [*wanted, *umbrellas])
    assert not firsts({words: found[words] for words in wanted}, wanted)
    assert not {
        words: found[words] for words, page in umbrellas.items() if page not in found[words]
    }


def test_every_drug_is_first_by_each_of_its_names(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    others, called = site.other_labels, concepts_by_name(site)
    names = (name for t in site.with_page("drug") for name in (t.label, *others.get(t.iri, [])))
    wanted = {name: called[name.casefold()] for name in names}
    assert not firsts(ask_all(context, address, list(wanted)), wanted)
