"""The pages of a built site by kind, found in the site itself, so that a new kind is seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from support.built_site import built_site, records

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

USUAL = 200_000
"""Bytes: a page of more has nothing that smaller ones of its kind have not, only more of it."""

AHEAD = 3
"""How many pages are opened before the first of them is waited for."""


def file_of(folder: Path, address: str) -> Path:
    """Return the file of a page that is at an address relative to the site."""
    return folder / address / ("" if address.endswith(".html") else "index.html")


def pages_by_kind(folder: Path) -> dict[str, list[str]]:
    """Gather addresses: ``study/*`` are the pages below the list ``study``."""
    addresses: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder)
        if name.name != "index.html":
            addresses[name.name] = [name.as_posix()]
            continue
        top, *below = name.parent.parts or ("home",)
        address = name.as_posix().removesuffix("index.html")
        addresses.setdefault(top + "/*" * len(below), []).append(address)
    return addresses


def one_of_each_kind(folder: Path) -> dict[str, str]:
    """Choose the fullest page of each kind that is not unusually large."""

    def rank(address: str) -> tuple[bool, int]:
        size = file_of(folder, address).stat().st_size
        return (size <= USUAL, size if size <= USUAL else -size)

    return {kind: max(addresses, key=rank) for kind, addresses in pages_by_kind(folder).items()}


def stand_at_its_own_path(page: Page, address: str) -> None:
    """Let the site stand at its own path too, as 404.html needs."""
    home = urlparse(records().evidence.dataset.base).path

    def answer(route: Route) -> None:
        route.fulfill(path=built_site() / urlparse(route.request.url).path.removeprefix(home))

    page.route(f"{address.rstrip('/')}{home}**", answer)


def visit(page: Page, address: str, path: str) -> None:
    """Open a page and wait until what it is made of by programs is there."""
    from playwright.sync_api import expect

    # While anything is answered here, the browser keeps no file of the site.
    page.unroute_all(behavior="wait")
    if path == "404.html":
        stand_at_its_own_path(page, address)
    page.goto(f"{address}{path}")
    name = path.rstrip("/")
    if name == "console":
        page.locator("table.answer").wait_for(timeout=20_000)
    elif name in ("explore", "compare", "forest", "embed/forest"):
        status = f"#{name.rpartition('/')[2]}-status"
        expect(page.locator(status)).not_to_contain_text("Loading", timeout=20_000)


def settled(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield each page when it asks for nothing more; the next ones are opened while it may."""
    waiting: deque[Page] = deque()
    for page in pages:
        waiting.append(page)
        if len(waiting) > AHEAD:
            waiting[0].wait_for_load_state("networkidle")
            yield waiting.popleft()
    for page in waiting:
        page.wait_for_load_state("networkidle")
        yield page
