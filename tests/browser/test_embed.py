"""A card or a plot in a page of another site: framed there, and nowhere else does a page let it."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.built_site import records
from support.served_build import Server
from support.site_pages import visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Frame, Page

pytestmark = pytest.mark.browser

CHOSEN = "#measure=OS.hazard-ratio&title=Antibodies"
HOSTILE = (
    "#measure=%3Cscript%3Ealert(1)%3C/script%3E&row=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"
    "&drug=constructor&drug=__proto__&title=%3Cimg%20src=x%20onerror=alert(1)%3E&group=toString"
)


class _Host(http.server.BaseHTTPRequestHandler):
    """A page of another site."""

    body = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<!DOCTYPE html><title>Host</title>{self.body}".encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Another site: its name differs from that of the server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def framed(page: Page, host: str, line: str) -> Frame | None:
    """Show a line of HTML in a page of another site, and return what its frame shows."""
    _Host.body = line
    page.goto(host, wait_until="load")
    frame = page.query_selector("iframe")
    assert frame
    shown = frame.content_frame()
    return None if shown is None or shown.url.startswith(("chrome-error:", "about:")) else shown


def line_of(page: Page, button: str, server: Server) -> str:
    page.get_by_role("button", name=re.compile(button)).first.click()
    line = str(page.evaluate("navigator.clipboard.readText()"))
    assert line.startswith("<iframe ")
    return line.replace(records().iris.base, f"http://127.0.0.1:{server.port}/")


def test_what_is_copied_shows_a_card_and_a_plot_in_another_site(
    browser: Browser, whole: Server, host: str
) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(permissions=permissions, bypass_csp=False)
    page, other = context.new_page(), context.new_page()
    address = f"http://127.0.0.1:{whole.port}/"
    page.goto(f"{address}study/tower/")
    card = framed(other, host, line_of(page, "Copy embed code of TOWER: main results", whole))
    assert card
    assert card.locator("h1").inner_text() == "TOWER"
    assert card.locator("table.key a.fig").count()
    footer = card.locator("footer").inner_text()
    assert records().evidence.dataset.title in footer
    assert re.search(r"kb \d\S*, records of \d+ \w+ \d{4}", footer)
    assert card.locator("nav, header, form, button").count() == 0
    links = card.locator("a").evaluate_all("links => links.map(a => a.href)")
    assert all(link.startswith(address) for link in links)
    visit(page, address, "study/campus-all/plots/")
    plot = framed(other, host, line_of(page, "^Copy embed code", whole))
    assert plot
    assert plot.locator(".plot-box svg").is_visible()
    context.close()


def test_a_chosen_forest_plot_shows_in_another_site(
    browser: Browser, whole: Server, host: str
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page, other = context.new_page(), context.new_page()
    address = f"http://127.0.0.1:{whole.port}/"
    visit(page, address, "forest/")
    page.goto(f"{address}forest/{CHOSEN}")
    page.locator("#forest-picture svg").wait_for()
    rows = page.locator("#forest-table tbody tr:not(.endpoint)").count()
    plot = framed(other, host, line_of(page, "^Copy embed code", whole))
    assert plot
    plot.locator("#forest-picture svg").wait_for()
    assert "Antibodies" in (plot.locator("#forest-picture svg").get_attribute("aria-label") or "")
    assert plot.locator("#forest-table tbody tr:not(.endpoint)").count() == rows
    link = plot.locator("#forest-link").evaluate("one => one.href")
    assert link == f"{address}forest/{CHOSEN}"
    context.close()


@pytest.mark.parametrize("path", ["", "study/tower/", "forest/", "console/", "compare/"])
def test_no_other_page_shows_in_another_site(
    context: BrowserContext, whole: Server, host: str, path: str
) -> None:
    line = f'<iframe src="http://127.0.0.1:{whole.port}/{path}"></iframe>'
    assert framed(context.new_page(), host, line) is None


def test_a_hostile_address_does_nothing(context: BrowserContext, whole: Server) -> None:
    page = context.new_page()
    wrong: list[str] = []
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda message: wrong.append(message.text) if message.type == "error" else None
    )
    page.goto(f"http://127.0.0.1:{whole.port}/embed/forest/{HOSTILE}")
    status = page.locator("#forest-status")
    status.get_by_text("There is no measure").wait_for()
    assert "drug “constructor”" in status.inner_text()
    assert page.locator("main img, main script").count() == 0
    assert wrong == []


def test_every_line_to_copy_names_a_page(site_folder: Path) -> None:
    base = records().iris.base
    lines = [
        unescape(line)
        for path in site_folder.glob("study/**/*.html")
        for line in re.findall(r'data-copy="(&lt;iframe [^"]+)"', path.read_text("utf-8"))
    ]
    named = {re.findall(r'src="([^"]+)"', line)[0].removeprefix(base) for line in lines}
    folder = site_folder / "embed/study"
    made = {f"{p.parent.relative_to(site_folder).as_posix()}/" for p in folder.rglob("*.html")}
    assert named == made


@pytest.mark.parametrize("width", [360, 700])
def test_an_embedded_page_fits_its_frame(
    browser: Browser, address: str, site_folder: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 600})
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    cards = ["embed/study/tower/", "embed/forest/"]
    plot = min(site_folder.glob("embed/study/campus-all/*/index.html")).parent
    for path in (*cards, f"{plot.relative_to(site_folder).as_posix()}/"):
        page.goto(f"{address}{path}", wait_until="networkidle")
        assert page.evaluate(over) == 0, path
    page.close()
