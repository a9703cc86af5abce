"""The search of the built site in Chromium: the page that is meant comes first."""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from support.environment import ROOT

from kb.site.context import SCHEMES, PageContext
from kb.site.search_entries import study_entry, term_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

QUERIES = ROOT / "tests" / "data" / "site" / "queries.tsv"
"""Queries of all kinds, and for each the pages of which one is meant: none if it is absent."""

FOUND = 0.95
"""The share of queries that must find the right page among the first three."""

NAMED = 0.9
"""The share of queries about what no record has whose answer says so."""

_ASK_ALL = """async ({address, all}) => {
  const worker = new Worker(`${address}assets/front/searcher.js`, {type: "module"});
  const index = `${address}data/search.json.gz`;
  const found = {};
  for (const [id, query] of all.entries()) {
    const {answer, fault} = await new Promise((done, fail) => {
      worker.onmessage = ({data}) => done(data);
      worker.onerror = (event) => fail(new Error(event.message));
      worker.postMessage({id, index, query});
    });
    if (fault) throw new Error(fault);
    const pages = answer.found.slice(0, 10).map((one) => one.url);
    found[query] = {pages, missing: answer.missing};
  }
  worker.terminate();
  return found;
}"""


def answers(
    context: BrowserContext, address: str, queries: list[str]
) -> dict[str, dict[str, list[str]]]:
    """Ask the worker that the pages ask, and return the first pages and the words without any."""
    page = context.new_page()
    page.goto(f"{address}about/")
    found: dict[str, dict[str, list[str]]] = page.evaluate(
        _ASK_ALL, {"address": address, "all": queries}
    )
    page.close()
    assert set(found) == set(queries)
    return found


def ask_all(context: BrowserContext, address: str, queries: list[str]) -> dict[str, list[str]]:
    """Return the first pages of each answer."""
    found = answers(context, address, queries)
    return {query: answer["pages"] for query, answer in found.items()}


def listed() -> dict[str, set[str]]:
    """The queries of the list with the pages that are meant."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    wanted = {row["query"]: set(row["pages"].split()) for row in rows}
    assert len(wanted) == len(rows)
    return wanted


def missed(found: Mapping[str, list[str]], wanted: Mapping[str, set[str]], most: int) -> list[str]:
    """The queries that did not find a page that is meant among so many."""
    return [words for words, pages in wanted.items() if not pages & set(found[words][:most])]


def called(site: PageContext) -> dict[str, set[str]]:
    """The pages of all studies and concepts that are called so."""
    pages: dict[str, set[str]] = defaultdict(set)
    for study in site.studies.values():
        for name in study_entry(site, study).names:
            pages[re.sub(r"\W", "", name.casefold())].add(f"study/{study.id}/")
    for scheme in SCHEMES:
        for term in site.terms(scheme):
            mark = "" if site.has_page(scheme, term.notation) else "#"
            url = f"{scheme}/{mark}{term.segment}{'' if mark else '/'}"
            for name in term_entry(site, term).names:
                pages[re.sub(r"\W", "", name.casefold())].add(url)
    return pages


def names_of(site: PageContext) -> Iterator[str]:
    """Yield each name of each study, and of each concept that has a page."""
    for study in site.studies.values():
        yield from study_entry(site, study).names
    for scheme in SCHEMES:
        for term in site.with_page(scheme):
            yield from term_entry(site, term).names


def wanted_by_name(site: PageContext) -> dict[str, set[str]]:
    pages = called(site)
    names = dict.fromkeys(names_of(site))
    return {name: pages[re.sub(r"\W", "", name.casefold())] for name in names}


# --- what is found ---------------------------------------------------------------------------


def test_most_queries_find_the_right_page_among_the_first_three(
    context: BrowserContext, address: str
) -> None:
    wanted = {query: pages for query, pages in listed().items() if pages}
    assert len(wanted) >= 400
    lost = missed(ask_all(context, address, list(wanted)), wanted, 3)
    assert len(lost) <= (1 - FOUND) * len(wanted), lost


def test_most_answers_say_which_words_no_record_has(context: BrowserContext, address: str) -> None:
    absent = [query for query, pages in listed().items() if not pages]
    assert len(absent) >= 20
    found = answers(context, address, absent)
    silent = [query for query in absent if not found[query]["missing"]]
    assert len(silent) <= (1 - NAMED) * len(absent), silent


def test_words_of_records_are_not_said_to_be_missing(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    found = answers(context, address, list(wanted_by_name(site)))
    assert not [name for name, answer in found.items() if answer["missing"]]


def test_every_study_and_concept_is_found_by_each_of_its_names(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    wanted = wanted_by_name(site)
    assert not missed(ask_all(context, address, list(wanted)), wanted, 1)


def mistyped(name: str, chance: random.Random) -> str:
    """Leave out, add, change or swap a letter."""
    at = chance.choice([place for place, letter in enumerate(name) if letter.isalpha()])
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    before, after = name[:at], name[at + 1 :]
    forms = (before + after, before + letter + name[at:], before + letter + after)
    return chance.choice((*forms, before + after[:1] + name[at] + after[1:]))


def test_most_names_are_found_with_a_letter_wrong(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    chance = random.Random(17)  # noqa: S311
    names = {n: p for n, p in wanted_by_name(site).items() if sum(map(str.isalpha, n)) >= 5}
    wanted = {mistyped(name, chance): pages for name, pages in names.items()}
    assert len(wanted) > 500
    lost = missed(ask_all(context, address, list(wanted)), wanted, 3)
    assert len(lost) <= (1 - FOUND) * len(wanted), lost


def test_every_publication_is_first_by_its_numbers(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    wanted: dict[str, set[str]] = defaultdict(set)
    for publication in site.publications.values():
        address_of = publication.doi and f"https://doi.org/{publication.doi}"
        for words in filter(None, (publication.doi, publication.pmid, address_of)):
            wanted[words].add(f"publication/{publication.id}/")
    assert not missed(ask_all(context, address, list(wanted)), wanted, 1)


def test_every_first_author_is_found_without_accents(
    context: BrowserContext, address: str, site: PageContext
) -> None:
    import unicodedata

    wanted: dict[str, set[str]] = defaultdict(set)
    for publication in site.publications.values():
        author = publication.citation.split()[0].strip(",")
        bare = unicodedata.normalize("NFD", author)
        if publication.authors and author.isalpha():
            words = "".join(letter for letter in bare if not unicodedata.combining(letter))
            wanted[words].add(f"publication/{publication.id}/")
    assert len(wanted) > 30
    assert not missed(ask_all(context, address, list(wanted)), wanted, 3)


def test_words_that_stand_nowhere_find_nothing(context: BrowserContext, address: str) -> None:
    queries = ["qqqqxxqqqq", "99999.5", "?!", " "]
    assert not any(ask_all(context, address, queries).values())


def test_examples_of_the_first_page_are_found(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    examples = page.locator(".find a").all_inner_texts()
    page.close()
    assert len(examples) > 2
    assert all(ask_all(context, address, examples).values())


# --- the box ---------------------------------------------------------------------------------


def typed(page: Page, words: str) -> None:
    from playwright.sync_api import expect

    box = page.get_by_role("combobox", name="Search")
    box.click()
    box.press_sequentially(words)
    expect(page.get_by_role("option").first).to_be_visible(timeout=15000)


def test_the_figure_of_a_hit_leads_to_its_place_on_the_page_of_its_study(
    context: BrowserContext, address: str
) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(address)
    typed(page, "78.4%")
    option = page.get_by_role("option", name="78.4%").first
    expect(option).to_contain_text("MRD negativity")
    option.click()
    expect(page).to_have_url(re.compile(f"^{address}study/ino-vate/#"))
    expect(page.locator(".prints:popover-open")).to_contain_text("78.4%", timeout=15000)


def test_the_kind_tells_a_drug_from_the_regimen_of_its_name(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(address)
    typed(page, "ponatinib")
    kinds = page.locator(".found-page:has(.found-title:text-is('Ponatinib')) .found-kind")
    assert kinds.all_inner_texts()[:2] == ["Drug", "Regimen"]


def test_nothing_of_the_search_is_loaded_before_it_is_used(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}about/", wait_until="networkidle")
    own = ("search.json.gz", "searcher.js", "found-")
    assert not [url for url in asked if any(name in url for name in own)]
    typed(page, "inotuzumab")
    assert all(any(name in url for url in asked) for name in own)


def test_a_word_that_was_mistyped_is_shown_as_it_was_read(
    context: BrowserContext, address: str
) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(f"{address}about/")
    typed(page, "Venoclusive")
    expect(page.get_by_role("status").first).to_have_text(
        "Nothing in the records on “Venoclusive”; found for “Veno-occlusive”"
    )


def test_what_no_record_has_is_said_with_the_nearest_words(
    context: BrowserContext, address: str
) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(f"{address}about/")
    box = page.get_by_role("combobox", name="Search")
    box.click()
    box.press_sequentially("cortisone")
    status = page.get_by_role("status").first
    expect(status).to_contain_text("Nothing in the records on “cortisone”; nearest words: ")
    expect(status).to_contain_text("cytosine")


def test_the_search_is_used_by_keyboard_alone(context: BrowserContext, address: str) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(f"{address}about/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    page.keyboard.type("blinatumomab")
    options = page.get_by_role("option")
    expect(options.nth(2)).to_be_visible(timeout=15000)
    expect(box).to_have_attribute("aria-expanded", "true")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("ArrowUp")
    wanted = options.first.get_attribute("href") or ""
    page.keyboard.press("Enter")
    expect(page).to_have_url(wanted)


def test_enter_before_the_answer_leads_to_the_first_page(
    context: BrowserContext, address: str
) -> None:
    from playwright.sync_api import expect

    page = context.new_page()
    page.goto(f"{address}about/")
    page.keyboard.press("/")
    page.keyboard.type("TOWER")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}study/tower/", timeout=15000)


def test_the_first_page_has_a_search_that_leads_to_what_is_typed(
    browser: Browser, address: str
) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(address)
    field = page.get_by_role("searchbox", name="Find a study")
    field.fill("VOD after transplant")
    field.press("Enter")
    found = page.get_by_role("option").first
    expect(found).to_have_attribute("href", re.compile("endpoint/VOD/"), timeout=15000)
    expect(found).to_be_in_viewport()
    found.click()
    expect(page.locator("h1").first).to_contain_text("Veno-occlusive")
    page.close()


def test_the_search_on_a_phone_fits_it(browser: Browser, address: str) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}about/")
    page.locator("header label[for=__search]").first.click()
    page.get_by_role("combobox", name="Search").press_sequentially("median overall survival")
    found = page.get_by_role("option")
    expect(found.first).to_be_visible(timeout=15000)
    right = found.evaluate_all("all => Math.max(...all.map(e => e.getBoundingClientRect().right))")
    page.locator("header label.md-search__icon").click()
    expect(found.first).not_to_be_in_viewport()
    page.close()
    assert right <= 360
