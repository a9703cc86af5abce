"""Pages and files of the site, and how a page becomes Markdown.

A page's path is the path of its IRI, so that a site hosted at the base answers every IRI.
All text is escaped by the templates; headings, which Markdown reads, are escaped for both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined

Values = Mapping[str, Any]
"""What a template is given, by name."""

_PLAIN: Final = frozenset(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,")


@dataclass(frozen=True)
class OutputFile:
    """A file beside the pages: a table or a description of one thing for machines."""

    path: str
    content: bytes


@dataclass(frozen=True)
class MadeFile:
    """A file beside the pages that is made if it is not in the last build as it would be.

    ``made_of`` is the digest of all that decides its content, beside ontology and software.
    """

    path: str
    made_of: str
    content: Callable[[], bytes]


@dataclass(frozen=True)
class Page:
    """One page: where it is, how it is called, and what its template is given.

    ``path`` is that of the IRI (``study/<id>``); ``index`` pages end in ``/index``.
    ``linked`` is JSON-LD that stands in its head. ``more`` is for
    the theme's overrides, which find it in the page's ``meta``.

    ``made_of`` is the digest of all that the page says and that templates, ontology and
    software do not decide: while it is the same, so is the page, and its ``values`` are not asked
    for. A page without one is written with every build. ``files`` are tables in the page's own
    folder, of what stands on it: they are the same while the page is.
    """

    path: str
    template: str
    title: str
    values: Values | Callable[[], Values] = field(default_factory=dict)
    description: str = ""
    hide: tuple[str, ...] = ()
    boost: float = 1
    linked: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    made_of: str = ""
    files: Callable[[], Iterable[OutputFile]] | None = None

    @property
    def url(self) -> str:
        """The address of the page, relative to the site, with a slash at its end."""
        trimmed = "" if self.path == "index" else self.path.removesuffix("/index")
        return f"{trimmed}/" if trimmed else ""


class Renderer:
    """Writes pages as Markdown with the templates of a folder."""

    def __init__(
        self,
        templates: Path,
        filters: Mapping[str, Callable[..., Any]],
        compiled: BytecodeCache | None = None,
    ) -> None:
        """Set up Jinja2: everything is escaped, and a missing value is an error."""
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=compiled,
        )
        self._environment.filters.update(filters)
        self._environment.filters["md"] = markdown_text

    def markdown(self, page: Page) -> str:
        """Return the Markdown of a page; links in it start from ``root``."""
        template = self._environment.get_template(page.template)
        root = "../" * page.url.count("/")
        values = page.values() if callable(page.values) else page.values
        body = template.render(page=page, root=root, **values)
        return f"{_front_matter(page)}\n{body.strip()}\n"


def _front_matter(page: Page) -> str:
    """The theme writes title and description into the page as they are, so they are escaped."""
    said: dict[str, Any] = {"title": escape(page.title)}
    if page.description:
        said["description"] = escape(page.description)
    if page.hide:
        said["hide"] = list(page.hide)
    if page.linked:
        said["linked"] = page.linked
    if page.boost != 1:
        said["search"] = {"boost": page.boost}
    said |= page.more
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items())
    return f"---\n{''.join(lines)}---\n"


class Safe(str):
    """Text that templates write as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the text: the way in which templates ask whether to escape."""
        return str(self)


def markdown_text(text: object) -> Safe:
    """Escape text for a Markdown heading: what is no letter or digit becomes a reference.

    >>> print(markdown_text("a *b* {{ c }}"))
    a &#42;b&#42; &#123;&#123; c &#125;&#125;
    """
    flat = " ".join(str(text).split())
    return Safe("".join(c if c in _PLAIN or ord(c) > 127 else f"&#{ord(c)};" for c in flat))
