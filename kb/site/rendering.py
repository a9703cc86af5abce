"""mkdocs builds the pages: those that changed, while the others are taken from the last build.

Run as a program, so that mkdocs has a process, a working folder and an environment of its own:
``python -m kb.site.rendering FOLDER``, which begins when it is told that the pages stand, and
which build was the last.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any, Final, TextIO

from jinja2 import Environment, TemplateError
from markdown import Markdown
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme

from kb.site.asides import put_back, set_aside
from kb.site.handover import BEGIN, link
from kb.site.indexing import entries
from kb.site.pages import compiled

_INDEX: Final = "search/search_index.json"


class Incremental(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """Leaves out pages whose Markdown is that of the last build, and brings in what was made then.

    Pages of the navigation are always built: mkdocs would miss them.

    Args:
        last: the folder of a build with the same settings and theme, if there is one.
    """

    def __init__(self, last: Path | None) -> None:
        """Begin with no page seen."""
        self._last = last
        self._parent = os.getppid()
        self._urls: list[str] = []
        self._reused: list[str] = []
        self._entries: dict[str, list[Any]] = {}
        self._aside: dict[str, list[str]] = {}

    def on_pre_page(self, page: Page, /, **_around: Any) -> Page:
        """End with who asked for the pages: a folder that nobody waits for is to stay removed."""
        self._stop_if_alone()
        return page

    def on_post_page(self, output: str, /, **_around: Any) -> str:
        """End likewise while pages are written."""
        self._stop_if_alone()
        return output

    def _stop_if_alone(self) -> None:
        if os.getppid() != self._parent:
            raise Abort("the build that asked for these pages is gone")

    def on_config(self, config: MkDocsConfig) -> None:
        """The theme's sitemap would lack the pages that are left out."""
        config.theme.static_templates.discard("sitemap.xml")

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Take the unchanged pages out of what mkdocs builds."""
        navigation = set(_places(config.nav))
        for file in list(files.documentation_pages()):
            self._urls.append(file.url)
            if file.src_uri not in navigation and self._is_unchanged(file):
                self._reused.append(file.url)
                files.remove(file)
        return files

    def _is_unchanged(self, file: File) -> bool:
        if self._last is None:
            return False
        written, before = Path(str(file.abs_src_path)), self._last / "docs" / file.src_uri
        is_there = before.is_file() and (self._last / "site" / file.dest_uri).is_file()
        return is_there and (
            before.samefile(written) or before.read_bytes() == written.read_bytes()
        )

    @event_priority(-100)
    def on_page_markdown(self, markdown: str, /, *, page: Page, **_around: Any) -> str:
        """Keep from Markdown what is none."""
        text, self._aside[page.url] = set_aside(markdown)
        return text

    @event_priority(-100)
    def on_page_content(self, html: str, /, *, page: Page, **_around: Any) -> str:
        """Note what the search finds of a page, and keep the theme from parsing it again."""
        html = put_back(html, self._aside.pop(page.url))
        title = str(page.meta.get("title", page.title))
        self._entries[page.url] = list(entries(page.url, title, html, page.meta))
        page.meta["search"] = {"exclude": True}
        return html

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Bring in the unchanged pages, and write what goes over all pages."""
        site = Path(config.site_dir)
        if self._last:
            self._take_over(self._last / "site", site)
        self._write_index(site / _INDEX)
        base = str(config.site_url)
        places = "\n".join(f"  <url><loc>{escape(base + url)}</loc></url>" for url in self._urls)
        (site / "sitemap.xml").write_text(_SITEMAP.format(places), encoding="utf-8")

    def _take_over(self, before: Path, site: Path) -> None:
        index = json.loads((before / _INDEX).read_text(encoding="utf-8"))
        reused = set(self._reused)
        for entry in index["docs"]:
            url = entry["location"].partition("#")[0]
            if url in reused:
                self._entries.setdefault(url, []).append(entry)
        for url in self._reused:
            link(before / url / "index.html", site / url / "index.html")

    def _write_index(self, path: Path) -> None:
        """Put the entries into the index that the theme wrote, which holds its settings."""
        index = json.loads(path.read_text(encoding="utf-8"))
        index["docs"] = [entry for url in self._urls for entry in self._entries.get(url, ())]
        path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), "utf-8")


_SITEMAP: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}
</urlset>
"""


def _places(navigation: Any) -> Iterator[str]:
    """The files that a navigation names, at any depth."""
    if isinstance(navigation, str):
        yield navigation
    else:
        parts = navigation.values() if isinstance(navigation, dict) else navigation or ()
        yield from chain.from_iterable(map(_places, parts))


def render(folder: Path, told: TextIO) -> None:
    """Build ``folder/site`` of ``folder/docs`` with ``folder/mkdocs.yml``, when told to.

    Settings and theme are read until then.

    Raises:
        mkdocs.exceptions.Abort: mkdocs found something wrong with the pages, and has said it.
    """
    config = load_config(str(folder / "mkdocs.yml"), strict=True)
    config.theme = _ReadTheme(config.theme)
    Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs).convert(
        "```sparql\nSELECT * { ?s ?p ?o }\n```\n```python\n1\n```"
    )  # which imports what it needs
    if told.readline() == BEGIN:
        last = told.readline().strip()
        config.plugins["kb/incremental"] = Incremental(Path(last) if last else None)
        build(config)


class _ReadTheme(Theme):
    """A theme whose templates are read, and are kept for the build."""

    def __init__(self, theme: Theme) -> None:
        """Read all templates that pages are made with."""
        vars(self).update(vars(theme))
        self._environment = super().get_env()
        self._environment.bytecode_cache = compiled()
        for folder in map(Path, self.dirs):
            for path in chain(folder.glob("*.html"), folder.glob("partials/**/*.html")):
                with suppress(TemplateError):  # some are for plugins that are not in use
                    self._environment.get_template(path.relative_to(folder).as_posix())

    def get_env(self) -> Environment:
        """Return the environment in which they are."""
        return self._environment


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s - %(message)s")
    try:
        render(Path(sys.argv[1]), sys.stdin)
    except Abort as error:
        sys.exit(str(error))
