"""Running text of JATS and HTML elements: on one line, with ``<sup>`` and ``<sub>`` kept."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kb.papers.formula import mathml_text, tex_text
from kb.papers.xml import child, local

if TYPE_CHECKING:
    from lxml.etree import _Element

UNKNOWN: Final = "\ufffd"
"""Stands for a sign that is only a picture, or an entity without a standard meaning."""
_SPACES: Final = re.compile("[ \t\r\n\f\v\x1c-\x1f\x85\u2028\u2029]+")
_MARK: Final = re.compile(
    r"[0-9]{1,3}[a-z]?(?:\s?[,;\u2010-\u2015-]\s?[0-9]{1,3}[a-z]?)*|[A-Za-z]{1,2}|[*†‡§¶#‖║|]{1,4}"
)
_GLUE: Final = re.compile(
    r"(?:[^\s(\[{<>=≤≥±+/,;\u2010-\u2015\u2212-]|(?<=[A-Za-z)\u2019\u201d])[,;])$"
)
_AFTER_MARK: Final = re.compile(r"</sup>[,;\u2010-\u2015-]?$")
_MARKS: Final = frozenset({"bibr", "fn", "table-fn", "ref", "author-notes", "aff", "corresp"})
_BLOCKS: Final = frozenset(
    {"p", "list", "list-item", "title", "label", "break", "hr", "br", "div", "li", "ul", "ol"}
    | {"tr", "td", "th", "disp-quote", "def", "term", "def-item", "def-list", "caption", "sec"}
    | {"preformat", "verse-line", "h1", "h2", "h3", "h4", "h5", "h6", "sig-block", "institution"}
    | {"addr-line", "country", "attrib", "supplementary-material", "media", "subtitle"}
)
_DROPPED: Final = frozenset(
    {"table-wrap", "fig", "fig-group", "table-wrap-group", "alt-text", "long-desc", "object-id"}
    | {"table", "graphic", "script", "style", "button", "contrib-id", "processing-meta"}
)
_UNDERLINES: Final = frozenset({"underline", "u"})
_UNDERLINED: Final = {"+": "±", "<": "≤", ">": "≥"}
"""Signs that are typed with a line below another one."""
_PICTURES: Final = frozenset({"inline-graphic", "private-char", "img"})


def clean(text: str) -> str:
    r"""Make a text one line; spaces that do not break, and thin ones, stay as they are.

    >>> clean("  34\n (15 \u2009 64) ")
    '34 (15 \u2009 64)'
    """
    return _SPACES.sub(" ", text).strip(" ")


def text_of(element: _Element | None, without: Iterable[str] = ()) -> str:
    """Return the running text of an element on one line; "" for None.

    Args:
        element: a paragraph, title, cell, ...
        without: names of elements whose text is left out.

    >>> from kb.papers.xml import parse_xml
    >>> xml = "<p>after <italic>n</italic> = 57<xref ref-type='bibr'>12</xref>: 10<sup>9</sup></p>"
    >>> text_of(parse_xml(xml.encode(), "a.xml"))
    'after n = 57<sup>12</sup>: 10<sup>9</sup>'
    """
    if element is None:
        return ""
    line = Line(frozenset(without))
    line.add_content(element)
    return line.text


class Line:
    """Text that is put together from elements; footnotes that stand within are kept apart."""

    def __init__(
        self, without: frozenset[str] = frozenset(), kept: frozenset[str] = frozenset()
    ) -> None:
        """Begin an empty line; ``kept`` are elements whose text is otherwise left out."""
        self._without = without | (_DROPPED - kept)
        self._pieces: list[str] = []
        self._raised = False
        self._after_citation = False
        self.footnotes: list[_Element] = []

    @property
    def text(self) -> str:
        """All that was added, on one line."""
        return clean("".join(self._pieces))

    def add_text(self, text: str | None) -> None:
        """Add a text as it is."""
        if text:
            self._pieces.append(text)
            self._after_citation = False

    def add_content(self, element: _Element) -> None:
        """Add an element's text and children."""
        self.add_text(element.text)
        for part in element:
            self.add(part)
            self.add_text(part.tail)

    def add(self, element: _Element) -> None:
        """Add an element, without the text after it."""
        name = local(element)
        if name in self._without:
            return
        if name in {"sup", "sub"} and not self._raised:
            self._add_tagged(element, name)
        elif name in _BLOCKS:
            self.add_text(" ")
            self.add_content(element)
            self.add_text(" ")
        else:
            self._add_inline(element, name)

    def _add_inline(self, element: _Element, name: str) -> None:
        if not name:  # an entity that the parser did not expand, such as &ndash;
            sign = html.unescape(element.text or "")
            self.add_text(UNKNOWN if sign[:1] == "&" != sign else sign)
        elif name == "xref":
            self._add_reference(element)
        elif name == "fn":
            self._add_footnote(element)
        elif name in _FORMULAS:
            self._add_formula(element, name)
        elif name in _UNDERLINES and (text := element.text or "").strip() in _UNDERLINED:
            self.add_text(_UNDERLINED[text.strip()])
        elif name in _PICTURES:
            self.add_text(html.unescape(element.get("alt") or "") or UNKNOWN)
        else:
            self.add_content(element)

    def _add_tagged(self, element: _Element, name: str) -> None:
        self._raised = True
        start = len(self._pieces)
        self.add_content(element)
        self._raised = False
        content = "".join(self._pieces[start:])
        del self._pieces[start:]
        if content.strip():
            self._pieces.append(f"<{name}>{content}</{name}>")
        else:
            self.add_text(content)

    def _add_reference(self, element: _Element) -> None:
        """Add a citation or a footnote's mark; one that would glue to the text is raised."""
        if element.get("ref-type") not in _MARKS or self._raised:
            self.add_content(element)
            return
        follows = self._after_citation
        before = "".join(self._pieces[-3:])[-8:]
        start = len(self._pieces)
        self.add_content(element)
        content = "".join(self._pieces[start:])
        if _MARK.fullmatch(content.strip()) and not follows:
            is_glued = _GLUE.search(before) or _AFTER_MARK.search(before)
            self._pieces[start:] = [f"<sup>{content.strip()}</sup>" if is_glued else content]
        elif follows and content[:1].isalnum():
            self._pieces.insert(start, " ")
        self._after_citation = not self._pieces[-1].endswith(">") if self._pieces else False

    def _add_footnote(self, element: _Element) -> None:
        mark = text_of(child(element, "label"))
        self.add_text(f"<sup>{mark}</sup>" if mark and not self._raised else mark)
        self.footnotes.append(element)

    def _add_formula(self, element: _Element, name: str) -> None:
        if name == "math":
            self.add_text(mathml_text(element))
        elif name == "tex-math":
            self.add_text(tex_text("".join(element.itertext())))
        else:
            names = {local(part): part for part in reversed(element)}
            best = next((names[form] for form in _FORMS if form in names), None)
            edge = " " if name == "disp-formula" else ""
            self.add_text(edge)
            start = len(self._pieces)
            if best is None:
                self.add_content(element)
            else:
                self.add(best)
            if name != "alternatives" and not "".join(self._pieces[start:]).strip():
                self.add_text(UNKNOWN if next(element.iter(*_DRAWN), None) is not None else "")
            if best is not None and "label" in names:
                self.add_text(f" {text_of(names['label'])}")
            self.add_text(edge)


_FORMULAS: Final = frozenset({"math", "tex-math", "alternatives", "inline-formula", "disp-formula"})
_DRAWN: Final = ("{*}graphic", "{*}inline-graphic")
_FORMS: Final = ("math", "textual-form", "alternatives", "tex-math", "inline-graphic")
"""The forms of one formula, the most exact first."""
