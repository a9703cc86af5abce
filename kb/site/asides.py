"""Sets aside what is HTML already, so that Markdown is asked only for what is Markdown.

Generated pages are HTML between headings of Markdown. Python-Markdown and mkdocs each parse such
HTML with Python's HTML parser, only to leave it as it is.
"""

from __future__ import annotations

import re
from typing import Final

from kb.site.data.search_index import TAG, end_of

_HEADING: Final = re.compile(r"^#{1,6} .*$", re.MULTILINE)
_FENCE: Final = re.compile(r"^(?:```|~~~)", re.MULTILINE)
_PLACE: Final = re.compile(r'<div data-aside="(\d+)"></div>')
_BLOCKS: Final = frozenset(
    ("div", "section", "details", "table", "figure", "p", "ul", "ol", "dl", "nav", "h1", "form")
)


def set_aside(markdown: str) -> tuple[str, list[str]]:
    r"""Return Markdown with a place for each part that is HTML alone, and those parts.

    A part is what stands between two headings. It is HTML if it is nothing but elements of
    blocks, each of them closed, and no fenced code is in it.

    >>> set_aside("<p>*a*</p>\n\n## *B*\n\nc\n")
    ('<div data-aside="0"></div>\n\n## *B*\n\nc\n', ['<p>*a*</p>'])
    """
    aside: list[str] = []
    pieces: list[str] = []
    at = 0
    for heading in [*_HEADING.finditer(markdown), None]:
        part = markdown[at : heading.start() if heading else len(markdown)]
        pieces.append(_place(part, aside))
        if heading:
            pieces.append(heading[0])
            at = heading.end()
    return "".join(pieces), aside


def _place(part: str, aside: list[str]) -> str:
    html = part.strip()
    if not html.startswith("<") or _FENCE.search(html) or _PLACE.search(html) or not _is_html(html):
        return part
    aside.append(html)
    before, _, after = part.partition(html)
    return f'{before}<div data-aside="{len(aside) - 1}"></div>{after}'


def _is_html(text: str) -> bool:
    """Tell whether nothing but closed elements of blocks stands at the top of a text."""
    at = 0
    while piece := TAG.search(text, at):
        if text[at : piece.start()].strip():
            return False
        at, tag = piece.end(), (piece["tag"] or "").lower()
        if tag:
            ends = end_of(tag, text, at) if tag in _BLOCKS and not piece["end"] else -1
            if ends < 0:
                return False
            at = ends
    return not text[at:].strip()


def put_back(html: str, aside: list[str]) -> str:
    """Put the parts into their places in a page that Markdown has made.

    >>> put_back('<div data-aside="0"></div><h2>B</h2>', ["<p>*a*</p>"])
    '<p>*a*</p><h2>B</h2>'
    """
    return _PLACE.sub(lambda place: aside[int(place[1])], html) if aside else html
