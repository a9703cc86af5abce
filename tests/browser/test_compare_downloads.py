"""A download of the comparison is what is shown; unknown names in an address are reported."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from support.built_site import records
from support.chosen_page import Chosen

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser
PAIR = {"regimen": ["blinatumomab", "standard-chemotherapy"]}


@pytest.fixture
def comparison(context: BrowserContext, address: str) -> Chosen:
    return Chosen(context.new_page(), address, "compare")


def taken(rows: list[dict[str, str]]) -> set[str]:
    return {claim for row in rows for claim in row["claims"].split()}


@pytest.mark.parametrize("more", [{}, {"endpoint": ["OS"]}, {"endpoint": ["all"], "parts": "1"}])
def test_the_files_hold_exactly_the_claims_that_are_shown(
    comparison: Chosen, more: dict[str, str]
) -> None:
    comparison.open({**PAIR, **more})
    shown = comparison.claims(".compare-answer")
    assert shown
    table = list(csv.DictReader(io.StringIO(comparison.download("CSV"))))
    assert taken(table) == shown
    assert json.loads(comparison.download("JSON")) == table
    direct = comparison.page.locator("table.direct tbody tr").count()
    assert sum(row["part"] == "direct" for row in table) == direct


def test_the_query_answers_with_the_claims_that_are_shown(comparison: Chosen) -> None:
    comparison.open({**PAIR, "endpoint": ["OS"]})
    href = comparison.page.get_by_role("link", name="SPARQL", exact=True).get_attribute("href")
    query = parse_qs(urlsplit(str(href)).fragment)["query"][0]
    base = records().iris.base
    found = {str(row["claim"]).removeprefix(f"{base}study/") for row in records().sparql(query)}
    assert {unquote(name) for name in found} == comparison.claims(".compare-answer")


def test_an_address_that_names_what_nothing_is_called_says_so(comparison: Chosen) -> None:
    comparison.open(
        {
            "regimen": ["blinatumomap", "inotuzumab"],
            "population": "no-such-people-at-all-anywhere",
            "endpoint": ["0S"],
        }
    )
    text = comparison.page.locator("#compare-unknown").inner_text()
    assert "No regimen is called “blinatumomap”; did you mean “blinatumomab”" in text
    assert "No population is called “no-such-people-at-all-anywhere”." in text
    assert "No endpoint is called “0S”; did you mean “OS”" in text


def test_an_address_that_is_understood_says_nothing_more(comparison: Chosen) -> None:
    comparison.open({**PAIR, "endpoint": ["all"], "parts": "1"})
    assert comparison.page.locator("#compare-unknown").inner_text() == ""


def test_more_regimens_than_stand_side_by_side_are_not_dropped_in_silence(
    comparison: Chosen,
) -> None:
    names = list(records().vocabulary.schemes["regimen"])[:6]
    comparison.open({"regimen": names})
    assert "the address names 2 more" in comparison.page.locator("#compare-unknown").inner_text()
