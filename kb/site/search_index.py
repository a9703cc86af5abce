"""The entries of the search's index, and the names by which it finds a page.

The theme's search runs in the browser as it is; its own indexer would parse every page with
Python's HTML parser, which takes longer than making the pages.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from statistics import mean
from typing import Any, Final

from kb.model import Publication, Study
from kb.records.vocabulary import Term
from kb.site.page import SearchNames

_ATTRIBUTES: Final = r"(?P<attributes>[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*)>"
_TAG: Final = re.compile(
    rf"<!--.*?-->|<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*){_ATTRIBUTES}", re.DOTALL
)
"""A comment, or a tag with its name and its attributes."""

_ID: Final = re.compile(r"""\sid=["']?([^\s"'>]+)""")
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SKIPPED: Final = frozenset(("nav", "object", "script", "style", "svg", "template"))
_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
"""Elements without content and without an end tag."""
_EXCLUDED: Final = "data-search-exclude"
_PERMALINK: Final = 'class="headerlink"'

_WEIGHTS: Final = {
    "drug": 2.0,
    "endpoint": 1.7,
    "regimen": 1.6,
    "study": 1.5,
    "analysis": 1.3,
    "population": 1.2,
    "publication": 1.0,
    "source": 0.8,
}
"""What a reader who types a name most likely means; a drug has the name of its regimen."""

_SEPARATORS: Final = re.compile(r"[\s\-,:;!=\[\]()\"/·›]+")


# --- the entries of a page -------------------------------------------------------------------


@dataclass
class _Part:
    """A part of a page: from one heading with an id to the next."""

    anchor: str = ""
    is_excluded: bool = False
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def entries(url: str, title: str, content: str, names: SearchNames) -> Iterator[dict[str, Any]]:
    """Yield an entry for a page and for each part of it, in the form that the theme reads.

    Args:
        url: the address of the page, relative to the site.
        title: the title of the page; parts have the titles of their headings.
        content: the HTML of the page. An element with ``data-search-exclude`` is left out; so is
            a part whose heading has it.
        names: the names by which the page is found.

    >>> content = "<p>one</p><h2 id='b'>B</h2><p>two</p>"
    >>> for entry in entries("a/", "A", content, SearchNames()):
    ...     print(entry)
    {'location': 'a/', 'title': 'A', 'text': 'one'}
    {'location': 'a/#b', 'title': 'B', 'text': 'two'}
    """
    rank: dict[str, Any] = {"tags": list(names.tags)} if names.tags else {}
    rank |= {"boost": names.boost} if names.boost != 1 else {}
    for part in _parts(content):
        if not part.is_excluded:
            text = {"title": _one_line(part.title) or escape(title), "text": _one_line(part.text)}
            yield {"location": url + part.anchor, **text, **rank}


def _one_line(pieces: list[str]) -> str:
    """Join text as one line of HTML with as few references as possible."""
    return escape(" ".join(unescape(" ".join(pieces)).split()), quote=False)


def _parts(html: str) -> list[_Part]:
    """Divide a page at its headings. Skipped elements are stepped over, not read."""
    reader, at = _Reader(), 0
    while piece := _TAG.search(html, at):
        reader.text(html[at : piece.start()])
        at = piece.end()
        tag = (piece["tag"] or "").lower()
        if piece["end"]:
            reader.end(tag)
        elif tag and tag not in _VOID and reader.skips(tag, piece["attributes"]):
            at = _end_of(tag, html, at)
    reader.text(html[at:])
    return reader.parts


def _end_of(tag: str, html: str, at: int) -> int:
    """Return where an element ends whose start tag ends at a position.

    Only tags of the same name are looked at, which are few.

    >>> _end_of("p", "<p>a<p>b</p></P>c", 3)
    16
    """
    depth = 1
    for piece in _tags_named(tag).finditer(html, at):
        if piece["tag"] and not piece["attributes"].endswith("/"):
            depth += -1 if piece["end"] else 1
        if not depth:
            return piece.end()
    return len(html)


@cache
def _tags_named(tag: str) -> re.Pattern[str]:
    pattern = rf"<!--.*?-->|<(?P<end>/?)(?P<tag>{tag})(?=[\s/>]){_ATTRIBUTES}"
    return re.compile(pattern, re.DOTALL | re.IGNORECASE)


class _Reader:
    """Reads a page tag by tag, and knows the heading that it is in."""

    def __init__(self) -> None:
        self.parts = [_Part()]
        self._heading = ""

    def text(self, text: str) -> None:
        part = self.parts[-1]
        (part.title if self._heading else part.text).append(text)

    def skips(self, tag: str, attributes: str) -> bool:
        """Begin an element; return whether its content is not for the search."""
        if tag in _SKIPPED or _PERMALINK in attributes:
            return True
        if tag in _HEADINGS and (name := _ID.search(attributes)):
            self._heading = tag
            self._divide(tag, name[1], _EXCLUDED in attributes)
            return False
        return _EXCLUDED in attributes

    def end(self, tag: str) -> None:
        if tag == self._heading:
            self._heading = ""

    def _divide(self, tag: str, anchor: str, is_excluded: bool) -> None:
        """Begin a part, except at the title of the page, which stands for the page itself."""
        if tag == "h1" and len(self.parts) == 1 and not _one_line(self.parts[0].text):
            self.parts[0].is_excluded = is_excluded
        else:
            self.parts.append(_Part(f"#{anchor}", is_excluded))


# --- the names of a page ---------------------------------------------------------------------
# The theme ranks a word in a page's tags above one in its title, and that above one in its text.
# So the tags are the names of a thing, in whatever language or abbreviation.


def study_names(study: Study, claims: int) -> SearchNames:
    """Return how a study is found: by its name and registry numbers."""
    kind = "analysis" if study.analysis_of else "study"
    return _search_names(kind, claims, [study.name], study.registry)


def term_names(term: Term, other_labels: Iterable[str], claims: int) -> SearchNames:
    """Return how a concept is found: by label, other labels and notation.

    A label such as ``A/B`` consists of the names of other concepts, which are found by them, and
    so does what a label has in brackets.
    """
    others = [label for label in other_labels if "/" not in label]
    names = [term.label, term.notation.replace("_", " ")]
    found = _search_names(term.scheme, claims, names, others)
    bare = [re.sub(r"\([^)]*/[^)]*\)", "", term.label), *names[1:]]
    return SearchNames(found.boost, _search_names(term.scheme, claims, bare, others).tags)


def publication_names(
    publication: Publication, claims: int, kind: str = "publication"
) -> SearchNames:
    """Return how a publication, or the source that it is, is found: by author and numbers."""
    author = publication.citation.partition(",")[0]
    numbers = filter(None, (publication.doi, publication.pmid, publication.pmcid))
    return _search_names(kind, claims, [f"{author} {publication.year or ''}"], numbers)


def _search_names(
    kind: str, claims: int, names: Iterable[str], others: Iterable[str]
) -> SearchNames:
    """Rank a short name first, and of equal names the page with most claims.

    >>> _search_names("study", 9, ["A-B"], ["B/c"])
    SearchNames(boost=2.08, tags=('A', 'B', 'c'))
    """
    words = [list(filter(None, _SEPARATORS.split(name))) for name in names]
    length = mean(map(len, words))
    words += [list(filter(None, _SEPARATORS.split(name))) for name in others]
    # An abbreviation that stands for a long name is not found by the words of that name alone.
    length = max(length, max(map(len, words)) / 2)
    boost = _WEIGHTS[kind] * (1 + 0.7 / length) * (1 + math.log10(1 + claims) / 40)
    # Each word once: a word that stands in two names must not count twice. Who types a name
    # without its accents finds it too.
    every = [form for name in words for word in name for form in (word, _without_accents(word))]
    return SearchNames(round(boost, 2), tuple(dict.fromkeys(every)))


def _without_accents(word: str) -> str:
    """Return a word without its accents.

    >>> _without_accents("Gökbuget")
    'Gokbuget'
    """
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
