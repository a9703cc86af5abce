"""The site of the project's records, built once for all tests, and a parser of its pages."""

from __future__ import annotations

import functools
import gzip
import json
import os
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from kb.api.knowledge_base import KnowledgeBase
from kb.site.build import build_site
from kb.site.charts.drawing import Plot
from kb.site.charts.plots import Plots
from kb.site.context import SCHEMES, PageContext
from kb.site.data.search_index import SEARCH_INDEX
from support.environment import ROOT, made_once


@functools.cache
def records() -> KnowledgeBase:
    return KnowledgeBase(os.environ.get("KB_ROOT", ROOT))


@functools.cache
def built_site() -> Path:
    """The site of the project's records, built once for all tests."""
    return made_once("site", functools.partial(build_site, records())) / "site"


# --- a page for everything -------------------------------------------------------------------


class Reader(HTMLParser):
    """The ids and links of one page, and whether a script or handler is written into it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if (
                name in ("href", "src")
                and value
                and not (tag == "link" and "canonical" in str(attrs))
            ):
                self.links.append(value)
            if name.startswith("on"):
                self.inline.append(f"{tag} {name}={value}")


@functools.cache
def page(folder: Path, path: str) -> Reader:
    return Reader((folder / path).read_text(encoding="utf-8"))


def pages(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


def file_of(folder: Path, iri: str, base: str) -> Path:
    return folder / iri.removeprefix(base).partition("#")[0] / "index.html"


def rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Unpack a table."""
    length = len(next(iter(table.values()))["codes"])
    return [{n: c["values"][c["codes"][at]] for n, c in table.items()} for at in range(length)]


def search_rows(site: Path) -> dict[str, dict[str, Any]]:
    """The pages that the search of a built site knows, by their address."""
    index = json.loads(gzip.decompress((site / SEARCH_INDEX).read_bytes()))
    return {row["url"]: row for row in rows(index["pages"])}


@cache
def the_site() -> PageContext:
    return PageContext(records(), ROOT / "site")


@cache
def concept_plots() -> dict[str, list[Plot]]:
    """The plots of every concept's page, by the page's path."""
    site = the_site()
    plots = Plots(site)
    return {
        f"{scheme}/{term.segment}": plots.of_concept(term, evidence.get(term.notation, []))
        for scheme in SCHEMES
        for evidence in (site.evidence_on(scheme),)
        for term in site.with_page(scheme)
    }
