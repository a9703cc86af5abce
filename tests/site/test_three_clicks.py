"""From the home page, every page is three links away at most.

A page that has moved is left out: only old links lead to it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urljoin

from support.built_site import page, pages

CLICKS = 3


def reached(site: Path, start: str) -> dict[str, int]:
    """The pages that links lead to, with the number of clicks that it takes."""
    every, clicks, last = set(pages(site)), {start: 0}, [start]
    while last:
        found = {target for path in last for target in linked(site, path)} & every
        number = clicks[last[0]] + 1
        last = sorted(found - clicks.keys())
        clicks.update(dict.fromkeys(last, number))
    return clicks


def linked(site: Path, path: str) -> set[str]:
    """The files that the links of a page lead to."""
    addresses = (link.partition("#")[0].partition("?")[0] for link in page(site, path).links)
    found = (unquote(urljoin(f"/{path}", link))[1:] for link in addresses if "//" not in link)
    return {f"{one}index.html" if one.endswith("/") or not one else one for one in found}


def test_every_page_is_at_most_three_clicks_from_the_home_page(site_folder: Path) -> None:
    clicks = reached(site_folder, "index.html")
    far = {path for path in pages(site_folder) if clicks.get(path, CLICKS + 1) > CLICKS}
    moved = {path for path in far if has_moved(site_folder / path)}
    assert far - moved == {"404.html"}


def has_moved(path: Path) -> bool:
    return "<title>Moved to " in path.read_text(encoding="utf-8")
