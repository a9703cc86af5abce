"""What the front of a JATS article prints: titles, names, notes, keywords, permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kb.papers.inline import text_of
from kb.papers.jats_references import full_name
from kb.papers.xml import child, local

if TYPE_CHECKING:
    from lxml.etree import _Element


_FRONT: Final = {
    "title-group": ("article-title", "subtitle", "trans-title", "trans-title-group", "fn-group"),
    "funding-group": ("funding-statement",),
    "contrib-group": ("contrib", "collab", "aff"),
    "aff": (),
    "author-notes": ("corresp", "fn", "p"),
    "pub-history": ("event",),
    "kwd-group": (),
    "supplementary-material": (),
    "product": (),
}


def _names(contributor: _Element) -> Iterator[_Element]:
    """Yield the names of a contributor, the first of several forms."""
    for part in contributor:
        if local(part) == "name-alternatives":
            yield from part[:1]
        elif local(part) in _NAMES_OF_PEOPLE:
            yield part


_NAMES_OF_PEOPLE: Final = frozenset({"name", "string-name", "collab"})


def front_texts(part: _Element) -> Iterator[str]:
    """Yield what the front of the paper prints above and beside its abstract.

    >>> from kb.papers.xml import parse_xml
    >>> xml = b"<kwd-group><kwd>asthma</kwd><kwd>adults</kwd></kwd-group>"
    >>> list(front_texts(parse_xml(xml, "a.xml")))
    ['Keywords: asthma; adults']
    """
    name = local(part)
    if name == "kwd-group":
        words = [text_of(word) for word in part if local(word) in {"kwd", "compound-kwd"}]
        title = text_of(child(part, "title")) or "Keywords"
        yield f"{title.rstrip(':')}: {'; '.join(words)}"
    elif name == "contrib-group":
        names = [full_name(one) for contributor in part for one in _names(contributor)]
        yield ", ".join(names)
        yield from (text_of(one) for one in part if local(one) == "aff")
    elif name == "permissions":
        yield text_of(child(part, "copyright-statement"))
        yield from (
            text_of(one, without=("license_ref",)) or text_of(one)
            for one in part
            if local(one) == "license"
        )
    elif name in _FRONT:
        inner = [one for one in part if local(one) in _FRONT[name]]
        yield from (text_of(one) for one in inner or [part])
