"""mkdocs builds the pages: those that changed, while the others are taken from the last build.

Run as a program, so that mkdocs has a process, a working folder and an environment of its own:
``python -m kb.site.rendering FOLDER``, which begins when it is told that the pages stand, and
which build was the last. Where there are many pages, copies of the process build some of them.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
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
from mkdocs.structure.files import File, Files, InclusionLevel, get_files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme

from kb.errors import UnavailableError
from kb.site.asides import put_back, set_aside
from kb.site.compiled import compiled
from kb.site.data.search_index import entries
from kb.site.handover import BEGIN, link
from kb.util.parallel import MOST, beside, processors

_INDEX: Final = "search/search_index.json"
_FEW: Final = 100
"""So many pages are built before a copy of the process would have begun."""

Entries = dict[str, list[Any]]
"""What the search finds of pages, by their address."""


class Some(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """Has mkdocs build some of the pages and nothing else, and notes what the search finds there.

    The others stay known, so that pages may lead to them.

    Args:
        own: the pages to be built, by their place in the folder of Markdown.
        before_each: called before each page, to end where nobody waits for it any more.
    """

    def __init__(self, own: Collection[str], before_each: Callable[[], None]) -> None:
        """Begin with no page seen."""
        self._own = own
        self._before_each = before_each
        self.entries: Entries = {}
        self._aside: dict[str, list[str]] = {}

    def on_files(self, files: Files, /, **_around: Any) -> Files:
        """Leave out what is no page."""
        for file in [file for file in files if not file.is_documentation_page()]:
            files.remove(file)
        return files

    def on_nav(self, nav: Navigation, /, *, files: Files, **_around: Any) -> Navigation:
        """Leave out the pages that are not to be built; the navigation has them by now."""
        for file in files.documentation_pages():
            if file.src_uri not in self._own:
                file.inclusion = InclusionLevel.EXCLUDED
        return nav

    def on_pre_page(self, page: Page, /, **_around: Any) -> Page:
        """End with who asked for the pages: a folder that nobody waits for is to stay removed."""
        self._before_each()
        return page

    def on_post_page(self, output: str, /, **_around: Any) -> str:
        """End likewise while pages are written."""
        self._before_each()
        return output

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
        self.entries[page.url] = list(entries(page.url, title, html, page.meta))
        page.meta["search"] = {"exclude": True}
        return html


class Whole(Some):  # type: ignore[no-untyped-call]
    """Has mkdocs build some of the pages and all else, and brings in the pages of others.

    Args:
        own, before_each: as of ``Some``.
        last: the folder of a build with the same settings and theme, if there is one.
        reused: the addresses of pages that are taken from it.
        others: wait for what processes beside this one built: a folder, with its entries.
    """

    def __init__(
        self,
        own: Collection[str],
        before_each: Callable[[], None],
        last: Path | None,
        reused: Collection[str],
        others: Mapping[Path, Callable[[], Entries]],
    ) -> None:
        """Begin with no page seen."""
        super().__init__(own, before_each)
        self._last = last
        self._reused = reused
        self._others = others
        self._urls: list[str] = []

    def on_config(self, config: MkDocsConfig) -> None:
        """The theme's sitemap would lack the pages that are left out."""
        config.theme.static_templates.discard("sitemap.xml")

    def on_files(self, files: Files, /, **_around: Any) -> Files:
        """Keep all files; note the addresses of all pages."""
        self._urls = [file.url for file in files.documentation_pages()]
        return files

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Bring in the other pages, and write what goes over all pages."""
        site = Path(config.site_dir)
        if self._last:
            self._take_over(self._last / "site", site)
        for folder, wait in self._others.items():
            found = wait()
            self.entries |= found
            for url in found:
                (site / url).mkdir(parents=True, exist_ok=True)
                (folder / url / "index.html").rename(site / url / "index.html")
            shutil.rmtree(folder)
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
                self.entries.setdefault(url, []).append(entry)
        for url in self._reused:
            link(before / url / "index.html", site / url / "index.html")

    def _write_index(self, path: Path) -> None:
        """Put the entries into the index that the theme wrote, which holds its settings."""
        index = json.loads(path.read_text(encoding="utf-8"))
        index["docs"] = [entry for url in self._urls for entry in self.entries.get(url, ())]
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


def render(folder: Path, told: TextIO, made_with: str = "") -> None:
    """Build ``folder/site`` of ``folder/docs`` with ``folder/mkdocs.yml``, when told to.

    Settings and theme are read until then; what was made of the theme with some software is
    kept for the next build.

    Raises:
        mkdocs.exceptions.Abort: mkdocs found something wrong with the pages, and has said it.
        UnavailableError: it has, in a process beside this one.
    """
    config = load_config(str(folder / "mkdocs.yml"), strict=True)
    config.theme = _ReadTheme(config.theme, made_with)
    Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs).convert(
        "```sparql\nSELECT * { ?s ?p ?o }\n```\n```python\n1\n```"
    )  # which imports what it needs
    if told.readline() == BEGIN:
        last = told.readline().strip()
        _render(config, folder, Path(last) if last else None)


def _render(config: MkDocsConfig, folder: Path, last: Path | None) -> None:
    """Build the pages that changed, and those of the navigation, which mkdocs would miss."""
    parent = os.getppid()

    def stop_if_alone() -> None:
        if os.getppid() != parent:
            raise Abort("the build that asked for these pages is gone")

    pages = get_files(config).documentation_pages()
    first = set(_places(config.nav))
    reused = [f for f in pages if f.src_uri not in first and last and _is_unchanged(f, last)]
    left_out = {file.src_uri for file in reused}
    own, *shares = _shares([file for file in pages if file.src_uri not in left_out], first)
    with ExitStack() as stack:
        others = {}
        for number, share in enumerate(shares):
            place = folder / f"site-{number}"
            others[place] = stack.enter_context(beside(_building(config, place, share)))
        urls = [file.url for file in reused]
        config.plugins["kb/pages"] = Whole(own, stop_if_alone, last, urls, others)
        build(config)


def _building(
    config: MkDocsConfig, folder: Path, own: Collection[str]
) -> Callable[[Callable[[], None]], Entries]:
    """Return what builds some pages in a folder, in a copy of this process."""

    def work(end_if_alone: Callable[[], None]) -> Entries:
        some = Some(own, end_if_alone)
        config.plugins["kb/pages"] = some
        config.site_dir = str(folder)
        config.theme.static_templates.clear()
        try:
            build(config)
        except Abort as error:  # said by now, and a copy can pass on our own errors only
            raise UnavailableError(str(error)) from error
        return some.entries

    return work


def _is_unchanged(file: File, last: Path) -> bool:
    written, before = Path(str(file.abs_src_path)), last / "docs" / file.src_uri
    is_there = before.is_file() and (last / "site" / file.dest_uri).is_file()
    return is_there and (before.samefile(written) or before.read_bytes() == written.read_bytes())


def _shares(pages: Sequence[File], first: Collection[str]) -> list[set[str]]:
    """Divide pages by their size among processes, the first of which has those of ``first``."""
    number = min(processors(), MOST) if len(pages) > _FEW else 1
    shares: list[set[str]] = [set() for _ in range(number)]
    sizes = [0] * number
    largest = sorted(pages, key=lambda file: (file.src_uri not in first, -_size(file)))
    for file in largest:
        at = 0 if file.src_uri in first else sizes.index(min(sizes))
        shares[at].add(file.src_uri)
        sizes[at] += _size(file)
    return shares


def _size(file: File) -> int:
    return Path(str(file.abs_src_path)).stat().st_size


class _ReadTheme(Theme):
    """A theme whose templates are read, and are kept for the build."""

    def __init__(self, theme: Theme, made_with: str) -> None:
        """Read all templates that pages are made with."""
        vars(self).update(vars(theme))
        self._environment = super().get_env()
        self._environment.bytecode_cache = compiled(made_with)
        for folder in map(Path, self.dirs):
            for path in chain(folder.glob("*.html"), folder.glob("partials/**/*.html")):
                with suppress(TemplateError):  # some are for plugins that are not in use
                    self._environment.get_template(path.relative_to(folder).as_posix())

    def get_env(self) -> Environment:
        """Return the environment in which they are."""
        return self._environment


def main() -> None:
    """Build the folder that is named, with software that may be; say what is wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s - %(message)s")
    try:
        render(Path(sys.argv[1]), sys.stdin, *sys.argv[2:3])
    except (Abort, UnavailableError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
