"""The publications of an evidence base: finding known ones, and adding new ones.

A known publication is found by DOI, PMID, title and year, or journal, year, volume and
first page. New ones get ids like the others': first author, year, and words of the title where
that is not enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from kb.papers.paper import REGISTRY_ENTRY, Metadata, Reference, plain
from kb.papers.text import one_line
from kb.records.shared_schema import PublicationRecord

_MAX_LINE: Final = 200
_MAX_TITLE: Final = 400
_FIELDS: Final = (
    "authors",
    "title",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "year",
)
"""The fields of a record, in its order, that a paper and its references have under these names."""
_IDS: Final = ("doi", "pmid", "pmcid")
_Key = tuple[str, ...]
_SMALL_WORDS: Final = (
    "a an and are as at by for from in into is of on or the to versus vs with without after among "
    "during study trial randomized randomised patients phase effect effects its their"
)
_SMALL: Final = frozenset(_SMALL_WORDS.split())


def record_line(text: str, limit: int = _MAX_LINE) -> str:
    """Return a text as one line of a record, cut at a word if it is too long.

    >>> record_line("10<sup>9</sup>"), len(record_line("word " * 90))
    ('10^9', 195)
    """
    line = one_line(plain(text.replace("<sup>", "^"))).lstrip("\u200b")
    line = unicodedata.normalize("NFC", line)
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"


def publication_of(metadata: Metadata) -> dict[str, object]:
    """Return the record of a paper that was read, as a publication.

    >>> publication_of(Metadata(title="OS", journal="Rev", year=2020))["journal"]
    'Rev'
    """
    kind = "review" if "review" in metadata.kind else "journal-article"
    kind = "web-page" if metadata.kind == REGISTRY_ENTRY else kind
    record = record_of(metadata, kind, metadata.title)
    return record | ({"url": metadata.url} if metadata.url else {})


def cited_publication(reference: Reference) -> dict[str, object]:
    """Return the record of a reference, as a publication.

    >>> cited_publication(Reference(1, "Low B. A page."))
    {'citation': 'Low B. A page.', 'type': 'web-page'}
    """
    kind = "journal-article" if reference.journal or reference.doi else "web-page"
    return record_of(reference, kind, reference.text)


def _people(authors: tuple[str, ...]) -> str:
    """Return authors as records have them: at most three, then "et al."."""
    names = [name for name in authors if name != "et al."]
    if len(names) > 3 or "et al." in authors:
        return ", ".join(names[: 1 if len(names) > 3 else 3]) + (", et al." if names else "")
    return ", ".join(names)


def record_of(paper: Metadata | Reference, kind: str, text: str) -> dict[str, object]:
    """Return the fields of a publication; a citation as printed where it has no journal or year.

    >>> record_of(Metadata(title="A page", doi="10.1"), "web-page", "Low B. A page.")
    {'title': 'A page', 'citation': 'Low B. A page.', 'type': 'web-page'}
    """
    record: dict[str, object] = {}
    for name in _FIELDS:
        value = _people(paper.authors) if name == "authors" else getattr(paper, name)
        limit = _MAX_TITLE if name == "title" else _MAX_LINE
        short = record_line(value, limit) if isinstance(value, str) else value
        if short and (name != "doi" or re.fullmatch(r"10\.\d{4,9}/\S+", str(short))):
            record[name] = short
    if not (record.get("journal") and record.get("year")):
        record.pop("journal", None)
        record["citation"] = record_line(text) or _UNTITLED
    return record | {"type": kind}


_UNTITLED: Final = "untitled"
"""The citation of a paper for which none was read."""
_LONG_TITLE: Final = 30
"""A title of more letters than this names one publication of a year."""


class PublicationIndex:
    """The known and the new publications, by what identifies them.

    >>> index = PublicationIndex({})
    >>> slug = index.add({"authors": "Low B", "year": 2020, "doi": "10.1000/a", "type": "review"})
    >>> slug, index.find({"doi": "10.1000/A"}), index.find({"doi": "10.1000/b"})
    ('low-2020', 'low-2020', '')
    """

    def __init__(self, known: Mapping[str, PublicationRecord]) -> None:
        self._ids = set(known)
        self._by_key: dict[_Key, str] = {}
        self._marks: dict[str, dict[str, str]] = {}
        self._titles: dict[str, dict[str, str]] = {}
        """The titles of publications by year, with their ids."""
        self.new: dict[str, dict[str, object]] = {}
        for slug, record in known.items():
            self.learn(slug, record.model_dump(exclude_none=True))

    def learn(self, slug: str, record: Mapping[str, object]) -> None:
        """Index a publication by what identifies it."""
        for key in _keys(record):
            self._by_key.setdefault(key, slug)
        self._marks[slug] = self._marks.get(slug, {}) | _marks(record)
        title = folded(str(record.get("title") or ""))
        if len(title) > _LONG_TITLE:
            self._titles.setdefault(str(record.get("year")), {}).setdefault(title, slug)

    def find(self, record: Mapping[str, object]) -> str:
        """Return the id of a known publication, or ""."""
        return next((slug for slug, _ in self.matches(record)), "")

    def matches(self, record: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        """Yield the ids of publications that a record may be, each with what they share.

        An identifier is enough. Title and place are not where identifiers differ: a preprint,
        an abstract and the paper often have one title, in one year.
        """
        seen: set[str] = set()
        marks = _marks(record)
        for key in _keys(record):
            slug = self._by_key.get(key, "")
            if slug and slug not in seen and (key[0] in _IDS or not self._differs(slug, marks)):
                seen.add(slug)
                yield slug, key[0]
        if (slug := self._named_in(record)) and slug not in seen:
            yield slug, "title"

    def _named_in(self, record: Mapping[str, object]) -> str:
        """Return the publication whose title is in the citation of a record without a title.

        The references of a PDF are lines of text; those of the same paper in XML have fields.
        """
        if record.get("title") or not record.get("citation") or not record.get("year"):
            return ""
        citation, marks = folded(str(record["citation"])), _marks(record)
        titles = self._titles.get(str(record["year"]), {})
        found = (slug for title, slug in titles.items() if title in citation)
        return next((slug for slug in found if not self._differs(slug, marks)), "")

    def _differs(self, slug: str, marks: Mapping[str, str]) -> bool:
        """Whether an identifier, or both volume and page, differ from those of a publication."""
        own = self._marks[slug]
        differing = {name for name in own.keys() & marks.keys() if own[name] != marks[name]}
        return bool(differing & set(_IDS)) or differing >= {"volume", "page"}

    def add(self, record: dict[str, object], wanted: str = "") -> str:
        """Add a new publication and return its id."""
        candidates = chain([wanted] if wanted else [], _slugs(record))
        slug = next(one for one in candidates if one not in self._ids)
        self._ids.add(slug)
        self.new[slug] = record
        self.learn(slug, record)
        return slug


def _marks(record: Mapping[str, object]) -> dict[str, str]:
    """Return the fields in which two records of one publication agree, if both have them."""
    marks = {name: str(record.get(name) or "").lower() for name in (*_IDS, "volume")}
    marks["page"] = first_page(record)
    return {name: value for name, value in marks.items() if value}


def first_page(record: Mapping[str, object]) -> str:
    """Return the first page of a publication, or the number of an article.

    >>> first_page({"pages": "836–847"})
    '836'
    """
    return re.split("[-–]", str(record.get("pages") or ""))[0]


def _keys(record: Mapping[str, object]) -> Iterator[_Key]:
    """Yield what identifies a publication, the surest first."""

    def of(name: str) -> str:
        return folded(str(record.get(name) or ""))

    for name in _IDS:
        if record.get(name):
            yield name, str(record[name]).lower()
    if record.get("citation") == _UNTITLED:
        return  # two papers without data may differ
    if len(of("title")) > 15 and record.get("year"):
        yield "title", of("title"), str(record["year"])
    page = first_page(record)
    if record.get("journal") and record.get("volume") and page and record.get("year"):
        yield "place", of("journal"), str(record["volume"]), page, str(record["year"])
    if record.get("citation"):
        yield "citation", of("citation")
    yield "record", *map(of, ("authors", "title", "journal", "year", "volume", "pages", "citation"))


def folded(text: str) -> str:
    """Return the letters and digits of a text, without case and accents.

    >>> folded("Foà R, et al.")
    'foaretal'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum())


def _slugs(record: Mapping[str, object]) -> Iterator[str]:
    """Yield ids for a publication: first author and year, then with words of the title."""
    text = str(record.get("title") or record.get("citation") or "")
    author = str(record.get("authors") or "").split(",")[0]
    *names, last = re.sub(r"\s+(?:Jr|Sr|II|III)$", "", author).split() or [""]
    surname = " ".join(names if names and last.isupper() and len(last) <= 4 else [*names, last])
    words = [word for word in _words(text) if word not in _SMALL and len(word) > 2]
    who = "-".join(_words(surname)[-3:]) or "-".join(words[:2]) or "publication"
    base = f"{who[:30].strip('-')}-{record.get('year') or 'undated'}"
    yield base
    longer = base
    for word in words[:6]:
        if len(longer) + len(word) < 58:
            longer = f"{longer}-{word}"
            yield longer
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    ascii_text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.findall("[a-z0-9]+", ascii_text.replace("\u0142", "l").replace("\u00f8", "o"))


def slug_of(record: Mapping[str, object]) -> str:
    """Return the shortest id for a publication.

    >>> slug_of({"authors": "van den Berg AB", "year": 2020})
    'van-den-berg-2020'
    """
    return next(_slugs(record))
