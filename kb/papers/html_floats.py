"""Tables and figures of saved pages: each takes the label, caption and notes that stand by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from kb.papers.inline import text_of
from kb.papers.xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element

DROPPED: Final = frozenset(
    {"script", "style", "nav", "aside", "form", "button", "noscript", "svg", "iframe", "template"}
    | {"footer", "select", "input", "textarea", "video", "audio", "object", "head"}
)
"""What is never part of a paper."""
_LABEL: Final = re.compile(
    r"(?P<label>(?P<kind>Table|Tab\.|Figure|Fig\.?)\s*(?:S|A|e)?(?:\d{1,3}|[IVX]{1,5})[A-Za-z]?)"
    r"(?![\w%])[\s.:|\u2003\u2013\u2014-]*",
    re.IGNORECASE,
)
_WRAP: Final = re.compile(
    r"(?:^|[\s_-])(?:tables?|tw|fig|figure|tbl|c-article-table|table-wrap)(?:$|[\s_-])", re.I
)
_MAX_TABLES: Final = 20
"""More tables than one caption is for."""
_NOT_TEXT: Final = ("button", "svg", "script", "style", "img", "noscript")
_CAPTION_PARTS: Final = frozenset({"caption", "figcaption"})
_LINKS_OF_TABLES: Final = re.compile(
    r"(?:Open in (?:a )?(?:new tab|figure viewer)|View (?:popup|inline|large)"
    r"|Full size (?:table|image)|Download (?:Power[Pp]oint|high-res image \([^)]*\))"
    r"|Open in viewer|PowerPoint)\s*",
)


@dataclass
class Captioned:
    """A table or figure with the text around it."""

    kind: Literal["table", "figure"]
    label: str
    caption: str
    notes: list[str] = field(default_factory=list)
    tables: list[_Element] = field(default_factory=list)


def captioned(element: _Element) -> Captioned | None:
    """Return the table or figure that an element is, with its label; None if it is neither."""
    name = local(element)
    if name not in {"figure", "table"} and not _WRAP.search(element.get("class") or ""):
        return None
    tables = list(islice(element.iter("table"), _MAX_TABLES + 1))
    if len(tables) > _MAX_TABLES or any(True for _ in element.iter("h1", "h2")):
        return None
    tables = [element] if name == "table" else list(filter(_is_outer, tables))
    before, after = _around(element, tables)
    match = _LABEL.match(before)
    if match is None and name not in {"figure", "table"}:
        return None
    label = match["label"] if match else ""
    caption = before[match.end() :] if match else before
    is_table = bool(tables) or (match is not None and match["kind"][0] in "Tt")
    if is_table:
        return Captioned("table", label, caption, after, tables)
    return Captioned("figure", label, " ".join([caption, *after]).strip())


def _is_outer(table: _Element) -> bool:
    return not any(local(above) == "table" for above in table.iterancestors())


def _around(element: _Element, tables: list[_Element]) -> tuple[str, list[str]]:
    """Return the text before the tables of an element, and the paragraphs after them."""
    before: list[str] = []
    after: list[str] = []
    captions = [text_of(c) for t in tables for c in t if local(c) == "caption"]
    _collect(element, set(tables), before, after, [False])
    texts = [*before, *captions] if tables else [*before, *after]
    return " ".join(filter(None, texts)).strip(), [text for text in after if text] if tables else []


def _collect(
    element: _Element,
    tables: set[_Element],
    before: list[str],
    after: list[str],
    is_past: list[bool],
) -> None:
    for part in _blocks_of(element, tables):
        if part in tables:
            is_past[0] = True
            continue
        text = _LINKS_OF_TABLES.sub("", text_of(part, without=_NOT_TEXT))
        is_caption = local(part) in _CAPTION_PARTS or not is_past[0]
        (before if is_caption else after).append(text.strip())


def _blocks_of(element: _Element, tables: set[_Element]) -> Iterator[_Element]:
    """Yield the smallest parts that have text of their own or are tables, in order."""
    if element in tables:
        yield element
        return
    for part in element:
        name = local(part)
        if not name or name in DROPPED:
            continue
        has_table = any(one in tables for one in part.iter("table"))
        is_block = name in {"ul", "ol", "dl", "div", "section"}
        if part in tables or not (has_table or (is_block and not (part.text or "").strip())):
            yield part
        else:
            yield from _blocks_of(part, tables)
