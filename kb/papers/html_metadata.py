"""What the head of a saved page says of its paper: Highwire's and Dublin Core's tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.papers.inline import clean
from kb.papers.jats_references import clean_id, initials_of, pages_of
from kb.papers.paper import Metadata
from kb.papers.registrations import registrations_in

if TYPE_CHECKING:
    from lxml.etree import _Element


def html_metadata(root: _Element, texts: Iterable[str], title: str) -> Metadata:
    """Return the metadata of a page.

    Args:
        root: the page.
        texts: its paragraphs, in which registrations are looked for.
        title: its first heading, which is the title if its head has none.

    >>> from lxml import etree
    >>> page = etree.HTML("<html><head><meta name='citation_author' content='Low, Ann B'></head>")
    >>> html_metadata(page, [], "OS").authors
    ('Low AB',)
    """
    tags = _tags(root)

    def first(*names: str) -> str:
        return next((tags[name][0] for name in names if tags.get(name)), "")

    date = first("citation_publication_date", "citation_date", "dc.date", "prism.publicationdate")
    online = first("citation_online_date", "citation_publication_date", "dc.date")
    year = re.search(r"(?:19|20)\d\d", date or online or first("citation_year"))
    authors = tags.get("citation_author") or tags.get("dc.creator") or []
    published = _iso(online or date)
    return Metadata(
        title=first("citation_title", "dc.title") or title,
        authors=tuple(filter(None, map(author_of, authors))),
        journal=first("citation_journal_title", "prism.publicationname", "citation_journal_abbrev"),
        year=int(year[0]) if year else None,
        volume=first("citation_volume", "prism.volume"),
        issue=first("citation_issue", "prism.number"),
        pages=pages_of(
            first("citation_firstpage", "prism.startingpage"),
            first("citation_lastpage", "prism.endingpage"),
        ),
        doi=clean_id("doi", first("citation_doi", "dc.identifier", "prism.doi")),
        pmid=clean_id("pmid", first("citation_pmid")),
        language=(root.get("lang") or first("citation_language", "dc.language") or "en")[
            :2
        ].lower(),
        licence=_licence(root) or first("dc.rights", "dc.rights.license"),
        copyright=first("dc.copyright", "prism.copyright"),
        dates={"published": published} if published else {},
        registrations=registrations_in(texts),
    )


def _tags(root: _Element) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = clean(meta.get("content") or "")
        if content:
            tags.setdefault(name, []).append(content)
    return tags


def author_of(name: str) -> str:
    """Return a name as "Low AB", from "Low, Ann B." or "Ann B. Low"; a group stays as it is.

    >>> author_of("Low, Ann B."), author_of("Ann B. Low"), author_of("van den Berg AB")
    ('Low AB', 'Low AB', 'van den Berg AB')
    """
    surname, comma, given = name.partition(",")
    if comma:
        return f"{surname.strip()} {initials_of(given.strip())}".strip()
    words = name.split()
    is_group = re.search(
        r"\b(?:group|investigators|team|consortium|network|committee)\b", name, re.I
    )
    has_initials = words and re.fullmatch("[A-Z]{1,3}", words[-1])
    if len(words) < 2 or is_group or has_initials:
        return name.strip()
    return f"{words[-1]} {initials_of(' '.join(words[:-1]))}"


def _iso(date: str) -> str:
    match = re.match(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", date)
    if match is None:
        return ""
    return "-".join([match[1], *(f"{int(part):02}" for part in match.groups()[1:] if part)])


def _licence(root: _Element) -> str:
    for link in root.iter("a", "link"):
        address = link.get("href") or ""
        if link.get("rel") == "license" or "creativecommons.org/licenses" in address:
            return address
    return ""
