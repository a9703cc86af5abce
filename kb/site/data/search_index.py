"""The entries of the search's index: one for each page and one for each part of it.

The theme's own indexer parses every page a second time with Python's HTML parser, which took
half of a build. Its browser side is used as it is, so the entries have its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from typing import Any, Final

_SAID: Final = r"(?P<said>[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*)>"
TAG: Final = re.compile(rf"<!--.*?-->|<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*){_SAID}", re.DOTALL)
"""A comment, or a tag with its name and its attributes."""

_ID: Final = re.compile(r"""\sid=["']?([^\s"'>]+)""")
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SKIPPED: Final = frozenset(("nav", "object", "script", "style", "svg", "template"))
VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
"""Elements without content and without an end."""
_EXCLUDED: Final = "data-search-exclude"
_PERMALINK: Final = 'class="headerlink"'


@dataclass
class _Part:
    """A part of a page: from one heading with an id to the next."""

    anchor: str = ""
    is_excluded: bool = False
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def entries(page: str, title: str, html: str, meta: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the entries of a page: where, how it is called, and its words.

    Args:
        page: the address of the page, relative to the site.
        title: of the page; parts have the titles of their headings.
        html: the content of the page. What stands in an element with ``data-search-exclude``
            is left out; so is a part whose heading has it.
        meta: what the theme reads of a page's metadata: ``search`` with ``boost`` or
            ``exclude``, and ``tags``, the names by which it is found.

    >>> for entry in entries("a/", "A", "<p>one</p><h2 id='b'>B</h2><p>two</p>", {}):
    ...     print(entry)
    {'location': 'a/', 'title': 'A', 'text': 'one'}
    {'location': 'a/#b', 'title': 'B', 'text': 'two'}
    """
    settings = meta.get("search") or {}
    if settings.get("exclude"):
        return
    ranked = {"tags": meta["tags"]} if meta.get("tags") else {}
    ranked |= {"boost": settings["boost"]} if "boost" in settings else {}
    for part in _parts(html):
        if not part.is_excluded:
            said = {"title": _flat(part.title) or title, "text": _flat(part.text)}
            yield {"location": page + part.anchor, **said, **ranked}


def _flat(pieces: list[str]) -> str:
    """Join text as one line of HTML in which only what must be is a reference."""
    return escape(" ".join(unescape(" ".join(pieces)).split()), quote=False)


def end_of(tag: str, html: str, at: int) -> int:
    """Return where an element ends whose tag ended at a place; -1 if nothing ends it.

    Only tags of its own name can, and these are few: others are not looked at.

    >>> end_of("p", "<p>a<p>b</p></P>c", 3)
    16
    """
    depth = 1
    for piece in _named(tag).finditer(html, at):
        if piece["tag"] and not piece["said"].endswith("/"):
            depth += -1 if piece["end"] else 1
        if not depth:
            return piece.end()
    return -1


@cache
def _named(tag: str) -> re.Pattern[str]:
    name = rf"<!--.*?-->|<(?P<end>/?)(?P<tag>{tag})(?=[\s/>]){_SAID}"
    return re.compile(name, re.DOTALL | re.IGNORECASE)


def _parts(html: str) -> list[_Part]:
    """Divide a page at its headings; what is skipped is stepped over, element by element."""
    reader, at = _Reader(), 0
    while piece := TAG.search(html, at):
        reader.text(html[at : piece.start()])
        at = piece.end()
        tag = (piece["tag"] or "").lower()
        if piece["end"]:
            reader.end(tag)
        elif tag and tag not in VOID and reader.skips(tag, piece["said"]):
            ends = end_of(tag, html, at)
            at = len(html) if ends < 0 else ends
    reader.text(html[at:])
    return reader.parts


class _Reader:
    """Reads a page piece by piece, and knows the heading that it is in."""

    def __init__(self) -> None:
        self.parts = [_Part()]
        self._heading = ""

    def text(self, said: str) -> None:
        part = self.parts[-1]
        (part.title if self._heading else part.text).append(said)

    def skips(self, tag: str, said: str) -> bool:
        """Begin an element, and tell whether what it holds is not for the search."""
        if tag in _SKIPPED or _PERMALINK in said:
            return True
        if tag in _HEADINGS and (found := _ID.search(said)):
            self._heading = tag
            self._divide(tag, found[1], _EXCLUDED in said)
            return False
        return _EXCLUDED in said

    def end(self, tag: str) -> None:
        if tag == self._heading:
            self._heading = ""

    def _divide(self, tag: str, anchor: str, is_excluded: bool) -> None:
        """The first heading of a page, if it is the page's title, is the page."""
        if tag == "h1" and len(self.parts) == 1 and not _flat(self.parts[0].text):
            self.parts[0].is_excluded = is_excluded
        else:
            self.parts.append(_Part(f"#{anchor}", is_excluded))
