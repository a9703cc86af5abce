"""An entry of a bibliography, and how its parts are read, in any format."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from kb.errors import Problem
from kb.papers.jats_references import clean_id, initials_of, pages_of
from kb.papers.paper import Metadata

_TAGS: Final = re.compile(r"</?(?:i|b|em|strong|u|span|scp|jats:\w+)(?:\s[^<>]{0,200})?/?>", re.I)
_YEAR: Final = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DOI_START: Final = re.compile(r"^(?:https?://(?:[\w-]+\.)*doi\.org/|doi\s*:\s*|doi\s+)+", re.I)
_PUBMED_URL: Final = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d+)"
)
_PMC_URL: Final = re.compile(r"(?:pmc|www)\.ncbi\.nlm\.nih\.gov/(?:pmc/)?articles/PMC(\d{1,9})")
_NOTED_PMID: Final = re.compile(r"^\W*PMID\W*(\d{1,9})\b", re.MULTILINE)
_NOTED_PMCID: Final = re.compile(r"^\W*(?:PMID\W*\d+\W+)?(?:PMCID\W*)?PMC(\d{1,9})\b", re.MULTILINE)
"""Only at the beginning of a line: further on, notes name other publications."""
AUTHORS_SHORTENED: Final = "Author list shortened (et al.)"
"""A note of an entry, in formats that would take "et al." for the name of an author."""

_RETRACTED: Final = re.compile(r"^\W*(?:retracted(?: article)?|withdrawn)\b\s*[:\]).-]", re.I)
_NOTICES: Final = {
    "retraction of publication": "notice of a retraction",
    "retraction notice": "notice of a retraction",
    "expression of concern": "expression of concern",
    "comment": "comment on another publication",
}
_KINDS: Final = (
    (r"preprint|posted-content", "preprint"),
    (r"practice guideline|guideline", "guideline"),
    (r"(?:meeting|conference|published) abstract|congress|conference paper|^abstract$", "abstract"),
    (r"review", "review"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a bibliography."""

    file: str
    line: int
    label: str
    """Its key or number in the file, else its title; what messages call it."""
    metadata: Metadata
    kind: str
    """The type of publication, as records have it."""
    url: str = ""
    standing: str = ""
    """The kind of status that the entry states: "retracted", "correction", "erratum-published"."""
    note: str = ""


@dataclass(slots=True)
class Fields:
    """The parts of an entry as a file has them, before they are read."""

    title: str = ""
    authors: tuple[str, ...] = ()
    """Each as "Kantarjian H" or the name of a group; "et al." last if others are left out."""
    journal: str = ""
    date: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    links: str = ""
    """All addresses, for the identifiers in them."""
    types: tuple[str, ...] = ()
    """What the file calls it: "Review", "Retracted Publication"; the widest first."""
    is_page: bool = False
    """Whether the file calls it a page of the web, or anything else outside journals."""
    notes: str = ""
    """Free text, where some programs keep identifiers."""
    notices: tuple[str, ...] = ()
    """Statuses that the file states itself: "retracted", "erratum-published"."""


class Lines:
    r"""The line numbers of a text's characters.

    >>> lines = Lines("a\nb\nc")
    >>> lines.of(0), lines.of(2), lines.of(4)
    (1, 2, 3)
    """

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def of(self, offset: int) -> int:
        """Return the line of a character, from 1."""
        return bisect_right(self._ends, offset - 1) + 1


def parsed(fields: Fields, file: str, line: int, label: str) -> Iterator[Entry | Problem]:
    """Yield a problem for each part that cannot be read and is left out, then the entry.

    >>> fields = Fields(title="OS in adults.", doi="none", date="2017 Mar")
    >>> problem, entry = parsed(fields, "a.ris", 7, "")
    >>> entry.metadata.title, entry.metadata.year, str(problem)[:45]
    ('OS in adults', 2017, "a.ris:7: doi: found 'none', expected a DOI, s")
    """
    metadata = _metadata(fields)
    for name, expected in _EXPECTED.items():
        given = fields.date if name == "year" else getattr(fields, name)
        is_given = _YEAR.search(given) if name == "year" else given.strip()
        if is_given and not getattr(metadata, name):
            yield Problem(file, line, name, given, f"{expected}; it is left out")
    if not metadata.title and not (metadata.journal and metadata.year):
        yield Problem(file, line, "title", "", f"a title, or journal and year{_named(label)}")
        return
    types = [one.casefold() for one in fields.types]
    kind = _kind(types, is_page=fields.is_page and not metadata.journal)
    standing = _standing(types, fields.notices, metadata.title)
    note = next((note for name, note in _NOTICES.items() if name in types), "")
    name = clean(label)[:60] or metadata.title[:60]
    yield Entry(file, line, name, metadata, kind, _url(fields.url), standing, note)


_EXPECTED: Final = {
    "doi": "a DOI, such as 10.1056/NEJMoa1509277",
    "pmid": "a PMID of at most 9 digits",
    "pmcid": "a PMCID, such as PMC5881572",
    "year": "1900 to 2100",
}


def _metadata(fields: Fields) -> Metadata:
    """Return what the fields say; "" where one cannot be read."""
    links = f"{fields.url} {fields.links}"
    in_link = next((doi_of(one) for one in links.split() if "doi.org/" in one), "")
    pmid = _PUBMED_URL.search(links) or _NOTED_PMID.search(fields.notes)
    pmcid = _PMC_URL.search(links) or _NOTED_PMCID.search(fields.notes)
    return Metadata(
        title=_title(fields.title),
        authors=_authors(fields),
        journal=clean(fields.journal),
        year=_year(fields.date),
        volume=clean(fields.volume),
        issue=clean(fields.issue),
        pages=page_range(clean(fields.pages)),
        doi=doi_of(fields.doi) or in_link,
        pmid=_number(fields.pmid) or (pmid[1] if pmid else ""),
        pmcid=_pmcid(fields.pmcid) or (f"PMC{pmcid[1]}" if pmcid else ""),
    )


def _authors(fields: Fields) -> tuple[str, ...]:
    names = tuple(filter(None, map(clean, fields.authors)))
    is_shortened = AUTHORS_SHORTENED in fields.notes and "et al." not in names
    return (*names, "et al.") if is_shortened else names


def _named(label: str) -> str:
    return f", in the entry {label!r}" if label else ""


def clean(text: str) -> str:
    r"""Return a text on one line, without the markup of pages.

    >>> clean("<i>BCR</i>::ABL1 &amp; 10<sup>9</sup>/L.  A\ntrial.")
    'BCR::ABL1 & 10<sup>9</sup>/L. A trial.'
    """
    flat = " ".join(_TAGS.sub("", html.unescape(text)).split())
    return "".join(char for char in flat if char.isprintable())


def _title(text: str) -> str:
    """Return a title without the dot at its end, which PubMed adds."""
    title = clean(text)
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title


def doi_of(text: str) -> str:
    """Return the DOI that a field holds, in any of its forms; "" if it holds none.

    >>> doi_of("https://doi.org/10.1056/NEJMoa1509277"), doi_of("DOI: 10.1000/A(1)."), doi_of("n/a")
    ('10.1056/NEJMoa1509277', '10.1000/A(1)', '')
    >>> doi_of("10.1002/(SICI)1097-0142(19990401)85:7<1511::AID-CNCR1>3.0.CO;2-Q")
    '10.1002/(SICI)1097-0142(19990401)85:7<1511::AID-CNCR1>3.0.CO;2-Q'
    """
    bare = _DOI_START.sub("", html.unescape(text).strip()).removesuffix("[doi]").strip()
    bare = unquote(bare) if "%" in bare else bare
    if re.fullmatch(r"10\.\d{4,9}/\S{1,300}", bare):
        return bare if "<" in bare else clean_id("doi", bare)
    return clean_id("doi", bare)


def person(family: str, given: str = "", suffix: str = "") -> str:
    """Return a person as records have them.

    >>> person("van der Berg", "Anna-Maria C."), person("Low", "A", "Jr."), person("A Group")
    ('van der Berg AMC', 'Low A Jr', 'A Group')
    """
    initials = initials_of(" ".join(given.split()))
    return " ".join(filter(None, [" ".join(family.split()), initials, suffix.strip(" .")]))


def named(name: str) -> str:
    """Return a person who is given as "Family, Given" or "Family, Given, Suffix".

    What has no comma is a group, or has its initials already.

    >>> named("de la Tour, Élodie"), named("Low, A, Jr"), named("Hay BC"), named("A Study Group")
    ('de la Tour É', 'Low A Jr', 'Hay BC', 'A Study Group')
    """
    family, *rest = (part.strip() for part in name.split(","))
    if len(rest) == 2 and re.fullmatch(r"(?:Jr|Sr|II|III|IV)\.?", rest[0]):
        rest.reverse()
    is_person = 1 <= len(rest) <= 2 and all(len(part.split()) <= 5 for part in rest)
    return person(family, *rest) if is_person else " ".join(name.split())


def page_range(pages: str) -> str:
    """Return pages with a hyphen, and the last one in full.

    >>> [page_range(p) for p in ("836–47", "897--901", "e5-e5", "S12-S20", "1-2, 7", "556-560.e2")]
    ['836-847', '897-901', 'e5', 'S12-S20', '1-2, 7', '556-560.e2']
    """
    match = re.fullmatch(r"([\w.]+)\s*[-\u2010-\u2015\u2212]{1,3}\s*([\w.]+)", pages)
    if match is None:
        return pages
    first, last = match[1], match[2]
    if first.isdecimal() and last.isdecimal() and len(last) < len(first):
        full = first[: len(first) - len(last)] + last
        last = full if int(full) >= int(first) else last
    return pages_of(first, last)


def _number(text: str) -> str:
    match = re.fullmatch(r"(?:PMID\s*:?\s*)?(\d{1,9})(?:\s*\[.*\])?", text.strip(), re.I)
    return match[1].lstrip("0") if match else ""


def _pmcid(text: str) -> str:
    match = re.fullmatch(
        r"(?:PMCID\W*)?(?:PMC\s?)?(\d{1,9})(?:\.\d+)?", text.strip(), re.IGNORECASE
    )
    return f"PMC{match[1]}" if match else ""


def _year(date: str) -> int | None:
    match = _YEAR.search(date)
    year = int(match[0]) if match else None
    return year if year and 1900 <= year <= 2100 else None


def _kind(types: Iterable[str], *, is_page: bool) -> str:
    """Return the type of publication: the first that any of the file's words names."""
    for pattern, kind in _KINDS:
        if any(re.search(pattern, one) for one in types):
            return kind
    return "web-page" if is_page else "journal-article"


def _standing(types: list[str], notices: tuple[str, ...], title: str) -> str:
    if "retracted publication" in types or "retracted" in notices or _RETRACTED.match(title):
        return "retracted"
    if {"published erratum", "erratum", "correction", "corrigendum"}.intersection(types):
        return "correction"
    return next(iter(notices), "")


def _url(url: str) -> str:
    """Return an address that a record may hold, unless an identifier says as much."""
    is_id = "doi.org/" in url or _PUBMED_URL.search(url) or _PMC_URL.search(url)
    address = re.sub("^http://", "https://", url.strip())
    return "" if is_id or not re.fullmatch(r"https://[\w./~-]+", address) else address
