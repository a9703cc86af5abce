"""The comparison in Chromium: what was compared, what was not, and what is not alike."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from support.built_site import records, rows
from support.chosen_page import FOLDED, UNFOLD, Chosen, watched
from support.environment import ROOT

from kb.analysis.comparability import NOT_STATED, Comparability
from kb.site.context import PageContext
from kb.site.pages.compare import ComparisonData

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser


@pytest.fixture
def comparison(context: BrowserContext, address: str) -> Chosen:
    return Chosen(context.new_page(), address, "compare")


@pytest.fixture(scope="module")
def compared() -> dict[str, Any]:
    return dict(ComparisonData(PageContext(records(), ROOT / "site")).data())


def pair_of(compared: dict[str, Any], nature: str) -> list[str]:
    """A pair of regimens that is compared in this way, on main endpoints of whole arms."""
    for entry in rows(compared["comparisons"]):
        pair = [entry["ofRegimen"], entry["versusRegimen"]]
        is_shown = entry["isMain"] and entry["endpoint"] in compared["main"]
        if entry["nature"] == nature and is_shown and all(pair) and len(set(pair)) == 2:
            return pair
    pytest.fail(f"no {nature} comparison of two regimens")


def headings(comparison: Chosen) -> list[str]:
    return comparison.page.locator(".compare-answer h2").all_inner_texts()


# --- what is shown ---------------------------------------------------------------------------


def test_a_direct_comparison_comes_first_with_its_print_and_source(
    comparison: Chosen, compared: dict[str, Any]
) -> None:
    pair = pair_of(compared, "direct")
    comparison.open({"regimen": pair})
    assert headings(comparison)[0] == "Compared within a study"
    row = comparison.page.locator("table.direct tbody tr").first
    found = comparison.claims("table.direct tbody tr:first-child")
    claim = records().claim(next(iter(found)))
    assert {claim.group.regimen} <= set(pair)
    text = row.inner_text()
    assert claim.claim.printed in text
    assert records().study(claim.claim.study).name in text
    assert row.locator(f'a[href*="source/{claim.claim.source}/#"]').count() == 1


def test_the_trial_that_compares_two_regimens_is_found(comparison: Chosen) -> None:
    comparison.open({"regimen": ["blinatumomab", "standard-chemotherapy"]})
    text = comparison.page.locator("table.direct").first.inner_text()
    assert re.search(r"TOWER\s+randomised trial", text)
    assert "hazard ratio 0.71 (95% CI 0.55–0.93)" in text
    assert comparison.claims("table.direct td.result") <= {
        f"{f.claim.study}#{f.claim.id}"
        for name in ("blinatumomab", "standard-chemotherapy")
        for f in records().claims(regimen=name)
        if f.claim.measure.comparator
    }


def test_an_indirect_comparison_is_marked_and_no_direct_one_is_implied(
    comparison: Chosen, compared: dict[str, Any]
) -> None:
    pair = pair_of(compared, "indirect")
    comparison.open({"regimen": pair})
    answer = comparison.page.locator("#compare-answer")
    lines = comparison.page.locator("table.indirect tbody tr")
    assert lines.count() > 0
    assert lines.count() == comparison.page.locator("table.indirect .badge").count()
    direct = [
        e
        for e in rows(compared["comparisons"])
        if e["nature"] == "direct" and {e["ofRegimen"], e["versusRegimen"]} == set(pair)
    ]
    assert not direct, "these are compared directly too: this tests nothing"
    assert "No study here compares these directly" in answer.inner_text()
    assert "no direct comparisons" in comparison.status.inner_text()
    assert comparison.page.locator("table.direct").count() == 0


def test_figures_that_nobody_compares_stand_apart_and_say_so(
    comparison: Chosen, compared: dict[str, Any]
) -> None:
    shown = (e for e in rows(compared["figures"]) if e["isMain"] and e["endpoint"] == "OS")
    names = sorted({e["regimen"] for e in shown} - {""})
    below = {name: records().vocabulary.narrower("regimen", name) for name in names}
    sides = [{e["ofRegimen"], e["versusRegimen"]} for e in rows(compared["comparisons"])]
    pair = next(
        [a, b]
        for a, b in combinations(names, 2)
        if not below[a] & below[b]
        and not any(side & below[a] and side & below[b] for side in sides)
    )
    comparison.open({"regimen": pair, "endpoint": "OS"})
    assert comparison.page.locator("table.compared").count() == 0
    assert "No study here compares these directly" in comparison.page.locator("main").inner_text()
    assert (
        "Not a head-to-head comparison" in comparison.page.locator(".compare-figures").inner_text()
    )
    assert comparison.page.locator(".one-figure").count() > 1


def test_a_figure_stands_under_its_own_regimen(comparison: Chosen) -> None:
    pair = ["blinatumomab", "inotuzumab"]
    comparison.open({"regimen": pair, "endpoint": "all", "parts": "1"})
    for at, name in enumerate(pair):
        found = comparison.claims(f"table.single tbody td:nth-child({at + 2})")
        assert found
        allowed = records().vocabulary.narrower("regimen", name)
        for one in found:
            claim = records().claim(one)
            assert (claim.claim.measure.regimen or claim.group.regimen) in allowed, one


@pytest.mark.parametrize(
    "selection",
    [
        {"regimen": ["blinatumomab", "inotuzumab"], "endpoint": "cCR"},
        {"regimen": ["inotuzumab", "standard-chemotherapy"], "parts": "1"},
    ],
)
def test_differences_are_those_of_the_lookup_and_gaps_stand_apart(
    comparison: Chosen, selection: Any
) -> None:
    comparison.open(selection)
    judge = Comparability(records().evidence, records().vocabulary)
    # What stands together: an endpoint of the matrix, a table of comparisons with what is folded.
    number = comparison.page.evaluate(
        """() => {
          const parts = "table.single tbody, #compare-answer > section:not(.compare-figures)";
          const all = document.querySelectorAll(parts);
          all.forEach((part, at) => { part.id = `part-${at}` });
          return all.length;
        }"""
    )
    assert number
    seen = 0
    for at in range(number):
        found = comparison.claims(f"#part-{at} :is(.the-figure, td.result)")
        wanted = judge.differences(records().claim(one).claim for one in found)
        boxes = comparison.page.locator(f"#part-{at} .unalike")
        assert boxes.count() == bool(wanted), at
        if not wanted:
            continue
        seen += 1
        shown = boxes.evaluate(
            "box => [...box.querySelectorAll('dt')].map(dt => [dt.textContent, "
            "[...dt.nextElementSibling.querySelectorAll('li')].map(li => "
            "[li.querySelector('b').textContent, li.querySelector('span').textContent])])"
        )
        assert shown == [
            [capital(d.respect), [[value, ", ".join(studies)] for value, studies in d.stated]]
            for d in wanted
            if d.is_stated
        ]
        gaps = boxes.locator(".gaps li").all_text_contents()
        assert gaps == [
            f"{capital(d.respect)}: {', '.join(d.missing)}" for d in wanted if d.missing
        ]
        assert NOT_STATED not in boxes.locator("summary").inner_text()
    assert seen


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def test_the_population_finds_narrower_ones_and_no_others(comparison: Chosen) -> None:
    population = "rr-b-all"
    selection = {"regimen": ["blinatumomab", "inotuzumab"], "endpoint": "all", "parts": "1"}
    comparison.open(selection | {"population": population})
    found = comparison.claims("#compare-answer")
    allowed = {f"{f.claim.study}#{f.claim.id}" for f in records().claims(population=population)}
    assert found
    assert found <= allowed
    comparison.open(selection)
    assert comparison.claims("#compare-answer") > found


def test_what_is_set_aside_is_struck_and_says_why(comparison: Chosen) -> None:
    comparison.open({"regimen": ["blinatumomab", "inotuzumab"], "endpoint": "all", "parts": "1"})
    struck = comparison.page.locator("a.is-set-aside")
    assert struck.count() > 0
    for one in comparison.claims("#compare-answer"):
        claim = records().claim(one)
        if claim.standing.value == "set-aside" and claim.claim.kind == "comparison":
            line = comparison.page.locator(f'tr:has([data-claims~="{one}"])').first
            assert not line.is_visible(), "it is not shown as the answer"
            comparison.page.locator(f'.aside:has([data-claims~="{one}"]) > summary').click()
            line.locator("details.why:has(.set-aside) summary").click()
            assert line.locator("details.why:has(.set-aside) a").first.is_visible()
            return
    pytest.fail("no comparison is set aside")


def test_a_derived_interval_is_marked(comparison: Chosen) -> None:
    comparison.open({"regimen": ["blinatumomab", "inotuzumab"], "endpoint": "all"})
    derived = comparison.page.locator(".derived")
    assert derived.count() > 0
    assert all(text.startswith("derived 95% CI") for text in derived.all_inner_texts())


def test_a_phone_shows_every_part_of_a_comparison_and_of_a_study(
    browser: Browser, address: str
) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 360, "height": 740})
    chosen = "regimen=inotuzumab&regimen=blinatumomab&population=rr-b-all"
    for path, cells in (
        (f"compare/#{chosen}", "table.compared td"),
        ("study/tower/", "#main-results ~ .results table.arms .fig"),
        ("endpoint/cCR/", ".plot-table td[data-column]"),
    ):
        page.goto(f"{address}{path}")
        expect(page.locator(cells).first).to_be_attached(timeout=15000)
        page.locator(FOLDED).evaluate_all(UNFOLD)
        expect(page.locator(cells).first).to_be_visible()
        sides = page.locator(cells).evaluate_all(
            "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().right)"
        )
        assert len(sides) > 5
        assert max(sides) <= 360, path
    page.close()


# --- choosing --------------------------------------------------------------------------------


def test_the_choice_is_in_the_address_and_restored(
    comparison: Chosen, context: BrowserContext
) -> None:
    from playwright.sync_api import expect

    comparison.open({"regimen": ["blinatumomab", "inotuzumab"]})
    page = comparison.page
    page.get_by_label("Regimen B").select_option("standard-chemotherapy")
    page.get_by_label("Population").select_option("rr-ph-negative")
    page.get_by_label("Subgroups and categories too").check()
    selection = (
        "regimen=blinatumomab&regimen=standard-chemotherapy&population=rr-ph-negative&parts=1"
    )
    expect(page).to_have_url(re.compile(f"#{selection}$"))
    other = Chosen(context.new_page(), comparison.address.removesuffix("compare/"), "compare")
    other.page.goto(page.url)
    expect(other.status).to_have_text(comparison.status.inner_text())
    expect(other.page.get_by_label("Population")).to_have_value("rr-ph-negative")
    page.go_back()
    expect(page.get_by_label("Subgroups and categories too")).not_to_be_checked()


def test_a_third_regimen_is_added_and_removed_by_keyboard(comparison: Chosen) -> None:
    from playwright.sync_api import expect

    comparison.open({"regimen": ["blinatumomab", "inotuzumab"]})
    page = comparison.page
    third = page.get_by_role("combobox", name="Regimen C")
    page.get_by_role("button", name="Add a regimen").focus()
    page.keyboard.press("Enter")
    expect(third).to_be_focused()
    page.keyboard.type("Standard")
    third.select_option("standard-chemotherapy")
    heads = page.locator("table.single thead th").all_inner_texts()
    assert heads[3:] == ["Standard chemotherapy"]
    page.get_by_role("button", name="Remove Regimen C").focus()
    page.keyboard.press("Enter")
    expect(third).to_have_count(0)


def test_endpoints_are_chosen_with_those_below(comparison: Chosen) -> None:
    comparison.open({"regimen": ["blinatumomab", "inotuzumab"], "endpoint": "RESPONSE"})
    below = records().vocabulary.narrower("endpoint", "RESPONSE")
    found = comparison.claims("#compare-answer")
    assert found
    assert {records().claim(one).claim.measure.endpoint for one in found} <= below


def test_a_known_pair_is_one_click_away(comparison: Chosen) -> None:
    comparison.open()
    comparison.page.locator(".compare-known > summary").click()
    comparison.page.locator("#compare-known a").nth(1).click()
    assert comparison.page.locator("table.direct").count() > 0


# --- for everybody ---------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_it_is_accessible_still_and_quiet(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    with watched(browser, address, "compare", width, scheme) as comparison:
        for selection in (
            {},
            {"regimen": ["blinatumomab", "inotuzumab", "standard-chemotherapy"], "parts": "1"},
        ):
            comparison.open(selection)
            assert comparison.violations() == []
            assert comparison.shifted() < 0.02
        comparison.page.locator("#compare-answer details").evaluate_all(
            "all => all.forEach(box => { box.open = true })"
        )
        assert comparison.violations() == []
