"""The matrix of the comparison: each cell against the records, on any screen, by keyboard."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from support.built_site import records, rows, the_site
from support.chosen_page import FOLDED, TOO_WIDE, UNFOLD, Chosen, watched

from kb.model import Claim
from kb.site.pages.compare import ComparisonData, comparison_starts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser

PAIR = {"regimen": ["inotuzumab", "blinatumomab"]}

# All states of the page in one visit: each cell with its claims, and the results that it offers.
WALK = """
async states => {
  const read = () => [...document.querySelectorAll("table.single tbody")].map(body => [
    body.querySelector(".of-endpoint").dataset.endpoint,
    [...body.querySelectorAll("tr:not(:has(.of-endpoint))")].map(row =>
      [...row.querySelectorAll("td")].map(cell => ({
        figures: [...cell.querySelectorAll(".the-figure a")].map(a => a.dataset.claims),
        hidden: [...cell.querySelectorAll("button[data-hidden]")]
          .reduce((sum, one) => sum + Number(one.dataset.hidden), 0),
        isEmpty: cell.querySelector(".compare-empty")?.textContent === "not reported",
      }))),
  ]);
  const found = [];
  for (const state of states) {
    const changed = new Promise(done => addEventListener("hashchange", done, { once: true }));
    location.hash = state;
    await changed;
    const others = document.querySelector(".compare-figures .compare-rest button[data-hidden]");
    found.push({ endpoints: read(), others: Number(others?.dataset.hidden ?? 0) });
  }
  return found;
}
"""


@pytest.fixture
def comparison(context: BrowserContext, address: str) -> Chosen:
    return Chosen(context.new_page(), address, "compare")


@pytest.fixture(scope="module")
def figures() -> list[dict[str, Any]]:
    return rows(dict(ComparisonData(the_site()).data())["figures"])


def column(regimen: str, chosen: tuple[str, ...]) -> set[str]:
    """The chosen regimens whose column a regimen belongs to: the nearest that hold it."""
    narrower = records().vocabulary.narrower
    fits = {one for one in chosen if regimen in narrower("regimen", one)}
    return {
        one
        for one in fits
        if not any(two != one and two in narrower("regimen", one) for two in fits)
    }


@pytest.mark.parametrize(
    "selection",
    [
        {"endpoint": "all"},
        {"endpoint": "all", "parts": "1"},
        {"endpoint": ["cCR", "OS"], "population": "rr-b-all"},
        {"population": "newly-diagnosed", "endpoint": "all"},
        {},
    ],
    ids=lambda selection: urlencode(selection, doseq=True) or "main",
)
def test_no_cell_looks_empty_where_a_filter_hides_a_result(
    comparison: Chosen, figures: list[dict[str, Any]], selection: dict[str, Any]
) -> None:
    """Every regimen beside the next one, every endpoint: what is shown and offered is all."""
    used = [t.notation for t in records().vocabulary.schemes["regimen"].values()]
    used = [name for name in used if any(column(f["regimen"], (name,)) for f in figures)]
    couples = list(pairwise([*used, used[0]]))
    comparison.open(PAIR)
    states = [
        urlencode({"regimen": pair, **selection, "n": at}, doseq=True)
        for at, pair in enumerate(couples)
    ]
    found = comparison.page.evaluate(WALK, states)
    hidden_cells = 0
    for pair, page in zip(couples, found, strict=True):
        of = [(f, column(f["regimen"], pair)) for f in figures]
        wanted = Counter((f["endpoint"], name) for f, names in of for name in names)
        shown: Counter[tuple[str, str]] = Counter()
        for endpoint, lines in page["endpoints"]:
            for cells in lines:
                for name, cell in zip(pair, cells, strict=True):
                    shown[endpoint, name] += len(cell["figures"]) + cell["hidden"]
                    hidden_cells += bool(cell["hidden"] and not cell["figures"])
                    assert cell["isEmpty"] != bool(cell["figures"] or cell["hidden"]), (
                        pair,
                        endpoint,
                    )
        in_table = {endpoint for endpoint, _ in page["endpoints"]}
        assert +shown == Counter({k: n for k, n in wanted.items() if k[0] in in_table}), pair
        rest = sum(bool(names) for f, names in of if f["endpoint"] not in in_table)
        assert page["others"] == rest, pair
    assert bool(hidden_cells) == ("parts" not in selection)


def test_rows_and_columns_are_those_of_the_records(comparison: Chosen) -> None:
    comparison.open({**PAIR, "endpoint": "all", "parts": "1"})
    cells = comparison.page.locator("table.single td .the-figure a").evaluate_all(
        """all => all.map(a => [
          a.dataset.claims,
          a.textContent,
          a.closest("tbody").querySelector(".of-endpoint").dataset.endpoint,
          a.closest("tr").querySelector("th").firstChild.textContent,
          a.closest("td").dataset.column,
          a.closest(".one-study").querySelector("a").textContent,
        ])"""
    )
    assert len(cells) > 200
    vocabulary = records().vocabulary
    names = {f"{vocabulary.get('regimen', n).label}".lower(): n for n in PAIR["regimen"]}
    for claims, text, endpoint, row, regimen, study in cells:
        for one in claims.split(" "):
            view = records().claim(one)
            claim = view.claim
            assert claim.measure.endpoint == endpoint
            assert records().study(claim.study).name == study
            given = claim.measure.regimen or view.group.regimen
            assert given in vocabulary.narrower("regimen", names[regimen.lower()])
        first = records().claim(claims.split(" ")[0]).claim
        # A source that leaves the denominator open is shown with one that states it.
        assert any(fits(records().claim(one).claim, row) for one in claims.split(" ")), (
            row,
            claims,
        )
        assert not first.figure.digits or first.figure.digits in text, one


def fits(claim: Claim, row: str) -> bool:
    """Whether a claim is of the denominator of a row, or of its statistic or time."""
    vocabulary = records().vocabulary
    groups = {(g.study, g.id): g for g in records().evidence.groups}
    group = groups[claim.study, claim.measure.group]
    chain = [group]
    while chain[-1].within:
        chain.append(groups[claim.study, chain[-1].within])
    is_whole = all(g.kind in ("whole", "arm", "cohort", "analysis-set") for g in chain)
    if row == "In words":
        return claim.figure.value is None
    if row == "Of those with a response":
        known = vocabulary.schemes["endpoint"]
        return group.who_endpoint in known and "RESPONSE" in vocabulary.upwards(
            "endpoint", group.who_endpoint
        )
    if row.startswith("Of "):
        return is_whole == row.startswith("Of all patients")
    if row.startswith("At "):
        return row.removeprefix("At ") == claim.measure.time.at
    return row.lower() == vocabulary.get("statistic", claim.measure.statistic).label


def test_values_beside_a_comparison_are_those_it_was_printed_with(comparison: Chosen) -> None:
    comparison.open(
        {"regimen": ["blinatumomab", "standard-chemotherapy"], "endpoint": "all", "parts": "1"}
    )
    lines = comparison.page.locator("table.direct tbody tr").evaluate_all(
        """all => all.map(row => [
          row.querySelector("td.result [data-claims]").dataset.claims.split(" "),
          [...row.querySelectorAll("td.side")].map(side => [
            side.dataset.column,
            ...(side.querySelector("a")?.dataset.claims.split(" ") ?? []),
          ]),
        ])"""
    )
    assert sum(len(side) > 1 for _, sides in lines for side in sides) > 10
    for own, sides in lines:
        view = records().claim(own[0])
        values = {f"{v.claim.study}#{v.claim.id}" for v in view.values}
        assert {claim for _, *claims in sides for claim in claims} <= values
        for regimen, *claims in sides:
            for one in claims:
                label = (
                    records().vocabulary.get("regimen", records().claim(one).group.regimen).label
                )
                assert label.lower() == regimen.lower()


def test_what_a_judgement_set_aside_is_folded_and_never_first(comparison: Chosen) -> None:
    comparison.open({**PAIR, "endpoint": "CR"})
    struck = comparison.page.locator("a.is-set-aside")
    assert struck.count() > 0
    assert not struck.first.is_visible()
    for fold in comparison.page.locator(".aside").all():
        assert "set aside by a judgement" in fold.locator("> summary").inner_text()
    assert (
        comparison.page.locator(".is-set-aside").count()
        == comparison.page.locator(".aside .is-set-aside").count()
    )


def test_hidden_results_are_shown_where_they_belong_by_keyboard(comparison: Chosen) -> None:
    from playwright.sync_api import expect

    comparison.open({**PAIR, "endpoint": ["CR", "MRD_NEG"]})
    page = comparison.page
    body = page.locator('tbody:has([data-endpoint="MRD_NEG"])')
    other = page.locator('tbody:has([data-endpoint="CR"]) button[data-hidden]')
    before, others = body.locator(".one-figure").count(), other.count()
    wanted = sum(
        int(b.get_attribute("data-hidden") or 0) for b in body.locator("button[data-hidden]").all()
    )
    assert wanted
    body.locator("button[data-hidden]").first.focus()
    page.keyboard.press("Enter")
    expect(body.locator(".one-figure")).to_have_count(before + wanted)
    expect(body.locator(".of-endpoint")).to_be_focused()
    assert other.count() == others, "the others stay as they were"
    expect(page).to_have_url(re.compile(r"parts=MRD_NEG$"))
    page.reload()
    expect(body.locator(".one-figure")).to_have_count(before + wanted)


def test_the_first_page_leads_to_the_leading_comparison(
    context: BrowserContext, address: str
) -> None:
    """The rates of both antibodies, each with its denominator and source, in one click."""
    from playwright.sync_api import expect

    start = comparison_starts(the_site())[0]
    page = context.new_page()
    page.goto(address)
    page.locator("main, .md-content").get_by_role("link", name=start.title).first.click()
    expect(page.locator("#compare[data-ready]")).to_be_visible()
    assert page.locator("table.single .of-endpoint").count() >= len(start.endpoints)
    wanted = {"CR": ("35.8%", "34%"), "MRD_NEG": ("69/88 (78.4%)", "76%")}
    for endpoint, texts in wanted.items():
        body = page.locator(f'tbody:has([data-endpoint="{endpoint}"])')
        for at, text in enumerate(texts):
            cell = body.locator(f"td:nth-child({at + 2}) .one-figure", has_text=text).first
            expect(cell).to_be_visible()
            assert cell.locator('a[href*="source/"]').count() > 0
    row = page.locator(
        'tbody:has([data-endpoint="MRD_NEG"]) tr', has_text="Of those with a response"
    ).first
    assert "69/88" in row.inner_text()


def test_the_page_opens_with_the_leading_comparison(comparison: Chosen) -> None:
    comparison.open()
    start = comparison_starts(the_site())[0]
    values = comparison.page.locator(".compare-regimens select").evaluate_all(
        "all => all.map(s => s.value)"
    )
    assert tuple(values) == start.regimens
    shown = comparison.page.locator(".of-endpoint").evaluate_all(
        "all => all.map(e => e.dataset.endpoint)"
    )
    assert tuple(shown[: len(start.endpoints)]) == start.endpoints


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_shows_cards_with_every_part_and_scrolls_only_down(
    browser: Browser, address: str, width: int
) -> None:
    with watched(browser, address, "compare", width, "light") as comparison:
        for regimens in (PAIR["regimen"], ["blinatumomab", "standard-chemotherapy", "inotuzumab"]):
            comparison.open({"regimen": regimens})
            page = comparison.page
            page.locator(FOLDED).evaluate_all(UNFOLD)
            assert page.evaluate(TOO_WIDE) == 0
            hidden = page.locator(
                "#compare-answer :is(td, th[scope], .the-figure, button)"
            ).evaluate_all(
                """(all, width) => all
                  .filter(e => !e.closest("thead, details:not([open]) > :not(summary)"))
                  .filter(e => !e.checkVisibility()
                    || e.getBoundingClientRect().right > width
                    || e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1)
                  .map(e => e.outerHTML.slice(0, 200))""",
                width,
            )
            assert hidden == []
            boxes = page.locator("#compare-answer .scroll").evaluate_all(
                "all => all.map(box => box.scrollWidth - box.clientWidth)"
            )
            assert boxes
            assert max(boxes) <= 0
            labels = page.locator("table.single td").first.evaluate(
                "cell => getComputedStyle(cell, '::before').content"
            )
            assert records().vocabulary.get("regimen", regimens[0]).label.lower() in labels.lower()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_matrix_keeps_its_roles_and_is_accessible(
    browser: Browser, address: str, scheme: str
) -> None:
    for width in (390, 1440):
        with watched(browser, address, "compare", width, scheme) as comparison:
            comparison.open({**PAIR, "endpoint": ["cCR", "CR", "MRD_NEG", "OS"], "parts": "CR"})
            roles = comparison.page.get_by_role("table", include_hidden=False)
            assert (
                roles.count()
                == comparison.page.locator("#compare-answer > section > .scroll table").count()
            )
            assert comparison.page.get_by_role("columnheader", name="Inotuzumab ozogamicin").count()
            comparison.page.locator("#compare-answer details").evaluate_all(
                "all => all.forEach(box => { box.open = true })"
            )
            assert comparison.violations() == []
