"""The console in a browser, as its user sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from kb.stores.base import Cell
from support.built_site import records

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

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

    def choose(self, question: str) -> None:
        """Choose a question from the list; its answer is there when the address names it."""
        from playwright.sync_api import expect

        self.page.locator("#console-question").select_option(question)
        expect(self.page).to_have_url(re.compile(rf"#question={question}(&|$)"))

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
        return Path(waiting.value.path()).read_bytes().decode("utf-8-sig")

    def rows(self) -> list[list[str]]:
        rows: list[list[str]] = self.table.evaluate(
            "t => [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.textContent))"
        )
        return rows

    def head(self, name: str) -> Locator:
        return self.table.get_by_role("button", name=name, exact=True)


def as_text(value: Cell) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def expected(query: str) -> list[list[str]]:
    """What the Python lookup answers, as the rows of a CSV file."""
    table = records().sparql(query)
    return [list(table.columns), *[[as_text(v) for v in row.values()] for row in table]]
