"""The theme's page around the content of a generated page.

mkdocs builds the hand-written pages, and an empty page with placeholders for each section: its
shell. Generated pages are filled into the shell of their section. mkdocs itself would need twice
as long for them as the whole build: it parses all HTML several times to leave it as it is.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from kb.errors import UnavailableError
from kb.model import Dataset
from kb.site.context import PageContext
from kb.site.page import Page

Part = tuple[str, str]
"""A heading of a page: its id, and its title as HTML."""

_PLACEHOLDER: Final = re.compile(
    "@@(content|title|description|head|root|base|address|toc|hide_navigation|hide_toc)@@"
)

# What the theme writes into a page. A test compares filled shells with pages that mkdocs built.
_SEARCH: Final = "search"
"""The folder of the search's index as mkdocs writes it."""

_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_CONTENT: Final = re.compile(r"<h1>@@content@@</h1>.*?</h2>", re.DOTALL)
_CANONICAL: Final = re.compile(r'(<link rel="canonical" href=")[^"]*')
_ADDRESS: Final = re.compile(r'((?:href|src)=")(?![a-z]+:|#)([^"]*)')
_NEIGHBOURS: Final = re.compile(r'<link rel="(?:prev|next)"[^>]*>')
_TOC_ITEM: Final = re.compile(r'<li class="md-nav__item">\s*<a href="#part".*?</li>', re.DOTALL)
_TOC: Final = re.compile(r'<label class="md-nav__title">.*?</ul>', re.DOTALL)
_TOC_IN_NAVIGATION: Final = re.compile(
    r'<input[^>]*id="__toc">.*?(<a [^>]*md-nav__link--active.*?</a>).*?</nav>', re.DOTALL
)


class Shell:
    """The page of a section with placeholders, to be filled with one page after another.

    Args:
        html: the page that mkdocs built.
        url: its address, relative to the site.
    """

    def __init__(self, html: str, url: str) -> None:
        html = _BLANK_LINES.sub("\n", html)
        html = _CONTENT.sub("@@content@@", html)
        html = _ADDRESS.sub(lambda link: f"{link[1]}@@root@@{_from_root(link[2], url)}", html)
        html = _CANONICAL.sub(r"\1@@address@@", html)
        # The paths from the page to the start of the site that the theme's scripts read.
        html = re.sub(r'("base": "|new URL\(")[^"]*', r"\1@@base@@", html)
        for sidebar in ("navigation", "toc"):
            html = re.sub(f'(data-md-type="{sidebar}") [^>]*', rf"\1@@hide_{sidebar}@@", html)
        item = _TOC_ITEM.search(html)
        self._item = item[0] if item else ""
        self._html = _TOC_ITEM.sub("@@toc@@", html)
        self._url = url
        self._pieces = cache(self._divide)

    def _divide(self, is_section: bool, has_parts: bool) -> list[str]:
        """Return the text around the placeholders, and their names at every second position."""
        html = self._html
        if not is_section:
            html = _NEIGHBOURS.sub("", html)
        if not is_section or not has_parts:
            # On narrow screens the menu has the contents of the page that the item links to.
            html = _TOC_IN_NAVIGATION.sub(r"\1", html).replace(' for="__toc"', "")
        return _PLACEHOLDER.split(html if has_parts else _TOC.sub("", html))

    def fill(
        self, page: Page, head: str, content: str, parts: Iterable[Part], dataset: Dataset
    ) -> str:
        """Return a page as HTML.

        Args:
            page: the page: its address, title and description.
            head: HTML for its head.
            content: HTML of the page itself.
            parts: the headings of its table of contents.
            dataset: the evidence base that it is a page of.
        """
        items = [
            self._item.replace("#part", f"#{name}").replace("@@part@@", title)
            for name, title in parts
        ]
        values = {
            "content": content,
            "title": escape(page.title),
            "description": escape(page.description or dataset.description),
            "head": head,
            "root": page.root or "./",
            "base": page.root.removesuffix("/") or ".",
            "address": f"{dataset.base}{page.url}",
            "toc": "\n".join(items),
            "hide_navigation": " hidden" if "navigation" in page.hide else "",
            "hide_toc": " hidden" if "toc" in page.hide else "",
        }
        pieces = self._pieces(page.url == self._url, bool(items)).copy()
        # All at once: a placeholder in a value is not filled.
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)


def _from_root(address: str, url: str) -> str:
    """Return a link of the page at ``url`` relative to the start of the site.

    >>> _from_root("../../assets/a.css", "cookbook/python/"), _from_root("..", "study/")
    ('assets/a.css', '')
    """
    return urljoin(f"/{url}", address).removeprefix("/")


class Shells:
    """The shells of all sections.

    Args:
        folder: the site that mkdocs built.
        sections: the pages that stand for a section.
        written: the parts of the hand-written pages, for the search.
    """

    def __init__(
        self, folder: Path, sections: Iterable[Page], written: Sequence[Mapping[str, str]] = ()
    ) -> None:
        self.written = written
        self._shells = {
            page.path: Shell((folder / page.url / "index.html").read_text("utf-8"), page.url)
            for page in sections
        }

    def of(self, page: Page) -> Shell:
        """Return the shell of a page's section."""
        return self._shells.get(page.path) or self._shells[_index(page.path)]


def build_shells(site: PageContext, pages: Iterable[Page], folder: Path) -> Shells:
    """Have mkdocs build the hand-written pages and the shells of the generated ones.

    Args:
        site: the evidence base, and the folder with settings, pages and theme.
        pages: all generated pages.
        folder: where ``site`` is to be built. ``docs`` in it is for mkdocs alone.

    Raises:
        UnavailableError: mkdocs is not installed, or it refuses a page or the settings.
    """
    sections = section_pages(pages)
    docs = folder / "docs"
    for name, path in written_pages(site).items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, docs / name)
    for page in sections:
        path = docs / f"{page.path}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(_markdown(page), encoding="utf-8")
    _run_mkdocs(site, docs, folder / "site")
    shutil.rmtree(docs)
    return Shells(folder / "site", sections, _without_search(folder / "site"))


def _without_search(site: Path) -> list[Mapping[str, str]]:
    """Remove the theme's search from a site, and return its index of the hand-written pages."""
    index: dict[str, Any] = json.loads((site / _SEARCH / "search_index.json").read_text("utf-8"))
    for name in (_SEARCH, "assets/javascripts/workers", "assets/javascripts/lunr"):
        shutil.rmtree(site / name)
    return list(index["docs"])


def written_pages(site: PageContext) -> dict[str, Path]:
    """Return the hand-written pages by their path.

    They are those of the project's ``site/pages``, else how to read the pages: the other pages of
    this software describe the software.
    """
    own = site.base.root / "site" / "pages"
    folder, names = (own, "**/*.md") if own.is_dir() else (site.folder / "pages", "about.md")
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.glob(names))}


def section_pages(pages: Iterable[Page]) -> list[Page]:
    """Return the pages that have a shell of their own: all but the members of a section."""
    every = {page.path: page for page in pages}
    return [page for path, page in every.items() if every.get(_index(path), page) is page]


def _index(path: str) -> str:
    """Return where the index of a page's kind would be: ``study/index`` for ``study/tower``."""
    return f"{path.partition('/')[0]}/index"


def _markdown(page: Page) -> str:
    metadata = {
        "title": "@@title@@",
        "description": "@@description@@",
        "head": "@@head@@",
        "program": page.program,
        "search": {"exclude": True},  # data/search_index.py has its entries
    }
    return f"---\n{json.dumps(metadata)}\n---\n\n<h1>@@content@@</h1>\n\n## @@part@@ {{: #part }}\n"


def _run_mkdocs(site: PageContext, docs: Path, target: Path) -> None:
    try:
        from mkdocs.commands.build import build
        from mkdocs.config import load_config
        from mkdocs.exceptions import MkDocsException
    except ImportError as error:
        raise UnavailableError(
            "the site needs mkdocs and its theme: pip install 'kb-evidence[site]'"
        ) from error
    settings = theme_settings(site.evidence.dataset)
    with _Warnings() as messages:
        try:
            config = load_config(
                str(site.folder / "mkdocs.yml"),
                docs_dir=str(docs),
                site_dir=str(target),
                strict=True,
                **settings,
            )
            config.nav = existing(config.nav, docs)
            build(config)
        except (MkDocsException, SystemExit) as error:
            message = "\n".join((*messages, str(error)))
            raise UnavailableError(f"mkdocs could not build the site:\n{message}") from error


def theme_settings(dataset: Dataset) -> dict[str, Any]:
    """Return the settings of mkdocs with name, address, description and credits of the site.

    They are escaped, since the theme writes them into pages and attributes as they are.
    """
    credit = "".join(f"{escape(one)}; " for one in dataset.credits)
    credit = f"{credit.removesuffix('; ')}. " if credit else ""
    return {
        "site_name": escape(dataset.title),
        "site_url": dataset.base,
        "site_description": escape(dataset.description),
        "copyright": f"{credit}Built with mkdocs and Material for MkDocs.",
    }


def existing(navigation: Any, docs: Path) -> Any:
    """Return a navigation without the pages that an evidence base does not have.

    >>> existing([{"About": "about.md"}, {"More": [{"No": "no/page.md"}]}], Path("site/pages"))
    [{'About': 'about.md'}]
    """
    if isinstance(navigation, str):
        return navigation if (docs / navigation).is_file() else None
    if isinstance(navigation, dict):
        kept = {title: existing(part, docs) for title, part in navigation.items()}
        return {title: part for title, part in kept.items() if part}
    return [part for part in (existing(part, docs) for part in navigation) if part]


class _Warnings(logging.Handler):
    """Collects the warnings of mkdocs instead of printing them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self._logger = logging.getLogger("mkdocs")

    def __enter__(self) -> list[str]:
        self._logger.addHandler(self)
        self._propagate, self._logger.propagate = self._logger.propagate, False
        return self.messages

    def __exit__(self, *_error: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = self._propagate

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
