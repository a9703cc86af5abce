"""A page of the site and a file beside it, before they are rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.export.csv import BOM

EMBED: Final = "embed"
"""The folder of the pages that other sites may frame; the server forbids it for all others."""

Values = Mapping[str, Any]
"""The variables of a template, by name."""


@dataclass(frozen=True)
class OutputFile:
    """A file of the site that is not a page: a table, linked data, a citation."""

    path: str
    content: bytes

    @classmethod
    def csv(cls, path: str, text: str) -> OutputFile:
        """Return a table that spreadsheets read as UTF-8.

        >>> OutputFile.csv("a.csv", "µg").content.decode("utf-8-sig")
        'µg'
        """
        return cls(path, (BOM + text).encode())


@dataclass(frozen=True)
class SearchEntry:
    """How the search finds a page, beside its title.

    Args:
        kind: what the page is of; it ranks pages that are found by the same name.
        names: what else the thing is called, each name as a whole.
        text: further words that find it.
        snippet: what is shown of it; by default the description of the page.
        size: how many claims are on it: of equal pages the fuller comes first.
        parts: parts of the page that are found by themselves: their ids and titles.
    """

    kind: str = "Page"
    names: tuple[str, ...] = ()
    text: str = ""
    snippet: str = ""
    size: int = 0
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Page:
    """One page: its place, its template and the values that fill it.

    What takes time is a function, so that listing all pages is quick and a single page can be
    rendered by itself.

    Args:
        path: the path of its IRI (``study/<id>``), or of the page that lists a kind of thing
            (``study/index``).
        template: a file of ``site/templates``.
        title: as plain text.
        values: the variables of the template. ``preload`` among them is the address of the data
            that the page's program loads.
        description: a sentence for search engines; by default that of the evidence base.
        hide: what of the theme is not shown beside it: ``navigation``, ``toc``.
        program: the script of ``site/front/src`` that runs on the page.
        search: how the search finds it.
        files: tables of what is on the page: at its path with ``.csv``, or below its path.
    """

    path: str
    template: str
    title: str
    values: Callable[[], Values]
    description: str = ""
    hide: tuple[str, ...] = ()
    program: str = ""
    search: Callable[[], SearchEntry] = SearchEntry
    files: Callable[[], Iterable[OutputFile]] = tuple

    @property
    def url(self) -> str:
        """The address of the page relative to the site: "" or with a slash at its end.

        >>> [Page(path, "", "", dict).url for path in ("index", "study/index", "study/tower")]
        ['', 'study/', 'study/tower/']
        """
        return url_of(self.path)

    @property
    def root(self) -> str:
        """The way from the page to the start of the site."""
        return "../" * self.url.count("/")


def url_of(path: str) -> str:
    """Return the address of the page at a path, relative to the site."""
    return "" if path == "index" else f"{path.removesuffix('/index')}/"
