"""The explorer and the comparison in a browser, as their users see them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from support.environment import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = ROOT / "site" / "front" / "node_modules" / "axe-core" / "axe.min.js"
SHIFTS = (
    "window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach("
    "e => { if (!e.hadRecentInput) window.shifted += e.value }))"
    ".observe({type: 'layout-shift', buffered: true})"
)
FOLDED = '.fold[aria-expanded="false"]'
UNFOLD = "all => all.forEach(button => button.click())"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

Selection = Mapping[str, str | Sequence[str]]


class Chosen:
    """A page whose state is in its address."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        self.address = f"{address}{name}/"
        self.name = name
        self.status = page.locator(f"#{name}-status")

    def open(self, selection: Selection | None = None) -> None:
        """Open the page at a state, as a link does, and wait until it shows something."""
        from playwright.sync_api import expect

        fragment = f"#{urlencode(selection, doseq=True)}" if selection else ""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}{fragment}")
        expect(self.status).not_to_have_text(re.compile("Loading"), timeout=20_000)

    def number(self) -> int:
        """How many claims the explorer says it shows."""
        count = re.match(r"(?:All )?([\d,]+)", self.status.inner_text())
        assert count, self.status.inner_text()
        return int(count[1].replace(",", ""))

    def download(self, name: str) -> str:
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name=name, exact=True).click()
        return Path(waiting.value.path()).read_bytes().decode("utf-8-sig")

    def claims(self, within: str) -> set[str]:
        """The claims behind what a part of the page shows, as ``<study>#<claim>``."""
        links = self.page.locator(f"{within} [data-claims]")
        addresses: list[str] = links.evaluate_all(
            "all => all.flatMap(a => a.dataset.claims.split(' '))"
        )
        return set(addresses)

    def shifted(self) -> float:
        """How far parts of the page moved by themselves, as browsers measure it."""
        moved: float = self.page.evaluate("window.shifted")
        return moved

    def violations(self) -> list[str]:
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        texts: list[str] = self.page.evaluate(
            f"axe.run('#{self.name}').then(r => r.violations.flatMap("
            "v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 120)} ${n.failureSummary}`)))"
        )
        return texts


@contextmanager
def watched(browser: Browser, address: str, name: str, width: int, scheme: Any) -> Iterator[Chosen]:
    """Open a page whose requests and errors are counted; there must be none at the end."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    foreign: list[str] = []
    errors: list[str] = []
    page.on("request", lambda r: foreign.append(r.url))
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.add_init_script(SHIFTS)
    yield Chosen(page, address, name)
    assert page.evaluate(TOO_WIDE) == 0
    context.close()
    own = (address, "data:", "blob:", "about:")
    assert not [url for url in foreign if not url.startswith(own)]
    assert not errors
